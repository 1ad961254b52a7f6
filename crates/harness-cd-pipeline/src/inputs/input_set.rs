//! Input sets: answers to a pipeline's runtime inputs that somebody saved.

use harness_cd_model::words::quoted;
use harness_cd_model::{Code, Diagnostic, InputValue, InputValues, codes};
use harness_cd_yaml::{Node, Value, child_pointer, decode, parse_text};

use super::InputExpression;
use super::element::ElementKey;
use super::fill::json;

/// The values that an input set gives a pipeline, by the pointers of the pipeline's inputs. What the set leaves open is
/// not among them.
///
/// # Errors
/// Findings in the set, which `file` names: it cannot be read, is of another pipeline (`HCD0302`), or answers what the
/// pipeline does not ask (`HCD0303`). A pipeline that cannot be read has no inputs.
pub fn input_set_values(file: &str, text: &[u8], pipeline: &str) -> Result<InputValues, Vec<Diagnostic>> {
    let set = decode(file, text).and_then(|text| parse_text(file, text))?;
    let Ok(pipeline) = parse_text("pipeline.yaml", pipeline) else {
        return Ok(InputValues::new());
    };
    let mut reading = Reading {
        file,
        values: InputValues::new(),
        findings: Vec::new(),
    };
    reading.set(&set.root, &pipeline.root);
    if reading.findings.is_empty() {
        Ok(reading.values)
    } else {
        Err(reading.findings)
    }
}

/// Where an answer stands, and where the pipeline asks for it.
#[derive(Clone, Copy)]
struct Places<'p> {
    set: &'p str,
    pipeline: &'p str,
}

struct Reading<'f> {
    file: &'f str,
    values: InputValues,
    findings: Vec<Diagnostic>,
}

impl Reading<'_> {
    fn set(&mut self, set: &Node, pipeline: &Node) {
        let Some(answers) = set.at(&["inputSet", "pipeline"]) else {
            let message = "this is no input set: it has no `inputSet` with a `pipeline` in it";
            return self.find(codes::NO_INPUT_SET, "", set, message);
        };
        let of = |node: Option<&Node>| node.and_then(|node| node.get("identifier")?.text().map(str::to_owned));
        let (own, asked) = (of(Some(answers)), of(pipeline.get("pipeline")));
        if own != asked {
            let name = |identifier: Option<String>| identifier.map_or("no pipeline".to_owned(), |id| format!("`{id}`"));
            let message = format!("the input set is of {}, and {} is to run", name(own), name(asked));
            return self.find(codes::OTHER_INPUT_SET, "/inputSet/pipeline", answers, message);
        }
        if let Some(pipeline) = pipeline.get("pipeline") {
            let at = Places {
                set: "/inputSet/pipeline",
                pipeline: "/pipeline",
            };
            self.answer(answers, pipeline, at);
        }
    }

    fn answer(&mut self, answer: &Node, asked: &Node, at: Places<'_>) {
        match (&answer.value, &asked.value) {
            (_, Value::Scalar(input)) if InputExpression::is_one(&input.text) => self.value(answer, at),
            (Value::Scalar(given), Value::Scalar(fixed)) if given.text == fixed.text => {}
            (Value::Mapping(entries), Value::Mapping(_)) => {
                for entry in entries {
                    let set = child_pointer(at.set, entry.name());
                    let pipeline = child_pointer(at.pipeline, entry.name());
                    self.part(&entry.value, asked.get(entry.name()), &set, &pipeline);
                }
            }
            (Value::Sequence(items), Value::Sequence(known)) => {
                for (index, item) in items.iter().enumerate() {
                    let set = child_pointer(at.set, &index.to_string());
                    let place = place_of(item, index, known);
                    let pipeline = child_pointer(at.pipeline, &place.unwrap_or(index).to_string());
                    self.part(item, place.and_then(|place| known.get(place)), &set, &pipeline);
                }
            }
            _ => self.not_asked(answer, at.set),
        }
    }

    fn part(&mut self, answer: &Node, asked: Option<&Node>, set: &str, pipeline: &str) {
        match asked {
            Some(asked) => self.answer(answer, asked, Places { set, pipeline }),
            None => self.not_asked(answer, set),
        }
    }

    fn value(&mut self, answer: &Node, at: Places<'_>) {
        if answer.text().is_some_and(InputExpression::is_one) {
            return;
        }
        self.values.insert(at.pipeline.to_owned(), given(answer));
    }

    fn not_asked(&mut self, answer: &Node, pointer: &str) {
        let last = pointer.rsplit('/').next().unwrap_or_default();
        // An element says more by its key than by its place.
        let is_place = last.bytes().all(|b| b.is_ascii_digit());
        let key = ElementKey::of(answer).filter(|_| is_place);
        let name = key.map_or(last, |key| key.value);
        let message = match answer.text() {
            Some(text) => format!(
                "the pipeline does not ask for {}, which is {} here",
                quoted(name),
                quoted(text)
            ),
            None => format!("the pipeline does not ask for {}", quoted(name)),
        };
        self.find(codes::NO_SUCH_INPUT, pointer, answer, message);
    }

    fn find(&mut self, code: &Code, pointer: &str, node: &Node, message: impl Into<String>) {
        let finding = code.finding(self.file, pointer, node.range, message, code.mend);
        self.findings.push(finding);
    }
}

/// Where in the pipeline's list an element stands: known by its key, and by its place where it has none.
fn place_of(item: &Node, index: usize, known: &[Node]) -> Option<usize> {
    match ElementKey::of(item) {
        Some(key) => known
            .iter()
            .position(|candidate| ElementKey::of(candidate) == Some(key)),
        None => Some(index),
    }
}

/// What YAML gives an input of any members.
///
/// # Errors
/// Findings in the text, which have no file.
pub fn structure_of(text: &str) -> Result<InputValue, Vec<Diagnostic>> {
    parse_text("", text).map(|document| given(&document.root))
}

/// What an answer gives. A scalar is a text, but for what is a number or a boolean within an object.
fn given(answer: &Node) -> InputValue {
    match &answer.value {
        Value::Scalar(text) => InputValue::One(text.text.clone()),
        Value::Sequence(items) => items.iter().map(given).collect(),
        Value::Mapping(entries) => {
            let members = entries.iter().filter(|entry| !is_null(&entry.value));
            InputValue::Object(
                members
                    .map(|entry| (entry.name().to_owned(), member(&entry.value)))
                    .collect(),
            )
        }
    }
}

fn member(node: &Node) -> InputValue {
    match &node.value {
        Value::Scalar(_) => match json(node) {
            literal @ (serde_json::Value::Bool(_) | serde_json::Value::Number(_)) => {
                InputValue::Literal(literal.to_string())
            }
            _ => InputValue::One(node.text().unwrap_or_default().to_owned()),
        },
        Value::Sequence(items) => items.iter().map(member).collect(),
        Value::Mapping(_) => given(node),
    }
}

/// What says nothing is not given, as in JSON.
fn is_null(node: &Node) -> bool {
    json(node).is_null()
}
