//! Inputs as Harness 3.0 declares them: `inputs`, a mapping from names to types and rules.

use harness_cd_model::{
    ChoiceKind, Choices, InputKind, InputObject, InputShape, InputValue, InputValues, RuntimeInput,
};
use harness_cd_yaml::{Node, child_pointer};

use serde_json::{Map, Value, json};

use super::fill::{FillError, json as json_of, scalar};
use super::{inputs_of, kind_of_type};

/// Where declarations stand: at the head of a pipeline or template, with or without a root key of its own.
const PLACES: [&str; 5] = [
    "/pipeline/inputs",
    "/template/inputs",
    "/template/spec/inputs",
    "/spec/inputs",
    "/inputs",
];

/// Whether a mapping declares inputs: it stands where they do, and each of its entries has a type.
pub(super) fn is_declarations(node: &Node, pointer: &str) -> bool {
    PLACES.contains(&pointer) && node.entries().all(|entry| entry.value.get("type").is_some())
}

/// Whether a pipeline declares inputs.
pub(crate) fn declares_inputs(root: &Node) -> bool {
    let places: [&[&str]; 3] = [&["pipeline", "inputs"], &["spec", "inputs"], &["inputs"]];
    let mut declared = places.iter().filter_map(|place| root.at(place));
    declared
        .any(|node| node.entries().next().is_some() && node.entries().all(|entry| entry.value.get("type").is_some()))
}

pub(super) fn inputs(node: &Node, pointer: &str) -> impl Iterator<Item = RuntimeInput> {
    node.entries()
        .map(move |entry| input(entry.name(), &entry.value, child_pointer(pointer, entry.name())))
}

fn input(name: &str, declaration: &Node, pointer: String) -> RuntimeInput {
    let declared_type = declaration.get("type").and_then(Node::text).unwrap_or_default();
    let allowed_values = rule(declaration, &["options", "allowed_values", "enum"]).map(texts);
    let takes_list = kind_of_type(declared_type) == InputKind::List;
    let is_multiple = declaration.get("multiple").and_then(Node::as_bool) == Some(true);
    let of_texts = declaration.at(&["items", "type"]).and_then(Node::text) == Some("string");
    let select_many = allowed_values.is_some() && (takes_list || is_multiple);
    let default = declaration.get("default").filter(|node| !node.is_null());
    RuntimeInput {
        pointer,
        name: Some(name.to_owned()),
        input_type: Some(declared_type.to_owned()),
        // A list whose elements are known is a choice of several of them.
        kind: if select_many {
            InputKind::Text
        } else {
            kind_of_type(declared_type)
        },
        shape: (takes_list && of_texts && !select_many).then_some(InputShape::Texts),
        choices: (declared_type == "environment").then(|| Choices {
            of: ChoiceKind::Environment,
            ..Choices::default()
        }),
        description: text(declaration, &["description", "desc"]),
        required: declaration.get("required").and_then(Node::as_bool) == Some(true),
        default: default.map(|node| node.text().map_or_else(|| json_of(node).to_string(), str::to_owned)),
        default_values: default.filter(|_| select_many).map(texts).unwrap_or_default(),
        allowed_values,
        select_many,
        regex: text(declaration, &["regex", "pattern"]),
        min: text(declaration, &["min"]),
        max: text(declaration, &["max"]),
        ..RuntimeInput::default()
    }
}

/// Writes the inputs of a run of Harness 3.0: `inputs`, each value of the type that is declared, as JSON, which is YAML.
/// What says nothing is left out, for Harness to take its default. Source: run-inputs §10.
///
/// # Errors
/// Where the pipeline does not ask for what is given.
pub(super) fn fill_declared(root: &Node, values: &InputValues) -> Result<String, FillError> {
    let declared = inputs_of(root);
    let mut given = Map::new();
    for (key, value) in values {
        let asked = declared.iter().find(|input| input.is_called(key));
        let Some((input, name)) = asked.and_then(|input| Some((input, input.name.clone()?))) else {
            return Err(FillError::InputUnknown(key.clone()));
        };
        let is_text = input.kind == InputKind::Text && matches!(value, InputValue::One(_));
        if !value.is_blank() || is_text {
            given.insert(name, typed(input, value));
        }
    }
    Ok(json!({ "inputs": given }).to_string())
}

fn typed(input: &RuntimeInput, value: &InputValue) -> Value {
    match value {
        InputValue::One(text) if input.select_many => json!([text]),
        InputValue::One(text) | InputValue::Literal(text) => {
            scalar(kind_of_type(input.input_type.as_deref().unwrap_or_default()), text)
        }
        _ => as_given(value),
    }
}

/// A structure of any members: no place tells what one is, and what was given does.
fn as_given(value: &InputValue) -> Value {
    let object = |members: &InputObject| {
        let members = members.iter().map(|(name, value)| (name.clone(), as_given(value)));
        Value::Object(members.collect())
    };
    match value {
        InputValue::One(text) => text.as_str().into(),
        InputValue::Literal(text) => scalar(InputKind::Number, text),
        InputValue::Many(texts) => texts.as_slice().into(),
        InputValue::Object(members) => object(members),
        InputValue::Objects(objects) => objects.iter().map(object).collect(),
        InputValue::List(elements) => elements.iter().map(as_given).collect(),
    }
}

/// The texts of a list, or the one that stands for a list.
fn texts(node: &Node) -> Vec<String> {
    let single = node.text().into_iter();
    single
        .chain(node.items().filter_map(Node::text))
        .map(str::to_owned)
        .collect()
}

/// A rule under one of its names, written beside the type or among the validations.
fn rule<'n>(declaration: &'n Node, names: &[&str]) -> Option<&'n Node> {
    let places = [
        Some(declaration),
        declaration.get("validation"),
        declaration.get("validator"),
    ];
    places
        .into_iter()
        .flatten()
        .find_map(|place| names.iter().find_map(|name| place.get(name)))
}

fn text(declaration: &Node, names: &[&str]) -> Option<String> {
    rule(declaration, names).and_then(Node::text).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::super::runtime_inputs;
    use super::*;

    fn read(text: &str) -> Vec<RuntimeInput> {
        runtime_inputs("f", text.as_bytes()).inputs
    }

    fn declared(body: &str) -> RuntimeInput {
        let text = format!("pipeline:\n  inputs:\n    it:\n{body}");
        read(&text).remove(0)
    }

    #[test]
    fn a_text_with_a_pattern() {
        let input = declared(
            "      type: string\n      description: The version\n      required: true\n      default: 1.0.0\n      validation:\n        regex: ^\\d+$\n",
        );
        assert_eq!(input.pointer, "/pipeline/inputs/it");
        assert_eq!(input.variable(), Some("it"));
        assert_eq!(input.input_type.as_deref(), Some("string"));
        assert_eq!(input.description.as_deref(), Some("The version"));
        assert_eq!(input.default.as_deref(), Some("1.0.0"));
        assert_eq!(input.regex.as_deref(), Some(r"^\d+$"));
        assert!(input.required && !input.execution_input);
        let beside = declared("      type: string\n      pattern: a+\n");
        assert_eq!(beside.regex.as_deref(), Some("a+"));
        assert!(!beside.required);
    }

    #[test]
    fn numbers_booleans_and_durations() {
        let input = declared("      type: number\n      default: 3\n      validation: {min: 1, max: 20}\n");
        assert_eq!(
            (input.kind, input.min.as_deref(), input.max.as_deref()),
            (InputKind::Number, Some("1"), Some("20"))
        );
        assert_eq!(input.default.as_deref(), Some("3"));
        let input = declared("      type: boolean\n      default: false\n");
        assert_eq!(
            (input.kind, input.default.as_deref()),
            (InputKind::Boolean, Some("false"))
        );
        assert_eq!(declared("      type: duration\n").kind, InputKind::Duration);
    }

    #[test]
    fn choices_lists_and_objects() {
        let input = declared("      type: choice\n      options: [dev, prod]\n      default: dev\n");
        assert_eq!(input.allowed_values, Some(vec!["dev".into(), "prod".into()]));
        assert!(!input.select_many);
        let input = declared("      type: choice\n      multiple: true\n      options: [a, b]\n      default: [a]\n");
        assert!(input.select_many && input.kind == InputKind::Text);
        assert_eq!(input.default_values, ["a"]);
        let input = declared("      type: string\n      validator: {allowed_values: [a, b]}\n");
        assert_eq!(input.allowed_values.map(|values| values.len()), Some(2));
        let input = declared("      type: array\n      default: [us-east-1]\n      items: {type: string}\n");
        assert_eq!(
            (input.kind, input.default.as_deref()),
            (InputKind::List, Some(r#"["us-east-1"]"#))
        );
        assert_eq!(
            declared("      type: object\n      properties: {}\n").kind,
            InputKind::Object
        );
    }

    #[test]
    fn a_run_gives_each_its_declared_type() {
        let pipeline = "pipeline:\n  inputs:\n    version: {type: string}\n    replicas: {type: number}\n    dry: {type: boolean}\n    zones: {type: array, items: {type: string}}\n    markets: {type: choice, multiple: true, options: [eu, us]}\n    timeout: {type: duration}\n    token: {type: secret}\n    notify: {type: object}\n  stages: [{name: a, steps: []}]\n";
        let one = |text: &str| InputValue::One(text.to_owned());
        let values = InputValues::from([
            ("version".to_owned(), one("1.20")),
            ("replicas".to_owned(), one("3")),
            ("/pipeline/inputs/dry".to_owned(), one("true")),
            ("zones".to_owned(), InputValue::Many(vec!["a".to_owned()])),
            ("markets".to_owned(), one("eu")),
            ("timeout".to_owned(), one("30m")),
            ("token".to_owned(), one("account.hub")),
            (
                "notify".to_owned(),
                InputValue::Object(
                    [
                        ("parallel".to_owned(), one("true")),
                        ("count".to_owned(), InputValue::Literal("3".to_owned())),
                    ]
                    .into(),
                ),
            ),
        ]);
        let filled: Value = serde_json::from_str(&super::super::fill_inputs(pipeline, &values).unwrap()).unwrap();
        assert_eq!(
            filled,
            json!({ "inputs": {
                "version": "1.20", "replicas": 3, "dry": true, "zones": ["a"], "markets": ["eu"], "timeout": "30m",
                "token": "account.hub", "notify": { "parallel": "true", "count": 3 },
            } })
        );
        let nothing = super::super::fill_inputs(pipeline, &InputValues::from([("replicas".to_owned(), one(""))]));
        assert_eq!(nothing.unwrap(), r#"{"inputs":{}}"#);
        let unknown = super::super::fill_inputs(pipeline, &InputValues::from([("x".to_owned(), one("1"))]));
        assert_eq!(unknown, Err(FillError::InputUnknown("x".to_owned())));
    }

    #[test]
    fn a_list_of_texts_and_an_environment_are_known() {
        assert_eq!(
            declared("      type: array\n      items: {type: string}\n").shape,
            Some(InputShape::Texts)
        );
        assert_eq!(declared("      type: array\n      items: {type: number}\n").shape, None);
        let environment = declared("      type: environment\n");
        assert_eq!(
            environment.choices.map(|choices| choices.of),
            Some(ChoiceKind::Environment)
        );
    }

    #[test]
    fn inputs_elsewhere_are_values() {
        assert_eq!(read("pipeline: {stages: [{inputs: {a: {type: string}}}]}"), []);
        assert_eq!(read("pipeline: {inputs: {a: v1}}"), []);
        assert_eq!(read("inputs: {a: {type: string}}").len(), 1);
    }
}
