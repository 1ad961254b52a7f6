use std::collections::BTreeMap;

use harness_cd_model::{Code, Diagnostic, codes};
use saphyr_parser::{Event, Parser, ScalarStyle as EventStyle, Span, Tag};

use crate::lines::Lines;
use crate::slip::{self, Slip};
use crate::tree::{Document, Entry, Node, Scalar, ScalarStyle, Value, child_pointer};
use crate::unseen::{Unseen, unseen};

/// The largest file that is read: 1 MiB.
pub const MAX_BYTES: usize = 1 << 20;
/// The deepest nesting of lists and mappings.
pub const MAX_DEPTH: usize = 64;
/// The most nodes in one file.
pub const MAX_NODES: usize = 50_000;

/// Checks size and encoding, and removes a byte order mark.
///
/// # Errors
/// `HCD0001` larger than [`MAX_BYTES`], `HCD0002` not UTF-8, `HCD0003` a NUL character.
pub fn decode<'b>(file: &str, bytes: &'b [u8]) -> Result<&'b str, Vec<Diagnostic>> {
    let refuse = |code: &Code, valid: &[u8], message: String, hint: &str| {
        let lines = Lines::new(&String::from_utf8_lossy(valid));
        vec![code.finding(file, "", lines.range(&(valid.len()..valid.len())), message, hint)]
    };
    if bytes.len() > MAX_BYTES {
        let message = format!("the file has {} bytes; at most {MAX_BYTES} are read", bytes.len());
        return Err(refuse(codes::TOO_LARGE, &[], message, "split the file"));
    }
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let valid = bytes.get(..error.valid_up_to()).unwrap_or_default();
        refuse(
            codes::NOT_UTF8,
            valid,
            "the file is not UTF-8 from here on".to_owned(),
            "save the file as UTF-8",
        )
    })?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    match text.find('\0') {
        Some(at) => {
            let valid = text.as_bytes().get(..at).unwrap_or_default();
            Err(refuse(
                codes::NUL_CHARACTER,
                valid,
                "the file holds a NUL character".to_owned(),
                "remove the character",
            ))
        }
        None => Ok(text),
    }
}

/// Parses one YAML document.
///
/// # Errors
/// Every finding that can be told at once: those of [`decode`] and [`parse_text`].
pub fn parse(file: &str, bytes: &[u8]) -> Result<Document, Vec<Diagnostic>> {
    let text = decode(file, bytes)?;
    parse_text(file, text)
}

/// Parses one YAML document from a text that [`decode`] has let pass. Byte spans count in this text.
///
/// # Errors
/// `HCD0004` not YAML, `HCD0005` a template of another language, `HCD0006` no document, `HCD0007` more than one,
/// `HCD0008` an anchor or alias, `HCD0009` a tag, `HCD0010` a duplicate key, `HCD0011` a key that is no scalar,
/// `HCD0012` deeper than [`MAX_DEPTH`], `HCD0013` more than [`MAX_NODES`] nodes, `HCD0014` a character that nobody sees
/// in a key or where the text is no YAML.
pub fn parse_text(file: &str, text: &str) -> Result<Document, Vec<Diagnostic>> {
    let mut loader = Loader::new(file, text, 1);
    loader.run();
    let mut documents = loader.finish()?;
    // A reading without findings holds a document.
    documents.pop().ok_or_else(Vec::new)
}

/// Parses every document of a text that [`decode`] has let pass, such as a file of Kubernetes manifests. Documents
/// that hold nothing are left out.
///
/// # Errors
/// As [`parse_text`], except for `HCD0007`.
pub fn parse_documents(file: &str, text: &str) -> Result<Vec<Document>, Vec<Diagnostic>> {
    let mut loader = Loader::new(file, text, usize::MAX);
    loader.run();
    loader.finish()
}

/// A collection that is still open.
enum Open {
    Sequence {
        start: usize,
        items: Vec<Node>,
    },
    Mapping {
        start: usize,
        entries: Vec<Entry>,
        key: Option<Node>,
        /// The line of every key so far.
        seen: BTreeMap<String, u32>,
        /// Whether it goes on with the keys of another item, whose dash is missing.
        is_run_on: bool,
    },
}

struct Loader<'t> {
    file: &'t str,
    text: &'t str,
    lines: Lines,
    stack: Vec<Open>,
    roots: Vec<Node>,
    nodes: usize,
    documents: usize,
    max_documents: usize,
    findings: Vec<Diagnostic>,
}

impl<'t> Loader<'t> {
    fn new(file: &'t str, text: &'t str, max_documents: usize) -> Self {
        let lines = Lines::new(text);
        Self {
            file,
            text,
            lines,
            stack: Vec::new(),
            roots: Vec::new(),
            nodes: 0,
            documents: 0,
            max_documents,
            findings: Vec::new(),
        }
    }

    fn run(&mut self) {
        let conflicts = slip::merge_conflicts(self.text);
        if !conflicts.is_empty() {
            return conflicts.into_iter().for_each(|conflict| self.report_slip(conflict));
        }
        for event in Parser::new_from_str(self.text) {
            let proceed = match event {
                Ok((event, span)) => self.event(event, span),
                Err(error) => {
                    let at = self.lines.byte_of(error.marker().index());
                    self.syntax_error(at, error.info());
                    false
                }
            };
            if !proceed {
                return;
            }
        }
    }

    fn finish(mut self) -> Result<Vec<Document>, Vec<Diagnostic>> {
        if self.findings.is_empty() && self.roots.is_empty() {
            self.report(
                codes::NO_DOCUMENT,
                0..0,
                "the file holds no YAML document".to_owned(),
                "write something into it",
            );
        }
        if !self.findings.is_empty() {
            Diagnostic::sort(&mut self.findings);
            return Err(self.findings);
        }
        let document = |root| Document {
            file: self.file.to_owned(),
            root,
        };
        Ok(self.roots.into_iter().map(document).collect())
    }

    /// Takes one event; false ends the reading.
    fn event(&mut self, event: Event<'_>, span: Span) -> bool {
        let bytes = self.lines.byte_of(span.start.index())..self.lines.byte_of(span.end.index());
        match event {
            Event::DocumentStart(_) => {
                self.documents += 1;
                if self.documents > self.max_documents {
                    let message = "a second document starts here; one file holds one document".to_owned();
                    self.report(codes::SEVERAL_DOCUMENTS, bytes, message, "move it to a file of its own");
                    return false;
                }
                true
            }
            Event::Alias(_) => {
                self.refuse_anchor(bytes.clone());
                let empty = Scalar {
                    text: String::new(),
                    style: ScalarStyle::Plain,
                };
                self.add(Value::Scalar(empty), bytes)
            }
            Event::Scalar(text, style, anchor, tag) => {
                self.refuse_properties(anchor, tag.as_deref(), &bytes);
                let style = style_of(style);
                let span = match style {
                    ScalarStyle::Literal | ScalarStyle::Folded => self.block_span(bytes),
                    ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted => self.quoted_span(bytes),
                    ScalarStyle::Plain => bytes,
                };
                self.add(
                    Value::Scalar(Scalar {
                        text: text.into_owned(),
                        style,
                    }),
                    span,
                )
            }
            Event::SequenceStart(anchor, tag) => {
                self.refuse_properties(anchor, tag.as_deref(), &bytes);
                self.open(
                    Open::Sequence {
                        start: bytes.start,
                        items: Vec::new(),
                    },
                    bytes,
                )
            }
            Event::MappingStart(anchor, tag) => {
                self.refuse_properties(anchor, tag.as_deref(), &bytes);
                self.open(
                    Open::Mapping {
                        start: bytes.start,
                        entries: Vec::new(),
                        key: None,
                        seen: BTreeMap::new(),
                        is_run_on: false,
                    },
                    bytes,
                )
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(bytes),
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => true,
        }
    }

    fn open(&mut self, collection: Open, at: std::ops::Range<usize>) -> bool {
        if self.stack.len() >= MAX_DEPTH {
            self.refuse_depth(at);
            return false;
        }
        self.stack.push(collection);
        true
    }

    fn close(&mut self, end: std::ops::Range<usize>) -> bool {
        let (value, start, last) = match self.stack.pop() {
            Some(Open::Sequence { start, items }) => {
                let last = items.last().map(|item| item.span.end);
                (Value::Sequence(items), start, last)
            }
            Some(Open::Mapping { start, entries, .. }) => {
                let last = entries.last().map(|entry| entry.value.span.end);
                (Value::Mapping(entries), start, last)
            }
            None => return true,
        };
        // A flow collection ends with its bracket, a block collection with its last node.
        let end = if end.is_empty() || !self.is_flow(start) {
            last.unwrap_or(start)
        } else {
            end.end
        };
        self.add(value, start..end)
    }

    fn is_flow(&self, start: usize) -> bool {
        matches!(self.text.as_bytes().get(start), Some(b'[' | b'{'))
    }

    fn add(&mut self, value: Value, span: std::ops::Range<usize>) -> bool {
        self.nodes += 1;
        if self.nodes > MAX_NODES {
            let message = format!("the file has more than {MAX_NODES} nodes");
            self.report(codes::TOO_MANY_NODES, span, message, "split the file");
            return false;
        }
        let range = self.lines.range(&span);
        let node = Node { value, range, span };
        match self.stack.last_mut() {
            None if self.max_documents > 1 && node.is_null() => {}
            None => self.roots.push(node),
            Some(Open::Sequence { items, .. }) => items.push(node),
            Some(Open::Mapping { entries, key, .. }) => match key.take() {
                None => *key = Some(node),
                Some(key) => {
                    entries.push(Entry { key, value: node });
                }
            },
        }
        self.check_key();
        true
    }

    /// Checks a key at the moment it becomes known.
    fn check_key(&mut self) {
        let is_item = matches!(self.stack.iter().nth_back(1), Some(Open::Sequence { .. }));
        let Some(Open::Mapping {
            key: Some(key),
            start,
            entries,
            seen,
            is_run_on,
        }) = self.stack.last_mut()
        else {
            return;
        };
        let span = key.span.clone();
        let Some(name) = key.text().map(str::to_owned) else {
            let outer = *start..span.end;
            return self.refuse_complex_key(outer);
        };
        let first = seen.get(&name).copied();
        if first.is_none() {
            seen.insert(name.clone(), key.range.line);
        }
        let begins_anew = is_item && entries.first().is_some_and(|entry| entry.name() == name);
        let is_told = std::mem::replace(is_run_on, *is_run_on || begins_anew);
        if let Some(line) = first.filter(|_| !is_told) {
            let message = format!("the key `{name}` stands here twice, first in line {line}");
            let hint = match begins_anew {
                true => "if another item starts here, begin it with `- `; otherwise keep one of them",
                false => "keep one of them; most readers would silently take the last",
            };
            self.report(codes::DUPLICATE_KEY, span.clone(), message, hint);
        }
        self.refuse_unseen(span);
    }

    fn refuse_complex_key(&mut self, at: std::ops::Range<usize>) {
        if self.text.contains("{{ cookiecutter.") && self.refuse_template() {
            return;
        }
        let message = "a key is a list or a mapping; only a text can be a key".to_owned();
        let hint = "if this is a template placeholder such as {{NAME}}, put quotes around it";
        self.report(codes::COMPLEX_KEY, at, message, hint);
    }

    /// Two keys that look alike are two keys all the same.
    fn refuse_unseen(&mut self, key: std::ops::Range<usize>) {
        if let Some(found) = self.text.get(key.clone()).and_then(unseen) {
            let start = key.start + found.at;
            let span = start..start + found.character.len_utf8();
            self.report(codes::UNSEEN_CHARACTER, span, found.message(), Unseen::HINT);
        }
    }

    fn refuse_properties(&mut self, anchor: usize, tag: Option<&Tag>, at: &std::ops::Range<usize>) {
        if anchor > 0 {
            self.refuse_anchor(at.clone());
        }
        if tag.is_some() {
            let message = "a tag (`!…`) stands here; the type follows from the text alone".to_owned();
            self.report(
                codes::TAG,
                at.clone(),
                message,
                "remove the tag, or put quotes around the text",
            );
        }
    }

    fn refuse_anchor(&mut self, at: std::ops::Range<usize>) {
        let message = "an anchor or alias (`&name`, `*name`) stands here; one place must not change another".to_owned();
        self.report(codes::ANCHOR, at, message, "write the value out");
    }

    /// Reports a text that is a template of another language; false if it is none.
    fn refuse_template(&mut self) -> bool {
        let Some((at, language)) = template_language(self.text) else {
            return false;
        };
        if self
            .findings
            .iter()
            .any(|finding| finding.code == codes::OTHER_TEMPLATE.id)
        {
            return true;
        }
        let message = format!("this is a template ({language}) and no YAML before it is rendered");
        self.report(
            codes::OTHER_TEMPLATE,
            at..at + 2,
            message,
            "render the template and read its output",
        );
        true
    }

    fn refuse_depth(&mut self, at: std::ops::Range<usize>) {
        let message = format!("lists and mappings are nested more than {MAX_DEPTH} deep here");
        self.report(codes::TOO_DEEP, at, message, "flatten the structure");
    }

    fn syntax_error(&mut self, at: usize, info: &str) {
        if self.refuse_template() {
            return;
        }
        if info.contains("unknown anchor") {
            return self.refuse_anchor(at..at + 1);
        }
        if info.contains("recursion limit") {
            return self.refuse_depth(at..at);
        }
        // Behind what was refused in a line, the parser stumbles over the rest of it.
        let line = self.lines.range(&(at..at)).line;
        let is_told = |told: &Diagnostic| told.code == codes::COMPLEX_KEY.id && told.range.end_line == line;
        if self.findings.iter().any(is_told) {
            return;
        }
        if let Some(slip) = slip::slip(self.text, at, info) {
            return self.report_slip(slip);
        }
        let (message, hint) = slip::sentence(info);
        self.report(codes::NOT_YAML, at..at, message.to_owned(), hint);
    }

    /// Reports a slip, unless it has been told before the parser stumbled over it.
    fn report_slip(&mut self, slip: Slip) {
        let range = self.lines.range(&slip.span);
        let is_told = |told: &Diagnostic| told.code == slip.code.id && told.range == range;
        if !self.findings.iter().any(is_told) {
            // It may stand far above the node that the parser is at.
            let finding = slip.code.finding(self.file, "", range, slip.message, slip.hint);
            self.findings.push(finding);
        }
    }

    /// The parser counts blanks and comments behind a quoted scalar in; this ends it at its closing quote.
    fn quoted_span(&self, span: std::ops::Range<usize>) -> std::ops::Range<usize> {
        let written = self.text.as_bytes().get(span.clone()).unwrap_or_default();
        let quote = written.first().copied().unwrap_or_default();
        let mut bytes = written.iter().enumerate().skip(1).peekable();
        while let Some((at, &byte)) = bytes.next() {
            let escapes_next = match quote {
                b'"' => byte == b'\\',
                _ => byte == quote && bytes.peek().is_some_and(|(_, next)| **next == quote),
            };
            if escapes_next {
                bytes.next();
            } else if byte == quote {
                return span.start..span.start + at + 1;
            }
        }
        span
    }

    /// The parser reports a block scalar's content only; this adds the header and leaves trailing blank lines out.
    fn block_span(&self, content: std::ops::Range<usize>) -> std::ops::Range<usize> {
        let before = self.text.get(..content.start).unwrap_or_default();
        let start = before.rfind(['|', '>']).unwrap_or(content.start);
        let start = self.header_start(start).unwrap_or(start);
        let whole = self.text.get(start..content.end).unwrap_or_default();
        start..start + whole.trim_end_matches([' ', '\t', '\r', '\n']).len()
    }

    /// A `|` or `>` inside the header's comment is not the header.
    fn header_start(&self, found: usize) -> Option<usize> {
        let before = self.text.get(..found)?;
        let line = before.rfind(['\n', '\r']).map_or(0, |at| at + 1);
        let comment = self.text.get(line..found)?.find(" #")?;
        let head = self.text.get(line..line + comment)?;
        head.rfind(['|', '>']).map(|at| line + at)
    }

    fn pointer(&self) -> String {
        self.stack.iter().fold(String::new(), |pointer, open| match open {
            Open::Sequence { items, .. } => child_pointer(&pointer, &items.len().to_string()),
            Open::Mapping { key: Some(key), .. } => match key.text() {
                Some(name) => child_pointer(&pointer, name),
                None => pointer,
            },
            Open::Mapping { .. } => pointer,
        })
    }

    fn report(&mut self, code: &Code, span: std::ops::Range<usize>, message: String, hint: &str) {
        let finding = code.finding(self.file, &self.pointer(), self.lines.range(&span), message, hint);
        self.findings.push(finding);
    }
}

fn style_of(style: EventStyle) -> ScalarStyle {
    match style {
        EventStyle::Plain => ScalarStyle::Plain,
        EventStyle::SingleQuoted => ScalarStyle::SingleQuoted,
        EventStyle::DoubleQuoted => ScalarStyle::DoubleQuoted,
        EventStyle::Literal => ScalarStyle::Literal,
        EventStyle::Folded => ScalarStyle::Folded,
    }
}

/// The template language whose marks a text carries, and where the first one stands. Such marks may also stand in
/// the strings of good YAML, so this is asked only about what does not parse.
fn template_language(text: &str) -> Option<(usize, &'static str)> {
    const MARKS: [(&str, &str); 8] = [
        ("{{ cookiecutter.", "cookiecutter"),
        ("{%", "Jinja"),
        ("%{~", "HCL"),
        ("%{ if ", "HCL"),
        ("%{if ", "HCL"),
        ("%{ for ", "HCL"),
        ("%{for ", "HCL"),
        ("\n${", "HCL"),
    ];
    let found = |(mark, language): &(&str, &'static str)| Some((text.find(mark)?, *language));
    let (at, language) = MARKS.iter().filter_map(found).min()?;
    let language = if text.contains("cookiecutter.") {
        "cookiecutter"
    } else {
        language
    };
    let is_break = text.get(at..)?.starts_with('\n');
    Some((at + usize::from(is_break), language))
}
