//! Pipelines of Harness 3.0: typed inputs, read as `${{ inputs.x }}`, and stages without wrappers. That they are started
//! like this is unconfirmed as a whole (run-inputs §10, §15).

use serde_json::{Map, Value, json};

use super::problem::Problem;
use super::validators::matches_whole;
use crate::tables::yaml::scalar_text;

/// Whether what stands under `pipeline` is one. Source: run-inputs §10 [HUB 3k-docs]: declared inputs, plain stages.
pub(crate) fn is_one(pipeline: &Value) -> bool {
    let is_plain = |stage: &Value| stage.get("name").is_some() && stage.get("stage").is_none();
    pipeline.get("inputs").is_some_and(Value::is_object) || stages(pipeline).iter().any(is_plain)
}

/// The pipeline in the classic form, its inputs filled with what is given under `inputs`, and their defaults.
///
/// # Errors
/// A required input without a value, and one that its type or validation refuses; the sentences are invented.
pub(crate) fn prepare(identifier: &str, pipeline: &Value, given: &Value) -> Result<Value, Problem> {
    let declared = pipeline.get("inputs").and_then(Value::as_object).into_iter().flatten();
    let mut values = Map::new();
    for (name, input) in declared {
        let value = given.get(name).or_else(|| input.get("default"));
        match value {
            Some(value) => {
                check(name, input, value)?;
                values.insert(name.clone(), value.clone());
            }
            None if input.get("required") == Some(&json!(true)) => {
                return Err(Problem::Plan(format!("Value not provided for required input: {name}")));
            }
            None => {}
        }
    }
    let stages: Vec<Value> = stages(pipeline)
        .iter()
        .map(|stage| classic_stage(&filled(stage, &values)))
        .collect();
    let name = pipeline.get("name").map_or_else(|| identifier.to_owned(), scalar_text);
    Ok(json!({ "identifier": identifier, "name": name, "stages": stages }))
}

fn stages(pipeline: &Value) -> &[Value] {
    pipeline
        .get("stages")
        .and_then(Value::as_array)
        .map(Vec::as_slice)
        .unwrap_or_default()
}

/// Source: run-inputs §10 [HUB 3k-docs]: the types, `options`, `multiple`, and the two kinds of validation.
fn check(name: &str, input: &Value, value: &Value) -> Result<(), Problem> {
    let values = || {
        value
            .as_array()
            .map_or_else(|| std::slice::from_ref(value), Vec::as_slice)
            .iter()
    };
    let fits = match input.get("type").and_then(Value::as_str) {
        Some("number") => value.is_number(),
        Some("boolean") => value.is_boolean(),
        Some("array") => value.is_array(),
        Some("object") => value.is_object(),
        Some("choice") => {
            let options = input.get("options").and_then(Value::as_array);
            let is_one = value.is_array() == (input.get("multiple") == Some(&json!(true)));
            is_one && values().all(|value| options.is_none_or(|options| options.contains(value)))
        }
        _ => value.is_string(),
    };
    let validation = |key: &str| input.pointer(&format!("/validation/{key}"));
    let bound = |key: &str| validation(key).and_then(Value::as_f64).zip(value.as_f64());
    let regex = validation("regex").and_then(Value::as_str);
    let in_bounds =
        bound("min").is_none_or(|(min, own)| min <= own) && bound("max").is_none_or(|(max, own)| own <= max);
    let in_pattern = regex.map_or(Ok(true), |regex| matches_whole(regex, &scalar_text(value)))?;
    match fits && in_bounds && in_pattern {
        true => Ok(()),
        false => {
            let message = validation("message").map_or_else(|| "it does not fit".to_owned(), scalar_text);
            Err(Problem::Invalid(format!(
                "The value of input {name} is refused: {message}"
            )))
        }
    }
}

/// What is written, with the values in place of their expressions.
fn filled(written: &Value, values: &Map<String, Value>) -> Value {
    match written {
        Value::String(text) => json!(replaced(text, values)),
        Value::Array(items) => items.iter().map(|item| filled(item, values)).collect(),
        Value::Object(fields) => fields
            .iter()
            .map(|(key, field)| (key.clone(), filled(field, values)))
            .collect(),
        other => other.clone(),
    }
}

fn replaced(text: &str, values: &Map<String, Value>) -> String {
    let mut parts = text.split("${{");
    let mut replaced = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let known = part
            .split_once("}}")
            .and_then(|(name, rest)| Some((values.get(name.trim().strip_prefix("inputs.")?)?, rest)));
        match known {
            Some((value, rest)) => replaced.extend([&scalar_text(value), rest]),
            None => replaced.extend(["${{", part]),
        }
    }
    replaced
}

fn classic_stage(stage: &Value) -> Value {
    let steps = stage.get("steps").and_then(Value::as_array).into_iter().flatten();
    let steps: Vec<Value> = steps.map(|step| json!({ "step": named(step, "Run") })).collect();
    let mut fields = named(stage, "Custom");
    if let Value::Object(fields) = &mut fields {
        fields.insert("spec".to_owned(), json!({ "execution": { "steps": steps } }));
    }
    json!({ "stage": fields })
}

/// Identifiers follow from the names; that is invented.
fn named(node: &Value, kind: &str) -> Value {
    let name = node.get("name").map(scalar_text).unwrap_or_default();
    let identifier = name.replace(|character: char| !character.is_alphanumeric(), "_");
    json!({ "identifier": identifier, "name": name, "type": kind })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pipeline(input: &Value) -> Value {
        json!({ "inputs": { "x": input }, "stages": [{ "name": "say it", "steps": [{ "name": "a ${{ inputs.x }} ${{ y }}", "run": {} }] }] })
    }

    /// run-inputs §10
    #[test]
    fn inputs_are_typed_and_read_by_expressions() {
        for (input, given, step) in [
            (json!({ "type": "string" }), json!({ "x": "v1" }), Some("a v1 ${{ y }}")),
            (
                json!({ "type": "string", "default": "d" }),
                Value::Null,
                Some("a d ${{ y }}"),
            ),
            (
                json!({ "type": "string" }),
                Value::Null,
                Some("a ${{ inputs.x }} ${{ y }}"),
            ),
            (json!({ "type": "string", "required": true }), Value::Null, None),
            (
                json!({ "type": "string", "validation": { "regex": "v\\d" } }),
                json!({ "x": "v12" }),
                None,
            ),
            (
                json!({ "type": "number", "validation": { "min": 1, "max": 3 } }),
                json!({ "x": 3 }),
                Some("a 3 ${{ y }}"),
            ),
            (
                json!({ "type": "number", "validation": { "max": 3 } }),
                json!({ "x": 4 }),
                None,
            ),
            (json!({ "type": "number" }), json!({ "x": "4" }), None),
            (
                json!({ "type": "boolean" }),
                json!({ "x": true }),
                Some("a true ${{ y }}"),
            ),
            (
                json!({ "type": "choice", "options": ["a", "b"] }),
                json!({ "x": "b" }),
                Some("a b ${{ y }}"),
            ),
            (
                json!({ "type": "choice", "options": ["a", "b"] }),
                json!({ "x": "c" }),
                None,
            ),
            (
                json!({ "type": "choice", "options": ["a", "b"] }),
                json!({ "x": ["a"] }),
                None,
            ),
        ] {
            let prepared = prepare("p", &pipeline(&input), &given);
            let name = prepared.ok().map(|pipeline| {
                pipeline
                    .pointer("/stages/0/stage/spec/execution/steps/0/step/name")
                    .map(scalar_text)
                    .unwrap_or_default()
            });
            assert_eq!(name.as_deref(), step, "{input} {given}");
        }
    }

    #[test]
    fn a_pipeline_of_the_third_generation_is_recognised() {
        assert!(is_one(&pipeline(&Value::Null)));
        assert!(is_one(&json!({ "stages": [{ "name": "a", "steps": [] }] })));
        assert!(!is_one(
            &json!({ "identifier": "p", "stages": [{ "stage": { "name": "a" } }, { "parallel": [] }] })
        ));
    }
}
