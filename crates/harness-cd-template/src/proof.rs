//! What holds for a scalar whatever ordinary values it is filled with, found out once when the template is read.
//!
//! An ordinary value is a [word](Word::is_word): nothing in it means anything to YAML. Filled with words, a quoted or
//! block scalar can be copied as it is written. A plain one can be copied if its frame, the text around its
//! placeholders, may stand without quotes, and if the whole cannot be mistaken for a number, a truth value, a date or
//! null; one telling byte anywhere in it decides that.

use harness_cd_yaml::ScalarStyle;
use harness_cd_yaml::scalar::{is_plain_in_block, is_plain_string};

use crate::{BRACES, Piece};

/// A value and what was found out about it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Word<'v> {
    pub(crate) text: &'v str,
    /// Letters, digits and the marks between them: the same in every style.
    pub(crate) is_word: bool,
    is_telling: bool,
}

impl<'v> Word<'v> {
    pub(crate) fn new(text: &'v str) -> Self {
        let is_word = text.starts_with(|c: char| c.is_ascii_alphanumeric())
            && text
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'/' | b'-'));
        Self {
            text,
            is_word,
            is_telling: is_telling(text),
        }
    }
}

/// Which values a scalar can be filled with by copying.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Proof {
    /// Words.
    Words,
    /// Words of which one is telling.
    TellingWords,
    /// Each filling has to be looked at.
    Nothing,
}

impl Proof {
    pub(crate) fn holds_for<'w>(self, mut words: impl Iterator<Item = &'w Word<'w>> + Clone) -> bool {
        match self {
            Self::Words => words.all(|word| word.is_word),
            Self::TellingWords => words.clone().all(|word| word.is_word) && words.any(|word| word.is_telling),
            Self::Nothing => false,
        }
    }
}

pub(crate) fn prove(style: ScalarStyle, in_flow: bool, written: &[Piece]) -> Proof {
    let literals = written.iter().filter_map(|piece| match piece {
        Piece::Literal(text) => Some(text.as_str()),
        Piece::Value { .. } => None,
        Piece::Braces => Some(BRACES),
    });
    // Folding puts a space between the lines of a plain scalar, and a word never touches it.
    let has_lines = literals.clone().any(|text| text.contains(['\n', '\r']));
    if style != ScalarStyle::Plain || has_lines {
        return Proof::Words;
    }
    // Any word does: only its first and last character meet the frame, and those mean nothing in any word.
    let frame: String = written
        .iter()
        .map(|piece| match piece {
            Piece::Literal(text) => text.as_str(),
            Piece::Value { .. } => "w",
            Piece::Braces => BRACES,
        })
        .collect();
    let is_safe = if in_flow { is_plain_string } else { is_plain_in_block };
    match (is_safe(&frame), literals.clone().any(is_telling)) {
        (false, _) => Proof::Nothing,
        (true, true) => Proof::Words,
        (true, false) => Proof::TellingWords,
    }
}

/// Whether a text holds a byte that stands in no number, truth value, date or null of YAML 1.1 and 1.2.
fn is_telling(text: &str) -> bool {
    const ELSEWHERE: &[u8] = b"0123456789+-._: ~<=abcdefilnorstuxyzABCDEFILNORSTUXYZ";
    text.bytes().any(|b| !ELSEWHERE.contains(&b))
}

#[cfg(test)]
mod tests {
    use harness_cd_yaml::scalar::{Resolved, resolve};

    use super::*;

    #[test]
    fn no_telling_text_is_anything_but_a_string() {
        for text in [
            "yes",
            "No",
            "on",
            "OFF",
            "y",
            "true",
            "Null",
            "~",
            ".inf",
            "-.Inf",
            ".nan",
            "1e3",
            "0x1F",
            "0b1",
            "0o7",
            "1_000",
            "1:30",
            "2024-01-01T00:00:00.0Z",
            "<<",
            "=",
        ] {
            assert!(!is_telling(text), "{text}");
        }
        for text in ["payment", "v1", "api", "a/b"] {
            assert!(is_telling(text) && resolve(text) == Resolved::String, "{text}");
        }
    }
}
