//! What is going to happen to a made-up run.

use super::{MINUTE_MS, SeedRole, person};
use crate::api::approvals::people::{approve_one, reject_one};
use crate::engine::run::{FreezeEffect, What};
use crate::engine::scenario::{RunOutcome, Scenario};
use crate::engine::snapshot::StepState;
use crate::state::random::Random;
use crate::tables::status::{Phase, Status};
use crate::view::approval::spec;
use crate::world::World;

/// What is going to happen to it.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Fate {
    /// It goes its way; people approve in time.
    Course(RunOutcome),
    /// Somebody aborts it.
    Aborted,
    /// Somebody refuses to approve it.
    Rejected,
    /// Nobody has approved it yet.
    Unapproved,
    /// A freeze stops it.
    Frozen,
    /// It takes this status by itself.
    Held(Status),
}

impl Fate {
    /// The statuses that do not come of themselves often enough, each as the fate that leads to it.
    pub(super) fn of(status: Status) -> Self {
        match status {
            Status::Running | Status::Success => Self::Course(RunOutcome::Success),
            Status::Failed => Self::Course(RunOutcome::FailDeploy),
            Status::Aborted => Self::Aborted,
            Status::ApprovalRejected => Self::Rejected,
            Status::ApprovalWaiting => Self::Unapproved,
            Status::AbortedByFreeze => Self::Frozen,
            other => Self::Held(other),
        }
    }

    pub(super) fn ordinary(random: &mut Random) -> Self {
        match random.below(100) {
            0..=7 => Self::Course(RunOutcome::FailDeploy),
            8..=12 => Self::Course(RunOutcome::FailVerify),
            13..=15 => Self::Aborted,
            16..=17 => Self::Rejected,
            _ => Self::Course(RunOutcome::Success),
        }
    }

    pub(super) fn scenario(&self) -> Scenario {
        match self {
            Self::Course(outcome) => Scenario {
                outcome: *outcome,
                ..Scenario::default()
            },
            _ => Scenario::default(),
        }
    }

    /// Where nobody can approve or reject, the status comes by itself.
    pub(super) fn by_itself(&self) -> Self {
        match self {
            Self::Rejected => Self::Held(Status::ApprovalRejected),
            Self::Unapproved => Self::Held(Status::ApprovalWaiting),
            other => other.clone(),
        }
    }

    /// Whether the first stage that runs suits: some fates need an approval, the others a deployment.
    pub(super) fn suits(&self, world: &World, number: u32, role: SeedRole) -> bool {
        let Some(run) = world.runs.get(number) else {
            return false;
        };
        let mut stages = world.runs.blueprint(run).stages();
        let Some(first) = stages.find(|stage| stage.when.holds(&run.context)) else {
            return false;
        };
        match self {
            Self::Rejected | Self::Unapproved => first.deploys.is_none(),
            Self::Frozen | Self::Held(_) | Self::Aborted => first.deploys.is_some(),
            Self::Course(outcome) => {
                (*outcome == RunOutcome::Success && role == SeedRole::Ordinary) || first.deploys.is_some()
            }
        }
    }
}

/// Lets its fate befall a run.
pub(super) fn befall(world: &mut World, number: u32, fate: &Fate, now: i64, random: &mut Random) {
    let Some(start) = world.runs.get(number).map(|run| run.started_at) else {
        return;
    };
    let happening = match fate {
        Fate::Course(_) => return approve_in_time(world, number, now, random),
        Fate::Unapproved => return,
        Fate::Rejected => return reject(world, number, now, random),
        Fate::Frozen => {
            if let Some(run) = world.runs.get_mut(number) {
                run.freeze = FreezeEffect::StopsDeployment;
            }
            return;
        }
        Fate::Aborted => {
            let what = What::Abort {
                by: person(random),
                node: None,
            };
            (start + 8_000 + random.below(30_000), what)
        }
        Fate::Held(status) => held(start, *status),
    };
    if let Some(run) = world.runs.get_mut(number) {
        run.befall(happening.0, happening.1);
    }
}

/// Somebody approves each waiting step after a while; what has come up too late is left waiting.
fn approve_in_time(world: &mut World, number: u32, now: i64, random: &mut Random) {
    while let Some(asked_at) = waiting_since(world, number, now) {
        let at = asked_at + 4 * MINUTE_MS + random.below(110 * MINUTE_MS);
        if at > now || !approve_one(world, number, at) {
            return;
        }
    }
}

fn reject(world: &mut World, number: u32, now: i64, random: &mut Random) {
    if let Some(asked_at) = waiting_since(world, number, now) {
        let at = asked_at + 3 * MINUTE_MS + random.below(25 * MINUTE_MS);
        reject_one(world, number, at.min(now));
    }
}

/// Since when the first approval that lacks approvers has been waiting.
fn waiting_since(world: &World, number: u32, now: i64) -> Option<i64> {
    let run = world.runs.get(number)?;
    let snapshot = world.runs.at(run, now);
    let approvals = snapshot.approvals();
    let lacks = |state: &&&StepState<'_>| {
        spec(state).is_some_and(|spec| run.decisions(&state.instance()).count() < spec.minimum_count)
    };
    // It may have expired by `now`, as nobody has decided yet.
    let waiting = approvals.iter().find(lacks)?;
    let last = run.decisions(&waiting.instance()).map(|(at, _)| at).max();
    Some(last.unwrap_or(waiting.started_at))
}

/// What keeps a run in the queue befalls it before its first stage, everything else in its first deployment.
fn held(start: i64, status: Status) -> (i64, What) {
    let in_queue = matches!(status.phase(), Phase::Before | Phase::Queued) || status == Status::Skipped;
    let message = match status {
        Status::Errored => Some("Plan creation failed: connector not found"),
        Status::Expired => Some("Timed out waiting for a delegate"),
        Status::Suspended => Some("Suspended because an earlier node ended"),
        _ => None,
    };
    let at = if in_queue { start } else { start + 5_000 };
    (
        at,
        What::Held {
            status,
            message: message.map(str::to_owned),
        },
    )
}
