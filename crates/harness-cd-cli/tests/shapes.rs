//! What deployments tell together, out of saved answers: `matrix`, `metrics` and `release`.

#![allow(clippy::unwrap_used, reason = "a test that cannot set itself up ends here")]

mod support;

use std::fs;
use std::path::PathBuf;

use serde_json::{Value, json};
use support::{Call, Run, harness_cd, workspace};
use tempfile::{TempDir, tempdir};

const HOUR: i64 = 3_600_000;
/// 2026-11-02 00:00 UTC, a Monday.
const MONDAY: i64 = 1_793_577_600_000;

/// An execution that brought a version to a place, as Harness lists it; it took ten minutes.
fn execution(id: &str, environment: &str, version: &str, status: &str, began: i64) -> Value {
    let kind = if environment == "prod" {
        "Production"
    } else {
        "PreProduction"
    };
    let end = if status == "Running" {
        Value::Null
    } else {
        json!(began + HOUR / 6)
    };
    json!({
        "planExecutionId": id, "pipelineIdentifier": "shop_cd", "name": "Shop", "status": status,
        "startTs": began, "endTs": end, "executionTriggerInfo": { "triggeredBy": { "identifier": "Ana" } },
        "startingNodeId": "n",
        "layoutNodeMap": { "n": {
            "nodeType": "Deployment", "nodeIdentifier": format!("deploy_{environment}"), "status": status,
            "startTs": began, "endTs": end, "edgeLayoutList": { "currentNodeChildren": [], "nextIds": [] },
            "moduleInfo": { "cd": {
                "serviceInfo": { "identifier": "shop", "artifacts": { "primary": { "tag": version } } },
                "infraExecutionSummary": { "identifier": environment, "name": environment, "type": kind,
                    "infrastructureIdentifier": format!("{environment}_euw1_k8s") },
            } },
        } },
    })
}

/// Two pages that overlap: in the first the last run is at work, in the second it has failed.
fn pages() -> (TempDir, [PathBuf; 2]) {
    let at = |hour: i64| MONDAY + hour * HOUR;
    let first = [
        execution("e5", "prod", "v2", "Running", at(30)),
        execution("e4", "int", "v3", "Success", at(20)),
        execution("e3", "int", "v2", "Success", at(10)),
    ];
    let second = [
        execution("e5", "prod", "v2", "Failed", at(30)),
        execution("e2", "prod", "v1", "Success", at(5)),
        execution("e1", "int", "v1", "Success", at(1)),
    ];
    let folder = tempdir().unwrap();
    let paths = [("first.json", &first), ("second.json", &second)].map(|(name, page)| {
        let path = folder.path().join(name);
        fs::write(&path, json!({ "data": { "content": page } }).to_string()).unwrap();
        path
    });
    (folder, paths)
}

/// A call outside of any config repo.
fn call(command: &[&str], files: &[PathBuf]) -> Run {
    let nowhere = tempdir().unwrap();
    let call: Call = harness_cd()
        .repo(nowhere.path())
        .args(command)
        .arg("--from-file")
        .args(files);
    call.run()
}

fn answer(command: &[&str], files: &[PathBuf]) -> Value {
    let run = call(command, files);
    assert_eq!(run.code, 0, "{}", run.stderr);
    serde_json::from_str(&run.stdout).unwrap()
}

#[test]
fn several_pages_are_one_matrix_in_which_each_run_is_once() {
    let (_folder, [first, second]) = pages();
    for files in [[first.clone(), second.clone()], [second, first]] {
        let matrix = answer(&["matrix"], &files);
        let environments = &matrix["services"][0]["environments"];
        assert_eq!(environments[0]["environment"], "int");
        assert_eq!(environments[0]["regions"][0]["running"]["version"], "v3");
        let prod = &environments[1]["regions"][0];
        assert_eq!(
            (&prod["region"], &prod["running"]["version"]),
            (&json!("euw1"), &json!("v1"))
        );
        assert_eq!(
            (&prod["failed"]["version"], &prod["inFlight"]),
            (&json!("v2"), &Value::Null)
        );
        let drift = json!({ "environment": "int", "version": "v3", "kind": "behind", "versions": 2 });
        assert_eq!(prod["drift"], drift);
    }
}

#[test]
fn the_matrix_is_a_table_for_people() {
    let (_folder, files) = pages();
    let run = call(&["matrix", "--format", "table"], &files);
    let lines: Vec<_> = run.stdout.lines().collect();
    assert!(
        lines[0].starts_with("SERVICE  ENVIRONMENT  REGION  VERSION  AGE"),
        "{}",
        run.stdout
    );
    assert!(
        lines[2].starts_with("shop     prod         euw1    v1"),
        "{}",
        run.stdout
    );
    assert!(lines[2].contains("Ana  2 behind int  –    v2 Failed"), "{}", run.stdout);
}

#[test]
fn a_version_is_followed_and_a_wrong_one_is_advised() {
    let (_folder, files) = pages();
    let stops = answer(&["release", "--tag", "v2"], &files);
    let stood = json!([{ "from": MONDAY + 10 * HOUR + HOUR / 6, "until": MONDAY + 20 * HOUR + HOUR / 6 }]);
    assert_eq!((&stops[0]["environment"], &stops[0]["stood"]), (&json!("int"), &stood));
    assert_eq!(
        (&stops[1]["environment"], &stops[1]["stood"]),
        (&json!("prod"), &json!([]))
    );
    let table = call(&["release", "--tag", "v2", "--format", "table"], &files);
    assert!(
        table.stdout.contains("2026-11-02 10:10 UTC to 2026-11-02 20:10 UTC"),
        "{}",
        table.stdout
    );
    let wrong = call(&["release", "--tag", "v4"], &files);
    assert!(wrong.stderr.contains("none of 5 rows has v4"), "{}", wrong.stderr);
}

#[test]
fn production_is_told_since_an_instant_and_at_one() {
    let (_folder, files) = pages();
    let news = answer(&["release", "--new-since", "2026-11-02"], &files);
    assert_eq!(
        (&news[0]["now"]["version"], &news[0]["before"]),
        (&json!("v1"), &Value::Null)
    );
    assert_eq!(
        answer(&["release", "--new-since", "2026-11-02T06:00:00Z"], &files),
        json!([])
    );
    let running = answer(&["release", "--at", "2026-11-02T12:00:00+01:00"], &files);
    let told: Vec<_> = [0, 1]
        .map(|place| (&running[place]["environment"], &running[place]["deployment"]["version"]))
        .to_vec();
    assert_eq!(told, [(&json!("int"), &json!("v2")), (&json!("prod"), &json!("v1"))]);
    let table = call(
        &["release", "--at", "2026-11-02T11:00:00Z", "--format", "table"],
        &files,
    );
    assert!(
        table.stdout.contains("shop     int          euw1    v2       Success"),
        "{}",
        table.stdout
    );
}

#[test]
fn metrics_are_told_with_their_numbers() {
    let (_folder, files) = pages();
    let period = ["metrics", "--since", "2026-11-02", "--until", "2026-11-16"];
    let metrics = answer(&period, &files);
    let group = &metrics["groups"][0];
    assert_eq!(
        (&group["deployments"], &group["failed"], &group["perWeek"]),
        (&json!(2), &json!(1), &json!(0.5))
    );
    assert_eq!(group.get("changeFailureRate"), None, "two are too few");
    assert_eq!(
        (&group["leadTime"], &group["unrestored"]),
        (&json!({ "n": 1 }), &json!(1))
    );
    assert_eq!(metrics["absent"][0]["metric"], "leadTimeFromCommit");
    let table = call(
        &[&period[..], &["--by", "environment,week", "--format", "table"]].concat(),
        &files,
    );
    let lines: Vec<_> = table.stdout.lines().collect();
    assert!(
        lines[0].starts_with("ENVIRONMENT  WEEK      DEPLOYMENTS  FAILED"),
        "{}",
        table.stdout
    );
    assert!(
        lines[1].starts_with("int          2026-W45  3            0"),
        "{}",
        table.stdout
    );
    assert!(table.stdout.contains("shop_cd   deploy_int   3"), "{}", table.stdout);
}

#[test]
fn the_timeline_is_filtered_and_goes_on_where_it_stopped() {
    let (_folder, files) = pages();
    let first = answer(&["timeline", "--limit", "2"], &files);
    let ids = |part: &Value| -> Vec<String> {
        let stories = part["stories"].as_array().unwrap().iter();
        stories.map(|story| story["id"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(ids(&first), ["e5/shop/prod", "e4/shop/int"]);
    let next = first["next"].as_str().unwrap();
    let second = answer(&["timeline", "--after", next], &files);
    assert_eq!(ids(&second), ["e3/shop/int", "e2/shop/prod", "e1/shop/int"]);
    assert_eq!(second.get("next"), None);

    let filter = [
        "timeline",
        "--environment",
        "prod",
        "--status",
        "failed",
        "--person",
        "ana",
        "--since",
        "2026-11-03",
    ];
    assert_eq!(ids(&answer(&filter, &files)), ["e5/shop/prod"]);
    let table = call(&[&filter[..], &["--format", "table"]].concat(), &files);
    let line = table.stdout.lines().nth(1).unwrap();
    assert!(
        line.starts_with("2026-11-03 06:00 UTC  failed   shop     prod         euw1 v2 Failed"),
        "{}",
        table.stdout
    );
}

#[test]
fn wrong_questions_are_told() {
    let (folder, files) = pages();
    let broken = folder.path().join("broken.json");
    fs::write(&broken, "<html>").unwrap();
    for (command, files, reason) in [
        (&["release"][..], &files[..], "--tag"),
        (&["release", "--at", "yesterday"], &files, "write a day of UTC"),
        (
            &["release", "--at", "2026-11-02", "--tag", "v1"],
            &files,
            "cannot be used with",
        ),
        (
            &["metrics", "--since", "2026-11-02", "--until", "2026-11-01"],
            &files,
            "ends before it begins",
        ),
        (&["metrics", "--by", "team"], &files, "services.yaml"),
        (&["timeline", "--after", "yesterday"], &files, "take it from `next`"),
        (
            &["timeline", "--since", "2026-11-02", "--until", "2026-11-01"],
            &files,
            "toMs: the period ends",
        ),
        (&["timeline", "--status", "lost"], &files, "possible values"),
        (&["metrics", "--by", "colour"], &files, "possible values"),
        (&["matrix"], &[broken], "broken.json: a web page"),
    ] {
        let run = call(command, files);
        assert_eq!(run.code, 2, "{command:?}: {}", run.stdout);
        assert!(run.stderr.contains(reason), "{command:?}: {}", run.stderr);
    }
}

#[test]
fn a_row_that_cannot_be_read_is_told_with_its_file() {
    let (folder, _) = pages();
    let file = folder.path().join("odd.json");
    let page = [json!(7), execution("e1", "prod", "v1", "Success", MONDAY)];
    fs::write(&file, json!({ "content": page }).to_string()).unwrap();
    let run = call(&["matrix"], &[file]);
    assert_eq!(run.code, 1, "{}", run.stderr);
    assert!(
        run.stderr
            .contains("odd.json: left out /content/0: the row is not an object"),
        "{}",
        run.stderr
    );
}

#[test]
fn the_saved_page_of_a_platform_is_told_by_its_teams() {
    let page = workspace().join("tests/fixtures/executions/page.json");
    let run = harness_cd()
        .args([
            "metrics",
            "--by",
            "team,environment",
            "--since",
            "2026-11-01",
            "--from-file",
        ])
        .arg(page)
        .run();
    let metrics: Value = serde_json::from_str(&run.stdout).unwrap();
    let groups = metrics["groups"].as_array().unwrap();
    assert!(
        groups
            .iter()
            .any(|group| group["key"] == json!({ "team": "payments-team", "environment": "int_stable" })),
        "{metrics:#}"
    );
}
