//! Modes: which of the possible answers Harness gives.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::launch::freeze;
use crate::simulator::{Simulator, go_on};
use crate::state::modes::Modes;
use crate::wire::body::read_json;
use crate::wire::message::Request;
use crate::wire::respond::{Failure, Outcome, Reply};

pub(super) fn read(simulator: &mut Simulator, _: &Request, _: i64) -> Outcome {
    Ok(Reply::Bare(json!(simulator.world.modes)))
}

pub(super) fn change(simulator: &mut Simulator, request: &Request, wall_ms: i64) -> Outcome {
    let now = simulator.clock.now(wall_ms);
    let world = &mut simulator.world;
    let modes = merged(&world.modes, &request.body)?;
    let freezes = modes.freeze != world.modes.freeze;
    // What was due before went by the modes of before.
    go_on(world, now);
    world.modes = modes;
    if freezes {
        freeze::changed(world, now);
    }
    read(simulator, request, wall_ms)
}

fn merged(modes: &Modes, body: &[u8]) -> Result<Modes, Failure> {
    let mut fields = json!(modes);
    let change: BTreeMap<String, Value> = read_json(body)?;
    if let Value::Object(fields) = &mut fields {
        fields.extend(change);
    }
    let merged: Modes = serde_json::from_value(fields).map_err(|error| Failure::invalid(error.to_string()))?;
    merged.settings.check().map_err(Failure::invalid)?;
    Ok(merged)
}
