//! Answers that are lost, and runs that are not there yet.

use harness_cd::client::RunRequest;
use serde_json::json;

use super::{Story, deployment};
use crate::teller::{SECOND_MS, Teller};

pub(super) const STORIES: &[Story] = &[
    Story {
        name: "an answer that is lost: connection",
        tell: lost_connection,
        shows: "
            started: Running
            Harness started 1
        ",
    },
    Story {
        name: "an answer that is lost: gateway",
        tell: lost_at_gateway,
        shows: "
            started: Running
            Harness started 1
        ",
    },
    Story {
        name: "an answer that is lost: cut off",
        tell: cut_off,
        shows: "
            started: Running
            Harness started 1
        ",
    },
    Story {
        name: "a lost run that a policy denied",
        tell: lost_and_denied,
        shows: "
            denied: …
            Harness started 1
        ",
    },
    Story {
        name: "a lost run that is listed late",
        tell: listed_late,
        shows: "
            started: Running
            Harness started 1
        ",
    },
    Story {
        name: "a lost run that is listed too late",
        tell: listed_too_late,
        shows: "
            OutcomeUnknown: it is not known whether the pipeline `payment_service_cd` was started: …502…; no execution …
            Harness started 1
        ",
    },
    Story {
        name: "a lost run with long notes",
        tell: lost_with_long_notes,
        shows: "
            started: Running
            Harness started 1
        ",
    },
    Story {
        name: "a run that is sent twice",
        tell: sent_twice,
        // Today's answer. Right is one run: whoever repeats a request gets the first outcome, by its nonce (S3, S4).
        shows: "
            started: Running
            started: Running
            Harness started 2
        ",
    },
    Story {
        name: "a run that can be read late",
        tell: read_late,
        shows: "
            started: Running
            NotFound: the execution `…` does not exist in this project: …
            Running (Active) at Deploy int-stable, Rolling Deployment Running
        ",
    },
];

/// Nobody but Harness knows whether a run was started; it is found by its nonce, and never sent again.
fn lost(teller: &mut Teller<'_>, kind: &str, run: &RunRequest) -> Option<()> {
    teller.fault(&json!({ "kind": kind, "path": "/pipeline/execute/" }));
    let found = teller.starts(run);
    let started = teller.tells_truth();
    found.map(|id| assert_eq!(started, [id]))
}

fn lost_connection(teller: &mut Teller<'_>) -> Option<()> {
    lost(teller, "resetAfterAccept", &deployment("int-stable", "v2.3.1"))
}

fn lost_at_gateway(teller: &mut Teller<'_>) -> Option<()> {
    lost(teller, "badGatewayAfterAccept", &deployment("int-stable", "v2.3.1"))
}

fn cut_off(teller: &mut Teller<'_>) -> Option<()> {
    lost(teller, "cutBody", &deployment("int-stable", "v2.3.1"))
}

fn lost_and_denied(teller: &mut Teller<'_>) -> Option<()> {
    teller.modes(&json!({ "runPolicy": "deny" }));
    lost_at_gateway(teller)
}

fn listed_late(teller: &mut Teller<'_>) -> Option<()> {
    teller.modes(&json!({ "settings": { "listLagMs": 5_000 } }));
    lost_at_gateway(teller)
}

fn listed_too_late(teller: &mut Teller<'_>) -> Option<()> {
    teller.modes(&json!({ "settings": { "listLagMs": 120_000 } }));
    lost_at_gateway(teller)
}

fn lost_with_long_notes(teller: &mut Teller<'_>) -> Option<()> {
    let run = RunRequest {
        input_sets: Vec::new(),
        stages: Vec::new(),
        notes: "Why now? ".repeat(200),
        ..deployment("int-stable", "v2.3.1")
    };
    lost(teller, "badGatewayAfterAccept", &run)
}

fn sent_twice(teller: &mut Teller<'_>) -> Option<()> {
    for _ in 0..2 {
        teller.starts(&deployment("int-stable", "v2.3.1"))?;
        teller.passes(5 * SECOND_MS);
    }
    teller.tells_truth();
    Some(())
}

/// The client cannot tell this from a run that does not exist; who follows a run has to look again for a while.
fn read_late(teller: &mut Teller<'_>) -> Option<()> {
    teller.modes(&json!({ "settings": { "detailLagMs": 2_000 } }));
    let id = teller.starts(&deployment("int-stable", "v2.3.1"))?;
    teller.shows(&id);
    teller.passes(5 * SECOND_MS);
    teller.shows(&id)
}
