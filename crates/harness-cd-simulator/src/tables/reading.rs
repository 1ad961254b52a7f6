//! Reading a pipeline's YAML.

use serde_json::Value;

use super::duration;
use super::yaml::scalar_text;

/// The elements of a list; none where there is no list.
pub(crate) fn items<'a>(value: &'a Value, pointer: &str) -> &'a [Value] {
    let list = value.pointer(pointer).and_then(Value::as_array);
    list.map(Vec::as_slice).unwrap_or_default()
}

/// The scalar there as text; nothing for an empty one.
pub(crate) fn text(value: &Value, pointer: &str) -> Option<String> {
    value
        .pointer(pointer)
        .filter(|value| !value.is_object() && !value.is_array())
        .map(scalar_text)
        .filter(|text| !text.is_empty())
}

/// The texts of a list.
pub(crate) fn texts(value: &Value, pointer: &str) -> Vec<String> {
    items(value, pointer).iter().map(scalar_text).collect()
}

/// Milliseconds of the duration there.
pub(crate) fn milliseconds(value: &Value, pointer: &str) -> Option<i64> {
    text(value, pointer).and_then(|text| duration::milliseconds(&text))
}

pub(crate) fn is_true(value: &Value, pointer: &str) -> bool {
    text(value, pointer).as_deref() == Some("true")
}
