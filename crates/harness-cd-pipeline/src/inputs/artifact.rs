//! Where in a pipeline the tag of an artifact stands, in Harness's words. Source: run-inputs §4.

use harness_cd_model::{ArtifactRegistry, Diagnostic};
use harness_cd_yaml::{Node, Value, parse_text};

use super::InputExpression;
use super::element::{ElementKey, wrapped};

/// The artifact of which an input takes the tag or the version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaggedArtifact {
    /// What it lies in.
    pub registry: ArtifactRegistry,
    /// The way to the tag, as Harness writes it: names and identifiers, with dots between them.
    pub fqn: String,
}

/// The artifact of whose tag the input at a pointer of a pipeline's text is; `None` where the input is something else, or
/// its place cannot be named. `service` is who has the artifact, where the run chooses that.
///
/// # Errors
/// Findings of a text that cannot be read.
pub fn tagged_artifact(
    pipeline: &str,
    pointer: &str,
    service: &str,
) -> Result<Option<TaggedArtifact>, Vec<Diagnostic>> {
    let root = parse_text("pipeline.yaml", pipeline)?.root;
    Ok(locate(&root, pointer, service))
}

fn locate(root: &Node, pointer: &str, service: &str) -> Option<TaggedArtifact> {
    let steps: Vec<String> = pointer.split('/').skip(1).map(unescaped).collect();
    let (mut node, mut names, mut registry) = (root, Vec::new(), None);
    let mut steps = steps.iter();
    while let Some(step) = steps.next() {
        registry = registry_at(node).or(registry);
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
    (names.last() == Some(&registry.build_key())).then(|| TaggedArtifact {
        registry,
        fqn: names.join("."),
    })
}

/// What a source lies in, where a mapping is one.
pub(super) fn registry_at(mapping: &Node) -> Option<ArtifactRegistry> {
    mapping.get("spec")?;
    ArtifactRegistry::of_type(mapping.get("type")?.text()?)
}

fn unescaped(step: &str) -> String {
    step.replace("~1", "/").replace("~0", "~")
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
