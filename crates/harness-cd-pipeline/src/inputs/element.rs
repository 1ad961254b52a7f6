//! What Harness knows the elements of a list by.

use harness_cd_yaml::Node;

/// The first that an element has is its key. Source: run-inputs §9.
const KEYS: [&str; 7] = [
    "identifier",
    "id",
    "name",
    "key",
    "commandType",
    "serviceRef",
    "environmentRef",
];
/// What the one thing that an element wraps (`- stage: {…}`) may be known by. Source: run-inputs §9.
const KEYS_OF_WRAPPED: [&str; 2] = ["identifier", "id"];

/// An element, as Harness tells it from its neighbours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ElementKey<'n> {
    /// The key of the wrapper, where the element is one.
    pub(super) wrapper: Option<&'n str>,
    pub(super) key: &'static str,
    pub(super) value: &'n str,
}

impl<'n> ElementKey<'n> {
    /// The key of an element; `None` where nothing but its place tells it from the others.
    pub(super) fn of(item: &'n Node) -> Option<Self> {
        let own = first(item, &KEYS).map(|(key, value)| (None, key, value));
        let (wrapper, key, value) = own.or_else(|| {
            let (wrapper, inner) = wrapped(item)?;
            let (key, value) = first(inner, &KEYS_OF_WRAPPED)?;
            Some((Some(wrapper), key, value))
        })?;
        Some(Self { wrapper, key, value })
    }
}

fn first<'n>(node: &'n Node, keys: &[&'static str]) -> Option<(&'static str, &'n str)> {
    keys.iter().find_map(|key| Some((*key, node.get(key)?.text()?)))
}

/// The one thing that a mapping holds.
pub(super) fn wrapped(item: &Node) -> Option<(&str, &Node)> {
    let mut entries = item.entries();
    let only = entries.next()?;
    entries.next().is_none().then(|| (only.name(), &only.value))
}
