//! A simulator with a few services and places, for which each test writes its own pipelines.

use std::path::Path;

use harness_cd_simulator::{Modes, Options};
use serde_json::{Value, json};

use crate::support::{Harness, KEY};

pub(crate) const EXECUTE: &str = "/pipeline/api/pipeline/execute";

pub(crate) fn bench() -> Harness {
    bench_with(|_| ())
}

pub(crate) fn bench_with(change: impl FnOnce(&mut Modes)) -> Harness {
    let mut options = bench_options();
    change(&mut options.modes);
    Harness::start_with(options)
}

pub(crate) fn bench_options() -> Options {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/shapes");
    Options {
        speed: 0.0,
        history: 0,
        ..Options::new(folder, KEY)
    }
}

/// A stage: its type, what stands beside its spec and in it, and its steps.
pub(crate) fn stage(id: &str, kind: &str, beside: &str, spec: &str, steps: &[String]) -> String {
    let steps = steps.join(", ");
    format!(
        "{{ stage: {{ name: Stage {id}, identifier: {id}, type: {kind}, {beside} spec: {{ {spec} execution: {{ steps: [{steps}], \
         rollbackSteps: [{}] }} }} }} }}",
        wait("undo", 5)
    )
}

pub(crate) fn custom(id: &str, beside: &str, steps: &[String]) -> String {
    stage(id, "Custom", beside, "", steps)
}

/// A Deployment stage with one step of ten seconds.
pub(crate) fn deployment(id: &str, beside: &str, spec: &str) -> String {
    stage(
        id,
        "Deployment",
        beside,
        &format!("deploymentType: Kubernetes, {spec}"),
        &[wait("roll", 10)],
    )
}

pub(crate) const SHOP_TO_INT: &str = "service: { serviceRef: mail }, environment: { environmentRef: int, \
    infrastructureDefinitions: [{ identifier: int_a }] },";

pub(crate) fn step(id: &str, kind: &str, beside: &str) -> String {
    format!("{{ step: {{ name: Step {id}, identifier: {id}, type: {kind}, {beside} }} }}")
}

/// A step that takes so many seconds.
pub(crate) fn wait(id: &str, seconds: u32) -> String {
    waits(id, seconds, "")
}

pub(crate) fn waits(id: &str, seconds: u32, beside: &str) -> String {
    step(id, "Wait", &format!("{beside} spec: {{ duration: {seconds}s }}"))
}

pub(crate) fn parallel(items: &[String]) -> String {
    format!("{{ parallel: [{}] }}", items.join(", "))
}

pub(crate) fn pipeline(id: &str, beside: &str, stages: &[String]) -> String {
    format!(
        "pipeline: {{ name: Pipeline {id}, identifier: {id}, {beside} stages: [{}] }}",
        stages.join(", ")
    )
}

/// Saves a pipeline; it has what stands beside its stages.
pub(crate) fn save(harness: &Harness, id: &str, beside: &str, stages: &[String]) {
    let yaml = pipeline(id, beside, stages);
    assert_eq!(
        harness.call("POST", "/pipeline/api/pipelines/v2", &yaml).data()["identifier"],
        *id
    );
}

/// Starts a pipeline; the execution's id.
pub(crate) fn start(harness: &Harness, id: &str, body: &str) -> String {
    let data = harness.call("POST", &format!("{EXECUTE}/{id}"), body).data();
    data["planExecution"]["uuid"].as_str().unwrap().to_owned()
}

/// Saves a pipeline of these stages and starts it without a body.
pub(crate) fn run(harness: &Harness, stages: &[String]) -> String {
    save(harness, "p", "", stages);
    start(harness, "p", "")
}

/// Says what attempts of a step do in the next run of a pipeline.
pub(crate) fn script(harness: &Harness, pipeline: &str, step: &str, attempts: &Value) {
    let scenario = json!({ "steps": [{ "step": step, "attempts": attempts }] });
    harness.control(
        "POST",
        "scenarios",
        &json!({ "pipeline": pipeline, "scenario": scenario }),
    );
}

pub(crate) fn failing(kind: &str) -> Value {
    json!([{ "takesMs": 1_000, "fails": { "kind": kind, "message": "it broke" } }])
}

pub(crate) fn summary(harness: &Harness, id: &str) -> Value {
    harness.detail(id, "")["pipelineExecutionSummary"].take()
}

/// The first layout node of a stage that begins with the identifier.
pub(crate) fn layout_node(summary: &Value, identifier: &str) -> Value {
    let nodes = summary["layoutNodeMap"].as_object().unwrap();
    let mut found = nodes
        .values()
        .filter(|node| node["nodeIdentifier"].as_str().unwrap().starts_with(identifier));
    found
        .find(|node| node["status"] != "NotStarted")
        .or_else(|| nodes.values().find(|node| node["nodeIdentifier"] == identifier))
        .unwrap()
        .clone()
}

/// The nodes that a layout node leads to as its children, in their order.
pub(crate) fn children(summary: &Value, node: &Value) -> Vec<Value> {
    let keys = node["edgeLayoutList"]["currentNodeChildren"].as_array().unwrap();
    keys.iter()
        .map(|key| summary["layoutNodeMap"][key.as_str().unwrap()].clone())
        .collect()
}

/// The field of each node, `-` for nothing.
pub(crate) fn each(nodes: &[Value], pointer: &str) -> Vec<String> {
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    nodes
        .iter()
        .map(|node| node.pointer(pointer).map_or_else(|| "-".to_owned(), text))
        .collect()
}

pub(crate) fn graph(harness: &Harness, id: &str) -> Value {
    harness.detail(id, "renderFullBottomGraph=true")["executionGraph"].take()
}

/// The graph nodes with an identifier, the first to begin first.
pub(crate) fn graph_nodes(harness: &Harness, id: &str, identifier: &str) -> Vec<Value> {
    let graph = graph(harness, id);
    let nodes = graph["nodeMap"].as_object().unwrap().values();
    let mut found: Vec<Value> = nodes.filter(|node| node["identifier"] == identifier).cloned().collect();
    found.sort_by_key(|node| (node["startTs"].as_i64(), node["name"].as_str().map(str::to_owned)));
    found
}

/// Status of a step, and how long after the run's start it began and ended, s.
pub(crate) fn told(harness: &Harness, id: &str, identifier: &str) -> (String, i64, Option<i64>) {
    let start = summary(harness, id)["startTs"].as_i64().unwrap();
    let node = graph_nodes(harness, id, identifier).remove(0);
    let at = |key: &str| node[key].as_i64().map(|at| (at - start) / 1_000);
    (
        node["status"].as_str().unwrap().to_owned(),
        at("startTs").unwrap(),
        at("endTs"),
    )
}
