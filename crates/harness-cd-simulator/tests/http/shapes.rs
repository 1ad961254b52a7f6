//! Stages side by side, and what runs several times.

use serde_json::{Value, json};

use crate::bench::{
    bench, children, custom, each, graph, graph_nodes, layout_node, parallel, run, save, summary, wait, waits,
};
use crate::support::{Harness, pairs};

/// The keys that some edge of a layout leads to.
fn reached(summary: &Value) -> Vec<String> {
    let nodes = summary["layoutNodeMap"].as_object().unwrap();
    let lists = nodes
        .values()
        .flat_map(|node| ["currentNodeChildren", "nextIds"].map(|key| &node["edgeLayoutList"][key]));
    let keys = lists.flat_map(|list| list.as_array().unwrap());
    keys.chain([&summary["startingNodeId"]])
        .map(|key| key.as_str().unwrap().to_owned())
        .collect()
}

/// harness-api §12.19, §3.6, §12.26
#[test]
fn parallel_stages_are_a_group_of_plan_ids() {
    let harness = bench();
    let side_by_side = parallel(&[custom("b", "", &[wait("b1", 10)]), custom("c", "", &[wait("c1", 30)])]);
    let id = run(
        &harness,
        &[
            custom("a", "", &[wait("a1", 10)]),
            side_by_side,
            custom("d", "", &[wait("d1", 10)]),
        ],
    );
    harness.advance(15_000);
    let summary = summary(&harness, &id);
    let nodes = &summary["layoutNodeMap"];
    let first = &nodes[summary["startingNodeId"].as_str().unwrap()];
    let group = &nodes[first["edgeLayoutList"]["nextIds"][0].as_str().unwrap()];
    assert_eq!(
        (&group["nodeType"], &group["nodeGroup"]),
        (&json!("parallel"), &json!("STAGE"))
    );
    assert!(
        group["nodeIdentifier"].as_str().unwrap().starts_with("parallel"),
        "{group}"
    );
    assert_eq!((group.get("name"), &group["status"]), (None, &json!("Running")));
    let inner = children(&summary, group);
    assert_eq!(
        group["edgeLayoutList"]["currentNodeChildren"],
        json!(each(&inner, "/nodeUuid"))
    );
    assert_eq!(each(&inner, "/nodeIdentifier"), ["b", "c"]);
    assert_eq!(inner[0]["startTs"], inner[1]["startTs"]);
    assert!(inner.iter().all(|node| node["edgeLayoutList"]["nextIds"] == json!([])));
    let last = &nodes[group["edgeLayoutList"]["nextIds"][0].as_str().unwrap()];
    assert_eq!(
        (&last["nodeIdentifier"], &last["status"], last.get("startTs")),
        (&json!("d"), &json!("NotStarted"), None)
    );
    let counts = ["successfulStagesCount", "runningStagesCount", "totalStagesCount"].map(|key| summary[key].clone());
    assert_eq!(counts, [json!(1), json!(2), json!(4)]);
    harness.advance(15_000);
    let all = [
        ("a", "Success"),
        ("b", "Success"),
        ("c", "Running"),
        ("d", "NotStarted"),
    ];
    assert_eq!(harness.stages(&id), pairs(&all));
    harness.advance(20_000);
    assert_eq!(harness.status(&id), "Running");
    harness.advance(10_000);
    assert_eq!(harness.status(&id), "Success");
}

/// harness-api §12.19, §3.6; `cases/history` README: the pattern node.
#[test]
fn a_matrix_is_keyed_by_execution_ids_and_its_pattern_is_reached_by_no_edge() {
    let harness = bench();
    let strategy =
        "strategy: { matrix: { zone: [eu, us], size: [s, l], exclude: [{ zone: us, size: l }], maxConcurrency: 1 } },";
    let id = run(
        &harness,
        &[
            custom("m", strategy, &[wait("w", 10)]),
            custom("after", "", &[wait("x", 1)]),
        ],
    );
    harness.advance(15_000);
    let early = summary(&harness, &id);
    let matrix = &early["layoutNodeMap"][early["startingNodeId"].as_str().unwrap()];
    assert_eq!(
        (&matrix["nodeType"], &matrix["status"]),
        (&json!("MATRIX"), &json!("Running"))
    );
    let passes = children(&early, matrix);
    assert_eq!(
        each(&passes, "/status"),
        ["Success", "Running", "NotStarted"],
        "one at a time"
    );
    assert_eq!(each(&passes, "/nodeIdentifier"), ["m", "m", "m"]);
    assert_eq!(each(&passes, "/name"), ["Stage m_0", "Stage m_1", "Stage m_2"]);
    let begun = matrix["edgeLayoutList"]["currentNodeChildren"].as_array().unwrap();
    for (key, pass) in begun.iter().zip(&passes).take(2) {
        assert_eq!((key, key == &pass["nodeUuid"]), (&pass["nodeExecutionId"], false));
    }
    assert_eq!(each(&passes, "/strategyMetadata/totaliterations"), ["3", "3", "3"]);
    assert_eq!(each(&passes, "/strategyMetadata/currentiteration"), ["0", "1", "2"]);
    let values: Vec<&Value> = passes
        .iter()
        .map(|pass| &pass["strategyMetadata"]["matrixmetadata"]["matrixvalues"])
        .collect();
    let all = [("eu", "s"), ("eu", "l"), ("us", "s")].map(|(zone, size)| json!({ "zone": zone, "size": size }));
    assert_eq!(values.len(), 3);
    assert!(all.iter().all(|value| values.contains(&value)), "{values:?}");

    let reached = reached(&early);
    let nodes = early["layoutNodeMap"].as_object().unwrap();
    let unreached: Vec<&Value> = nodes
        .iter()
        .filter(|(key, _)| !reached.contains(key))
        .map(|(_, node)| node)
        .collect();
    assert_eq!(unreached.len(), 1);
    assert_eq!(
        (&unreached[0]["nodeIdentifier"], &unreached[0]["status"]),
        (&json!("m"), &json!("NotStarted"))
    );
    harness.advance(20_000);
    assert_eq!(harness.status(&id), "Success");
    let ended = layout_node(&summary(&harness, &id), "after");
    let start = summary(&harness, &id)["startTs"].as_i64().unwrap();
    assert_eq!((ended["startTs"].as_i64().unwrap() - start) / 1_000, 30);
}

fn passes(harness: &Harness, strategy: &str) -> (Value, Vec<Value>) {
    let beside = format!("strategy: {{ {strategy} }},");
    let regions = r#"variables: [{ name: regions, type: String, value: "eu,us" }],"#;
    crate::bench::save(harness, "p", regions, &[custom("s", &beside, &[wait("w", 10)])]);
    let id = crate::bench::start(harness, "p", "");
    harness.advance(5_000);
    let summary = summary(harness, &id);
    let node = summary["layoutNodeMap"][summary["startingNodeId"].as_str().unwrap()].clone();
    let passes = children(&summary, &node);
    (node, passes)
}

/// run-inputs §9 (any matrix, repeat or parallelism object); harness-api §3.6, §12.19
#[test]
fn stages_repeat_by_items_by_number_and_by_parallelism() {
    for (strategy, begun) in [
        (
            "repeat: { items: [eu, us, ap], maxConcurrency: 2 }",
            &["Running", "Running", "NotStarted"][..],
        ),
        ("repeat: { times: 2 }", &["Running", "Running"]),
        (
            "repeat: { items: '<+pipeline.variables.regions>' }",
            &["Running", "Running"],
        ),
        (
            "repeat: { items: '<+pipeline.variables.regions.split(\",\")>' }",
            &["Running", "Running"],
        ),
        (
            "parallelism: 4, maxConcurrency: 3",
            &["Running", "Running", "Running", "NotStarted"],
        ),
        (
            "matrix: { zone: '<+pipeline.variables.regions>' }",
            &["Running", "Running"],
        ),
    ] {
        let harness = bench();
        let (node, passes) = passes(&harness, strategy);
        assert_ne!(node["nodeType"], "Custom", "{strategy}");
        assert_eq!(each(&passes, "/status"), begun, "{strategy}");
        let metadata = &passes[0]["strategyMetadata"];
        assert_eq!(
            (&metadata["currentiteration"], &metadata["totaliterations"]),
            (&json!(0), &json!(begun.len()))
        );
        assert_eq!(
            metadata.get("matrixmetadata").is_some(),
            strategy.starts_with("matrix"),
            "{strategy}"
        );
    }
}

/// run-inputs §9; harness-api §3.6 (nodes of a graph are keyed by execution id), §12.28
#[test]
fn steps_and_groups_loop_too() {
    let harness = bench();
    let looping = waits("many", 10, "strategy: { parallelism: 2 },");
    let group = format!(
        "{{ stepGroup: {{ name: Group, identifier: group, strategy: {{ repeat: {{ times: 2, maxConcurrency: 1 }} }}, steps: [{}] }} }}",
        wait("inner", 10)
    );
    let fork = parallel(&[wait("left", 5), wait("right", 15)]);
    let id = run(&harness, &[custom("s", "", &[looping, group, fork])]);
    harness.advance(25_000);
    let graph = graph(&harness, &id);
    let many = graph_nodes(&harness, &id, "many");
    assert_eq!(many.len(), 3, "the loop and its passes");
    let of_loop = many.iter().find(|node| {
        !graph["nodeAdjacencyListMap"][node["uuid"].as_str().unwrap()]["children"]
            .as_array()
            .unwrap()
            .is_empty()
    });
    let keys = graph["nodeAdjacencyListMap"][of_loop.unwrap()["uuid"].as_str().unwrap()]["children"].clone();
    let mut names: Vec<&str> = keys
        .as_array()
        .unwrap()
        .iter()
        .map(|key| graph["nodeMap"][key.as_str().unwrap()]["name"].as_str().unwrap())
        .collect();
    names.sort_unstable();
    assert_eq!(names, ["Step many_0", "Step many_1"]);
    let inner = graph_nodes(&harness, &id, "inner");
    assert_eq!(
        each(&inner, "/status"),
        ["Success", "WaitStepRunning"],
        "one group after the other"
    );
    harness.advance(12_000);
    let right = graph_nodes(&harness, &id, "right").remove(0);
    let left = graph_nodes(&harness, &id, "left").remove(0);
    assert_eq!(
        (&right["startTs"], &left["status"]),
        (&left["startTs"], &json!("Success"))
    );
    let graph = crate::bench::graph(&harness, &id);
    let forks = graph["nodeMap"]
        .as_object()
        .unwrap()
        .values()
        .filter(|node| node["stepType"] == "NG_FORK");
    assert_eq!(forks.count(), 1);
    harness.advance(10_000);
    assert_eq!(harness.status(&id), "Success");
}

/// Neither loops nor retries may fill the memory; what Harness answers is not known.
#[test]
fn a_run_that_is_too_large_is_not_simulated() {
    let harness = bench();
    let many: Vec<u32> = (0..300).collect();
    let retry = json!({ "onFailure": { "errors": ["AllErrors"], "action": { "type": "Retry",
        "spec": { "retryCount": 2_000_000_000, "retryIntervals": ["1s"], "onRetryFailure": { "action": { "type": "Abort" } } } } } });
    let extras = [
        json!({ "strategy": { "repeat": { "times": 1_000_000_000 } } }),
        json!({ "strategy": { "parallelism": 2_000_000_000 } }),
        json!({ "strategy": { "matrix": { "a": many, "b": many, "c": many } } }),
        json!({ "failureStrategies": [retry] }),
    ];
    for (index, extra) in extras.iter().enumerate() {
        let id = format!("p{index}");
        let fields = extra.to_string();
        let beside = format!(
            "{},",
            fields
                .strip_prefix('{')
                .and_then(|text| text.strip_suffix('}'))
                .unwrap()
        );
        save(&harness, &id, "", &[custom("a", &beside, &[wait("a1", 10)])]);
        let reply = harness.call("POST", &format!("/pipeline/api/pipeline/execute/{id}"), "");
        assert_eq!(reply.failure(), (501, "NOT_SIMULATED".to_owned()), "{extra}");
    }
}
