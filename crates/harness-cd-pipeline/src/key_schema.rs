//! Tables of keys as JSON Schemas, for editors.

use std::collections::BTreeSet;

use harness_cd_yaml::{Key, Keys, Kind, Presence};
use serde_json::{Map, Value, json};

/// The JSON Schema (draft 7, which editors know) of a file with these keys.
///
/// What it refuses, the reader refuses; the reader knows more: names that are declared nowhere, for one. `others` are keys of
/// other tools, which may stand anywhere.
#[must_use]
pub fn key_schema(title: &str, keys: &Keys, others: &BTreeSet<String>) -> Value {
    let mut schema = mapping(keys, others);
    schema.insert("$schema".to_owned(), json!("http://json-schema.org/draft-07/schema#"));
    schema.insert("title".to_owned(), json!(title));
    Value::Object(schema)
}

fn mapping(keys: &Keys, others: &BTreeSet<String>) -> Map<String, Value> {
    let mut properties = Map::new();
    for key in keys.all {
        let shown = match properties.remove(key.name) {
            // A key with another meaning beside another word: the conditions tell them apart.
            Some(before) => json!({"anyOf": [before, property(key, others)]}),
            None => property(key, others),
        };
        properties.insert(key.name.to_owned(), shown);
    }
    for other in others {
        properties.entry(other.clone()).or_insert_with(|| json!({}));
    }
    let everywhere = keys.all.iter().filter(|key| key.beside.is_none());
    let required = everywhere.filter(|key| key.presence == Presence::Required);
    let mut schema = Map::new();
    schema.insert("type".to_owned(), json!("object"));
    schema.insert("additionalProperties".to_owned(), json!(false));
    // Of other tools.
    schema.insert("patternProperties".to_owned(), json!({"^x-": {}}));
    schema.insert("required".to_owned(), required.map(|key| key.name).collect());
    schema.insert("properties".to_owned(), Value::Object(properties));
    let conditions = conditions(keys, others);
    if !conditions.is_empty() {
        schema.insert("allOf".to_owned(), conditions.into());
    }
    schema
}

/// What may stand, and has to, beside each word of another key.
fn conditions(keys: &Keys, other_tools: &BTreeSet<String>) -> Vec<Value> {
    let others: BTreeSet<&'static str> = keys.all.iter().filter_map(|key| Some(key.beside?.key)).collect();
    let words_of = |other: &'static str| {
        let is_other = move |key: &&Key| key.name == other;
        keys.all.iter().filter(is_other).flat_map(move |key| match key.kind {
            Kind::Word(words) => words.iter().map(|word| (other, *word)).collect(),
            _ => Vec::new(),
        })
    };
    let beside = |(other, word): (&str, &str)| {
        let is_there = |key: &&Key| {
            key.beside
                .is_none_or(|beside| beside.key != other || beside.words.contains(&word))
        };
        let here: Vec<&Key> = keys.all.iter().filter(is_there).collect();
        let absent = keys.all.iter().map(|key| key.name);
        let absent = absent.filter(|name| !here.iter().any(|key| key.name == *name));
        let absent = absent.map(|name| (name.to_owned(), json!(false)));
        let of_word = || here.iter().filter(|key| key.beside.is_some());
        let required = of_word().filter(|key| key.presence == Presence::Required);
        let properties = of_word().map(|key| (key.name.to_owned(), property(key, other_tools)));
        json!({
            "if": {"properties": {other: {"const": word}}, "required": [other]},
            "then": {
                "required": required.map(|key| key.name).collect::<Vec<_>>(),
                "properties": absent.chain(properties).collect::<Map<_, _>>(),
            },
        })
    };
    others.into_iter().flat_map(words_of).map(beside).collect()
}

fn property(key: &Key, others: &BTreeSet<String>) -> Value {
    let mut schema = of_kind(&key.kind, others);
    if let Presence::Optional(_) = key.presence {
        schema = json!({"anyOf": [schema, {"type": "null"}]});
    }
    if let Value::Object(schema) = &mut schema {
        schema.insert("description".to_owned(), json!(description(key)));
    }
    schema
}

fn description(key: &Key) -> String {
    let otherwise = match key.presence {
        Presence::Required => String::new(),
        Presence::Optional(otherwise) => format!(" Where it is absent: {otherwise}."),
    };
    format!("{}{otherwise} For example: {}", key.doc, key.example)
}

fn of_kind(kind: &Kind, others: &BTreeSet<String>) -> Value {
    match kind {
        Kind::Text | Kind::Reference(_) => json!({"type": "string", "pattern": "\\S"}),
        Kind::Form(_, pattern) => json!({"type": "string", "pattern": pattern}),
        Kind::Word(words) => json!({"enum": words}),
        Kind::Number(least, most) => json!({"type": "integer", "minimum": least, "maximum": most}),
        Kind::Bool => json!({"type": "boolean"}),
        Kind::Scalar => json!({"type": ["string", "number", "boolean"], "pattern": "\\S"}),
        Kind::List(item) => json!({"type": "array", "items": of_kind(item, others)}),
        Kind::Mapping(keys) => Value::Object(mapping(keys, others)),
        Kind::Either(short, keys) => json!({"anyOf": [of_kind(short, others), mapping(keys, others)]}),
        // A value of a map may be absent, or an empty text: the reader takes it as it stands.
        Kind::Map(_, Kind::Scalar) => {
            json!({"type": "object", "additionalProperties": {"type": ["string", "number", "boolean", "null"]}})
        }
        Kind::Free(_) => json!({"type": "object"}),
        Kind::Map(_, value) => json!({"type": "object", "additionalProperties": of_kind(value, others)}),
    }
}
