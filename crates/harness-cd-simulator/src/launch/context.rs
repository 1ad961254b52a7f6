//! What the expressions of a run know.

use serde_json::Value;

use super::start::Launch;
use crate::tables::expression::Context;
use crate::tables::reading::{items, text};
use crate::tables::yaml::scalar_text;

/// Source: harness-api §8 [SCH, HUB]: the useful expressions.
pub(crate) fn of(pipeline: &Value, launch: &Launch<'_>, execution: &str, sequence: u64) -> Context {
    let mut context = launch.context.clone();
    let mut known = |key: &str, value: String| context.insert(format!("pipeline.{key}"), value);
    known("executionId", execution.to_owned());
    known("sequenceId", sequence.to_string());
    known("startTs", launch.at.to_string());
    for key in ["identifier", "name"] {
        known(key, text(pipeline, &format!("/{key}")).unwrap_or_default());
    }
    if let Some(principal) = launch.origin.principal() {
        known("triggeredBy.name", principal.name.clone());
        known("triggeredBy.email", principal.email.clone());
    }
    known("triggerType", launch.origin.trigger_type().to_owned());
    for variable in items(pipeline, "/variables") {
        let name = text(variable, "/name").unwrap_or_default();
        known(&format!("variables.{name}"), variable_value(variable));
    }
    context
}

/// The value; the default where none was given. Source: run-inputs §1.3 [CORE]: a variable falls back to its `default`.
fn variable_value(variable: &Value) -> String {
    let value = variable
        .get("value")
        .map(scalar_text)
        .filter(|value| !value.starts_with("<+input>"));
    value
        .filter(|value| !value.is_empty())
        .or_else(|| text(variable, "/default"))
        .unwrap_or_default()
}
