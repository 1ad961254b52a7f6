//! One execution: who started it, where it stands, what is told of it.

use harness_cd_simulator::modes::{LateDetail, Notes, RunPolicy, SecretOutputs};
use serde_json::{Value, json};

use crate::bench::{bench, custom, graph_nodes, save, start, step as bench_step};
use crate::people::{ADA, MINUTE, estate, estate_with, refused, run, run_as, script, stage, started, step, values};
use crate::support::{Harness, KEY, SCOPE, pairs};

const EXECUTE: &str = "/pipeline/api/pipeline/execute";
const EXECUTION: &str = "/pipeline/api/pipelines/execution";

fn summary(harness: &Harness, id: &str) -> Value {
    harness.detail(id, "")["pipelineExecutionSummary"].take()
}

/// harness-api §3.2, §3.4, §12.17, §12.35
#[test]
fn who_starts_a_run_is_told_with_its_kind() {
    let harness = estate();
    for (key, kind, name, email) in [
        (KEY, "SERVICE_ACCOUNT", "Portal", "portal@example.com"),
        (ADA, "USER", "Ada", "ada@example.com"),
    ] {
        let plan = harness.call_as(key, "POST", &format!("{EXECUTE}/fleet"), "").data()["planExecution"].take();
        let principal = &plan["metadata"]["principalInfo"];
        assert_eq!(principal["principalType"], kind);
        let id = plan["uuid"].as_str().unwrap();
        for info in [
            &plan["metadata"]["triggerInfo"],
            &summary(&harness, id)["executionTriggerInfo"],
        ] {
            let by = &info["triggeredBy"];
            assert_eq!(
                (&info["triggerType"], &by["identifier"]),
                (&json!("MANUAL"), &json!(name))
            );
            assert_eq!(
                (&by["extraInfo"]["email"], &by["uuid"]),
                (&json!(email), &principal["principal"])
            );
            assert_ne!(by["uuid"], email, "the id is not the address");
        }
    }
}

/// harness-api §1.4, §12.11
#[test]
fn a_denied_run_is_accepted_and_has_already_errored() {
    let harness = estate_with(|modes| modes.run_policy = RunPolicy::Deny);
    let plan = harness.call("POST", &format!("{EXECUTE}/fleet"), "").data()["planExecution"].take();
    assert_eq!(
        (&plan["status"], &plan["governanceMetadata"]["deny"]),
        (&json!("ERRORED"), &json!(true))
    );
    assert!(
        plan["governanceMetadata"]["details"].is_array(),
        "without the List suffix"
    );
    harness.advance(60 * MINUTE);
    let summary = summary(&harness, plan["uuid"].as_str().unwrap());
    assert_eq!(
        (&summary["status"], &summary["endTs"]),
        (&json!("Errored"), &summary["startTs"])
    );
    assert_eq!(summary["governanceMetadata"]["status"], "error");
    let nodes = summary["layoutNodeMap"].as_object().unwrap().values();
    assert!(nodes.into_iter().all(|node| node["status"] == "NotStarted"));
}

fn pauses(harness: &Harness, steps: &Value) -> String {
    script(harness, "pauses", steps);
    run(harness, "pauses")
}

/// harness-api §12.25
#[test]
fn what_waits_for_a_person_wins_over_what_runs() {
    let harness = estate();
    let fails = json!([{ "step": "repair", "attempts": [{ "takesMs": 1, "fails": { "kind": "Application" } }] }]);
    let id = pauses(&harness, &fails);
    let waiting = [
        ("fix", "InterventionWaiting"),
        ("input", "InputWaiting"),
        ("permit", "ApprovalWaiting"),
        ("work", "Running"),
    ];
    assert_eq!(harness.stages(&id), pairs(&waiting));
    assert_ne!(harness.status(&id), "Running");
    let found = harness.list("", &json!({ "status": ["Running"] }))["totalElements"].clone();
    assert_eq!(found, 0, "a list of what runs does not show it");

    let id = pauses(&harness, &json!([{ "step": "repair", "attempts": [{ "takesMs": 1 }] }]));
    let answer = |id: &str| {
        let node = step(&harness, id, "ask")["uuid"].as_str().unwrap().to_owned();
        let path = format!("/pipeline/api/pipeline/execution-input/{node}");
        let asked = harness.call("GET", &path, "").data()["inputTemplate"]
            .as_str()
            .unwrap()
            .to_owned();
        harness
            .call("POST", &path, &asked.replace("<+input>.executionInput()", "make it"))
            .data()
    };
    answer(&id);
    assert_eq!(harness.status(&id), "ApprovalWaiting");
    harness.control("POST", "approve", &json!({ "executionId": id }));
    assert_eq!(harness.status(&id), "Running");
    let of_other = pauses(&harness, &json!([{ "step": "repair", "attempts": [{ "takesMs": 1 }] }]));
    harness.control("POST", "approve", &json!({ "executionId": of_other }));
    assert_eq!(harness.status(&of_other), "InputWaiting");
}

/// harness-api §12.26
#[test]
fn stages_are_counted_by_one_status_each() {
    let harness = estate();
    let counts = |id: &str| {
        let summary = summary(&harness, id);
        [
            "successfulStagesCount",
            "failedStagesCount",
            "runningStagesCount",
            "totalStagesCount",
        ]
        .map(|count| summary[count].as_i64().unwrap())
    };
    // One waits for an approval, one is at work.
    assert_eq!(counts(&run(&harness, "several")), [0, 0, 1, 3]);
    let ignored = json!([{ "stage": "west", "attempts": [{ "fails": { "kind": "Application" } }] }]);
    script(&harness, "fleet", &ignored);
    let id = run(&harness, "fleet");
    assert_eq!(counts(&id), [0, 0, 1, 5]);
    harness.advance(60 * MINUTE);
    // Three ended well, one failed, the last was left out.
    assert_eq!(counts(&id), [3, 1, 0, 5]);
    let id = run(&harness, "gate");
    harness
        .call("PUT", &format!("{EXECUTE}/interrupt/{id}?interruptType=AbortAll"), "")
        .data();
    harness.advance(MINUTE);
    assert_eq!((counts(&id), harness.status(&id).as_str()), ([0, 0, 0, 1], "Aborted"));
}

/// harness-api §12.28
#[test]
fn failures_are_told_in_capitals() {
    let harness = estate();
    for (kind, told) in [
        ("Application", "APPLICATION_ERROR"),
        ("Timeout", "TIMEOUT_ERROR"),
        ("Verification", "VERIFICATION_FAILURE"),
    ] {
        let fails =
            json!({ "step": "compile", "attempts": [{ "fails": { "kind": kind, "message": "of all things" } }] });
        script(&harness, "fleet", &json!([fails]));
        let id = run(&harness, "fleet");
        harness.advance(60 * MINUTE);
        let expected = json!([told]);
        let summary = summary(&harness, &id);
        let (node, of_stage) = (step(&harness, &id, "compile"), stage(&harness, &id, "build"));
        for info in [
            &summary["failureInfo"],
            &node["failureInfo"],
            &of_stage["failureInfoDTO"],
        ] {
            assert_eq!(
                (&info["failureTypeList"], &info["message"]),
                (&expected, &json!("of all things"))
            );
        }
        assert_eq!(of_stage["failureInfo"]["message"], "of all things");
    }
    let id = run(&harness, "fleet");
    harness.advance(MINUTE);
    assert_eq!(step(&harness, &id, "parallel")["stepType"], "NG_FORK");
}

/// harness-api §3.6, §12.38, §12.41
#[test]
fn a_graph_has_frames_and_every_node_a_log() {
    let harness = estate();
    let id = run_as(&harness, KEY, "shop_cd", &values("shop_cd", &[("tag", "v1")]));
    harness.advance(60 * MINUTE);
    let detail = harness.detail(&id, "renderFullBottomGraph=true");
    let graph = &detail["executionGraph"];
    let nodes = &graph["nodeMap"];
    let ids = |from: &str, list: &str| -> Vec<String> {
        let list = graph["nodeAdjacencyListMap"][from][list].as_array().unwrap();
        list.iter().map(|id| id.as_str().unwrap().to_owned()).collect()
    };
    let mut chain = vec![graph["rootNodeId"].as_str().unwrap().to_owned()];
    while let Some(next) = chain.last().and_then(|last| ids(last, "children").first().cloned()) {
        chain.push(next);
        while let Some(next) = chain.last().and_then(|last| ids(last, "nextIds").first().cloned()) {
            chain.push(next);
        }
    }
    let names: Vec<&str> = chain
        .iter()
        .map(|id| nodes[id]["identifier"].as_str().unwrap())
        .collect();
    assert_eq!(
        names,
        [
            "pipeline",
            "stages",
            "deploy",
            "service",
            "infrastructure",
            "execution",
            "roll_out"
        ]
    );
    assert_eq!(nodes[&chain[1]]["stepType"], "STAGES_STEP");
    for node in nodes.as_object().unwrap().values() {
        assert!(node["logBaseKey"].as_str().unwrap().contains(&id), "{node}");
    }
    let summary = &detail["pipelineExecutionSummary"];
    assert_eq!(
        (&summary["shouldUseSimplifiedKey"], &summary["yamlVersion"]),
        (&json!(true), &json!("0"))
    );
    assert_eq!(summary["modules"], json!(["cd", "pms"]));
    let other = run(&harness, "fleet");
    let of_other = harness.detail(&other, "")["pipelineExecutionSummary"].take();
    assert_eq!(of_other["modules"], json!(["pms"]));
    assert!(of_other["moduleInfo"].get("cd").is_none());
}

/// harness-api §3.6
#[test]
fn one_node_is_told_by_its_id() {
    let harness = estate();
    let id = run(&harness, "fleet");
    let compile = step(&harness, &id, "compile");
    let get = |node: &str| harness.call("GET", &format!("/pipeline/api/pipelines/getExecutionNode?{node}"), "");
    let node = format!("nodeExecutionId={}", compile["uuid"].as_str().unwrap());
    assert_eq!(get(&node).data(), compile);
    let of_stage = stage(&harness, &id, "build")["nodeExecutionId"]
        .as_str()
        .unwrap()
        .to_owned();
    assert_eq!(
        get(&format!("nodeExecutionId={of_stage}")).data()["identifier"],
        "build"
    );
    for unknown in ["nodeExecutionId=nothing", &format!("nodeExecutionId={id}")] {
        assert!(refused(&get(unknown)).contains("does not exist"), "{unknown}");
    }
    assert_eq!(get("").json()["errors"][0]["fieldId"], "nodeExecutionId");
}

/// harness-api §3.6 [HUB, CORE]
#[test]
fn a_script_that_succeeded_tells_its_output_variables() {
    let script = r#"source: { type: Inline, spec: { script: "old=1\nold=2\nexport URL='https://<+pipeline.identifier>.example'\nTOKEN=s3cret\n" } }"#;
    let declared = "outputVariables: [{ name: old, type: String, value: old }, { name: url, type: String, value: URL }, \
                    { name: unset, type: String, value: NEVER }, { name: token, type: Secret, value: TOKEN }]";
    let tell = bench_step(
        "tell",
        "ShellScript",
        &format!("spec: {{ shell: Bash, {script}, {declared} }}"),
    );
    let plain = bench_step("plain", "ShellScript", "spec: { shell: Bash }");
    let harness = bench();
    save(&harness, "p", "", &[custom("s", "", &[tell, plain])]);
    let id = start(&harness, "p", "");
    let outcomes = |step: &str| graph_nodes(&harness, &id, step)[0]["outcomes"].clone();
    harness.advance(2_000);
    assert_eq!(outcomes("tell"), json!({}), "while it runs");
    harness.advance(10 * MINUTE);
    let told = outcomes("tell");
    let mut values = told["output"]["outputVariables"].clone();
    let token = values["token"].take();
    assert_eq!(
        values,
        json!({ "old": "2", "url": "https://p.example", "unset": "", "token": null })
    );
    let token = token.as_str().unwrap();
    assert!(
        token.starts_with(r#"${sweepingOutputSecrets.obtain("token","#) && !token.contains("s3cret"),
        "{token}"
    );
    assert_eq!(outcomes("plain"), json!({ "output": { "outputVariables": {} } }));
    assert_eq!(outcomes("s"), json!({}));

    harness.control("POST", "modes", &json!({ "secretOutputs": SecretOutputs::Masked }));
    assert_eq!(outcomes("tell")["output"]["outputVariables"]["token"], "******");
}

/// harness-api §3.6, §6.1
#[test]
fn the_address_of_an_execution_is_that_of_the_page() {
    let harness = estate();
    for (pipeline, body) in [
        ("shop_cd", values("shop_cd", &[("tag", "v1")])),
        ("fleet", String::new()),
    ] {
        let id = run_as(&harness, KEY, pipeline, &body);
        let query = format!("pipelineIdentifier={pipeline}&planExecutionId={id}");
        let url = harness.call("POST", &format!("{EXECUTION}/url?{query}"), "").data();
        let end = format!(
            "/ng/#/account/demo-account/cd/orgs/default/projects/platform/pipelines/{pipeline}/executions/{id}/pipeline"
        );
        assert!(url.as_str().unwrap().ends_with(&end), "{url}");
    }
}

/// harness-api §3.6, run-inputs §11, §14.11
#[test]
fn notes_are_kept_whole_or_cut() {
    let long = "n".repeat(1_500);
    for (mode, kept) in [(Notes::Whole, 1_500), (Notes::Cut, 1_000)] {
        let harness = estate_with(|modes| modes.notes = mode);
        let id = started(&harness.call("POST", &format!("{EXECUTE}/fleet?notesForPipelineExecution={long}"), ""));
        let path = format!("{EXECUTION}/{id}/notes");
        let read = || {
            harness.call("GET", &path, "").data()["notes"]
                .as_str()
                .unwrap()
                .to_owned()
        };
        assert_eq!(read().len(), kept);
        harness.advance(60 * MINUTE);
        let put = |notes: &str| {
            harness
                .call("PUT", &format!("{path}?notesForPipelineExecution={notes}"), "")
                .data()
        };
        assert_eq!(put("two%20words")["notes"], "two words", "after the end as well");
        assert_eq!(
            (read(), summary(&harness, &id)["notesExistForPlanExecutionId"].take()),
            ("two words".to_owned(), json!(true))
        );
        assert_eq!(put(&long)["notes"].as_str().unwrap().len(), kept);
        assert_eq!(read().len(), kept);
        put("");
        assert_eq!(summary(&harness, &id)["notesExistForPlanExecutionId"], false);
    }
}

/// harness-api §3.6, checklist 3: right after the run, reading may fail in three ways.
#[test]
fn a_run_can_be_read_after_a_while() {
    for (mode, failure) in [
        (LateDetail::BadRequest, (400, "INVALID_REQUEST")),
        (LateDetail::NotFound, (404, "ENTITY_NOT_FOUND")),
        (LateDetail::ServerError, (500, "UNKNOWN_ERROR")),
    ] {
        let harness = estate_with(|modes| {
            modes.late_detail = mode;
            modes.settings.detail_lag_ms = 5_000;
        });
        let id = started(&harness.call("POST", &format!("{EXECUTE}/fleet"), ""));
        harness.advance(4_999);
        assert_eq!(
            harness.list("", &json!({}))["totalElements"],
            1,
            "the list knows it before"
        );
        for path in [
            format!("{EXECUTION}/v2/{id}"),
            format!("{EXECUTION}/{id}/notes"),
            format!("{EXECUTION}/canRetry/{id}"),
        ] {
            let late = harness.call("GET", &path, "").failure();
            assert_eq!((late.0, late.1.as_str()), failure, "{path}");
        }
        harness.advance(1);
        assert_eq!(harness.status(&id), "Running");
        let unknown = harness.call("GET", &format!("{EXECUTION}/v2/AAAAAAAAAAAAAAAAAAAAAA"), "");
        assert_eq!(unknown.failure(), (404, "ENTITY_NOT_FOUND".to_owned()));
    }
}

/// harness-api §0.5, §12.37: reads compare the project.
#[test]
fn an_execution_of_another_project_is_not_found() {
    let harness = estate();
    let id = run(&harness, "fleet");
    let node = step(&harness, &id, "compile")["uuid"].as_str().unwrap().to_owned();
    let elsewhere = SCOPE.replace("platform", "elsewhere");
    for (method, path) in [
        ("GET", format!("{EXECUTION}/v2/{id}")),
        ("GET", format!("{EXECUTION}/{id}/inputset")),
        ("GET", format!("{EXECUTION}/{id}/inputsetV2")),
        ("GET", format!("{EXECUTION}/{id}/notes")),
        ("PUT", format!("{EXECUTION}/{id}/notes?notesForPipelineExecution=x")),
        ("POST", format!("{EXECUTION}/url?planExecutionId={id}")),
        ("GET", format!("{EXECUTION}/canRetry/{id}")),
        (
            "GET",
            format!("/pipeline/api/pipelines/getExecutionNode?nodeExecutionId={node}"),
        ),
        ("GET", format!("{EXECUTE}/{id}/retryStages")),
        ("GET", format!("{EXECUTE}/retryHistory/{id}")),
        ("GET", format!("{EXECUTE}/latestExecutionId/{id}")),
    ] {
        let separator = if path.contains('?') { '&' } else { '?' };
        let own = harness.call(method, &path, "");
        assert_ne!(own.status, 404, "{path}: {}", own.text);
        let reply = harness.send(
            method,
            &format!("{path}{separator}{elsewhere}"),
            &[("x-api-key", ADA)],
            "",
        );
        assert_eq!(reply.failure(), (404, "ENTITY_NOT_FOUND".to_owned()), "{path}");
    }
    let path = format!("{EXECUTION}/summary?{elsewhere}");
    assert_eq!(
        harness.send("POST", &path, &[("x-api-key", ADA)], "").data()["totalElements"],
        0
    );
}
