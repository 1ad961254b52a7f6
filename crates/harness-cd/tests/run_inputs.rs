//! What a run was asked to do, out of what Harness says it was started with.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use std::cell::RefCell;

use harness_cd::SyncQuestion;
use harness_cd::client::{Request, Response, Transport, TransportError};
use harness_cd::history::{HistoryOptions, UntoldRun};
use pollster::block_on;
use serde_json::{Value, json};
use support::{product, scope};

/// Gives every request the same answer.
struct Always<'t> {
    status: u16,
    body: String,
    asked: &'t RefCell<Vec<String>>,
}

impl Transport for Always<'_> {
    async fn send(&self, request: &Request) -> Result<Response, TransportError> {
        self.asked.borrow_mut().push(request.url.clone());
        Ok(Response {
            status: self.status,
            body: self.body.clone().into_bytes(),
            content_type: None,
        })
    }

    async fn sleep(&self, _ms: u32) {}

    fn now_ms(&self) -> i64 {
        1_790_000_000_000
    }
}

/// A turn in which the inputs of one run are asked for, and what was asked.
fn turn(status: u16, body: &Value) -> (Value, Vec<String>) {
    let asked = RefCell::default();
    let transport = Always {
        status,
        body: body.to_string(),
        asked: &asked,
    };
    let question = SyncQuestion {
        scope: scope(),
        pipelines: Vec::new(),
        state: String::new(),
        back_ms: 1,
        hints: Default::default(),
        untold: vec![UntoldRun {
            id: "run-1".into(),
            has_ended: false,
        }],
    };
    let harness = product("https://app.harness.io", transport);
    let told = block_on(harness.sync(&question, HistoryOptions::default())).unwrap();
    drop(harness);
    (serde_json::from_str(&told).unwrap(), asked.into_inner())
}

/// What a run was asked to do that was started with this.
fn inputs(data: Value) -> Value {
    let (turn, _) = turn(200, &json!({ "status": "SUCCESS", "data": data }));
    turn.pointer("/changes/told/0/inputs").unwrap().clone()
}

const VARIABLES: &str = "pipeline:
  identifier: shop_cd
  variables:
    - { name: imageTag, type: String, value: v2.3.0 }
    - { name: targetEnvironment, type: String, value: pre-stable }
    - { name: targetRegion, type: String, value: euw1 }
    - { name: changeTicket, type: String, value: CHG-7 }
";

#[test]
fn the_variables_of_this_products_pipelines_say_it() {
    assert_eq!(
        inputs(json!({ "inputSetYaml": VARIABLES })),
        json!({
            "imageTag": "v2.3.0", "environment": "pre_stable", "environmentName": "pre-stable", "region": "euw1",
            "changeTicket": "CHG-7",
        })
    );
}

#[test]
fn harness_is_asked_for_the_inputs_of_the_one_run() {
    let (turn, asked) = turn(200, &json!({ "data": { "inputSetYaml": VARIABLES } }));
    assert_eq!(turn.pointer("/changes/told/0/id"), Some(&json!("run-1")));
    let [url] = asked.as_slice() else { panic!("{asked:?}") };
    assert!(
        url.contains("/pipeline/api/pipelines/execution/run-1/inputsetV2?"),
        "{url}"
    );
}

#[test]
fn expressions_say_what_they_came_to_and_nothing_where_that_is_not_known() {
    let given = "pipeline: { variables: [{ name: imageTag, value: <+trigger.payload.tag> }, { name: targetRegion, value: <+x> }] }";
    let resolved = "pipeline: { variables: [{ name: imageTag, value: v3 }, { name: targetRegion, value: <+x> }] }";
    let told = inputs(json!({ "inputSetYaml": given, "resolvedYaml": resolved }));
    assert_eq!(told, json!({ "imageTag": "v3" }));
    assert_eq!(inputs(json!({ "inputSetYaml": given })), json!({}));
}

#[test]
fn what_a_run_says_nothing_of_has_its_default() {
    let template = "pipeline: { variables: [{ name: targetEnvironment, value: '<+input>.default(int-stable).allowedValues(int-stable,prod)' }, { name: imageTag, value: <+input> }] }";
    let told = inputs(json!({ "inputSetYaml": null, "inputSetTemplateYaml": template }));
    assert_eq!(
        told,
        json!({ "environment": "int_stable", "environmentName": "int-stable" })
    );
}

#[test]
fn of_any_other_pipeline_the_places_say_it_where_they_agree() {
    let stage = |service: &str, environment: &str, tag: &str| {
        json!({ "stage": { "identifier": environment, "spec": {
            "service": { "serviceRef": service, "serviceInputs": { "serviceDefinition": { "spec": {
                "artifacts": { "primary": { "sources": [{ "identifier": "image", "spec": { "tag": tag } }] } } } } } },
            "environment": { "environmentRef": environment, "infrastructureDefinitions": [{ "identifier": format!("{environment}_k8s") }] },
        } } })
    };
    // JSON is YAML.
    let yaml = |stages: Value| json!({ "inputSetYaml": json!({ "pipeline": { "stages": stages } }).to_string() });
    assert_eq!(
        inputs(yaml(json!([stage("shop", "prod", "v4")]))),
        json!({ "imageTag": "v4", "service": "shop", "environment": "prod", "infrastructure": "prod_k8s" })
    );
    let both = json!([stage("shop", "dev", "v4"), stage("shop", "prod", "v4")]);
    assert_eq!(inputs(yaml(both)), json!({ "imageTag": "v4", "service": "shop" }));
}

#[test]
fn the_inputs_of_harness_3_say_it_as_well() {
    let told = inputs(json!({ "inputSetYaml": "inputs: { imageTag: v5, targetRegion: euw2 }" }));
    assert_eq!(told, json!({ "imageTag": "v5", "region": "euw2" }));
}

#[test]
fn what_cannot_be_read_and_what_is_no_name_says_nothing() {
    let long = format!("inputs: {{ imageTag: {} }}", "v".repeat(4_000));
    for yaml in ["", "[", "- a", "pipeline: 1", "\u{0}", long.as_str()] {
        assert_eq!(inputs(json!({ "inputSetYaml": yaml })), json!({}), "{yaml}");
    }
}

#[test]
fn a_run_whose_inputs_harness_does_not_tell_holds_nothing_else_up() {
    for status in [400, 403, 404] {
        let (turn, _) = turn(status, &json!({ "status": "ERROR", "message": "not yet" }));
        assert_eq!(turn.get("kind"), Some(&json!("learnt")), "{turn}");
        assert_eq!(turn.pointer("/changes/told"), Some(&json!([])));
    }
    let (turn, _) = turn(200, &json!({ "status": "SUCCESS" }));
    assert_eq!(turn.get("kind"), Some(&json!("learnt")));
    let (turn, _) = self::turn(503, &json!({}));
    assert_eq!(turn.get("kind"), Some(&json!("failed")));
}
