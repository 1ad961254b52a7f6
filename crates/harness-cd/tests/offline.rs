//! Checks of a request against a pipeline in a file: with the values of input sets, and without.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use std::fs;
use std::path::Path;

use harness_cd::pipeline::{Files, FillError, deploy_rules, read_config_repo, render};
use harness_cd::{LinearPatterns, OfflineCheck, Ports, SavedPipeline, check_offline, pipeline_identifier};
use harness_cd_model::{InputValue, InputValues, Utc};
use serde_json::{Value, json};

const PORTS: Ports<'static> = Ports {
    zones: &Utc,
    patterns: &LinearPatterns,
};

const PIPELINE: &str = "
pipeline:
  identifier: shop
  variables:
    - {name: tag, type: String, value: <+input>}
    - {name: zone, type: String, required: true, value: '<+input>.allowedValues(a,b)'}
";
const TAG: &str = "/pipeline/variables/0/value";
const ZONE: &str = "/pipeline/variables/1/value";

fn check(request: &Value, saved: &[(&str, &str)]) -> OfflineCheck {
    let value = |(pointer, text): &(&str, &str)| ((*pointer).to_owned(), InputValue::One((*text).to_owned()));
    let pipeline = SavedPipeline {
        file: "shop.yaml",
        yaml: PIPELINE,
        rules: None,
        input_sets: Vec::new(),
        values: saved.iter().map(value).collect(),
    };
    check_offline(&request.to_string(), &pipeline, 0, PORTS).unwrap()
}

/// The values that a run would send, by the names of their variables.
fn sent(check: OfflineCheck) -> Vec<String> {
    let OfflineCheck::Allowed { body, .. } = check else {
        panic!("{check:?}");
    };
    let body: Value = serde_json::from_str(&body).unwrap();
    let variables = body.pointer("/pipeline/variables").and_then(Value::as_array);
    let text = |variable: &Value, key: &str| variable.get(key).and_then(Value::as_str).unwrap().to_owned();
    let named = |variable: &Value| format!("{}={}", text(variable, "name"), text(variable, "value"));
    variables.unwrap().iter().map(named).collect()
}

fn refused(check: OfflineCheck) -> Vec<String> {
    let OfflineCheck::Rejected { violations } = check else {
        panic!("{check:?}");
    };
    violations.into_iter().map(|violation| violation.path).collect()
}

#[test]
fn a_request_alone_is_checked_against_what_the_pipeline_asks_for() {
    assert_eq!(sent(check(&json!({ "inputs": { "zone": "a" } }), &[])), ["zone=a"]);
    assert_eq!(
        refused(check(&json!({}), &[])),
        ["/inputs/~1pipeline~1variables~11~1value"]
    );
    assert_eq!(
        refused(check(&json!({ "inputs": { "zone": "c" } }), &[])),
        ["/inputs/zone"]
    );
}

#[test]
fn saved_values_stand_where_the_request_has_none() {
    let saved = [(TAG, "v1"), (ZONE, "a")];
    assert_eq!(sent(check(&json!({}), &saved)), ["tag=v1", "zone=a"]);
    assert_eq!(sent(check(&json!({ "inputs": null }), &saved)), ["tag=v1", "zone=a"]);
    for key in ["zone", ZONE] {
        let request = json!({ "inputs": { key: "b" } });
        assert_eq!(sent(check(&request, &saved)), ["tag=v1", "zone=b"], "{key}");
    }
    let stray = [(ZONE, "a"), ("/pipeline/variables/9/value", "x")];
    assert_eq!(sent(check(&json!({}), &stray)), ["zone=a"]);
}

const PLACE: &str = "/pipeline/stages/0/stage/spec/environment/environmentRef";
const TARGETS: &str = "/pipeline/stages/0/stage/spec/environment/infrastructureDefinitions";

/// A check of a request for another environment than the saved one, or for none.
fn place_checked(environment: Option<&str>, own: &[(&str, Value)]) -> OfflineCheck {
    let yaml = "pipeline:
  identifier: roll
  stages:
    - stage:
        identifier: s
        type: Deployment
        spec: {environment: {environmentRef: <+input>, infrastructureDefinitions: <+input>}}
";
    let mut inputs = serde_json::Map::new();
    inputs.extend(environment.map(|name| (PLACE.to_owned(), json!(name))));
    inputs.extend(own.iter().map(|(key, value)| ((*key).to_owned(), value.clone())));
    let pipeline = SavedPipeline {
        file: "roll.yaml",
        yaml,
        rules: None,
        input_sets: Vec::new(),
        values: InputValues::from([
            (PLACE.to_owned(), InputValue::One("int".to_owned())),
            (TARGETS.to_owned(), InputValue::Many(vec!["int_euw1".to_owned()])),
        ]),
    };
    check_offline(&json!({ "inputs": inputs }).to_string(), &pipeline, 0, PORTS).unwrap()
}

fn place_sent(check: OfflineCheck) -> Value {
    let OfflineCheck::Allowed { body, .. } = check else {
        panic!("{check:?}");
    };
    let body: Value = serde_json::from_str(&body).unwrap();
    body["pipeline"]["stages"][0]["stage"]["spec"]["environment"].clone()
}

#[test]
fn what_hangs_on_an_overridden_saved_value_falls_with_it() {
    let saved = json!({ "environmentRef": "int", "infrastructureDefinitions": [{ "identifier": "int_euw1" }] });
    assert_eq!(place_sent(place_checked(None, &[])), saved);
    assert_eq!(place_sent(place_checked(Some("int"), &[])), saved);
    let missing = format!("/inputs/{}", TARGETS.replace('/', "~1"));
    assert_eq!(refused(place_checked(Some("pre"), &[])), [missing]);
    let own = json!({ "environmentRef": "pre", "infrastructureDefinitions": [{ "identifier": "pre_euw1" }] });
    let chosen = place_checked(Some("pre"), &[(TARGETS, json!(["pre_euw1"]))]);
    assert_eq!(place_sent(chosen), own);
}

#[test]
fn a_saved_value_is_checked_like_a_given_one() {
    assert_eq!(
        refused(check(&json!({}), &[(ZONE, "c")])),
        ["/inputs/~1pipeline~1variables~11~1value"]
    );
}

#[test]
fn what_is_wrong_with_a_request_is_said_of_its_own_text() {
    let request = json!({ "inputs": { "zone": { "a": 1 } }, "servise": "x" });
    let found = refused(check(&request, &[(TAG, "v1"), (ZONE, "a")]));
    assert!(
        found.contains(&"/servise".to_owned()) && found.contains(&"/inputs/zone".to_owned()),
        "{found:?}"
    );
}

#[test]
fn a_pipeline_that_cannot_be_read_has_its_findings() {
    let pipeline = SavedPipeline {
        file: "shop.yaml",
        yaml: "pipeline: [",
        rules: None,
        input_sets: Vec::new(),
        values: InputValues::new(),
    };
    let Err(FillError::Unreadable(findings)) = check_offline("{}", &pipeline, 0, PORTS) else {
        panic!("it is read");
    };
    assert!(
        findings.iter().all(|finding| finding.file == "shop.yaml"),
        "{findings:?}"
    );
}

/// One pipeline of each structure, with what a person writes for it and what a run sends.
const STRUCTURES: &str = include_str!("../../../tests/cases/structures.json");

#[test]
fn a_structure_is_sent_alike_as_json_and_as_yaml() {
    let table: Vec<Value> = serde_json::from_str(STRUCTURES).unwrap();
    for case in &table {
        let (name, at) = (&case["name"], case["at"].as_str().unwrap());
        let pipeline = SavedPipeline {
            file: "shop.yaml",
            yaml: case["pipeline"].as_str().unwrap(),
            rules: None,
            input_sets: Vec::new(),
            values: InputValues::new(),
        };
        let check = |value: &Value| {
            let request = json!({ "inputs": { at: value } });
            check_offline(&request.to_string(), &pipeline, 0, PORTS).unwrap()
        };
        let OfflineCheck::Allowed { body, .. } = check(&case["json"]) else {
            panic!("{name}: {:?}", check(&case["json"]));
        };
        assert_eq!(
            check(&case["yaml"]),
            OfflineCheck::Allowed {
                body: body.clone(),
                warnings: Vec::new(),
                unchecked: Vec::new()
            },
            "{name}"
        );
        let body: Value = serde_json::from_str(&body).unwrap();
        assert_eq!(
            body.pointer(case["sentAt"].as_str().unwrap()),
            Some(&case["sent"]),
            "{name}"
        );
        let OfflineCheck::Rejected { violations } = check(&case["wrong"]) else {
            panic!("{name}: the wrong value is allowed");
        };
        let sentences: Vec<&str> = violations.iter().map(|violation| &*violation.message).collect();
        assert_eq!(json!(sentences), case["refused"], "{name}");
    }
}

#[test]
fn a_pipeline_says_what_it_is_called() {
    assert_eq!(pipeline_identifier(PIPELINE).as_deref(), Some("shop"));
    for other in ["pipeline: {}", "pipeline: [", "a: 1"] {
        assert_eq!(pipeline_identifier(other), None, "{other}");
    }
}

/// What a request says for the record goes along to the approver, where the pipeline takes it; a variable that is given
/// by itself stays as it is.
#[test]
fn what_a_request_says_for_the_record_reaches_its_approver() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/config-repo");
    let paths = ["platform.yaml", "services.yaml", "templates/api-pipeline-template.yaml"];
    let files: Files = paths
        .into_iter()
        .map(|path| (path.to_owned(), fs::read(root.join(path)).unwrap()))
        .collect();
    let repo = read_config_repo(&files);
    let services = &repo.catalog.services;
    let service = services.iter().find(|known| known.name == "payment-service").unwrap();
    let rules = deploy_rules(repo.platform.as_ref().unwrap(), service);
    let rendered = render(&repo, std::slice::from_ref(&service.name)).into_files().files;
    let yaml = &rendered["pipelines/payment-service-cd.yaml"];
    for variable in ["changeTicket", "rollbackPlan"] {
        let filled = format!("defaultValue: <+pipeline.variables.{variable}>\n");
        assert!(yaml.contains(&filled), "{yaml}");
    }
    let request = |inputs: Value| {
        json!({
            "service": "payment-service", "imageTag": "v2", "environment": "prod", "region": "euw1",
            "changeTicket": "CHG-7", "rollbackPlan": "Deploy v1.", "inputs": inputs,
        })
    };
    // A Monday at noon.
    let check = |yaml: &str, inputs: Value| {
        let pipeline = SavedPipeline {
            file: "payment-service-cd.yaml",
            yaml,
            rules: Some(rules.clone()),
            input_sets: Vec::new(),
            values: InputValues::new(),
        };
        sent(check_offline(&request(inputs).to_string(), &pipeline, 1_764_590_400_000, PORTS).unwrap())
    };
    let place = ["imageTag=v2", "targetEnvironment=prod", "targetRegion=euw1"];
    let with = |further: &[&'static str]| [&place[..], further].concat();
    assert_eq!(
        check(yaml, json!({})),
        with(&["changeTicket=CHG-7", "rollbackPlan=Deploy v1."])
    );
    assert_eq!(
        check(yaml, json!({ "rollbackPlan": "Another." })),
        with(&["changeTicket=CHG-7", "rollbackPlan=Another."])
    );
    let taking_none = yaml.replace("name: changeTicket\n", "name: ticket\n");
    assert_eq!(check(&taking_none, json!({})), with(&["rollbackPlan=Deploy v1."]));
}
