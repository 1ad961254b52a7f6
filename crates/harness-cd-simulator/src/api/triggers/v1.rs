//! The triggers of v1: the same in snake case.
//!
//! Source: harness-api §2 [SDK, MCP]: the paths, 201, 200 and 204; the bodies from CORE openapi v1 and NGTriggerApiUtils.

use serde_json::{Map, Value, json};

use super::{errors_that_count, remove, trigger_of};
use crate::api::route::Call;
use crate::state::entity::{Entity, Kind};
use crate::tables::yaml;
use crate::wire::body::read_value;
use crate::wire::respond::{Failure, Outcome, Reply, without_nulls};
use crate::world::World;

/// What stands in the answer's `trigger`, by its classic key.
const FIELDS: [&str; 7] = [
    "enabled",
    "inputYaml",
    "inputSetRefs",
    "pipelineBranchName",
    "stagesToExecute",
    "tags",
    "source",
];

fn pipeline<'a>(call: &Call<'a>) -> &'a str {
    call.capture(2)
}

/// Whether v1 lists triggers at all is not known: CORE TriggersApiImpl does not.
pub(super) fn list(_: &mut World, call: &Call<'_>) -> Outcome {
    Err(Failure::not_simulated(&call.request.path))
}

pub(super) fn create(world: &mut World, call: &Call<'_>) -> Outcome {
    let entity = written(world, call)?;
    let World {
        store, random, modes, ..
    } = world;
    let created = store.create(entity, call.now, random, modes)?;
    Ok(Reply::Created(json!({ "identifier": created.identifier })))
}

pub(super) fn update(world: &mut World, call: &Call<'_>) -> Outcome {
    let entity = written(world, call)?;
    if entity.identifier != call.capture(3) {
        return Err(Failure::invalid(
            "Failed while updating Trigger: the identifier cannot be changed",
        ));
    }
    let updated = world.store.update(entity, None, call.now, &world.modes)?;
    Ok(Reply::Bare(json!({ "identifier": updated.identifier })))
}

pub(super) fn delete(world: &mut World, call: &Call<'_>) -> Outcome {
    remove(world, call, pipeline(call), call.capture(3))?;
    Ok(Reply::Empty)
}

pub(super) fn get(world: &mut World, call: &Call<'_>) -> Outcome {
    let trigger = world.store.get(
        Kind::Trigger,
        &call.scope,
        pipeline(call),
        call.capture(3),
        &world.modes,
    )?;
    let fields = FIELDS
        .iter()
        .filter_map(|key| Some((snake_case(key), snake(trigger.body.get(*key)?))));
    Ok(Reply::Bare(without_nulls(json!({
        "identifier": trigger.identifier, "name": trigger.name(), "description": trigger.text("description"),
        "org": call.scope.org, "project": call.scope.project, "pipeline": pipeline(call),
        "trigger": Value::Object(fields.collect()),
    }))))
}

/// The trigger that a body describes. What is wrong with it is a 400 here. Source: harness-api
/// §2 [CORE TriggersApiImpl].
fn written(world: &World, call: &Call<'_>) -> Result<Entity, Failure> {
    let mut fields = match camel(&read_value(&call.request.body)?) {
        Value::Object(fields) => fields,
        _ => return Err(Failure::must_not_be_null("body")),
    };
    for (key, value) in [
        ("orgIdentifier", call.scope.org_text()),
        ("projectIdentifier", call.scope.project_text()),
        ("pipelineIdentifier", pipeline(call)),
    ] {
        fields.insert(key.to_owned(), json!(value));
    }
    let document = json!({ "trigger": fields });
    let entity = trigger_of(call, pipeline(call), &yaml::write(&document), &document)?;
    match errors_that_count(world, call, &entity) {
        None => Ok(entity),
        Some(errors) => Err(Failure::invalid(format!("Failed while Saving Trigger: {errors}"))),
    }
}

/// `inputs` is what the YAML calls `inputYaml`.
fn snake_case(key: &str) -> String {
    if key == "inputYaml" {
        return "inputs".to_owned();
    }
    key.chars().fold(String::new(), |mut text, letter| {
        if letter.is_ascii_uppercase() {
            text.push('_');
        }
        text.push(letter.to_ascii_lowercase());
        text
    })
}

fn camel_case(key: &str) -> String {
    if key == "inputs" {
        return "inputYaml".to_owned();
    }
    let mut words = key.split('_');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |text, word| {
        let (head, tail) = word.split_at(word.chars().next().map_or(0, char::len_utf8));
        format!("{text}{}{tail}", head.to_uppercase())
    })
}

fn renamed(value: &Value, rename: fn(&str) -> String) -> Value {
    match value {
        Value::Object(fields) => {
            // The keys of tags are somebody's own.
            let inner = |key: &str, field: &Value| {
                if key == "tags" {
                    field.clone()
                } else {
                    renamed(field, rename)
                }
            };
            Value::Object(
                fields
                    .iter()
                    .map(|(key, field)| (rename(key), inner(key, field)))
                    .collect::<Map<_, _>>(),
            )
        }
        Value::Array(items) => items.iter().map(|item| renamed(item, rename)).collect(),
        other => other.clone(),
    }
}

fn snake(value: &Value) -> Value {
    renamed(value, snake_case)
}

fn camel(value: &Value) -> Value {
    renamed(value, camel_case)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_go_both_ways() {
        let classic = json!({ "inputYaml": "x", "source": { "spec": { "payloadConditions": [{ "key": "a_b" }] } } });
        let v1 = json!({ "inputs": "x", "source": { "spec": { "payload_conditions": [{ "key": "a_b" }] } } });
        assert_eq!((snake(&classic), camel(&v1)), (v1.clone(), classic.clone()));
    }
}
