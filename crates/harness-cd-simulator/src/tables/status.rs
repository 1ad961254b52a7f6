//! The statuses of executions, stages and steps.

use serde::{Deserialize, Serialize};

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

/// What is known of a status.
struct Row {
    /// As every answer but the start of a run spells it.
    wire: &'static str,
    /// As the start of a run spells it. Source: harness-api §3.2 [MCP tests, CORE ExecutionStatus].
    engine: &'static str,
    phase: Phase,
}

macro_rules! statuses {
    ($($(#[$doc:meta])* $status:ident: $wire:literal, $engine:literal, $phase:ident;)+) => {
        /// A status. Source: harness-api §3.7 [OAS, CORE ExecutionStatus].
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "camelCase")]
        #[expect(missing_docs, reason = "the names are Harness's own")]
        pub enum Status {
            $($(#[$doc])* $status,)+
        }

        impl Status {
            const ALL: &[Self] = &[$(Self::$status),+];

            fn row(self) -> Row {
                match self {
                    $(Self::$status => Row { wire: $wire, engine: $engine, phase: $phase },)+
                }
            }
        }
    };
}

// Source: harness-api §3.7 [OAS, CORE]; the literal `QUEUED_PLAN_CREATION` §12.14 [CORE]. The spelling of
// `SuccessWithWarnings` is invented: §12.18 says only that newer ones appear.
statuses! {
    NotStarted: "NotStarted", "NOT_STARTED", Before;
    Queued: "Queued", "QUEUED", Queued;
    QueuedLicenseLimitReached: "QueuedLicenseLimitReached", "QUEUED_LICENSE_LIMIT_REACHED", Queued;
    QueuedExecutionConcurrencyReached: "QueuedExecutionConcurrencyReached", "QUEUED_EXECUTION_CONCURRENCY_REACHED", Queued;
    QueuedGlobalInfraCapacityReached: "QueuedGlobalInfraCapacityReached", "QUEUED_GLOBAL_INFRA_CAPACITY_REACHED", Queued;
    QueuedPlanCreation: "QUEUED_PLAN_CREATION", "QUEUED_PLAN_CREATION", Queued;
    Running: "Running", "RUNNING", Active;
    AsyncWaiting: "AsyncWaiting", "ASYNC_WAITING", Active;
    TaskWaiting: "TaskWaiting", "TASK_WAITING", Active;
    TimedWaiting: "TimedWaiting", "TIMED_WAITING", Active;
    WaitStepRunning: "WaitStepRunning", "WAIT_STEP_RUNNING", Active;
    UploadWaiting: "UploadWaiting", "UPLOAD_WAITING", Active;
    ResourceWaiting: "ResourceWaiting", "RESOURCE_WAITING", Active;
    ApprovalWaiting: "ApprovalWaiting", "APPROVAL_WAITING", Active;
    InterventionWaiting: "InterventionWaiting", "INTERVENTION_WAITING", Active;
    InputWaiting: "InputWaiting", "INPUT_WAITING", Active;
    Paused: "Paused", "PAUSED", Active;
    Pausing: "Pausing", "PAUSING", Active;
    Discontinuing: "Discontinuing", "DISCONTINUING", Aborting;
    Success: "Success", "SUCCEEDED", Ended;
    IgnoreFailed: "IgnoreFailed", "IGNORE_FAILED", Ended;
    Skipped: "Skipped", "SKIPPED", Ended;
    Failed: "Failed", "FAILED", Ended;
    Errored: "Errored", "ERRORED", Ended;
    Expired: "Expired", "EXPIRED", Ended;
    Aborted: "Aborted", "ABORTED", Ended;
    ApprovalRejected: "ApprovalRejected", "APPROVAL_REJECTED", Ended;
    Suspended: "Suspended", "SUSPENDED", Ended;
    AbortedByFreeze: "AbortedByFreeze", "FREEZE_FAILED", Ended;
    /// One of the statuses that appeared after the facts were gathered.
    SuccessWithWarnings: "SuccessWithWarnings", "SUCCEEDED_WITH_WARNINGS", Ended;
}

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
        Self::ALL.iter().copied()
    }

    /// As every answer but the start of a run spells it.
    pub(crate) fn wire(self) -> &'static str {
        self.row().wire
    }

    /// As the start of a run spells it.
    pub(crate) fn engine(self) -> &'static str {
        self.row().engine
    }

    pub(crate) fn phase(self) -> Phase {
        self.row().phase
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
        let usual = Self::all().find(|status| status.wire().eq_ignore_ascii_case(text));
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
    fn a_filter_takes_every_status_as_answers_spell_it() {
        for status in Status::all() {
            assert_eq!(Status::of_filter(status.wire()), Some(status));
        }
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
