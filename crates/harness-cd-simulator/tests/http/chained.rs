//! Pipelines that run other pipelines.

use serde_json::{Value, json};

use crate::bench::{
    EXECUTE, bench, bench_with, custom, deployment, failing, graph, graph_nodes, layout_node, pipeline, save, script,
    start, summary, wait,
};
use crate::support::{Harness, KEY, pairs};

fn chain(id: &str, beside: &str, place: &str, child: &str, spec: &str) -> String {
    format!(
        "{{ stage: {{ name: Stage {id}, identifier: {id}, type: Pipeline, {beside} spec: {{ {place}, pipeline: {child}, {spec} }} }} }}"
    )
}

const HERE: &str = "org: default, project: platform";

/// A pipeline with one variable and one stage, whose step `w` takes 20 s.
fn save_child(harness: &Harness, value: &str) {
    let variable = format!("variables: [{{ name: word, type: String, required: true, value: {value} }}],");
    save(harness, "child", &variable, &[custom("s", "", &[wait("w", 20)])]);
}

fn children(harness: &Harness, child: &str) -> Vec<Value> {
    harness.list("", &json!({ "pipelineIdentifiers": [child] }))["content"]
        .as_array()
        .unwrap()
        .clone()
}

/// run-inputs §9 [HUB]; harness-api §3.4 (`parentStageInfo`); `cases/history/13-chained-runs`, `13-chained-detail`
#[test]
fn a_child_has_a_run_of_its_own_that_parent_and_child_tell_of() {
    let harness = bench();
    save_child(&harness, "<+input>");
    let inputs = "inputs: { identifier: child, variables: [{ name: word, type: String, value: hello }] }";
    let stages = [
        chain("first", "", HERE, "child", inputs),
        custom("after", "", &[wait("x", 5)]),
    ];
    save(&harness, "train", "", &stages);
    let id = start(&harness, "train", "");
    harness.advance(10_000);
    assert_eq!(
        harness.stages(&id),
        pairs(&[("first", "Running"), ("after", "NotStarted")])
    );
    let parent = summary(&harness, &id);
    let node = layout_node(&parent, "first");
    assert_eq!(
        (&node["nodeType"], &node["module"], &node["moduleInfo"]),
        (&json!("Pipeline"), &json!("pms"), &json!({}))
    );
    assert_eq!(parent["modules"], json!(["pms"]));
    assert_eq!(parent["parentStageInfo"]["hasparentpipeline"], false);

    let child = children(&harness, "child").remove(0);
    assert_eq!(
        (&child["status"], &child["startTs"]),
        (&json!("Running"), &node["startTs"])
    );
    let info = &child["parentStageInfo"];
    let expected = json!({
        "hasparentpipeline": true, "executionid": id, "identifier": "train", "orgid": "default", "projectid": "platform",
        "stagenodeid": node["nodeUuid"], "runsequence": parent["runSequence"],
    });
    assert_eq!(*info, expected);
    let inputs = harness.call(
        "GET",
        &format!(
            "/pipeline/api/pipelines/execution/{}/inputsetV2",
            child["planExecutionId"].as_str().unwrap()
        ),
        "",
    );
    assert!(
        inputs.data()["inputSetYaml"].as_str().unwrap().contains("hello"),
        "{}",
        inputs.text
    );

    let step = graph_nodes(&harness, &id, "first").remove(0);
    assert_eq!(
        (&step["stepType"], &step["status"]),
        (&json!("PIPELINE_STAGE"), &json!("Running"))
    );
    let details = json!({ "planExecutionId": child["planExecutionId"], "orgId": "default", "projectId": "platform" });
    assert_eq!(step["stepDetails"], json!({ "childPipelineExecutionDetails": details }));
    assert_eq!(
        step["executableResponses"][0]["async"]["callbackIds"],
        json!([child["planExecutionId"]])
    );
    assert_eq!(
        graph(&harness, &id)["nodeAdjacencyListMap"][step["uuid"].as_str().unwrap()]["children"],
        json!([])
    );

    harness.advance(20_000);
    assert_eq!(harness.status(&id), "Success");
    let ended = layout_node(&summary(&harness, &id), "first");
    assert_eq!(ended["endTs"], children(&harness, "child")[0]["endTs"]);
}

/// `cases/history/13-chained-detail`; harness-api §1.1, §3.7
#[test]
fn a_failed_child_fails_its_stage_unless_a_strategy_says_otherwise() {
    let ignores = "failureStrategies: [{ onFailure: { errors: [AllErrors], action: { type: Ignore } } }],";
    for (beside, stages, status) in [
        ("", [("first", "Failed"), ("second", "Skipped")], "Failed"),
        (
            ignores,
            [("first", "IgnoreFailed"), ("second", "Success")],
            "IgnoreFailed",
        ),
    ] {
        let harness = bench();
        save_child(&harness, "fixed");
        save(
            &harness,
            "train",
            "",
            &[
                chain("first", beside, HERE, "child", ""),
                chain("second", "", HERE, "child", ""),
            ],
        );
        script(&harness, "child", "w", &failing("Verification"));
        let id = start(&harness, "train", "");
        harness.advance(60_000);
        assert_eq!(
            (harness.stages(&id), harness.status(&id).as_str()),
            (pairs(&stages), status)
        );
        let node = layout_node(&summary(&harness, &id), "first");
        if status == "Failed" {
            assert_eq!(node["failureInfo"]["message"], "Child pipeline child failed: it broke");
            assert_eq!(
                node["failureInfoDTO"]["failureTypeList"],
                json!(["VERIFICATION_FAILURE"])
            );
            assert_eq!(
                summary(&harness, &id)["failureInfo"]["message"],
                node["failureInfo"]["message"]
            );
        }
        assert_eq!(children(&harness, "child").last().unwrap()["status"], "Failed");
    }
}

/// run-inputs §9 [HUB]; CORE PipelineStagePlanCreator: refused when the plan is made.
#[test]
fn what_cannot_be_chained_is_refused_at_the_start() {
    let harness = bench();
    save_child(&harness, "fixed");
    save(&harness, "train", "", &[chain("first", "", HERE, "child", "")]);
    for (stage, message) in [
        (
            chain("x", "", HERE, "nothing", ""),
            "Child pipeline does not exists nothing",
        ),
        (
            chain("x", "", "org: default, project: nowhere", "child", ""),
            "Child pipeline does not exists child",
        ),
        (chain("x", "", HERE, "train", ""), "Nested pipeline is not supported"),
        (
            chain("x", "strategy: { parallelism: 2 },", HERE, "child", ""),
            "Strategy is not supported for Pipeline stage x",
        ),
    ] {
        let yaml = pipeline("wrong", "", &[stage]);
        harness.call("POST", "/pipeline/api/pipelines/v2", &yaml).data();
        let refused = harness.call("POST", &format!("{EXECUTE}/wrong"), "");
        assert_eq!(refused.failure(), (400, "PLAN_CREATION_ERROR".to_owned()));
        assert_eq!(refused.json()["message"], message);
        harness.call("DELETE", "/pipeline/api/pipelines/wrong", "").data();
    }
}

/// A child that does not start: harness-api §12.24 (a required variable), §12.7 (frozen: the parent deploys nothing).
#[test]
fn a_child_that_cannot_start_fails_its_stage() {
    let harness = bench();
    save_child(&harness, "<+input>");
    save(&harness, "train", "", &[chain("first", "", HERE, "child", "")]);
    let id = start(&harness, "train", "");
    harness.advance(10_000);
    assert_eq!(harness.status(&id), "Failed");
    let message = "Value not provided for required variable: word";
    assert_eq!(
        layout_node(&summary(&harness, &id), "first")["failureInfo"]["message"],
        message
    );
    let step = graph_nodes(&harness, &id, "first").remove(0);
    assert_eq!((&step["status"], &step["stepDetails"]), (&json!("Failed"), &json!({})));
    assert!(children(&harness, "child").is_empty());

    let frozen = bench_with(|modes| modes.freeze = harness_cd_simulator::modes::Freeze::RefusesRun);
    save(&frozen, "child", "", &[deployment("d", "", crate::bench::SHOP_TO_INT)]);
    save(&frozen, "train", "", &[chain("first", "", HERE, "child", "")]);
    let id = start(&frozen, "train", "");
    frozen.advance(10_000);
    assert_eq!(
        (frozen.status(&id).as_str(), children(&frozen, "child").len()),
        ("Failed", 0)
    );
}

/// run-inputs §9: `spec.inputSetReferences`, and a chain across projects.
#[test]
fn a_child_takes_input_sets_and_may_live_elsewhere() {
    let harness = bench();
    let other = "accountIdentifier=demo-account&orgIdentifier=retail&projectIdentifier=web";
    let headers = [("x-api-key", KEY), ("content-type", "application/yaml")];
    let set = "inputSet: { name: Greeting, identifier: greeting, orgIdentifier: retail, projectIdentifier: web, pipeline: { identifier: \
        elsewhere, variables: [{ name: word, type: String, value: from the set }] } }";
    let path = format!("/pipeline/api/inputSets?{other}&pipelineIdentifier=elsewhere");
    harness.send("POST", &path, &headers, set).data();
    let stage = chain(
        "first",
        "",
        "org: retail, project: web",
        "elsewhere",
        "inputSetReferences: [greeting]",
    );
    save(&harness, "train", "", &[stage]);
    let id = start(&harness, "train", "");
    harness.advance(30_000);
    assert_eq!(harness.status(&id), "Success");
    let details = graph_nodes(&harness, &id, "first")[0]["stepDetails"]["childPipelineExecutionDetails"].take();
    assert_eq!(
        (&details["orgId"], &details["projectId"]),
        (&json!("retail"), &json!("web"))
    );
    let child = details["planExecutionId"].as_str().unwrap();
    assert_eq!(
        harness
            .call("GET", &format!("/pipeline/api/pipelines/execution/v2/{child}"), "")
            .status,
        404,
        "not in this project"
    );
    let read = |path: &str| {
        harness
            .send(
                "GET",
                &format!("/pipeline/api/pipelines/execution/{path}?{other}"),
                &headers,
                "",
            )
            .data()
    };
    let summary = read(&format!("v2/{child}"))["pipelineExecutionSummary"].take();
    assert_eq!(
        (&summary["projectIdentifier"], &summary["parentStageInfo"]["projectid"]),
        (&json!("web"), &json!("platform"))
    );
    let inputs = read(&format!("{child}/inputsetV2"));
    assert!(
        inputs["inputSetYaml"].as_str().unwrap().contains("from the set"),
        "{inputs}"
    );
    assert_eq!(inputs["inputSetDetails"][0]["identifier"], "greeting");
}

/// harness-api §3.8, §12.8; CORE PipelineStageStep
#[test]
fn an_abort_goes_on_to_the_child() {
    let harness = bench();
    save_child(&harness, "fixed");
    save(
        &harness,
        "train",
        "",
        &[
            chain("first", "", HERE, "child", ""),
            custom("after", "", &[wait("x", 5)]),
        ],
    );
    let id = start(&harness, "train", "");
    harness.advance(5_000);
    harness
        .call("PUT", &format!("{EXECUTE}/interrupt/{id}?interruptType=AbortAll"), "")
        .data();
    assert_eq!(harness.status(&id), "Discontinuing");
    assert_eq!(children(&harness, "child")[0]["status"], "Discontinuing");
    harness.advance(5_000);
    assert_eq!(
        harness.stages(&id),
        pairs(&[("first", "Aborted"), ("after", "NotStarted")])
    );
    let child = children(&harness, "child").remove(0);
    assert_eq!(
        (harness.status(&id).as_str(), &child["status"]),
        ("Aborted", &json!("Aborted"))
    );
    assert_eq!(child["abortedBy"]["userName"], "Backstage");
}

/// harness-api §12.25, §3.7: what a child waits for its parent shows.
#[test]
fn a_parent_waits_as_its_child_does() {
    let harness = bench();
    let approval = crate::bench::step(
        "ok",
        "HarnessApproval",
        "timeout: 1d, spec: { approvers: { userGroups: [a], minimumCount: 1 } }",
    );
    save(&harness, "child", "", &[custom("s", "", &[approval])]);
    save(&harness, "train", "", &[chain("first", "", HERE, "child", "")]);
    let id = start(&harness, "train", "");
    harness.advance(5_000);
    assert_eq!(harness.status(&id), "ApprovalWaiting");
    let child = children(&harness, "child").remove(0)["planExecutionId"]
        .as_str()
        .unwrap()
        .to_owned();
    harness.control("POST", "approve", &json!({ "executionId": child }));
    harness.advance(5_000);
    assert_eq!(harness.status(&id), "Success");
}
