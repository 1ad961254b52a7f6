//! Filled pipelines of every shape.

use proptest::collection::vec;
use proptest::option::weighted;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};

use super::strategies::{failure_strategies, looping};
use crate::wire::respond::with;

/// The pipeline that Pipeline stages run; see [`super::play`].
pub(crate) const CHILD: &str = "child";

/// A pipeline: lanes of stages, every stage and step with an identifier of its own.
pub(crate) fn pipeline() -> impl Strategy<Value = Value> {
    vec(lane(), 1..4).prop_map(|lanes| named(json!({ "identifier": "p", "name": "p", "stages": lanes })))
}

/// A pipeline of one lane whose stages run side by side.
pub(crate) fn side_by_side() -> impl Strategy<Value = Value> {
    vec(stage(), 2..4).prop_map(|stages| {
        let lane = json!({ "parallel": stages });
        named(json!({ "identifier": "p", "name": "p", "stages": [lane] }))
    })
}

/// The identifier of the stage or the step with a number; one is the beginning of another.
pub(crate) fn identifier(index: usize) -> String {
    let letter = char::from(b'a' + u8::try_from(index / 3 % 26).unwrap());
    format!("{letter}{}", ["", "_x", "_1"][index % 3])
}

/// The number of the first step.
pub(crate) const FIRST_STEP: usize = 30;

fn named(mut pipeline: Value) -> Value {
    name(&mut pipeline, &mut 0, &mut { FIRST_STEP });
    pipeline
}

fn name(value: &mut Value, stages: &mut usize, steps: &mut usize) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| name(item, stages, steps)),
        Value::Object(fields) => {
            for (key, value) in fields {
                let count = match key.as_str() {
                    "stage" => Some(&mut *stages),
                    "stepGroup" | "step" => Some(&mut *steps),
                    _ => None,
                };
                if let Some(count) = count {
                    value["identifier"] = json!(identifier(*count));
                    *count += 1;
                }
                name(value, stages, steps);
            }
        }
        _ => {}
    }
}

fn lane() -> impl Strategy<Value = Value> {
    prop_oneof![
        2 => stage(),
        1 => vec(stage(), 1..4).prop_map(|stages| json!({ "parallel": stages })),
    ]
}

fn stage() -> impl Strategy<Value = Value> {
    let kinds = prop_oneof![
        6 => select(vec!["Custom", "Approval", "CI"]).prop_map(|kind| (kind, json!({}))),
        4 => deployment().prop_map(|spec| ("Deployment", spec)),
        1 => Just(("Pipeline", json!({ "org": "default", "project": "platform", "pipeline": CHILD }))),
    ];
    (
        kinds,
        vec(element(), 0..4),
        vec(element(), 0..3),
        more("pipelineStatus"),
    )
        .prop_map(|((kind, spec), steps, rollback, mut more)| {
            // A Pipeline stage takes no matrix. Source: run-inputs §9 [HUB].
            more.retain(|(key, _)| kind != "Pipeline" || *key != "strategy");
            let execution = json!({ "steps": steps, "rollbackSteps": rollback });
            let spec = if kind == "Pipeline" {
                spec
            } else {
                with(spec, [("execution", execution)])
            };
            json!({ "stage": with(json!({ "type": kind, "spec": spec }), more) })
        })
}

fn deployment() -> impl Strategy<Value = Value> {
    let environment =
        |name: &str| json!({ "environmentRef": name, "infrastructureDefinitions": [{ "identifier": "i" }] });
    let one = json!({ "service": { "serviceRef": "s" }, "environment": environment("dev") });
    let several = move |parallel: bool| {
        json!({ "services": { "values": [{ "serviceRef": "s" }, { "serviceRef": "t" }], "metadata": { "parallel": parallel } },
            "environments": { "values": [environment("dev"), environment("prod")] } })
    };
    prop_oneof![3 => Just(one), 1 => any::<bool>().prop_map(several)]
}

/// A step, a group, or steps side by side.
fn element() -> impl Strategy<Value = Value> {
    step().prop_recursive(2, 8, 3, |inner| {
        prop_oneof![
            (vec(inner.clone(), 0..3), more("stageStatus"))
                .prop_map(|(steps, more)| json!({ "stepGroup": with(json!({ "steps": steps }), more) })),
            vec(inner.prop_map(no_parallel), 1..4).prop_map(|steps| json!({ "parallel": steps })),
        ]
    })
}

/// Steps side by side hold no others.
fn no_parallel(element: Value) -> Value {
    if element.get("parallel").is_some() {
        json!({ "stepGroup": { "steps": [element] } })
    } else {
        element
    }
}

fn step() -> impl Strategy<Value = Value> {
    let usual = prop_oneof![
        Just(json!({ "type": "ShellScript" })),
        Just(json!({ "type": "K8sRollingDeploy" })),
        Just(json!({ "type": "Wait", "spec": { "duration": "20s" } })),
        Just(json!({ "type": "Verify", "spec": { "spec": { "duration": "2m" } } })),
    ];
    let kind = prop_oneof![
        5 => usual,
        2 => approval(),
        1 => select(vec!["k", "l"]).prop_map(|key| json!({ "type": "Queue", "spec": { "key": key } })),
        1 => Just(json!({ "type": "ShellScript", "spec": { "script": "<+input>.executionInput()" } })),
    ];
    let timeout = select(vec!["10s", "1m", "1h"]).prop_map(|text| ("timeout", json!(text)));
    (kind, more("stageStatus"), weighted(0.7, timeout))
        .prop_map(|(step, more, timeout)| json!({ "step": with(with(step, more), timeout) }))
}

fn approval() -> impl Strategy<Value = Value> {
    (1..4_u8).prop_map(|count| json!({ "type": "HarnessApproval", "spec": { "approvers": { "minimumCount": count } } }))
}

/// What stages, groups and steps may have besides.
fn more(status: &'static str) -> impl Strategy<Value = Vec<(&'static str, Value)>> {
    let conditions = select(vec!["true", "true", "false", "<+matrix.x> == \"1\"", "a ? b : c"]);
    let when = (select(vec!["Success", "Failure", "All"]), weighted(0.4, conditions))
        .prop_map(move |(after, condition)| ("when", json!({ status: after, "condition": condition })));
    let strategies = failure_strategies().prop_map(|list| ("failureStrategies", json!(list)));
    let looping = looping().prop_map(|looping| ("strategy", looping));
    (weighted(0.2, when), weighted(0.5, strategies), weighted(0.15, looping))
        .prop_map(|(when, strategies, looping)| [when, strategies, looping].into_iter().flatten().collect())
}
