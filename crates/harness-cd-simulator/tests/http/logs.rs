//! Logs of steps.

use serde_json::{Value, json};

use crate::bench::{SHOP_TO_INT, bench, custom, deployment, failing, graph_nodes, save, script, start, wait};
use crate::support::{Harness, KEY, Reply};

fn ask(harness: &Harness, prefix: &str) -> Reply {
    let path = format!(
        "/gateway/log-service/blob/download?accountID=demo-account&prefix={}",
        prefix.replace('/', "%2F")
    );
    harness.send("POST", &path, &[("x-api-key", KEY)], "")
}

/// The lines behind a prefix, polled for.
fn lines(harness: &Harness, prefix: &str) -> Vec<String> {
    let link = (0..3).find_map(|_| {
        let answer = ask(harness, prefix).json();
        (answer["status"] == "success").then(|| answer["link"].as_str().unwrap().to_owned())
    });
    let link = link.unwrap();
    let path = link.split_once("/log-service").unwrap().1;
    let text = harness.send("GET", &format!("/log-service{path}"), &[], "").text;
    text.lines()
        .map(|line| {
            serde_json::from_str::<Value>(line).unwrap()["out"]
                .as_str()
                .unwrap()
                .to_owned()
        })
        .collect()
}

fn key_of(harness: &Harness, id: &str, identifier: &str) -> String {
    graph_nodes(harness, id, identifier)[0]["logBaseKey"]
        .as_str()
        .unwrap()
        .to_owned()
}

/// harness-api §3.6 [MCP log-resolver], §12.38: every node has a key; the link is polled for.
#[test]
fn a_log_is_queued_and_then_read_through_its_link() {
    let harness = bench();
    save(
        &harness,
        "p",
        "",
        &[
            deployment("d", "", SHOP_TO_INT),
            custom("c", "", &[wait("v", 5), wait("w", 5)]),
        ],
    );
    script(&harness, "p", "w", &failing("Verification"));
    let id = start(&harness, "p", "");
    harness.advance(13_000);
    let key = key_of(&harness, &id, "v");
    let first = ask(&harness, &key);
    assert_eq!(
        (first.status, first.json()),
        (200, json!({ "link": "", "status": "queued" }))
    );
    let second = ask(&harness, &key).json();
    assert_eq!(second["status"], "success");
    assert!(second["link"].as_str().unwrap().starts_with("http"), "{second}");
    assert_eq!(lines(&harness, &key), ["Step Step v has begun"], "it is at work");
    harness.advance(60_000);
    assert_eq!(lines(&harness, &key), ["Step Step v has begun", "Step Step v: Success"]);
    assert_eq!(
        lines(&harness, &key_of(&harness, &id, "w")),
        ["Step Step w has begun", "it broke"]
    );

    let stage = key_of(&harness, &id, "c");
    assert_eq!(
        lines(&harness, &stage).len(),
        4,
        "the prefix of a stage holds its steps"
    );
    let whole = stage.rsplit_once('/').unwrap().0.to_owned() + "/";
    assert_eq!(lines(&harness, &whole).len(), 6);
    let nodes = harness.detail(&id, "renderFullBottomGraph=true")["executionGraph"]["nodeMap"].take();
    assert!(
        nodes
            .as_object()
            .unwrap()
            .values()
            .all(|node| !node["logBaseKey"].as_str().unwrap().is_empty())
    );
}

/// harness-api §0.5
#[test]
fn an_unknown_log_and_another_account_are_refused() {
    let harness = bench();
    assert_eq!(ask(&harness, "demo-account/pipeline/none").status, 404);
    let elsewhere = "/log-service/blob/download?accountID=other&prefix=x";
    assert_eq!(harness.send("POST", elsewhere, &[("x-api-key", KEY)], "").status, 403);
    assert_eq!(harness.send("POST", elsewhere, &[], "").status, 401);
    assert_eq!(harness.send("GET", "/log-service/blob/file/none", &[], "").status, 404);
}
