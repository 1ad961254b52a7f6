//! What becomes of accepted events, once they are due.

use serde_json::Value;

use super::conditions::{context, mismatch, resolved};
use super::{enabled_triggers, none_found};
use crate::api::execute::{Triggered, start_by_trigger};
use crate::api::triggers::input_set_refs;
use crate::documents::input_sets::merged_body;
use crate::documents::pipeline::{Reading, document};
use crate::engine::run::Origin;
use crate::state::entity::Entity;
use crate::state::events::{Event, FinalStatus, Verdict};
use crate::tables::expression::{Context, resolve};
use crate::tables::reading::texts;
use crate::tables::yaml;
use crate::wire::respond::Failure;
use crate::world::World;

/// Processes every event that is due, each at its own time.
pub(crate) fn process_due(world: &mut World, now: i64) {
    while let Some(event) = world.events.due(now) {
        let verdicts = process(world, &event);
        world.events.settle(&event.id, verdicts);
    }
}

/// Never empty: an event that nothing was made of is one that nobody wanted.
fn process(world: &mut World, event: &Event) -> Vec<Verdict> {
    let (pipeline, trigger) = (event.pipeline.as_deref(), event.trigger.as_deref());
    let Ok(payload) = serde_json::from_str::<Value>(&event.payload) else {
        return vec![named(
            event,
            Verdict::new(FinalStatus::InvalidPayload, "The payload is not JSON"),
        )];
    };
    let triggers: Vec<Entity> = enabled_triggers(world, &event.scope, pipeline, trigger)
        .cloned()
        .collect();
    if triggers.is_empty() {
        let message = none_found(&event.scope, pipeline, trigger);
        return vec![named(
            event,
            Verdict::new(FinalStatus::NoEnabledCustomTriggerFound, message),
        )];
    }
    let context = context(event, &payload);
    let verdicts = triggers.iter().map(|trigger| Verdict {
        trigger: Some(trigger.identifier.clone()),
        pipeline: Some(trigger.parent.clone()),
        ..mismatch(trigger, &context).unwrap_or_else(|| run(world, trigger, event, &context))
    });
    verdicts.collect()
}

/// A verdict about what the URL named.
fn named(event: &Event, verdict: Verdict) -> Verdict {
    Verdict {
        pipeline: event.pipeline.clone(),
        trigger: event.trigger.clone(),
        ..verdict
    }
}

/// Source: harness-api §2.2 [CORE].
fn run(world: &mut World, trigger: &Entity, event: &Event, context: &Context) -> Verdict {
    let origin = Origin::Webhook {
        trigger: trigger.identifier.clone(),
        event: event.id.clone(),
    };
    match start(world, trigger, origin, context, event.due_at()) {
        Ok((execution, inputs)) => Verdict {
            execution: Some(execution),
            inputs: (!inputs.is_null()).then(|| yaml::write(&inputs)),
            ..Verdict::new(
                FinalStatus::TargetExecutionRequested,
                "Pipeline execution was requested successfully",
            )
        },
        Err(verdict) => *verdict,
    }
}

/// Starts what a trigger is for: the execution's id, and the inputs that it was given.
///
/// Source: harness-api §2 [SCH]: `inputYaml`, `inputSetRefs`, `stagesToExecute`, `pipelineBranchName`.
pub(crate) fn start(
    world: &mut World,
    trigger: &Entity,
    origin: Origin,
    context: &Context,
    at: i64,
) -> Result<(String, Value), Box<Verdict>> {
    let inputs = inputs_of(world, trigger, context)?;
    let triggered = Triggered {
        scope: &trigger.scope,
        pipeline: &trigger.parent,
        body: &inputs,
        origin,
        context: context.clone(),
        stages: texts(&trigger.body, "/stagesToExecute"),
        branch: branch_of_trigger(trigger, context),
        at,
    };
    match start_by_trigger(world, triggered) {
        Ok(execution) => Ok((execution, inputs)),
        Err(failure) => Err(Box::new(did_not_execute(&failure))),
    }
}

fn did_not_execute(failure: &Failure) -> Verdict {
    let message = format!(
        "Failed while requesting Pipeline Execution through Trigger: {}",
        failure.message()
    );
    Verdict::new(FinalStatus::TargetDidNotExecute, message)
}

/// The body of the run: the trigger's own inputs, above those of its input sets.
/// Source: harness-api §2 [SCH]: `inputYaml`, `inputSetRefs`; which wins is that of a run's `lastYamlToMerge` (run-inputs
/// §6 [CORE]) by inference.
fn inputs_of(world: &mut World, trigger: &Entity, context: &Context) -> Result<Value, Box<Verdict>> {
    let own = yaml::read(&trigger.text("inputYaml"));
    let own = own.map_err(|problem| Box::new(Verdict::new(FinalStatus::InvalidRuntimeInputYaml, problem)))?;
    let references = input_set_refs(trigger);
    let merged = match references.is_empty() {
        true => Ok(own),
        false => with_input_sets(world, trigger, context, &references, &own),
    };
    merged
        .map(|inputs| resolved(&inputs, context))
        .map_err(|failure| Box::new(did_not_execute(&failure)))
}

fn with_input_sets(
    world: &mut World,
    trigger: &Entity,
    context: &Context,
    references: &[String],
    own: &Value,
) -> Result<Value, Failure> {
    let branch = branch_of_trigger(trigger, context);
    let document = document(
        world,
        &trigger.scope,
        &trigger.parent,
        branch.as_deref(),
        Reading::Fresh,
    )?;
    merged_body(world, &trigger.scope, &trigger.parent, &document.body, references, own)
}

/// The branch that a trigger's runs read a remote pipeline from. Source: harness-api §2 [SCH]: `pipelineBranchName`; CORE
/// TriggerExecutionHelper: it may be an expression.
pub(crate) fn branch_of_trigger(trigger: &Entity, context: &Context) -> Option<String> {
    let branch = resolve(&trigger.text("pipelineBranchName"), context);
    Some(branch).filter(|branch| !branch.is_empty())
}
