//! What pipelines and their lists tell of executions.

use serde_json::{Value, json};

use crate::engine::run::Run;
use crate::state::scope::Scope;
use crate::tables::invented::{DAY_MS, RECENT_EXECUTIONS};
use crate::tables::status::Status;
use crate::wire::respond::{with, without_nulls};
use crate::world::World;

/// An execution, as lists of pipelines tell of it.
#[derive(Clone, Debug)]
pub(crate) struct RecentExecution {
    pub(crate) id: String,
    pub(crate) status: Status,
    /// Epoch ms.
    pub(crate) started_at: i64,
    /// Epoch ms.
    pub(crate) ended_at: Option<i64>,
    pub(crate) run_number: i64,
    pub(crate) trigger_type: &'static str,
    /// Who or what started it.
    pub(crate) by: String,
    pub(crate) email: Option<String>,
}

/// The executions of a pipeline, the latest first.
pub(crate) fn executions_of(world: &World, scope: &Scope, pipeline: &str, now: i64) -> Vec<RecentExecution> {
    let recent = |run: &Run| {
        let ended = world.runs.ended(run, now);
        RecentExecution {
            id: run.id.clone(),
            status: world.runs.status(run, now),
            started_at: run.started_at,
            ended_at: ended.map(|ended| ended.at),
            run_number: i64::try_from(run.sequence).unwrap_or(i64::MAX),
            trigger_type: run.origin.trigger_type(),
            by: run.origin.name().to_owned(),
            email: run.origin.email().map(str::to_owned),
        }
    };
    world.runs.of_pipeline(scope, pipeline).map(recent).collect()
}

/// Forgets the executions of a pipeline that is deleted. Source: harness-api §9 [HUB].
pub(crate) fn forget(world: &mut World, scope: &Scope, pipeline: &str) {
    world.runs.forget(|run| run.scope == *scope && run.pipeline == pipeline);
}

/// Days that are counted, today last. Source: harness-api §2 [SDK] for triggers (last 7 days); for pipelines [weak].
const DAYS: usize = 7;

/// How many of these times fall on each of the last days.
pub(crate) fn by_day(times: impl Iterator<Item = i64>, now: i64) -> [u32; DAYS] {
    let mut counts = [0; DAYS];
    for time in times {
        let days_ago = usize::try_from(now.div_euclid(DAY_MS) - time.div_euclid(DAY_MS)).ok();
        let slot = days_ago
            .and_then(|days| (DAYS - 1).checked_sub(days))
            .and_then(|index| counts.get_mut(index));
        if let Some(count) = slot {
            *count += 1;
        }
    }
    counts
}

/// Source: harness-api §1.2 [SDK].
pub(crate) fn summary_info(executions: &[RecentExecution], now: i64) -> Value {
    let started = |only: fn(Status) -> bool| {
        let counted = executions.iter().filter(move |run| only(run.status));
        by_day(counted.map(|run| run.started_at), now)
    };
    let counts = json!({
        "numOfErrors": started(|status| status.has_ended() && !status.ended_well()), "deployments": started(|_| true),
    });
    match executions.first() {
        None => counts,
        Some(last) => with(
            counts,
            [
                ("lastExecutionTs", json!(last.started_at)),
                ("lastExecutionStatus", json!(last.status.wire())),
                ("lastExecutionId", json!(last.id)),
            ],
        ),
    }
}

/// Source: harness-api §1.2 [SDK] names `recentExecutionsInfo`; its fields are those of v1 in the classic case [weak].
pub(crate) fn recent_info(executions: &[RecentExecution]) -> Vec<Value> {
    let one = |run: &RecentExecution| {
        without_nulls(json!({
            "executorInfo": { "triggerType": run.trigger_type, "username": run.by, "email": run.email },
            "planExecutionId": run.id, "status": run.status.wire(), "startTs": run.started_at, "endTs": run.ended_at,
            "runSequence": run.run_number,
        }))
    };
    executions.iter().take(RECENT_EXECUTIONS).map(one).collect()
}

/// Source: harness-api §1.3 [CORE openapi v1].
pub(crate) fn recent_info_v1(executions: &[RecentExecution]) -> Vec<Value> {
    let one = |run: &RecentExecution| {
        without_nulls(json!({
            "executor_info": { "trigger_type": run.trigger_type, "username": run.by, "email": run.email },
            "execution_id": run.id, "execution_status": run.status.wire(), "started": run.started_at,
            "ended": run.ended_at, "run_number": run.run_number,
        }))
    };
    executions.iter().take(RECENT_EXECUTIONS).map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(id: &str, status: Status, started_at: i64) -> RecentExecution {
        RecentExecution {
            id: id.to_owned(),
            status,
            started_at,
            ended_at: status.has_ended().then_some(started_at + 1),
            run_number: 1,
            trigger_type: "MANUAL",
            by: "Grace".to_owned(),
            email: None,
        }
    }

    /// harness-api §1.2
    #[test]
    fn the_last_execution_comes_first_and_days_are_counted() {
        let now = 100 * DAY_MS;
        let runs = [
            run("c", Status::Running, now),
            run("b", Status::Failed, now - DAY_MS),
            run("a", Status::Success, 0),
        ];
        let told = summary_info(&runs, now);
        assert_eq!(told["deployments"], json!([0, 0, 0, 0, 0, 1, 1]));
        assert_eq!(told["numOfErrors"], json!([0, 0, 0, 0, 0, 1, 0]));
        assert_eq!(
            (&told["lastExecutionId"], &told["lastExecutionStatus"]),
            (&json!("c"), &json!("Running"))
        );
        assert_eq!(summary_info(&[], now).get("lastExecutionId"), None);
        assert_eq!(recent_info(&runs)[0].get("endTs"), None);
        assert_eq!(recent_info_v1(&runs)[1]["ended"], json!(now - DAY_MS + 1));
    }
}
