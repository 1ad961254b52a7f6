//! Values across the door.

use js_sys::{Error, JSON};
use serde::Serialize;
use serde::de::DeserializeOwned;
use wasm_bindgen::JsValue;

use crate::error::{internal, invalid_request};

/// A JavaScript value as the Rust type; `what` names the argument in the error.
///
/// By way of JSON text: a reader of properties looks up the fields it knows, so that a misspelt one would pass, and a
/// second reader beside JSON's weighs as much as half of the checks.
pub(crate) fn decode<T: DeserializeOwned>(what: &str, value: &JsValue) -> Result<T, Error> {
    // An argument that is left out.
    let value = if value.is_undefined() { &JsValue::NULL } else { value };
    let text = JSON::stringify(value).ok().and_then(|text| text.as_string());
    let text = text.ok_or_else(|| invalid_request(&format!("{what}: not a plain value")))?;
    serde_json::from_str(&text).map_err(|error| invalid_request(&format!("{what}: {error}")))
}

/// The files of a config repository: path to text.
#[cfg(feature = "node")]
pub(crate) fn decode_files(files: &JsValue) -> Result<harness_cd::pipeline::Files, Error> {
    let files: std::collections::BTreeMap<String, String> = decode("files", files)?;
    Ok(files
        .into_iter()
        .map(|(path, text)| (path, text.into_bytes()))
        .collect())
}

/// A Rust value as plain JavaScript objects, as `JSON.parse` would build them.
pub(crate) fn encode<T: Serialize>(value: &T) -> Result<JsValue, Error> {
    value
        .serialize(&serde_wasm_bindgen::Serializer::json_compatible())
        .map_err(|error| internal(&error.to_string()))
}

/// An instant as JavaScript has it.
#[expect(
    clippy::cast_possible_truncation,
    reason = "a whole number of ms; the cast saturates"
)]
pub(crate) fn epoch_ms(ms: f64) -> i64 {
    ms as i64
}
