use harness_cd_simulator::{DuplicateCreate, MissingEntity, Policy, StaleIfMatch};
use serde_json::{Value, json};

use crate::support::{Harness, KEY, SCOPE};

const PIPELINE: &str = "pipeline:\n  name: two\n  identifier: two\n  orgIdentifier: default\n  projectIdentifier: platform\n  stages: []\n";

fn with_version(harness: &Harness, method: &str, path: &str, version: &str, body: &str) -> u16 {
    let headers = [
        ("x-api-key", KEY),
        ("content-type", "application/yaml"),
        ("if-match", version),
    ];
    harness.send(method, &format!("{path}?{SCOPE}"), &headers, body).status
}

#[test]
fn a_pipeline_lives_and_dies() {
    let harness = Harness::start();
    let created = harness.call("POST", "/pipeline/api/pipelines/v2", PIPELINE).data();
    assert_eq!(created["identifier"], "two");
    let duplicate = harness.call("POST", "/pipeline/api/pipelines/v2", PIPELINE);
    assert_eq!(duplicate.failure(), (409, "DUPLICATE_FIELD".to_owned()));
    let got = harness.call("GET", "/gateway/pipeline/api/pipelines/two", "").data();
    assert_eq!(got["yamlPipeline"], PIPELINE);
    assert_eq!(got["version"], 1);
    let update = "/pipeline/api/pipelines/v2/two";
    assert_eq!(with_version(&harness, "PUT", update, "7", PIPELINE), 412);
    assert_eq!(with_version(&harness, "PUT", update, "1", PIPELINE), 200);
    assert_eq!(
        harness.call("GET", "/pipeline/api/pipelines/two", "").data()["version"],
        2
    );
    let listed = harness
        .call(
            "POST",
            "/pipeline/api/pipelines/list",
            r#"{"filterType":"PipelineSetup"}"#,
        )
        .data();
    assert_eq!(listed["totalElements"], 2);
    assert_eq!(
        harness
            .call("GET", "/pipeline/api/pipelines/summary/shop_cd", "")
            .data()["numOfStages"],
        3
    );
    assert_eq!(harness.call("DELETE", "/pipeline/api/pipelines/two", "").data(), true);
    let gone = harness.call("GET", "/pipeline/api/pipelines/two", "");
    assert_eq!(gone.failure(), (404, "ENTITY_NOT_FOUND".to_owned()));
    assert!(
        gone.text
            .contains("Pipeline with the given ID: two does not exist or has been deleted")
    );
}

#[test]
fn open_questions_have_both_answers() {
    let harness = Harness::with_modes(|modes| {
        modes.duplicate_create = DuplicateCreate::BadRequest;
        modes.stale_if_match = StaleIfMatch::BadRequest;
        modes.missing_entity = MissingEntity::BadRequest;
    });
    harness.call("POST", "/pipeline/api/pipelines/v2", PIPELINE).data();
    assert_eq!(harness.call("POST", "/pipeline/api/pipelines/v2", PIPELINE).status, 400);
    assert_eq!(
        with_version(&harness, "PUT", "/pipeline/api/pipelines/v2/two", "7", PIPELINE),
        400
    );
    let missing = harness.call("GET", "/pipeline/api/pipelines/three", "");
    assert_eq!(missing.failure(), (400, "INVALID_REQUEST".to_owned()));
    let modes = harness.control("GET", "modes", &Value::Null);
    assert_eq!(modes["duplicateCreate"], "badRequest");
}

#[test]
fn a_denied_save_is_a_success_that_saves_nothing() {
    let harness = Harness::with_modes(|modes| modes.save_policy = Policy::Deny);
    let denied = harness.call("POST", "/pipeline/api/pipelines/v2", PIPELINE).data();
    assert_eq!(denied["governanceMetadata"]["deny"], true);
    assert!(denied.get("identifier").is_none());
    assert_eq!(harness.call("GET", "/pipeline/api/pipelines/two", "").status, 404);
}

#[test]
fn bodies_are_checked() {
    let harness = Harness::start();
    let create = "/pipeline/api/pipelines/v2";
    for body in [
        "trigger: {}",
        "pipeline: [",
        "pipeline:\n  name: x\n",
        &PIPELINE.replace("platform", "other"),
    ] {
        assert_eq!(harness.call("POST", create, body).status, 400, "{body}");
    }
    let headers = [("x-api-key", KEY), ("content-type", "text/plain")];
    assert_eq!(
        harness
            .send("POST", &format!("{create}?{SCOPE}"), &headers, PIPELINE)
            .status,
        415
    );
}

#[test]
fn services_environments_infrastructures_and_connectors() {
    let harness = Harness::start();
    let services = harness.call("GET", "/ng/api/servicesV2", "").data();
    assert_eq!(services["totalItems"], 1);
    assert_eq!(services["content"][0]["service"]["identifier"], "shop");
    let environments = harness.call("GET", "/ng/api/environmentsV2", "").data();
    assert_eq!(environments["content"][1]["environment"]["type"], "Production");
    let path = "/ng/api/infrastructures?environmentIdentifier=prod";
    let infrastructures = harness.call("GET", path, "").data();
    assert_eq!(
        infrastructures["content"][0]["infrastructure"]["environmentRef"],
        "prod"
    );
    assert_eq!(harness.call("GET", "/ng/api/infrastructures", "").status, 400);
    let connectors = harness
        .call("POST", "/ng/api/connectors/listV2", r#"{"filterType":"Connector"}"#)
        .data();
    assert_eq!(connectors["content"][0]["connector"]["type"], "DockerRegistry");

    let service =
        json!({ "identifier": "cart", "name": "cart", "orgIdentifier": "default", "projectIdentifier": "platform" });
    harness.call("POST", "/ng/api/servicesV2", &service.to_string()).data();
    assert_eq!(
        harness.call("POST", "/ng/api/servicesV2", &service.to_string()).status,
        409
    );
    assert_eq!(
        harness
            .call("PUT", "/ng/api/servicesV2/upsert", &service.to_string())
            .status,
        200
    );
    assert_eq!(
        harness.call("GET", "/ng/api/servicesV2/cart", "").data()["service"]["name"],
        "cart"
    );
    assert_eq!(harness.call("DELETE", "/ng/api/servicesV2/cart", "").data(), true);
    let unscoped = json!({ "identifier": "cart", "name": "cart" });
    assert_eq!(
        harness.call("POST", "/ng/api/servicesV2", &unscoped.to_string()).status,
        404
    );
    let mut infrastructure = service;
    infrastructure["environmentRef"] = json!("prod");
    let refused = harness.call("POST", "/ng/api/infrastructures", &infrastructure.to_string());
    assert!(refused.text.contains("yaml: must not be empty"), "{}", refused.text);
}

#[test]
fn triggers_belong_to_a_pipeline() {
    let harness = Harness::start();
    let listed = harness
        .call("GET", "/pipeline/api/triggers?targetIdentifier=shop_cd", "")
        .data();
    assert_eq!(listed["content"][0]["identifier"], "shop_image");
    assert_eq!(harness.call("GET", "/pipeline/api/triggers", "").status, 400);
    let yaml = listed["content"][0]["yaml"]
        .as_str()
        .unwrap()
        .replace("identifier: shop_image", "identifier: second");
    let path = "/pipeline/api/triggers?targetIdentifier=shop_cd";
    assert_eq!(harness.call("POST", path, &yaml).data()["version"], 1);
    let second = "/pipeline/api/triggers/second?targetIdentifier=shop_cd";
    assert_eq!(harness.call("PUT", second, &yaml).data()["version"], 2);
    assert_eq!(harness.call("DELETE", second, "").data(), true);
}
