//! Groups of environments, and the GitOps clusters of an environment.

use serde_json::{Value, json};

use super::entities::{self, Family, READ};
use super::environments::Environments;
use super::route::{Call, Route};
use crate::state::entity::{Entity, Kind};
use crate::state::modes::Modes;
use crate::tables::reading::texts;
use crate::wire::body::read_value;
use crate::wire::respond::{Failure, Outcome, Paging, without_nulls};
use crate::world::World;

pub(crate) const ROUTES: &[Route] = &[
    Route::new("POST", "ng/api/environmentGroup/list", READ, list).hidden(),
    Route::new("GET", "ng/api/environmentGroup/{}", READ, entities::get::<Groups>).hidden(),
    Route::new("GET", "ng/api/gitops/clusters", READ, entities::list::<Clusters>).hidden(),
];

/// Source: run-inputs §3 [CORE EnvironmentGroupResource; UI].
pub(crate) struct Groups;

impl Family for Groups {
    const KIND: Kind = Kind::EnvironmentGroup;
    const PAGING: Paging = Paging::spring(25);
    const NEEDED: &'static [&'static str] = &["identifier"];

    fn view(world: &World, entity: &Entity) -> Value {
        let mut view = entities::wrapped("envGroup", entity, &["envIdentifiers"]);
        let members = texts(&entity.body, "/envIdentifiers");
        let members = members
            .iter()
            .filter_map(|name| world.store.follow(Kind::Environment, &entity.scope, "", name));
        let members: Vec<Value> = members
            .map(|environment| Environments::view(world, environment))
            .collect();
        if let Some(inner) = view.get_mut("envGroup").and_then(Value::as_object_mut) {
            inner.insert("envResponse".to_owned(), json!(members));
        }
        view
    }
}

/// Source: run-inputs §3 [CORE, UI]: a list by POST, with the kind of filter in the body.
fn list(world: &mut World, call: &Call<'_>) -> Outcome {
    let filter = read_value(&call.request.body)?;
    let kind = filter.get("filterType").and_then(Value::as_str);
    match (filter.is_null(), kind) {
        (true, _) | (false, Some("EnvironmentGroup")) => entities::list::<Groups>(world, call),
        _ => Err(Failure::invalid("filterType: must be EnvironmentGroup")),
    }
}

/// Source: run-inputs §3 [UI].
pub(crate) struct Clusters;

impl Family for Clusters {
    const KIND: Kind = Kind::Cluster;
    const NEEDED: &'static [&'static str] = &["identifier"];

    fn view(_: &World, entity: &Entity) -> Value {
        let mut fields = entity.scope.fields("accountIdentifier");
        let own = ["agentIdentifier", "name", "scope", "tags"];
        fields.extend(own.map(|key| (key.to_owned(), entity.body.get(key).cloned().unwrap_or_default())));
        fields.insert("clusterRef".to_owned(), json!(entity.identifier));
        fields.insert("envRef".to_owned(), json!(entity.parent));
        without_nulls(Value::Object(fields))
    }

    fn parent<'a>(call: &Call<'a>, modes: &Modes) -> Result<&'a str, Failure> {
        call.required("environmentIdentifier", modes)
    }
}
