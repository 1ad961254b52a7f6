//! Kubernetes manifests: what runs, with how much, and as whom.

use harness_cd_model::naming::manifest_target;
use harness_cd_model::words::is_moving_tag;
use harness_cd_yaml::{Document, Node};

use crate::place::{Faults, Place, literal};
use crate::repo_facts::{Member, RepoFacts};
use crate::values::tag_of;

/// The pod of a workload.
struct Pod<'n> {
    spec: &'n Node,
}

impl<'n> Pod<'n> {
    fn of(place: &Place<'n, '_>) -> Option<Self> {
        if !place.trail.is_empty() || !place.is_value() {
            return None;
        }
        let path: &[&str] = match place.node.get("kind")?.text()? {
            "Pod" => &["spec"],
            "Deployment" | "StatefulSet" | "DaemonSet" | "ReplicaSet" | "Job" => &["spec", "template", "spec"],
            "CronJob" => &["spec", "jobTemplate", "spec", "template", "spec"],
            _ => return None,
        };
        place.node.at(path).map(|spec| Self { spec })
    }

    fn containers(&self) -> impl Iterator<Item = &'n Node> {
        let lists = ["initContainers", "containers"]
            .into_iter()
            .filter_map(|key| self.spec.get(key));
        lists.flat_map(Node::items)
    }
}

fn name_of(container: &Node) -> &str {
    container.get("name").and_then(Node::text).unwrap_or("?")
}

/// A container says how much it needs and how much it may take.
pub(crate) fn resources<'n>(place: &Place<'n, '_>, faults: &mut Faults<'n>) {
    const WANTED: [&[&str]; 3] = [&["requests", "cpu"], &["requests", "memory"], &["limits", "memory"]];
    let Some(pod) = Pod::of(place) else { return };
    for container in pod.containers() {
        let resources = container.get("resources");
        let missing: Vec<String> = (WANTED.iter())
            .filter(|keys| resources.and_then(|resources| resources.at(keys)).is_none())
            .map(|keys| format!("`{}`", keys.join(".")))
            .collect();
        if !missing.is_empty() {
            let message = format!("the container `{}` has no {}", name_of(container), missing.join(", "));
            faults.add(container, message, "add them under `resources`");
        }
    }
}

/// A container runs without rights that it does not need.
pub(crate) fn security<'n>(place: &Place<'n, '_>, faults: &mut Faults<'n>) {
    let Some(pod) = Pod::of(place) else { return };
    for container in pod.containers() {
        let missing = missing_restrictions(pod.spec, container);
        if !missing.is_empty() {
            let message = format!("the container `{}` lacks {}", name_of(container), missing.join(", "));
            faults.add(
                container,
                message,
                "set them in `securityContext`, of the container or of the pod",
            );
        }
    }
}

/// What Kubernetes's restricted pod security standard asks for and a container does not say.
fn missing_restrictions(pod: &Node, container: &Node) -> Vec<&'static str> {
    let own = |keys: &[&str]| container.get("securityContext").and_then(|context| context.at(keys));
    let either = |keys: &[&str]| own(keys).or_else(|| pod.get("securityContext")?.at(keys));
    let drops_all =
        own(&["capabilities", "drop"]).is_some_and(|drop| drop.items().any(|item| item.text() == Some("ALL")));
    let restrictions = [
        (
            either(&["runAsNonRoot"]).and_then(Node::as_bool) == Some(true),
            "`runAsNonRoot: true`",
        ),
        (
            own(&["allowPrivilegeEscalation"]).and_then(Node::as_bool) == Some(false),
            "`allowPrivilegeEscalation: false`",
        ),
        (drops_all, "`capabilities.drop: [ALL]`"),
        (either(&["seccompProfile", "type"]).is_some(), "`seccompProfile.type`"),
    ];
    restrictions
        .into_iter()
        .filter(|(is_set, _)| !is_set)
        .map(|(_, name)| name)
        .collect()
}

/// What runs is what was chosen.
pub(crate) fn image<'n>(place: &Place<'n, '_>, faults: &mut Faults<'n>) {
    let Some(pod) = Pod::of(place) else { return };
    for image in pod.containers().filter_map(|container| container.get("image")) {
        let Some(text) = literal(image).filter(|text| !text.contains("PLACEHOLDER")) else {
            continue;
        };
        let is_pinned = text.contains('@') || tag_of(text).is_some_and(|tag| !is_moving_tag(tag));
        if !is_pinned {
            let message = format!("nothing says which `{text}` runs: it has no tag that stays");
            faults.add(
                image,
                message,
                "write `<+artifacts.primary.image>`, a version or a digest",
            );
        }
    }
}

/// The namespace is the infrastructure's.
pub(crate) fn namespace<'n>(place: &Place<'n, '_>, faults: &mut Faults<'n>) {
    if place.is_at("/ metadata namespace") && place.literal().is_some_and(|text| !text.is_empty()) {
        let message = "a namespace in a manifest wins over the one of the infrastructure definition";
        faults.add(place.node, message, "leave it out");
    }
}

/// A canary deploys one Deployment, and knows no other workload.
pub(crate) fn canary_of_several<'n>(repo: &RepoFacts<'_>, member: &Member<'n, '_>, faults: &mut Faults<'n>) {
    let Some((service, environment)) = manifest_target(&member.document.file) else {
        return;
    };
    if !repo.has_canary(service, environment) {
        return;
    }
    let kind = kind_of(member.document);
    let is_second = || member.above.iter().any(|other| kind_of(other) == "Deployment");
    let is_too_much = match kind {
        "StatefulSet" | "DaemonSet" | "Job" | "CronJob" => true,
        "Deployment" => is_second(),
        _ => false,
    };
    if is_too_much {
        let message = format!("`{environment}` gets a canary, which deploys one Deployment and no {kind} beside it");
        let hint = "give the workload a service of its own, or an archetype that rolls";
        faults.add(&member.document.root, message, hint);
    }
}

fn kind_of(document: &Document) -> &str {
    document.root.get("kind").and_then(Node::text).unwrap_or_default()
}
