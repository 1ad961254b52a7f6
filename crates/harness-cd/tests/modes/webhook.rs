//! What a registry's event starts by the rendered trigger, as Harness judges its conditions.

use harness_cd_model::words::MOVING_TAGS;
use serde_json::json;

use crate::harness::{Estate, Harness};

const SCOPE: &str = "accountIdentifier=demo-account&orgIdentifier=default&projectIdentifier=platform";
const STARTED: &str = "TARGET_EXECUTION_REQUESTED";
const HELD: &str = "NO_MATCHING_TRIGGER_FOR_JEXL_CONDITIONS";

/// The path of the trigger's own address.
fn address(harness: &Harness) -> String {
    let path = "/pipeline/api/triggers/app_image_trigger?targetIdentifier=payment_service_cd";
    let trigger = harness.data("GET", &format!("{path}&{SCOPE}"), &json!(null));
    let (_, path) = trigger["webhookUrl"].as_str().unwrap().split_once("/gateway").unwrap();
    format!("/gateway{path}")
}

fn status(harness: &Harness, tag: &str, environment: &str) -> String {
    let payload = json!({ "service_name": "payment-service", "image_tag": tag, "target_env": environment,
        "target_region": "euw1" });
    let event = harness.data("POST", &address(harness), &payload);
    let event = event["eventCorrelationId"].as_str().unwrap();
    harness.advance(1_000);
    let path = "/pipeline/api/webhook/triggerProcessingDetails";
    let details = harness.data("GET", &format!("{path}?{SCOPE}&eventId={event}"), &json!(null));
    details["status"].as_str().unwrap().to_owned()
}

#[test]
fn no_moving_tag_comes_into_production_by_an_event() {
    let harness = Harness::start(&Estate::new());
    for tag in MOVING_TAGS {
        assert_eq!(status(&harness, tag, "prod"), HELD, "{tag}");
        let shouted = tag.to_uppercase();
        assert_eq!(status(&harness, &shouted, "prod"), HELD, "{shouted}");
    }
    assert_eq!(status(&harness, "v2.3.1", "prod"), STARTED);
    assert_eq!(status(&harness, "main", "int-stable"), STARTED);
}
