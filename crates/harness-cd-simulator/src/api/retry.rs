//! Retrying a run from a stage on.

use serde_json::{Value, json};

use super::execute::{Ask, launch};
use super::executions;
use super::route::{Access, Call, Route};
use crate::engine::run::{Mode, Run, Standing};
use crate::engine::snapshot::{LaneState, StageState};
use crate::launch::start;
use crate::state::people::Permission::{Execute, View};
use crate::tables::invented::DAY_MS;
use crate::tables::status::Status;
use crate::view::plan_execution::plan_execution;
use crate::view::summary::can_retry;
use crate::wire::respond::{Failure, Outcome, Reply, without_nulls};
use crate::world::World;

const READ: Access = Access::Project(View);
const RUN: Access = Access::Project(Execute);

pub(crate) const ROUTES: &[Route] = &[
    Route::new("GET", "pipeline/api/pipeline/execute/{}/retryStages", READ, stages),
    Route::new("POST", "pipeline/api/pipeline/execute/retry/{}", RUN, retry),
    Route::new("POST", "pipeline/api/pipeline/execute/retry/v2/{}", RUN, retry),
    Route::new("GET", "pipeline/api/pipeline/execute/retryHistory/{}", READ, history),
    Route::new(
        "GET",
        "pipeline/api/pipeline/execute/latestExecutionId/{}",
        READ,
        latest,
    ),
];

/// How old an execution may be. Source: harness-api §12.9, §12.10 [CORE].
pub(crate) const OLDEST_MS: i64 = 30 * DAY_MS;

/// Why an execution cannot be retried. Source: harness-api §12.9 [CORE]: only the latest attempt of its chain, at most 30
/// days old, counted from the first attempt [HUB], no rollback done, stages unchanged.
fn refusal(world: &mut World, run: &Run, now: i64) -> Result<Option<String>, Failure> {
    let first = chain(world, run)
        .last()
        .map_or(run.started_at, |first| first.started_at);
    let reason = if run.standing == Standing::Replaced {
        "This execution is not the latest of its retries, only that can be retried"
    } else if !can_retry(world, run) {
        "This execution was rolled back, it cannot be retried"
    } else if now - first > OLDEST_MS {
        "Execution is more than 30 days old. Cannot retry"
    } else if world.runs.ended(run, now).is_none() {
        return Err(Failure::not_simulated("the retry of an execution that goes on"));
    } else {
        return Ok(changed(world, run));
    };
    Ok(Some(reason.to_owned()))
}

/// What is wrong with a pipeline that has not the stages any more that ran.
fn changed(world: &mut World, run: &Run) -> Option<String> {
    let then: Vec<String> = world
        .runs
        .blueprint(run)
        .stages()
        .map(|stage| stage.identifier.clone())
        .collect();
    let mut now = match start::stage_identifiers(world, &run.scope, &run.pipeline, run.given.branch.as_deref()) {
        Ok(stages) => stages,
        Err(failure) => return Some(failure.message().to_owned()),
    };
    now.retain(|stage| run.given.stages.is_empty() || run.given.stages.contains(stage));
    let message = "Adding, deleting or changing the name of the stage identifier is not allowed for retrying";
    (now != then).then(|| message.to_owned())
}

/// Source: harness-api §3.9 [SDK, CORE].
fn stages(world: &mut World, call: &Call<'_>) -> Outcome {
    let run = &executions::find(world, call, call.capture(0))?.clone();
    if let Some(reason) = refusal(world, run, call.now)? {
        return Ok(Reply::Enveloped(
            json!({ "isResumable": false, "errorMessage": reason, "groups": [] }),
        ));
    }
    let snapshot = world.runs.at(run, call.now);
    let info = |stage: &StageState<'_>| {
        without_nulls(json!({
            "name": stage.stage.name, "identifier": stage.stage.identifier, "status": stage.status.wire(),
            "createdAt": stage.started_at, "parentId": run.setup_id("stages"),
        }))
    };
    let begun = snapshot
        .lanes
        .iter()
        .filter(|lane| lane.stages.iter().any(|stage| stage.started_at.is_some()));
    let groups: Vec<Value> = begun
        .map(|lane| json!({ "info": lane.stages.iter().map(info).collect::<Vec<_>>() }))
        .collect();
    Ok(Reply::Enveloped(json!({ "isResumable": true, "groups": groups })))
}

/// Source: harness-api §3.9, §12.9 [CORE]: empty `retryStages` is a 400; the original leaves the default list.
fn retry(world: &mut World, call: &Call<'_>) -> Outcome {
    let id = call.required("planExecutionId", &world.modes)?;
    let named = call.request.parameters_named("retryStages");
    let wanted: Vec<String> = named.filter(|stage| !stage.is_empty()).map(str::to_owned).collect();
    if wanted.is_empty() {
        return Err(Failure::invalid("You need to select the stage to retry!!"));
    }
    let run = &executions::find(world, call, id)?.clone();
    if run.pipeline != call.capture(0) {
        return Err(Failure::invalid(format!(
            "Execution [{id}] is none of pipeline [{}]",
            call.capture(0)
        )));
    }
    if let Some(reason) = refusal(world, run, call.now)? {
        return Err(Failure::invalid(reason));
    }
    let (mode, given) = (mode(world, run, call, wanted)?, &run.given);
    let asked = Ask::of_yaml(call)?;
    // An empty body means the inputs of before.
    let yaml = if asked.body.is_null() {
        given.yaml.to_string()
    } else {
        asked.yaml
    };
    let ask = Ask {
        mode,
        stages: given.stages.clone(),
        ..Ask::of_text(&yaml)?
    };
    let retried = launch(world, call, call.capture(0), ask)?;
    if let Some(run) = world.runs.get_mut(run.number) {
        run.standing = Standing::Replaced;
    }
    let run = world
        .runs
        .get(retried)
        .ok_or_else(|| Failure::invalid("the run was not kept"))?;
    Ok(Reply::Enveloped(
        json!({ "planExecution": plan_execution(world, run, call.now), "gitDetails": {} }),
    ))
}

/// From the lane of the named stages on; of that lane those that are named, the others are taken over.
fn mode(world: &World, run: &Run, call: &Call<'_>, wanted: Vec<String>) -> Result<Mode, Failure> {
    let snapshot = world.runs.at(run, call.now);
    let has = |lane: &LaneState<'_>| lane.stages.iter().any(|stage| wanted.contains(&stage.stage.identifier));
    let found = snapshot.lanes.iter().enumerate().find(|(_, lane)| has(lane));
    let (from_lane, lane) =
        found.ok_or_else(|| Failure::invalid(format!("Stages {wanted:?} are not in the pipeline")))?;
    let stages = match call.parameter("runAllStages") {
        Some("false") if wanted.len() > 1 => failed_of(lane, &wanted)?,
        _ => wanted,
    };
    Ok(Mode::Retry {
        of: run.number,
        from_lane,
        stages,
    })
}

/// Source: harness-api §3.9 [CORE RetryExecutionHelper]: `runAllStages=false` is for a whole parallel group, and retries
/// those of it that ended Failed, Aborted, Expired or ApprovalRejected.
fn failed_of(lane: &LaneState<'_>, wanted: &[String]) -> Result<Vec<String>, Failure> {
    if !lane.stages.iter().all(|stage| wanted.contains(&stage.stage.identifier)) {
        return Err(Failure::invalid(
            "Only the failed stages can be run of a parallel group that is named whole",
        ));
    }
    let bad = [
        Status::Failed,
        Status::Aborted,
        Status::Expired,
        Status::ApprovalRejected,
    ];
    let failed = lane.stages.iter().filter(|stage| bad.contains(&stage.status));
    let failed: Vec<String> = failed.map(|stage| stage.stage.identifier.clone()).collect();
    match failed.is_empty() {
        true => Err(Failure::invalid("No failed stage found in parallel group")),
        false => Ok(failed),
    }
}

/// The attempts of a run's chain, the latest first.
fn chain<'w>(world: &'w World, run: &'w Run) -> Vec<&'w Run> {
    let after = |number: u32| {
        world
            .runs
            .all()
            .find(|other| matches!(other.mode, Mode::Retry { of, .. } if of == number))
    };
    let latest = std::iter::successors(Some(run), |run| after(run.number)).last();
    let before = |run: &&'w Run| match run.mode {
        Mode::Retry { of, .. } => world.runs.get(of),
        _ => None,
    };
    std::iter::successors(latest, |run| before(run)).collect()
}

/// Source: harness-api §3.9 [SDK, CORE]: an execution that was never retried has no history, just a message.
fn history(world: &mut World, call: &Call<'_>) -> Outcome {
    let run = executions::find(world, call, call.capture(0))?;
    let chain = chain(world, run);
    let info = |run: &&Run| {
        let snapshot = world.runs.at(run, call.now);
        without_nulls(json!({
            "uuid": run.id, "startTs": run.started_at, "endTs": snapshot.ended_at, "status": snapshot.status.wire(),
        }))
    };
    Ok(Reply::Enveloped(match chain.as_slice() {
        [latest, _, ..] => {
            let infos: Vec<Value> = chain.iter().map(info).collect();
            json!({ "latestExecutionId": latest.id, "executionInfos": infos })
        }
        _ => json!({ "errorMessage": "Nothing to show in retry history" }),
    }))
}

/// Source: harness-api §3.9 [SDK, CORE]: as [`history`].
fn latest(world: &mut World, call: &Call<'_>) -> Outcome {
    let run = executions::find(world, call, call.capture(0))?;
    Ok(Reply::Enveloped(match chain(world, run).as_slice() {
        [latest, _, ..] => json!({ "latestExecutionId": latest.id }),
        _ => json!({ "errorMessage": "This is not a part of retry execution" }),
    }))
}
