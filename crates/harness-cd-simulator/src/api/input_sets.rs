//! Input sets: what a pipeline asks for, sets of answers to it, and their merge.
//!
//! Source: run-inputs §1.2, §6 [OAS, CORE]; harness-api §3.1, §3.3 [SDK].

mod entities;
mod errors;
mod list;
mod merge;
mod overlays;
mod template;

use std::sync::Arc;

use serde_json::Value;

use super::pipelines::branch::branch_of;
use super::route::{Access, Call, Route};
use crate::documents;
use crate::documents::input_sets::{find, given, is_overlay};
use crate::documents::pipeline::Reading;
use crate::state::entity::{Entity, Kind};
use crate::state::people::Permission;
use crate::tables::yaml;
use crate::wire::body::invalid_yaml;
use crate::wire::respond::Failure;
use crate::world::World;

const VIEW: Access = Access::Project(Permission::View);
const EDIT: Access = Access::Project(Permission::Edit);

pub(crate) const ROUTES: &[Route] = &[
    Route::new("POST", "pipeline/api/inputSets/template", VIEW, template::template),
    Route::new("POST", "pipeline/api/inputSets/merge", VIEW, merge::merge),
    Route::new(
        "POST",
        "pipeline/api/inputSets/mergeWithTemplateYaml",
        VIEW,
        merge::merge_with_template,
    ),
    Route::new("GET", "pipeline/api/inputSets", VIEW, list::list),
    Route::new("POST", "pipeline/api/inputSets", EDIT, entities::create),
    Route::new("GET", "pipeline/api/inputSets/{}", VIEW, entities::get),
    Route::new("PUT", "pipeline/api/inputSets/{}", EDIT, entities::update),
    Route::new("DELETE", "pipeline/api/inputSets/{}", EDIT, entities::delete),
    Route::new("POST", "pipeline/api/inputSets/overlay", EDIT, overlays::create),
    Route::new("GET", "pipeline/api/inputSets/overlay/{}", VIEW, overlays::get),
    Route::new("PUT", "pipeline/api/inputSets/overlay/{}", EDIT, overlays::update),
];

/// The identifier of the pipeline that the query names, and what stands under `pipeline` on the branch that it names.
///
/// Source: run-inputs §7 [CORE]: template, merge and the list of stages read a remote pipeline as get does.
pub(super) fn read_pipeline<'a>(world: &mut World, call: &Call<'a>) -> Result<(&'a str, Arc<Value>), Failure> {
    let identifier = call.required("pipelineIdentifier", &world.modes)?;
    let branch = branch_of(world, call, identifier);
    let document = documents::pipeline::document(world, &call.scope, identifier, branch, Reading::of(call))?;
    match document.problem {
        Some(problem) => Err(invalid_yaml(&problem)),
        None => Ok((identifier, document.body)),
    }
}

/// The pipeline that the query names, as Harness itself knows it.
pub(super) fn pipeline<'w>(world: &'w World, call: &Call<'_>) -> Result<&'w Entity, Failure> {
    let identifier = call.required("pipelineIdentifier", &world.modes)?;
    world
        .store
        .get(Kind::Pipeline, &call.scope, "", identifier, &world.modes)
}

/// The request's document; null where there is none. JSON is YAML.
pub(super) fn document(call: &Call<'_>) -> Result<Value, Failure> {
    read(body_text(call)?)
}

/// The request's body; what is not UTF-8 is no YAML.
pub(super) fn body_text<'a>(call: &Call<'a>) -> Result<&'a str, Failure> {
    std::str::from_utf8(&call.request.body).map_err(|error| invalid_yaml(&error.to_string()))
}

pub(super) fn read(text: &str) -> Result<Value, Failure> {
    yaml::read(text).map_err(|problem| Failure::new(400, "INVALID_YAML_ERROR", format!("Invalid yaml: {problem}")))
}

/// The texts of a list in a request.
pub(super) fn texts(document: &Value, key: &str) -> Vec<String> {
    let items = document.get(key).and_then(Value::as_array).into_iter().flatten();
    items.filter_map(Value::as_str).map(str::to_owned).collect()
}

/// Source: run-inputs §6 [OAS, CORE]: a missing one is a 400, whatever other entities answer.
fn missing(identifier: &str) -> Failure {
    Failure::invalid(format!(
        "InputSet with the given ID: {identifier} does not exist or has been deleted"
    ))
}
