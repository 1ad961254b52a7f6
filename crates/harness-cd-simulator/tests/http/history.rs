use std::collections::BTreeSet;

use harness_cd_simulator::Options;
use serde_json::{Value, json};

use crate::support::{Harness, KEY, SCOPE, options};

#[test]
fn the_seeded_history_holds_every_status_and_is_the_same_for_the_same_seed() {
    let harness = Harness::start();
    let page = harness.list("size=1000", &json!({}));
    let rows = page["content"].as_array().unwrap();
    assert!(rows.len() >= 300, "{}", rows.len());
    let statuses: BTreeSet<&str> = rows.iter().map(|row| row["status"].as_str().unwrap()).collect();
    assert_eq!(statuses, BTreeSet::from_iter(STATUSES.iter().copied()));

    let starts: Vec<i64> = rows.iter().map(|row| row["startTs"].as_i64().unwrap()).collect();
    assert!(starts.is_sorted_by(|newer, older| newer >= older));
    let ids = |harness: &Harness| {
        let page = harness.list("size=1000", &json!({}));
        page["content"]
            .as_array()
            .unwrap()
            .iter()
            .map(|row| row["planExecutionId"].clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(ids(&harness), ids(&Harness::start()));
    assert_ne!(
        ids(&harness),
        ids(&Harness::start_with(Options { seed: 2, ..options() }))
    );
}

/// harness-api §3.7, as answers spell them.
const STATUSES: &[&str] = &[
    "NotStarted",
    "Queued",
    "QueuedLicenseLimitReached",
    "QueuedExecutionConcurrencyReached",
    "QueuedGlobalInfraCapacityReached",
    "QUEUED_PLAN_CREATION",
    "Running",
    "AsyncWaiting",
    "TaskWaiting",
    "TimedWaiting",
    "WaitStepRunning",
    "UploadWaiting",
    "ResourceWaiting",
    "ApprovalWaiting",
    "InterventionWaiting",
    "InputWaiting",
    "Paused",
    "Pausing",
    "Discontinuing",
    "Success",
    "IgnoreFailed",
    "Skipped",
    "Failed",
    "Errored",
    "Expired",
    "Aborted",
    "ApprovalRejected",
    "Suspended",
    "AbortedByFreeze",
];

#[test]
fn every_node_of_the_history_is_reached_from_its_start() {
    let harness = Harness::start();
    for row in harness.list("size=1000", &json!({}))["content"].as_array().unwrap() {
        let nodes = row["layoutNodeMap"].as_object().unwrap();
        let mut reached = BTreeSet::new();
        let mut open = vec![row["startingNodeId"].as_str().unwrap()];
        while let Some(key) = open.pop() {
            assert!(reached.insert(key), "{key} is reached twice");
            let edges = &nodes[key]["edgeLayoutList"];
            for list in ["currentNodeChildren", "nextIds"] {
                open.extend(edges[list].as_array().unwrap().iter().filter_map(Value::as_str));
            }
        }
        assert_eq!(reached.len(), nodes.len());
    }
}

#[test]
fn the_list_filters_and_pages() {
    let harness = Harness::start();
    let total = |filter: Value| harness.list("size=1", &filter)["totalElements"].as_i64().unwrap();
    let all = total(json!({}));
    assert_eq!(total(json!({ "pipelineIdentifiers": ["shop_cd"] })), all);
    assert_eq!(total(json!({ "pipelineIdentifiers": ["other"] })), 0);
    assert_eq!(
        total(json!({ "moduleProperties": { "cd": { "serviceIdentifiers": ["other"] } } })),
        0
    );
    let production = total(json!({ "moduleProperties": { "cd": { "envIdentifiers": ["prod"] } } }));
    assert!(production > 0 && production < all);
    assert_eq!(total(json!({ "status": ["Paused"] })), 1);
    assert_eq!(
        total(json!({ "status": ["paused", "PAUSING"] })),
        2,
        "statuses are read in any case"
    );
    assert_eq!(harness.list("size=1&status=Paused", &json!({}))["totalElements"], 1);

    let page = harness.list("page=1&size=10", &json!({}));
    assert_eq!(page["number"], 1);
    assert_eq!(page["numberOfElements"], 10);
    assert_eq!(page["pageable"]["offset"], 10);
    let third = harness.list("page=2&size=5", &json!({}))["content"][0]["planExecutionId"].clone();
    assert_eq!(page["content"][0]["planExecutionId"], third);
    let from = page["content"][0]["startTs"].as_i64().unwrap();
    let since = |from: i64| total(json!({ "timeRange": { "startTime": from, "endTime": i64::MAX } }));
    assert_eq!((since(from), since(from + 1)), (11, 10));
}

#[test]
fn the_list_refuses_what_harness_refuses() {
    let harness = Harness::start();
    let path = "/pipeline/api/pipelines/execution/summary";
    for parameters in ["size=0", "size=1001", "page=-1", "size=x"] {
        let body = r#"{"filterType":"PipelineExecution"}"#;
        assert_eq!(
            harness.call("POST", &format!("{path}?{parameters}"), body).status,
            400,
            "{parameters}"
        );
    }
    assert_eq!(harness.call("POST", path, "{}").status, 400);
    assert_eq!(harness.call("GET", path, "").status, 405);
    let headers = [("x-api-key", KEY)];
    let unscoped = harness.send("POST", path, &headers, "{}");
    assert_eq!(unscoped.status, 400);
    assert_eq!(unscoped.json()["errors"][0]["fieldId"], "accountIdentifier");
    let elsewhere = SCOPE.replace("platform", "elsewhere");
    assert_eq!(
        harness
            .send("POST", &format!("{path}?{elsewhere}"), &headers, "{}")
            .status,
        404
    );
    for headers in [&[][..], &[("x-api-key", "wrong")]] {
        let reply = harness.send("POST", &format!("{path}?{SCOPE}"), headers, "{}");
        assert_eq!(reply.failure(), (401, "INVALID_TOKEN".to_owned()));
    }
}
