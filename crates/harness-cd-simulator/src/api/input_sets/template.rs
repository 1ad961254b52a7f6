//! What a pipeline asks for.

use serde_json::{Value, json};

use super::super::route::Call;
use crate::api::filter_body::list_of_texts;
use crate::inputs::{self, grammar, stages, template as inputs_template};
use crate::state::entity::Kind;
use crate::state::modes::TemplateFields;
use crate::tables::yaml;
use crate::wire::respond::{Outcome, Reply, with, without_nulls};
use crate::world::World;

/// Source: run-inputs §1.2 [OAS, CORE ValidateAndMergeHelper]; harness-api §3.1: without inputs there is no template.
pub(super) fn template(world: &mut World, call: &Call<'_>) -> Outcome {
    let (identifier, pipeline) = super::read_pipeline(world, call)?;
    let chosen = list_of_texts(&super::document(call)?, "stageIdentifiers")?;
    let reduced = stages::choose_for_template(&pipeline, &chosen)?;
    let asked = inputs_template::prune(&reduced);
    let read_elsewhere = inputs::read_elsewhere(&pipeline, &chosen);
    let replaced: Vec<&String> = read_elsewhere.values().flatten().collect();
    let mut sets = world.store.all(Kind::InputSet, &call.scope);
    let answer = json!({
        "inputSetTemplateYaml": asked.as_ref().map(|asked| yaml::write(&json!({ "pipeline": asked }))),
        "replacedExpressions": if chosen.is_empty() { Value::Null } else { json!(replaced) },
        "modules": stages::modules(&pipeline),
        "hasInputSets": sets.any(|set| set.parent == identifier),
    });
    let newer = match world.modes.template_fields {
        TemplateFields::Plain => Vec::new(),
        TemplateFields::Newer => vec![
            (
                "replacedExpressionsPerStage",
                if chosen.is_empty() {
                    Value::Null
                } else {
                    json!(read_elsewhere)
                },
            ),
            ("inputsMetadata", metadata(identifier, &reduced)),
        ],
    };
    Ok(Reply::Enveloped(without_nulls(with(answer, newer))))
}

/// Source: run-inputs §1.2 [OAS]: the items carry no name of their field; which order they have is open, here that of
/// the pipeline's variables. The spelling of `entityType` is invented.
fn metadata(identifier: &str, pipeline: &Value) -> Value {
    let variables = pipeline
        .get("variables")
        .and_then(Value::as_array)
        .into_iter()
        .flatten();
    let is_input = |variable: &&Value| {
        let value = variable.get("value").and_then(Value::as_str);
        value.is_some_and(|text| text.starts_with(grammar::INPUT))
    };
    let items = variables.filter(is_input).map(|variable| {
        let required = variable.get("required").cloned().unwrap_or(Value::Bool(false));
        without_nulls(json!({ "description": variable.get("description"), "required": required }))
    });
    let items: Vec<Value> = items.collect();
    json!([{ "identifier": identifier, "entityType": "Pipelines", "inputsMetadataList": items }])
}
