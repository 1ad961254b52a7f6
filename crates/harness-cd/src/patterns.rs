use harness_cd_model::Patterns;
use regex_lite::Regex;

/// Patterns in Java's dialect, compared by an engine whose time grows with the text alone, so that no pattern can hold up
/// anybody. What it cannot compile is left to Harness.
#[derive(Clone, Copy, Debug, Default)]
pub struct LinearPatterns;

impl Patterns for LinearPatterns {
    fn matches(&self, pattern: &str, text: &str) -> Option<bool> {
        // Possessive repetition would be read as something else.
        let is_possessive = ["++", "*+", "?+", "}+"].iter().any(|mark| pattern.contains(mark));
        let pattern = Regex::new(&format!("^(?:{pattern})$"))
            .ok()
            .filter(|_| !is_possessive)?;
        Some(pattern.is_match(text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_whole_text_counts_and_what_cannot_be_read_is_left_to_harness() {
        for (pattern, text, expected) in [
            ("v[0-9]+", "v12", Some(true)),
            ("v[0-9]+", "v12-rc", Some(false)),
            ("a|b", "ab", Some(false)),
            ("[0-9]++", "12", None),
            ("(?<=v)1", "v1", None),
            ("[", "x", None),
        ] {
            assert_eq!(LinearPatterns.matches(pattern, text), expected, "{pattern} {text}");
        }
    }
}
