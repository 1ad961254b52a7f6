//! Writing one scalar with its values.

use harness_cd_yaml::ScalarStyle;
use harness_cd_yaml::scalar::{double_quoted, escape_double, is_printable};

use crate::proof::Word;
use crate::{BRACES, Piece, Slot};

/// Writes a scalar: as the template has it, where the values allow that; between double quotes otherwise.
pub(crate) fn scalar(slot: &Slot, words: &[Word<'_>], out: &mut String) {
    if slot.proof.is_some_and(|proof| proof.holds_for(slot.values(words))) {
        copy(&slot.written, words, out);
    } else {
        let written = as_written(slot, words).unwrap_or_else(|| double_quoted(&join(&slot.text, words, str::to_owned)));
        out.push_str(&written);
    }
}

fn copy(pieces: &[Piece], words: &[Word<'_>], out: &mut String) {
    for piece in pieces {
        out.push_str(match piece {
            Piece::Literal(text) => text,
            Piece::Value { name, .. } => value_of(words, *name),
            Piece::Braces => BRACES,
        });
    }
}

/// The scalar in the template's own style, if its text can be written so.
fn as_written(slot: &Slot, words: &[Word<'_>]) -> Option<String> {
    let one_line = || {
        !slot
            .written
            .iter()
            .any(|piece| matches!(piece, Piece::Literal(text) if text.contains(['\n', '\r'])))
    };
    let all = |holds: fn(&str) -> bool| slot.values(words).all(|word| holds(word.text));
    match slot.style {
        ScalarStyle::Plain => {
            let plain = join(&slot.written, words, str::to_owned);
            slot.around.is_plain(&plain).then_some(plain)
        }
        ScalarStyle::SingleQuoted if one_line() && all(is_one_line) => {
            Some(join(&slot.written, words, |value| value.replace('\'', "''")))
        }
        ScalarStyle::DoubleQuoted if one_line() => Some(join(&slot.written, words, escape_double)),
        ScalarStyle::Literal | ScalarStyle::Folded if all(is_trimmed_line) => {
            Some(join(&slot.written, words, str::to_owned))
        }
        ScalarStyle::Literal if all(is_trimmed_text) => {
            let indent = block_indent(slot)?;
            Some(join(&slot.written, words, |value| indented(value, &indent)))
        }
        _ => None,
    }
}

pub(crate) fn join(pieces: &[Piece], words: &[Word<'_>], escape: impl Fn(&str) -> String) -> String {
    pieces
        .iter()
        .map(|piece| match piece {
            Piece::Literal(text) => text.clone(),
            Piece::Value { name, .. } => escape(value_of(words, *name)),
            Piece::Braces => BRACES.to_owned(),
        })
        .collect()
}

fn value_of<'v>(words: &[Word<'v>], name: usize) -> &'v str {
    words.get(name).map(|word| word.text).unwrap_or_default()
}

impl Slot {
    fn values<'w>(&'w self, words: &'w [Word<'w>]) -> impl Iterator<Item = &'w Word<'w>> + Clone {
        self.written.iter().filter_map(|piece| match piece {
            Piece::Value { name, .. } => words.get(*name),
            Piece::Literal(_) | Piece::Braces => None,
        })
    }
}

fn is_one_line(value: &str) -> bool {
    value.chars().all(is_printable)
}

fn is_trimmed_line(value: &str) -> bool {
    !value.is_empty() && is_one_line(value) && value.trim() == value
}

/// Several lines that a literal block keeps: no blank line at either end, and none that starts deeper than the block.
fn is_trimmed_text(value: &str) -> bool {
    value.split('\n').all(|line| is_one_line(line) && line.trim() == line) && value.trim() == value && !value.is_empty()
}

/// The indentation of a literal block's lines, unless the header states one.
fn block_indent(slot: &Slot) -> Option<String> {
    let Some(Piece::Literal(first)) = slot.written.first() else {
        return None;
    };
    let (header, content) = first.split_once('\n')?;
    if header.bytes().any(|b| b.is_ascii_digit()) {
        return None;
    }
    let line = content
        .split('\n')
        .find(|line| !line.trim().is_empty())
        .or(content.split('\n').next_back())?;
    Some(line.chars().take_while(|c| *c == ' ').collect())
}

fn indented(value: &str, indent: &str) -> String {
    let line = |line: &str| {
        if line.is_empty() {
            String::new()
        } else {
            format!("{indent}{line}")
        }
    };
    let mut lines = value.split('\n');
    let first = lines.next().unwrap_or_default().to_owned();
    lines.fold(first, |text, next| format!("{text}\n{}", line(next)))
}
