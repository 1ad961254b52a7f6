//! Deployment stages: strategies and rollback.

use harness_cd_yaml::Node;

use crate::place::{Faults, Place, type_of};
use harness_cd_pipeline::stages::steps;

/// Steps that put a version into a cluster and can take it back.
const DEPLOYING: [&str; 4] = [
    "K8sRollingDeploy",
    "K8sCanaryDeploy",
    "K8sBlueGreenDeploy",
    "HelmDeploy",
];

/// Whether a step puts a version into a cluster.
pub(crate) fn deploys(step: &Node) -> bool {
    type_of(step).is_some_and(|kind| DEPLOYING.contains(&kind))
}

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
