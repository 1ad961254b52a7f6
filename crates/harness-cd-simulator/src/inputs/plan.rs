//! What the making of a plan does with the inputs that nobody answered.

use serde_json::{Map, Number, Value, json};

use super::grammar::{self, RuntimeInput};
use super::kinds;
use super::merge::{self, Values};
use super::problem::Problem;

/// Fills in the defaults of inputs that were left open, but for those that are asked for while the run goes on. Where a
/// variable has none, its own `default` is taken.
///
/// Source: run-inputs §1.3, §8 [CORE NGVariablesUtils, ParameterFieldDeserializer].
pub(crate) fn fill_defaults(value: &Value) -> Value {
    match value {
        Value::Array(items) => items.iter().map(fill_defaults).collect(),
        Value::Object(fields) => {
            let filled = fields.iter().map(|(key, value)| {
                let own = default_of(value).map(|text| typed(key, fields, text));
                let beside = || {
                    fields
                        .get("default")
                        .filter(|_| is_variable(fields) && key == "value" && is_open(value))
                };
                let filled = own.or_else(|| beside().cloned());
                (key.clone(), filled.unwrap_or_else(|| fill_defaults(value)))
            });
            Value::Object(filled.collect())
        }
        other => default_of(other).map_or_else(|| other.clone(), |text| json!(text)),
    }
}

fn default_of(value: &Value) -> Option<&str> {
    let text = value.as_str().filter(|text| !grammar::is_asked_mid_run(text))?;
    RuntimeInput::parse(text)?.default()
}

/// A default is read as its field's kind. Source: run-inputs §8 [CORE ParameterFieldDeserializer].
fn typed(key: &str, fields: &Map<String, Value>, text: &str) -> Value {
    let is_number = key == "value" && fields.get("type") == Some(&json!("Number"));
    let number = text.parse::<Number>().ok().filter(|_| is_number).map(Value::Number);
    let truth = text
        .parse::<bool>()
        .ok()
        .filter(|_| kinds::is_boolean_field(key))
        .map(Value::Bool);
    number.or(truth).unwrap_or_else(|| json!(text))
}

fn is_variable(fields: &Map<String, Value>) -> bool {
    fields.contains_key("name") && fields.contains_key("type")
}

/// Whether nothing was given: null, or an input that was left as it is.
fn is_open(value: &Value) -> bool {
    let open_input = |text: &str| RuntimeInput::parse(text).is_some() && !grammar::is_asked_mid_run(text);
    value.is_null() || value.as_str().is_some_and(open_input)
}

/// Refuses the first `required: true` variable without a value; every other open input goes through.
///
/// Source: run-inputs §1.3, harness-api §12.24 [CORE NGVariablesUtils]: an empty text is no value.
pub(crate) fn check_required(value: &Value) -> Result<(), Problem> {
    let Some(variable) = missing(value) else { return Ok(()) };
    let secret = if text(variable, "type") == "Secret" {
        "secret "
    } else {
        ""
    };
    Err(Problem::Plan(format!(
        "Value not provided for required {secret}variable: {}",
        text(variable, "name")
    )))
}

/// The first `required: true` variable without a value.
fn missing(value: &Value) -> Option<&Map<String, Value>> {
    match value {
        Value::Array(items) => items.iter().find_map(missing),
        Value::Object(fields) => {
            let variables = fields.get("variables").and_then(Value::as_array).into_iter().flatten();
            let variable = variables
                .filter_map(Value::as_object)
                .find(|variable| is_missing(variable));
            variable.or_else(|| fields.values().find_map(missing))
        }
        _ => None,
    }
}

fn is_missing(variable: &Map<String, Value>) -> bool {
    let value = variable.get("value").unwrap_or(&Value::Null);
    let has_none = is_open(value) || value == &json!("");
    is_variable(variable) && variable.get("required") == Some(&json!(true)) && has_none
}

fn text<'a>(variable: &'a Map<String, Value>, key: &str) -> &'a str {
    variable.get(key).and_then(Value::as_str).unwrap_or_default()
}

/// What a node asks for while the run goes on, as if it were asked now.
fn asked_now(asked: &Value) -> Value {
    match asked {
        Value::String(text) => json!(text.replace(".executionInput()", "")),
        Value::Array(items) => items.iter().map(asked_now).collect(),
        Value::Object(fields) => fields
            .iter()
            .map(|(key, field)| (key.clone(), asked_now(field)))
            .collect(),
        other => other.clone(),
    }
}

/// What a node asked for while the run went on, with what it was given and the defaults of the rest.
///
/// # Errors
/// run-inputs §8 [CORE ExecutionInputServiceImpl]: a value that a validator refuses, a required variable without one.
pub(crate) fn answered(asked: &Value, given: &Value, values: Values) -> Result<Value, Problem> {
    let filled = fill_defaults(&merge::merge(&asked_now(asked), &[given], values)?);
    match (values, missing(&filled)) {
        (Values::Checked(_), Some(variable)) => {
            let name = text(variable, "name");
            Err(Problem::Invalid(format!(
                "{name} is a required variable .Value or expression not provided"
            )))
        }
        _ => Ok(filled),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// run-inputs §1.3, §8
    #[test]
    fn defaults_are_filled_in_where_nothing_was_given() {
        let variable = |kind: &str, value: &str| json!({ "name": "v", "type": kind, "default": "d", "value": value });
        for (before, after) in [
            (json!({ "a": "<+input>.default(x)" }), json!({ "a": "x" })),
            (
                json!({ "a": ["<+input>.default(x)", "<+input>"] }),
                json!({ "a": ["x", "<+input>"] }),
            ),
            (
                json!({ "deployToAll": "<+input>.default(false)" }),
                json!({ "deployToAll": false }),
            ),
            (
                json!({ "a": "<+input>.default(x).executionInput()" }),
                json!({ "a": "<+input>.default(x).executionInput()" }),
            ),
            (
                json!({ "default": "d", "value": "<+input>" }),
                json!({ "default": "d", "value": "<+input>" }),
            ),
            (variable("String", "<+input>"), variable("String", "d")),
            (variable("String", "<+input>.default(x)"), variable("String", "x")),
            (variable("String", ""), variable("String", "")),
            (
                variable("String", "<+input>.executionInput()"),
                variable("String", "<+input>.executionInput()"),
            ),
            (
                json!({ "name": "n", "type": "Number", "value": "<+input>.default(3)" }),
                json!({ "name": "n", "type": "Number", "value": 3 }),
            ),
        ] {
            assert_eq!(fill_defaults(&before), after, "{before}");
        }
    }

    /// run-inputs §1.3, harness-api §12.24
    #[test]
    fn only_required_variables_are_refused() {
        let stage = |variable: Value| json!({ "stages": [{ "stage": { "variables": [variable] } }] });
        let variable = |kind: &str, required: bool, value: Value| {
            stage(json!({ "name": "v", "type": kind, "required": required, "value": value }))
        };
        let missing = |text: &str| Err(Problem::Plan(format!("Value not provided for required {text}: v")));
        for (pipeline, verdict) in [
            (variable("String", true, json!("<+input>")), missing("variable")),
            (variable("String", true, json!("")), missing("variable")),
            (variable("Secret", true, Value::Null), missing("secret variable")),
            (
                variable("Number", true, json!("<+input>.regex(x)")),
                missing("variable"),
            ),
            (variable("String", true, json!("<+input>.executionInput()")), Ok(())),
            (variable("String", true, json!("<+trigger.x>")), Ok(())),
            (variable("String", true, json!("x")), Ok(())),
            (variable("String", false, json!("<+input>")), Ok(())),
            (json!({ "spec": { "required": true, "value": "" } }), Ok(())),
        ] {
            assert_eq!(check_required(&pipeline), verdict, "{pipeline}");
        }
    }
}
