//! Decisions of the people of an account who may decide, for the control plane and for made-up histories.

use super::rights::refusal;
use crate::engine::approval::ApproverInput;
use crate::engine::run::{Decision, What};
use crate::tables::status::Status;
use crate::view::approval;
use crate::world::World;

/// Approves whatever waits at `now`, and what waits once that is approved, as people of the account who may; the number of
/// approvals given.
pub(crate) fn approve_all(world: &mut World, number: u32, now: i64) -> usize {
    let mut given = 0;
    while given < 1_000 && approve_one(world, number, now) {
        given += 1;
    }
    given
}

/// Approves one step that waits, as somebody who may; whether there was one.
pub(crate) fn approve_one(world: &mut World, number: u32, now: i64) -> bool {
    match decision_for(world, number, now, Verb::Approve) {
        Some(decision) => befall(world, number, now, decision),
        None => false,
    }
}

/// Rejects a step that waits, as somebody who may; whether there was one.
pub(crate) fn reject_one(world: &mut World, number: u32, now: i64) -> bool {
    match decision_for(world, number, now, Verb::Reject) {
        Some(decision) => befall(world, number, now, decision),
        None => false,
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Verb {
    Approve,
    Reject,
}

fn befall(world: &mut World, number: u32, now: i64, decision: Decision) -> bool {
    let run = world.runs.get_mut(number);
    run.map(|run| run.befall(now, What::Decision(decision))).is_some()
}

fn decision_for(world: &World, number: u32, now: i64, verb: Verb) -> Option<Decision> {
    let run = world.runs.get(number)?;
    let snapshot = world.runs.at(run, now);
    let state = snapshot
        .approvals()
        .into_iter()
        .find(|state| state.status == Status::ApprovalWaiting)?;
    let spec = approval::spec(state)?;
    let mut people = world.accounts.users(&run.scope.account);
    let by = people.find(|person| refusal(run, state, spec, person, &world.modes).is_ok())?;
    // One text that also passes for a ticket's id.
    let answer = |input: &ApproverInput| {
        let usual = input.allowed.first().cloned().unwrap_or_else(|| "CHG-1042".to_owned());
        (input.name.clone(), input.default.clone().unwrap_or(usual))
    };
    Some(Decision {
        node: state.instance(),
        by: by.clone(),
        approves: verb == Verb::Approve,
        comments: if verb == Verb::Approve {
            "Looks good"
        } else {
            "Please wait for the other team"
        }
        .to_owned(),
        inputs: if verb == Verb::Approve {
            spec.inputs.iter().map(answer).collect()
        } else {
            Vec::new()
        },
    })
}
