//! Where in the language stages and steps stand.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use super::table::{Fact, Id, TABLE, Table};

/// The types of the stages that take a step of each type.
static STAGES_OF_STEPS: LazyLock<BTreeMap<&'static str, BTreeSet<&'static str>>> = LazyLock::new(|| {
    let mut found: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for stage in alternatives(&TABLE, "stage") {
        let execution = TABLE
            .property(stage, "spec")
            .and_then(|spec| TABLE.property(spec, "execution"));
        let mut steps = BTreeSet::new();
        if let Some(execution) = execution {
            steps_below(&TABLE, execution, &mut BTreeSet::new(), &mut steps);
        }
        for stage in TABLE.types_of(stage).into_iter().flatten() {
            for step in &steps {
                found.entry(step).or_default().insert(stage);
            }
        }
    }
    found
});

/// The types of the stages that take a step of that type; `None` where the type is unknown.
pub(crate) fn stages_of_step(step: &str) -> Option<&'static BTreeSet<&'static str>> {
    STAGES_OF_STEPS.get(step)
}

/// Whether a stage of that type has steps.
pub(crate) fn is_stage_with_steps(stage: &str) -> bool {
    STAGES_OF_STEPS.values().any(|stages| stages.contains(stage))
}

/// The words that may stand under a key, or in its list, wherever they are a complete list.
pub(crate) fn words_under(key: &str) -> Vec<&'static str> {
    let mut found = BTreeSet::new();
    for id in alternatives(&TABLE, key) {
        let items = TABLE.schema(id).facts.iter().filter_map(|fact| match fact {
            Fact::Items(id) => Some(*id),
            _ => None,
        });
        let words = items.chain([id]).filter_map(|id| TABLE.words(id));
        found.extend(words.flatten().map(Cow::as_ref));
    }
    found.into_iter().collect()
}

/// The types of what may stand under a key, where each type has settings of its own.
pub(crate) fn types_under(key: &str) -> Vec<&'static str> {
    let mut found = BTreeSet::new();
    for id in alternatives(&TABLE, key) {
        for fact in &TABLE.schema(id).facts {
            if let Fact::Cases("type", cases) = fact {
                found.extend(cases.iter().map(|(word, _)| word.as_ref()));
            }
        }
    }
    found.into_iter().collect()
}

/// What may stand under a key, wherever that is.
pub(super) fn alternatives(table: &Table, key: &str) -> Vec<Id> {
    let under = table.ids().filter_map(|id| table.property(id, key));
    let mut found: Vec<Id> = under.flat_map(|id| branches(table, id)).collect();
    found.sort_unstable();
    found.dedup();
    found
}

/// The alternatives of a node, or the node itself.
fn branches(table: &Table, id: Id) -> Vec<Id> {
    let choice = table.schema(id).facts.iter().find_map(|fact| match fact {
        Fact::OneOf(ids) | Fact::AnyOf(ids) => Some(ids.clone()),
        _ => None,
    });
    choice.unwrap_or_else(|| vec![id])
}

fn steps_below(table: &'static Table, id: Id, seen: &mut BTreeSet<Id>, found: &mut BTreeSet<&'static str>) {
    if !seen.insert(id) {
        return;
    }
    if let Some(step) = table.property(id, "step") {
        let kinds = branches(table, step)
            .into_iter()
            .filter_map(|branch| table.types_of(branch));
        found.extend(kinds.flatten().map(Cow::as_ref));
    }
    for key in ["parallel", "stepGroup", "steps", "rollbackSteps"] {
        if let Some(inner) = table.property(id, key) {
            steps_below(table, inner, seen, found);
        }
    }
    for fact in &table.schema(id).facts {
        match fact {
            Fact::OneOf(ids) | Fact::AnyOf(ids) => ids.iter().for_each(|id| steps_below(table, *id, seen, found)),
            Fact::Items(id) => steps_below(table, *id, seen, found),
            _ => {}
        }
    }
}
