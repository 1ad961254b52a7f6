//! How steps go, and what becomes of runs.

use proptest::collection::vec;
use proptest::option::weighted;
use proptest::prelude::*;
use proptest::sample::select;

use super::pipelines::{FIRST_STEP, identifier};
use crate::engine::scenario::{Attempt, Becoming, RunOutcome, Scenario, ScriptedFailure, StepScript};
use crate::tables::failure::FailureKind;
use crate::tables::status::Status;

pub(crate) fn scenario() -> impl Strategy<Value = Scenario> {
    let name = |from: usize| weighted(0.3, (from..from + 8).prop_map(identifier));
    let script = (name(0), name(FIRST_STEP), attempts()).prop_map(|(stage, step, attempts)| StepScript {
        stage,
        step,
        attempts,
    });
    let outcome = select(vec![
        RunOutcome::Success,
        RunOutcome::FailVerify,
        RunOutcome::FailDeploy,
    ]);
    let queued = prop_oneof![4 => Just(0), 1 => 0..30_000_i64];
    (outcome, vec(script, 0..4), queued, weighted(0.1, becoming())).prop_map(|(outcome, steps, queued_ms, becomes)| {
        Scenario {
            outcome,
            steps,
            queued_ms,
            becomes,
        }
    })
}

pub(crate) fn attempts() -> impl Strategy<Value = Vec<Attempt>> {
    let takes = prop_oneof![0..3_i64, 0..30_000_i64, 0..300_000_i64];
    let kinds = select(vec![
        FailureKind::Application,
        FailureKind::Timeout,
        FailureKind::Verification,
        FailureKind::Unknown,
    ]);
    let failure = kinds.prop_map(|kind| ScriptedFailure { kind, message: None });
    let shows = select(vec![
        Status::AsyncWaiting,
        Status::TaskWaiting,
        Status::TimedWaiting,
        Status::UploadWaiting,
    ]);
    let attempt = (weighted(0.7, takes), weighted(0.4, failure), weighted(0.2, shows))
        .prop_map(|(takes_ms, fails, shows)| Attempt { takes_ms, fails, shows });
    vec(attempt, 1..4)
}

/// A run that becomes something else later than at once has begun by then.
fn becoming() -> impl Strategy<Value = Becoming> {
    let later = select(vec![
        Status::Paused,
        Status::Success,
        Status::Failed,
        Status::Errored,
        Status::SuccessWithWarnings,
    ]);
    let at_once = select(Status::all().collect::<Vec<_>>()).prop_map(|status| (status, 0));
    prop_oneof![(later, 0..600_000_i64), at_once].prop_map(|(status, after_ms)| Becoming {
        status,
        after_ms,
        message: None,
    })
}
