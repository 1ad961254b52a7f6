//! `/pipeline/api/triggers`: what starts a pipeline by itself. Every call names its pipeline as `targetIdentifier`.

pub(crate) mod schedule;
mod v1;
mod view;

use serde_json::{Map, Value, json};

use super::entities::sort;
use super::route::{Access, Call, Route};
use crate::state::entity::{Entity, Kind};
use crate::state::people::Permission;
use crate::tables::operators::is_operator;
use crate::tables::reading::texts;
use crate::tables::yaml;
use crate::wire::body::read_yaml;
use crate::wire::respond::{Failure, Outcome, Page, Paging, Reply, page_response};
use crate::world::World;
pub(crate) use view::{is_custom_webhook, is_enabled, token};

const VIEW: Access = Access::Project(Permission::View);
const EDIT: Access = Access::Project(Permission::Edit);

/// Source: harness-api §2 [SDK, MCP, CORE openapi v1].
pub(crate) const ROUTES: &[Route] = &[
    Route::new("GET", "pipeline/api/triggers", VIEW, list),
    Route::new("POST", "pipeline/api/triggers", EDIT, create),
    Route::new("GET", "pipeline/api/triggers/{}", VIEW, get),
    Route::new("GET", "pipeline/api/triggers/{}/details", VIEW, details),
    Route::new("PUT", "pipeline/api/triggers/{}", EDIT, update),
    Route::new("DELETE", "pipeline/api/triggers/{}", EDIT, delete),
    Route::new(
        "POST",
        "v1/orgs/{}/projects/{}/pipelines/{}/triggers",
        Access::V1(Permission::Edit),
        v1::create,
    ),
    Route::new(
        "GET",
        "v1/orgs/{}/projects/{}/pipelines/{}/triggers",
        Access::V1(Permission::View),
        v1::list,
    ),
    Route::new(
        "GET",
        "v1/orgs/{}/projects/{}/pipelines/{}/triggers/{}",
        Access::V1(Permission::View),
        v1::get,
    ),
    Route::new(
        "PUT",
        "v1/orgs/{}/projects/{}/pipelines/{}/triggers/{}",
        Access::V1(Permission::Edit),
        v1::update,
    ),
    Route::new(
        "DELETE",
        "v1/orgs/{}/projects/{}/pipelines/{}/triggers/{}",
        Access::V1(Permission::Edit),
        v1::delete,
    ),
];

fn target<'a>(world: &World, call: &Call<'a>) -> Result<&'a str, Failure> {
    call.required("targetIdentifier", &world.modes)
}

/// Source: harness-api §12.36 [OAS: 25 a page], §12.35 [OAS: the shape]; CORE NGTriggerResourceImpl: newest first.
fn list(world: &mut World, call: &Call<'_>) -> Outcome {
    let target = target(world, call)?;
    let page = Page::read(call.request, Paging::TRIGGERS)?;
    let wanted = |entity: &&Entity| entity.parent == target && entity.matches(call.parameter("searchTerm"));
    let mut found: Vec<&Entity> = world.store.all(Kind::Trigger, &call.scope).filter(wanted).collect();
    sort(&mut found, call.parameter("sort"));
    let total = found.len();
    let content = page
        .cut(found)
        .into_iter()
        .map(|entity| view::details(world, entity, call.now))
        .collect();
    Ok(Reply::Enveloped(page_response(content, page, total)))
}

fn get(world: &mut World, call: &Call<'_>) -> Outcome {
    let target = target(world, call)?;
    let entity = world
        .store
        .get(Kind::Trigger, &call.scope, target, call.capture(0), &world.modes)?;
    Ok(Reply::Enveloped(view::response(world, entity)))
}

fn details(world: &mut World, call: &Call<'_>) -> Outcome {
    let target = target(world, call)?;
    let entity = world
        .store
        .get(Kind::Trigger, &call.scope, target, call.capture(0), &world.modes)?;
    Ok(Reply::Enveloped(view::details(world, entity, call.now)))
}

/// Source: harness-api §2 [SDK], §12.35 [OAS].
fn create(world: &mut World, call: &Call<'_>) -> Outcome {
    let entity = written(world, call)?;
    if let Some(errors) = errors_that_count(world, call, &entity) {
        return Ok(Reply::Enveloped(view::refused(errors)));
    }
    let World {
        store, random, modes, ..
    } = world;
    let created = store.create(entity, call.now, random, modes)?.clone();
    Ok(Reply::Enveloped(view::response(world, &created)))
}

fn update(world: &mut World, call: &Call<'_>) -> Outcome {
    let entity = written(world, call)?;
    if entity.identifier != call.capture(0) {
        return Err(Failure::invalid(
            "Failed while updating Trigger: the identifier cannot be changed",
        ));
    }
    if let Some(errors) = errors_that_count(world, call, &entity) {
        return Ok(Reply::Enveloped(view::refused(errors)));
    }
    let if_match = call.request.header("if-match");
    let updated = world.store.update(entity, if_match, call.now, &world.modes)?.clone();
    Ok(Reply::Enveloped(view::response(world, &updated)))
}

fn delete(world: &mut World, call: &Call<'_>) -> Outcome {
    let target = target(world, call)?;
    remove(world, call, target, call.capture(0))?;
    Ok(Reply::Enveloped(json!(true)))
}

fn remove(world: &mut World, call: &Call<'_>, pipeline: &str, trigger: &str) -> Result<(), Failure> {
    let if_match = call.request.header("if-match");
    world
        .store
        .delete(Kind::Trigger, &call.scope, pipeline, trigger, if_match, &world.modes)?;
    world.events.forget(&call.scope, pipeline, trigger);
    Ok(())
}

fn written(world: &World, call: &Call<'_>) -> Result<Entity, Failure> {
    let target = target(world, call)?;
    let (text, document) = read_yaml(call.request)?;
    trigger_of(call, target, &text, &document)
}

/// Reads a trigger that is to start a pipeline.
///
/// Source: harness-api §2 [SCH]: identifier, organization and project are needed; CORE NGTriggerResourceImpl: what is
/// wrong with the YAML itself is a 400 that begins like this.
fn trigger_of(call: &Call<'_>, target: &str, text: &str, document: &Value) -> Result<Entity, Failure> {
    let refused = |problem: String| Failure::invalid(format!("Failed while Saving Trigger: {problem}"));
    let mut entity = Entity::new(Kind::Trigger, call.scope.clone(), text, document).map_err(refused)?;
    let own = [
        ("orgIdentifier", call.scope.org_text()),
        ("projectIdentifier", call.scope.project_text()),
    ];
    for (key, wanted) in own.into_iter().chain([("pipelineIdentifier", target)]) {
        let given = entity.text(key);
        if given != wanted {
            return Err(refused(format!("{key} in the YAML is [{given}], not [{wanted}]")));
        }
    }
    if entity.body.pointer("/source/type").and_then(Value::as_str).is_none() {
        return Err(refused("source.type is missing".to_owned()));
    }
    entity.saved_by = Some(call.principal.clone());
    Ok(entity)
}

/// What is wrong with the use of the pipeline; nothing counts where `ignoreError` is true.
///
/// Source: harness-api §2 [SDK]: errors of validation come as a 200 with `errorResponse: true`; CORE
/// NGTriggerResourceImpl: the trigger is then not saved, and `ignoreError` leaves the validation out.
fn errors_that_count(world: &World, call: &Call<'_>, trigger: &Entity) -> Option<Value> {
    let errors = errors(world, trigger);
    (call.parameter("ignoreError") != Some("true") && !errors.is_empty()).then_some(Value::Object(errors))
}

/// The errors by field. Source: harness-api §2 [SDK]: `errors{field:{…}}`; the sentences are invented.
fn errors(world: &World, trigger: &Entity) -> Map<String, Value> {
    let mut errors = Map::new();
    let mut tell = |field: &str, message: String| {
        let error = json!({ "fieldName": field, "message": message, "identifierOfErrorSource": trigger.identifier });
        errors.insert(field.to_owned(), json!({ "errors": [error] }));
    };
    let exists = |kind: Kind, parent: &str, id: &str| world.store.find(kind, &trigger.scope, parent, id).is_some();
    if !exists(Kind::Pipeline, "", &trigger.parent) {
        tell(
            "pipelineIdentifier",
            format!("Pipeline [{}] does not exist", trigger.parent),
        );
    }
    if let Err(problem) = yaml::read(&trigger.text("inputYaml")) {
        tell("inputYaml", problem);
    }
    if let Some(problem) = schedule::problem(trigger) {
        tell("source", problem);
    }
    for key in ["payloadConditions", "headerConditions"] {
        if let Some(operator) = unknown_operator(trigger, key) {
            tell(key, format!("Operator [{operator}] is not supported"));
        }
    }
    for reference in input_set_refs(trigger) {
        if !exists(Kind::InputSet, &trigger.parent, &reference) {
            tell("inputSetRefs", format!("InputSet [{reference}] does not exist"));
        }
    }
    errors
}

fn unknown_operator<'t>(trigger: &'t Entity, conditions: &str) -> Option<&'t str> {
    let conditions = trigger.body.pointer(&format!("/source/spec/spec/{conditions}"));
    let conditions = conditions.and_then(Value::as_array).into_iter().flatten();
    let mut operators = conditions.filter_map(|condition| condition.get("operator")?.as_str());
    operators.find(|operator| !is_operator(operator))
}

/// The input sets that a trigger's runs take.
pub(crate) fn input_set_refs(trigger: &Entity) -> Vec<String> {
    texts(&trigger.body, "/inputSetRefs")
}
