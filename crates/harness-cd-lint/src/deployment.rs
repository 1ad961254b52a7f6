//! Deployment stages: strategies, verification, rollback.

use std::time::Duration;

use harness_cd_model::duration_ms;
use harness_cd_yaml::Node;

use crate::place::{Faults, Place, literal, type_of};
use harness_cd_pipeline::stages::{bodies, steps};

/// Steps that put a version into a cluster and can take it back.
const DEPLOYING: [&str; 4] = [
    "K8sRollingDeploy",
    "K8sCanaryDeploy",
    "K8sBlueGreenDeploy",
    "HelmDeploy",
];

/// A deployment stage, apart in steps and rollback steps.
struct Execution<'n> {
    stage: &'n Node,
    node: &'n Node,
    steps: Vec<&'n Node>,
    rollback: Vec<&'n Node>,
}

impl<'n> Execution<'n> {
    fn of(place: &Place<'n, '_>) -> Option<Self> {
        if !place.is_body_of_type("stage", "Deployment") {
            return None;
        }
        let node = place.node.at(&["spec", "execution"])?;
        let under = |key: &str| node.get(key).map(steps).unwrap_or_default();
        Some(Self {
            stage: place.node,
            node,
            steps: under("steps"),
            rollback: under("rollbackSteps"),
        })
    }

    fn position(&self, kind: &str) -> Option<usize> {
        self.steps.iter().position(|step| type_of(step) == Some(kind))
    }

    fn first(&self, kind: &str) -> Option<&'n Node> {
        self.steps.get(self.position(kind)?).copied()
    }

    fn rolls_back_with(&self, kind: &str) -> bool {
        self.rollback.iter().any(|step| type_of(step) == Some(kind))
    }

    /// The first canary that is not of the progressive kind, which grows to all replicas by itself.
    fn canary(&self) -> Option<&'n Node> {
        self.first("K8sCanaryDeploy")
            .filter(|step| step.at(&["spec", "canaryType"]).and_then(Node::text) != Some("Progressive"))
    }
}

/// A stage that deploys can go back.
pub(crate) fn no_rollback_steps<'n>(place: &Place<'n, '_>, faults: &mut Faults<'n>) {
    let Some(execution) = Execution::of(place) else { return };
    let mut kinds = execution.steps.iter().filter_map(|step| type_of(step));
    let Some(kind) = kinds.find(|kind| DEPLOYING.contains(kind)) else {
        return;
    };
    // Steps of a template are not in sight.
    let rollback = execution.node.get("rollbackSteps");
    if rollback.is_none_or(|list| list.items().next().is_none()) {
        let message = format!("the stage deploys with {kind} and has no rollbackSteps: a rollback does nothing");
        faults.add(
            execution.node,
            message,
            "add rollbackSteps, for example K8sRollingRollback",
        );
    }
}

/// After a failed canary, its pods go.
pub(crate) fn canary_left_behind<'n>(place: &Place<'n, '_>, faults: &mut Faults<'n>) {
    let Some(execution) = Execution::of(place) else { return };
    let Some(canary) = execution.canary() else { return };
    if !execution.rollback.is_empty() && !execution.rolls_back_with("K8sCanaryDelete") {
        let message =
            "after a failure the canary's pods stay and keep taking traffic: no K8sCanaryDelete in rollbackSteps";
        faults.add(
            canary,
            message,
            "add a K8sCanaryDelete step before the rolling rollback",
        );
    }
}

/// A canary that held becomes the deployment.
pub(crate) fn canary_never_rolled_out<'n>(place: &Place<'n, '_>, faults: &mut Faults<'n>) {
    let Some(execution) = Execution::of(place) else { return };
    let Some(canary) = execution.canary() else { return };
    let first = execution.position("K8sCanaryDeploy").unwrap_or_default();
    let rolls_out = |step: &&Node| type_of(step) == Some("K8sRollingDeploy") || step.get("template").is_some();
    if !execution.steps.iter().skip(first).any(rolls_out) {
        let message = "no K8sRollingDeploy follows the canary: the version it tried is never rolled out";
        faults.add(
            canary,
            message,
            "delete the canary when it held, then add a K8sRollingDeploy step",
        );
    }
}

/// One strategy per stage: a canary cannot protect a version that is out already.
pub(crate) fn several_strategies<'n>(place: &Place<'n, '_>, faults: &mut Faults<'n>) {
    let Some(execution) = Execution::of(place) else { return };
    let (rolling, canary) = (
        execution.position("K8sRollingDeploy"),
        execution.position("K8sCanaryDeploy"),
    );
    if let (Some(rolling), Some(canary), Some(step)) = (rolling, canary, execution.first("K8sCanaryDeploy"))
        && rolling < canary
    {
        let message =
            "the canary comes after a rolling deployment of the same version, which is out everywhere by then";
        faults.add(
            step,
            message,
            "deploy the canary first, and roll out when it has been verified",
        );
    }
    if let Some(step) = execution.first("K8sBlueGreenDeploy")
        && (rolling.is_some() || canary.is_some())
    {
        let message = "a blue-green deployment stands beside another strategy: it deploys one more copy";
        let hint = "choose one strategy; rolling and canary steps wait for a steady state themselves";
        faults.add(step, message, hint);
    }
}

/// What the deploying step applies is not applied before it.
pub(crate) fn applied_twice<'n>(place: &Place<'n, '_>, faults: &mut Faults<'n>) {
    let Some(execution) = Execution::of(place) else { return };
    if !execution
        .steps
        .iter()
        .filter_map(|step| type_of(step))
        .any(|kind| DEPLOYING.contains(&kind))
    {
        return;
    }
    let deployed = manifest_paths(execution.stage);
    for step in execution.steps.iter().filter(|step| type_of(step) == Some("K8sApply")) {
        let files = step.at(&["spec", "filePaths"]).into_iter().flat_map(Node::items);
        if let Some(file) = files
            .into_iter()
            .find(|file| file.text().is_some_and(|path| deployed.contains(&path)))
        {
            let message = "the step applies the manifests that the stage deploys: they are out before any canary, and an apply has no rollback";
            faults.add(
                file,
                message,
                "remove the step; K8sApply is for what lies outside the manifests",
            );
        }
    }
}

/// The paths of the manifests of a stage's service.
fn manifest_paths(stage: &Node) -> Vec<&str> {
    let service = stage.at(&["spec", "service"]).into_iter();
    let definitions = service.flat_map(|service| {
        [
            service.get("serviceDefinition"),
            service.at(&["serviceInputs", "serviceDefinition"]),
        ]
    });
    let manifests = definitions
        .flatten()
        .filter_map(|definition| definition.at(&["spec", "manifests"]));
    let stores = manifests
        .flat_map(Node::items)
        .filter_map(|item| item.at(&["manifest", "spec", "store", "spec"]));
    let paths = stores.filter_map(|store| store.get("paths")).flat_map(Node::items);
    paths.filter_map(Node::text).collect()
}

/// A blue-green deployment takes traffic when the services are swapped.
pub(crate) fn blue_green_without_swap<'n>(place: &Place<'n, '_>, faults: &mut Faults<'n>) {
    let Some(execution) = Execution::of(place) else { return };
    if let Some(step) = execution.first("K8sBlueGreenDeploy")
        && execution.first("K8sBGSwapServices").is_none()
    {
        let message = "nothing swaps the services: the new version never takes traffic";
        faults.add(step, message, "add a K8sBGSwapServices step");
    }
}

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

fn verification<'n>(place: &Place<'n, '_>) -> Option<&'n Node> {
    let is_verify = place.is_body_of_type("step", "Verify");
    place.node.get("spec").filter(|_| is_verify)
}

/// A verification has something to ask.
pub(crate) fn verify_without_monitored_service<'n>(place: &Place<'n, '_>, faults: &mut Faults<'n>) {
    let Some(spec) = verification(place) else { return };
    if spec.get("monitoredService").is_none() && spec.get("monitoredServiceRef").is_none() {
        let message = "the verification names no monitored service: there is nothing to compare";
        let hint = "add `monitoredService: {type: Default, spec: {}}` and a monitored service with a health source";
        faults.add(spec, message, hint);
    }
}

/// A verification ends before its timeout: it waits for data before it begins to count.
pub(crate) fn verify_expires<'n>(place: &Place<'n, '_>, faults: &mut Faults<'n>) {
    let Some(spec) = verification(place) else { return };
    let Some(timeout) = place.node.get("timeout") else {
        return;
    };
    let duration = spec.at(&["spec", "duration"]).or_else(|| spec.get("duration"));
    if let (Some(limit), Some(length)) = (milliseconds(timeout), duration.and_then(milliseconds))
        && limit <= length
    {
        let message = "the timeout is no longer than the verification itself, which then always expires";
        faults.add(timeout, message, "leave 10 minutes or more beyond the duration");
    }
}

/// A verification knows its deployment by the tag of the artifact.
pub(crate) fn deployment_tag<'n>(place: &Place<'n, '_>, faults: &mut Faults<'n>) {
    if !place.is_at("spec spec deploymentTag") {
        return;
    }
    let text = place.node.text().unwrap_or_default();
    let names_tag = ["artifact", "tag", "Tag"].iter().any(|word| text.contains(word));
    if !text.is_empty() && !names_tag && !text.contains("<+input>") {
        let message = "the deployment is known by the artifact's tag, and this is none";
        faults.add(place.node, message, "write `<+artifacts.primary.tag>`");
    }
}

/// Manifests that are approved are the ones that are deployed.
pub(crate) fn manifests_move_after_approval<'n>(place: &Place<'n, '_>, faults: &mut Faults<'n>) {
    let is_branch = place.is_at("store spec gitFetchType") && place.node.text() == Some("Branch");
    if is_branch
        && place
            .outline
            .pipeline
            .as_ref()
            .is_some_and(|pipeline| pipeline.has_approval)
    {
        let message =
            "the manifests are read from a branch when the steps run, which may be days after the approver looked";
        faults.add(
            place.node,
            message,
            "pin them: `gitFetchType: Commit` with a `commitId`",
        );
    }
}

/// A stage has the time that its steps may take: one that expires is not rolled back.
pub(crate) fn timeout_too_short<'n>(place: &Place<'n, '_>, faults: &mut Faults<'n>) {
    let needed = if place.is_body("stage") {
        place
            .node
            .at(&["spec", "execution"])
            .map(|execution| needed_by(execution, "steps"))
    } else if place.is_body("pipeline") {
        Some(longest_or_sum(bodies(place.node, "stages", "stage").into_iter().map(
            |stage| {
                let inside = stage
                    .at(&["spec", "execution"])
                    .map(|execution| needed_by(execution, "steps"));
                (
                    stage,
                    stage
                        .get("timeout")
                        .and_then(milliseconds)
                        .or(inside)
                        .unwrap_or_default(),
                )
            },
        )))
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

fn milliseconds(node: &Node) -> Option<u64> {
    duration_ms(literal(node)?)
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
