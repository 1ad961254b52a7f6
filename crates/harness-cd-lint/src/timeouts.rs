//! Timeouts of stages and pipelines, against the time that what stands in them may take.

use std::time::Duration;

use harness_cd_model::duration_ms;
use harness_cd_pipeline::stages::bodies;
use harness_cd_yaml::Node;

use crate::place::{Faults, Place, literal};

/// A stage has the time that its steps may take: one that expires is not rolled back.
pub(crate) fn timeout_too_short<'n>(place: &Place<'n, '_>, faults: &mut Faults<'n>) {
    let needed = if place.is_body("stage") {
        needed_by_stage(place.node)
    } else if place.is_body("pipeline") {
        Some(needed_by_pipeline(place.node))
    } else {
        None
    };
    let Some(timeout) = place.node.get("timeout") else {
        return;
    };
    if let (Some(limit), Some(needed)) = (milliseconds(timeout), needed)
        && limit < needed
    {
        let message = format!(
            "the {}'s steps may take {} minutes by their own timeouts; when its own expires first, nothing is rolled back",
            place.key(),
            Duration::from_millis(needed).as_secs() / 60,
        );
        faults.add(timeout, message, "leave more time than the steps may take together");
    }
}

/// How long the steps of a stage may take, in milliseconds; `None` if they are not in sight.
fn needed_by_stage(stage: &Node) -> Option<u64> {
    Some(needed_by(stage.at(&["spec", "execution"])?, "steps"))
}

/// How long the stages of a pipeline may take, in milliseconds: each as long as its own timeout or its steps say.
fn needed_by_pipeline(pipeline: &Node) -> u64 {
    let stages = bodies(pipeline, "stages", "stage").into_iter();
    longest_or_sum(stages.map(|stage| {
        let own = stage.get("timeout").and_then(milliseconds);
        (stage, own.or_else(|| needed_by_stage(stage)).unwrap_or_default())
    }))
}

/// How long the steps and groups of a list may take, in milliseconds.
fn needed_by(node: &Node, list: &str) -> u64 {
    let items = node.get(list).into_iter().flat_map(Node::items);
    longest_or_sum(items.flat_map(|item| {
        let of_item = |item: &Node| match (item.get("step"), item.get("stepGroup")) {
            (Some(step), _) => (step.get("timeout").and_then(milliseconds)).unwrap_or_default(),
            (None, Some(group)) => needed_by(group, "steps"),
            (None, None) => 0,
        };
        let body = item.get("step").or_else(|| item.get("stepGroup")).unwrap_or(item);
        match item.get("parallel") {
            Some(parallel) => parallel.items().map(of_item).max().map(|longest| (item, longest)),
            None => Some((body, of_item(item))),
        }
    }))
}

/// The sum of those that always run, or the longest of all if that is longer.
fn longest_or_sum<'n>(parts: impl Iterator<Item = (&'n Node, u64)>) -> u64 {
    let (mut sum, mut longest) = (0_u64, 0);
    for (body, length) in parts {
        longest = length.max(longest);
        if body.get("when").is_none() {
            sum = sum.saturating_add(length);
        }
    }
    sum.max(longest)
}

/// A duration that is there to read, in milliseconds.
pub(crate) fn milliseconds(node: &Node) -> Option<u64> {
    duration_ms(literal(node)?)
}
