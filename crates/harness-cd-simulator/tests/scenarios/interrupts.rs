//! Whatever people do to a run, its statuses move one way.

use std::collections::BTreeMap;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::{Value, json};

use crate::client::Client;
use crate::config;

const PIPELINE: &str = include_str!("pipeline.yaml");

/// How far on the server's way a status is, told anew: harness-api §3.7.
fn phase(status: &str) -> u8 {
    match status {
        "NotStarted" => 0,
        "Queued" => 1,
        "Running" | "ApprovalWaiting" | "InterventionWaiting" | "ResourceWaiting" | "WaitStepRunning" => 2,
        "Discontinuing" => 3,
        "Success" | "IgnoreFailed" | "Skipped" | "Failed" | "Expired" | "Aborted" | "ApprovalRejected" => 4,
        other => panic!("{other} is no status of this pipeline"),
    }
}

#[derive(Clone, Debug)]
enum Deed {
    Look,
    Decide(bool),
    /// Aborts or marks as failed: the run, or one of its nodes.
    Interrupt(bool, Option<Index>),
}

fn deed() -> impl Strategy<Value = Deed> {
    prop_oneof![
        2 => Just(Deed::Look),
        4 => prop::bool::weighted(0.8).prop_map(Deed::Decide),
        1 => (any::<bool>(), prop::option::weighted(0.8, any::<Index>())).prop_map(|(aborts, node)| Deed::Interrupt(aborts, node)),
    ]
}

/// Status and end of everything in a detail, by its id.
fn seen(detail: &Value) -> BTreeMap<String, (String, Option<i64>)> {
    let layout = detail["pipelineExecutionSummary"]["layoutNodeMap"].as_object().unwrap();
    let nodes = layout
        .iter()
        .chain(detail["executionGraph"]["nodeMap"].as_object().unwrap());
    let of_node = |(id, node): (&String, &Value)| {
        let status = node["status"].as_str().unwrap().to_owned();
        (id.clone(), (status, node["endTs"].as_i64()))
    };
    nodes.map(of_node).collect()
}

fn act(client: &mut Client, run: &str, deed: &Deed, detail: &Value) {
    match deed {
        Deed::Look => {}
        Deed::Decide(approves) => {
            let path = format!("/v1/orgs/default/projects/platform/approvals/execution/{run}");
            let action = if *approves { "APPROVE" } else { "REJECT" };
            client.call((1, false), "POST", &path, "", &json!({ "action": action }));
        }
        Deed::Interrupt(aborts, node) => {
            let nodes: Vec<&String> = detail["executionGraph"]["nodeMap"]
                .as_object()
                .unwrap()
                .keys()
                .collect();
            let node = node.map(|index| format!("/{}", index.get(&nodes))).unwrap_or_default();
            let path = format!("/pipeline/api/pipeline/execute/interrupt/{run}{node}");
            let query = if *aborts {
                "interruptType=AbortAll"
            } else {
                "interruptType=UserMarkedFailure"
            };
            client.call((1, false), "PUT", &path, query, &Value::Null);
        }
    }
}

proptest! {
    #![proptest_config(config())]

    /// harness-api §3.6–3.8, §12.38
    #[test]
    fn statuses_move_one_way_whatever_people_do(deeds in vec((prop_oneof![0..3_i64, 0..90_000_i64], deed()), 1..16)) {
        let mut client = Client::of(PIPELINE);
        let run = client.run();
        let mut before = client.detail(&run);
        for (ms, deed) in deeds {
            client.pass(ms);
            act(&mut client, &run, &deed, &before);
            let detail = client.detail(&run);
            let now = seen(&detail);
            for (id, (status, end)) in seen(&before) {
                let (later, later_end) = &now[&id];
                let (from, to) = (phase(&status), phase(later));
                prop_assert!(from < to || from == to && (from < 4 || &status == later), "{id}: {status} then {later}");
                prop_assert!(end.is_none() || &end == later_end, "{id}: {end:?} then {later_end:?}");
            }
            before = detail;
        }
    }
}
