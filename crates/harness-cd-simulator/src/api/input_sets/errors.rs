//! What is wrong with input sets, as Harness tells it.
//!
//! Source: run-inputs §6 [OAS, CORE InputSetErrorsHelper].

use serde_json::{Map, Value, json};

use crate::inputs::set_errors::{self, SetErrors};
use crate::state::entity::Entity;
use crate::tables::yaml;
use crate::wire::respond::Failure;
use crate::world::World;

/// Whether a set or an overlay can still be used as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fit {
    Fits,
    Wrong,
}

/// What is wrong with one set as its pipeline is now.
pub(super) fn of_set(world: &World, pipeline: &Value, set: &Entity) -> Result<SetErrors, Failure> {
    Ok(set_errors::find(
        pipeline,
        super::given(set),
        crate::launch::inputs::joined(&world.modes),
    )?)
}

/// Whether a set that does not fit did so when it was written. Source: run-inputs §6 [CORE InputSetErrorsHelper: an
/// outdated set and an invalid one are told apart]; that the time of the pipeline's last change decides is inferred.
pub(super) fn is_outdated(pipeline: &Entity, set: &Entity) -> bool {
    pipeline.updated_at > set.updated_at
}

/// The `inputSetErrorWrapper` of several sets; null where all of them fit.
pub(super) fn of_sets(world: &World, pipeline: &Value, sets: &[&Entity]) -> Result<Value, Failure> {
    let mut by_place = Map::new();
    let mut wrong_sets = Vec::new();
    let mut wrong_pipeline = None;
    for set in sets {
        let errors = of_set(world, pipeline, set)?;
        if errors.is_empty() {
            continue;
        }
        wrong_sets.push(set.identifier.clone());
        wrong_pipeline = errors.pipeline(pipeline).or(wrong_pipeline);
        for (place, field, message) in errors.iter() {
            let error = json!({
                "fieldName": field, "message": message, "identifierOfErrorSource": set.identifier,
            });
            let entry = by_place.entry(place).or_insert_with(|| json!({ "errors": [] }));
            if let Some(list) = entry.get_mut("errors").and_then(Value::as_array_mut) {
                list.push(error);
            }
        }
    }
    if wrong_sets.is_empty() {
        return Ok(Value::Null);
    }
    let written = wrong_pipeline.map_or_else(String::new, |pipeline| yaml::write(&json!({ "pipeline": pipeline })));
    Ok(json!({
        "errorPipelineYaml": written, "uuidToErrorResponseMap": by_place, "invalidInputSetReferences": wrong_sets,
    }))
}
