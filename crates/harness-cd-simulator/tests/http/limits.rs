use harness_cd_simulator::modes::{Limits, LongAddress, RateLimited};
use serde_json::{Value, json};

use crate::support::{Harness, KEY, PROBE, Reply};

const OTHER_KEY: &str = "pat.demo-account.other.key";

fn with_key(harness: &Harness, key: &str) -> Reply {
    harness.send("GET", PROBE, &[("x-api-key", key)], "")
}

fn exhaust(harness: &Harness) {
    for _ in 0..400 {
        assert_eq!(with_key(harness, KEY).status, 501);
    }
}

/// harness-api §0.7, §12.22, trap 4
#[test]
fn a_key_has_400_calls_a_minute_and_what_is_beyond_is_not_carried_out() {
    let harness = Harness::start();
    exhaust(&harness);
    harness.control("POST", "faults", &json!({ "status": 503, "stage": "afterAccept" }));
    let refused = with_key(&harness, KEY);
    assert_eq!(
        (refused.status, refused.text.starts_with("<!doctype html>")),
        (429, true)
    );
    for header in ["retry-after", "x-ratelimit-limit", "x-ratelimit-remaining"] {
        assert!(refused.headers.get(header).is_none(), "{header}");
    }
    assert_eq!(harness.probes(), 400);
    assert_eq!(
        with_key(&harness, OTHER_KEY).status,
        503,
        "another key has a budget of its own, and takes the fault"
    );
    let last = harness.control("GET", "requests", &Value::Null)[400].take();
    assert_eq!(
        (&last["status"], &last["refusedBy"]),
        (&json!(429), &json!("400 a minute by key"))
    );

    let calls = harness.truth()["calls"].take();
    let counted = |field: &str| {
        calls
            .as_array()
            .unwrap()
            .iter()
            .map(|calls| calls[field].as_i64().unwrap())
            .sum::<i64>()
    };
    assert_eq!((counted("answered"), counted("refused")), (401, 1), "{calls}");

    harness.advance(60_000);
    assert_eq!(
        with_key(&harness, KEY).status,
        501,
        "a minute later, by the clock that was turned"
    );
}

/// harness-api §0.7: the speed of simulated time gives no budget.
#[test]
fn a_fast_clock_gives_no_more_calls() {
    let harness = Harness::start();
    harness.control("POST", "clock", &json!({ "speed": 100_000.0 }));
    exhaust(&harness);
    assert_eq!(with_key(&harness, KEY).status, 429);
}

/// harness-api §12.22
#[test]
fn a_refusal_may_be_json() {
    let harness = Harness::with_modes(|modes| modes.rate_limited = RateLimited::Json);
    exhaust(&harness);
    assert_eq!(with_key(&harness, KEY).failure(), (429, "TOO_MANY_REQUESTS".to_owned()));
}

#[test]
fn limits_are_off_where_a_test_says_so() {
    let harness = Harness::with_modes(|modes| modes.limits = Limits::Off);
    exhaust(&harness);
    assert_eq!(with_key(&harness, KEY).status, 501);
}

/// harness-api §0.7, §9
#[test]
fn a_long_body_passes_once_in_ten_seconds() {
    let harness = Harness::start();
    let long = "a".repeat(500_001);
    let post = |body: &str| harness.send("POST", PROBE, &[("x-api-key", KEY)], body).status;
    assert_eq!(
        [post(&long), post(&long), post(long.get(1..).unwrap())],
        [501, 429, 501]
    );
    harness.advance(10_000);
    assert_eq!(post(&long), 501);
}

/// run-inputs §11, §14.11
#[test]
fn an_address_has_8_kb() {
    let harness = Harness::start();
    let of = |length: usize| format!("{PROBE}?notes={}", "n".repeat(length - PROBE.len() - "?notes=".len()));
    let get = |length: usize| harness.send("GET", &of(length), &[("x-api-key", KEY)], "");
    assert_eq!(get(8 * 1024).status, 501);
    let refused = get(8 * 1024 + 1);
    assert_eq!((refused.status, refused.text.starts_with('<')), (414, true));
    assert_eq!(harness.probes(), 1);
    let lenient = Harness::with_modes(|modes| modes.long_address = LongAddress::Accepted);
    assert_eq!(lenient.send("GET", &of(20_000), &[("x-api-key", KEY)], "").status, 501);
}
