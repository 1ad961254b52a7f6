//! How runs go that start from now on.

use serde::Deserialize;

use super::done;
use crate::engine::scenario::{RunOutcome, Scenario};
use crate::engine::scenarios::Wish;
use crate::simulator::Simulator;
use crate::state::entity::Kind;
use crate::wire::body::read_json;
use crate::wire::message::Request;
use crate::wire::respond::{Failure, Outcome};

/// How the next run of a pipeline ends, in one word.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct OutcomeChange {
    pipeline: String,
    outcome: RunOutcome,
}

/// The last word about the next run counts.
pub(super) fn set_outcome(simulator: &mut Simulator, request: &Request, _: i64) -> Outcome {
    let change: OutcomeChange = read_json(&request.body)?;
    check_pipeline(simulator, &change.pipeline)?;
    let scenario = Scenario {
        outcome: change.outcome,
        ..Scenario::default()
    };
    simulator
        .world
        .scenarios
        .replace(Wish::next_run(change.pipeline, scenario));
    done()
}

pub(super) fn add(simulator: &mut Simulator, request: &Request, _: i64) -> Outcome {
    let wish: Wish = read_json(&request.body)?;
    check_pipeline(simulator, &wish.pipeline)?;
    wish.scenario.check().map_err(Failure::invalid)?;
    simulator.world.scenarios.add(wish);
    done()
}

/// A wish about a pipeline that is not there is a slip of the pen: no run would ever go by it.
fn check_pipeline(simulator: &Simulator, pipeline: &str) -> Result<(), Failure> {
    let mut pipelines = simulator.world.store.everywhere(Kind::Pipeline);
    match pipelines.any(|entity| entity.identifier == pipeline) {
        true => Ok(()),
        false => Err(Failure::invalid(format!("there is no pipeline [{pipeline}]"))),
    }
}

pub(super) fn clear(simulator: &mut Simulator, _: &Request, _: i64) -> Outcome {
    simulator.world.scenarios.clear();
    done()
}
