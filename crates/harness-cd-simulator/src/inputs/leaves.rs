//! A document by its paths.

use std::collections::BTreeMap;

use serde_json::Value;

use super::element;
use super::path::Path;
use super::problem::Problem;

/// Every leaf, and every object and list above one, by its path.
#[derive(Debug, Default)]
pub(crate) struct Leaves<'a>(BTreeMap<Path, Found<'a>>);

/// What lies at a path.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Found<'a> {
    Leaf(&'a Value),
    Inner(&'a Value),
}

impl<'a> Leaves<'a> {
    /// Reads what stands under the key `pipeline`.
    ///
    /// Source: run-inputs §9 [CORE FQNHelper: an element that comes twice is a 400].
    pub(crate) fn of(pipeline: &'a Value) -> Result<Self, Problem> {
        let mut leaves = BTreeMap::new();
        let mut inner = BTreeMap::new();
        let mut twice = None;
        element::visit(
            pipeline,
            &Path::root("pipeline"),
            &mut |path, value| {
                if leaves.insert(path.clone(), Found::Leaf(value)).is_some() {
                    twice.get_or_insert(path);
                }
            },
            &mut |path, value| {
                inner.insert(path, Found::Inner(value));
            },
        );
        leaves.extend(inner);
        match twice {
            None => Ok(Self(leaves)),
            Some(path) => {
                let message = format!(" This element is coming twice in yaml {}", path.fqn());
                Err(Problem::Invalid(message))
            }
        }
    }

    pub(crate) fn get(&self, path: &Path) -> Option<Found<'a>> {
        self.0.get(path).copied()
    }

    /// The leaves alone.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&Path, &'a Value)> {
        self.0.iter().filter_map(|(path, found)| match found {
            Found::Leaf(value) => Some((path, *value)),
            Found::Inner(_) => None,
        })
    }
}
