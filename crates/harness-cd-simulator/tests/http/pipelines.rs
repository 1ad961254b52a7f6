//! Pipelines as entities, in both generations.

use harness_cd_simulator::modes::{DuplicateCreate, MissingEntity, SavePolicy, StaleIfMatch};
use serde_json::{Value, json};

use crate::support::{Harness, KEY, Reply, SCOPE};

const CREATE: &str = "/pipeline/api/pipelines/v2";
const LIST: &str = "/pipeline/api/pipelines/list";
const V1: &str = "/v1/orgs/default/projects/platform/pipelines";

fn pipeline(id: &str, stages: &str) -> String {
    format!(
        "pipeline:\n  name: {id}\n  identifier: {id}\n  orgIdentifier: default\n  projectIdentifier: platform\n  stages: \
         {stages}\n"
    )
}

fn deploys(service: &str) -> String {
    json!([{ "stage": { "name": "Deploy", "identifier": "deploy", "type": "Deployment", "spec": {
        "deploymentType": "Kubernetes", "service": { "serviceRef": service } } } }])
    .to_string()
}

fn with_version(harness: &Harness, method: &str, path: &str, version: &str, body: &str) -> Reply {
    let headers = [
        ("x-api-key", KEY),
        ("content-type", "application/yaml"),
        ("if-match", version),
    ];
    harness.send(method, &format!("{path}?{SCOPE}"), &headers, body)
}

fn v1(harness: &Harness, method: &str, path: &str, body: &str) -> Reply {
    let headers = [
        ("x-api-key", KEY),
        ("harness-account", "demo-account"),
        ("content-type", "application/json"),
    ];
    harness.send(method, &format!("{V1}{path}"), &headers, body)
}

fn listed(harness: &Harness, query: &str, body: &str) -> Vec<String> {
    let data = harness.call("POST", &format!("{LIST}{query}"), body).data();
    let items = data["content"].as_array().unwrap().iter();
    items
        .map(|item| item["identifier"].as_str().unwrap().to_owned())
        .collect()
}

/// harness-api §1, §1.2, §12.12, §12.13, §12.20
#[test]
fn a_pipeline_lives_and_dies() {
    let harness = Harness::start();
    let text = pipeline("two", "[]");
    let created = harness.call("POST", CREATE, &text).data();
    assert_eq!(created["identifier"], "two");
    assert_eq!(created["governanceMetadata"]["deny"], false);
    assert_eq!(
        harness.call("POST", CREATE, &text).failure(),
        (400, "DUPLICATE_FIELD".to_owned())
    );
    let got = harness.call("GET", "/gateway/pipeline/api/pipelines/two", "").data();
    assert_eq!((&got["yamlPipeline"], &got["version"]), (&json!(text), &json!(1)));
    assert_eq!(
        (&got["modules"], &got["storeType"]),
        (&json!(["pms"]), &json!("INLINE"))
    );
    assert_eq!(got["entityValidityDetails"]["valid"], true);
    assert_eq!(got.get("resolvedTemplatesPipelineYaml"), None);
    let update = "/pipeline/api/pipelines/v2/two";
    // Pipelines do not look at the version.
    assert_eq!(
        with_version(&harness, "PUT", update, "7", &text).data()["identifier"],
        "two"
    );
    assert_eq!(
        harness.call("GET", "/pipeline/api/pipelines/two", "").data()["version"],
        2
    );
    assert_eq!(harness.call("DELETE", "/pipeline/api/pipelines/two", "").data(), true);
    let gone = harness.call("GET", "/pipeline/api/pipelines/two", "");
    assert_eq!(gone.failure(), (404, "ENTITY_NOT_FOUND".to_owned()));
    assert!(
        gone.text
            .contains("Pipeline [two] under Project[platform], Organization [default]"),
        "{}",
        gone.text
    );
    assert_eq!(harness.call("PUT", update, &text).status, 404);
    assert_eq!(harness.call("PUT", "/pipeline/api/pipelines/v2", &text).status, 405);
}

/// harness-api §1: the deprecated calls answer with the identifier alone.
#[test]
fn the_old_calls_answer_with_the_identifier() {
    let harness = Harness::start();
    let text = pipeline("two", "[]");
    assert_eq!(harness.call("POST", "/pipeline/api/pipelines", &text).data(), "two");
    assert_eq!(harness.call("PUT", "/pipeline/api/pipelines/two", &text).data(), "two");
}

/// harness-api §12.12, §12.13, §0.5
#[test]
fn open_questions_have_both_answers() {
    let harness = Harness::with_modes(|modes| {
        modes.duplicate_create = DuplicateCreate::Conflict;
        modes.stale_if_match = StaleIfMatch::PreconditionFailed;
        modes.missing_entity = MissingEntity::BadRequest;
    });
    let text = pipeline("two", "[]");
    harness.call("POST", CREATE, &text).data();
    assert_eq!(harness.call("POST", CREATE, &text).status, 409);
    let update = "/pipeline/api/pipelines/v2/two";
    assert_eq!(with_version(&harness, "PUT", update, "7", &text).status, 412);
    assert_eq!(
        with_version(&harness, "DELETE", "/pipeline/api/pipelines/two", "7", "").status,
        412
    );
    assert_eq!(with_version(&harness, "PUT", update, "1", &text).status, 200);
    assert_eq!(
        harness.call("GET", "/pipeline/api/pipelines/x", "").failure(),
        (400, "INVALID_REQUEST".to_owned())
    );
}

/// harness-api §1.2, §1.4, checklist 5
#[test]
fn policies_deny_with_a_success_that_saves_nothing() {
    let harness = Harness::with_modes(|modes| modes.save_policy = SavePolicy::Deny);
    let text = pipeline("two", "[]");
    let denied = harness.call("POST", CREATE, &text).data();
    let governance = &denied["governanceMetadata"];
    assert_eq!(
        (&governance["deny"], &governance["status"]),
        (&json!(true), &json!("error"))
    );
    assert!(
        governance["details"][0]["policyMetadata"][0]["denyMessages"][0].is_string(),
        "{governance}"
    );
    assert!(governance["timestamp"].is_string(), "{governance}");
    assert_eq!(denied.get("identifier"), None);
    assert_eq!(harness.call("GET", "/pipeline/api/pipelines/two", "").status, 404);
    let update = harness
        .call("PUT", "/pipeline/api/pipelines/v2/shop_cd", &pipeline("shop_cd", "[]"))
        .data();
    assert_eq!(update.get("identifier"), None);
    assert_eq!(
        harness.call("GET", "/pipeline/api/pipelines/shop_cd", "").data()["version"],
        1
    );
    let body = json!({ "pipeline_yaml": text, "identifier": "two", "name": "two" }).to_string();
    assert_eq!(
        v1(&harness, "POST", "", &body).json()["code"],
        "POLICY_EVALUATION_FAILURE"
    );

    harness.control("POST", "modes", &json!({ "savePolicy": "warning" }));
    let warned = harness.call("POST", CREATE, &text).data();
    assert_eq!(
        (&warned["identifier"], &warned["governanceMetadata"]["status"]),
        (&json!("two"), &json!("warning"))
    );
}

/// harness-api §0.3, §0.5, §1.1, §8
#[test]
fn bodies_are_checked_and_validation_saves_nothing() {
    let harness = Harness::start();
    let validate = "/pipeline/api/pipelines/validate-yaml-with-schema";
    let good = pipeline("two", "[]");
    for (body, code) in [
        ("trigger: {}".to_owned(), "SCHEMA_VALIDATION_FAILED"),
        ("pipeline: [".to_owned(), "INVALID_YAML_ERROR"),
        ("pipeline:\n  name: x\n".to_owned(), "SCHEMA_VALIDATION_FAILED"),
        (pipeline("2-two", "[]"), "SCHEMA_VALIDATION_FAILED"),
        (good.replace("platform", "other"), "INVALID_REQUEST"),
    ] {
        for path in [CREATE, validate] {
            assert_eq!(
                harness.call("POST", path, &body).failure(),
                (400, code.to_owned()),
                "{body}"
            );
        }
    }
    let metadata = harness.call("POST", CREATE, "trigger: {}").json()["metadata"].take();
    assert!(metadata["schemaErrors"][0]["messageWithFQN"].is_string(), "{metadata}");
    assert_eq!(harness.call("POST", validate, &good).data(), "two");
    assert_eq!(harness.call("GET", "/pipeline/api/pipelines/two", "").status, 404);
    let headers = [("x-api-key", KEY), ("content-type", "text/plain")];
    assert_eq!(
        harness
            .send("POST", &format!("{CREATE}?{SCOPE}"), &headers, &good)
            .status,
        415
    );
    let foreign = harness.call("PUT", "/pipeline/api/pipelines/v2/shop_cd", &good);
    assert_eq!(foreign.failure(), (400, "INVALID_REQUEST".to_owned()));
    let json_body = json!({ "pipeline": { "identifier": "three", "name": "three" } }).to_string();
    assert_eq!(harness.call("POST", CREATE, &json_body).data()["identifier"], "three");
}

/// harness-api §1.2, §12.36, §0.6, checklist 13
#[test]
fn a_page_has_25_pipelines() {
    let harness = Harness::start();
    for number in 0..30 {
        harness
            .call("POST", CREATE, &pipeline(&format!("p{number:02}"), "[]"))
            .data();
    }
    let data = harness.call("POST", LIST, "").data();
    assert_eq!((&data["totalElements"], &data["size"]), (&json!(31), &json!(25)));
    assert_eq!(data["content"].as_array().unwrap().len(), 25);
    assert_eq!(listed(&harness, "?page=1&sort=name,DESC&size=2", ""), ["p28", "p27"]);
    for query in ["?size=1001", "?size=0", "?page=-1"] {
        assert_eq!(
            harness.call("POST", &format!("{LIST}{query}"), "").status,
            400,
            "{query}"
        );
    }
}

/// harness-api §1.2, §12.14, §12.33, §12.41; run-inputs §12, §14.12
#[test]
fn filters() {
    let harness = Harness::start();
    for (id, stages) in [
        ("fixed", deploys("shop")),
        ("asks", deploys("<+input>")),
        ("foreign", deploys("gone")),
        ("manual", "[]".to_owned()),
    ] {
        harness.call("POST", CREATE, &pipeline(id, &stages)).data();
    }
    let tagged = pipeline("tagged", "[]").replace("  stages", "  tags:\n    team: payments\n  stages");
    harness.call("POST", CREATE, &tagged).data();
    let filter = |fields: Value| {
        let mut body = json!({ "filterType": "PipelineSetup" });
        body.as_object_mut()
            .unwrap()
            .extend(fields.as_object().unwrap().clone());
        listed(&harness, "?sort=identifier,ASC", &body.to_string())
    };
    let of_service = |service: &str| filter(json!({ "moduleProperties": { "cd": { "serviceNames": [service] } } }));
    assert_eq!(of_service("shop"), ["fixed", "shop_cd"]);
    assert_eq!(of_service("account.shop"), [""; 0]);
    // A reference to a service that is not there is not kept.
    assert_eq!(of_service("gone"), [""; 0]);
    assert_eq!(of_service("<+input>"), [""; 0]);
    let kubernetes = json!({ "moduleProperties": { "cd": { "deploymentTypes": ["Kubernetes"] } } });
    assert_eq!(filter(kubernetes), ["asks", "fixed", "foreign", "shop_cd"]);
    assert_eq!(
        filter(json!({ "pipelineIdentifiers": ["asks", "manual"] })),
        ["asks", "manual"]
    );
    assert_eq!(filter(json!({ "name": "SHOP" })), ["shop_cd"]);
    assert_eq!(
        filter(json!({ "pipelineTags": [{ "key": "team", "value": "payments" }] })),
        ["tagged"]
    );
    assert_eq!(
        filter(json!({ "pipelineTags": [{ "key": "team", "value": "other" }] })),
        [""; 0]
    );
    for (term, found) in [("PAY", "tagged"), ("manu", "manual")] {
        assert_eq!(listed(&harness, &format!("?searchTerm={term}"), ""), [found]);
    }
    assert_eq!(
        listed(&harness, "?module=ci&sort=identifier,ASC", ""),
        ["manual", "tagged"]
    );
    for (query, body) in [
        ("", json!({})),
        ("", json!({ "filterType": "PipelineExecution" })),
        ("?filterIdentifier=mine", json!({ "filterType": "PipelineSetup" })),
    ] {
        let refused = harness.call("POST", &format!("{LIST}{query}"), &body.to_string());
        assert_eq!(refused.failure(), (400, "INVALID_REQUEST".to_owned()), "{query} {body}");
    }
    assert_eq!(
        harness
            .call("POST", &format!("{LIST}?filterIdentifier=mine"), "")
            .status,
        501
    );
}

/// harness-api §1.2, §12.41
#[test]
fn a_list_item_tells_stages_modules_and_services() {
    let harness = Harness::start();
    let item = harness
        .call("GET", "/pipeline/api/pipelines/summary/shop_cd", "")
        .data();
    assert_eq!(item["numOfStages"], 4);
    assert_eq!(
        item["stageNames"],
        json!(["Deploy int-stable", "Production Gate", "Deploy prod", "Announce"])
    );
    assert_eq!(item["modules"], json!(["cd", "pms"]));
    assert_eq!(item["filters"]["cd"]["serviceNames"], json!(["shop"]));
    assert_eq!(item["tags"], json!({ "service": "shop" }));
    assert!(item["executionSummaryInfo"]["deployments"].is_array(), "{item}");
    assert_eq!(harness.call("GET", "/pipeline/api/pipelines/summary/x", "").status, 404);
}

/// harness-api §1, run-inputs §1.1
#[test]
fn templates_are_written_out_on_demand() {
    let harness = Harness::start();
    let path = "/pipeline/api/pipelines/two?getTemplatesResolvedPipeline=true";
    harness.call("POST", CREATE, &pipeline("two", "[]")).data();
    let plain = harness.call("GET", path, "").data();
    assert_eq!(plain["resolvedTemplatesPipelineYaml"], plain["yamlPipeline"]);
    let stages =
        json!([{ "stage": { "identifier": "s", "template": { "templateRef": "gone", "versionLabel": "1" } } }]);
    harness
        .call(
            "PUT",
            "/pipeline/api/pipelines/v2/two",
            &pipeline("two", &stages.to_string()),
        )
        .data();
    assert_eq!(
        harness
            .call("GET", path, "")
            .data()
            .get("resolvedTemplatesPipelineYaml"),
        None
    );
}

/// harness-api §0.2, §1.3, §9
#[test]
fn v1_speaks_snake_case() {
    let harness = Harness::start();
    let text = pipeline("two", &deploys("shop"));
    let body = json!({ "pipeline_yaml": text, "identifier": "two", "name": "two" }).to_string();
    let created = v1(&harness, "POST", "", &body);
    assert_eq!((created.status, created.json()), (201, json!({ "identifier": "two" })));
    let got = v1(&harness, "GET", "/two", "").json();
    assert_eq!((&got["pipeline_yaml"], &got["valid"]), (&json!(text), &json!(true)));
    assert_eq!(
        (&got["org"], &got["modules"]),
        (&json!("default"), &json!(["cd", "pms"]))
    );
    assert_eq!(v1(&harness, "PUT", "/two", &body).status, 200);
    assert_eq!(v1(&harness, "PUT", "/shop_cd", &body).status, 400);
    let listed = v1(
        &harness,
        "GET",
        "?limit=1&service_names=shop&sort=identifier&order=DESC",
        "",
    );
    let header = |name: &str| listed.headers[name].to_str().unwrap().to_owned();
    assert_eq!(
        (header("x-total-elements"), header("x-page-size")),
        ("2".to_owned(), "1".to_owned())
    );
    let item = &listed.json()[0];
    assert_eq!(
        (&item["identifier"], &item["store_type"]),
        (&json!("two"), &json!("INLINE"))
    );
    assert!(item["recent_execution_info"].is_array(), "{item}");
    assert_eq!(v1(&harness, "GET", "?limit=101", "").status, 400);
    assert!(v1(&harness, "POST", "/two/validate", "{}").json()["uuid"].is_string());
    let deleted = v1(&harness, "DELETE", "/two", "");
    assert_eq!((deleted.status, deleted.text.as_str()), (204, ""));
    let gone = v1(&harness, "GET", "/two", "");
    assert_eq!(
        (gone.status, gone.json()["code"].clone()),
        (404, json!("ENTITY_NOT_FOUND"))
    );
    // No fact tells what these answer.
    assert_eq!(v1(&harness, "PATCH", "/shop_cd", "{}").status, 501);
    assert_eq!(v1(&harness, "GET", "/shop_cd/inputs-schema", "").status, 501);
    let unnamed = harness.send("GET", V1, &[("x-api-key", KEY)], "");
    assert_eq!(unnamed.status, 400);
}
