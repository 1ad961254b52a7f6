//! The part of Harness's pipeline schema that a run can break: kinds of variables, of some fields, and of the codebase.
//!
//! Source: run-inputs §5, §8 [SCH v0/pipeline/common, v0/pipeline/build.yaml]. It is no whole schema: what is not named
//! here passes.

use serde_json::Value;

use super::problem::{Holder, SchemaError};

/// Fields that are booleans, or expressions, wherever the schema has them [SCH v0/pipeline.json].
const BOOLEAN_FIELDS: [&str; 17] = [
    "allowStageExecutions",
    "cloneCodebase",
    "debug",
    "deployToAll",
    "disableArtifactValidation",
    "enabled",
    "failOnTimeout",
    "fetchTags",
    "fixedInputsOnRerun",
    "gitOpsEnabled",
    "lfs",
    "persistCredentials",
    "privileged",
    "required",
    "sslVerify",
    "unstableStatusAsSuccess",
    "waitReady",
];

/// Fields that are lists, or expressions, wherever the schema has them [SCH v0/pipeline.json].
const LIST_FIELDS: [&str; 21] = [
    "approverInputs",
    "artifactPaths",
    "delegateSelectors",
    "disallowedUserEmails",
    "errors",
    "failureStrategies",
    "files",
    "gitOpsClusters",
    "infrastructureDefinitions",
    "inputSetReferences",
    "jobParameter",
    "manifests",
    "paths",
    "rollbackSteps",
    "serviceAccounts",
    "servicesOverrides",
    "sidecars",
    "sources",
    "userGroups",
    "valuesPaths",
    "variables",
];

/// Fields that are lists, or expressions, in this one place [SCH v0/pipeline.json].
const LISTS_IN_PLACE: [(&str, &str); 2] = [("environmentGroup", "environments"), ("repeat", "items")];

/// Fields that are whole numbers, or expressions, in these places [SCH v0/pipeline.json StrategyConfig, HarnessForConfig,
/// MatrixConfig].
const INTEGERS_IN_PLACE: [(&str, &str); 4] = [
    ("matrix", "maxConcurrency"),
    ("repeat", "maxConcurrency"),
    ("repeat", "times"),
    ("strategy", "parallelism"),
];

pub(crate) fn is_boolean_field(key: &str) -> bool {
    BOOLEAN_FIELDS.contains(&key)
}

/// Every error of a merged pipeline.
pub(crate) fn errors(pipeline: &Value) -> Vec<SchemaError> {
    let mut check = Check::default();
    check.children(pipeline, "$.pipeline");
    check.errors
}

#[derive(Default)]
struct Check {
    errors: Vec<SchemaError>,
    stage: Option<Holder>,
    step: Option<Holder>,
}

impl Check {
    fn children(&mut self, value: &Value, place: &str) {
        match value {
            Value::Object(fields) => {
                for (key, value) in fields {
                    self.field(key, value, &format!("{place}.{key}"));
                }
            }
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    self.children(item, &format!("{place}[{index}]"));
                }
            }
            _ => {}
        }
    }

    fn field(&mut self, key: &str, value: &Value, place: &str) {
        let outer = (self.stage.clone(), self.step.clone());
        match key {
            "stage" => self.stage = holder(value, place),
            "step" => self.step = holder(value, place),
            "variables" => self.variables(value, place),
            "codebase" => self.build(value.get("build").unwrap_or(&Value::Null), &format!("{place}.build")),
            _ => {}
        }
        if is_boolean_field(key) && !value.is_boolean() && !is_open(value) {
            self.wrong_kind(value, "boolean", place);
        }
        let owner = owner(place);
        let is_list = LIST_FIELDS.contains(&key) || LISTS_IN_PLACE.contains(&(owner, key));
        if is_list && !value.is_array() && !is_open(value) && !looks_like_a_list(value) {
            self.wrong_kind(value, "array", place);
        }
        if INTEGERS_IN_PLACE.contains(&(owner, key)) && !value.is_u64() && !is_open(value) {
            self.wrong_kind(value, "integer", place);
        }
        self.children(value, place);
        (self.stage, self.step) = outer;
    }

    fn variables(&mut self, list: &Value, place: &str) {
        for (index, variable) in list.as_array().into_iter().flatten().enumerate() {
            let kind = variable.get("type").and_then(Value::as_str).unwrap_or_default();
            if let Some(value) = variable.get("value") {
                self.variable(kind, value, &format!("{place}[{index}].value"));
            }
        }
    }

    fn variable(&mut self, kind: &str, value: &Value, place: &str) {
        match kind {
            "String" | "Secret" if !value.is_string() => self.wrong_kind(value, "string", place),
            "Secret" if value.as_str().is_some_and(|text| text.contains("<+secrets.getValue(")) => {
                self.error(
                    "a secret is given by its reference, not by an expression that reads it",
                    place,
                );
            }
            "Number" if !is_number(value) => self.wrong_kind(value, "number", place),
            _ => {}
        }
    }

    /// Source: run-inputs §5 [SCH v0/pipeline/build.yaml; MCP].
    fn build(&mut self, build: &Value, place: &str) {
        if build.is_null() || is_open(build) {
            return;
        }
        let field = match build.get("type").and_then(Value::as_str) {
            Some("branch") => "branch",
            Some("tag") => "tag",
            Some("PR") => "number",
            Some("commitSha") => "commitSha",
            _ => {
                let message = "does not have a value in the enumeration [branch, tag, PR, commitSha]";
                return self.error(message, &format!("{place}.type"));
            }
        };
        let place = format!("{place}.spec.{field}");
        match build.get("spec").and_then(|spec| spec.get(field)) {
            None => self.error("is missing but it is required", &place),
            Some(value) if !value.is_string() => self.wrong_kind(value, "string", &place),
            Some(_) => {}
        }
    }

    fn wrong_kind(&mut self, value: &Value, expected: &str, place: &str) {
        let found = match value {
            Value::Null => "null",
            Value::Bool(_) => "boolean",
            Value::Number(number) if number.is_f64() => "number",
            Value::Number(_) => "integer",
            Value::String(_) => "string",
            Value::Array(_) => "array",
            Value::Object(_) => "object",
        };
        self.error(&format!("{found} found, {expected} expected"), place);
    }

    fn error(&mut self, message: &str, place: &str) {
        self.errors.push(SchemaError {
            place: place.to_owned(),
            message: message.to_owned(),
            stage: self.stage.clone(),
            step: self.step.clone(),
        });
    }
}

/// The field that the field at `place` stands in.
fn owner(place: &str) -> &str {
    place.rsplit('.').nth(1).unwrap_or_default()
}

fn holder(value: &Value, place: &str) -> Option<Holder> {
    let text = |key: &str| value.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    value.is_object().then(|| Holder {
        identifier: text("identifier"),
        kind: text("type"),
        name: text("name"),
        place: place.to_owned(),
    })
}

/// Whether a value comes later: an expression, or an input that was left open.
fn is_open(value: &Value) -> bool {
    value.as_str().is_some_and(|text| text.starts_with("<+"))
}

/// Source: run-inputs §8 [CORE ParameterFieldDeserializer]: a text that looks like a JSON list is read as one.
fn looks_like_a_list(value: &Value) -> bool {
    value
        .as_str()
        .is_some_and(|text| serde_json::from_str::<Vec<Value>>(text).is_ok())
}

/// Source: run-inputs §8 [SCH, CORE]: a number, its text, an expression, or nothing.
fn is_number(value: &Value) -> bool {
    let is_numeric = |text: &str| text.is_empty() || text.parse::<f64>().is_ok();
    value.is_number() || value.is_null() || is_open(value) || value.as_str().is_some_and(is_numeric)
}

#[cfg(test)]
mod tests;
