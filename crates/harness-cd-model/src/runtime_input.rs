use std::collections::BTreeMap;
use std::fmt;

use serde::de::{Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Serialize, Serializer};

use crate::Diagnostic;

/// A runtime input of a pipeline, template or input set: a scalar that starts with `<+input>`, or a declared input of
/// Harness 3.0.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
pub struct RuntimeInput {
    /// RFC 6901 pointer to the scalar, or to the declaration.
    pub pointer: String,
    /// The name of the variable it fills, where its neighbours say so; otherwise the key it stands under.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The type as it is declared, for example `String` or, in Harness 3.0, `choice`.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub input_type: Option<String>,
    /// What is asked for.
    pub kind: InputKind,
    /// What it is for, as the pipeline says it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Whether a run without a value for it is refused.
    pub required: bool,
    /// The value used where none is given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default: Option<String>,
    /// The values used where none is given, of an input that takes several.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "ts", ts(optional, as = "Option<Vec<String>>"))]
    pub default_values: Vec<String>,
    /// The closed list of values.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allowed_values: Option<Vec<String>>,
    /// The JEXL expression that yields the allowed values: they are known to Harness alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allowed_values_expression: Option<String>,
    /// Whether several of the allowed values may be chosen.
    #[serde(skip_serializing_if = "is_false")]
    #[cfg_attr(feature = "ts", ts(optional, as = "Option<bool>"))]
    pub select_many: bool,
    /// The pattern that the whole of a value must match, in Java's dialect.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub regex: Option<String>,
    /// The least number allowed, as it is written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min: Option<String>,
    /// The greatest number allowed, as it is written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max: Option<String>,
    /// Whether it is asked for in mid-run.
    pub execution_input: bool,
    /// Modifiers that are not known here, as they are written, for example `newThing(a)`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "ts", ts(optional, as = "Option<Vec<String>>"))]
    pub unknown_modifiers: Vec<String>,
}

fn is_false(value: &bool) -> bool {
    !*value
}

impl RuntimeInput {
    /// Whether it is called `key` by whoever gives a value: by its pointer, or by its name where that is unique in the
    /// pipeline.
    #[must_use]
    pub fn is_called(&self, key: &str) -> bool {
        self.pointer == key || self.variable() == Some(key)
    }

    /// The name of the pipeline's own variable, or of the Harness 3.0 input, that it fills.
    #[must_use]
    pub fn variable(&self) -> Option<&str> {
        const ROOTS: [&str; 4] = [
            "/pipeline/variables/",
            "/pipeline/template/templateInputs/variables/",
            "/pipeline/inputs/",
            "/inputs/",
        ];
        let below = ROOTS.iter().find_map(|root| self.pointer.strip_prefix(root))?;
        let is_own = !below.strip_suffix("/value").unwrap_or(below).contains('/');
        self.name.as_deref().filter(|_| is_own)
    }
}

/// By hand: what serde derives reads arrays as well, and weighs a browser three times as much.
impl<'de> Deserialize<'de> for RuntimeInput {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;
        impl<'de> Visitor<'de> for Members {
            type Value = RuntimeInput;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a runtime input")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<RuntimeInput, A::Error> {
                let mut input = RuntimeInput::default();
                while let Some(name) = map.next_key::<String>()? {
                    match name.as_str() {
                        "pointer" => input.pointer = map.next_value()?,
                        "name" => input.name = map.next_value()?,
                        "type" => input.input_type = map.next_value()?,
                        "kind" => input.kind = map.next_value()?,
                        "description" => input.description = map.next_value()?,
                        "required" => input.required = map.next_value()?,
                        "default" => input.default = map.next_value()?,
                        "defaultValues" => input.default_values = map.next_value()?,
                        "allowedValues" => input.allowed_values = map.next_value()?,
                        "allowedValuesExpression" => input.allowed_values_expression = map.next_value()?,
                        "selectMany" => input.select_many = map.next_value()?,
                        "regex" => input.regex = map.next_value()?,
                        "min" => input.min = map.next_value()?,
                        "max" => input.max = map.next_value()?,
                        "executionInput" => input.execution_input = map.next_value()?,
                        "unknownModifiers" => input.unknown_modifiers = map.next_value()?,
                        _ => return Err(A::Error::custom(format_args!("a runtime input has no `{name}`"))),
                    }
                }
                Ok(input)
            }
        }
        deserializer.deserialize_map(Members)
    }
}

/// What a runtime input asks for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum InputKind {
    /// A text; the name of a secret or of another entity among them.
    #[default]
    Text,
    /// A number.
    Number,
    /// `true` or `false`.
    Boolean,
    /// A mapping, such as `serviceInputs`.
    Object,
    /// A list, such as `infrastructureDefinitions`.
    List,
}

/// The port through which the core compares a text with a pattern: the browser's door asks JavaScript's `RegExp`, every
/// other caller an engine that no pattern can hold up.
pub trait Patterns {
    /// Whether the whole of a text matches a pattern of Java's; `None` where Harness alone can tell.
    fn matches(&self, pattern: &str, text: &str) -> Option<bool>;
}

/// The runtime inputs of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct InputsReading {
    /// In file order.
    pub inputs: Vec<RuntimeInput>,
    /// Why the file could not be read.
    pub diagnostics: Vec<Diagnostic>,
}

/// Values of runtime inputs, each under the pointer of its input or the name of its variable
/// (see [`RuntimeInput::is_called`]).
pub type InputValues = BTreeMap<String, InputValue>;

/// The value of a runtime input. In JSON a text, a whole number, a boolean, or a list of texts; any other number is a
/// text as well.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(type = "string | number | boolean | string[]"))]
pub enum InputValue {
    /// One value, as text.
    One(String),
    /// Several.
    Many(Vec<String>),
}

impl InputValue {
    /// Each of the values.
    #[must_use]
    pub fn values(&self) -> &[String] {
        match self {
            Self::One(value) => std::slice::from_ref(value),
            Self::Many(values) => values,
        }
    }

    /// Whether it says nothing: a blank text, or an empty list.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        self.values().iter().all(|value| value.trim().is_empty())
    }
}

impl Serialize for InputValue {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::One(value) => serializer.serialize_str(value),
            Self::Many(values) => values.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for InputValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Any;
        impl<'de> Visitor<'de> for Any {
            type Value = InputValue;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text, a whole number, a boolean or a list of texts")
            }
            fn visit_str<E: Error>(self, text: &str) -> Result<InputValue, E> {
                Ok(InputValue::One(text.to_owned()))
            }
            fn visit_bool<E: Error>(self, value: bool) -> Result<InputValue, E> {
                Ok(InputValue::One(value.to_string()))
            }
            fn visit_i64<E: Error>(self, value: i64) -> Result<InputValue, E> {
                Ok(InputValue::One(value.to_string()))
            }
            fn visit_u64<E: Error>(self, value: u64) -> Result<InputValue, E> {
                Ok(InputValue::One(value.to_string()))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<InputValue, A::Error> {
                let mut values = Vec::new();
                while let Some(value) = seq.next_element()? {
                    values.push(value);
                }
                Ok(InputValue::Many(values))
            }
        }
        deserializer.deserialize_any(Any)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_texts_numbers_booleans_and_lists() {
        let read = |json: &str| serde_json::from_str::<InputValue>(json).map_err(|error| error.to_string());
        let one = |text: &str| Ok(InputValue::One(text.to_owned()));
        assert_eq!(read(r#""v1""#), one("v1"));
        assert_eq!(read("5"), one("5"));
        assert_eq!(read("-1"), one("-1"));
        assert_eq!(read("true"), one("true"));
        assert_eq!(read(r#"["a","b"]"#), Ok(InputValue::Many(vec!["a".into(), "b".into()])));
        for wrong in ["null", "0.4", "{}", "[1]", "[[]]"] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }

    /// Every field is named, so that a new one does not compile before it is written and read.
    fn full() -> RuntimeInput {
        let text = |text: &str| Some(text.to_owned());
        let list = |texts: [&str; 2]| texts.map(str::to_owned).to_vec();
        RuntimeInput {
            pointer: "/pipeline/variables/0/value".to_owned(),
            name: text("imageTag"),
            input_type: text("String"),
            kind: InputKind::List,
            description: text("What to deploy"),
            required: true,
            default: text("v1"),
            default_values: list(["v1", "v2"]),
            allowed_values: Some(list(["v1", "v3"])),
            allowed_values_expression: text("<+a.split(',')>"),
            select_many: true,
            regex: text("v[0-9]+"),
            min: text("1"),
            max: text("1.50"),
            execution_input: true,
            unknown_modifiers: list(["newThing(a)", "other"]),
        }
    }

    #[test]
    fn an_input_is_read_as_it_was_written() {
        let bare = RuntimeInput {
            pointer: "/inputs/a".to_owned(),
            ..RuntimeInput::default()
        };
        for input in [full(), bare] {
            let written = serde_json::to_string(&input).unwrap();
            assert_eq!(
                serde_json::from_str::<RuntimeInput>(&written).unwrap(),
                input,
                "{written}"
            );
        }
    }

    #[test]
    fn an_input_has_no_other_fields() {
        for wrong in [r#"{"pointer":"/a","colour":"red"}"#, r#"["/a"]"#, r#"{"pointer":1}"#] {
            assert!(serde_json::from_str::<RuntimeInput>(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn an_input_is_called_by_its_pointer_and_by_the_name_of_a_variable() {
        let input = |pointer: &str| RuntimeInput {
            pointer: pointer.to_owned(),
            name: Some("tag".to_owned()),
            ..RuntimeInput::default()
        };
        for (pointer, by_name) in [
            ("/pipeline/variables/0/value", true),
            ("/pipeline/template/templateInputs/variables/2/value", true),
            ("/pipeline/inputs/tag", true),
            ("/pipeline/stages/0/stage/variables/0/value", false),
            ("/pipeline/inputs/tag/items/0", false),
            ("/pipeline/stages/0/stage/spec/tag", false),
        ] {
            assert!(input(pointer).is_called(pointer));
            assert_eq!(input(pointer).is_called("tag"), by_name, "{pointer}");
        }
    }
}
