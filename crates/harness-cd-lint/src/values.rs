//! Single values: durations, percentages, tags and words of closed lists.

use std::sync::LazyLock;

use harness_cd_model::duration_ms;
use harness_cd_model::words::is_moving_tag;
use harness_cd_yaml::Node;

use crate::place::{Faults, Place};
use crate::schema;
use crate::shape::word_hint;
use harness_cd_pipeline::{InputExpression, split_values};

/// A timeout is a duration of ten seconds or more.
pub(crate) fn timeout<'n>(place: &Place<'n, '_>, faults: &mut Faults<'n>) {
    if place.key() != "timeout" || !place.is_value() {
        return;
    }
    let Some(text) = place.literal().filter(|text| !text.is_empty()) else {
        return;
    };
    let message = match duration_ms(text) {
        None => format!("`{text}` is not a duration"),
        Some(0..10_000) => format!("the timeout `{text}` is shorter than the ten seconds that Harness takes"),
        Some(_) => return,
    };
    let hint = "write a number and a unit (w, d, h, m, s), for example `10m` or `1h 30m`";
    faults.add(place.node, message, hint);
}

/// A percentage lies between 1 and 100.
pub(crate) fn percentage<'n>(place: &Place<'n, '_>, faults: &mut Faults<'n>) {
    if !matches!(place.key(), "percentage" | "targetPercentage") || !place.is_value() {
        return;
    }
    let Some(text) = place.literal() else { return };
    if !text.parse::<u32>().is_ok_and(|value| (1..=100).contains(&value)) {
        let hint = "write a whole number from 1 to 100";
        faults.add(place.node, format!("`{text}` is no percentage from 1 to 100"), hint);
    }
}

/// The tag of an image reference; `None` where a digest pins it, or where it has none.
pub(crate) fn tag_of(image: &str) -> Option<&str> {
    let name = image.rsplit('/').next()?;
    if name.contains('@') {
        return None;
    }
    name.split_once(':').map(|(_, tag)| tag)
}

/// A tag that moves makes a deployment unrepeatable, and a rollback to the previous tag does nothing.
pub(crate) fn moving_tag<'n>(place: &Place<'n, '_>, faults: &mut Faults<'n>) {
    let Some(text) = place.node.text().filter(|_| place.is_value()) else {
        return;
    };
    let tag = match place.key() {
        "tag" => Some(text.to_owned()),
        "image" => tag_of(text).map(str::to_owned),
        "default" if is_tag_variable(place) => Some(text.to_owned()),
        "value" if is_tag_variable(place) => match InputExpression::parse(text) {
            Some(input) => input.default,
            None => Some(text.to_owned()),
        },
        _ => None,
    };
    if let Some(tag) = tag.filter(|tag| is_moving_tag(tag)) {
        let message = format!("the tag `{tag}` moves: what runs cannot be told, nor rolled back to");
        faults.add(place.node, message, "name a version");
    }
}

fn is_tag_variable(place: &Place<'_, '_>) -> bool {
    let name = place
        .mapping
        .and_then(|mapping| mapping.get("name"))
        .and_then(Node::text);
    name.is_some_and(|name| name.to_ascii_lowercase().ends_with("tag"))
}

// To find words, the whole table is gone through: once, and not in every file.
static ACTIONS: LazyLock<Vec<&str>> = LazyLock::new(|| schema::types_under("action"));
static ERRORS: LazyLock<Vec<&str>> = LazyLock::new(|| schema::words_under("errors"));
static OPERATORS: LazyLock<Vec<&str>> = LazyLock::new(|| schema::words_under("operator"));

/// The action of a failure strategy is one that Harness knows.
pub(crate) fn failure_action<'n>(place: &Place<'n, '_>, faults: &mut Faults<'n>) {
    if place.is_at("onFailure action type") {
        word(place, "action", &ACTIONS, faults);
    }
}

/// The errors of a failure strategy are ones that Harness knows.
pub(crate) fn failure_error<'n>(place: &Place<'n, '_>, faults: &mut Faults<'n>) {
    if place.is_at("onFailure errors []") {
        word(place, "error", &ERRORS, faults);
    }
}

/// The operator of a trigger's condition is one that Harness knows.
pub(crate) fn trigger_operator<'n>(place: &Place<'n, '_>, faults: &mut Faults<'n>) {
    if place.is_at("payloadConditions operator") || place.is_at("headerConditions operator") {
        word(place, "operator", &OPERATORS, faults);
    }
}

fn word<'n>(place: &Place<'n, '_>, kind: &str, known: &[&str], faults: &mut Faults<'n>) {
    if let Some(text) = place.literal().filter(|text| !known.contains(text)) {
        let hint = word_hint(text, known.iter().copied());
        faults.add(place.node, format!("Harness knows no {kind} `{text}`"), hint);
    }
}

/// The default of a runtime input is one of its allowed values.
pub(crate) fn default_outside_allowed_values<'n>(place: &Place<'n, '_>, faults: &mut Faults<'n>) {
    let Some(input) = place.node.text().and_then(InputExpression::parse) else {
        return;
    };
    let (Some(default), Some(allowed)) = (input.default, input.allowed_values) else {
        return;
    };
    let filled_later = |text: &str| text.contains("<+") || text.contains("{{");
    if default.is_empty() || filled_later(&default) || allowed.iter().any(|value| filled_later(value)) {
        return;
    }
    let chosen = if input.many {
        split_values(&default)
    } else {
        vec![default]
    };
    if let Some(value) = chosen.iter().find(|value| !allowed.contains(value)) {
        let message = format!("the default `{value}` is not one of the allowed values");
        faults.add(place.node, message, format!("allowed: {}", allowed.join(", ")));
    }
}

/// A modifier of an input ends with its parenthesis.
pub(crate) fn unclosed_modifier<'n>(place: &Place<'n, '_>, faults: &mut Faults<'n>) {
    let input = place.node.text().and_then(InputExpression::parse);
    if let Some(name) = input.and_then(|input| input.unclosed) {
        let message = format!("nothing closes the parenthesis of `{name}(`");
        faults.add(place.node, message, "close it with `)` at the end");
    }
}

/// Words that a generator leaves where somebody else is to fill something in.
const LEFT_OVER: [&str; 3] = ["PLACEHOLDER", "CHANGEME", "REPLACE_ME"];

/// Nothing fills in a placeholder that neither Harness nor the template knows.
pub(crate) fn left_over_placeholder<'n>(place: &Place<'n, '_>, faults: &mut Faults<'n>) {
    let Some(text) = place.node.text() else { return };
    if let Some(word) = LEFT_OVER.iter().find(|word| text.contains(**word)) {
        let message = "nothing fills in this placeholder: Harness deploys it as it stands";
        let hint = "let Harness fill in the image: `<+artifacts.primary.image>`";
        faults.add_part(place.node, word, message, hint);
    }
}

/// The path of an image leaves the registry to the connector.
pub(crate) fn registry_in_image_path<'n>(place: &Place<'n, '_>, faults: &mut Faults<'n>) {
    const PATHS: [&str; 4] = [
        "sources spec imagePath",
        "sources spec artifactPath",
        "sources spec package",
        "sources spec repository",
    ];
    let is_path = PATHS.iter().any(|path| place.is_at(path));
    if !is_path || place.mapping.is_none_or(|spec| spec.get("connectorRef").is_none()) {
        return;
    }
    let host = place
        .literal()
        .and_then(|text| text.split_once('/'))
        .map(|(host, _)| host);
    if let Some(host) = host.filter(|host| host.contains(['.', ':'])) {
        let message = format!("the path repeats the registry `{host}`, which belongs to the connector");
        faults.add(place.node, message, "leave the registry out");
    }
}

/// A choice among one is none: a run without it takes the one.
pub(crate) fn needless_artifact_input<'n>(place: &Place<'n, '_>, faults: &mut Faults<'n>) {
    if !place.is_at("artifacts primary primaryArtifactRef") {
        return;
    }
    let asks = place.node.text().is_some_and(InputExpression::is_one);
    let sources = place.mapping.and_then(|primary| primary.get("sources"));
    if asks && sources.is_some_and(|sources| sources.items().count() == 1) {
        let message = "the run form asks which artifact source to take, and there is one, which is taken anyway";
        faults.add(place.node, message, "name the source here, and nobody is asked");
    }
}
