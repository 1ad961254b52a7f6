//! What is left of a panic: its message, for the facade that replaces the instance.

use std::cell::RefCell;

use wasm_bindgen::prelude::wasm_bindgen;

thread_local! {
    static MESSAGE: RefCell<Option<String>> = const { RefCell::new(None) };
}

#[wasm_bindgen(start)]
fn store_panic_messages() {
    std::panic::set_hook(Box::new(|info| {
        let message = info.payload_as_str().unwrap_or("a panic without a message");
        MESSAGE.with(|stored| {
            stored
                .try_borrow_mut()
                .map(|mut stored| *stored = Some(message.to_owned()))
                .ok()
        });
    }));
}

/// The message of the panic that killed this instance, without its place in the source.
#[wasm_bindgen(js_name = takePanicMessage)]
#[must_use]
pub fn take_panic_message() -> Option<String> {
    MESSAGE.with(|stored| stored.try_borrow_mut().ok().and_then(|mut stored| stored.take()))
}
