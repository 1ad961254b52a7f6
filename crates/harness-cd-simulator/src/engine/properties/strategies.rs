//! Failure and looping strategies.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};

/// How often a step is tried again at most.
pub(crate) const MOST_RETRIES: i64 = 2;
/// How long a pause or an intervention lasts at most.
pub(crate) const LONGEST_PAUSE_MS: i64 = 60_000;
/// How many passes a loop has at most.
pub(crate) const MOST_PASSES: i64 = 4;

pub(crate) fn failure_strategies() -> impl Strategy<Value = Vec<Value>> {
    let errors = select(vec![
        "AllErrors",
        "AllErrors",
        "Timeout",
        "ApprovalRejection",
        "InputTimeoutError",
        "Verification",
    ]);
    let strategy = (errors, action())
        .prop_map(|(errors, action)| json!({ "onFailure": { "errors": [errors], "action": action } }));
    vec(strategy, 1..3)
}

fn action() -> impl Strategy<Value = Value> {
    let last = select(vec![
        "Ignore",
        "MarkAsSuccess",
        "MarkAsFailure",
        "Abort",
        "StageRollback",
        "PipelineRollback",
        "ProceedWithDefaultValues",
    ]);
    last.prop_map(|kind| json!({ "type": kind }))
        .prop_recursive(2, 3, 1, |inner| {
            let pauses = vec(select(vec!["0s", "5s", "1m"]), 0..2);
            prop_oneof![
            (inner.clone(), 1..=MOST_RETRIES, pauses).prop_map(|(then, count, pauses)| {
                json!({ "type": "Retry", "spec": { "retryCount": count, "retryIntervals": pauses,
                    "onRetryFailure": { "action": then } } })
            }),
            (inner, select(vec!["0s", "1m"])).prop_map(|(then, timeout)| {
                json!({ "type": "ManualIntervention", "spec": { "timeout": timeout, "onTimeout": { "action": then } } })
            }),
        ]
        })
}

pub(crate) fn looping() -> impl Strategy<Value = Value> {
    let at_once = 0..3_u8;
    prop_oneof![
        (vec(0..3_u8, 1..3), at_once.clone())
            .prop_map(|(x, at_once)| json!({ "matrix": { "x": x, "y": ["v", "w"], "maxConcurrency": at_once } })),
        (0..=MOST_PASSES, at_once)
            .prop_map(|(times, at_once)| json!({ "repeat": { "times": times, "maxConcurrency": at_once } })),
        (1..=MOST_PASSES).prop_map(|count| json!({ "parallelism": count })),
    ]
}
