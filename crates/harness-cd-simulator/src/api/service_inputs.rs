//! What a service leaves open for a run. Only Harness's own page is known to call this.

use serde_json::{Map, Value, json};

use super::entities::{READ, template_reply};
use super::entity_bodies;
use super::route::{Call, Route};
use crate::inputs::merge::{Values, merge};
use crate::inputs::problem::Problem;
use crate::inputs::template;
use crate::state::entity::{Entity, Kind};
use crate::state::store;
use crate::tables::reading::texts;
use crate::tables::yaml;
use crate::wire::body::read_value;
use crate::wire::respond::{Failure, Outcome, Reply, without_nulls};
use crate::world::World;

pub(crate) const ROUTES: &[Route] = &[
    Route::new("GET", "ng/api/servicesV2/runtimeInputs/{}", READ, runtime_inputs).hidden(),
    Route::new(
        "GET",
        "ng/api/servicesV2/artifactSourceInputs/{}",
        READ,
        artifact_source_inputs,
    )
    .hidden(),
    Route::new("POST", "ng/api/servicesV2/mergeServiceInputs/{}", READ, merge_inputs).hidden(),
    Route::new("POST", "ng/api/servicesV2/servicesYamlMetadata", READ, metadata).hidden(),
    Route::new(
        "POST",
        "ng/api/servicesV2/v2/services-yaml-metadata",
        READ,
        metadata_with_git,
    )
    .hidden(),
];

/// Source: run-inputs §2 [CORE]: at most so many at once.
const MOST: usize = 1_000;

/// Source: run-inputs §2 [CORE]: no YAML is a 400, no service a 404.
fn runtime_inputs(world: &mut World, call: &Call<'_>) -> Outcome {
    let service = named(world, call)?;
    if service.yaml.is_empty() {
        let message = "Service is not configured with a Service definition. Service Yaml is empty";
        return Err(Failure::invalid(message));
    }
    Ok(template_reply(template_yaml(service)?))
}

fn named<'w>(world: &'w World, call: &Call<'_>) -> Result<&'w Entity, Failure> {
    let reference = call.capture(0);
    let found = world.store.follow(Kind::Service, &call.scope, "", reference);
    found.ok_or_else(|| store::missing(Kind::Service, &call.scope, reference, &world.modes))
}

/// The YAML rooted `serviceInputs`.
pub(crate) fn template_yaml(service: &Entity) -> Result<Option<String>, Failure> {
    Ok(service_inputs(service, None)?.map(|inputs| yaml::write(&inputs)))
}

/// What a service asks, given which of its artifact sources is chosen.
/// Source: run-inputs §2 [CORE]: the root, and what stands below it.
fn service_inputs(service: &Entity, chosen: Option<&str>) -> Result<Option<Value>, Failure> {
    let document = yaml::read(&service.yaml).map_err(Failure::invalid)?;
    let Some(definition) = document.pointer("/service/serviceDefinition") else {
        return Ok(None);
    };
    let mut asked = json!({ "serviceDefinition": definition });
    if let Some(primary) = asked
        .pointer_mut("/serviceDefinition/spec/artifacts/primary")
        .and_then(Value::as_object_mut)
    {
        narrow_sources(primary, &service.identifier, chosen)?;
    }
    Ok(template::prune(&asked).map(|inputs| json!({ "serviceInputs": inputs })))
}

/// Leaves of the sources only the one that is deployed.
/// Source: run-inputs §4 [CORE ServiceEntityServiceImpl]: an open reference leaves `sources` open as a whole, a fixed
/// one only that source, an expression none; a single source is taken whatever the reference says.
fn narrow_sources(primary: &mut Map<String, Value>, service: &str, chosen: Option<&str>) -> Result<(), Failure> {
    let reference = primary
        .get("primaryArtifactRef")
        .and_then(Value::as_str)
        .map(str::to_owned);
    let (Some(mut reference), Some(sources)) = (reference, primary.get("sources").and_then(Value::as_array)) else {
        return Ok(());
    };
    if reference.starts_with("<+input>") {
        match chosen.filter(|chosen| !chosen.starts_with("<+input>")) {
            Some(chosen) => chosen.clone_into(&mut reference),
            None => {
                primary.insert("sources".to_owned(), json!("<+input>"));
                return Ok(());
            }
        }
    }
    if reference.contains("<+") {
        primary.remove("sources");
        return Ok(());
    }
    let named = sources
        .iter()
        .find(|source| source.get("identifier").and_then(Value::as_str) == Some(&reference));
    let only = sources.first().filter(|_| sources.len() == 1);
    let source = named.or(only).cloned().ok_or_else(|| {
        Failure::invalid(format!(
            "Primary artifact ref value {reference} provided does not exist in sources in service {service}"
        ))
    })?;
    primary.insert("sources".to_owned(), json!([source]));
    Ok(())
}

/// Source: run-inputs §2 [CORE]: what each artifact source asks; nothing at all for a service without sources.
fn artifact_source_inputs(world: &mut World, call: &Call<'_>) -> Outcome {
    let service = named(world, call)?;
    let document = yaml::read(&service.yaml).map_err(Failure::invalid)?;
    let Some(sources) = document.pointer("/service/serviceDefinition/spec/artifacts/primary/sources") else {
        return Ok(Reply::Enveloped(json!({})));
    };
    let mut identifiers = Vec::new();
    let mut inputs = Map::new();
    for source in sources.as_array().into_iter().flatten() {
        let Some(identifier) = source.get("identifier").and_then(Value::as_str) else {
            continue;
        };
        identifiers.push(identifier);
        if let Some(asked) = template::prune(source) {
            inputs.insert(identifier.to_owned(), json!(yaml::write(&asked)));
        }
    }
    Ok(Reply::Enveloped(
        json!({ "sourceIdentifiers": identifiers, "sourceIdentifierToSourceInputMap": inputs }),
    ))
}

/// Source: run-inputs §2 [CORE]: the old answers, as far as the service still asks for them.
fn merge_inputs(world: &mut World, call: &Call<'_>) -> Outcome {
    let service = named(world, call)?;
    let old = std::str::from_utf8(&call.request.body).map_err(|error| Failure::invalid(error.to_string()))?;
    let old = yaml::read(old).map_err(|problem| Failure::new(400, "INVALID_YAML_ERROR", problem))?;
    let chosen = old.pointer("/serviceInputs/serviceDefinition/spec/artifacts/primary/primaryArtifactRef");
    let merged = match service.yaml.is_empty() {
        true => String::new(),
        false => match service_inputs(service, chosen.and_then(Value::as_str))? {
            None => String::new(),
            Some(asked) => yaml::write(&merge(&asked, &[&old], Values::Taken).map_err(refused)?),
        },
    };
    Ok(Reply::Enveloped(
        json!({ "mergedServiceInputsYaml": merged, "serviceYaml": service.yaml }),
    ))
}

/// Nothing is checked, so a list that names an element twice is all that can be wrong.
fn refused(problem: Problem) -> Failure {
    match problem {
        Problem::Invalid(message) => Failure::invalid(message),
        _ => Failure::not_simulated("old answers that cannot be merged"),
    }
}

fn metadata(world: &mut World, call: &Call<'_>) -> Outcome {
    let body = read_value(&call.request.body)?;
    if body.get("serviceIdentifiers").is_none() {
        return Err(Failure::must_not_be_null("serviceIdentifiers"));
    }
    metadata_of(world, call, &texts(&body, "/serviceIdentifiers"))
}

fn metadata_with_git(world: &mut World, call: &Call<'_>) -> Outcome {
    let references = entity_bodies::refs_with_git(&read_value(&call.request.body)?, "serviceWithGitInfoList");
    let references = references.ok_or_else(|| Failure::must_not_be_null("serviceWithGitInfoList"))?;
    metadata_of(world, call, &references)
}

/// Source: run-inputs §2 [CORE]: what is not there is left out; without a YAML both texts are empty.
fn metadata_of(world: &World, call: &Call<'_>, references: &[String]) -> Outcome {
    if references.len() > MOST {
        return Err(Failure::new(
            400,
            "FAILURE",
            format!("serviceIdentifiers: size must be between 0 and {MOST}"),
        ));
    }
    let found = references
        .iter()
        .filter_map(|name| world.store.follow(Kind::Service, &call.scope, "", name));
    let items: Result<Vec<Value>, Failure> = found.map(metadata_item).collect();
    Ok(Reply::Enveloped(json!({ "serviceV2YamlMetadataList": items? })))
}

fn metadata_item(service: &Entity) -> Result<Value, Failure> {
    let (template, store_type) = match service.yaml.is_empty() {
        true => (Some(String::new()), None),
        false => (template_yaml(service)?, Some("INLINE")),
    };
    Ok(without_nulls(json!({
        "serviceIdentifier": service.identifier, "orgIdentifier": service.scope.org,
        "projectIdentifier": service.scope.project, "serviceYaml": service.yaml, "inputSetTemplateYaml": template,
        "storeType": store_type,
    })))
}
