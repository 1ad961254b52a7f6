//! What can be asked before a run: the pre-flight check, and whether deployments are frozen.

use harness_cd_simulator::modes::{Freeze, HiddenEndpoints};
use serde_json::{Value, json};

use crate::support::{Harness, Reply, inputs};

const CHECK: &str = "/pipeline/api/pipeline/execute/preflightCheck?pipelineIdentifier";

fn start(harness: &Harness, pipeline: &str, body: &str) -> String {
    harness
        .call("POST", &format!("{CHECK}={pipeline}"), body)
        .data()
        .as_str()
        .unwrap()
        .to_owned()
}

fn result(harness: &Harness, id: &str) -> Reply {
    let path = format!("/pipeline/api/pipeline/execute/getPreflightCheckResponse?preflightCheckId={id}");
    harness.call("GET", &path, "")
}

fn clones(harness: &Harness, connector: &str) -> &'static str {
    let step = json!({ "step": { "identifier": "build", "name": "Build", "type": "Run", "spec": { "connectorRef": connector } } });
    let stage = json!({ "identifier": "ci", "name": "Continuous", "type": "Custom", "spec": { "execution": { "steps": [step] } } });
    let pipeline = json!({ "pipeline": { "identifier": "clones", "name": "clones", "stages": [{ "stage": stage }] } });
    harness
        .call("POST", "/pipeline/api/pipelines/v2", &pipeline.to_string())
        .data();
    "clones"
}

/// run-inputs §13, §14.13
#[test]
fn a_check_takes_its_time_and_is_kept_for_five_minutes() {
    let harness = Harness::start();
    let pipeline = clones(&harness, "registry");
    let id = start(&harness, pipeline, "");
    let early = result(&harness, &id).data();
    assert_eq!(early["status"], "IN_PROGRESS");
    assert_eq!(early["connectorWrapperResponse"]["checkResponses"], json!([]));
    harness.advance(3_000);
    let done = result(&harness, &id).data();
    assert_eq!(done["status"], "SUCCESS");
    let check = &done["connectorWrapperResponse"]["checkResponses"][0];
    assert_eq!(
        (&check["connectorIdentifier"], &check["status"]),
        (&json!("registry"), &json!("SUCCESS"))
    );
    assert_eq!(
        (&check["stageIdentifier"], &check["stageName"]),
        (&json!("ci"), &json!("Continuous"))
    );
    assert_eq!(
        (&check["stepIdentifier"], check.get("errorInfo")),
        (&json!("build"), None)
    );
    harness.advance(5 * 60_000);
    assert_eq!(result(&harness, &id).failure(), (400, "INVALID_REQUEST".to_owned()));
    assert_eq!(result(&harness, "unknown").status, 400);
}

/// run-inputs §13
#[test]
fn a_connector_that_is_not_there_fails_the_check() {
    let harness = Harness::start();
    let pipeline = clones(&harness, "gone");
    let id = start(&harness, pipeline, "");
    harness.advance(3_000);
    let done = result(&harness, &id).data();
    let connectors = &done["connectorWrapperResponse"];
    assert_eq!(
        (&done["status"], &connectors["status"]),
        (&json!("FAILURE"), &json!("FAILURE"))
    );
    assert_eq!(done["pipelineInputWrapperResponse"]["status"], "SUCCESS");
    assert_eq!(done["errorInfo"]["count"], 1);
    assert!(
        connectors["checkResponses"][0]["errorInfo"]["causes"][0]["cause"].is_string(),
        "{connectors}"
    );
    // A bad result is kept for two weeks.
    harness.advance(13 * 24 * 3_600_000);
    assert_eq!(result(&harness, &id).status, 200);
}

/// run-inputs §13: the validators of given inputs, not missing ones.
#[test]
fn given_inputs_are_held_against_their_validators() {
    let harness = Harness::start();
    for (body, wrong) in [
        (String::new(), vec![]),
        (inputs("v1", "prod"), vec![]),
        (
            inputs("a b", "moon"),
            vec!["pipeline.variables.imageTag", "pipeline.variables.targetEnvironment"],
        ),
    ] {
        let id = start(&harness, "shop_cd", &body);
        harness.advance(3_000);
        let found = result(&harness, &id).data()["pipelineInputWrapperResponse"].take();
        let told = found["pipelineInputResponse"].as_array().unwrap();
        let places: Vec<&str> = told.iter().filter_map(|one| one["fqn"].as_str()).collect();
        assert_eq!(places, wrong, "{body}");
        assert!(
            told.iter()
                .all(|one| one["success"] == false && one["errorInfo"]["summary"].is_string()),
            "{found}"
        );
    }
}

/// run-inputs §13, §14.2
#[test]
fn a_check_needs_a_pipeline_and_may_be_closed_to_keys() {
    let harness = Harness::start();
    assert_eq!(
        harness.call("POST", &format!("{CHECK}=gone"), "").failure(),
        (400, "INVALID_REQUEST".to_owned())
    );
    let closed = Harness::with_modes(|modes| modes.hidden_endpoints = HiddenEndpoints::Forbidden);
    assert_eq!(closed.call("POST", &format!("{CHECK}=shop_cd"), "").status, 403);
}

fn should_disable(harness: &Harness) -> Value {
    harness
        .call(
            "GET",
            "/ng/api/freeze/evaluate/shouldDisableDeployment?pipelineIdentifier=shop_cd",
            "",
        )
        .data()
}

/// harness-api §12.7, checklist 12; run-inputs §13, §14.13
#[test]
fn a_freeze_of_the_project_disables_runs_and_one_of_a_service_does_not() {
    for (freeze, disables) in [
        (Freeze::Off, false),
        (Freeze::RefusesRun, true),
        (Freeze::AbortsRun, false),
    ] {
        let harness = Harness::with_modes(|modes| modes.freeze = freeze);
        let told = should_disable(&harness);
        assert_eq!(told["shouldDisable"], disables, "{freeze:?}");
        let references = told["freezeReferences"].as_array().unwrap();
        assert_eq!(references.len(), usize::from(disables));
        assert!(
            references
                .iter()
                .all(|one| one["freezeScope"] == "project" && one["type"] == "MANUAL"),
            "{told}"
        );
    }
}

/// harness-api §12.7, §12.40
#[test]
fn where_nothing_was_set_up_there_is_a_disabled_global_freeze() {
    let harness = Harness::start();
    let listed = harness
        .call("POST", "/ng/api/freeze/list", r#"{"filterType":"FreezeSetup"}"#)
        .data();
    assert_eq!((&listed["totalItems"], &listed["content"]), (&json!(0), &json!([])));
    let global = harness.call("GET", "/ng/api/freeze/getGlobalFreeze", "").data();
    assert!(
        global["yaml"].as_str().unwrap().contains("status: Disabled"),
        "{global}"
    );
    assert_eq!(
        harness
            .call("GET", "/ng/api/freeze/evaluate/isGlobalFreezeActive", "")
            .data(),
        false
    );
    let mine = harness.call("GET", "/ng/api/freeze/mine", "");
    assert_eq!(mine.failure(), (404, "ENTITY_NOT_FOUND".to_owned()));
    // Writing freezes is not simulated.
    assert_eq!(harness.call("POST", "/ng/api/freeze", "freeze: {}").status, 501);
}
