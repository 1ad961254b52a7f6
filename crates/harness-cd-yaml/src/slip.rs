//! What a person did where a text is no YAML. A parser names the place where it could not go on, which is behind the
//! slip and often lines away; what it was, and where, is looked for in the text.

use std::ops::Range;

use harness_cd_model::{Code, codes};

use crate::unseen::{Unseen, unseen};

/// A slip of the pen, and where it stands.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Slip {
    pub(crate) code: &'static Code,
    pub(crate) span: Range<usize>,
    pub(crate) message: String,
    pub(crate) hint: &'static str,
}

impl Slip {
    fn new(span: Range<usize>, message: impl Into<String>, hint: &'static str) -> Self {
        Self {
            code: codes::NOT_YAML,
            span,
            message: message.into(),
            hint,
        }
    }
}

/// The merge conflicts that nobody has resolved: each where it begins, or what is left of it.
pub(crate) fn merge_conflicts(text: &str) -> Vec<Slip> {
    let mut conflicts = Vec::new();
    if !["<<<<<<<", ">>>>>>>"].iter().any(|marker| text.contains(marker)) {
        return conflicts;
    }
    let mut is_inside = false;
    for line in lines(text) {
        let begins = is_marker(line.text, "<<<<<<<");
        let ends = is_marker(line.text, ">>>>>>>");
        if begins || ends && !is_inside {
            conflicts.push(conflict(&line));
        }
        is_inside = begins || is_inside && !ends;
    }
    conflicts
}

fn is_marker(line: &str, marker: &str) -> bool {
    line.strip_prefix(marker)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
}

fn conflict(line: &Line<'_>) -> Slip {
    Slip::new(
        line.start..line.start + line.text.len(),
        "a merge conflict that is not resolved",
        "keep what is meant of both sides, and remove the lines with the marks",
    )
}

/// The slip behind a complaint of the parser: at which byte it stopped, and what it says.
#[cold]
#[inline(never)]
pub(crate) fn slip(text: &str, at: usize, complaint: &str) -> Option<Slip> {
    let around = Around::of(text, at)?;
    around
        .tab(complaint)
        .or_else(|| around.tab_behind_colon(complaint))
        .or_else(|| around.unseen())
        .or_else(|| never_closed(text).filter(|slip| slip.span.start < at))
        .or_else(|| around.quote(complaint))
        .or_else(|| around.joined_key(complaint))
        .or_else(|| around.second_colon(complaint))
        .or_else(|| around.reserved())
        .or_else(|| around.no_key(complaint))
        .or_else(|| around.closing())
        .or_else(|| around.indentation().filter(|_| !complaint.contains("flow")))
}

/// What the parser says, as a person would, and how to mend it: the first whose words are in its sentence.
const SENTENCES: [(&[&str], &str, &str); 23] = [
    (
        &["block sequence entries", "only valid inside a block"],
        "an item of a list begins here, where none can",
        "let `- ` begin a line of its own, indented as the items around it",
    ),
    (
        &["'-' indicator"],
        "this line stands among the items of a list, and is none",
        "begin it with `- `, or indent it as what it belongs to",
    ),
    (
        &["expected key"],
        "this line stands among keys, and is none",
        "write `key: value`, indented as the keys around it",
    ),
    (
        &["',' or ']'"],
        "a comma is missing here, or the `]` that closes the list",
        "write `, ` between its items and `]` behind the last",
    ),
    (
        &["',' or '}'"],
        "a comma is missing here, or the `}` that closes the mapping",
        "write `, ` between its entries and `}` behind the last",
    ),
    (
        &["node content"],
        "a value is missing here",
        "write it, or remove what announces it",
    ),
    (
        &["mapping values", "illegal placement of ':'"],
        "a colon stands here where no key can",
        "indent the line as those around it, begin an item with `- key:`, or put quotes around a text with a colon",
    ),
    (
        &["mapping keys", "expected whitespace"],
        "a `?` begins a key here",
        "write `key: value`, or put quotes around a text that begins with `?`",
    ),
    (
        &["'-' must be followed"],
        "no space stands behind the dash of an item",
        "write `- item`, or put quotes around a text that begins with a dash",
    ),
    (
        &["':' must be followed"],
        "no space stands behind the colon of a key",
        "write `key: value`",
    ),
    (
        &["simple key"],
        "a key is wanted here, and no colon follows",
        "write `key: value`",
    ),
    (
        &["unknown escape", "escape code", "hexadecimal"],
        "this text in double quotes has a backslash that escapes nothing",
        "write two backslashes for one, or put the text into single quotes",
    ),
    (
        &["block scalar", "indentation indicator"],
        "what stands behind this `|` or `>` is not read as its text",
        "begin the text in the next line, indented by spaces",
    ),
    (
        &["end of stream", "eof", "document indicator"],
        "the file ends, or another document begins, before what stands here is closed",
        "close quotes and brackets",
    ),
    (
        &["anchor", "alias"],
        "an anchor or an alias begins here, and has no name",
        "put quotes around a text that begins with `&` or `*`",
    ),
    (
        &["irective", "TAG", "document"],
        "a line with `%`, `---` or `...` is no part of the one document that a file has",
        "remove it, or put quotes around a text that begins so",
    ),
    (
        &[" tag", "percent"],
        "a tag begins here with `!`",
        "remove it, or put quotes around a text that begins with `!`",
    ),
    (
        &["tab"],
        "a tab stands here where spaces are wanted",
        "write spaces for it",
    ),
    (
        &["comment intercepting"],
        "a comment stands within a text that goes on in the next line",
        "let the comment stand before the text, or put quotes around the text",
    ),
    (
        &["comments must"],
        "no space stands before this `#`",
        "write one before a comment, or put quotes around a text that holds it",
    ),
    (
        &["invalid indentation"],
        "this line is indented less than what it goes on with",
        "indent it further, or close the quote or bracket before it",
    ),
    (
        &["unexpected character", "unprintable", "plain scalar", "byte order mark"],
        "no text without quotes has this character here",
        "put quotes around the text, or remove it",
    ),
    (
        &[],
        "this cannot be read as YAML",
        "check indentation and quotes from here upwards",
    ),
];

/// A complaint of the parser in our words, where it is no slip that [`slip`] knows.
#[cold]
#[inline(never)]
pub(crate) fn sentence(complaint: &str) -> (&'static str, &'static str) {
    let is_it = |words: &&[&str]| words.is_empty() || words.iter().any(|word| complaint.contains(word));
    let found = SENTENCES.iter().find(|(words, ..)| is_it(words));
    found.map_or(("", ""), |(_, message, hint)| (message, hint))
}

#[derive(Clone, Copy)]
struct Line<'t> {
    start: usize,
    /// Without its end.
    text: &'t str,
}

impl Line<'_> {
    /// How many spaces it begins with.
    fn indent(&self) -> usize {
        self.text.len() - self.text.trim_start_matches(' ').len()
    }

    fn is_blank(&self) -> bool {
        let text = self.text.trim_start();
        text.is_empty() || text.starts_with('#')
    }

    /// The columns at which it opens something: its dashes, and the key behind them.
    fn levels(&self) -> Vec<usize> {
        let mut level = self.indent();
        let mut levels = vec![level];
        while let Some(rest) = self.text.get(level..).and_then(|rest| rest.strip_prefix("- ")) {
            level += 2 + rest.len() - rest.trim_start_matches(' ').len();
            levels.push(level);
        }
        levels
    }

    /// Without a comment, as far as that is told without reading.
    fn content(&self) -> &str {
        let end = self.text.find(" #").unwrap_or(self.text.len());
        self.text.get(..end).unwrap_or_default()
    }
}

#[cold]
#[inline(never)]
fn lines(text: &str) -> Vec<Line<'_>> {
    let mut lines = Vec::new();
    let mut start = 0;
    for line in text.split('\n') {
        lines.push(Line {
            start,
            text: line.strip_suffix('\r').unwrap_or(line),
        });
        start += line.len() + 1;
    }
    lines
}

/// The line in which the parser stopped, and those above it.
struct Around<'t> {
    text: &'t str,
    at: usize,
    line: Line<'t>,
    /// Those that hold something, the nearest first.
    above: Vec<Line<'t>>,
}

impl<'t> Around<'t> {
    fn of(text: &'t str, at: usize) -> Option<Self> {
        let mut above: Vec<Line<'t>> = lines(text).into_iter().take_while(|line| line.start <= at).collect();
        let line = above.pop()?;
        above.retain(|line| !line.is_blank());
        above.reverse();
        Some(Self { text, at, line, above })
    }

    /// The line above and the one in which the parser stopped: it may say only behind a line what is wrong in it.
    fn suspects(&self) -> impl Iterator<Item = &Line<'t>> {
        self.above.first().into_iter().chain([&self.line])
    }

    /// The parser names where the text began that the tab is found behind.
    fn tab(&self, complaint: &str) -> Option<Slip> {
        if !complaint.contains("tab") {
            return None;
        }
        let indenting = |line: Line<'_>| {
            let blank = line.text.len() - line.text.trim_start_matches([' ', '\t']).len();
            line.text.get(..blank)?.find('\t').map(|at| line.start + at)
        };
        let mut from = lines(self.text)
            .into_iter()
            .skip_while(|line| line.start + line.text.len() < self.at);
        let (tab, message) = match from.find_map(indenting) {
            Some(tab) => (tab, "a tab stands in the indentation"),
            None => (self.at + self.text.get(self.at..)?.find('\t')?, "a tab stands here"),
        };
        Some(Slip::new(tab..tab + 1, message, "indent with spaces"))
    }

    /// The parser stops at what stands behind the tab.
    fn tab_behind_colon(&self, complaint: &str) -> Option<Slip> {
        if !complaint.contains("':' must be followed") {
            return None;
        }
        let before = self.text.get(self.line.start..self.at)?;
        let colon = before.trim_end_matches([' ', '\t']).strip_suffix(':')?.len() + 1;
        let tab = self.line.start + colon + before.get(colon..)?.find('\t')?;
        Some(Slip::new(
            tab..tab + 1,
            "a tab stands behind the colon",
            "write a space for it",
        ))
    }

    fn unseen(&self) -> Option<Slip> {
        self.suspects().find_map(|line| {
            let found = unseen(line.content())?;
            let start = line.start + found.at;
            Some(Slip {
                code: codes::UNSEEN_CHARACTER,
                span: start..start + found.character.len_utf8(),
                message: found.message(),
                hint: Unseen::HINT,
            })
        })
    }

    fn quote(&self, complaint: &str) -> Option<Slip> {
        let character = self.text.get(self.at..)?.chars().next();
        let is_of_another = ["trailing", "escape", "hexadecimal"];
        let is_open = complaint.contains("quoted scalar") && !is_of_another.iter().any(|word| complaint.contains(word));
        if is_open && let Some(quote @ ('"' | '\'')) = character {
            return Some(Slip::new(
                self.at..self.at + 1,
                format!("the text that begins with this {quote} quote is not closed"),
                "close it with the same quote at its end",
            ));
        }
        let before = self.text.get(self.line.start..self.at)?.trim_end();
        let quote = before.chars().next_back().filter(|last| matches!(last, '"' | '\''))?;
        let hint = match quote {
            '"' => "write `\\\"` for a quote that belongs to the text",
            _ => "write `''` for an apostrophe that belongs to the text, or use double quotes",
        };
        let message = format!("the quoted text ends at the {quote} before this");
        Some(Slip::new(self.at..self.at, message, hint))
    }

    /// `key:value`, which is one word to YAML.
    fn joined_key(&self, complaint: &str) -> Option<Slip> {
        if !complaint.contains("simple key") {
            return None;
        }
        self.suspects().find_map(|line| {
            let key = line.levels().last().copied()?;
            let rest = line.text.get(key..)?;
            let colon = rest.find(|c: char| !c.is_ascii_alphanumeric() && !"_-".contains(c))?;
            let behind = rest.get(colon..)?.strip_prefix(':')?;
            let is_joined = colon > 0 && !behind.is_empty() && !behind.starts_with([' ', ':', '/']);
            let at = line.start + key + colon;
            is_joined.then(|| Slip::new(at..at + 1, "a space is missing behind the colon", "write `key: value`"))
        })
    }

    /// `key: text: more`
    fn second_colon(&self, complaint: &str) -> Option<Slip> {
        let is_of_colon = complaint.contains("mapping values") || complaint.contains("':'");
        let before = self.text.get(self.line.start..self.at)?;
        let is_second = before.contains(": ") && self.text.get(self.at..)?.starts_with(':');
        (is_of_colon && is_second).then(|| {
            Slip::new(
                self.at..self.at + 1,
                "a second colon with a space behind it stands in this line",
                "put quotes around the text that holds it",
            )
        })
    }

    /// What no text may begin with.
    fn reserved(&self) -> Option<Slip> {
        let first = self.text.get(self.at..)?.chars().next()?;
        matches!(first, '@' | '`' | '%' | '&' | '*').then(|| {
            Slip::new(
                self.at..self.at + 1,
                format!("no text begins with {first} without quotes"),
                "put quotes around the text",
            )
        })
    }

    /// A bracket that closes what nothing opened.
    fn closing(&self) -> Option<Slip> {
        let first = self.text.get(self.at..)?.chars().next()?;
        matches!(first, ']' | '}').then(|| {
            Slip::new(
                self.at..self.at + 1,
                format!("this `{first}` closes nothing"),
                "remove it, or put quotes around the text that holds it",
            )
        })
    }

    /// A line that is neither a key, nor an item, nor a comment.
    fn no_key(&self, complaint: &str) -> Option<Slip> {
        if !complaint.contains("simple key") && !complaint.contains("mapping values") {
            return None;
        }
        let is_none = |line: &&Line<'_>| {
            let text = line.content().trim();
            !text.contains(": ") && !text.ends_with(':') && !text.starts_with("- ")
        };
        let line = self.suspects().find(is_none)?;
        if is_marker(line.text, "=======") || is_marker(line.text, "|||||||") {
            return Some(conflict(line));
        }
        let start = line.start + line.indent();
        Some(Slip::new(
            start..line.start + line.text.trim_end().len(),
            "this line has no key",
            "write `key: value`, or `#` before it if it is a comment",
        ))
    }

    /// A line that begins where no line above it does, and below none.
    fn indentation(&self) -> Option<Slip> {
        let indent = self.line.indent();
        let mut inner = usize::MAX;
        for level in self.above.iter().flat_map(|line| line.levels().into_iter().rev()) {
            if level == indent && level < inner {
                return None;
            }
            inner = inner.min(level);
        }
        let start = self.line.start + indent;
        (!self.line.is_blank()).then(|| {
            Slip::new(
                start..start,
                format!("the line is indented by {indent}, and belongs to no line above it"),
                "indent what belongs together by the same number of spaces",
            )
        })
    }
}

/// The first bracket that another is closed before, or the outermost that nothing closes.
fn never_closed(text: &str) -> Option<Slip> {
    let mut brackets = Brackets::default();
    lines(text).iter().for_each(|line| brackets.read(line));
    let (at, bracket) = brackets.skipped.or(brackets.open.first().copied())?;
    let message = format!("the `{bracket}` is not closed");
    let hint = match bracket {
        '[' => "close it with `]`",
        _ => "close it with `}`",
    };
    Some(Slip::new(at..at + 1, message, hint))
}

/// The brackets of flow collections, as far as they are open.
#[derive(Default)]
struct Brackets {
    open: Vec<(usize, char)>,
    /// The first that was still open when one around it was closed.
    skipped: Option<(usize, char)>,
    quote: Option<char>,
    /// The indentation of the line that begins a text of several lines.
    block: Option<usize>,
}

impl Brackets {
    fn read(&mut self, line: &Line<'_>) {
        if self
            .block
            .is_some_and(|outer| line.text.trim().is_empty() || line.indent() > outer)
        {
            return;
        }
        let is_outside = self.open.is_empty() && self.quote.is_none();
        self.block = (is_outside && begins_block(line)).then(|| line.indent());
        let mut may_begin = true;
        let mut before = ' ';
        let mut characters = line.text.char_indices();
        while let Some((at, character)) = characters.next() {
            match (self.quote, character) {
                (Some('"'), '\\') => _ = characters.next(),
                (Some(quote), _) if quote == character => self.quote = None,
                (Some(_), _) => {}
                (None, '#') if before.is_whitespace() => return,
                (None, '"' | '\'') if may_begin => self.quote = Some(character),
                (None, '[' | '{') if may_begin || !self.open.is_empty() => {
                    self.open.push((line.start + at, character));
                }
                (None, ']' | '}') => self.close(character),
                (None, _) => {}
            }
            may_begin = match character {
                ' ' => may_begin || matches!(before, ':' | '-' | '?'),
                '[' | '{' | ',' => !self.open.is_empty(),
                _ => false,
            };
            before = character;
        }
    }

    fn close(&mut self, bracket: char) {
        let opening = if bracket == ']' { '[' } else { '{' };
        let Some(matching) = self.open.iter().rposition(|(_, open)| *open == opening) else {
            return;
        };
        let inner = self.open.get(matching + 1).copied();
        self.skipped = self.skipped.or(inner);
        self.open.truncate(matching);
    }
}

/// Whether a line ends with the head of a text of several lines: `key: |-`.
fn begins_block(line: &Line<'_>) -> bool {
    let content = line.content().trim_end();
    let head = content.trim_end_matches(|c: char| c.is_ascii_digit() || "+-".contains(c));
    head.strip_suffix(['|', '>'])
        .is_some_and(|before| before.ends_with(": ") || before.ends_with("- "))
}
