//! One execution: its plan and what happened to it. Its state at any time follows from both.

use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::scenario::Scenario;
use super::target::Target;
use crate::state::ids::{self, Role};
use crate::state::modes::Verdict;
use crate::state::people::Principal;
use crate::state::scope::Scope;
use crate::tables::expression::Context;
use crate::tables::status::Status;

/// One execution.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Run {
    /// Counts all executions of the simulator; every id of the run carries it.
    pub(crate) number: u32,
    pub(crate) seed: u64,
    pub(crate) id: String,
    pub(crate) scope: Scope,
    pub(crate) pipeline: String,
    pub(crate) pipeline_name: String,
    pub(crate) tags: Vec<(String, String)>,
    /// Counts the executions of the pipeline, from 1.
    pub(crate) sequence: u64,
    /// Which of the blueprints it follows, see [`super::runs::Runs::blueprint`].
    pub(crate) blueprint: u64,
    /// What its expressions know.
    pub(crate) context: Context,
    /// Epoch ms.
    pub(crate) started_at: i64,
    /// From when on the list of executions shows it, epoch ms.
    pub(crate) listed_from: i64,
    /// From when on it can be read, epoch ms.
    pub(crate) readable_from: i64,
    pub(crate) origin: Origin,
    pub(crate) mode: Mode,
    pub(crate) given: Given,
    /// In the order of time.
    pub(crate) happenings: Vec<Happening>,
    /// What is brought where, by the path of the stage's pass.
    pub(crate) targets: BTreeMap<String, Vec<Target>>,
    pub(crate) scenario: Scenario,
    /// The path of the step that the scenario's outcome lets fail.
    pub(crate) failing: Option<String>,
    /// Whether it may begin at once.
    pub(crate) admission: Admission,
    /// What a freeze did to it when it started.
    pub(crate) freeze: FreezeEffect,
    /// What the policies said of it.
    pub(crate) verdict: Verdict,
    /// Whether a retry has taken its place in the list.
    pub(crate) standing: Standing,
    /// How many times faster than usual its work goes.
    pub(crate) pace: f64,
    #[serde(skip)]
    pub(crate) ended: OnceCell<Ended>,
}

/// How a run ended, once it has: nothing changes that any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Ended {
    pub(crate) status: Status,
    /// Epoch ms.
    pub(crate) at: i64,
    /// Which of the run's targets it came to, as their places in [`Run::all_targets`].
    pub(crate) reached: Vec<usize>,
}

/// Whether a run begins at once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Admission {
    #[default]
    AtOnce,
    /// Too many run already (harness-api §3.2 [HUB]): it waits until it is released.
    Queued,
}

/// What a freeze of a service or an environment does to a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum FreezeEffect {
    #[default]
    None,
    /// Its first deployment ends `AbortedByFreeze` (harness-api §12.7 [CORE]).
    StopsDeployment,
}

/// Whether the list of executions shows a run without being asked for all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Standing {
    #[default]
    Latest,
    /// A retry replaced it (harness-api §12.9 [CORE]).
    Replaced,
}

impl Run {
    /// The id of a node in the plan.
    pub(crate) fn setup_id(&self, path: &str) -> String {
        ids::id(self.number, self.seed, Role::Setup, path)
    }

    /// The id of a node in the execution.
    pub(crate) fn node_id(&self, path: &str) -> String {
        ids::id(self.number, self.seed, Role::Node, path)
    }

    /// The id of what waits in a node.
    pub(crate) fn instance_id(&self, path: &str) -> String {
        ids::id(self.number, self.seed, Role::Instance, path)
    }

    /// What a freeze does to what begins at a time.
    pub(crate) fn freeze_at(&self, at: i64) -> FreezeEffect {
        let before = self.happenings.iter().rev().filter(|happening| happening.at <= at);
        let mut changes = before.filter_map(|happening| match happening.what {
            What::Freeze(effect) => Some(effect),
            _ => None,
        });
        changes.next().unwrap_or(self.freeze)
    }

    /// Everything that it may bring somewhere.
    pub(crate) fn all_targets(&self) -> impl Iterator<Item = &Target> {
        self.targets.values().flatten()
    }

    /// What people decided on the approval of a node, in the order of their decisions.
    pub(crate) fn decisions<'a>(&'a self, node: &'a str) -> impl Iterator<Item = (i64, &'a Decision)> {
        self.happenings
            .iter()
            .filter_map(move |happening| match &happening.what {
                What::Decision(decision) if decision.node == node => Some((happening.at, decision)),
                _ => None,
            })
    }

    /// The runs whose state this one's follows from: the one it took stages over from, those that its stages started.
    pub(crate) fn follows_from(&self) -> impl Iterator<Item = u32> {
        let taken_over = match self.mode {
            Mode::Retry { of, .. } => Some(of),
            Mode::Normal | Mode::Rerun { .. } | Mode::Rollback { .. } => None,
        };
        taken_over.into_iter().chain(self.started_by(None))
    }

    /// The runs that its stages have started: one stage, or all of them.
    pub(crate) fn started_by(&self, stage: Option<&str>) -> Vec<u32> {
        let started = self.happenings.iter().filter_map(|happening| match &happening.what {
            What::Child { node, run } if stage.is_none_or(|stage| stage == node) => Some(*run),
            _ => None,
        });
        started.collect()
    }

    /// Adds what happened; nothing happens to a run that has ended.
    pub(crate) fn befall(&mut self, at: i64, what: What) {
        self.happenings.push(Happening { at, what });
        self.happenings.sort_by_key(|happening| happening.at);
        self.ended = OnceCell::new();
    }
}

/// What started a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Origin {
    /// Somebody, in the page or through an API key.
    Manual(Principal),
    /// A custom webhook.
    Webhook { trigger: String, event: String },
    /// The clock.
    Cron { trigger: String },
    /// A stage of another run.
    Chained { by: Principal, parent: Parent },
}

impl Origin {
    /// Whoever started it, where that was somebody.
    pub(crate) fn principal(&self) -> Option<&Principal> {
        match self {
            Self::Manual(principal) | Self::Chained { by: principal, .. } => Some(principal),
            Self::Webhook { .. } | Self::Cron { .. } => None,
        }
    }

    /// The mail address of whoever started it.
    pub(crate) fn email(&self) -> Option<&str> {
        self.principal().map(|principal| principal.email.as_str())
    }

    /// Who or what started it, by its name.
    pub(crate) fn name(&self) -> &str {
        match self {
            Self::Manual(principal) | Self::Chained { by: principal, .. } => &principal.name,
            Self::Webhook { trigger, .. } | Self::Cron { trigger } => trigger,
        }
    }

    /// The trigger that started it.
    pub(crate) fn trigger(&self) -> Option<&str> {
        match self {
            Self::Manual(_) | Self::Chained { .. } => None,
            Self::Webhook { trigger, .. } | Self::Cron { trigger } => Some(trigger),
        }
    }

    /// Source: harness-api §12.17 [CORE].
    pub(crate) fn trigger_type(&self) -> &'static str {
        match self {
            Self::Manual(_) | Self::Chained { .. } => "MANUAL",
            Self::Webhook { .. } => "WEBHOOK_CUSTOM",
            Self::Cron { .. } => "SCHEDULER_CRON",
        }
    }
}

/// The stage of another run that a run belongs to (harness-api §3.4 `parentStageInfo`).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Parent {
    pub(crate) run: u32,
    pub(crate) scope: Scope,
    pub(crate) pipeline: String,
    /// The path of the stage in the parent's plan.
    pub(crate) stage: String,
}

/// How a run came to its stages (harness-api §3.4 `executionMode`).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Mode {
    #[default]
    Normal,
    /// Again, as another run was started.
    Rerun { of: u32 },
    /// From a failed stage on: the lanes before `from_lane` are those of another run.
    Retry {
        of: u32,
        from_lane: usize,
        stages: Vec<String>,
    },
    /// The rollback steps of one stage of another run.
    Rollback { of: u32, stage: String },
}

/// Something that happened to a run, in the order of time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Happening {
    /// Epoch ms.
    pub(crate) at: i64,
    pub(crate) what: What,
}

/// See [`Happening`]. Paths are those of nodes in the plan.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum What {
    /// Somebody decided on an approval.
    Decision(Decision),
    /// Somebody aborts the run, or one node of it.
    Abort { by: Principal, node: Option<String> },
    /// Somebody marks the run, or one node of it, as failed.
    MarkFailed { by: Principal, node: Option<String> },
    /// Somebody answers what a node asks for: the YAML as it came, or nothing for the defaults.
    Answer { node: String, yaml: String },
    /// A node or (without one) the run may leave its queue.
    Released { node: Option<String> },
    /// A stage that runs another pipeline has started it.
    Child { node: String, run: u32 },
    /// A stage that runs another pipeline could not start it.
    Refused { node: String, message: String },
    /// A freeze has begun, or ended.
    Freeze(FreezeEffect),
    /// From outside of the plan: whatever is at work takes this status.
    Held { status: Status, message: Option<String> },
}

/// What somebody decided on an approval.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Decision {
    /// The path of the approval step, at its attempt.
    pub(crate) node: String,
    pub(crate) by: Principal,
    pub(crate) approves: bool,
    pub(crate) comments: String,
    pub(crate) inputs: Vec<(String, String)>,
}

/// What a run was started with.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Given {
    /// The body as it came.
    pub(crate) yaml: Arc<str>,
    /// The pipeline's input template when it was started.
    pub(crate) template: Arc<str>,
    /// For the record (run-inputs §6).
    pub(crate) input_sets: Vec<String>,
    /// The chosen stages; all of them where there are none.
    pub(crate) stages: Vec<String>,
    /// The branch that the pipeline was read from.
    pub(crate) branch: Option<String>,
    pub(crate) notes: String,
}
