//! Logs of steps.

use serde_json::json;

use super::route::{Access, Call, Route};
use crate::engine::snapshot::StepState;
use crate::state::people::Permission::View;
use crate::view::graph::log_key;
use crate::wire::respond::{Failure, Outcome, Reply};
use crate::world::World;

pub(crate) const ROUTES: &[Route] = &[
    Route::new("POST", "log-service/blob/download", Access::Key(View), download),
    Route::new("GET", "log-service/blob/file/{}", Access::Open, file),
];

/// Source: harness-api §3.6 [MCP log-resolver]: `{link, status}`; the caller polls until it is ready. The words of the
/// status are [weak], that the first call finds it queued is invented.
fn download(world: &mut World, call: &Call<'_>) -> Outcome {
    let prefix = call.required("prefix", &world.modes)?;
    let account = call.required("accountID", &world.modes)?;
    if account != call.scope.account {
        return Err(Failure::forbidden("Missing permission core_account_view on account"));
    }
    let run = world
        .runs
        .all()
        .find(|run| prefix.starts_with(&log_key(run, "")))
        .filter(|run| run.scope.account == account);
    let run = run.ok_or_else(|| Failure::new(404, "RESOURCE_NOT_FOUND", "no log has this prefix"))?;
    let key = format!("{}:{prefix}", run.number);
    if world.logs.is_new(&key) {
        return Ok(Reply::Bare(json!({ "link": "", "status": "queued" })));
    }
    let link = format!("{}/log-service/blob/file/{}", world.base_url, world.logs.link(&key));
    Ok(Reply::Bare(json!({ "link": link, "status": "success" })))
}

/// The log's text, under an address that nobody guesses. Real downloads are an archive; its layout is not known.
fn file(world: &mut World, call: &Call<'_>) -> Outcome {
    let absent = || Failure::new(404, "RESOURCE_NOT_FOUND", "no such file");
    let key = world.logs.key(call.capture(0)).ok_or_else(absent)?.to_owned();
    let (number, prefix) = key.split_once(':').ok_or_else(absent)?;
    let run = number
        .parse()
        .ok()
        .and_then(|number| world.runs.get(number))
        .ok_or_else(absent)?;
    let snapshot = world.runs.at(run, call.now);
    let steps = snapshot
        .steps()
        .into_iter()
        .filter(|step| log_key(run, &step.path).starts_with(prefix));
    Ok(Reply::Text(steps.map(lines).collect()))
}

/// What a step has written so far; invented.
fn lines(step: &StepState<'_>) -> String {
    let name = &step.node.name;
    let line =
        |level: &str, pos: usize, out: &str, time: i64| json!({ "level": level, "pos": pos, "out": out, "time": time });
    let mut lines = vec![line("INFO", 0, &format!("Step {name} has begun"), step.started_at)];
    lines.extend(step.ended_at.map(|at| match &step.failure {
        Some(failure) => line("ERROR", 1, &failure.message, at),
        None => line("INFO", 1, &format!("Step {name}: {}", step.status.wire()), at),
    }));
    lines.iter().map(|line| format!("{line}\n")).collect()
}
