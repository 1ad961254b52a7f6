//! The pipeline as a run takes it.

use serde_json::Value;

use super::kinds;
use super::merge::{self, Values};
use super::plan;
use super::problem::Problem;
use super::validators::Joined;

/// What the facts leave open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Options {
    /// Whether the merged YAML is held against the schema (run-inputs §1.3; open in live accounts).
    pub(crate) checks_schema: bool,
    pub(crate) joined: Joined,
    /// Whether a body that names another pipeline is refused (harness-api §12.32).
    pub(crate) refuses_foreign: bool,
}

/// A run's pipeline.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Prepared {
    /// What stands under `pipeline`, with every value that was given and every default. What nobody answered stays
    /// `<+input>`, and what is asked for while the run goes on stays `<+input>…executionInput()`.
    pub(crate) pipeline: Value,
}

/// Fills a pipeline with the body of a run: the whole document, whose root is `pipeline`, or null for an empty one.
///
/// # Errors
/// In Harness's order: values that a validator refuses, the schema, required variables.
/// Source: run-inputs §1.3 [CORE ExecutionHelper].
pub(crate) fn prepare(pipeline: &Value, body: &Value, options: &Options) -> Result<Prepared, Problem> {
    if !body.is_object() && !body.is_null() {
        return Err(Problem::Unknown("a run body that is no object".to_owned()));
    }
    let given = body.get("pipeline").unwrap_or(&Value::Null);
    if options.refuses_foreign {
        check_identifier(pipeline, given)?;
    }
    let merged = merge::merge(pipeline, &[given], Values::Checked(options.joined))?;
    let errors = if options.checks_schema {
        kinds::errors(&merged)
    } else {
        Vec::new()
    };
    if !errors.is_empty() {
        return Err(Problem::Schema(errors, merged));
    }
    let filled = plan::fill_defaults(&merged);
    plan::check_required(&filled)?;
    Ok(Prepared { pipeline: filled })
}

/// The sentence is invented: what refuses here is a mode.
fn check_identifier(pipeline: &Value, given: &Value) -> Result<(), Problem> {
    match (pipeline.get("identifier"), given.get("identifier")) {
        (own, Some(other)) if own != Some(other) => {
            Err(Problem::Invalid(format!("The YAML names another pipeline: {other}")))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const OPTIONS: Options = Options {
        checks_schema: true,
        joined: Joined::Split,
        refuses_foreign: false,
    };

    fn pipeline() -> Value {
        let variable = |name: &str, required: bool, value: &str| json!({ "name": name, "type": "String", "required": required, "value": value });
        json!({
            "identifier": "p",
            "variables": [
                variable("tag", true, "<+input>.regex([a-z0-9.]+)"),
                variable("env", true, "<+input>.default(int).allowedValues(int,prod)"),
                variable("note", false, "<+input>"),
                variable("late", true, "<+input>.executionInput()"),
            ],
        })
    }

    fn body(values: &[(&str, Value)]) -> Value {
        let variables = values
            .iter()
            .map(|(name, value)| json!({ "name": name, "type": "String", "value": value }));
        json!({ "pipeline": { "identifier": "other", "variables": variables.collect::<Vec<_>>() } })
    }

    /// run-inputs §1.3, §8
    #[test]
    fn a_body_fills_what_is_asked_for() {
        let prepared = prepare(&pipeline(), &body(&[("tag", json!("v1 "))]), &OPTIONS)
            .unwrap()
            .pipeline;
        let value = |index: usize| prepared["variables"][index]["value"].as_str().unwrap();
        assert_eq!(
            [value(0), value(1), value(2), value(3)],
            ["v1", "int", "<+input>", "<+input>.executionInput()"]
        );
        assert_eq!(prepared["identifier"], "p");
    }

    /// run-inputs §1.3, §14.1; harness-api §12.32
    #[test]
    fn refusals_come_in_their_order() {
        let unchecked = Options {
            checks_schema: false,
            ..OPTIONS
        };
        let strict = Options {
            refuses_foreign: true,
            ..OPTIONS
        };
        let kind = |body: &Value, options: &Options| match prepare(&pipeline(), body, options) {
            Ok(_) => "ok",
            Err(Problem::Invalid(_)) => "invalid",
            Err(Problem::Schema(..)) => "schema",
            Err(Problem::Plan(_)) => "plan",
            Err(Problem::Unknown(_)) => "unknown",
        };
        for (body, options, verdict) in [
            (body(&[("tag", json!("v1"))]), OPTIONS, "ok"),
            (body(&[("tag", json!("v1"))]), strict, "invalid"),
            (body(&[("tag", json!("V1")), ("note", json!(true))]), OPTIONS, "invalid"),
            (body(&[("note", json!(true))]), OPTIONS, "schema"),
            (body(&[("note", json!(true))]), unchecked, "plan"),
            (body(&[("tag", json!("v1")), ("note", json!(true))]), unchecked, "ok"),
            (body(&[("tag", json!("v1")), ("env", json!(""))]), OPTIONS, "invalid"),
            (Value::Null, OPTIONS, "plan"),
            (json!({ "unknown": 1 }), OPTIONS, "plan"),
            (json!("text"), OPTIONS, "unknown"),
        ] {
            assert_eq!(kind(&body, &options), verdict, "{body}");
        }
    }
}
