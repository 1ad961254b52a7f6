//! The requests that came in.

use serde_json::json;

use super::done;
use crate::simulator::Simulator;
use crate::wire::message::Request;
use crate::wire::respond::{Outcome, Reply};

pub(super) fn read(simulator: &mut Simulator, _: &Request, _: i64) -> Outcome {
    Ok(Reply::Bare(json!(simulator.log)))
}

pub(super) fn clear(simulator: &mut Simulator, _: &Request, _: i64) -> Outcome {
    simulator.log.clear();
    done()
}
