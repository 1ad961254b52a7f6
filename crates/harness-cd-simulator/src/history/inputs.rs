//! Made-up values for the variables of a pipeline.

use serde_json::{Map, Value, json};

use crate::inputs::grammar::{Choices, RuntimeInput};
use crate::inputs::template;
use crate::state::random::Random;
use crate::tables::reading::{items, text};
use crate::tables::yaml;

/// Whether what a pipeline asks for besides its variables can be made up: services and places nobody makes up.
pub(super) fn can_be_made_up(shape: &Value) -> bool {
    template::prune(shape).is_none()
}

/// `v1.0.0` to `v2.x`, rising.
pub(super) fn tag(position: usize, total: usize) -> String {
    let second_major = total * 3 / 5;
    match position.checked_sub(second_major) {
        Some(since) => format!("v2.{}.{}", since / 5, since % 5),
        None => format!("v1.{}.{}", position / 6, position % 6),
    }
}

/// What a run needs of its pipeline besides its stages: names, tags, and variables.
pub(super) fn asked(pipeline: &Value) -> Value {
    let keys = ["identifier", "name", "tags", "variables"];
    keys.into_iter()
        .filter_map(|key| Some((key.to_owned(), pipeline.get(key)?.clone())))
        .collect::<Map<_, _>>()
        .into()
}

/// The same, with a value for every variable.
pub(super) fn draw(pipeline: &Value, tag: &str, random: &mut Random) -> Value {
    let drawn = items(pipeline, "/variables").iter().map(|variable| {
        let mut drawn = variable.clone();
        if let (Value::Object(fields), Some(value)) = (&mut drawn, value(variable, tag, random)) {
            fields.insert("value".to_owned(), Value::String(value));
        }
        drawn
    });
    let variables: Vec<Value> = drawn.collect();
    let mut filled = pipeline.clone();
    if let Value::Object(fields) = &mut filled {
        fields.insert("variables".to_owned(), Value::Array(variables));
    }
    filled
}

/// One of the allowed values where there are some, the tag for a variable that is called so, the default otherwise.
fn value(variable: &Value, tag: &str, random: &mut Random) -> Option<String> {
    let written = text(variable, "/value")?;
    let input = RuntimeInput::parse(&written)?;
    if let Some(Choices::Listed(choices)) = input.choices() {
        return random.choose(&choices).cloned();
    }
    let name = text(variable, "/name").unwrap_or_default().to_lowercase();
    let default = input
        .default()
        .map(str::to_owned)
        .or_else(|| text(variable, "/default"));
    if name.contains("tag") {
        Some(tag.to_owned())
    } else {
        default.or_else(|| Some(String::new()))
    }
}

/// The body that a run with these values was started with.
pub(super) fn body(filled: &Value) -> String {
    let answers = items(filled, "/variables").iter().map(|variable| {
        json!({ "name": variable.get("name"), "type": variable.get("type"), "value": variable.get("value") })
    });
    yaml::write(&json!({ "pipeline": {
        "identifier": filled.get("identifier"), "variables": answers.collect::<Vec<_>>(),
    } }))
}
