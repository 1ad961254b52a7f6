//! Which stages of a pipeline a run may choose.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::input_sets;
use super::route::{Access, Call, Route};
use crate::inputs::stages;
use crate::state::people::Permission;
use crate::wire::respond::{Outcome, Reply, without_nulls};
use crate::world::World;

pub(crate) const ROUTES: &[Route] = &[Route::new(
    "GET",
    "pipeline/api/pipeline/execute/stagesExecutionList",
    Access::Project(Permission::View),
    list,
)];

/// Source: run-inputs §1.5 [CORE StageExecutionSelectorHelper, UI]: none where the pipeline does not allow it.
fn list(world: &mut World, call: &Call<'_>) -> Outcome {
    let (_, pipeline) = input_sets::read_pipeline(world, call)?;
    let stages = match pipeline.get("allowStageExecutions") {
        Some(Value::Bool(true)) => stages::all(&pipeline),
        _ => Vec::new(),
    };
    Ok(Reply::Enveloped(stages.into_iter().map(stage).collect()))
}

/// A stage that reads another one by `useFromStage` cannot run alone.
fn stage(stage: &Map<String, Value>) -> Value {
    let identifier = stages::text(stage, "identifier");
    let mut needed = BTreeSet::new();
    stage.values().for_each(|value| used_stages(value, &mut needed));
    needed.remove(identifier);
    let message = match stages::text(stage, "type") {
        _ if !needed.is_empty() => {
            let needed: Vec<&str> = needed.iter().copied().collect();
            Some(format!(
                "This stage has a \"useFromStage\" dependency on [{}]",
                needed.join(", ")
            ))
        }
        "Approval" => Some("Running an approval stage individually can be redundant".to_owned()),
        _ => None,
    };
    without_nulls(json!({
        "stageIdentifier": identifier, "stageName": stages::text(stage, "name"), "message": message,
        "toBeBlocked": !needed.is_empty(), "stagesRequired": needed,
    }))
}

/// `useFromStage: x`, or `useFromStage: {stage: x}`.
fn used_stages<'a>(value: &'a Value, found: &mut BTreeSet<&'a str>) {
    match value {
        Value::Object(fields) => {
            let used = fields.get("useFromStage");
            let named = used.and_then(|used| used.get("stage").unwrap_or(used).as_str());
            found.extend(named);
            fields.values().for_each(|value| used_stages(value, found));
        }
        Value::Array(items) => items.iter().for_each(|item| used_stages(item, found)),
        _ => {}
    }
}
