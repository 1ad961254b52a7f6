//! Who or what started an execution.

use serde_json::{Value, json};

use crate::engine::run::{Mode, Origin, Run};
use crate::state::people::Principal;
use crate::wire::respond::with;
use crate::world::World;

/// Source: harness-api §3.4 [HUB sample; SDK model_rerun_info]: a manual run names the person, a webhook run the trigger.
pub(crate) fn trigger_info(world: &World, run: &Run) -> Value {
    let by = match &run.origin {
        Origin::Manual(principal) | Origin::Chained { by: principal, .. } => person(principal),
        Origin::Webhook { trigger, event } => with_trigger(run, trigger, Some(event)),
        Origin::Cron { trigger } => with_trigger(run, trigger, None),
    };
    let earlier = match run.mode {
        Mode::Rerun { of } => world.runs.get(of),
        Mode::Normal | Mode::Retry { .. } | Mode::Rollback { .. } => None,
    };
    let info = json!({ "triggerType": run.origin.trigger_type(), "triggeredBy": by, "isRerun": earlier.is_some() });
    let Some(earlier) = earlier else { return info };
    let root = root_of(world, earlier);
    let rerun = json!({
        "rootExecutionId": root.id, "rootTriggerType": root.origin.trigger_type(),
        "prevExecutionId": earlier.id, "prevTriggerType": earlier.origin.trigger_type(),
    });
    with(info, [("rerunInfo", rerun)])
}

/// The first of a chain of re-runs.
fn root_of<'a>(world: &'a World, run: &'a Run) -> &'a Run {
    match run.mode {
        Mode::Rerun { of } => world.runs.get(of).map_or(run, |earlier| root_of(world, earlier)),
        _ => run,
    }
}

fn person(principal: &Principal) -> Value {
    json!({ "uuid": principal.uuid(), "identifier": principal.name, "extraInfo": { "email": principal.email } })
}

fn with_trigger(run: &Run, trigger: &str, event: Option<&String>) -> Value {
    let scope = &run.scope;
    let reference = format!(
        "{}/{}/{}/{trigger}",
        scope.account,
        scope.org_text(),
        scope.project_text()
    );
    let extra = json!({ "triggerRef": reference });
    let extra = match event {
        Some(event) => with(extra, [("eventCorrelationId", json!(event))]),
        None => extra,
    };
    json!({ "uuid": "systemUser", "identifier": trigger, "extraInfo": extra })
}
