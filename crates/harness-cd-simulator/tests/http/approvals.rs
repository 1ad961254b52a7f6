//! Approvals: who may decide, what is asked, and what follows.

use harness_cd_simulator::modes::{ServiceAccountApproval, WrongApprover};
use serde_json::{Value, json};

use crate::people::{
    ADA, DAY, GRACE, GRACE_AT_WORK, MATEO, MINUTE, NINA, ROBIN, START, estate, estate_with, refused, run, run_as,
    stage, step, until, values,
};
use crate::support::{Harness, KEY, Reply, SCOPE, pairs};

const V1: &str = "/v1/orgs/default/projects/platform/approvals/execution";
const HEADER: (&str, &str) = ("harness-account", "demo-account");

/// The approvals of an execution, in the order in which they began.
fn approvals(harness: &Harness, id: &str, filter: &str) -> Vec<Value> {
    let listed = harness.call("GET", &format!("{V1}/{id}?{filter}"), "").json();
    listed.as_array().unwrap().clone()
}

fn waiting(harness: &Harness, id: &str) -> String {
    let waiting = approvals(harness, id, "approval_status=WAITING");
    assert_eq!(waiting.len(), 1, "{waiting:?}");
    waiting[0]["id"].as_str().unwrap().to_owned()
}

fn act(harness: &Harness, key: &str, instance: &str, body: &Value) -> Reply {
    let path = format!("/pipeline/api/approvals/{instance}/harness/activity");
    harness.call_as(key, "POST", &path, &body.to_string())
}

fn decide(harness: &Harness, key: &str, instance: &str, action: &str) -> Reply {
    act(
        harness,
        key,
        instance,
        &json!({ "action": action, "comments": "as agreed" }),
    )
}

fn decide_v1(harness: &Harness, id: &str, query: &str, body: &Value) -> Reply {
    let headers = [HEADER, ("x-api-key", ADA), ("content-type", "application/json")];
    harness.send("POST", &format!("{V1}/{id}?{query}"), &headers, &body.to_string())
}

fn instance_status(harness: &Harness, instance: &str) -> Value {
    harness
        .call("GET", &format!("/pipeline/api/approvals/{instance}"), "")
        .data()["status"]
        .take()
}

fn is_authorized(harness: &Harness, key: &str, instance: &str) -> Value {
    let path = format!("/pipeline/api/approvals/{instance}/harness/authorization");
    harness.call_as(key, "GET", &path, "").data()
}

/// harness-api §12.1, §12.2
#[test]
fn who_may_not_decide_is_told_why() {
    let harness = estate();
    for (executor, by, reason) in [
        (ADA, ADA, "The user who executed the pipeline"),
        (ADA, KEY, "service account is not an approver"),
        (ADA, ROBIN, ""),
        (ADA, GRACE, ""),
        (ADA, MATEO, "The user is not allowed"),
        (ADA, NINA, "not in the user groups"),
        // A shared key may not decide on what it started, be it listed or not.
        (ROBIN, ROBIN, "The user who executed the pipeline"),
        // The executor is known by the id, not by the address.
        (GRACE, GRACE, "The user who executed the pipeline"),
        (GRACE, GRACE_AT_WORK, ""),
    ] {
        let instance = waiting(&harness, &run_as(&harness, executor, "gate", ""));
        let authorized = is_authorized(&harness, by, &instance);
        assert_eq!(authorized["authorized"], reason.is_empty(), "{executor} {by}");
        assert!(authorized["reason"].as_str().unwrap().contains(reason), "{authorized}");
        let reply = decide(&harness, by, &instance, "APPROVE");
        match reason.is_empty() {
            true => assert_eq!(reply.data()["status"], "WAITING", "{by}: two have to approve"),
            false => assert!(refused(&reply).contains(reason), "{executor} {by}: {}", reply.text),
        }
        let activities = usize::from(reason.is_empty());
        let view = harness
            .call("GET", &format!("/pipeline/api/approvals/{instance}"), "")
            .data();
        assert_eq!(
            view["details"]["approvalActivities"].as_array().unwrap().len(),
            activities,
            "{by}"
        );
    }
}

/// harness-api §12.1, §12.2, checklist 11
#[test]
fn the_modes_know_the_server_of_old_and_a_403() {
    let harness = estate_with(|modes| modes.service_account_approval = ServiceAccountApproval::Refused);
    let instance = waiting(&harness, &run_as(&harness, ADA, "gate", ""));
    let reply = decide(&harness, ROBIN, &instance, "APPROVE");
    assert!(
        refused(&reply).contains("not supported for Harness Approval Step"),
        "{}",
        reply.text
    );

    let harness = estate_with(|modes| modes.wrong_approver = WrongApprover::Forbidden);
    let instance = waiting(&harness, &run_as(&harness, ADA, "gate", ""));
    for by in [ADA, MATEO, NINA] {
        let reply = decide(&harness, by, &instance, "REJECT");
        assert_eq!(reply.failure(), (403, "NG_ACCESS_DENIED".to_owned()));
    }
    decide(&harness, GRACE, &instance, "REJECT").data();
    let late = decide(&harness, GRACE, &instance, "REJECT");
    assert!(
        refused(&late).contains("Instance status: REJECTED"),
        "no matter of rights: {}",
        late.text
    );
}

/// harness-api §12.3, §12.5, checklist 11
#[test]
fn as_many_have_to_approve_as_the_step_asks_for() {
    let harness = estate();
    let id = run_as(&harness, KEY, "gate", "");
    let instance = waiting(&harness, &id);
    assert_eq!(decide(&harness, ADA, &instance, "APPROVE").data()["status"], "WAITING");
    let twice = decide(&harness, ADA, &instance, "APPROVE");
    assert!(refused(&twice).contains("already approved"), "{}", twice.text);
    harness.advance(MINUTE);
    let body = json!({ "action": "APPROVE", "approverInputs": [{ "name": "ticket", "value": "CHG-7" }] });
    let approved = act(&harness, GRACE, &instance, &body).data();
    assert_eq!(approved["status"], "APPROVED");
    let first = json!({
        "user": { "name": "Ada", "email": "ada@example.com" }, "action": "APPROVE", "comments": "as agreed",
        "approverInputs": [{ "name": "ticket", "value": "CHG-0" }], "approvedAt": START + 1_000,
    });
    let activities = approved["details"]["approvalActivities"].as_array().unwrap();
    assert_eq!(activities[0], first);
    assert_eq!(
        (&activities[1]["approvedAt"], activities.len()),
        (&json!(START + 1_000 + MINUTE), 2)
    );

    let next = approvals(&harness, &id, "approval_status=WAITING");
    assert_eq!(next[0]["details"]["approvalMessage"], "Is it ready, says CHG-7?");
    for (by, instance, reason) in [
        (MATEO, instance.as_str(), "already completed. Instance status: APPROVED"),
        (MATEO, "AAAAAAAAAAAAAAAAAAAAAA", "does not exist"),
        (MATEO, id.as_str(), "does not exist"),
    ] {
        let reply = decide(&harness, by, instance, "APPROVE");
        assert!(refused(&reply).contains(reason), "{}", reply.text);
    }
    let neither = decide(&harness, MATEO, next[0]["id"].as_str().unwrap(), "PERHAPS");
    assert!(refused(&neither).contains("PERHAPS"));
}

/// harness-api §12.2
#[test]
fn one_expression_bars_several_people() {
    let harness = estate();
    let id = run_as(
        &harness,
        KEY,
        "gate",
        &values("gate", &[("barred", "ADA@example.com, mateo@EXAMPLE.com")]),
    );
    let instance = waiting(&harness, &id);
    decide(&harness, ADA, &instance, "APPROVE").data();
    decide(&harness, GRACE, &instance, "APPROVE").data();
    let other = waiting(&harness, &id);
    for by in [ADA, MATEO] {
        let reply = decide(&harness, by, &other, "APPROVE");
        assert!(refused(&reply).contains("The user is not allowed"), "{}", reply.text);
    }
    assert_eq!(decide(&harness, GRACE, &other, "APPROVE").data()["status"], "APPROVED");
}

/// harness-api §12.4
#[test]
fn several_that_wait_are_told_apart_by_their_callback_ids() {
    let harness = estate();
    let id = run(&harness, "several");
    assert_eq!(approvals(&harness, &id, "approval_status=WAITING").len(), 2);
    let approve = json!({ "action": "APPROVE" });
    let none = decide_v1(&harness, &id, "", &approve);
    assert!(refused_v1(&none).contains("More than one"), "{}", none.text);
    let instance = approvals(&harness, &id, "")[0]["id"].as_str().unwrap().to_owned();
    for unknown in ["nobody", "run-2", instance.as_str()] {
        let reply = decide_v1(&harness, &id, &format!("callback_id={unknown}"), &approve);
        assert!(refused_v1(&reply).contains("No approval"), "{unknown}: {}", reply.text);
    }
    // An expression in it is the run's.
    assert_eq!(
        decide_v1(&harness, &id, "callback_id=run-1", &approve).json()["status"],
        "APPROVED"
    );
    let left = decide_v1(&harness, &id, "", &approve).json();
    assert_eq!(
        (&left["status"], &left["details"]["approvalMessage"]),
        (&json!("APPROVED"), &json!("The first?"))
    );
    for query in ["", "callback_id=first"] {
        let reply = decide_v1(&harness, &id, query, &approve);
        assert!(refused_v1(&reply).contains("No approval"), "{}", reply.text);
    }
}

fn refused_v1(reply: &Reply) -> String {
    let body = reply.json();
    assert_eq!(
        (reply.status, &body["code"]),
        (400, &json!("INVALID_REQUEST")),
        "{}",
        reply.text
    );
    assert!(body.get("status").is_none(), "v1 has no envelope: {}", reply.text);
    body["message"].as_str().unwrap().to_owned()
}

/// harness-api §12.4: without the header; v1 spells the inputs in either way, the classic call in one.
#[test]
fn v1_has_its_own_header_and_spellings() {
    let harness = estate();
    let id = run(&harness, "gate");
    let instance = waiting(&harness, &id);
    for (method, body) in [("GET", ""), ("POST", r#"{"action":"APPROVE"}"#)] {
        let query = format!("{SCOPE}&routingId=demo-account");
        let headers = [("x-api-key", ADA), ("content-type", "application/json")];
        let reply = harness.send(method, &format!("{V1}/{id}?{query}"), &headers, body);
        assert_eq!(reply.status, 400, "{method}: {}", reply.text);
    }
    let inputs = json!([{ "name": "ticket", "value": "CHG-1" }]);
    for (spelling, by_v1, ticket) in [
        ("approver_inputs", true, "CHG-1"),
        ("approverInputs", true, "CHG-1"),
        ("approverInputs", false, "CHG-1"),
        ("approver_inputs", false, "CHG-0"),
    ] {
        let id = run(&harness, "gate");
        let body = json!({ "action": "APPROVE", spelling: inputs });
        let view = match by_v1 {
            true => decide_v1(&harness, &id, "", &body).json(),
            false => act(&harness, ADA, &waiting(&harness, &id), &body).data(),
        };
        let given = &view["details"]["approvalActivities"][0]["approverInputs"][0]["value"];
        assert_eq!(given, ticket, "{spelling} {by_v1}");
    }
    assert_eq!(instance_status(&harness, &instance), "WAITING");
}

/// harness-api §3.10, §12.5
#[test]
fn an_instance_is_named_by_its_node_and_told_in_two_spellings() {
    let harness = estate();
    let id = run(&harness, "gate");
    let node = step(&harness, &id, "two");
    let instance = node["executableResponses"][0]["async"]["callbackIds"][0]
        .as_str()
        .unwrap();
    let v1 = approvals(&harness, &id, "").remove(0);
    assert_eq!(v1["id"], instance);
    assert_eq!(
        (&v1["type"], &v1["status"]),
        (&json!("HarnessApproval"), &json!("WAITING"))
    );
    assert_eq!(v1["deadline"], v1["created"].as_i64().unwrap() + DAY);
    assert!(v1.get("createdAt").is_none() && v1["created"].is_i64() && v1["updated"].is_i64());
    let details = &v1["details"];
    assert_eq!(details["includePipelineExecutionHistory"], true);
    assert_eq!(details["approvers"]["userGroups"], json!(["release"]));
    assert_eq!(details["approvers"]["minimumCount"], 2);
    assert_eq!(details["approvers"]["disallowPipelineExecutor"], true);
    assert_eq!(details["approverInputs"][0]["name"], "ticket");
    assert_eq!(details["approverInputs"][0]["defaultValue"], "CHG-0");
    assert_eq!(details["validatedApprovalUserGroups"][0]["identifier"], "release");
    let classic = harness
        .call("GET", &format!("/pipeline/api/approvals/{instance}"), "")
        .data();
    assert!(classic.get("created").is_none() && classic["createdAt"] == v1["created"]);
    assert_eq!(&classic["details"], details);

    let node_id = node["uuid"].as_str().unwrap();
    for (filter, found) in [
        (format!("node_execution_id={node_id}"), 1),
        ("node_execution_id=nothing".to_owned(), 0),
        ("approval_type=HarnessApproval&approval_status=WAITING".to_owned(), 1),
        ("approval_type=JiraApproval".to_owned(), 0),
        ("approval_status=APPROVED".to_owned(), 0),
    ] {
        assert_eq!(approvals(&harness, &id, &filter).len(), found, "{filter}");
    }
}

/// harness-api §12.6
#[test]
fn the_inbox_is_a_list_by_status_and_the_approvals_of_each() {
    let harness = estate();
    let ids = [run(&harness, "gate"), run(&harness, "several"), run(&harness, "fleet")];
    let listed = harness.list("", &json!({ "status": ["ApprovalWaiting"] }));
    let found: Vec<&str> = listed["content"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["planExecutionId"].as_str().unwrap())
        .collect();
    assert_eq!(found, [&ids[1], &ids[0]]);
    let counts: Vec<usize> = found
        .iter()
        .map(|id| approvals(&harness, id, "approval_status=WAITING").len())
        .collect();
    assert_eq!(counts, [2, 1]);
}

fn careful(strategy: &Value) -> String {
    let step = json!({ "identifier": "ask", "type": "HarnessApproval", "failureStrategies": strategy });
    let stage = json!({ "identifier": "deploy", "type": "Deployment",
        "spec": { "execution": { "steps": [{ "step": step }] } } });
    json!({ "pipeline": { "identifier": "careful", "stages": [{ "stage": stage }] } }).to_string()
}

fn on(error: &str, action: &str) -> Value {
    json!([{ "onFailure": { "errors": [error], "action": { "type": action } } }])
}

/// harness-api §12.27, §12.28
#[test]
fn a_rejection_follows_the_failure_strategies() {
    let harness = estate();
    for (strategy, statuses, of_run) in [
        (
            json!([]),
            ["ApprovalRejected", "ApprovalRejected", "Skipped"],
            "ApprovalRejected",
        ),
        (
            on("Timeout", "Ignore"),
            ["ApprovalRejected", "ApprovalRejected", "Skipped"],
            "ApprovalRejected",
        ),
        (
            on("ApprovalRejection", "Ignore"),
            ["IgnoreFailed", "IgnoreFailed", "Success"],
            "IgnoreFailed",
        ),
        (
            on("AllErrors", "MarkAsSuccess"),
            ["Success", "Success", "Success"],
            "Success",
        ),
        (
            on("AllErrors", "StageRollback"),
            ["ApprovalRejected", "Failed", "Skipped"],
            "Failed",
        ),
        (
            on("ApprovalRejection", "Abort"),
            ["ApprovalRejected", "Aborted", "NotStarted"],
            "Aborted",
        ),
    ] {
        let id = run_as(&harness, KEY, "careful", &careful(&strategy));
        let instance = waiting(&harness, &id);
        assert_eq!(decide(&harness, ADA, &instance, "REJECT").data()["status"], "REJECTED");
        harness.advance(60 * MINUTE);
        let ask = step(&harness, &id, "ask");
        let (deploy, after) = (stage(&harness, &id, "deploy"), stage(&harness, &id, "after"));
        assert_eq!(
            [&ask["status"], &deploy["status"], &after["status"]],
            statuses.each_ref(),
            "{strategy}"
        );
        assert_eq!(harness.status(&id), of_run, "{strategy}");
        assert_eq!(instance_status(&harness, &instance), "REJECTED", "{strategy}");
        if ask["status"] == "ApprovalRejected" {
            assert_eq!(ask["failureInfo"]["failureTypeList"], json!(["APPROVAL_REJECTION"]));
        }
        let graph = harness.detail(&id, "renderFullBottomGraph=true")["executionGraph"].take();
        let rolled_back = graph["nodeMap"]
            .as_object()
            .unwrap()
            .values()
            .any(|node| node["identifier"] == "roll_back");
        assert_eq!(rolled_back, of_run == "Failed", "{strategy}");
    }
}

/// harness-api §3.7, §3.10, §12.3
#[test]
fn an_approval_that_nobody_gives_expires() {
    let harness = estate();
    for (strategy, of_run) in [(json!([]), "Expired"), (on("Timeout", "Ignore"), "IgnoreFailed")] {
        let id = run_as(&harness, KEY, "careful", &careful(&strategy));
        let instance = waiting(&harness, &id);
        let begun = step(&harness, &id, "ask")["startTs"].as_i64().unwrap();
        until(&harness, begun + 60 * MINUTE - 1);
        assert_eq!(instance_status(&harness, &instance), "WAITING");
        harness.advance(60 * MINUTE);
        assert_eq!(instance_status(&harness, &instance), "EXPIRED");
        assert_eq!(harness.status(&id), of_run);
        let late = decide(&harness, ADA, &instance, "APPROVE");
        assert!(refused(&late).contains("expired"), "{}", late.text);
    }
}

/// harness-api §1.1: 09:15 in New York is 13:15 UTC in July.
#[test]
fn the_clock_approves_in_the_time_zone_of_the_step() {
    let harness = estate();
    let id = run(&harness, "timed");
    let instance = waiting(&harness, &id);
    until(&harness, START + DAY + 75 * MINUTE - 1);
    assert_eq!(harness.status(&id), "ApprovalWaiting");
    harness.advance(1);
    assert_eq!(harness.stages(&id), pairs(&[("gate", "Success")]));
    assert_eq!(step(&harness, &id, "ask")["endTs"], START + DAY + 75 * MINUTE);
    assert_eq!(instance_status(&harness, &instance), "APPROVED");
}

/// harness-api §0.5, §12.37
#[test]
fn the_approvals_of_another_project_are_not_found() {
    let harness = estate();
    let id = run(&harness, "gate");
    let elsewhere = format!("{}/{id}", V1.replace("platform", "elsewhere"));
    for (method, body) in [("GET", ""), ("POST", r#"{"action":"APPROVE"}"#)] {
        let headers = [HEADER, ("x-api-key", ADA), ("content-type", "application/json")];
        let reply = harness.send(method, &elsewhere, &headers, body);
        assert_eq!(
            (reply.status, &reply.json()["code"]),
            (404, &json!("ENTITY_NOT_FOUND")),
            "{}",
            reply.text
        );
    }
}
