//! Reads a deploy request from text that a person or a program wrote. Texts are trimmed, as Harness trims them; numbers
//! keep their digits; a member that is given twice is refused, wherever it stands.

use std::collections::BTreeMap;
use std::fmt;

use harness_cd_model::words::shown;
use harness_cd_model::{DeployRequest, InputObject, InputValue, InputValues, Violation, ViolationCode};
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::fields::{FIELDS, INPUTS, label_of, set};
use crate::findings::Findings;
use crate::sentences::{Reason, path_of};

/// What could be read, and what could not. A field that is absent or `null` stays empty: whether it is required is a
/// question for [`crate::validate`].
///
/// # Errors
/// One violation where the text is no JSON object at all.
pub(crate) fn read_leniently(text: &str) -> Result<(DeployRequest, Findings), Violation> {
    let mut found = Findings::default();
    let fields = match read(text, "", &mut found) {
        Ok(Json::Object(fields)) => fields,
        Ok(_) => return Err(malformed("it is something else")),
        Err(reason) => return Err(malformed(&reason)),
    };
    let mut request = DeployRequest::default();
    for (name, value) in fields {
        let violation = match value {
            Json::Null => continue,
            Json::Object(members) if name == INPUTS => {
                request.inputs = inputs(members, &mut found);
                continue;
            }
            Json::Text(text) if set(&mut request, &name, &text) => continue,
            _ if !found.has_room() => continue,
            other => match label_of(&name) {
                Some(label) => other.of_wrong_type(label, if name == INPUTS { "inputs" } else { "text" }),
                None => Reason::new(ViolationCode::FieldUnknown)
                    .given(&name)
                    .advised(&name, FIELDS),
            },
        };
        found.push(violation.at(path_of("", &name)));
    }
    Ok((request, found))
}

/// The values of the further inputs; one that is `null` is not given.
fn inputs(members: BTreeMap<String, Json>, found: &mut Findings) -> InputValues {
    let mut inputs = InputValues::new();
    for (key, value) in members {
        match input_value(value) {
            Ok(Some(value)) => _ = inputs.insert(key, value),
            Ok(None) => {}
            Err(value) => {
                let reason = value.of_wrong_type(&shown(&key), "value");
                found.push(reason.at(input_path(&key)));
            }
        }
    }
    inputs
}

/// The value of an input; `None` for `null`, and what is none as it was.
fn input_value(value: Json) -> Result<Option<InputValue>, Json> {
    Ok(Some(match value {
        Json::Null => return Ok(None),
        Json::Text(text) | Json::Literal(text) => InputValue::One(text),
        Json::Object(members) => InputValue::Object(object(members)?),
        Json::List(elements) if elements.iter().all(|element| matches!(element, Json::Object(_))) => {
            if elements.is_empty() {
                return Ok(Some(InputValue::Many(Vec::new())));
            }
            let objects = elements.into_iter().filter_map(Json::into_members).map(object);
            InputValue::Objects(objects.collect::<Result<_, _>>()?)
        }
        Json::List(elements) => {
            let text = |element| match element {
                Json::Text(text) | Json::Literal(text) => Ok(text),
                other => Err(other),
            };
            InputValue::Many(elements.into_iter().map(text).collect::<Result<_, _>>()?)
        }
    }))
}

fn object(members: BTreeMap<String, Json>) -> Result<InputObject, Json> {
    let mut object = InputObject::new();
    for (name, value) in members {
        if let Some(value) = input_value(value)? {
            object.insert(name, value);
        }
    }
    Ok(object)
}

/// Where the value of an input stands in a request.
pub(crate) fn input_path(key: &str) -> String {
    path_of(&format!("/{INPUTS}"), key)
}

fn malformed(reason: &str) -> Violation {
    Reason::new(ViolationCode::RequestMalformed)
        .with("reason", reason)
        .at("")
}

/// A value of JSON, as far as it matters here.
enum Json {
    Null,
    /// Trimmed.
    Text(String),
    /// A number or a truth value, as it is written.
    Literal(String),
    List(Vec<Json>),
    Object(BTreeMap<String, Json>),
}

impl Json {
    fn into_members(self) -> Option<BTreeMap<String, Self>> {
        match self {
            Self::Object(members) => Some(members),
            _ => None,
        }
    }

    fn of_wrong_type(&self, label: &str, expected: &str) -> Reason {
        let reason = Reason::new(ViolationCode::FieldType)
            .with("label", label)
            .with("expected", expected);
        match self {
            Self::Text(text) | Self::Literal(text) => reason.given(text),
            _ => reason,
        }
    }
}

/// Deeper than anything that a pipeline asks for; each level is looked through once more.
const DEEPEST: usize = 12;

/// Reads a value that stands at a path, and finds the members that are given twice.
fn read(text: &str, path: &str, found: &mut Findings) -> Result<Json, String> {
    let text = text.trim_ascii();
    Ok(match text.bytes().next() {
        Some(b'{') => Json::Object(members(from_json(text)?, path, found)?),
        Some(b'[') => {
            let elements: Vec<&RawValue> = from_json(text)?;
            let elements = elements.into_iter().enumerate();
            let read = elements.map(|(index, element)| below(element, path, &index.to_string(), found));
            Json::List(read.collect::<Result<_, _>>()?)
        }
        Some(b'"') => Json::Text(from_json::<String>(text)?.trim().to_owned()),
        Some(b'n') => from_json(text).map(|()| Json::Null)?,
        _ => Json::Literal(from_json::<&RawValue>(text)?.get().to_owned()),
    })
}

fn members(written: Members<'_>, path: &str, found: &mut Findings) -> Result<BTreeMap<String, Json>, String> {
    let mut members = BTreeMap::new();
    for (name, value) in written.0 {
        let value = below(value, path, &name, found)?;
        let label = match path {
            "" => label_of(&name),
            _ => None,
        };
        let label = label.map_or_else(|| shown(&name), str::to_owned);
        let path = path_of(path, &name);
        if members.insert(name, value).is_some() {
            let twice = Reason::new(ViolationCode::FieldTwice).with("label", &label);
            found.push(twice.at(path));
        }
    }
    Ok(members)
}

fn below(value: &RawValue, path: &str, name: &str, found: &mut Findings) -> Result<Json, String> {
    if path.matches('/').count() > DEEPEST {
        return Err("it is nested too deeply".to_owned());
    }
    read(value.get(), &path_of(path, name), found)
}

/// The reader's own words quote nothing of a text that begins as expected.
fn from_json<'t, T: Deserialize<'t>>(text: &'t str) -> Result<T, String> {
    serde_json::from_str(text).map_err(|error| error.to_string())
}

/// The members of a JSON object, in the order they are written.
struct Members<'t>(Vec<(String, &'t RawValue)>);

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Written;
        impl<'de> Visitor<'de> for Written {
            type Value = Members<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members<'de>, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Written)
    }
}
