//! Keys of which no schema knows. The schemas leave nearly every mapping open, so that a misspelt key passes there.

use std::borrow::Cow;

use harness_cd_yaml::{Node, Value};

use super::Found;
use super::table::{Fact, Id, Schema, Table};
use crate::place::{is_filled_in, type_of};

/// Keys that may stand in any mapping.
const ANYWHERE: [&str; 3] = ["description", "metadata", "__uuid"];

/// What holds keys of the writer's own, for which the schemas name those of a class of Harness's instead: the axes of a
/// matrix.
const OF_THE_WRITER: [&str; 1] = ["matrix"];

/// Keys that the schemas lack, and that Harness's own editor and exports write, by the key above their mapping.
const UNDESCRIBED: [(&str, &[&str]); 7] = [
    ("service", &["orgIdentifier", "projectIdentifier"]),
    ("stage", &["template"]),
    ("step", &["template", "identities"]),
    ("template", &["gitBranch"]),
    (
        "spec",
        &[
            "deleteResources",
            "inputVariables",
            "isAutoRejectEnabled",
            "skipUnchangedManifest",
        ],
    ),
    ("environment", &["gitBranch"]),
    ("gitOpsClusters", &["agentIdentifier"]),
];

/// The key above a mapping, and the `type` beside that key.
#[derive(Clone, Copy)]
pub(super) struct Above<'a> {
    pub(super) key: &'a str,
    pub(super) of_type: Option<&'a str>,
}

impl<'a> Above<'a> {
    /// Above the outermost mapping of its kind.
    pub(super) fn root(key: &'a str) -> Self {
        Self { key, of_type: None }
    }

    /// Whether Harness's own editor and exports write a key there that the schemas lack.
    fn takes(self, name: &str) -> bool {
        let undescribed = UNDESCRIBED.iter().find(|(key, _)| *key == self.key);
        // Those of Helm have no dry run that could be left out.
        let of_kubernetes = self.key == "spec" && self.of_type.is_none_or(|of| of.starts_with("K8s"));
        undescribed.is_some_and(|(_, keys)| keys.contains(&name)) || of_kubernetes && name == "skipDryRun"
    }
}

/// Adds the keys below a node, which stands under the key `above`, that none of the schemas describes.
pub(super) fn unknown<'n>(table: &Table, node: &'n Node, above: Above<'_>, schemas: &[Id], found: &mut Vec<Found<'n>>) {
    match &node.value {
        Value::Mapping(_) => of_mapping(table, node, above, schemas, found),
        Value::Sequence(items) => {
            let mut inner = Vec::new();
            schemas.iter().for_each(|id| items_of(table, *id, &mut inner));
            if !inner.is_empty() {
                items.iter().for_each(|item| unknown(table, item, above, &inner, found));
            }
        }
        Value::Scalar(_) => {}
    }
}

fn of_mapping<'n>(table: &Table, node: &'n Node, above: Above<'_>, schemas: &[Id], found: &mut Vec<Found<'n>>) {
    let mut known = Known::default();
    for id in schemas {
        known.add(table, *id, node, 0);
    }
    if known.is_free || known.keys.is_empty() || OF_THE_WRITER.contains(&above.key) {
        return;
    }
    let is_taken = |name: &str| ANYWHERE.contains(&name) || above.takes(name);
    let of_type = type_of(node);
    for entry in node.entries() {
        let name = entry.name();
        let below: Vec<Id> = known
            .keys
            .iter()
            .filter(|(key, _)| *key == name)
            .map(|(_, id)| *id)
            .collect();
        if !below.is_empty() {
            let above = Above { key: name, of_type };
            unknown(table, &entry.value, above, &below, found);
        } else if !known.is_open && !is_taken(name) && !is_filled_in(name) {
            let mut names: Vec<&str> = known.keys.iter().map(|(key, _)| *key).collect();
            names.sort_unstable();
            names.dedup();
            names.retain(|name| *name != "description");
            found.push(Found::unknown_key(&entry.key, name, &names));
        }
    }
}

/// What is known of the keys of a mapping.
#[derive(Default)]
struct Known {
    keys: Vec<(&'static str, Id)>,
    /// Others may stand.
    is_open: bool,
    /// Anything may stand, and be anything.
    is_free: bool,
}

impl Known {
    fn add(&mut self, table: &Table, id: Id, node: &Node, depth: u32) {
        let schema = table.schema(id);
        let is_said = schema.types.is_none_or(|types| types.contains('o'));
        if depth > 8 || !is_said {
            return;
        }
        self.keys.extend(&schema.properties);
        let says_nothing = schema.properties.is_empty() && schema.facts.is_empty() && schema.required.is_empty();
        let only_json = schema.is_open && schema.properties.iter().all(|(key, _)| *key == "description");
        self.is_free |= depth == 0 && says_nothing || only_json && schema.facts.is_empty();
        self.is_open |= schema.is_open;
        for fact in &schema.facts {
            match fact {
                Fact::OneOf(ids) | Fact::AnyOf(ids) => {
                    let chosen = chosen(table, ids, node);
                    // Where the type is wrong, that is said, and the rest would only confuse.
                    self.is_open |= chosen.is_empty();
                    for id in chosen {
                        self.add(table, id, node, depth + 1);
                    }
                }
                Fact::Cases(key, cases) => {
                    let word = node.get(key).and_then(Node::text);
                    self.is_open |= word.is_some_and(|word| !is_known(table, schema, key, word, cases));
                    let cases = cases.iter().filter(|(case, _)| word.is_none_or(|word| case == word));
                    cases.for_each(|(_, id)| self.add(table, *id, node, depth + 1));
                }
                Fact::If(_, then, otherwise) => {
                    let both = then.iter().chain(otherwise);
                    both.for_each(|id| self.add(table, *id, node, depth + 1));
                }
                _ => {}
            }
        }
    }
}

/// Whether a word is one that decides something, or one of the words that may stand there.
fn is_known(table: &Table, schema: &Schema, key: &str, word: &str, cases: &[(Cow<'static, str>, Id)]) -> bool {
    let words = schema.property(key).and_then(|id| table.words(id));
    let is_listed = words.is_some_and(|words| words.iter().any(|known| known == word));
    is_listed || cases.iter().any(|(case, _)| case == word)
}

/// The alternatives that a mapping may be: those of its type, or those that have none.
fn chosen(table: &Table, ids: &[Id], node: &Node) -> Vec<Id> {
    // Without a type it may be any of them, as a part may that is laid over something whole.
    let Some(kind) = type_of(node) else { return ids.to_vec() };
    let is_of_type = |id: &&Id| {
        table
            .types_of(**id)
            .is_some_and(|types| types.iter().any(|of| of == kind))
    };
    let of_type: Vec<Id> = ids.iter().filter(is_of_type).copied().collect();
    match of_type.is_empty() {
        false => of_type,
        true => {
            let typed = ids.iter().filter(|id| table.types_of(**id).is_some()).count();
            let untyped = ids.iter().filter(|id| table.types_of(**id).is_none()).copied();
            if typed > 1 { Vec::new() } else { untyped.collect() }
        }
    }
}

fn items_of(table: &Table, id: Id, found: &mut Vec<Id>) {
    for fact in &table.schema(id).facts {
        match fact {
            Fact::Items(id) => found.push(*id),
            Fact::OneOf(ids) | Fact::AnyOf(ids) => ids.iter().for_each(|id| items_of(table, *id, found)),
            _ => {}
        }
    }
}
