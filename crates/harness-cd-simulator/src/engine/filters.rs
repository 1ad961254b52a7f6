//! Filters that stand for environments or infrastructures.

use serde_json::Value;

use crate::state::entity::Entity;
use crate::tables::reading::{text, texts};
use crate::tables::yaml::scalar_text;

/// Whether an entity is one that filters are about; without a filter about its kind it is.
///
/// Source: run-inputs §3 [SCH filter-yaml]: all of them, or those with all or any of the tags. That one of several
/// filters is enough is invented.
pub(super) fn pass(filters: &[Value], kind: &str, entity: &Entity) -> bool {
    let mut about = filters
        .iter()
        .filter(|filter| texts(filter, "/entities").iter().any(|own| own == kind))
        .peekable();
    about.peek().is_none() || about.any(|filter| fits(filter, &entity.tags()))
}

fn fits(filter: &Value, tags: &Value) -> bool {
    let wanted = filter
        .pointer("/spec/tags")
        .and_then(Value::as_object)
        .into_iter()
        .flatten();
    let mut held = wanted.map(|(key, value)| tags.get(key).map(scalar_text) == Some(scalar_text(value)));
    match (
        text(filter, "/type").as_deref(),
        text(filter, "/spec/matchType").as_deref(),
    ) {
        (Some("tags"), Some("any")) => held.any(|held| held),
        (Some("tags"), _) => held.all(|held| held),
        _ => true,
    }
}
