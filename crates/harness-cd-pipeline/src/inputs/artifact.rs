//! Where in a pipeline the tag of an artifact stands, in Harness's words, and which of its variables give one.
//! Source: run-inputs §4.

use std::collections::BTreeMap;

use harness_cd_model::words::pointer_names;
use harness_cd_model::{ArtifactRegistry, Diagnostic};
use harness_cd_yaml::{Node, Value, parse_text};

use super::InputExpression;
use super::choices::{ARTIFACTS, SERVICE};
use super::element::{ElementKey, wrapped};

/// Where a pipeline declares its variables.
pub(super) const VARIABLES: &str = "/pipeline/variables/";

/// The artifact of which an input takes the tag or the version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaggedArtifact {
    /// What it lies in.
    pub registry: ArtifactRegistry,
    /// The way to the tag, as Harness writes it: names and identifiers, with dots between them.
    pub fqn: String,
}

/// A tag, and the service whose artifact it is of, where the pipeline names it.
struct Located<'n> {
    artifact: TaggedArtifact,
    service: Option<&'n str>,
}

/// The artifact of whose tag the input at a pointer of a pipeline's text is, itself or as a variable that gives it; `None`
/// where the input is something else, or its place cannot be named. `service` is who has the artifact, where the run chooses that.
///
/// # Errors
/// Findings of a text that cannot be read.
pub fn tagged_artifact(
    pipeline: &str,
    pointer: &str,
    service: &str,
) -> Result<Option<TaggedArtifact>, Vec<Diagnostic>> {
    let root = parse_text("pipeline.yaml", pipeline)?.root;
    let given = variable_at(&root, pointer).and_then(|name| tags_of_variables(&root).remove(name));
    let pointer = given.as_deref().unwrap_or(pointer);
    Ok(locate(&root, pointer, service).map(|located| located.artifact))
}

/// The name of the variable whose value stands at a pointer.
fn variable_at<'n>(root: &'n Node, pointer: &str) -> Option<&'n str> {
    let index = pointer.strip_prefix(VARIABLES)?.strip_suffix("/value")?;
    let variable = root.at(&["pipeline", "variables"])?.items().nth(index.parse().ok()?)?;
    variable.get("name")?.text()
}

/// The variables of a pipeline that give the tag of an artifact of a named service, each with a pointer to such a tag;
/// none that gives tags of several.
pub(super) fn tags_of_variables(root: &Node) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    root.walk(&mut |pointer, node| {
        let read = node
            .text()
            .and_then(variable_read)
            .filter(|_| pointer.contains(ARTIFACTS));
        let (Some(name), Some(tag)) = (read, read.and_then(|_| artifact_at(root, pointer))) else {
            return;
        };
        let known = found.get(name).map(String::as_str);
        match known {
            None => _ = found.insert(name.to_owned(), pointer.to_owned()),
            Some(known) if artifact_at(root, known).as_ref() == Some(&tag) => {}
            // What is none is no tag of anything.
            Some(_) => _ = found.insert(name.to_owned(), String::new()),
        }
    });
    found
}

/// The service of the tag at a pointer, where the pipeline names it, and the way to the tag from there on.
pub(super) fn artifact_at<'n>(root: &'n Node, pointer: &str) -> Option<(&'n str, String)> {
    let Located { artifact, service } = locate(root, pointer, "")?;
    let (_, place) = artifact.fqn.split_once(".serviceInputs.")?;
    Some((service?, place.to_owned()))
}

/// The variable of the pipeline that a text stands for as a whole.
fn variable_read(text: &str) -> Option<&str> {
    let name = text.trim().strip_prefix("<+pipeline.variables.")?.strip_suffix('>')?;
    (!name.contains(['<', '>', '.', '('])).then_some(name)
}

fn locate<'n>(root: &'n Node, pointer: &str, service: &str) -> Option<Located<'n>> {
    let steps: Vec<String> = pointer_names(pointer).collect();
    let (mut node, mut names, mut registry, mut owner) = (root, Vec::new(), None, None);
    let mut steps = steps.iter();
    while let Some(step) = steps.next() {
        registry = registry_at(node).or(registry);
        owner = node.get(SERVICE).and_then(Node::text).or(owner);
        let Value::Sequence(items) = &node.value else {
            names.push(step.as_str());
            node = node.get(step)?;
            continue;
        };
        node = items.get(step.parse::<usize>().ok()?)?;
        match ElementKey::of(node) {
            Some(element) => {
                names.push(match InputExpression::is_one(element.value) {
                    true => service,
                    false => element.value,
                });
                if element.wrapper.is_some() {
                    node = node.get(steps.next()?)?;
                }
            }
            // Stages that run beside each other are named as if they ran one after the other.
            None if wrapped(node).is_some_and(|(key, _)| key == "parallel") => node = node.get(steps.next()?)?,
            None => return None,
        }
    }
    let registry = registry?;
    (names.last() == Some(&registry.build_key())).then(|| Located {
        artifact: TaggedArtifact {
            registry,
            fqn: names.join("."),
        },
        service: owner.filter(|name| !name.contains("<+")),
    })
}

/// What a source lies in, where a mapping is one.
pub(super) fn registry_at(mapping: &Node) -> Option<ArtifactRegistry> {
    mapping.get("spec")?;
    ArtifactRegistry::of_type(mapping.get("type")?.text()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ARTIFACTS: &str = "{primary: {sources: [{identifier: image, type: DockerRegistry, spec: {tag: <+input>}}, \
        {identifier: lib, type: Nexus3Registry, spec: {spec: {tag: <+input>}}}, \
        {identifier: gar, type: GoogleArtifactRegistry, spec: {version: <+input>}}]}, \
        sidecars: [{sidecar: {identifier: log, type: Ecr, spec: {tag: <+input>, region: <+input>}}}]}";

    fn found(stages: &str, pointer: &str) -> Option<(ArtifactRegistry, String)> {
        let inputs = format!("{{serviceDefinition: {{spec: {{artifacts: {ARTIFACTS}}}}}}}");
        let text = format!("pipeline: {{stages: {}}}", stages.replace("INPUTS", &inputs));
        let found = tagged_artifact(&text, pointer, "chosen").unwrap()?;
        Some((found.registry, found.fqn))
    }

    #[test]
    fn a_variable_may_give_the_tag_of_one_artifact() {
        let stage = |service: &str, tag: &str| {
            format!(
                "{{stage: {{identifier: s, spec: {{service: {{serviceRef: {service}, serviceInputs: {{serviceDefinition: \
                 {{spec: {{artifacts: {{primary: {{sources: [{{identifier: image, type: DockerRegistry, spec: {{tag: \
                 {tag}}}}}]}}}}}}}}}}}}}}}}}}"
            )
        };
        let pipeline = |stages: &[String]| {
            let variables = "[{name: other, value: <+input>}, {name: tag, type: String, value: <+input>}]";
            format!("pipeline: {{variables: {variables}, stages: [{}]}}", stages.join(", "))
        };
        let read = "<+pipeline.variables.tag>";
        let found = |stages: &[String]| {
            let inputs = crate::runtime_inputs("f", pipeline(stages).as_bytes()).inputs;
            inputs.iter().find_map(|input| input.choices.as_ref()?.within.clone())
        };
        let twice = [stage("shop", read), stage("shop", read)];
        assert_eq!(found(&twice).as_deref(), Some("shop"));
        let artifact = tagged_artifact(&pipeline(&twice), "/pipeline/variables/1/value", "shop").unwrap();
        let fqn = "pipeline.stages.s.spec.service.serviceInputs.serviceDefinition.spec.artifacts.primary.sources.image.spec.tag";
        assert_eq!(artifact.unwrap().fqn, fqn);
        for others in [
            [stage("shop", read), stage("mail", read)],
            [stage("<+input>", read), stage("shop", "v1")],
            [
                stage("shop", "v-<+pipeline.variables.tag>"),
                stage("shop", "<+pipeline.variables.other.tag>"),
            ],
        ] {
            assert_eq!(found(&others), None, "{others:?}");
        }
        let other = tagged_artifact(&pipeline(&twice), "/pipeline/variables/0/value", "shop").unwrap();
        assert_eq!(other, None);
    }

    #[test]
    fn the_way_to_a_tag_is_named_as_harness_names_it() {
        use ArtifactRegistry::{Docker, Ecr, GoogleArtifactRegistry, Nexus};
        let one = "[{stage: {identifier: roll, spec: {service: {serviceRef: <+input>, serviceInputs: INPUTS}}}}]";
        let below = "/serviceInputs/serviceDefinition/spec/artifacts";
        let named = "serviceInputs.serviceDefinition.spec.artifacts";
        for (rest, registry, fqn) in [
            ("primary/sources/0/spec/tag", Docker, "primary.sources.image.spec.tag"),
            (
                "primary/sources/1/spec/spec/tag",
                Nexus,
                "primary.sources.lib.spec.spec.tag",
            ),
            (
                "primary/sources/2/spec/version",
                GoogleArtifactRegistry,
                "primary.sources.gar.spec.version",
            ),
            ("sidecars/0/sidecar/spec/tag", Ecr, "sidecars.log.spec.tag"),
        ] {
            let pointer = format!("/pipeline/stages/0/stage/spec/service{below}/{rest}");
            let expected = format!("pipeline.stages.roll.spec.service.{named}.{fqn}");
            assert_eq!(found(one, &pointer), Some((registry, expected)));
        }
        let region = format!("/pipeline/stages/0/stage/spec/service{below}/sidecars/0/sidecar/spec/region");
        assert_eq!(found(one, &region), None);

        let several = "[{parallel: [{stage: {identifier: a}}, {stage: {identifier: b, spec: {services: {values: \
            [{serviceRef: shop, serviceInputs: INPUTS}, {serviceRef: <+input>, serviceInputs: INPUTS}]}}}}]}]";
        for (index, service) in [(0, "shop"), (1, "chosen")] {
            let pointer = format!(
                "/pipeline/stages/0/parallel/1/stage/spec/services/values/{index}{below}/primary/sources/0/spec/tag"
            );
            let expected =
                format!("pipeline.stages.b.spec.services.values.{service}.{named}.primary.sources.image.spec.tag");
            assert_eq!(found(several, &pointer), Some((Docker, expected)));
        }
        assert_eq!(found(one, "/pipeline/stages/1/stage/spec"), None);
    }
}
