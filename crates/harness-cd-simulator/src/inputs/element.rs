//! What tells the elements of a list apart.
//!
//! Source: run-inputs §9 [CORE FQNMapGenerator, FQNHelper], harness-api §12.29.

use serde_json::{Map, Value};

use super::path::{Node, Path};

/// The fields of an object.
pub(crate) type Fields = Map<String, Value>;

/// The keys that identify an element, the first that is there.
const KEYS: [&str; 7] = [
    "identifier",
    "id",
    "name",
    "key",
    "commandType",
    "serviceRef",
    "environmentRef",
];
/// The keys whose elements have single fields for leaves: nothing inside of those is merged.
const FLAT_KEYS: [&str; 3] = ["name", "key", "commandType"];
/// The keys that make the one field of an element its wrapper.
const WRAPPED_KEYS: [&str; 2] = ["identifier", "id"];

/// An element of a keyed list.
pub(crate) enum Element<'a> {
    Parallel(&'a [Value]),
    Wrapped {
        wrapper: &'a str,
        key: &'static str,
        value: &'a str,
        fields: &'a Fields,
    },
    Plain {
        key: &'static str,
        value: &'a str,
        fields: &'a Fields,
    },
}

impl<'a> Element<'a> {
    /// `None` for what nothing tells apart.
    pub(crate) fn of(item: &'a Value) -> Option<Self> {
        let fields = item.as_object()?;
        if let Some((key, value)) = identity(fields, &KEYS) {
            return Some(Self::Plain { key, value, fields });
        }
        let mut pairs = fields.iter();
        let (wrapper, inner) = pairs.next().filter(|_| fields.len() == 1)?;
        match inner {
            Value::Array(items) if wrapper == "parallel" => Some(Self::Parallel(items)),
            Value::Object(fields) => {
                let (key, value) = identity(fields, &WRAPPED_KEYS)?;
                Some(Self::Wrapped {
                    wrapper,
                    key,
                    value,
                    fields,
                })
            }
            _ => None,
        }
    }

    /// Its step of a path.
    pub(crate) fn node(&self) -> Node {
        let node = |wrapper: Option<&str>, key, value: &str| Node::Element {
            wrapper: wrapper.map(str::to_owned),
            key,
            value: value.to_owned(),
        };
        match self {
            Self::Parallel(_) => Node::Parallel,
            Self::Wrapped {
                wrapper, key, value, ..
            } => node(Some(wrapper), key, value),
            Self::Plain { key, value, .. } => node(None, key, value),
        }
    }

    /// Whether each of its fields is one leaf.
    pub(crate) fn is_flat(&self) -> bool {
        matches!(self, Self::Plain { key, .. } if FLAT_KEYS.contains(key))
    }
}

fn identity<'a>(fields: &'a Fields, keys: &[&'static str]) -> Option<(&'static str, &'a str)> {
    keys.iter().find_map(|key| Some((*key, fields.get(*key)?.as_str()?)))
}

/// Whether the whole list is one leaf: it is empty, or nothing tells its first element apart.
pub(crate) fn is_leaf_list(items: &[Value]) -> bool {
    items.first().and_then(Element::of).is_none()
}

/// Whether nothing is merged inside of a value.
pub(crate) fn is_leaf(value: &Value) -> bool {
    match value {
        Value::Object(fields) => fields.is_empty(),
        Value::Array(items) => is_leaf_list(items),
        _ => true,
    }
}

/// Calls `leaf` for every leaf and `inner` for every object or list above one.
pub(crate) fn visit<'a>(
    value: &'a Value,
    path: &Path,
    leaf: &mut dyn FnMut(Path, &'a Value),
    inner: &mut dyn FnMut(Path, &'a Value),
) {
    if is_leaf(value) {
        return leaf(path.clone(), value);
    }
    inner(path.clone(), value);
    match value {
        Value::Object(fields) => visit_fields(fields, path, leaf, inner),
        Value::Array(items) => visit_items(items, path, leaf, inner),
        _ => {}
    }
}

fn visit_fields<'a>(
    fields: &'a Fields,
    path: &Path,
    leaf: &mut dyn FnMut(Path, &'a Value),
    inner: &mut dyn FnMut(Path, &'a Value),
) {
    for (key, value) in fields {
        visit(value, &path.field(key), leaf, inner);
    }
}

fn visit_items<'a>(
    items: &'a [Value],
    path: &Path,
    leaf: &mut dyn FnMut(Path, &'a Value),
    inner: &mut dyn FnMut(Path, &'a Value),
) {
    for element in items.iter().filter_map(Element::of) {
        let path = path.with(element.node());
        match element {
            Element::Plain { fields, .. } if element.is_flat() => {
                fields.iter().for_each(|(key, value)| leaf(path.field(key), value));
            }
            Element::Plain { fields, .. } | Element::Wrapped { fields, .. } => visit_fields(fields, &path, leaf, inner),
            Element::Parallel(items) => visit_items(items, &path, leaf, inner),
        }
    }
}
