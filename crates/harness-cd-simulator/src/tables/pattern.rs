//! Patterns in Java's dialect, by a library of its own that knows look-around and back references too.

use fancy_regex::{Regex, RegexBuilder};

/// A pattern.
#[derive(Clone, Debug)]
pub(crate) struct Pattern(Regex);

impl Pattern {
    /// What has to match a text as a whole.
    ///
    /// # Errors
    /// What the library says of it: also of what Java alone understands.
    pub(crate) fn whole(pattern: &str) -> Result<Self, String> {
        Self::build(&format!("(?s)^(?:{pattern})$"), |builder| builder)
    }

    /// What is looked for anywhere in a text.
    ///
    /// # Errors
    /// See [`Pattern::whole`].
    pub(crate) fn part(pattern: &str) -> Result<Self, String> {
        Self::build(pattern, |builder| builder)
    }

    /// What is looked for anywhere in a text, without regard to case.
    ///
    /// # Errors
    /// See [`Pattern::whole`].
    pub(crate) fn part_in_any_case(pattern: &str) -> Result<Self, String> {
        Self::build(pattern, |builder| builder.case_insensitive(true))
    }

    fn build(pattern: &str, with: impl FnOnce(&mut RegexBuilder) -> &mut RegexBuilder) -> Result<Self, String> {
        with(&mut RegexBuilder::new(pattern))
            .build()
            .map(Self)
            .map_err(|error| error.to_string())
    }

    /// Whether a text matches. One that takes too long to find out does not.
    pub(crate) fn matches(&self, text: &str) -> bool {
        self.0.is_match(text).unwrap_or(false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_texts_parts_and_look_around() {
        let whole = |pattern: &str, text: &str| Pattern::whole(pattern).unwrap().matches(text);
        assert!(whole("v[0-9]+", "v12") && !whole("v[0-9]+", "v12x"));
        assert!(whole("(?!latest).*", "v1") && !whole("(?!latest).*", "latest"));
        assert!(Pattern::part("hop").unwrap().matches("shop") && !Pattern::part("HOP").unwrap().matches("shop"));
        assert!(Pattern::part_in_any_case("HOP").unwrap().matches("shop"));
        assert!(Pattern::whole("(").is_err());
    }

    #[test]
    fn a_pattern_that_would_never_end_matches_nothing() {
        assert!(!Pattern::whole("(a+)+(?=b)c").unwrap().matches(&"a".repeat(40)));
    }
}
