//! May it run: a person's values against what a live pipeline asks for.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

use harness_cd_deploy::{unfit_input_set, unknown_input_set, validate};
use harness_cd_model::{DeployTarget, DeployVerdict, Matcher, Patterns, RuntimeInput, Utc, Violation};
use proptest::prelude::*;
use regex_lite::Regex;
use serde_json::{Value, json};

const VALUES: &str = include_str!("../../../tests/cases/input-values.json");
const SAVED: &str = include_str!("../../../tests/cases/saved-inputs.json");
const STAGES: &str = include_str!("../../../tests/cases/chosen-stages.json");
const REQUESTS: &str = include_str!("../../../tests/cases/deploy-requests.json");

struct Engine;

impl Patterns for Engine {
    fn read(&self, pattern: &str) -> Option<Matcher> {
        let pattern = Regex::new(&format!("^(?:{pattern})$")).ok()?;
        Some(Box::new(move |text| Some(pattern.is_match(text))))
    }
}

fn violations(request: &Value, target: &DeployTarget) -> Vec<Violation> {
    match validate(&request.to_string(), target, 0, &Utc, &Engine).1 {
        DeployVerdict::Allowed { .. } => Vec::new(),
        DeployVerdict::Rejected { violations } => violations,
    }
}

fn codes(request: &Value, target: &DeployTarget) -> Vec<String> {
    named(&violations(request, target))
}

fn named(found: &[Violation]) -> Vec<String> {
    let code = |violation: &Violation| json!(violation.code).as_str().unwrap().to_owned();
    found
        .iter()
        .map(|found| format!("{} {}", code(found), found.path))
        .collect()
}

fn warnings(request: &Value, target: &DeployTarget) -> Vec<String> {
    match validate(&request.to_string(), target, 0, &Utc, &Engine).1 {
        DeployVerdict::Allowed { warnings } => named(&warnings),
        DeployVerdict::Rejected { .. } => Vec::new(),
    }
}

fn table() -> (Value, DeployTarget) {
    let table: Value = serde_json::from_str(VALUES).unwrap();
    let inputs = serde_json::from_value(table["inputs"].clone()).unwrap();
    (
        table,
        DeployTarget {
            inputs,
            ..DeployTarget::default()
        },
    )
}

#[test]
fn what_is_no_variable_is_given_by_its_pointer() {
    let pointer = "/pipeline/stages/0/stage/spec/environment/environmentRef";
    let inputs = json!([{ "pointer": pointer, "name": "environmentRef", "kind": "text", "required": false,
        "executionInput": false }]);
    let target = DeployTarget {
        inputs: serde_json::from_value(inputs).unwrap(),
        ..DeployTarget::default()
    };
    let found = violations(&json!({ "inputs": { "environmentRef": "prod" } }), &target);
    assert!(found[0].message.contains(pointer), "{}", found[0].message);
    assert_eq!(codes(&json!({ "inputs": { pointer: "prod" } }), &target), [""; 0]);
}

#[test]
fn values_of_the_table() {
    let (table, target) = table();
    for case in table["cases"].as_array().unwrap() {
        let found = codes(&json!({ "inputs": case["input"] }), &target);
        assert_eq!(json!(found), case["expect"], "{}", case["name"]);
    }
}

#[test]
fn saved_values_of_the_table() {
    let table: Value = serde_json::from_str(SAVED).unwrap();
    for case in table["cases"].as_array().unwrap() {
        let mut saved = table["saved"].clone();
        // `null` takes a value away.
        for (pointer, value) in case["saved"].as_object().into_iter().flatten() {
            saved[pointer] = value.clone();
        }
        saved.as_object_mut().unwrap().retain(|_, value| !value.is_null());
        let target = DeployTarget {
            inputs: serde_json::from_value(table["inputs"].clone()).unwrap(),
            saved: serde_json::from_value(saved).unwrap(),
            ..DeployTarget::default()
        };
        assert_eq!(
            json!(codes(&case["request"], &target)),
            case["expect"],
            "{}",
            case["name"]
        );
    }
}

#[test]
fn chosen_stages_of_the_table() {
    let table: Value = serde_json::from_str(STAGES).unwrap();
    for case in table["cases"].as_array().unwrap() {
        let stages = case.get("stages").unwrap_or(&table["stages"]);
        let (mut inputs, mut request) = (table["inputs"].clone(), case["request"].clone());
        let mut rules = None;
        if let Some(environment) = case["environment"].as_str() {
            let (own, target) = of_environment(environment);
            request
                .as_object_mut()
                .unwrap()
                .extend(own.as_object().unwrap().clone());
            inputs
                .as_array_mut()
                .unwrap()
                .extend(target.inputs.iter().flatten().take(3).map(|input| json!(input)));
            rules = target.rules;
        }
        let target = DeployTarget {
            rules,
            inputs: serde_json::from_value(inputs).unwrap(),
            stages: serde_json::from_value(stages.clone()).unwrap(),
            ..DeployTarget::default()
        };
        assert_eq!(json!(codes(&request, &target)), case["expect"], "{}", case["name"]);
        if let Some(expected) = case.get("warnings") {
            assert_eq!(json!(warnings(&request, &target)), *expected, "{}", case["name"]);
        }
    }
}

/// A request's own fields for an environment of the table of requests, at a time when its change window is open.
fn of_environment(environment: &str) -> (Value, DeployTarget) {
    let mut target = own();
    for rules in target.rules.iter_mut().flat_map(|rules| &mut rules.environments) {
        rules.change_windows = Vec::new();
        rules.required_fields.clear();
    }
    for input in target.inputs.iter_mut().flatten() {
        input.allowed_values = None;
    }
    let own = json!({ "service": "payment-service", "imageTag": "v1", "environment": environment, "region": "euw1" });
    (own, target)
}

#[test]
fn what_is_wrong_with_an_input_set_is_one_sentence() {
    assert_eq!(
        unknown_input_set(1, "nigthly", &["nightly", "weekend"]).message,
        "The pipeline has no input set “nigthly”; did you mean nightly?"
    );
    let unfit = unfit_input_set(0, "old", "the pipeline does not ask for `zone`");
    assert_eq!(unfit.path, "/inputSets/0");
    assert_eq!(
        unfit.message,
        "The input set “old” does not fit the pipeline: the pipeline does not ask for `zone`; bring it in step in \
         Harness, or leave it out"
    );
}

#[test]
fn sentences_say_what_why_and_how_to_mend() {
    let (_, target) = table();
    let request = json!({ "inputs": { "replicas": 0, "stage": "prod", "dryRun": "yes", "tga": "v1",
        "/pipeline/stages/0/stage/spec/environments": "tenant_a", "/pipeline/stages/0/stage/spec/timeout": "soon",
        "scanners": [], "/pipeline/properties/ci/codebase/build": "main", "tag": "1.0" } });
    let sentences: Vec<_> = violations(&request, &target)
        .into_iter()
        .map(|found| found.message)
        .collect();
    insta::assert_snapshot!(sentences.join("\n"));
}

/// A service of the config repo whose live pipeline asks for one thing more.
fn own() -> DeployTarget {
    let table: Value = serde_json::from_str(REQUESTS).unwrap();
    let variable = |index: usize, name: &str, more: Value| {
        let mut input = json!({ "pointer": format!("/pipeline/variables/{index}/value"), "name": name, "label": name, "kind": "text",
            "required": true, "executionInput": false });
        input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        input
    };
    let inputs = [
        variable(0, "imageTag", json!({ "regex": "v.*" })),
        variable(1, "targetEnvironment", json!({ "allowedValues": ["int-stable"] })),
        variable(2, "targetRegion", json!({})),
        variable(3, "reason", json!({})),
    ];
    DeployTarget {
        rules: serde_json::from_value(table["rules"].clone()).unwrap(),
        inputs: serde_json::from_value(json!(inputs)).unwrap(),
        ..DeployTarget::default()
    }
}

fn request(more: Value) -> Value {
    let mut request =
        json!({ "service": "payment-service", "imageTag": "v1", "environment": "int-stable", "region": "euw1" });
    request
        .as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    request
}

#[test]
fn a_service_of_the_config_repo_is_checked_by_its_rules_and_by_its_live_pipeline() {
    let own = own();
    assert!(codes(&request(json!({ "inputs": { "reason": "because" } })), &own).is_empty());
    let nothing = json!({ "inputs": { "reason": "x" } });
    let missing = codes(&nothing, &own);
    let fields = ["service", "imageTag", "environment", "region"];
    assert_eq!(missing, fields.map(|field| format!("FIELD_REQUIRED /{field}")));
    let reason_missing = "FIELD_REQUIRED /inputs/~1pipeline~1variables~13~1value";
    assert_eq!(codes(&request(json!({})), &own), [reason_missing]);
    assert_eq!(
        codes(
            &request(json!({ "imageTag": "latest", "region": "moon", "environment": "pre-stable" })),
            &own
        ),
        [
            "IMAGE_TAG_MUTABLE /imageTag",
            "VALUE_NOT_ALLOWED /environment",
            "REGION_UNKNOWN /region",
            reason_missing
        ],
        "the rules speak first, and one reason for a field is enough"
    );
    assert_eq!(
        codes(
            &request(json!({ "imageTag": "1.0", "inputs": { "reason": "x" } })),
            &own
        ),
        ["VALUE_MALFORMED /imageTag"]
    );
}

#[test]
fn the_bounds_of_a_number_belong_to_it() {
    let replicas = json!({ "pointer": "/p", "kind": "number", "required": true, "min": "1", "max": "2.5",
        "executionInput": false });
    let target = DeployTarget {
        rules: None,
        inputs: serde_json::from_value(json!([replicas])).unwrap(),
        ..DeployTarget::default()
    };
    for (value, expected) in [
        ("1", &[][..]),
        ("2.5", &[]),
        ("0.99", &["VALUE_OUT_OF_RANGE /inputs/~1p"]),
        ("2.51", &["VALUE_OUT_OF_RANGE /inputs/~1p"]),
    ] {
        assert_eq!(
            codes(&json!({ "inputs": { "/p": value } }), &target),
            expected,
            "{value}"
        );
    }
}

#[test]
fn what_can_be_answered_in_harness_alone_says_where() {
    for (kind, execution_input, part) in [
        (
            "text",
            true,
            "is asked for while the pipeline runs; answer it in Harness",
        ),
        (
            "list",
            true,
            "is asked for while the pipeline runs; answer it in Harness",
        ),
    ] {
        let input = json!({ "pointer": "/p", "name": "thing", "kind": kind, "required": true,
            "executionInput": execution_input });
        let target = DeployTarget {
            rules: None,
            inputs: serde_json::from_value(json!([input])).unwrap(),
            ..DeployTarget::default()
        };
        let found = violations(&json!({ "inputs": { "/p": "x" } }), &target);
        assert_eq!(found.len(), 1, "{kind}: {found:?}");
        assert!(found[0].message.contains(part), "{}", found[0].message);
    }
}

#[test]
fn a_variable_with_a_field_of_its_own_is_given_there_and_must_be_asked_for() {
    let mut own = own();
    let twice = request(json!({ "inputs": { "reason": "x", "imageTag": "v2" } }));
    assert_eq!(codes(&twice, &own), ["FIELD_UNKNOWN /inputs/imageTag"]);
    own.inputs
        .as_mut()
        .unwrap()
        .retain(|input| input.name.as_deref() != Some("targetRegion"));
    let found = violations(&request(json!({ "inputs": { "reason": "x" } })), &own);
    assert_eq!(found.len(), 1);
    assert!(found[0].path == "/region" && found[0].message.contains("asks for no “targetRegion”"));
}

#[test]
fn a_pipeline_of_no_config_repo_takes_inputs_alone() {
    let (_, target) = table();
    let found = codes(
        &request(json!({ "inputs": { "tag": "v1" }, "changeTicket": "CHG-1", "colour": "red" })),
        &target,
    );
    let fields = ["service", "imageTag", "environment", "region", "changeTicket", "colour"];
    assert_eq!(found, fields.map(|field| format!("FIELD_UNKNOWN /{field}")));
    assert_eq!(codes(&json!({ "inputs": [] }), &target)[0], "FIELD_TYPE /inputs");
}

#[test]
fn a_sentence_names_what_a_form_shows() {
    let inputs = json!([
        { "pointer": "/pipeline/stages/0/stage/spec/environment/environmentRef", "name": "environmentRef",
            "label": "Environment", "stage": "Roll out", "kind": "text", "required": true, "executionInput": false },
        { "pointer": "/pipeline/properties/ci/codebase/build", "name": "build", "kind": "object", "shape": "build",
            "label": "Branch, tag, pull request or commit",
            "required": true, "executionInput": false },
        { "pointer": "/pipeline/variables/0/value", "name": "tag", "label": "tag", "kind": "text", "regex": "v[0-9]+",
            "description": "a released version", "required": true, "executionInput": false },
    ]);
    let target = DeployTarget {
        rules: None,
        inputs: serde_json::from_value(inputs).unwrap(),
        ..DeployTarget::default()
    };
    let found = violations(&json!({ "inputs": { "tag": "main" } }), &target);
    let sentences: Vec<&str> = found.iter().map(|found| found.message.as_str()).collect();
    assert_eq!(
        sentences,
        [
            "Environment of stage Roll out is missing; the pipeline requires it",
            "Branch, tag, pull request or commit is missing; the pipeline requires it",
            "“main” is not what tag asks for (a released version); the whole of it has to match v[0-9]+",
        ]
    );
}

proptest! {
    #[test]
    fn no_value_and_no_pattern_panics(pattern in "\\PC{0,12}", value in "\\PC{0,12}", kind in 0..5_usize) {
        let kind = ["text", "number", "boolean", "object", "list"][kind];
        let input: RuntimeInput = serde_json::from_value(json!({
            "pointer": "/p", "kind": kind, "required": true, "regex": pattern, "executionInput": false
        })).unwrap();
        let target = DeployTarget { rules: None, inputs: Some(vec![input]), ..DeployTarget::default() };
        let _ = violations(&json!({ "inputs": { "/p": value } }), &target);
    }
}
