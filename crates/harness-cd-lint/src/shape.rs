//! Keys, types and node kinds, against the vocabulary.

use harness_cd_model::words::did_you_mean;
use harness_cd_yaml::{Node, Value};

use crate::place::{Faults, Place, Role, is_filled_in, type_of};
use crate::vocabulary::{ANYWHERE, BODIES, Body, IGNORED, Ignored, LISTS_OF_MAPPINGS, WORDS, words};

/// The keys by which a Harness YAML says what it is.
const KINDS: [&str; 13] = [
    "pipeline",
    "template",
    "inputSet",
    "overlayInputSet",
    "trigger",
    "service",
    "environment",
    "environmentGroup",
    "infrastructureDefinition",
    "connector",
    "secret",
    "freeze",
    "overrides",
];

/// The first key says what a document is.
pub(crate) fn unknown_kind<'n>(root: &'n Node, faults: &mut Faults<'n>) {
    if KINDS.iter().any(|kind| root.get(kind).is_some()) {
        return;
    }
    let hint = match root.get("environmentRef") {
        Some(_) => "put `infrastructureDefinition:` above it".to_owned(),
        None => format!("start it with one of {}", KINDS.join(", ")),
    };
    faults.add(root, "nothing says which kind of Harness entity this is", hint);
}

/// The bodies that the place is: those of its path, and of the type beside it.
fn bodies(place: &Place<'_, '_>) -> impl Iterator<Item = &'static Body> {
    BODIES
        .iter()
        .filter(|body| is_mapping(place.node) && place.is_at(body.path) && holds_for(body.of, place))
}

/// Whether a list of types names the one that stands beside the place; an empty list names all.
fn holds_for(types: &str, place: &Place<'_, '_>) -> bool {
    types.is_empty()
        || place
            .mapping
            .and_then(type_of)
            .is_some_and(|kind| words(types).any(|word| word == kind))
}

fn is_mapping(node: &Node) -> bool {
    matches!(node.value, Value::Mapping(_))
}

/// What has to be there is there.
pub(crate) fn missing_key<'n>(place: &Place<'n, '_>, faults: &mut Faults<'n>) {
    // What a template brings along is not in sight, and a part is laid over something whole.
    if place.outline.trigger.is_some() || is_laid_over(place) || place.node.get("template").is_some() {
        return;
    }
    for body in bodies(place) {
        for key in words(body.required).filter(|key| place.node.get(key).is_none_or(Node::is_null)) {
            faults.add(
                place.node,
                format!("`{key}` is missing"),
                format!("add `{key}:`; Harness refuses the file without it"),
            );
        }
    }
    if place.is_body_of_type("stage", "Deployment") && place.node.get("failureStrategies").is_none() {
        let message = "`failureStrategies` is missing: a Deployment stage has to say what happens when it fails";
        faults.add(place.node, message, "add one, for example AllErrors with StageRollback");
    }
    if place.is_body("step") && needs_spec(place.node) {
        faults.add(
            place.node,
            "`spec` is missing",
            "add `spec: {}` if there is nothing to set",
        );
    }
}

/// Keys below which stand parts of entities, laid over something whole.
const OVERLAYS: [&str; 7] = [
    "templateInputs",
    "templateOverrides",
    "serviceInputs",
    "environmentInputs",
    "serviceOverrideInputs",
    "pipelineInputs",
    "inputSet",
];

fn is_laid_over(place: &Place<'_, '_>) -> bool {
    let above = place.trail.split_last().map_or(&[][..], |(_, above)| above);
    above.iter().any(|key| OVERLAYS.contains(key))
}

/// Whether the step is of a type whose settings are known, and has none.
fn needs_spec(step: &Node) -> bool {
    let known = |kind| {
        BODIES
            .iter()
            .any(|body| body.path == "step spec" && words(body.of).any(|of| of == kind))
    };
    step.get("spec").is_none_or(Node::is_null) && type_of(step).is_some_and(known)
}

/// Lists of mappings are lists, and of mappings.
pub(crate) fn wrong_shape<'n>(place: &Place<'n, '_>, faults: &mut Faults<'n>) {
    let is_item = !place.is_value();
    let is_good = match &place.node.value {
        Value::Mapping(_) => is_item,
        Value::Sequence(_) => !is_item,
        Value::Scalar(scalar) => place.node.is_null() || is_filled_in(&scalar.text),
    };
    if is_good || !is_list_of_mappings(place) {
        return;
    }
    let (wanted, hint) = match (is_item, place.key()) {
        (true, "commandFlags") => ("a mapping", "write `{commandType: Apply, flag: …}`"),
        (true, _) => ("a mapping", "write keys and values"),
        (false, "variables") => ("a list", "write `- {name: …, type: String, value: …}` for each"),
        (false, _) => ("a list", "start each item with `- `"),
    };
    let message = format!("{} stands where {wanted} is wanted", place.node.describe());
    faults.add(place.node, message, hint);
}

fn is_list_of_mappings(place: &Place<'_, '_>) -> bool {
    let whole = Place {
        role: Role::Value,
        ..*place
    };
    LISTS_OF_MAPPINGS.iter().any(|path| whole.is_at(path))
}

/// Keys that nobody knows.
pub(crate) fn unknown_key<'n>(place: &Place<'n, '_>, faults: &mut Faults<'n>) {
    for body in bodies(place) {
        for entry in place.node.entries() {
            let name = entry.name();
            let is_known = words(body.keys).chain(words(ANYWHERE)).any(|key| key == name);
            if is_known || is_filled_in(name) || ignored(place).any(|found| found.key == name) {
                continue;
            }
            let near = did_you_mean(name, words(body.keys));
            let hint = near.unwrap_or_else(|| format!("known here: {}", body.keys.replace(' ', ", ")));
            faults.add(&entry.key, format!("Harness knows no `{name}` here"), hint);
        }
    }
}

/// Keys that everybody knows, in a place where they do nothing.
pub(crate) fn ignored_key<'n>(place: &Place<'n, '_>, faults: &mut Faults<'n>) {
    for found in ignored(place) {
        if let Some(entry) = place.node.entries().find(|entry| entry.name() == found.key) {
            faults.add(&entry.key, found.message, found.hint);
        }
    }
}

fn ignored(place: &Place<'_, '_>) -> impl Iterator<Item = &'static Ignored> {
    IGNORED
        .iter()
        .filter(|found| place.is_at(found.path) && holds_for(found.of, place))
}

/// Types and other words of which there is a list.
pub(crate) fn unknown_word<'n>(place: &Place<'n, '_>, faults: &mut Faults<'n>) {
    let Some(text) = place.literal().filter(|text| !text.is_empty()) else {
        return;
    };
    for list in WORDS.iter().filter(|list| place.is_at(list.path)) {
        if words(list.words).all(|word| word != text) {
            faults.add(
                place.node,
                format!("Harness knows no {} `{text}`", list.kind),
                word_hint(text, list.words),
            );
        }
    }
}

/// The nearest word of a list, or the list if it is short.
pub(crate) fn word_hint(text: &str, list: &str) -> String {
    match did_you_mean(text, words(list)) {
        Some(question) => question,
        None if words(list).count() > 30 => "look the name up in Harness's documentation".to_owned(),
        None => format!("use one of {}", list.replace(' ', ", ")),
    }
}
