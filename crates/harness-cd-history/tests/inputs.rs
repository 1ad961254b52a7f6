//! What a run was asked to do, where its deployments do not tell.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

use harness_cd_history::{HistoryOptions, asks_inputs, shape_history, tell_inputs};
use harness_cd_model::{Deployment, RunInputs};
use serde_json::{Value, json};

/// The rows of a run of these stages, each with its type, name, status and what Harness says of it.
fn told(status: &str, stages: &[(&str, &str, &str, Value)], inputs: &RunInputs) -> (bool, Vec<Deployment<'static>>) {
    let keys: Vec<String> = (0..stages.len()).map(|place| format!("n{place}")).collect();
    let nodes = stages.iter().zip(&keys).enumerate();
    let nodes = nodes.map(|(place, ((kind, name, status, info), key))| {
        let next = keys.get(place + 1).into_iter().collect::<Vec<_>>();
        let node = json!({
            "nodeType": kind, "nodeIdentifier": name, "name": name, "status": status, "startTs": 5,
            "moduleInfo": { "cd": info }, "edgeLayoutList": { "currentNodeChildren": [], "nextIds": next },
        });
        (key.clone(), node)
    });
    let nodes: serde_json::Map<String, Value> = nodes.collect();
    let body = json!({
        "planExecutionId": "run-1", "pipelineIdentifier": "shop_cd", "status": status, "startTs": 5,
        "layoutNodeMap": nodes, "startingNodeId": "n0",
    });
    let options = HistoryOptions {
        environments: vec!["prod".to_owned(), "pre-stable".to_owned()],
        ..HistoryOptions::default()
    };
    let mut page = shape_history(body.to_string().into_bytes().leak(), Box::leak(Box::new(options))).unwrap();
    let asks = asks_inputs(&page.deployments);
    tell_inputs(&mut page.deployments, inputs);
    (asks, page.deployments)
}

fn inputs() -> RunInputs {
    RunInputs {
        image_tag: Some("v2.3.0".to_owned()),
        environment: Some("prod".to_owned()),
        environment_name: Some("prod".to_owned()),
        region: Some("euw1".to_owned()),
        change_ticket: Some("CHG-7".to_owned()),
        ..RunInputs::default()
    }
}

/// Where a row goes to, with what.
fn target<'r>(row: &'r Deployment<'_>) -> [Option<&'r str>; 4] {
    let texts = [&row.version, &row.environment, &row.region, &row.change_ticket];
    texts.map(Option::as_deref)
}

const WHOLE: [Option<&str>; 4] = [Some("v2.3.0"), Some("prod"), Some("euw1"), Some("CHG-7")];

fn deployed() -> Value {
    json!({
        "serviceInfo": { "identifier": "shop", "artifacts": { "primary": { "tag": "v1" } } },
        "infraExecutionSummary": { "identifier": "dev", "infrastructureIdentifier": "dev_use1_k8s" },
    })
}

#[test]
fn what_waits_was_refused_or_failed_before_it_deployed_shows_its_target() {
    for (status, gate, stage) in [
        ("ApprovalWaiting", "ApprovalWaiting", "NotStarted"),
        ("ApprovalRejected", "ApprovalRejected", "Skipped"),
        ("Failed", "Failed", "NotStarted"),
        ("Queued", "NotStarted", "NotStarted"),
    ] {
        let stages = [
            ("Approval", "prod_gate", gate, json!({})),
            ("Deployment", "deploy_prod", stage, json!({})),
        ];
        let (asks, rows) = told(status, &stages, &inputs());
        assert!(asks, "{status}");
        assert_eq!(rows.iter().map(target).collect::<Vec<_>>(), [WHOLE], "{status}");
        let words = rows[0].keys().words;
        assert!(words.contains("\nv2.3.0\n") && words.contains("\nchg-7\n"), "{words}");
        assert_eq!(rows[0].keys().region.as_deref(), Some("euw1"));
    }
}

#[test]
fn a_run_without_a_stage_of_its_own_shows_it_too() {
    let (asks, rows) = told("Failed", &[("Custom", "check", "Failed", json!({}))], &inputs());
    assert!(asks);
    assert_eq!(target(&rows[0]), WHOLE);
    assert!(rows[0].whole_run);
}

#[test]
fn what_a_deployment_tells_stands() {
    let (asks, rows) = told(
        "Success",
        &[("Deployment", "deploy_dev", "Success", deployed())],
        &inputs(),
    );
    assert!(!asks);
    assert_eq!(target(&rows[0]), [Some("v1"), Some("dev"), Some("use1"), Some("CHG-7")]);
}

#[test]
fn what_failed_after_a_deployment_is_no_attempt_at_its_target() {
    let stages = [
        ("Deployment", "deploy_dev", "Success", deployed()),
        ("Custom", "smoke", "Failed", json!({})),
    ];
    let (asks, rows) = told("Failed", &stages, &inputs());
    assert!(!asks);
    let of_run = rows.iter().find(|row| row.whole_run).unwrap();
    assert_eq!(target(of_run), [None, None, None, Some("CHG-7")]);
}

#[test]
fn the_next_deployment_of_a_run_through_several_is_told_its_version_and_no_place_of_another() {
    let stages = [
        ("Deployment", "deploy_dev", "Success", deployed()),
        ("Approval", "pre_gate", "ApprovalWaiting", json!({})),
        ("Deployment", "deploy_pre_stable", "NotStarted", json!({})),
    ];
    let (asks, rows) = told("ApprovalWaiting", &stages, &inputs());
    assert!(asks);
    let next = rows.iter().find(|row| row.whole_run).unwrap();
    assert_eq!(target(next), [Some("v2.3.0"), Some("pre_stable"), None, Some("CHG-7")]);
}

#[test]
fn inputs_that_say_nothing_change_nothing() {
    let stages = [("Deployment", "deploy_prod", "NotStarted", json!({}))];
    let (_, rows) = told("Queued", &stages, &RunInputs::default());
    assert_eq!(target(&rows[0]), [None, Some("prod"), None, None]);
}
