//! Executions, the latest first.

use std::cmp::Reverse;

use serde_json::{Value, json};

use super::filter::Filter;
use crate::api::filter_body::{text, whole_number, wrong};
use crate::api::route::Call;
use crate::engine::run::Run;
use crate::view::summary::summary;
use crate::wire::body::read_json;
use crate::wire::respond::{Failure, Outcome, Page, Paging, Reply, spring_page, without_nulls};
use crate::world::World;

/// Source: harness-api §3.4 [OAS, CORE ExecutionDetailsResource]: newest first where no order is named, a Spring page.
pub(super) fn list(world: &mut World, call: &Call<'_>) -> Outcome {
    let page = Page::read(call.request, Paging::EXECUTIONS)?;
    let found = found(world, call)?;
    let total = found.len();
    let content = page
        .cut(found)
        .into_iter()
        .map(|run| summary(world, run, call.now))
        .collect();
    Ok(Reply::Enveloped(spring_page(content, page, total)))
}

/// Source: harness-api §3.4 [OAS]: identifiers only.
pub(super) fn identifiers(world: &mut World, call: &Call<'_>) -> Outcome {
    let page = Page::read(call.request, Paging::EXECUTIONS)?;
    let found = found(world, call)?;
    let total = found.len();
    let row = |run: &Run| {
        json!({
            "planExecutionId": run.id, "pipelineIdentifier": run.pipeline, "runSequence": run.sequence,
            "orgIdentifier": run.scope.org, "projectIdentifier": run.scope.project,
        })
    };
    let content = page.cut(found).into_iter().map(row).collect();
    Ok(Reply::Enveloped(spring_page(content, page, total)))
}

/// Source: harness-api §0.6, §3.4 [OAS, SDK]: a seek page, continued by `lastSeenExecutionId` and `lastSeenStartTime`.
pub(super) fn outline(world: &mut World, call: &Call<'_>) -> Outcome {
    let page = Page::read(call.request, Paging::EXECUTIONS)?;
    let seen = call.parameter("lastSeenExecutionId");
    let before = seen_start(call)?;
    let found = outlined(world, call)?;
    let mut rest: Vec<&Run> = found
        .into_iter()
        .filter(|run| before.is_none_or(|at| run.started_at <= at))
        .collect();
    if let Some(position) = rest.iter().position(|run| Some(run.id.as_str()) == seen) {
        rest.drain(..=position);
    }
    let has_more = rest.len() > page.size;
    rest.truncate(page.size);
    let row = |run: &&Run| {
        let snapshot = world.runs.at(run, call.now);
        without_nulls(json!({
            "planExecutionId": run.id, "pipelineIdentifier": run.pipeline, "name": run.pipeline_name,
            "status": snapshot.status.wire(), "startTs": run.started_at, "endTs": snapshot.ended_at,
            "runSequence": run.sequence,
        }))
    };
    let content: Vec<Value> = rest.iter().map(row).collect();
    let last = rest.last();
    Ok(Reply::Enveloped(without_nulls(json!({
        "currentSize": content.len(), "content": content, "hasMore": has_more,
        "lastSeenExecutionId": last.map(|run| &run.id), "lastSeenStartTime": last.map(|run| run.started_at),
    }))))
}

fn seen_start(call: &Call<'_>) -> Result<Option<i64>, Failure> {
    let name = "lastSeenStartTime";
    let text = call.parameter(name).filter(|text| !text.is_empty());
    text.map(|text| text.parse().map_err(|_| wrong(name, "a whole number")))
        .transpose()
}

/// The filter of the outline has one pipeline, and no `filterType`. Where it was left stands in the query; in the body it
/// is only looked at for its kind (invented).
fn outlined<'w>(world: &'w World, call: &'w Call<'_>) -> Result<Vec<&'w Run>, Failure> {
    let body: Value = read_json(&call.request.body)?;
    if !body.is_object() && !body.is_null() {
        return Err(wrong("body", "an object"));
    }
    text(&body, "lastSeenExecutionId")?;
    whole_number(&body, "lastSeenStartTime")?;
    let mut full = json!({ "filterType": "PipelineExecution" });
    if let (Value::Object(full), Value::Object(body)) = (&mut full, &body) {
        full.extend(body.clone());
    }
    if let (Value::Object(full), Some(pipeline)) = (&mut full, text(&body, "pipelineIdentifier")?) {
        full.insert("pipelineIdentifiers".to_owned(), json!([pipeline]));
    }
    Ok(select(world, call, &Filter::of_body(call, &full)?))
}

fn found<'w>(world: &'w World, call: &'w Call<'_>) -> Result<Vec<&'w Run>, Failure> {
    let mut found = select(world, call, &Filter::read(call)?);
    if let Some(order) = call.parameter("sort") {
        sort(world, &mut found, order, call.now);
    }
    Ok(found)
}

/// Source: harness-api §4.1 [CORE, weak]: the form `field,ASC`, as for entities; an unknown field is the time of the start.
/// Invented: what still runs has the earliest end.
fn sort(world: &World, found: &mut [&Run], order: &str, now: i64) {
    let (field, direction) = order.split_once(',').unwrap_or((order, "ASC"));
    let ended = |run: &Run| world.runs.ended(run, now).map_or(i64::MIN, |ended| ended.at);
    let key = |run: &&Run| match field {
        "endTs" => (ended(run), String::new()),
        "name" => (0, run.pipeline_name.clone()),
        "status" => (0, world.runs.status(run, now).wire().to_owned()),
        _ => (run.started_at, String::new()),
    };
    match direction.eq_ignore_ascii_case("DESC") {
        true => found.sort_by_cached_key(|run| Reverse(key(run))),
        false => found.sort_by_cached_key(key),
    }
}

fn select<'w>(world: &'w World, call: &'w Call<'_>, filter: &Filter) -> Vec<&'w Run> {
    let fits = |run: &&Run| {
        run.listed_from <= call.now && filter.takes_run(world, run) && filter.takes_state(world, run, call.now)
    };
    world.runs.latest_first(&call.scope).filter(fits).collect()
}
