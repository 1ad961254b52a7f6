//! Services.

use serde_json::{Value, json};

use super::entities::{self, Family, READ, WRITE};
use super::route::{Call, Route};
use crate::state::entity::{Entity, Kind};
use crate::state::usages::Usages;
use crate::tables::yaml::scalar_text;
use crate::wire::respond::{Failure, Outcome};
use crate::world::World;

pub(crate) const ROUTES: &[Route] = &[
    Route::new("GET", "ng/api/servicesV2", READ, entities::list::<Services>),
    Route::new("POST", "ng/api/servicesV2", WRITE, entities::create::<Services>),
    Route::new("PUT", "ng/api/servicesV2", WRITE, entities::update::<Services>),
    Route::new("PUT", "ng/api/servicesV2/upsert", WRITE, entities::upsert::<Services>),
    Route::new("GET", "ng/api/servicesV2/{}", READ, entities::get::<Services>),
    Route::new("DELETE", "ng/api/servicesV2/{}", WRITE, delete),
    Route::new(
        "GET",
        "ng/api/servicesV2/list/access",
        READ,
        entities::list_access::<Services>,
    )
    .hidden(),
];

/// Source: harness-api §4.1 [SDK].
pub(crate) struct Services;

impl Family for Services {
    const KIND: Kind = Kind::Service;
    const NEEDED: &'static [&'static str] = &["identifier"];
    const WIDENED_BY: &'static str = "includeAllServicesAccessibleAtScope";

    fn view(_: &World, entity: &Entity) -> Value {
        let mut view = entities::wrapped("service", entity, &["gitOpsEnabled"]);
        if let Some(inner) = view.get_mut("service").and_then(Value::as_object_mut) {
            inner.insert("deleted".to_owned(), json!(false));
        }
        view
    }

    /// Source: run-inputs §2 [CORE, OAS]: `type`, `gitOpsEnabled`, `storeType`.
    fn passes(entity: &Entity, call: &Call<'_>) -> bool {
        let is = |parameter: &str, value: &str| call.parameter(parameter).is_none_or(|wanted| wanted == value);
        let kind = entity
            .body
            .pointer("/serviceDefinition/type")
            .map(scalar_text)
            .unwrap_or_default();
        let git_ops = entity.body.get("gitOpsEnabled") == Some(&json!(true));
        is("type", &kind) && is("gitOpsEnabled", &git_ops.to_string()) && is("storeType", "INLINE")
    }
}

/// Source: harness-api §4.1 (`forceDelete`), §0.5 (`ENTITY_REFERENCE_EXCEPTION`) [OAS]; that a service in use is kept
/// is [CORE, weak].
fn delete(world: &mut World, call: &Call<'_>) -> Outcome {
    let service = call.capture(0);
    let usages = Usages::of(&world.store);
    let used = usages.of_service(&call.scope, service).next().is_some();
    if used && call.parameter("forceDelete") != Some("true") {
        let message = format!("Could not delete the service {service}, other entities refer to it");
        return Err(Failure::new(400, "ENTITY_REFERENCE_EXCEPTION", message));
    }
    entities::delete::<Services>(world, call)
}
