//! Faults: armed, and cleared again.

use super::done;
use crate::simulator::Simulator;
use crate::wire::body::read_json;
use crate::wire::message::Request;
use crate::wire::respond::{Failure, Outcome};

pub(super) fn arm(simulator: &mut Simulator, request: &Request, _: i64) -> Outcome {
    simulator
        .faults
        .arm(read_json(&request.body)?)
        .map_err(Failure::invalid)?;
    done()
}

pub(super) fn clear(simulator: &mut Simulator, _: &Request, _: i64) -> Outcome {
    simulator.faults.clear();
    done()
}
