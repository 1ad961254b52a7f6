//! Input sets merged: into the template, into the pipeline.
//!
//! Source: run-inputs §6 [OAS, CORE ValidateAndMergeHelper].

use serde_json::{Value, json};

use super::super::route::Call;
use super::errors;
use crate::api::filter_body::{boolean, list_of_texts, text};
use crate::documents::input_sets::{merged, referred};
use crate::inputs::merge::{self as inputs_merge, Values};
use crate::inputs::stages;
use crate::tables::yaml;
use crate::wire::respond::{Outcome, Reply, without_nulls};
use crate::world::World;

/// Source: run-inputs §6 [CORE ValidateAndMergeHelper]: sets that do not fit are told in a 200.
pub(super) fn merge(world: &mut World, call: &Call<'_>) -> Outcome {
    let (identifier, pipeline) = super::read_pipeline(world, call)?;
    let request = super::document(call)?;
    let references = list_of_texts(&request, "inputSetReferences")?;
    let sets = referred(world, &call.scope, identifier, &references)?;
    let reduced = stages::choose_for_template(&pipeline, &list_of_texts(&request, "stageIdentifiers")?)?;
    let last = super::read(text(&request, "lastYamlToMerge")?.unwrap_or_default())?;
    let Some(filled) = merged(identifier, &reduced, &references, &sets, &last)? else {
        return Ok(reply("", None, Value::Null));
    };
    let wrong = errors::of_sets(world, &pipeline, &sets)?;
    if !wrong.is_null() {
        return Ok(reply("", None, wrong));
    }
    let complete = match boolean(&request, "withMergedPipelineYaml")?.unwrap_or_default() {
        true => Some(inputs_merge::merge(&reduced, &[&filled], Values::Taken)?),
        false => None,
    };
    Ok(reply(&written(&filled), complete.as_ref(), Value::Null))
}

/// Source: harness-api §3.3 [SDK, TF].
pub(super) fn merge_with_template(world: &mut World, call: &Call<'_>) -> Outcome {
    let (_, pipeline) = super::read_pipeline(world, call)?;
    let request = super::document(call)?;
    let filled = text(&request, "runtimeInputYaml")?.unwrap_or_default();
    let given = super::read(filled)?;
    let given = given.get("pipeline").unwrap_or(&Value::Null);
    let complete = inputs_merge::merge(&pipeline, &[given], Values::Taken)?;
    Ok(reply(filled, Some(&complete), Value::Null))
}

fn written(pipeline: &Value) -> String {
    yaml::write(&json!({ "pipeline": pipeline }))
}

/// `wrong` is null where every set fits.
fn reply(text: &str, complete: Option<&Value>, wrong: Value) -> Reply {
    let is_wrong = !wrong.is_null();
    Reply::Enveloped(without_nulls(json!({
        "pipelineYaml": (!is_wrong).then_some(text), "completePipelineYaml": complete.map(written),
        "errorResponse": is_wrong, "inputSetErrorWrapper": wrong,
    })))
}
