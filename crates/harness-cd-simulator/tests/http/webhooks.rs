use harness_cd_simulator::WebhookAuthorization;
use serde_json::{Value, json};

use crate::support::{Harness, SCOPE};

fn fire(harness: &Harness, path: &str, payload: &Value) -> String {
    let data = harness
        .send(
            "POST",
            path,
            &[("content-type", "application/json")],
            &payload.to_string(),
        )
        .data();
    data["eventCorrelationId"].as_str().unwrap().to_owned()
}

fn outcome(harness: &Harness, event: &str) -> Value {
    let path = format!("/pipeline/api/webhook/triggerExecutionDetails/{event}?accountIdentifier=demo-account");
    harness.send("GET", &path, &[], "").data()
}

fn v2() -> String {
    format!("/gateway/pipeline/api/webhook/custom/v2?{SCOPE}&pipelineIdentifier=shop_cd&triggerIdentifier=shop_image")
}

#[test]
fn an_event_is_accepted_at_once_and_processed_later() {
    let harness = Harness::start();
    let payload = json!({ "image_tag": "v9.9.9", "target_env": "int-stable" });
    let event = fire(&harness, &v2(), &payload);
    assert_eq!(event.len(), 24);
    assert_eq!(
        outcome(&harness, &event)["webhookProcessingDetails"]["eventFound"],
        false
    );
    harness.advance(1_000);
    let found = outcome(&harness, &event);
    let details = &found["webhookProcessingDetails"];
    assert_eq!(details["status"], "TARGET_EXECUTION_REQUESTED");
    let summary = &found["executionDetails"]["pipelineExecutionSummary"];
    assert_eq!(summary["planExecutionId"], details["pipelineExecutionId"]);
    assert_eq!(summary["executionTriggerInfo"]["triggerType"], "WEBHOOK_CUSTOM");
    assert_eq!(
        summary["moduleInfo"]["cd"]["artifactDisplayNames"],
        json!(["project/shop:v9.9.9"])
    );
}

#[test]
fn what_does_not_match_says_why() {
    let harness = Harness::start();
    for (payload, status) in [
        (
            json!({ "image_tag": "v1", "target_env": "moon" }),
            "NO_MATCHING_TRIGGER_FOR_PAYLOAD_CONDITIONS",
        ),
        (
            json!({ "image_tag": "latest", "target_env": "prod" }),
            "NO_MATCHING_TRIGGER_FOR_JEXL_CONDITIONS",
        ),
        (
            json!({ "image_tag": "a b", "target_env": "prod" }),
            "TARGET_DID_NOT_EXECUTE",
        ),
    ] {
        let event = fire(&harness, &v2(), &payload);
        harness.advance(1_000);
        assert_eq!(
            outcome(&harness, &event)["webhookProcessingDetails"]["status"],
            status,
            "{payload}"
        );
    }
    let other = v2().replace("shop_image", "other");
    let event = fire(&harness, &other, &json!({}));
    harness.advance(1_000);
    assert_eq!(
        outcome(&harness, &event)["webhookProcessingDetails"]["status"],
        "NO_ENABLED_CUSTOM_TRIGGER_FOUND"
    );
}

#[test]
fn the_third_generation_needs_the_token_of_the_trigger() {
    let harness = Harness::start();
    let trigger = harness
        .call("GET", "/pipeline/api/triggers/shop_image?targetIdentifier=shop_cd", "")
        .data();
    let url = trigger["webhookUrl"].as_str().unwrap();
    let path = url.split_once("/gateway").unwrap().1;
    fire(
        &harness,
        path,
        &json!({ "image_tag": "v1", "target_env": "int-stable" }),
    );
    let wrong = format!("/pipeline/api/webhook/custom/wrong/v3?{SCOPE}");
    assert_eq!(harness.send("POST", &wrong, &[], "{}").status, 400);
}

#[test]
fn a_setting_makes_the_key_mandatory() {
    let harness = Harness::with_modes(|modes| modes.webhook_authorization = WebhookAuthorization::Mandatory);
    let refused = harness.send("POST", &v2(), &[], "{}");
    assert_eq!(refused.failure(), (400, "INVALID_REQUEST".to_owned()));
    assert_eq!(refused.json()["responseMessages"][0]["level"], "ERROR");
}
