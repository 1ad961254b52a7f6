//! Patterns in Java's dialect, compared by an engine at hand.
//!
//! What an engine cannot compile, or might take long for, is left to Harness. In Node it is an engine whose time grows
//! with the text and the program alone. In the browser it is `RegExp`, strict by its flag `u`, which weighs nothing and
//! goes back over a text as often as a pattern lets it: it is asked only where that is seldom, and the backend says the
//! rest when the deployment is asked for.

#[cfg(not(feature = "node"))]
use harness_cd_model::{Matcher, Patterns};

/// The engine of this build.
#[cfg(feature = "node")]
pub(crate) use harness_cd::LinearPatterns as EnginePatterns;

/// The engine of this build.
#[cfg(not(feature = "node"))]
pub(crate) struct EnginePatterns;

#[cfg(not(feature = "node"))]
impl Patterns for EnginePatterns {
    fn read(&self, pattern: &str) -> Option<Matcher> {
        let engine = RegExp::new(&format!("^(?:{pattern})$"), "u").ok()?;
        let pattern = pattern.to_owned();
        Some(Box::new(move |text| {
            harness_cd::backtracks_seldom(&pattern, text).then(|| engine.test(text))
        }))
    }
}

#[cfg(not(feature = "node"))]
#[wasm_bindgen::prelude::wasm_bindgen]
extern "C" {
    /// Declared here because js-sys's own constructor does not expect the refusal of a pattern.
    type RegExp;

    #[wasm_bindgen(constructor, catch)]
    fn new(pattern: &str, flags: &str) -> Result<RegExp, wasm_bindgen::JsValue>;

    #[wasm_bindgen(method)]
    fn test(this: &RegExp, text: &str) -> bool;
}
