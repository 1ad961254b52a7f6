//! What Harness has to choose from for an input: its place tells what, and what stands around it within what.
//! Source: run-inputs §2, §3.

use harness_cd_model::{ChoiceKind, Choices};
use harness_cd_yaml::{Node, child_pointer};

use super::{InputExpression, Target};

/// The keys that name where something goes.
const ENVIRONMENT: &str = "environmentRef";
const GROUP: &str = "envGroupRef";

/// Whether a mapping names where something goes.
pub(super) fn names_target(mapping: &Node) -> bool {
    [ENVIRONMENT, GROUP].iter().any(|key| mapping.get(key).is_some())
}

/// What the input at a pointer is chosen from.
pub(super) fn at(pointer: &str, target: Option<Target<'_>>) -> Option<Choices> {
    let of = kind_at(pointer)?;
    let within = match of {
        ChoiceKind::Infrastructure | ChoiceKind::Cluster => ENVIRONMENT,
        ChoiceKind::Environment if pointer.ends_with("/environmentGroup/environments") => GROUP,
        _ => return Some(choices(of)),
    };
    let Target { mapping, pointer } = target?;
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
        (_, "serviceRef") | ("services", "values") => ChoiceKind::Service,
        (_, ENVIRONMENT | "environments") | ("environments", "values") => ChoiceKind::Environment,
        (_, GROUP) => ChoiceKind::EnvironmentGroup,
        (_, "infrastructureDefinitions") => ChoiceKind::Infrastructure,
        (_, "gitOpsClusters") => ChoiceKind::Cluster,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use harness_cd_model::ChoiceKind::{Cluster, Environment, EnvironmentGroup, Infrastructure, Service};

    use crate::runtime_inputs;

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
            let inputs = runtime_inputs("f", text.as_bytes()).inputs;
            let found: Vec<_> = inputs
                .iter()
                .map(|input| match &input.choices {
                    Some(choices) => (
                        Some(choices.of),
                        choices.within.as_deref(),
                        choices.within_input.as_deref(),
                    ),
                    None => (None, None, None),
                })
                .collect();
            assert_eq!(found, expected, "{text}");
        }
    }
}
