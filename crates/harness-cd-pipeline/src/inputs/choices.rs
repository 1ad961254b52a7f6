//! What Harness has to choose from for an input: its place tells what, and what stands around it within what.
//! Source: run-inputs §2, §3, §4.

use harness_cd_model::{ChoiceKind, Choices};
use harness_cd_yaml::{Node, child_pointer};

use super::{Above, InputExpression, Owner, Target};

/// The keys that name where something goes.
const ENVIRONMENT: &str = "environmentRef";
const GROUP: &str = "envGroupRef";
/// The key that names what goes there.
pub(super) const SERVICE: &str = "serviceRef";
/// The key that says which of its artifact sources is deployed.
pub(super) const CHOSEN_SOURCE: &str = "primaryArtifactRef";
/// Below it stands what a service asks for of its artifacts.
pub(super) const ARTIFACTS: &str = "/serviceInputs/serviceDefinition/spec/artifacts/";

/// Whether a mapping names where something goes.
pub(super) fn names_target(mapping: &Node) -> bool {
    [ENVIRONMENT, GROUP].iter().any(|key| mapping.get(key).is_some())
}

/// What the input at a pointer is chosen from.
pub(super) fn at(pointer: &str, above: Above<'_>) -> Option<Choices> {
    if let Some(of) = artifact_kind_at(pointer, above) {
        return above.owner.map(|owner| of_service(of, owner, above.source_input));
    }
    let of = kind_at(pointer)?;
    let within = match of {
        ChoiceKind::Infrastructure | ChoiceKind::Cluster => ENVIRONMENT,
        ChoiceKind::Environment if pointer.ends_with("/environmentGroup/environments") => GROUP,
        _ => return Some(choices(of)),
    };
    let Target { mapping, pointer } = above.target?;
    let reference = mapping.get(within)?.text()?;
    if InputExpression::is_one(reference) {
        return Some(Choices {
            within_input: Some(child_pointer(pointer, within)),
            ..choices(of)
        });
    }
    // What an expression yields, Harness alone knows.
    (!reference.contains("<+")).then(|| Choices {
        within: Some(reference.to_owned()),
        ..choices(of)
    })
}

/// The tags of an artifact of a service, of several that which the answer to another input tells.
pub(super) fn tags_of(service: &str, told_by: Option<String>) -> Choices {
    of_service(ChoiceKind::Tag, Owner::Named(service), told_by.as_deref())
}

/// What is chosen among the artifacts of a service.
fn artifact_kind_at(pointer: &str, above: Above<'_>) -> Option<ChoiceKind> {
    let (_, place) = pointer.split_once(ARTIFACTS)?;
    let key = place.rsplit('/').next()?;
    if key == CHOSEN_SOURCE {
        return Some(ChoiceKind::ArtifactSource);
    }
    (above.registry?.build_key() == key).then_some(ChoiceKind::Tag)
}

fn of_service(of: ChoiceKind, owner: Owner<'_>, source_input: Option<&str>) -> Choices {
    let (within, within_input) = owner.named();
    Choices {
        of,
        within,
        within_input,
        source_input: source_input.map(str::to_owned),
    }
}

fn choices(of: ChoiceKind) -> Choices {
    Choices {
        of,
        ..Choices::default()
    }
}

fn kind_at(pointer: &str) -> Option<ChoiceKind> {
    let mut names = pointer.rsplit('/');
    let (key, parent, list) = (names.next()?, names.next()?, names.next()?);
    // An element is chosen as its list is.
    let key = if key == "identifier" { list } else { key };
    Some(match (parent, key) {
        (_, SERVICE) | ("services", "values") => ChoiceKind::Service,
        (_, ENVIRONMENT | "environments") | ("environments", "values") => ChoiceKind::Environment,
        (_, GROUP) => ChoiceKind::EnvironmentGroup,
        (_, "infrastructureDefinitions") => ChoiceKind::Infrastructure,
        (_, "gitOpsClusters") => ChoiceKind::Cluster,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use harness_cd_model::ChoiceKind::{
        ArtifactSource, Cluster, Environment, EnvironmentGroup, Infrastructure, Service, Tag,
    };

    use super::ChoiceKind;
    use crate::runtime_inputs;

    type Found = (Option<ChoiceKind>, Option<String>, Option<String>);

    fn found(text: &str) -> Vec<Found> {
        let inputs = runtime_inputs("f", text.as_bytes()).inputs;
        let choices = inputs.into_iter().map(|input| input.choices);
        choices
            .map(|choices| match choices {
                Some(choices) => (Some(choices.of), choices.within, choices.within_input),
                None => (None, None, None),
            })
            .collect()
    }

    fn expected(found: &[(Option<ChoiceKind>, Option<&str>, Option<&str>)]) -> Vec<Found> {
        let owned = |text: Option<&str>| text.map(str::to_owned);
        found
            .iter()
            .map(|(of, within, input)| (*of, owned(*within), owned(*input)))
            .collect()
    }

    #[test]
    fn artifacts_are_those_of_their_service() {
        let one = |service: &str| {
            format!(
                "service: {{serviceRef: {service}, serviceInputs: {{serviceDefinition: {{spec: {{artifacts: {{primary: \
                 {{primaryArtifactRef: <+input>, sources: [{{type: Ecr, spec: {{tag: <+input>, region: <+input>}}}}]}}}}}}}}}}}}"
            )
        };
        let reference = "/service/serviceRef";
        for (service, choices) in [
            (
                "org.shop",
                &[
                    (Some(ArtifactSource), Some("org.shop"), None),
                    (Some(Tag), Some("org.shop"), None),
                    (None, None, None),
                ][..],
            ),
            (
                "<+input>",
                &[
                    (Some(Service), None, None),
                    (Some(ArtifactSource), None, Some(reference)),
                    (Some(Tag), None, Some(reference)),
                    (None, None, None),
                ],
            ),
            // Which service that is, Harness alone knows.
            (
                "<+stage.variables.a>",
                &[(None, None, None), (None, None, None), (None, None, None)],
            ),
        ] {
            assert_eq!(found(&one(service)), expected(choices), "{service}");
        }
        let unlisted = one("shop").replace("Ecr", "Bamboo");
        assert_eq!(found(&unlisted).get(1), Some(&(None, None, None)));
    }

    #[test]
    fn a_place_and_what_is_around_it_tell_what_is_chosen_from() {
        let environment = "spec: {environment: {environmentRef: <+input>, infrastructureDefinitions: <+input>}}";
        let fixed =
            "spec: {environment: {environmentRef: org.int, infrastructureDefinitions: [{identifier: <+input>}]}}";
        let group = "spec: {environmentGroup: {envGroupRef: all, environments: <+input>}}";
        let clusters = "spec: {environment: {environmentRef: int, gitOpsClusters: <+input>}}";
        let several = "spec: {environments: {values: <+input>}, services: {values: <+input>}}";
        let chosen_group = "spec: {environmentGroup: {envGroupRef: <+input>}, service: {serviceRef: <+input>}}";
        for (text, expected) in [
            (
                environment,
                vec![
                    (Some(Environment), None, None),
                    (Some(Infrastructure), None, Some("/spec/environment/environmentRef")),
                ],
            ),
            (fixed, vec![(Some(Infrastructure), Some("org.int"), None)]),
            (group, vec![(Some(Environment), Some("all"), None)]),
            (clusters, vec![(Some(Cluster), Some("int"), None)]),
            (
                several,
                vec![(Some(Environment), None, None), (Some(Service), None, None)],
            ),
            (
                chosen_group,
                vec![(Some(EnvironmentGroup), None, None), (Some(Service), None, None)],
            ),
            // What is known to Harness alone, what the pipeline allows itself, and what is no reference.
            (
                "spec: {e: {environmentRef: <+x>, infrastructureDefinitions: <+input>}}",
                vec![(None, None, None)],
            ),
            ("serviceRef: <+input>.allowedValues(a,b)", vec![(None, None, None)]),
            (
                "variables: [{name: serviceRef, type: String, value: <+input>}]",
                vec![(None, None, None)],
            ),
            ("steps: [{identifier: <+input>}]", vec![(None, None, None)]),
        ] {
            assert_eq!(found(text), self::expected(&expected), "{text}");
        }
    }
}
