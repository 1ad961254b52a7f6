//! Runs of every kind: by GitOps, chained, of several services, without a deployment, taken back.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

use harness_cd_history::{HistoryOptions, ShapeError, shape_history, shape_progress};
use harness_cd_model::{
    ChildRun, Deployment, EnvironmentType, ExecutionProgress, HistoryPage, StatusPhase, WaitingFor,
};
use serde_json::{Value, json};

fn options(skipped: bool) -> HistoryOptions {
    HistoryOptions {
        regions: vec!["euw1".into()],
        environments: vec!["int-stable".into(), "stable".into(), "prod".into()],
        skipped,
        ..HistoryOptions::default()
    }
}

fn page_of(body: &str, skipped: bool) -> HistoryPage<'static> {
    let options = Box::leak(Box::new(options(skipped)));
    shape_history(body.to_owned().into_bytes().leak(), options).unwrap()
}

fn rows(body: &Value) -> Vec<Deployment<'static>> {
    page_of(&body.to_string(), false).deployments
}

fn progress(summary: &Value) -> ExecutionProgress {
    let body = json!({ "data": { "pipelineExecutionSummary": summary } }).to_string();
    shape_progress(body.as_bytes(), &options(false)).unwrap()
}

macro_rules! fixture {
    ($name:literal) => {
        include_str!(concat!("../../../tests/fixtures/executions/", $name, ".json"))
    };
}

/// Type, identifier, status and condition.
type StageOf<'a> = (&'a str, &'a str, &'a str, &'a str);

fn deploy<'a>(identifier: &'a str, status: &'a str, condition: &'a str) -> StageOf<'a> {
    ("Deployment", identifier, status, condition)
}

/// A run whose stages follow each other.
fn run(status: &str, stages: &[StageOf<'_>]) -> Value {
    let node = |place: usize, (kind, identifier, status, condition): &StageOf<'_>| {
        let next: Vec<String> = (place + 1 < stages.len())
            .then(|| format!("n{}", place + 1))
            .into_iter()
            .collect();
        let mut node = json!({ "nodeType": kind, "nodeIdentifier": identifier, "status": status,
            "edgeLayoutList": { "currentNodeChildren": [], "nextIds": next } });
        if !condition.is_empty() {
            node["nodeRunInfo"] = json!({ "whenCondition": condition });
        }
        node
    };
    let nodes = stages.iter().enumerate();
    let nodes: serde_json::Map<String, Value> = nodes.map(|(at, stage)| (format!("n{at}"), node(at, stage))).collect();
    json!({ "planExecutionId": "e1", "pipelineIdentifier": "p", "status": status, "createdAt": 1000, "startTs": 3000,
        "endTs": if status.ends_with("ing") || status == "Queued" { 0 } else { 9000 },
        "failureInfo": { "message": "\n not today \n in detail" }, "startingNodeId": "n0", "layoutNodeMap": nodes })
}

type Told<'a> = (&'a str, &'a str, Option<&'a str>);

/// Of each row its id, status and environment.
fn told<'r>(rows: &'r [Deployment<'_>]) -> Vec<Told<'r>> {
    rows.iter()
        .map(|row| (row.id.as_str(), row.status.as_str(), row.environment.as_deref()))
        .collect()
}

#[test]
fn a_stage_that_deploys_by_gitops_has_a_row_for_each_environment() {
    let mut answer: Value = serde_json::from_str(fixture!("gitops")).unwrap();
    let row = rows(&answer).remove(0);
    assert_eq!(row.id, "exGitOps1/a");
    assert_eq!(
        (
            row.environment.as_deref(),
            row.environment_name.as_deref(),
            row.environment_type
        ),
        (Some("prod"), Some("Production"), Some(EnvironmentType::Production))
    );
    assert_eq!(row.infrastructure, None);
    let stage = &mut answer["data"]["content"][0]["layoutNodeMap"]["a"]["moduleInfo"]["cd"];
    stage["gitopsExecutionSummary"]["environments"] = json!([
        { "identifier": "prod_eu", "type": "Production" }, null, {}, { "identifier": "lab", "type": "PreProduction" }]);
    let rows = rows(&answer);
    assert_eq!(
        told(&rows),
        [
            ("exGitOps1/a/prod_eu", "Success", Some("prod_eu")),
            ("exGitOps1/a/lab", "Success", Some("lab")),
        ]
    );
    assert_eq!(rows[1].environment_type, Some(EnvironmentType::PreProduction));
}

#[test]
fn a_chained_run_that_has_not_succeeded_is_a_row() {
    let page = page_of(fixture!("chained-runs"), false);
    assert_eq!(
        told(&page.deployments),
        [("exTrain2", "Running", None), ("exTrain1", "Failed", None)]
    );
    let reasons: Vec<_> = page.deployments.iter().map(|row| row.failure.as_deref()).collect();
    assert_eq!(
        reasons,
        [None, Some("Child pipeline ledger_release failed: image not found")]
    );
    assert!(
        page.deployments
            .iter()
            .all(|row| row.whole_run && row.stage == "ledger")
    );
    assert_eq!(page.deployments, page_of(fixture!("chained-runs"), true).deployments);
    assert_eq!(page.ran_without_deploying, 0);
    let succeeded = fixture!("chained-runs").replace("Failed", "Success");
    let page = page_of(&succeeded, false);
    assert_eq!((page.deployments.len(), page.ran_without_deploying), (1, 1));
}

#[test]
fn a_run_that_succeeded_without_deploying_is_a_row_where_all_runs_are_asked_for() {
    let built = run(
        "Success",
        &[("CI", "build", "Success", ""), deploy("deploy_prod", "Skipped", "")],
    );
    let body = json!({ "data": { "content": [built, run("Success", &[deploy("deploy_prod", "Success", "")])] } });
    let options = HistoryOptions {
        all_runs: true,
        ..options(false)
    };
    let body = body.to_string();
    let page = shape_history(body.as_bytes(), &options).unwrap();
    assert_eq!(page.ran_without_deploying, 1);
    // The stage that was skipped brought nothing to its environment.
    assert_eq!(
        told(&page.deployments),
        [("e1", "Success", None), ("e1/n0", "Success", None)]
    );
    let row = &page.deployments[0];
    assert!(row.whole_run && row.stage.is_empty() && row.version.is_none());
    assert_eq!((row.started_at, row.ended_at), (Some(3000), Some(9000)));
    assert_eq!(
        shape_history(body.as_bytes(), &self::options(false))
            .unwrap()
            .deployments
            .len(),
        1
    );
}

#[test]
fn details_of_a_chained_run_lead_to_its_child() {
    let child = Some(ChildRun {
        execution_id: "exChild1".into(),
        org: Some("default".into()),
        project: Some("payments".into()),
    });
    let page = page_of(fixture!("chained-detail"), false);
    assert_eq!(told(&page.deployments), [("exTrain1", "Failed", None)]);
    assert_eq!(page.deployments[0].child, child);
    let progress = shape_progress(fixture!("chained-detail").as_bytes(), &options(false)).unwrap();
    let stages: Vec<_> = progress
        .stages
        .iter()
        .map(|stage| (stage.identifier.as_str(), &stage.child))
        .collect();
    assert_eq!(stages, [("ledger", &child)], "the other has never begun");
}

#[test]
fn a_stage_for_several_services_has_a_row_for_each() {
    let page = page_of(fixture!("several-services"), false);
    let found: Vec<_> = (page.deployments.iter())
        .map(|row| {
            (
                row.status.as_str(),
                row.service.as_deref().unwrap(),
                row.environment.as_deref().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        found,
        [
            ("Success", "ledger", "org.test"),
            ("Success", "ledger", "account.staging"),
            ("Success", "mailer", "org.test"),
            ("Failed", "mailer", "account.staging"),
        ]
    );
}

#[test]
fn what_became_of_a_webhook_s_event_is_an_answer() {
    let page = page_of(fixture!("webhook-event"), false);
    assert_eq!(told(&page.deployments), [("run1/a", "Success", Some("lab"))]);
    let answer: Value = serde_json::from_str(fixture!("webhook-event")).unwrap();
    for body in [&answer, &answer["data"]] {
        assert_eq!(rows(body), page.deployments);
        let progress = shape_progress(body.to_string().as_bytes(), &options(false)).unwrap();
        assert_eq!((progress.execution_id.as_str(), progress.stages.len()), ("run1", 1));
    }
    let mut bad = answer;
    bad["data"]["executionDetails"]["pipelineExecutionSummary"] = json!(1);
    let quarantined = &page_of(&bad.to_string(), false).quarantined;
    assert!(bad.pointer(&quarantined[0].pointer).is_some(), "{quarantined:?}");
}

#[test]
fn what_has_not_begun_in_a_run_that_is_over_has_not_run() {
    let page = page_of(fixture!("not-started-in-ended-run"), true);
    let phases: Vec<_> = page
        .deployments
        .iter()
        .map(|row| (row.status.as_str(), row.phase))
        .collect();
    assert_eq!(
        phases,
        [("Failed", StatusPhase::Failed), ("NotStarted", StatusPhase::Skipped)]
    );
}

#[test]
fn an_end_of_zero_is_none() {
    let row = page_of(fixture!("end-zero"), false).deployments.remove(0);
    assert_eq!((row.ended_at, row.run_ended_at, row.duration_ms), (None, None, None));
}

#[test]
fn a_pipeline_rollback_that_succeeded_marks_what_it_has_undone() {
    for (status, is_undone) in [
        ("Success", true),
        ("Failed", false),
        ("NotStarted", false),
        ("Running", false),
    ] {
        let mut answer: Value = serde_json::from_str(fixture!("pipeline-rollback")).unwrap();
        let nodes = &mut answer["data"]["pipelineExecutionSummary"]["layoutNodeMap"];
        nodes["p"]["status"] = json!(status);
        nodes["p"]["endTs"] = json!(0);
        let row = rows(&answer).remove(0);
        assert_eq!((row.id.as_str(), row.is_undone), ("run1/a", is_undone), "{status}");
        assert_eq!(json!(row).get("isUndone").is_some(), is_undone);
    }
}

#[test]
fn a_run_says_what_it_runs_again_or_that_it_takes_the_place_of_an_earlier_attempt() {
    let mut answer = run("Success", &[deploy("deploy_prod", "Success", "")]);
    let first = rows(&answer).remove(0);
    assert_eq!((first.rerun_of.as_deref(), first.is_retry), (None, false));
    answer["executionTriggerInfo"] = json!({ "isRerun": true, "rerunInfo": { "prevExecutionId": "e0" } });
    answer["showRetryHistory"] = json!(true);
    let again = rows(&answer).remove(0);
    assert_eq!((again.rerun_of.as_deref(), again.is_retry), (Some("e0"), true));
    answer["showRetryHistory"] = json!(false);
    assert!(json!(rows(&answer)[0]).get("isRetry").is_none());
}

#[test]
fn a_run_that_failed_before_it_deployed_is_a_row_with_its_reason() {
    let built = run(
        "Failed",
        &[
            ("CI", "build", "Failed", ""),
            ("Deployment", "deploy_prod_euw1", "NotStarted", ""),
        ],
    );
    let row = rows(&built).remove(0);
    assert_eq!(
        (row.id.as_str(), row.status.as_str(), row.whole_run),
        ("e1/n1", "Failed", true)
    );
    assert_eq!(row.failure.as_deref(), Some("not today"));
    assert_eq!(
        (
            row.environment.as_deref(),
            row.environment_name.as_deref(),
            row.region.as_deref()
        ),
        (Some("prod"), Some("prod"), Some("euw1"))
    );
    assert_eq!(
        (row.started_at, row.ended_at, row.duration_ms),
        (Some(3000), Some(9000), Some(6000))
    );

    let planned = json!({ "planExecutionId": "e1", "status": "Errored", "startTs": 1000, "endTs": 2000,
        "executionErrorInfo": { "message": "a policy denied the run" } });
    let row = rows(&planned).remove(0);
    assert_eq!(
        (row.id.as_str(), row.stage.as_ref(), row.status.as_str()),
        ("e1", "", "Errored")
    );
    assert_eq!(row.failure.as_deref(), Some("a policy denied the run"));
    assert_eq!(rows(&json!({ "content": [planned] })), [row]);
}

#[test]
fn a_deployment_behind_an_approval_says_where_it_goes() {
    let when = |environment: &str| format!("<+pipeline.variables.targetEnvironment> == \"{environment}\"");
    let (int, prod) = (when("int-stable"), when("prod"));
    for (status, gate, last, seen) in [
        (
            "ApprovalWaiting",
            "ApprovalWaiting",
            "NotStarted",
            &[("e1/n2", "ApprovalWaiting", Some("prod"))][..],
        ),
        (
            "ApprovalRejected",
            "ApprovalRejected",
            "Skipped",
            &[("e1/n2", "ApprovalRejected", Some("prod"))],
        ),
        ("Failed", "Success", "Failed", &[("e1/n2", "Failed", None)]),
    ] {
        let run = run(
            status,
            &[
                ("Deployment", "deploy_int_stable", "Skipped", &int),
                ("Approval", "prod_gate", gate, &prod),
                ("Deployment", "deploy_prod", last, &prod),
            ],
        );
        assert_eq!(told(&rows(&run)), seen, "{status}");
    }
    // One that has deployed before goes on to the next.
    let promoted = |gate: &str| {
        run(
            "ApprovalWaiting",
            &[
                ("Deployment", "deploy_int_stable", "Success", ""),
                ("Approval", "prod_gate", gate, ""),
                ("Deployment", "deploy_prod", "NotStarted", ""),
            ],
        )
    };
    let rows_of = rows(&promoted("ApprovalWaiting"));
    assert_eq!(
        told(&rows_of),
        [("e1/n0", "Success", None), ("e1/n2", "ApprovalWaiting", Some("prod"))]
    );
    assert_eq!(rows_of[1].waiting_for, Some(WaitingFor::Approval));
    assert_eq!(rows_of[0].waiting_for, None);
    // Nothing holds it back any more, and nothing else tells how it stands.
    assert_eq!(
        told(&rows(&promoted("Success"))),
        [("e1/n0", "Success", None), ("e1", "ApprovalWaiting", None)]
    );
}

#[test]
fn what_became_of_a_run_after_its_deployment_is_a_row() {
    let deployed = ("Deployment", "deploy_int_stable", "Success", "");
    for (status, last, seen) in [
        ("Failed", "Failed", "Failed"),
        ("Aborted", "Aborted", "Aborted"),
        ("InputWaiting", "InputWaiting", "InputWaiting"),
        ("Running", "Running", "Running"),
    ] {
        let run = run(status, &[deployed, ("Custom", "smoke_tests", last, "")]);
        let rows = rows(&run);
        assert_eq!(told(&rows), [("e1/n0", "Success", None), ("e1", seen, None)]);
        assert_eq!((rows[1].stage.as_ref(), rows[1].whole_run), ("smoke_tests", true));
        assert_eq!(rows[1].failure.as_deref(), Some("not today"));
    }
    // What a deployment tells already is told once.
    let last = |status: &str, of_run: &str| {
        let stages = [deployed, ("Deployment", "deploy_prod", status, "")];
        rows(&run(of_run, &stages)).len()
    };
    assert_eq!(last("Failed", "Failed"), 2);
    assert_eq!(last("ResourceWaiting", "Running"), 2);
    assert_eq!(last("Success", "Success"), 2);
}

#[test]
fn a_target_is_told_where_it_is_certain_alone() {
    let when = |environment: &str| format!("(<+pipeline.variables.to> == '{environment}') && <+OnPipelineSuccess>");
    let (int, prod) = (when("int-stable"), when("prod"));
    let run_of = |stages: &[StageOf<'_>]| {
        told(&rows(&run("Failed", stages)))
            .first()
            .map(|row| row.2.map(str::to_owned))
            .unwrap()
    };
    // Either may have been next.
    assert_eq!(
        run_of(&[
            ("CI", "build", "Failed", ""),
            deploy("deploy_int_stable", "NotStarted", &int),
            deploy("deploy_prod", "NotStarted", &prod)
        ]),
        None
    );
    // The build was for prod.
    let build = ("CI", "build", "Failed", prod.as_str());
    assert_eq!(
        run_of(&[
            build,
            deploy("deploy_int_stable", "NotStarted", &int),
            deploy("deploy_prod", "NotStarted", &prod)
        ])
        .as_deref(),
        Some("prod")
    );
    assert_eq!(run_of(&[deploy("roll_out", "NotStarted", "")]), None);
    assert_eq!(
        run_of(&[deploy("deploy_stable_euw1", "NotStarted", "")]).as_deref(),
        Some("stable")
    );
}

#[test]
fn a_stage_that_is_no_part_of_the_run_is_told_from_one_that_is_to_come() {
    let when = |environment: &str| format!("<+OnPipelineSuccess> && (<+pipeline.variables.to> == \"{environment}\")");
    let (int, prod) = (when("int-stable"), when("prod"));
    let open = |first: &str, condition: &str| {
        let stages = [
            deploy("int", first, &int),
            deploy("prod", "NotStarted", condition),
            ("Custom", "notify", "NotStarted", ""),
        ];
        let summary = run("Running", &stages);
        let stages = progress(&summary).stages.into_iter();
        stages
            .map(|stage| (stage.identifier, stage.condition))
            .collect::<Vec<_>>()
    };
    let named = |stages: &[(&str, Option<&str>)]| -> Vec<(String, Option<String>)> {
        let owned = |(id, condition): &(&str, Option<&str>)| ((*id).to_owned(), condition.map(str::to_owned));
        stages.iter().map(owned).collect()
    };
    assert_eq!(open("Running", &prod), named(&[("int", None), ("notify", None)]));
    // Before any has begun, nobody knows.
    assert_eq!(
        open("NotStarted", &prod),
        named(&[("int", Some(&int)), ("prod", Some(&prod)), ("notify", None)])
    );
    for unclear in [
        "<+pipeline.variables.to> == \"prod\" || true".to_owned(),
        "<+pipeline.variables.other> == \"prod\"".to_owned(),
        "<+pipeline.variables.to> == <+env.name>".to_owned(),
        "!(<+pipeline.variables.to> == \"prod\")".to_owned(),
        "<+pipeline.variables.to> != \"prod\"".to_owned(),
        int.clone(),
    ] {
        let all = named(&[("int", None), ("prod", Some(&unclear)), ("notify", None)]);
        assert_eq!(open("Running", &unclear), all);
    }
}

#[test]
fn stages_that_were_not_chosen_are_no_part_of_the_run() {
    let mut summary = run(
        "Running",
        &[
            ("Deployment", "int", "NotStarted", ""),
            ("Deployment", "prod", "NotStarted", ""),
        ],
    );
    summary["stagesExecution"] = json!(true);
    summary["stagesExecuted"] = json!(["prod"]);
    let stages = progress(&summary).stages;
    assert_eq!(
        stages.iter().map(|stage| stage.identifier.as_str()).collect::<Vec<_>>(),
        ["prod"]
    );
    summary["layoutNodeMap"]["n1"]["nodeRunInfo"] = json!({ "evaluatedCondition": false });
    assert_eq!(progress(&summary).stages, []);
}

#[test]
fn a_run_is_queued_from_its_creation_and_takes_longer_than_its_stage() {
    let mut summary = run("Success", &[("Deployment", "prod", "Success", "")]);
    summary["layoutNodeMap"]["n0"]["startTs"] = json!(4000);
    summary["layoutNodeMap"]["n0"]["endTs"] = json!(6000);
    let row = rows(&summary).remove(0);
    assert_eq!(
        (row.started_at, row.ended_at, row.duration_ms),
        (Some(4000), Some(6000), Some(2000))
    );
    assert_eq!(
        (
            row.run_created_at,
            row.run_started_at,
            row.run_ended_at,
            row.run_duration_ms
        ),
        (Some(1000), Some(3000), Some(9000), Some(6000))
    );
    assert!(!row.whole_run);
    let queued = rows(&run("Queued", &[("Deployment", "prod", "NotStarted", "")])).remove(0);
    assert_eq!((queued.phase, queued.run_created_at), (StatusPhase::Queued, Some(1000)));
}

#[test]
fn what_was_deployed_has_a_version_whatever_it_is() {
    let shown = |service: Value| {
        let node = json!({ "nodeType": "Deployment", "status": "Success", "moduleInfo": { "cd": { "serviceInfo": service } } });
        let row = rows(&json!({ "planExecutionId": "e1", "layoutNodeMap": { "n": node } })).remove(0);
        [row.image, row.image_tag, row.version].map(|part| part.map(|part| part.into_owned()))
    };
    let artifact = |primary: Value| shown(json!({ "artifacts": { "primary": primary } }));
    let chart = json!({ "type": "HelmChart", "chartName": "shop", "chartVersion": "1.4.2" });
    let texts = |parts: [&str; 3]| parts.map(|part| (!part.is_empty()).then(|| part.to_owned()));
    for (found, expected) in [
        (
            artifact(json!({ "imagePath": "team/shop", "tag": "v1", "digest": "sha256:ab" })),
            ["team/shop", "v1", "v1"],
        ),
        (
            artifact(json!({ "imagePath": "team/shop", "digest": "sha256:ab" })),
            ["team/shop", "", "sha256:ab"],
        ),
        (
            artifact(json!({ "displayName": "team/shop@sha256:ab" })),
            ["team/shop", "", "sha256:ab"],
        ),
        (
            artifact(json!({ "displayName": "h:5000/shop:v2@sha256:ab" })),
            ["h:5000/shop", "v2", "v2"],
        ),
        (artifact(json!({ "displayName": "h:5000/shop" })), ["", "", ""]),
        (
            artifact(json!({ "artifactPath": "shop.jar", "version": "7" })),
            ["shop.jar", "7", "7"],
        ),
        (
            shown(json!({ "artifacts": { "sidecars": [] }, "manifestInfo": chart })),
            ["", "", "1.4.2"],
        ),
        (
            shown(json!({ "artifacts": { "primary": { "tag": "v1" } }, "manifestInfo": chart })),
            ["", "v1", "v1"],
        ),
    ] {
        assert_eq!(found, texts(expected));
    }
}

#[test]
fn an_answer_of_more_rows_than_there_are_is_given_up() {
    let rows = |count: usize| format!("[{}1]", "1,".repeat(count - 1));
    for body in [rows(100_001), format!(r#"{{"data":{{"content":{}}}}}"#, rows(100_001))] {
        let refusal = shape_history(body.as_bytes(), &HistoryOptions::default()).unwrap_err();
        assert_eq!(refusal, ShapeError::TooMany);
    }
    let most = format!(r#"{{"content":{}}}"#, rows(100_000));
    assert_eq!(page_of(&most, false).quarantined_total, 100_000);
}

#[test]
fn rows_that_cannot_be_shaped_are_counted_and_the_first_of_them_told() {
    let content = vec![json!(1); 1000];
    let page = page_of(&json!({ "content": content }).to_string(), false);
    assert_eq!(
        (page.quarantined.len(), page.quarantined_total),
        (HistoryPage::MAX_QUARANTINED, 1000)
    );
    assert_eq!(page.quarantined[19].pointer, "/content/19");
    assert_eq!(
        json!(page_of(r#"{"content":[]}"#, false)),
        json!({ "deployments": [], "quarantined": [] })
    );
}
