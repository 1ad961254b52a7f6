//! Schemas, read into a graph of nodes with facts.
#![allow(
    clippy::indexing_slicing,
    reason = "numbers of nodes index the nodes that they number"
)]

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde_json::{Map, Value};

use crate::{Failure, Result};

/// A node, by its number.
pub(super) type Id = usize;

/// One thing that holds for a value; what is about mappings, lists, texts or numbers holds for these alone.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Fact {
    /// Another keyword of JSON Schema whose value is a number, a pattern or a list of words.
    Plain(&'static str, String),
    Enum(BTreeSet<String>),
    Items(Id),
    Not(Id),
    PropertyNames(Id),
    AnyOf(Vec<Id>),
    OneOf(Vec<Id>),
    /// Where the key has that word, or is not there, so does the node.
    Case(String, String, Id),
    If(Id, Option<Id>, Option<Id>),
    /// What holds for the values of all keys but these.
    Additional(Id, BTreeSet<String>),
    /// Other keys than the named may stand in the mapping, on purpose.
    Open,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Node {
    /// The kinds of values; `None` for any.
    pub(super) types: Option<BTreeSet<String>>,
    pub(super) required: BTreeSet<String>,
    pub(super) properties: BTreeMap<String, Id>,
    pub(super) facts: BTreeSet<Fact>,
}

#[derive(Default)]
pub(super) struct Graph {
    pub(super) nodes: Vec<Node>,
    /// Where each kind of entity begins.
    pub(super) roots: BTreeMap<&'static str, Id>,
}

impl Graph {
    /// Adds a schema.
    pub(super) fn add(&mut self, kind: &'static str, schema: &Value) -> Result<()> {
        let mut reading = Reading {
            root: schema,
            nodes: &mut self.nodes,
            known: HashMap::new(),
        };
        let root = reading.node(vec![schema])?;
        self.roots.insert(kind, root);
        Ok(())
    }

    /// The same with one node for all that say the same, and without what no root reaches.
    pub(super) fn minimal(&self) -> Self {
        let mut classes: Vec<Id> = vec![0; self.nodes.len()];
        let mut count = 1;
        loop {
            let mut known: HashMap<Node, Id> = HashMap::new();
            let next = self.nodes.iter().map(|node| {
                let fresh = known.len();
                *known.entry(node.renumbered(&|id| classes[id])).or_insert(fresh)
            });
            let next: Vec<Id> = next.collect();
            classes = next;
            if known.len() == count {
                break;
            }
            count = known.len();
        }
        let mut of_class: Vec<Id> = vec![0; count];
        for (id, class) in classes.iter().enumerate().rev() {
            of_class[*class] = id;
        }
        self.reached(&classes, &of_class)
    }

    /// The nodes that the roots reach, in the order in which they are reached.
    fn reached(&self, classes: &[Id], of_class: &[Id]) -> Self {
        let mut order: Vec<Id> = Vec::new();
        let mut numbers: HashMap<Id, Id> = HashMap::new();
        let mut waiting: Vec<Id> = self.roots.values().rev().map(|id| classes[*id]).collect();
        while let Some(class) = waiting.pop() {
            if numbers.contains_key(&class) {
                continue;
            }
            numbers.insert(class, order.len());
            order.push(class);
            let children = self.nodes[of_class[class]].children();
            waiting.extend(children.into_iter().rev().map(|id| classes[id]));
        }
        let number = |id: Id| numbers[&classes[id]];
        Self {
            nodes: (order.iter())
                .map(|class| self.nodes[of_class[*class]].renumbered(&number))
                .collect(),
            roots: self.roots.iter().map(|(kind, id)| (*kind, number(*id))).collect(),
        }
    }
}

impl Node {
    /// A word has to be in every list.
    fn restrict(&mut self, list: Option<BTreeSet<String>>) {
        let Some(mut list) = list else { return };
        let known = self.facts.iter().find(|fact| matches!(fact, Fact::Enum(_))).cloned();
        if let Some(Fact::Enum(words)) = &known {
            list = list.intersection(words).cloned().collect();
        }
        known.iter().for_each(|known| drop(self.facts.take(known)));
        self.facts.insert(Fact::Enum(list));
    }

    fn children(&self) -> Vec<Id> {
        let mut found: Vec<Id> = self.properties.values().copied().collect();
        for fact in &self.facts {
            match fact {
                Fact::Items(id) | Fact::Not(id) | Fact::PropertyNames(id) | Fact::Case(_, _, id) => found.push(*id),
                Fact::Additional(id, _) => found.push(*id),
                Fact::AnyOf(ids) | Fact::OneOf(ids) => found.extend(ids),
                Fact::If(condition, then, otherwise) => {
                    found.push(*condition);
                    found.extend(then.iter().chain(otherwise));
                }
                Fact::Plain(..) | Fact::Enum(_) | Fact::Open => {}
            }
        }
        found
    }

    fn renumbered(&self, number: &impl Fn(Id) -> Id) -> Self {
        let all = |ids: &[Id]| {
            let mut ids: Vec<Id> = ids.iter().map(|id| number(*id)).collect();
            ids.sort_unstable();
            ids
        };
        let fact = |fact: &Fact| match fact {
            Fact::Items(id) => Fact::Items(number(*id)),
            Fact::Not(id) => Fact::Not(number(*id)),
            Fact::PropertyNames(id) => Fact::PropertyNames(number(*id)),
            Fact::AnyOf(ids) => {
                let mut ids = all(ids);
                ids.dedup();
                Fact::AnyOf(ids)
            }
            Fact::OneOf(ids) => Fact::OneOf(all(ids)),
            Fact::Case(key, word, id) => Fact::Case(key.clone(), word.clone(), number(*id)),
            Fact::If(condition, then, otherwise) => {
                Fact::If(number(*condition), then.map(number), otherwise.map(number))
            }
            Fact::Additional(id, names) => Fact::Additional(number(*id), names.clone()),
            Fact::Plain(..) | Fact::Enum(_) | Fact::Open => fact.clone(),
        };
        Self {
            types: self.types.clone(),
            required: self.required.clone(),
            properties: (self.properties.iter())
                .map(|(name, id)| (name.clone(), number(*id)))
                .collect(),
            facts: self.facts.iter().map(fact).collect(),
        }
    }
}

/// Reads one schema into nodes.
struct Reading<'s, 'g> {
    root: &'s Value,
    nodes: &'g mut Vec<Node>,
    /// The node of each set of schemas that hold together, by where they stand.
    known: HashMap<Vec<*const Value>, Id>,
}

/// What holds together at one place, gathered.
#[derive(Default)]
struct Gathered<'s> {
    node: Node,
    properties: BTreeMap<String, Vec<&'s Value>>,
    cases: BTreeMap<(String, String), Vec<&'s Value>>,
    seen: Vec<*const Value>,
    /// Whether a part is a base whose sub-types stand elsewhere, and the keys that such bases have.
    is_base: bool,
    of_bases: BTreeSet<&'s str>,
}

impl Gathered<'_> {
    /// Whether there is a base and nothing of a sub-type, which may then be any.
    fn is_base_alone(&self) -> bool {
        let mut others = self
            .properties
            .keys()
            .filter(|name| !self.of_bases.contains(name.as_str()));
        self.is_base && self.cases.is_empty() && others.all(|name| name == "description")
    }
}

impl<'s> Reading<'s, '_> {
    /// The node for which all of these schemas hold.
    fn node(&mut self, mut schemas: Vec<&'s Value>) -> Result<Id> {
        for schema in &mut schemas {
            *schema = self.target(schema)?;
        }
        let mut key: Vec<*const Value> = schemas.iter().map(|schema| std::ptr::from_ref(*schema)).collect();
        key.sort_unstable();
        key.dedup();
        if let Some(id) = self.known.get(&key) {
            return Ok(*id);
        }
        let id = self.nodes.len();
        self.nodes.push(Node::default());
        self.known.insert(key, id);
        let mut gathered = Gathered::default();
        for schema in schemas {
            self.gather(schema, &mut gathered)?;
        }
        self.settle_cases(&mut gathered)?;
        let is_open = gathered.is_base_alone();
        gathered.node.facts.extend(is_open.then_some(Fact::Open));
        let Gathered {
            mut node,
            properties,
            cases,
            ..
        } = gathered;
        for (name, schemas) in properties {
            node.properties.insert(name, self.node(schemas)?);
        }
        for ((key, word), schemas) in cases {
            let case = self.node(schemas)?;
            node.facts.insert(Fact::Case(key, word, case));
        }
        self.nodes[id] = node;
        Ok(id)
    }

    /// The schema that a reference points at, or the schema itself.
    fn target(&self, schema: &'s Value) -> Result<&'s Value> {
        match schema["$ref"].as_str() {
            Some(reference) => {
                let found = self.root.pointer(reference.trim_start_matches('#'));
                self.target(found.ok_or_else(|| Failure::new(format!("a schema has no {reference}")))?)
            }
            None => Ok(schema),
        }
    }

    /// Where the type is settled, what it decides is settled: it holds, or it never does.
    fn settle_cases(&mut self, gathered: &mut Gathered<'s>) -> Result<()> {
        let Some(words) = self.words_of(gathered, "type")? else {
            return Ok(());
        };
        if !gathered.node.required.contains("type") {
            return Ok(());
        }
        let cases = std::mem::take(&mut gathered.cases);
        for ((key, word), schemas) in cases {
            if key != "type" || (words.len() > 1 && words.contains(&word)) {
                gathered.cases.entry((key, word)).or_default().extend(schemas);
            } else if words.contains(&word) {
                for schema in schemas {
                    self.gather(schema, gathered)?;
                }
            }
        }
        Ok(())
    }

    /// The words that the value of a key may have, where they are a list.
    fn words_of(&self, gathered: &Gathered<'s>, key: &str) -> Result<Option<BTreeSet<String>>> {
        let mut words: Option<BTreeSet<String>> = None;
        for schema in gathered.properties.get(key).into_iter().flatten() {
            if let Some(list) = list(self.target(schema)?) {
                words = Some(match words {
                    Some(words) => words.intersection(&list).cloned().collect(),
                    None => list,
                });
            }
        }
        Ok(words)
    }

    fn gather(&mut self, schema: &'s Value, into: &mut Gathered<'s>) -> Result<()> {
        let schema = self.target(schema)?;
        if into.seen.iter().any(|seen| std::ptr::eq(*seen, schema)) {
            return Ok(());
        }
        into.seen.push(std::ptr::from_ref(schema));
        // Harness's generator leaves a few things that are no schemas; they say nothing.
        let Some(keywords) = schema.as_object() else {
            if schema == &Value::Bool(false) {
                into.node.types = Some(BTreeSet::new());
            }
            return Ok(());
        };
        for (keyword, value) in keywords {
            self.keyword(keywords, keyword, value, into)?;
        }
        // What holds any JSON is no place to look for misspelt keys.
        let is_json = matches!(
            schema["title"].as_str(),
            Some("JsonNode" | "ParameterFieldMapStringJsonNode")
        );
        into.node.facts.extend(is_json.then_some(Fact::Open));
        if keywords.contains_key("discriminator") {
            let names = keywords.get("properties").and_then(Value::as_object);
            into.of_bases
                .extend(names.into_iter().flatten().map(|(name, _)| name.as_str()));
            into.is_base = true;
        }
        Ok(())
    }

    fn keyword(
        &mut self,
        schema: &'s Map<String, Value>,
        keyword: &str,
        value: &'s Value,
        into: &mut Gathered<'s>,
    ) -> Result<()> {
        match (keyword, value) {
            (_, Value::Null) => {}
            ("type", Value::String(_) | Value::Array(_)) => {
                let types: BTreeSet<String> = texts(value).collect();
                into.node.types = Some(match into.node.types.take() {
                    Some(known) => both(&known, &types),
                    None => types,
                });
            }
            ("required", Value::Array(_)) => into.node.required.extend(texts(value)),
            ("properties", Value::Object(properties)) => {
                for (name, schema) in properties {
                    into.properties.entry(name.clone()).or_default().push(schema);
                }
            }
            ("allOf", Value::Array(parts)) => {
                for part in parts {
                    self.gather(part, into)?;
                }
            }
            ("enum" | "const", _) => into.node.restrict(list_of(value)),
            ("oneOf" | "anyOf", Value::Array(parts)) => {
                let mut ids = Vec::new();
                for part in parts {
                    ids.push(self.node(vec![part])?);
                }
                into.node.facts.insert(if keyword == "oneOf" {
                    Fact::OneOf(ids)
                } else {
                    Fact::AnyOf(ids)
                });
            }
            ("if", condition) => self.condition(schema, condition, into)?,
            ("items", Value::Object(_)) => {
                let items = self.node(vec![value])?;
                into.node.facts.insert(Fact::Items(items));
            }
            ("not", Value::Object(_)) => {
                let other = self.node(vec![value])?;
                into.node.facts.insert(Fact::Not(other));
            }
            ("propertyNames", Value::Object(_)) => {
                let names = self.node(vec![value])?;
                into.node.facts.insert(Fact::PropertyNames(names));
            }
            ("additionalProperties", Value::Bool(true)) => {
                into.node.facts.insert(Fact::Open);
            }
            ("additionalProperties", Value::Bool(false) | Value::Object(_)) => {
                let others = self.node(vec![value])?;
                let names = schema.get("properties").and_then(Value::as_object);
                let names = names.into_iter().flatten().map(|(name, _)| name.clone());
                into.node.facts.insert(Fact::Additional(others, names.collect()));
                into.node.facts.extend(value.is_object().then_some(Fact::Open));
            }
            ("dependencies", Value::Object(dependencies)) => {
                for (key, schema) in dependencies {
                    let condition = self.bare(Node {
                        required: BTreeSet::from([key.clone()]),
                        ..Node::default()
                    });
                    let then = self.node(vec![schema])?;
                    into.node.facts.insert(Fact::If(condition, Some(then), None));
                }
            }
            _ => {
                if let Some(plain) = PLAIN.iter().find(|plain| **plain == keyword) {
                    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                    into.node.facts.insert(Fact::Plain(plain, text));
                } else if !SILENT.contains(&keyword) {
                    let what = format!("a schema has the keyword `{keyword}`, of which lint knows nothing");
                    return Err(Failure::new(what));
                }
            }
        }
        Ok(())
    }

    fn bare(&mut self, node: Node) -> Id {
        self.nodes.push(node);
        self.nodes.len() - 1
    }

    fn condition(
        &mut self,
        schema: &'s Map<String, Value>,
        condition: &'s Value,
        into: &mut Gathered<'s>,
    ) -> Result<()> {
        let (then, otherwise) = (schema.get("then"), schema.get("else"));
        if let (Some((key, word)), Some(then), None) = (word_of(condition), then, otherwise) {
            into.cases.entry((key, word)).or_default().push(then);
            return Ok(());
        }
        let condition = self.node(vec![condition])?;
        let then = then.map(|then| self.node(vec![then])).transpose()?;
        let otherwise = otherwise.map(|otherwise| self.node(vec![otherwise])).transpose()?;
        into.node.facts.insert(Fact::If(condition, then, otherwise));
        Ok(())
    }
}

/// Keywords whose value is a number, a pattern or a truth.
const PLAIN: [&str; 11] = [
    "pattern",
    "minLength",
    "maxLength",
    "minItems",
    "maxItems",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "minProperties",
    "maxProperties",
    "uniqueItems",
];

/// Keywords that refuse nothing, those that are read with others, and slips of Harness's generator.
const SILENT: [&str; 24] = [
    "$schema",
    "additonalProperties",
    "credentialsRef",
    "default",
    "definitions",
    "desc",
    "description",
    "discriminator",
    "else",
    "enum",
    "example",
    "examples",
    "format",
    "hosts",
    "identifier",
    "items",
    "metadata",
    "oneOf",
    "properties",
    "readOnly",
    "then",
    "title",
    "type",
    "uri",
];

/// The key and the word of `{properties: {key: {const: word}}}`.
fn word_of(condition: &Value) -> Option<(String, String)> {
    let condition = condition.as_object().filter(|condition| condition.len() == 1)?;
    let properties = condition.get("properties")?.as_object().filter(|all| all.len() == 1)?;
    let (key, value) = properties.iter().next()?;
    let value = value.as_object().filter(|value| value.len() == 1)?;
    Some((key.clone(), value.get("const")?.as_str()?.to_owned()))
}

/// The values to which a schema is restricted.
fn list(schema: &Value) -> Option<BTreeSet<String>> {
    list_of(schema.get("enum").or_else(|| schema.get("const"))?)
}

/// An empty list is a slip of Harness's generator: it would refuse everything.
fn list_of(value: &Value) -> Option<BTreeSet<String>> {
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let list: BTreeSet<String> = match value {
        Value::Array(values) => values.iter().map(text).collect(),
        value => BTreeSet::from([text(value)]),
    };
    (!list.is_empty()).then_some(list)
}

fn texts(value: &Value) -> impl Iterator<Item = String> {
    let texts = match value {
        Value::Array(values) => values.as_slice(),
        value => std::slice::from_ref(value),
    };
    texts.iter().filter_map(Value::as_str).map(str::to_owned)
}

/// A whole number is a number.
fn both(one: &BTreeSet<String>, other: &BTreeSet<String>) -> BTreeSet<String> {
    let is_in =
        |kind: &String, of: &BTreeSet<String>| of.contains(kind) || (kind == "integer" && of.contains("number"));
    let shared = one.iter().filter(|kind| is_in(kind, other));
    shared
        .chain(other.iter().filter(|kind| is_in(kind, one)))
        .cloned()
        .collect()
}
