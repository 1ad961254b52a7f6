//! What has one safe mending, mended in the text: everything else of it stays as it is, to the byte.
//!
//! A mending is an edit of the text. It is kept if the text, read again, lacks its finding and has none that it had
//! not before; so no mending needs to know all the rules.

use std::collections::BTreeMap;
use std::ops::Range;

use harness_cd_model::naming::underscored;
use harness_cd_model::{Diagnostic, Severity};
use harness_cd_pipeline::{Files, Layout, read_config_repo};
use harness_cd_yaml::scalar::{Resolved, double_quoted, resolve};
use harness_cd_yaml::{Document, Node, ScalarStyle, Value, decode};

use crate::linter::read;
use crate::place::{is_overlay, type_of};
use crate::repo::lint_config_repo;
use crate::rule::lint_rules;
use crate::schema::{ADD_EMPTY_SPEC, DIGITS_WITHOUT_QUOTES, PUT_QUOTES, WORD_WITHOUT_QUOTES};
use crate::settings::LintSettings;

/// A text with what could be mended mended.
#[derive(Clone, Debug, PartialEq)]
pub struct Mended {
    /// The text, with its byte order mark if it had one; `None` where nothing was mended.
    pub text: Option<String>,
    /// The findings that are mended, as they stood.
    pub mended: Vec<Diagnostic>,
    /// The findings in the mended text.
    pub remaining: Vec<Diagnostic>,
}

/// How the breach of a rule is mended that a finding tells of; `None` where that is not certain.
pub(crate) type Mending = fn(&Text<'_>, &Diagnostic) -> Option<Edit>;

/// How breaches of a rule are mended; `None` where a person has to.
fn mending(code: &str) -> Option<Mending> {
    lint_rules().iter().find(|rule| rule.code.id == code)?.mending
}

/// A config repository with what could be mended mended.
#[derive(Clone, Debug, PartialEq)]
pub struct MendedRepo {
    /// The texts that changed, by file.
    pub texts: BTreeMap<String, String>,
    /// The findings that are mended, as they stood.
    pub mended: Vec<Diagnostic>,
    /// What [`lint_config_repo`] finds in the mended repository.
    pub remaining: Vec<Diagnostic>,
}

/// Mends in a config repository what has one safe mending: in its platform and services first, on which everything
/// else stands, then in its templates. What is generated is not touched.
#[must_use]
pub fn fix_config_repo(files: &Files) -> MendedRepo {
    let mut now = files.clone();
    let mut mended = Vec::new();
    let layout = Layout::read(files).unwrap_or_default();
    let is_template = |name: &&String| layout.template_archetype(name).is_some();
    let templates = files.keys().filter(is_template).map(String::as_str);
    let descriptions: Vec<&str> = [layout.platform()]
        .into_iter()
        .chain(layout.service_files(files))
        .collect();
    for file in descriptions.iter().copied().chain(templates) {
        let Some(bytes) = files.get(file) else { continue };
        let with = |text: &str| {
            let mut files = now.clone();
            files.insert(file.to_owned(), text.as_bytes().to_vec());
            files
        };
        let is_described = descriptions.contains(&file);
        let judge = |text: &str| match is_described {
            // Once it is read, more is found elsewhere, which is not the mending's fault.
            true => of_file(file, read_config_repo(&with(text)).diagnostics),
            false => lint_config_repo(&with(text)),
        };
        let others = now.iter().filter(|(other, _)| *other != file);
        let elsewhere: Vec<&str> = others.filter_map(|(_, text)| std::str::from_utf8(text).ok()).collect();
        let surgery = Surgery {
            file,
            judge: &judge,
            elsewhere: &elsewhere,
        };
        let (text, done, _) = surgery.mend(decode(file, bytes).unwrap_or_default());
        if !done.is_empty() {
            mended.extend(done);
            now.insert(file.to_owned(), with_mark_of(bytes, text).into_bytes());
        }
    }
    Diagnostic::sort(&mut mended);
    let changed = now.iter().filter(|(file, text)| files.get(*file) != Some(text));
    let texts = changed.filter_map(|(file, text)| Some((file.clone(), String::from_utf8(text.clone()).ok()?)));
    MendedRepo {
        texts: texts.collect(),
        mended,
        remaining: lint_config_repo(&now),
    }
}

fn of_file(file: &str, mut findings: Vec<Diagnostic>) -> Vec<Diagnostic> {
    findings.retain(|finding| finding.file == file);
    findings
}

/// A text with the byte order mark that another has.
fn with_mark_of(bytes: &[u8], text: String) -> String {
    match bytes.starts_with("\u{feff}".as_bytes()) {
        true => format!("\u{feff}{text}"),
        false => text,
    }
}

impl LintSettings {
    /// Mends in a file what has one safe mending. `elsewhere` are texts beside it, which may refer to what it holds.
    ///
    /// A text that is no YAML, or several documents, is left as it is.
    #[must_use]
    pub fn fix(&self, file: &str, text: &[u8], elsewhere: &[&str]) -> Mended {
        let judge = |text: &str| self.lint(file, text.as_bytes());
        let surgery = Surgery {
            file,
            judge: &judge,
            elsewhere,
        };
        let Ok(readable) = decode(file, text) else {
            return Mended {
                text: None,
                mended: Vec::new(),
                remaining: self.lint(file, text),
            };
        };
        let (now, mut mended, remaining) = surgery.mend(readable);
        Diagnostic::sort(&mut mended);
        Mended {
            text: (!mended.is_empty()).then(|| with_mark_of(text, now)),
            mended,
            remaining,
        }
    }
}

/// A text of a file that is to be mended.
struct Surgery<'s> {
    file: &'s str,
    /// What is found in such a text, of which nothing may become more.
    judge: &'s dyn Fn(&str) -> Vec<Diagnostic>,
    elsewhere: &'s [&'s str],
}

impl Surgery<'_> {
    /// The mended text, what is mended in it, and what is found in it then.
    fn mend(&self, text: &str) -> (String, Vec<Diagnostic>, Vec<Diagnostic>) {
        let mut mended = Vec::new();
        let (mut now, mut remaining) = (text.to_owned(), (self.judge)(text));
        // What one mending uncovers the next round mends; each round leaves fewer findings.
        while let Some(round) = Round::of(self, &now, &remaining) {
            let (text, findings, done) = round.run();
            if done.is_empty() {
                break;
            }
            mended.extend(done);
            (now, remaining) = (text, findings);
        }
        (now, mended, remaining)
    }
}

/// An edit of a text, and the finding that it mends.
#[derive(Clone)]
pub(crate) struct Edit {
    span: Range<usize>,
    put: String,
}

/// The mendings that a text has, tried together, and by halves where they do not go together.
struct Round<'r> {
    surgery: &'r Surgery<'r>,
    text: &'r str,
    before: &'r [Diagnostic],
    edits: Vec<(&'r Diagnostic, Edit)>,
}

impl<'r> Round<'r> {
    /// `None` where nothing can be mended.
    fn of(surgery: &'r Surgery<'r>, text: &'r str, before: &'r [Diagnostic]) -> Option<Self> {
        let mendable: Vec<_> = before
            .iter()
            .filter(|finding| finding.file == surgery.file)
            .filter_map(|finding| Some((finding, mending(&finding.code)?)))
            .collect();
        if mendable.is_empty() {
            return None;
        }
        let documents = read(surgery.file, text).ok()?;
        let [document] = documents.as_slice() else { return None };
        let text_of = Text::new(text, document, surgery.elsewhere);
        let mut edits: Vec<(&Diagnostic, Edit)> = (mendable.into_iter())
            .filter_map(|(finding, mend)| Some((finding, mend(&text_of, finding)?)))
            .collect();
        edits.sort_by_key(|(_, edit)| (edit.span.start, edit.span.end));
        edits.dedup_by(|next, last| next.1.span.start < last.1.span.end || next.1.span == last.1.span);
        (!edits.is_empty()).then_some(Self {
            surgery,
            text,
            before,
            edits,
        })
    }

    /// The mended text, what is found in it, and what was mended.
    fn run(&self) -> (String, Vec<Diagnostic>, Vec<Diagnostic>) {
        let mut kept = Vec::new();
        let mut best = (self.text.to_owned(), self.before.to_vec());
        self.keep(&self.edits, &mut kept, &mut best);
        let done = kept.iter().map(|(finding, _)| (*finding).clone()).collect();
        (best.0, best.1, done)
    }

    fn keep(
        &self,
        edits: &[(&'r Diagnostic, Edit)],
        kept: &mut Vec<(&'r Diagnostic, Edit)>,
        best: &mut (String, Vec<Diagnostic>),
    ) {
        let together = [kept.as_slice(), edits].concat();
        let text = edited(self.text, &together);
        let after = (self.surgery.judge)(&text);
        if after.len() + together.len() <= self.before.len() && is_part_of(&after, self.before) {
            *kept = together;
            *best = (text, after);
        } else if edits.len() > 1 {
            let (first, second) = edits.split_at(edits.len() / 2);
            self.keep(first, kept, best);
            self.keep(second, kept, best);
        }
    }
}

/// A text with edits that do not overlap, in their order.
fn edited(text: &str, edits: &[(&Diagnostic, Edit)]) -> String {
    let mut result = String::with_capacity(text.len());
    let mut from = 0;
    for (_, edit) in edits {
        result.push_str(text.get(from..edit.span.start).unwrap_or_default());
        result.push_str(&edit.put);
        from = edit.span.end;
    }
    result.push_str(text.get(from..).unwrap_or_default());
    result
}

/// Whether every finding has been there before. Lines and places in lists may have moved.
fn is_part_of(after: &[Diagnostic], before: &[Diagnostic]) -> bool {
    fn what(finding: &Diagnostic) -> (&str, Severity, String) {
        let words = finding.message.split(|c: char| c.is_ascii_digit());
        (&finding.code, finding.severity, words.collect())
    }
    let mut counts: BTreeMap<_, usize> = BTreeMap::new();
    for finding in before {
        *counts.entry(what(finding)).or_default() += 1;
    }
    after.iter().all(|finding| match counts.get_mut(&what(finding)) {
        Some(count) if *count > 0 => {
            *count -= 1;
            true
        }
        _ => false,
    })
}

/// A text with its tree.
pub(crate) struct Text<'t> {
    text: &'t str,
    nodes: BTreeMap<String, &'t Node>,
    elsewhere: &'t [&'t str],
}

impl<'t> Text<'t> {
    fn new(text: &'t str, document: &'t Document, elsewhere: &'t [&'t str]) -> Self {
        let mut nodes = BTreeMap::new();
        document.root.walk(&mut |pointer, node| {
            nodes.insert(pointer.to_owned(), node);
        });
        Self { text, nodes, elsewhere }
    }

    /// A scalar on one line, as it is written and as it reads; not what a placeholder is a part of.
    fn scalar(&self, pointer: &str) -> Option<(&'t Node, &'t str)> {
        let node = *self.nodes.get(pointer)?;
        let Value::Scalar(scalar) = &node.value else {
            return None;
        };
        let written = self.text.get(node.span.clone())?;
        let inner = match scalar.style {
            ScalarStyle::Plain => Some(written),
            ScalarStyle::SingleQuoted => written.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\'')),
            ScalarStyle::DoubleQuoted => written.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')),
            ScalarStyle::Literal | ScalarStyle::Folded => None,
        };
        (inner == Some(scalar.text.as_str())).then_some((node, written))
    }

    /// Where the next line begins, behind what ends its line apart from a comment.
    fn line_after(&self, end: usize) -> Option<usize> {
        let (line, _) = self.text.get(end..)?.split_once('\n')?;
        let rest = line.trim();
        (rest.is_empty() || rest.starts_with('#')).then(|| end + line.len() + 1)
    }

    /// Whether an identifier stands where it is not given to something.
    fn refers_to(&self, identifier: &str) -> bool {
        mentions(self.text, identifier).any(|at| !self.is_a_name(at))
    }

    /// Whether a place in the text is in a name, or in the identifier of something, which refer to nothing.
    fn is_a_name(&self, at: usize) -> bool {
        let mut holding = self.nodes.iter().filter(|(_, node)| node.span.contains(&at));
        holding.any(|(pointer, _)| pointer.ends_with("/name") || is_inner_identifier(pointer))
    }

    /// What stands before a node in its line.
    fn before(&self, node: &Node) -> Option<&'t str> {
        self.text.get(..node.span.start)?.rsplit('\n').next()
    }

    fn line_end(&self) -> &'static str {
        if self.text.contains("\r\n") { "\r\n" } else { "\n" }
    }
}

/// A number, `true` or `false` where a text is wanted gets quotes, and loses them where the text is one of those.
pub(crate) fn quotes(text: &Text<'_>, finding: &Diagnostic) -> Option<Edit> {
    let (node, written) = text.scalar(&finding.pointer)?;
    let Value::Scalar(scalar) = &node.value else {
        return None;
    };
    let is_quoted = matches!(scalar.style, ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted);
    let put = match finding.hint.as_deref()? {
        PUT_QUOTES if scalar.style == ScalarStyle::Plain => double_quoted(written),
        WORD_WITHOUT_QUOTES | DIGITS_WITHOUT_QUOTES if is_quoted && is_plain_for_all(&scalar.text) => {
            scalar.text.clone()
        }
        _ => return None,
    };
    Some(Edit {
        span: node.span.clone(),
        put,
    })
}

/// As [`quotes`], where the platform or the services want a text, or `true` or `false`.
pub(crate) fn quotes_in_description(text: &Text<'_>, finding: &Diagnostic) -> Option<Edit> {
    let (node, written) = text.scalar(&finding.pointer)?;
    let Value::Scalar(scalar) = &node.value else {
        return None;
    };
    let is_plain = scalar.style == ScalarStyle::Plain;
    let put = match finding.hint.as_deref()? {
        hint if is_plain && hint.starts_with("write a text; put quotes") => double_quoted(written),
        "write true or false" if !is_plain && ["true", "false"].contains(&scalar.text.as_str()) => scalar.text.clone(),
        _ => return None,
    };
    Some(Edit {
        span: node.span.clone(),
        put,
    })
}

/// Whether every reader takes it for the same number or boolean: on `TRUE` and `0x10` they differ.
fn is_plain_for_all(text: &str) -> bool {
    match resolve(text) {
        Resolved::Bool(value) => text == value.to_string(),
        Resolved::Int(value) => text == value.to_string(),
        _ => false,
    }
}

/// What stands in a file under an identifier of its own, which expressions of the file may name. What other files and
/// people call an entity by is not changed behind their backs.
const INNER: [&str; 3] = ["/stage/identifier", "/step/identifier", "/stepGroup/identifier"];

/// An identifier with dashes, dots or spaces gets underscores, if nothing refers to it.
pub(crate) fn plain_identifier(text: &Text<'_>, finding: &Diagnostic) -> Option<Edit> {
    if !is_inner_identifier(&finding.pointer) {
        return None;
    }
    let (node, written) = text.scalar(&finding.pointer)?;
    let identifier = node.text()?;
    let is_named = text.refers_to(identifier) || text.elsewhere.iter().any(|other| may_refer_to(other, identifier));
    let put = written.replace(identifier, &underscored(identifier));
    (!is_named && put != written).then(|| Edit {
        span: node.span.clone(),
        put,
    })
}

fn is_inner_identifier(pointer: &str) -> bool {
    let is_index = |token: &&str| token.bytes().all(|byte| byte.is_ascii_digit());
    let trail: Vec<&str> = pointer.split('/').filter(|token| !is_index(token)).collect();
    INNER.iter().any(|end| pointer.ends_with(end)) && !is_overlay(&trail)
}

/// Whether another file refers to an identifier, as far as it can be read.
fn may_refer_to(text: &str, identifier: &str) -> bool {
    if mentions(text, identifier).next().is_none() {
        return false;
    }
    match read("", text).as_deref() {
        Ok([document]) => Text::new(text, document, &[]).refers_to(identifier),
        _ => true,
    }
}

/// Where a word stands in a text, and not as a part of a longer one.
fn mentions<'t>(text: &'t str, word: &'t str) -> impl Iterator<Item = usize> + 't {
    let is_inner = |c: char| c.is_alphanumeric() || c == '_' || c == '-';
    text.match_indices(word).map(|(at, _)| at).filter(move |at| {
        let before = text.get(..*at).and_then(|text| text.chars().next_back());
        let after = text.get(at + word.len()..).and_then(|text| text.chars().next());
        !before.is_some_and(is_inner) && !after.is_some_and(is_inner)
    })
}

/// A step without settings gets an empty `spec`, below its `type`.
pub(crate) fn empty_spec(text: &Text<'_>, finding: &Diagnostic) -> Option<Edit> {
    let node = *text.nodes.get(&finding.pointer)?;
    if finding.hint.as_deref() != Some(ADD_EMPTY_SPEC) || !finding.pointer.ends_with("/step") {
        return None;
    }
    let entry = node.entries().find(|entry| entry.name() == "type")?;
    let (kind, _) = text.scalar(&format!("{}/type", finding.pointer))?;
    let indent = text.before(&entry.key)?;
    let at = text.line_after(kind.span.end)?;
    let is_block = indent.chars().all(|c| c == ' ');
    is_block.then(|| Edit {
        span: at..at,
        put: format!("{indent}spec: {{}}{}", text.line_end()),
    })
}

/// A stage with a canary deletes it before anything else is rolled back.
pub(crate) fn canary_delete(text: &Text<'_>, finding: &Diagnostic) -> Option<Edit> {
    let (stage, _) = finding.pointer.split_once("/spec/execution/")?;
    let execution = *text.nodes.get(&format!("{stage}/spec/execution"))?;
    let entry = execution.entries().find(|entry| entry.name() == "rollbackSteps")?;
    let first = entry.value.items().next()?;
    let step = first.get("step").filter(|step| type_of(step).is_some())?;
    let (dash, inner) = (text.before(first)?, text.before(step)?);
    let indent = dash
        .strip_suffix("- ")
        .filter(|indent| indent.chars().all(|c| c == ' '))?;
    let is_block = inner.len() > dash.len() && inner.chars().all(|c| c == ' ');
    let behind = text.text.get(entry.key.span.end..)?;
    let at = text.line_after(entry.key.span.end + behind.find(':')? + 1)?;
    let lines = [
        format!("{indent}- step:"),
        format!("{inner}name: Canary Delete on Rollback"),
        format!("{inner}identifier: rollback_canary_delete"),
        format!("{inner}type: K8sCanaryDelete"),
        format!("{inner}timeout: 10m"),
        format!("{inner}spec: {{}}"),
    ];
    let end = text.line_end();
    is_block.then(|| Edit {
        span: at..at,
        put: lines.map(|line| line + end).concat(),
    })
}
