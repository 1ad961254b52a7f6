//! Frozen deployments.

use harness_cd_simulator::modes::Freeze;
use harness_cd_simulator::{Options, Role, Setup};
use serde_json::{Value, json};

use crate::bench::{
    EXECUTE, SHOP_TO_INT, bench, bench_options, bench_with, custom, deployment, graph_nodes, layout_node, save, start,
    summary, wait,
};
use crate::support::{Harness, folder, pairs};

/// harness-api §12.7, checklist 12: pipeline, project, org or global scope.
#[test]
fn a_wide_freeze_refuses_runs_that_deploy() {
    let harness = bench_with(|modes| modes.freeze = Freeze::RefusesRun);
    save(
        &harness,
        "deploys",
        "",
        &[custom("a", "", &[wait("w", 5)]), deployment("d", "", SHOP_TO_INT)],
    );
    save(&harness, "talks", "", &[custom("a", "", &[wait("w", 5)])]);
    let refused = harness.call("POST", &format!("{EXECUTE}/deploys"), "");
    assert_eq!(refused.failure(), (400, "PLAN_CREATION_ERROR".to_owned()));
    assert_eq!(harness.list("", &json!({}))["totalElements"], 0);
    let id = start(&harness, "talks", "");
    harness.advance(60_000);
    assert_eq!(harness.status(&id), "Success");
    harness.control("POST", "modes", &json!({ "freeze": "off" }));
    start(&harness, "deploys", "");
}

/// harness-api §12.7, checklist 12: service or environment scope; §3.7, §12.38 (the service frame), §12.28
#[test]
fn a_narrow_freeze_stops_a_run_at_its_service() {
    let harness = bench_with(|modes| modes.freeze = Freeze::AbortsRun);
    let ignores = "failureStrategies: [{ onFailure: { errors: [AllErrors], action: { type: Ignore } } }],";
    let stages = [
        custom("a", "", &[wait("w", 5)]),
        deployment("d", ignores, SHOP_TO_INT),
        custom("z", "", &[wait("x", 5)]),
    ];
    save(&harness, "p", "", &stages);
    let id = start(&harness, "p", "");
    harness.advance(3_000);
    assert_eq!(harness.status(&id), "Running");
    harness.advance(10_000);
    let summary = summary(&harness, &id);
    assert_eq!(summary["status"], "AbortedByFreeze");
    assert_eq!(
        summary["failureInfo"]["failureTypeList"],
        json!(["FREEZE_ACTIVE_FAILURE"])
    );
    assert_eq!(
        harness.stages(&id),
        pairs(&[("a", "Success"), ("d", "AbortedByFreeze"), ("z", "NotStarted")])
    );
    let service = graph_nodes(&harness, &id, "service").remove(0);
    assert_eq!(service["status"], "AbortedByFreeze");
    assert_eq!(
        service["failureInfo"]["failureTypeList"],
        json!(["FREEZE_ACTIVE_FAILURE"])
    );
    let detail = harness.detail(
        &id,
        &format!(
            "stageNodeId={}",
            layout_node(&summary, "d")["nodeUuid"].as_str().unwrap()
        ),
    );
    let nodes = detail["executionGraph"]["nodeMap"].as_object().unwrap();
    let mut names: Vec<&Value> = nodes.values().map(|node| &node["identifier"]).collect();
    names.sort_by_key(|name| name.as_str());
    assert_eq!(names, ["d", "service"]);
}

/// harness-api §5.2 [HUB]: a running stage completes, then the run ends.
#[test]
fn a_freeze_that_begins_during_a_run_stops_its_next_deployment() {
    for freeze in ["refusesRun", "abortsRun"] {
        let harness = bench();
        let stages = ["d", "e"].map(|id| deployment(id, "", SHOP_TO_INT));
        save(&harness, "p", "", &stages);
        let [id, later] = [start(&harness, "p", ""), start(&harness, "p", "")];
        harness.advance(5_000);
        harness.control("POST", "modes", &json!({ "freeze": freeze }));
        harness.advance(2_000);
        assert_eq!(harness.stages(&id), pairs(&[("d", "Running"), ("e", "NotStarted")]));
        harness.advance(10_000);
        assert_eq!(
            harness.stages(&id),
            pairs(&[("d", "Success"), ("e", "AbortedByFreeze")])
        );
        assert_eq!(harness.status(&later), "AbortedByFreeze");
        let early = start_time(&harness, &id);
        harness.control("POST", "modes", &json!({ "freeze": "off" }));
        assert_eq!(start_time(&harness, &id), early, "what has ended stays");
        let free = start(&harness, "p", "");
        harness.advance(60_000);
        assert_eq!(harness.status(&free), "Success");
    }
}

fn start_time(harness: &Harness, id: &str) -> Value {
    layout_node(&summary(harness, id), "e")["endTs"].clone()
}

/// A freeze that ends before the next deployment begins holds nothing up. harness-api §5.2
#[test]
fn a_freeze_that_is_over_holds_nothing_up() {
    let harness = bench_with(|modes| modes.freeze = Freeze::AbortsRun);
    save(
        &harness,
        "p",
        "",
        &[custom("a", "", &[wait("w", 20)]), deployment("d", "", SHOP_TO_INT)],
    );
    let id = start(&harness, "p", "");
    harness.advance(5_000);
    harness.control("POST", "modes", &json!({ "freeze": "off" }));
    harness.advance(60_000);
    assert_eq!(harness.status(&id), "Success");
}

/// harness-api §5.2, §12.7: an admin's key passes every freeze without a word.
#[test]
fn an_administrator_notices_no_freeze() {
    for freeze in [Freeze::RefusesRun, Freeze::AbortsRun] {
        let mut accounts = Setup::accounts("demo-account", crate::support::KEY);
        accounts.0.get_mut("demo-account").unwrap().principals[0].role = Role::Admin;
        let world = folder(&[("world.yaml", &json!({ "accounts": accounts }).to_string())]);
        let mut options = Options {
            world: Some(world.path().join("world.yaml")),
            ..bench_options()
        };
        options.modes.freeze = freeze;
        let harness = Harness::start_with(options);
        save(&harness, "p", "", &[deployment("d", "", SHOP_TO_INT)]);
        let id = start(&harness, "p", "");
        harness.advance(60_000);
        assert_eq!(harness.status(&id), "Success");
    }
}
