//! Who may go on in a queue: runs beyond the limit of an account, and steps that wait for a key.

use crate::engine::blueprint::{Hold, Work};
use crate::engine::path;
use crate::engine::run::{Admission, Run, What};
use crate::engine::snapshot::{Snapshot, StepState};
use crate::tables::expression;
use crate::world::World;

/// Since when a queued run could have begun: fewer run than may, and nobody has been waiting longer.
///
/// Source: harness-api §3.2 [HUB]: it waits, it never fails for it. That the first come is the first served is invented.
pub(super) fn place_free_since(world: &World, run: &Run, now: i64) -> Option<i64> {
    if run.admission != Admission::Queued || released(run, None).is_some() || world.runs.ended(run, now).is_some() {
        return None;
    }
    let limit = world.modes.settings.concurrent_executions.unwrap_or(usize::MAX);
    let others = world
        .runs
        .all()
        .filter(|other| other.scope.account == run.scope.account && other.number != run.number);
    let mut stays = Vec::new();
    let mut earliest = run.started_at.max(world.advanced_to);
    for other in others {
        let until = world.runs.ended(other, now).map_or(i64::MAX, |ended| ended.at);
        let from = match other.admission {
            Admission::AtOnce => Some(other.started_at),
            Admission::Queued => released(other, None),
        };
        match from {
            Some(from) => stays.push((from, until)),
            None if other.number < run.number && until == i64::MAX => return None,
            None => {}
        }
        if other.number < run.number && other.admission == Admission::Queued {
            earliest = earliest.max(from.unwrap_or(earliest));
        }
    }
    let has_place = |at: &i64| stays.iter().filter(|(from, until)| from <= at && at < until).count() < limit;
    let ends = stays
        .iter()
        .map(|(_, until)| *until)
        .filter(|until| (earliest..=now).contains(until));
    std::iter::once(earliest).chain(ends).filter(has_place).min()
}

/// When a run, or a step of it, was let go.
fn released(run: &Run, step: Option<&str>) -> Option<i64> {
    let is_release = |what: &What| matches!(what, What::Released { node } if node.as_deref() == step);
    run.happenings
        .iter()
        .find(|happening| is_release(&happening.what))
        .map(|happening| happening.at)
}

/// A Queue step: since when it waits, and until when whoever comes after it has to.
struct Claim<'s> {
    run: &'s Run,
    path: String,
    key: String,
    since: i64,
    released: Option<i64>,
    /// When the step came to its end.
    ended: Option<i64>,
    /// When what holds the key ends, once it has.
    until: Option<i64>,
}

impl Claim<'_> {
    fn order(&self) -> (i64, u32) {
        (self.since, self.run.number)
    }

    /// When the next one may have the key; never, while this one has it or waits for it.
    fn leaves_at(&self) -> Option<i64> {
        if self.released.is_some() {
            self.until
        } else {
            self.ended
        }
    }
}

/// The Queue steps of a run that may go on, each with the time since when.
///
/// Source: harness-api §3.7 (`ResourceWaiting`: queue) [OAS, CORE]; CORE QueueStepInfo: one at a time in the order in
/// which they came, per key and account, whatever the pipeline; SCH QueueStepInfo: until the pipeline or the stage ends.
pub(super) fn steps_to_release(world: &World, run: &Run, now: i64) -> Vec<(String, i64)> {
    let own = claims(world, run, now);
    let waiting = own.iter().filter(|claim| claim.released.is_none());
    let due = waiting.filter_map(|claim| {
        let since = key_free_since(world, claim, now)?;
        claim
            .ended
            .is_none_or(|ended| since < ended)
            .then(|| (claim.path.clone(), since))
    });
    due.collect()
}

fn key_free_since(world: &World, claim: &Claim<'_>, now: i64) -> Option<i64> {
    let mut since = claim.since.max(world.advanced_to);
    let others = world.runs.all().filter(|other| {
        other.scope.account == claim.run.scope.account
            && other.number != claim.run.number
            && world.runs.blueprint(other).has_queue()
    });
    for other in others {
        let before = claims(world, other, now).into_iter();
        for before in before.filter(|other| other.key == claim.key && other.order() < claim.order()) {
            since = since.max(before.leaves_at()?);
        }
    }
    Some(since)
}

fn claims<'w>(world: &'w World, run: &'w Run, now: i64) -> Vec<Claim<'w>> {
    let snapshot = world.runs.at(run, now);
    let steps = snapshot.working_steps();
    let of_step = |step: &StepState<'_>| {
        let Work::Queue { key, hold } = &step.node.work else {
            return None;
        };
        Some(Claim {
            run,
            key: expression::resolve(key, &run.context),
            since: step.started_at,
            released: released(run, Some(&step.path)),
            ended: step.ended_at,
            until: held_until(&snapshot, &step.path, *hold),
            path: step.path.clone(),
        })
    };
    steps.filter_map(of_step).collect()
}

fn held_until(snapshot: &Snapshot<'_>, step: &str, hold: Hold) -> Option<i64> {
    match hold {
        Hold::Pipeline => snapshot.ended_at,
        Hold::Stage => {
            let mut stages = snapshot.leaves();
            let own = stages.find(|stage| path::is_within(step, &stage.path));
            // A step of the pipeline's rollback is in no stage.
            own.map_or(snapshot.ended_at, |stage| stage.ended_at)
        }
    }
}
