//! What holds for a scalar whatever ordinary values it is filled with, found out once when the template is read.
//!
//! An ordinary value is a [word](Word::is_word): nothing in it means anything to YAML. Filled with words, a quoted or
//! block scalar can be copied as it is written. A plain one can be copied if its frame, the text around its
//! placeholders, may stand without quotes, and if the whole cannot be mistaken for a number, a truth value, a date or
//! null; one telling byte anywhere in it decides that.

use harness_cd_yaml::ScalarStyle;

use crate::{Around, BRACES, Piece};

/// A value and what was found out about it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Word<'v> {
    pub(crate) text: &'v str,
    /// Letters, digits and the marks between them: the same in every style, but for commas inside `[…]` and `{…}`.
    is_word: bool,
    has_comma: bool,
    is_telling: bool,
}

impl<'v> Word<'v> {
    pub(crate) fn new(text: &'v str) -> Self {
        let is_word = text.starts_with(|c: char| c.is_ascii_alphanumeric())
            && text
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'/' | b'-' | b','));
        Self {
            text,
            is_word,
            has_comma: text.contains(','),
            is_telling: is_telling(text),
        }
    }
}

/// What a scalar asks of words, so that it can be filled with them by copying.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Proof {
    allows_commas: bool,
    /// One of the words has to be telling.
    wants_telling: bool,
}

impl Proof {
    /// What holds for any words.
    const WORDS: Self = Self {
        allows_commas: true,
        wants_telling: false,
    };

    pub(crate) fn holds_for<'w>(self, mut words: impl Iterator<Item = &'w Word<'w>> + Clone) -> bool {
        let fits = |word: &Word<'_>| word.is_word && (self.allows_commas || !word.has_comma);
        words.clone().all(fits) && (!self.wants_telling || words.any(|word| word.is_telling))
    }
}

/// `None` where each filling has to be looked at.
pub(crate) fn prove(style: ScalarStyle, around: Around, written: &[Piece]) -> Option<Proof> {
    let literals = written.iter().filter_map(|piece| match piece {
        Piece::Literal(text) => Some(text.as_str()),
        Piece::Value { .. } => None,
        Piece::Braces => Some(BRACES),
    });
    let has_lines = literals.clone().any(|text| text.contains(['\n', '\r']));
    if style != ScalarStyle::Plain {
        return Some(Proof::WORDS);
    }
    let proof = Proof {
        allows_commas: around == Around::Block,
        // Folding puts a space between lines: no number or date that words make survives it.
        wants_telling: !has_lines && !literals.clone().any(is_telling),
    };
    // Any word does: only its first and last character meet the frame, and those mean nothing in any word.
    let frame: String = written
        .iter()
        .map(|piece| match piece {
            Piece::Literal(text) => text.as_str(),
            Piece::Value { .. } => "w",
            Piece::Braces => BRACES,
        })
        .collect();
    (has_lines || around.is_plain(&frame)).then_some(proof)
}

/// Whether no number, truth value, date or null of YAML 1.1 and 1.2 has this text in it: a byte that stands in no
/// number or date, and either one that stands in no word of meaning or more letters than those have.
fn is_telling(text: &str) -> bool {
    const NUMERIC: &[u8] = b"0123456789+-._: abcdefxotzABCDEFXOTZ";
    const MEANING: &[u8] = b"~<=.+-nulltruefalseyesnoffinayNULLTRUEFALSEYESNOFFINAY";
    const LONGEST_WORD: usize = "false".len();
    text.bytes().any(|b| !NUMERIC.contains(&b))
        && (text.len() > LONGEST_WORD || text.bytes().any(|b| !NUMERIC.contains(&b) && !MEANING.contains(&b)))
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
        for text in ["payment", "v1", "api", "a/b", "int-stable", "a,b"] {
            assert!(is_telling(text) && resolve(text) == Resolved::String, "{text}");
        }
    }
}
