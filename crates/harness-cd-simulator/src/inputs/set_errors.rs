//! What is wrong with an input set, seen from the pipeline as it is now.
//!
//! Source: run-inputs §6 [CORE InputSetErrorsHelper].

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::grammar::RuntimeInput;
use super::leaves::{Found, Leaves};
use super::path::Path;
use super::problem::Problem;
use super::template;
use super::validators::{self, Joined};

/// Messages by the place that they are about.
#[derive(Debug, Default)]
pub(crate) struct SetErrors(BTreeMap<Path, String>);

impl SetErrors {
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// By the place as Harness writes it: the field's name and what is wrong with it.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (String, &str, &str)> {
        self.0
            .iter()
            .map(|(path, message)| (path.fqn(), path.last_field(), message.as_str()))
    }

    /// The pipeline pruned to the wrong fields, each with its place for a value.
    pub(crate) fn pipeline(&self, pipeline: &Value) -> Option<Value> {
        let root = Path::root("pipeline");
        template::prune_to(pipeline, &root, &mut |path, _| {
            self.0.contains_key(path).then(|| json!(path.fqn()))
        })
    }
}

/// Compares what an input set gives with what a pipeline asks for; both stand under `pipeline`.
pub(crate) fn find(pipeline: &Value, given: &Value, joined: Joined) -> Result<SetErrors, Problem> {
    let given = Leaves::of(given)?;
    let Some(asked) = template::prune(pipeline) else {
        let message = "Pipeline no longer contains any runtime input";
        return Ok(SetErrors(
            given
                .iter()
                .map(|(path, _)| (path.clone(), message.to_owned()))
                .collect(),
        ));
    };
    let mut found = BTreeMap::new();
    let asked = Leaves::of(&asked)?;
    for (path, own) in asked.iter() {
        if let Some(Found::Leaf(value)) = given.get(path)
            && let Some(message) = mismatch(own, value, path, joined)?
        {
            found.insert(path.clone(), message);
        }
    }
    for (path, _) in given.iter() {
        let is_asked = asked.iter().any(|(own, _)| path.starts_with(own));
        if !is_asked {
            found.insert(path.clone(), "Field not a runtime input".to_owned());
        }
    }
    Ok(SetErrors(found))
}

fn mismatch(own: &Value, given: &Value, path: &Path, joined: Joined) -> Result<Option<String>, Problem> {
    if path.tells_apart() {
        let fqn = path.fqn();
        return Ok((own != given).then(|| {
            format!("The value for {fqn} is {own} in the pipeline yaml, but the input set has it as {given}")
        }));
    }
    let Some(input) = own.as_str().and_then(RuntimeInput::parse) else {
        return Ok(None);
    };
    if given.as_str().and_then(RuntimeInput::parse).is_some() {
        return Ok(None);
    }
    match validators::check(&input, given, &path.fqn(), joined) {
        Err(Problem::Invalid(message)) => Ok(Some(message)),
        other => other.map(|()| None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn messages(pipeline: &Value, given: &Value) -> Vec<(String, String)> {
        let errors = find(pipeline, given, Joined::Split).unwrap();
        errors
            .iter()
            .map(|(fqn, _, message)| (fqn, message.to_owned()))
            .collect()
    }

    /// run-inputs §6: the messages.
    #[test]
    fn an_input_set_may_not_fit_any_more() {
        let pipeline = json!({
            "identifier": "p", "name": "P",
            "variables": [{ "name": "v", "type": "String", "value": "<+input>.allowedValues(a)" }],
            "stages": [{ "stage": { "identifier": "s", "type": "Custom", "spec": { "in": "<+input>", "fixed": 1 } } }],
        });
        let variable =
            |kind: &str, value: &str| json!({ "variables": [{ "name": "v", "type": kind, "value": value }] });
        let stage =
            |spec: Value| json!({ "stages": [{ "stage": { "identifier": "s", "type": "Custom", "spec": spec } }] });
        let one = |fqn: &str, message: &str| vec![(fqn.to_owned(), message.to_owned())];
        for (given, expected) in [
            (json!({ "identifier": "p" }), vec![]),
            (variable("String", "a"), vec![]),
            (variable("String", "<+input>"), vec![]),
            (stage(json!({ "in": { "deep": [1] } })), vec![]),
            (
                variable("Number", "a"),
                one(
                    "pipeline.variables.v.type",
                    "The value for pipeline.variables.v.type is \"String\" in the pipeline yaml, but the input set has it \
                     as \"Number\"",
                ),
            ),
            (
                variable("String", "b"),
                one(
                    "pipeline.variables.v",
                    "The values provided for pipeline.variables.v: ['b'] do not match any of the allowed values ['a']",
                ),
            ),
            (
                stage(json!({ "fixed": 2 })),
                one("pipeline.stages.s.spec.fixed", "Field not a runtime input"),
            ),
        ] {
            assert_eq!(messages(&pipeline, &given), expected, "{given}");
        }
        let errors = find(&pipeline, &stage(json!({ "fixed": 2, "gone": 3 })), Joined::Split).unwrap();
        let wrong = json!({ "fixed": "pipeline.stages.s.spec.fixed" });
        let expected = json!({ "identifier": "p", "stages": [{ "stage": { "identifier": "s", "type": "Custom", "spec": wrong } }] });
        assert_eq!(errors.pipeline(&pipeline), Some(expected));
        let fixed = json!({ "identifier": "p" });
        let expected = one("pipeline.a", "Pipeline no longer contains any runtime input");
        assert_eq!(messages(&fixed, &json!({ "a": "b" })), expected);
    }
}
