//! What ran: pages and details as Harness sends them, with the odd members that occur.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test fails by panicking"
)]

use harness_cd_history::{HistoryOptions, ShapeError, shape_history, shape_progress};
use harness_cd_model::{Deployment, EnvironmentType, HistoryPage, StatusPhase};
use proptest::prelude::*;
use serde_json::{Value, json};

const PAGE: &str = include_str!("../../../tests/fixtures/executions/page.json");
const DETAIL: &str = include_str!("../../../tests/fixtures/executions/detail.json");

fn options() -> HistoryOptions {
    HistoryOptions {
        ui_base: Some("https://app.harness.io/".into()),
        account: Some("ACC".into()),
        regions: vec!["euw1".into(), "euw2".into()],
        environments: vec!["int-stable".into(), "pre-stable".into(), "prod".into()],
        ..HistoryOptions::default()
    }
}

fn page() -> Value {
    serde_json::from_str(PAGE).unwrap()
}

fn shape(body: &Value) -> HistoryPage<'static> {
    shape_with(body, options())
}

/// A page borrows from its answer; a test keeps both to its end.
fn shape_with(body: &Value, options: HistoryOptions) -> HistoryPage<'static> {
    let body = body.to_string().into_bytes().leak();
    shape_history(body, Box::leak(Box::new(options))).unwrap()
}

fn of_run(page: &HistoryPage<'static>, run: &str) -> Vec<Deployment<'static>> {
    page.deployments
        .iter()
        .filter(|deployment| deployment.execution_id.ends_with(run))
        .cloned()
        .collect()
}

#[test]
fn the_whole_page() {
    let options = options();
    let page = shape_history(PAGE.as_bytes(), &options).unwrap();
    insta::assert_snapshot!(serde_json::to_string_pretty(&page).unwrap());
}

#[test]
fn status_and_times_are_the_stage_s_and_not_the_pipeline_s() {
    let found = of_run(&shape(&page()), "110");
    let facts: Vec<_> = found
        .iter()
        .map(|one| (one.stage.as_ref(), one.started_at, one.duration_ms))
        .collect();
    // The map of the answer has euw2 first; the edges say otherwise.
    assert_eq!(
        facts,
        [
            ("deploy_int_stable_euw1", Some(1_794_999_110_000), Some(440_000)),
            ("deploy_int_stable_euw2", Some(1_794_999_110_000), Some(390_000)),
        ]
    );
}

#[test]
fn a_running_stage_has_no_end() {
    let found = of_run(&shape(&page()), "112");
    assert_eq!(
        (found[0].phase, found[0].ended_at, found[0].duration_ms),
        (StatusPhase::Active, None, None)
    );
    assert_eq!(found[0].region.as_deref(), Some("euw1"));
}

#[test]
fn what_has_an_end_is_over_and_zero_is_none() {
    let shaped = |status: &str, end: i64| {
        let node = json!({ "nodeType": "Deployment", "status": status, "startTs": 1000, "endTs": end });
        let summary = json!({ "planExecutionId": "e1", "status": status, "startTs": 1000, "endTs": end,
            "layoutNodeMap": { "n": node } });
        let row = shape(&summary).deployments.remove(0);
        let detail = json!({ "pipelineExecutionSummary": summary }).to_string();
        let progress = shape_progress(detail.as_bytes(), &options()).unwrap();
        let stage = &progress.stages[0];
        assert_eq!((progress.phase, progress.ended_at), (row.phase, row.ended_at));
        assert_eq!((stage.phase, stage.ended_at), (row.phase, row.ended_at));
        (row.phase, row.ended_at)
    };
    for (status, end, expected) in [
        ("SuccessWithWarnings", 4000, (StatusPhase::Succeeded, Some(4000))),
        ("Hibernated", 4000, (StatusPhase::Failed, Some(4000))),
        ("Hibernating", 0, (StatusPhase::Active, None)),
        ("Success", 0, (StatusPhase::Succeeded, None)),
        ("Running", 4000, (StatusPhase::Active, None)),
    ] {
        assert_eq!(shaped(status, end), expected, "{status} {end}");
    }
}

#[test]
fn the_pattern_of_a_repeated_stage_is_no_stage() {
    let node = |node_type: &str, status: &str, children: &[&str]| {
        json!({ "nodeType": node_type, "nodeIdentifier": "roll_out", "status": status,
            "edgeLayoutList": { "currentNodeChildren": children, "nextIds": [] } })
    };
    for (status, pattern, expected) in [
        ("Running", "NotStarted", &["e1/first", "e1/second"][..]),
        // What has begun is shown, whatever leads to it.
        ("Running", "Running", &["e1/first", "e1/second", "e1/pattern"]),
    ] {
        let summary = json!({ "planExecutionId": "e1", "status": status, "startingNodeId": "loop", "layoutNodeMap": {
            "pattern": node("Deployment", pattern, &[]), "loop": node("MATRIX", "Running", &["first", "second"]),
            "first": node("Deployment", "Success", &[]), "second": node("Deployment", "NotStarted", &[]) } });
        let all = HistoryOptions {
            skipped: true,
            ..options()
        };
        let rows = shape_with(&summary, all).deployments;
        assert_eq!(rows.iter().map(|row| row.id.as_str()).collect::<Vec<_>>(), expected);
        let detail = json!({ "pipelineExecutionSummary": summary }).to_string();
        let progress = shape_progress(detail.as_bytes(), &options()).unwrap();
        assert_eq!(progress.stages.len(), expected.len());
    }
}

#[test]
fn what_has_not_begun_when_the_execution_is_over_never_will() {
    for (status, phase, stages) in [("Failed", StatusPhase::Skipped, 0), ("Running", StatusPhase::Queued, 1)] {
        let summary = json!({ "planExecutionId": "e1", "status": status, "layoutNodeMap": {
            "n": { "nodeType": "Deployment", "status": "NotStarted" } } });
        let all = HistoryOptions {
            skipped: true,
            ..options()
        };
        let row = shape_with(&summary, all).deployments.remove(0);
        assert_eq!((row.status.as_str(), row.phase), ("NotStarted", phase));
        let detail = json!({ "pipelineExecutionSummary": summary }).to_string();
        let progress = shape_progress(detail.as_bytes(), &options()).unwrap();
        assert_eq!(progress.stages.len(), stages);
    }
}

#[test]
fn stages_that_did_not_run_are_left_out_unless_asked_for() {
    let all = HistoryOptions {
        skipped: true,
        ..options()
    };
    let all = shape_with(&page(), all);
    let some = shape(&page());
    for (run, without, with) in [("108", 1, 2), ("109", 1, 2), ("112", 1, 2)] {
        assert_eq!(
            (of_run(&some, run).len(), of_run(&all, run).len()),
            (without, with),
            "{run}"
        );
    }
}

#[test]
fn odd_members_cost_themselves_alone() {
    let found = of_run(&shape(&page()), "106");
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].status.as_str(), "HibernatingNow");
    assert_eq!(
        (found[0].run_number, &found[0].stage_name, &found[0].trigger_type),
        (Some(106), &None, &None)
    );
    assert_eq!(found[0].links, None, "the organization is unknown");
    let found = of_run(&shape(&page()), "107");
    assert_eq!(found[0].status.as_str(), "AbortedByFreeze");
    assert_eq!(found[0].image_tag.as_deref(), Some("227"));
    assert_eq!(found[0].duration_ms, Some(90_000));
}

#[test]
fn a_row_that_cannot_be_shaped_says_where_and_why() {
    let pointers: Vec<_> = shape(&page()).quarantined.into_iter().map(|row| row.pointer).collect();
    assert_eq!(pointers, ["/data/content/7", "/data/content/8", "/data/content/9"]);
    let root = page();
    assert!(pointers.iter().all(|pointer| root.pointer(pointer).is_some()));
}

#[test]
fn every_wrapping_gives_the_same_deployments() {
    let enveloped = page();
    let whole = shape(&enveloped);
    assert_eq!(whole.total_executions, Some(412));
    let bare = shape(&enveloped["data"]);
    assert_eq!(
        (&bare.deployments, bare.total_executions),
        (&whole.deployments, Some(412))
    );
    assert_eq!(bare.quarantined[0].pointer, "/content/7");
    let list = shape(&enveloped["data"]["content"]);
    assert_eq!((&list.deployments, list.total_executions), (&whole.deployments, None));
    assert_eq!(list.quarantined[0].pointer, "/7");
    let one = shape(&enveloped["data"]["content"][2]);
    assert_eq!(one.deployments, of_run(&whole, "110"));
    let detail: Value = serde_json::from_str(DETAIL).unwrap();
    assert_eq!(shape(&detail).deployments, shape(&detail["data"]).deployments);
    assert_eq!(shape(&detail).deployments.len(), 1);
}

#[test]
fn the_region_is_read_off_the_infrastructure() {
    let region = |infrastructure: &str, environment: Value, regions: &[&str]| {
        let body = json!([{ "planExecutionId": "x", "layoutNodeMap": { "n": { "nodeType": "Deployment", "status": "Success",
            "moduleInfo": { "cd": { "infraExecutionSummary": { "identifier": environment, "infrastructureIdentifier": infrastructure } } } } } }]);
        let options = HistoryOptions {
            regions: regions.iter().map(ToString::to_string).collect(),
            ..options()
        };
        shape_with(&body, options).deployments[0].region.clone()
    };
    for (infrastructure, environment, regions, expected) in [
        ("int_stable_euw1_k8s", json!("int_stable"), &["euw1"][..], Some("euw1")),
        ("int_stable_euw1_k8s", json!("int_stable"), &[], Some("euw1")),
        ("int_stable_euw10_k8s", json!("int_stable"), &["euw1"], Some("euw10")),
        (
            "int_stable_eu_west_1_k8s",
            json!("int_stable"),
            &["west-1", "eu-west-1"],
            Some("eu-west-1"),
        ),
        ("org.prod_euw1_k8s", json!("account.prod"), &[], Some("euw1")),
        ("euw1_euw2_k8s", json!("euw1"), &["euw1", "euw2"], Some("euw2")),
        ("cluster-euw1", json!("prod"), &[], None),
        ("prod__k8s", json!("prod"), &[], None),
        ("a_euw1", Value::Null, &["euw1"], Some("euw1")),
        ("a_euw1_k8s", Value::Null, &[], None),
    ] {
        assert_eq!(
            region(infrastructure, environment, regions).as_deref(),
            expected,
            "{infrastructure}"
        );
    }
}

#[test]
fn no_links_without_a_base_and_an_account() {
    for missing in [
        HistoryOptions {
            ui_base: None,
            ..options()
        },
        HistoryOptions {
            account: None,
            ..options()
        },
    ] {
        let page = shape_history(PAGE.as_bytes(), &missing).unwrap();
        assert!(page.deployments.iter().all(|deployment| deployment.links.is_none()));
    }
}

#[test]
fn production_is_told_from_the_rest() {
    let page = shape(&page());
    assert_eq!(
        of_run(&page, "104")[0].environment_type,
        Some(EnvironmentType::Production)
    );
    assert!(of_run(&page, "104").iter().all(|deployment| deployment.is_rollback));
    assert_eq!(
        of_run(&page, "110")[0].environment_type,
        Some(EnvironmentType::PreProduction)
    );
}

#[test]
fn answers_that_are_no_history_say_what_they_are() {
    let error = |body: &[u8]| {
        let history = shape_history(body, &options()).unwrap_err();
        assert_eq!(shape_progress(body, &options()).unwrap_err(), history);
        history
    };
    assert_eq!(error(b""), ShapeError::Empty);
    assert_eq!(error(b" \n"), ShapeError::Empty);
    assert_eq!(error(b"\n <!DOCTYPE html><title>Sign in</title>"), ShapeError::WebPage);
    assert_eq!(error(b"{}"), ShapeError::NotHistory);
    assert_eq!(error(b"\"text\""), ShapeError::NotHistory);
    assert_eq!(error(br#"{"status":"SUCCESS","data":null}"#), ShapeError::NotHistory);
    assert_eq!(error(br#"{"data":{"data":{"content":[]}}}"#), ShapeError::NotHistory);
    // A list without its page may be one of anything.
    for list in ["[]", "[1,1]", "[{}]", r#"{"status":"SUCCESS","data":[]}"#] {
        assert_eq!(error(list.as_bytes()), ShapeError::NotHistory, "{list}");
    }
    assert!(matches!(error(&PAGE.as_bytes()[..20_000]), ShapeError::NotJson(_)));
    assert!(matches!(error(b"{} x"), ShapeError::NotJson(_)));
    let refused = error(br#"{"status":"ERROR","code":"INVALID_REQUEST","message":"no","responseMessages":[null,{"message":"no"},{"message":"because"}]}"#);
    assert_eq!(
        refused,
        ShapeError::Refused {
            code: Some("INVALID_REQUEST".into()),
            message: "no; because".into()
        }
    );
    assert!(matches!(
        error(br#"{"status":"FAILURE","data":{"content":[]}}"#),
        ShapeError::Refused { .. }
    ));
}

#[test]
fn an_empty_page_is_a_page() {
    let empty = HistoryPage {
        total_executions: Some(0),
        ..HistoryPage::default()
    };
    assert_eq!(
        shape(&json!({ "status": "SUCCESS", "data": { "content": [], "totalElements": 0 } })),
        empty
    );
    assert_eq!(
        shape(&json!({ "data": { "content": null, "totalElements": 0 } })),
        empty
    );
}

#[test]
fn a_byte_order_mark_is_no_part_of_the_answer() {
    assert!(shape_history(b"\xEF\xBB\xBF{\"content\":[]}", &options()).is_ok());
}

#[test]
fn progress_of_the_detail() {
    let progress = shape_progress(DETAIL.as_bytes(), &options()).unwrap();
    insta::assert_snapshot!(serde_json::to_string_pretty(&progress).unwrap());
    let bare: Value = serde_json::from_str(DETAIL).unwrap();
    assert_eq!(
        shape_progress(bare["data"].to_string().as_bytes(), &options()).unwrap(),
        progress
    );
}

#[test]
fn progress_holds_what_steps_put_out_and_no_secret() {
    let mut detail: Value = serde_json::from_str(DETAIL).unwrap();
    let nodes = detail["data"]["executionGraph"]["nodeMap"].as_object_mut().unwrap();
    let mut nodes = nodes.values_mut();
    let mut put = |path: &str, started_at: i64, variables: Value| {
        let node = nodes.next().unwrap();
        node["baseFqn"] = json!(path);
        node["startTs"] = json!(started_at);
        node["outcomes"] = json!({ "output": { "outputVariables": variables }, "artifacts": [1] });
    };
    let tag = "pipeline.stages.build.spec.execution.steps.tag";
    put(tag, 20, json!({ "tag": "v2", "unset": null, "count": 3 }));
    put(tag, 10, json!({ "tag": "v1" }));
    put(
        "pipeline.stages.build.spec.execution.steps.token",
        30,
        json!({
            "token": r#"${sweepingOutputSecrets.obtain("token","AAAA")}"#,
            "header": r#"Bearer ${ngSecretManager.obtain("token", 12)}"#,
            "masked": "**************",
            "empty": "",
        }),
    );
    put("pipeline.stages.build", 5, json!({}));
    put("", 5, json!({ "of": "nowhere" }));
    let progress = shape_progress(detail.to_string().as_bytes(), &options()).unwrap();
    assert_eq!(
        json!(progress)["outputVariables"],
        json!({
            (tag): { "tag": "v2", "unset": "", "count": "3" },
            "pipeline.stages.build.spec.execution.steps.token":
                { "token": "******", "header": "******", "masked": "**************", "empty": "" },
        })
    );
}

#[test]
fn progress_without_a_graph_has_stages_without_steps() {
    let mut detail: Value = serde_json::from_str(DETAIL).unwrap();
    detail["data"].as_object_mut().unwrap().remove("executionGraph");
    let progress = shape_progress(detail.to_string().as_bytes(), &options()).unwrap();
    assert_eq!(
        progress
            .stages
            .iter()
            .map(|stage| stage.steps.len())
            .collect::<Vec<_>>(),
        [0, 0]
    );
}

/// Any JSON, with the members that shaping reads.
fn any_json() -> impl Strategy<Value = Value> {
    let names = [
        "data",
        "content",
        "planExecutionId",
        "layoutNodeMap",
        "startingNodeId",
        "edgeLayoutList",
        "currentNodeChildren",
        "nextIds",
        "nodeType",
        "status",
        "startTs",
        "endTs",
        "moduleInfo",
        "cd",
        "infraExecutionSummary",
        "serviceInfo",
        "infrastructureIdentifier",
        "pipelineExecutionSummary",
        "executionGraph",
        "nodeMap",
        "nodeAdjacencyListMap",
        "a",
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        prop::sample::select(vec!["a", "Deployment", "Success", "", "é", "1e300", "_k8s"]).prop_map(Value::from),
    ];
    leaf.prop_recursive(6, 60, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((prop::sample::select(names.to_vec()), inner), 0..6).prop_map(|members| members
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value))
                .collect()),
        ]
    })
}

proptest! {
    #[test]
    fn json_of_any_shape_is_answered(body in any_json()) {
        for body in [body.clone(), json!([body]), json!({ "planExecutionId": "x", "layoutNodeMap": body })] {
            let text = body.to_string();
            let is_not_json = |error: &ShapeError| matches!(error, ShapeError::NotJson(_));
            prop_assert!(!shape_history(text.as_bytes(), &options()).is_err_and(|error| is_not_json(&error)));
            prop_assert!(!shape_progress(text.as_bytes(), &options()).is_err_and(|error| is_not_json(&error)));
        }
    }

    #[test]
    fn damaged_bytes_are_answered(cut in 0..PAGE.len(), byte in any::<u8>()) {
        let mut body = PAGE.as_bytes().to_vec();
        body[cut] = byte;
        let _ = shape_history(&body, &options());
        body.truncate(cut);
        prop_assert!(shape_history(&body, &options()).is_err());
    }
}

#[test]
fn an_execution_in_which_no_deployment_has_begun_speaks_for_its_next_stage() {
    let stage = |status: &str| json!({ "nodeType": "Deployment", "nodeIdentifier": "deploy_prod", "status": status });
    let page = |execution: &str, first: &str, last: &str| {
        json!({ "content": [{ "planExecutionId": "e1", "status": execution, "startTs": 1000, "endTs": 4000,
            "failureInfo": { "message": "not today" },
            "layoutNodeMap": { "n1": stage(first), "n2": stage(last) } }] })
    };
    for (execution, first, last, seen) in [
        (
            "ApprovalWaiting",
            "Skipped",
            "NotStarted",
            Some(("e1/n2", "ApprovalWaiting", None)),
        ),
        ("Queued", "NotStarted", "NotStarted", Some(("e1/n1", "Queued", None))),
        (
            "ApprovalRejected",
            "Skipped",
            "Skipped",
            Some(("e1/n2", "ApprovalRejected", Some(3000))),
        ),
        ("Success", "Skipped", "Skipped", None),
    ] {
        let shaped = shape(&page(execution, first, last)).deployments;
        let found: Vec<_> = shaped
            .iter()
            .map(|row| (row.id.as_str(), row.status.as_str(), row.duration_ms))
            .collect();
        assert_eq!(found, Vec::from_iter(seen), "{execution}");
        assert!(shaped.iter().all(|row| row.started_at == Some(1000)));
        assert!(
            shaped
                .iter()
                .all(|row| row.ended_at == row.duration_ms.map(|ms| 1000 + ms))
        );
        assert!(shaped.iter().all(|row| row.failure.as_deref() == Some("not today")));
    }
}
