//! What a pipeline deploys, or why no template can stand for it.

use std::collections::{BTreeMap, BTreeSet};

use harness_cd_model::Deployer;
use harness_cd_yaml::{At, Node};

use super::clusters::Infrastructure;
use super::sources::Known;
use crate::agree::{is_progressive, share_of, source_of, strategy_of};
use crate::dialect::is_of_harness3;
use crate::stages::{Stage, bodies, infrastructures, steps};

/// The types of stages that a config repository describes.
const STAGES: [&str; 3] = ["Deployment", "Approval", "Custom"];

/// A pipeline that a template can stand for.
#[derive(Clone, Debug)]
pub(super) struct Deploys {
    /// The identifier of the one service that it deploys.
    pub(super) service: String,
    /// Where to, as it refers to the environments, and how, in the order of its stages.
    pub(super) stages: Vec<(String, String)>,
    /// The infrastructure definitions that it names, each with its environment.
    pub(super) infrastructures: BTreeSet<Infrastructure>,
    /// The user groups that approve in it or hear of it.
    pub(super) groups: BTreeSet<String>,
    /// The policy sets of its Policy steps.
    pub(super) windows: BTreeSet<String>,
    /// The type of the artifact source that it gives a build to.
    pub(super) artifact: Option<String>,
    /// The phases of its canaries by environment: percent, and minutes of verification.
    pub(super) canaries: BTreeMap<String, Vec<(i64, i64)>>,
}

/// What a pipeline deploys.
///
/// # Errors
/// Why it is left as it is.
pub(super) fn deploys(known: &Known) -> Result<Deploys, String> {
    let pipeline = known.body();
    if known.holds_secret {
        return Err("a secret stands in it in plain text; keep it in Harness's secrets, and import again".to_owned());
    }
    if is_of_harness3(&known.root) {
        return Err("it is a pipeline of Harness 3.0, whose language a config repository does not write".to_owned());
    }
    if let Some(template) = template_of(pipeline) {
        return Err(format!("it is made from the Harness template `{template}`"));
    }
    let (mut services, mut stages, mut places) = (BTreeSet::new(), Vec::new(), BTreeSet::new());
    for stage in bodies(pipeline, "stages", "stage") {
        let name = text(stage, "identifier");
        if let Some(template) = template_of(stage) {
            return Err(format!(
                "its stage `{name}` is made from the Harness template `{template}`"
            ));
        }
        let kind = text(stage, "type");
        if !STAGES.contains(&kind) {
            let types = STAGES.join(", ");
            return Err(format!(
                "its stage `{name}` is of the type `{kind}`; a config repository describes {types}"
            ));
        }
        if kind == "Deployment" {
            services.extend(service_of(stage)?);
            let environment = environment_of(stage)?;
            let named = infrastructures(&alone(stage).body);
            let named = named
                .iter()
                .filter_map(|at| at.node.text())
                .filter(|text| !text.contains("<+"));
            places.extend(named.map(|infrastructure| (environment.clone(), infrastructure.to_owned())));
            stages.push((environment, how(stage)));
        }
    }
    if stages.is_empty() {
        return Err("it deploys to no environment: it has no stage of the type Deployment".to_owned());
    }
    let mut services = services.into_iter();
    match (services.next(), services.next()) {
        (Some(service), None) => Ok(Deploys {
            service,
            artifact: artifact(pipeline),
            canaries: canaries(pipeline),
            stages,
            infrastructures: places,
            groups: literals(pipeline, "userGroups"),
            windows: literals(pipeline, "policySets"),
        }),
        (None, _) => Err("it names no service".to_owned()),
        (Some(one), Some(other)) => Err(format!("it deploys several services, `{one}` and `{other}` among them")),
    }
}

fn text<'n>(node: &'n Node, key: &str) -> &'n str {
    node.get(key).and_then(Node::text).unwrap_or_default()
}

fn template_of(node: &Node) -> Option<&str> {
    node.at(&["template", "templateRef"])?.text()
}

/// The service that a stage names; none where it takes that of another.
fn service_of(stage: &Node) -> Result<Option<String>, String> {
    let name = text(stage, "identifier");
    let spec = stage.get("spec");
    if spec.is_some_and(|spec| spec.get("services").is_some()) {
        return Err(format!("its stage `{name}` deploys a list of services"));
    }
    if spec.is_some_and(|spec| spec.get("serviceConfig").is_some()) {
        return Err(format!(
            "its stage `{name}` has the older form of a service, `serviceConfig`"
        ));
    }
    let service = spec.and_then(|spec| spec.get("service"));
    if service.is_some_and(|service| service.get("useFromStage").is_some()) {
        return Ok(None);
    }
    let service = service.and_then(|service| service.get("serviceRef")?.text());
    match service {
        None | Some("") => Err(format!("its stage `{name}` names no service")),
        Some(text) if text.contains("<+") => Err(format!(
            "the service of its stage `{name}` is chosen by each run: `{text}`"
        )),
        Some(text) if text.contains('.') => Err(format!("its service `{text}` is none of the project")),
        Some(text) => Ok(Some(text.to_owned())),
    }
}

fn environment_of(stage: &Node) -> Result<String, String> {
    let name = text(stage, "identifier");
    let spec = stage.get("spec");
    let several = ["environments", "environmentGroup"];
    if let Some(key) = several
        .iter()
        .find(|key| spec.is_some_and(|spec| spec.get(key).is_some()))
    {
        return Err(format!(
            "its stage `{name}` deploys to several environments, by `{key}`"
        ));
    }
    let environment = spec.and_then(|spec| spec.at(&["environment", "environmentRef"])?.text());
    match environment {
        None | Some("") => Err(format!("its stage `{name}` names no environment")),
        Some(text) if text.contains("<+") => Err(format!(
            "the environment of its stage `{name}` is chosen by each run: `{text}`"
        )),
        Some(text) => Ok(text.to_owned()),
    }
}

/// How a stage deploys, in a word: in Kubernetes by its strategy, or else what it deploys.
fn how(stage: &Node) -> String {
    let kind = stage.at(&["spec", "deploymentType"]).and_then(Node::text);
    let is_kubernetes = |kind: &&str| Deployer::ALL.iter().any(|known| known.deployment_type() == *kind);
    if let Some(kind) = kind.filter(|kind| !is_kubernetes(kind)) {
        return kind.to_owned();
    }
    if steps(stage).iter().any(|step| text(step, "type").starts_with("Helm")) {
        return "Helm".to_owned();
    }
    if let Some(strategy) = strategy_of(&alone(stage)) {
        return strategy.to_string();
    }
    kind.unwrap_or("Other").to_owned()
}

fn alone(node: &Node) -> Stage<'_> {
    let pointer = String::new();
    Stage {
        body: At { node, pointer },
    }
}

fn artifact(pipeline: &Node) -> Option<String> {
    let stages = bodies(pipeline, "stages", "stage");
    let source = stages.into_iter().find_map(|stage| source_of(&alone(stage)))?;
    source.node.get("type")?.text().map(str::to_owned)
}

/// The items of the lists under a key, without expressions.
fn literals(pipeline: &Node, key: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let end = format!("/{key}");
    pipeline.walk(&mut |pointer: &str, node: &Node| {
        if pointer.ends_with(&end) {
            let literal = |text: &&str| !text.contains("<+") && !text.is_empty();
            found.extend(node.items().filter_map(Node::text).filter(literal).map(str::to_owned));
        }
    });
    found
}

/// The shortest verification that a platform description takes.
pub(super) const SHORTEST: u16 = 5;

/// What is no row of growing shares, a platform description cannot say.
fn canaries(pipeline: &Node) -> BTreeMap<String, Vec<(i64, i64)>> {
    let mut canaries = BTreeMap::new();
    for stage in bodies(pipeline, "stages", "stage") {
        let phases = phases(stage);
        let is_share = |(share, _): &(i64, i64)| (1..100).contains(share);
        let grows = phases.is_sorted_by(|(one, _), (next, _)| one < next);
        if !phases.is_empty() && phases.iter().all(is_share) && grows {
            canaries.extend(environment_of(stage).ok().map(|environment| (environment, phases)));
        }
    }
    canaries
}

fn phases(stage: &Node) -> Vec<(i64, i64)> {
    let mut phases: Vec<(i64, i64)> = Vec::new();
    for step in steps(stage) {
        // All replicas are what a progressive canary ends with, and no phase of it.
        let share = share_of(step).filter(|share| *share < 100 || !is_progressive(step));
        let minutes = step.at(&["spec", "spec", "duration"]);
        let minutes = minutes.and_then(|node| node.text()?.strip_suffix('m')?.parse().ok());
        match (text(step, "type"), share, minutes) {
            ("K8sCanaryDeploy", Some(share), _) => phases.push((share, SHORTEST.into())),
            ("Verify", _, Some(minutes)) => {
                if let Some(phase) = phases.last_mut() {
                    phase.1 = i64::from(SHORTEST).max(minutes);
                }
            }
            _ => {}
        }
    }
    phases
}

#[cfg(test)]
mod tests {
    use harness_cd_yaml::parse_text;

    use super::*;

    #[test]
    fn the_phases_of_both_kinds_of_canaries_are_read() {
        let standard = "instanceSelection: {type: Percentage, spec: {percentage: SHARE}}";
        let progressive = "canaryType: Progressive, targetPercentage: SHARE";
        for (canary, word) in [(standard, "Canary"), (progressive, "Progressive")] {
            let step = |share: &str| {
                let spec = canary.replace("SHARE", share);
                format!("{{step: {{type: K8sCanaryDeploy, spec: {{{spec}}}}}}}")
            };
            let verify =
                |minutes: &str| format!("{{step: {{type: Verify, spec: {{spec: {{duration: {minutes}m}}}}}}}}");
            let mut steps = vec![step("10"), verify("5"), step("50"), verify("15")];
            // All replicas are no phase.
            steps.extend((word == "Progressive").then(|| step("100")));
            let text = format!(
                "stages: [{{stage: {{spec: {{environment: {{environmentRef: prod}}, execution: {{steps: [{}]}}}}}}}}]",
                steps.join(", ")
            );
            let pipeline = parse_text("p.yaml", &text).unwrap().root;
            let expected = BTreeMap::from([("prod".to_owned(), vec![(10, 5), (50, 15)])]);
            assert_eq!(canaries(&pipeline), expected, "{word}");
            let stages = bodies(&pipeline, "stages", "stage");
            assert_eq!(stages.into_iter().map(how).collect::<Vec<_>>(), [word]);
        }
    }
}
