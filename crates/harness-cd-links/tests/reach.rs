//! What the catalog may reach: the table of `tests/cases` that Rust and JavaScript share.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

use harness_cd_links::{ReachQuestion, judge_reach};
use serde_json::{Value, json};

const TABLE: &str = include_str!("../../../tests/cases/reach.json");

#[test]
fn only_what_is_configured_is_reached() {
    let table: Value = serde_json::from_str(TABLE).unwrap();
    for case in table["cases"].as_array().unwrap() {
        let mut question = case["of"].clone();
        question["what"] = json!("The pipeline x");
        question["accounts"] = table["accounts"].clone();
        let question: ReachQuestion = serde_json::from_value(question).unwrap();
        let reach = json!(judge_reach(&question));
        let Some(says) = case.get("says") else {
            assert_eq!(reach, json!({ "kind": "within" }), "{}", case["name"]);
            continue;
        };
        let said = |part: &str| reach[part].as_str().unwrap_or_default().to_owned();
        assert!(
            said("message").contains(says.as_str().unwrap()),
            "{}: {reach}",
            case["name"]
        );
        let hint = case["hint"].as_str().unwrap_or_default();
        assert!(said("hint").contains(hint), "{}: {reach}", case["name"]);
    }
}
