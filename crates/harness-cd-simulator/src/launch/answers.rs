//! Answers to what stages and steps ask for while a run goes on.

use serde_json::Value;

use super::inputs::joined;
use crate::engine::blueprint::Stage;
use crate::engine::run::What;
use crate::engine::target::DeploySpec;
use crate::inputs::merge::Values;
use crate::inputs::{Problem, answered};
use crate::wire::respond::Failure;
use crate::world::World;

/// Whether an answer passes.
///
/// Source: run-inputs §8 [CORE ExecutionInputServiceImpl]: the two sentences.
pub(crate) fn check(world: &World, asked: &Value, given: &Value) -> Result<(), Failure> {
    match answered(asked, given, Values::Checked(joined(&world.modes))) {
        Ok(_) => Ok(()),
        Err(Problem::Invalid(message)) if message.contains("is a required variable") => Err(Failure::invalid(message)),
        Err(problem) => {
            let message = Failure::from(problem);
            Err(Failure::invalid(format!(
                "Some fields are not valid: [{}]",
                message.message()
            )))
        }
    }
}

/// What a stage deploys, with what it was given for what it asked; the defaults for the rest.
pub(super) fn deploys(stage: &Stage, given: &Value) -> Option<DeploySpec> {
    let deploys = stage.deploys.as_ref()?;
    let whole = stage
        .asks
        .as_ref()
        .and_then(|asks| answered(&asks.whole, given, Values::Taken).ok());
    Some(whole.map_or_else(|| deploys.clone(), |whole| DeploySpec::read(&whole)))
}

/// Answers a node: what a stage deploys follows from it.
pub(crate) fn answer(world: &mut World, number: u32, node: &str, yaml: String, given: &Value, at: i64) {
    let Some(run) = world.runs.get(number) else { return };
    let snapshot = world.runs.at(run, at);
    let asking = snapshot.leaves().find(|state| state.path == node);
    let deployed = asking.and_then(|state| {
        let spec = deploys(state.stage, given)?;
        Some(spec.targets(&world.store, &run.scope, &run.context, state.pass.as_ref()))
    });
    if let Some(run) = world.runs.get_mut(number) {
        run.befall(
            at,
            What::Answer {
                node: node.to_owned(),
                yaml,
            },
        );
        if let Some((targets, own)) = deployed.zip(run.targets.get_mut(node)) {
            *own = targets;
        }
    }
}
