//! Custom webhooks and what becomes of their events.

use harness_cd_simulator::modes::{WebhookAuthorization, WebhookTokens};
use serde_json::{Value, json};

use crate::support::{Harness, KEY, Reply, SCOPE};

const NAMED: &str = "pipelineIdentifier=shop_cd&triggerIdentifier=shop_image";
const JSON: (&str, &str) = ("content-type", "application/json");

fn post(harness: &Harness, path: &str, payload: &Value) -> Reply {
    harness.send("POST", path, &[JSON], &payload.to_string())
}

/// The path of the trigger's own URL.
fn url(harness: &Harness) -> String {
    let trigger = harness
        .call("GET", "/pipeline/api/triggers/shop_image?targetIdentifier=shop_cd", "")
        .data();
    let url = trigger["webhookUrl"].as_str().unwrap();
    format!("/gateway{}", url.split_once("/gateway").unwrap().1)
}

fn fire(harness: &Harness, path: &str, payload: &Value) -> String {
    post(harness, path, payload).data()["eventCorrelationId"]
        .as_str()
        .unwrap()
        .to_owned()
}

fn ask(harness: &Harness, what: &str, event: &str) -> Reply {
    let query = "accountIdentifier=demo-account";
    let path = match what {
        "triggerProcessingDetails" => format!("{what}?{query}&eventId={event}"),
        _ => format!("{what}/{event}?{query}"),
    };
    harness.send("GET", &format!("/pipeline/api/webhook/{path}"), &[], "")
}

fn status(harness: &Harness, event: &str) -> String {
    harness.advance(1_000);
    let details = ask(harness, "triggerProcessingDetails", event).data();
    details["status"].as_str().unwrap().to_owned()
}

fn change(harness: &Harness, from: &str, to: &str) {
    let path = "/pipeline/api/triggers/shop_image?targetIdentifier=shop_cd";
    let yaml = harness.call("GET", path, "").data()["yaml"]
        .as_str()
        .unwrap()
        .replace(from, to);
    harness.call("PUT", path, &yaml).data();
}

/// harness-api §2.1, §2.2, §12.16, checklist 8
#[test]
fn an_event_is_accepted_at_once_and_processed_later() {
    let harness = Harness::start();
    let payload = json!({ "image_tag": "a b", "target_env": "int-stable" });
    let accepted = post(&harness, &url(&harness), &payload).data();
    let event = accepted["eventCorrelationId"].as_str().unwrap();
    assert!(
        event.len() == 24 && event.chars().all(|digit| digit.is_ascii_hexdigit()),
        "{event}"
    );
    assert!(
        accepted["apiUrl"]
            .as_str()
            .unwrap()
            .contains(&format!("/webhook/triggerExecutionDetails/{event}?"))
    );
    assert!(
        accepted["uiSetupUrl"]
            .as_str()
            .unwrap()
            .ends_with("/pipelines/shop_cd/pipeline-studio/")
    );
    for what in ["triggerProcessingDetails", "triggerExecutionDetails"] {
        let early = ask(&harness, what, event);
        assert_eq!(early.failure(), (400, "INVALID_REQUEST".to_owned()), "{what}");
        assert!(
            early
                .text
                .contains("Trigger event history doesn't exist for event with eventId"),
            "{}",
            early.text
        );
    }
    let queued = ask(&harness, "triggerExecutionDetailsV2", event).data()["webhookProcessingDetails"].take();
    assert_eq!(
        (&queued["status"], &queued["eventFound"]),
        (&json!("QUEUED"), &json!(true))
    );
    harness.advance(1_000);
    let details = ask(&harness, "triggerExecutionDetails", event).data()["webhookProcessingDetails"].take();
    // The tag does not fit the pattern of its input.
    assert_eq!(
        (&details["status"], &details["exceptionOccured"]),
        (&json!("TARGET_DID_NOT_EXECUTE"), &json!(true))
    );
    assert_eq!(
        (&details["triggerIdentifier"], &details["payload"]),
        (&json!("shop_image"), &json!(payload.to_string()))
    );
    assert_eq!(details, ask(&harness, "triggerProcessingDetails", event).data());
    let item = harness
        .call(
            "GET",
            "/pipeline/api/triggers/shop_image/details?targetIdentifier=shop_cd",
            "",
        )
        .data();
    assert_eq!(
        item["lastTriggerExecutionDetails"]["lastExecutionStatus"],
        "TARGET_DID_NOT_EXECUTE"
    );
    assert_eq!(
        ask(&harness, "triggerExecutionDetailsV2", "000000000000000000000000").status,
        400
    );
}

/// harness-api §2, §2.2
#[test]
fn what_does_not_match_says_why() {
    let harness = Harness::start();
    let url = url(&harness);
    for (payload, expected) in [
        (
            json!({ "image_tag": "v1", "target_env": "moon" }),
            "NO_MATCHING_TRIGGER_FOR_PAYLOAD_CONDITIONS",
        ),
        (
            json!({ "image_tag": "latest", "target_env": "prod" }),
            "NO_MATCHING_TRIGGER_FOR_JEXL_CONDITIONS",
        ),
    ] {
        assert_eq!(status(&harness, &fire(&harness, &url, &payload)), expected, "{payload}");
    }
    let broken = harness.send("POST", &url, &[JSON], "{").data();
    assert_eq!(
        status(&harness, broken["eventCorrelationId"].as_str().unwrap()),
        "INVALID_PAYLOAD"
    );
    // The token opens the door; which triggers are looked at is decided by the query.
    let other = url.replace("triggerIdentifier=shop_image", "triggerIdentifier=other");
    assert_eq!(
        status(&harness, &fire(&harness, &other, &json!({}))),
        "NO_ENABLED_CUSTOM_TRIGGER_FOUND"
    );
    change(
        &harness,
        "headerConditions: []",
        "headerConditions: [{ key: X-Source, operator: Equals, value: registry }]",
    );
    let payload = json!({ "image_tag": "a b", "target_env": "int-stable" });
    let expected = "NO_MATCHING_TRIGGER_FOR_HEADER_CONDITIONS";
    assert_eq!(status(&harness, &fire(&harness, &url, &payload)), expected);
    let sent = harness
        .send("POST", &url, &[JSON, ("x-source", "registry")], &payload.to_string())
        .data();
    assert_eq!(
        status(&harness, sent["eventCorrelationId"].as_str().unwrap()),
        "TARGET_DID_NOT_EXECUTE"
    );
}

/// harness-api §12.15, checklist 8
#[test]
fn what_cannot_be_accepted_is_refused_at_once() {
    let harness = Harness::start();
    let good = url(&harness);
    let refused = |path: &str| {
        let reply = post(&harness, path, &json!({}));
        assert_eq!(reply.failure(), (400, "INVALID_REQUEST".to_owned()), "{path}");
        reply.json()["message"].as_str().unwrap().to_owned()
    };
    let custom = "/gateway/pipeline/api/webhook/custom";
    assert!(refused(&format!("{custom}/wrong/v3?{SCOPE}")).contains("No custom trigger found"));
    for generation in ["", "/v2"] {
        assert!(refused(&format!("{custom}{generation}?{SCOPE}&{NAMED}")).contains("webhook token"));
        let absent = refused(&format!("{custom}{generation}?{SCOPE}&pipelineIdentifier=none"));
        assert!(
            absent.ends_with("Org: default, Project: platform, Pipeline: none"),
            "{absent}"
        );
    }
    change(&harness, "enabled: true", "enabled: false");
    assert!(refused(&good).contains("No enabled custom trigger found"));
    assert!(refused(&format!("{custom}/v2?{SCOPE}&{NAMED}")).contains("No enabled custom trigger found"));
    let unscoped = post(
        &harness,
        &format!("{custom}/v2?accountIdentifier=demo-account"),
        &json!({}),
    );
    assert_eq!(unscoped.status, 400);
}

/// harness-api §2.1: triggers that are older than the tokens.
#[test]
fn the_older_generations_serve_older_triggers() {
    let harness = Harness::with_modes(|modes| modes.webhook_tokens = WebhookTokens::Absent);
    let payload = json!({ "image_tag": "v1", "target_env": "moon" });
    let second = fire(&harness, &format!("/pipeline/api/webhook/custom/v2?{SCOPE}"), &payload);
    let first = post(&harness, &format!("/pipeline/api/webhook/custom?{SCOPE}"), &payload).data();
    for event in [second.as_str(), first.as_str().unwrap()] {
        assert_eq!(status(&harness, event), "NO_MATCHING_TRIGGER_FOR_PAYLOAD_CONDITIONS");
    }
}

/// harness-api §2.1
#[test]
fn a_setting_makes_the_key_mandatory() {
    let harness = Harness::with_modes(|modes| modes.webhook_authorization = WebhookAuthorization::Mandatory);
    let url = url(&harness);
    let refused = harness.send("POST", &url, &[JSON], "{}");
    assert_eq!(refused.failure(), (400, "INVALID_REQUEST".to_owned()));
    let message = refused.json()["message"].as_str().unwrap().to_owned();
    assert!(
        message.contains("Authorization is mandatory for custom triggers in demo-account:default:platform"),
        "{message}"
    );
    assert_eq!(refused.json()["responseMessages"][0]["level"], "ERROR");
    assert_eq!(
        harness
            .send("POST", &url, &[JSON, ("x-api-key", "wrong")], "{}")
            .failure()
            .0,
        401
    );
    assert_eq!(
        harness.send("POST", &url, &[JSON, ("x-api-key", KEY)], "{}").status,
        200
    );
}

/// A deleted trigger takes the history of its events along.
#[test]
fn a_deleted_trigger_is_forgotten() {
    let harness = Harness::start();
    let event = fire(&harness, &url(&harness), &json!({ "target_env": "moon" }));
    status(&harness, &event);
    harness
        .call(
            "DELETE",
            "/pipeline/api/triggers/shop_image?targetIdentifier=shop_cd",
            "",
        )
        .data();
    assert_eq!(ask(&harness, "triggerProcessingDetails", &event).status, 400);
}
