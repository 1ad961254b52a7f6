use harness_cd_model::Range;
use harness_cd_model::words::{pointer_names, pointer_token};

use crate::scalar::{self, Resolved};

/// One YAML document.
#[derive(Clone, Debug, PartialEq)]
pub struct Document {
    /// The file as the reader named it.
    pub file: String,
    /// The outermost node.
    pub root: Node,
}

/// A node and the place where it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// What it holds.
    pub value: Value,
    /// Lines and UTF-16 columns.
    pub range: Range,
    /// Byte offsets into the text, quotes and a block scalar's header included. A collection reaches from its first
    /// to its last character.
    pub span: std::ops::Range<usize>,
}

/// What a node holds.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// A text, number, boolean or null.
    Scalar(Scalar),
    /// A list.
    Sequence(Vec<Node>),
    /// Keys and values in file order; no key twice.
    Mapping(Vec<Entry>),
}

/// A scalar as text and style; [`Scalar::resolve`] says what it means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scalar {
    /// The text without quotes, with escapes resolved and lines folded.
    pub text: String,
    /// How it is written.
    pub style: ScalarStyle,
}

/// How a scalar is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScalarStyle {
    /// Without quotes.
    Plain,
    /// `'…'`
    SingleQuoted,
    /// `"…"`
    DoubleQuoted,
    /// `|`
    Literal,
    /// `>`
    Folded,
}

/// A key and its value.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// Always a scalar.
    pub key: Node,
    /// Anything.
    pub value: Node,
}

impl Scalar {
    /// What the scalar means in YAML 1.2's core schema: only a plain scalar can be anything but a string.
    #[must_use]
    pub fn resolve(&self) -> Resolved {
        match self.style {
            ScalarStyle::Plain => scalar::resolve(&self.text),
            _ => Resolved::String,
        }
    }
}

impl Entry {
    /// The key's text.
    #[must_use]
    pub fn name(&self) -> &str {
        self.key.text().unwrap_or_default()
    }
}

impl Node {
    /// The value under a key of a mapping.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.entries()
            .find(|entry| entry.name() == key)
            .map(|entry| &entry.value)
    }

    /// The value at the end of a way through mappings.
    #[must_use]
    pub fn at(&self, keys: &[&str]) -> Option<&Node> {
        keys.iter().try_fold(self, |node, key| node.get(key))
    }

    /// The node at an RFC 6901 pointer from this one.
    #[must_use]
    pub fn at_pointer(&self, pointer: &str) -> Option<&Node> {
        pointer_names(pointer).try_fold(self, |node, name| match &node.value {
            Value::Sequence(items) => items.get(name.parse::<usize>().ok()?),
            _ => node.get(&name),
        })
    }

    /// The entries of a mapping, in file order; nothing for any other node.
    pub fn entries(&self) -> impl Iterator<Item = &Entry> {
        match &self.value {
            Value::Mapping(entries) => entries.as_slice(),
            _ => &[],
        }
        .iter()
    }

    /// The items of a sequence, in file order; nothing for any other node.
    pub fn items(&self) -> impl Iterator<Item = &Node> {
        match &self.value {
            Value::Sequence(items) => items.as_slice(),
            _ => &[],
        }
        .iter()
    }

    /// The text of a string; `None` for a plain null, boolean or number.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match &self.value {
            Value::Scalar(scalar) if scalar.resolve() == Resolved::String => Some(&scalar.text),
            _ => None,
        }
    }

    /// The text of any scalar as it is written, a number or a boolean included.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Scalar(scalar) => Some(&scalar.text),
            _ => None,
        }
    }

    /// A boolean.
    #[must_use]
    pub fn as_bool(&self) -> Option<bool> {
        match self.resolve()? {
            Resolved::Bool(value) => Some(value),
            _ => None,
        }
    }

    /// A whole number.
    #[must_use]
    pub fn as_i64(&self) -> Option<i64> {
        match self.resolve()? {
            Resolved::Int(value) => Some(value),
            _ => None,
        }
    }

    /// Whether it is null, written or left empty.
    #[must_use]
    pub fn is_null(&self) -> bool {
        self.resolve() == Some(Resolved::Null)
    }

    /// Visits this node and everything below it, parents first, each with its RFC 6901 pointer.
    pub fn walk<'n>(&'n self, visit: &mut impl FnMut(&str, &'n Node)) {
        self.walk_from(&mut String::new(), visit);
    }

    fn walk_from<'n>(&'n self, pointer: &mut String, visit: &mut impl FnMut(&str, &'n Node)) {
        visit(pointer, self);
        let length = pointer.len();
        for entry in self.entries() {
            pointer.push_str(&child_pointer("", entry.name()));
            entry.value.walk_from(pointer, visit);
            pointer.truncate(length);
        }
        for (index, item) in self.items().enumerate() {
            pointer.push_str(&child_pointer("", &index.to_string()));
            item.walk_from(pointer, visit);
            pointer.truncate(length);
        }
    }

    /// The RFC 6901 pointer from this node to one that stands below it; that of a key is its value's. `None` if the
    /// other node is no part of this one.
    #[must_use]
    pub fn pointer_to(&self, target: &Node) -> Option<String> {
        if std::ptr::eq(self, target) {
            return Some(String::new());
        }
        if target.span.start < self.span.start || self.span.end < target.span.end {
            return None;
        }
        let below = |name: &str, rest: String| child_pointer("", name) + &rest;
        match &self.value {
            Value::Scalar(_) => None,
            Value::Sequence(items) => {
                (items.iter().enumerate()).find_map(|(at, item)| Some(below(&at.to_string(), item.pointer_to(target)?)))
            }
            Value::Mapping(entries) => entries.iter().find_map(|entry| match std::ptr::eq(&entry.key, target) {
                true => Some(child_pointer("", entry.name())),
                false => Some(below(entry.name(), entry.value.pointer_to(target)?)),
            }),
        }
    }

    /// How a message names what the node holds: `a list`, `a number`, …
    #[must_use]
    pub fn describe(&self) -> &'static str {
        match (&self.value, self.resolve()) {
            (Value::Sequence(_), _) => "a list",
            (Value::Mapping(_), _) => "a mapping",
            (_, Some(Resolved::Null)) => "nothing",
            (_, Some(Resolved::Bool(_))) => "a boolean",
            (_, Some(Resolved::Int(_) | Resolved::Float)) => "a number",
            _ => "a text",
        }
    }

    fn resolve(&self) -> Option<Resolved> {
        match &self.value {
            Value::Scalar(scalar) => Some(scalar.resolve()),
            _ => None,
        }
    }
}

/// The RFC 6901 pointer of a key or an index below `parent`.
#[must_use]
pub fn child_pointer(parent: &str, key: &str) -> String {
    format!("{parent}/{}", pointer_token(key))
}
