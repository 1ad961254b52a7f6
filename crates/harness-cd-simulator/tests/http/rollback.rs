//! Rolling back what was deployed.

use harness_cd_simulator::modes::HiddenEndpoints;
use serde_json::{Value, json};

use crate::people::{ADA, DAY, MINUTE, estate, estate_with, refused, run_as, started, step, values};
use crate::support::{Harness, KEY, Reply, SCOPE, pairs};

const BACK: &str = "/pipeline/api/pipeline/execute/postExecutionRollback";
const INSTANCE: &str = "shop/int/int_k8s";

/// A deployment of a tag to `int` that has ended.
fn deployed(harness: &Harness, tag: &str) -> String {
    let id = run_as(harness, KEY, "shop_cd", &values("shop_cd", &[("tag", tag)]));
    harness.advance(60 * MINUTE);
    assert_eq!(harness.status(&id), "Success");
    id
}

fn node_of_deployment(harness: &Harness, id: &str) -> String {
    let summary = harness.detail(id, "")["pipelineExecutionSummary"].take();
    let node = &summary["layoutNodeMap"][summary["startingNodeId"].as_str().unwrap()];
    node["nodeExecutionId"].as_str().unwrap().to_owned()
}

fn roll_back(harness: &Harness, id: &str, node: &str) -> Reply {
    let query = format!("pipelineIdentifier=shop_cd&stageNodeExecutionIds={node}&notesForPipelineExecution=back");
    harness.call_as(ADA, "POST", &format!("{BACK}/{id}?{query}"), "")
}

fn of_instance(harness: &Harness, what: &str, key: &str) -> Value {
    let body = json!({ "instanceKey": key, "infrastructureMappingId": "mapping-1" });
    harness
        .call_as(ADA, "POST", &format!("/ng/api/rollback/{what}"), &body.to_string())
        .data()
}

fn executions(harness: &Harness) -> Value {
    harness.list("showAllExecutions=true", &json!({}))["totalElements"].take()
}

/// harness-api §3.4, §3.9
#[test]
fn the_rollback_of_an_execution_is_an_execution_of_its_own() {
    let harness = estate();
    let id = deployed(&harness, "v2");
    let back = started(&roll_back(&harness, &id, &node_of_deployment(&harness, &id)));
    assert_ne!(back, id);
    harness.advance(60 * MINUTE);
    let summary = harness.detail(&back, "")["pipelineExecutionSummary"].take();
    assert_eq!(summary["executionMode"], "POST_EXECUTION_ROLLBACK");
    assert_eq!(
        (&summary["status"], &summary["runSequence"]),
        (&json!("Success"), &json!(2))
    );
    assert_eq!(summary["notesExistForPlanExecutionId"], true);
    assert_eq!(summary["executionTriggerInfo"]["triggeredBy"]["identifier"], "Ada");
    assert_eq!(summary["canRetry"], false);
    let node = &summary["layoutNodeMap"][summary["startingNodeId"].as_str().unwrap()];
    assert_eq!(node["isRollbackStageNode"], true);
    assert_eq!(harness.stages(&back), pairs(&[("deploy", "Success")]));
    assert_eq!(step(&harness, &back, "roll_back")["status"], "Success");
    let of_old = harness.detail(&id, "")["pipelineExecutionSummary"].take();
    assert_eq!(
        (&of_old["executionMode"], &of_old["status"]),
        (&json!("NORMAL"), &json!("Success"))
    );
}

/// harness-api §3.9, §12.10
#[test]
fn a_rollback_that_harness_refuses() {
    let harness = estate();
    let id = deployed(&harness, "v1");
    let node = node_of_deployment(&harness, &id);
    let missing = harness.call("POST", &format!("{BACK}/{id}?pipelineIdentifier=shop_cd"), "");
    assert_eq!(missing.json()["errors"][0]["fieldId"], "stageNodeExecutionIds");
    assert!(refused(&roll_back(&harness, &id, "nothing")).contains("nothing"));
    assert_eq!(
        roll_back(&harness, &node, &node).failure(),
        (404, "ENTITY_NOT_FOUND".to_owned())
    );
    let elsewhere = SCOPE.replace("platform", "elsewhere");
    let path = format!("{BACK}/{id}?{elsewhere}&stageNodeExecutionIds={node}");
    let reply = harness.send("POST", &path, &[("x-api-key", KEY)], "");
    assert_eq!(reply.failure(), (404, "ENTITY_NOT_FOUND".to_owned()));

    let running = run_as(&harness, KEY, "shop_cd", &values("shop_cd", &[("tag", "v2")]));
    let of_running = roll_back(&harness, &running, &node_of_deployment(&harness, &running));
    assert!(refused(&of_running).contains("running"), "{}", of_running.text);
    harness.advance(31 * DAY);
    assert!(refused(&roll_back(&harness, &id, &node)).contains("30 days"));
    assert_eq!(executions(&harness), 2, "nothing was started");
}

/// run-inputs §14.2, §15: the call is hidden from the public specification.
#[test]
fn a_key_may_not_find_the_hidden_call() {
    for (mode, status) in [(HiddenEndpoints::Forbidden, 403), (HiddenEndpoints::NotFound, 404)] {
        let harness = estate_with(|modes| modes.hidden_endpoints = mode);
        let id = deployed(&harness, "v1");
        assert_eq!(
            roll_back(&harness, &id, &node_of_deployment(&harness, &id)).status,
            status
        );
    }
}

/// harness-api §3.9, §12.10: refused with 200 and a message.
#[test]
fn the_rollback_of_an_instance_answers_200_whatever_it_did() {
    let harness = estate();
    for key in ["shop/prod/prod_k8s", INSTANCE] {
        let checked = of_instance(&harness, "check", key);
        assert_eq!(checked["isRollbackAllowed"], false);
        assert!(!checked["message"].as_str().unwrap().is_empty());
        let triggered = of_instance(&harness, "trigger", key);
        assert_eq!(
            (&triggered["isRollbackTriggered"], &triggered["instanceKey"]),
            (&json!(false), &json!(key))
        );
        assert!(!triggered["message"].as_str().unwrap().is_empty());
        assert!(triggered["planExecutionId"].is_null());
    }
    let first = deployed(&harness, "v1");
    deployed(&harness, "v2");
    assert_eq!(of_instance(&harness, "check", INSTANCE)["isRollbackAllowed"], true);
    let triggered = of_instance(&harness, "trigger", INSTANCE);
    assert_eq!(triggered["isRollbackTriggered"], true);
    assert_eq!(triggered["infraMappingId"], "mapping-1");
    let back = triggered["planExecutionId"].as_str().unwrap();
    assert_ne!(back, first);
    harness.advance(60 * MINUTE);
    let summary = harness.detail(back, "")["pipelineExecutionSummary"].take();
    assert_eq!(summary["executionMode"], "POST_EXECUTION_ROLLBACK");

    let harness = estate();
    deployed(&harness, "v1");
    harness.advance(31 * DAY);
    let late = of_instance(&harness, "trigger", INSTANCE);
    assert_eq!(late["isRollbackTriggered"], false);
    assert!(late["message"].as_str().unwrap().contains("30 days"), "{late}");
    assert_eq!(executions(&harness), 1);
}

/// harness-api §3.9
#[test]
fn a_rollback_by_place_and_what_nobody_knows() {
    let harness = estate();
    let id = deployed(&harness, "v1");
    let place = json!({ "serviceIdentifier": "shop", "envIdentifier": "int", "infraIdentifier": "int_k8s" });
    let trigger = |version: &str| {
        harness.call(
            "POST",
            &format!("/ng/api/rollback/trigger{version}"),
            &place.to_string(),
        )
    };
    let data = trigger("/v2").data();
    assert_eq!(data["isRollbackTriggered"], true);
    assert_ne!(data["planExecutionId"], id);
    assert_eq!(trigger("/v3").failure(), (501, "NOT_SIMULATED".to_owned()));
    for what in ["check", "trigger", "trigger/v2"] {
        let path = format!("/ng/api/rollback/{what}?accountIdentifier=demo-account");
        let reply = harness.send("POST", &path, &[("x-api-key", KEY)], &place.to_string());
        assert_eq!(reply.json()["errors"][0]["fieldId"], "orgIdentifier", "{what}");
        assert_eq!(reply.status, 400);
    }
}
