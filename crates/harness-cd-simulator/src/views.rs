//! Executions as Harness's answers show them.

use std::collections::{BTreeMap, BTreeSet};

use harness_cd_model::{ExecutionStatus as Status, HarnessScope};
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::course::{Snapshot, StageState, StepState};
use crate::modes::Policy;
use crate::plan::{Ids, Lane, Target, Work};
use crate::run::{Origin, Run};

/// The engine's spelling of a status.
/// Source: Harness API facts, run: the status of a plan execution alone is the engine's, in capitals with underscores.
pub(crate) fn engine_status(status: &Status) -> String {
    match status {
        Status::Success => "SUCCEEDED".to_owned(),
        Status::AbortedByFreeze => "FREEZE_FAILED".to_owned(),
        other => {
            let mut text = String::new();
            for character in other.as_str().chars() {
                if character.is_uppercase() && !text.is_empty() {
                    text.push('_');
                }
                text.push(character.to_ascii_uppercase());
            }
            text
        }
    }
}

/// Source: Harness API facts, status enum: this one status keeps the engine's spelling in every answer.
fn status_text(status: &Status) -> &str {
    match status {
        Status::QueuedPlanCreation => "QUEUED_PLAN_CREATION",
        other => other.as_str(),
    }
}

/// Source: Harness API facts, governance metadata: 64-bit numbers are decimal strings, the list is `details`.
pub(crate) fn governance(policy: Policy, action: &str, entity: &str, scope: &HarnessScope, now: i64) -> Value {
    let (status, deny) = match policy {
        Policy::Pass => ("pass", false),
        Policy::Warning => ("warning", false),
        Policy::Deny => ("error", true),
    };
    let severity = if deny { "error" } else { "warning" };
    let details = if policy == Policy::Pass {
        json!([])
    } else {
        json!([{
            "policySetId": "1", "policySetName": "Simulated policy set", "identifier": "simulated_policy_set",
            "deny": deny, "status": status, "created": now.to_string(),
            "accountId": scope.account, "orgId": scope.org, "projectId": scope.project,
            "policyMetadata": [{
                "policyId": "1", "policyName": "Simulated policy", "identifier": "simulated_policy",
                "severity": severity, "status": status,
                "denyMessages": [format!("The simulated policy says {status} to {action} of {entity}")],
            }],
        }])
    };
    json!({
        "id": "0", "deny": deny, "details": details, "message": "", "timestamp": now.to_string(), "status": status,
        "accountId": scope.account, "orgId": scope.org, "projectId": scope.project,
        "entity": format!("accountIdentifier%3A{}%2FpipelineIdentifier%3A{entity}", scope.account),
        "type": "pipeline", "action": action, "created": now.to_string(),
    })
}

/// Source: Harness API facts, list executions: a manual run names the person, a webhook run the trigger.
fn trigger_info(run: &Run, scope: &HarnessScope) -> Value {
    let (kind, by) = match &run.origin {
        Origin::Manual(person) => (
            "MANUAL",
            json!({ "uuid": person.email, "identifier": person.name, "extraInfo": { "email": person.email } }),
        ),
        Origin::Webhook { trigger, event } => (
            "WEBHOOK_CUSTOM",
            json!({
                "uuid": "systemUser", "identifier": trigger,
                "extraInfo": {
                    "triggerRef": format!("{}/{}/{}/{trigger}", scope.account, scope.org, scope.project),
                    "eventCorrelationId": event,
                },
            }),
        ),
    };
    json!({ "triggerType": kind, "triggeredBy": by, "isRerun": false })
}

/// Source: Harness API facts, run: the answer's plan execution.
pub(crate) fn plan_execution(run: &Run, snapshot: &Snapshot<'_>, scope: &HarnessScope) -> Value {
    json!({
        "uuid": run.id, "createdAt": run.started_at, "startTs": run.started_at,
        "status": engine_status(&snapshot.status), "planId": run.plan.root.setup, "nodeType": "PLAN",
        "setupAbstractions": {
            "accountId": scope.account, "orgIdentifier": scope.org, "projectIdentifier": scope.project,
        },
        "metadata": {
            "executionUuid": run.id, "pipelineIdentifier": run.pipeline, "runSequence": run.number,
            "moduleType": "CD", "triggerInfo": trigger_info(run, scope), "isNotificationConfigured": false,
        },
        "governanceMetadata": governance(run.policy, "onrun", &run.pipeline, scope, run.started_at),
    })
}

/// Source: Harness API facts, list executions: a summary; `endTs` is absent while the execution runs.
pub(crate) fn summary(run: &Run, snapshot: &Snapshot<'_>, scope: &HarnessScope) -> Value {
    let stages: Vec<&StageState<'_>> = snapshot.stages().collect();
    let count = |wanted: &dyn Fn(&Status) -> bool| stages.iter().filter(|stage| wanted(&stage.status)).count();
    let failed = |status: &Status| status.phase().is_terminal() && !ended_well(status);
    let is_deployment = stages.iter().any(|stage| stage.stage.target.is_some());
    let tags: Vec<Value> = run
        .tags
        .iter()
        .map(|(key, value)| json!({ "key": key, "value": value }))
        .collect();
    let mut fields = json!({
        "pipelineIdentifier": run.pipeline, "orgIdentifier": scope.org, "projectIdentifier": scope.project,
        "planExecutionId": run.id, "name": run.pipeline_name, "status": status_text(&snapshot.status), "tags": tags,
        "executionTriggerInfo": trigger_info(run, scope),
        "governanceMetadata": governance(run.policy, "onrun", &run.pipeline, scope, run.started_at),
        "moduleInfo": { "cd": pipeline_module_info(&stages) },
        "layoutNodeMap": layout(run, snapshot),
        "modules": if is_deployment { json!(["cd", "pms"]) } else { json!(["pms"]) },
        "startTs": run.started_at, "createdAt": run.started_at, "runSequence": run.number,
        "canRetry": failed(&snapshot.status), "showRetryHistory": false, "storeType": "INLINE",
        "successfulStagesCount": count(&|status| ended_well(status) && *status != Status::Skipped),
        "runningStagesCount": count(&|status| !status.phase().is_terminal() && *status != Status::NotStarted),
        "failedStagesCount": count(&failed),
        "totalStagesCount": stages.len(),
        "executionInputConfigured": false, "stagesExecution": false, "stagesExecuted": [], "stagesExecutedNames": {},
        "allowStageExecutions": false, "executionMode": "NORMAL",
        "notesExistForPlanExecutionId": !run.notes.is_empty(),
    });
    let mut set = |key: &str, value: Value| {
        if let Value::Object(fields) = &mut fields {
            fields.insert(key.to_owned(), value);
        }
    };
    if let Some(first) = run.plan.lanes.first() {
        set("startingNodeId", json!(lane_key(first)));
    }
    if let Some(ended) = snapshot.ended_at {
        set("endTs", json!(ended));
    }
    if let Some(message) = &snapshot.failure {
        set("failureInfo", failure_info(message));
        set("executionErrorInfo", json!({ "message": message }));
    }
    if let (Some(abort), Status::Aborted) = (&run.abort, &snapshot.status) {
        let by = json!({ "email": abort.person.email, "userName": abort.person.name, "createdAt": abort.at });
        set("abortedBy", by);
    }
    fields
}

fn ended_well(status: &Status) -> bool {
    matches!(status, Status::Success | Status::IgnoreFailed | Status::Skipped)
}

fn failure_info(message: &str) -> Value {
    json!({ "message": message, "failureTypeList": ["APPLICATION_FAILURE"], "responseMessages": [] })
}

/// Source: Harness API facts, deployment history: pipeline level; the lists may hold nulls, and a `__recast` key is there.
fn pipeline_module_info(stages: &[&StageState<'_>]) -> Value {
    let begun = || stages.iter().filter_map(|stage| resolved_target(stage));
    let list = |pick: &dyn Fn(&Target) -> Option<String>| -> Vec<String> {
        begun().filter_map(pick).collect::<BTreeSet<_>>().into_iter().collect()
    };
    let mut infrastructures: Vec<Option<String>> = vec![None];
    infrastructures.extend(list(&|target| target.infrastructure.clone()).into_iter().map(Some));
    json!({
        "__recast": "CDPipelineModuleInfo",
        "serviceIdentifiers": list(&|target| Some(target.service.clone())),
        "envIdentifiers": list(&|target| Some(target.environment.clone())),
        "envGroupIdentifiers": [null],
        "environmentTypes": list(&|target| Some(target.environment_type.clone())),
        "infrastructureTypes": list(&|_| Some("KubernetesDirect".to_owned())),
        "infrastructureIdentifiers": infrastructures,
        "infrastructureNames": list(&|target| target.infrastructure_name.clone()),
        "serviceDefinitionTypes": list(&|target| Some(target.deployment_type.clone())),
        "artifactDisplayNames": list(&display_name),
        "freezeIdentifiers": [], "gitOpsAppIdentifiers": [],
    })
}

/// Source: Harness API facts, deployment history: the display name of a Docker image is `imagePath:tag`.
fn display_name(target: &Target) -> Option<String> {
    Some(format!("{}:{}", target.image.as_deref()?, target.tag.as_deref()?))
}

/// What a stage deploys, once it has begun.
pub(crate) fn resolved_target<'a>(stage: &StageState<'a>) -> Option<&'a Target> {
    let begun = stage.started_at.is_some() && stage.status != Status::Skipped;
    stage.stage.target.as_ref().filter(|_| begun)
}

/// Source: Harness API facts, deployment history: stage level.
fn stage_module_info(stage: &StageState<'_>) -> Value {
    let Some(target) = resolved_target(stage) else {
        return json!({});
    };
    let mut artifacts = json!({ "sidecars": [] });
    if let (Some(image), Some(tag), Value::Object(fields)) = (&target.image, &target.tag, &mut artifacts) {
        let display_name = format!("{image}:{tag}");
        let primary = json!({
            "__recast": "DockerArtifactSummary", "imagePath": image, "tag": tag, "type": "DockerRegistry",
            "displayName": display_name, "version": tag,
        });
        fields.insert("primary".to_owned(), primary);
        fields.insert("artifactDisplayName".to_owned(), json!(display_name));
    }
    json!({ "cd": {
        "__recast": "CDStageModuleInfo",
        "serviceInfo": {
            "identifier": target.service, "displayName": target.service_name,
            "deploymentType": target.deployment_type, "gitOpsEnabled": false, "artifacts": artifacts,
        },
        "infraExecutionSummary": {
            "identifier": target.environment, "name": target.environment_name, "type": target.environment_type,
            "infrastructureIdentifier": target.infrastructure, "infrastructureName": target.infrastructure_name,
        },
    }})
}

fn lane_key(lane: &Lane) -> &str {
    match (&lane.parallel, lane.stages.first()) {
        (Some(ids), _) => &ids.setup,
        (None, Some(stage)) => &stage.ids.setup,
        (None, None) => "",
    }
}

/// Source: Harness API facts, execution detail: the key of a node is its plan id, that of a parallel child its
/// execution id; `edgeLayoutList` leads from the starting node to the last.
fn layout(run: &Run, snapshot: &Snapshot<'_>) -> Value {
    let lanes = &run.plan.lanes;
    let next_keys = lanes
        .iter()
        .skip(1)
        .map(|lane| vec![lane_key(lane)])
        .chain([Vec::new()]);
    let mut nodes = Map::new();
    for ((lane, states), next) in lanes.iter().zip(&snapshot.lanes).zip(next_keys) {
        if let Some(ids) = &lane.parallel {
            let children: Vec<&str> = states.iter().map(|state| state.stage.ids.execution.as_str()).collect();
            nodes.insert(ids.setup.clone(), parallel_node(ids, states, &children, &next));
            for state in states {
                nodes.insert(state.stage.ids.execution.clone(), stage_node(state, &[]));
            }
        } else if let Some(state) = states.first() {
            nodes.insert(state.stage.ids.setup.clone(), stage_node(state, &next));
        }
    }
    Value::Object(nodes)
}

fn parallel_node(ids: &Ids, states: &[StageState<'_>], children: &[&str], next: &[&str]) -> Value {
    let open = states.iter().find(|state| state.ended_at.is_none());
    let bad = states.iter().find(|state| !ended_well(&state.status));
    let status = open
        .or(bad)
        .or(states.first())
        .map_or("Success", |state| status_text(&state.status));
    json!({
        "nodeType": "parallel", "nodeGroup": "STAGE_PARALLEL", "nodeIdentifier": ids.setup, "name": "parallel",
        "nodeUuid": ids.setup, "nodeExecutionId": ids.execution, "status": status, "module": "pms",
        "moduleInfo": {}, "edgeLayoutList": { "currentNodeChildren": children, "nextIds": next },
        "barrierFound": false, "executionInputConfigured": false,
    })
}

fn stage_node(state: &StageState<'_>, next: &[&str]) -> Value {
    let stage = state.stage;
    let mut node = json!({
        "nodeType": stage.kind, "nodeGroup": "STAGE", "nodeIdentifier": stage.identifier, "name": stage.name,
        "nodeUuid": stage.ids.setup, "status": status_text(&state.status),
        "module": if stage.target.is_some() { "cd" } else { "pms" },
        "moduleInfo": stage_module_info(state),
        "edgeLayoutList": { "currentNodeChildren": [], "nextIds": next },
        "barrierFound": false, "executionInputConfigured": false,
    });
    let Value::Object(fields) = &mut node else {
        return node;
    };
    if let Some(started) = state.started_at {
        fields.insert("startTs".to_owned(), json!(started));
        fields.insert("nodeExecutionId".to_owned(), json!(stage.ids.execution));
    }
    if let Some(ended) = state.ended_at {
        fields.insert("endTs".to_owned(), json!(ended));
    }
    if let Some(condition) = &stage.condition {
        let run_info = json!({
            "whenCondition": condition.text,
            "evaluatedCondition": condition.holds.as_ref().is_ok_and(|holds| *holds), "expressions": [],
        });
        if state.status == Status::Skipped {
            fields.insert(
                "skipInfo".to_owned(),
                json!({ "evaluatedCondition": true, "skipCondition": "" }),
            );
        }
        fields.insert("nodeRunInfo".to_owned(), run_info);
    }
    if let Some(message) = &state.failure {
        fields.insert("failureInfo".to_owned(), json!({ "message": message }));
        fields.insert("failureInfoDTO".to_owned(), failure_info(message));
    }
    node
}

/// Which part of the graph a detail shows.
pub(crate) enum GraphPart<'a> {
    Whole,
    /// The stage with this plan id or execution id.
    Stage(&'a str),
}

/// Source: Harness API facts, execution detail: nodes by execution id, with children and next ids beside them.
pub(crate) fn execution_graph(run: &Run, snapshot: &Snapshot<'_>, part: &GraphPart<'_>, scope: &HarnessScope) -> Value {
    let mut graph = Graph::default();
    let wanted = |stage: &&StageState<'_>| match part {
        GraphPart::Whole => true,
        GraphPart::Stage(id) => stage.stage.ids.setup == *id || stage.stage.ids.execution == *id,
    };
    let begun = |stage: &&StageState<'_>| stage.started_at.is_some() && stage.status != Status::Skipped;
    let stages: Vec<&StageState<'_>> = snapshot.stages().filter(wanted).filter(begun).collect();
    let stage_ids: Vec<&str> = stages.iter().map(|stage| stage.stage.ids.execution.as_str()).collect();
    graph.chain(&stage_ids);
    for stage in &stages {
        graph.stage(stage, run);
    }
    let root = match part {
        GraphPart::Stage(_) => stage_ids.first().copied().unwrap_or_default().to_owned(),
        GraphPart::Whole => {
            let root = &run.plan.root;
            let node = GraphNode {
                ids: root,
                name: "pipeline",
                identifier: "pipeline",
                fqn: "pipeline",
                kind: "PIPELINE_SECTION",
                status: &snapshot.status,
                started_at: run.started_at,
                ended_at: snapshot.ended_at,
                failure: snapshot.failure.as_deref(),
            };
            graph.add(&node, json!([]), stage_ids.first().copied().as_slice());
            root.execution.clone()
        }
    };
    json!({
        "rootNodeId": root, "nodeMap": graph.nodes, "nodeAdjacencyListMap": graph.edges,
        "representationStrategy": "camelCase",
        "executionMetadata": {
            "accountId": scope.account, "orgIdentifier": scope.org, "projectIdentifier": scope.project,
            "pipelineIdentifier": run.pipeline, "planExecutionId": run.id,
        },
    })
}

struct GraphNode<'a> {
    ids: &'a Ids,
    name: &'a str,
    identifier: &'a str,
    fqn: &'a str,
    kind: &'a str,
    status: &'a Status,
    started_at: i64,
    ended_at: Option<i64>,
    failure: Option<&'a str>,
}

#[derive(Default)]
struct Graph {
    nodes: Map<String, Value>,
    edges: BTreeMap<String, Edges>,
}

#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct Edges {
    children: Vec<String>,
    next_ids: Vec<String>,
}

impl Graph {
    fn stage(&mut self, state: &StageState<'_>, run: &Run) {
        let stage = state.stage;
        let fqn = format!("pipeline.stages.{}", stage.identifier);
        let children = [
            self.steps(&state.steps, &format!("{fqn}.spec.execution.steps")),
            self.steps(&state.rollback, &format!("{fqn}.spec.execution.rollbackSteps")),
        ];
        if let (Some(last), Some(first)) = (state.steps.last(), state.rollback.first()) {
            self.link(&last.node.ids.execution, &first.node.ids.execution);
        }
        let children: Vec<&str> = children.iter().flatten().take(1).map(String::as_str).collect();
        let node = GraphNode {
            ids: &stage.ids,
            name: &stage.name,
            identifier: &stage.identifier,
            fqn: &fqn,
            kind: if stage.target.is_some() {
                "DEPLOYMENT_STAGE_STEP"
            } else {
                "APPROVAL_STAGE"
            },
            status: &state.status,
            started_at: state.started_at.unwrap_or(run.started_at),
            ended_at: state.ended_at,
            failure: state.failure.as_deref(),
        };
        self.add(&node, json!([]), &children);
    }

    /// Adds steps that follow each other; the first one's id.
    fn steps(&mut self, steps: &[StepState<'_>], fqn: &str) -> Option<String> {
        let ids: Vec<&str> = steps.iter().map(|step| step.node.ids.execution.as_str()).collect();
        self.chain(&ids);
        for step in steps {
            self.step(step, fqn);
        }
        ids.first().map(|id| (*id).to_owned())
    }

    fn step(&mut self, state: &StepState<'_>, parent: &str) {
        let node = state.node;
        let fqn = format!("{parent}.{}", node.identifier);
        let children: Vec<String> = match &node.work {
            Work::Parallel(_) => {
                for child in &state.children {
                    self.step(child, &fqn);
                }
                state
                    .children
                    .iter()
                    .map(|child| child.node.ids.execution.clone())
                    .collect()
            }
            _ => self
                .steps(&state.children, &format!("{fqn}.steps"))
                .into_iter()
                .collect(),
        };
        let children: Vec<&str> = children.iter().map(String::as_str).collect();
        let responses = match &node.work {
            Work::Approval(approval) => json!([{ "async": { "callbackIds": [approval.instance] } }]),
            _ => json!([]),
        };
        let graph_node = GraphNode {
            ids: &node.ids,
            name: &node.name,
            identifier: &node.identifier,
            fqn: &fqn,
            kind: &node.kind,
            status: &state.status,
            started_at: state.started_at,
            ended_at: state.ended_at,
            failure: state.failure.as_deref(),
        };
        self.add(&graph_node, responses, &children);
    }

    fn add(&mut self, node: &GraphNode<'_>, executable_responses: Value, children: &[&str]) {
        let mut value = json!({
            "uuid": node.ids.execution, "setupId": node.ids.setup, "name": node.name, "identifier": node.identifier,
            "baseFqn": node.fqn, "stepType": node.kind, "status": status_text(node.status),
            "startTs": node.started_at, "outcomes": {}, "stepParameters": {},
            "executableResponses": executable_responses, "unitProgresses": [], "progressData": {},
            "delegateInfoList": [], "interruptHistories": [], "stepDetails": {},
        });
        if let Value::Object(fields) = &mut value {
            if let Some(ended) = node.ended_at {
                fields.insert("endTs".to_owned(), json!(ended));
            }
            if let Some(message) = node.failure {
                fields.insert("failureInfo".to_owned(), failure_info(message));
            }
        }
        self.nodes.insert(node.ids.execution.clone(), value);
        let edges = self.edges.entry(node.ids.execution.clone()).or_default();
        edges.children = children.iter().map(|child| (*child).to_owned()).collect();
    }

    fn chain(&mut self, ids: &[&str]) {
        for pair in ids.windows(2) {
            if let [from, to] = pair {
                self.link(from, to);
            }
        }
    }

    fn link(&mut self, from: &str, to: &str) {
        self.edges.entry(from.to_owned()).or_default().next_ids = vec![to.to_owned()];
    }
}
