//! Executions, the latest first.

use serde_json::{Value, json};

use super::filter::Filter;
use crate::api::route::Call;
use crate::engine::run::Run;
use crate::view::summary::summary;
use crate::wire::body::read_json;
use crate::wire::respond::{Failure, Outcome, Page, Paging, Reply, spring_page, without_nulls};
use crate::world::World;

/// Source: harness-api §3.4 [OAS, CORE ExecutionDetailsResource]: newest first, a Spring page.
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
    let before: Option<i64> = call.parameter("lastSeenStartTime").and_then(|text| text.parse().ok());
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

/// The filter of the outline has one pipeline, and no `filterType`.
fn outlined<'w>(world: &'w World, call: &'w Call<'_>) -> Result<Vec<&'w Run>, Failure> {
    let body: Value = read_json(&call.request.body)?;
    let mut full = json!({ "filterType": "PipelineExecution" });
    if let (Value::Object(full), Value::Object(body)) = (&mut full, &body) {
        full.extend(body.clone());
    }
    if let (Value::Object(full), Some(pipeline)) = (&mut full, body.get("pipelineIdentifier")) {
        full.insert("pipelineIdentifiers".to_owned(), json!([pipeline]));
    }
    Ok(select(world, call, &Filter::of_body(call, &full)?))
}

fn found<'w>(world: &'w World, call: &'w Call<'_>) -> Result<Vec<&'w Run>, Failure> {
    Ok(select(world, call, &Filter::read(call)?))
}

fn select<'w>(world: &'w World, call: &'w Call<'_>, filter: &Filter) -> Vec<&'w Run> {
    let fits = |run: &&Run| {
        run.listed_from <= call.now && filter.takes_run(world, run) && filter.takes_state(world, run, call.now)
    };
    world.runs.latest_first(&call.scope).filter(fits).collect()
}
