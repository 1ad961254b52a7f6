//! Runs through the newer generation of the API, and pipelines of Harness 3.0.

use harness_cd_simulator::modes::{Harness3, V1RunNotes};
use serde_json::{Value, json};

use crate::bench::{bench, bench_with, custom, graph_nodes, pipeline, save, summary, wait};
use crate::support::{Harness, KEY, Reply, pairs};

fn call(harness: &Harness, id: &str, rest: &str, body: &Value) -> Reply {
    let path = format!("/v1/orgs/default/projects/platform/pipelines/{id}/execute{rest}");
    let headers = [
        ("x-api-key", KEY),
        ("harness-account", "demo-account"),
        ("content-type", "application/json"),
    ];
    harness.send("POST", &path, &headers, &body.to_string())
}

fn started(reply: &Reply) -> String {
    assert_eq!(reply.status, 200, "{}", reply.text);
    reply.json()["execution_details"]["execution_id"]
        .as_str()
        .unwrap()
        .to_owned()
}

const WORD: &str = "variables: [{ name: word, type: String, required: true, value: <+input> }],";

fn word(text: &str) -> String {
    format!("pipeline: {{ identifier: p, variables: [{{ name: word, type: String, value: {text} }}] }}")
}

/// run-inputs §10, §14.10; harness-api §0.2, §0.5, §3.2
#[test]
fn the_newer_run_answers_in_snake_case_without_an_envelope() {
    let harness = bench();
    save(&harness, "p", WORD, &[custom("s", "", &[wait("w", 5)])]);
    let reply = call(
        &harness,
        "p",
        "?notes=by%20hand&module=CD",
        &json!({ "inputs_yaml": word("hi") }),
    );
    let body = reply.json();
    assert_eq!(
        body.as_object().unwrap().keys().collect::<Vec<_>>(),
        ["execution_details"]
    );
    assert_eq!(body["execution_details"]["status"], "RUNNING");
    let id = started(&reply);
    let notes = harness
        .call("GET", &format!("/pipeline/api/pipelines/execution/{id}/notes"), "")
        .data();
    assert_eq!(notes["notes"], "by hand");
    harness.advance(60_000);
    assert_eq!(harness.status(&id), "Success");
    for (body, code) in [
        (json!({}), "PLAN_CREATION_ERROR"),
        (json!({ "inputs_yaml": "pipeline: [" }), "INVALID_YAML_ERROR"),
    ] {
        let refused = call(&harness, "p", "", &body);
        assert_eq!((refused.status, &refused.json()["code"]), (400, &json!(code)));
        assert_eq!(
            refused.json().get("status"),
            None,
            "the failure of the newer generation: {}",
            refused.text
        );
    }
    assert_eq!(call(&harness, "nothing", "", &json!({})).status, 400);
    let unscoped = harness.send(
        "POST",
        "/v1/orgs/default/projects/platform/pipelines/p/execute",
        &[("x-api-key", KEY)],
        "{}",
    );
    assert_eq!(unscoped.status, 400);
}

/// run-inputs §10, §15: open.
#[test]
fn the_newer_run_drops_its_notes_by_mode() {
    let harness = bench_with(|modes| modes.v1_run_notes = V1RunNotes::Dropped);
    save(&harness, "p", "", &[custom("s", "", &[wait("w", 5)])]);
    let id = started(&call(&harness, "p", "?notes=by%20hand", &json!({})));
    let notes = harness
        .call("GET", &format!("/pipeline/api/pipelines/execution/{id}/notes"), "")
        .data();
    assert_ne!(notes["notes"], "by hand");
    assert_eq!(summary(&harness, &id)["notesExistForPlanExecutionId"], false);
}

/// run-inputs §10, §1.5
#[test]
fn the_newer_run_chooses_stages() {
    let harness = bench();
    let reads = "when: { pipelineStatus: All, condition: '<+stages.a.x> == \"1\"' },";
    let stages = [custom("a", "", &[wait("w", 5)]), custom("b", reads, &[wait("x", 5)])];
    save(&harness, "p", &format!("{WORD} allowStageExecutions: true,"), &stages);
    let body =
        json!({ "inputs_yaml": word("hi"), "stage_identifiers": ["b"], "expression_values": { "<+stages.a.x>": "1" } });
    let id = started(&call(&harness, "p", "/stages", &body));
    harness.advance(60_000);
    assert_eq!(harness.stages(&id), pairs(&[("b", "Success")]));
    assert_eq!(
        call(&harness, "p", "/stages", &json!({ "stage_identifiers": ["none"] })).status,
        400
    );
    assert_eq!(
        call(&harness, "p", "/dynamic", &json!({ "yaml": "pipeline: {}" })).status,
        501
    );
}

/// run-inputs §7, §10: `branch_name`
#[test]
fn the_newer_run_reads_the_branch_that_it_names() {
    let harness = bench();
    let place = "storeType=REMOTE&connectorRef=github&repoName=deploys&filePath=far.yaml";
    let text = |stage: &str| pipeline("far", "", &[custom(stage, "", &[wait("w", 5)])]);
    harness
        .call("POST", &format!("/pipeline/api/pipelines/v2?{place}"), &text("main"))
        .data();
    let push = json!({ "repo": "deploys", "branch": "feature", "path": "far.yaml", "text": text("feature") });
    harness.control("POST", "git", &push);
    for (query, branch) in [
        ("", "main"),
        ("?branch_name=feature", "feature"),
        ("?branch=feature", "main"),
    ] {
        let id = started(&call(&harness, "far", query, &json!({})));
        assert_eq!(harness.stages(&id)[0].0, branch, "{query}");
    }
}

const THIRD: &str = r#"
pipeline:
  inputs:
    version: { type: string, required: true, validation: { regex: '^\d+\.\d+$', message: "two numbers" } }
    zone: { type: choice, options: [eu, us], default: eu }
  stages:
    - name: build it
      steps:
        - name: make ${{ inputs.version }} in ${{ inputs.zone }}
          run: { script: make }
"#;

fn third(mode: Harness3) -> Harness {
    let harness = bench_with(|modes| modes.harness3 = mode);
    let place = "storeType=REMOTE&connectorRef=github&repoName=deploys&filePath=third.yaml";
    let classic = pipeline("third", "", &[custom("s", "", &[wait("w", 5)])]);
    harness
        .call("POST", &format!("/pipeline/api/pipelines/v2?{place}"), &classic)
        .data();
    harness.control(
        "POST",
        "git",
        &json!({ "repo": "deploys", "path": "third.yaml", "text": THIRD }),
    );
    harness
}

/// run-inputs §10, §14.10, §15: unconfirmed, so behind a switch.
#[test]
fn a_pipeline_of_the_third_generation_runs_by_mode() {
    let given = |inputs: &str| json!({ "inputs_yaml": format!("inputs: {inputs}") });
    let refusing = third(Harness3::Refused);
    let refused = call(&refusing, "third", "", &given("{ version: '1.2' }"));
    assert_eq!(
        (refused.status, &refused.json()["code"]),
        (400, &json!("INVALID_REQUEST"))
    );

    let harness = third(Harness3::Runs);
    let id = started(&call(&harness, "third", "", &given("{ version: '1.2' }")));
    harness.advance(60_000);
    assert_eq!(harness.stages(&id), pairs(&[("build_it", "Success")]));
    let step = graph_nodes(&harness, &id, "make_1_2_in_eu").remove(0);
    assert_eq!(step["name"], "make 1.2 in eu");
    assert_eq!(summary(&harness, &id)["pipelineIdentifier"], "third");
    for (inputs, part) in [
        ("{}", "required input: version"),
        ("{ version: latest }", "two numbers"),
        ("{ version: '1.2', zone: ap }", "zone"),
    ] {
        let refused = call(&harness, "third", "", &given(inputs));
        assert_eq!(refused.status, 400, "{inputs}");
        assert!(
            refused.json()["message"].as_str().unwrap().contains(part),
            "{}",
            refused.text
        );
    }
    let classic = harness.call("POST", &format!("{}/third", crate::bench::EXECUTE), "");
    assert_eq!(classic.status, 501, "no fact tells what the classic run answers");
    let chosen = json!({ "stage_identifiers": ["build_it"], "inputs_yaml": "inputs: { version: '1.2' }" });
    assert_eq!(call(&harness, "third", "/stages", &chosen).status, 501);
}
