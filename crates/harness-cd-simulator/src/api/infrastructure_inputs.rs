//! What infrastructure definitions leave open for a run. Only Harness's own page is known to call this.

use serde_json::{Value, json};

use super::entities::{READ, asked, open_inputs, template_reply};
use super::entity_bodies;
use super::route::{Call, Route};
use crate::state::entity::{Entity, Kind};
use crate::tables::reading::texts;
use crate::tables::yaml;
use crate::wire::body::read_value;
use crate::wire::respond::{Failure, Outcome, Reply, without_nulls};
use crate::world::World;

pub(crate) const ROUTES: &[Route] = &[
    Route::new("GET", "ng/api/infrastructures/runtimeInputs", READ, runtime_inputs).hidden(),
    Route::new(
        "POST",
        "ng/api/infrastructures/infrastructureYamlMetadata",
        READ,
        metadata,
    )
    .hidden(),
    Route::new(
        "POST",
        "ng/api/infrastructures/v2/infrastructure-yaml-metadata",
        READ,
        metadata,
    )
    .hidden(),
];

/// Source: run-inputs §3 [CORE InfrastructureEntityServiceImpl]: those that ask nothing are left out.
fn runtime_inputs(world: &mut World, call: &Call<'_>) -> Outcome {
    let environment = call.required("environmentIdentifier", &world.modes)?;
    let wanted: Vec<&str> = call.request.parameters_named("infraIdentifiers").collect();
    let all = call.parameter("deployToAll") == Some("true");
    let chosen = of_environment(world, call, environment)
        .filter(|infrastructure| all || wanted.contains(&infrastructure.identifier.as_str()));
    let items: Vec<Value> = chosen
        .filter_map(|infrastructure| {
            let inputs = open_inputs(infrastructure)?;
            Some(json!({ "identifier": infrastructure.identifier, "inputs": inputs }))
        })
        .collect();
    let template = (!items.is_empty()).then(|| yaml::write(&json!({ "infrastructureDefinitions": items })));
    Ok(template_reply(template))
}

fn of_environment<'a>(world: &'a World, call: &'a Call<'_>, environment: &'a str) -> impl Iterator<Item = &'a Entity> {
    let all = world.store.all(Kind::Infrastructure, &call.scope);
    all.filter(move |infrastructure| infrastructure.parent == environment)
}

/// Source: run-inputs §3 [CORE InfrastructureResource; UI]. The newer call takes the same list; how it names its
/// branches is not known here.
fn metadata(world: &mut World, call: &Call<'_>) -> Outcome {
    let environment = call.required("environmentIdentifier", &world.modes)?;
    let body = read_value(&call.request.body)?;
    let wanted = entity_bodies::refs_with_git(&body, "entityWithGitInfoList");
    let wanted = match (wanted, body.get("infrastructureIdentifiers")) {
        (Some(wanted), _) => wanted,
        (None, Some(_)) => texts(&body, "/infrastructureIdentifiers"),
        (None, None) => return Err(Failure::must_not_be_null("infrastructureIdentifiers")),
    };
    let items: Vec<Value> = of_environment(world, call, environment)
        .filter(|infrastructure| wanted.contains(&infrastructure.identifier))
        .map(|infrastructure| {
            without_nulls(json!({
                "infrastructureIdentifier": infrastructure.identifier, "infrastructureYaml": infrastructure.yaml,
                "inputSetTemplateYaml": asked(infrastructure, "infrastructureInputs"),
            }))
        })
        .collect();
    Ok(Reply::Enveloped(json!({ "infrastructureYamlMetadataList": items })))
}
