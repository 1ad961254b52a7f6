//! One execution.

use serde_json::json;

use super::find;
use crate::api::route::Call;
use crate::state::people::Permission;
use crate::view::graph::{self, Part};
use crate::view::summary::{can_retry as is_retryable, summary};
use crate::wire::respond::{Failure, Outcome, Reply, with};
use crate::world::World;

/// Source: harness-api §3.6 [CORE ExecutionHelper]: the graph is absent unless `stageNodeId` or
/// `renderFullBottomGraph=true` is given.
pub(super) fn detail(world: &mut World, call: &Call<'_>) -> Outcome {
    if call.parameter("childStageNodeId").is_some() {
        return Err(Failure::not_simulated("the graph of the pipeline that a stage runs"));
    }
    let run = find(world, call, call.capture(0))?;
    let data = json!({ "pipelineExecutionSummary": summary(world, run, call.now) });
    let stage = call
        .parameter("stageNodeExecutionId")
        .or_else(|| call.parameter("stageNodeId"));
    let part = match stage {
        Some(stage) => Some(Part::Stage(stage)),
        None => (call.parameter("renderFullBottomGraph") == Some("true")).then_some(Part::Whole),
    };
    let graph = part.map(|part| ("executionGraph", graph::graph(world, run, call.now, &part)));
    Ok(Reply::Enveloped(with(data, graph)))
}

/// Source: harness-api §3.6 [OAS].
pub(super) fn node(world: &mut World, call: &Call<'_>) -> Outcome {
    let id = call.required("nodeExecutionId", &world.modes)?;
    let absent = || Failure::invalid(format!("Node execution [{id}] does not exist"));
    let run = find(world, call, &world.runs.of_id(id).ok_or_else(absent)?.id)?;
    graph::node(world, run, call.now, id)
        .map(Reply::Enveloped)
        .ok_or_else(absent)
}

/// Source: harness-api §0.3, §12.42 [CORE, BSP]: the old call produces YAML text.
pub(super) fn inputs_yaml(world: &mut World, call: &Call<'_>) -> Outcome {
    let run = find(world, call, call.capture(0))?;
    Ok(Reply::Yaml(run.given.yaml.to_string()))
}

/// Source: harness-api §3.6 [OAS].
pub(super) fn inputs(world: &mut World, call: &Call<'_>) -> Outcome {
    let run = find(world, call, call.capture(0))?;
    let sets = run
        .given
        .input_sets
        .iter()
        .map(|set| json!({ "identifier": set, "name": set }));
    let data = json!({
        "inputSetYaml": run.given.yaml, "inputSetTemplateYaml": run.given.template,
        "latestTemplateYaml": run.given.template, "inputSetDetails": sets.collect::<Vec<_>>(), "expressionValues": {},
    });
    let resolved = crate::tables::expression::resolve(&run.given.yaml, &run.context);
    let resolved = (call.parameter("resolveExpressions") == Some("true")).then(|| ("resolvedYaml", json!(resolved)));
    Ok(Reply::Enveloped(with(data, resolved)))
}

/// Source: harness-api §3.6 [OAS], run-inputs §11 [CORE].
pub(super) fn notes(world: &mut World, call: &Call<'_>) -> Outcome {
    let run = find(world, call, call.capture(0))?;
    Ok(Reply::Enveloped(json!({ "notes": run.given.notes })))
}

pub(super) fn write_notes(world: &mut World, call: &Call<'_>) -> Outcome {
    let number = find(world, call, call.capture(0))?.number;
    let notes = world
        .modes
        .notes
        .kept(call.parameter("notesForPipelineExecution").unwrap_or_default());
    if let Some(run) = world.runs.get_mut(number) {
        run.given.notes.clone_from(&notes);
    }
    Ok(Reply::Enveloped(json!({ "notes": notes })))
}

/// Source: harness-api §3.6, §6.1 [OAS, CORE PipelineExpressionHelper].
pub(super) fn url(world: &mut World, call: &Call<'_>) -> Outcome {
    let id = call.required("planExecutionId", &world.modes)?;
    let run = find(world, call, id)?;
    Ok(Reply::Enveloped(json!(world.execution_url(run))))
}

/// Source: harness-api §3.9, §12.9 [CORE].
pub(super) fn can_retry(world: &mut World, call: &Call<'_>) -> Outcome {
    let run = find(world, call, call.capture(0))?;
    Ok(Reply::Enveloped(json!(
        call.may(Permission::Execute) && is_retryable(world, run)
    )))
}
