//! Reads a deploy request from text that a person or a program wrote.

use std::fmt;

use harness_cd_model::{DeployRequest, Violation, ViolationCode};
use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::nearest::{advice, quoted};

/// The fields of a request, in the order in which they are reported.
pub(crate) const FIELDS: [&str; 7] = [
    "service",
    "imageTag",
    "environment",
    "region",
    "changeTicket",
    "rollbackPlan",
    "businessJustification",
];

/// Reads a deploy request. A field that is absent or `null` stays empty: whether it is required is a question for
/// [`crate::validate`].
///
/// # Errors
/// Every field of the wrong type and every field that no request has, in field order.
pub fn read_request(text: &str) -> Result<DeployRequest, Vec<Violation>> {
    let (request, violations) = read_leniently(text).map_err(|violation| vec![violation])?;
    if violations.is_empty() {
        Ok(request)
    } else {
        Err(violations)
    }
}

/// What could be read, and what could not.
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
            Value::Text(value) => match set(&mut request, &name, value) {
                Ok(()) => continue,
                Err(Unset::Twice) => violation(
                    ViolationCode::RequestMalformed,
                    &name,
                    format!("{} is given twice; keep one", quoted(&name)),
                ),
                Err(Unset::Unknown) => unknown(&name),
            },
            Value::Other(_) if !FIELDS.contains(&name.as_str()) => unknown(&name),
            Value::Other(kind) => violation(
                ViolationCode::FieldType,
                &name,
                format!("`{name}` is {kind}; write it as a text in double quotes"),
            ),
        };
        violations.push(violation);
    }
    sort_by_field(&mut violations);
    Ok((request, violations))
}

/// Puts violations into the order of their fields.
pub(crate) fn sort_by_field(violations: &mut [Violation]) {
    violations.sort_by_key(|violation| field_order(&violation.path));
}

/// Where a field stands among the fields; unknown ones come last.
fn field_order(path: &str) -> usize {
    FIELDS
        .iter()
        .position(|field| path.strip_prefix('/') == Some(field))
        .unwrap_or(FIELDS.len())
}

pub(crate) fn violation(code: ViolationCode, field: &str, message: String) -> Violation {
    Violation {
        code,
        path: format!("/{}", field.replace('~', "~0").replace('/', "~1")),
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

enum Unset {
    Twice,
    Unknown,
}

fn set(request: &mut DeployRequest, name: &str, value: String) -> Result<(), Unset> {
    let required = |field: &mut String, value| {
        let twice = !field.is_empty();
        *field = value;
        if twice { Err(Unset::Twice) } else { Ok(()) }
    };
    let optional = |field: &mut Option<String>, value| {
        if field.replace(value).is_some() {
            Err(Unset::Twice)
        } else {
            Ok(())
        }
    };
    match name {
        "service" => required(&mut request.service, value),
        "imageTag" => required(&mut request.image_tag, value),
        "environment" => required(&mut request.environment, value),
        "region" => required(&mut request.region, value),
        "changeTicket" => optional(&mut request.change_ticket, value),
        "rollbackPlan" => optional(&mut request.rollback_plan, value),
        "businessJustification" => optional(&mut request.business_justification, value),
        _ => Err(Unset::Unknown),
    }
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
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Fields, A::Error> {
                let mut fields = Vec::new();
                while let Some(member) = map.next_entry()? {
                    fields.push(member);
                }
                Ok(Fields(fields))
            }
        }
        deserializer.deserialize_any(Members)
    }
}

/// A value of which only texts matter; of others the type is kept for the sentence that refuses it.
enum Value {
    Text(String),
    Null,
    Other(&'static str),
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
            fn visit_bool<E>(self, _: bool) -> Result<Value, E> {
                Ok(Value::Other("a truth value"))
            }
            fn visit_i64<E>(self, _: i64) -> Result<Value, E> {
                Ok(Value::Other("a number"))
            }
            fn visit_u64<E>(self, _: u64) -> Result<Value, E> {
                Ok(Value::Other("a number"))
            }
            fn visit_f64<E>(self, _: f64) -> Result<Value, E> {
                Ok(Value::Other("a number"))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
                while seq.next_element::<IgnoredAny>()?.is_some() {}
                Ok(Value::Other("a list"))
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
                while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
                Ok(Value::Other("an object"))
            }
        }
        deserializer.deserialize_any(Any)
    }
}
