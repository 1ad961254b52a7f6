//! Two texts of one entity, field by field: what a person would call a difference, and not which lines differ.

use std::collections::BTreeMap;

use harness_cd_yaml::scalar::Resolved;
use harness_cd_yaml::{Node, Value, child_pointer};
use serde::Serialize;
use serde_json::{Value as Json, json};

/// The keys by which an item of a list is known, the first that it has. Source: harness-api §12.29.
const NAMING_KEYS: [&str; 3] = ["identifier", "name", "key"];

/// What ends the pointer of a list whose items are the same in another order.
pub const ORDER: &str = "(order)";

/// A field in which two texts differ.
///
/// Where a whole object or item stands on one side alone, it is one difference.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FieldChange {
    /// The way to it, an RFC 6901 pointer in which an item of a list goes by its identifier, name or key where it has one
    /// of its own in the list, and by its place otherwise: `/pipeline/stages/deploy_dev/stage/type`. For items in
    /// another order, the list's, ended by [`ORDER`].
    pub pointer: String,
    /// What stands there in the first; `None` where it has no such field.
    pub before: Option<Json>,
    /// What stands there in the second; `None` where it has no such field.
    pub after: Option<Json>,
}

/// Compares what two texts mean: layout, comments, quotes and the order of keys make no difference, while the order of
/// lists and the type of a scalar do.
#[must_use]
pub fn compare(before: &Node, after: &Node) -> Vec<FieldChange> {
    let mut changes = Vec::new();
    node("", before, after, &mut changes);
    changes
}

/// What a node means.
#[must_use]
pub fn meaning(node: &Node) -> Json {
    match &node.value {
        Value::Scalar(scalar) => match scalar.resolve() {
            Resolved::Null => Json::Null,
            Resolved::Bool(value) => json!(value),
            Resolved::Int(value) => json!(value),
            Resolved::Float => scalar
                .text
                .parse::<f64>()
                .map_or_else(|_| json!(scalar.text), |value| json!(value)),
            Resolved::String => json!(scalar.text),
        },
        Value::Sequence(items) => items.iter().map(meaning).collect(),
        Value::Mapping(entries) => {
            let entries = entries
                .iter()
                .map(|entry| (entry.name().to_owned(), meaning(&entry.value)));
            Json::Object(entries.collect())
        }
    }
}

fn node(pointer: &str, before: &Node, after: &Node, changes: &mut Vec<FieldChange>) {
    match (&before.value, &after.value) {
        (Value::Mapping(_), Value::Mapping(_)) => {
            let [before, after] = [before, after].map(entries);
            children(pointer, &before, &after, changes);
        }
        (Value::Sequence(first), Value::Sequence(second)) => {
            let [named_before, named_after] = [first, second].map(|items| named(items));
            order(pointer, &named_before, &named_after, changes);
            children(pointer, &named_before, &named_after, changes);
        }
        _ => {
            let [before, after] = [before, after].map(meaning);
            if before != after {
                changes.push(FieldChange {
                    pointer: pointer.to_owned(),
                    before: Some(before),
                    after: Some(after),
                });
            }
        }
    }
}

fn entries(mapping: &Node) -> Vec<(String, &Node)> {
    let entries = mapping.entries();
    entries.map(|entry| (entry.name().to_owned(), &entry.value)).collect()
}

/// What stands below one node on both sides: those of the first in its order, then those of the second alone.
fn children(pointer: &str, before: &[(String, &Node)], after: &[(String, &Node)], changes: &mut Vec<FieldChange>) {
    let by_name = |side: &[(String, &'_ Node)]| -> BTreeMap<String, usize> {
        side.iter()
            .enumerate()
            .map(|(place, (name, _))| (name.clone(), place))
            .collect()
    };
    let (first, second) = (by_name(before), by_name(after));
    for (name, own) in before {
        let below = child_pointer(pointer, name);
        match second.get(name).and_then(|place| after.get(*place)) {
            Some((_, other)) => node(&below, own, other, changes),
            None => changes.push(FieldChange {
                pointer: below,
                before: Some(meaning(own)),
                after: None,
            }),
        }
    }
    for (name, own) in after.iter().filter(|(name, _)| !first.contains_key(name)) {
        changes.push(FieldChange {
            pointer: child_pointer(pointer, name),
            before: None,
            after: Some(meaning(own)),
        });
    }
}

/// Items that both have, in another order.
fn order(pointer: &str, before: &[(String, &Node)], after: &[(String, &Node)], changes: &mut Vec<FieldChange>) {
    let common = |side: &[(String, &Node)], other: &[(String, &Node)]| -> Vec<String> {
        let names = side.iter().map(|(name, _)| name);
        names
            .filter(|name| other.iter().any(|(known, _)| known == *name))
            .cloned()
            .collect()
    };
    let (before, after) = (common(before, after), common(after, before));
    if before != after {
        changes.push(FieldChange {
            pointer: child_pointer(pointer, ORDER),
            before: Some(json!(before)),
            after: Some(json!(after)),
        });
    }
}

/// The items of a list, each by what it is known by in it.
pub(crate) fn named(items: &[Node]) -> Vec<(String, &Node)> {
    let names: Vec<Option<&str>> = items.iter().map(name_of).collect();
    let is_its_own = |name: &str| names.iter().filter(|known| **known == Some(name)).count() == 1;
    let named = items.iter().zip(&names).enumerate().map(|(place, (item, name))| {
        let own = name.filter(|name| is_its_own(name));
        (own.map_or_else(|| place.to_string(), str::to_owned), item)
    });
    named.collect()
}

/// An item's own name, or that of the one thing it wraps: a stage, a step, a manifest. One of digits alone would read as
/// a place.
fn name_of(item: &Node) -> Option<&str> {
    let direct = NAMING_KEYS.iter().find_map(|key| item.get(key)?.text());
    let wrapped = || {
        let mut entries = item.entries();
        let (only, more) = (entries.next()?, entries.next());
        let inner = NAMING_KEYS.iter().find_map(|key| only.value.get(key)?.text());
        inner.filter(|_| more.is_none())
    };
    direct
        .or_else(wrapped)
        .filter(|name| !name.is_empty() && !name.bytes().all(|b| b.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use harness_cd_yaml::parse_text;

    use super::*;

    fn changes(before: &str, after: &str) -> Vec<(String, Option<Json>, Option<Json>)> {
        let [before, after] = [before, after].map(|text| parse_text("a.yaml", text).unwrap().root);
        let changes = compare(&before, &after).into_iter();
        changes
            .map(|change| (change.pointer, change.before, change.after))
            .collect()
    }

    #[test]
    fn layout_quotes_and_the_order_of_keys_make_no_difference() {
        assert_eq!(changes("a: 1\nb: [x, y] # why\n", "{\"b\": ['x', \"y\"], a: 1}"), []);
        assert_eq!(changes("a: 1.50\n", "a: 1.5\n"), []);
    }

    #[test]
    fn the_type_of_a_scalar_makes_one() {
        assert_eq!(
            changes("a: 1\n", "a: \"1\"\n"),
            [("/a".to_owned(), Some(json!(1)), Some(json!("1")))]
        );
    }

    #[test]
    fn items_are_found_by_their_names() {
        let before = "s:\n  - stage: {identifier: a, t: 1}\n  - stage: {identifier: b, t: 1}\n";
        let after =
            "s:\n  - stage: {identifier: x}\n  - stage: {identifier: a, t: 1}\n  - stage: {identifier: b, t: 2}\n";
        let wanted = [
            ("/s/b/stage/t".to_owned(), Some(json!(1)), Some(json!(2))),
            ("/s/x".to_owned(), None, Some(json!({ "stage": { "identifier": "x" } }))),
        ];
        assert_eq!(changes(before, after), wanted);
    }

    #[test]
    fn another_order_is_a_difference() {
        let found = changes("s: [{name: a}, {name: b}]\n", "s: [{name: b}, {name: a}]\n");
        assert_eq!(
            found,
            [(
                "/s/(order)".to_owned(),
                Some(json!(["a", "b"])),
                Some(json!(["b", "a"]))
            )]
        );
    }

    #[test]
    fn names_that_are_not_their_own_are_places() {
        let found = changes(
            "s: [{name: a, t: 1}, {name: a, t: 2}]\n",
            "s: [{name: a, t: 1}, {name: a, t: 3}]\n",
        );
        assert_eq!(found, [("/s/1/t".to_owned(), Some(json!(2)), Some(json!(3)))]);
    }
}
