//! The old way to run something again: its inputs as text, posted back.

use harness_cd_simulator::modes::RunPolicy;
use serde_json::{Value, json};

use crate::people::{ADA, GRACE, MINUTE, estate, estate_with, refused, run_as, started, values};
use crate::support::{Harness, KEY, SCOPE};

const EXECUTE: &str = "/pipeline/api/pipeline/execute";
const EXECUTION: &str = "/pipeline/api/pipelines/execution";

const INPUTS: &str =
    "pipeline:\n  identifier: shop_cd\n  variables:\n    - name: tag\n      type: String\n      value: '1.20'\n";

fn rerun(harness: &Harness, key: &str, id: &str, body: &str) -> String {
    started(&harness.call_as(
        key,
        "POST",
        &format!("{EXECUTE}/rerun/{id}/shop_cd?moduleType=ci"),
        body,
    ))
}

fn trigger_info(harness: &Harness, id: &str) -> Value {
    harness.detail(id, "")["pipelineExecutionSummary"]["executionTriggerInfo"].take()
}

/// harness-api §0.3, §12.42
#[test]
fn the_inputs_are_yaml_text_and_go_straight_back() {
    let harness = estate();
    let id = run_as(&harness, ADA, "shop_cd", INPUTS);
    let headers = [("x-api-key", KEY), ("accept", "application/json")];
    let text = harness.send("GET", &format!("{EXECUTION}/{id}/inputset?{SCOPE}"), &headers, "");
    assert_eq!(text.headers["content-type"], "application/yaml");
    assert_eq!(text.text, INPUTS, "neither JSON nor an envelope");

    let second = rerun(&harness, GRACE, &id, &text.text);
    harness.advance(60 * MINUTE);
    let summary = harness.detail(&second, "")["pipelineExecutionSummary"].take();
    assert_eq!(
        summary["moduleInfo"]["cd"]["artifactDisplayNames"],
        json!(["project/shop:1.20"])
    );
    assert_eq!(
        (&summary["status"], &summary["runSequence"]),
        (&json!("Success"), &json!(2))
    );
    assert_eq!(
        harness.list("", &json!({}))["totalElements"],
        2,
        "a re-run replaces nothing"
    );
}

/// harness-api §3.4
#[test]
fn a_rerun_knows_the_first_and_the_one_before() {
    let harness = estate();
    let first = run_as(&harness, ADA, "shop_cd", INPUTS);
    assert_eq!(trigger_info(&harness, &first)["isRerun"], false);
    assert!(trigger_info(&harness, &first).get("rerunInfo").is_none());
    let second = rerun(&harness, GRACE, &first, INPUTS);
    let third = rerun(&harness, ADA, &second, INPUTS);
    for (id, before, by) in [(&second, &first, "Grace"), (&third, &second, "Ada")] {
        let info = trigger_info(&harness, id);
        let rerun = json!({
            "rootExecutionId": first, "rootTriggerType": "MANUAL",
            "prevExecutionId": before, "prevTriggerType": "MANUAL",
        });
        assert_eq!((&info["isRerun"], &info["rerunInfo"]), (&json!(true), &rerun));
        assert_eq!(info["triggeredBy"]["identifier"], by);
    }
}

/// harness-api §3.2, §12.11, §12.20
#[test]
fn a_rerun_is_a_run_like_any_other() {
    let harness = estate();
    let id = run_as(&harness, ADA, "shop_cd", INPUTS);
    let path = format!("{EXECUTE}/rerun/{id}/shop_cd");
    let missing = harness.call("POST", &path, "");
    assert!(
        missing.status == 400 && missing.text.contains("required variable: tag"),
        "{}",
        missing.text
    );
    let wrong = harness.call(
        "POST",
        &path,
        &values("shop_cd", &[("tag", "v1"), ("environment", "moon")]),
    );
    assert!(wrong.status == 400 && wrong.text.contains("moon"), "{}", wrong.text);
    let gone = harness.call("POST", &format!("{EXECUTE}/rerun/{id}/nothing"), INPUTS);
    assert!(refused(&gone).contains("nothing"));
    let unknown = harness.call(
        "POST",
        &format!("{EXECUTE}/rerun/AAAAAAAAAAAAAAAAAAAAAA/shop_cd"),
        INPUTS,
    );
    assert_eq!(unknown.failure(), (404, "ENTITY_NOT_FOUND".to_owned()));
    let elsewhere = SCOPE.replace("platform", "elsewhere");
    let foreign = harness.send("POST", &format!("{path}?{elsewhere}"), &[("x-api-key", ADA)], INPUTS);
    assert_eq!(foreign.failure(), (404, "ENTITY_NOT_FOUND".to_owned()));
    let started = harness.call("POST", &format!("{EXECUTE}/shop_cd"), INPUTS).data()["planExecution"].take();
    let again = harness.call("POST", &path, INPUTS).data()["planExecution"].take();
    assert_eq!(
        (&again["status"], &again["metadata"]["runSequence"]),
        (&started["status"], &json!(3))
    );

    let harness = estate_with(|modes| modes.run_policy = RunPolicy::Deny);
    let id = run_as(&harness, ADA, "shop_cd", INPUTS);
    let denied = harness
        .call("POST", &format!("{EXECUTE}/rerun/{id}/shop_cd"), INPUTS)
        .data();
    assert_eq!(denied["planExecution"]["status"], "ERRORED");
}

/// harness-api §3.6
#[test]
fn the_inputs_are_told_as_json_too() {
    let harness = estate();
    let inputs = values("shop_cd", &[("tag", "<+pipeline.sequenceId>")]);
    let path = format!("{EXECUTE}/shop_cd?inputSetIdentifiers=nightly");
    let id = started(&harness.call("POST", &path, &inputs));
    let get = |query: &str| {
        harness
            .call("GET", &format!("{EXECUTION}/{id}/inputsetV2?{query}"), "")
            .data()
    };
    let plain = get("");
    assert_eq!(plain["inputSetYaml"], inputs);
    assert!(plain["inputSetTemplateYaml"].as_str().unwrap().contains("<+input>"));
    assert_eq!(plain["inputSetDetails"][0]["identifier"], "nightly");
    assert!(plain.get("resolvedYaml").is_none());
    assert_eq!(
        get("resolveExpressions=true")["resolvedYaml"],
        inputs.replace("<+pipeline.sequenceId>", "1")
    );
}
