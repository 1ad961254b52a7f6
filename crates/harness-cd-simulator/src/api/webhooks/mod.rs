//! `/pipeline/api/webhook`: firing custom webhooks, and what became of their events. No key is needed.

mod conditions;
mod details;
pub(crate) mod processing;

use serde_json::json;

use super::route::{Access, Call, Route};
use super::triggers::{is_custom_webhook, is_enabled, token};
use crate::state::entity::{Entity, Kind};
use crate::state::events::Event;
use crate::state::modes::WebhookAuthorization;
use crate::state::people::Permission;
use crate::state::scope::Scope;
use crate::wire::respond::{Failure, Outcome, Reply};
use crate::world::World;

/// Source: harness-api §2.1, §2.2 [HUB, OAS]: three generations; the details can be read with no key as well.
pub(crate) const ROUTES: &[Route] = &[
    Route::new("POST", "pipeline/api/webhook/custom", Access::Open, fire_v1),
    Route::new("POST", "pipeline/api/webhook/custom/v2", Access::Open, fire_v2),
    Route::new("POST", "pipeline/api/webhook/custom/{}/v3", Access::Open, fire_v3),
    Route::new(
        "GET",
        "pipeline/api/webhook/triggerProcessingDetails",
        Access::Open,
        details::processing_details,
    ),
    Route::new(
        "GET",
        "pipeline/api/webhook/triggerExecutionDetails/{}",
        Access::Open,
        details::execution_details,
    ),
    Route::new(
        "GET",
        "pipeline/api/webhook/triggerExecutionDetailsV2/{}",
        Access::Open,
        details::execution_details_v2,
    ),
];

/// Source: harness-api §2.1 [HUB]: the data of the first generation is the event's id alone.
fn fire_v1(world: &mut World, call: &Call<'_>) -> Outcome {
    let ask = Ask::read(world, call)?;
    check_without_token(world, &ask)?;
    Ok(Reply::Enveloped(json!(accept(world, call, ask))))
}

fn fire_v2(world: &mut World, call: &Call<'_>) -> Outcome {
    let ask = Ask::read(world, call)?;
    check_without_token(world, &ask)?;
    accepted(world, call, ask)
}

fn fire_v3(world: &mut World, call: &Call<'_>) -> Outcome {
    let ask = Ask::read(world, call)?;
    check_token(world, call.capture(0))?;
    accepted(world, call, ask)
}

/// What the URL of a webhook names.
pub(super) struct Ask {
    scope: Scope,
    pipeline: Option<String>,
    trigger: Option<String>,
}

impl Ask {
    fn read(world: &World, call: &Call<'_>) -> Result<Self, Failure> {
        let text = |name: &'static str| call.required(name, &world.modes);
        let scope = Scope::project(
            text("accountIdentifier")?,
            text("orgIdentifier")?,
            text("projectIdentifier")?,
        );
        authorize(world, call, &scope)?;
        Ok(Self {
            scope,
            pipeline: call.parameter("pipelineIdentifier").map(str::to_owned),
            trigger: call.parameter("triggerIdentifier").map(str::to_owned),
        })
    }
}

/// Source: harness-api §2.1 [HUB]: a key is needed where the setting says so, and a call without is a 400 in these
/// words; CORE NGTriggerServiceImpl: a key that is given is looked at, and must be good for running pipelines.
fn authorize(world: &World, call: &Call<'_>, scope: &Scope) -> Result<(), Failure> {
    let Some(key) = call.request.header("x-api-key") else {
        return match world.modes.webhook_authorization {
            WebhookAuthorization::Optional => Ok(()),
            WebhookAuthorization::Mandatory => Err(Failure::invalid(format!(
                "Authorization is mandatory for custom triggers in {}:{}:{}. Please add X-Api-Key header in the request",
                scope.account,
                scope.org_text(),
                scope.project_text()
            ))),
        };
    };
    let (account, principal) = world.accounts.authenticate(key).ok_or_else(Failure::unauthorized)?;
    let may_enter = account == scope.account && principal.may_enter(scope.org_text(), scope.project_text());
    match may_enter && principal.role.allows(Permission::Execute) {
        true => Ok(()),
        false => Err(Failure::forbidden(format!(
            "Missing permission {} on pipeline",
            Permission::Execute.name()
        ))),
    }
}

/// The enabled custom triggers that an event is for.
/// Source: harness-api §2.1 [HUB, OAS]: without pipeline and trigger every enabled custom trigger of the project.
pub(super) fn enabled_triggers<'a>(
    world: &'a World,
    scope: &'a Scope,
    pipeline: Option<&'a str>,
    trigger: Option<&'a str>,
) -> impl Iterator<Item = &'a Entity> {
    world.store.all(Kind::Trigger, scope).filter(move |entity| {
        is_custom_webhook(entity)
            && is_enabled(entity)
            && pipeline.is_none_or(|wanted| wanted == entity.parent)
            && trigger.is_none_or(|wanted| wanted == entity.identifier)
    })
}

/// Source: harness-api §12.15 [CORE TriggerWebhookValidator]: no enabled trigger, and one that has a token, are 400s.
fn check_without_token(world: &World, ask: &Ask) -> Result<(), Failure> {
    let mut triggers = enabled_triggers(world, &ask.scope, ask.pipeline.as_deref(), ask.trigger.as_deref());
    match triggers.next() {
        None => Err(Failure::invalid(none_found(
            &ask.scope,
            ask.pipeline.as_deref(),
            ask.trigger.as_deref(),
        ))),
        Some(first) if token(first, &world.modes).is_some() => Err(Failure::invalid(
            "This webhook url is not supported for triggers that have a custom webhook token; use the url with the token",
        )),
        Some(_) => Ok(()),
    }
}

/// Source: harness-api §12.15 [CORE TriggerWebhookValidator]: the token is looked up by itself; which triggers run is
/// decided by what the query names.
fn check_token(world: &World, wanted: &str) -> Result<(), Failure> {
    let mut triggers = world
        .store
        .everywhere(Kind::Trigger)
        .filter(|trigger| is_custom_webhook(trigger));
    match triggers.find(|trigger| token(trigger, &world.modes) == Some(wanted)) {
        None => Err(Failure::invalid(format!(
            "No custom trigger found for the used custom webhook token: {wanted}"
        ))),
        Some(trigger) if !is_enabled(trigger) => Err(Failure::invalid(format!(
            "No enabled custom trigger found for the used custom webhook token: {wanted}"
        ))),
        Some(_) => Ok(()),
    }
}

/// Source: harness-api §12.15, §2.2 [CORE AccountCustomTriggerFilter].
pub(super) fn none_found(scope: &Scope, pipeline: Option<&str>, trigger: Option<&str>) -> String {
    let named = |label: &str, name: Option<&str>| name.map(|name| format!(", {label}: {name}")).unwrap_or_default();
    format!(
        "No enabled custom trigger found for Account:{}, Org: {}, Project: {}{}{}",
        scope.account,
        scope.org_text(),
        scope.project_text(),
        named("Pipeline", pipeline),
        named("Trigger", trigger)
    )
}

/// Keeps an event, to be processed later; its id.
fn accept(world: &mut World, call: &Call<'_>, ask: Ask) -> String {
    let id = world.random.event_id();
    let headers = call.request.headers.iter().filter(|(name, _)| name != "x-api-key");
    world.events.add(Event {
        id: id.clone(),
        at: call.now,
        scope: ask.scope,
        pipeline: ask.pipeline,
        trigger: ask.trigger,
        payload: String::from_utf8_lossy(&call.request.body).into_owned(),
        headers: headers.cloned().collect(),
        verdicts: Vec::new(),
    });
    id
}

/// Source: harness-api §2.1 [HUB]: at once; SUCCESS means accepted, not matched.
fn accepted(world: &mut World, call: &Call<'_>, ask: Ask) -> Outcome {
    let (base, account) = (world.base_url.clone(), ask.scope.account.clone());
    let pipeline = ask.pipeline.clone().unwrap_or_default();
    let (org, project) = (ask.scope.org_text(), ask.scope.project_text());
    let project = format!("{base}/ng/#/account/{account}/cd/orgs/{org}/projects/{project}");
    let id = accept(world, call, ask);
    let details = format!("{base}/gateway/pipeline/api/webhook/triggerExecutionDetails");
    Ok(Reply::Enveloped(json!({
        "eventCorrelationId": id,
        "apiUrl": format!("{details}/{id}?accountIdentifier={account}"),
        "uiUrl": format!("{project}/deployments?pipelineIdentifier={pipeline}&page=0"),
        "uiSetupUrl": format!("{project}/pipelines/{pipeline}/pipeline-studio/"),
    })))
}
