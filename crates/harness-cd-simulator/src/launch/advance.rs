//! What follows from the passing of time. Every occurrence is written down as something that happened to a run at its
//! own time, however late it is noticed, so that the state of a run stays a pure function.

use super::{chain, notify, queues};
use crate::engine::run::{Run, What};
use crate::engine::snapshot::StageState;
use crate::tables::status::Status;
use crate::world::World;

/// Lets everything happen that is due at `now`, in the order of time.
pub(crate) fn advance(world: &mut World, now: i64) {
    forget_old(world, now);
    // Each occurrence may make another one due; the bound only keeps a mistake from hanging the server.
    for _ in 0..10_000 {
        let Some(due) = next_due(world, now) else { break };
        happen(world, due);
    }
    world.advanced_to = world.advanced_to.max(now);
    notify::notify(world, now);
    let over: Vec<u32> = world
        .runs
        .watched()
        .filter(|run| world.runs.ended(run, now).is_some())
        .map(|run| run.number)
        .collect();
    for number in over {
        world.runs.unwatch(number);
    }
}

/// Something that is due.
struct Due {
    at: i64,
    run: u32,
    what: DueWhat,
}

enum DueWhat {
    /// A queued run, or a step that waits in a queue, is let go.
    Release { node: Option<String> },
    /// A Pipeline stage has begun and starts its run.
    Child { node: String, stage: String },
}

fn next_due(world: &World, now: i64) -> Option<Due> {
    let due = world.runs.watched().flat_map(|run| due_of(world, run, now));
    due.min_by_key(|due| (due.at, due.run))
}

fn due_of(world: &World, run: &Run, now: i64) -> Vec<Due> {
    let snapshot = world.runs.at(run, now);
    let mut due = Vec::new();
    if let Some(at) = queues::place_free_since(world, run, now) {
        due.push(Due {
            at,
            run: run.number,
            what: DueWhat::Release { node: None },
        });
    }
    for stage in snapshot.leaves() {
        let (Some(at), Some(_)) = (stage.started_at, &stage.stage.chained) else {
            continue;
        };
        if stage.child.is_none() && stage.status == Status::Running {
            due.push(Due {
                at,
                run: run.number,
                what: child_of(stage),
            });
        }
    }
    for (path, at) in queues::steps_to_release(world, run, now) {
        due.push(Due {
            at,
            run: run.number,
            what: DueWhat::Release { node: Some(path) },
        });
    }
    due
}

fn child_of(stage: &StageState<'_>) -> DueWhat {
    DueWhat::Child {
        node: stage.path.clone(),
        stage: stage.stage.identifier.clone(),
    }
}

fn happen(world: &mut World, due: Due) {
    let what = match due.what {
        DueWhat::Release { node } => What::Released { node },
        DueWhat::Child { node, stage } => match chain::start_child(world, due.run, &node, &stage, due.at) {
            Ok(run) => What::Child { node, run },
            Err(message) => What::Refused { node, message },
        },
    };
    if let Some(run) = world.runs.get_mut(due.run) {
        run.befall(due.at, what);
    }
}

/// Source: harness-api §9 [HUB]: executions are kept for as long as the plan says.
fn forget_old(world: &mut World, now: i64) {
    let Some(days) = world.modes.settings.retention_days else {
        return;
    };
    let oldest = now - i64::from(days) * crate::tables::invented::DAY_MS;
    if world.runs.all().any(|run| run.started_at < oldest) {
        world.runs.forget(|run| run.started_at < oldest);
    }
}
