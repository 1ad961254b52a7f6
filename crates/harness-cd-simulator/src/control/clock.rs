//! The clock: what it shows, and how it goes.

use serde_json::json;

use crate::api::triggers::schedule::are_too_many_due;
use crate::simulator::{Simulator, go_on};
use crate::state::clock::ClockChange;
use crate::tables::invented::MOST_OCCURRENCES;
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
    // What was due before is no part of the jump.
    go_on(&mut simulator.world, simulator.clock.now(wall_ms));
    let mut clock = simulator.clock.clone();
    clock.change(change, wall_ms);
    // A clock that runs away can still be stopped.
    if change.advance_ms > Some(0) && are_too_many_due(&simulator.world, clock.now(wall_ms)) {
        return Err(Failure::invalid(format!(
            "the jump would start more than {MOST_OCCURRENCES} scheduled runs at once; advance in smaller steps"
        )));
    }
    simulator.clock = clock;
    simulator.world.pace = change.pace.unwrap_or(simulator.world.pace);
    read(simulator, request, wall_ms)
}
