//! Input sets: which answer belongs to which input, and what is said of the others.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

use harness_cd_model::{InputValue, InputValues};
use harness_cd_pipeline::input_set_values;

/// Code, pointer and message of a finding.
type Found = (String, String, String);

const PIPELINE: &str = "
pipeline:
  identifier: shop
  variables:
    - {name: tag, type: String, value: <+input>}
    - {name: replicas, type: Number, value: <+input>.default(2)}
    - {name: fixed, type: String, value: x}
  stages:
    - parallel:
        - stage: {identifier: build, type: Custom, spec: {}}
        - stage:
            identifier: ship
            type: Deployment
            spec:
              environment: {environmentRef: <+input>}
              scanners: <+input>
              sources: <+input>
";

fn read(pipeline: &str) -> Result<Vec<(String, InputValue)>, Vec<Found>> {
    let set = format!("inputSet:\n  identifier: prod\n  pipeline:\n    identifier: shop\n{pipeline}");
    of(&set)
}

fn of(set: &str) -> Result<Vec<(String, InputValue)>, Vec<Found>> {
    match input_set_values("set.yaml", set.as_bytes(), PIPELINE) {
        Ok(values) => Ok(values.into_iter().collect()),
        Err(findings) => Err(findings
            .into_iter()
            .map(|finding| (finding.code, finding.pointer, finding.message))
            .collect()),
    }
}

fn one(pointer: &str, text: &str) -> (String, InputValue) {
    (pointer.to_owned(), InputValue::One(text.to_owned()))
}

#[test]
fn answers_are_found_by_the_keys_of_what_they_stand_in() {
    let found = read(
        "    variables:
      - {name: replicas, type: Number, value: 3}
      - {name: fixed, value: x}
      - {name: tag, type: String, value: <+input>}
    stages:
      - parallel:
          - stage:
              identifier: ship
              type: Deployment
              spec: {environment: {environmentRef: prod}, scanners: [osv, 7]}
",
    );
    let ship = "/pipeline/stages/0/parallel/1/stage/spec";
    assert_eq!(
        found,
        Ok(vec![
            one(&format!("{ship}/environment/environmentRef"), "prod"),
            (
                format!("{ship}/scanners"),
                InputValue::Many(vec!["osv".to_owned(), "7".to_owned()])
            ),
            one("/pipeline/variables/1/value", "3"),
        ])
    );
}

#[test]
fn every_answer_that_is_not_asked_for_is_found_at_its_place() {
    let found = read(
        "    variables:
      - {name: fixed, value: y}
      - {name: other, value: z}
    stages:
      - parallel:
          - stage: {identifier: ship, spec: {timeout: 1h}}
",
    );
    let ship = "/inputSet/pipeline/stages/0/parallel/0/stage/spec";
    let finding = |pointer: &str, message: &str| {
        let texts = ["HCD0303", pointer, message].map(str::to_owned);
        let [code, pointer, message] = texts;
        (code, pointer, message)
    };
    assert_eq!(
        found,
        Err(vec![
            finding(
                "/inputSet/pipeline/variables/0/value",
                "the pipeline does not ask for `value`, which is `y` here"
            ),
            finding(
                "/inputSet/pipeline/variables/1",
                "the pipeline does not ask for `other`"
            ),
            finding(
                &format!("{ship}/timeout"),
                "the pipeline does not ask for `timeout`, which is `1h` here"
            ),
        ])
    );
}

#[test]
fn what_is_no_input_set_of_the_pipeline_says_so() {
    for (set, code, said) in [
        ("pipeline: {identifier: shop}", "HCD0301", "no input set"),
        ("overlayInputSet: {identifier: a}", "HCD0301", "no input set"),
        (
            "inputSet: {pipeline: {identifier: other}}",
            "HCD0302",
            "the input set is of `other`, and `shop` is to run",
        ),
        ("inputSet: {pipeline: {}}", "HCD0302", "of no pipeline"),
        ("inputSet: [", "HCD0004", ""),
    ] {
        let found = of(set).unwrap_err();
        assert!(found[0].0 == code && found[0].2.contains(said), "{set}: {found:?}");
    }
    assert_eq!(
        input_set_values("set.yaml", b"inputSet: {pipeline: {identifier: a}}", "a: ["),
        Ok(InputValues::new())
    );
}
