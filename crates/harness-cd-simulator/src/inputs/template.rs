//! What a pipeline asks for: the document pruned to its runtime inputs.

use serde_json::{Map, Value, json};

use super::element::{Element, Fields, is_leaf, is_leaf_list};
use super::grammar::{self, INPUT};
use super::path::Path;

/// Any document pruned to the leaves that are runtime inputs, with a `default` beside them and what tells their
/// ancestors apart; `None` where nothing is asked for. Templates are not looked into.
///
/// Source: run-inputs §1.2 [CORE RuntimeInputFormHelper, YamlMapGenerator].
pub(crate) fn prune(value: &Value) -> Option<Value> {
    let with_defaults = |fields: &Fields, kept: &mut Fields| {
        let beside_an_input = fields.iter().any(|(_, value)| asks(value));
        if let Some(default) = fields.get("default").filter(|_| beside_an_input) {
            kept.insert("default".to_owned(), default.clone());
        }
    };
    let mut pruning = Pruning {
        leaf: &mut |_, value| asks(value).then(|| value.clone()),
        beside: &with_defaults,
    };
    pruning.value(value, &Path::default())
}

/// A document pruned to the leaves for which `leaf` gives something, with what tells their ancestors apart.
pub(crate) fn prune_to(
    value: &Value,
    root: &Path,
    leaf: &mut dyn FnMut(&Path, &Value) -> Option<Value>,
) -> Option<Value> {
    Pruning {
        leaf,
        beside: &|_, _| {},
    }
    .value(value, root)
}

/// Whether a leaf is a runtime input or holds one that is asked for while the run goes on.
fn asks(value: &Value) -> bool {
    match value {
        Value::String(text) => text.starts_with(INPUT) || grammar::is_asked_mid_run(text),
        Value::Array(_) => is_leaf(value) && grammar::is_asked_mid_run(&value.to_string()),
        _ => false,
    }
}

struct Pruning<'p> {
    leaf: &'p mut dyn FnMut(&Path, &Value) -> Option<Value>,
    /// Adds what stays beside the leaves that stay.
    beside: &'p dyn Fn(&Fields, &mut Fields),
}

impl Pruning<'_> {
    fn value(&mut self, value: &Value, path: &Path) -> Option<Value> {
        match value {
            Value::Object(fields) if !fields.is_empty() => self.fields(fields, path, &["identifier"]),
            Value::Array(items) if !is_leaf_list(items) => self.items(items, path),
            leaf => (self.leaf)(path, leaf),
        }
    }

    fn items(&mut self, items: &[Value], path: &Path) -> Option<Value> {
        let kept: Vec<Value> = items
            .iter()
            .filter_map(|item| self.element(&Element::of(item)?, path))
            .collect();
        (!kept.is_empty()).then_some(Value::Array(kept))
    }

    fn element(&mut self, element: &Element<'_>, path: &Path) -> Option<Value> {
        let path = path.with(element.node());
        match element {
            Element::Parallel(items) => Some(json!({ "parallel": self.items(items, &path)? })),
            Element::Wrapped {
                wrapper, key, fields, ..
            } => Some(json!({ *wrapper: self.fields(fields, &path, &["identifier", key])? })),
            Element::Plain { key, fields, .. } if element.is_flat() => {
                let leaves = fields.iter();
                let kept =
                    leaves.filter_map(|(name, value)| Some((name.clone(), (self.leaf)(&path.field(name), value)?)));
                let kept = kept.collect();
                self.finish(fields, kept, &[key])
            }
            Element::Plain { key, fields, .. } => self.fields(fields, &path, &["identifier", key]),
        }
    }

    fn fields(&mut self, fields: &Fields, path: &Path, keys: &[&str]) -> Option<Value> {
        let kept = fields
            .iter()
            .filter_map(|(key, value)| Some((key.clone(), self.value(value, &path.field(key))?)));
        let kept: Map<String, Value> = kept.collect();
        self.finish(fields, kept, keys)
    }

    fn finish(&self, fields: &Fields, mut kept: Fields, keys: &[&str]) -> Option<Value> {
        if kept.is_empty() {
            return None;
        }
        (self.beside)(fields, &mut kept);
        for key in keys.iter().chain(&["type"]) {
            if let Some(value) = fields
                .get(*key)
                .filter(|value| is_leaf(value) && !kept.contains_key(*key))
            {
                kept.insert((*key).to_owned(), value.clone());
            }
        }
        Some(Value::Object(kept))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// run-inputs §1.2, §9
    #[test]
    fn inputs_stay_with_what_tells_their_ancestors_apart() {
        for (document, template) in [
            (json!({ "identifier": "p", "description": "d", "stages": [] }), None),
            (
                json!({
                    "identifier": "p", "name": "P", "tags": {},
                    "variables": [
                        { "name": "tag", "type": "String", "description": "d", "default": "x", "value": "<+input>" },
                        { "name": "fixed", "type": "String", "default": "y", "value": "y" },
                    ],
                }),
                Some(json!({
                    "identifier": "p",
                    "variables": [{ "name": "tag", "type": "String", "default": "x", "value": "<+input>" }],
                })),
            ),
            (
                json!({ "stages": [
                    { "stage": { "identifier": "a", "type": "Custom", "name": "A", "timeout": "10m" } },
                    { "parallel": [{ "stage": {
                        "identifier": "b", "name": "B", "type": "Deployment",
                        "spec": { "service": { "serviceRef": "s", "serviceInputs": "<+input>" } },
                    } }] },
                ] }),
                Some(json!({ "stages": [{ "parallel": [{ "stage": {
                    "identifier": "b", "type": "Deployment", "spec": { "service": { "serviceInputs": "<+input>" } },
                } }] }] })),
            ),
            (
                json!({ "template": { "templateRef": "t", "versionLabel": "1", "templateInputs": {
                    "type": "Deployment", "delegateSelectors": "<+input>",
                } } }),
                Some(json!({ "template": { "templateInputs": {
                    "type": "Deployment", "delegateSelectors": "<+input>",
                } } })),
            ),
            (
                json!({ "service": { "identifier": "s", "manifests": [
                    { "manifest": { "identifier": "m", "type": "K8sManifest", "spec": { "paths": "<+input>", "x": 1 } } },
                ] } }),
                Some(json!({ "service": { "identifier": "s", "manifests": [
                    { "manifest": { "identifier": "m", "type": "K8sManifest", "spec": { "paths": "<+input>" } } },
                ] } })),
            ),
            (
                json!({ "values": [{ "environmentRef": "e", "deployToAll": "<+input>", "filters": [] }] }),
                Some(json!({ "values": [{ "environmentRef": "e", "deployToAll": "<+input>" }] })),
            ),
            // A whole-list leaf is no input, whatever its first text says.
            (json!({ "paths": ["<+input>", "a"] }), None),
            (
                json!({ "a": "<+pipeline.x>.executionInput()", "b": ["<+input>.executionInput()"] }),
                Some(json!({ "a": "<+pipeline.x>.executionInput()", "b": ["<+input>.executionInput()"] })),
            ),
            // The field of an element that its name identifies is one leaf, so nothing inside of it is asked for.
            (
                json!({ "outputs": [{ "name": "n", "spec": { "value": "<+input>" } }] }),
                None,
            ),
        ] {
            assert_eq!(prune(&document), template, "{document}");
        }
    }
}
