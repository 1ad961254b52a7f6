//! Why a run's inputs are refused. The API turns it into an answer.

use serde_json::{Value, json};

/// A refusal.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Problem {
    /// 400 `INVALID_REQUEST`
    Invalid(String),
    /// 400 `PLAN_CREATION_ERROR`
    Plan(String),
    /// 400 with every error in the metadata, and the YAML that has them.
    Schema(Vec<SchemaError>, Value),
    /// No fact tells what Harness answers.
    Unknown(String),
}

/// One error of the schema check.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct SchemaError {
    /// As `$.pipeline.variables[0].value`.
    pub(crate) place: String,
    pub(crate) message: String,
    pub(crate) stage: Option<Holder>,
    pub(crate) step: Option<Holder>,
}

/// The stage or step that an error lies in.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Holder {
    pub(crate) identifier: String,
    pub(crate) kind: String,
    pub(crate) name: String,
    pub(crate) place: String,
}

impl SchemaError {
    /// Source: harness-api §0.5 [SDK, CORE: the names of an element].
    pub(crate) fn view(&self) -> Value {
        let mut view = json!({
            "message": self.message, "messageWithFQN": format!("{}: {}", self.place, self.message), "fqn": self.place,
        });
        for (key, holder) in [("stageInfo", &self.stage), ("stepInfo", &self.step)] {
            if let (Some(holder), Some(fields)) = (holder, view.as_object_mut()) {
                let Holder {
                    identifier,
                    kind,
                    name,
                    place,
                } = holder;
                let info = json!({ "identifier": identifier, "type": kind, "name": name, "fqn": place });
                fields.insert(key.to_owned(), info);
            }
        }
        view
    }
}
