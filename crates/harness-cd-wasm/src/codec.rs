//! Values across the door.

use js_sys::Error;
use serde::Serialize;
use serde::de::DeserializeOwned;
use wasm_bindgen::JsValue;

use crate::error::{internal, invalid_request};

/// A JavaScript value as the Rust type; `what` names the argument in the error.
pub(crate) fn decode<T: DeserializeOwned>(what: &str, value: JsValue) -> Result<T, Error> {
    serde_wasm_bindgen::from_value(value).map_err(|error| invalid_request(&format!("{what}: {error}")))
}

/// A Rust value as plain JavaScript objects, as `JSON.parse` would build them.
pub(crate) fn encode<T: Serialize>(value: &T) -> Result<JsValue, Error> {
    value
        .serialize(&serde_wasm_bindgen::Serializer::json_compatible())
        .map_err(|error| internal(&error.to_string()))
}

/// A Rust value as JSON text: for bulk that goes on as text.
#[cfg(feature = "node")]
pub(crate) fn encode_text<T: Serialize>(value: &T) -> Result<String, Error> {
    serde_json::to_string(value).map_err(|error| internal(&error.to_string()))
}
