//! Reads a deploy request from text that a person or a program wrote. Texts are trimmed, as Harness trims them; numbers
//! keep their digits; a member that is given twice is refused, wherever it stands.

use std::fmt;

use harness_cd_model::words::shown;
use harness_cd_model::{DeployRequest, InputValue, InputValues, Violation, ViolationCode};
use serde::de::{Deserializer as _, MapAccess, SeqAccess, Visitor};
use serde_json::error::Category;
use serde_json::value::RawValue;

use crate::fields::{FIELDS, INPUTS, kind_of, label_of, list_of, set};
use crate::findings::Findings;
use crate::sentences::{Reason, path_of};

/// What could be read, and what could not. A field that is absent or `null` stays empty: whether it is required is a
/// question for [`crate::validate`].
///
/// # Errors
/// One violation where the text is no JSON object at all.
pub(crate) fn read_leniently(text: &str) -> Result<(DeployRequest, Findings), Violation> {
    let mut reader = Reader::default();
    let mut request = DeployRequest::default();
    match part(text).and_then(|part| reader.fields(part, &mut request)) {
        Ok(()) => Ok((request, reader.found)),
        Err(malformed) => Err(malformed.reason().at("")),
    }
}

/// Why a text is no request at all.
struct Malformed {
    /// A word of the table of sentences.
    why: &'static str,
    /// Line and column, each from 1, where the reader of JSON tells.
    place: Option<(usize, usize)>,
}

impl Malformed {
    const fn as_a_whole(why: &'static str) -> Self {
        Self { why, place: None }
    }

    fn reason(&self) -> Reason {
        let reason = Reason::new(ViolationCode::RequestMalformed).with("why", self.why);
        match self.place {
            Some((line, column)) => reason.count("line", line).count("column", column),
            None => reason,
        }
    }
}

/// The reader's own words are for who programs with it.
impl From<serde_json::Error> for Malformed {
    fn from(error: serde_json::Error) -> Self {
        match error.classify() {
            Category::Eof => Self::as_a_whole("cut"),
            Category::Data => Self::as_a_whole("noObject"),
            Category::Syntax | Category::Io => Self {
                why: "syntax",
                place: Some((error.line(), error.column())),
            },
        }
    }
}

/// Where the field of the further inputs stands in a request.
const INPUTS_PATH: &str = "/inputs";

/// Where the value of an input stands in a request.
pub(crate) fn input_path(key: &str) -> String {
    path_of(INPUTS_PATH, key)
}

/// Where an element of a list stands in a request.
pub(crate) fn item_path(field: &str, index: usize) -> String {
    format!("/{field}/{index}")
}

/// Deeper than anything that a pipeline asks for; each level is looked through once more.
const DEEPEST: usize = 20;

#[derive(Default)]
struct Reader {
    found: Findings,
    /// How many objects of an input are around what is read.
    objects: usize,
}

impl Reader {
    fn fields(&mut self, request: Part<'_>, fields: &mut DeployRequest) -> Result<(), Malformed> {
        let Part::Object(members) = request else {
            return Err(Malformed::as_a_whole("noObject"));
        };
        self.find_doubles(&members, "");
        for (name, value) in members {
            match part(value.get())? {
                Part::Null => {}
                Part::Object(members) if name == INPUTS => {
                    fields.inputs = self.members(members, INPUTS_PATH)?;
                }
                Part::Text(text) if set(fields, &name, text.trim()) => {}
                Part::List(elements) if list_of(fields, &name).is_some() => {
                    let names = self.names(elements, &name)?;
                    if let Some(list) = list_of(fields, &name) {
                        *list = names;
                    }
                }
                other => self.refuse_field(&name, &other),
            }
        }
        Ok(())
    }

    fn refuse_field(&mut self, name: &str, value: &Part<'_>) {
        if self.found.has_room() {
            let reason = match label_of(name) {
                Some(label) => value.of_wrong_type(label, kind_of(name)),
                None => Reason::new(ViolationCode::FieldUnknown)
                    .given(name)
                    .advised(name, FIELDS),
            };
            self.found.push(reason.at(&path_of("", name)));
        }
    }

    /// The names in a list, each given once.
    fn names(&mut self, elements: Vec<&RawValue>, field: &str) -> Result<Vec<String>, Malformed> {
        let mut names: Vec<String> = Vec::new();
        for (index, element) in elements.into_iter().enumerate() {
            let reason = match part(element.get())? {
                Part::Text(name) if names.iter().any(|known| known == name.trim()) => {
                    Reason::new(ViolationCode::FieldTwice).with("label", &shown(name.trim()))
                }
                Part::Text(name) => {
                    names.push(name.trim().to_owned());
                    continue;
                }
                other => other.of_wrong_type(label_of(field).unwrap_or(field), kind_of(field)),
            };
            self.found.push(reason.at(&item_path(field, index)));
        }
        Ok(names)
    }

    /// The values of an object; one that is `null` is not given.
    fn members(&mut self, members: Vec<(String, &RawValue)>, path: &str) -> Result<InputValues, Malformed> {
        self.find_doubles(&members, path);
        let mut values = InputValues::new();
        for (name, value) in members {
            if let Some(value) = self.value(part(value.get())?, &name, path)? {
                values.insert(name, value);
            }
        }
        Ok(values)
    }

    fn find_doubles(&mut self, members: &[(String, &RawValue)], path: &str) {
        // A map of the kind that is here anyway weighs a browser less than a set.
        let mut seen = InputValues::new();
        for (name, _) in members {
            let is_double = seen.insert(name.clone(), InputValue::Many(Vec::new())).is_some();
            if is_double && self.found.has_room() {
                let label = label_of(name).filter(|_| path.is_empty());
                let label = label.map_or_else(|| shown(name), str::to_owned);
                let reason = Reason::new(ViolationCode::FieldTwice).with("label", &label);
                self.found.push(reason.at(&path_of(path, name)));
            }
        }
    }

    /// The value of a member or an element; `None` for `null`, and for what is refused.
    fn value(&mut self, value: Part<'_>, name: &str, parent: &str) -> Result<Option<InputValue>, Malformed> {
        let path = path_of(parent, name);
        Ok(match value {
            Part::Null => None,
            Part::Text(text) => Some(InputValue::One(trimmed(&text))),
            // What takes any members does not say what each of them is: a number within an object stays one.
            Part::Literal(text) if self.objects > 0 => Some(InputValue::Literal(text.to_owned())),
            Part::Literal(text) => Some(InputValue::One(text.to_owned())),
            _ if path.matches('/').count() > DEEPEST => return Err(Malformed::as_a_whole("tooDeep")),
            Part::Object(members) => {
                self.objects += 1;
                let members = self.members(members, &path);
                self.objects -= 1;
                Some(InputValue::Object(members?))
            }
            Part::List(elements) => self.list(elements, name, &path)?,
        })
    }

    fn list(&mut self, elements: Vec<&RawValue>, name: &str, path: &str) -> Result<Option<InputValue>, Malformed> {
        let mut values = Vec::new();
        for (index, element) in elements.into_iter().enumerate() {
            let Some(value) = self.value(part(element.get())?, &index.to_string(), path)? else {
                let reason = Part::Null.of_wrong_type(&shown(name), "value");
                self.found.push(reason.at(path));
                return Ok(None);
            };
            values.push(value);
        }
        Ok(Some(values.into_iter().collect()))
    }
}

/// A text without what a person types around it. What has several lines may be YAML, whose first line keeps its place.
fn trimmed(text: &str) -> String {
    let text = text.trim_end();
    match text.contains('\n') {
        true => text.to_owned(),
        false => text.trim_start().to_owned(),
    }
}

/// A value of JSON, whose own values are still text.
enum Part<'t> {
    Null,
    Text(String),
    /// A number or a truth value, as it is written.
    Literal(&'t str),
    List(Vec<&'t RawValue>),
    /// In the order in which its members are written.
    Object(Vec<(String, &'t RawValue)>),
}

impl Part<'_> {
    fn of_wrong_type(&self, label: &str, expected: &str) -> Reason {
        let reason = Reason::new(ViolationCode::FieldType)
            .with("label", label)
            .with("expected", expected);
        match self {
            Self::Text(text) => reason.given(text.trim()),
            Self::Literal(text) => reason.given(text),
            Self::Null | Self::List(_) | Self::Object(_) => reason,
        }
    }
}

/// Takes a value apart, by what it begins with.
fn part(text: &str) -> Result<Part<'_>, Malformed> {
    // Not the blanks before it, so that the lines are those of the text.
    let text = text.trim_ascii_end();
    let mut json = serde_json::Deserializer::from_str(text);
    let begun = text.trim_ascii_start();
    let part = match begun.bytes().next() {
        Some(b'-' | b'0'..=b'9' | b't' | b'f') => return Ok(Part::Literal(begun)),
        Some(b'"') => json.deserialize_str(AnyPart),
        Some(b'[') => json.deserialize_seq(AnyPart),
        // What stands within another value was found to be JSON.
        Some(b'n') => return Ok(Part::Null),
        _ => json.deserialize_map(AnyPart),
    };
    Ok(part.and_then(|part| json.end().map(|()| part))?)
}

struct AnyPart;

impl<'de> Visitor<'de> for AnyPart {
    type Value = Part<'de>;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }
    fn visit_str<E>(self, text: &str) -> Result<Part<'de>, E> {
        Ok(Part::Text(text.to_owned()))
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Part<'de>, A::Error> {
        let mut elements = Vec::new();
        while let Some(element) = seq.next_element()? {
            elements.push(element);
        }
        Ok(Part::List(elements))
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Part<'de>, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = map.next_entry()? {
            members.push(member);
        }
        Ok(Part::Object(members))
    }
}
