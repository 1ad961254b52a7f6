//! Where in a pipeline the tag of an artifact stands, in Harness's words, and which of its variables give one.
//! Source: run-inputs §4.

use std::collections::{BTreeMap, BTreeSet};

use harness_cd_model::words::pointer_names;
use harness_cd_model::{ArtifactRegistry, Diagnostic};
use harness_cd_yaml::{Node, Value, parse_text};

use super::InputExpression;
use super::choices::{ARTIFACTS, SERVICE};
use super::element::{ElementKey, wrapped};
use crate::guard::may_hold;

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
/// where the input is something else, or its place cannot be named. `service` is who has the artifact, where the run chooses
/// that, and `answer` is what the run gives where [`TagsOfVariable::decided_by`] says that it decides.
///
/// # Errors
/// Findings of a text that cannot be read.
pub fn tagged_artifact(
    pipeline: &str,
    pointer: &str,
    service: &str,
    answer: Option<&str>,
) -> Result<Option<TaggedArtifact>, Vec<Diagnostic>> {
    let root = parse_text("pipeline.yaml", pipeline)?.root;
    let given = variable_at(&root, pointer).and_then(|name| tags_of_variables(&root).remove(name));
    let given = match given {
        Some(tags) => match tags.place(&root, answer) {
            Some(place) => Some(place),
            None => return Ok(None),
        },
        None => None,
    };
    let pointer = given.as_deref().unwrap_or(pointer);
    Ok(locate(&root, pointer, service).map(|located| located.artifact))
}

/// The name of the variable whose value stands at a pointer.
fn variable_at<'n>(root: &'n Node, pointer: &str) -> Option<&'n str> {
    let index = pointer.strip_prefix(VARIABLES)?.strip_suffix("/value")?;
    let variable = root.at(&["pipeline", "variables"])?.items().nth(index.parse().ok()?)?;
    variable.get("name")?.text()
}

/// The artifacts of one service to which a variable gives their tag.
pub(super) struct TagsOfVariable {
    /// Whose they are, as the pipeline refers to it.
    pub(super) service: String,
    /// The pointers of the tags, in file order.
    places: Vec<String>,
    /// The other variable by which a run tells which of them it deploys, where it may be of several.
    decided_by: Option<Deciding>,
}

/// A variable that decides which stages run.
struct Deciding {
    name: String,
    /// The pointer of its value.
    pointer: String,
}

impl TagsOfVariable {
    /// The pointer of the input whose answer tells which artifact is meant, where there are several.
    pub(super) fn decided_by(&self) -> Option<String> {
        self.decided_by.as_ref().map(|deciding| deciding.pointer.clone())
    }

    /// The pointer of the tag of the artifact that a run with that answer deploys.
    fn place(self, root: &Node, answer: Option<&str>) -> Option<String> {
        let Self { places, decided_by, .. } = self;
        let mut places = places.into_iter();
        match decided_by {
            None => places.next(),
            Some(deciding) => {
                let answer = answer?;
                places.find(|place| may_run(root, place, &deciding.name, answer))
            }
        }
    }
}

/// The variables of a pipeline that give the tag of an artifact of a named service; none that gives tags of artifacts of
/// which no answer of a run tells which it deploys.
pub(super) fn tags_of_variables(root: &Node) -> BTreeMap<String, TagsOfVariable> {
    let mut places: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    root.walk(&mut |pointer, node| {
        let read = node.text().and_then(variable_read);
        if let Some(name) = read.filter(|_| pointer.contains(ARTIFACTS) && artifact_at(root, pointer).is_some()) {
            places.entry(name).or_default().push(pointer.to_owned());
        }
    });
    let of_one = |(name, places): (&str, Vec<String>)| {
        let artifacts: Vec<_> = places.iter().filter_map(|place| artifact_at(root, place)).collect();
        let (service, first) = artifacts.first()?;
        if artifacts.iter().any(|(other, _)| other != service) {
            return None;
        }
        let is_one = artifacts.iter().all(|(_, artifact)| artifact == first);
        let decided_by = match is_one {
            true => None,
            false => Some(deciding(root, &places, name)?),
        };
        let service = (*service).to_owned();
        Some((
            name.to_owned(),
            TagsOfVariable {
                service,
                places,
                decided_by,
            },
        ))
    };
    places.into_iter().filter_map(of_one).collect()
}

/// The variable of which each answer that the pipeline allows leaves one artifact at most.
fn deciding(root: &Node, places: &[String], given: &str) -> Option<Deciding> {
    let variables = root.at(&["pipeline", "variables"])?.items().enumerate();
    let mut variables = variables.filter_map(|(index, variable)| {
        let name = variable.get("name")?.text().filter(|name| *name != given)?;
        let input = InputExpression::parse(variable.get("value")?.text()?)?;
        Some((index, name, input.allowed_values.filter(|_| !input.many)?))
    });
    let leaves_one = |name: &str, answer: &String| {
        let meant = places.iter().filter(|place| may_run(root, place, name, answer));
        let artifacts: BTreeSet<_> = meant.filter_map(|place| artifact_at(root, place)).collect();
        artifacts.len() <= 1
    };
    let (index, name, _) =
        variables.find(|(_, name, answers)| answers.iter().all(|answer| leaves_one(name, answer)))?;
    Some(Deciding {
        name: name.to_owned(),
        pointer: format!("{VARIABLES}{index}/value"),
    })
}

/// Whether the stage around a pointer may run where a variable has a value.
fn may_run(root: &Node, pointer: &str, variable: &str, value: &str) -> bool {
    let mut node = root;
    for step in pointer_names(pointer) {
        let condition = node.at(&["when", "condition"]).and_then(Node::text);
        if condition.is_some_and(|condition| !may_hold(condition, variable, value)) {
            return false;
        }
        let below = match &node.value {
            Value::Sequence(items) => step.parse::<usize>().ok().and_then(|index| items.get(index)),
            _ => node.get(&step),
        };
        let Some(below) = below else { return true };
        node = below;
    }
    true
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
        let found = tagged_artifact(&text, pointer, "chosen", None).unwrap()?;
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
        let artifact = tagged_artifact(&pipeline(&twice), "/pipeline/variables/1/value", "shop", None).unwrap();
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
        let other = tagged_artifact(&pipeline(&twice), "/pipeline/variables/0/value", "shop", None).unwrap();
        assert_eq!(other, None);
    }

    #[test]
    fn of_several_artifacts_a_run_s_answer_tells_which_a_variable_gives_its_tag_to() {
        let stage = |identifier: &str, source: &str, condition: &str| {
            format!(
                "{{stage: {{identifier: {identifier}, when: {{condition: '{condition}'}}, spec: {{service: {{serviceRef: shop, \
                 serviceInputs: {{serviceDefinition: {{spec: {{artifacts: {{primary: {{primaryArtifactRef: {source}, sources: \
                 [{{identifier: {source}, type: Ecr, spec: {{tag: <+pipeline.variables.tag>}}}}]}}}}}}}}}}}}}}}}}}"
            )
        };
        let pipeline = |environments: &str, stages: &[String]| {
            let variables = format!(
                "[{{name: tag, type: String, value: <+input>}}, {{name: at, type: String, value: '<+input>{environments}'}}]"
            );
            format!("pipeline: {{variables: {variables}, stages: [{}]}}", stages.join(", "))
        };
        let at = |name: &str| format!("<+pipeline.variables.at> == \"{name}\"");
        let stages = [
            stage("a", "own", &at("dev")),
            stage("b", "own", &at("test")),
            stage("c", "mirror", &at("prod")),
        ];
        let closed = pipeline(".allowedValues(dev,test,prod)", &stages);
        let told_by = |text: &str| {
            let inputs = crate::runtime_inputs("f", text.as_bytes()).inputs;
            let choices = inputs.into_iter().find_map(|input| input.choices)?;
            Some((choices.within?, choices.source_input))
        };
        let tag = "/pipeline/variables/0/value";
        assert_eq!(
            told_by(&closed),
            Some(("shop".to_owned(), Some("/pipeline/variables/1/value".to_owned())))
        );
        let fqn = |text: &str, answer| {
            tagged_artifact(text, tag, "shop", answer)
                .unwrap()
                .map(|found| found.fqn)
        };
        for (answer, wanted) in [("dev", "own"), ("test", "own"), ("prod", "mirror")] {
            let found = fqn(&closed, Some(answer)).unwrap();
            assert!(
                found.ends_with(&format!(".sources.{wanted}.spec.tag")),
                "{answer}: {found}"
            );
        }
        assert_eq!((fqn(&closed, None), fqn(&closed, Some("else"))), (None, None));
        // An open answer may be anything, and what runs whatever is answered is deployed beside the other.
        assert_eq!(told_by(&pipeline("", &stages)), None);
        let both = [stages[0].clone(), stages[2].replace(" == ", " != ")];
        assert_eq!(told_by(&pipeline(".allowedValues(dev,test,prod)", &both)), None);
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
