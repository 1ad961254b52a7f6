//! Runs that start, and how far they are.

use harness_cd::client::{ExecutionQuery, RunRequest};
use harness_cd::pipeline::fill_inputs;
use harness_cd_model::{DeployRequest, InputValue, InputValues};
use pollster::block_on;
use serde_json::json;

use super::{Story, deployment, of_payment, request, with_variables};
use crate::teller::{MINUTE_MS, SECOND_MS, Teller};

pub(super) const STORIES: &[Story] = &[
    Story {
        name: "a run to its end",
        tell: to_its_end,
        shows: "
            started: Running
            Running (Active) at Deploy int-stable NotStarted
            Running (Active) at Deploy int-stable, Rolling Deployment Running
            1 in the history
            Running (Active) v2.3.1 int-stable/euw1 by Portal
            Success (Succeeded)
            1 in the history
            Success (Succeeded) v2.3.1 int-stable/euw1 by Portal
        ",
    },
    Story {
        name: "values written into the live pipeline",
        tell: written_values,
        shows: "
            started: Running
            Running (Active)
            Success (Succeeded)
            1 in the history
            Success (Succeeded) 1.20 int-stable/euw1 by Portal
        ",
    },
    Story {
        name: "a request that breaks the rules",
        tell: broken_rules,
        shows: "
            refused /imageTag: …
            refused /inputs/replicas: The pipeline asks for no “replicas”…
            Harness started 0
        ",
    },
    Story {
        name: "several values for one input",
        tell: several_values,
        shows: "
            started: Running
            Harness started 1
        ",
    },
    Story {
        name: "an input that is asked for in mid-run",
        tell: asks,
        shows: "
            started: Running
            InputWaiting (Waiting) at Prepare, Choose InputWaiting
            InterventionWaiting (Waiting) at Prepare, Choose InterventionWaiting
        ",
    },
    Story {
        name: "what a pipeline of any kind holds",
        tell: fleet,
        shows: "
            started: Running
            Scan Running [Look Running]
            Announce Running [Tell / Mail Running, Tell / Chat Running]
            Roll out NotStarted []
            Success (Succeeded)
            Scan Success [Look Success]
            Announce Success [Tell / Mail Success, Tell / Chat Success]
            Roll out_0 Success [service Success, infrastructure Success, Rolling Deployment Success]
            Roll out_1 Success [service Success, infrastructure Success, Rolling Deployment Success]
            1 in the history
            Success (Succeeded) v1 int-stable/euw1 by Portal
            Success (Succeeded) v1 int-stable/euw2 by Portal
        ",
    },
    Story {
        name: "an approval",
        tell: approval,
        // While it waits, the row has no tag and no target: right are those of the run's inputs (U4). Right is also the
        // person behind the service account (U5), here and elsewhere.
        shows: "
            started: Running
            ApprovalWaiting (Waiting) at Production Gate, Team Approval ApprovalWaiting
            1 in the history
            ApprovalWaiting (Waiting) – –/– by Portal
            Running (Active) at Deploy prod, Canary Deployment / Canary 10 percent Running
            Success (Succeeded)
            1 in the history
            Success (Succeeded) v2.3.1 prod/euw1 by Portal
        ",
    },
    Story {
        name: "an abort",
        tell: abort,
        shows: "
            started: Running
            somebody aborts it: 200
            Discontinuing (Stopping) at Deploy int-stable, Rolling Deployment Discontinuing
            Aborted (Failed): Aborted by Portal
            1 in the history
            Aborted (Failed) v2.3.1 int-stable/euw1 by Portal: Aborted by Portal
        ",
    },
    Story {
        name: "a failure",
        tell: fails,
        shows: "
            started: Running
            Failed (Failed): …step [Rolling Deployment]…
            Deploy int-stable Failed [service …, infrastructure …, Rolling Deployment Failed, Rolling Rollback Success]
            1 in the history
            Failed (Failed) v2.3.1 int-stable/euw1 by Portal: …step [Rolling Deployment]…
            Deploy int-stable Failed [service Success, infrastructure Success, Rolling Deployment Failed, …
        ",
    },
    Story {
        name: "a place in the queue",
        tell: queued,
        shows: "
            started: Running
            started: QueuedExecutionConcurrencyReached
            QueuedExecutionConcurrencyReached (Queued) at Deploy int-stable NotStarted
            2 in the history
            QueuedExecutionConcurrencyReached (Queued) – –/– by Portal
            Running (Active) v2.3.0 int-stable/euw1 by Portal
            Success (Succeeded)
        ",
    },
    Story {
        name: "a status that came later",
        tell: later_status,
        shows: "
            started: Running
            SuccessWithWarnings (Succeeded)
            1 in the history
            Success (Succeeded) v2.3.1 int-stable/euw1 by Portal
        ",
    },
];

fn to_its_end(teller: &mut Teller<'_>) -> Option<()> {
    let id = teller.starts(&deployment("int-stable", "v2.3.1"))?;
    teller.shows(&id)?;
    teller.passes(5 * SECOND_MS);
    teller.shows(&id)?;
    teller.lists(&of_payment())?;
    teller.passes(60 * MINUTE_MS);
    teller.shows(&id)?;
    teller.lists(&of_payment()).map(drop)
}

/// What a run sends is written from the pipeline's own text.
fn written_values(teller: &mut Teller<'_>) -> Option<()> {
    let id = teller.deploys(&request("int-stable", "1.20"))?;
    teller.follows(&id)?;
    teller.lists(&of_payment()).map(drop)
}

/// What breaks the rules is refused, and nothing is started.
fn broken_rules(teller: &mut Teller<'_>) -> Option<()> {
    teller.deploys(&request("int-stable", "latest"));
    let unknown = InputValues::from([("replicas".to_owned(), InputValue::One("3".to_owned()))]);
    teller.deploys(&DeployRequest {
        inputs: unknown,
        ..request("int-stable", "v1")
    });
    teller.tells_truth();
    Some(())
}

fn several_values(teller: &mut Teller<'_>) -> Option<()> {
    let pipeline = teller.said(block_on(teller.client.get_pipeline(&teller.scope.pipeline("fleet"))))?;
    let values = [
        ("release".to_owned(), InputValue::One("v1".to_owned())),
        ("replicas".to_owned(), InputValue::One("3".to_owned())),
        (
            "checks".to_owned(),
            InputValue::Many(vec!["search".to_owned(), "login".to_owned()]),
        ),
    ];
    let inputs = fill_inputs(&pipeline.yaml, &values.into()).unwrap();
    teller.starts(&RunRequest {
        body: inputs,
        ..with_variables("fleet", &[])
    });
    teller.tells_truth();
    Some(())
}

fn asks(teller: &mut Teller<'_>) -> Option<()> {
    let id = teller.starts(&with_variables("ask", &[]))?;
    teller.passes(MINUTE_MS);
    teller.shows(&id)?;
    teller.passes(60 * MINUTE_MS);
    teller.shows(&id)
}

fn fleet(teller: &mut Teller<'_>) -> Option<()> {
    let id = teller.starts(&with_variables("fleet", &[("release", "v1")]))?;
    teller.passes(5 * SECOND_MS);
    teller.shows_stages(&id, None)?;
    teller.passes(60 * MINUTE_MS);
    teller.shows(&id)?;
    teller.shows_stages(&id, None)?;
    teller.lists(&ExecutionQuery::default()).map(drop)
}

fn approval(teller: &mut Teller<'_>) -> Option<()> {
    let id = teller.starts(&deployment("prod", "v2.3.1"))?;
    teller.passes(60 * MINUTE_MS);
    teller.shows(&id)?;
    teller.lists(&of_payment())?;
    teller.approve(&id);
    teller.passes(5 * SECOND_MS);
    teller.shows(&id)?;
    teller.passes(300 * MINUTE_MS);
    teller.shows(&id)?;
    teller.lists(&of_payment()).map(drop)
}

fn abort(teller: &mut Teller<'_>) -> Option<()> {
    let id = teller.starts(&deployment("int-stable", "v2.3.1"))?;
    teller.passes(5 * SECOND_MS);
    let path = format!("/pipeline/api/pipeline/execute/interrupt/{id}?interruptType=AbortAll");
    let status = teller.harness.elsewhere("PUT", &path);
    teller.say(format!("somebody aborts it: {status}"));
    teller.shows(&id)?;
    teller.passes(MINUTE_MS);
    teller.shows(&id)?;
    teller.lists(&of_payment()).map(drop)
}

fn fails(teller: &mut Teller<'_>) -> Option<()> {
    teller.next_run("payment_service_cd", &json!({ "outcome": "failDeploy" }));
    let id = teller.starts(&deployment("int-stable", "v2.3.1"))?;
    teller.passes(60 * MINUTE_MS);
    teller.shows(&id)?;
    teller.shows_stages(&id, None)?;
    let row = teller.lists(&of_payment())?.remove(0);
    let (execution, stage) = row.split_once('/').unwrap();
    teller.shows_stages(execution, Some(stage))
}

fn queued(teller: &mut Teller<'_>) -> Option<()> {
    teller.modes(&json!({ "settings": { "concurrentExecutions": 1 } }));
    teller.starts(&deployment("int-stable", "v2.3.0"))?;
    let id = teller.starts(&RunRequest {
        nonce: "nonce-another-one".to_owned(),
        ..deployment("int-stable", "v2.3.1")
    })?;
    teller.passes(5 * SECOND_MS);
    teller.shows(&id)?;
    teller.lists(&of_payment())?;
    teller.passes(60 * MINUTE_MS);
    teller.shows(&id)
}

fn later_status(teller: &mut Teller<'_>) -> Option<()> {
    let becomes = json!({ "becomes": { "status": "successWithWarnings", "afterMs": 10_000 } });
    teller.next_run("payment_service_cd", &becomes);
    let id = teller.starts(&deployment("int-stable", "v2.3.1"))?;
    teller.passes(MINUTE_MS);
    teller.shows(&id)?;
    teller.lists(&of_payment()).map(drop)
}
