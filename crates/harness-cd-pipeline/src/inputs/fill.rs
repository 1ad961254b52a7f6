//! A run's answer: the pipeline's own structure with only the inputs filled, as Harness merges it into the pipeline.

use harness_cd_model::{
    Diagnostic, InputKind, InputObject, InputShape, InputValue, InputValues, RuntimeInput, build_of,
};
use harness_cd_yaml::scalar::Resolved;
use harness_cd_yaml::{Document, Node, Value as Yaml, child_pointer, parse_text};
use serde_json::{Map, Value, json};
use thiserror::Error;

use super::asked::under_root;
use super::declared::fill_declared;
use super::element::{ElementKey, wrapped};
use super::vocabulary::Place;
use crate::dialect::is_of_harness3;

use super::{Above, InputExpression, inputs_below, inputs_of, kind_of_type};

/// Why a run's answer cannot be written.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum FillError {
    /// The pipeline cannot be read.
    #[error("the pipeline cannot be read: {}", .0.first().map_or("", |finding| &finding.message))]
    Unreadable(Vec<Diagnostic>),
    /// The pipeline says no identifier, by which Harness would know what a run fills.
    #[error("the pipeline has no `pipeline.identifier`, so that no run of it can be written; start it in Harness")]
    Nameless,
    /// A value for something that the pipeline does not ask for.
    #[error("the pipeline asks for no `{0}`")]
    InputUnknown(String),
}

/// Writes the runtime inputs of a run: the pipeline's structure with only the inputs filled, each value at its place.
/// An empty text is sent as one; any other value that says nothing is left out. The answer is JSON, which is YAML, so
/// that every text is quoted. Of a pipeline of Harness 3.0 it is its `inputs`, by their names.
///
/// # Errors
/// Where the pipeline cannot be read or run this way, or does not ask for what is given.
pub fn fill_inputs(pipeline: &str, values: &InputValues) -> Result<String, FillError> {
    fill_inputs_and_elements(pipeline, values, &[])
}

/// The same, with what chosen elements of lists hold beside their names: each at its [`element_pointer`](super::element_pointer)
/// the YAML that Harness gives for it, under its root. What of it is an input takes its value; a scalar is sent as it is.
///
/// # Errors
/// As for [`fill_inputs`].
pub fn fill_inputs_and_elements(
    pipeline: &str,
    values: &InputValues,
    elements: &[(String, String)],
) -> Result<String, FillError> {
    let document = parse_text("pipeline.yaml", pipeline).map_err(FillError::Unreadable)?;
    let root = &document.root;
    if is_of_harness3(root) {
        return fill_declared(root, values);
    }
    let identifier = root.at(&["pipeline", "identifier"]).and_then(Node::text);
    let identifier = identifier.ok_or(FillError::Nameless)?;
    let filled = fill(root, values, &read_elements(elements)?)?;
    Ok(filled
        .unwrap_or_else(|| json!({ "pipeline": { "identifier": identifier } }))
        .to_string())
}

/// Writes the answer to what a run asks for in its middle, as [`fill_inputs`] does: the structure of the question. An
/// answer that gives nothing is empty, which to Harness means the defaults. Source: run-inputs §8.
///
/// # Errors
/// Where the question cannot be read, or does not ask for what is given.
pub fn fill_question(question: &str, values: &InputValues) -> Result<String, FillError> {
    let document = parse_text("question.yaml", question).map_err(FillError::Unreadable)?;
    let filled = fill(&document.root, values, &[])?;
    Ok(filled.map(|filled| filled.to_string()).unwrap_or_default())
}

/// The structure of a document with only its inputs filled; `None` where none is.
fn fill(root: &Node, values: &InputValues, elements: &[Element]) -> Result<Option<Value>, FillError> {
    let mut inputs = inputs_of(root);
    inputs.extend(elements.iter().flat_map(Element::inputs));
    let mut given = Map::new();
    for (key, value) in values {
        let input = inputs.iter().find(|input| input.is_called(key));
        let input = input.ok_or_else(|| FillError::InputUnknown(key.clone()))?;
        if value.is_blank() && !(input.kind == InputKind::Text && matches!(value, InputValue::One(_))) {
            continue;
        }
        given.insert(input.pointer.clone(), typed(input, value));
    }
    let mut answer = Answer { given };
    answer.complete(elements);
    Ok(answer.prune(root, ""))
}

/// What a chosen element of a list holds beside its name.
struct Element {
    /// Where it stands: below the list, the element's name and its own key.
    pointer: String,
    document: Document,
}

fn read_elements(elements: &[(String, String)]) -> Result<Vec<Element>, FillError> {
    let read = elements.iter().map(|(pointer, template)| {
        let document = parse_text("inputs.yaml", template).map_err(FillError::Unreadable)?;
        Ok(Element {
            pointer: pointer.clone(),
            document,
        })
    });
    read.collect()
}

impl Element {
    fn key(&self) -> &str {
        self.pointer.rsplit('/').next().unwrap_or_default()
    }

    fn node(&self) -> Option<&Node> {
        under_root(&self.document.root, self.key())
    }

    fn inputs(&self) -> Vec<RuntimeInput> {
        self.node()
            .map_or_else(Vec::new, |node| inputs_below(node, &self.pointer, Above::default()))
    }
}

/// A value as Harness expects it in YAML: the place tells whether a text is one, and how a list's elements are known.
fn typed(input: &RuntimeInput, value: &InputValue) -> Value {
    let members = Members {
        is_any: input.is_structure(),
    };
    match value {
        InputValue::One(text) | InputValue::Literal(text) => scalar(wire_kind(input), text),
        InputValue::Many(values) => match (input.kind, input.shape) {
            (InputKind::List, Some(shape)) => values.iter().map(|text| element(shape, text)).collect(),
            (InputKind::List, None) => values.as_slice().into(),
            _ => joined(values).into(),
        },
        InputValue::Object(given) if input.shape == Some(InputShape::Build) => match build_of(given) {
            Some((kind, member, text)) => json!({ "type": kind, "spec": { member: text } }),
            None => members.object(given, &input.pointer),
        },
        _ => members.value(value, &input.pointer),
    }
}

/// What Harness reads: a variable's type says so, and for anything else its place.
fn wire_kind(input: &RuntimeInput) -> InputKind {
    match &input.input_type {
        Some(declared) => kind_of_type(declared),
        None => Place::scalar_at(&input.pointer).kind,
    }
}

/// A text of a kind. A number that JSON could not write as it was written stays a text, which Harness reads as well.
pub(super) fn scalar(kind: InputKind, text: &str) -> Value {
    let is_literal = matches!(kind, InputKind::Number | InputKind::WholeNumber | InputKind::Boolean);
    let literal: Option<Value> = serde_json::from_str(text).ok().filter(|_| is_literal);
    let is_as_written = |value: &Value| serde_json::to_string(value).is_ok_and(|written| written == text);
    literal.filter(is_as_written).unwrap_or_else(|| text.into())
}

/// An element that was given as a text. What goes to an environment that nobody narrowed goes to all of it.
fn element(shape: InputShape, text: &str) -> Value {
    let mut element = Map::new();
    match shape.element_keys().first() {
        Some(key) => _ = element.insert((*key).to_owned(), text.into()),
        None => return text.into(),
    }
    if shape == InputShape::Environments {
        element.insert("deployToAll".to_owned(), true.into());
    }
    element.into()
}

/// The members of an object that was given, each of the kind of its place.
#[derive(Clone, Copy)]
struct Members {
    /// Whether the places of all of them are known: of an object of any members they are not, and what was given tells.
    is_any: bool,
}

impl Members {
    fn object(self, members: &InputObject, pointer: &str) -> Value {
        let is_text = |name: &str| name == "value" && is_string_variable(members);
        let typed = |(name, value): (&String, &InputValue)| match value {
            InputValue::Literal(text) if is_text(name) => (name.clone(), text.as_str().into()),
            _ => (name.clone(), self.value(value, &child_pointer(pointer, name))),
        };
        members.iter().map(typed).collect::<Map<_, _>>().into()
    }

    fn value(self, value: &InputValue, pointer: &str) -> Value {
        match value {
            InputValue::Literal(text) if self.is_any => scalar(InputKind::Number, text),
            InputValue::One(text) | InputValue::Literal(text) => scalar(Place::scalar_at(pointer).kind, text),
            InputValue::Many(texts) => texts.as_slice().into(),
            InputValue::Object(members) => self.object(members, pointer),
            InputValue::Objects(objects) => objects.iter().map(|members| self.object(members, pointer)).collect(),
            InputValue::List(elements) => elements.iter().map(|element| self.value(element, pointer)).collect(),
        }
    }
}

/// Whether it is a variable whose value is a text, whatever it looks like. Source: run-inputs §8.
fn is_string_variable(members: &InputObject) -> bool {
    members.contains_key("name") && members.get("type").is_some_and(|kind| kind.values() == ["String"])
}

/// Several chosen values are one text, separated by commas; one that holds a comma is protected.
fn joined(values: &[String]) -> String {
    let written: Vec<String> = values
        .iter()
        .map(|value| match value.contains(',') {
            true => format!(r"\'{value}\'"),
            false => value.clone(),
        })
        .collect();
    written.join(",")
}

/// The keys that hold the names of elements which are chosen by name. Source: run-inputs §2, §3.
const NAMED_BY: [&str; 3] = ["identifier", "serviceRef", "environmentRef"];

/// The values of a run, by the pointers of their inputs.
struct Answer {
    given: Map<String, Value>,
}

impl Answer {
    /// Adds to the elements of lists that were given by their names what they hold beside these.
    fn complete(&mut self, elements: &[Element]) {
        let held = elements.iter().filter_map(|element| {
            let node = element.node()?;
            let is_input = InputExpression::is_one(node.text().unwrap_or_default());
            let value = match node.text().filter(|_| !is_input) {
                Some(text) => Some(text.into()),
                None => self.prune(node, &element.pointer),
            };
            Some((element, value?))
        });
        let held: Vec<(&Element, Value)> = held.collect();
        for (list, value) in &mut self.given {
            for item in value
                .as_array_mut()
                .into_iter()
                .flatten()
                .filter_map(Value::as_object_mut)
            {
                let Some(name) = NAMED_BY.iter().find_map(|key| item.get(*key)?.as_str()) else {
                    continue;
                };
                let pointer = child_pointer(list, name);
                for (element, value) in &held {
                    if element.pointer == child_pointer(&pointer, element.key()) {
                        item.insert(element.key().to_owned(), value.clone());
                    }
                }
            }
        }
    }

    /// What is left of a node: filled inputs, and what Harness knows their ancestors by.
    fn prune(&self, node: &Node, pointer: &str) -> Option<Value> {
        match &node.value {
            Yaml::Scalar(_) => self.given.get(pointer).cloned(),
            Yaml::Sequence(items) => self.prune_list(items, pointer),
            Yaml::Mapping(_) => self.prune_mapping(node, pointer),
        }
    }

    fn prune_mapping(&self, node: &Node, pointer: &str) -> Option<Value> {
        let kept = node.entries().filter_map(|entry| {
            let value = self.prune(&entry.value, &child_pointer(pointer, entry.name()))?;
            Some((entry.name().to_owned(), value))
        });
        let mut kept: Map<String, Value> = kept.collect();
        if kept.is_empty() {
            return None;
        }
        for (key, value) in identity(node) {
            kept.entry(key).or_insert(value);
        }
        Some(kept.into())
    }

    fn prune_list(&self, items: &[Node], pointer: &str) -> Option<Value> {
        let pruned = items.iter().enumerate();
        let mut pruned: Vec<Option<Value>> = pruned
            .map(|(index, item)| self.prune(item, &child_pointer(pointer, &index.to_string())))
            .collect();
        let filled = pruned.iter().rposition(Option::is_some)?;
        let kept: Vec<Value> = if items.iter().all(|item| item.text().is_some()) {
            // A list of scalars is one value to Harness.
            pruned
                .into_iter()
                .zip(items)
                .map(|(value, item)| value.unwrap_or_else(|| json(item)))
                .collect()
        } else if items.iter().all(is_known) {
            let filled = pruned.into_iter().zip(items);
            filled.filter_map(|(value, item)| Some(keyed(value?, item))).collect()
        } else {
            // What nothing but its place identifies has to keep its place.
            pruned.truncate(filled + 1);
            pruned
                .into_iter()
                .zip(items)
                .map(|(value, item)| value.unwrap_or_else(|| stub(item)))
                .collect()
        };
        Some(kept.into())
    }
}

/// What Harness knows a mapping by: its type, and its identifier or, without one, its name.
fn identity(node: &Node) -> impl Iterator<Item = (String, Value)> {
    let name = if node.get("identifier").is_some() {
        "identifier"
    } else {
        "name"
    };
    let known_by = [name, "type"].into_iter();
    known_by.filter_map(|key| Some((key.to_owned(), node.get(key)?.text()?.into())))
}

/// Whether Harness tells an element from its neighbours without its place. What runs in parallel is known by its own
/// elements. Source: run-inputs §9.
fn is_known(item: &Node) -> bool {
    ElementKey::of(item).is_some() || wrapped(item).is_some_and(|(key, _)| key == "parallel")
}

/// A filled element with the key that Harness finds it by.
fn keyed(mut value: Value, item: &Node) -> Value {
    let Some(key) = ElementKey::of(item) else {
        return value;
    };
    let holder = match key.wrapper {
        Some(wrapper) => value.get_mut(wrapper),
        None => Some(&mut value),
    };
    if let Some(fields) = holder.and_then(Value::as_object_mut) {
        fields.entry(key.key).or_insert_with(|| key.value.into());
    }
    value
}

/// An element that is not filled: what it is known by.
fn stub(item: &Node) -> Value {
    let own: Map<String, Value> = identity(item).collect();
    match wrapped(item) {
        Some((key, inner)) if own.is_empty() => json!({ key: identity(inner).collect::<Map<_, _>>() }),
        _ => own.into(),
    }
}

/// A node as JSON. A number whose text would not survive (`1.20`, `0x1`) stays a text.
pub(super) fn json(node: &Node) -> Value {
    match &node.value {
        Yaml::Scalar(scalar) => match scalar.resolve() {
            Resolved::Null => Value::Null,
            Resolved::Bool(value) => value.into(),
            Resolved::Int(value) if value.to_string() == scalar.text => value.into(),
            _ => scalar.text.as_str().into(),
        },
        Yaml::Sequence(items) => items.iter().map(json).collect(),
        Yaml::Mapping(entries) => entries
            .iter()
            .map(|entry| (entry.name().to_owned(), json(&entry.value)))
            .collect::<Map<_, _>>()
            .into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PIPELINE: &str = "
pipeline:
  name: Shop
  identifier: shop
  tags: {team: shop}
  variables:
    - {name: tag, type: String, value: <+input>}
    - {name: replicas, type: Number, value: <+input>.default(2)}
    - {name: fixed, type: String, value: x}
    - {name: full, type: String, value: '<+input>.default(false).selectOneFrom(true,false)'}
    - {name: scanners, type: String, value: '<+input>.selectManyFrom(a,b,c)'}
  stages:
    - stage:
        name: First
        identifier: first
        type: Custom
        spec: {fixed: true}
    - parallel:
        - stage:
            identifier: second
            type: Deployment
            spec:
              paths: [a.yaml, <+input>]
              environment: {environmentRef: <+input>}
        - stage: {identifier: third, type: Custom}
";

    fn fill(values: &[(&str, InputValue)]) -> Result<Value, FillError> {
        let values = values
            .iter()
            .map(|(key, value)| ((*key).to_owned(), value.clone()))
            .collect();
        fill_inputs(PIPELINE, &values).map(|text| serde_json::from_str(&text).unwrap())
    }

    fn one(text: &str) -> InputValue {
        InputValue::One(text.to_owned())
    }

    fn many(values: &[&str]) -> InputValue {
        InputValue::Many(values.iter().map(|value| (*value).to_owned()).collect())
    }

    #[test]
    fn variables_are_filled_by_name_and_keep_their_types() {
        let filled = fill(&[
            ("tag", one("1.0")),
            ("replicas", one("3")),
            ("scanners", many(&["a", "b,c"])),
            ("full", one("true")),
        ]);
        assert_eq!(
            filled.unwrap(),
            json!({ "pipeline": { "identifier": "shop", "variables": [
                { "name": "tag", "type": "String", "value": "1.0" },
                { "name": "replicas", "type": "Number", "value": 3 },
                { "name": "full", "type": "String", "value": "true" },
                { "name": "scanners", "type": "String", "value": r"a,\'b,c\'" },
            ] } })
        );
    }

    #[test]
    fn values_inside_stages_stand_below_what_their_ancestors_are_known_by() {
        let stage = "/pipeline/stages/1/parallel/0/stage/spec";
        let filled = fill(&[
            (&format!("{stage}/environment/environmentRef"), one("prod")),
            (&format!("{stage}/paths/1"), one("b.yaml")),
        ]);
        assert_eq!(
            filled.unwrap(),
            json!({ "pipeline": { "identifier": "shop", "stages": [
                { "parallel": [{ "stage": { "identifier": "second", "type": "Deployment", "spec": {
                    "paths": ["a.yaml", "b.yaml"],
                    "environment": { "environmentRef": "prod" },
                } } }] },
            ] } })
        );
    }

    #[test]
    fn an_element_keeps_what_it_is_known_by() {
        let pipeline = "
pipeline:
  identifier: wide
  stages:
    - stage:
        identifier: many
        spec:
          services:
            values:
              - serviceRef: org.ledger
              - serviceRef: account.mailer
                serviceInputs: {spec: {manifests: [{manifest: {identifier: chart, spec: {version: <+input>}}}]}}
          environments:
            values:
              - environmentRef: org.test
                infrastructureDefinitions: [{identifier: eu, inputs: {spec: {namespace: <+input>}}}, {identifier: us}]
              - environmentRef: staging
          steps: [{id: a, name: n, with: <+input>}, {key: k, with: <+input>}, {commandType: Script, with: x}]
";
        let stage = "/pipeline/stages/0/stage/spec";
        let values = [
            (
                format!("{stage}/services/values/1/serviceInputs/spec/manifests/0/manifest/spec/version"),
                one("1.5.0"),
            ),
            (
                format!("{stage}/environments/values/0/infrastructureDefinitions/0/inputs/spec/namespace"),
                one("ledger"),
            ),
            (format!("{stage}/steps/0/with"), one("p")),
            (format!("{stage}/steps/1/with"), one("q")),
        ];
        let filled = fill_inputs(pipeline, &values.into_iter().collect()).unwrap();
        assert_eq!(
            serde_json::from_str::<Value>(&filled).unwrap(),
            json!({ "pipeline": { "identifier": "wide", "stages": [{ "stage": { "identifier": "many", "spec": {
                "services": { "values": [{ "serviceRef": "account.mailer", "serviceInputs": { "spec": { "manifests": [
                    { "manifest": { "identifier": "chart", "spec": { "version": "1.5.0" } } }] } } }] },
                "environments": { "values": [{ "environmentRef": "org.test", "infrastructureDefinitions": [
                    { "identifier": "eu", "inputs": { "spec": { "namespace": "ledger" } } }] }] },
                "steps": [{ "id": "a", "name": "n", "with": "p" }, { "key": "k", "with": "q" }],
            } } }] } })
        );
    }

    #[test]
    fn without_values_nothing_but_the_pipeline_is_named() {
        let bare = json!({ "pipeline": { "identifier": "shop" } });
        assert_eq!(fill(&[]).unwrap(), bare);
        assert_eq!(fill(&[("replicas", one(" ")), ("scanners", many(&[]))]).unwrap(), bare);
    }

    #[test]
    fn what_nobody_asks_for_and_what_cannot_be_run_is_refused() {
        for unknown in ["fixed", "environmentRef", "/pipeline/variables/2/value"] {
            assert_eq!(
                fill(&[(unknown, one("x"))]),
                Err(FillError::InputUnknown(unknown.to_owned()))
            );
        }
        let values = InputValues::from([("a".to_owned(), one("x"))]);
        assert_eq!(fill_inputs("pipeline: {id: p}", &values), Err(FillError::Nameless));
        assert!(matches!(fill_inputs("a: [", &values), Err(FillError::Unreadable(_))));
    }
}
