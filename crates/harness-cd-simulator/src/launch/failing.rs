//! Which step fails where a scenario asks for a failure in one word.

use crate::engine::blueprint::{Blueprint, Node, Stage, Work};
use crate::engine::path;
use crate::engine::run::Run;
use crate::engine::scenario::RunOutcome;

const DEPLOYMENTS: [&str; 4] = [
    "K8sRollingDeploy",
    "K8sCanaryDeploy",
    "K8sBlueGreenDeploy",
    "HelmDeploy",
];

/// The path of the step: the first verification, or the first deployment, of the first stage that runs and has one.
pub(crate) fn step(blueprint: &Blueprint, run: &Run) -> Option<String> {
    let mut stages = blueprint.stages().filter(|stage| stage.when.holds(&run.context));
    let of_kind = |stage: &Stage, kinds: &[&str]| first(&stage.steps, kinds, &stage.path, &first_pass(run, stage));
    let deployment = |stage: &Stage| of_kind(stage, &DEPLOYMENTS);
    match run.scenario.outcome {
        RunOutcome::Success => None,
        RunOutcome::FailVerify => stages.find_map(|stage| of_kind(stage, &["Verify"]).or_else(|| deployment(stage))),
        RunOutcome::FailDeploy => stages.find_map(deployment),
    }
}

/// The path of a stage, or of its first pass where it loops or brings several things somewhere.
fn first_pass(run: &Run, stage: &Stage) -> String {
    let own = if stage.looping.is_some() {
        path::pass(&stage.path, 0)
    } else {
        stage.path.clone()
    };
    let several = stage.deploys.as_ref().is_some_and(|deploys| deploys.several);
    let is_split = several || run.targets.get(&own).is_some_and(|targets| targets.len() > 1);
    if is_split { path::pass(&own, 0) } else { own }
}

/// The first step of these kinds, in the first pass of whatever loops around it: `from` is where the nodes stand in the
/// pipeline, `to` where they run.
fn first(nodes: &[Node], kinds: &[&str], from: &str, to: &str) -> Option<String> {
    nodes.iter().find_map(|node| {
        let own = path::moved(&node.path, from, to);
        let own = if node.looping.is_some() {
            path::pass(&own, 0)
        } else {
            own
        };
        match &node.work {
            Work::Group { steps } | Work::Parallel { steps } => first(steps, kinds, &node.path, &own),
            _ => kinds.contains(&node.kind.as_str()).then_some(own),
        }
    })
}
