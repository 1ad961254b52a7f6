//! Where a rule looks, and what it says there.

use harness_cd_yaml::{Node, Value};

use crate::outline::Outline;

/// How a node stands under the nearest key above it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// It is the key's value.
    Value,
    /// It is an item of the key's list.
    Item,
}

/// A node with its surroundings.
#[derive(Clone, Copy)]
pub(crate) struct Place<'n, 't> {
    pub(crate) node: &'n Node,
    /// The keys from the document down to the node; the items of a list stand under the key of their list.
    pub(crate) trail: &'t [&'n str],
    /// The mapping that has the last of these keys.
    pub(crate) mapping: Option<&'n Node>,
    /// How the node stands under the last of these keys.
    pub(crate) role: Role,
    pub(crate) outline: &'t Outline<'n>,
}

impl<'n> Place<'n, '_> {
    /// The nearest key above; `""` for the document.
    pub(crate) fn key(&self) -> &'n str {
        self.trail.last().copied().unwrap_or_default()
    }

    /// Whether the node itself is the value of the last key, not an item of its list.
    pub(crate) fn is_value(&self) -> bool {
        self.role == Role::Value
    }

    /// Whether this is the body of such a thing: the value of its wrapping key. A part that is laid over it is none.
    pub(crate) fn is_body(&self, wrapper: &str) -> bool {
        self.is_value() && self.key() == wrapper && matches!(self.node.value, Value::Mapping(_)) && !self.is_laid_over()
    }

    /// Whether the node stands in a part of an entity that is laid over something whole: what is given to a template,
    /// a service, an environment, or the pipeline that a stage starts.
    pub(crate) fn is_laid_over(&self) -> bool {
        let above = self.trail.split_last().map_or(&[][..], |(_, above)| above);
        is_overlay(above)
    }

    /// Whether this is the body of a thing of that type.
    pub(crate) fn is_body_of_type(&self, wrapper: &str, kind: &str) -> bool {
        self.is_body(wrapper) && type_of(self.node) == Some(kind)
    }

    /// Whether the node stands at the end of a path, its last keys separated by spaces; `/` before them stands for
    /// the document, `[]` behind them for an item of a list.
    pub(crate) fn is_at(&self, path: &str) -> bool {
        // Nearly every place is none of nearly every path, and that is seen at its end.
        if self.is_value() && !path.ends_with(self.key()) {
            return false;
        }
        let mut words = path.rsplit(' ');
        if !self.is_value() && words.next() != Some("[]") {
            return false;
        }
        let mut keys = self.trail.iter().rev();
        for word in words {
            match word {
                "/" => return keys.next().is_none(),
                _ if keys.next() == Some(&word) => {}
                _ => return false,
            }
        }
        true
    }

    /// The text of a scalar that is there to read.
    pub(crate) fn literal(&self) -> Option<&'n str> {
        literal(self.node)
    }
}

/// Whether what stands below these keys is laid over something whole.
pub(crate) fn is_overlay(trail: &[&str]) -> bool {
    trail.iter().any(|key| OVERLAYS.contains(key)) || trail.windows(3).any(|keys| keys == CHAINED_INPUTS)
}

/// Keys below which stand parts of entities, laid over something whole.
const OVERLAYS: [&str; 7] = [
    "templateInputs",
    "templateOverrides",
    "serviceInputs",
    "environmentInputs",
    "serviceOverrideInputs",
    "pipelineInputs",
    "inputSet",
];

/// What a stage of type Pipeline gives to the pipeline that it starts; no other stage has such a key.
const CHAINED_INPUTS: [&str; 3] = ["stage", "spec", "inputs"];

/// What a node says it is.
pub(crate) fn type_of(node: &Node) -> Option<&str> {
    node.get("type")?.text()
}

/// The text of a scalar that is there to read.
pub(crate) fn literal(node: &Node) -> Option<&str> {
    node.text().filter(|text| !is_filled_in(text))
}

/// Whether a part of a text is filled in later: by Harness (`<+…>`, `${{ … }}`), by Terraform (`${NAME}`) or by a
/// template (`{{…}}`).
pub(crate) fn is_filled_in(text: &str) -> bool {
    text.contains("<+") || text.contains("${") || text.contains("{{")
}

/// What the rules have to say.
#[derive(Default)]
pub(crate) struct Faults<'n> {
    pub(crate) found: Vec<Fault<'n>>,
}

/// A breach of a rule.
pub(crate) struct Fault<'n> {
    pub(crate) node: &'n Node,
    /// The part of a scalar's text that is meant; `None` for the whole node.
    pub(crate) part: Option<&'n str>,
    pub(crate) message: String,
    pub(crate) hint: String,
}

impl<'n> Faults<'n> {
    pub(crate) fn add(&mut self, node: &'n Node, message: impl Into<String>, hint: impl Into<String>) {
        self.found.push(Fault {
            node,
            part: None,
            message: message.into(),
            hint: hint.into(),
        });
    }

    /// A breach in a part of a scalar's text, which may be long.
    pub(crate) fn add_part(
        &mut self,
        node: &'n Node,
        part: &'n str,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) {
        self.found.push(Fault {
            node,
            part: Some(part),
            message: message.into(),
            hint: hint.into(),
        });
    }
}
