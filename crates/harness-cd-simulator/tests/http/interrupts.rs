//! Interrupts of executions, stages and steps.

use harness_cd_simulator::modes::UserMarkedFailure;
use serde_json::{Value, json};

use crate::people::{ADA, MINUTE, START, estate, estate_with, refused, run, run_as, script, stage, step};
use crate::support::{Harness, KEY, Reply, pairs};

const INTERRUPT: &str = "/pipeline/api/pipeline/execute/interrupt";

fn interrupt(harness: &Harness, what: &str, kind: &str) -> Reply {
    harness.call_as(ADA, "PUT", &format!("{INTERRUPT}/{what}?interruptType={kind}"), "{}")
}

fn summary(harness: &Harness, id: &str) -> Value {
    harness.detail(id, "")["pipelineExecutionSummary"].take()
}

fn node_of_stage(harness: &Harness, id: &str, identifier: &str) -> String {
    let node = stage(harness, id, identifier);
    format!("{id}/{}", node["nodeExecutionId"].as_str().unwrap())
}

/// A run of the fleet whose three stages side by side are at work.
fn fleet(harness: &Harness) -> String {
    let slow = |stage: &str| json!({ "stage": stage, "attempts": [{ "takesMs": 9 * MINUTE }] });
    script(harness, "fleet", &json!([slow("east"), slow("east_two"), slow("west")]));
    let id = run(harness, "fleet");
    harness.advance(MINUTE);
    id
}

/// harness-api §3.8, §12.8, §12.31, checklist 10
#[test]
fn an_abort_goes_through_discontinuing_whatever_its_body() {
    let harness = estate();
    for body in ["", "{}", r#"{"interruptType":"Pause"}"#] {
        let id = run(&harness, "fleet");
        let path = format!("{INTERRUPT}/{id}?interruptType=AbortAll");
        let data = harness.call_as(ADA, "PUT", &path, body).data();
        assert_eq!(
            (&data["type"], &data["planExecutionId"]),
            (&json!("AbortAll"), &json!(id))
        );
        assert!(!data["id"].as_str().unwrap().is_empty());
        let running = summary(&harness, &id);
        assert_eq!(running["status"], "Discontinuing");
        assert!(running.get("endTs").is_none());
        let again = harness.call_as(ADA, "PUT", &path, body);
        assert_eq!(again.failure(), (400, "ABORT_ALL_ALREADY_NG".to_owned()));
        harness.advance(MINUTE);
        let ended = summary(&harness, &id);
        assert_eq!(ended["status"], "Aborted");
        assert!(ended["endTs"].is_i64());
        let late = harness.call_as(ADA, "PUT", &path, body);
        assert!(
            refused(&late).contains("Aborted"),
            "an ended run names its status: {}",
            late.text
        );
    }
    let id = run(&harness, "fleet");
    harness.advance(60 * MINUTE);
    assert!(refused(&interrupt(&harness, &id, "AbortAll")).contains("Success"));
}

/// harness-api §12.8
#[test]
fn an_aborted_run_says_who_aborted_it() {
    let harness = estate();
    let id = run_as(&harness, KEY, "fleet", "");
    assert!(summary(&harness, &id).get("abortedBy").is_none());
    interrupt(&harness, &id, "AbortAll").data();
    harness.advance(MINUTE);
    let by = json!({ "email": "ada@example.com", "userName": "Ada", "createdAt": START + 1_000 });
    assert_eq!(summary(&harness, &id)["abortedBy"], by);
    let node = step(&harness, &id, "compile");
    assert_eq!(
        (&node["status"], &node["interruptHistories"][0]["tookEffectAt"]),
        (&json!("Aborted"), &by["createdAt"])
    );
}

/// harness-api §3.8, §12.31
#[test]
fn only_the_query_says_what_to_do_and_it_knows_two_words() {
    let harness = estate();
    let id = run(&harness, "fleet");
    let missing = harness.call("PUT", &format!("{INTERRUPT}/{id}"), r#"{"interruptType":"AbortAll"}"#);
    assert_eq!(missing.json()["errors"][0]["fieldId"], "interruptType");
    assert_eq!(missing.status, 400);
    for kind in ["Abort", "Pause", "Resume", "StageRollback", "ExpireAll", "abortall"] {
        assert!(refused(&interrupt(&harness, &id, kind)).contains(kind), "{kind}");
    }
    assert_eq!(harness.status(&id), "Running");
    let started = harness.call("POST", &format!("{INTERRUPT}/{id}?interruptType=AbortAll"), "");
    assert_eq!(started.failure(), (405, "RESOURCE_NOT_FOUND_EXCEPTION".to_owned()));
}

/// harness-api §3.8
#[test]
fn a_stage_is_aborted_without_those_beside_it() {
    let harness = estate();
    let id = fleet(&harness);
    interrupt(&harness, &node_of_stage(&harness, &id, "east"), "AbortAll").data();
    harness.advance(MINUTE);
    assert_eq!(
        harness.stages(&id),
        pairs(&[
            ("build", "Success"),
            ("east", "Aborted"),
            ("east_two", "Running"),
            ("west", "Running"),
            ("report", "NotStarted"),
        ])
    );
    harness.advance(120 * MINUTE);
    assert_eq!(
        stage(&harness, &id, "east_two")["status"],
        "Success",
        "its name only begins alike"
    );
    assert_eq!(stage(&harness, &id, "report")["status"], "NotStarted");
    assert_eq!(harness.status(&id), "Aborted");
}

/// harness-api §3.8
#[test]
fn a_step_is_aborted_while_it_is_at_work() {
    let harness = estate();
    let id = fleet(&harness);
    let of = |identifier: &str| format!("{id}/{}", step(&harness, &id, identifier)["uuid"].as_str().unwrap());
    assert!(
        refused(&interrupt(&harness, &of("compile"), "AbortAll")).contains("Success"),
        "it has ended"
    );
    assert!(refused(&interrupt(&harness, &format!("{id}/nothing"), "AbortAll")).contains("does not exist"));
    interrupt(&harness, &of("left"), "AbortAll").data();
    harness.advance(MINUTE);
    assert_eq!(step(&harness, &id, "left")["status"], "Aborted");
    assert_eq!(
        step(&harness, &id, "right")["status"],
        "Running",
        "the step beside it goes on"
    );
}

/// harness-api §3.10, §12.8
#[test]
fn what_waits_is_aborted_too() {
    let harness = estate();
    let id = run(&harness, "several");
    interrupt(&harness, &id, "AbortAll").data();
    harness.advance(MINUTE);
    let listed = harness.call(
        "GET",
        &format!("/v1/orgs/default/projects/platform/approvals/execution/{id}"),
        "",
    );
    let statuses: Vec<Value> = listed
        .json()
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["status"].clone())
        .collect();
    assert_eq!(statuses, ["ABORTED", "ABORTED"]);
}

/// harness-api §12.8: marking a failure needs a setting of the project.
#[test]
fn people_mark_failures_where_they_may() {
    let harness = estate();
    let id = fleet(&harness);
    for what in [id.clone(), node_of_stage(&harness, &id, "east")] {
        assert!(refused(&interrupt(&harness, &what, "UserMarkedFailure")).contains("not enabled"));
    }
    assert_eq!(harness.status(&id), "Running");

    let harness = estate_with(|modes| modes.user_marked_failure = UserMarkedFailure::Allowed);
    let id = fleet(&harness);
    let east = node_of_stage(&harness, &id, "east");
    assert_eq!(
        interrupt(&harness, &east, "UserMarkedFailure").data()["type"],
        "UserMarkedFailure"
    );
    harness.advance(1_000);
    let failed = stage(&harness, &id, "east");
    assert_eq!(failed["status"], "Failed");
    assert_eq!(
        failed["failureInfoDTO"]["failureTypeList"],
        json!(["USER_MARKED_FAILURE"])
    );
    assert_eq!(stage(&harness, &id, "west")["status"], "Running");
    interrupt(&harness, &id, "UserMarkedFailure").data();
    harness.advance(1_000);
    assert_eq!(stage(&harness, &id, "west")["status"], "Failed");
    let ended = summary(&harness, &id);
    assert_eq!(ended["status"], "Failed");
    assert!(ended.get("abortedBy").is_none());
}

/// harness-api §0.5, §12.37
#[test]
fn nobody_interrupts_what_runs_in_another_project() {
    let harness = estate();
    let id = run(&harness, "fleet");
    let scope = "accountIdentifier=demo-account&orgIdentifier=default&projectIdentifier=elsewhere";
    let path = format!("{INTERRUPT}/{id}?interruptType=AbortAll&{scope}");
    let reply = harness.send("PUT", &path, &[("x-api-key", ADA)], "");
    assert_eq!(reply.failure(), (404, "ENTITY_NOT_FOUND".to_owned()));
    assert_eq!(harness.status(&id), "Running");
}
