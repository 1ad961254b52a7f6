//! Events that custom webhooks brought, and what became of them.

use serde::{Deserialize, Serialize};

use super::scope::Scope;
use crate::tables::invented::EVENT_LAG_MS;

/// What became of an event. Source: harness-api §2.2 [CORE TriggerEventResponse.FinalStatus, OAS]; those of the list
/// that only Git and registries can bring about are left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum FinalStatus {
    TargetExecutionRequested,
    TargetDidNotExecute,
    NoEnabledCustomTriggerFound,
    NoMatchingTriggerForPayloadConditions,
    NoMatchingTriggerForHeaderConditions,
    NoMatchingTriggerForJexlConditions,
    InvalidPayload,
    InvalidRuntimeInputYaml,
    ExceptionWhileProcessing,
    Queued,
}

impl FinalStatus {
    /// Whether processing broke, rather than decided. Source: harness-api §2.2 [OAS] names `exceptionOccured`; for
    /// which statuses is [weak].
    pub(crate) fn is_exception(self) -> bool {
        matches!(
            self,
            Self::TargetDidNotExecute
                | Self::InvalidPayload
                | Self::InvalidRuntimeInputYaml
                | Self::ExceptionWhileProcessing
        )
    }
}

/// What one trigger made of an event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Verdict {
    pub(crate) status: FinalStatus,
    pub(crate) message: String,
    pub(crate) pipeline: Option<String>,
    pub(crate) trigger: Option<String>,
    pub(crate) execution: Option<String>,
    /// The inputs that the run was started with.
    pub(crate) inputs: Option<String>,
}

impl Verdict {
    pub(crate) fn new(status: FinalStatus, message: impl Into<String>) -> Self {
        Self {
            status,
            message: message.into(),
            pipeline: None,
            trigger: None,
            execution: None,
            inputs: None,
        }
    }

    fn is_of(&self, pipeline: &str, trigger: &str) -> bool {
        self.pipeline.as_deref() == Some(pipeline) && self.trigger.as_deref() == Some(trigger)
    }
}

/// An event that was accepted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Event {
    pub(crate) id: String,
    /// Epoch ms.
    pub(crate) at: i64,
    pub(crate) scope: Scope,
    /// The pipeline that the URL named.
    pub(crate) pipeline: Option<String>,
    /// The trigger that the URL named.
    pub(crate) trigger: Option<String>,
    pub(crate) payload: String,
    /// Without the key.
    pub(crate) headers: Vec<(String, String)>,
    /// Empty until it is processed.
    pub(crate) verdicts: Vec<Verdict>,
}

impl Event {
    /// When it is processed, epoch ms.
    pub(crate) fn due_at(&self) -> i64 {
        self.at.saturating_add(EVENT_LAG_MS)
    }

    /// What the details tell: the run, where several triggers looked at it.
    pub(crate) fn verdict(&self) -> Option<&Verdict> {
        let run = self.verdicts.iter().find(|verdict| verdict.execution.is_some());
        run.or_else(|| self.verdicts.first())
    }
}

/// Every event, in the order in which they came.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Events(Vec<Event>);

impl Events {
    pub(crate) fn add(&mut self, event: Event) {
        self.0.push(event);
    }

    pub(crate) fn find(&self, account: &str, id: &str) -> Option<&Event> {
        self.0
            .iter()
            .find(|event| event.id == id && event.scope.account == account)
    }

    /// The first event that waits and is due.
    pub(crate) fn due(&self, now: i64) -> Option<Event> {
        self.0
            .iter()
            .find(|event| event.verdicts.is_empty() && event.due_at() <= now)
            .cloned()
    }

    pub(crate) fn settle(&mut self, id: &str, verdicts: Vec<Verdict>) {
        if let Some(event) = self.0.iter_mut().find(|event| event.id == id) {
            event.verdicts = verdicts;
        }
    }

    /// What a trigger did, and when, the latest first.
    pub(crate) fn of_trigger(&self, scope: &Scope, pipeline: &str, trigger: &str) -> Vec<(i64, &Verdict)> {
        let events = self.0.iter().rev().filter(|event| event.scope == *scope);
        let verdicts = events.flat_map(|event| event.verdicts.iter().map(move |verdict| (event.at, verdict)));
        verdicts
            .filter(|(_, verdict)| verdict.is_of(pipeline, trigger))
            .collect()
    }

    /// Forgets what a trigger did.
    /// Source: harness-api §2 [CORE NGTriggerResourceImpl]: deleting a trigger deletes its event history.
    pub(crate) fn forget(&mut self, scope: &Scope, pipeline: &str, trigger: &str) {
        self.0.retain(|event| {
            event.scope != *scope || !event.verdicts.iter().any(|verdict| verdict.is_of(pipeline, trigger))
        });
    }
}
