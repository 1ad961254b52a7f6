//! What a pipeline asks for: the table of `tests/cases` that Rust and JavaScript share, and public pipelines.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking, and says what it skips"
)]

mod support;

use std::fs;
use std::path::PathBuf;

use harness_cd_model::{InputKind, InputValue, InputValues, RuntimeInput};
use harness_cd_pipeline::{FillError, fill_inputs, runtime_inputs};
use proptest::prelude::*;
use serde_json::{Value, json};
use support::beside;

const TABLE: &str = include_str!("../../../tests/cases/runtime-inputs.json");

#[test]
fn readings_of_the_table() {
    let table: Vec<Value> = serde_json::from_str(TABLE).unwrap();
    for case in &table {
        let reading = runtime_inputs("case.yaml", case["text"].as_str().unwrap().as_bytes());
        assert_eq!(reading.diagnostics, [], "{}", case["name"]);
        assert_eq!(json!(reading.inputs), case["expect"], "{}", case["name"]);
    }
}

#[test]
fn a_template_of_ours_is_read_as_it_stands() {
    let text = "pipeline:\n  name: {{SERVICE_NAME}}\n  variables:\n    - name: region\n      type: String\n      value: <+input>.allowedValues({{REGIONS}})\n";
    let reading = runtime_inputs("t.yaml", text.as_bytes());
    assert_eq!(reading.diagnostics, []);
    let allowed: Vec<_> = reading
        .inputs
        .iter()
        .map(|input| input.allowed_values.clone())
        .collect();
    assert_eq!(allowed, [Some(vec!["{{REGIONS}}".to_owned()])]);
}

/// Public pipelines, templates, input sets and other files of Harness.
fn corpus() -> Vec<PathBuf> {
    let Some(corpus) = beside("corpus") else {
        return Vec::new();
    };
    let entries = |folder: PathBuf| fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let folders = entries(corpus).filter(|path| path.is_dir());
    folders.flat_map(entries).collect()
}

#[test]
fn every_public_file_gets_an_answer() {
    let mut total = 0;
    for path in corpus() {
        let text = fs::read(&path).unwrap();
        let reading = runtime_inputs(&path.to_string_lossy(), &text);
        assert!(
            reading.inputs.is_empty() || reading.diagnostics.is_empty(),
            "{}",
            path.display()
        );
        if reading.diagnostics.is_empty() {
            // Each scalar that starts with the mark is one input, except where the mark stands in a comment.
            let marks = String::from_utf8_lossy(&text)
                .lines()
                .filter(|line| line.trim_start_matches([' ', '-', '\'', '"']).contains(": <+input>"))
                .filter(|line| !line.trim_start().starts_with('#'))
                .count();
            assert!(
                reading.inputs.len() >= marks,
                "{}: {} of {marks}",
                path.display(),
                reading.inputs.len()
            );
        }
        total += reading.inputs.len();
    }
    assert!(total > 100 || corpus().is_empty(), "{total} inputs");
}

#[test]
fn every_public_pipeline_can_be_filled() {
    for path in corpus()
        .iter()
        .filter(|path| path.to_string_lossy().contains("/pipelines/"))
    {
        let text = String::from_utf8(fs::read(path).unwrap()).unwrap();
        let reading = runtime_inputs("pipeline.yaml", text.as_bytes());
        let asked: Vec<&RuntimeInput> = reading
            .inputs
            .iter()
            .filter(|input| input.kind == InputKind::Text)
            .collect();
        let values: InputValues = asked
            .iter()
            .map(|input| (input.pointer.clone(), one("a value")))
            .collect();
        match fill_inputs(&text, &values) {
            Ok(filled) => assert_eq!(filled.matches("\"a value\"").count(), asked.len(), "{}", path.display()),
            Err(FillError::Unreadable(_)) => assert!(!reading.diagnostics.is_empty(), "{}", path.display()),
            // Files called pipelines hold other things as well.
            Err(FillError::Nameless) => assert!(!text.contains("\n  identifier:"), "{}", path.display()),
            Err(error) => assert_eq!(error.to_string(), "", "{}", path.display()),
        }
    }
}

fn one(text: &str) -> InputValue {
    InputValue::One(text.to_owned())
}

proptest! {
    #[test]
    fn no_expression_panics(scalar in "<\\+input>(\\.[a-zA-Z]{0,15}\\([^\n]{0,30}\\)?){0,4}") {
        let text = format!("pipeline:\n  identifier: p\n  value: {}\n", json!(scalar));
        for input in runtime_inputs("f", text.as_bytes()).inputs {
            let values = InputValues::from([(input.pointer, one("x"))]);
            prop_assert!(fill_inputs(&text, &values).is_ok());
        }
    }
}
