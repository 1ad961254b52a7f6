//! Interrupts of runs, stages and steps.

use serde_json::json;

use super::executions;
use super::route::{Access, Call, Route, missing_parameters};
use crate::engine::run::{Run, What};
use crate::launch::chain::befall;
use crate::state::modes::UserMarkedFailure;
use crate::state::people::Permission::Execute;
use crate::tables::status::Status;
use crate::wire::respond::{Failure, Outcome, Reply};
use crate::world::World;

pub(crate) const ROUTES: &[Route] = &[
    Route::new(
        "PUT",
        "pipeline/api/pipeline/execute/interrupt/{}",
        Access::Project(Execute),
        of_run,
    ),
    Route::new(
        "PUT",
        "pipeline/api/pipeline/execute/interrupt/{}/{}",
        Access::Project(Execute),
        of_node,
    ),
];

/// Source: harness-api §3.8 [OAS, CORE]: the public enum has these two values.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    AbortAll,
    UserMarkedFailure,
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Self::AbortAll => "AbortAll",
            Self::UserMarkedFailure => "UserMarkedFailure",
        }
    }
}

fn of_run(world: &mut World, call: &Call<'_>) -> Outcome {
    interrupt(world, call, None)
}

fn of_node(world: &mut World, call: &Call<'_>) -> Outcome {
    interrupt(world, call, Some(call.capture(1)))
}

/// Source: harness-api §12.31 [LIVE]: the body does not matter, only a missing `interruptType` is a 400.
fn kind(world: &World, call: &Call<'_>) -> Result<Kind, Failure> {
    match call.parameter("interruptType") {
        Some("AbortAll") => Ok(Kind::AbortAll),
        // Source: harness-api §12.8 [CORE]: it needs a project setting.
        Some("UserMarkedFailure") if world.modes.user_marked_failure == UserMarkedFailure::Allowed => {
            Ok(Kind::UserMarkedFailure)
        }
        Some("UserMarkedFailure") => Err(Failure::invalid(
            "Mark as failed is not enabled in the settings of the project",
        )),
        Some(other) => {
            let message = format!("query param interruptType [{other}] is not one of [AbortAll, UserMarkedFailure]");
            Err(Failure::invalid(message))
        }
        None => Err(missing_parameters(vec!["interruptType"], &world.modes)),
    }
}

fn interrupt(world: &mut World, call: &Call<'_>, node: Option<&str>) -> Outcome {
    let kind = kind(world, call)?;
    let run = executions::find(world, call, call.capture(0))?;
    let path = node.map(|node| path_of(world, run, call.now, node)).transpose()?;
    refuse_too_late(world, run, call.now, kind)?;
    let by = call.principal.clone();
    let what = match kind {
        Kind::AbortAll => What::Abort { by, node: path },
        Kind::UserMarkedFailure => What::MarkFailed { by, node: path },
    };
    let (number, id) = (run.number, run.id.clone());
    befall(world, number, call.now, what);
    let interrupt = world.random.id();
    Ok(Reply::Enveloped(
        json!({ "id": interrupt, "type": kind.name(), "planExecutionId": id }),
    ))
}

/// Source: harness-api §12.8 [CORE]: an ended run is a 400 that names its status; a second abort in flight is
/// `ABORT_ALL_ALREADY_NG`.
fn refuse_too_late(world: &World, run: &Run, now: i64, kind: Kind) -> Result<(), Failure> {
    let status = world.runs.at(run, now).status;
    if status.has_ended() {
        let message = format!("Execution [{}] is already in final status: {}", run.id, status.wire());
        return Err(Failure::invalid(message));
    }
    let is_aborting = status == Status::Discontinuing
        && run
            .happenings
            .iter()
            .any(|happening| matches!(happening.what, What::Abort { node: None, .. }));
    match is_aborting && kind == Kind::AbortAll {
        true => {
            let message = format!("Execution already has ABORT_ALL interrupt [{}]", run.id);
            Err(Failure::new(400, "ABORT_ALL_ALREADY_NG", message))
        }
        false => Ok(()),
    }
}

/// The path of a stage or a step that is at work.
fn path_of(world: &World, run: &Run, now: i64, node: &str) -> Result<String, Failure> {
    let snapshot = world.runs.at(run, now);
    // A stage that loops and its passes, which may be interrupted each by itself.
    let stages = snapshot
        .stages()
        .chain(snapshot.leaves())
        .map(|stage| (&stage.path, stage.status));
    let steps = snapshot.steps().into_iter().map(|step| (&step.path, step.status));
    let (path, status) = stages
        .chain(steps)
        .find(|(path, _)| run.node_id(path) == node)
        .ok_or_else(|| Failure::invalid(format!("Node execution [{node}] does not exist")))?;
    match status.has_ended() {
        true => Err(Failure::invalid(format!(
            "Node execution [{node}] is already in final status: {}",
            status.wire()
        ))),
        false => Ok(path.clone()),
    }
}
