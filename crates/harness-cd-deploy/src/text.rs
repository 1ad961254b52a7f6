//! What holds for every text: how long it may be, what it may not hold.

use harness_cd_model::ViolationCode;
use harness_cd_model::words::{expression_opener, invisible};

use crate::findings::Findings;
use crate::sentences::Reason;

/// What a text may look like.
#[derive(Clone, Copy)]
pub(crate) struct Shape {
    longest: usize,
    /// How much of that a character takes.
    measure: fn(char) -> usize,
    /// What of the characters that nobody sees it may hold.
    allowed: &'static [char],
}

impl Shape {
    /// A line of so many characters.
    pub(crate) const fn line(longest: usize) -> Self {
        Self {
            longest,
            measure: |_| 1,
            allowed: &[],
        }
    }

    /// Lines of so many characters together, in any script: some need joiners and marks of direction.
    pub(crate) const fn lines(longest: usize) -> Self {
        Self {
            allowed: &['\n', '\r', '\t', '\u{200C}', '\u{200D}', '\u{200E}', '\u{200F}'],
            ..Self::line(longest)
        }
    }

    /// The same, of so many bytes in the address of a request.
    pub(crate) const fn lines_in_address(longest: usize) -> Self {
        Self {
            measure: bytes_in_address,
            ..Self::lines(longest)
        }
    }

    /// How many characters of a text are too many.
    fn excess(self, text: &str) -> usize {
        let mut taken = 0;
        let is_over = |character: char| {
            taken += (self.measure)(character);
            taken > self.longest
        };
        text.chars().map(is_over).filter(|is_over| *is_over).count()
    }
}

/// What a character takes in an address after it was escaped in the quotes of an execution's notes.
/// Source: RFC 3986 §2.1, §2.3; RFC 8259 §7.
fn bytes_in_address(character: char) -> usize {
    match character {
        'a'..='z' | 'A'..='Z' | '0'..='9' | '-' | '.' | '_' | '~' => 1,
        '\n' | '\r' | '\t' => 4,
        '"' | '\\' => 6,
        other => 3 * other.len_utf8(),
    }
}

/// A text with what a sentence calls it and where it stands.
#[derive(Clone, Copy)]
pub(crate) struct Labelled<'t> {
    pub(crate) label: &'t str,
    pub(crate) path: &'t str,
    pub(crate) text: &'t str,
}

/// Checks length, characters that nobody sees, and Harness expressions. Each is reported.
pub(crate) fn clean(given: Labelled<'_>, shape: Shape, found: &mut Findings) -> bool {
    let Labelled { label, path, text } = given;
    let mut is_clean = true;
    let mut tell = |reason: Reason| {
        is_clean = false;
        found.push(reason.with("label", label).at(path));
    };
    let excess = shape.excess(text);
    if excess > 0 {
        let length = text.chars().count();
        let reason = Reason::new(ViolationCode::FieldTooLong);
        tell(reason.count("length", length).count("excess", excess));
    }
    let mut unseen = text.chars().filter(|c| !shape.allowed.contains(c));
    if let Some((character, name)) = unseen.find_map(|c| Some((c, unseen_name(c)?))) {
        let reason = Reason::new(ViolationCode::FieldControlCharacter);
        let code_point = format!("U+{:04X}", u32::from(character));
        tell(reason.with("character", &code_point).with("name", name));
    }
    if let Some(opener) = expression_opener(text) {
        tell(Reason::new(ViolationCode::ExpressionForbidden).with("opener", opener));
    }
    is_clean
}

fn unseen_name(character: char) -> Option<&'static str> {
    Some(match character {
        '\n' => "line feed",
        '\r' => "carriage return",
        '\t' => "tab",
        control if control.is_control() => "control character",
        other => return invisible(other),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_too_much_is_told_in_characters() {
        assert_eq!(Shape::line(3).excess("abc"), 0);
        assert_eq!(Shape::line(3).excess("abcde"), 2);
        // Nine bytes each.
        assert_eq!(Shape::lines_in_address(18).excess("回滚到"), 1);
        assert_eq!(Shape::lines_in_address(3).excess("abc"), 0);
        assert_eq!(Shape::lines_in_address(8).excess("a\"\""), 1);
    }
}
