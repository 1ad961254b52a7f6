//! What a stage or a step asks for when it begins.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// A stage that asks for something.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct StageAsks {
    /// The YAML around its execution inputs.
    pub(crate) template: Value,
    /// All of it but its steps, which ask for themselves.
    pub(crate) whole: Value,
}

impl StageAsks {
    pub(crate) fn read(stage: &Value) -> Option<Self> {
        let mut whole = stage.clone();
        if let Some(Value::Object(spec)) = whole.get_mut("spec") {
            spec.remove("execution");
        }
        Some(Self {
            template: asked_mid_run(&whole)?,
            whole,
        })
    }
}

/// The YAML of a step around its execution inputs, with what names the way to them; `None` where it asks for nothing.
/// Source: run-inputs §8 [CORE]: the template has the root `step:` or `stage:`.
pub(crate) fn asked_mid_run(step: &Value) -> Option<Value> {
    match step {
        Value::String(text) => {
            (text.starts_with("<+input>") && text.contains(".executionInput()")).then(|| step.clone())
        }
        Value::Array(items) => {
            let asked: Vec<Value> = items.iter().filter_map(asked_mid_run).collect();
            (!asked.is_empty()).then_some(Value::Array(asked))
        }
        Value::Object(fields) => {
            let asked = fields
                .iter()
                .filter_map(|(key, value)| Some((key.clone(), asked_mid_run(value)?)));
            let mut asked: Map<String, Value> = asked.collect();
            if asked.is_empty() {
                return None;
            }
            for key in ["identifier", "name", "type", "required"] {
                if let Some(value) = fields.get(key).filter(|_| !asked.contains_key(key)) {
                    asked.insert(key.to_owned(), value.clone());
                }
            }
            Some(Value::Object(asked))
        }
        _ => None,
    }
}
