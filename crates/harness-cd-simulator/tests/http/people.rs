//! The pipelines in `tests/runs`, and the people who run them.

use std::path::Path;

use harness_cd_simulator::{Modes, Options};
use serde_json::{Value, json};

use crate::support::{Harness, KEY, Reply};

/// A service account that one step lists.
pub(crate) const ROBIN: &str = "sat.demo-account.robin.key";
pub(crate) const ADA: &str = "pat.demo-account.ada.key";
pub(crate) const GRACE: &str = "pat.demo-account.grace.key";
/// Another user, whose address is Grace's in capitals.
pub(crate) const GRACE_AT_WORK: &str = "pat.demo-account.work.key";
pub(crate) const MATEO: &str = "pat.demo-account.mateo.key";
/// Not in the user group of the steps.
pub(crate) const NINA: &str = "pat.demo-account.nina.key";

/// 2026-06-30 12:00 UTC
pub(crate) const START: i64 = 1_782_820_800_000;
pub(crate) const MINUTE: i64 = 60_000;
pub(crate) const DAY: i64 = 24 * 60 * MINUTE;

pub(crate) fn estate() -> Harness {
    estate_with(|_| {})
}

/// Without any history, at [`START`].
pub(crate) fn estate_with(change: impl FnOnce(&mut Modes)) -> Harness {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/runs");
    let mut options = Options {
        speed: 0.0,
        history: 0,
        start_at: Some(START),
        world: Some(folder.join("world.yaml")),
        ..Options::new(folder, KEY)
    };
    change(&mut options.modes);
    Harness::start_with(options)
}

/// The id of the execution that a call has started.
pub(crate) fn started(reply: &Reply) -> String {
    reply.data()["planExecution"]["uuid"].as_str().unwrap().to_owned()
}

/// Runs a pipeline, and lets it begin.
pub(crate) fn run_as(harness: &Harness, key: &str, pipeline: &str, body: &str) -> String {
    let id = started(&harness.call_as(key, "POST", &format!("/pipeline/api/pipeline/execute/{pipeline}"), body));
    harness.advance(1_000);
    id
}

pub(crate) fn run(harness: &Harness, pipeline: &str) -> String {
    run_as(harness, KEY, pipeline, "")
}

/// A run body with values for variables.
pub(crate) fn values(pipeline: &str, values: &[(&str, &str)]) -> String {
    let variable = |(name, value): &(&str, &str)| json!({ "name": name, "type": "String", "value": value });
    let variables: Vec<Value> = values.iter().map(variable).collect();
    json!({ "pipeline": { "identifier": pipeline, "variables": variables } }).to_string()
}

/// How the next run of a pipeline goes.
pub(crate) fn script(harness: &Harness, pipeline: &str, steps: &Value) {
    let wish = json!({ "pipeline": pipeline, "scenario": { "steps": steps } });
    harness.control("POST", "scenarios", &wish);
}

/// The message of a 400 `INVALID_REQUEST`.
pub(crate) fn refused(reply: &Reply) -> String {
    assert_eq!(reply.status, 400, "{}", reply.text);
    let body = reply.json();
    assert_eq!(body["code"], "INVALID_REQUEST", "{}", reply.text);
    body["message"].as_str().unwrap().to_owned()
}

/// Turns the clock to a time.
pub(crate) fn until(harness: &Harness, at: i64) {
    let now = harness.control("GET", "clock", &Value::Null)["nowMs"].as_i64().unwrap();
    harness.advance(at - now);
}

/// The step of the graph with this identifier, the first of those with it.
pub(crate) fn step(harness: &Harness, id: &str, identifier: &str) -> Value {
    let graph = harness.detail(id, "renderFullBottomGraph=true")["executionGraph"].take();
    let nodes = graph["nodeMap"].as_object().unwrap();
    let node = nodes.values().find(|node| node["identifier"] == identifier);
    node.unwrap_or_else(|| panic!("{identifier} has not begun")).clone()
}

/// The stage of the layout with this identifier.
pub(crate) fn stage(harness: &Harness, id: &str, identifier: &str) -> Value {
    let summary = harness.detail(id, "")["pipelineExecutionSummary"].take();
    let nodes = summary["layoutNodeMap"].as_object().unwrap();
    let node = nodes.values().find(|node| node["nodeIdentifier"] == identifier);
    node.unwrap_or_else(|| panic!("there is no stage {identifier}")).clone()
}
