//! Deployment stages: strategies, verification, rollback.

use harness_cd_model::duration_ms;
use harness_cd_yaml::{At, Node};

use super::{Fault, Place};
use crate::stages::step_types;

/// Steps that put a version into a cluster and can take it back.
const DEPLOYING: [&str; 5] = [
    "K8sRollingDeploy",
    "K8sCanaryDeploy",
    "K8sBlueGreenDeploy",
    "HelmDeploy",
    "NativeHelmDeploy",
];

/// A deployment stage, apart in steps and rollback steps.
struct Execution<'n> {
    at: At<'n>,
    steps: Vec<(At<'n>, &'n str)>,
    rollback: Vec<(At<'n>, &'n str)>,
}

impl<'n> Execution<'n> {
    fn of(place: &Place<'n>) -> Option<Self> {
        let is_deployment =
            place.is_body("stage") && place.at.node.get("type").and_then(Node::text) == Some("Deployment");
        let at = place.at.get("spec").filter(|_| is_deployment)?.get("execution")?;
        let under = |key: &str| at.get(key).map(|list| step_types(&list).collect()).unwrap_or_default();
        let (steps, rollback) = (under("steps"), under("rollbackSteps"));
        Some(Self { at, steps, rollback })
    }

    fn first(&self, kind: &str) -> Option<&At<'n>> {
        self.steps.iter().find(|(_, found)| *found == kind).map(|(at, _)| at)
    }

    fn rolls_back_with(&self, kind: &str) -> bool {
        self.rollback.iter().any(|(_, found)| *found == kind)
    }
}

/// A stage that deploys can go back.
pub(super) fn no_rollback_steps(place: &Place<'_>) -> Vec<Fault> {
    let Some(execution) = Execution::of(place) else {
        return Vec::new();
    };
    let Some((_, kind)) = execution.steps.iter().find(|(_, kind)| DEPLOYING.contains(kind)) else {
        return Vec::new();
    };
    // Steps of a template are not in sight.
    let has_rollback = execution
        .at
        .get("rollbackSteps")
        .is_some_and(|list| list.items().next().is_some());
    match has_rollback {
        true => Vec::new(),
        false => vec![Fault::at(
            &execution.at,
            format!("the stage deploys with {kind} and has no rollbackSteps: a rollback does nothing"),
            "add rollbackSteps, for example K8sRollingRollback",
        )],
    }
}

/// After a failed canary, its pods go.
pub(super) fn canary_left_behind(place: &Place<'_>) -> Vec<Fault> {
    let Some(execution) = Execution::of(place) else {
        return Vec::new();
    };
    let Some(canary) = execution.first("K8sCanaryDeploy") else {
        return Vec::new();
    };
    let is_progressive = canary.node.at(&["spec", "canaryType"]).and_then(Node::text) == Some("Progressive");
    if is_progressive || execution.rollback.is_empty() || execution.rolls_back_with("K8sCanaryDelete") {
        return Vec::new();
    }
    vec![Fault::at(
        canary,
        "after a failure the canary's pods stay and keep taking traffic: no K8sCanaryDelete in rollbackSteps",
        "add a K8sCanaryDelete step before the rolling rollback",
    )]
}

/// One strategy per stage: a canary cannot protect a version that is out already.
pub(super) fn several_strategies(place: &Place<'_>) -> Vec<Fault> {
    let Some(execution) = Execution::of(place) else {
        return Vec::new();
    };
    let position = |kind: &str| execution.steps.iter().position(|(_, found)| *found == kind);
    let (rolling, canary) = (position("K8sRollingDeploy"), position("K8sCanaryDeploy"));
    let mut faults = Vec::new();
    if let (Some(rolling), Some(canary), Some(at)) = (rolling, canary, execution.first("K8sCanaryDeploy"))
        && rolling < canary
    {
        let message =
            "the canary comes after a rolling deployment of the same version, which is out everywhere by then";
        faults.push(Fault::at(
            at,
            message,
            "deploy the canary first, and roll out when it has been verified",
        ));
    }
    if let Some(at) = execution.first("K8sBlueGreenDeploy")
        && (rolling.is_some() || canary.is_some())
    {
        let message = "a blue-green deployment stands beside another strategy: it deploys one more copy";
        faults.push(Fault::at(
            at,
            message,
            "choose one strategy; rolling and canary steps wait for a steady state themselves",
        ));
    }
    faults
}

/// A blue-green deployment takes traffic when the services are swapped.
pub(super) fn blue_green_without_swap(place: &Place<'_>) -> Vec<Fault> {
    let Some(execution) = Execution::of(place) else {
        return Vec::new();
    };
    match execution.first("K8sBlueGreenDeploy") {
        Some(at) if execution.first("K8sBGSwapServices").is_none() => {
            let message = "nothing swaps the services: the new version never takes traffic";
            vec![Fault::at(at, message, "add a K8sBGSwapServices step")]
        }
        _ => Vec::new(),
    }
}

fn verify<'n>(place: &Place<'n>) -> Option<At<'n>> {
    let is_verify = place.is_body("step") && place.at.node.get("type").and_then(Node::text) == Some("Verify");
    place.at.get("spec").filter(|_| is_verify)
}

/// A verification has something to ask.
pub(super) fn verify_without_monitored_service(place: &Place<'_>) -> Vec<Fault> {
    let Some(spec) = verify(place) else { return Vec::new() };
    match ["monitoredService", "monitoredServiceRef"]
        .iter()
        .any(|key| spec.get(key).is_some())
    {
        true => Vec::new(),
        false => vec![Fault::at(
            &spec,
            "the verification names no monitored service: there is nothing to compare",
            "add `monitoredService: {type: Default, spec: {}}` and a monitored service with a health source",
        )],
    }
}

/// A verification ends before its timeout: it waits for data before it begins to count.
pub(super) fn verify_expires(place: &Place<'_>) -> Vec<Fault> {
    let Some(spec) = verify(place) else { return Vec::new() };
    let duration = |at: Option<At<'_>>| at.and_then(|at| duration_ms(at.node.text()?));
    let timeout = place.at.get("timeout");
    let duration_at = spec
        .get("spec")
        .and_then(|spec| spec.get("duration"))
        .or_else(|| spec.get("duration"));
    match (duration(timeout.clone()), duration(duration_at)) {
        (Some(limit), Some(length)) if limit <= length => vec![Fault::at(
            &timeout.unwrap_or_else(|| place.at.clone()),
            "the timeout is no longer than the verification itself, which then always expires",
            "leave 10 minutes or more beyond the duration",
        )],
        _ => Vec::new(),
    }
}

/// Keys that Harness takes without a word and does nothing with.
pub(super) fn ignored_key(place: &Place<'_>) -> Vec<Fault> {
    let fault = |at: Option<At<'_>>, message: &str, hint: &str| at.map(|at| Fault::at(&at, message, hint));
    let found = if place.is_body("pipeline") {
        let message = "triggers inside a pipeline have no effect: a trigger is an entity of its own";
        fault(place.at.get("triggers"), message, "move them to files of their own")
    } else if place.is_body("service") && place.at.node.get("serviceRef").is_some() {
        let message = "a service definition beside `serviceRef` has no effect";
        fault(
            place.at.get("serviceDefinition"),
            message,
            "move it to the service entity, and bind inputs with `serviceInputs`",
        )
    } else {
        None
    };
    found.into_iter().collect()
}
