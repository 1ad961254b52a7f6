//! Keys, types and node kinds, against the vocabulary.

use harness_cd_model::words::did_you_mean;
use harness_cd_yaml::{Entry, Node, Value};

use crate::place::{Faults, Place, Role, is_filled_in, literal, type_of};
use crate::vocabulary::{
    ANYWHERE, BODIES, Body, CREDENTIALS, EITHER, IGNORED, Ignored, LISTS_OF_MAPPINGS, NOT_EMPTY, SHAPES, STEPS, Shape,
    WORDS, stages_of_step, words,
};

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
    let all = if is_mapping(place.node) { BODIES } else { &[] };
    all.iter()
        .filter(|body| place.is_at(body.path) && holds_for(body.of, place))
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
    if matches!(place.node.value, Value::Scalar(_)) {
        return;
    }
    // What a template brings along is not in sight, and a part is laid over something whole.
    if place.outline.trigger.is_some() || place.is_laid_over() || place.node.get("template").is_some() {
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
    if is_empty_list(place) {
        let message = format!("`{}` is empty", place.key());
        faults.add(place.node, message, "add one or more; Harness refuses an empty list");
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

/// Whether the step is of a type whose settings are known, and has none.
fn needs_spec(step: &Node) -> bool {
    let known = |kind| {
        BODIES
            .iter()
            .any(|body| body.path == "step spec" && words(body.of).any(|of| of == kind))
    };
    step.get("spec").is_none_or(Node::is_null) && type_of(step).is_some_and(known)
}

fn is_empty_list(place: &Place<'_, '_>) -> bool {
    let is_empty = matches!(place.node.value, Value::Sequence(_)) && place.node.items().next().is_none();
    is_empty && place.is_value() && NOT_EMPTY.iter().any(|path| place.is_at(path))
}

/// An artifact source says which artifact it is in one way.
pub(crate) fn either<'n>(place: &Place<'n, '_>, faults: &mut Faults<'n>) {
    if !place.is_at("artifacts primary sources spec") || !is_mapping(place.node) || place.is_laid_over() {
        return;
    }
    for (_, [one, other]) in EITHER.iter().filter(|(types, _)| holds_for(types, place)) {
        let has = |key: &str| place.node.get(key).is_some_and(|value| !value.is_null());
        match (has(one), has(other)) {
            (true, true) => {
                let message = format!("`{one}` and `{other}` stand side by side, and one excludes the other");
                faults.add(place.node, message, format!("keep `{one}`, or keep `{other}`"));
            }
            (false, false) => {
                let message = format!("neither `{one}` nor `{other}` says which artifact is meant");
                faults.add(place.node, message, format!("add `{one}: <+input>`, or a `{other}`"));
            }
            _ => {}
        }
    }
}

/// What stands where another shape is wanted, in the bodies that Harness describes.
fn misshapen<'n>(place: &Place<'n, '_>, faults: &mut Faults<'n>) {
    // Nearly nothing is, and that is seen before what the place is.
    let mut wrong = (place.node.entries())
        .filter_map(|entry| Some((entry, wanted_shape(entry)?)))
        .peekable();
    let is_open = place.outline.trigger.is_some() || wrong.peek().is_none();
    if is_open || bodies(place).next().is_none() || place.is_laid_over() {
        return;
    }
    // The schema leaves the type of a failure strategy's action open.
    let is_action = place.is_at("onFailure action");
    for (entry, shape) in wrong.filter(|(entry, _)| !(is_action && entry.name() == "type")) {
        let (wanted, hint) = match shape {
            Shape::Text => ("a text", "write a text; one of several lines stands behind `|-`"),
            Shape::Truth => ("`true` or `false`", "write one of them, without quotes"),
            Shape::Mapping => ("a mapping", "write keys and values"),
            Shape::List => ("a list", "start each item with `- `"),
        };
        let message = format!("{} stands where {wanted} is wanted", entry.value.describe());
        faults.add(&entry.value, message, hint);
    }
}

/// The shape that an entry's value does not have, and has to.
fn wanted_shape(entry: &Entry) -> Option<Shape> {
    // Most values are scalars, and most of those are texts.
    let is_scalar = matches!(entry.value.value, Value::Scalar(_));
    let mut shapes = SHAPES.iter().filter(|(shape, _)| !(is_scalar && *shape == Shape::Text));
    let (shape, _) = shapes.find(|(_, keys)| keys.contains(&entry.name()))?;
    (!has_shape(&entry.value, *shape)).then_some(*shape)
}

fn has_shape(node: &Node, shape: Shape) -> bool {
    match &node.value {
        Value::Mapping(_) => shape == Shape::Mapping,
        Value::Sequence(_) => shape == Shape::List,
        Value::Scalar(scalar) if node.is_null() || is_filled_in(&scalar.text) => true,
        Value::Scalar(_) => shape == Shape::Text || (shape == Shape::Truth && node.as_bool().is_some()),
    }
}

/// Texts are texts, mappings mappings, lists lists, and lists of mappings of mappings.
pub(crate) fn wrong_shape<'n>(place: &Place<'n, '_>, faults: &mut Faults<'n>) {
    misshapen(place, faults);
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
            if is_known || body.keys.is_empty() || is_filled_in(name) || ignored(place).any(|found| found.key == name) {
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

/// Types and other words of a list to which Harness adds.
pub(crate) fn unknown_word<'n>(place: &Place<'n, '_>, faults: &mut Faults<'n>) {
    listed_word(place, false, faults);
    let step = place.literal().filter(|_| place.is_at("step type"));
    if let Some(text) = step.filter(|text| !text.is_empty() && stages_of_step(text).is_none()) {
        unknown(
            place.node,
            "step type",
            text,
            STEPS.iter().flat_map(|(_, steps)| words(steps)),
            faults,
        );
    }
}

/// Words of a list that is complete.
pub(crate) fn refused_word<'n>(place: &Place<'n, '_>, faults: &mut Faults<'n>) {
    listed_word(place, true, faults);
    if !place.is_at("/ connector") {
        return;
    }
    let (Some(kind), Some(node)) = (type_of(place.node), place.node.at(&["spec", "credential", "type"])) else {
        return;
    };
    let known = CREDENTIALS
        .iter()
        .filter(|(types, _)| words(types).any(|of| of == kind));
    for (_, list) in known {
        if let Some(text) = literal(node).filter(|text| words(list).all(|word| word != *text)) {
            unknown(node, "credential type", text, words(list), faults);
        }
    }
}

fn listed_word<'n>(place: &Place<'n, '_>, is_closed: bool, faults: &mut Faults<'n>) {
    let Some(text) = place.literal().filter(|text| !text.is_empty()) else {
        return;
    };
    let lists = WORDS
        .iter()
        .filter(|list| list.is_closed == is_closed && place.is_at(list.path));
    for list in lists.filter(|list| words(list.words).all(|word| word != text)) {
        // What is laid over something is held to what that takes, not to every such thing.
        if is_closed && place.is_laid_over() {
            continue;
        }
        unknown(place.node, list.kind, text, words(list.words), faults);
    }
}

fn unknown<'n, 'w>(
    node: &'n Node,
    kind: &str,
    text: &str,
    known: impl Iterator<Item = &'w str> + Clone,
    faults: &mut Faults<'n>,
) {
    faults.add(
        node,
        format!("Harness knows no {kind} `{text}`"),
        word_hint(text, known),
    );
}

/// The nearest word of a list, or the list if that can be read.
pub(crate) fn word_hint<'w>(text: &str, known: impl Iterator<Item = &'w str> + Clone) -> String {
    match did_you_mean(text, known.clone()) {
        Some(question) => question,
        None if known.clone().count() > 40 => "look the name up in Harness's documentation".to_owned(),
        None => format!("use one of {}", known.collect::<Vec<_>>().join(", ")),
    }
}
