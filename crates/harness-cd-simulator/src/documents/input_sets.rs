//! Input sets of a pipeline, and what they give a run.
//!
//! Source: run-inputs §6 [OAS, CORE ValidateAndMergeHelper].

use serde_json::{Value, json};

use crate::inputs::merge::{self, Values};
use crate::inputs::template;
use crate::state::entity::{Entity, Kind};
use crate::state::scope::Scope;
use crate::tables::reading::texts;
use crate::wire::respond::Failure;
use crate::world::World;

/// An input set or an overlay of a pipeline.
pub(crate) fn find<'w>(world: &'w World, scope: &Scope, pipeline_id: &str, identifier: &str) -> Option<&'w Entity> {
    world.store.find(Kind::InputSet, scope, pipeline_id, identifier)
}

/// An overlay has references where an input set has a pipeline.
pub(crate) fn is_overlay(set: &Entity) -> bool {
    set.body.get("pipeline").is_none()
}

/// What an input set gives, under the key `pipeline`.
pub(crate) fn given(set: &Entity) -> &Value {
    set.body.get("pipeline").unwrap_or(&Value::Null)
}

/// The body that input sets and a last YAML give a run: the whole document with the root `pipeline`, or null where the
/// pipeline asks for nothing. What is wrong in a set is dropped, and what is open stays `<+input>`.
pub(crate) fn merged_body(
    world: &World,
    scope: &Scope,
    pipeline_id: &str,
    pipeline: &Value,
    references: &[String],
    last: &Value,
) -> Result<Value, Failure> {
    let sets = referred(world, scope, pipeline_id, references)?;
    let merged = merged(pipeline_id, pipeline, references, &sets, last)?;
    Ok(merged.map_or(Value::Null, |merged| json!({ "pipeline": merged })))
}

/// A later set wins over an earlier one, and the last YAML over all; a `<+input>` undoes nothing.
pub(crate) fn merged(
    pipeline_id: &str,
    pipeline: &Value,
    references: &[String],
    sets: &[&Entity],
    last: &Value,
) -> Result<Option<Value>, Failure> {
    let Some(asked) = template::prune(pipeline) else {
        return match references.is_empty() {
            true => Ok(None),
            false => Err(Failure::invalid(format!(
                "Pipeline {pipeline_id} does not have any runtime input. All existing input sets are invalid"
            ))),
        };
    };
    let given: Vec<&Value> = sets.iter().map(|set| given(set)).chain(last.get("pipeline")).collect();
    Ok(Some(merge::merge(&asked, &given, Values::Taken)?))
}

/// The sets that references lead to, overlays in the order of their own references; an unknown one is skipped.
pub(crate) fn referred<'w>(
    world: &'w World,
    scope: &Scope,
    pipeline_id: &str,
    references: &[String],
) -> Result<Vec<&'w Entity>, Failure> {
    let find = |id: &String| find(world, scope, pipeline_id, id);
    let mut sets = Vec::new();
    for set in references.iter().filter_map(find) {
        match is_overlay(set) {
            false => sets.push(set),
            true => sets.extend(texts(&set.body, "/inputSetReferences").iter().filter_map(find)),
        }
    }
    sets.retain(|set| !is_overlay(set));
    let pipeline = world.store.find(Kind::Pipeline, scope, "", pipeline_id);
    let is_remote = pipeline.is_some_and(|pipeline| pipeline.git.is_some());
    match sets.iter().find(|set| is_remote && set.git.is_none()) {
        Some(inline) => Err(inline_set(pipeline_id, &inline.identifier)),
        None => Ok(sets),
    }
}

fn inline_set(pipeline_id: &str, set: &str) -> Failure {
    let message = format!(
        "Remote Pipeline {pipeline_id} cannot be used with inline input-set {set}, please move input-set to from inline \
         to remote to use them"
    );
    Failure::invalid(message).with_causes(vec![
        ("HINT", "Please move the input-set from inline to remote.".to_owned()),
        (
            "EXPLANATION",
            "The pipeline is remote and input-set is inline".to_owned(),
        ),
    ])
}
