//! The views of every run hang together, whenever one looks.

use std::collections::BTreeMap;

use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::TestCaseResult;
use serde_json::{Map, Value};

use super::graph::{Part, graph};
use super::summary::summary;
use crate::engine::properties::{Play, config, story};
use crate::tables::status::Status;

/// How often each id is led to.
type Counts = BTreeMap<String, usize>;

fn ids<'v>(node: &'v Value, pointer: &str) -> impl Iterator<Item = &'v str> {
    node.pointer(pointer)
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
}

/// Whether it has an end exactly if its status is one.
fn ends_as_it_says(node: &Value) -> TestCaseResult {
    let status = Status::all().find(|status| status.wire() == node["status"]);
    prop_assert!(status.is_some(), "{node}");
    prop_assert_eq!(
        node.get("endTs").is_some(),
        status.is_some_and(Status::has_ended),
        "{}",
        node
    );
    prop_assert!(
        node.get("endTs")
            .is_none_or(|end| node["startTs"].as_i64() <= end.as_i64()),
        "{node}"
    );
    Ok(())
}

/// The nodes that edges lead to from the first one: the stages of the pipeline (groups by what is in them), and how often
/// each node is reached.
fn walk<'s>(nodes: &'s Map<String, Value>, first: &'s str) -> (Vec<&'s Value>, Counts) {
    let (mut stages, mut counts, mut next) = (Vec::new(), Counts::new(), vec![first]);
    while let Some(id) = next.pop() {
        let node = &nodes[id];
        *counts.entry(id.to_owned()).or_default() += 1;
        if node["nodeType"] != "parallel"
            && node["nodeType"] != "PipelineRollback"
            && node.get("strategyMetadata").is_none()
        {
            stages.push(node);
        }
        next.extend(ids(node, "/edgeLayoutList/currentNodeChildren"));
        next.extend(ids(node, "/edgeLayoutList/nextIds"));
    }
    (stages, counts)
}

/// Source: harness-api §3.6, §12.19, §12.26, §12.38 [SDK, CORE].
fn summary_hangs_together(summary: &Value) -> TestCaseResult {
    ends_as_it_says(summary)?;
    let nodes = summary["layoutNodeMap"].as_object().unwrap();
    let (stages, counts) = walk(nodes, summary["startingNodeId"].as_str().unwrap());
    prop_assert!(counts.values().all(|count| *count == 1), "{counts:?}");
    let unreached = nodes.iter().filter(|(id, _)| !counts.contains_key(*id));
    let loops = nodes
        .values()
        .filter(|node| is_loop(node) && ids(node, "/edgeLayoutList/currentNodeChildren").next().is_some());
    prop_assert_eq!(unreached.count(), loops.count(), "{}", summary);
    for node in nodes.values().filter(|node| node["nodeType"] != "parallel") {
        ends_as_it_says(node)?;
    }
    let of_status = |status: &str| stages.iter().filter(|stage| stage["status"] == status).count();
    for (key, status) in [
        ("successfulStagesCount", "Success"),
        ("failedStagesCount", "Failed"),
        ("runningStagesCount", "Running"),
    ] {
        prop_assert_eq!(&summary[key], of_status(status), "{}", summary);
    }
    prop_assert_eq!(&summary["totalStagesCount"], stages.len(), "{}", summary);
    Ok(())
}

fn is_loop(node: &Value) -> bool {
    matches!(node["nodeType"].as_str(), Some("MATRIX" | "LOOP" | "PARALLELISM"))
}

/// Source: harness-api §3.6, §12.38 [SDK, CORE].
fn graph_hangs_together(graph: &Value) -> TestCaseResult {
    let nodes = graph["nodeMap"].as_object().unwrap();
    let edges = graph["nodeAdjacencyListMap"].as_object().unwrap();
    let mut counts: Counts = nodes.keys().map(|id| (id.clone(), 0)).collect();
    for of_node in edges.values() {
        for id in ids(of_node, "/children").chain(ids(of_node, "/nextIds")) {
            *counts.entry(id.to_owned()).or_default() += 1;
        }
    }
    prop_assert!(edges.keys().eq(nodes.keys()), "{graph}");
    let root = graph["rootNodeId"].as_str().unwrap();
    for (id, count) in &counts {
        prop_assert_eq!(*count, usize::from(id != root), "{} in {}", id, graph);
        ends_as_it_says(&nodes[id])?;
    }
    Ok(())
}

proptest! {
    #![proptest_config(config())]

    /// harness-api §3.6, §12.19, §12.26, §12.38
    #[test]
    fn every_view_hangs_together(story in story(), until in any::<Index>()) {
        let Play { world, now, .. } = &Play::until(&story, until);
        for run in world.runs.all() {
            summary_hangs_together(&summary(world, run, *now))?;
            graph_hangs_together(&graph(world, run, *now, &Part::Whole))?;
            let snapshot = world.runs.at(run, *now);
            for stage in snapshot.leaves().filter(|stage| stage.has_begun()) {
                graph_hangs_together(&graph(world, run, *now, &Part::Stage(&run.setup_id(&stage.path))))?;
            }
        }
    }
}
