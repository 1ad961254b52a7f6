//! The list of pipelines and its filters.

use serde_json::{Value, json};

use super::executions::{executions_of, recent_info, summary_info};
use crate::api::entities::sort;
use crate::api::filter_body::{list_of_objects, list_of_texts, object, text};
use crate::api::route::Call;
use crate::api::setup_usage::fixed_service_refs;
use crate::documents::templates::expanded;
use crate::inputs::stages::{self, modules};
use crate::state::entity::{Entity, Kind};
use crate::state::scope::Scope;
use crate::tables::yaml::scalar_text;
use crate::view::pipeline::{git_details, stage_names, store_fields};
use crate::wire::body::read_value;
use crate::wire::respond::{Failure, Outcome, Page, Paging, Reply, spring_page, with};
use crate::world::World;

/// Which pipelines are wanted; empty lists want them all.
#[derive(Debug, Default)]
pub(crate) struct Filter {
    pub(crate) identifiers: Vec<String>,
    pub(crate) name: Option<String>,
    pub(crate) description: Option<String>,
    pub(crate) tags: Vec<(String, String)>,
    pub(crate) services: Vec<String>,
    pub(crate) environments: Vec<String>,
    pub(crate) deployment_types: Vec<String>,
    pub(crate) infrastructure_types: Vec<String>,
    pub(crate) repo: Option<String>,
    pub(crate) module: Option<String>,
    pub(crate) search_term: Option<String>,
}

impl Filter {
    /// Source: harness-api §1.2 [SDK model_pipeline_filter_properties], run-inputs §12 [CORE].
    fn of_body(body: &Value) -> Result<Self, Failure> {
        let cd = object(object(body, "moduleProperties")?, "cd")?;
        let own = |key: &str| Ok::<_, Failure>(text(body, key)?.filter(|text| !text.is_empty()).map(str::to_owned));
        let tag_text = |tag: &Value, key: &str| Ok::<_, Failure>(text(tag, key)?.unwrap_or_default().to_owned());
        let tag = |tag: &Value| Ok::<_, Failure>((tag_text(tag, "key")?, tag_text(tag, "value")?));
        let tags = list_of_objects(body, "pipelineTags")?;
        Ok(Self {
            identifiers: list_of_texts(body, "pipelineIdentifiers")?,
            name: own("name")?,
            description: own("description")?,
            tags: tags.into_iter().map(tag).collect::<Result<_, _>>()?,
            services: list_of_texts(cd, "serviceNames")?,
            environments: list_of_texts(cd, "environmentNames")?,
            deployment_types: list_of_texts(cd, "deploymentTypes")?,
            infrastructure_types: list_of_texts(cd, "infrastructureTypes")?,
            repo: own("repoName")?,
            module: None,
            search_term: None,
        })
    }

    fn wants(&self, world: &World, entity: &Entity) -> bool {
        let listed =
            |wanted: &[String], own: &[String]| wanted.is_empty() || wanted.iter().any(|wanted| own.contains(wanted));
        let part = |wanted: Option<&String>, own: &str| {
            wanted.is_none_or(|wanted| own.to_lowercase().contains(&wanted.to_lowercase()))
        };
        let cd = CdProperties::of(world, entity);
        let own_modules = modules(&cd.body);
        let in_module = |module: &String| own_modules == ["pms"] || own_modules.contains(&module.as_str());
        let repo = entity.git.as_ref().map(|place| &place.repo);
        listed(&self.identifiers, std::slice::from_ref(&entity.identifier))
            && part(self.name.as_ref(), &entity.name())
            && part(self.description.as_ref(), &entity.text("description"))
            && (self.tags.is_empty() || self.tags.iter().any(|tag| has_tag(entity, tag)))
            && listed(&self.services, &cd.services)
            && listed(&self.environments, &cd.environments)
            && listed(&self.deployment_types, &cd.deployment_types)
            && listed(&self.infrastructure_types, &cd.infrastructure_types)
            && self.repo.as_ref().is_none_or(|wanted| repo == Some(wanted))
            // Source: harness-api §12.33 [CORE] for executions; for pipelines by inference.
            && self.module.as_ref().is_none_or(in_module)
            && entity.matches(self.search_term.as_deref())
    }
}

/// A tag with a value, or a word that is a key or a value of one.
fn has_tag(entity: &Entity, (key, value): &(String, String)) -> bool {
    let tags = entity.body.get("tags").and_then(Value::as_object);
    tags.is_some_and(|tags| match value.is_empty() {
        true => tags.iter().any(|(own, text)| own == key || scalar_text(text) == *key),
        false => tags.get(key).is_some_and(|own| scalar_text(own) == *value),
    })
}

/// What a pipeline's stages tell the filters, templates written out.
struct CdProperties {
    body: Value,
    services: Vec<String>,
    environments: Vec<String>,
    deployment_types: Vec<String>,
    infrastructure_types: Vec<String>,
}

impl CdProperties {
    /// Source: run-inputs §12 [CORE DeploymentStageFilterJsonCreatorV2]: fixed references of services that exist, as
    /// they are written; environments and infrastructure types only from the old `infrastructure` form.
    fn of(world: &World, entity: &Entity) -> Self {
        let body = expanded(&world.store, &entity.scope, &entity.body).unwrap_or_else(|_| (*entity.body).clone());
        let of_stages = |pointer: &str| {
            let specs = stages::all(&body).into_iter().filter_map(|stage| stage.get("spec"));
            specs
                .filter_map(|spec| spec.pointer(pointer))
                .map(scalar_text)
                .filter(|text| !text.starts_with("<+"))
                .collect::<Vec<_>>()
        };
        let exists = |reference: &String| {
            world
                .store
                .follow(Kind::Service, &entity.scope, "", reference)
                .is_some()
        };
        Self {
            services: fixed_service_refs(&body).into_iter().filter(exists).collect(),
            environments: of_stages("/infrastructure/environmentRef"),
            deployment_types: of_stages("/deploymentType"),
            infrastructure_types: of_stages("/infrastructure/infrastructureDefinition/type"),
            body,
        }
    }

    /// Source: harness-api §1.2 [SDK]: `filters{cd:{serviceNames,…}}`.
    fn filters(&self) -> Value {
        match modules(&self.body).contains(&"cd") {
            false => json!({}),
            true => json!({ "cd": {
                "serviceNames": self.services, "environmentNames": self.environments,
                "deploymentTypes": self.deployment_types, "infrastructureTypes": self.infrastructure_types,
            } }),
        }
    }
}

/// The pipelines of a project that are wanted; the one that changed last comes first where no order is named.
/// Source: harness-api §1 [CORE PipelineResourceImpl]: the default order.
pub(crate) fn wanted<'a>(world: &'a World, scope: &'a Scope, filter: &Filter, order: Option<&str>) -> Vec<&'a Entity> {
    let all = world.store.all(Kind::Pipeline, scope);
    let mut wanted: Vec<&Entity> = all.filter(|entity| filter.wants(world, entity)).collect();
    sort(&mut wanted, Some(order.unwrap_or("lastUpdatedAt,DESC")));
    wanted
}

/// Source: harness-api §1, §12.36 [OAS: 25 a page].
pub(crate) fn list(world: &mut World, call: &Call<'_>) -> Outcome {
    let page = Page::read(call.request, Paging::PIPELINES)?;
    let mut filter = filter_of(call)?;
    filter.module = call.parameter("module").map(str::to_owned);
    filter.search_term = call.parameter("searchTerm").map(str::to_owned);
    let entities = wanted(world, &call.scope, &filter, call.parameter("sort"));
    let total = entities.len();
    let content = page
        .cut(entities)
        .into_iter()
        .map(|entity| item(world, entity, call.now))
        .collect();
    Ok(Reply::Enveloped(spring_page(content, page, total)))
}

/// Source: harness-api §12.14, §12.33 [CORE]: a saved filter and a body exclude each other, no body is the default
/// filter, a body without `filterType` is refused. Told of executions; pipelines share the type, so by inference.
fn filter_of(call: &Call<'_>) -> Result<Filter, Failure> {
    let body = read_value(&call.request.body)?;
    if call.parameter("filterIdentifier").is_some() {
        return Err(match body {
            Value::Null => Failure::not_simulated("a saved filter of pipelines"),
            _ => Failure::invalid("Can not apply both filter properties and saved filter together"),
        });
    }
    match body.get("filterType").and_then(Value::as_str) {
        None if body.is_null() => Ok(Filter::default()),
        Some("PipelineSetup") => Filter::of_body(&body),
        _ => Err(Failure::invalid(
            "Unable to process JSON: filterType is not PipelineSetup",
        )),
    }
}

/// Source: harness-api §1.2 [SDK model_pms_pipeline_summary_response].
pub(crate) fn item(world: &World, entity: &Entity, now: i64) -> Value {
    let cd = CdProperties::of(world, entity);
    let executions = executions_of(world, &entity.scope, &entity.identifier, now);
    let place = entity.git.as_ref();
    let git = place
        .map(|place| git_details(place, Some(&place.branch), None))
        .unwrap_or_default();
    let names = stage_names(&cd.body);
    let item = json!({
        "name": entity.name(), "identifier": entity.identifier, "description": entity.text("description"),
        "tags": entity.tags(), "version": entity.version, "numOfStages": names.len(),
        "createdAt": entity.created_at, "lastUpdatedAt": entity.updated_at, "modules": modules(&cd.body),
        "stageNames": names, "executionSummaryInfo": summary_info(&executions, now),
        "recentExecutionsInfo": recent_info(&executions), "filters": cd.filters(),
    });
    with(item, store_fields(entity, git))
}
