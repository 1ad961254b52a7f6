//! The statuses of executions, stages and steps.

use serde::{Deserialize, Serialize};

/// A status. Source: harness-api §3.7 [OAS, CORE ExecutionStatus].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the names are Harness's own")]
pub enum Status {
    NotStarted,
    Queued,
    QueuedLicenseLimitReached,
    QueuedExecutionConcurrencyReached,
    QueuedGlobalInfraCapacityReached,
    QueuedPlanCreation,
    Running,
    AsyncWaiting,
    TaskWaiting,
    TimedWaiting,
    WaitStepRunning,
    UploadWaiting,
    ResourceWaiting,
    ApprovalWaiting,
    InterventionWaiting,
    InputWaiting,
    Paused,
    Pausing,
    Discontinuing,
    Success,
    IgnoreFailed,
    Skipped,
    Failed,
    Errored,
    Expired,
    Aborted,
    ApprovalRejected,
    Suspended,
    AbortedByFreeze,
    /// One of the statuses that appeared after the facts were gathered.
    SuccessWithWarnings,
}

/// How far on the server's way a status is; a node never goes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Phase {
    Before,
    Queued,
    Active,
    Aborting,
    Ended,
}

use Phase::{Aborting, Active, Before, Ended, Queued};

struct Row {
    status: Status,
    /// As every answer but the start of a run spells it.
    wire: &'static str,
    /// As the start of a run spells it. Source: harness-api §3.2 [MCP tests, CORE ExecutionStatus].
    engine: &'static str,
    phase: Phase,
}

const fn row(status: Status, wire: &'static str, engine: &'static str, phase: Phase) -> Row {
    Row {
        status,
        wire,
        engine,
        phase,
    }
}

/// Source: harness-api §3.7 [OAS, CORE]; the literal `QUEUED_PLAN_CREATION` §12.14 [CORE]. The spelling of
/// `SuccessWithWarnings` is invented: §12.18 says only that newer ones appear.
const ROWS: [Row; 30] = [
    row(Status::NotStarted, "NotStarted", "NOT_STARTED", Before),
    row(Status::Queued, "Queued", "QUEUED", Queued),
    row(
        Status::QueuedLicenseLimitReached,
        "QueuedLicenseLimitReached",
        "QUEUED_LICENSE_LIMIT_REACHED",
        Queued,
    ),
    row(
        Status::QueuedExecutionConcurrencyReached,
        "QueuedExecutionConcurrencyReached",
        "QUEUED_EXECUTION_CONCURRENCY_REACHED",
        Queued,
    ),
    row(
        Status::QueuedGlobalInfraCapacityReached,
        "QueuedGlobalInfraCapacityReached",
        "QUEUED_GLOBAL_INFRA_CAPACITY_REACHED",
        Queued,
    ),
    row(
        Status::QueuedPlanCreation,
        "QUEUED_PLAN_CREATION",
        "QUEUED_PLAN_CREATION",
        Queued,
    ),
    row(Status::Running, "Running", "RUNNING", Active),
    row(Status::AsyncWaiting, "AsyncWaiting", "ASYNC_WAITING", Active),
    row(Status::TaskWaiting, "TaskWaiting", "TASK_WAITING", Active),
    row(Status::TimedWaiting, "TimedWaiting", "TIMED_WAITING", Active),
    row(Status::WaitStepRunning, "WaitStepRunning", "WAIT_STEP_RUNNING", Active),
    row(Status::UploadWaiting, "UploadWaiting", "UPLOAD_WAITING", Active),
    row(Status::ResourceWaiting, "ResourceWaiting", "RESOURCE_WAITING", Active),
    row(Status::ApprovalWaiting, "ApprovalWaiting", "APPROVAL_WAITING", Active),
    row(
        Status::InterventionWaiting,
        "InterventionWaiting",
        "INTERVENTION_WAITING",
        Active,
    ),
    row(Status::InputWaiting, "InputWaiting", "INPUT_WAITING", Active),
    row(Status::Paused, "Paused", "PAUSED", Active),
    row(Status::Pausing, "Pausing", "PAUSING", Active),
    row(Status::Discontinuing, "Discontinuing", "DISCONTINUING", Aborting),
    row(Status::Success, "Success", "SUCCEEDED", Ended),
    row(Status::IgnoreFailed, "IgnoreFailed", "IGNORE_FAILED", Ended),
    row(Status::Skipped, "Skipped", "SKIPPED", Ended),
    row(Status::Failed, "Failed", "FAILED", Ended),
    row(Status::Errored, "Errored", "ERRORED", Ended),
    row(Status::Expired, "Expired", "EXPIRED", Ended),
    row(Status::Aborted, "Aborted", "ABORTED", Ended),
    row(Status::ApprovalRejected, "ApprovalRejected", "APPROVAL_REJECTED", Ended),
    row(Status::Suspended, "Suspended", "SUSPENDED", Ended),
    row(Status::AbortedByFreeze, "AbortedByFreeze", "FREEZE_FAILED", Ended),
    row(
        Status::SuccessWithWarnings,
        "SuccessWithWarnings",
        "SUCCEEDED_WITH_WARNINGS",
        Ended,
    ),
];

/// Names that a filter takes besides the usual ones.
/// Source: harness-api §3.7 [OAS, CORE: legacy spellings], §12.34 [CORE: `Waiting` is RESOURCE_WAITING].
const LEGACY: [(&str, Status); 5] = [
    ("NOT_STARTED", Status::NotStarted),
    ("INTERVENTION_WAITING", Status::InterventionWaiting),
    ("APPROVAL_WAITING", Status::ApprovalWaiting),
    ("APPROVAL_REJECTED", Status::ApprovalRejected),
    ("Waiting", Status::ResourceWaiting),
];

impl Status {
    /// Every status.
    pub(crate) fn all() -> impl Iterator<Item = Self> {
        ROWS.iter().map(|row| row.status)
    }

    fn row(self) -> Option<&'static Row> {
        ROWS.iter().find(|row| row.status == self)
    }

    /// As every answer but the start of a run spells it.
    pub(crate) fn wire(self) -> &'static str {
        self.row().map_or("", |row| row.wire)
    }

    /// As the start of a run spells it.
    pub(crate) fn engine(self) -> &'static str {
        self.row().map_or("", |row| row.engine)
    }

    pub(crate) fn phase(self) -> Phase {
        self.row().map_or(Active, |row| row.phase)
    }

    pub(crate) fn has_ended(self) -> bool {
        self.phase() == Ended
    }

    /// Whether what comes next may go on as after a success.
    pub(crate) fn ended_well(self) -> bool {
        matches!(
            self,
            Self::Success | Self::IgnoreFailed | Self::Skipped | Self::SuccessWithWarnings
        )
    }

    /// Reads a value of a status filter; the engine's own spellings are none.
    /// Source: harness-api §3.7 [OAS: without regard to case], §12.33 [CORE: `SUCCEEDED` is no filter value].
    pub(crate) fn of_filter(text: &str) -> Option<Self> {
        let usual = ROWS
            .iter()
            .find(|row| row.wire.eq_ignore_ascii_case(text))
            .map(|row| row.status);
        usual.or_else(|| {
            let mut legacy = LEGACY.iter();
            legacy
                .find(|(name, _)| name.eq_ignore_ascii_case(text))
                .map(|(_, status)| *status)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_status_has_its_row() {
        for status in Status::all() {
            assert_eq!(Status::of_filter(status.wire()), Some(status));
            assert_eq!(ROWS.iter().filter(|row| row.status == status).count(), 1);
        }
        assert_eq!(Status::all().count(), ROWS.len());
    }

    #[test]
    fn a_filter_takes_legacy_names_and_no_engine_names() {
        assert_eq!(Status::of_filter("waiting"), Some(Status::ResourceWaiting));
        assert_eq!(Status::of_filter("APPROVAL_WAITING"), Some(Status::ApprovalWaiting));
        assert_eq!(
            Status::of_filter("queued_plan_creation"),
            Some(Status::QueuedPlanCreation)
        );
        for foreign in ["SUCCEEDED", "FREEZE_FAILED", "RESOURCE_WAITING", ""] {
            assert_eq!(Status::of_filter(foreign), None, "{foreign}");
        }
    }
}
