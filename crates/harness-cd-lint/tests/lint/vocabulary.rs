//! The vocabulary against Harness's own schemas, where they lie beside the checkout.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use serde_json::Value;

use crate::findings;
use crate::support::beside;

fn schema(name: &str) -> Option<Value> {
    let path = beside("schemas")?.join(name);
    Some(serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap())
}

/// The node that a reference points at, or the node itself.
fn target<'s>(root: &'s Value, node: &'s Value) -> &'s Value {
    match node["$ref"].as_str() {
        Some(reference) => target(root, root.pointer(reference.trim_start_matches('#')).unwrap()),
        None => node,
    }
}

/// The keys that a schema describes for a mapping, whatever its conditions.
fn properties<'s>(root: &'s Value, node: &'s Value) -> Vec<(&'s str, &'s Value)> {
    let node = target(root, node);
    let mut found: Vec<(&str, &Value)> = node["properties"]
        .as_object()
        .into_iter()
        .flatten()
        .map(|(key, value)| (key.as_str(), value))
        .collect();
    for part in ["allOf", "anyOf", "oneOf"] {
        for branch in node[part].as_array().into_iter().flatten() {
            found.extend(properties(root, branch));
        }
    }
    for part in ["then", "else"] {
        if node[part].is_object() {
            found.extend(properties(root, &node[part]));
        }
    }
    found
}

fn property<'s>(root: &'s Value, node: &'s Value, key: &str) -> Option<&'s Value> {
    properties(root, node)
        .into_iter()
        .find(|(name, _)| *name == key)
        .map(|(_, value)| target(root, value))
}

/// The bodies of the choices of stages, or of steps, each with its type.
fn choices<'s>(root: &'s Value, node: &'s Value, wrapper: &str, found: &mut Vec<(String, &'s Value)>) {
    if let Some(branches) = node[wrapper]["oneOf"].as_array() {
        for branch in branches {
            let kind = property(root, branch, "type").map(|kind| &kind["enum"][0]);
            if let Some(kind) = kind.and_then(Value::as_str) {
                found.push((kind.to_owned(), target(root, branch)));
            }
        }
    }
    match node {
        Value::Object(entries) => entries.values().for_each(|value| choices(root, value, wrapper, found)),
        Value::Array(items) => items.iter().for_each(|item| choices(root, item, wrapper, found)),
        _ => {}
    }
}

/// The findings about unknown words.
fn unknown(text: &str) -> Vec<String> {
    let is_unknown = |finding: &String| finding.starts_with("HCD1023") || finding.starts_with("HCD1024");
    findings(text).into_iter().filter(is_unknown).collect()
}

fn lines(keys: impl Iterator<Item = String>, known: &[&str], indent: usize) -> String {
    let keys: BTreeSet<String> = keys.filter(|key| !known.contains(&key.as_str())).collect();
    let line = |key: String| format!("{}{key}: <+x>\n", " ".repeat(indent));
    keys.into_iter().map(line).collect()
}

fn keys<'s>(root: &'s Value, node: &'s Value) -> impl Iterator<Item = String> {
    properties(root, node).into_iter().map(|(key, _)| key.to_owned())
}

#[test]
fn no_stage_or_step_of_the_schema_is_unknown() {
    let Some(root) = schema("pipeline.json") else { return };
    let (mut stages, mut steps) = (Vec::new(), Vec::new());
    choices(&root, &root, "stage", &mut stages);
    choices(&root, &root, "step", &mut steps);
    assert!(
        stages.len() > 10 && steps.len() > 300,
        "{} {}",
        stages.len(),
        steps.len()
    );
    for (kind, body) in &stages {
        let own = lines(keys(&root, body), &["type"], 8);
        let text = format!("pipeline:\n  stages:\n    - stage:\n        type: {kind}\n{own}");
        assert_eq!(unknown(&text), [""; 0], "{kind}");
    }
    for (kind, body) in &steps {
        let own = lines(keys(&root, body), &["type", "spec"], 12);
        let spec = property(&root, body, "spec");
        let settings = spec
            .map(|spec| lines(keys(&root, spec), &["type"], 14))
            .unwrap_or_default();
        let text = format!(
            "stepGroup:\n  steps:\n        - step:\n            type: {kind}\n{own}            spec:\n{settings}"
        );
        assert_eq!(unknown(&text), [""; 0], "{kind}");
    }
}

#[test]
fn no_key_of_an_entity_of_the_schema_is_unknown() {
    for (name, kind) in [
        ("pipeline.json", "pipeline"),
        ("trigger.json", "trigger"),
        ("service.json", "service"),
        ("environment.json", "environment"),
        ("infrastructure.json", "infrastructureDefinition"),
        ("connector.json", "connector"),
        ("secret.json", "secret"),
    ] {
        let Some(root) = schema(name) else { return };
        let body = property(&root, &root, kind).unwrap();
        let text = format!("{kind}:\n{}", lines(keys(&root, body), &[], 2));
        assert_eq!(unknown(&text), [""; 0], "{kind}");
    }
}

#[test]
fn no_infrastructure_or_connector_of_the_schema_is_unknown() {
    for (name, kind) in [
        ("infrastructure.json", "infrastructureDefinition"),
        ("connector.json", "connector"),
    ] {
        let Some(root) = schema(name) else { return };
        let body = property(&root, &root, kind).unwrap();
        let types = property(&root, body, "type").unwrap()["enum"].as_array().unwrap();
        for of in types.iter().filter_map(Value::as_str) {
            let spec = spec_of(&root, of).unwrap_or_else(|| panic!("no spec of {of}"));
            let text = format!(
                "{kind}:\n  type: {of}\n  spec:\n{}",
                lines(keys(&root, spec), &["type"], 4)
            );
            assert_eq!(unknown(&text), [""; 0], "{of}");
        }
    }
}

/// The schema of the `spec` beside a type, wherever that is said.
fn spec_of<'s>(root: &'s Value, of: &str) -> Option<&'s Value> {
    fn search<'s>(root: &'s Value, node: &'s Value, of: &str) -> Option<&'s Value> {
        if node["if"]["properties"]["type"]["const"] == *of {
            return property(root, &node["then"], "spec");
        }
        match node {
            Value::Object(entries) => entries.values().find_map(|value| search(root, value, of)),
            Value::Array(items) => items.iter().find_map(|item| search(root, item, of)),
            _ => None,
        }
    }
    search(root, root, of)
}

/// The types of steps that the schema takes in the execution of each type of stage.
pub(crate) fn steps_of_stages(root: &Value) -> BTreeMap<String, BTreeSet<String>> {
    let mut stages = Vec::new();
    choices(root, root, "stage", &mut stages);
    let mut found = BTreeMap::new();
    for (kind, body) in stages {
        let spec = property(root, body, "spec");
        if let Some(execution) = spec.and_then(|spec| property(root, spec, "execution")) {
            let mut steps = BTreeSet::new();
            steps_below(root, execution, &mut Vec::new(), &mut steps);
            found.insert(kind, steps);
        }
    }
    found
}

fn steps_below<'s>(root: &'s Value, node: &'s Value, seen: &mut Vec<&'s Value>, found: &mut BTreeSet<String>) {
    let node = target(root, node);
    if seen.iter().any(|known| std::ptr::eq(*known, node)) {
        return;
    }
    seen.push(node);
    if let Some(step) = property(root, node, "step") {
        for branch in step["oneOf"].as_array().into_iter().flatten() {
            let kinds = property(root, branch, "type").and_then(|kind| kind["enum"].as_array());
            found.extend(kinds.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned));
        }
    }
    for key in ["parallel", "stepGroup", "steps", "rollbackSteps"] {
        if let Some(inner) = property(root, node, key) {
            steps_below(root, inner, seen, found);
        }
    }
    for part in ["oneOf", "anyOf", "allOf"] {
        let branches = node[part].as_array().into_iter().flatten();
        branches.for_each(|branch| steps_below(root, branch, seen, found));
    }
    if node["items"].is_object() {
        steps_below(root, &node["items"], seen, found);
    }
}
