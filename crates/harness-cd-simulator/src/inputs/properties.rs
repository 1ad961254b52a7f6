//! What holds for every pipeline and every body.

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::grammar;
use super::leaves::Leaves;
use super::merge::{Values, merge};
use super::template::prune;

/// A leaf that is an input, or none.
fn leaf() -> impl Strategy<Value = Value> {
    let input = prop_oneof![
        Just("<+input>"),
        Just("<+input>.default(a)"),
        Just("<+input>.allowedValues(a,b)"),
        Just("<+input>.executionInput()"),
    ];
    prop_oneof![
        input.prop_map(|text| json!(text)),
        "[a-c]{0,2}".prop_map(|text| json!(text)),
        any::<bool>().prop_map(|truth| json!(truth)),
        Just(json!(["a", "<+input>"])),
        Just(Value::Null),
        Just(json!({})),
    ]
}

fn fields(inner: impl Strategy<Value = Value>) -> impl Strategy<Value = Map<String, Value>> {
    let keys = prop::sample::select(vec!["a", "b", "default", "value", "type", "service", "name"]);
    prop::collection::btree_map(keys, inner, 0..4)
        .prop_map(|fields| fields.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
}

/// A list whose elements have keys of one kind, each once.
fn keyed_list(inner: impl Strategy<Value = Value>) -> impl Strategy<Value = Value> {
    let shape = prop::sample::select(vec!["plain", "name", "stage", "parallel"]);
    (shape, prop::collection::vec(fields(inner), 1..4)).prop_map(|(shape, elements)| {
        let items = elements.into_iter().enumerate().map(|(index, mut fields)| {
            let key = if shape == "name" { "name" } else { "identifier" };
            fields.insert(key.to_owned(), json!(format!("e{index}")));
            match shape {
                "stage" => json!({ "stage": fields }),
                "parallel" => json!({ "parallel": [{ "stage": fields }] }),
                _ => Value::Object(fields),
            }
        });
        Value::Array(items.collect())
    })
}

fn pipeline() -> impl Strategy<Value = Value> {
    let value = leaf().prop_recursive(4, 24, 4, |inner| {
        prop_oneof![fields(inner.clone()).prop_map(Value::Object), keyed_list(inner)]
    });
    fields(value).prop_map(|mut fields| {
        fields.insert("identifier".to_owned(), json!("p"));
        Value::Object(fields)
    })
}

/// The document with a text in place of every text.
fn answered(value: &Value, answer: &str) -> Value {
    match value {
        Value::String(_) => json!(answer),
        Value::Array(items) => items.iter().map(|item| answered(item, answer)).collect(),
        Value::Object(fields) => {
            let kept = |key: &str| matches!(key, "identifier" | "name" | "type");
            let answers = fields.iter().map(|(key, value)| match kept(key) {
                true => (key.clone(), value.clone()),
                false => (key.clone(), answered(value, answer)),
            });
            Value::Object(answers.collect())
        }
        other => other.clone(),
    }
}

fn is_input(value: &Value) -> bool {
    value.as_str().is_some_and(|text| text.starts_with(grammar::INPUT))
}

proptest! {
    /// run-inputs §1.2
    #[test]
    fn a_template_is_its_own_template(pipeline in pipeline()) {
        let template = prune(&pipeline);
        prop_assert_eq!(template.as_ref().and_then(prune), template);
    }

    /// run-inputs §1.2: a template asks for what its pipeline asks for, at the same places.
    #[test]
    fn a_template_asks_for_every_input(pipeline in pipeline()) {
        let template = prune(&pipeline).unwrap_or_default();
        let (own, asked) = (Leaves::of(&pipeline).unwrap(), Leaves::of(&template).unwrap());
        let inputs = |leaves: &Leaves<'_>| leaves.iter().filter(|(_, value)| is_input(value)).count();
        prop_assert_eq!(inputs(&own), inputs(&asked));
    }

    /// run-inputs §1.3: what is fixed stays, whatever a filled template says.
    #[test]
    fn a_filled_template_touches_nothing_fixed(pipeline in pipeline(), answer in "[a-z ]{0,4}") {
        let filled = prune(&pipeline).map(|template| answered(&template, &answer)).unwrap_or_default();
        let merged = merge(&pipeline, &[&filled], Values::Taken).unwrap();
        let (own, merged) = (Leaves::of(&pipeline).unwrap(), Leaves::of(&merged).unwrap());
        prop_assert_eq!(own.iter().count(), merged.iter().count());
        for ((own_path, own), (path, value)) in own.iter().zip(merged.iter()) {
            prop_assert_eq!(own_path, path);
            prop_assert!(own == value || (is_input(own) && value == &json!(answer.trim())), "{} {}", own, value);
        }
    }

    /// run-inputs §1.3: a body of inputs changes nothing.
    #[test]
    fn an_open_template_changes_nothing(pipeline in pipeline()) {
        let template = prune(&pipeline).unwrap_or_default();
        prop_assert_eq!(merge(&pipeline, &[&template], Values::Taken).unwrap(), pipeline);
    }

    /// Any text may be a runtime input, and none may break its reading.
    #[test]
    fn every_text_can_be_read(text in "(<\\+input>)?[.a-z()',\\\\\"é]{0,24}") {
        let _ = grammar::split(&text);
        let input = grammar::RuntimeInput::parse(&text);
        prop_assert_eq!(input.is_some(), text.starts_with(grammar::INPUT));
        prop_assert!(input.is_none_or(|input| input.default().is_none_or(|default| text.contains(default))));
    }
}
