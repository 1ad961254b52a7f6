use serde_json::{Value, json};

use crate::support::{Harness, KEY, SCOPE, inputs};

const LIST: &str = "/pipeline/api/pipelines/list";

fn arm(harness: &Harness, fault: &Value) {
    harness.control("POST", "faults", fault);
}

#[test]
fn refusals_hit_once_and_carry_out_nothing() {
    let harness = Harness::start();
    for (kind, status) in [
        ("unauthorized", 401),
        ("forbidden", 403),
        ("notFound", 404),
        ("conflict", 409),
        ("rateLimited", 429),
        ("serverError", 500),
    ] {
        arm(&harness, &json!({ "kind": kind }));
        let refused = harness.call("POST", LIST, "{}");
        assert_eq!(refused.failure().0, status, "{kind}");
        assert!(refused.headers.get("retry-after").is_none());
        assert_eq!(harness.call("POST", LIST, "{}").status, 200, "{kind}");
    }
}

#[test]
fn faults_choose_their_requests() {
    let harness = Harness::start();
    arm(
        &harness,
        &json!({ "kind": "serverError", "path": "/pipelines/list", "method": "post", "times": 2 }),
    );
    assert_eq!(harness.call("GET", "/pipeline/api/pipelines/shop_cd", "").status, 200);
    assert_eq!(harness.call("POST", LIST, "{}").status, 500);
    assert_eq!(harness.call("POST", LIST, "{}").status, 500);
    assert_eq!(harness.call("POST", LIST, "{}").status, 200);
    arm(&harness, &json!({ "kind": "serverError", "times": 0 }));
    for _ in 0..3 {
        assert_eq!(harness.call("POST", LIST, "{}").status, 500);
    }
    harness.control("DELETE", "faults", &Value::Null);
    assert_eq!(harness.call("POST", LIST, "{}").status, 200);
}

#[test]
fn html_pages_come_with_any_status() {
    let harness = Harness::start();
    arm(&harness, &json!({ "kind": "htmlPage" }));
    let page = harness.call("POST", LIST, "{}");
    assert_eq!((page.status, page.text.starts_with('<')), (200, true));
}

#[test]
fn an_ambiguous_answer_leaves_a_run_behind() {
    let harness = Harness::start();
    let total = || harness.list("size=1", &json!({}))["totalElements"].as_i64().unwrap();
    let before = total();
    let run = "/pipeline/api/pipeline/execute/shop_cd";
    let body = inputs("v1", "int-stable");

    arm(
        &harness,
        &json!({ "kind": "badGatewayAfterAccept", "path": "/execute/" }),
    );
    let lost = harness.call("POST", run, &body);
    assert_eq!((lost.status, lost.text.starts_with('<')), (502, true));

    let path = format!("{run}?{SCOPE}");
    let headers = [("x-api-key", KEY), ("content-type", "application/yaml")];
    for kind in ["resetAfterAccept", "cutBody"] {
        arm(&harness, &json!({ "kind": kind, "path": "/execute/" }));
        assert!(harness.try_send("POST", &path, &headers, &body).is_err(), "{kind}");
    }
    harness.advance(2_000);
    assert_eq!(total(), before + 3);
}

#[test]
fn a_slow_answer_is_a_whole_one() {
    let harness = Harness::start();
    arm(&harness, &json!({ "kind": "slow", "delayMs": 1 }));
    harness.call("POST", LIST, "{}").data();
}

#[test]
fn requests_are_recorded_without_their_headers() {
    let harness = Harness::start();
    harness.call("POST", LIST, "{}").data();
    let seen = harness.control("GET", "requests", &Value::Null);
    assert_eq!(
        seen,
        json!([{ "method": "POST", "path": LIST, "query": SCOPE, "status": 200 }])
    );
    assert!(!seen.to_string().contains(KEY));
    harness.control("DELETE", "requests", &Value::Null);
    assert_eq!(harness.control("GET", "requests", &Value::Null), json!([]));
}

#[test]
fn the_control_plane_refuses_what_it_does_not_know() {
    let harness = Harness::start();
    for (name, body) in [
        ("faults", r#"{"kind":"unknown"}"#),
        ("clock", r#"{"advanceMs":-1}"#),
        ("clock", "not json"),
        ("outcomes", r#"{"pipeline":"shop_cd","outcome":"explode"}"#),
        ("modes", r#"{"weather":"rain"}"#),
    ] {
        assert_eq!(
            harness.send("POST", &format!("/simulator/{name}"), &[], body).status,
            400,
            "{name} {body}"
        );
    }
    assert_eq!(harness.send("GET", "/simulator/nothing", &[], "").status, 404);
}

#[test]
fn links_lead_to_a_page_that_says_what_it_is() {
    let harness = Harness::start();
    let page = harness.send(
        "GET",
        "/ng/account/demo-account/cd/orgs/default/projects/platform/pipelines/shop_cd",
        &[],
        "",
    );
    assert_eq!(page.status, 200);
    assert!(
        page.text.contains("This is where Harness's own page would open"),
        "{}",
        page.text
    );
    assert!(page.text.contains("simulator"));
}
