//! What really happened: for tests that hold a client's belief against it.

use serde_json::{Value, json};

use crate::simulator::Simulator;
use crate::state::entity::{Entity, Kind};
use crate::wire::message::{Request, fingerprint};
use crate::wire::respond::{Outcome, Reply};
use crate::world::World;

/// `calls` and `keys` name keys by their fingerprints alone.
pub(super) fn read(simulator: &mut Simulator, _: &Request, wall_ms: i64) -> Outcome {
    let world = &simulator.world;
    Ok(Reply::Bare(json!({
        "nowMs": simulator.clock.now(wall_ms),
        "runs": world.truth.runs,
        "posts": world.truth.posts,
        "calls": simulator.traffic.calls(),
        "keys": keys(world),
        "notSimulated": simulator.traffic.not_simulated(),
        "unknownPaths": simulator.traffic.unknown_paths(),
        "entities": Kind::ALL.into_iter().flat_map(|kind| world.store.everywhere(kind)).map(entity).collect::<Value>(),
    })))
}

/// Whose key a fingerprint is.
fn keys(world: &World) -> Value {
    let accounts = world.accounts.0.iter();
    let keys = accounts.flat_map(|(id, account)| account.keys.iter().map(move |(key, owner)| (id, key, owner)));
    keys.map(|(account, key, owner)| json!({ "key": fingerprint(key), "account": account, "owner": owner }))
        .collect()
}

/// An entity without what follows from its YAML, and without the secret of its webhook.
fn entity(entity: &Entity) -> Value {
    json!({
        "kind": entity.kind, "scope": entity.scope, "parent": entity.parent, "identifier": entity.identifier,
        "version": entity.version, "createdAt": entity.created_at, "updatedAt": entity.updated_at,
        "git": entity.git, "yaml": entity.yaml,
    })
}
