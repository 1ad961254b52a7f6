//! Triggers as entities, in both shapes and both generations.

use harness_cd_simulator::modes::WebhookTokens;
use serde_json::{Value, json};

use crate::support::{Harness, KEY, Reply};

const TRIGGERS: &str = "/pipeline/api/triggers?targetIdentifier=shop_cd";

fn trigger(id: &str, source: &Value, more: &Value) -> String {
    let mut body = json!({
        "name": id, "identifier": id, "enabled": true, "orgIdentifier": "default", "projectIdentifier": "platform",
        "pipelineIdentifier": "shop_cd", "source": source,
    });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    json!({ "trigger": body }).to_string()
}

fn webhook() -> Value {
    json!({ "type": "Webhook", "spec": { "type": "Custom", "spec": {} } })
}

fn cron() -> Value {
    json!({ "type": "Scheduled", "spec": { "type": "Cron", "spec": { "expression": "0 4 * * *" } } })
}

fn path(id: &str) -> String {
    format!("/pipeline/api/triggers/{id}?targetIdentifier=shop_cd")
}

/// harness-api §2, §12.35
#[test]
fn get_and_list_have_two_shapes() {
    let harness = Harness::start();
    let created = harness
        .call(
            "POST",
            TRIGGERS,
            &trigger("hook", &webhook(), &json!({ "tags": { "a": "b" } })),
        )
        .data();
    let got = harness.call("GET", &path("hook"), "").data();
    assert_eq!(created, got);
    let keys = |shown: &Value| shown.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    for key in [
        "accountIdentifier",
        "orgIdentifier",
        "projectIdentifier",
        "targetIdentifier",
        "errorResponse",
    ] {
        assert!(keys(&got).contains(&key.to_owned()), "{key}: {got}");
    }
    assert_eq!((got.get("tags"), got.get("version")), (None, None));
    let listed = harness.call("GET", TRIGGERS, "").data();
    let item = listed["content"]
        .as_array()
        .unwrap()
        .iter()
        .find(|item| item["identifier"] == "hook")
        .unwrap();
    assert_eq!(*item, harness.call("GET", &path("hook/details"), "").data());
    for key in [
        "accountIdentifier",
        "orgIdentifier",
        "projectIdentifier",
        "targetIdentifier",
        "version",
    ] {
        assert_eq!(item.get(key), None, "{key}");
    }
    assert_eq!(
        (&item["tags"], &item["yamlVersion"]),
        (&json!({ "a": "b" }), &json!("0"))
    );
    assert_eq!(item["executorInfo"]["type"], "SERVICE_ACCOUNT");
    assert_eq!(item["executions"], json!([0, 0, 0, 0, 0, 0, 0]));
    assert_eq!(item["webhookDetails"]["webhookSourceRepo"], "Custom");
    assert_eq!(item["triggerStatus"]["validationStatus"]["statusResult"], "SUCCESS");
    // Nobody saved the one that was there from the start.
    let seeded = harness.call("GET", &path("shop_image/details"), "").data();
    assert_eq!(seeded.get("executorInfo"), None);
    assert_eq!(harness.call("DELETE", &path("hook"), "").data(), true);
    assert_eq!(
        harness.call("GET", &path("hook"), "").failure(),
        (404, "ENTITY_NOT_FOUND".to_owned())
    );
}

/// harness-api §2.1, §12.35
#[test]
fn only_webhooks_have_urls() {
    let harness = Harness::start();
    let artifact = json!({ "type": "Artifact", "spec": { "type": "DockerRegistry", "spec": {} } });
    let manifest = json!({ "type": "Manifest", "spec": { "type": "HelmChart", "spec": {} } });
    let github = json!({ "type": "Webhook", "spec": { "type": "Github", "spec": {} } });
    for (id, source, url) in [
        ("clock", cron(), Some("")),
        ("image", artifact, Some("")),
        ("chart", manifest, Some("")),
        ("push", github, None),
    ] {
        let created = harness.call("POST", TRIGGERS, &trigger(id, &source, &json!({}))).data();
        assert_eq!(created.get("webhookUrl").and_then(Value::as_str), url, "{id}");
        assert_eq!(created["type"], source["type"]);
    }
    assert_eq!(
        harness.call("GET", &path("image/details"), "").data()["buildDetails"]["buildType"],
        "DockerRegistry"
    );
    let hook = harness.call("GET", &path("shop_image/details"), "").data();
    let url = hook["webhookUrl"].as_str().unwrap();
    assert!(
        url.contains("/gateway/pipeline/api/webhook/custom/") && url.contains("/v3?accountIdentifier="),
        "{url}"
    );
    assert!(
        url.ends_with("&pipelineIdentifier=shop_cd&triggerIdentifier=shop_image"),
        "{url}"
    );
    assert!(hook["webhookCurlCommand"].as_str().unwrap().contains(url));

    let older = Harness::with_modes(|modes| modes.webhook_tokens = WebhookTokens::Absent);
    let url = older.call("GET", &path("shop_image"), "").data()["webhookUrl"]
        .as_str()
        .unwrap()
        .to_owned();
    assert!(url.contains("/webhook/custom/v2?"), "{url}");
}

/// harness-api §2, §12.36
#[test]
fn lists_are_pages_of_25_of_one_pipeline() {
    let harness = Harness::start();
    for number in 0..26 {
        harness
            .call(
                "POST",
                TRIGGERS,
                &trigger(&format!("t{number:02}"), &cron(), &json!({})),
            )
            .data();
    }
    let listed = harness.call("GET", TRIGGERS, "").data();
    assert_eq!(
        (&listed["totalItems"], &listed["pageItemCount"]),
        (&json!(27), &json!(25))
    );
    assert_eq!(
        harness.call("GET", &format!("{TRIGGERS}&searchTerm=T03"), "").data()["totalItems"],
        1
    );
    let other = harness
        .call("GET", "/pipeline/api/triggers?targetIdentifier=other", "")
        .data();
    assert_eq!(other["totalItems"], 0);
    assert_eq!(harness.call("GET", "/pipeline/api/triggers", "").status, 400);
}

/// harness-api §2
#[test]
fn a_wrong_target_is_refused() {
    let harness = Harness::start();
    let good = trigger("hook", &webhook(), &json!({}));
    for (body, reason) in [
        (good.replace("shop_cd", "other"), "pipelineIdentifier"),
        (good.replace("platform", "other"), "projectIdentifier"),
        (trigger("hook", &json!({}), &json!({})), "source.type"),
    ] {
        let refused = harness.call("POST", TRIGGERS, &body);
        assert_eq!(refused.failure(), (400, "INVALID_REQUEST".to_owned()), "{body}");
        assert!(refused.text.contains(reason), "{}", refused.text);
    }
    harness.call("POST", TRIGGERS, &good).data();
    assert_eq!(
        harness.call("POST", TRIGGERS, &good).failure(),
        (400, "DUPLICATE_FIELD".to_owned())
    );
    assert_eq!(harness.call("PUT", &path("other"), &good).status, 400);
    assert_eq!(harness.call("PUT", &path("hook"), &good).status, 200);
}

/// harness-api §2: errors of validation are a 200.
#[test]
fn a_trigger_that_does_not_fit_is_told_in_a_success() {
    let harness = Harness::start();
    let more = json!({ "inputSetRefs": ["gone"], "inputYaml": "pipeline: [" });
    let body = trigger("hook", &webhook(), &more);
    let refused = harness.call("POST", TRIGGERS, &body).data();
    assert_eq!(refused["errorResponse"], true);
    for field in ["inputSetRefs", "inputYaml"] {
        assert!(refused["errors"][field].is_object(), "{refused}");
    }
    let cron = |expression: &str, zone: &str| json!({ "type": "Scheduled", "spec": { "type": "Cron", "spec": { "expression": expression, "timezone": zone } } });
    let conditions = |key: &str| {
        let condition = json!([{ "key": "<+trigger.payload.a>", "operator": "Like", "value": "b" }]);
        json!({ "type": "Webhook", "spec": { "type": "Custom", "spec": { key: condition } } })
    };
    for (source, field) in [
        (cron("now and then", "UTC"), "source"),
        (cron("0 4 * * *", "Moon"), "source"),
        (conditions("payloadConditions"), "payloadConditions"),
        (conditions("headerConditions"), "headerConditions"),
    ] {
        let refused = harness
            .call("POST", TRIGGERS, &trigger("odd", &source, &json!({})))
            .data();
        assert!(refused["errors"][field].is_object(), "{refused}");
    }
    assert_eq!(harness.call("GET", &path("hook"), "").status, 404);
    let saved = harness
        .call("POST", &format!("{TRIGGERS}&ignoreError=true"), &body)
        .data();
    assert_eq!(saved["identifier"], "hook");
    let status = harness.call("GET", &path("hook/details"), "").data()["triggerStatus"].take();
    assert_eq!(status["validationStatus"]["statusResult"], "FAILED");
    let nowhere = body.replace("shop_cd", "nowhere");
    let refused = harness
        .call("POST", "/pipeline/api/triggers?targetIdentifier=nowhere", &nowhere)
        .data();
    assert!(refused["errors"]["pipelineIdentifier"].is_object(), "{refused}");
}

/// harness-api §9: what belongs to a pipeline goes with it.
#[test]
fn triggers_go_with_their_pipeline() {
    let harness = Harness::start();
    harness.call("DELETE", "/pipeline/api/pipelines/shop_cd", "").data();
    assert_eq!(harness.call("GET", TRIGGERS, "").data()["totalItems"], 0);
}

fn v1(harness: &Harness, method: &str, path: &str, body: &str) -> Reply {
    let headers = [
        ("x-api-key", KEY),
        ("harness-account", "demo-account"),
        ("content-type", "application/json"),
    ];
    harness.send(
        method,
        &format!("/v1/orgs/default/projects/platform/pipelines/shop_cd/triggers{path}"),
        &headers,
        body,
    )
}

/// harness-api §0.2, §2
#[test]
fn v1_has_the_same_triggers() {
    let harness = Harness::start();
    let mut body = json!({
        "identifier": "hook", "name": "Hook", "enabled": true, "inputs": "pipeline: {}", "tags": { "some_key": "x" },
        "source": { "type": "Webhook", "spec": { "type": "Custom", "spec": {
            "payload_conditions": [{ "key": "<+trigger.payload.a>", "operator": "Equals", "value": "b" }] } } },
    });
    let created = v1(&harness, "POST", "", &body.to_string());
    assert_eq!((created.status, created.json()), (201, json!({ "identifier": "hook" })));
    let classic = harness.call("GET", &path("hook"), "").data();
    assert!(
        classic["yaml"].as_str().unwrap().contains("payloadConditions"),
        "{classic}"
    );
    // A path may be percent-encoded.
    assert_eq!(harness.call("GET", &path("ho%6Fk"), "").data(), classic);
    let got = v1(&harness, "GET", "/hook", "").json();
    assert_eq!(
        (&got["pipeline"], &got["trigger"]["inputs"]),
        (&json!("shop_cd"), &json!("pipeline: {}"))
    );
    assert_eq!(
        (&got["trigger"]["source"], &got["trigger"]["tags"]),
        (&body["source"], &body["tags"])
    );
    body["enabled"] = json!(false);
    assert_eq!(v1(&harness, "PUT", "/hook", &body.to_string()).status, 200);
    assert_eq!(harness.call("GET", &path("hook"), "").data()["enabled"], false);
    body["input_set_refs"] = json!(["gone"]);
    assert_eq!(v1(&harness, "PUT", "/hook", &body.to_string()).status, 400);
    let deleted = v1(&harness, "DELETE", "/hook", "");
    assert_eq!((deleted.status, deleted.text.as_str()), (204, ""));
    assert_eq!(v1(&harness, "GET", "/hook", "").status, 404);
}
