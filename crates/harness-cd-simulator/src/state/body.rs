//! What stands under the root key of an entity's YAML.

use std::cell::OnceCell;
use std::ops::Deref;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

use crate::tables::yaml;

/// A tree that is read from its text when somebody first looks at it: a thousand trees that nobody looks at would fill the
/// memory.
#[derive(Clone, Debug)]
pub(crate) struct Body {
    /// The text, and the key that the tree stands under; nothing for a tree that was given as one.
    text: Option<(Arc<str>, &'static str)>,
    tree: OnceCell<Arc<Value>>,
}

impl Body {
    /// What stands under a key of a text that was read before.
    pub(crate) fn of_text(text: &Arc<str>, root: &'static str) -> Self {
        Self {
            text: Some((Arc::clone(text), root)),
            tree: OnceCell::new(),
        }
    }

    /// The tree, to keep.
    pub(crate) fn shared(&self) -> Arc<Value> {
        Arc::clone(self.tree.get_or_init(|| Arc::new(self.read())))
    }

    /// The tree, read anew and not kept.
    pub(crate) fn read(&self) -> Value {
        let read = |(text, root): &(Arc<str>, &'static str)| {
            yaml::read(text)
                .ok()
                .and_then(|mut document| document.get_mut(*root).map(Value::take))
        };
        self.text.as_ref().and_then(read).unwrap_or_default()
    }
}

impl From<Value> for Body {
    fn from(tree: Value) -> Self {
        Self {
            text: None,
            tree: OnceCell::from(Arc::new(tree)),
        }
    }
}

impl Deref for Body {
    type Target = Value;

    fn deref(&self) -> &Value {
        self.tree.get_or_init(|| Arc::new(self.read()))
    }
}

impl PartialEq for Body {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl Serialize for Body {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (**self).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Body {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Value::deserialize(deserializer).map(Self::from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_text_is_read_when_it_is_looked_at() {
        let body = Body::of_text(&Arc::from("service:\n  identifier: shop\n"), "service");
        assert!(body.tree.get().is_none());
        assert_eq!(body["identifier"], "shop");
        assert!(body.tree.get().is_some());
        assert_eq!(body, Body::from(json!({ "identifier": "shop" })));
    }
}
