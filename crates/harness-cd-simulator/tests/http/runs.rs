use harness_cd_simulator::Options;
use harness_cd_simulator::modes::{Freeze, RunPolicy};
use serde_json::{Value, json};

use crate::support::{Harness, inputs, options, pairs};

const EXECUTE: &str = "/pipeline/api/pipeline/execute";

#[test]
fn a_run_answers_in_the_engines_words() {
    let harness = Harness::start();
    let data = harness
        .call("POST", &format!("{EXECUTE}/shop_cd"), &inputs("v1.2.3", "int-stable"))
        .data();
    let plan = &data["planExecution"];
    assert_eq!(plan["status"], "RUNNING");
    assert_eq!(plan["uuid"].as_str().unwrap().len(), 22);
    assert_eq!(plan["uuid"], plan["metadata"]["executionUuid"]);
    assert_eq!(plan["governanceMetadata"]["deny"], false);
    assert!(
        plan["governanceMetadata"]["timestamp"].is_string(),
        "64-bit numbers are strings there"
    );
    assert_eq!(plan["metadata"]["triggerInfo"]["triggerType"], "MANUAL");
}

#[test]
fn refused_inputs_are_400_and_start_nothing() {
    let harness = Harness::start();
    let before = harness.list("size=1", &json!({}))["totalElements"].clone();
    let run = format!("{EXECUTE}/shop_cd");
    for (body, part) in [
        ("", "Value not provided for required variable: imageTag"),
        (&*inputs("v1", "moon"), "do not match any of the allowed values"),
        (&*inputs("'a b'", "prod"), "does not match the required regex"),
        ("pipeline: [", "Invalid yaml"),
    ] {
        let reply = harness.call("POST", &run, body);
        assert_eq!(reply.status, 400, "{body}");
        assert!(
            reply.json()["message"].as_str().unwrap().contains(part),
            "{body}: {}",
            reply.text
        );
    }
    let unknown = harness.call("POST", &format!("{EXECUTE}/nothing"), &inputs("v1", "prod"));
    assert_eq!(unknown.failure(), (400, "INVALID_REQUEST".to_owned()));
    harness.advance(60_000);
    assert_eq!(harness.list("size=1", &json!({}))["totalElements"], before);
}

#[test]
fn the_input_template_holds_the_runtime_inputs() {
    let harness = Harness::start();
    let path = "/pipeline/api/inputSets/template?pipelineIdentifier=shop_cd";
    let template = harness.call("POST", path, "{}").data()["inputSetTemplateYaml"].take();
    let template = template.as_str().unwrap();
    assert!(template.starts_with("pipeline:\n  identifier: shop_cd\n"), "{template}");
    assert!(
        template.contains("<+input>.default(int-stable).allowedValues(int-stable,prod)"),
        "{template}"
    );
    assert!(!template.contains("stages"), "{template}");
}

#[test]
fn a_run_is_listed_after_a_while_and_goes_to_its_end() {
    let harness = Harness::start();
    let id = harness.run("v7.0.1", "int-stable");
    let listed = |harness: &Harness| harness.list("", &json!({ "planExecutionIds": [id] }))["totalElements"].clone();
    assert_eq!(listed(&harness), 0);
    harness.advance(1_000);
    assert_eq!(listed(&harness), 1);

    let running = harness.list("size=1", &json!({}))["content"][0].take();
    assert_eq!(running["planExecutionId"], *id);
    assert_eq!(running["status"], "Running");
    assert!(running.get("endTs").is_none());
    assert_eq!(running["notesExistForPlanExecutionId"], true);

    harness.advance(10 * 60_000);
    let done = harness.detail(&id, "")["pipelineExecutionSummary"].take();
    assert_eq!(done["status"], "Success");
    assert!(done["endTs"].as_i64().unwrap() > done["startTs"].as_i64().unwrap());
    assert_eq!(
        harness.stages(&id),
        pairs(&[
            ("deploy_int_stable", "Success"),
            ("prod_gate", "Skipped"),
            ("deploy_prod", "Skipped"),
            ("announce", "Skipped"),
        ])
    );
    let cd = &done["moduleInfo"]["cd"];
    assert_eq!(cd["serviceIdentifiers"], json!(["shop"]));
    assert_eq!(cd["infrastructureIdentifiers"], json!([null, "int_stable_euw1_k8s"]));
    assert!(cd.get("__recast").is_some());
    let stage = &done["layoutNodeMap"][done["startingNodeId"].as_str().unwrap()];
    let service = &stage["moduleInfo"]["cd"]["serviceInfo"];
    assert_eq!(service["artifacts"]["primary"]["tag"], "v7.0.1");
    assert_eq!(service["artifacts"]["artifactDisplayName"], "project/shop:v7.0.1");
    assert_eq!(
        stage["moduleInfo"]["cd"]["infraExecutionSummary"]["type"],
        "PreProduction"
    );
}

#[test]
fn the_graph_is_there_only_when_it_is_asked_for() {
    let harness = Harness::start();
    let id = harness.run("v1", "int-stable");
    harness.advance(5_000);
    let bare = harness.detail(&id, "");
    assert!(bare.get("executionGraph").is_none());

    let summary = &bare["pipelineExecutionSummary"];
    let stage = &summary["layoutNodeMap"][summary["startingNodeId"].as_str().unwrap()];
    let execution_id = stage["nodeExecutionId"].as_str().unwrap();
    for parameters in [
        "renderFullBottomGraph=true",
        &format!("stageNodeId={}", stage["nodeUuid"].as_str().unwrap()),
    ] {
        let graph = harness.detail(&id, parameters)["executionGraph"].take();
        let child = |id: &str| {
            graph["nodeAdjacencyListMap"][id]["children"][0]
                .as_str()
                .unwrap()
                .to_owned()
        };
        let next = |id: &str| {
            graph["nodeAdjacencyListMap"][id]["nextIds"][0]
                .as_str()
                .unwrap()
                .to_owned()
        };
        let frames = [
            child(execution_id),
            next(&child(execution_id)),
            next(&next(&child(execution_id))),
        ];
        let names = frames
            .each_ref()
            .map(|id| graph["nodeMap"][id]["identifier"].as_str().unwrap());
        assert_eq!(names, ["service", "infrastructure", "execution"]);
        let step = &graph["nodeMap"][child(&frames[2])];
        assert_eq!(step["identifier"], "rolling_deploy");
        assert!(!step["logBaseKey"].as_str().unwrap().is_empty());
        assert_eq!(step["status"], "Running");
        assert_eq!(step["stepType"], "K8sRollingDeploy");
        assert_eq!(
            step["baseFqn"],
            "pipeline.stages.deploy_int_stable.spec.execution.steps.rolling_deploy"
        );
    }
}

#[test]
fn a_failing_verification_rolls_the_stage_back() {
    let harness = Harness::start();
    harness.control(
        "POST",
        "outcomes",
        &json!({ "pipeline": "shop_cd", "outcome": "failVerify" }),
    );
    let id = harness.run("v1", "prod");
    harness.advance(60_000);
    assert_eq!(
        harness.control("POST", "approve", &json!({ "executionId": id }))["approved"],
        2
    );
    harness.advance(60 * 60_000);
    let detail = harness.detail(&id, "renderFullBottomGraph=true");
    assert_eq!(detail["pipelineExecutionSummary"]["status"], "Failed");
    let message = detail["pipelineExecutionSummary"]["failureInfo"]["message"]
        .as_str()
        .unwrap();
    assert!(message.contains("Verify 10 percent"), "{message}");
    let nodes: Vec<&Value> = detail["executionGraph"]["nodeMap"]
        .as_object()
        .unwrap()
        .values()
        .collect();
    let status_of = |identifier: &str| {
        nodes
            .iter()
            .find(|node| node["identifier"] == identifier)
            .map(|node| node["status"].clone())
    };
    assert_eq!(status_of("verify_10"), Some(json!("Failed")));
    assert_eq!(status_of("rollback_canary_delete"), Some(json!("Success")));
    assert_eq!(
        status_of("rolling_deploy"),
        None,
        "the step after the failed one never began"
    );
    let after = harness.run("v1", "int-stable");
    harness.advance(60 * 60_000);
    assert_eq!(harness.status(&after), "Success", "an outcome is for one run alone");
}

#[test]
fn production_waits_for_two_people() {
    let harness = Harness::start();
    let id = harness.run("v3.0.0", "prod");
    harness.advance(24 * 60 * 60_000);
    assert_eq!(harness.status(&id), "ApprovalWaiting");
    let path = format!("/v1/orgs/default/projects/platform/approvals/execution/{id}");
    let waiting = harness
        .call("GET", &format!("{path}?approval_status=WAITING"), "")
        .json();
    let instance = waiting[0]["id"].as_str().unwrap().to_owned();
    assert_eq!(waiting.as_array().unwrap().len(), 1);
    assert_eq!(waiting[0]["details"]["approvalMessage"], "Deploy v3.0.0?");
    assert_eq!(waiting[0]["details"]["approvers"]["userGroups"], json!(["shop_team"]));

    let own = harness.call(
        "POST",
        &format!("/pipeline/api/approvals/{instance}/harness/activity"),
        APPROVE,
    );
    assert_eq!(own.status, 400, "the executor may not approve: {}", own.text);
    let own = harness.call("POST", &path, APPROVE);
    assert_eq!(own.status, 400, "{}", own.text);

    assert_eq!(
        harness.control("POST", "approve", &json!({ "executionId": id }))["approved"],
        2
    );
    let all = harness.call("GET", &format!("/pipeline/api{path}"), "").json();
    let people: Vec<&Value> = all
        .as_array()
        .unwrap()
        .iter()
        .map(|a| &a["details"]["approvalActivities"][0]["user"]["email"])
        .collect();
    assert_eq!(people.len(), 2);
    assert_ne!(people[0], people[1]);
    assert_eq!(all[1]["details"]["approvalMessage"], "Ticket CHG-1042");
    let again = harness.call(
        "POST",
        &format!("/pipeline/api/approvals/{instance}/harness/activity"),
        APPROVE,
    );
    assert_eq!(again.status, 400, "{}", again.text);

    harness.advance(60_000);
    assert_eq!(harness.status(&id), "Running");
    harness.advance(60 * 60_000);
    assert_eq!(
        harness.stages(&id),
        pairs(&[
            ("deploy_int_stable", "Skipped"),
            ("prod_gate", "Success"),
            ("deploy_prod", "Success"),
            ("announce", "Success"),
        ])
    );
}

const APPROVE: &str =
    r#"{"action":"APPROVE","comments":"","approverInputs":[{"name":"change_ticket","value":"CHG-1"}]}"#;

#[test]
fn an_approval_nobody_gives_expires() {
    let harness = Harness::start();
    let id = harness.run("v1", "prod");
    harness.advance(8 * 24 * 60 * 60_000);
    assert_eq!(harness.status(&id), "Aborted");
}

#[test]
fn an_abort_is_asynchronous_and_works_once() {
    let harness = Harness::start();
    let id = harness.run("v1", "int-stable");
    harness.advance(5_000);
    let abort = format!("{EXECUTE}/interrupt/{id}?interruptType=AbortAll");
    assert_eq!(harness.call("PUT", &abort, "").data()["planExecutionId"], *id);
    assert_eq!(harness.status(&id), "Discontinuing");
    let second = harness.call("PUT", &abort, "{}").failure();
    assert_eq!(second, (400, "ABORT_ALL_ALREADY_NG".to_owned()));
    harness.advance(5_000);
    let summary = harness.detail(&id, "")["pipelineExecutionSummary"].take();
    assert_eq!(summary["status"], "Aborted");
    assert_eq!(summary["abortedBy"]["userName"], "Backstage");
    assert_eq!(
        harness.call("PUT", &abort, "").failure(),
        (400, "INVALID_REQUEST".to_owned()),
        "an ended run names its status"
    );
    let pause = format!("{EXECUTE}/interrupt/{id}?interruptType=Pause");
    assert_eq!(harness.call("PUT", &pause, "").status, 400);
}

#[test]
fn notes_are_read_and_written() {
    let harness = Harness::start();
    let id = harness.run("v1", "int-stable");
    let path = format!("/pipeline/api/pipelines/execution/{id}/notes");
    assert_eq!(harness.call("GET", &path, "").data()["notes"], "nonce-1");
    harness
        .call("PUT", &format!("{path}?notesForPipelineExecution=two%20words"), "")
        .data();
    assert_eq!(harness.call("GET", &path, "").data()["notes"], "two words");
}

#[test]
fn policies_and_freezes() {
    let harness = Harness::with_modes(|modes| modes.run_policy = RunPolicy::Deny);
    let data = harness
        .call("POST", &format!("{EXECUTE}/shop_cd"), &inputs("v1", "int-stable"))
        .data();
    assert_eq!(data["planExecution"]["governanceMetadata"]["deny"], true);
    assert_eq!(
        harness.status(data["planExecution"]["uuid"].as_str().unwrap()),
        "Errored"
    );

    harness.control("POST", "modes", &json!({ "runPolicy": "pass", "freeze": "abortsRun" }));
    let id = harness.run("v1", "int-stable");
    harness.advance(1_000);
    assert_eq!(harness.status(&id), "AbortedByFreeze");

    let harness = Harness::with_modes(|modes| modes.freeze = Freeze::RefusesRun);
    let refused = harness.call("POST", &format!("{EXECUTE}/shop_cd"), &inputs("v1", "int-stable"));
    assert_eq!(refused.failure(), (400, "PLAN_CREATION_ERROR".to_owned()));
}

#[test]
fn a_fast_clock_brings_a_run_to_its_end_by_itself() {
    let harness = Harness::start_with(Options {
        speed: 100_000.0,
        ..options()
    });
    let id = harness.run("v1", "int-stable");
    // Some hundred polls at most: a minute of simulated time passes in less than a millisecond.
    let ended = (0..500).any(|_| harness.status(&id) == "Success");
    assert!(ended, "{}", harness.status(&id));
}
