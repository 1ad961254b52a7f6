//! May it run: the tables of `tests/cases` that Rust and JavaScript share.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test fails by panicking"
)]

use harness_cd_deploy::{validate, window};
use harness_cd_model::{
    ChangeWindow, DeployRequest, DeployRules, DeployTarget, DeployVerdict, Patterns, RuntimeInput, TimeZones, Utc,
    Violation, ViolationCode,
};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use proptest::prelude::*;
use serde_json::{Value, json};

const REQUESTS: &str = include_str!("../../../tests/cases/deploy-requests.json");
const WINDOWS: &str = include_str!("../../../tests/cases/change-windows.json");

/// The bundled time zone database, as the command line uses it.
struct Database;

impl TimeZones for Database {
    fn offset_seconds(&self, zone: &str, epoch_ms: i64) -> Option<i32> {
        let instant = Timestamp::from_millisecond(epoch_ms).ok()?;
        Some(TimeZone::get(zone).ok()?.to_offset(instant).seconds())
    }
}

/// No rule of a service holds a pattern.
struct NoPatterns;

impl Patterns for NoPatterns {
    fn read(&self, _pattern: &str) -> Option<harness_cd_model::Matcher> {
        None
    }
}

fn read_and_validate(
    text: &str,
    rules: &DeployRules,
    now: i64,
    zones: &dyn TimeZones,
) -> (Option<DeployRequest>, DeployVerdict) {
    let target = DeployTarget {
        rules: Some(rules.clone()),
        ..DeployTarget::default()
    };
    validate(text, &target, now, zones, &NoPatterns)
}

fn judged(request: &DeployRequest, rules: &DeployRules, now: i64, zones: &dyn TimeZones) -> DeployVerdict {
    read_and_validate(&json!(request).to_string(), rules, now, zones).1
}

const ALLOWED: DeployVerdict = DeployVerdict::Allowed { warnings: Vec::new() };

fn instant(text: &Value) -> Option<i64> {
    Some(text.as_str()?.parse::<Timestamp>().unwrap().as_millisecond())
}

fn requests() -> (Value, DeployRules, i64) {
    let table: Value = serde_json::from_str(REQUESTS).unwrap();
    let rules = serde_json::from_value(table["rules"].clone()).unwrap();
    let now = instant(&table["now"]).unwrap();
    (table, rules, now)
}

fn violations(verdict: DeployVerdict) -> Vec<Violation> {
    match verdict {
        DeployVerdict::Allowed { .. } => Vec::new(),
        DeployVerdict::Rejected { violations } => violations,
    }
}

fn codes(verdict: DeployVerdict) -> Vec<String> {
    let code = |violation: &Violation| {
        serde_json::to_value(violation.code)
            .unwrap()
            .as_str()
            .unwrap()
            .to_owned()
    };
    violations(verdict)
        .iter()
        .map(|v| format!("{} {}", code(v), v.path))
        .collect()
}

fn request(tag: &str) -> DeployRequest {
    DeployRequest {
        service: "payment-service".into(),
        image_tag: tag.into(),
        environment: "int-stable".into(),
        region: "euw1".into(),
        ..DeployRequest::default()
    }
}

#[test]
fn requests_of_the_table() {
    let (table, rules, now) = requests();
    for case in table["cases"].as_array().unwrap() {
        let (read, verdict) = read_and_validate(&case["input"].to_string(), &rules, now, &Database);
        let expected: Vec<String> = serde_json::from_value(case["expect"].clone()).unwrap();
        assert_eq!(codes(verdict.clone()), expected, "{}", case["name"]);
        let readable = !expected
            .iter()
            .any(|code| code.starts_with("FIELD_TYPE") || code.starts_with("FIELD_UNKNOWN"));
        let read = read.unwrap();
        if readable {
            assert_eq!(judged(&read, &rules, now, &Database), verdict, "{}", case["name"]);
        }
    }
}

#[test]
fn image_tags_of_the_table() {
    let (table, rules, now) = requests();
    for (kind, code) in [
        ("immutable", None),
        ("mutable", Some("IMAGE_TAG_MUTABLE /imageTag")),
        ("invalid", Some("IMAGE_TAG_INVALID /imageTag")),
    ] {
        for tag in table["imageTags"][kind].as_array().unwrap() {
            let found = codes(judged(&request(tag.as_str().unwrap()), &rules, now, &Utc));
            assert_eq!(found, Vec::from_iter(code.map(str::to_owned)), "{tag}");
        }
    }
    let anything_goes = DeployRules {
        immutable_tags_only: false,
        ..rules
    };
    assert_eq!(judged(&request("latest"), &anything_goes, now, &Utc), ALLOWED);
}

#[test]
fn change_tickets_of_the_table() {
    let (table, rules, now) = requests();
    for (kind, valid) in [("valid", true), ("invalid", false)] {
        for ticket in table["changeTickets"][kind].as_array().unwrap() {
            let request = DeployRequest {
                change_ticket: ticket.as_str().map(str::to_owned),
                ..request("v1")
            };
            assert_eq!(judged(&request, &rules, now, &Utc) == ALLOWED, valid, "{ticket}");
        }
    }
}

#[test]
fn a_line_is_counted_in_characters_and_prose_in_what_it_takes_in_an_address() {
    let (_, rules, now) = requests();
    let with_plan = |plan: String| DeployRequest {
        rollback_plan: Some(plan),
        ..request("v1")
    };
    for fits in ["a".repeat(3000), "é".repeat(500), "\"".repeat(500), "回".repeat(333)] {
        assert_eq!(judged(&with_plan(fits), &rules, now, &Utc), ALLOWED);
    }
    for (too_long, excess) in [("a".repeat(3001), 1), ("é".repeat(501), 1), ("回".repeat(1000), 667)] {
        let found = violations(judged(&with_plan(too_long), &rules, now, &Utc));
        assert_eq!(found.len(), 1);
        assert!(
            found[0].message.ends_with(&format!("shorten it by {excess}")),
            "{}",
            found[0].message
        );
    }
    assert_eq!(judged(&request(&"a".repeat(128)), &rules, now, &Utc), ALLOWED);
    assert_eq!(
        codes(judged(&request(&"a".repeat(129)), &rules, now, &Utc)),
        ["FIELD_TOO_LONG /imageTag"]
    );
}

#[test]
fn what_nobody_sees_is_named() {
    let (_, rules, now) = requests();
    let found = violations(judged(&request("v1\u{202E}2"), &rules, now, &Utc));
    assert_eq!(
        found[0].message,
        "Image tag holds a character that nobody sees, U+202E (right-to-left override); take it out"
    );
    assert_eq!(
        json!(found[0].params),
        json!({ "label": "Image tag", "character": "U+202E", "name": "right-to-left override" })
    );
}

#[test]
fn a_request_that_is_wrong_in_thousands_of_ways_gets_a_hundred_of_them() {
    let (_, rules, now) = requests();
    let inputs: Vec<RuntimeInput> = (0..200)
        .map(|index| {
            let name = format!("variable-{index}");
            let pointer = format!("/pipeline/variables/{index}/value");
            serde_json::from_value(
                json!({ "pointer": pointer, "name": name, "kind": "text", "required": false,
                "executionInput": false }),
            )
            .unwrap()
        })
        .collect();
    let target = DeployTarget {
        rules: Some(rules),
        inputs: Some(inputs),
        ..DeployTarget::default()
    };
    let members = |name: &str| {
        let members: Vec<String> = (0..7000).map(|index| format!("\"{name}{index}\":1")).collect();
        members.join(",")
    };
    let unknown_fields = format!("{{{}}}", members("f"));
    let unknown_inputs = format!("{{\"inputs\":{{{}}}}}", members("i"));
    let twice = format!("{{\"inputs\":{{{}}}}}", "\"a\":1,".repeat(7000).trim_end_matches(','));
    let long_name = format!("{{\"{}\":1}}", "n".repeat(60_000));
    for text in [unknown_fields, unknown_inputs, twice, long_name] {
        let (_, verdict) = validate(&text, &target, now, &Utc, &NoPatterns);
        let answer = serde_json::to_string(&verdict).unwrap();
        assert!(answer.len() < 100_000, "{}", answer.len());
        let found = violations(verdict);
        assert!(found.len() <= 101);
        let last = found.last().unwrap();
        let is_closing = json!(last.code) == "MORE_VIOLATIONS";
        assert_eq!(is_closing, found.len() == 101);
        if is_closing {
            assert!(last.message.starts_with("There are 69"), "{}", last.message);
        }
    }
}

#[test]
fn sentences_say_what_why_and_how_to_mend() {
    let (_, rules, _) = requests();
    let now = instant(&json!("2026-11-27T12:00:00Z")).unwrap();
    let text = r#"{"service":"payments-service","imageTag":"latest","environment":"prod","region":"eu1","regoin":"x","changeTicket":7}"#;
    let (_, verdict) = read_and_validate(text, &rules, now, &Database);
    let sentences: Vec<_> = violations(verdict)
        .into_iter()
        .map(|violation| violation.message)
        .collect();
    insta::assert_snapshot!(sentences.join("\n"));
}

#[test]
fn a_closed_window_says_when_it_opens() {
    let (_, rules, _) = requests();
    let friday = instant(&json!("2026-11-27T12:00:00Z")).unwrap();
    let request = DeployRequest {
        environment: "prod".into(),
        change_ticket: Some("CHG-1".into()),
        rollback_plan: Some("roll back".into()),
        ..request("v1")
    };
    let mut unasked = rules.clone();
    unasked.environments[2].approvals.clear();
    let found = violations(judged(&request, &unasked, friday, &Database));
    let DeployVerdict::Allowed { warnings } = judged(&request, &rules, friday, &Database) else {
        panic!("approvals come before the window")
    };
    assert_eq!((found.len(), warnings.len()), (1, 1));
    assert_eq!(warnings[0].code, ViolationCode::ChangeWindowLater);
    assert_eq!(warnings[0].allowed_from, found[0].allowed_from);
    assert_eq!(found[0].allowed_from, instant(&json!("2026-11-30T10:00:00Z")));
    assert!(
        found[0].message.ends_with("opens next on Mon 30 Nov 2026 10:00 UTC"),
        "{}",
        found[0].message
    );
}

#[test]
fn text_that_is_no_object_is_one_finding() {
    let (_, rules, now) = requests();
    let found = |text: &str| violations(read_and_validate(text, &rules, now, &Utc).1);
    for text in ["", "[]", "7", "\"x\"", "{", "{\"service\":\"a\"} x", "{\"service\":}"] {
        let found = found(text);
        assert_eq!(found.len(), 1, "{text}");
        assert_eq!(
            (found[0].path.as_str(), serde_json::to_value(found[0].code).unwrap()),
            ("", json!("REQUEST_MALFORMED"))
        );
    }
    let twice = found(r#"{"region":"a","region":"b"}"#);
    let region = twice.iter().find(|violation| violation.path == "/region").unwrap();
    assert!(region.message.contains("given twice"), "{}", region.message);
    let odd = found(r#"{"a/b~":1}"#);
    assert!(odd.iter().any(|violation| violation.path == "/a~1b~0"), "{odd:?}");
}

#[test]
fn text_that_is_no_object_says_what_to_do() {
    let (_, rules, now) = requests();
    let deep = format!("{{\"inputs\":{{\"a\":{}{}}}}}", "[".repeat(20), "]".repeat(20));
    for (text, part) in [
        ("", "it ends in the middle; send the whole of it"),
        ("{\"service\": \"a\"", "it ends in the middle"),
        (
            "{\n  \"service\": a\n}",
            "in line 2, column 14: there it is no JSON; write texts and names in double quotes",
        ),
        ("\n\n{\"service\": \"a\",}", "in line 3, column 17: "),
        ("{\"service\": \"a\"} x", "in line 1, column 18: "),
        ("[]", "it is no JSON object; send one with a member for each field"),
        ("7", "it is no JSON object"),
        (&deep, "an input is nested more deeply"),
    ] {
        let found = violations(read_and_validate(text, &rules, now, &Utc).1);
        assert!(found[0].message.starts_with("The request cannot be read"), "{found:?}");
        assert!(found[0].message.contains(part), "{text:?}: {}", found[0].message);
    }
}

#[test]
fn an_input_is_given_once() {
    let (_, rules, now) = requests();
    for inputs in [r#"{"a":"x","a":"y"}"#, r#"{"a":["x"],"a":["y"]}"#, r#"{"a":"x","a":1}"#] {
        let text = format!(r#"{{"inputs":{inputs}}}"#);
        let found = violations(read_and_validate(&text, &rules, now, &Utc).1);
        let of_input: Vec<_> = found.iter().filter(|found| found.path == "/inputs/a").collect();
        assert_eq!(of_input.len(), 1, "{inputs}: {found:?}");
        assert!(of_input[0].message.contains("given twice"), "{}", of_input[0].message);
    }
}

#[test]
fn a_member_is_given_once_wherever_it_stands() {
    let (_, rules, now) = requests();
    for (text, path) in [
        (r#"{"changeTicket":"CHG-1","changeTicket":null}"#, "/changeTicket"),
        (r#"{"changeTicket":null,"changeTicket":"CHG-1"}"#, "/changeTicket"),
        (r#"{"inputs":{},"inputs":{}}"#, "/inputs"),
        (r#"{"inputs":{"a":null,"a":"x"}}"#, "/inputs/a"),
        (r#"{"inputs":{"a":{"b":1,"\u0062":2}}}"#, "/inputs/a/b"),
        (r#"{"inputs":{"a":[{"b":{"c":1,"c":1}}]}}"#, "/inputs/a/0/b/c"),
        (r#"{"colour":1,"colour":1}"#, "/colour"),
    ] {
        let (_, verdict) = read_and_validate(text, &rules, now, &Utc);
        let expected = format!("FIELD_TWICE {path}");
        assert!(codes(verdict.clone()).contains(&expected), "{text}: {verdict:?}");
    }
}

#[test]
fn values_are_kept_as_they_were_written() {
    let text = r#"{"inputs":{"a":123456789012345678901234567890,"b":1.20,"c":[1e400,true],"d":{"e":-0.0,"f":null}}}"#;
    let target = DeployTarget::default();
    let (request, _) = validate(text, &target, 0, &Utc, &NoPatterns);
    let expected = json!({ "a": "123456789012345678901234567890", "b": "1.20", "c": ["1e400", "true"],
        "d": { "e": "-0.0" } });
    assert_eq!(json!(request.unwrap().inputs), expected);
}

#[test]
fn what_is_nested_without_end_is_refused() {
    let text = format!("{{\"inputs\":{{\"a\":{}{}}}}}", "[".repeat(30_000), "]".repeat(30_000));
    let (request, verdict) = validate(&text, &DeployTarget::default(), 0, &Utc, &NoPatterns);
    assert_eq!((request, codes(verdict)), (None, vec!["REQUEST_MALFORMED ".to_owned()]));
}

/// What no request has is unknown, whatever its type.
#[test]
fn an_unknown_field_is_told_as_one() {
    let (_, rules, now) = requests();
    for value in ["5", "[]", "{}", "true", "\"x\""] {
        let text = format!(r#"{{"colour":{value}}}"#);
        let codes = codes(read_and_validate(&text, &rules, now, &Utc).1);
        assert!(
            codes.iter().any(|code| code == "FIELD_UNKNOWN /colour"),
            "{value}: {codes:?}"
        );
    }
}

#[test]
fn windows_of_the_table() {
    let table: Vec<Value> = serde_json::from_str(WINDOWS).unwrap();
    for case in &table {
        let mut input = case["input"].clone();
        let now = instant(&input.as_object_mut().unwrap().remove("now").unwrap()).unwrap();
        input["name"] = json!("a window");
        let window: ChangeWindow = serde_json::from_value(input).unwrap();
        assert_eq!(
            json!(window::is_open(&window, now, &Database)),
            case["expect"]["open"],
            "{}",
            case["name"]
        );
        let next = window::next_opening(&window, now, &Database);
        assert_eq!(next, instant(&case["expect"]["next"]), "{}", case["name"]);
    }
}

fn any_window() -> impl Strategy<Value = ChangeWindow> {
    let zones = [
        "UTC",
        "Europe/Berlin",
        "America/Los_Angeles",
        "America/Santiago",
        "Asia/Kolkata",
        "Pacific/Apia",
        "Nowhere",
    ];
    let days = prop::sample::subsequence(harness_cd_model::Weekday::ALL.to_vec(), 0..=7);
    (
        days,
        0..24 * 60_u16,
        0..=24 * 60_u16,
        prop::sample::select(zones.to_vec()),
        prop::collection::vec(0..336_u16, 0..4),
    )
        .prop_map(|(days, from, to, zone, closed)| {
            let time = |minutes: u16| format!("{:02}:{:02}", minutes / 60, minutes % 60).try_into().unwrap();
            ChangeWindow {
                name: "w".into(),
                days,
                from: time(from),
                to: time(to),
                time_zone: zone.into(),
                closed_on: closed
                    .iter()
                    .map(|day| format!("2026-{:02}-{:02}", 1 + day / 28, 1 + day % 28))
                    .collect(),
                open_on: Vec::new(),
            }
        })
}

proptest! {
    #[test]
    fn the_next_opening_is_the_first_open_minute(window in any_window(), minute in 29_000_000_i64..30_000_000) {
        let now = minute * 60_000;
        if let Some(next) = window::next_opening(&window, now, &Database) {
            prop_assert!(next >= now);
            prop_assert_eq!(window::is_open(&window, next, &Database), Some(true));
            // In steps of seven minutes: a window that is shorter is not found by all cases, and by enough of them.
            for earlier in (now..next).step_by(7 * 60_000) {
                prop_assert_eq!(window::is_open(&window, earlier, &Database), Some(false));
            }
        }
    }

    #[test]
    fn no_instant_panics(window in any_window(), now in any::<i64>()) {
        let _ = window::next_opening(&window, now, &Utc);
    }

    #[test]
    fn no_text_panics(text in "\\PC*", members in prop::collection::btree_map("[a-zA-Z/~<+]{0,12}", "\\PC{0,40}", 0..6)) {
        let (_, rules, now) = requests();
        let _ = read_and_validate(&text, &rules, now, &Utc);
        let _ = read_and_validate(&json!(members).to_string(), &rules, now, &Utc);
    }
}
