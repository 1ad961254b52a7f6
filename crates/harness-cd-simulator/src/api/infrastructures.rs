//! Infrastructure definitions, which belong to an environment.

use serde_json::Value;

use super::entities::{self, Family, READ, WRITE};
use super::route::{Call, Route};
use crate::state::entity::{Entity, Kind};
use crate::state::modes::Modes;
use crate::tables::reading::texts;
use crate::wire::respond::{Failure, Outcome};
use crate::world::World;

pub(crate) const ROUTES: &[Route] = &[
    Route::new("GET", "ng/api/infrastructures", READ, entities::list::<Infrastructures>),
    Route::new(
        "POST",
        "ng/api/infrastructures",
        WRITE,
        entities::create::<Infrastructures>,
    ),
    Route::new(
        "PUT",
        "ng/api/infrastructures",
        WRITE,
        entities::update::<Infrastructures>,
    ),
    Route::new(
        "GET",
        "ng/api/infrastructures/{}",
        READ,
        entities::get::<Infrastructures>,
    ),
    Route::new(
        "DELETE",
        "ng/api/infrastructures/{}",
        WRITE,
        entities::delete::<Infrastructures>,
    ),
    Route::new("GET", "ng/api/infrastructures/list-access", READ, list_access).hidden(),
];

/// Source: harness-api §4.1 [SDK, MCP, TF].
pub(crate) struct Infrastructures;

impl Family for Infrastructures {
    const KIND: Kind = Kind::Infrastructure;
    const NEEDED: &'static [&'static str] = &["identifier", "environmentRef"];

    fn view(_: &World, entity: &Entity) -> Value {
        entities::wrapped("infrastructure", entity, &["environmentRef", "type", "deploymentType"])
    }

    /// Source: harness-api §4.1 [SDK]: infrastructure definitions are named together with their environment.
    fn parent<'a>(call: &Call<'a>, modes: &Modes) -> Result<&'a str, Failure> {
        call.required("environmentIdentifier", modes)
    }

    /// Source: harness-api §4.1 [MCP]: the server makes up no YAML.
    fn check(fields: &Value) -> Result<(), Failure> {
        match fields.get("yaml").and_then(Value::as_str) {
            None | Some("") => Err(Failure::new(400, "FAILURE", "yaml: must not be empty")),
            Some(_) => Ok(()),
        }
    }

    /// Source: harness-api §4.1 (`deploymentType`), run-inputs §3 [CORE] (`serviceRefs`): what is scoped to services
    /// must be scoped to all of those [weak].
    fn passes(entity: &Entity, call: &Call<'_>) -> bool {
        let of_type = call
            .parameter("deploymentType")
            .is_none_or(|wanted| entity.text("deploymentType") == wanted);
        let scoped = texts(&entity.body, "/scopedServices");
        let mut services = call.request.parameters_named("serviceRefs");
        of_type && (scoped.is_empty() || services.all(|service| scoped.iter().any(|own| own == service)))
    }
}

/// Source: run-inputs §3 [CORE]: a page, unlike the other lists of what the caller may run.
fn list_access(world: &mut World, call: &Call<'_>) -> Outcome {
    entities::page::<Infrastructures>(world, call, entities::runnable::<Infrastructures>(world, call)?)
}
