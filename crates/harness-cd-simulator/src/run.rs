//! One execution: its plan and what happened to it. Its state at any time follows from both; see [`crate::course`].

use harness_cd_model::ExecutionStatus;

use crate::modes::Policy;
use crate::plan::Plan;

/// Somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Person {
    pub(crate) name: String,
    pub(crate) email: String,
}

impl Person {
    pub(crate) fn new(name: &str, email: &str) -> Self {
        Self {
            name: name.to_owned(),
            email: email.to_owned(),
        }
    }
}

/// What started a run.
#[derive(Clone, Debug)]
pub(crate) enum Origin {
    /// A person, in the page or through an API key.
    Manual(Person),
    /// A custom webhook.
    Webhook { trigger: String, event: String },
}

impl Origin {
    /// The mail address of the person who started it.
    pub(crate) fn email(&self) -> Option<&str> {
        match self {
            Self::Manual(person) => Some(&person.email),
            Self::Webhook { .. } => None,
        }
    }
}

/// What somebody decided on an approval step.
#[derive(Clone, Debug)]
pub(crate) struct ApprovalAction {
    pub(crate) instance: String,
    pub(crate) at: i64,
    pub(crate) person: Person,
    pub(crate) approves: bool,
    pub(crate) comments: String,
    pub(crate) inputs: Vec<(String, String)>,
}

/// Something from outside of the plan that befalls whatever runs at a time: it takes the status, for good where the
/// status is terminal, and otherwise until an abort.
#[derive(Clone, Debug)]
pub(crate) struct Hold {
    pub(crate) at: i64,
    pub(crate) status: ExecutionStatus,
    pub(crate) message: Option<String>,
}

/// An abort by a person.
#[derive(Clone, Debug)]
pub(crate) struct Abort {
    pub(crate) at: i64,
    pub(crate) person: Person,
}

/// One execution.
#[derive(Clone, Debug)]
pub(crate) struct Run {
    pub(crate) id: String,
    pub(crate) pipeline: String,
    pub(crate) pipeline_name: String,
    pub(crate) tags: Vec<(String, String)>,
    pub(crate) number: u64,
    pub(crate) started_at: i64,
    /// From when on the list of executions shows it.
    pub(crate) listed_from: i64,
    pub(crate) origin: Origin,
    pub(crate) plan: Plan,
    pub(crate) notes: String,
    pub(crate) actions: Vec<ApprovalAction>,
    pub(crate) abort: Option<Abort>,
    pub(crate) hold: Option<Hold>,
    /// A freeze stops it at its first Deployment stage.
    pub(crate) frozen: bool,
    /// What the policies said of the run.
    pub(crate) policy: Policy,
}

impl Run {
    /// What people decided on one approval, in the order of their decisions.
    pub(crate) fn actions_on<'a>(&'a self, instance: &'a str) -> impl Iterator<Item = &'a ApprovalAction> {
        self.actions.iter().filter(move |action| action.instance == instance)
    }
}
