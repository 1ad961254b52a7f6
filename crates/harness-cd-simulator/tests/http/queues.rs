//! Runs that wait for one another, and how long runs are kept.

use harness_cd_simulator::Options;
use serde_json::{Value, json};

use crate::bench::{EXECUTE, bench, bench_options, bench_with, custom, save, start, step, summary, told, wait};
use crate::support::{Harness, SCOPE};

const QUEUED: &str = "QueuedExecutionConcurrencyReached";

fn limited(limit: usize) -> Harness {
    let harness = bench_with(|modes| modes.settings.concurrent_executions = Some(limit));
    save(&harness, "p", "", &[custom("s", "", &[wait("w", 60)])]);
    harness
}

/// When a run began its step, s after the start of another one.
fn began(harness: &Harness, id: &str, first: &str) -> i64 {
    let node = crate::bench::graph_nodes(harness, id, "w").remove(0);
    let start = summary(harness, first)["startTs"].as_i64().unwrap();
    (node["startTs"].as_i64().unwrap() - start) / 1_000
}

/// harness-api §3.2 (accepted, never failed), §3.7, §9
#[test]
fn beyond_the_limit_runs_wait_in_their_order() {
    let harness = limited(2);
    let runs: Vec<String> = (0..5).map(|_| start(&harness, "p", "")).collect();
    let data = harness.call("POST", &format!("{EXECUTE}/p"), "").data();
    assert!(
        data["planExecution"]["status"].as_str().unwrap().starts_with("QUEUED"),
        "{data}"
    );
    harness.advance(10_000);
    let statuses: Vec<String> = runs.iter().map(|id| harness.status(id)).collect();
    assert_eq!(statuses, ["Running", "Running", QUEUED, QUEUED, QUEUED]);
    let queued = harness.list("", &json!({ "status": [QUEUED] }));
    assert_eq!(queued["totalElements"], 4);
    harness.advance(55_000);
    let statuses: Vec<String> = runs.iter().map(|id| harness.status(id)).collect();
    assert_eq!(statuses, ["Success", "Success", "Running", "Running", QUEUED]);
    // A place that an abort sets free is taken too, and a run that gives up waiting takes none.
    let abort = |id: &str| {
        harness
            .call("PUT", &format!("{EXECUTE}/interrupt/{id}?interruptType=AbortAll"), "")
            .data()
    };
    abort(&runs[4]);
    harness.advance(3_000);
    assert_eq!(harness.status(&runs[4]), "Aborted");
    abort(&runs[2]);
    harness.advance(3_000);
    let last = data["planExecution"]["uuid"].as_str().unwrap();
    assert_eq!(
        (harness.status(&runs[2]).as_str(), harness.status(last).as_str()),
        ("Aborted", "Running")
    );
}

/// harness-api §3.2: the clock may jump over several ends.
#[test]
fn the_queue_moves_on_at_the_time_of_each_end() {
    let harness = limited(1);
    let runs: Vec<String> = (0..4).map(|_| start(&harness, "p", "")).collect();
    harness.advance(10 * 60_000);
    for (index, id) in runs.iter().enumerate() {
        let expected = 60 * i64::try_from(index).unwrap();
        assert_eq!(
            (harness.status(id).as_str(), began(&harness, id, &runs[0])),
            ("Success", expected)
        );
    }
}

/// A limit that is raised lets go from now on.
#[test]
fn a_raised_limit_does_not_change_what_was() {
    let harness = limited(1);
    let runs = [start(&harness, "p", ""), start(&harness, "p", "")];
    harness.advance(30_000);
    assert_eq!(harness.status(&runs[1]), QUEUED);
    let mut modes = harness.control("GET", "modes", &Value::Null);
    modes["settings"]["concurrentExecutions"] = json!(2);
    harness.control("POST", "modes", &json!({ "settings": modes["settings"] }));
    assert_eq!(harness.status(&runs[1]), "Running");
    harness.advance(1_000);
    assert_eq!(began(&harness, &runs[1], &runs[0]), 30);
}

fn queue(key: &str, scope: &str, timeout: &str) -> String {
    step(
        "q",
        "Queue",
        &format!("timeout: {timeout}, spec: {{ key: '{key}', scope: {scope} }}"),
    )
}

/// harness-api §3.7 (`ResourceWaiting`); CORE and SCH QueueStepInfo: per key and account, first come, first served, until
/// the pipeline ends.
#[test]
fn a_queue_step_waits_until_nobody_before_it_holds_the_key() {
    let harness = bench();
    let variable = r#"variables: [{ name: key, type: String, value: "cluster" }],"#;
    let stages = |seconds: u32, key: &str| {
        [custom(
            "s",
            "",
            &[wait("before", seconds), queue(key, "Pipeline", "1d"), wait("w", 60)],
        )]
    };
    save(&harness, "slow", "", &stages(30, "cluster"));
    save(&harness, "quick", variable, &stages(5, "<+pipeline.variables.key>"));
    save(&harness, "other", "", &stages(5, "another"));
    let [slow, quick, other] = ["slow", "quick", "other"].map(|id| start(&harness, id, ""));
    let second = start(&harness, "quick", "");
    harness.advance(40_000);
    assert_eq!(
        told(&harness, &quick, "q"),
        ("Success".to_owned(), 5, Some(5)),
        "who is first at the step is first"
    );
    assert_eq!(told(&harness, &other, "q").0, "Success");
    for id in [&slow, &second] {
        assert_eq!(
            (told(&harness, id, "q").0.as_str(), harness.status(id).as_str()),
            ("ResourceWaiting", "ResourceWaiting")
        );
    }
    harness.advance(10 * 60_000);
    assert_eq!(told(&harness, &second, "q"), ("Success".to_owned(), 5, Some(65)));
    assert_eq!(told(&harness, &slow, "q"), ("Success".to_owned(), 30, Some(125)));
}

/// SCH QueueStepInfo: until the stage ends; harness-api §3.7 (`Expired`)
#[test]
fn a_key_may_be_held_for_a_stage_and_waiting_has_an_end() {
    let harness = bench();
    let stages = |scope: &str, timeout: &str| {
        [
            custom("s", "", &[queue("k", scope, timeout), wait("w", 60)]),
            custom("t", "", &[wait("after", 600)]),
        ]
    };
    save(&harness, "brief", "", &stages("Stage", "1d"));
    save(&harness, "long", "", &stages("Pipeline", "1d"));
    save(&harness, "hasty", "", &stages("Stage", "2m"));
    let [brief, long, hasty] = ["brief", "long", "hasty"].map(|id| start(&harness, id, ""));
    harness.advance(60 * 60_000);
    assert_eq!(
        told(&harness, &long, "q"),
        ("Success".to_owned(), 0, Some(60)),
        "behind the first's stage"
    );
    assert_eq!(told(&harness, &hasty, "q"), ("Expired".to_owned(), 0, Some(120)));
    assert_eq!(
        (harness.status(&brief).as_str(), harness.status(&hasty).as_str()),
        ("Success", "Expired")
    );
}

fn days(harness: &Harness, days: i64) {
    harness.advance(days * 24 * 60 * 60_000);
}

/// harness-api §9: retention
#[test]
fn an_execution_is_gone_when_its_time_is_over() {
    let harness = bench_with(|modes| modes.settings.retention_days = Some(30));
    save(
        &harness,
        "p",
        "",
        &[custom("a", "", &[wait("v", 5)]), custom("b", "", &[wait("w", 5)])],
    );
    crate::bench::script(&harness, "p", "w", &crate::bench::failing("Verification"));
    let old = start(&harness, "p", "");
    days(&harness, 20);
    let retry = format!("{EXECUTE}/retry/p?planExecutionId={old}&retryStages=b");
    let retried = harness.call("POST", &retry, "").data()["planExecution"]["uuid"]
        .as_str()
        .unwrap()
        .to_owned();
    days(&harness, 9);
    assert_eq!(harness.status(&old), "Failed");
    let before = (harness.stages(&retried), summary(&harness, &retried)["endTs"].clone());
    days(&harness, 2);
    let path = format!("/pipeline/api/pipelines/execution/v2/{old}");
    assert_eq!(harness.call("GET", &path, "").status, 404);
    let listed = harness.list("showAllExecutions=true", &json!({}));
    assert_eq!(
        (&listed["totalElements"], &listed["content"][0]["planExecutionId"]),
        (&json!(1), &json!(retried))
    );
    assert_eq!(
        (harness.stages(&retried), summary(&harness, &retried)["endTs"].clone()),
        before,
        "what it took over stays"
    );
    days(&harness, 30);
    assert_eq!(harness.list("showAllExecutions=true", &json!({}))["totalElements"], 0);
}

/// harness-api §9: deleting a pipeline deletes its executions; those that it was a part of keep what became of them.
#[test]
fn a_deleted_pipeline_takes_its_executions_along() {
    let harness = bench();
    save(&harness, "child", "", &[custom("s", "", &[wait("w", 5)])]);
    let chain = "{ stage: { name: Chain, identifier: chain, type: Pipeline, spec: { org: default, project: platform, pipeline: child } } }";
    save(&harness, "p", "", &[chain.to_owned()]);
    save(&harness, "q", "", &[custom("s", "", &[wait("w", 5)])]);
    let [parent, other] = ["p", "q"].map(|id| start(&harness, id, ""));
    harness.advance(60_000);
    let children = || harness.list("", &json!({ "pipelineIdentifiers": ["child"] }))["totalElements"].clone();
    assert_eq!(children(), 1);
    harness.call("DELETE", "/pipeline/api/pipelines/child", "").data();
    assert_eq!(children(), 0);
    assert_eq!(harness.status(&parent), "Success");
    harness.call("DELETE", "/pipeline/api/pipelines/q", "").data();
    let gone = harness.call("GET", &format!("/pipeline/api/pipelines/execution/v2/{other}"), "");
    assert_eq!(gone.status, 404);
    assert_eq!(harness.list("", &json!({}))["totalElements"], 1);
}

/// The truth of a dump survives what time brought about.
#[test]
fn a_queue_is_part_of_a_dump() {
    let harness = limited(1);
    let runs = [start(&harness, "p", ""), start(&harness, "p", "")];
    harness.advance(10_000);
    harness.status(&runs[0]);
    let dump = harness.control("GET", "dump", &Value::Null);
    let other = Harness::start_with(Options {
        seed: 9,
        ..bench_options()
    });
    other.control("POST", "restore", &dump);
    for id in &runs {
        let path = format!("/pipeline/api/pipelines/execution/v2/{id}?{SCOPE}");
        let read = |harness: &Harness| {
            harness
                .send("GET", &path, &[("x-api-key", crate::support::KEY)], "")
                .data()["pipelineExecutionSummary"]["status"]
                .clone()
        };
        assert_eq!(read(&other), read(&harness));
    }
}
