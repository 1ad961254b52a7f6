//! Triggers as answers show them: in two shapes.

use serde_json::{Value, json};

use crate::api::pipelines::executions::by_day;
use crate::state::entity::Entity;
use crate::state::events::Verdict;
use crate::state::modes::{Modes, WebhookAuthorization, WebhookTokens};
use crate::wire::respond::{with, without_nulls};
use crate::world::World;

pub(crate) fn is_enabled(trigger: &Entity) -> bool {
    trigger.body.get("enabled") != Some(&Value::Bool(false))
}

/// Source: harness-api §2 [SCH]: `source: {type: Webhook, spec: {type: Custom}}`.
pub(crate) fn is_custom_webhook(trigger: &Entity) -> bool {
    let text = |pointer: &str| trigger.body.pointer(pointer).and_then(Value::as_str);
    (text("/source/type"), text("/source/spec/type")) == (Some("Webhook"), Some("Custom"))
}

/// The secret part of the URL. Source: harness-api §2.1 [HUB]: minted at creation; older triggers have none.
pub(crate) fn token<'a>(trigger: &'a Entity, modes: &Modes) -> Option<&'a str> {
    match modes.webhook_tokens {
        WebhookTokens::Minted => Some(&trigger.token),
        WebhookTokens::Absent => None,
    }
}

/// Get, create and update. Source: harness-api §12.35 [OAS]: without `tags` and `version`; §2 [SDK].
pub(super) fn response(world: &World, trigger: &Entity) -> Value {
    let scope = &trigger.scope;
    without_nulls(json!({
        "name": trigger.name(), "identifier": trigger.identifier, "description": trigger.text("description"),
        "type": trigger.body.pointer("/source/type"), "accountIdentifier": scope.account, "orgIdentifier": scope.org,
        "projectIdentifier": scope.project, "targetIdentifier": trigger.parent, "yaml": trigger.yaml,
        "enabled": is_enabled(trigger), "webhookUrl": webhook_url(world, trigger), "errorResponse": false,
    }))
}

/// A trigger that was not saved. Source: harness-api §2 [SDK].
pub(super) fn refused(errors: Value) -> Value {
    json!({ "errors": errors, "errorResponse": true })
}

/// List and details. Source: harness-api §12.35 [OAS]; §2 [SDK model_ng_trigger_details_response_dto].
pub(super) fn details(world: &World, trigger: &Entity, now: i64) -> Value {
    let events = world
        .events
        .of_trigger(&trigger.scope, &trigger.parent, &trigger.identifier);
    let runs = events.iter().filter(|(_, verdict)| verdict.execution.is_some());
    let executor = trigger.saved_by.as_ref();
    let url = webhook_url(world, trigger);
    let shown = json!({
        "name": trigger.name(), "identifier": trigger.identifier, "description": trigger.text("description"),
        "type": trigger.body.pointer("/source/type"), "triggerStatus": status(world, trigger),
        "lastTriggerExecutionDetails": events.first().map(|(at, verdict)| last(*at, verdict)),
        "tags": trigger.tags(), "executions": by_day(runs.map(|(at, _)| *at), now), "yaml": trigger.yaml,
        "webhookCurlCommand": curl(world, trigger, url.as_deref()), "webhookUrl": url, "enabled": is_enabled(trigger),
        "isPipelineInputOutdated": false, "yamlVersion": "0",
        "executorInfo": executor.map(|by| json!({ "uuid": by.uuid(), "type": by.kind.wire() })),
    });
    without_nulls(with(shown, source_details(trigger)))
}

/// Source: harness-api §12.35 [OAS], CORE NGTriggerElementMapper: what a webhook, and what a registry tells besides.
fn source_details(trigger: &Entity) -> Vec<(&'static str, Value)> {
    let kind = trigger.body.pointer("/source/spec/type");
    match trigger.body.pointer("/source/type").and_then(Value::as_str) {
        Some("Webhook") => vec![("webhookDetails", json!({ "webhookSourceRepo": kind }))],
        Some("Artifact" | "Manifest") => vec![("buildDetails", json!({ "buildType": kind }))],
        _ => Vec::new(),
    }
}

/// Source: harness-api §2 [SDK] for the fields; a custom webhook and a clock have nothing to register or to poll, a
/// registry is polled at once [weak].
fn status(world: &World, trigger: &Entity) -> Value {
    let problems = super::errors(world, trigger);
    let validation = match problems.is_empty() {
        true => json!({ "statusResult": "SUCCESS" }),
        false => json!({ "statusResult": "FAILED", "detailedMessage": Value::Object(problems).to_string() }),
    };
    let polled = matches!(
        trigger.body.pointer("/source/type").and_then(Value::as_str),
        Some("Artifact" | "Manifest")
    );
    let polling = polled.then(|| json!({ "statusResult": "SUCCESS" }));
    without_nulls(json!({ "validationStatus": validation, "pollingSubscriptionStatus": polling }))
}

/// Source: harness-api §2 [SDK].
fn last(at: i64, verdict: &Verdict) -> Value {
    without_nulls(json!({
        "lastExecutionTime": at, "lastExecutionSuccessful": !verdict.status.is_exception(),
        "lastExecutionStatus": verdict.status, "planExecutionId": verdict.execution, "message": verdict.message,
    }))
}

/// Source: harness-api §2.1 [HUB]: v3 with the token, v2 without; §12.35 [OAS]: only webhook triggers have one, others
/// an empty text. Where a Git provider is to call, no fact of the sheet tells.
fn webhook_url(world: &World, trigger: &Entity) -> Option<String> {
    if trigger.body.pointer("/source/type").and_then(Value::as_str) != Some("Webhook") {
        return Some(String::new());
    }
    if !is_custom_webhook(trigger) {
        return None;
    }
    let generation = match token(trigger, &world.modes) {
        Some(token) => format!("{token}/v3"),
        None => "v2".to_owned(),
    };
    let scope = &trigger.scope;
    Some(format!(
        "{}/gateway/pipeline/api/webhook/custom/{generation}?accountIdentifier={}&orgIdentifier={}\
         &projectIdentifier={}&pipelineIdentifier={}&triggerIdentifier={}",
        world.base_url,
        scope.account,
        scope.org_text(),
        scope.project_text(),
        trigger.parent,
        trigger.identifier
    ))
}

/// Source: harness-api §12.35 [OAS] names it, CORE NGTriggerElementMapper: for custom webhooks, with a header for the
/// key where keys are mandatory; the words are invented.
fn curl(world: &World, trigger: &Entity, url: Option<&str>) -> String {
    let key = match world.modes.webhook_authorization {
        WebhookAuthorization::Optional => "",
        WebhookAuthorization::Mandatory => " -H 'X-Api-Key: <key>'",
    };
    match url.filter(|_| is_custom_webhook(trigger)) {
        Some(url) => format!("curl -X POST -H 'content-type: application/json'{key} --url '{url}' -d '{{}}'"),
        None => String::new(),
    }
}
