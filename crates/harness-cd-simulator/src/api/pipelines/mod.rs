//! `/pipeline/api/pipelines`: pipelines as entities.

pub(crate) mod branch;
pub(crate) mod executions;
pub(crate) mod git_ask;
pub(crate) mod list;
pub(crate) mod save;

use serde_json::{Value, json};

use super::route::{Access, Call, Route};
use crate::documents::pipeline::{CacheState, Document, Reading, SCM_BAD_REQUEST, document};
use crate::documents::templates;
use crate::inputs::stages::modules;
use crate::state::entity::{Entity, Kind};
use crate::state::people::Permission;
use crate::tables::invented::CACHE_TTL_MS;
use crate::tables::yaml;
use crate::view::governance::governance;
use crate::view::pipeline::{git_details, store_fields};
use crate::wire::body::{read_value, read_yaml};
use crate::wire::respond::{Failure, Outcome, Reply, with};
use crate::world::World;
use branch::branch_of;
use git_ask::GitAsk;
use save::{Saved, check_identifier, pipeline_of, schema_errors};

const VIEW: Access = Access::Project(Permission::View);
const EDIT: Access = Access::Project(Permission::Edit);

/// Source: harness-api §1 [MCP, SDK, CORE PipelineResourceImpl].
pub(crate) const ROUTES: &[Route] = &[
    Route::new("POST", "pipeline/api/pipelines", EDIT, create_old),
    Route::new("POST", "pipeline/api/pipelines/v2", EDIT, create),
    Route::new("PUT", "pipeline/api/pipelines/v2/{}", EDIT, update),
    Route::new("POST", "pipeline/api/pipelines/list", VIEW, list::list),
    Route::new("POST", "pipeline/api/pipelines/import", EDIT, import),
    Route::new(
        "POST",
        "pipeline/api/pipelines/validate-yaml-with-schema",
        EDIT,
        validate,
    ),
    Route::new("GET", "pipeline/api/pipelines/summary/{}", VIEW, summary),
    Route::new("GET", "pipeline/api/pipelines/{}", VIEW, get),
    Route::new("PUT", "pipeline/api/pipelines/{}", EDIT, update_old),
    Route::new("DELETE", "pipeline/api/pipelines/{}", EDIT, delete),
    Route::new(
        "PUT",
        "pipeline/api/pipelines/{}/update-git-metadata",
        EDIT,
        update_git_metadata,
    ),
];

fn git_ask(call: &Call<'_>) -> GitAsk {
    GitAsk::read(|name| call.parameter(name).map(str::to_owned))
}

fn written(call: &Call<'_>) -> Result<Entity, Failure> {
    let (text, document) = read_yaml(call.request)?;
    pipeline_of(&text, &document, &call.scope)
}

/// Source: harness-api §1.2, §10.5 [CORE]: a denied save is 200 and SUCCESS without an identifier.
fn create(world: &mut World, call: &Call<'_>) -> Outcome {
    let entity = written(call)?;
    let id = entity.identifier.clone();
    let saved = save::create(world, entity, &git_ask(call), call.now)?;
    Ok(Reply::Enveloped(saved_view(world, call, &id, saved)))
}

/// Source: harness-api §1 [CORE]: the deprecated call answers with the identifier.
fn create_old(world: &mut World, call: &Call<'_>) -> Outcome {
    let entity = written(call)?;
    let id = entity.identifier.clone();
    match save::create(world, entity, &git_ask(call), call.now)? {
        Saved::Stored => Ok(Reply::Enveloped(json!(id))),
        Saved::Denied => Err(Failure::not_simulated("a denied save by the deprecated call")),
    }
}

fn update(world: &mut World, call: &Call<'_>) -> Outcome {
    let saved = save_anew(world, call)?;
    Ok(Reply::Enveloped(saved_view(world, call, call.capture(0), saved)))
}

/// Source: harness-api §1 [CORE PipelineResourceImpl]: deprecated, answers with the identifier.
fn update_old(world: &mut World, call: &Call<'_>) -> Outcome {
    match save_anew(world, call)? {
        Saved::Stored => Ok(Reply::Enveloped(json!(call.capture(0)))),
        Saved::Denied => Err(Failure::not_simulated("a denied save by the deprecated call")),
    }
}

fn save_anew(world: &mut World, call: &Call<'_>) -> Result<Saved, Failure> {
    let entity = written(call)?;
    check_identifier(&entity, call.capture(0))?;
    save::update(world, entity, &git_ask(call), call.request.header("if-match"), call.now)
}

fn saved_view(world: &World, call: &Call<'_>, id: &str, saved: Saved) -> Value {
    let verdict = world.modes.save_policy.verdict();
    let governance = governance(verdict, "onsave", &call.scope, id, call.now);
    match saved {
        Saved::Stored => json!({ "identifier": id, "governanceMetadata": governance }),
        Saved::Denied => json!({ "governanceMetadata": governance }),
    }
}

/// Source: harness-api §1 [MCP, SDK]: git parameters and a body `{pipelineName, pipelineDescription}`.
fn import(world: &mut World, call: &Call<'_>) -> Outcome {
    let body = read_value(&call.request.body)?;
    let name = body.get("pipelineName").and_then(Value::as_str);
    let identifier = save::import(world, &call.scope, &git_ask(call), name, call.now)?;
    Ok(Reply::Enveloped(json!({ "identifier": identifier })))
}

/// Source: harness-api §1 [CORE PipelineResourceImpl]: the identifier where the YAML is valid.
fn validate(_: &mut World, call: &Call<'_>) -> Outcome {
    Ok(Reply::Enveloped(json!(written(call)?.identifier)))
}

/// Source: harness-api §1, §1.2 [SDK]: `getMetadataOnly` leaves nothing out that is told here.
fn summary(world: &mut World, call: &Call<'_>) -> Outcome {
    let entity = world
        .store
        .get(Kind::Pipeline, &call.scope, "", call.capture(0), &world.modes)?;
    Ok(Reply::Enveloped(list::item(world, entity, call.now)))
}

fn delete(world: &mut World, call: &Call<'_>) -> Outcome {
    save::delete(world, &call.scope, call.capture(0), call.request.header("if-match"))?;
    Ok(Reply::Enveloped(json!(true)))
}

/// Source: harness-api §1 [SDK] names the call, nothing its answer.
fn update_git_metadata(_: &mut World, call: &Call<'_>) -> Outcome {
    Err(Failure::not_simulated(&call.request.path))
}

/// The document that a call to read a pipeline asks for.
/// Source: run-inputs §7 [CORE]: `loadFromFallbackBranch` tries the branch of the creation when git answers
/// SCM_BAD_REQUEST.
pub(crate) fn read(world: &mut World, call: &Call<'_>, id: &str, branch: Option<&str>) -> Result<Document, Failure> {
    let reading = Reading::of(call);
    let falls_back = ["loadFromFallbackBranch", "load_from_fallback_branch"]
        .iter()
        .any(|name| call.parameter(name) == Some("true"));
    match document(world, &call.scope, id, branch, reading) {
        Err(failure) if falls_back && failure.code() == SCM_BAD_REQUEST => {
            let entity = world.store.get(Kind::Pipeline, &call.scope, "", id, &world.modes)?;
            let fallback = entity.git.as_ref().map(|place| place.branch.clone());
            document(world, &call.scope, id, fallback.as_deref(), reading)
        }
        other => other,
    }
}

/// Source: harness-api §1.2 [CORE, SDK model_pms_pipeline_response].
fn get(world: &mut World, call: &Call<'_>) -> Outcome {
    let id = call.capture(0);
    let branch = branch_of(world, call, id);
    let document = read(world, call, id, branch)?;
    let entity = world.store.get(Kind::Pipeline, &call.scope, "", id, &world.modes)?;
    let mut data = match &document.problem {
        Some(problem) => invalid_view(&document, problem),
        None => valid_view(&document),
    };
    if let Some(text) = templates_written_out(world, call, &document, "getTemplatesResolvedPipeline") {
        data = with(data, [("resolvedTemplatesPipelineYaml", json!(text))]);
    }
    if let Some(state) = document.cache {
        data = with(data, [("cacheResponse", cache_view(state, entity, call.now))]);
    }
    let git = entity.git.as_ref();
    let git = git.map(|place| git_details(place, document.branch.as_deref(), Some(&document.object_id)));
    Ok(Reply::Enveloped(with(
        data,
        store_fields(entity, git.unwrap_or_default()),
    )))
}

fn valid_view(document: &Document) -> Value {
    json!({
        "yamlPipeline": document.yaml, "version": document.version, "modules": modules(&document.body),
        "entityValidityDetails": { "valid": true },
    })
}

/// Source: harness-api §1.2 [CORE, SDK]: an invalid remote YAML is a 200.
fn invalid_view(document: &Document, problem: &str) -> Value {
    json!({
        "yamlPipeline": document.yaml, "entityValidityDetails": { "valid": false, "invalidYaml": document.yaml },
        "yamlSchemaErrorWrapper": schema_errors(problem, &document.yaml),
    })
}

/// Source: run-inputs §1.1 [UI, CORE PipelineResourceImpl]: left out where a template cannot be resolved.
pub(crate) fn templates_written_out(
    world: &World,
    call: &Call<'_>,
    document: &Document,
    parameter: &str,
) -> Option<String> {
    if call.parameter(parameter) != Some("true") || document.problem.is_some() {
        return None;
    }
    let body = templates::expanded(&world.store, &call.scope, &document.body).ok()?;
    Some(if body == *document.body {
        document.yaml.to_string()
    } else {
        yaml::write(&json!({ "pipeline": body }))
    })
}

/// Source: run-inputs §7 [CORE].
fn cache_view(state: CacheState, entity: &Entity, now: i64) -> Value {
    let (state, is_synced) = match state {
        CacheState::Valid => ("VALID_CACHE", true),
        CacheState::Stale => ("STALE_CACHE", false),
    };
    let left = entity
        .updated_at
        .saturating_add(CACHE_TTL_MS)
        .saturating_sub(now)
        .max(0);
    json!({ "cacheState": state, "ttlLeft": left, "lastUpdatedAt": entity.updated_at, "isSyncEnabled": is_synced })
}
