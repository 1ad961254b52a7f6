//! Verification steps: what they compare, for how long, and by what they know a deployment.

use harness_cd_yaml::Node;

use crate::place::{Faults, Place};
use crate::timeouts::milliseconds;

fn verification<'n>(place: &Place<'n, '_>) -> Option<&'n Node> {
    let is_verify = place.is_body_of_type("step", "Verify");
    place.node.get("spec").filter(|_| is_verify)
}

/// A verification says what it asks. Without a word Harness takes the monitored service of service and environment.
pub(crate) fn verify_without_monitored_service<'n>(place: &Place<'n, '_>, faults: &mut Faults<'n>) {
    let Some(spec) = verification(place) else { return };
    if spec.get("monitoredService").is_none() && spec.get("monitoredServiceRef").is_none() {
        let message = "the verification names no monitored service: `<service>_<environment>` is looked for, and without one the step may pass silently";
        let hint = "`monitoredService: {type: Default, spec: {}}` says the same; make sure that it has a health source";
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
