//! What the properties found once, and what it is instead.

use serde_json::{Value, json};

use super::deeds::person;
use super::play::Play;
use super::story::Story;
use crate::engine::run::What;
use crate::engine::scenario::{Attempt, Scenario, ScriptedFailure, StepScript};
use crate::tables::failure::FailureKind;
use crate::tables::status::Status::{
    self, Aborted, ApprovalWaiting, Discontinuing, Expired, Failed, InterventionWaiting, NotStarted, Running, Success,
};

fn step(identifier: &str, kind: &str, more: Value) -> Value {
    let mut step = json!({ "identifier": identifier, "type": kind });
    step.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    json!({ "step": step })
}

fn stage(identifier: &str, steps: &[Value], rollback: &[Value], more: &Value) -> Value {
    let execution = json!({ "steps": steps, "rollbackSteps": rollback });
    let mut stage = json!({ "identifier": identifier, "type": "Custom", "spec": { "execution": execution } });
    stage.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    json!({ "stage": stage })
}

fn on_failure(action: Value) -> Value {
    json!({ "failureStrategies": [{ "onFailure": { "errors": ["AllErrors"], "action": action } }] })
}

fn takes(ms: i64) -> Attempt {
    Attempt {
        takes_ms: Some(ms),
        ..Attempt::default()
    }
}

fn fails() -> Attempt {
    let failure = ScriptedFailure {
        kind: FailureKind::Application,
        message: None,
    };
    Attempt {
        fails: Some(failure),
        ..takes(1_000)
    }
}

/// A run that goes so with every attempt, at its first step.
fn play(stages: &[Value], attempt: Attempt) -> Play {
    let script = StepScript {
        attempts: vec![attempt],
        ..StepScript::default()
    };
    let story = Story {
        pipeline: json!({ "stages": stages }),
        scenario: Scenario {
            steps: vec![script],
            ..Scenario::default()
        },
        is_frozen: false,
        deeds: Vec::new(),
    };
    let mut play = Play::new(&story);
    play.pass(1);
    play
}

impl Play {
    /// The statuses of the run, of its stages or their passes, and of its steps, after so many ms.
    fn statuses(&mut self, ms: i64) -> (Status, Vec<Status>, Vec<Status>) {
        self.pass(ms);
        let snapshot = self.world.runs.at(self.run(), self.now);
        let stages = snapshot.leaves().map(|stage| stage.status).collect();
        (
            snapshot.status,
            stages,
            snapshot.working_steps().map(|step| step.status).collect(),
        )
    }
}

/// harness-api §1.1: what a retry does when it fails may be to ask somebody.
#[test]
fn a_retry_that_fails_asks_for_an_intervention() {
    let ask = json!({ "type": "ManualIntervention", "spec": { "timeout": "1m", "onTimeout": { "action": { "type": "MarkAsFailure" } } } });
    let retry = json!({ "type": "Retry", "spec": { "retryCount": 1, "onRetryFailure": { "action": ask } } });
    let mut play = play(
        &[stage(
            "a",
            &[step("s", "ShellScript", on_failure(retry))],
            &[],
            &json!({}),
        )],
        fails(),
    );
    assert_eq!(play.statuses(1_500).0, Running);
    assert_eq!(play.statuses(1_000).0, InterventionWaiting);
    assert_eq!(play.statuses(60_000).0, Failed);
}

/// harness-api §12.27: each attempt of an approval is an approval of its own.
#[test]
fn a_rejected_approval_is_asked_for_anew() {
    let retry = on_failure(json!({ "type": "Retry", "spec": { "retryCount": 1 } }));
    let mut play = play(
        &[stage("a", &[step("s", "HarnessApproval", retry)], &[], &json!({}))],
        takes(1_000),
    );
    let first = play.waits().pop().unwrap();
    play.decide(&first, 0, false);
    assert_eq!(play.statuses(0).0, Running);
    assert_eq!(play.statuses(1).0, ApprovalWaiting);
    let second = play.waits().pop().unwrap();
    assert_ne!(first, second);
    play.decide(&second, 0, true);
    assert_eq!(play.statuses(0).0, Success);
}

/// harness-api §3.7: what takes longer than it may is `Expired`.
#[test]
fn a_step_expires_at_its_time_out() {
    let stages = [stage(
        "a",
        &[step("s", "ShellScript", json!({ "timeout": "1s" }))],
        &[],
        &json!({}),
    )];
    assert_eq!(play(&stages, takes(1_000)).statuses(1_000).2, [Success]);
    assert_eq!(play(&stages, takes(1_001)).statuses(1_000).2, [Expired]);
}

/// harness-api §3.8: after an abort no pass of a loop begins.
#[test]
fn an_abort_leaves_the_passes_that_have_not_begun() {
    let loops = json!({ "strategy": { "repeat": { "times": 3, "maxConcurrency": 1 } } });
    let mut play = play(
        &[stage("a", &[step("s", "ShellScript", json!({}))], &[], &loops)],
        takes(1_000),
    );
    play.befall(
        play.number,
        What::Abort {
            by: person(0),
            node: None,
        },
    );
    assert_eq!(
        play.statuses(0),
        (
            Discontinuing,
            vec![Discontinuing, NotStarted, NotStarted],
            vec![Discontinuing]
        )
    );
    assert_eq!(
        play.statuses(60_000),
        (Aborted, vec![Aborted, NotStarted, NotStarted], vec![Aborted])
    );
}

/// harness-api §3.7, §3.8: the run goes on beside a stage that is aborted, also where that one's name begins its name.
#[test]
fn an_aborted_stage_leaves_the_one_beside_it() {
    let work = |identifier: &str| {
        stage(
            identifier,
            &[step(identifier, "HarnessApproval", json!({}))],
            &[],
            &json!({}),
        )
    };
    let mut play = play(&[json!({ "parallel": [work("a"), work("a_1")] })], takes(1_000));
    play.befall(
        play.number,
        What::Abort {
            by: person(0),
            node: Some("stages.a".to_owned()),
        },
    );
    assert_eq!(play.statuses(0).0, ApprovalWaiting);
    assert_eq!(play.statuses(60_000).1, [Aborted, ApprovalWaiting]);
}

/// harness-api §3.8: a stage that is marked as failed is rolled back.
#[test]
fn a_mark_spares_the_rollback() {
    let rolls_back = on_failure(json!({ "type": "StageRollback" }));
    let (steps, rollback) = (
        [step("s", "HarnessApproval", json!({}))],
        [step("r", "ShellScript", json!({}))],
    );
    let mut play = play(&[stage("a", &steps, &rollback, &rolls_back)], takes(1_000));
    play.befall(
        play.number,
        What::MarkFailed {
            by: person(0),
            node: Some("stages.a".to_owned()),
        },
    );
    assert_eq!(play.statuses(1).2, [Failed, Running]);
    assert_eq!(play.statuses(1_000).2, [Failed, Success]);
}
