//! Triggers and the events that custom webhooks bring.

use regex_lite::Regex;
use serde_json::{Value, json};

use crate::course;
use crate::executions::Start;
use crate::expression::{self, Context};
use crate::http::Request;
use crate::inputs::scalar_text;
use crate::modes::WebhookAuthorization;
use crate::pipelines::{matches_search, read_entity};
use crate::respond::{Failure, Outcome, Page, Reply, page_response};
use crate::run::Origin;
use crate::simulator::{Simulator, unknown_path, wrong_method};
use crate::store::{Entity, Kind};
use crate::views;
use crate::yaml;

/// How long an event is not found after it was accepted.
/// Source: Harness API facts, what became of the event: `eventFound:false` right after the post is normal.
const PROCESSING_MS: i64 = 500;

/// A webhook event and what became of it.
#[derive(Clone, Debug)]
pub(crate) struct Event {
    id: String,
    at: i64,
    payload: String,
    verdict: Verdict,
}

/// Source: Harness API facts, what became of the event: the statuses.
#[derive(Clone, Debug, Default)]
struct Verdict {
    status: &'static str,
    message: String,
    trigger: Option<String>,
    pipeline: Option<String>,
    execution: Option<String>,
    inputs: Option<String>,
}

impl Verdict {
    fn new(status: &'static str, message: impl Into<String>) -> Self {
        Self {
            status,
            message: message.into(),
            ..Self::default()
        }
    }
}

impl Simulator {
    /// Source: Harness API facts, triggers: every call names its pipeline as `targetIdentifier`.
    pub(crate) fn triggers(&mut self, request: &Request, rest: &[&str], now: i64) -> Outcome {
        self.check_scope(request)?;
        let pipeline = request.parameter("targetIdentifier");
        let pipeline = pipeline.ok_or_else(|| Failure::missing_parameters(vec!["targetIdentifier"]))?;
        self.store.get(Kind::Pipeline, "", pipeline, &self.modes)?;
        let if_match = request.header("if-match");
        match (request.method.as_str(), rest) {
            ("GET", []) => self.list_triggers(request, pipeline),
            ("GET", [id] | [id, "details"]) => {
                let entity = self.store.get(Kind::Trigger, pipeline, id, &self.modes)?;
                Ok(Reply::Enveloped(self.trigger_view(entity)))
            }
            ("POST", []) => {
                let entity = read_entity(Kind::Trigger, request)?;
                check_target(&entity, pipeline)?;
                let created = self
                    .store
                    .create(Kind::Trigger, entity, now, &mut self.random, &self.modes)?
                    .clone();
                Ok(Reply::Enveloped(self.trigger_view(&created)))
            }
            ("PUT", [id]) => {
                let entity = read_entity(Kind::Trigger, request)?;
                check_target(&entity, pipeline)?;
                if entity.identifier != *id {
                    return Err(Failure::invalid("the trigger's identifier cannot be changed"));
                }
                let updated = self
                    .store
                    .update(Kind::Trigger, entity, if_match, now, &self.modes)?
                    .clone();
                Ok(Reply::Enveloped(self.trigger_view(&updated)))
            }
            ("DELETE", [id]) => {
                self.store.delete(Kind::Trigger, pipeline, id, if_match, &self.modes)?;
                Ok(Reply::Enveloped(json!(true)))
            }
            (_, [] | [_] | [_, "details"]) => Err(wrong_method()),
            _ => Err(unknown_path()),
        }
    }

    fn list_triggers(&self, request: &Request, pipeline: &str) -> Outcome {
        let page = Page::read(request.parameter("page"), request.parameter("size"))?;
        let wanted =
            |entity: &&Entity| entity.parent == pipeline && matches_search(entity, request.parameter("searchTerm"));
        let found: Vec<&Entity> = self.store.all(Kind::Trigger).filter(wanted).collect();
        let total = found.len();
        let content = page
            .cut(found)
            .into_iter()
            .map(|entity| self.trigger_view(entity))
            .collect();
        Ok(Reply::Enveloped(page_response(content, page, total)))
    }

    /// Source: Harness API facts, triggers: the response's data.
    fn trigger_view(&self, entity: &Entity) -> Value {
        let scope = &self.store.scope;
        let query = format!(
            "accountIdentifier={}&orgIdentifier={}&projectIdentifier={}&pipelineIdentifier={}&triggerIdentifier={}",
            scope.account, scope.org, scope.project, entity.parent, entity.identifier
        );
        let webhook = format!(
            "{}/gateway/pipeline/api/webhook/custom/{}/v3?{query}",
            self.base_url, entity.token
        );
        json!({
            "name": entity.name(), "identifier": entity.identifier, "description": entity.text("description"),
            "type": entity.body.pointer("/source/type"), "accountIdentifier": scope.account,
            "orgIdentifier": scope.org, "projectIdentifier": scope.project, "targetIdentifier": entity.parent,
            "yaml": entity.yaml, "version": entity.version, "enabled": is_enabled(entity), "errorResponse": false,
            "tags": entity.tags(), "webhookUrl": webhook,
        })
    }

    /// `/pipeline/api/webhook/…`. Source: Harness API facts, custom webhook: a key is not needed to fire, nor to ask.
    pub(crate) fn webhooks(&mut self, request: &Request, rest: &[&str], now: i64) -> Outcome {
        match (request.method.as_str(), rest) {
            ("POST", ["custom", token, "v3"]) => self.fire(request, Some(token), now),
            ("POST", ["custom", "v2"]) => self.fire(request, None, now),
            ("GET", ["triggerExecutionDetails" | "triggerExecutionDetailsV2", id]) => {
                self.event_details(request, id, now)
            }
            ("GET", ["triggerProcessingDetails"]) => {
                let id = request.parameter("eventId").unwrap_or_default();
                self.check_account(request)?;
                Ok(Reply::Enveloped(self.processing_details(id, now)))
            }
            (_, ["custom", ..] | ["triggerExecutionDetails" | "triggerExecutionDetailsV2", _]) => Err(wrong_method()),
            _ => Err(unknown_path()),
        }
    }

    /// Source: Harness API facts, custom webhook: the answer is immediate; SUCCESS means accepted, not matched.
    fn fire(&mut self, request: &Request, token: Option<&str>, now: i64) -> Outcome {
        self.check_scope(request)?;
        let key_is_known = request.header("x-api-key").is_some_and(|key| key == self.api_key);
        if self.modes.webhook_authorization == WebhookAuthorization::Mandatory && !key_is_known {
            let message =
                "Authorization is mandatory for custom triggers in your project settings, please pass the API key";
            return Err(Failure::invalid(message));
        }
        if token.is_some_and(|token| !self.store.all(Kind::Trigger).any(|trigger| trigger.token == token)) {
            return Err(Failure::invalid("the webhook token is not valid"));
        }
        let id = self.random.event_id();
        let payload = String::from_utf8_lossy(&request.body).into_owned();
        let verdict = self.process(request, token, &id, &payload, now);
        let data = self.accepted(request, &id);
        self.events.push(Event {
            id,
            at: now,
            payload,
            verdict,
        });
        Ok(Reply::Enveloped(data))
    }

    fn accepted(&self, request: &Request, id: &str) -> Value {
        let scope = &self.store.scope;
        let pipeline = request.parameter("pipelineIdentifier").unwrap_or_default();
        let (base, account) = (&self.base_url, &scope.account);
        let project = format!(
            "{base}/ng/#/account/{account}/cd/orgs/{}/projects/{}",
            scope.org, scope.project
        );
        let details = format!("{base}/gateway/pipeline/api/webhook/triggerExecutionDetails");
        json!({
            "eventCorrelationId": id,
            "apiUrl": format!("{details}/{id}?accountIdentifier={account}"),
            "uiUrl": format!("{project}/deployments?pipelineIdentifier={pipeline}&page=0"),
            "uiSetupUrl": format!("{project}/pipelines/{pipeline}/pipeline-studio/"),
        })
    }

    /// Source: Harness API facts, custom webhook: without pipeline and trigger every enabled custom trigger is tried.
    fn process(&mut self, request: &Request, token: Option<&str>, event: &str, payload: &str, now: i64) -> Verdict {
        let Ok(payload) = serde_json::from_str::<Value>(payload) else {
            return Verdict::new("INVALID_PAYLOAD", "the payload is not JSON");
        };
        let named = |name: &str, own: &str| request.parameter(name).is_none_or(|wanted| wanted == own);
        let wanted = |entity: &&Entity| {
            is_enabled(entity)
                && entity.body.pointer("/source/spec/type").and_then(Value::as_str) == Some("Custom")
                && named("pipelineIdentifier", &entity.parent)
                && named("triggerIdentifier", &entity.identifier)
                && token.is_none_or(|token| entity.token == token)
        };
        let triggers: Vec<Entity> = self.store.all(Kind::Trigger).filter(wanted).cloned().collect();
        let mut verdict = Verdict::new("NO_ENABLED_CUSTOM_TRIGGER_FOUND", "No enabled custom trigger found");
        let context = request_context(request, &payload);
        for trigger in triggers {
            verdict = match mismatch(&trigger, &context) {
                Some(mismatch) => mismatch,
                None => self.run_trigger(&trigger, &context, event, now),
            };
            verdict.trigger = Some(trigger.identifier);
            verdict.pipeline = Some(trigger.parent);
            if verdict.execution.is_some() {
                break;
            }
        }
        verdict
    }

    fn run_trigger(&mut self, trigger: &Entity, context: &Context, event: &str, now: i64) -> Verdict {
        let text = trigger.text("inputYaml");
        let inputs = match yaml::read("inputYaml", &text) {
            Ok(inputs) => resolved(&inputs, context),
            Err(_) if text.trim().is_empty() => Value::Null,
            Err(problem) => return Verdict::new("INVALID_RUNTIME_INPUT_YAML", problem),
        };
        let start = Start {
            pipeline: &trigger.parent,
            inputs: &inputs,
            origin: Origin::Webhook {
                trigger: trigger.identifier.clone(),
                event: event.to_owned(),
            },
            notes: "",
            context: context.clone(),
        };
        match self.start(start, now) {
            Ok(execution) => Verdict {
                execution: Some(execution),
                inputs: Some(yaml::write(&inputs)),
                ..Verdict::new(
                    "TARGET_EXECUTION_REQUESTED",
                    "Pipeline execution was requested successfully",
                )
            },
            Err(failure) => Verdict::new("TARGET_DID_NOT_EXECUTE", failure.message()),
        }
    }

    fn processing_details(&self, id: &str, now: i64) -> Value {
        let scope = &self.store.scope;
        let processed = |event: &&Event| event.id == id && event.at + PROCESSING_MS <= now;
        let Some(event) = self.events.iter().find(processed) else {
            return json!({ "eventFound": false, "eventId": id });
        };
        let verdict = &event.verdict;
        json!({
            "eventFound": true, "eventId": id, "accountIdentifier": scope.account, "orgIdentifier": scope.org,
            "projectIdentifier": scope.project, "triggerIdentifier": verdict.trigger,
            "pipelineIdentifier": verdict.pipeline, "pipelineExecutionId": verdict.execution,
            "exceptionOccured": false, "status": verdict.status, "message": verdict.message,
            "payload": event.payload, "eventCreatedAt": event.at, "runtimeInput": verdict.inputs,
        })
    }

    fn event_details(&self, request: &Request, id: &str, now: i64) -> Outcome {
        self.check_account(request)?;
        let details = self.processing_details(id, now);
        let execution = details.get("pipelineExecutionId").and_then(Value::as_str);
        let mut data = json!({ "webhookProcessingDetails": details });
        if let (Some(Ok(run)), Value::Object(fields)) = (execution.map(|id| self.run(id)), &mut data) {
            let summary = views::summary(run, &course::at(run, now), &self.store.scope);
            fields.insert(
                "executionDetails".to_owned(),
                json!({ "pipelineExecutionSummary": summary }),
            );
        }
        Ok(Reply::Enveloped(data))
    }
}

fn check_target(entity: &Entity, pipeline: &str) -> Result<(), Failure> {
    if entity.parent == pipeline {
        return Ok(());
    }
    Err(Failure::invalid(format!(
        "the trigger's pipelineIdentifier is not the targetIdentifier [{pipeline}]"
    )))
}

fn is_enabled(entity: &Entity) -> bool {
    entity.body.get("enabled") != Some(&Value::Bool(false))
}

/// The payload's fields as `trigger.payload.a.b`, the headers as `trigger.header['name']`.
fn request_context(request: &Request, payload: &Value) -> Context {
    let mut context = Context::new();
    flatten(payload, "trigger.payload", &mut context);
    for (name, value) in request.headers.iter().filter(|(name, _)| name != "x-api-key") {
        context.insert(format!("trigger.header['{name}']"), value.clone());
    }
    context
}

fn flatten(value: &Value, path: &str, context: &mut Context) {
    match value {
        Value::Object(fields) => {
            for (key, value) in fields {
                flatten(value, &format!("{path}.{key}"), context);
            }
        }
        Value::Array(items) => {
            for (index, value) in items.iter().enumerate() {
                flatten(value, &format!("{path}[{index}]"), context);
            }
        }
        scalar => {
            context.insert(path.to_owned(), scalar_text(scalar));
        }
    }
}

/// Replaces expressions inside of texts, never between them: a payload cannot add keys.
fn resolved(value: &Value, context: &Context) -> Value {
    match value {
        Value::String(text) => Value::String(expression::resolve(text, context)),
        Value::Array(items) => items.iter().map(|item| resolved(item, context)).collect(),
        Value::Object(fields) => Value::Object(
            fields
                .iter()
                .map(|(key, value)| (key.clone(), resolved(value, context)))
                .collect(),
        ),
        other => other.clone(),
    }
}

/// Source: Harness API facts, triggers: the conditions are all needed, and each kind has its own status.
fn mismatch(trigger: &Entity, context: &Context) -> Option<Verdict> {
    let spec = trigger.body.pointer("/source/spec/spec").unwrap_or(&Value::Null);
    let fails = |key: &str| {
        let conditions = spec.get(key).and_then(Value::as_array);
        conditions
            .into_iter()
            .flatten()
            .any(|condition| !condition_holds(condition, context))
    };
    let verdict = |status| {
        Some(Verdict::new(
            status,
            format!("The conditions of trigger [{}] do not match", trigger.identifier),
        ))
    };
    if fails("payloadConditions") {
        return verdict("NO_MATCHING_TRIGGER_FOR_PAYLOAD_CONDITIONS");
    }
    if fails("headerConditions") {
        return verdict("NO_MATCHING_TRIGGER_FOR_HEADER_CONDITIONS");
    }
    let jexl = spec
        .get("jexlCondition")
        .and_then(Value::as_str)
        .filter(|condition| !condition.trim().is_empty());
    match jexl.map(|condition| expression::holds(condition, context)) {
        None | Some(Ok(true)) => None,
        Some(Ok(false)) => verdict("NO_MATCHING_TRIGGER_FOR_JEXL_CONDITIONS"),
        Some(Err(problem)) => Some(Verdict::new("EXCEPTION_WHILE_PROCESSING", problem)),
    }
}

fn condition_holds(condition: &Value, context: &Context) -> bool {
    let text = |key: &str| condition.get(key).map(scalar_text).unwrap_or_default();
    let (key, wanted) = (text("key"), text("value"));
    let found = expression::resolve(&key, context);
    let is_listed = || wanted.split(',').any(|one| one.trim() == found);
    match text("operator").as_str() {
        "Equals" => found == wanted,
        "NotEquals" => found != wanted,
        "In" => is_listed(),
        "NotIn" => !is_listed(),
        "Regex" => Regex::new(&wanted).is_ok_and(|regex| regex.is_match(&found)),
        "StartsWith" => found.starts_with(&wanted),
        "EndsWith" => found.ends_with(&wanted),
        "Contains" => found.contains(&wanted),
        "DoesNotContain" => !found.contains(&wanted),
        _ => false,
    }
}
