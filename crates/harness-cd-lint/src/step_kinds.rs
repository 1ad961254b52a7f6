//! Steps: what their names promise, and what no step should do.

use harness_cd_yaml::Node;

use crate::place::{Faults, Place, literal, type_of};
use crate::schema::{is_stage_with_steps, stages_of_step, words_under};
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

/// The execution of a stage, wherever that is written down.
fn execution_of<'n>(place: &Place<'n, '_>) -> Option<&'n Node> {
    let is_template = || place.is_at("/ template spec") && place.mapping.and_then(type_of) == Some("Stage");
    let execution = place.node.at(&["spec", "execution"]);
    execution.filter(|_| place.is_body("stage") || is_template())
}

/// A stage takes the steps that its type is for.
pub(crate) fn step_of_another_stage<'n>(place: &Place<'n, '_>, faults: &mut Faults<'n>) {
    let (Some(stage), Some(execution)) = (place.node.get("type"), execution_of(place)) else {
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

/// What the steps of a deployment type begin with, and the types of the stages that they are for. Steps that none of these
/// begins stand in any stage. Source: Harness's documentation of each deployment type.
const OF_DEPLOYMENT_TYPES: [(&[&str], &[&str]); 16] = [
    (
        &[
            "K8sRollingDeploy",
            "K8sRollingRollback",
            "K8sCanary",
            "K8sProgressiveCanary",
            "K8sBlueGreen",
            "K8sBGSwapServices",
        ],
        &["Kubernetes"],
    ),
    // What works on objects in a cluster is no matter of who put them there.
    (&["K8s"], &["Kubernetes", "NativeHelm"]),
    (&["Helm"], &["NativeHelm"]),
    (&["AwsLambda"], &["AwsLambda"]),
    (&["ServerlessAwsLambda"], &["ServerlessAwsLambda"]),
    (&["AwsSam"], &["AWS_SAM"]),
    (&["Ecs"], &["ECS"]),
    (&["Asg"], &["Asg"]),
    (&["Elastigroup"], &["Elastigroup"]),
    (&["AzureContainerApps"], &["AzureContainerApps"]),
    (&["AzureFunction"], &["AzureFunction"]),
    (
        &[
            "AzureSlotDeployment",
            "AzureSwapSlot",
            "AzureTrafficShift",
            "AzureWebApp",
        ],
        &["AzureWebApp"],
    ),
    (&["GoogleCloudRun"], &["GoogleCloudRun"]),
    (
        &["DeployCloudFunction", "CloudFunction", "RollbackCloudFunction"],
        &["GoogleCloudFunctions"],
    ),
    (&["GoogleMig"], &["GoogleManagedInstanceGroup"]),
    (&["Tas"], &["TAS"]),
];

/// A stage takes the steps that its deployment type is for.
pub(crate) fn step_of_another_deployment_type<'n>(place: &Place<'n, '_>, faults: &mut Faults<'n>) {
    let (Some(execution), Some(own)) = (execution_of(place), place.node.at(&["spec", "deploymentType"])) else {
        return;
    };
    // What is misspelt is told by the rule of words.
    let Some(own) = literal(own).filter(|own| words_under("deploymentType").contains(own)) else {
        return;
    };
    for node in steps(execution).into_iter().filter_map(|step| step.get("type")) {
        let Some(kind) = literal(node) else { continue };
        let begins = |(steps, _): &&(&[&str], &[&str])| steps.iter().any(|begin| kind.starts_with(begin));
        let Some((_, types)) = OF_DEPLOYMENT_TYPES.iter().find(begins) else {
            continue;
        };
        if !types.contains(&own) {
            let message = format!(
                "{kind} is a step for {}, and its stage deploys {own}",
                types.join(" and ")
            );
            let hint = format!("use a step for {own}, or mend the stage's `deploymentType`");
            faults.add(node, message, hint);
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
