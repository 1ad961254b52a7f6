use harness_cd_simulator::Options;
use serde_json::{Value, json};

use crate::support::{Harness, KEY, PROBE, SCOPE, folder, inputs, options};

fn read(harness: &Harness, name: &str) -> Value {
    harness.control("GET", name, &Value::Null)
}

#[test]
fn the_clock_starts_stands_and_steps_as_it_is_told() {
    let start_at = 1_767_225_600_000;
    let harness = Harness::start_with(Options {
        start_at: Some(start_at),
        pace: 20.0,
        ..options()
    });
    let reading = |now_ms: i64, step_ms: i64, pace: f64| json!({ "nowMs": now_ms, "speed": 0.0, "stepMs": step_ms, "pace": pace });
    assert_eq!(read(&harness, "clock"), reading(start_at, 0, 20.0));
    let change = json!({ "advanceMs": 5, "stepMs": 1_000, "pace": 2.0 });
    assert_eq!(
        harness.control("POST", "clock", &change),
        reading(start_at + 5, 1_000, 2.0)
    );
    harness.call("GET", PROBE, "");
    harness.call("GET", PROBE, "");
    assert_eq!(read(&harness, "clock"), reading(start_at + 2_005, 1_000, 2.0));
    assert_eq!(read(&harness, "requests")[1]["at"], start_at + 2_005);
}

#[test]
fn requests_are_recorded_without_bodies_and_secrets() {
    let harness = Harness::start();
    let headers = [
        ("x-api-key", KEY),
        ("authorization", "Bearer s3cret"),
        ("x-note", "plain"),
    ];
    harness.send("POST", &format!("{PROBE}?{SCOPE}"), &headers, "in the body");
    let seen = read(&harness, "requests");
    let request = &seen[0];
    for (field, expected) in [
        ("method", json!("POST")),
        ("path", json!(PROBE)),
        ("query", json!(SCOPE)),
        ("status", json!(501)),
        ("bodyBytes", json!(11)),
    ] {
        assert_eq!(request[field], expected, "{field}");
    }
    assert_eq!(request["headers"]["x-note"], "plain");
    let text = seen.to_string();
    assert!(
        ![KEY, "s3cret", "in the body"]
            .iter()
            .any(|secret| text.contains(secret)),
        "{text}"
    );
    harness.control("DELETE", "requests", &Value::Null);
    assert_eq!(read(&harness, "requests"), json!([]));
}

#[test]
fn the_truth_tells_entities_calls_and_what_nobody_knows() {
    let harness = Harness::start();
    harness.call("GET", PROBE, "");
    harness.call("GET", "/ng/api/no-such-thing", "");
    harness.send("GET", "/ng/account/demo-account/home", &[], "");
    let truth = harness.truth();
    assert_eq!((&truth["runs"], &truth["posts"]), (&json!([]), &json!([])));
    assert_eq!(
        truth["notSimulated"],
        json!([{ "method": "GET", "path": PROBE, "count": 1 }])
    );
    assert_eq!(
        truth["unknownPaths"],
        json!([{ "method": "GET", "path": "/ng/api/no-such-thing", "count": 1 }])
    );
    let owner = &truth["keys"][0];
    assert_eq!(owner["owner"], "backstage@example.com");
    let calls = truth["calls"].as_array().unwrap();
    let of = |key: &Value| -> i64 {
        let own = calls.iter().filter(|calls| calls["key"] == *key);
        own.map(|calls| calls["answered"].as_i64().unwrap()).sum()
    };
    assert_eq!((of(&owner["key"]), of(&Value::Null)), (2, 1), "{calls:?}");
    let entities = truth["entities"].as_array().unwrap();
    let pipeline = entities.iter().find(|entity| entity["kind"] == "pipeline").unwrap();
    assert_eq!(
        (&pipeline["identifier"], &pipeline["version"]),
        (&json!("shop_cd"), &json!(1))
    );
    assert!(!truth.to_string().contains(KEY));
}

#[test]
fn a_dumped_world_goes_on_in_another_simulator() {
    let first = Harness::start_with(Options {
        start_at: Some(1_000),
        ..options()
    });
    first.control("POST", "modes", &json!({ "longAddress": "accepted" }));
    first.advance(500);
    let dump = read(&first, "dump");
    assert!(!dump.to_string().contains(KEY));

    let entities = folder(&[("service.yaml", "service:\n  identifier: lonely\n")]);
    let second = Harness::start_with(Options {
        speed: 0.0,
        ..Options::new(entities.path(), KEY)
    });
    assert_ne!(second.truth()["entities"], first.truth()["entities"]);
    second.control("POST", "restore", &dump);
    assert_eq!(read(&second, "dump"), dump);
    assert_eq!(second.truth()["entities"], first.truth()["entities"]);
    assert_eq!(second.call("GET", PROBE, "").status, 501, "the key still opens it");
    assert_eq!(read(&second, "clock")["nowMs"], 1_500);
    assert_eq!(read(&second, "modes")["longAddress"], "accepted");
}

#[test]
fn a_key_is_told_by_its_fingerprint_wherever_it_stands() {
    let harness = Harness::start();
    let fingerprint = harness.truth()["keys"][0]["key"].as_str().unwrap().to_owned();
    let escaped = KEY.replace('.', "%2e");
    let headers = [
        ("x-api-key", KEY),
        ("referer", &format!("http://localhost/?key={KEY}&more")),
    ];
    harness.send("GET", &format!("/ng/api/{KEY}/nothing?key={escaped}%20"), &headers, "");
    let execute = format!("/pipeline/api/pipeline/execute/shop_cd?{SCOPE}&notesForPipelineExecution={KEY}");
    assert_eq!(
        harness
            .send("POST", &execute, &headers, &inputs("v1", "int-stable"))
            .status,
        200
    );

    let (seen, truth) = (read(&harness, "requests"), harness.truth());
    assert_eq!(
        (&seen[0]["path"], &seen[0]["query"], &seen[0]["headers"]["referer"]),
        (
            &json!(format!("/ng/api/{fingerprint}/nothing")),
            &json!(format!("key={fingerprint}%20")),
            &json!(format!("http://localhost/?key={fingerprint}&more"))
        )
    );
    assert_eq!(truth["unknownPaths"][0]["path"], seen[0]["path"]);
    assert!(
        truth["runs"][0]["request"].to_string().contains(&fingerprint),
        "{truth}"
    );
    for text in [seen.to_string(), truth.to_string()] {
        assert!(!text.contains(KEY) && !text.contains(&escaped), "{text}");
    }
}

#[test]
fn a_dump_that_would_lose_keys_or_time_is_refused() {
    let harness = Harness::start();
    let dump = read(&harness, "dump");
    let mut foreign = dump.clone();
    let accounts = foreign["world"]["accounts"].as_object_mut().unwrap();
    let account = accounts.remove("demo-account").unwrap();
    accounts.insert("elsewhere".to_owned(), account);
    let mut early = dump.clone();
    early["clock"]["nowMs"] = json!(-1);
    for (bad, why) in [(foreign, "demo-account"), (early, "1970")] {
        let refused = harness.send("POST", "/simulator/restore", &[], &bad.to_string());
        assert_eq!(refused.failure(), (400, "INVALID_REQUEST".to_owned()));
        assert!(refused.text.contains(why), "{}", refused.text);
    }
    assert_eq!(read(&harness, "dump"), dump);
    assert_eq!(harness.call("GET", PROBE, "").status, 501, "the key still opens it");
}

#[test]
fn wishes_about_runs_are_taken() {
    let harness = Harness::start();
    let scenario = json!({
        "pipeline": "shop_cd", "project": "platform", "runs": "all",
        "scenario": {
            "queuedMs": 500,
            "steps": [{ "stage": "deploy", "step": "rollout", "attempts": [
                { "takesMs": 5, "fails": { "kind": "Timeout", "message": "too late" } }, { "takesMs": 7 },
            ] }],
        },
    });
    harness.control("POST", "scenarios", &scenario);
    harness.control(
        "POST",
        "outcomes",
        &json!({ "pipeline": "shop_cd", "outcome": "failDeploy" }),
    );
    harness.control(
        "POST",
        "outcomes",
        &json!({ "pipeline": "shop_cd", "outcome": "failVerify" }),
    );
    let wishes = read(&harness, "dump")["world"]["scenarios"].take();
    assert_eq!(wishes.as_array().unwrap().len(), 2, "{wishes}");
    let attempts = &wishes[0]["scenario"]["steps"][0]["attempts"];
    assert_eq!(
        (&attempts[0]["fails"]["message"], &attempts[1]["takesMs"]),
        (&json!("too late"), &json!(7))
    );
    assert_eq!(wishes[1]["scenario"]["outcome"], "failVerify");
    harness.control("DELETE", "scenarios", &Value::Null);
    assert_eq!(read(&harness, "dump")["world"]["scenarios"], json!([]));
}

/// harness-api §3.7, §12.18
#[test]
fn a_run_takes_the_status_that_a_scenario_says() {
    for (status, shown, ends) in [
        ("successWithWarnings", "SuccessWithWarnings", true),
        ("ignoreFailed", "IgnoreFailed", true),
        ("expired", "Expired", true),
        ("queuedPlanCreation", "QUEUED_PLAN_CREATION", false),
        ("interventionWaiting", "InterventionWaiting", false),
    ] {
        let harness = Harness::start();
        let scenario = json!({ "becomes": { "status": status, "afterMs": 10_000 } });
        harness.control(
            "POST",
            "scenarios",
            &json!({ "pipeline": "shop_cd", "scenario": scenario }),
        );
        let id = harness.run("v1", "int-stable");
        harness.advance(9_000);
        assert_eq!(harness.status(&id), "Running", "{status}");
        harness.advance(60 * 60_000);
        let summary = harness.detail(&id, "")["pipelineExecutionSummary"].take();
        let took = summary["endTs"]
            .as_i64()
            .map(|end| end - summary["startTs"].as_i64().unwrap());
        assert_eq!((&summary["status"], took), (&json!(shown), ends.then_some(10_000)));
    }
}

#[test]
fn the_control_plane_refuses_what_it_does_not_know() {
    let harness = Harness::start();
    for (name, body) in [
        ("faults", r#"{"kind":"unknown"}"#),
        ("faults", r#"{"kind":"slow","colour":"red"}"#),
        ("faults", "{}"),
        ("clock", r#"{"advanceMs":-1}"#),
        ("clock", "not json"),
        ("outcomes", r#"{"pipeline":"shop_cd","outcome":"explode"}"#),
        ("outcomes", r#"{"pipeline":"shpo_cd","outcome":"success"}"#),
        ("scenarios", r#"{"pipeline":"shop_cd","scenario":{"weather":"rain"}}"#),
        ("scenarios", r#"{"pipeline":"shpo_cd","scenario":{}}"#),
        ("scenarios", r#"{"pipeline":"shop_cd","scenario":{"queuedMs":-1}}"#),
        (
            "scenarios",
            r#"{"pipeline":"shop_cd","scenario":{"steps":[{"attempts":[{"takesMs":-1}]}]}}"#,
        ),
        (
            "scenarios",
            r#"{"pipeline":"shop_cd","scenario":{"becomes":{"status":"Paused","afterMs":-1}}}"#,
        ),
        ("modes", r#"{"weather":"rain"}"#),
        ("modes", r#"{"settings":{"listLagMs":-1}}"#),
        ("modes", r#"{"settings":{"detailLagMs":-1}}"#),
        ("clock", "[]"),
        ("clock", " [1]"),
        ("restore", "{}"),
    ] {
        let refused = harness.send("POST", &format!("/simulator/{name}"), &[], body);
        assert_eq!(refused.failure(), (400, "INVALID_REQUEST".to_owned()), "{name} {body}");
    }
    for (method, name, status) in [("GET", "nothing", 404), ("GET", "restore", 405), ("PUT", "clock", 405)] {
        assert_eq!(
            harness.send(method, &format!("/simulator/{name}"), &[], "").status,
            status,
            "{method} {name}"
        );
    }
}

/// harness-api §6.1
#[test]
fn links_lead_to_a_page_that_says_what_it_is() {
    let harness = Harness::start();
    let address = "/ng/account/demo-account/cd/orgs/default/projects/platform/pipelines/shop_cd";
    let page = harness.send("GET", address, &[], "");
    assert_eq!(page.status, 200);
    assert!(
        page.text.contains("This is where Harness's own page would open"),
        "{}",
        page.text
    );
    assert!(page.text.contains("simulator"));
}
