//! What an answer changes in the record.

use std::borrow::Cow;

use harness_cd_model::{Deployment, DeploymentKeys, ExecutionStatus, HistoryPage, Quarantined, RunInputs, StatusPhase};
use serde::Serialize;

/// What an answer says that the record does not: to be stored together with the state.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
pub struct SyncChanges<'a> {
    /// Executions that are new, or not as they were; each takes the place of what is known of it.
    pub runs: Vec<SyncedRun<'a>>,
    /// All executions of the answer, changed or not: they are there.
    pub listed: Vec<Cow<'a, str>>,
    /// Times in which no other execution began: what the record has besides was deleted in Harness.
    pub whole: Vec<SyncedRange>,
    /// What executions were asked to do, which was read; to be kept, and told with [`tell_inputs`](crate::tell_inputs).
    pub told: Vec<ToldRun>,
    /// Executions that were asked for and are not there: they were deleted in Harness.
    pub gone: Vec<String>,
    /// Rows that could not be shaped; the first 20 of them.
    pub quarantined: Vec<Quarantined>,
    /// Rows that could not be shaped, all of them.
    pub quarantined_total: u64,
}

impl SyncChanges<'_> {
    /// Adds what another answer of the same turn says.
    pub fn append(&mut self, mut other: Self) {
        self.runs.append(&mut other.runs);
        self.listed.append(&mut other.listed);
        self.whole.append(&mut other.whole);
        self.told.append(&mut other.told);
        self.gone.append(&mut other.gone);
        self.quarantined.append(&mut other.quarantined);
        self.quarantined.truncate(HistoryPage::MAX_QUARANTINED);
        self.quarantined_total = self.quarantined_total.saturating_add(other.quarantined_total);
    }
}

/// An execution and its deployments.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
pub struct SyncedRun<'a> {
    /// The execution (Harness's `planExecutionId`).
    pub id: Cow<'a, str>,
    /// The pipeline's identifier.
    pub pipeline: Cow<'a, str>,
    /// The execution's own status.
    pub status: ExecutionStatus,
    /// What that status means for somebody who waits.
    pub phase: StatusPhase,
    /// When it was asked for, epoch ms.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_at: Option<i64>,
    /// When it began, epoch ms.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub started_at: Option<i64>,
    /// When it ended, epoch ms; absent while it runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<i64>,
    /// Whether a stage of another execution has started it: Harness lists it only where its pipeline is named.
    pub is_chained: bool,
    /// Whether its inputs have to tell what it was to bring, or where.
    pub asks_inputs: bool,
    /// What it deployed, or the row that speaks for it.
    pub deployments: Vec<Deployment<'a>>,
    /// What each of them is sought by, in the same order.
    pub keys: Vec<DeploymentKeys>,
}

/// What an execution was asked to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct ToldRun {
    /// The execution (Harness's `planExecutionId`).
    pub id: String,
    /// Empty where Harness does not say.
    pub inputs: RunInputs,
}

/// A time between two instants, epoch ms.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
pub struct SyncedRange {
    /// Its begin, included.
    pub from_ms: i64,
    /// Its end, included; without one it goes on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to_ms: Option<i64>,
}
