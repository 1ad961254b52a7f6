//! Scheduled triggers, and what is prepared from outside.

use harness_cd_simulator::Options;
use serde_json::{Value, json};

use crate::bench::{bench, bench_options, custom, each, save, step, wait};
use crate::support::Harness;

/// 2026-01-01 00:00 UTC.
const NEW_YEAR: i64 = 1_767_225_600_000;
const HOUR: i64 = 60 * 60_000;

fn trigger(id: &str, expression: &str, more: &str) -> String {
    format!(
        "trigger: {{ name: {id}, identifier: {id}, orgIdentifier: default, projectIdentifier: platform, pipelineIdentifier: p, {more} \
         source: {{ type: Scheduled, spec: {{ type: Cron, spec: {{ expression: '{expression}' }} }} }}, inputYaml: \"pipeline: \
         {{ identifier: p, variables: [{{ name: word, type: String, value: nightly }}] }}\" }}"
    )
}

fn runs(harness: &Harness) -> Vec<Value> {
    let mut runs = harness.list("size=100", &json!({}))["content"]
        .as_array()
        .unwrap()
        .clone();
    runs.reverse();
    runs
}

/// harness-api §2 (cron), §3.4 (`executionTriggerInfo`), §12.17
#[test]
fn the_clock_starts_what_is_scheduled() {
    let harness = Harness::start_with(Options {
        start_at: Some(NEW_YEAR),
        ..bench_options()
    });
    let word = "variables: [{ name: word, type: String, required: true, value: <+input> }],";
    save(&harness, "p", word, &[custom("s", "", &[wait("w", 5)])]);
    for (id, expression, more) in [
        ("nightly", "0 4 * * *", "enabled: true,"),
        ("off", "0 5 * * *", "enabled: false,"),
        ("broken", "whenever", "enabled: true,"),
    ] {
        harness.call(
            "POST",
            "/pipeline/api/triggers?targetIdentifier=p",
            &trigger(id, expression, more),
        );
    }
    harness.advance(3 * HOUR);
    assert!(runs(&harness).is_empty());
    harness.advance(HOUR + 10_000);
    let first = runs(&harness);
    assert_eq!(
        (each(&first, "/startTs"), each(&first, "/status")),
        (vec![(NEW_YEAR + 4 * HOUR).to_string()], vec!["Success".to_owned()])
    );
    let info = &first[0]["executionTriggerInfo"];
    assert_eq!(
        (&info["triggerType"], &info["triggeredBy"]["identifier"]),
        (&json!("SCHEDULER_CRON"), &json!("nightly"))
    );
    let id = first[0]["planExecutionId"].as_str().unwrap();
    let inputs = harness
        .call("GET", &format!("/pipeline/api/pipelines/execution/{id}/inputsetV2"), "")
        .data();
    assert!(inputs["inputSetYaml"].as_str().unwrap().contains("nightly"), "{inputs}");
    assert_eq!(runs(&harness).len(), 1, "once");
    harness.advance(72 * HOUR);
    let starts: Vec<String> = [4, 28, 52, 76]
        .iter()
        .map(|hour| (NEW_YEAR + hour * HOUR).to_string())
        .collect();
    assert_eq!(each(&runs(&harness), "/startTs"), starts, "a jump leaves none out");

    let dump = harness.control("GET", "dump", &Value::Null);
    let other = bench();
    other.control("POST", "restore", &dump);
    assert_eq!(runs(&other).len(), 4);
    other.advance(24 * HOUR);
    other.status(id);
    other.advance(10_000);
    assert_eq!(runs(&other).len(), 5);
}

/// harness-api §2 (cron)
#[test]
fn no_scheduled_run_is_lost_by_a_jump() {
    let harness = Harness::start_with(Options {
        start_at: Some(NEW_YEAR),
        ..bench_options()
    });
    let word = "variables: [{ name: word, type: String, required: true, value: <+input> }],";
    save(&harness, "p", word, &[custom("s", "", &[wait("w", 5)])]);
    harness.call(
        "POST",
        "/pipeline/api/triggers?targetIdentifier=p",
        &trigger("minutely", "* * * * *", "enabled: true,"),
    );
    let clock = harness.control("GET", "clock", &Value::Null);
    let day = json!({ "advanceMs": 24 * HOUR }).to_string();
    let refused = harness.send("POST", "/simulator/clock", &[], &day);
    assert_eq!(refused.failure(), (400, "INVALID_REQUEST".to_owned()));
    assert!(
        refused.text.contains("more than 1000 scheduled runs"),
        "{}",
        refused.text
    );
    assert_eq!(harness.control("GET", "clock", &Value::Null), clock);

    let started = || harness.list("size=1", &json!({}))["totalElements"].take();
    harness.advance(12 * HOUR);
    harness.advance(12 * HOUR);
    harness.advance(5_000);
    assert_eq!(started(), 1_440);
    // A day in one step, which no jump may take: the rest follows when time goes on.
    harness.control("POST", "clock", &json!({ "stepMs": 24 * HOUR }));
    started();
    harness.control("POST", "clock", &json!({ "stepMs": 0, "advanceMs": 5_000 }));
    started();
    assert_eq!(started(), 2 * 1_440);
}

/// run-inputs §4: what a registry has can be told.
#[test]
fn builds_can_be_told() {
    let harness = bench();
    harness.control(
        "POST",
        "builds",
        &json!({ "image": "project/shop", "tags": ["9.1", "9.0"] }),
    );
    let path = "/ng/api/artifacts/docker/getBuildDetails?connectorRef=registry&imagePath=project/shop";
    let builds = harness.call("GET", path, "").data()["buildDetailsList"].take();
    assert_eq!(each(builds.as_array().unwrap(), "/tag"), ["9.1", "9.0"]);
}

/// run-inputs §13, §14.13: a pre-flight check looks at the stored status; harness-api §4.2
#[test]
fn the_stored_status_of_a_connector_can_be_told() {
    let harness = bench();
    let body = step("build", "Run", "spec: { connectorRef: registry }");
    save(&harness, "p", "", &[custom("s", "", &[body])]);
    let check = || {
        let id = harness
            .call(
                "POST",
                "/pipeline/api/pipeline/execute/preflightCheck?pipelineIdentifier=p",
                "",
            )
            .data();
        harness.advance(5_000);
        let path = format!(
            "/pipeline/api/pipeline/execute/getPreflightCheckResponse?preflightCheckId={}",
            id.as_str().unwrap()
        );
        harness.call("GET", &path, "").data()
    };
    assert_eq!(check()["status"], "SUCCESS");
    let scope = json!({ "account": "demo-account", "org": "default", "project": "platform" });
    let told =
        json!({ "scope": scope, "connector": "registry", "status": "FAILURE", "error": "no route to the registry" });
    harness.control("POST", "connectors", &told);
    let failed = check();
    assert_eq!(failed["status"], "FAILURE");
    assert!(failed.to_string().contains("no route to the registry"), "{failed}");
    let shown = harness.call("GET", "/ng/api/connectors/registry", "").data();
    assert_eq!(
        (&shown["status"]["status"], &shown["status"]["errorSummary"]),
        (&json!("FAILURE"), &json!("no route to the registry"))
    );
    let unknown = json!({ "scope": scope, "connector": "none", "status": "SUCCESS" });
    assert_eq!(
        harness
            .send("POST", "/simulator/connectors", &[], &unknown.to_string())
            .status,
        400
    );
}
