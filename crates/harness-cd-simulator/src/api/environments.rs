//! Environments.

use serde_json::{Value, json};

use super::entities::{self, Family, READ, WRITE};
use super::route::{Call, Route};
use crate::state::entity::{Entity, Kind};
use crate::wire::body::read_value;
use crate::wire::respond::{Failure, Outcome};
use crate::world::World;

pub(crate) const ROUTES: &[Route] = &[
    Route::new("GET", "ng/api/environmentsV2", READ, entities::list::<Environments>),
    Route::new("POST", "ng/api/environmentsV2", WRITE, entities::create::<Environments>),
    Route::new("PUT", "ng/api/environmentsV2", WRITE, entities::update::<Environments>),
    Route::new(
        "PUT",
        "ng/api/environmentsV2/upsert",
        WRITE,
        entities::upsert::<Environments>,
    ),
    Route::new("GET", "ng/api/environmentsV2/{}", READ, entities::get::<Environments>),
    Route::new(
        "DELETE",
        "ng/api/environmentsV2/{}",
        WRITE,
        entities::delete::<Environments>,
    ),
    Route::new(
        "GET",
        "ng/api/environmentsV2/list/access",
        READ,
        entities::list_access::<Environments>,
    )
    .hidden(),
    Route::new(
        "POST",
        "ng/api/environmentsV2/listV2/access",
        READ,
        list_access_filtered,
    )
    .hidden(),
];

/// Source: harness-api §4.1 [SDK, MCP].
pub(crate) struct Environments;

impl Family for Environments {
    const KIND: Kind = Kind::Environment;
    const NEEDED: &'static [&'static str] = &["identifier", "type"];

    fn view(_: &World, entity: &Entity) -> Value {
        let mut view = entities::wrapped("environment", entity, &["type", "color"]);
        if let Some(inner) = view.get_mut("environment").and_then(Value::as_object_mut) {
            inner.insert("deleted".to_owned(), json!(false));
        }
        view
    }

    /// Source: harness-api §4.1 [MCP, SDK]: one of two types; the sentence is restated.
    fn check(fields: &Value) -> Result<(), Failure> {
        match fields.get("type").and_then(Value::as_str) {
            Some("Production" | "PreProduction") => Ok(()),
            _ => Err(Failure::invalid("type: must be one of [Production, PreProduction]")),
        }
    }

    fn passes(entity: &Entity, call: &Call<'_>) -> bool {
        call.parameter("envType")
            .is_none_or(|wanted| entity.text("type") == wanted)
    }
}

/// Source: run-inputs §3 [CORE EnvironmentResourceV2]: as `list/access`; the fields of its filter are not known here.
fn list_access_filtered(world: &mut World, call: &Call<'_>) -> Outcome {
    match read_value(&call.request.body)?
        .as_object()
        .is_some_and(|filter| filter.keys().any(|key| key != "filterType"))
    {
        true => Err(Failure::not_simulated("a filter of environments in the body")),
        false => entities::list_access::<Environments>(world, call),
    }
}
