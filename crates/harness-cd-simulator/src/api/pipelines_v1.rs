//! `/v1/orgs/{org}/projects/{project}/pipelines`: pipelines in the newer generation, in snake case.

use serde_json::{Value, json};

use super::pipelines::executions::{executions_of, recent_info_v1};
use super::pipelines::git_ask::GitAsk;
use super::pipelines::list::{Filter, wanted};
use super::pipelines::save::{self, Saved, check_identifier, pipeline_of, schema_errors};
use super::pipelines::{read, templates_written_out};
use super::route::{Access, Call, Route};
use crate::documents::pipeline::Document;
use crate::inputs::stages::modules;
use crate::state::entity::{Entity, Kind};
use crate::state::people::Permission;
use crate::tables::yaml::{self, scalar_text};
use crate::view::pipeline::stage_names;
use crate::wire::body::{invalid_yaml, read_value};
use crate::wire::respond::{Failure, Outcome, Page, Paging, Reply, with, without_nulls};
use crate::world::World;

const VIEW: Access = Access::V1(Permission::View);
const EDIT: Access = Access::V1(Permission::Edit);

/// Source: harness-api §1.3 [MCP, CORE openapi v1], run-inputs §10 (the internal ones).
pub(crate) const ROUTES: &[Route] = &[
    Route::new("GET", "v1/orgs/{}/projects/{}/pipelines", VIEW, list),
    Route::new("POST", "v1/orgs/{}/projects/{}/pipelines", EDIT, create),
    Route::new("GET", "v1/orgs/{}/projects/{}/pipelines/{}", VIEW, get),
    Route::new("PUT", "v1/orgs/{}/projects/{}/pipelines/{}", EDIT, update),
    Route::new("PATCH", "v1/orgs/{}/projects/{}/pipelines/{}", EDIT, unknown),
    Route::new("DELETE", "v1/orgs/{}/projects/{}/pipelines/{}", EDIT, delete),
    Route::new("POST", "v1/orgs/{}/projects/{}/pipelines/{}/validate", VIEW, validate),
    Route::new(
        "GET",
        "v1/orgs/{}/projects/{}/pipelines/{}/inputs-schema",
        VIEW,
        unknown,
    )
    .hidden(),
    Route::new("GET", "v1/orgs/{}/projects/{}/pipelines/{}/inputs", VIEW, unknown).hidden(),
];

/// What the facts name and do not describe: a partial update; the inputs of a pipeline of the classic dialect, of which
/// no fact tells how they are called (run-inputs §10).
fn unknown(_: &mut World, call: &Call<'_>) -> Outcome {
    Err(Failure::not_simulated(&call.request.path))
}

/// Source: harness-api §0.2 [OAS: 30 a page, at most 100; whether pages begin at 0 or 1 is open: CORE and MCP say 0].
const PAGING: Paging = Paging {
    index: "page",
    size: "limit",
    default: 30,
};
const MAX_LIMIT: usize = 100;

/// Source: harness-api §1.3 [CORE openapi v1].
fn list(world: &mut World, call: &Call<'_>) -> Outcome {
    let page = Page::read(call.request, PAGING)?;
    if page.size > MAX_LIMIT {
        return Err(Failure::invalid(format!("limit must be at most {MAX_LIMIT}")));
    }
    let order = call
        .parameter("sort")
        .map(|field| order(field, call.parameter("order")));
    let filter = filter_of(call);
    let entities = wanted(world, &call.scope, &filter, order.as_deref());
    let total = entities.len();
    let items = page
        .cut(entities)
        .into_iter()
        .map(|entity| item(world, entity, call.now))
        .collect();
    Ok(Reply::BareList(items, page, total))
}

fn order(field: &str, direction: Option<&str>) -> String {
    let field = match field {
        "created" => "createdAt",
        "updated" => "lastUpdatedAt",
        other => other,
    };
    format!("{field},{}", direction.unwrap_or("ASC"))
}

fn filter_of(call: &Call<'_>) -> Filter {
    let texts = |name: &'static str| {
        call.request
            .parameters_named(name)
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    let text = |name: &str| call.parameter(name).map(str::to_owned);
    let tag = |tag: String| match tag.split_once(':') {
        Some((key, value)) => (key.to_owned(), value.to_owned()),
        None => (tag, String::new()),
    };
    Filter {
        identifiers: texts("pipeline_identifiers"),
        name: text("name"),
        description: text("description"),
        tags: texts("tags").into_iter().map(tag).collect(),
        services: texts("service_names"),
        environments: texts("env_names"),
        deployment_types: texts("deployment_type"),
        infrastructure_types: Vec::new(),
        repo: text("repo_name"),
        module: text("module"),
        search_term: text("search_term"),
    }
}

/// What get and list have in common. Source: harness-api §1.3 [CORE openapi v1].
fn shown(entity: &Entity, body: &Value) -> Value {
    json!({
        "identifier": entity.identifier, "name": entity.name(), "org": entity.scope.org,
        "project": entity.scope.project, "description": entity.text("description"), "tags": entity.tags(),
        "modules": modules(body), "created": entity.created_at, "updated": entity.updated_at,
    })
}

fn item(world: &World, entity: &Entity, now: i64) -> Value {
    let executions = executions_of(world, &entity.scope, &entity.identifier, now);
    let store_type = if entity.git.is_some() { "REMOTE" } else { "INLINE" };
    let place = entity.git.as_ref();
    let git =
        place.map(|place| json!({ "branch_name": place.branch, "file_path": place.path, "repo_name": place.repo }));
    without_nulls(with(
        shown(entity, &entity.body),
        [
            ("stage_names", json!(stage_names(&entity.body))),
            ("store_type", json!(store_type)),
            ("connector_ref", json!(place.map(|place| &place.connector))),
            ("git_details", json!(git)),
            ("recent_execution_info", json!(recent_info_v1(&executions))),
        ],
    ))
}

/// Source: harness-api §1.3 [CORE openapi v1]: `branch_name`, `template_applied`.
fn get(world: &mut World, call: &Call<'_>) -> Outcome {
    let id = call.capture(2);
    let document = read(world, call, id, call.parameter("branch_name"))?;
    let entity = world.store.get(Kind::Pipeline, &call.scope, "", id, &world.modes)?;
    let git = entity.git.as_ref().map(|place| {
        json!({
            "object_id": document.object_id, "branch_name": document.branch, "file_path": place.path,
            "repo_name": place.repo,
        })
    });
    if let Some(problem) = &document.problem {
        return Ok(Reply::Bare(invalid_view(&document, problem, git)));
    }
    Ok(Reply::Bare(without_nulls(with(
        shown(entity, &document.body),
        [
            ("pipeline_yaml", json!(document.yaml)),
            (
                "template_applied_pipeline_yaml",
                json!(templates_written_out(world, call, &document, "template_applied")),
            ),
            ("git_details", json!(git)),
            ("valid", json!(true)),
        ],
    ))))
}

/// Source: harness-api §1.3 [CORE PipelinesApiImpl]: a 200 with the text, where it lies, and what is wrong with it.
fn invalid_view(document: &Document, problem: &str, git: Option<Value>) -> Value {
    let wrapper = schema_errors(problem, &document.yaml);
    without_nulls(json!({
        "pipeline_yaml": document.yaml, "git_details": git, "valid": false,
        "yaml_error_wrapper": wrapper.get("schemaErrors").cloned().unwrap_or_default(),
    }))
}

/// What a body of create and update gives. Source: harness-api §1.3 [MCP, CORE].
fn written(call: &Call<'_>) -> Result<(Entity, GitAsk), Failure> {
    let body = read_value(&call.request.body)?;
    let text = |key: &str| body.get(key).map(scalar_text).filter(|text| !text.is_empty());
    let Some(pipeline_yaml) = text("pipeline_yaml") else {
        return Err(Failure::must_not_be_null("pipeline_yaml"));
    };
    if text("version").is_some_and(|version| version == "1") {
        return Err(Failure::not_simulated("a pipeline of the v1 dialect"));
    }
    let document = yaml::read(&pipeline_yaml).map_err(|problem| invalid_yaml(&problem))?;
    let entity = pipeline_of(&pipeline_yaml, &document, &call.scope)?;
    if let Some(identifier) = text("identifier") {
        check_identifier(&entity, &identifier)?;
    }
    let ask = GitAsk::read(|name| {
        body.pointer(&format!("/git_details/{}", git_name(name)))
            .map(scalar_text)
    });
    Ok((entity, ask))
}

/// The name of a git parameter in `git_details`. Source: harness-api §1.3 for those of the answer; in bodies [weak].
fn git_name(classic: &str) -> &str {
    match classic {
        "storeType" => "store_type",
        "connectorRef" => "connector_ref",
        "repoName" => "repo_name",
        "branch" => "branch_name",
        "filePath" => "file_path",
        "baseBranch" => "base_branch",
        "lastObjectId" => "last_object_id",
        other => other,
    }
}

/// Source: harness-api §0.2 [OAS: 201], §1.3.
fn create(world: &mut World, call: &Call<'_>) -> Outcome {
    let (entity, ask) = written(call)?;
    let id = entity.identifier.clone();
    let saved = save::create(world, entity, &ask, call.now)?;
    Ok(Reply::Created(saved_view(&id, saved)?))
}

fn update(world: &mut World, call: &Call<'_>) -> Outcome {
    let (entity, ask) = written(call)?;
    check_identifier(&entity, call.capture(2))?;
    let id = entity.identifier.clone();
    let saved = save::update(world, entity, &ask, call.request.header("if-match"), call.now)?;
    Ok(Reply::Bare(saved_view(&id, saved)?))
}

/// Source: harness-api §1.3 [CORE PipelinesApiImpl]: a denied save is an error here; its status is [weak].
fn saved_view(id: &str, saved: Saved) -> Result<Value, Failure> {
    match saved {
        Saved::Stored => Ok(json!({ "identifier": id })),
        Saved::Denied => Err(Failure::new(
            400,
            "POLICY_EVALUATION_FAILURE",
            "Policy Evaluation Failure",
        )),
    }
}

/// Source: harness-api §0.2 [OAS: 204].
fn delete(world: &mut World, call: &Call<'_>) -> Outcome {
    save::delete(world, &call.scope, call.capture(2), call.request.header("if-match"))?;
    Ok(Reply::Empty)
}

/// Source: harness-api §1.3 names the call; [CORE PipelinesApiImpl]: it starts a validation and answers with its id,
/// whose result is read elsewhere, in a form that no fact tells.
fn validate(world: &mut World, call: &Call<'_>) -> Outcome {
    read(world, call, call.capture(2), call.parameter("branch_name"))?;
    Ok(Reply::Bare(json!({ "uuid": world.random.id() })))
}
