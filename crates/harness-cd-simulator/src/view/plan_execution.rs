//! The plan execution that the start of a run answers.

use serde_json::{Value, json};

use super::governance::governance;
use super::trigger_info::trigger_info;
use crate::engine::run::{Origin, Run};
use crate::tables::instant::later;
use crate::tables::invented;
use crate::wire::respond::with;
use crate::world::World;

/// Source: harness-api §3.2 [MCP tests, SDK]: `uuid` is the execution id, the status is the engine's.
pub(crate) fn plan_execution(world: &World, run: &Run, now: i64) -> Value {
    let scope = &run.scope;
    let snapshot = world.runs.at(run, now);
    let module = world
        .runs
        .blueprint(run)
        .modules()
        .first()
        .copied()
        .unwrap_or("pms")
        .to_uppercase();
    let metadata = json!({
        "executionUuid": run.id, "pipelineIdentifier": run.pipeline, "runSequence": run.sequence,
        "moduleType": module, "triggerInfo": trigger_info(world, run),
        "isNotificationConfigured": !world.runs.blueprint(run).notification_rules.is_empty(),
    });
    let metadata = match &run.origin {
        Origin::Manual(principal) => {
            let info = json!({ "principal": principal.uuid(), "principalType": principal.kind.wire() });
            with(metadata, [("principalInfo", info)])
        }
        _ => metadata,
    };
    json!({
        "uuid": run.id, "createdAt": run.started_at, "startTs": run.started_at, "status": snapshot.status.engine(),
        "planId": run.setup_id(""), "nodeType": "PLAN", "validUntil": later(run.started_at, invented::VALID_MS),
        "setupAbstractions": {
            "accountId": scope.account, "orgIdentifier": scope.org, "projectIdentifier": scope.project,
        },
        "metadata": metadata,
        "governanceMetadata": governance(run.verdict, "onrun", scope, &run.pipeline, run.started_at),
    })
}
