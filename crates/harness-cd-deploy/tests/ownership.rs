//! Whose pipeline it is: the table of `tests/cases` that Rust and JavaScript share.

use harness_cd_deploy::judge_ownership;
use serde_json::{Value, json};

const TABLE: &str = include_str!("../../../tests/cases/ownership.json");

#[test]
fn a_pipeline_is_run_by_the_entity_that_it_names() {
    let table: Value = serde_json::from_str(TABLE).unwrap();
    for case in table["cases"].as_array().unwrap() {
        let question = serde_json::from_value(case["question"].clone()).unwrap();
        let verdict = json!(judge_ownership(&question));
        assert_eq!(verdict["kind"], case["expect"], "{}", case["name"]);
        if let Some(says) = case.get("says") {
            let said = [&verdict["message"], &verdict["hint"]];
            assert!(said.contains(&says), "{}: {verdict}", case["name"]);
        }
    }
}
