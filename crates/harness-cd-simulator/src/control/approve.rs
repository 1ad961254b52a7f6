//! Approving whatever waits in a run, as if everybody had agreed in Harness's own page.

use serde::Deserialize;
use serde_json::json;

use crate::api::approvals::people::approve_all;
use crate::simulator::Simulator;
use crate::wire::body::read_json;
use crate::wire::message::Request;
use crate::wire::respond::{Failure, Outcome, Reply};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ApproveAll {
    execution_id: String,
}

pub(super) fn approve(simulator: &mut Simulator, request: &Request, wall_ms: i64) -> Outcome {
    let asked: ApproveAll = read_json(&request.body)?;
    let now = simulator.clock.now(wall_ms);
    let run = simulator.world.runs.by_execution(&asked.execution_id);
    let number = run
        .map(|run| run.number)
        .ok_or_else(|| Failure::invalid("there is no such execution"))?;
    let approved = approve_all(&mut simulator.world, number, now);
    Ok(Reply::Bare(json!({ "approved": approved })))
}
