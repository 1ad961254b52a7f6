//! The stages of an execution as a map with edges.

use serde_json::{Map, Value, json};

use super::module_info;
use crate::engine::flow::{Flow, Progress};
use crate::engine::looping::Iteration;
use crate::engine::run::{Mode, Run};
use crate::engine::snapshot::{Failed, LaneState, RollbackState, Snapshot, StageState};
use crate::tables::status::Status;
use crate::wire::respond::with;

/// A layout: the key of the first node, and the nodes by key.
pub(crate) struct Layout {
    pub(crate) first: Option<String>,
    pub(crate) nodes: Map<String, Value>,
}

/// Source: harness-api §3.6 [HUB sample, SDK, CORE], §12.19 [CORE]: the key of a node is its plan id, those of a parallel
/// group's stages too; the passes of a loop are keyed by their execution id. `edgeLayoutList` leads from the first node to
/// the last.
pub(crate) fn layout(run: &Run, snapshot: &Snapshot<'_>) -> Layout {
    let keys: Vec<String> = snapshot.lanes.iter().map(|lane| lane_key(run, lane)).collect();
    let rollback = snapshot
        .rollback
        .as_ref()
        .map(|rollback| (run.setup_id("rollback"), rollback));
    let after = |index: usize| {
        keys.get(index + 1)
            .or(rollback.as_ref().map(|(key, _)| key))
            .cloned()
            .into_iter()
            .collect()
    };
    let mut nodes = Map::new();
    for (index, lane) in snapshot.lanes.iter().enumerate() {
        let next: Vec<String> = after(index);
        match lane.parallel {
            Some(path) => {
                let children: Vec<String> = lane.stages.iter().map(|stage| run.setup_id(&stage.path)).collect();
                nodes.insert(run.setup_id(path), group(run, path, &lane.stages, &children, &next));
                for stage in &lane.stages {
                    add_stage(run, stage, &[], &mut nodes);
                }
            }
            None => lane
                .stages
                .iter()
                .for_each(|stage| add_stage(run, stage, &next, &mut nodes)),
        }
    }
    if let Some((key, rollback)) = rollback {
        nodes.insert(key, pipeline_rollback(run, rollback));
    }
    Layout {
        first: keys.into_iter().next(),
        nodes,
    }
}

fn lane_key(run: &Run, lane: &LaneState<'_>) -> String {
    let path = lane
        .parallel
        .or_else(|| lane.stages.first().map(|stage| stage.path.as_str()));
    run.setup_id(path.unwrap_or_default())
}

fn add_stage(run: &Run, stage: &StageState<'_>, next: &[String], nodes: &mut Map<String, Value>) {
    if stage.passes.is_empty() {
        nodes.insert(run.setup_id(&stage.path), node(run, stage, next));
        return;
    }
    let children: Vec<String> = stage.passes.iter().map(|pass| run.node_id(&pass.path)).collect();
    nodes.insert(run.setup_id(&stage.path), looping(run, stage, &children, next));
    for pass in &stage.passes {
        nodes.insert(run.node_id(&pass.path), node(run, pass, &[]));
    }
    // The pattern that the passes were made of stays, and no edge leads to it.
    let pattern = StageState::not_begun(stage.stage, Status::NotStarted);
    nodes.insert(
        run.setup_id(&format!("{}.pattern", stage.path)),
        node(run, &pattern, &[]),
    );
}

fn edges(children: &[String], next: &[String]) -> Value {
    json!({ "currentNodeChildren": children, "nextIds": next })
}

/// Source: harness-api §12.19 [CORE]: `nodeGroup: STAGE`, `nodeIdentifier: parallel…`, no name.
fn group(run: &Run, path: &str, stages: &[StageState<'_>], children: &[String], next: &[String]) -> Value {
    let setup = run.setup_id(path);
    json!({
        "nodeType": "parallel", "nodeGroup": "STAGE", "nodeIdentifier": format!("parallel{setup}"),
        "nodeUuid": setup, "nodeExecutionId": run.node_id(path), "status": together(stages).wire(), "module": "pms",
        "moduleInfo": {}, "edgeLayoutList": edges(children, next), "barrierFound": false,
        "executionInputConfigured": false,
    })
}

/// The status of stages side by side.
fn together(stages: &[StageState<'_>]) -> Status {
    if stages.iter().all(|stage| stage.status == Status::NotStarted) {
        return Status::NotStarted;
    }
    let mut progress = Progress::new(0);
    let bad = stages
        .iter()
        .find(|stage| stage.ended_at.is_some() && !stage.status.ended_well());
    for stage in stages.iter().filter(|stage| stage.started_at.is_some()) {
        progress.take(
            stage
                .ended_at
                .map_or(Flow::Open(stage.status), |at| Flow::Ended(stage.status, at)),
        );
    }
    match progress.flow() {
        Flow::Open(status) => status,
        flow => bad.map_or(flow.status(), |stage| stage.status),
    }
}

fn looping(run: &Run, stage: &StageState<'_>, children: &[String], next: &[String]) -> Value {
    let kind = stage
        .stage
        .looping
        .as_ref()
        .map_or("MATRIX", crate::engine::looping::Looping::node_type);
    let of_stage = node(run, stage, next);
    with(
        of_stage,
        [
            ("nodeType", json!(kind)),
            ("edgeLayoutList", edges(children, next)),
            ("moduleInfo", json!({})),
        ],
    )
}

fn node(run: &Run, state: &StageState<'_>, next: &[String]) -> Value {
    let stage = state.stage;
    let name = state
        .pass
        .as_ref()
        .map_or_else(|| stage.name.clone(), |pass| format!("{}_{}", stage.name, pass.index));
    let node = json!({
        "nodeType": stage.kind, "nodeGroup": "STAGE", "nodeIdentifier": stage.identifier, "name": name,
        "nodeUuid": run.setup_id(&state.path), "status": state.status.wire(), "module": module(&stage.kind),
        "edgeLayoutList": edges(&[], next), "barrierFound": false,
        "executionInputConfigured": stage.asks_mid_run(),
        "isRollbackStageNode": matches!(run.mode, Mode::Rollback { .. }),
    });
    let mut more = times(state.started_at, state.ended_at);
    more.push(("moduleInfo", module_info::of_stage(state)));
    if state.started_at.is_some() {
        more.push(("nodeExecutionId", json!(run.node_id(&state.path))));
    }
    if let Some(pass) = &state.pass {
        more.push(("strategyMetadata", strategy_metadata(pass)));
    }
    more.extend(condition(state));
    more.extend(state.failure.as_ref().into_iter().flat_map(failure_fields));
    with(node, more)
}

fn module(kind: &str) -> &'static str {
    match kind {
        "Deployment" => "cd",
        "CI" => "ci",
        _ => "pms",
    }
}

fn times(started: Option<i64>, ended: Option<i64>) -> Vec<(&'static str, Value)> {
    let fields = [("startTs", started), ("endTs", ended)];
    fields
        .into_iter()
        .filter_map(|(key, at)| Some((key, json!(at?))))
        .collect()
}

fn condition(state: &StageState<'_>) -> Vec<(&'static str, Value)> {
    let Some(text) = &state.stage.when.condition else {
        return Vec::new();
    };
    let skipped = state.status == Status::Skipped;
    let run_info = json!({ "whenCondition": text, "evaluatedCondition": !skipped, "expressions": [] });
    let skip_info = json!({ "evaluatedCondition": true, "skipCondition": "" });
    let skip_info = skipped.then_some(("skipInfo", skip_info));
    std::iter::once(("nodeRunInfo", run_info)).chain(skip_info).collect()
}

fn failure_fields(failure: &Failed) -> [(&'static str, Value); 2] {
    [
        ("failureInfo", json!({ "message": failure.message })),
        ("failureInfoDTO", failure_info(failure)),
    ]
}

/// Source: harness-api §3.4 [CORE], §12.28 [CORE].
pub(crate) fn failure_info(failure: &Failed) -> Value {
    json!({ "message": failure.message, "failureTypeList": [failure.kind.wire()], "responseMessages": [] })
}

/// Source: harness-api §3.6 [SDK]; the names of the keys are from public samples of histories [weak].
fn strategy_metadata(pass: &Iteration) -> Value {
    let metadata = json!({ "currentiteration": pass.index, "totaliterations": pass.total });
    if !pass.of_matrix {
        return metadata;
    }
    let values: Map<String, Value> = pass
        .values
        .iter()
        .map(|(name, value)| (name.clone(), json!(value)))
        .collect();
    let matrix = json!({ "matrixcombination": pass.combination, "matrixvalues": values });
    with(metadata, [("matrixmetadata", matrix)])
}

/// Source: runtime-inputs, history payloads: nodes of type PipelineRollback; the identifier `prb-…` [weak].
fn pipeline_rollback(run: &Run, rollback: &RollbackState<'_>) -> Value {
    let setup = run.setup_id("rollback");
    let identifier = format!("prb-{setup}");
    let node = json!({
        "nodeType": "PipelineRollback", "nodeGroup": "STAGE", "nodeIdentifier": identifier, "name": identifier,
        "nodeUuid": setup, "nodeExecutionId": run.node_id("rollback"), "status": rollback.status.wire(),
        "module": "cd", "moduleInfo": {}, "edgeLayoutList": edges(&[], &[]), "barrierFound": false,
        "executionInputConfigured": false,
    });
    with(node, times(Some(rollback.started_at), rollback.ended_at))
}
