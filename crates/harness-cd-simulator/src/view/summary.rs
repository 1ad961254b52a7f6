//! The summary of an execution.

use serde_json::{Map, Value, json};

use super::governance::governance;
use super::layout::{self, Layout, failure_info};
use super::module_info;
use super::trigger_info::trigger_info;
use crate::engine::blueprint::Stage;
use crate::engine::run::{Mode, Origin, Run, Standing, What};
use crate::engine::snapshot::Snapshot;
use crate::tables::status::Status;
use crate::wire::respond::with;
use crate::world::World;

/// Source: harness-api §3.4 [CORE PipelineExecutionSummaryDTO, SDK], §12.38: `endTs` is absent while it runs.
pub(crate) fn summary(world: &World, run: &Run, now: i64) -> Value {
    let snapshot = world.runs.at(run, now);
    let blueprint = world.runs.blueprint(run);
    let modules = blueprint.modules();
    let Layout { first, nodes } = layout::layout(run, &snapshot);
    let tags: Vec<Value> = run
        .tags
        .iter()
        .map(|(key, value)| json!({ "key": key, "value": value }))
        .collect();
    let summary = json!({
        "pipelineIdentifier": run.pipeline, "orgIdentifier": run.scope.org, "projectIdentifier": run.scope.project,
        "planExecutionId": run.id, "name": run.pipeline_name, "status": snapshot.status.wire(), "tags": tags,
        "executionTriggerInfo": trigger_info(world, run),
        "governanceMetadata": governance(run.verdict, "onrun", &run.scope, &run.pipeline, run.started_at),
        "modules": modules,
        "startTs": run.started_at, "createdAt": run.started_at, "runSequence": run.sequence,
        "canRetry": can_retry(world, run), "showRetryHistory": shows_retry_history(run),
        "executionInputConfigured": blueprint.stages().any(Stage::asks_mid_run),
        "allowStageExecutions": blueprint.allows_stage_executions, "executionMode": execution_mode(run),
        "notesExistForPlanExecutionId": !run.given.notes.is_empty(), "shouldUseSimplifiedKey": true, "yamlVersion": "0",
    });
    let groups = [
        vec![
            ("moduleInfo", module_info::of_pipeline(&snapshot, &modules)),
            ("layoutNodeMap", Value::Object(nodes)),
        ],
        counts(&snapshot),
        chosen(run),
        git(world, run),
        more(run, &snapshot, first),
        parent(world, run),
    ];
    with(summary, groups.into_iter().flatten())
}

/// Source: harness-api §12.26 [CORE]: success counts only Success, failed only Failed, running only Running.
fn counts(snapshot: &Snapshot<'_>) -> Vec<(&'static str, Value)> {
    let count = |status: Status| json!(snapshot.stages().filter(|stage| stage.status == status).count());
    vec![
        ("successfulStagesCount", count(Status::Success)),
        ("failedStagesCount", count(Status::Failed)),
        ("runningStagesCount", count(Status::Running)),
        ("totalStagesCount", json!(snapshot.stages().count())),
    ]
}

fn chosen(run: &Run) -> Vec<(&'static str, Value)> {
    let names: Map<String, Value> = run
        .given
        .stages
        .iter()
        .map(|stage| (stage.clone(), json!(stage)))
        .collect();
    vec![
        ("stagesExecution", json!(!run.given.stages.is_empty())),
        ("stagesExecuted", json!(run.given.stages)),
        ("stagesExecutedNames", Value::Object(names)),
    ]
}

fn git(world: &World, run: &Run) -> Vec<(&'static str, Value)> {
    let Some(branch) = &run.given.branch else {
        return vec![("storeType", json!("INLINE"))];
    };
    let mut details = json!({ "branch": branch });
    let mut fields = vec![("storeType", json!("REMOTE"))];
    if let Some(place) = world.place_of(run) {
        details = with(
            details,
            [("repoName", json!(place.repo)), ("filePath", json!(place.path))],
        );
        fields.push(("connectorRef", json!(place.connector)));
    }
    fields.push(("gitDetails", details));
    fields
}

fn more(run: &Run, snapshot: &Snapshot<'_>, first: Option<String>) -> Vec<(&'static str, Value)> {
    let aborted = (snapshot.status == Status::Aborted).then(|| aborted_by(run)).flatten();
    let failure = snapshot.failure.as_ref();
    let fields = [
        ("startingNodeId", first.map(|first| json!(first))),
        ("endTs", snapshot.ended_at.map(|at| json!(at))),
        ("failureInfo", failure.map(failure_info)),
        (
            "executionErrorInfo",
            failure.map(|failure| json!({ "message": failure.message })),
        ),
        ("abortedBy", aborted),
    ];
    fields
        .into_iter()
        .filter_map(|(key, value)| Some((key, value?)))
        .collect()
}

/// Source: harness-api §12.8 [CORE].
fn aborted_by(run: &Run) -> Option<Value> {
    run.happenings.iter().find_map(|happening| match &happening.what {
        What::Abort { by, .. } => Some(json!({ "email": by.email, "userName": by.name, "createdAt": happening.at })),
        _ => None,
    })
}

/// Source: harness-api §3.4 [CORE; inner casing weak].
fn parent(world: &World, run: &Run) -> Vec<(&'static str, Value)> {
    let Origin::Chained { parent, .. } = &run.origin else {
        return vec![("parentStageInfo", json!({ "hasparentpipeline": false }))];
    };
    let outer = world.runs.get(parent.run);
    let info = json!({
        "hasparentpipeline": true, "identifier": parent.pipeline, "orgid": parent.scope.org,
        "projectid": parent.scope.project, "executionid": outer.map(|outer| &outer.id),
        "stagenodeid": outer.map(|outer| outer.setup_id(&parent.stage)), "runsequence": outer.map(|outer| outer.sequence),
    });
    vec![("parentStageInfo", info)]
}

/// Source: harness-api §3.4 [CORE: NORMAL, POST_EXECUTION_ROLLBACK, PIPELINE_ROLLBACK].
fn execution_mode(run: &Run) -> &'static str {
    match run.mode {
        Mode::Rollback { .. } => "POST_EXECUTION_ROLLBACK",
        Mode::Normal | Mode::Rerun { .. } | Mode::Retry { .. } => "NORMAL",
    }
}

/// Source: harness-api §12.9 [CORE]: true also for successes: it means "the latest, and no rollback run".
pub(crate) fn can_retry(world: &World, run: &Run) -> bool {
    run.standing == Standing::Latest
        && !matches!(run.mode, Mode::Rollback { .. })
        && !world.runs.is_rolled_back(run.number)
}

/// Source: harness-api §3.4, §12.9 [CORE]: every attempt of a chain leads to the others, the replaced ones too.
fn shows_retry_history(run: &Run) -> bool {
    run.standing == Standing::Replaced || matches!(run.mode, Mode::Retry { .. })
}
