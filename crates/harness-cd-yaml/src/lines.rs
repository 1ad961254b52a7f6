use harness_cd_model::{Position, Range};

/// Where lines start, and how bytes, characters and UTF-16 code units of one text relate.
///
/// A text of ASCII alone needs the lines only. Any other keeps a mark every few characters, so that a look-up
/// costs the same in a file of one endless line.
#[derive(Clone, Debug)]
pub struct Lines {
    text: String,
    starts: Vec<Mark>,
    marks: Vec<Mark>,
    ascii: bool,
}

#[derive(Clone, Copy, Debug, Default)]
struct Mark {
    byte: usize,
    utf16: usize,
}

const STEP: usize = 64;

impl Lines {
    /// Indexes a text.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let ascii = text.is_ascii();
        let (starts, marks) = if ascii {
            (starts_of_ascii(text), Vec::new())
        } else {
            marks_of(text)
        };
        Self {
            text: text.to_owned(),
            starts,
            marks,
            ascii,
        }
    }

    /// The range of a span of bytes. An offset behind the end counts as the end.
    #[must_use]
    pub fn range(&self, span: &std::ops::Range<usize>) -> Range {
        Range::new(self.position(span.start), self.position(span.end.max(span.start)))
    }

    /// The position of a byte offset.
    #[must_use]
    pub fn position(&self, byte: usize) -> Position {
        let byte = byte.min(self.text.len());
        let line = self.starts.partition_point(|start| start.byte <= byte);
        let start = line
            .checked_sub(1)
            .and_then(|index| self.starts.get(index))
            .copied()
            .unwrap_or_default();
        Position {
            line: saturate(line.max(1)),
            column: saturate(self.utf16_of(byte).saturating_sub(start.utf16) + 1),
        }
    }

    /// The byte offset of the character with this number, counted from 0.
    pub(crate) fn byte_of(&self, character: usize) -> usize {
        if self.ascii {
            return character.min(self.text.len());
        }
        let mark = self
            .marks
            .get(character / STEP)
            .or(self.marks.last())
            .copied()
            .unwrap_or_default();
        let tail = self.text.get(mark.byte..).unwrap_or_default();
        tail.char_indices()
            .nth(character % STEP)
            .map_or(self.text.len(), |(offset, _)| mark.byte + offset)
    }

    fn utf16_of(&self, byte: usize) -> usize {
        if self.ascii {
            return byte;
        }
        let next = self.marks.partition_point(|mark| mark.byte <= byte);
        let mark = next
            .checked_sub(1)
            .and_then(|index| self.marks.get(index))
            .copied()
            .unwrap_or_default();
        let between = self.text.get(mark.byte..byte).unwrap_or_default();
        mark.utf16 + between.encode_utf16().count()
    }
}

/// Where the lines of a text start in which a byte is a character is a code unit.
fn starts_of_ascii(text: &str) -> Vec<Mark> {
    let bytes = text.as_bytes();
    let ends_line = |at: usize, byte: u8| byte == b'\n' || (byte == b'\r' && bytes.get(at + 1) != Some(&b'\n'));
    let behind = bytes
        .iter()
        .enumerate()
        .filter(|(at, byte)| ends_line(*at, **byte))
        .map(|(at, _)| Mark {
            byte: at + 1,
            utf16: at + 1,
        });
    std::iter::once(Mark::default()).chain(behind).collect()
}

/// Where lines start, and a mark every few characters.
fn marks_of(text: &str) -> (Vec<Mark>, Vec<Mark>) {
    let mut starts = vec![Mark::default()];
    let mut marks = Vec::new();
    let mut here = Mark::default();
    let mut characters = text.chars().peekable();
    let mut index = 0;
    while let Some(c) = characters.next() {
        if index % STEP == 0 {
            marks.push(here);
        }
        index += 1;
        here.byte += c.len_utf8();
        here.utf16 += c.len_utf16();
        if c == '\n' || (c == '\r' && characters.peek() != Some(&'\n')) {
            starts.push(here);
        }
    }
    (starts, marks)
}

fn saturate(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_utf16_code_units() {
        let text = "a𝄞é: x\r\nb\rc\n";
        let lines = Lines::new(text);
        for (part, line, column) in [("a", 1, 1), ("é", 1, 4), ("x", 1, 7), ("b", 2, 1), ("c", 3, 1)] {
            let byte = text.find(part).unwrap();
            assert_eq!(lines.position(byte), Position { line, column }, "{part}");
        }
        assert_eq!(lines.position(9999), Position { line: 4, column: 1 });
        assert_eq!(lines.byte_of(2), 5);
        let ascii = Lines::new("a\r\nb\rc\n");
        for (byte, line, column) in [(0, 1, 1), (2, 1, 3), (3, 2, 1), (5, 3, 1), (6, 3, 2), (7, 4, 1)] {
            assert_eq!(ascii.position(byte), Position { line, column }, "{byte}");
        }
    }

    #[test]
    fn marks_agree_with_counting() {
        let text = "é𝄞x\n".repeat(200);
        let lines = Lines::new(&text);
        for (index, (byte, _)) in text.char_indices().enumerate() {
            assert_eq!(lines.byte_of(index), byte);
            assert_eq!(lines.utf16_of(byte), text.get(..byte).unwrap().encode_utf16().count());
        }
    }
}
