//! Failures across the door: an `Error` with the name `HarnessCdError` and a `code` of the closed list `FailureCode`.

#[cfg(feature = "node")]
use harness_cd::client::HarnessFailure;
use js_sys::{Error, Object, Reflect};
use wasm_bindgen::{JsCast, JsValue};

/// The caller sent something of the wrong shape.
pub(crate) fn invalid_request(message: &str) -> Error {
    failure("INVALID_REQUEST", message)
}

/// Something that cannot happen did.
pub(crate) fn internal(message: &str) -> Error {
    failure("INTERNAL", message)
}

/// A failure of the client, with every field it has.
#[cfg(feature = "node")]
pub(crate) fn harness_failure(error: HarnessFailure) -> Error {
    match crate::codec::encode(&error) {
        Ok(fields) => named(&error.message, &fields),
        Err(error) => error,
    }
}

fn failure(code: &str, message: &str) -> Error {
    let fields = Object::new();
    // A fresh object takes every property.
    let _ = Reflect::set(&fields, &"code".into(), &code.into());
    named(message, &fields)
}

fn named(message: &str, fields: &JsValue) -> Error {
    let error = Error::new(message);
    error.set_name("HarnessCdError");
    Object::assign(&error, fields.unchecked_ref());
    error
}
