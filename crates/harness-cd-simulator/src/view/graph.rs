//! The steps of an execution as a graph.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::layout::failure_info;
use crate::engine::blueprint::{Stage, Work};
use crate::engine::outputs::Output;
use crate::engine::path;
use crate::engine::run::{Run, What};
use crate::engine::snapshot::{Failed, RollbackState, Snapshot, StageState, StepState};
use crate::state::modes::SecretOutputs;
use crate::tables::status::Status;
use crate::tables::{expression, invented};
use crate::wire::respond::with;
use crate::world::World;

/// Which part of the graph a detail shows.
pub(crate) enum Part<'a> {
    Whole,
    /// The stage with this plan id or execution id.
    Stage(&'a str),
}

/// Source: harness-api §3.6 [SDK, MCP diagnose], §12.38 [CORE]: nodes by execution id, children and next ids beside them;
/// frames stand between stage and steps.
pub(crate) fn graph(world: &World, run: &Run, now: i64, part: &Part<'_>) -> Value {
    let snapshot = world.runs.at(run, now);
    let is_wanted = |path: &str| match part {
        Part::Whole => true,
        Part::Stage(id) => run.setup_id(path) == *id || run.node_id(path) == *id,
    };
    let wanted = |stage: &&StageState<'_>| is_wanted(&stage.path);
    let mut graph = Graph {
        world,
        run,
        nodes: Map::new(),
        edges: BTreeMap::new(),
    };
    let stages: Vec<&StageState<'_>> = snapshot
        .leaves()
        .filter(wanted)
        .filter(|stage| stage.has_begun())
        .collect();
    let mut ids: Vec<String> = stages.iter().map(|stage| run.node_id(&stage.path)).collect();
    for stage in &stages {
        graph.stage(stage);
    }
    if let Some(rollback) = snapshot.rollback.as_ref().filter(|_| is_wanted("rollback")) {
        ids.push(graph.rollback(rollback));
    }
    graph.chain(&ids);
    let root = match part {
        Part::Stage(_) => ids.first().cloned().unwrap_or_default(),
        Part::Whole => graph.pipeline(&snapshot, ids.first()),
    };
    let scope = &run.scope;
    json!({
        "rootNodeId": root, "nodeMap": graph.nodes, "nodeAdjacencyListMap": graph.edges,
        "representationStrategy": "camelCase",
        "executionMetadata": {
            "accountId": scope.account, "orgIdentifier": scope.org, "projectIdentifier": scope.project,
            "pipelineIdentifier": run.pipeline, "planExecutionId": run.id,
        },
    })
}

/// The node with this execution id. Source: harness-api §3.6 [OAS getExecutionNode].
pub(crate) fn node(world: &World, run: &Run, now: i64, id: &str) -> Option<Value> {
    graph(world, run, now, &Part::Whole)
        .pointer_mut(&format!("/nodeMap/{id}"))
        .map(Value::take)
}

struct Graph<'a> {
    world: &'a World,
    run: &'a Run,
    nodes: Map<String, Value>,
    edges: BTreeMap<String, Edges>,
}

#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct Edges {
    children: Vec<String>,
    next_ids: Vec<String>,
}

/// What all nodes have.
struct Frame<'a> {
    path: &'a str,
    name: &'a str,
    identifier: &'a str,
    kind: &'a str,
    status: Status,
    started_at: i64,
    ended_at: Option<i64>,
    failure: Option<&'a Failed>,
}

impl Graph<'_> {
    fn pipeline(&mut self, snapshot: &Snapshot<'_>, first: Option<&String>) -> String {
        let frame = |path: &'static str, name: &'static str, kind: &'static str| Frame {
            path,
            name,
            identifier: name,
            kind,
            status: snapshot.status,
            started_at: self.run.started_at,
            ended_at: snapshot.ended_at,
            failure: snapshot.failure.as_ref(),
        };
        let (pipeline, stages) = (
            frame("", "pipeline", "PIPELINE_SECTION"),
            frame("stages", "stages", "STAGES_STEP"),
        );
        self.add(&stages, [], first.into_iter().cloned().collect());
        self.add(&pipeline, [], vec![self.run.node_id("stages")]);
        self.run.node_id("")
    }

    /// The rollback of the whole pipeline, as a stage of its own; its step type is [weak].
    fn rollback(&mut self, state: &RollbackState<'_>) -> String {
        let id = self.run.node_id("rollback");
        let name = format!("prb-{}", self.run.setup_id("rollback"));
        let frame = Frame {
            path: "rollback",
            name: &name,
            identifier: &name,
            kind: "PIPELINE_ROLLBACK_STAGE",
            status: state.status,
            started_at: state.started_at,
            ended_at: state.ended_at,
            failure: None,
        };
        self.steps(&state.steps);
        let first = state.steps.first().map(|step| self.run.node_id(&step.path));
        self.add(&frame, [], first.into_iter().collect());
        id
    }

    fn stage(&mut self, state: &StageState<'_>) {
        let stage = state.stage;
        let started_at = state.started_at.unwrap_or(self.run.started_at);
        let frames = self.frames(state, started_at);
        let frame = Frame {
            path: &state.path,
            name: &stage.name,
            identifier: &stage.identifier,
            kind: stage_type(stage),
            status: state.status,
            started_at,
            ended_at: state.ended_at,
            failure: state.failure.as_ref(),
        };
        let child = state.child.and_then(|number| self.world.runs.get(number));
        let more = child.map(|child| {
            let details = json!({
                "planExecutionId": child.id, "orgId": child.scope.org, "projectId": child.scope.project,
            });
            [
                (
                    "executableResponses",
                    json!([{ "async": { "callbackIds": [child.id] } }]),
                ),
                ("stepDetails", json!({ "childPipelineExecutionDetails": details })),
            ]
        });
        self.add(&frame, more.into_iter().flatten(), frames.into_iter().take(1).collect());
    }

    /// The frames of a stage, in their order: service and infrastructure of a deployment, then the steps, then the
    /// rollback. Their step types are [weak].
    fn frames(&mut self, state: &StageState<'_>, start: i64) -> Vec<String> {
        // What stops a deployment before its steps stops it at its service.
        let is_stopped = state.steps.is_empty() && state.failure.is_some();
        let mut frames = Vec::new();
        if state.target.is_some() {
            let service = if is_stopped { state.status } else { Status::Success };
            frames.push(self.frame(state, "service", "SERVICE_V3", service, (start, Some(start))));
            if !is_stopped {
                frames.push(self.frame(
                    state,
                    "infrastructure",
                    "INFRASTRUCTURE_TASKSTEP_V2",
                    Status::Success,
                    (start, Some(start)),
                ));
            }
        }
        if let Some((first, last)) = state.steps.first().zip(state.steps.last()) {
            let end = state.rollback.first().map(|step| step.started_at).or(state.ended_at);
            let status = if state.rollback.is_empty() {
                state.status
            } else {
                last.status
            };
            let id = self.frame(state, "execution", "NG_EXECUTION", status, (start, end));
            self.steps(&state.steps);
            self.edge(&id).children = vec![self.run.node_id(&first.path)];
            frames.push(id);
        }
        if let Some(first) = state.rollback.first() {
            let ended = state.rollback.iter().all(|step| step.ended_at.is_some());
            let status = if ended { Status::Success } else { Status::Running };
            let id = self.frame(
                state,
                "rollbackSteps",
                "ROLLBACK_OPTIONAL_CHILD_CHAIN",
                status,
                (first.started_at, state.ended_at),
            );
            self.steps(&state.rollback);
            self.edge(&id).children = vec![self.run.node_id(&first.path)];
            frames.push(id);
        }
        self.chain(&frames);
        frames
    }

    fn frame(
        &mut self,
        state: &StageState<'_>,
        name: &str,
        kind: &str,
        status: Status,
        (started_at, ended_at): (i64, Option<i64>),
    ) -> String {
        let path = format!("{}.spec.{name}.frame", state.path);
        let failure = state
            .failure
            .as_ref()
            .filter(|_| !status.ended_well() && status.has_ended());
        self.add(
            &Frame {
                path: &path,
                name,
                identifier: name,
                kind,
                status,
                started_at,
                ended_at,
                failure,
            },
            [],
            Vec::new(),
        );
        self.run.node_id(&path)
    }

    /// Steps that follow each other.
    fn steps(&mut self, steps: &[StepState<'_>]) {
        let ids: Vec<String> = steps.iter().map(|step| self.run.node_id(&step.path)).collect();
        self.chain(&ids);
        steps.iter().for_each(|step| self.step(step));
    }

    fn step(&mut self, state: &StepState<'_>) {
        let node = state.node;
        let all: Vec<String> = state
            .children
            .iter()
            .map(|child| self.run.node_id(&child.path))
            .collect();
        let side_by_side = matches!(node.work, Work::Parallel { .. }) || node.looping.is_some() && state.pass.is_none();
        let children = if side_by_side {
            all
        } else {
            all.into_iter().take(1).collect()
        };
        match side_by_side {
            true => state.children.iter().for_each(|child| self.step(child)),
            false => self.steps(&state.children),
        }
        let name = state
            .pass
            .as_ref()
            .map_or_else(|| node.name.clone(), |pass| format!("{}_{}", node.name, pass.index));
        let frame = Frame {
            path: &state.path,
            name: &name,
            identifier: &node.identifier,
            kind: &node.kind,
            status: state.status,
            started_at: state.started_at,
            ended_at: state.ended_at,
            failure: state.failure.as_ref(),
        };
        let more = [
            ("executableResponses", self.responses(state)),
            ("interruptHistories", self.interrupts(state)),
            ("outcomes", self.outcomes(state)),
        ];
        self.add(&frame, more, children);
    }

    /// Source: harness-api §12.5 [CORE]: the first callback id of an approval step is the approval instance's id.
    fn responses(&self, state: &StepState<'_>) -> Value {
        match state.node.work {
            Work::Approval(_) => json!([{ "async": { "callbackIds": [self.run.instance_id(&state.instance())] } }]),
            _ => json!([]),
        }
    }

    /// Source: harness-api §3.6 [HUB: platform/pipelines/pipeline-execution-graph]: a script's outcome is `output`; [CORE:
    /// `ShellScriptStep`]: it has one once it has succeeded, and a secret in it is an expression that decrypts it.
    fn outcomes(&self, state: &StepState<'_>) -> Value {
        let outputs = state.node.outputs.as_ref();
        let Some(outputs) = outputs.filter(|_| state.status == Status::Success && !state.is_frame()) else {
            return json!({});
        };
        let value = |output: &Output| match self.world.modes.secret_outputs {
            _ if !output.is_secret || output.value.is_empty() => expression::resolve(&output.value, &self.run.context),
            SecretOutputs::Encrypted => {
                let encrypted = self.run.instance_id(&format!("{}${}", state.path, output.name));
                format!("${{sweepingOutputSecrets.obtain(\"{}\",\"{encrypted}\")}}", output.name)
            }
            SecretOutputs::Masked => invented::MASK.to_owned(),
        };
        let values: Map<String, Value> = outputs
            .iter()
            .map(|output| (output.name.clone(), json!(value(output))))
            .collect();
        json!({ "output": { "outputVariables": values } })
    }

    /// Source: harness-api §3.6 [SDK]: what interrupted a node; the types' spelling is [weak].
    fn interrupts(&self, state: &StepState<'_>) -> Value {
        let retried = (0..state.attempt.number).map(|number| ("RETRY".to_owned(), state.started_at, number));
        let aborted = self
            .run
            .happenings
            .iter()
            .enumerate()
            .filter_map(|(number, happening)| match &happening.what {
                What::Abort { .. } if state.status == Status::Aborted => {
                    Some(("ABORT".to_owned(), happening.at, number))
                }
                _ => None,
            });
        let history = |(kind, at, number): (String, i64, usize)| {
            let id = self.run.instance_id(&format!("{}#{kind}{number}", state.path));
            json!({ "interruptId": id, "tookEffectAt": at, "interruptType": kind, "interruptConfig": {} })
        };
        retried.chain(aborted).map(history).collect()
    }

    fn add(&mut self, frame: &Frame<'_>, more: impl IntoIterator<Item = (&'static str, Value)>, children: Vec<String>) {
        let run = self.run;
        let id = run.node_id(frame.path);
        let fqn = path::fqn(frame.path.trim_end_matches(".frame"));
        let fqn = if fqn.is_empty() {
            "pipeline".to_owned()
        } else {
            format!("pipeline.{fqn}")
        };
        let node = json!({
            "uuid": id, "setupId": run.setup_id(frame.path), "name": frame.name, "identifier": frame.identifier,
            "baseFqn": fqn, "stepType": frame.kind, "status": frame.status.wire(), "startTs": frame.started_at,
            "outcomes": {}, "stepParameters": {}, "executableResponses": [], "unitProgresses": [], "progressData": {},
            "delegateInfoList": delegates(run, frame), "interruptHistories": [], "stepDetails": {},
            "logBaseKey": log_key(run, frame.path),
        });
        let ended = frame.ended_at.map(|at| ("endTs", json!(at)));
        let failure = frame.failure.map(|failure| ("failureInfo", failure_info(failure)));
        let node = with(with(node, ended.into_iter().chain(failure)), more);
        self.nodes.insert(id.clone(), node);
        self.edge(&id).children = children;
    }

    fn edge(&mut self, id: &str) -> &mut Edges {
        self.edges.entry(id.to_owned()).or_default()
    }

    fn chain(&mut self, ids: &[String]) {
        for pair in ids.windows(2) {
            if let [from, to] = pair {
                self.edge(from).next_ids = vec![to.clone()];
            }
        }
    }
}

/// Step types of stages: `PIPELINE_STAGE` was seen, the others are [weak].
fn stage_type(stage: &Stage) -> &'static str {
    match stage.kind.as_str() {
        "Deployment" => "DEPLOYMENT_STAGE_STEP",
        "Approval" => "APPROVAL_STAGE",
        "CI" => "IntegrationStageStepPMS",
        "Pipeline" => "PIPELINE_STAGE",
        _ => "CUSTOM_STAGE",
    }
}

/// Work on a cluster goes through a delegate. Source: harness-api §3.6 [SDK]; the delegate is invented.
fn delegates(run: &Run, frame: &Frame<'_>) -> Value {
    if !frame.kind.starts_with("K8s") && !frame.kind.starts_with("Helm") {
        return json!([]);
    }
    let task = run.instance_id(&format!("{}#task", frame.path));
    let (id, name) = invented::DELEGATE;
    json!([{ "id": id, "name": name, "taskId": task, "taskName": frame.name }])
}

/// The key of a node's log. Source: harness-api §12.38 [CORE]: every graph node has one; its form is invented.
pub(crate) fn log_key(run: &Run, path: &str) -> String {
    let path = path::fqn(path);
    format!(
        "{}/pipeline/{}/{}/-{}/{path}",
        run.scope.account, run.pipeline, run.sequence, run.id
    )
}
