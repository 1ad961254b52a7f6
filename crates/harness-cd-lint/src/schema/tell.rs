//! What is wrong, in words.

use std::collections::BTreeSet;

use harness_cd_yaml::{Node, Value};

use super::pattern::Pattern;
use super::table::{Bound, Fact, Id, Table};
use crate::place::is_filled_in;

/// How a number or a boolean becomes the text that is wanted.
pub(crate) const PUT_QUOTES: &str = "put quotes around it: without them it is no text";
/// How a text becomes the boolean or the number that is wanted.
pub(crate) const WORD_WITHOUT_QUOTES: &str = "write one of them, without quotes";
pub(crate) const DIGITS_WITHOUT_QUOTES: &str = "write digits, without quotes";
/// How a step comes to the settings that it has to have.
pub(crate) const ADD_EMPTY_SPEC: &str = "add `spec: {}` if there is nothing to set";

/// What a value of such a schema is called: `a text`, `a list or an expression`.
pub(super) fn wanted(table: &Table, id: Id) -> String {
    let mut names = BTreeSet::new();
    collect(table, id, 0, &mut names);
    let names: Vec<&str> = names.into_iter().map(|(_, name)| name).collect();
    match names.split_last() {
        Some((last, [])) => (*last).to_owned(),
        Some((last, others)) => format!("{} or {last}", others.join(", ")),
        None => "nothing".to_owned(),
    }
}

fn collect(table: &Table, id: Id, depth: u32, names: &mut BTreeSet<(u8, &'static str)>) {
    let schema = table.schema(id);
    if depth > 4 {
        return;
    }
    for fact in &schema.facts {
        if let Fact::OneOf(ids) | Fact::AnyOf(ids) = fact {
            ids.iter().for_each(|id| collect(table, *id, depth + 1, names));
            if schema.types.is_none() {
                return;
            }
        }
    }
    for letter in schema.types.unwrap_or("oasbn").chars() {
        names.insert(match letter {
            'o' => (0, "a mapping"),
            'a' => (1, "a list"),
            's' if is_expression(table, id) => (9, "an expression"),
            's' => (2, "a text"),
            'b' => (3, "`true` or `false`"),
            'i' => (4, "a whole number"),
            'n' => (5, "a number"),
            _ => (6, "nothing"),
        });
    }
}

/// Whether such a text is an expression of Harness and nothing else.
pub(super) fn is_expression(table: &Table, id: Id) -> bool {
    let patterns = table.schema(id).facts.iter().filter_map(|fact| match fact {
        Fact::Pattern(number) => table.pattern(*number),
        _ => None,
    });
    patterns.into_iter().any(Pattern::is_expression)
}

/// What a word is called by the key under which it stands, and the key above that: `manifest type`.
pub(super) fn kind_of_word(key: &str, above: &str) -> String {
    match key {
        "type" => format!("{} type", singular(above)).trim_start().to_owned(),
        key => singular(key).to_owned(),
    }
}

/// One of what a key names. A word in `us` or `ss` is no plural: `pipelineStatus`.
fn singular(key: &str) -> &str {
    let one = key.strip_suffix('s').filter(|one| !one.ends_with(['u', 's']));
    one.unwrap_or(key)
}

/// A key that has to be there.
pub(super) fn missing(name: &str) -> (String, String) {
    let hint = format!("add `{name}:`; Harness refuses the file without it");
    (format!("`{name}` is missing"), hint)
}

/// How a value of another kind is mended.
pub(super) fn shape_hint(table: &Table, id: Id, node: &Node) -> String {
    let types = table.schema(id).types.unwrap_or_default();
    let is_mapping = |node: &Node| matches!(node.value, Value::Mapping(_));
    match types.chars().next() {
        _ if node.is_null() => "write the value, or remove the key".to_owned(),
        Some('s') if matches!(node.value, Value::Scalar(_)) => PUT_QUOTES.to_owned(),
        Some('s') => "write a text; one of several lines stands behind `|-`".to_owned(),
        Some('b') if node.text().is_some_and(is_filled_in) => "Harness takes no expression here".to_owned(),
        Some('b') => WORD_WITHOUT_QUOTES.to_owned(),
        Some('i' | 'n') if node.text().is_some_and(is_filled_in) => "Harness takes no expression here".to_owned(),
        Some('i' | 'n') => DIGITS_WITHOUT_QUOTES.to_owned(),
        Some('a') if is_mapping(node) => "start each item with `- `".to_owned(),
        Some('a') => "start each item with `- `, also where it is one alone".to_owned(),
        Some('o') => "write keys and values".to_owned(),
        _ => format!("write {}", wanted(table, id)),
    }
}

/// What a form asks for.
pub(super) fn form(pattern: &Pattern) -> (String, String) {
    match pattern.text {
        "^[a-zA-Z_][0-9a-zA-Z_]{0,127}$" => (
            "this is no identifier".to_owned(),
            "write letters, digits and underscores, no digit first, at most 128".to_owned(),
        ),
        "^[a-zA-Z_0-9-.][-0-9a-zA-Z_\\s.]{0,127}$" => (
            "this is no name as Harness takes it".to_owned(),
            "write letters, digits, spaces, dots, dashes and underscores, at most 128".to_owned(),
        ),
        text if text.contains("[mhwd]") || text.contains("[smhdw]") => (
            "this is no duration".to_owned(),
            "write numbers and units, as in `10m` or `1h 30m`".to_owned(),
        ),
        _ if pattern.is_expression() => (
            "only an expression may stand here".to_owned(),
            "write `<+input>` or another expression".to_owned(),
        ),
        "^(?=\\s*\\S).*$" => ("this is empty".to_owned(), "write a text".to_owned()),
        "^[\\s]*$" | "^$" => ("nothing may stand here".to_owned(), "leave it empty".to_owned()),
        text => (
            "this has not the form that Harness asks for".to_owned(),
            format!("write what matches `{text}`"),
        ),
    }
}

/// A bound that a value does not keep.
pub(super) fn bound(bound: Bound, value: f64, key: &str) -> (String, String) {
    let many = |noun: &str| format!("{value} {noun}{}", if value == 1.0 { "" } else { "s" });
    match bound {
        Bound::MinItems if value == 1.0 => (
            format!("`{key}` is empty"),
            "add one or more; Harness refuses an empty list".to_owned(),
        ),
        Bound::MinItems => (
            "the list is too short".to_owned(),
            format!("give it {} or more", many("item")),
        ),
        Bound::MaxItems => (
            "the list is too long".to_owned(),
            format!("leave it {} or fewer", many("item")),
        ),
        Bound::MinLength if value == 1.0 => (
            "the text is empty".to_owned(),
            "write a text, or remove the key".to_owned(),
        ),
        Bound::MinLength => (
            "the text is too short".to_owned(),
            format!("write {} or more", many("character")),
        ),
        Bound::MaxLength => (
            "the text is too long".to_owned(),
            format!("write {} or fewer", many("character")),
        ),
        Bound::Minimum => ("the number is too small".to_owned(), format!("write {value} or more")),
        Bound::Maximum => ("the number is too large".to_owned(), format!("write {value} or less")),
        Bound::Above => ("the number is too small".to_owned(), format!("write more than {value}")),
        Bound::MinKeys => (
            "the mapping has too few keys".to_owned(),
            format!("write {} or more", many("key")),
        ),
        Bound::MaxKeys => (
            "the mapping has too many keys".to_owned(),
            format!("leave {} or fewer", many("key")),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_called_as_one_of_its_key() {
        for (key, above, called) in [
            ("type", "manifests", "manifest type"),
            ("type", "", "type"),
            ("errors", "", "error"),
            ("pipelineStatus", "when", "pipelineStatus"),
            ("access", "", "access"),
        ] {
            assert_eq!(kind_of_word(key, above), called);
        }
    }
}
