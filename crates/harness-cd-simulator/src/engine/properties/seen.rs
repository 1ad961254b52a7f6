//! What can be seen of runs at a time, flat: every stage, pass and step by its run and path.

use std::collections::BTreeMap;

use super::play::Play;
use crate::engine::snapshot::{Failed, StageState, StepState};
use crate::tables::status::Status;

pub(crate) type Seen = BTreeMap<String, Node>;

/// A run, stage, pass, step or group.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Node {
    pub(crate) parent: Option<String>,
    pub(crate) status: Status,
    pub(crate) started_at: Option<i64>,
    pub(crate) ended_at: Option<i64>,
    pub(crate) failure: Option<Failed>,
    pub(crate) retries: usize,
}

pub(crate) fn see(play: &Play) -> Seen {
    see_at(play, play.now)
}

pub(crate) fn see_at(play: &Play, now: i64) -> Seen {
    let mut seen = Seen::new();
    for run in play.world.runs.all().filter(|run| run.started_at <= now) {
        let snapshot = play.world.runs.at(run, now);
        let key = format!("{}:", run.number);
        let whole = Node {
            parent: None,
            status: snapshot.status,
            started_at: Some(run.started_at),
            ended_at: snapshot.ended_at,
            failure: snapshot.failure.clone(),
            retries: 0,
        };
        add(&mut seen, key.clone(), whole);
        // A stage that a retry took over is older than the run.
        for stage in snapshot.stages().filter(|stage| stage.taken_from.is_none()) {
            add_stage(&mut seen, &key, &key, stage);
        }
        if let Some(rollback) = &snapshot.rollback {
            let own = format!("{key}rollback");
            let node = Node {
                parent: Some(key.clone()),
                status: rollback.status,
                started_at: Some(rollback.started_at),
                ended_at: rollback.ended_at,
                failure: None,
                retries: 0,
            };
            add(&mut seen, own.clone(), node);
            add_steps(&mut seen, &key, &own, &rollback.steps);
        }
    }
    seen
}

fn add_stage(seen: &mut Seen, run: &str, parent: &str, stage: &StageState<'_>) {
    let key = format!("{run}{}", stage.path);
    let node = Node {
        parent: Some(parent.to_owned()),
        status: stage.status,
        started_at: stage.started_at,
        ended_at: stage.ended_at,
        failure: stage.failure.clone(),
        retries: 0,
    };
    add(seen, key.clone(), node);
    stage.passes.iter().for_each(|pass| add_stage(seen, run, &key, pass));
    add_steps(seen, run, &key, &stage.steps);
    add_steps(seen, run, &key, &stage.rollback);
}

fn add_steps(seen: &mut Seen, run: &str, parent: &str, steps: &[StepState<'_>]) {
    for step in steps {
        let key = format!("{run}{}", step.path);
        let node = Node {
            parent: Some(parent.to_owned()),
            status: step.status,
            started_at: Some(step.started_at),
            ended_at: step.ended_at,
            failure: step.failure.clone(),
            retries: step.attempt.number,
        };
        add(seen, key.clone(), node);
        add_steps(seen, run, &key, &step.children);
    }
}

fn add(seen: &mut Seen, key: String, node: Node) {
    let twin = seen.insert(key.clone(), node);
    assert_eq!(twin, None, "two nodes are {key}");
}
