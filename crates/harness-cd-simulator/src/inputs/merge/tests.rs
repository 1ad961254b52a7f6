use super::*;

fn merged(own: &Value, given: &Value) -> Value {
    merge(own, &[given], Values::Checked(Joined::Split)).unwrap()
}

/// run-inputs §1.3
#[test]
fn only_inputs_take_values() {
    for (own, given, expected) in [
        // Fixed and unknown fields are dropped.
        (
            json!({ "a": "x", "b": "<+input>" }),
            json!({ "a": "y", "b": " z ", "c": 1 }),
            json!({ "a": "x", "b": "z" }),
        ),
        // An input that is given for an input.
        (
            json!({ "a": "<+input>.default(1)" }),
            json!({ "a": "<+input>" }),
            json!({ "a": "<+input>.default(1)" }),
        ),
        (
            json!({ "a": "<+input>" }),
            json!({ "a": "<+input>.executionInput()" }),
            json!({ "a": "<+input>.executionInput()" }),
        ),
        (
            json!({ "a": "<+input>.regex(x)" }),
            json!({ "a": "<+input>.executionInput()" }),
            json!({ "a": "<+input>.regex(x).executionInput()" }),
        ),
        // An object or a keyed list for a leaf is taken whole, even for a fixed one.
        (
            json!({ "a": "<+input>" }),
            json!({ "a": { "b": " c " } }),
            json!({ "a": { "b": " c " } }),
        ),
        (
            json!({ "a": "x" }),
            json!({ "a": [{ "identifier": "i" }] }),
            json!({ "a": [{ "identifier": "i" }] }),
        ),
        // A list of scalars is one leaf.
        (
            json!({ "a": "<+input>" }),
            json!({ "a": ["b", "c"] }),
            json!({ "a": ["b", "c"] }),
        ),
        (json!({ "a": ["x"] }), json!({ "a": ["b"] }), json!({ "a": ["x"] })),
        // A leaf for an object is dropped.
        (
            json!({ "a": { "b": "<+input>" } }),
            json!({ "a": "x" }),
            json!({ "a": { "b": "<+input>" } }),
        ),
        // What tells things apart stays, even where it is an input.
        (
            json!({ "identifier": "<+input>", "type": "<+input>", "name": "<+input>" }),
            json!({ "identifier": "i", "type": "t", "name": "n" }),
            json!({ "identifier": "<+input>", "type": "<+input>", "name": "n" }),
        ),
        (json!({ "a": "<+input>" }), json!({ "a": null }), json!({ "a": null })),
        (json!({ "a": "<+input>" }), Value::Null, json!({ "a": "<+input>" })),
    ] {
        assert_eq!(merged(&own, &given), expected, "{own} {given}");
    }
}

/// run-inputs §1.3: below some blocks, what the pipeline lacks is added.
#[test]
fn open_blocks_take_what_they_lack() {
    let own = json!({
        "environment": { "environmentRef": "e", "infrastructureDefinitions": [{ "identifier": "i" }] },
        "spec": { "x": "y" },
        "template": { "templateRef": "t" },
    });
    let given = json!({
        "environment": {
            "environmentRef": "other", "environmentInputs": { "type": "Production" }, "open": "<+input>",
            "infrastructureDefinitions": [{ "identifier": "i", "inputs": 1 }],
        },
        "spec": { "z": 1 },
        "template": { "templateRef": "u", "templateInputs": { "a": 1 } },
    });
    let expected = json!({
        "environment": {
            "environmentRef": "e", "environmentInputs": { "type": "Production" },
            "infrastructureDefinitions": [{ "identifier": "i" }],
        },
        "spec": { "x": "y" },
        "template": { "templateRef": "t", "templateInputs": { "a": 1 } },
    });
    assert_eq!(merged(&own, &given), expected);
}

/// run-inputs §9, harness-api §12.29
#[test]
fn elements_meet_by_their_keys() {
    let stage = |id: &str, value: &str| json!({ "stage": { "identifier": id, "spec": { "v": value } } });
    let twins = |a: Value, b: Value| json!({ "stages": [a, b] });
    let parallel = |items: Value| json!({ "parallel": items });
    for (own, given, expected) in [
        (
            twins(stage("a", "<+input>"), stage("b", "<+input>")),
            twins(stage("b", "2"), stage("unknown", "3")),
            twins(stage("a", "<+input>"), stage("b", "2")),
        ),
        // `parallel` belongs to the path; which group does not matter.
        (
            twins(
                parallel(json!([stage("a", "<+input>")])),
                parallel(json!([stage("b", "<+input>")])),
            ),
            json!({ "stages": [parallel(json!([stage("b", "2"), stage("a", "1")]))] }),
            twins(parallel(json!([stage("a", "1")])), parallel(json!([stage("b", "2")]))),
        ),
        (
            json!({ "stages": [parallel(json!([stage("a", "<+input>")]))] }),
            json!({ "stages": [stage("a", "1")] }),
            json!({ "stages": [parallel(json!([stage("a", "<+input>")]))] }),
        ),
        // Elements that their names identify: each field is one leaf.
        (
            json!({ "variables": [{ "name": "v", "type": "String", "value": "<+input>", "more": { "a": "<+input>" } }] }),
            json!({ "variables": [{ "name": "v", "type": "Number", "value": "x", "more": { "a": "y" } }, { "value": "z" }] }),
            json!({ "variables": [{ "name": "v", "type": "String", "value": "x", "more": { "a": "<+input>" } }] }),
        ),
        // A step is no step group.
        (
            json!({ "steps": [{ "step": { "identifier": "s", "v": "<+input>" } }] }),
            json!({ "steps": [{ "stepGroup": { "identifier": "s", "v": "x" } }] }),
            json!({ "steps": [{ "step": { "identifier": "s", "v": "<+input>" } }] }),
        ),
        (
            json!({ "values": [{ "serviceRef": "s", "serviceInputs": "<+input>" }] }),
            json!({ "values": [{ "serviceRef": "s", "serviceInputs": { "a": 1 } }] }),
            json!({ "values": [{ "serviceRef": "s", "serviceInputs": { "a": 1 } }] }),
        ),
    ] {
        assert_eq!(merged(&own, &given), expected, "{own} {given}");
    }
}

/// run-inputs §9, §1.3
#[test]
fn what_comes_twice_and_what_a_validator_refuses_is_an_error() {
    let variable = |value: &str| json!({ "name": "v", "value": value });
    let own = json!({ "variables": [variable("<+input>.allowedValues(a)")] });
    let twice = json!({ "variables": [variable("a"), variable("a")] });
    let message = |given: &Value| match merge(&own, &[given], Values::Checked(Joined::Whole)) {
        Err(Problem::Invalid(message)) => message,
        other => panic!("{other:?}"),
    };
    assert_eq!(
        message(&twice),
        " This element is coming twice in yaml pipeline.variables.v.name"
    );
    let refused = message(&json!({ "variables": [variable("b")] }));
    assert!(
        refused.starts_with("The values provided for pipeline.variables.v: ['b']"),
        "{refused}"
    );
    assert!(merge(&own, &[&json!({ "variables": [variable("b")] })], Values::Taken).is_ok());
}

/// run-inputs §6: precedence.
#[test]
fn a_later_document_wins_and_an_input_undoes_nothing() {
    let variable = |value: &str| json!({ "variables": [{ "name": "v", "value": value }] });
    let own =
        json!({ "variables": [{ "name": "v", "value": "<+input>" }], "service": { "serviceInputs": "<+input>" } });
    let values = |given: &[Value]| {
        let given: Vec<&Value> = given.iter().collect();
        let merged = merge(&own, &given, Values::Taken).unwrap();
        (merged["variables"][0]["value"].clone(), merged["service"].clone())
    };
    let open = json!({ "serviceInputs": "<+input>" });
    assert_eq!(
        values(&[variable("1"), variable("2"), variable("<+input>")]),
        (json!("2"), open)
    );
    let service = |number: i64| json!({ "service": { "serviceInputs": { "n": number }, "extra": number } });
    let expected = json!({ "serviceInputs": { "n": 2 }, "extra": 2 });
    assert_eq!(values(&[service(1), service(2)]), (json!("<+input>"), expected));
}
