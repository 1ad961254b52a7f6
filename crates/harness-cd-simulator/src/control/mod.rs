//! The control plane below `/simulator/`: it needs no key, has no budget and is no part of Harness. A file per subject.

mod approve;
mod builds;
mod clock;
mod connectors;
mod dump;
mod faults;
mod git;
mod keys;
mod modes;
mod requests;
mod scenarios;
mod truth;

use serde_json::json;

use crate::simulator::Simulator;
use crate::wire::message::Request;
use crate::wire::respond::{Failure, Outcome, Reply};

/// A call of the control plane: the method, the name below `/simulator/`, and what answers it at a wall time.
type Call = (&'static str, &'static str, fn(&mut Simulator, &Request, i64) -> Outcome);

/// Every call. An API that can be prepared from outside adds a file and a line.
const CALLS: &[Call] = &[
    ("GET", "clock", clock::read),
    ("POST", "clock", clock::change),
    ("POST", "faults", faults::arm),
    ("DELETE", "faults", faults::clear),
    ("POST", "outcomes", scenarios::set_outcome),
    ("POST", "scenarios", scenarios::add),
    ("DELETE", "scenarios", scenarios::clear),
    ("POST", "approve", approve::approve),
    ("POST", "builds", builds::set),
    ("POST", "connectors", connectors::set),
    ("POST", "git", git::put),
    ("GET", "modes", modes::read),
    ("POST", "modes", modes::change),
    ("GET", "requests", requests::read),
    ("DELETE", "requests", requests::clear),
    ("GET", "truth", truth::read),
    ("GET", "dump", dump::dump),
    ("POST", "restore", dump::restore),
];

/// Answers a call of the control plane.
pub(crate) fn control(simulator: &mut Simulator, request: &Request, wall_ms: i64) -> Outcome {
    let name = request.path.strip_prefix("/simulator/").unwrap_or_default();
    let call = CALLS
        .iter()
        .find(|(method, own, _)| *method == request.method && *own == name);
    match call {
        // A dump goes back in as it came out.
        Some((_, "dump", handler)) => handler(simulator, request, wall_ms),
        Some((_, _, handler)) => {
            let reply = handler(simulator, request, wall_ms)?;
            Ok(keys::without(reply, &simulator.world.accounts))
        }
        None => Err(no_such_call(&request.method, name)),
    }
}

fn no_such_call(method: &str, name: &str) -> Failure {
    let methods: Vec<&str> = CALLS.iter().filter(|call| call.1 == name).map(|call| call.0).collect();
    match methods.is_empty() {
        true => Failure::new(404, "RESOURCE_NOT_FOUND", "no such part of the control plane"),
        false => Failure::new(
            405,
            "METHOD_NOT_ALLOWED",
            format!("/simulator/{name} takes {}, not {method}", methods.join(" and ")),
        ),
    }
}

/// The answer of what has nothing to say.
fn done() -> Outcome {
    Ok(Reply::Bare(json!({})))
}
