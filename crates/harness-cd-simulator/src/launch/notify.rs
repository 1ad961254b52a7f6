//! Outbound notifications: what happens in a run, told to the addresses that its pipeline names.

use serde_json::{Value, json};

use crate::engine::run::{Origin, Run};
use crate::engine::snapshot::{Snapshot, StageState};
use crate::state::modes::Notifications;
use crate::state::outbox::Outgoing;
use crate::tables::invented;
use crate::tables::reading::{is_true, items, text, texts};
use crate::tables::status::Status;
use crate::view::module_info;
use crate::wire::respond::with;
use crate::world::World;

/// Something worth a notification.
#[derive(Clone, Debug)]
struct Event {
    kind: &'static str,
    at: i64,
    status: &'static str,
    stage: Option<(String, String)>,
    failure: Option<String>,
}

/// Puts what has happened until `now`, and was not told yet, into the outbox.
pub(crate) fn notify(world: &mut World, now: i64) {
    let mut found = Vec::new();
    for run in world.runs.watched() {
        let since = world.told.until(run.number).unwrap_or(run.started_at - 1);
        let rules = &world.runs.blueprint(run).notification_rules;
        if rules.is_empty() || since >= now {
            continue;
        }
        let snapshot = world.runs.at(run, now);
        let events = events(run, &snapshot)
            .into_iter()
            .filter(|event| event.at > since && event.at <= now);
        for event in events {
            let of_rules = rules
                .iter()
                .filter(|rule| is_true(rule, "/enabled") && wants(rule, &event));
            found.extend(of_rules.filter_map(|rule| outgoing(world, run, &snapshot, rule, &event)));
        }
    }
    let told: Vec<u32> = world.runs.watched().map(|run| run.number).collect();
    for number in told {
        world.told.tell(number, now);
    }
    for outgoing in found {
        send(world, outgoing);
    }
}

/// Source: harness-api §7, §12.21 [HUB, CORE]: no retry, no order promised; some may come twice or never.
fn send(world: &mut World, outgoing: Outgoing) {
    if world.modes.notifications == Notifications::Delivered {
        world.outbox.push(outgoing);
        return;
    }
    match world.random.below(10) {
        0 => {}
        1 => {
            world.outbox.push(outgoing.clone());
            world.outbox.push(outgoing);
        }
        2 => world.outbox.push(Outgoing {
            at: outgoing.at + invented::NOTIFY_DELAY_MS,
            ..outgoing
        }),
        _ => world.outbox.push(outgoing),
    }
}

/// Source: harness-api §7 [HUB]: the types of events and their `nodeStatus`.
fn events(run: &Run, snapshot: &Snapshot<'_>) -> Vec<Event> {
    let event = |kind, at, status| Event {
        kind,
        at,
        status,
        stage: None,
        failure: None,
    };
    let mut events = vec![event("PipelineStart", run.started_at, "started")];
    for stage in snapshot.stages() {
        events.extend(stage_events(stage));
    }
    let asking = snapshot.leaves().filter(|stage| stage.stage.asks.is_some());
    events.extend(asking.filter_map(|stage| Some(event("WaitingForUserAction", stage.started_at?, "paused"))));
    for step in snapshot.working_steps() {
        if let (Status::Failed, Some(at)) = (step.status, step.ended_at) {
            let failure = step.failure.as_ref().map(|failure| failure.message.clone());
            events.push(Event {
                failure,
                ..event("StepFailed", at, "failed")
            });
        }
        events.extend(step.waits.iter().map(|at| event("WaitingForUserAction", *at, "paused")));
    }
    if let Some(at) = snapshot.ended_at {
        let status = node_status(snapshot.status);
        let failure = snapshot.failure.as_ref().map(|failure| failure.message.clone());
        let kind = if snapshot.status.ended_well() {
            "PipelineSuccess"
        } else {
            "PipelineFailed"
        };
        events.push(Event {
            failure: failure.clone(),
            ..event(kind, at, status)
        });
        // Source: harness-api §7 [HUB]: both PipelineEnd and PipelineSuccess are sent to who asks for both.
        events.push(Event {
            failure,
            ..event("PipelineEnd", at, status)
        });
    }
    events
}

fn stage_events(stage: &StageState<'_>) -> Vec<Event> {
    if !stage.has_begun() {
        return Vec::new();
    }
    let named = Some((stage.stage.identifier.clone(), stage.stage.name.clone()));
    let failure = stage.failure.as_ref().map(|failure| failure.message.clone());
    let start = stage.started_at.map(|at| Event {
        kind: "StageStart",
        at,
        status: "started",
        stage: named.clone(),
        failure: None,
    });
    let kind = if stage.status.ended_well() {
        "StageSuccess"
    } else {
        "StageFailed"
    };
    let end = stage.ended_at.map(|at| Event {
        kind,
        at,
        status: node_status(stage.status),
        stage: named,
        failure,
    });
    start.into_iter().chain(end).collect()
}

/// Source: harness-api §12.21 [CORE].
fn node_status(status: Status) -> &'static str {
    match status {
        well if well.ended_well() => "completed",
        Status::Aborted | Status::AbortedByFreeze => "aborted",
        Status::ApprovalRejected => "rejected",
        Status::Expired => "expired",
        _ => "failed",
    }
}

/// Whether a rule is about an event: by its type, and for those of a stage by the stage.
fn wants(rule: &Value, event: &Event) -> bool {
    items(rule, "/pipelineEvents").iter().any(|wanted| {
        let kind = text(wanted, "/type").unwrap_or_default();
        let stages = texts(wanted, "/forStages");
        let of_stage = |stage: &(String, String)| {
            stages.is_empty() || stages.iter().any(|own| own == "AllStages" || *own == stage.0)
        };
        (kind == "AllEvents" || kind == event.kind) && event.stage.as_ref().is_none_or(of_stage)
    })
}

/// Source: harness-api §7 [HUB], §12.21 [CORE]: `{eventData}`, unsigned, with the headers of the rule.
fn outgoing(world: &World, run: &Run, snapshot: &Snapshot<'_>, rule: &Value, event: &Event) -> Option<Outgoing> {
    if text(rule, "/notificationMethod/type").as_deref() != Some("Webhook") {
        return None;
    }
    let headers = rule
        .pointer("/notificationMethod/spec/headers")
        .and_then(Value::as_object)
        .into_iter()
        .flatten();
    Some(Outgoing {
        url: text(rule, "/notificationMethod/spec/webhookUrl")?,
        headers: headers
            .map(|(name, value)| (name.clone(), crate::tables::yaml::scalar_text(value)))
            .collect(),
        body: json!({ "eventData": event_data(world, run, snapshot, event) }),
        at: event.at + invented::NOTIFY_LAG_MS,
    })
}

fn event_data(world: &World, run: &Run, snapshot: &Snapshot<'_>, event: &Event) -> Value {
    let scope = &run.scope;
    let url = world.execution_url(run);
    let studio = url
        .split("/executions/")
        .next()
        .map(|start| format!("{start}/pipeline-studio"));
    let by = match &run.origin {
        Origin::Manual(principal) | Origin::Chained { by: principal, .. } => {
            json!({ "triggerType": run.origin.trigger_type(), "name": principal.name, "email": principal.email })
        }
        other => json!({ "triggerType": other.trigger_type(), "name": other.trigger() }),
    };
    let data = json!({
        "accountIdentifier": scope.account, "orgIdentifier": scope.org, "projectIdentifier": scope.project,
        "pipelineIdentifier": run.pipeline, "pipelineName": run.pipeline_name, "planExecutionId": run.id,
        "executionUrl": url, "pipelineUrl": studio, "eventType": event.kind, "nodeStatus": event.status,
        "triggeredBy": by, "startTime": sentence(run.started_at), "startTs": run.started_at / 1_000,
        "moduleInfo": modules(snapshot, event),
    });
    let mut more = Vec::new();
    if let Some((identifier, name)) = &event.stage {
        more.extend([("stageIdentifier", json!(identifier)), ("stageName", json!(name))]);
    }
    // Start events have no end. Source: harness-api §7, §12.21 [HUB, CORE].
    if event.status != "started" && event.status != "paused" {
        more.extend([
            ("endTime", json!(sentence(event.at))),
            ("endTs", json!(event.at / 1_000)),
        ]);
    }
    more.extend(event.failure.as_ref().map(|failure| ("errorMessage", json!(failure))));
    with(data, more)
}

/// Source: harness-api §7 [CORE notification ModuleInfo]: often empty; at StageStart it may hold unresolved expressions.
fn modules(snapshot: &Snapshot<'_>, event: &Event) -> Value {
    if event.kind == "StageStart" {
        return json!({ "services": ["<+service.identifier>"], "environments": ["<+env.identifier>"] });
    }
    let targets = || snapshot.leaves().filter_map(module_info::target);
    let mut services: Vec<&str> = targets().map(|target| target.service.as_str()).collect();
    let mut environments: Vec<&str> = targets().map(|target| target.environment.as_str()).collect();
    let mut infrastructures: Vec<&str> = targets()
        .filter_map(|target| target.infrastructure.as_deref())
        .collect();
    for list in [&mut services, &mut environments, &mut infrastructures] {
        list.sort_unstable();
        list.dedup();
    }
    match services.is_empty() {
        true => json!({}),
        false => json!({ "services": services, "environments": environments, "infrastructures": infrastructures }),
    }
}

/// As `Tue Aug 20 08:22:42 GMT 2024`. Source: harness-api §7 [HUB sample].
fn sentence(at: i64) -> String {
    let instant = chrono::DateTime::from_timestamp_millis(at).unwrap_or_default();
    instant.format("%a %b %d %H:%M:%S GMT %Y").to_string()
}
