//! What was chosen asks for something in turn: which objects of a pipeline stand for that, and the pipeline with them.
//! Source: run-inputs §2, §3, §4.

use harness_cd_model::words::shown;
use harness_cd_model::{AskedBy, AskedKind, ChoiceKind, Choices, Diagnostic, RuntimeInput};
use harness_cd_yaml::{Node, child_pointer, parse_text};
use serde_json::Value;

use super::choices::{ARTIFACTS, CHOSEN_SOURCE};
use super::fill::json;
use super::{Above, InputExpression, Owner, Target, inputs_below};

/// What the object at a pointer is asked for by; `None` where it is no such object.
pub(super) fn by(pointer: &str, above: Above<'_>) -> Option<AskedBy> {
    let of = AskedKind::of_key(pointer.rsplit('/').next()?)?;
    let mut asked = AskedBy {
        of,
        ..AskedBy::default()
    };
    if of == AskedKind::Source {
        let (parent, _) = pointer.rsplit_once('/').filter(|_| pointer.contains(ARTIFACTS))?;
        (asked.service, asked.service_input) = above.owner?.named();
        let chosen = above.holder?.mapping.get(CHOSEN_SOURCE)?;
        (asked.source, asked.source_input) = reference(chosen, &child_pointer(parent, CHOSEN_SOURCE))?;
        return Some(asked);
    }
    if of != AskedKind::Environment {
        let Target { mapping, pointer } = above.service?;
        let (fixed, input) = reference(
            mapping.at(&["service", "serviceRef"])?,
            &format!("{pointer}/service/serviceRef"),
        )?;
        (asked.service, asked.service_input) = (fixed, input);
    }
    if of != AskedKind::Service {
        let Target { mapping, pointer } = above.target?;
        let (fixed, input) = reference(
            mapping.get("environmentRef")?,
            &child_pointer(pointer, "environmentRef"),
        )?;
        (asked.environment, asked.environment_input) = (fixed, input);
    }
    Some(asked)
}

/// A reference, or the pointer of the input that gives it; `None` where Harness alone knows it.
fn reference(node: &Node, pointer: &str) -> Option<(Option<String>, Option<String>)> {
    let text = node.text()?;
    if InputExpression::is_one(text) {
        return Some((None, Some(pointer.to_owned())));
    }
    (!text.contains("<+")).then(|| (Some(text.to_owned()), None))
}

/// What the elements of a list are asked for by that are chosen by name; `None` where they ask for nothing.
pub(super) fn by_elements(choices: &Choices) -> Option<AskedBy> {
    let of = match choices.of {
        ChoiceKind::Service => AskedKind::Service,
        ChoiceKind::Environment => AskedKind::Environment,
        ChoiceKind::Infrastructure => {
            return Some(AskedBy {
                of: AskedKind::Infrastructure,
                each: true,
                environment: choices.within.clone(),
                environment_input: choices.within_input.clone(),
                ..AskedBy::default()
            });
        }
        ChoiceKind::EnvironmentGroup | ChoiceKind::Cluster | ChoiceKind::ArtifactSource | ChoiceKind::Tag => {
            return None;
        }
    };
    Some(AskedBy {
        of,
        each: true,
        ..AskedBy::default()
    })
}

/// What was chosen asks for, in place of the object that stands for it in a pipeline: the inputs of the YAML that Harness
/// gives for it, which stands under its own root.
///
/// # Errors
/// Findings of a text that cannot be read.
pub fn inputs_in_place_of(object: &RuntimeInput, template: &str) -> Result<Vec<RuntimeInput>, Vec<Diagnostic>> {
    let key = object.pointer.rsplit('/').next().unwrap_or_default();
    let root = parse_text("inputs.yaml", template)?.root;
    let by = object.asked_by.as_ref();
    let named = by.and_then(|by| by.service.as_deref()).map(Owner::Named);
    let given = by.and_then(|by| by.service_input.as_deref()).map(Owner::Given);
    let above = Above {
        owner: named.or(given),
        source_input: by.and_then(|by| by.source_input.as_deref()),
        ..Above::default()
    };
    let inputs = under_root(&root, key).map_or_else(Vec::new, |node| inputs_below(node, &object.pointer, above));
    Ok(inputs
        .into_iter()
        .map(|input| RuntimeInput {
            stage: object.stage.clone(),
            ..input
        })
        .collect())
}

/// Where what a chosen element of a list asks for stands.
#[must_use]
pub fn element_pointer(list: &RuntimeInput, name: &str, key: &str) -> String {
    child_pointer(&child_pointer(&list.pointer, name), key)
}

/// What a chosen element of a list asks for, each with the element's name in its label.
///
/// # Errors
/// Findings of a text that cannot be read.
pub fn inputs_of_element(
    list: &RuntimeInput,
    name: &str,
    of: AskedKind,
    template: &str,
) -> Result<Vec<RuntimeInput>, Vec<Diagnostic>> {
    let object = RuntimeInput {
        pointer: element_pointer(list, name, of.key()),
        stage: list.stage.clone(),
        ..RuntimeInput::default()
    };
    let inputs = inputs_in_place_of(&object, template)?;
    Ok(inputs
        .into_iter()
        .map(|input| RuntimeInput {
            label: format!("{} of {}", input.label, shown(name)),
            ..input
        })
        .collect())
}

/// What stands under the root of a template. That of an infrastructure definition has one of two. Source: run-inputs §3.
pub(super) fn under_root<'n>(root: &'n Node, key: &str) -> Option<&'n Node> {
    if key != AskedKind::Infrastructure.key() {
        return root.get(key);
    }
    let listed = || root.get("infrastructureDefinitions")?.items().next()?.get(key);
    root.get("infrastructureInputs").or_else(listed)
}

/// A pipeline in which objects that a run is asked for are what was chosen asks for: each pointer with the YAML that
/// Harness gives for it, under its root, or with nothing where nothing is asked for.
///
/// # Errors
/// Findings of a text that cannot be read.
pub fn with_asked(pipeline: &str, asked: &[(String, Option<String>)]) -> Result<String, Vec<Diagnostic>> {
    let mut expanded = json(&parse_text("pipeline.yaml", pipeline)?.root);
    for (pointer, template) in asked {
        let Some((parent, key)) = pointer.rsplit_once('/') else {
            continue;
        };
        let template = match template {
            Some(text) => parse_text("inputs.yaml", text)?.root.get(key).map(json),
            None => None,
        };
        let Some(mapping) = expanded.pointer_mut(parent).and_then(Value::as_object_mut) else {
            continue;
        };
        match template {
            Some(template) => _ = mapping.insert(key.to_owned(), template),
            None => _ = mapping.remove(key),
        }
    }
    Ok(expanded.to_string())
}
