//! Approvals: who decides, how many, and what waits meanwhile.

use harness_cd_yaml::Node;

use crate::outline::is_approval;
use crate::place::{Faults, Place, literal};
use crate::strategies::deploys;
use harness_cd_pipeline::stages::steps;

/// So many approvals are as many as somebody meant.
pub(crate) fn arithmetic<'n>(place: &Place<'n, '_>, faults: &mut Faults<'n>) {
    if !place.is_at("step spec approvers") {
        return;
    }
    let groups = place.node.get("userGroups").map_or(0, |list| list.items().count());
    let Some(count) = place.node.get("minimumCount") else {
        return;
    };
    match count.as_i64() {
        Some(..=0) => faults.add(count, "nobody has to approve", "ask for one approval or more"),
        Some(2..) if groups > 1 => {
            let message =
                format!("any members of the {groups} groups count, so all approvals may come from one of them");
            faults.add(count, message, "give each group an approval step of its own");
        }
        _ => {}
    }
}

/// Whoever starts a run does not approve it.
pub(crate) fn executor_approves<'n>(place: &Place<'n, '_>, faults: &mut Faults<'n>) {
    if place.is_at("approvers disallowPipelineExecutor") && place.node.as_bool() == Some(false) {
        let message = "whoever starts the run may approve it";
        faults.add(place.node, message, "write `disallowPipelineExecutor: true`");
    }
}

/// A run that a webhook starts has no executor to keep out.
pub(crate) fn executor_of_webhook<'n>(place: &Place<'n, '_>, faults: &mut Faults<'n>) {
    if !place.is_body("pipeline") {
        return;
    }
    let triggers = place.node.get("triggers").into_iter().flat_map(Node::items);
    let is_webhook = |item: &Node| item.at(&["trigger", "source", "type"]).and_then(Node::text) == Some("Webhook");
    if !triggers.into_iter().any(is_webhook) {
        return;
    }
    for step in steps(place.node) {
        let exclusion = step.at(&["spec", "approvers", "disallowPipelineExecutor"]);
        if let Some(node) = exclusion.filter(|node| node.as_bool() == Some(true)) {
            let message = "this keeps nobody out of the runs that the webhook starts: they have no user";
            faults.add(node, message, "keep people out by group, or by `disallowedUserEmails`");
        }
    }
}

/// An approval does not hold what others wait for, unless it is about what the stage has deployed.
pub(crate) fn approval_holds_resource<'n>(place: &Place<'n, '_>, faults: &mut Faults<'n>) {
    if !place.is_body_of_type("stage", "Deployment") {
        return;
    }
    let execution = place.node.at(&["spec", "execution", "steps"]);
    let steps = execution.map(steps).unwrap_or_default().into_iter();
    for step in steps.take_while(|step| !deploys(step)) {
        if is_approval(step) {
            let wait = step
                .get("timeout")
                .and_then(literal)
                .map(|time| format!(" for up to {time}"))
                .unwrap_or_default();
            let message = format!(
                "while it waits{wait}, the approval holds the service and infrastructure of its Deployment stage, and its rejection rolls back what was never deployed"
            );
            faults.add(step, message, "move it to an Approval stage before this one");
        }
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
