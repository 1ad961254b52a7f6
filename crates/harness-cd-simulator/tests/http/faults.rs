use std::io::{ErrorKind, Read as _};
use std::time::{Duration, Instant};

use flate2::read::GzDecoder;
use serde_json::{Value, json};

use crate::support::{Harness, KEY, PROBE, SCOPE};

fn arm(harness: &Harness, fault: &Value) {
    harness.control("POST", "faults", fault);
}

/// Head and body as they came over the wire.
fn split(bytes: &[u8]) -> (String, &[u8]) {
    let end = bytes.windows(4).position(|window| window == b"\r\n\r\n").unwrap() + 4;
    (
        String::from_utf8(bytes[..end].to_vec()).unwrap().to_lowercase(),
        &bytes[end..],
    )
}

fn announced(head: &str) -> usize {
    let line = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "))
        .unwrap();
    line.parse().unwrap()
}

/// harness-api checklist 1, §0.5, §12.22
#[test]
fn refusals_hit_once_and_carry_out_nothing() {
    let harness = Harness::start();
    for (kind, status, code) in [
        ("unauthorized", 401, "INVALID_TOKEN"),
        ("forbidden", 403, "NG_ACCESS_DENIED"),
        ("notFound", 404, "ENTITY_NOT_FOUND"),
        ("conflict", 409, "DUPLICATE_FIELD"),
        ("rateLimited", 429, "TOO_MANY_REQUESTS"),
        ("serverError", 500, "UNKNOWN_ERROR"),
    ] {
        let before = harness.probes();
        arm(&harness, &json!({ "kind": kind }));
        let refused = harness.call("GET", PROBE, "");
        assert_eq!(refused.failure(), (status, code.to_owned()));
        assert!(refused.headers.get("retry-after").is_none());
        assert_eq!(harness.probes(), before, "{kind}");
        assert_eq!(harness.call("GET", PROBE, "").status, 501, "{kind}");
        assert_eq!(harness.probes(), before + 1, "{kind}");
    }
}

/// harness-api §0.5, §12.22
#[test]
fn any_status_comes_as_a_page_or_as_json_before_or_after_the_request_is_carried_out() {
    let harness = Harness::start();
    for status in [401, 403, 414, 429, 502, 503, 504] {
        for (stage, carried_out) in [("before", 0), ("afterAccept", 1)] {
            let before = harness.probes();
            let fault = json!({ "status": status, "stage": stage, "times": 2 });
            arm(&harness, &fault);
            let failure = harness.call("GET", PROBE, "");
            assert_eq!(failure.failure().0, status);
            harness.control("DELETE", "faults", &Value::Null);
            arm(&harness, &json!({ "status": status, "stage": stage, "page": "html" }));
            let page = harness.call("GET", PROBE, "");
            assert_eq!((page.status, page.text.starts_with("<!doctype html>")), (status, true));
            assert_eq!(harness.probes(), before + 2 * carried_out, "{fault}");
        }
    }
    arm(&harness, &json!({ "status": 503 }));
    let of_v1 = harness.call("GET", "/v1/orgs/default/projects/platform/nothing", "");
    assert_eq!(
        (of_v1.status, &of_v1.json()["status"]),
        (503, &Value::Null),
        "the envelope of v1"
    );
}

/// harness-api checklist 1: an ambiguous answer.
#[test]
fn an_ambiguous_answer_comes_after_the_request_was_carried_out() {
    let harness = Harness::start();
    arm(&harness, &json!({ "kind": "badGatewayAfterAccept" }));
    let lost = harness.call("GET", PROBE, "");
    assert_eq!(
        (lost.status, lost.text.starts_with('<'), harness.probes()),
        (502, true, 1)
    );
    for (kind, carried_out) in [("resetAfterAccept", 2), ("cutBody", 3)] {
        arm(&harness, &json!({ "kind": kind }));
        let headers = [("x-api-key", KEY)];
        assert!(
            harness
                .try_send("GET", &format!("{PROBE}?{SCOPE}"), &headers, "")
                .is_err(),
            "{kind}"
        );
        assert_eq!(harness.probes(), carried_out, "{kind}");
    }
}

#[test]
fn a_reset_leaves_no_byte() {
    let harness = Harness::start();
    for (stage, carried_out) in [("before", 0), ("afterAccept", 1)] {
        arm(&harness, &json!({ "stage": stage, "delivery": "reset" }));
        let (bytes, ended) = harness.bytes(PROBE);
        assert_eq!(
            (bytes.len(), ended.unwrap_err().kind()),
            (0, ErrorKind::ConnectionReset),
            "{stage}"
        );
        assert_eq!(harness.probes(), carried_out, "{stage}");
    }
}

#[test]
fn a_cut_answer_has_its_head_and_a_part_of_its_body() {
    let harness = Harness::start();
    let whole = split(&harness.bytes(PROBE).0).1.len();
    for (fault, arrives) in [
        (json!({ "delivery": { "cut": { "bytes": 10 } } }), 10),
        (json!({ "kind": "cutBody" }), whole / 2),
        (json!({ "stage": "afterHeaders" }), whole / 2),
        (json!({ "stage": "afterHeaders", "delivery": "reset" }), 0),
        (json!({ "delivery": { "cut": { "bytes": 100_000 } } }), whole),
    ] {
        arm(&harness, &fault);
        let (bytes, ended) = harness.bytes(PROBE);
        let (head, body) = split(&bytes);
        assert!(ended.is_ok() && head.starts_with("http/1.1 501"), "{fault}: {head}");
        assert_eq!((announced(&head), body.len()), (whole, arrives), "{fault}");
    }
}

#[test]
fn a_body_drips_after_its_head() {
    let harness = Harness::start();
    arm(
        &harness,
        &json!({ "status": 503, "delivery": { "drip": { "bytes": 20, "everyMs": 15 } } }),
    );
    let begin = Instant::now();
    let (bytes, ended) = harness.bytes(PROBE);
    let (head, body) = split(&bytes);
    assert!(ended.is_ok());
    assert_eq!(announced(&head), body.len());
    serde_json::from_slice::<Value>(body).unwrap();
    let pauses = u32::try_from(body.len().div_ceil(20) - 1).unwrap();
    assert!(
        begin.elapsed() >= Duration::from_millis(15) * pauses,
        "{:?} for {pauses}",
        begin.elapsed()
    );
}

#[test]
fn a_connection_serves_on_after_a_drip() {
    let harness = Harness::start();
    arm(
        &harness,
        &json!({ "status": 503, "delivery": { "drip": { "bytes": 100, "everyMs": 1 } } }),
    );
    assert_eq!(harness.call("GET", PROBE, "").status, 503);
    assert_eq!(harness.call("GET", PROBE, "").status, 501);
}

#[test]
fn an_answer_is_filled_up() {
    let harness = Harness::start();
    arm(&harness, &json!({ "delivery": { "huge": { "bytes": 3_000_000 } } }));
    let (bytes, _) = harness.bytes(PROBE);
    let (head, body) = split(&bytes);
    assert_eq!((announced(&head), body.len()), (3_000_000, 3_000_000));
    assert_eq!(serde_json::from_slice::<Value>(body).unwrap()["code"], "NOT_SIMULATED");
}

#[test]
fn an_answer_is_compressed() {
    let harness = Harness::start();
    for (delivery, length) in [
        (json!("gzip"), None),
        (json!({ "bomb": { "bytes": 3_000_000 } }), Some(3_000_000)),
    ] {
        arm(&harness, &json!({ "delivery": delivery }));
        let (bytes, _) = harness.bytes(PROBE);
        let (head, body) = split(&bytes);
        assert!(head.contains("content-encoding: gzip") && body.len() < 30_000, "{head}");
        let mut text = String::new();
        GzDecoder::new(body).read_to_string(&mut text).unwrap();
        assert_eq!(serde_json::from_str::<Value>(&text).unwrap()["code"], "NOT_SIMULATED");
        assert!(length.is_none_or(|length| text.len() == length), "{}", text.len());
    }
}

#[test]
fn a_slow_answer_is_a_whole_one() {
    let harness = Harness::start();
    arm(&harness, &json!({ "kind": "slow", "delayMs": 60 }));
    let begin = Instant::now();
    assert_eq!(
        harness.call("GET", PROBE, "").failure(),
        (501, "NOT_SIMULATED".to_owned())
    );
    assert!(begin.elapsed() >= Duration::from_millis(60));
}

#[test]
fn faults_choose_their_requests() {
    let harness = Harness::start();
    arm(
        &harness,
        &json!({ "kind": "serverError", "path": "/licenses/", "method": "post", "times": 2 }),
    );
    arm(&harness, &json!({ "status": 502, "key": KEY, "query": "page=3" }));
    arm(&harness, &json!({ "status": 504, "bodyContains": "nonce-7" }));
    for (method, path, body, status) in [
        ("GET", PROBE, "", 501),
        ("POST", PROBE, "{}", 500),
        ("GET", "/ng/api/licenses/usage?page=3", "", 502),
        ("PUT", PROBE, "{\"notes\":\"nonce-7\"}", 504),
        ("POST", PROBE, "{}", 500),
        ("POST", PROBE, "{}", 501),
    ] {
        assert_eq!(
            harness.call(method, path, body).status,
            status,
            "{method} {path} {body}"
        );
    }
    arm(&harness, &json!({ "kind": "serverError", "times": 0 }));
    for _ in 0..3 {
        assert_eq!(harness.call("POST", PROBE, "{}").status, 500);
    }
    harness.control("DELETE", "faults", &Value::Null);
    assert_eq!(harness.call("POST", PROBE, "{}").status, 501);
}

/// harness-api §0.5: pages come with any status.
#[test]
fn a_login_page_comes_as_a_success() {
    let harness = Harness::start();
    arm(&harness, &json!({ "kind": "htmlPage" }));
    let page = harness.call("GET", PROBE, "");
    assert_eq!(
        (page.status, page.text.starts_with('<'), harness.probes()),
        (200, true, 0)
    );
}
