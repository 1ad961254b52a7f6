//! How runs go, where somebody wants to decide it: outcomes and durations by stage, step and attempt.

use serde::{Deserialize, Serialize};

use crate::tables::duration::none_negative;
use crate::tables::failure::FailureKind;
use crate::tables::status::Status;

/// A wish about the runs of a pipeline.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Scenario {
    /// The wish in one word.
    pub outcome: RunOutcome,
    /// Wishes about single steps; the first that fits a step counts.
    pub steps: Vec<StepScript>,
    /// How long the run stays in the queue, ms.
    pub queued_ms: i64,
    /// A status that the whole run takes instead of going its way: at once, or after so many ms.
    pub becomes: Option<Becoming>,
}

/// How a run ends, in one word.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum RunOutcome {
    /// Every step succeeds.
    #[default]
    Success,
    /// The first verification fails; the first deployment where there is none.
    FailVerify,
    /// The first deployment fails.
    FailDeploy,
}

/// A wish about a step.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct StepScript {
    /// Only in the stage with this identifier; in every stage without it.
    pub stage: Option<String>,
    /// Only the step with this identifier; every step without it.
    pub step: Option<String>,
    /// What each attempt does; the last one goes for all that follow.
    pub attempts: Vec<Attempt>,
}

/// What one attempt of a step does.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Attempt {
    /// How long it takes, ms; as long as usual without it.
    pub takes_ms: Option<i64>,
    /// How it fails; it succeeds without it.
    pub fails: Option<ScriptedFailure>,
    /// The status that is shown while it is at work, instead of `Running`.
    pub shows: Option<Status>,
}

/// How an attempt fails.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ScriptedFailure {
    /// The kind of failure, which failure strategies look at.
    pub kind: FailureKind,
    /// What the step says; a usual sentence without it.
    #[serde(default)]
    pub message: Option<String>,
}

/// A status that a run takes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Becoming {
    /// The status.
    pub status: Status,
    /// How long after its start, ms.
    #[serde(default)]
    pub after_ms: i64,
    /// What it says.
    #[serde(default)]
    pub message: Option<String>,
}

impl StepScript {
    /// What an attempt does, counted from 0.
    pub(crate) fn attempt(&self, number: usize) -> Option<&Attempt> {
        self.attempts.get(number).or_else(|| self.attempts.last())
    }

    fn fits(&self, stage: &str, step: &str) -> bool {
        self.stage.as_deref().is_none_or(|own| own == stage) && self.step.as_deref().is_none_or(|own| own == step)
    }
}

impl Scenario {
    /// # Errors
    /// A sentence, when a time is negative: nothing begins or ends before it starts.
    pub(crate) fn check(&self) -> Result<(), String> {
        let attempts = self.steps.iter().flat_map(|script| &script.attempts);
        let times = attempts
            .filter_map(|attempt| attempt.takes_ms)
            .map(|ms| ("takesMs", ms));
        let after = self.becomes.iter().map(|becoming| ("afterMs", becoming.after_ms));
        none_negative(times.chain(after).chain([("queuedMs", self.queued_ms)]))
    }

    /// What an attempt of a step does, where somebody decided it.
    pub(crate) fn attempt(&self, stage: &str, step: &str, number: usize) -> Option<&Attempt> {
        self.steps
            .iter()
            .find(|script| script.fits(stage, step))?
            .attempt(number)
    }
}
