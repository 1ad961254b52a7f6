//! What Harness refuses, and what the product says then.

use harness_cd::client::RunRequest;
use serde_json::json;

use super::{Story, deployment, of_payment, with_variables};
use crate::harness::{KEY, UNKNOWN_KEY, VIEWERS_KEY, scope};
use crate::teller::{MINUTE_MS, Teller};

pub(super) const STORIES: &[Story] = &[
    Story {
        name: "a value that is not allowed",
        tell: not_allowed,
        shows: "
            InvalidRequest: Harness refused the request: …targetEnvironment: ['moon'] do not match any of the allowed …
            Harness started 0
        ",
    },
    Story {
        name: "a required value that is missing",
        tell: missing,
        shows: "
            InvalidRequest: Harness refused the request: Value not provided for required variable: imageTag
            Harness started 0
        ",
    },
    Story {
        name: "a pipeline that does not exist",
        tell: no_pipeline,
        shows: "
            PipelineNotFound: the pipeline `nothing_cd` does not exist in this project: …
            Harness started 0
        ",
    },
    Story {
        name: "an execution that does not exist",
        tell: no_execution,
        shows: "
            NotFound: the execution `aaaaaaaaaaaaaaaaaaaaaa` does not exist in this project: …
        ",
    },
    Story {
        name: "a key that is revoked",
        tell: revoked,
        shows: "
            Unauthorized: the API key was refused (revoked or expired); create a new one …
            Unauthorized: the API key was refused (revoked or expired); create a new one …
            Harness started 0
        ",
    },
    Story {
        name: "a key that may only read",
        tell: read_only,
        shows: "
            0 in the history
            Forbidden: the API key may not do this; give …: Missing permission core_pipeline_execute…
            Harness started 0
        ",
    },
    Story {
        name: "a project that does not exist",
        tell: no_project,
        shows: "
            WrongScope: account, organization and project do not fit together; correct them in the configuration: …
            WrongScope: account, organization and project do not fit together; correct them in the configuration: …
            Harness started 0
        ",
    },
    Story {
        name: "a frozen project",
        tell: frozen_project,
        shows: "
            InvalidRequest: Harness refused the request: …freeze…
            Harness started 0
        ",
    },
    Story {
        name: "a frozen service",
        tell: frozen_service,
        shows: "
            started: Running
            AbortedByFreeze (Failed): …freeze…
            1 in the history
            AbortedByFreeze (Failed) v2.3.1 int-stable/euw1 by Portal: …freeze…
        ",
    },
    Story {
        name: "a policy that denies",
        tell: denied,
        shows: "
            denied: …
            1 in the history
            Errored (Failed) – –/– by Portal: Policy evaluation denied the execution
        ",
    },
    Story {
        name: "notes too long for an address",
        tell: notes_too_long,
        // Right is a run whose notes are set after the start (S15).
        shows: "
            InvalidRequest: the request's address is too long for Harness, and the notes travel in it; shorten them
            Harness started 0
        ",
    },
    Story {
        name: "too many calls: a read",
        tell: limited_read,
        shows: "
            0 in the history
            RateLimited: Harness gets too many requests of this API key; try again in a minute
        ",
    },
    Story {
        name: "too many calls: a page before a run",
        tell: limited_run,
        shows: "
            RateLimited: Harness gets too many requests of this API key; try again in a minute
            Harness started 0
        ",
    },
    Story {
        name: "too many calls: two long runs",
        tell: long_runs,
        shows: "
            started: Running
            RateLimited: Harness gets too many requests of this API key; try again in a minute…
            Harness started 1
        ",
    },
];

/// A read and a run with another key or in another project.
fn with_key(teller: &mut Teller<'_>, key: &str, project: &str) -> Option<()> {
    teller.client = teller.harness.client(key);
    teller.scope = scope(project);
    teller.lists(&of_payment());
    teller.starts(&RunRequest {
        pipeline: teller.scope.pipeline("payment_service_cd"),
        ..deployment("int-stable", "v2.3.1")
    });
    teller.tells_truth();
    Some(())
}

fn not_allowed(teller: &mut Teller<'_>) -> Option<()> {
    teller.starts(&deployment("moon", "v2.3.1"));
    teller.tells_truth();
    Some(())
}

fn missing(teller: &mut Teller<'_>) -> Option<()> {
    teller.starts(&with_variables("payment_service_cd", &[("targetRegion", "euw1")]));
    teller.tells_truth();
    Some(())
}

fn no_pipeline(teller: &mut Teller<'_>) -> Option<()> {
    teller.starts(&with_variables("nothing_cd", &[]));
    teller.tells_truth();
    Some(())
}

fn no_execution(teller: &mut Teller<'_>) -> Option<()> {
    teller.shows("aaaaaaaaaaaaaaaaaaaaaa")
}

fn revoked(teller: &mut Teller<'_>) -> Option<()> {
    with_key(teller, UNKNOWN_KEY, "platform")
}

fn read_only(teller: &mut Teller<'_>) -> Option<()> {
    with_key(teller, VIEWERS_KEY, "platform")
}

fn no_project(teller: &mut Teller<'_>) -> Option<()> {
    with_key(teller, KEY, "elsewhere")
}

fn frozen_project(teller: &mut Teller<'_>) -> Option<()> {
    teller.modes(&json!({ "freeze": "refusesRun" }));
    teller.starts(&deployment("int-stable", "v2.3.1"));
    teller.tells_truth();
    Some(())
}

fn frozen_service(teller: &mut Teller<'_>) -> Option<()> {
    teller.modes(&json!({ "freeze": "abortsRun" }));
    let id = teller.starts(&deployment("int-stable", "v2.3.1"))?;
    teller.passes(MINUTE_MS);
    teller.shows(&id)?;
    teller.lists(&of_payment()).map(drop)
}

fn denied(teller: &mut Teller<'_>) -> Option<()> {
    teller.modes(&json!({ "runPolicy": "deny" }));
    teller.starts(&deployment("int-stable", "v2.3.1"));
    teller.passes(MINUTE_MS);
    teller.lists(&of_payment()).map(drop)
}

fn notes_too_long(teller: &mut Teller<'_>) -> Option<()> {
    let run = RunRequest {
        input_sets: Vec::new(),
        stages: Vec::new(),
        notes: "理由".repeat(1_000),
        ..deployment("int-stable", "v2.3.1")
    };
    teller.starts(&run);
    teller.tells_truth();
    Some(())
}

fn limited_read(teller: &mut Teller<'_>) -> Option<()> {
    teller.fault(&json!({ "status": 429, "page": "html", "times": 2 }));
    teller.lists(&of_payment())?;
    teller.fault(&json!({ "status": 429, "page": "html", "times": 0 }));
    teller.lists(&of_payment()).map(drop)
}

/// Source: harness-api §12.22: nothing was started, whoever answers.
fn limited_run(teller: &mut Teller<'_>) -> Option<()> {
    teller.fault(&json!({ "status": 429, "page": "html", "path": "/pipeline/execute/", "times": 0 }));
    teller.starts(&deployment("int-stable", "v2.3.1"));
    teller.tells_truth();
    Some(())
}

/// One body of more than 500,000 characters in ten seconds is the smallest of Harness's limits.
fn long_runs(teller: &mut Teller<'_>) -> Option<()> {
    let inputs = r#"{"pipeline":{"identifier":"payment_service_cd","variables":[{"name":"imageTag","type":"String","value":"v1"}]}}"#;
    for nonce in ["nonce-the-first", "nonce-the-second"] {
        teller.starts(&RunRequest {
            body: format!("# {}\n{inputs}\n", "x".repeat(500_000)),
            nonce: nonce.to_owned(),
            ..deployment("int-stable", "v1")
        });
    }
    teller.tells_truth();
    Some(())
}
