//! What became of an event, as it is told.

use serde_json::{Value, json};

use crate::api::route::Call;
use crate::state::events::{Event, FinalStatus, Verdict};
use crate::state::scope::Scope;
use crate::view::summary::summary;
use crate::wire::respond::{Failure, Outcome, Reply, with, without_nulls};
use crate::world::World;

/// Source: harness-api §2.2, §12.16 [CORE]: an event that is not processed yet is as unknown as one that never was.
fn not_there(id: &str) -> Failure {
    Failure::invalid(format!(
        "Trigger event history doesn't exist for event with eventId {id}"
    ))
}

fn event<'a>(world: &'a World, call: &Call<'_>, id: &str) -> Result<&'a Event, Failure> {
    let account = call.required("accountIdentifier", &world.modes)?;
    world.events.find(account, id).ok_or_else(|| not_there(id))
}

pub(super) fn processing_details(world: &mut World, call: &Call<'_>) -> Outcome {
    let id = call.required("eventId", &world.modes)?;
    let event = event(world, call, id)?;
    let verdict = event.verdict().ok_or_else(|| not_there(id))?;
    Ok(Reply::Enveloped(processing_view(event, verdict)))
}

pub(super) fn execution_details(world: &mut World, call: &Call<'_>) -> Outcome {
    let id = call.capture(0);
    let event = event(world, call, id)?;
    let verdict = event.verdict().ok_or_else(|| not_there(id))?;
    Ok(Reply::Enveloped(execution_view(world, event, verdict, call.now)))
}

/// Source: harness-api §2.2 [OAS, status weak]: answers while the event waits, too.
pub(super) fn execution_details_v2(world: &mut World, call: &Call<'_>) -> Outcome {
    let event = event(world, call, call.capture(0))?;
    let queued = Verdict {
        pipeline: event.pipeline.clone(),
        trigger: event.trigger.clone(),
        ..Verdict::new(FinalStatus::Queued, "Trigger execution is queued.")
    };
    let verdict = event.verdict().unwrap_or(&queued);
    Ok(Reply::Enveloped(execution_view(world, event, verdict, call.now)))
}

/// Source: harness-api §2.2 [OAS; CORE NGTriggerServiceImpl: the warning].
fn processing_view(event: &Event, verdict: &Verdict) -> Value {
    let several = (event.verdicts.len() > 1)
        .then_some("There are several trigger events of this eventId. This response contains only one of them.");
    let shown = json!({
        "eventFound": true, "eventId": event.id, "triggerIdentifier": verdict.trigger,
        "pipelineIdentifier": verdict.pipeline, "pipelineExecutionId": verdict.execution,
        "exceptionOccured": verdict.status.is_exception(), "status": verdict.status, "message": verdict.message,
        "payload": event.payload, "eventCreatedAt": event.at, "runtimeInput": verdict.inputs, "warningMsg": several,
    });
    let scope = &event.scope;
    without_nulls(with(
        shown,
        [
            ("accountIdentifier", json!(scope.account)),
            ("orgIdentifier", json!(scope.org)),
            ("projectIdentifier", json!(scope.project)),
        ],
    ))
}

fn execution_view(world: &World, event: &Event, verdict: &Verdict, now: i64) -> Value {
    let summary = verdict
        .execution
        .as_deref()
        .and_then(|id| summary_of(world, &event.scope, id, now));
    without_nulls(json!({
        "webhookProcessingDetails": processing_view(event, verdict),
        "executionDetails": summary.map(|summary| json!({ "pipelineExecutionSummary": summary })),
    }))
}

/// The summary of an execution (harness-api §3.4), once it can be read.
fn summary_of(world: &World, scope: &Scope, execution: &str, now: i64) -> Option<Value> {
    let run = world
        .runs
        .by_execution(execution)
        .filter(|run| run.scope == *scope && run.readable_from <= now)?;
    Some(summary(world, run, now))
}
