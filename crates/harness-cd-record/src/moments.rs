//! In which order deployments settled, who asked for them, and what is told of it in few words.

use harness_cd_model::{Deployment, ExecutionStatus, StatusPhase, WaitingFor};
use serde::Serialize;

/// Whether the stage or its run ended before it began, as clocks of several machines have it.
#[must_use]
pub fn has_odd_clock(row: &Deployment<'_>) -> bool {
    let is_odd = |start: Option<i64>, end: Option<i64>| start.zip(end).is_some_and(|(start, end)| end < start);
    is_odd(row.started_at, row.ended_at) || is_odd(row.run_started_at, row.run_ended_at)
}

/// Who asked for it: the person at a portal, otherwise the person or the trigger that Harness names.
pub(crate) fn by<'a>(row: &'a Deployment<'_>) -> Option<&'a str> {
    row.started_by.as_deref().or(row.triggered_by.as_deref())
}

/// Rows in the order in which they settled; where two did at the same instant, in which they began. A row without any
/// time comes before all that have one.
pub(crate) fn order<'a>(row: &'a Deployment<'_>) -> (Option<i64>, Option<i64>, &'a str) {
    (row.settled_at(), row.begun_at(), &row.id)
}

/// Whether a row is of a stage that deployed and ended well: not of a whole run, and not of a run that rolls back.
pub(crate) fn is_success(row: &Deployment<'_>) -> bool {
    row.phase == StatusPhase::Succeeded && !row.whole_run && !row.is_rollback
}

/// Whether a run that rolls back has done so.
pub(crate) fn has_rolled_back(row: &Deployment<'_>) -> bool {
    row.is_rollback && !row.whole_run && row.phase == StatusPhase::Succeeded
}

/// A deployment in few words; its `id` leads to the row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
pub struct DeploymentBrief<'a> {
    /// The row.
    pub id: &'a str,
    /// The execution.
    pub execution_id: &'a str,
    /// The pipeline's running number of the execution.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub run_number: Option<u64>,
    /// What was deployed, as a table shows it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<&'a str>,
    /// The status as Harness has it.
    pub status: &'a ExecutionStatus,
    /// What that status means for somebody who waits.
    pub phase: StatusPhase,
    /// What has to happen before it goes on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub waiting_for: Option<WaitingFor>,
    /// When it settled, or began where it has not; epoch ms.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<i64>,
    /// The person at a portal, otherwise the person or the trigger that Harness names.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub by: Option<&'a str>,
    /// It ended before it began: its times are kept, and not to be trusted. Absent where they are in order.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[cfg_attr(feature = "ts", ts(optional, as = "Option<bool>"))]
    pub odd_clock: bool,
}

impl<'a> DeploymentBrief<'a> {
    pub(crate) fn of(row: &'a Deployment<'_>) -> Self {
        Self {
            id: &row.id,
            execution_id: &row.execution_id,
            run_number: row.run_number,
            version: row.version.as_deref(),
            status: &row.status,
            phase: row.phase,
            waiting_for: row.waiting_for,
            at: if row.phase.is_terminal() {
                row.settled_at()
            } else {
                row.begun_at()
            },
            by: by(row),
            odd_clock: has_odd_clock(row),
        }
    }
}
