//! What environments, and the overrides of services in them, leave open for a run. Only Harness's own page is known to
//! call this.

use serde_json::{Value, json};

use super::entities::{READ, asked, template_reply};
use super::entity_bodies;
use super::route::{Call, Route};
use super::service_inputs;
use crate::state::entity::{Entity, Kind};
use crate::state::store;
use crate::tables::reading::texts;
use crate::wire::body::read_value;
use crate::wire::respond::{Failure, Outcome, Reply, without_nulls};
use crate::world::World;

pub(crate) const ROUTES: &[Route] = &[
    Route::new("GET", "ng/api/environmentsV2/runtimeInputs", READ, runtime_inputs).hidden(),
    Route::new(
        "GET",
        "ng/api/environmentsV2/serviceOverrides/runtimeInputs",
        READ,
        override_inputs,
    )
    .hidden(),
    Route::new(
        "POST",
        "ng/api/environmentsV2/environmentInputYamlAndServiceOverridesMetadata",
        READ,
        metadata,
    )
    .hidden(),
    Route::new(
        "POST",
        "ng/api/environmentsV2/v2/env-service-override-metadata",
        READ,
        metadata,
    )
    .hidden(),
];

const ENVIRONMENT_INPUTS: &str = "environmentInputs";
const OVERRIDE_INPUTS: &str = "serviceOverrideInputs";

/// Source: run-inputs §3 [CORE].
fn runtime_inputs(world: &mut World, call: &Call<'_>) -> Outcome {
    let reference = call.required("environmentIdentifier", &world.modes)?;
    let environment = world.store.follow(Kind::Environment, &call.scope, "", reference);
    let missing = || store::missing(Kind::Environment, &call.scope, reference, &world.modes);
    Ok(template_reply(asked(
        environment.ok_or_else(missing)?,
        ENVIRONMENT_INPUTS,
    )))
}

/// Source: run-inputs §3 [CORE]: nothing is asked where nothing is overridden.
fn override_inputs(world: &mut World, call: &Call<'_>) -> Outcome {
    let environment = call.required("environmentIdentifier", &world.modes)?;
    let service = call.required("serviceIdentifier", &world.modes)?;
    Ok(template_reply(override_yaml(world, call, environment, service)))
}

fn override_yaml(world: &World, call: &Call<'_>, environment: &str, service: &str) -> Option<String> {
    // Overrides live where their environment lives [CORE].
    let (scope, _) = call.scope.follow(environment);
    asked(
        world.store.find(Kind::ServiceOverride, &scope, environment, service)?,
        OVERRIDE_INPUTS,
    )
}

/// Source: run-inputs §3 [CORE EnvironmentServiceImpl]: what is not there is left out; the services must be named.
fn metadata(world: &mut World, call: &Call<'_>) -> Outcome {
    let body = read_value(&call.request.body)?;
    if body.get("serviceIdentifiers").is_none() {
        return Err(Failure::must_not_be_null("serviceIdentifiers"));
    }
    let named = entity_bodies::refs_with_git(&body, "entityWithGitInfoList");
    let mut environments = named.unwrap_or_else(|| texts(&body, "/envIdentifiers"));
    if let Some(reference) = body.get("envGroupIdentifier").and_then(Value::as_str) {
        let group = world.store.follow(Kind::EnvironmentGroup, &call.scope, "", reference);
        environments.extend(
            group
                .map(|group| texts(&group.body, "/envIdentifiers"))
                .unwrap_or_default(),
        );
    }
    let services = texts(&body, "/serviceIdentifiers");
    let items: Result<Vec<Value>, Failure> = environments
        .iter()
        .filter_map(|reference| {
            Some((
                reference,
                world.store.follow(Kind::Environment, &call.scope, "", reference)?,
            ))
        })
        .map(|(reference, environment)| environment_item(world, call, reference, environment, &services))
        .collect();
    Ok(Reply::Enveloped(
        json!({ "environmentsInputYamlAndServiceOverrides": items? }),
    ))
}

fn environment_item(
    world: &World,
    call: &Call<'_>,
    reference: &str,
    environment: &Entity,
    services: &[String],
) -> Result<Value, Failure> {
    let overrides: Result<Vec<Value>, Failure> = services
        .iter()
        .filter_map(|name| Some((name, world.store.follow(Kind::Service, &call.scope, "", name)?)))
        .map(|(name, service)| override_item(world, call, reference, name, service))
        .collect();
    Ok(without_nulls(json!({
        "envRef": reference, "envYaml": environment.yaml, "servicesOverrides": overrides?,
        "envRuntimeInputYaml": asked(environment, ENVIRONMENT_INPUTS),
    })))
}

/// Source: run-inputs §3 [CORE EnvironmentServiceImpl]: `serviceOverridesYaml` holds what the override asks.
fn override_item(
    world: &World,
    call: &Call<'_>,
    environment: &str,
    name: &str,
    service: &Entity,
) -> Result<Value, Failure> {
    let asked_by_service = match service.yaml.is_empty() {
        true => None,
        false => service_inputs::template_yaml(service)?,
    };
    Ok(without_nulls(json!({
        "serviceRef": name, "serviceYaml": service.yaml, "serviceRuntimeInputYaml": asked_by_service,
        "serviceOverridesYaml": override_yaml(world, call, environment, name),
    })))
}
