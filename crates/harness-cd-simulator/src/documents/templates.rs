//! Pipelines with their templates written out.

use serde_json::{Map, Value};

use crate::inputs::merge::{Values, merge};
use crate::state::entity::{Entity, Kind};
use crate::state::scope::Scope;
use crate::state::store::Store;
use crate::tables::yaml::scalar_text;

/// How deep templates may lie in one another: one that holds itself would never end.
const MAX_DEPTH: usize = 16;

/// Writes every template out: what is used in its place, its inputs filled in.
///
/// # Errors
/// The reference that leads nowhere.
pub(crate) fn expanded(store: &Store, scope: &Scope, value: &Value) -> Result<Value, String> {
    expand(store, scope, value, 0)
}

fn expand(store: &Store, scope: &Scope, value: &Value, depth: usize) -> Result<Value, String> {
    if depth > MAX_DEPTH {
        return Err("templates lie too deep in one another".to_owned());
    }
    match value {
        Value::Array(items) => items.iter().map(|item| expand(store, scope, item, depth)).collect(),
        Value::Object(fields) => {
            let written_out = match fields
                .get("template")
                .filter(|use_of| use_of.get("templateRef").is_some())
            {
                Some(use_of) => &expand(store, scope, &in_place(store, scope, fields, use_of)?, depth + 1)?,
                None => return each(fields, |field| expand(store, scope, field, depth)),
            };
            Ok(written_out.clone())
        }
        other => Ok(other.clone()),
    }
}

fn each(fields: &Map<String, Value>, change: impl Fn(&Value) -> Result<Value, String>) -> Result<Value, String> {
    fields
        .iter()
        .map(|(key, field)| Ok((key.clone(), change(field)?)))
        .collect::<Result<Map<_, _>, _>>()
        .map(Value::Object)
}

/// What stands for the use of a template: its content under the identifier and name of the place.
fn in_place(store: &Store, scope: &Scope, place: &Map<String, Value>, use_of: &Value) -> Result<Value, String> {
    let text = |key: &str| use_of.get(key).map(scalar_text).unwrap_or_default();
    let (reference, label) = (text("templateRef"), text("versionLabel"));
    let template = template(store, scope, &reference, &label);
    let template = template.ok_or_else(|| format!("template [{reference}] with version [{label}] not found"))?;
    let mut content = template.body.get("spec").cloned().unwrap_or_default();
    if let Some(inputs) = use_of.get("templateInputs") {
        // Source: run-inputs §1.3, §9 [CORE MergeHelper]: filled as the inputs of a run are.
        content = merge(&content, &[inputs], Values::Taken).map_err(|problem| format!("{problem:?}"))?;
    }
    let mut fields = place.clone();
    fields.remove("template");
    if let Value::Object(content) = content {
        fields.extend(content);
    }
    Ok(Value::Object(fields))
}

/// A template by its reference; its stable version where no label is given.
fn template<'a>(store: &'a Store, scope: &Scope, reference: &str, label: &str) -> Option<&'a Entity> {
    if !label.is_empty() {
        return store.follow(Kind::Template, scope, label, reference);
    }
    let (scope, identifier) = scope.follow(reference);
    let versions = store.everywhere(Kind::Template);
    versions
        .filter(|version| version.scope == scope && version.identifier == identifier)
        .last()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::random::Random;
    use serde_json::json;

    fn store(templates: &[Value]) -> (Store, Scope) {
        let scope = Scope::project("acc", "org", "project");
        let mut store = Store::default();
        for template in templates {
            let entity = Entity::new(Kind::Template, scope.clone(), "", &json!({ "template": template })).unwrap();
            store.add(entity, 0, &mut Random::new(1));
        }
        (store, scope)
    }

    fn step_template(label: &str, command: &str) -> Value {
        json!({
            "identifier": "say", "versionLabel": label, "type": "Step",
            "spec": { "type": "ShellScript", "spec": { "script": command, "word": "<+input>" } },
        })
    }

    /// harness-api §1 (`getTemplatesResolvedPipeline`), run-inputs §9
    #[test]
    fn templates_are_written_out_with_their_inputs() {
        let stage = json!({
            "identifier": "say_stage", "versionLabel": "1", "type": "Stage",
            "spec": { "type": "Custom", "spec": { "execution": { "steps": [{ "step": {
                "identifier": "inner", "name": "inner",
                "template": { "templateRef": "say", "versionLabel": "2", "templateInputs": { "spec": { "word": "<+input>" } } },
            } }] } } },
        });
        let (store, scope) = store(&[step_template("1", "old"), step_template("2", "new"), stage]);
        let pipeline = json!({ "identifier": "p", "stages": [{ "stage": {
            "identifier": "s", "name": "S",
            "template": { "templateRef": "say_stage", "versionLabel": "1", "templateInputs": { "spec": {
                "execution": { "steps": [{ "step": { "identifier": "inner", "template": {
                    "templateInputs": { "spec": { "word": "hello" } },
                } } }] },
            } } },
        } }] });
        let expanded = expanded(&store, &scope, &pipeline).unwrap();
        let step = expanded.pointer("/stages/0/stage/spec/execution/steps/0/step").unwrap();
        assert_eq!(step["spec"], json!({ "script": "new", "word": "hello" }));
        assert_eq!(step["identifier"], "inner");
        assert_eq!(expanded.pointer("/stages/0/stage/name"), Some(&json!("S")));
    }

    #[test]
    fn a_reference_that_leads_nowhere_or_to_itself_is_told() {
        let itself = json!({ "identifier": "loop", "versionLabel": "1", "spec": { "template": {
            "templateRef": "loop", "versionLabel": "1" } } });
        let (store, scope) = store(&[itself]);
        for reference in ["gone", "loop"] {
            let pipeline = json!({ "template": { "templateRef": reference, "versionLabel": "1" } });
            assert!(expanded(&store, &scope, &pipeline).is_err(), "{reference}");
        }
    }
}
