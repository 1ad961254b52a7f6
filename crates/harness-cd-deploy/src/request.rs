//! Reads a deploy request from text that a person or a program wrote.

use std::fmt;

use harness_cd_model::words::{advice, pointer_token, quoted};
use harness_cd_model::{DeployRequest, InputValue, InputValues, Violation, ViolationCode};
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

use crate::fields::{FIELDS, INPUTS, Unset, set};

/// What could be read, and what could not. A field that is absent or `null` stays empty: whether it is required is a
/// question for [`crate::validate`].
///
/// # Errors
/// One violation where the text is no JSON object at all.
pub(crate) fn read_leniently(text: &str) -> Result<(DeployRequest, Vec<Violation>), Violation> {
    let fields: Fields = serde_json::from_str(text).map_err(|error| malformed(&error.to_string()))?;
    let mut request = DeployRequest::default();
    let mut violations = Vec::new();
    for (name, value) in fields.0 {
        let violation = match value {
            Value::Null => continue,
            Value::Object(members) if name == INPUTS => {
                read_inputs(members, &mut request.inputs, &mut violations);
                continue;
            }
            Value::Text(value) => match set(&mut request, &name, value) {
                Ok(()) => continue,
                Err(Unset::Twice) => violation(
                    ViolationCode::RequestMalformed,
                    &name,
                    format!("{} is given twice; keep one", quoted(&name)),
                ),
                Err(Unset::Unknown) => unknown(&name),
            },
            other if FIELDS.contains(&name.as_str()) => violation(
                ViolationCode::FieldType,
                &name,
                format!("`{name}` is {}; write it as {}", other.describe(), shape_of(&name)),
            ),
            _ => unknown(&name),
        };
        violations.push(violation);
    }
    Ok((request, in_field_order(violations)))
}

fn shape_of(field: &str) -> &'static str {
    if field == INPUTS {
        "an object with a member for each input"
    } else {
        "a text in double quotes"
    }
}

/// Reads the values of the further inputs; one that is `null` is not given.
fn read_inputs(members: Vec<(String, Value)>, inputs: &mut InputValues, violations: &mut Vec<Violation>) {
    for (key, value) in members {
        let (code, problem) = match value {
            Value::Null => continue,
            Value::Text(text) | Value::Other(_, text) if !inputs.contains_key(&key) => {
                inputs.insert(key, InputValue::One(text));
                continue;
            }
            Value::Texts(texts) if !inputs.contains_key(&key) => {
                inputs.insert(key, InputValue::Many(texts));
                continue;
            }
            Value::Fraction | Value::List | Value::Object(_) => (
                ViolationCode::FieldType,
                format!(
                    "is {}; write it as a text in double quotes, or as a list of texts",
                    value.describe()
                ),
            ),
            _ => (ViolationCode::RequestMalformed, "is given twice; keep one".to_owned()),
        };
        violations.push(Violation {
            path: input_path(&key),
            ..violation(code, &key, format!("{} {problem}", quoted(&key)))
        });
    }
}

/// Where the value of an input stands in a request.
pub(crate) fn input_path(key: &str) -> String {
    format!("/{INPUTS}/{}", pointer_token(key))
}

/// Sorted by field, and otherwise as they are. They are few, and insertion weighs a browser less than a sort does.
pub(crate) fn in_field_order(violations: Vec<Violation>) -> Vec<Violation> {
    let mut ordered: Vec<Violation> = Vec::with_capacity(violations.len());
    for violation in violations {
        let order = field_order(&violation.path);
        let place = ordered.partition_point(|before| field_order(&before.path) <= order);
        ordered.insert(place, violation);
    }
    ordered
}

/// Where a field stands among the fields; unknown ones come last.
fn field_order(path: &str) -> usize {
    let field = path.strip_prefix('/').and_then(|path| path.split('/').next());
    FIELDS
        .iter()
        .position(|known| field == Some(known))
        .unwrap_or(FIELDS.len())
}

pub(crate) fn violation(code: ViolationCode, field: &str, message: String) -> Violation {
    Violation {
        code,
        path: format!("/{}", pointer_token(field)),
        message,
        allowed_from: None,
    }
}

fn malformed(reason: &str) -> Violation {
    Violation {
        code: ViolationCode::RequestMalformed,
        path: String::new(),
        message: format!("the request is not a JSON object that can be read: {reason}"),
        allowed_from: None,
    }
}

fn unknown(name: &str) -> Violation {
    let message = format!(
        "{} is not a field of a deploy request; {}",
        quoted(name),
        advice(name, FIELDS)
    );
    violation(ViolationCode::FieldUnknown, name, message)
}

/// The members of a JSON object, of any types, in the order they are written.
struct Fields(Vec<(String, Value)>);

impl<'de> Deserialize<'de> for Fields {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;
        impl<'de> Visitor<'de> for Members {
            type Value = Fields;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Fields, A::Error> {
                members(map).map(Fields)
            }
        }
        deserializer.deserialize_any(Members)
    }
}

fn members<'de, A: MapAccess<'de>>(mut map: A) -> Result<Vec<(String, Value)>, A::Error> {
    let mut members = Vec::new();
    while let Some(member) = map.next_entry()? {
        members.push(member);
    }
    Ok(members)
}

/// A value, as far as a request may hold it.
enum Value {
    Text(String),
    Null,
    /// A whole number or a truth value: what it is, and its text.
    Other(&'static str, String),
    Fraction,
    /// A list of texts.
    Texts(Vec<String>),
    /// Any other list.
    List,
    Object(Vec<(String, Value)>),
}

impl Value {
    /// How a sentence that refuses it names it.
    fn describe(&self) -> &'static str {
        match self {
            Self::Text(_) => "a text",
            Self::Null => "nothing",
            Self::Other(kind, _) => kind,
            Self::Fraction => "a number",
            Self::Texts(_) | Self::List => "a list",
            Self::Object(_) => "an object",
        }
    }

    fn number(number: impl ToString) -> Self {
        Self::Other("a number", number.to_string())
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Any;
        impl<'de> Visitor<'de> for Any {
            type Value = Value;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("any value")
            }
            fn visit_str<E>(self, text: &str) -> Result<Value, E> {
                Ok(Value::Text(text.to_owned()))
            }
            fn visit_unit<E>(self) -> Result<Value, E> {
                Ok(Value::Null)
            }
            fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
                Ok(Value::Other("a truth value", value.to_string()))
            }
            fn visit_i64<E>(self, number: i64) -> Result<Value, E> {
                Ok(Value::number(number))
            }
            fn visit_u64<E>(self, number: u64) -> Result<Value, E> {
                Ok(Value::number(number))
            }
            fn visit_f64<E>(self, _: f64) -> Result<Value, E> {
                Ok(Value::Fraction)
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
                let mut texts = Some(Vec::new());
                while let Some(element) = seq.next_element()? {
                    texts = match (texts, element) {
                        (Some(mut texts), Value::Text(text)) => {
                            texts.push(text);
                            Some(texts)
                        }
                        _ => None,
                    };
                }
                Ok(texts.map_or(Value::List, Value::Texts))
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Value, A::Error> {
                members(map).map(Value::Object)
            }
        }
        deserializer.deserialize_any(Any)
    }
}
