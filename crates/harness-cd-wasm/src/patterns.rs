//! Patterns in Java's dialect, compared by an engine at hand.
//!
//! What an engine cannot compile is left to Harness. In the browser that is `RegExp`, strict by its flag `u`, which
//! weighs nothing; a pattern that takes for ever holds up one person's own tab. In Node it is an engine whose time
//! grows with the text alone, since there a pattern would hold up everybody.

#[cfg(not(feature = "node"))]
use harness_cd_model::Patterns;

/// The engine of this build.
#[cfg(feature = "node")]
pub(crate) use harness_cd::LinearPatterns as EnginePatterns;

/// The engine of this build.
#[cfg(not(feature = "node"))]
pub(crate) struct EnginePatterns;

#[cfg(not(feature = "node"))]
impl Patterns for EnginePatterns {
    fn matches(&self, pattern: &str, text: &str) -> Option<bool> {
        Some(RegExp::new(&format!("^(?:{pattern})$"), "u").ok()?.test(text))
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
