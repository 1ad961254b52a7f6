//! What a run sends for real shapes of pipelines: the pipeline's own structure, each value of the kind of its place.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::fs;
use std::path::PathBuf;

use harness_cd::pipeline::{input_set_values, runtime_inputs};
use harness_cd::{LinearPatterns, OfflineCheck, Ports, SavedPipeline, check_offline};
use harness_cd_model::{InputValues, Utc};
use serde_json::{Value, json};

const PORTS: Ports<'static> = Ports {
    zones: &Utc,
    patterns: &LinearPatterns,
};

fn case(name: &str) -> String {
    let folder = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/fixtures/pipelines"));
    fs::read_to_string(folder.join(name)).unwrap()
}

fn request(name: &str) -> Value {
    serde_json::from_str(&case(name)).unwrap()
}

fn check(pipeline: &str, request: &Value, values: InputValues) -> OfflineCheck {
    let yaml = case(pipeline);
    let pipeline = SavedPipeline {
        file: pipeline,
        yaml: &yaml,
        rules: None,
        input_sets: Vec::new(),
        values,
    };
    check_offline(&request.to_string(), &pipeline, 0, PORTS).unwrap()
}

fn body(pipeline: &str, request: &Value) -> Value {
    match check(pipeline, request, InputValues::new()) {
        OfflineCheck::Allowed { body, .. } => serde_json::from_str(&body).unwrap(),
        refused => panic!("{refused:?}"),
    }
}

fn refused(pipeline: &str, request: &Value) -> Vec<String> {
    match check(pipeline, request, InputValues::new()) {
        OfflineCheck::Rejected { violations } => violations.into_iter().map(|found| found.message).collect(),
        allowed => panic!("{allowed:?}"),
    }
}

/// `pipeline` with one stage and nothing else.
fn with_stage(identifier: &str, stage: Value) -> Value {
    json!({ "pipeline": { "identifier": identifier, "stages": [{ "stage": stage }] } })
}

#[test]
fn a_source_that_asks_for_nothing_is_chosen_and_one_with_a_tag_is_given() {
    let mut request = request("01-request.json");
    let sent = |primary: Value| {
        with_stage(
            "ledger_release",
            json!({ "identifier": "test_cluster", "type": "Deployment", "spec": { "service": {
                "serviceInputs": { "serviceDefinition": { "type": "Kubernetes", "spec": { "artifacts": {
                    "primary": primary } } } } } } }),
        )
    };
    assert_eq!(
        body("01-service-artifact.yaml", &request),
        sent(json!({ "primaryArtifactRef": "registry_image" }))
    );
    let sources = json!([{ "identifier": "registry_image", "type": "DockerRegistry", "spec": { "tag": "1.20" } }]);
    let primary = "/pipeline/stages/0/stage/spec/service/serviceInputs/serviceDefinition/spec/artifacts/primary";
    request["inputs"][format!("{primary}/sources")] = sources.clone();
    assert_eq!(
        body("01-service-artifact.yaml", &request),
        sent(json!({ "primaryArtifactRef": "registry_image", "sources": sources }))
    );
    request["inputs"][format!("{primary}/sources")] = json!("registry_image");
    assert_eq!(
        refused("01-service-artifact.yaml", &request),
        ["Sources of stage Test cluster takes a list of objects that each have identifier, type, spec"]
    );
}

#[test]
fn a_group_of_environments_is_narrowed_by_a_list() {
    let mut request = request("03-request.json");
    assert_eq!(
        refused("03-environment-group.yaml", &request),
        [
            "Deploy to all of stage Tenants takes true or false, not yes please",
            "Environments of stage Tenants takes a list of names, or of objects that each have environmentRef",
        ]
    );
    let group = "/pipeline/stages/0/stage/spec/environmentGroup";
    request["inputs"][format!("{group}/deployToAll")] = json!(false);
    request["inputs"][format!("{group}/environments")] = json!(["tenant_a"]);
    let sent = |environments: Value| {
        with_stage(
            "tenants",
            json!({ "identifier": "tenants", "type": "Deployment", "spec": { "environmentGroup": {
                "envGroupRef": "org.tenants_eu", "deployToAll": false, "environments": environments } } }),
        )
    };
    assert_eq!(
        body("03-environment-group.yaml", &request),
        sent(json!([{ "environmentRef": "tenant_a", "deployToAll": true }]))
    );
    let narrowed = json!([{ "environmentRef": "tenant_a", "deployToAll": "false",
        "infrastructureDefinitions": [{ "identifier": "eu" }] }]);
    request["inputs"][format!("{group}/environments")] = narrowed;
    assert_eq!(
        body("03-environment-group.yaml", &request),
        sent(json!([{ "environmentRef": "tenant_a", "deployToAll": false,
            "infrastructureDefinitions": [{ "identifier": "eu" }] }]))
    );
}

#[test]
fn what_is_built_is_asked_for_in_words() {
    let request = request("04-request.json");
    assert_eq!(
        refused("04-build-and-deploy.yaml", &request),
        ["Branch, tag, pull request or commit is missing; the pipeline requires it"]
    );
    for (given, build) in [
        (
            json!({ "branch": "main" }),
            json!({ "type": "branch", "spec": { "branch": "main" } }),
        ),
        (
            json!({ "tag": "1.20" }),
            json!({ "type": "tag", "spec": { "tag": "1.20" } }),
        ),
        (
            json!({ "number": 12 }),
            json!({ "type": "PR", "spec": { "number": "12" } }),
        ),
        (
            json!({ "type": "commitSha", "spec": { "commitSha": "0a1b" } }),
            json!({ "type": "commitSha", "spec": { "commitSha": "0a1b" } }),
        ),
    ] {
        let request = json!({ "inputs": { "/pipeline/properties/ci/codebase/build": given } });
        assert_eq!(
            body("04-build-and-deploy.yaml", &request),
            json!({ "pipeline": { "identifier": "ledger_build_and_ship",
                "properties": { "ci": { "codebase": { "build": build } } } } })
        );
    }
}

#[test]
fn an_input_set_answers_the_pipeline_that_it_names_and_what_it_leaves_open_is_asked_for() {
    let pipeline = case("05-pipeline.yaml");
    let values = input_set_values("05-input-set.yaml", case("05-input-set.yaml").as_bytes(), &pipeline).unwrap();
    let check = |request: Value| check("05-pipeline.yaml", &request, values.clone());
    let OfflineCheck::Rejected { violations } = check(json!({})) else {
        panic!("the open input was not asked for");
    };
    let sentences: Vec<_> = violations.into_iter().map(|found| found.message).collect();
    assert_eq!(sentences, ["changeNumber is missing; the pipeline requires it"]);
    let OfflineCheck::Allowed { body, .. } = check(json!({ "inputs": { "changeNumber": "CHG-1" } })) else {
        panic!("refused");
    };
    assert_eq!(
        serde_json::from_str::<Value>(&body).unwrap(),
        json!({ "pipeline": { "identifier": "golden_ecs_rollout",
            "variables": [{ "name": "changeNumber", "type": "String", "value": "CHG-1" }],
            "stages": [{ "stage": { "identifier": "roll_out", "type": "Deployment", "spec": {
                "service": { "serviceRef": "ledger" },
                "environment": { "environmentRef": "test",
                    "infrastructureDefinitions": [{ "identifier": "test_frankfurt" }] } } } }] } })
    );
}

#[test]
fn the_inputs_of_a_chained_pipeline_are_the_pipelines_own() {
    let sent = with_stage(
        "release_train",
        json!({ "identifier": "ledger", "type": "Pipeline", "spec": { "inputs": { "identifier": "ledger_release",
            "stages": [{ "stage": { "identifier": "test_cluster", "type": "Deployment", "spec": { "service": {
                "serviceInputs": { "serviceDefinition": { "type": "Kubernetes", "spec": { "artifacts": { "primary": {
                    "sources": [{ "identifier": "registry_image", "type": "DockerRegistry",
                        "spec": { "tag": "v2.4.0" } }] } } } } } } } } }] } } }),
    );
    assert_eq!(
        body("06-chained-inputs.yaml", &request("06-chained-inputs-request.json")),
        sent
    );
}

#[test]
fn an_element_of_a_list_keeps_what_it_is_known_by() {
    let services = |version: &str| {
        json!({ "values": [{ "serviceRef": "account.mailer", "serviceInputs": { "serviceDefinition": {
            "type": "NativeHelm", "spec": { "manifests": [{ "manifest": { "identifier": "chart", "type": "HelmChart",
                "spec": { "chartVersion": version } } }] } } } }] })
    };
    assert_eq!(
        body("09-loops-and-several.yaml", &request("09-request.json")),
        with_stage(
            "wide_release",
            json!({ "identifier": "many", "type": "Deployment", "spec": { "services": services("1.5.0") } })
        )
    );
    let environments = json!({ "values": [{ "environmentRef": "org.test", "infrastructureDefinitions": [
        { "identifier": "test_eu", "inputs": { "identifier": "test_eu", "type": "KubernetesDirect",
            "spec": { "namespace": "ledger-test" } } }] }] });
    assert_eq!(
        body("10-several-services.yaml", &request("10-request.json")),
        with_stage(
            "wide_release",
            json!({ "identifier": "many", "type": "Deployment",
                "spec": { "services": services("1.5.0"), "environments": environments } })
        )
    );
}

#[test]
fn a_template_is_answered_below_its_own_inputs() {
    let inputs = runtime_inputs("20-from-template.yaml", case("20-from-template.yaml").as_bytes()).inputs;
    assert_eq!(inputs.len(), 4);
    assert_eq!(
        body("20-from-template.yaml", &request("20-request.json")),
        json!({ "pipeline": { "identifier": "ledger_from_template", "template": { "templateInputs": {
            "stages": [{ "stage": { "identifier": "release", "type": "Deployment",
                "spec": { "environment": { "environmentRef": "staging" } },
                "variables": [{ "name": "canarySteps", "type": "Number", "value": 5 }] } }],
            "variables": [{ "name": "changeNumber", "type": "String", "value": "CHG12" }] } } } })
    );
}

#[test]
fn a_place_tells_what_it_takes() {
    const FILE: &str = "inputs-01-kinds.yaml";
    let reading = runtime_inputs(FILE, case(FILE).as_bytes());
    let kinds: Vec<_> = reading
        .inputs
        .iter()
        .map(|input| (input.name.as_deref().unwrap(), json!([input.kind, input.shape])))
        .collect();
    assert_eq!(
        kinds,
        [
            ("environments", json!(["list", "environments"])),
            ("onDelegate", json!(["boolean", null])),
            ("jobParameter", json!(["list", null])),
            ("unstableStatusAsSuccess", json!(["boolean", null])),
            ("items", json!(["list", "texts"])),
            ("maxConcurrency", json!(["wholeNumber", null])),
        ]
    );
    let steps = "/pipeline/stages/0/stage/spec/execution/steps";
    let given = json!({ "inputs": {
        "/pipeline/stages/0/stage/spec/environmentGroup/environments": ["a"],
        format!("{steps}/0/step/spec/onDelegate"): "true",
        format!("{steps}/1/step/spec/unstableStatusAsSuccess"): false,
        "/pipeline/stages/0/stage/strategy/repeat/items": ["1.20", "true"],
        "/pipeline/stages/0/stage/strategy/repeat/maxConcurrency": "2",
    } });
    assert_eq!(
        refused(FILE, &given),
        ["Job parameter of stage roll is missing; the pipeline requires it"]
    );
    let yaml = case(FILE).replace("jobParameter: <+input>", "jobParameter: []");
    let pipeline = SavedPipeline {
        file: FILE,
        yaml: &yaml,
        rules: None,
        input_sets: Vec::new(),
        values: InputValues::new(),
    };
    let OfflineCheck::Allowed { body, .. } = check_offline(&given.to_string(), &pipeline, 0, PORTS).unwrap() else {
        panic!("refused");
    };
    let stage = serde_json::from_str::<Value>(&body).unwrap()["pipeline"]["stages"][0]["stage"].take();
    assert_eq!(
        stage,
        json!({ "identifier": "roll", "type": "Deployment",
            "strategy": { "repeat": { "items": ["1.20", "true"], "maxConcurrency": 2 } },
            "spec": {
                "environmentGroup": { "environments": [{ "environmentRef": "a", "deployToAll": true }] },
                "execution": { "steps": [
                    { "step": { "identifier": "say", "type": "ShellScript", "spec": { "onDelegate": true } } },
                    { "step": { "identifier": "j", "type": "JenkinsBuild",
                        "spec": { "unstableStatusAsSuccess": false } } },
                ] } } })
    );
}

#[test]
fn an_empty_choice_is_never_silently_the_default() {
    let yaml = "
pipeline:
  identifier: p
  variables:
    - {name: replicas, type: Number, value: <+input>.default(3)}
    - {name: checks, type: String, value: '<+input>.selectManyFrom(a,b).default(a)'}
    - {name: suffix, type: String, value: <+input>}
    - {name: big, type: Number, value: <+input>}
    - {name: zone, type: String, value: <+input>.default()}
";
    let check = |request: &str| {
        let pipeline = SavedPipeline {
            file: "p.yaml",
            yaml,
            rules: None,
            input_sets: Vec::new(),
            values: InputValues::new(),
        };
        check_offline(request, &pipeline, 0, PORTS).unwrap()
    };
    let OfflineCheck::Rejected { violations } = check(r#"{"inputs":{"replicas":"","checks":[]}}"#) else {
        panic!("the defaults would run");
    };
    let sentences: Vec<_> = violations.into_iter().map(|found| found.message).collect();
    assert_eq!(
        sentences,
        [
            "replicas is empty; leave it out to run with “3”, or give a value",
            "checks is empty; leave it out to run with “a”, or give a value",
        ]
    );
    let given = r#"{"inputs":{"checks":["a","b"],"suffix":"","big":123456789012345678901234567890,"zone":" "}}"#;
    let OfflineCheck::Allowed { body, .. } = check(given) else {
        panic!("refused");
    };
    assert_eq!(
        serde_json::from_str::<Value>(&body).unwrap()["pipeline"]["variables"],
        json!([
            { "name": "checks", "type": "String", "value": "a,b" },
            { "name": "suffix", "type": "String", "value": "" },
            { "name": "big", "type": "Number", "value": "123456789012345678901234567890" },
            { "name": "zone", "type": "String", "value": "" },
        ])
    );
}
