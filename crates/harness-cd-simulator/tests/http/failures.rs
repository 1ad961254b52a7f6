//! What becomes of failures, and what runs on which course.

use serde_json::{Value, json};

use crate::bench::{
    SHOP_TO_INT, bench, custom, deployment, each, failing, graph_nodes, layout_node, save, script, start, step,
    summary, told, wait, waits,
};
use crate::support::{Harness, pairs};

fn strategy(errors: &str, action: &str) -> String {
    format!("failureStrategies: [{{ onFailure: {{ errors: [{errors}], action: {{ {action} }} }} }}],")
}

/// A run of one stage whose step `w` goes as scripted, before a step `x`.
fn run_failing(harness: &Harness, of_stage: &str, of_step: &str, attempts: &Value) -> String {
    save(
        harness,
        "p",
        "",
        &[custom("s", of_stage, &[waits("w", 5, of_step), wait("x", 5)])],
    );
    script(harness, "p", "w", attempts);
    start(harness, "p", "")
}

/// harness-api §1.1 [SCH], §12.28
#[test]
fn a_retry_waits_its_intervals_and_leaves_its_trace() {
    let harness = bench();
    let retry = strategy(
        "AllErrors",
        "type: Retry, spec: { retryCount: 3, retryIntervals: [10s, 30s], onRetryFailure: { action: { type: Abort } } }",
    );
    let fails = json!({ "takesMs": 1_000, "fails": { "kind": "Connectivity" } });
    let attempts = json!([fails, fails, { "takesMs": 4_000 }]);
    let id = run_failing(&harness, "", &retry, &attempts);
    harness.advance(20_000);
    assert_eq!(
        (harness.status(&id).as_str(), told(&harness, &id, "w").0.as_str()),
        ("Running", "Running")
    );
    harness.advance(40_000);
    let (status, _, ended) = told(&harness, &id, "w");
    assert_eq!((status.as_str(), ended), ("Success", Some(46)));
    let history = graph_nodes(&harness, &id, "w")[0]["interruptHistories"].take();
    assert_eq!(each(history.as_array().unwrap(), "/interruptType"), ["RETRY", "RETRY"]);
    assert_eq!(harness.status(&id), "Success");
}

/// harness-api §1.1 [SCH], §3.7, §12.27, §12.28
#[test]
fn the_strategies_decide_what_becomes_of_a_failure() {
    let again = |then: &str| {
        format!(
            "type: Retry, spec: {{ retryCount: 1, retryIntervals: [2s], onRetryFailure: {{ action: {{ type: {then} }} }} }}"
        )
    };
    let asks = |then: &str| {
        format!("type: ManualIntervention, spec: {{ timeout: 1h, onTimeout: {{ action: {{ type: {then} }} }} }}")
    };
    let (none, ignore, all) = (String::new(), "type: Ignore".to_owned(), "AllErrors");
    for (of_stage, of_step, of_w, of_run) in [
        (none.clone(), none.clone(), "Failed", "Failed"),
        (strategy(all, &ignore), none.clone(), "IgnoreFailed", "IgnoreFailed"),
        (strategy(all, "type: MarkAsSuccess"), none.clone(), "Success", "Success"),
        (strategy(all, "type: MarkAsFailure"), none.clone(), "Failed", "Failed"),
        (strategy(all, "type: Abort"), none.clone(), "Failed", "Aborted"),
        (
            strategy(all, "type: Abort"),
            strategy(all, &ignore),
            "IgnoreFailed",
            "IgnoreFailed",
        ),
        (strategy("Timeout", &ignore), none.clone(), "Failed", "Failed"),
        (
            strategy("Timeout, Verification", &ignore),
            none.clone(),
            "IgnoreFailed",
            "IgnoreFailed",
        ),
        (
            strategy(all, "type: Abort"),
            strategy("Timeout", &ignore),
            "Failed",
            "Aborted",
        ),
        (
            none.clone(),
            strategy(all, &again("Ignore")),
            "IgnoreFailed",
            "IgnoreFailed",
        ),
        (
            none.clone(),
            strategy(all, &asks("MarkAsSuccess")),
            "Success",
            "Success",
        ),
        (strategy(all, &asks("StageRollback")), none.clone(), "Failed", "Failed"),
    ] {
        let harness = bench();
        let id = run_failing(&harness, &of_stage, &of_step, &failing("Verification"));
        harness.advance(2 * 60 * 60_000);
        let case = format!("{of_stage} {of_step}");
        assert_eq!(
            (told(&harness, &id, "w").0.as_str(), harness.status(&id).as_str()),
            (of_w, of_run),
            "{case}"
        );
        let went_on = graph_nodes(&harness, &id, "x").len() == 1;
        assert_eq!(went_on, !["Failed", "Aborted"].contains(&of_run), "{case}");
        let rolled_back = graph_nodes(&harness, &id, "undo").len() == 1;
        assert_eq!(rolled_back, case.contains("StageRollback"), "{case}");
        let summary = summary(&harness, &id);
        if of_run == "Failed" {
            let failure = &summary["failureInfo"];
            assert_eq!(
                (&failure["message"], &failure["failureTypeList"]),
                (&json!("it broke"), &json!(["VERIFICATION_FAILURE"]))
            );
        } else if of_run != "Aborted" {
            assert_eq!(summary.get("failureInfo"), None, "{case}");
        }
    }
}

/// harness-api §3.7, §12.25
#[test]
fn an_intervention_is_waited_for_until_its_time_is_over() {
    let harness = bench();
    let asks = "type: ManualIntervention, spec: { timeout: 10m, onTimeout: { action: { type: Ignore } } }";
    let id = run_failing(&harness, "", &strategy("AllErrors", asks), &failing("Verification"));
    harness.advance(60_000);
    let node = layout_node(&summary(&harness, &id), "s");
    assert_eq!(
        [
            told(&harness, &id, "w").0,
            node["status"].as_str().unwrap().to_owned(),
            harness.status(&id)
        ],
        ["InterventionWaiting"; 3]
    );
    assert_eq!(node.get("endTs"), None);
    harness.advance(10 * 60_000);
    assert_eq!(told(&harness, &id, "w"), ("IgnoreFailed".to_owned(), 0, Some(601)));
    assert_eq!(harness.status(&id), "IgnoreFailed");
}

/// harness-api §1.1 [SCH] (`timeout`), §3.7 (`Expired`), §12.28
#[test]
fn a_step_that_takes_longer_than_its_limit_expires() {
    for (of_step, status) in [
        (String::new(), "Expired"),
        (strategy("Timeout", "type: Ignore"), "IgnoreFailed"),
    ] {
        let harness = bench();
        let slow = waits("w", 60, &format!("timeout: 20s, {of_step}"));
        save(&harness, "p", "", &[custom("s", "", &[slow])]);
        let id = start(&harness, "p", "");
        harness.advance(15_000);
        assert_eq!(harness.status(&id), "Running");
        harness.advance(10_000);
        assert_eq!(told(&harness, &id, "w"), (status.to_owned(), 0, Some(20)));
        assert_eq!(harness.status(&id), status);
        let node = graph_nodes(&harness, &id, "w").remove(0);
        if of_step.is_empty() {
            assert_eq!(node["failureInfo"]["failureTypeList"], json!(["TIMEOUT_ERROR"]));
        }
    }
}

/// harness-api §1.1 [SCH]: a step's `when` has a stage status.
#[test]
fn after_a_failure_only_the_steps_run_that_ask_for_one() {
    let steps = |first: String| {
        let on = |id: &str, status: &str| waits(id, 5, &format!("when: {{ stageStatus: {status} }},"));
        let never = waits("never", 5, "when: { stageStatus: All, condition: 'false' },");
        [
            first,
            on("good", "Success"),
            on("bad", "Failure"),
            on("always", "All"),
            never,
        ]
    };
    for (fails, good, bad) in [(true, None, Some("Success")), (false, Some("Success"), Some("Skipped"))] {
        let harness = bench();
        save(&harness, "p", "", &[custom("s", "", &steps(wait("w", 5)))]);
        if fails {
            script(&harness, "p", "w", &failing("Verification"));
        }
        let id = start(&harness, "p", "");
        harness.advance(60_000);
        let status = |step: &str| each(&graph_nodes(&harness, &id, step), "/status").first().cloned();
        assert_eq!((status("good").as_deref(), status("bad").as_deref()), (good, bad));
        assert_eq!(
            (status("always").as_deref(), status("never").as_deref()),
            (Some("Success"), Some("Skipped"))
        );
        assert_eq!(harness.status(&id), if fails { "Failed" } else { "Success" });
    }
}

/// harness-api §1.1 [SCH], §3.6 (`nodeRunInfo`, `skipInfo`), §3.7
#[test]
fn stages_run_on_their_course_and_condition() {
    let on = |id: &str, status: &str, condition: &str| {
        custom(
            id,
            &format!("when: {{ pipelineStatus: {status}, condition: '{condition}' }},"),
            &[wait(&format!("in_{id}"), 5)],
        )
    };
    let variable = r#"variables: [{ name: zone, type: String, value: "eu" }],"#;
    let zone = |is: &str| format!("<+pipeline.variables.zone> == \"{is}\"");
    for (fails, course) in [
        (true, ["Skipped", "Success", "Success"]),
        (false, ["Success", "Skipped", "Success"]),
    ] {
        let harness = bench();
        let stages = [
            custom("a", "", &[wait("w", 5)]),
            on("good", "Success", &zone("eu")),
            on("bad", "Failure", &zone("eu")),
            on("always", "All", &zone("eu")),
            on("elsewhere", "All", &zone("us")),
        ];
        save(&harness, "p", variable, &stages);
        if fails {
            script(&harness, "p", "w", &failing("Verification"));
        }
        let id = start(&harness, "p", "");
        harness.advance(60_000);
        let first = if fails { "Failed" } else { "Success" };
        let all = [
            ("a", first),
            ("good", course[0]),
            ("bad", course[1]),
            ("always", course[2]),
            ("elsewhere", "Skipped"),
        ];
        assert_eq!(harness.stages(&id), pairs(&all));
        assert_eq!(harness.status(&id), first);
        let node = summary(&harness, &id)["layoutNodeMap"]
            .as_object()
            .unwrap()
            .values()
            .find(|node| node["nodeIdentifier"] == "elsewhere")
            .unwrap()
            .clone();
        assert_eq!(node["nodeRunInfo"]["evaluatedCondition"], false);
        assert!(node.get("skipInfo").is_some(), "{node}");
    }
}

/// harness-api §1.1 [SCH]: a condition is an expression; that one beyond the simulator's reach fails is invented.
#[test]
fn a_condition_that_cannot_be_read_fails_its_stage() {
    let harness = bench();
    save(
        &harness,
        "p",
        "",
        &[custom(
            "a",
            "when: { pipelineStatus: All, condition: 'a ? b : c' },",
            &[wait("w", 5)],
        )],
    );
    let id = start(&harness, "p", "");
    harness.advance(5_000);
    let summary = summary(&harness, &id);
    assert_eq!(summary["status"], "Failed");
    assert!(
        summary["failureInfo"]["message"]
            .as_str()
            .unwrap()
            .contains("condition of stage [a]"),
        "{summary}"
    );
}

/// harness-api §3.4, §3.6; runtime-inputs (nodes of type PipelineRollback); `cases/history/history-07-pipeline-rollback`
#[test]
fn a_pipeline_rollback_undoes_what_was_deployed_the_last_first() {
    let harness = bench();
    let rolls_back = strategy("AllErrors", "type: PipelineRollback");
    let prod = "service: { serviceRef: mail }, environment: { environmentRef: prod, deployToAll: true },";
    let stages = [
        deployment("a", "", SHOP_TO_INT),
        deployment("b", "", prod),
        custom("check", &rolls_back, &[step("probe", "Http", "spec: {}")]),
        custom("later", "when: { pipelineStatus: All },", &[wait("x", 5)]),
    ];
    save(&harness, "p", "", &stages);
    script(&harness, "p", "probe", &failing("Verification"));
    let id = start(&harness, "p", "");
    harness.advance(23_000);
    let early = summary(&harness, &id);
    assert_eq!((&early["status"], early.get("endTs")), (&json!("Running"), None));
    harness.advance(60_000);
    let summary = summary(&harness, &id);
    assert_eq!(
        (&summary["status"], &summary["executionMode"]),
        (&json!("Failed"), &json!("NORMAL"))
    );
    assert_eq!(summary["failureInfo"]["message"], "it broke");
    let stages = harness.stages(&id);
    let (last, before) = stages.split_last().unwrap();
    assert!(last.0.starts_with("prb-") && last.1 == "Success", "{last:?}");
    assert_eq!(
        before,
        pairs(&[
            ("a", "Success"),
            ("b", "Success"),
            ("check", "Failed"),
            ("later", "NotStarted")
        ])
    );
    let node = layout_node(&summary, "prb-");
    assert_eq!(
        (&node["nodeType"], &node["module"], &node["moduleInfo"]),
        (&json!("PipelineRollback"), &json!("cd"), &json!({}))
    );
    let seconds = |from: &Value, to: &Value| (to.as_i64().unwrap() - from.as_i64().unwrap()) / 1_000;
    assert_eq!(
        seconds(&node["startTs"], &node["endTs"]),
        10,
        "two rollbacks of five seconds"
    );
    assert_eq!(node["endTs"], summary["endTs"]);
    let keys: Vec<&String> = summary["layoutNodeMap"].as_object().unwrap().keys().collect();
    assert_eq!(keys.len(), 5);
    let graph = crate::bench::graph(&harness, &id);
    let rollback = &graph["nodeMap"][node["nodeExecutionId"].as_str().unwrap()];
    assert_eq!(
        (&rollback["setupId"], &rollback["status"]),
        (&node["nodeUuid"], &json!("Success"))
    );
    assert_eq!(
        each(&graph_nodes(&harness, &id, "undo"), "/status"),
        ["Success", "Success"]
    );
}
