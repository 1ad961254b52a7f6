use std::borrow::Cow;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

macro_rules! statuses {
    ($($(#[$doc:meta])* $variant:ident = $text:literal $(| $alias:literal)* => $phase:ident),+ $(,)?) => {
        /// What Harness says of an execution, a stage or a step.
        ///
        /// Harness writes `ApprovalWaiting` in most answers and `APPROVAL_WAITING` in some; both are read, the first
        /// is written. A status that this version does not know is kept as it came and counts as active.
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        #[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(type = "string"))]
        pub enum ExecutionStatus {
            $($(#[$doc])* $variant,)+
            /// A status that this version does not know, as it came.
            Unknown(String),
        }

        impl ExecutionStatus {
            /// Every status this version knows, in Harness's PascalCase.
            pub const KNOWN: &'static [ExecutionStatus] = &[$(ExecutionStatus::$variant),+];

            /// Reads a status in either spelling, in any case.
            #[must_use]
            pub fn parse(text: &str) -> Self {
                // As nearly every answer spells it; the loop below is for the others.
                match text { $($text => return Self::$variant,)+ _ => {} }
                let matches = |name: &str| {
                    name.bytes().eq_ignore_ascii_case(text.bytes().filter(|b| *b != b'_'))
                };
                $(if matches($text) $(|| matches($alias))* { return Self::$variant; })+
                Self::Unknown(text.to_owned())
            }

            /// The PascalCase text of Harness's REST answers; an unknown status as it came.
            #[must_use]
            pub fn as_str(&self) -> &str {
                match self { $(Self::$variant => $text,)+ Self::Unknown(text) => text }
            }

            /// What the status means for somebody who waits.
            #[must_use]
            pub fn phase(&self) -> StatusPhase {
                match self { $(Self::$variant => StatusPhase::$phase,)+ Self::Unknown(_) => StatusPhase::Active }
            }
        }
    };
}

trait EqIgnoreAsciiCase: Iterator<Item = u8> + Sized {
    fn eq_ignore_ascii_case(self, other: impl Iterator<Item = u8>) -> bool {
        self.map(|b| b.to_ascii_lowercase())
            .eq(other.map(|b| b.to_ascii_lowercase()))
    }
}
impl<I: Iterator<Item = u8>> EqIgnoreAsciiCase for I {}

// Source: Harness's OpenAPI bundle and the status mapping of its server (PascalCase and engine spellings).
statuses! {
    /// Planned, not begun.
    NotStarted = "NotStarted" => Queued,
    /// In the queue.
    Queued = "Queued" => Queued,
    /// In the queue: the license's limit is reached.
    QueuedLicenseLimitReached = "QueuedLicenseLimitReached" => Queued,
    /// In the queue: too many executions at once.
    QueuedExecutionConcurrencyReached = "QueuedExecutionConcurrencyReached" => Queued,
    /// In the queue: hosted infrastructure is busy.
    QueuedGlobalInfraCapacityReached = "QueuedGlobalInfraCapacityReached" => Queued,
    /// In the queue: the plan is being made.
    QueuedPlanCreation = "QueuedPlanCreation" => Queued,
    /// At work.
    Running = "Running" => Active,
    /// At work, waiting for an answer of a delegate or a service.
    AsyncWaiting = "AsyncWaiting" => Active,
    /// At work, waiting for a delegate's task.
    TaskWaiting = "TaskWaiting" => Active,
    /// At work, waiting for a time to pass.
    TimedWaiting = "TimedWaiting" => Active,
    /// In a Wait step.
    WaitStepRunning = "WaitStepRunning" => Active,
    /// At work, waiting for an upload.
    UploadWaiting = "UploadWaiting" => Active,
    /// Waiting for a lock or a barrier; `Waiting` in old answers.
    ResourceWaiting = "ResourceWaiting" | "Waiting" => Waiting,
    /// Waiting for a person's approval.
    ApprovalWaiting = "ApprovalWaiting" => Waiting,
    /// Waiting for a person's decision after a failure.
    InterventionWaiting = "InterventionWaiting" => Waiting,
    /// Waiting for a runtime input in mid-run.
    InputWaiting = "InputWaiting" => Waiting,
    /// Held by a person.
    Paused = "Paused" => Held,
    /// About to be held.
    Pausing = "Pausing" => Held,
    /// Being aborted.
    Discontinuing = "Discontinuing" => Stopping,
    /// Ended well.
    Success = "Success" | "Succeeded" => Succeeded,
    /// Ended with a failure that the pipeline ignores.
    IgnoreFailed = "IgnoreFailed" => Succeeded,
    /// Did not run: its condition was false.
    Skipped = "Skipped" => Skipped,
    /// Ended badly.
    Failed = "Failed" => Failed,
    /// Ended by an error of the engine.
    Errored = "Errored" => Failed,
    /// Ended by its timeout.
    Expired = "Expired" => Failed,
    /// Ended by a person.
    Aborted = "Aborted" => Failed,
    /// Ended by a deployment freeze.
    AbortedByFreeze = "AbortedByFreeze" | "FreezeFailed" => Failed,
    /// Ended by a person's refusal.
    ApprovalRejected = "ApprovalRejected" => Failed,
    /// Ended before it began, by something else's failure.
    Suspended = "Suspended" => Failed,
}

impl ExecutionStatus {
    /// What the status means of something that has an end: one that this version does not know is no longer active
    /// then, and a failure unless it calls itself a success. Harness adds such statuses.
    #[must_use]
    pub fn phase_with_end(&self) -> StatusPhase {
        const SUCCESS: &[u8] = b"succe";
        match self {
            Self::Unknown(text) => {
                let start = text.as_bytes().get(..SUCCESS.len());
                let is_good = start.is_some_and(|start| start.eq_ignore_ascii_case(SUCCESS));
                if is_good {
                    StatusPhase::Succeeded
                } else {
                    StatusPhase::Failed
                }
            }
            known => known.phase(),
        }
    }
}

/// What a status means for somebody who waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum StatusPhase {
    /// Will begin.
    Queued,
    /// At work.
    Active,
    /// Waits for a person or a lock.
    Waiting,
    /// Held by a person.
    Held,
    /// On its way to an abort.
    Stopping,
    /// Ended well.
    Succeeded,
    /// Did not run.
    Skipped,
    /// Ended badly.
    Failed,
}

/// What a reader of a history filters by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum StatusGroup {
    /// Goes on by itself, now or when its turn comes.
    Running,
    /// Goes on when somebody or something lets it.
    Waiting,
    /// Ended without harm.
    Succeeded,
    /// Ended badly by itself.
    Failed,
    /// Ended, or not begun, by somebody's word, a freeze or a condition.
    Stopped,
}

impl StatusGroup {
    /// Every group, in the order of a run's life.
    pub const ALL: [Self; 5] = [
        Self::Running,
        Self::Waiting,
        Self::Succeeded,
        Self::Failed,
        Self::Stopped,
    ];
}

/// What has to happen before something goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum WaitingFor {
    /// Somebody approves.
    Approval,
    /// Somebody decides what follows a failure.
    Intervention,
    /// Somebody gives a runtime input.
    Input,
    /// Somebody resumes it.
    Resume,
    /// A lock or a barrier opens.
    Resource,
}

impl ExecutionStatus {
    /// The one group that it belongs to; an unknown one is taken as running.
    #[must_use]
    pub fn group(&self) -> StatusGroup {
        match self {
            Self::Aborted | Self::AbortedByFreeze | Self::ApprovalRejected | Self::Suspended => StatusGroup::Stopped,
            other => match other.phase() {
                StatusPhase::Queued | StatusPhase::Active | StatusPhase::Stopping => StatusGroup::Running,
                StatusPhase::Waiting | StatusPhase::Held => StatusGroup::Waiting,
                StatusPhase::Succeeded => StatusGroup::Succeeded,
                StatusPhase::Failed => StatusGroup::Failed,
                StatusPhase::Skipped => StatusGroup::Stopped,
            },
        }
    }

    /// What has to happen before it goes on; `None` where nothing has to.
    #[must_use]
    pub fn waiting_for(&self) -> Option<WaitingFor> {
        match self {
            Self::ApprovalWaiting => Some(WaitingFor::Approval),
            Self::InterventionWaiting => Some(WaitingFor::Intervention),
            Self::InputWaiting => Some(WaitingFor::Input),
            Self::Paused | Self::Pausing => Some(WaitingFor::Resume),
            Self::ResourceWaiting => Some(WaitingFor::Resource),
            _ => None,
        }
    }
}

impl StatusPhase {
    /// Every phase.
    pub const ALL: [Self; 8] = [
        Self::Queued,
        Self::Active,
        Self::Waiting,
        Self::Held,
        Self::Stopping,
        Self::Succeeded,
        Self::Skipped,
        Self::Failed,
    ];

    /// Whether nothing will change any more.
    #[must_use]
    pub fn is_terminal(self) -> bool {
        matches!(self, Self::Succeeded | Self::Skipped | Self::Failed)
    }
}

impl Serialize for ExecutionStatus {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for ExecutionStatus {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self::parse(&Cow::<str>::deserialize(deserializer)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_spellings_are_read_and_one_is_written() {
        for known in ExecutionStatus::KNOWN {
            assert_eq!(&ExecutionStatus::parse(known.as_str()), known);
        }
        for (engine, status) in [
            ("SUCCEEDED", "Success"),
            ("RUNNING", "Running"),
            ("APPROVAL_WAITING", "ApprovalWaiting"),
            ("FREEZE_FAILED", "AbortedByFreeze"),
            ("QUEUED_PLAN_CREATION", "QueuedPlanCreation"),
            ("IGNORE_FAILED", "IgnoreFailed"),
            ("Waiting", "ResourceWaiting"),
        ] {
            assert_eq!(ExecutionStatus::parse(engine).as_str(), status);
        }
    }

    #[test]
    fn an_unknown_status_is_kept_and_not_terminal() {
        let status = ExecutionStatus::parse("Hibernating_Now");
        assert_eq!(status.as_str(), "Hibernating_Now");
        assert!(!status.phase().is_terminal());
    }

    #[test]
    fn what_has_an_end_is_over_whatever_it_is_called() {
        for (text, phase) in [
            ("SuccessWithWarnings", StatusPhase::Succeeded),
            ("SUCCEEDED_WITH_WARNINGS", StatusPhase::Succeeded),
            ("Hibernated", StatusPhase::Failed),
            ("", StatusPhase::Failed),
            ("Success", StatusPhase::Succeeded),
            ("Running", StatusPhase::Active),
        ] {
            assert_eq!(ExecutionStatus::parse(text).phase_with_end(), phase, "{text}");
        }
    }

    #[test]
    fn each_status_is_in_the_group_that_a_reader_looks_for_it_in() {
        let of = |group: StatusGroup| -> Vec<&str> {
            let known = ExecutionStatus::KNOWN.iter().filter(|status| status.group() == group);
            known.map(ExecutionStatus::as_str).collect()
        };
        for (group, statuses) in [
            (
                StatusGroup::Running,
                &[
                    "NotStarted",
                    "Queued",
                    "QueuedLicenseLimitReached",
                    "QueuedExecutionConcurrencyReached",
                    "QueuedGlobalInfraCapacityReached",
                    "QueuedPlanCreation",
                    "Running",
                    "AsyncWaiting",
                    "TaskWaiting",
                    "TimedWaiting",
                    "WaitStepRunning",
                    "UploadWaiting",
                    "Discontinuing",
                ][..],
            ),
            (
                StatusGroup::Waiting,
                &[
                    "ResourceWaiting",
                    "ApprovalWaiting",
                    "InterventionWaiting",
                    "InputWaiting",
                    "Paused",
                    "Pausing",
                ],
            ),
            (StatusGroup::Succeeded, &["Success", "IgnoreFailed"]),
            (StatusGroup::Failed, &["Failed", "Errored", "Expired"]),
            (
                StatusGroup::Stopped,
                &["Skipped", "Aborted", "AbortedByFreeze", "ApprovalRejected", "Suspended"],
            ),
        ] {
            assert_eq!(of(group), statuses, "{group:?}");
        }
        let all: usize = StatusGroup::ALL.into_iter().map(|group| of(group).len()).sum();
        assert_eq!(all, ExecutionStatus::KNOWN.len());
        assert_eq!(ExecutionStatus::parse("Hibernating").group(), StatusGroup::Running);
    }

    #[test]
    fn what_waits_says_for_what() {
        for status in ExecutionStatus::KNOWN {
            let waits = matches!(status.phase(), StatusPhase::Waiting | StatusPhase::Held);
            assert_eq!(status.waiting_for().is_some(), waits, "{}", status.as_str());
        }
        let approval = ExecutionStatus::parse("APPROVAL_WAITING");
        assert_eq!(approval.waiting_for(), Some(WaitingFor::Approval));
    }

    #[test]
    fn waiting_for_a_person_is_not_terminal() {
        for status in ["ApprovalWaiting", "InputWaiting", "InterventionWaiting", "Paused"] {
            assert!(!ExecutionStatus::parse(status).phase().is_terminal(), "{status}");
        }
    }
}
