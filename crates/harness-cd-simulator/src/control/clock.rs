//! The clock: what it shows, and how it goes.

use serde_json::json;

use crate::simulator::Simulator;
use crate::state::clock::ClockChange;
use crate::wire::body::read_json;
use crate::wire::message::Request;
use crate::wire::respond::{Failure, Outcome, Reply, with};

pub(super) fn read(simulator: &mut Simulator, _: &Request, wall_ms: i64) -> Outcome {
    let reading = json!(simulator.clock.read(wall_ms));
    Ok(Reply::Bare(with(reading, [("pace", json!(simulator.world.pace))])))
}

pub(super) fn change(simulator: &mut Simulator, request: &Request, wall_ms: i64) -> Outcome {
    let change: ClockChange = read_json(&request.body)?;
    change.check().map_err(Failure::invalid)?;
    simulator.clock.change(change, wall_ms);
    simulator.world.pace = change.pace.unwrap_or(simulator.world.pace);
    read(simulator, request, wall_ms)
}
