//! Characters that nobody sees in a file, or that look like others which YAML knows.

use harness_cd_model::words::invisible;

/// A character that nobody sees, or that looks like a space and is none to YAML.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Unseen {
    /// Byte offset in the text it was found in.
    pub(crate) at: usize,
    pub(crate) character: char,
    name: &'static str,
}

impl Unseen {
    /// `a no-break space (U+00A0) stands here`
    pub(crate) fn message(&self) -> String {
        let article = match self.name.starts_with(['a', 'A', 'i']) {
            true => "an",
            false => "a",
        };
        let code = u32::from(self.character);
        format!("{article} {} (U+{code:04X}) stands here, which nobody sees", self.name)
    }

    pub(crate) const HINT: &'static str = "remove it, or write a plain space for it";
}

/// Whether a character stands in a text that nobody sees, or that looks like a space and is none to YAML.
#[must_use]
pub fn has_unseen(text: &str) -> bool {
    unseen(text).is_some()
}

/// The first such character of a text.
#[inline(never)]
pub(crate) fn unseen(text: &str) -> Option<Unseen> {
    text.char_indices().find_map(|(at, character)| {
        let name = space(character).or_else(|| invisible(character))?;
        Some(Unseen { at, character, name })
    })
}

/// The spaces of Unicode that YAML takes for letters. Source: the Unicode Character Database, category Zs.
const fn space(character: char) -> Option<&'static str> {
    Some(match character {
        '\u{A0}' => "no-break space",
        '\u{202F}' => "narrow no-break space",
        '\u{3000}' => "ideographic space",
        '\u{1680}' | '\u{2000}'..='\u{200A}' | '\u{205F}' => "space of another width",
        _ => return None,
    })
}

/// Whether a text stands in quotes as word processors write them, which YAML takes for letters.
pub(crate) fn has_typographic_quotes(text: &str) -> bool {
    const QUOTES: [char; 8] = ['“', '”', '„', '‘', '’', '‚', '«', '»'];
    text.starts_with(QUOTES) || text.ends_with(QUOTES)
}
