//! Patterns in Java's dialect, compared by an engine at hand.
//!
//! What an engine cannot compile is left to Harness. In the browser that is `RegExp`, strict by its flag `u`, which
//! weighs nothing; a pattern that takes for ever holds up one person's own tab. In Node it is an engine whose time
//! grows with the text alone, since there a pattern would hold up everybody.

use harness_cd_model::Patterns;

/// The engine of this build.
pub(crate) struct EnginePatterns;

#[cfg(feature = "node")]
impl Patterns for EnginePatterns {
    fn matches(&self, pattern: &str, text: &str) -> Option<bool> {
        // Possessive repetition would be read as something else.
        let is_possessive = ["++", "*+", "?+", "}+"].iter().any(|mark| pattern.contains(mark));
        let pattern = regex_lite::Regex::new(&whole(pattern))
            .ok()
            .filter(|_| !is_possessive)?;
        Some(pattern.is_match(text))
    }
}

#[cfg(not(feature = "node"))]
impl Patterns for EnginePatterns {
    fn matches(&self, pattern: &str, text: &str) -> Option<bool> {
        Some(RegExp::new(&whole(pattern), "u").ok()?.test(text))
    }
}

fn whole(pattern: &str) -> String {
    format!("^(?:{pattern})$")
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
