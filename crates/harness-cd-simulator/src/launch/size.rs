//! How large a run becomes, told before it is started: nobody may fill the machine's memory with one pipeline.

use crate::engine::blueprint::{Blueprint, Node, Work};
use crate::engine::looping::Looping;
use crate::engine::strategy::Strategy;
use crate::tables::expression::Context;
use crate::tables::invented::MOST_NODES;
use crate::wire::respond::Failure;

/// # Errors
/// What is too large to be simulated.
pub(super) fn check(blueprint: &Blueprint, context: &Context) -> Result<(), Failure> {
    let stages = blueprint.stages().map(|stage| {
        let tries = most_attempts(&stage.strategies);
        let steps = of_nodes(&stage.steps, tries, context).saturating_add(of_nodes(&stage.rollback, tries, context));
        passes(stage.looping.as_ref(), context).saturating_mul(steps.max(1))
    });
    match stages.fold(0, usize::saturating_add) <= MOST_NODES {
        true => Ok(()),
        false => Err(Failure::not_simulated(&format!(
            "a run whose loops and retries come to more than {MOST_NODES} steps"
        ))),
    }
}

fn of_nodes(nodes: &[Node], tries: usize, context: &Context) -> usize {
    let sizes = nodes.iter().map(|node| {
        let tries = tries.max(most_attempts(&node.strategies));
        let within = match &node.work {
            Work::Group { steps } | Work::Parallel { steps } => of_nodes(steps, tries, context),
            Work::Step { .. } | Work::Approval(_) | Work::Queue { .. } => tries,
        };
        passes(node.looping.as_ref(), context).saturating_mul(within.max(1))
    });
    sizes.fold(0, usize::saturating_add)
}

fn passes(looping: Option<&Looping>, context: &Context) -> usize {
    looping.map_or(1, |looping| looping.most(context))
}

fn most_attempts(strategies: &[Strategy]) -> usize {
    strategies.iter().map(Strategy::most_attempts).max().unwrap_or(1)
}
