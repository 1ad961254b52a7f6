//! Rolling back what was deployed: a finished execution, or a service where it runs.

use serde::Deserialize;
use serde_json::json;

use super::executions;
use super::retry::OLDEST_MS;
use super::route::{Access, Call, Route};
use crate::engine::run::{Mode, Origin, Run};
use crate::launch::start;
use crate::state::people::Permission::{Execute, View};
use crate::tables::status::Status;
use crate::view::plan_execution::plan_execution;
use crate::wire::body::read_json;
use crate::wire::respond::{Failure, Outcome, Reply};
use crate::world::World;

pub(crate) const ROUTES: &[Route] = &[
    Route::new(
        "POST",
        "pipeline/api/pipeline/execute/postExecutionRollback/{}",
        Access::Project(Execute),
        of_execution,
    )
    .hidden(),
    Route::new("POST", "ng/api/rollback/check", Access::Project(View), check),
    Route::new("POST", "ng/api/rollback/trigger", Access::Project(Execute), trigger),
    Route::new("POST", "ng/api/rollback/trigger/v2", Access::Project(Execute), by_place),
    Route::new(
        "POST",
        "ng/api/rollback/trigger/v3",
        Access::Project(Execute),
        by_places,
    ),
];

/// Source: harness-api §3.9 [CORE PlanExecutionResource], §12.10: older than 30 days is a 400.
fn of_execution(world: &mut World, call: &Call<'_>) -> Outcome {
    let node = call.required("stageNodeExecutionIds", &world.modes)?;
    let run = executions::find(world, call, call.capture(0))?;
    let stage = stage_of(world, run, call.now, node)?;
    let number = roll_back(world, call, run.number, &stage)?;
    let run = world
        .runs
        .get(number)
        .ok_or_else(|| Failure::invalid("the run was not kept"))?;
    Ok(Reply::Enveloped(
        json!({ "planExecution": plan_execution(world, run, call.now), "gitDetails": {} }),
    ))
}

/// The Deployment stage with this node execution id.
fn stage_of(world: &World, run: &Run, now: i64, node: &str) -> Result<String, Failure> {
    let snapshot = world.runs.at(run, now);
    let mut stages = snapshot
        .leaves()
        .filter(|stage| stage.target.is_some() && stage.has_begun());
    let stage = stages.find(|stage| run.node_id(&stage.path) == node);
    let stage =
        stage.ok_or_else(|| Failure::invalid(format!("Node execution [{node}] is no deployment of this execution")))?;
    Ok(stage.stage.identifier.clone())
}

fn roll_back(world: &mut World, call: &Call<'_>, number: u32, stage: &str) -> Result<u32, Failure> {
    let gone = || Failure::invalid("The execution does not exist");
    let run = world.runs.get(number).ok_or_else(gone)?;
    if let Some(reason) = refusal(world, run, call.now) {
        return Err(Failure::invalid(reason));
    }
    let mode = Mode::Rollback {
        of: run.number,
        stage: stage.to_owned(),
    };
    let notes = call
        .parameter("notesForPipelineExecution")
        .unwrap_or_default()
        .to_owned();
    let origin = Origin::Manual(call.principal.clone());
    let number = start::again(world, number, mode, origin, notes, call.now).ok_or_else(gone)?;
    world.note_start(number, Some(call.request.into()));
    Ok(number)
}

fn refusal(world: &World, run: &Run, now: i64) -> Option<&'static str> {
    if now - run.started_at > OLDEST_MS {
        return Some("Execution is more than 30 days old. Cannot be rolled back");
    }
    if world.runs.ended(run, now).is_none() {
        return Some("Execution is still running. Cannot be rolled back");
    }
    matches!(run.mode, Mode::Rollback { .. }).then_some("Execution is a rollback already")
}

/// Source: harness-api §3.9 [CORE PostProdRollbackResource]: account, organization and project in the query. The key of an instance is invented: service, environment and
/// infrastructure, with slashes between.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Instance {
    instance_key: String,
    #[serde(default)]
    infrastructure_mapping_id: String,
}

/// The run that brought what runs at a place, and its stage.
fn deployed_by(world: &World, call: &Call<'_>, place: &[&str; 3]) -> Option<(u32, String)> {
    world.runs.latest_first(&call.scope).find_map(|run| {
        let snapshot = world.runs.at(run, call.now);
        let mut stages = snapshot.leaves().filter(|stage| stage.status == Status::Success);
        let stage = stages.find(|stage| {
            stage.target.is_some_and(|target| {
                let own = [
                    target.service.as_str(),
                    target.environment.as_str(),
                    target.infrastructure.as_deref().unwrap_or_default(),
                ];
                own == *place
            })
        })?;
        Some((run.number, stage.stage.identifier.clone()))
    })
}

fn place(key: &str) -> [&str; 3] {
    let mut parts = key.split('/');
    std::array::from_fn(|_| parts.next().unwrap_or_default())
}

fn check(world: &mut World, call: &Call<'_>) -> Outcome {
    let asked: Instance = read_json(&call.request.body)?;
    let found = deployed_by(world, call, &place(&asked.instance_key)).and_then(|(number, _)| world.runs.get(number));
    let message = match found {
        None => Some("No deployment of this instance is known"),
        Some(run) => refusal(world, run, call.now),
    };
    Ok(Reply::Enveloped(json!({
        "isRollbackAllowed": message.is_none(), "message": message.unwrap_or_default(), "swimLaneInfo": {},
    })))
}

/// Source: harness-api §12.10 [CORE]: 200 with `isRollbackTriggered=false` and a message when refused.
fn trigger(world: &mut World, call: &Call<'_>) -> Outcome {
    let asked: Instance = read_json(&call.request.body)?;
    let outcome = trigger_at(world, call, &place(&asked.instance_key));
    let (execution, message) = (outcome.as_ref().ok(), outcome.as_ref().err());
    Ok(Reply::Enveloped(json!({
        "isRollbackTriggered": execution.is_some(), "planExecutionId": execution, "instanceKey": asked.instance_key,
        "infraMappingId": asked.infrastructure_mapping_id, "message": message,
    })))
}

fn trigger_at(world: &mut World, call: &Call<'_>, place: &[&str; 3]) -> Result<String, String> {
    let (number, stage) = deployed_by(world, call, place).ok_or("No deployment of this instance is known")?;
    let number = roll_back(world, call, number, &stage).map_err(|failure| failure.message().to_owned())?;
    world
        .runs
        .get(number)
        .map(|run| run.id.clone())
        .ok_or_else(|| "the run was not kept".to_owned())
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Place {
    service_identifier: String,
    env_identifier: String,
    #[serde(default)]
    infra_identifier: String,
}

fn by_place(world: &mut World, call: &Call<'_>) -> Outcome {
    let asked: Place = read_json(&call.request.body)?;
    let outcome = trigger_at(
        world,
        call,
        &[
            &asked.service_identifier,
            &asked.env_identifier,
            &asked.infra_identifier,
        ],
    );
    let (execution, message) = (outcome.as_ref().ok(), outcome.as_ref().err());
    Ok(Reply::Enveloped(json!({
        "isRollbackTriggered": execution.is_some(), "planExecutionId": execution, "message": message,
    })))
}

/// What a batch answers for each of its targets is not known.
fn by_places(_world: &mut World, _call: &Call<'_>) -> Outcome {
    Err(Failure::not_simulated("a batch of rollbacks"))
}
