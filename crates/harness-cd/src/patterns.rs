//! Patterns that a pipeline's inputs must match: engines that no pattern and no text can hold up.

use harness_cd_model::{Matcher, Patterns};
use regex_lite::{Regex, RegexBuilder};

/// Longer patterns are not read: a form would not explain them either.
const LONGEST: usize = 512;
/// How large a pattern may get when it is compiled, in bytes. A counted repetition repeats its part of the program, and
/// one inside of another multiplies; the time for a text is its length by the program's.
const LARGEST_PROGRAM: usize = 1 << 16;

/// Patterns in Java's dialect, compared by an engine whose time grows with the text by the pattern alone, and with a
/// pattern no larger than a person would write. What it cannot compile is left to Harness.
#[derive(Clone, Copy, Debug, Default)]
pub struct LinearPatterns;

impl Patterns for LinearPatterns {
    fn read(&self, pattern: &str) -> Option<Matcher> {
        let pattern = compiled(pattern)?;
        Some(Box::new(move |text| Some(pattern.is_match(text))))
    }
}

fn compiled(pattern: &str) -> Option<Regex> {
    // Possessive repetition would be read as something else.
    let is_possessive = ["++", "*+", "?+", "}+"].iter().any(|mark| pattern.contains(mark));
    if is_possessive || pattern.len() > LONGEST {
        return None;
    }
    let whole = format!("^(?:{pattern})$");
    RegexBuilder::new(&whole).size_limit(LARGEST_PROGRAM).build().ok()
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

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
            let matches = LinearPatterns.read(pattern).and_then(|matches| matches(text));
            assert_eq!(matches, expected, "{pattern} {text}");
        }
    }

    #[test]
    fn what_is_too_large_is_left_to_harness_and_the_rest_takes_no_time() {
        let long = "a".repeat(600);
        for pattern in ["(a{0,200}){0,200}", "((a{0,9}){0,9}){0,9}){0,9}", "[^x]{1,5000}", &long] {
            assert!(LinearPatterns.read(pattern).is_none(), "{pattern}");
        }
        for pattern in [
            r"^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$",
            r"^v?\d{1,9}\.\d{1,9}\.\d{1,9}(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$",
            "([a-zA-Z0-9]+[-._]?)+",
            r"(\w{1,30}@\w{1,30}\.com,?){1,5}",
        ] {
            let matches = LinearPatterns.read(pattern);
            assert!(matches.is_some(), "{pattern}");
            let begun = Instant::now();
            matches.unwrap()(&format!("{}!", "a".repeat(4095)));
            assert!(
                begun.elapsed() < Duration::from_secs(2),
                "{pattern}: {:?}",
                begun.elapsed()
            );
        }
    }
}
