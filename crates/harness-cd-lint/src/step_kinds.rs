//! Steps: what their names promise, and what no step should do.

use harness_cd_yaml::Node;

use crate::place::{Faults, Place, literal, type_of};
use crate::schema::{is_stage_with_steps, stages_of_step};
use harness_cd_pipeline::stages::steps;

/// What a name promises that a step of another type keeps.
const PROMISES: [(&str, &[&str], &str); 4] = [
    (
        "K8sCanaryDelete",
        &["rollout", "roll out", "complete", "promote", "100"],
        "the step deletes the canary; rolling out is a K8sRollingDeploy step after it",
    ),
    (
        "K8sBlueGreenDeploy",
        &["health", "verify", "check"],
        "the step deploys one more copy and verifies nothing",
    ),
    (
        "K8sRollingDeploy",
        &["health", "verify", "check"],
        "the step deploys and verifies nothing",
    ),
    (
        "K8sApply",
        &["health", "verify", "check"],
        "the step applies files and verifies nothing",
    ),
];

/// A step's name says what it does.
pub(crate) fn misleading_name<'n>(place: &Place<'n, '_>, faults: &mut Faults<'n>) {
    if !place.is_body("step") {
        return;
    }
    let (Some(kind), Some(node)) = (type_of(place.node), place.node.get("name")) else {
        return;
    };
    let name = node.text().unwrap_or_default().to_ascii_lowercase();
    let broken = PROMISES
        .iter()
        .find(|(of, promises, _)| *of == kind && promises.iter().any(|word| name.contains(word)));
    if let Some((_, _, truth)) = broken {
        return faults.add(
            node,
            format!("the name promises what {kind} does not do: {truth}"),
            "name the step after what it does",
        );
    }
    let counts = place
        .node
        .at(&["spec", "instanceSelection", "type"])
        .and_then(Node::text)
        == Some("Count");
    if counts && (name.contains('%') || name.contains("percent")) {
        let message = "the name speaks of a percentage, the step deploys a fixed number of pods";
        faults.add(node, message, "select instances by Percentage, or name the number");
    }
}

/// A stage takes the steps that its type is for.
pub(crate) fn step_of_another_stage<'n>(place: &Place<'n, '_>, faults: &mut Faults<'n>) {
    let is_template = || place.is_at("/ template spec") && place.mapping.and_then(type_of) == Some("Stage");
    if !place.is_body("stage") && !is_template() {
        return;
    }
    let (Some(stage), Some(execution)) = (place.node.get("type"), place.node.at(&["spec", "execution"])) else {
        return;
    };
    let Some(stage) = literal(stage).filter(|stage| is_stage_with_steps(stage)) else {
        return;
    };
    for node in steps(execution).into_iter().filter_map(|step| step.get("type")) {
        let Some((kind, stages)) = literal(node).and_then(|kind| Some((kind, stages_of_step(kind)?))) else {
            continue;
        };
        if !stages.contains(stage) {
            let message = format!("a stage of type {stage} takes no step of type {kind}");
            let stages = stages.iter().copied().collect::<Vec<_>>().join(", ");
            faults.add(node, message, format!("move the step to a stage of type {stages}"));
        }
    }
}

/// Steps in which somebody's script runs.
const SCRIPTS: [&str; 9] = [
    "ShellScript",
    "ShellScriptProvision",
    "CustomApproval",
    "Command",
    "Run",
    "Background",
    "RunTests",
    "Test",
    "Container",
];

/// A step does what its type says, not what a script says.
pub(crate) fn script<'n>(place: &Place<'n, '_>, faults: &mut Faults<'n>) {
    if place.is_at("step type") && place.node.text().is_some_and(|kind| SCRIPTS.contains(&kind)) {
        let message = format!(
            "a {} step runs a script of its own",
            place.node.text().unwrap_or_default()
        );
        faults.add(place.node, message, "use the step type made for the purpose");
    }
}

/// A flag that deletes what is not in the file.
pub(crate) fn prune<'n>(place: &Place<'n, '_>, faults: &mut Faults<'n>) {
    let is_flag = place.is_at("step spec commandFlags []") || place.is_at("commandFlags flag");
    if is_flag && place.node.text().is_some_and(|text| text.contains("--prune")) {
        let message = "pruning deletes every labelled object that the file lacks, the ConfigMaps and Secrets of earlier releases included, which a rollback needs";
        faults.add(
            place.node,
            message,
            "use `pruningEnabled` of the rolling or blue-green step",
        );
    }
}
