//! The facts as a JSON Schema, for editors that complete and check while somebody writes.
//!
//! It takes what lint takes: what is filled in before Harness reads a file may stand anywhere. It is no copy of
//! Harness's schemas: what says the same is one definition, and no sentence of theirs is in it.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use serde_json::{Map, Value, json};

use super::table::{Bound, Fact, Id, Schema, TABLE, Table};

/// Kinds of entities of which [`editor_schema`] knows the schema, each by the first key of its files.
#[must_use]
pub fn editor_schema_kinds() -> Vec<&'static str> {
    TABLE.kinds().map(|(kind, _)| kind).collect()
}

/// The JSON Schema (draft 7) of the files of a kind of entity; `None` for a kind that has none.
#[must_use]
pub fn editor_schema(kind: &str) -> Option<Value> {
    let table = &*TABLE;
    let mut printer = Printer {
        table,
        waiting: Vec::new(),
        definitions: BTreeMap::new(),
    };
    let body = printer.reference(Use::Usual(table.body(kind)?));
    while let Some(next) = printer.waiting.pop() {
        let definition = printer.definition(next);
        printer.definitions.insert(next.name(), definition);
    }
    let mut definitions: Map<String, Value> = printer.definitions.into_iter().collect();
    definitions.insert(FILLED_IN.to_owned(), filled_in());
    Some(json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "type": "object",
        "properties": { kind: body },
        "required": [kind],
        "definitions": definitions,
    }))
}

const FILLED_IN: &str = "filledIn";

/// What is filled in before Harness reads the file. A placeholder without quotes is to an editor a mapping in a mapping.
fn filled_in() -> Value {
    json!({
        "anyOf": [
            { "type": "string", "pattern": "\\$\\{|\\{\\{" },
            { "type": "object", "minProperties": 1, "maxProperties": 1, "propertyNames": { "pattern": "^\\{" } },
        ]
    })
}

/// How a node is used.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Use {
    /// What is filled in may stand for it.
    Usual(Id),
    /// As it stands: what may not be is not what something may become.
    Strict(Id),
}

impl Use {
    fn name(self) -> String {
        match self {
            Self::Usual(id) => format!("n{id}"),
            Self::Strict(id) => format!("s{id}"),
        }
    }

    fn id(self) -> Id {
        match self {
            Self::Usual(id) | Self::Strict(id) => id,
        }
    }

    /// Another node, used in the same way.
    fn of(self, id: Id) -> Self {
        match self {
            Self::Usual(_) => Self::Usual(id),
            Self::Strict(_) => Self::Strict(id),
        }
    }
}

struct Printer {
    table: &'static Table,
    /// Definitions that are named and not printed.
    waiting: Vec<Use>,
    definitions: BTreeMap<String, Value>,
}

impl Printer {
    fn reference(&mut self, node: Use) -> Value {
        let schema = self.table.schema(node.id());
        if schema.types == Some("") {
            return Value::Bool(false);
        }
        if schema.is_anything() {
            return Value::Bool(true);
        }
        let name = node.name();
        let reference = json!({ "$ref": format!("#/definitions/{name}") });
        if let Entry::Vacant(place) = self.definitions.entry(name) {
            place.insert(Value::Null);
            self.waiting.push(node);
        }
        reference
    }

    fn references(&mut self, from: Use, ids: &[Id]) -> Vec<Value> {
        ids.iter().map(|id| self.reference(from.of(*id))).collect()
    }

    fn definition(&mut self, node: Use) -> Value {
        let schema = self.table.schema(node.id());
        let as_it_stands = self.as_it_stands(node, schema);
        match node {
            Use::Usual(_) => json!({ "if": { "$ref": filled_in_reference() }, "else": as_it_stands }),
            Use::Strict(_) => as_it_stands,
        }
    }

    fn as_it_stands(&mut self, node: Use, schema: &'static Schema) -> Value {
        let mut keywords = Map::new();
        if let Some(types) = schema.types {
            let names: Vec<&str> = types.chars().map(type_name).collect();
            keywords.insert(
                "type".to_owned(),
                if let [one] = names.as_slice() {
                    json!(one)
                } else {
                    json!(names)
                },
            );
        }
        if !schema.properties.is_empty() {
            let properties = schema.properties.iter();
            let properties: Map<String, Value> = properties
                .map(|(name, id)| ((*name).to_owned(), self.reference(node.of(*id))))
                .collect();
            keywords.insert("properties".to_owned(), properties.into());
        }
        if !schema.required.is_empty() {
            keywords.insert("required".to_owned(), json!(schema.required));
        }
        let mut parts = Vec::new();
        for fact in &schema.facts {
            match self.fact(node, schema, fact) {
                Printed::Keyword(name, value) if !keywords.contains_key(name) => {
                    keywords.insert(name.to_owned(), value);
                }
                Printed::Keyword(name, value) => parts.push(json!({ name: value })),
                Printed::Parts(more) => parts.extend(more),
            }
        }
        if !parts.is_empty() {
            keywords.insert("allOf".to_owned(), parts.into());
        }
        Value::Object(keywords)
    }

    fn fact(&mut self, node: Use, schema: &Schema, fact: &'static Fact) -> Printed {
        match fact {
            Fact::Cases(key, cases) => Printed::Parts(self.cases(node, schema, key, cases)),
            Fact::Enum(words) => {
                Printed::Keyword("enum", words.iter().flat_map(|word| readings(schema, word)).collect())
            }
            Fact::Pattern(number) => {
                let text = self.table.pattern(*number).map_or("", |pattern| pattern.text);
                Printed::Keyword("pattern", with_last_line_break(text).into())
            }
            Fact::Items(id) => Printed::Keyword("items", self.reference(node.of(*id))),
            Fact::OneOf(ids) => self.choice(node, ids, "oneOf"),
            Fact::AnyOf(ids) => self.choice(node, ids, "anyOf"),
            Fact::If(condition, then, otherwise) => {
                let mut part = Map::new();
                part.insert("if".to_owned(), self.reference(node.of(*condition)));
                for (name, id) in [("then", then), ("else", otherwise)] {
                    part.extend(id.map(|id| (name.to_owned(), self.reference(node.of(id)))));
                }
                Printed::Parts(vec![part.into()])
            }
            Fact::Not(other) => Printed::Keyword("not", self.reference(Use::Strict(*other))),
            Fact::Additional(id, names) => {
                let named: Vec<&str> = match names {
                    Some(names) => names.iter().map(AsRef::as_ref).collect(),
                    None => schema.properties.iter().map(|(name, _)| *name).collect(),
                };
                let named: Map<String, Value> = named.into_iter().map(|name| (name.to_owned(), true.into())).collect();
                let others = self.reference(node.of(*id));
                Printed::Parts(vec![json!({ "properties": named, "additionalProperties": others })])
            }
            Fact::Names(id) => Printed::Keyword("propertyNames", self.reference(node.of(*id))),
            Fact::Bound(bound, value) => Printed::Keyword(bound_name(*bound), whole(*value)),
            Fact::Unique => Printed::Keyword("uniqueItems", Value::Bool(true)),
        }
    }

    /// What the word under a key decides, the words that decide the same together.
    fn cases(
        &mut self,
        node: Use,
        schema: &Schema,
        key: &str,
        cases: &'static [(Cow<'static, str>, Id)],
    ) -> Vec<Value> {
        let mut of_node: BTreeMap<Id, Vec<&str>> = BTreeMap::new();
        for (word, id) in cases {
            of_node.entry(*id).or_default().push(word);
        }
        // Where the key has to be there, that is said, and the rest would only confuse.
        let required: &[&str] = if schema.requires(key) { &[key] } else { &[] };
        let case = |(id, words): (Id, Vec<&str>)| {
            json!({
                "if": { "properties": { key: { "enum": words } }, "required": required },
                "then": self.reference(node.of(id)),
            })
        };
        of_node.into_iter().map(case).collect()
    }

    /// Alternatives. Where a type tells them apart, the one of the type is asked for: an editor then shows its keys and
    /// its faults, not those of a hundred others.
    fn choice(&mut self, node: Use, ids: &[Id], keyword: &'static str) -> Printed {
        let is_typed = |id: &&Id| self.table.types_of(**id).is_some();
        let (typed, untyped): (Vec<Id>, Vec<Id>) = ids.iter().partition(is_typed);
        if typed.len() < 2 {
            return Printed::Parts(vec![json!({ keyword: self.references(node, ids) })]);
        }
        let mut of_words: BTreeMap<&str, Vec<Id>> = BTreeMap::new();
        for id in &typed {
            for word in self.table.types_of(*id).into_iter().flatten() {
                of_words.entry(word).or_default().push(*id);
            }
        }
        let mut of_ways: BTreeMap<Vec<Id>, Vec<&str>> = BTreeMap::new();
        for (word, ways) in &of_words {
            of_ways.entry(ways.clone()).or_default().push(word);
        }
        let mut parts: Vec<Value> = of_ways
            .into_iter()
            .map(|(ways, words)| {
                let then = self.of_type(node, &ways, &untyped, keyword);
                json!({ "if": with_type(&json!({ "enum": words })), "then": then })
            })
            .collect();
        let known: Vec<&str> = of_words.into_keys().collect();
        let known = json!({ "enum": known });
        let settled = match node {
            Use::Usual(_) => with_type(&json!({ "anyOf": [known, { "$ref": filled_in_reference() }] })),
            Use::Strict(_) => with_type(&known),
        };
        let without_type = typed.into_iter().filter(|id| !self.table.schema(*id).requires("type"));
        let others: Vec<Id> = untyped.iter().copied().chain(without_type).collect();
        let with_other_type: Vec<Id> = (untyped.iter().copied()).filter(|id| self.may_have_type(*id)).collect();
        let ways_without = [self.references(node, &others), vec![with_type(&known)]].concat();
        let otherwise = json!({
            "if": with_type(&Value::Bool(true)),
            "then": self.of_other_type(node, &with_other_type, &known, keyword),
            "else": { keyword: ways_without },
        });
        parts.push(json!({ "if": settled, "else": otherwise }));
        Printed::Parts(parts)
    }

    /// The alternatives for a type that is none of the known ones; where none holds, the known ones are what is said.
    fn of_other_type(&mut self, node: Use, ways: &[Id], known: &Value, keyword: &str) -> Value {
        let wants_known = with_type(known);
        if ways.is_empty() {
            return wants_known;
        }
        let ways = self.references(node, ways);
        json!({ "if": { "anyOf": ways }, "then": { keyword: ways }, "else": wants_known })
    }

    fn may_have_type(&self, id: Id) -> bool {
        let is_never = |schema: &Schema| {
            let refuses_all = |fact: &Fact| matches!(fact, Fact::Not(other) if self.table.schema(*other).is_anything());
            schema.types == Some("") || schema.facts.iter().any(refuses_all)
        };
        !self
            .table
            .property(id, "type")
            .is_some_and(|id| is_never(self.table.schema(id)))
    }

    /// The alternatives of a type, beside those that go by none.
    fn of_type(&mut self, node: Use, ways: &[Id], untyped: &[Id], keyword: &str) -> Value {
        let all = [ways, untyped].concat();
        if let [one] = all.as_slice() {
            return self.reference(node.of(*one));
        }
        let all = self.references(node, &all);
        match ways {
            [one] => json!({
                "if": { "anyOf": self.references(node, untyped) },
                "then": { keyword: all },
                "else": self.reference(node.of(*one)),
            }),
            _ => json!({ keyword: all }),
        }
    }
}

/// A mapping of a type.
fn with_type(of: &Value) -> Value {
    json!({ "type": "object", "properties": { "type": of }, "required": ["type"] })
}

fn filled_in_reference() -> String {
    format!("#/definitions/{FILLED_IN}")
}

/// A fact in the words of JSON Schema.
enum Printed {
    Keyword(&'static str, Value),
    /// What stands under `allOf`.
    Parts(Vec<Value>),
}

fn type_name(letter: char) -> &'static str {
    match letter {
        'o' => "object",
        'a' => "array",
        's' => "string",
        'b' => "boolean",
        'i' => "integer",
        'n' => "number",
        _ => "null",
    }
}

/// A word of a list as a text, and as the number or truth that it may be as well.
fn readings(schema: &Schema, word: &str) -> Vec<Value> {
    let other = serde_json::from_str(word)
        .ok()
        .filter(|value: &Value| value.is_boolean() || value.is_number());
    let takes = |letters: &[char]| schema.types.is_none_or(|types| types.contains(letters));
    let text = takes(&['s']).then(|| json!(word));
    text.into_iter()
        .chain(other.filter(|_| takes(&['b', 'i', 'n'])))
        .collect()
}

/// Java's `$` takes a last line break for the end.
fn with_last_line_break(pattern: &str) -> String {
    match pattern.strip_suffix('$') {
        Some(rest) if !rest.ends_with('\\') => format!("{rest}\\n?$"),
        _ => pattern.to_owned(),
    }
}

fn bound_name(bound: Bound) -> &'static str {
    match bound {
        Bound::MinLength => "minLength",
        Bound::MaxLength => "maxLength",
        Bound::MinItems => "minItems",
        Bound::MaxItems => "maxItems",
        Bound::Minimum => "minimum",
        Bound::Maximum => "maximum",
        Bound::Above => "exclusiveMinimum",
        Bound::MinKeys => "minProperties",
        Bound::MaxKeys => "maxProperties",
    }
}

/// A whole number without a decimal point.
fn whole(value: f64) -> Value {
    serde_json::from_str(&value.to_string()).unwrap_or_else(|_| json!(value))
}
