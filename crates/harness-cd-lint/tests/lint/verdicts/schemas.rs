//! Harness's schemas as another validator reads them, where they lie beside the checkout.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

use harness_cd_yaml::scalar::Resolved;
use harness_cd_yaml::{Node, Value as Yaml, parse};
use jsonschema::{Draft, Validator};
use serde_json::{Value, json};

use crate::support::beside;

/// The key by which each kind of entity begins, and its schema.
const KINDS: [(&str, &str); 7] = [
    ("pipeline", "pipeline.json"),
    ("trigger", "trigger.json"),
    ("service", "service.json"),
    ("environment", "environment.json"),
    ("infrastructureDefinition", "infrastructure.json"),
    ("connector", "connector.json"),
    ("secret", "secret.json"),
];

/// The schema of one kind of entity.
pub(super) struct Schema {
    pub(super) kind: &'static str,
    pub(super) text: Value,
    pub(super) validator: Validator,
}

/// All schemas, by kind; `None`, said aloud, where there are none.
pub(super) fn schemas() -> Option<BTreeMap<&'static str, Schema>> {
    let folder = beside("schemas")?;
    let read = |(kind, name): (&'static str, &str)| {
        let text = fs::read_to_string(folder.join(name)).unwrap();
        let mut text: Value = serde_json::from_str(&text).unwrap();
        repair(&mut text);
        take_any_level(kind, &mut text);
        text["required"] = json!([kind]);
        let validator = jsonschema::options().with_draft(Draft::Draft7).build(&text);
        let validator = validator.unwrap_or_else(|error| panic!("{name}: {error}"));
        (kind, Schema { kind, text, validator })
    };
    Some(KINDS.into_iter().map(read).collect())
}

/// Harness's generator leaves a few things that are no schemas, and that a strict validator does not take.
fn repair(schema: &mut Value) {
    if let Value::Object(keywords) = schema {
        keywords.retain(|keyword, value| {
            let is_empty_list = value.as_array().is_some_and(Vec::is_empty);
            !(value.is_null() || is_empty_list && matches!(keyword.as_str(), "enum" | "allOf"))
        });
        for (keyword, value) in keywords.iter_mut() {
            match value {
                // A key of a file may be called as a keyword is.
                Value::Object(properties) if keyword == "properties" => {
                    for property in properties.values_mut() {
                        if property.is_object() {
                            repair(property);
                        } else {
                            *property = Value::Bool(true);
                        }
                    }
                }
                value => repair(value),
            }
        }
    } else if let Value::Array(items) = schema {
        items.iter_mut().for_each(repair);
    }
}

/// The schemas are those of projects; an account and an organization have such entities as well.
fn take_any_level(kind: &str, schema: &mut Value) {
    const LEVEL: [&str; 2] = ["orgIdentifier", "projectIdentifier"];
    if matches!(
        kind,
        "environment" | "infrastructureDefinition" | "connector" | "secret"
    ) {
        let body = schema["properties"][kind].take();
        let mut target = schema
            .pointer(body["$ref"].as_str().unwrap().trim_start_matches('#'))
            .unwrap()
            .clone();
        let required = target["required"].as_array_mut().unwrap();
        required.retain(|name| !LEVEL.contains(&name.as_str().unwrap()));
        schema["properties"][kind] = json!({
            "allOf": [target, { "anyOf": [{ "required": LEVEL }, { "not": { "required": ["projectIdentifier"] } }] }]
        });
    }
}

fn json_of(node: &Node) -> Value {
    match &node.value {
        Yaml::Mapping(entries) => {
            let entries = entries
                .iter()
                .map(|entry| (entry.name().to_owned(), json_of(&entry.value)));
            Value::Object(entries.collect())
        }
        Yaml::Sequence(items) => items.iter().map(json_of).collect(),
        Yaml::Scalar(scalar) => match scalar.resolve() {
            Resolved::Null => Value::Null,
            Resolved::Bool(value) => value.into(),
            Resolved::Int(value) => value.into(),
            Resolved::Float => scalar.text.parse::<f64>().unwrap().into(),
            Resolved::String => scalar.text.as_str().into(),
        },
    }
}

/// A file of which a schema speaks, as JSON, which is YAML as well.
pub(super) fn read_file(path: &PathBuf) -> Option<(&'static str, Value)> {
    read_text(&fs::read(path).unwrap())
}

/// As [`read_file`].
pub(super) fn read_text(text: &[u8]) -> Option<(&'static str, Value)> {
    let document = parse("f.yaml", text).ok()?;
    let (kind, _) = KINDS.into_iter().find(|(kind, _)| document.root.get(kind).is_some())?;
    Some((kind, json_of(&document.root)))
}

/// Keys of which the schemas take one alone: `tag` or `tagRegex`, and their like.
pub(super) fn exclusive_keys(schema: &Value, found: &mut BTreeSet<BTreeSet<String>>) {
    match schema {
        Value::Object(keywords) => {
            let ways = keywords.get("oneOf").and_then(Value::as_array);
            let demanded = ways.and_then(|ways| ways.iter().map(demand_alone).collect::<Option<BTreeSet<_>>>());
            found.extend(demanded.filter(|keys| keys.len() > 1));
            keywords.values().for_each(|value| exclusive_keys(value, found));
        }
        Value::Array(items) => items.iter().for_each(|item| exclusive_keys(item, found)),
        _ => {}
    }
}

/// The one key that a schema demands, where it says nothing else.
fn demand_alone(schema: &Value) -> Option<String> {
    let keywords = schema.as_object().filter(|keywords| keywords.len() == 1)?;
    let required = keywords.get("required")?.as_array().filter(|names| names.len() == 1)?;
    Some(required[0].as_str()?.to_owned())
}
