//! What Harness tells of runs by itself.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use harness_cd_simulator::Options;
use harness_cd_simulator::modes::Notifications;
use serde_json::{Value, json};

use crate::bench::{
    SHOP_TO_INT, bench, bench_options, custom, deployment, failing, save, script, start, step, summary, wait,
};
use crate::support::Harness;

/// A notification that arrived.
#[derive(Clone, Debug)]
struct Post {
    path: String,
    headers: BTreeMap<String, String>,
    data: Value,
}

/// Somebody on this machine who takes notifications.
struct Listener {
    address: String,
    posts: Arc<Mutex<Vec<Post>>>,
}

impl Listener {
    fn start() -> Self {
        let socket = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = socket.local_addr().unwrap().to_string();
        let posts = Arc::new(Mutex::new(Vec::new()));
        let taken = Arc::clone(&posts);
        thread::spawn(move || {
            for stream in socket.incoming() {
                if let Some(post) = stream.ok().and_then(take) {
                    taken.lock().unwrap().push(post);
                }
            }
        });
        Self { address, posts }
    }

    fn rule(&self, path: &str, events: &str, method: &str) -> String {
        let spec = format!(
            "webhookUrl: 'http://{}/{path}', headers: {{ X-Secret: s-{path} }}",
            self.address
        );
        format!(
            "{{ name: {path}, identifier: {path}, enabled: {}, pipelineEvents: [{events}], notificationMethod: {{ type: {method}, \
             spec: {{ {spec} }} }} }}",
            path != "disabled"
        )
    }

    /// What arrived for a path, once so many have; nothing more comes in the moment after.
    fn arrived(&self, path: &str, count: usize) -> Vec<Post> {
        let of_path = || -> Vec<Post> {
            self.posts
                .lock()
                .unwrap()
                .iter()
                .filter(|post| post.path == path)
                .cloned()
                .collect()
        };
        for _ in 0..500 {
            if of_path().len() >= count {
                break;
            }
            thread::sleep(Duration::from_millis(10));
        }
        thread::sleep(Duration::from_millis(100));
        let posts = of_path();
        assert_eq!(posts.len(), count, "{path}: {posts:?}");
        posts
    }

    fn events(&self, path: &str, count: usize) -> Vec<String> {
        let posts = self.arrived(path, count);
        posts
            .iter()
            .map(|post| post.data["eventType"].as_str().unwrap().to_owned())
            .collect()
    }
}

fn take(stream: TcpStream) -> Option<Post> {
    let mut reader = BufReader::new(stream.try_clone().ok()?);
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let path = line.split(' ').nth(1)?.trim_start_matches('/').to_owned();
    let mut headers = BTreeMap::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim().split_once(": ") else {
            break;
        };
        headers.insert(name.to_lowercase(), value.to_owned());
    }
    let mut body = vec![0; headers.get("content-length")?.parse().ok()?];
    reader.read_exact(&mut body).ok()?;
    let mut stream = stream;
    stream
        .write_all(b"HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n")
        .ok()?;
    let body: Value = serde_json::from_slice(&body).ok()?;
    assert_eq!(body.as_object().unwrap().len(), 1, "{body}");
    Some(Post {
        path,
        headers,
        data: body["eventData"].clone(),
    })
}

/// A run of two stages, told by these rules, until its end.
fn told(harness: &Harness, rules: &[String]) -> String {
    let beside = format!("notificationRules: [{}],", rules.join(", "));
    save(
        harness,
        "p",
        &beside,
        &[deployment("d", "", SHOP_TO_INT), custom("c", "", &[wait("w", 5)])],
    );
    let id = start(harness, "p", "");
    for _ in 0..3 {
        harness.advance(10_000);
        harness.status(&id);
    }
    assert_eq!(harness.status(&id), "Success");
    id
}

/// harness-api §7, §12.21: one POST per URL with the rule's headers, `{eventData}`, unsigned, seconds.
#[test]
fn every_rule_is_told_what_it_asks_for() {
    let listener = Listener::start();
    let harness = bench();
    let rules = [
        listener.rule("all", "{ type: AllEvents }", "Webhook"),
        listener.rule("ends", "{ type: PipelineEnd }, { type: PipelineSuccess }", "Webhook"),
        listener.rule("starts", "{ type: StageStart, forStages: [d] }", "Webhook"),
        listener.rule("any", "{ type: StageSuccess, forStages: [AllStages] }", "Webhook"),
        listener.rule("disabled", "{ type: AllEvents }", "Webhook"),
        listener.rule("chat", "{ type: AllEvents }", "Slack"),
        listener.rule(
            "bad",
            "{ type: PipelineFailed }, { type: StageFailed }, { type: PipelinePaused }",
            "Webhook",
        ),
    ];
    let id = told(&harness, &rules);
    let all = [
        "PipelineStart",
        "StageStart",
        "StageSuccess",
        "StageStart",
        "StageSuccess",
        "PipelineSuccess",
        "PipelineEnd",
    ];
    let mut events = listener.events("all", all.len());
    events.sort_unstable();
    let mut expected = all.map(str::to_owned);
    expected.sort_unstable();
    assert_eq!(events, expected);
    assert_eq!(
        listener.events("ends", 2),
        ["PipelineSuccess", "PipelineEnd"],
        "both are sent"
    );
    assert_eq!(listener.events("any", 2), ["StageSuccess", "StageSuccess"]);
    for quiet in ["disabled", "chat", "bad"] {
        listener.arrived(quiet, 0);
    }

    let end = listener.arrived("ends", 2).remove(0);
    assert_eq!(
        (end.headers["x-secret"].as_str(), end.headers["content-type"].as_str()),
        ("s-ends", "application/json")
    );
    let run = summary(&harness, &id);
    let seconds = |key: &str| json!(run[key].as_i64().unwrap() / 1_000);
    let data = &end.data;
    for (key, expected) in [
        ("accountIdentifier", json!("demo-account")),
        ("orgIdentifier", json!("default")),
        ("projectIdentifier", json!("platform")),
        ("pipelineIdentifier", json!("p")),
        ("pipelineName", json!("Pipeline p")),
        ("planExecutionId", json!(id)),
        ("nodeStatus", json!("completed")),
        ("startTs", seconds("startTs")),
        ("endTs", seconds("endTs")),
    ] {
        assert_eq!(data[key], expected, "{key}");
    }
    assert_eq!(
        data["triggeredBy"],
        json!({ "triggerType": "MANUAL", "name": "Backstage", "email": "backstage@example.com" })
    );
    assert_eq!(
        data["moduleInfo"],
        json!({ "services": ["mail"], "environments": ["int"], "infrastructures": ["int_a"] })
    );
    assert!(
        data["executionUrl"]
            .as_str()
            .unwrap()
            .ends_with(&format!("/executions/{id}/pipeline"))
    );
    assert!(data["pipelineUrl"].as_str().unwrap().ends_with("/p/pipeline-studio"));
    assert!(data["endTime"].as_str().unwrap().contains("GMT"), "{data}");
    let begun = listener.arrived("starts", 1).remove(0).data;
    assert_eq!(
        (&begun["nodeStatus"], &begun["stageIdentifier"], &begun["stageName"]),
        (&json!("started"), &json!("d"), &json!("Stage d"))
    );
    assert_eq!(
        (begun.get("endTs"), begun.get("endTime")),
        (None, None),
        "a start has no end"
    );
    assert!(
        begun["moduleInfo"].to_string().contains("<+"),
        "unresolved expressions: {begun}"
    );
    let posts = harness.truth()["posts"].take();
    assert_eq!(posts.as_array().unwrap().len(), 12);
    assert!(
        posts.as_array().unwrap().iter().all(|post| post["status"] == 204),
        "{posts}"
    );
}

/// harness-api §7: failed events have a message; waiting is told once, whenever it is noticed.
#[test]
fn failures_and_waiting_are_told() {
    let listener = Listener::start();
    let harness = bench();
    let rules = listener.rule(
        "bad",
        "{ type: PipelineFailed }, { type: StageFailed }, { type: StepFailed }, { type: WaitingForUserAction }",
        "Webhook",
    );
    let approval = step(
        "ok",
        "HarnessApproval",
        "timeout: 1d, spec: { approvers: { userGroups: [a], minimumCount: 1 } }",
    );
    let asks = "failureStrategies: [{ onFailure: { errors: [AllErrors], action: { type: ManualIntervention, spec: { timeout: 1h, \
        onTimeout: { action: { type: MarkAsFailure } } } } } }],";
    save(
        &harness,
        "p",
        &format!("notificationRules: [{rules}],"),
        &[custom("a", "", &[approval]), custom("b", asks, &[wait("w", 5)])],
    );
    script(&harness, "p", "w", &failing("Verification"));
    let id = start(&harness, "p", "");
    harness.advance(60_000);
    assert_eq!(listener.events("bad", 1), ["WaitingForUserAction"]);
    harness.control("POST", "approve", &json!({ "executionId": id }));
    harness.advance(30 * 60_000);
    harness.status(&id);
    assert_eq!(
        listener.events("bad", 2),
        ["WaitingForUserAction"; 2],
        "an intervention is waited for"
    );
    harness.advance(60 * 60_000);
    assert_eq!(harness.status(&id), "Failed");
    harness.advance(1_000);
    let posts = listener.arrived("bad", 5).split_off(2);
    let mut kinds: Vec<&str> = posts
        .iter()
        .map(|post| post.data["eventType"].as_str().unwrap())
        .collect();
    kinds.sort_unstable();
    assert_eq!(kinds, ["PipelineFailed", "StageFailed", "StepFailed"]);
    for post in posts {
        assert_eq!(
            (&post.data["nodeStatus"], &post.data["errorMessage"]),
            (&json!("failed"), &json!("it broke"))
        );
    }
}

/// A jump over a whole run leaves nothing out. harness-api §7
#[test]
fn a_jump_of_the_clock_tells_all_that_happened() {
    let listener = Listener::start();
    let harness = bench();
    let rule = listener.rule("all", "{ type: AllEvents }", "Webhook");
    save(
        &harness,
        "p",
        &format!("notificationRules: [{rule}],"),
        &[custom("c", "", &[wait("w", 5)])],
    );
    let id = start(&harness, "p", "");
    harness.advance(60 * 60_000);
    harness.status(&id);
    assert_eq!(
        listener.events("all", 5),
        [
            "PipelineStart",
            "StageStart",
            "StageSuccess",
            "PipelineSuccess",
            "PipelineEnd"
        ]
    );
}

/// How often each of 40 rules hears of the start of a run.
fn heard(seed: u64) -> Vec<usize> {
    let listener = Listener::start();
    let mut options = Options {
        seed,
        ..bench_options()
    };
    options.modes.notifications = Notifications::Unreliable;
    let harness = Harness::start_with(options);
    let rules: Vec<String> = (0..40)
        .map(|number| listener.rule(&format!("r{number}"), "{ type: PipelineStart }", "Webhook"))
        .collect();
    save(
        &harness,
        "p",
        &format!("notificationRules: [{}],", rules.join(", ")),
        &[custom("c", "", &[wait("w", 5)])],
    );
    let id = start(&harness, "p", "");
    harness.advance(60_000);
    harness.status(&id);
    harness.advance(60_000);
    let mut last = 0;
    for _ in 0..100 {
        thread::sleep(Duration::from_millis(50));
        let now = listener.posts.lock().unwrap().len();
        if now == last && now > 0 {
            break;
        }
        last = now;
    }
    let posts = listener.posts.lock().unwrap();
    (0..40)
        .map(|number| posts.iter().filter(|post| post.path == format!("r{number}")).count())
        .collect()
}

/// harness-api §7 (unverified: at most hints), §12.21, checklist 14
#[test]
fn unreliable_notifications_are_lost_or_doubled_by_the_seed() {
    let first = heard(3);
    assert!(
        first.contains(&0) && first.contains(&1) && first.contains(&2),
        "{first:?}"
    );
    assert_eq!(heard(3), first);
    assert_ne!(heard(4), first);
}
