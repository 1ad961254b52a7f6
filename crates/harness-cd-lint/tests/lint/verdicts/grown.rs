//! Documents grown at random from a schema: of kinds, steps and settings that no file at hand has.

use serde_json::{Map, Value, json};

use super::schemas::Schema;
use crate::support::dice::Dice;

/// A document that the schema takes; `None` where none came of many tries.
pub(super) fn grown(schema: &Schema, seed: u64) -> Option<Value> {
    let tries = (0..40).map(|attempt| {
        let mut growth = Growth {
            root: &schema.text,
            dice: Dice::new(seed * 1_000 + attempt),
        };
        let body = &schema.text["properties"][schema.kind];
        json!({ schema.kind: growth.value(body, 0) })
    });
    tries.into_iter().find(|document| schema.validator.is_valid(document))
}

/// How deep a document goes where it need not.
const DEPTH: usize = 14;

struct Growth<'s> {
    root: &'s Value,
    dice: Dice,
}

impl<'s> Growth<'s> {
    fn target(&self, schema: &'s Value) -> &'s Value {
        match schema["$ref"].as_str() {
            Some(reference) => self.target(self.root.pointer(reference.trim_start_matches('#')).unwrap()),
            None => schema,
        }
    }

    fn value(&mut self, schema: &'s Value, depth: usize) -> Value {
        let schema = self.target(schema);
        if let Some(words) = schema["enum"].as_array() {
            return words[self.dice.roll(words.len())].clone();
        }
        if let Some(word) = schema.get("const") {
            return word.clone();
        }
        match schema["type"].as_str() {
            Some("array") => {
                let least = schema["minItems"].as_u64().unwrap_or(0);
                let count = if depth > DEPTH { least } else { least.max(1) };
                (0..count).map(|_| self.value(&schema["items"], depth + 1)).collect()
            }
            Some("boolean") => Value::Bool(self.dice.roll(2) == 0),
            Some("integer" | "number") => schema.get("minimum").cloned().unwrap_or_else(|| json!(3)),
            Some("string") => self.text(schema),
            Some("object") => self.mapping(schema, depth),
            _ if schema.get("properties").is_some() || schema.get("allOf").is_some() => self.mapping(schema, depth),
            _ => match schema["oneOf"].as_array().or_else(|| schema["anyOf"].as_array()) {
                Some(ways) => {
                    let way = &ways[self.dice.roll(ways.len())];
                    self.value(way, depth)
                }
                None => json!("a"),
            },
        }
    }

    fn text(&mut self, schema: &'s Value) -> Value {
        const TEXTS: [&str; 9] = ["a", "<+input>", "10m", "1", "v1", "a.b", "true", "<+pipeline.name>", ""];
        let form = schema["pattern"]
            .as_str()
            .and_then(|pattern| jsonschema::options().build(&json!({"pattern": pattern})).ok());
        let least = usize::try_from(schema["minLength"].as_u64().unwrap_or(0)).unwrap();
        let fits = |text: &&&str| text.len() >= least && form.as_ref().is_none_or(|form| form.is_valid(&json!(text)));
        let fitting: Vec<&&str> = TEXTS.iter().filter(fits).collect();
        fitting
            .get(self.dice.roll(fitting.len()))
            .map_or_else(|| json!("a"), |text| json!(text))
    }

    fn mapping(&mut self, schema: &'s Value, depth: usize) -> Value {
        let mut entries = Map::new();
        self.fill(schema, depth, &mut entries);
        Value::Object(entries)
    }

    /// Adds what a schema of a mapping asks for, and some of what it allows.
    fn fill(&mut self, schema: &'s Value, depth: usize, into: &mut Map<String, Value>) {
        let schema = self.target(schema);
        for way in ["oneOf", "anyOf"] {
            let ways = schema[way].as_array().filter(|ways| !ways.is_empty());
            if let Some(ways) = ways {
                let way = &ways[self.dice.roll(ways.len())];
                self.fill(way, depth, into);
                self.demanded(schema, way, depth, into);
            }
        }
        for part in schema["allOf"].as_array().into_iter().flatten() {
            self.fill(part, depth, into);
        }
        for (name, property) in schema["properties"].as_object().into_iter().flatten() {
            let is_required = schema["required"]
                .as_array()
                .is_some_and(|names| names.contains(&json!(name)));
            let is_wanted = is_required || depth < DEPTH && self.dice.roll(6) == 0;
            if is_wanted && property.is_object() && !into.contains_key(name) {
                let value = self.value(property, depth + 1);
                into.insert(name.clone(), value);
            }
        }
        if let Some((name, condition)) = schema["if"]["properties"]
            .as_object()
            .and_then(|keys| keys.iter().next())
            && into.get(name).is_some_and(|word| Some(word) == condition.get("const"))
        {
            self.fill(&schema["then"], depth, into);
        }
    }

    /// The keys that an alternative demands of those that the schema around it describes.
    fn demanded(&mut self, schema: &'s Value, way: &'s Value, depth: usize, into: &mut Map<String, Value>) {
        for name in way["required"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
        {
            if let Some(property) = schema["properties"].get(name).filter(|_| !into.contains_key(name)) {
                let value = self.value(property, depth + 1);
                into.insert(name.to_owned(), value);
            }
        }
    }
}
