//! Text to text: placeholders replaced inside YAML scalars, Harness expressions untouched byte for byte.
//!
//! A template is YAML in which `{{NAME}}` may stand wherever a scalar may, with or without quotes. Rendering writes
//! scalars, never text: a value can change neither the structure around it nor the type of the scalar it stands in,
//! which stays a string. Comments, layout, `<+…>` and `${{ … }}` pass as they are, and so do the braces of other
//! languages, such as `{{ .Values.image }}`. Where those would read as a placeholder, `{{"{{"}}` writes two braces:
//! `{{"{{"}}IMAGE}}` renders to `{{IMAGE}}`.
//!
//! What can be proven of a scalar for every ordinary value is proven once, when the template is read, so that
//! rendering it for a thousand services is little more than copying.
//!
//! ```
//! use std::collections::BTreeMap;
//! let template = harness_cd_template::Template::parse("t.yaml", "name: {{SERVICE_NAME}} # who\n").unwrap();
//! let values = BTreeMap::from([("SERVICE_NAME".to_owned(), "yes".to_owned())]);
//! assert_eq!(template.render(&values).unwrap(), "name: \"yes\" # who\n");
//! ```

mod proof;
mod scan;
mod write;

use std::collections::BTreeMap;
use std::ops::Range;

use harness_cd_model::words::nearest;
use harness_cd_model::{Diagnostic, codes};
use harness_cd_yaml::scalar::{is_plain_in_block, is_plain_string};
use harness_cd_yaml::{Document, Lines, Node, ScalarStyle, Value, parse_text};

use crate::proof::{Proof, Word};
use crate::scan::{Content, Misspelt, Placeholder};
pub use crate::scan::{expressions, misspelt_in_value};

/// Values by placeholder name.
pub type Values = BTreeMap<String, String>;

/// A template that has been read: its text, its tree and the scalars in which placeholders stand.
#[derive(Clone, Debug)]
pub struct Template {
    text: String,
    lines: Lines,
    /// The tree at the template's own positions, placeholders as they are written.
    document: Document,
    /// The names of the placeholders in the slots; a [`Piece::Value`] is a place in this list.
    names: Vec<String>,
    /// In the order of the text.
    slots: Vec<Slot>,
}

/// A scalar with at least one placeholder.
#[derive(Clone, Debug)]
struct Slot {
    /// Where the scalar stands in the template.
    span: Range<usize>,
    pointer: String,
    style: ScalarStyle,
    around: Around,
    role: Role,
    /// The scalar as it is written, placeholder by placeholder.
    written: Vec<Piece>,
    /// The scalar's text, placeholder by placeholder.
    text: Vec<Piece>,
    /// `None` where each filling has to be looked at.
    proof: Option<Proof>,
}

/// What a scalar stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Around {
    /// Lines, parted by their indentation.
    Block,
    /// `[…]` or `{…}`, where commas and brackets end a plain scalar.
    Flow,
}

impl Around {
    /// Whether a text may stand here without quotes and is a string then.
    fn is_plain(self, text: &str) -> bool {
        match self {
            Self::Block => is_plain_in_block(text),
            Self::Flow => is_plain_string(text),
        }
    }
}

/// What a scalar is to the mapping or list that holds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    Key,
    Value,
}

/// A part of a scalar.
#[derive(Clone, Debug)]
enum Piece {
    Literal(String),
    /// The value of a placeholder: which name, and where the placeholder stands.
    Value {
        name: usize,
        span: Range<usize>,
    },
    /// Two opening braces that were written as `{{"{{"}}`.
    Braces,
}

const BRACES: &str = "{{";

impl Template {
    /// Reads a template.
    ///
    /// # Errors
    /// The findings of [`harness_cd_yaml::parse_text`], with positions in the template; `HCD0202` what was meant as a
    /// placeholder and is none.
    pub fn parse(file: &str, text: &str) -> Result<Self, Vec<Diagnostic>> {
        let lines = Lines::new(text);
        refuse_misspelt(file, text, &lines)?;
        let placeholders = scan::placeholders(text);
        let mark = scan::mark_for(text);
        // Of the same length as what it stands for, so that every position is one of the template's own.
        let stand_in = scan::with_stand_ins(text, &placeholders, mark);
        let mut document = parse_text(file, &stand_in)?;
        let mut collector = Collector {
            text,
            mark,
            placeholders: &placeholders,
            names: Vec::new(),
            slots: Vec::new(),
        };
        collector.node(&mut document.root, "", Around::Block);
        let Collector { names, slots, .. } = collector;
        Ok(Self {
            text: text.to_owned(),
            lines,
            document,
            names,
            slots,
        })
    }

    /// The file as the reader named it.
    #[must_use]
    pub fn file(&self) -> &str {
        &self.document.file
    }

    /// The text, as it was read.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The names of the placeholders that need a value, each once.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.names.iter().map(String::as_str)
    }

    /// Replaces every placeholder.
    ///
    /// # Errors
    /// `HCD0201` a placeholder without a value, each where it stands and with the nearest name that has one; or the
    /// findings of [`harness_cd_yaml::parse_text`] where values made two keys equal or a key too long.
    pub fn render(&self, values: &Values) -> Result<String, Vec<Diagnostic>> {
        self.render_with(values, |_| None)
    }

    /// The same, with advice of its own for some placeholder without a value.
    ///
    /// # Errors
    /// As [`Self::render`].
    pub fn render_with(
        &self,
        values: &Values,
        advice: impl Fn(&str) -> Option<String>,
    ) -> Result<String, Vec<Diagnostic>> {
        let Some(words) = self.words(|name| values.get(name).map(String::as_str)) else {
            return Err(self.unbound(values, advice));
        };
        let mut rendered = String::with_capacity(self.text.len() + self.text.len() / 8);
        let mut from = 0;
        for slot in &self.slots {
            rendered.push_str(self.text.get(from..slot.span.start).unwrap_or_default());
            write::scalar(slot, &words, &mut rendered);
            from = slot.span.end;
        }
        rendered.push_str(self.text.get(from..).unwrap_or_default());
        if self.slots.iter().any(|slot| slot.role == Role::Key) {
            parse_text(self.file(), &rendered)?;
        }
        Ok(rendered)
    }

    /// The tree of the template at the template's own positions, with a sample in place of every placeholder; one
    /// for which `sample_of` has none stays as it is written. For whoever judges a template without rendering it.
    #[must_use]
    pub fn sample(&self, sample_of: impl Fn(&str) -> Option<String>) -> Document {
        let samples: Vec<String> = self
            .names
            .iter()
            .map(|name| sample_of(name).unwrap_or_else(|| format!("{{{{{name}}}}}")))
            .collect();
        let words: Vec<Word<'_>> = samples.iter().map(|sample| Word::new(sample)).collect();
        let mut document = self.document.clone();
        fill(&mut document.root, &mut self.slots.iter().peekable(), &words);
        document
    }

    /// The values in the order of `names`; `None` if one is missing.
    fn words<'v>(&self, value_of: impl Fn(&str) -> Option<&'v str>) -> Option<Vec<Word<'v>>> {
        self.names.iter().map(|name| Some(Word::new(value_of(name)?))).collect()
    }

    fn unbound(&self, values: &Values, advice: impl Fn(&str) -> Option<String>) -> Vec<Diagnostic> {
        let pieces = self
            .slots
            .iter()
            .flat_map(|slot| slot.written.iter().map(move |piece| (slot, piece)));
        pieces
            .filter_map(|(slot, piece)| {
                let Piece::Value { name, span } = piece else {
                    return None;
                };
                let name = self.names.get(*name).filter(|name| !values.contains_key(*name))?;
                let usual = || match nearest(name, values.keys().map(String::as_str)) {
                    Some(near) => format!("did you mean `{{{{{near}}}}}`?"),
                    None => format!("known: {}", values.keys().cloned().collect::<Vec<_>>().join(", ")),
                };
                let hint = advice(name).unwrap_or_else(usual);
                let message = format!("the placeholder `{{{{{name}}}}}` has no value");
                let range = self.lines.range(span);
                Some(codes::UNBOUND_PLACEHOLDER.finding(self.file(), &slot.pointer, range, message, hint))
            })
            .collect()
    }
}

/// Before a text is read as YAML, which it may be none of for a brace that is missing.
fn refuse_misspelt(file: &str, text: &str, lines: &Lines) -> Result<(), Vec<Diagnostic>> {
    let finding = |Misspelt { span, meant }: Misspelt| {
        let written = text.get(span.clone()).unwrap_or_default();
        let message = format!("`{written}` is no placeholder: it has capitals, and two braces on each side");
        let hint =
            format!("write `{{{{{meant}}}}}`; where braces are meant, write the first two as `{{{{\"{{{{\"}}}}`");
        codes::MISSPELT_PLACEHOLDER.finding(file, "", lines.range(&span), message, hint)
    };
    let findings: Vec<Diagnostic> = scan::misspelt(text).into_iter().map(finding).collect();
    if findings.is_empty() { Ok(()) } else { Err(findings) }
}

/// Puts samples into the scalars of a tree; the slots come in the order in which the tree is walked.
fn fill<'s>(node: &mut Node, slots: &mut std::iter::Peekable<impl Iterator<Item = &'s Slot>>, words: &[Word<'_>]) {
    match &mut node.value {
        Value::Scalar(scalar) => {
            if let Some(slot) = slots.next_if(|slot| slot.span == node.span) {
                scalar.text = write::join(&slot.text, words, str::to_owned);
                // A filled scalar is a string, whatever its text looks like.
                if scalar.style == ScalarStyle::Plain {
                    scalar.style = ScalarStyle::DoubleQuoted;
                }
            }
        }
        Value::Sequence(items) => items.iter_mut().for_each(|item| fill(item, slots, words)),
        Value::Mapping(entries) => {
            for entry in entries {
                fill(&mut entry.key, slots, words);
                fill(&mut entry.value, slots, words);
            }
        }
    }
}

/// Finds the scalars in which placeholders stand, in the order of the text, and takes the stand-ins out of the tree.
struct Collector<'t> {
    text: &'t str,
    mark: char,
    /// Those not yet met.
    placeholders: &'t [Placeholder],
    names: Vec<String>,
    slots: Vec<Slot>,
}

impl Collector<'_> {
    fn node(&mut self, node: &mut Node, pointer: &str, around: Around) {
        let inside = match self.text.as_bytes().get(node.span.start) {
            Some(b'[' | b'{') => Around::Flow,
            _ => around,
        };
        let child = |key: &str| harness_cd_yaml::child_pointer(pointer, key);
        match &mut node.value {
            Value::Scalar(_) => self.scalar(node, pointer, around, Role::Value),
            Value::Sequence(items) => {
                for (index, item) in items.iter_mut().enumerate() {
                    self.node(item, &child(&index.to_string()), inside);
                }
            }
            Value::Mapping(entries) => {
                for entry in entries {
                    self.scalar(&mut entry.key, pointer, inside, Role::Key);
                    let pointer = child(entry.name());
                    self.node(&mut entry.value, &pointer, inside);
                }
            }
        }
    }

    fn scalar(&mut self, node: &mut Node, pointer: &str, around: Around, role: Role) {
        let Value::Scalar(scalar) = &mut node.value else { return };
        let inside = self.take_inside(&node.span);
        if inside.is_empty() {
            return;
        }
        let written = self.text.get(node.span.clone()).unwrap_or_default();
        let expressions = scan::expressions(written);
        let in_expression = |found: &Placeholder| {
            let start = found.span.start - node.span.start;
            expressions.iter().any(|expression| expression.contains(&start))
        };
        let names = &mut self.names;
        let piece_of = |found: &Placeholder| match &found.content {
            _ if in_expression(found) => None,
            Content::Braces => Some(Piece::Braces),
            Content::Name(name) => Some(Piece::Value {
                name: place_of(names, name),
                span: found.span.clone(),
            }),
        };
        let split = scan::split(self.text, &node.span, &scalar.text, &inside, self.mark, piece_of);
        scalar.text = split.restored;
        if split.written.iter().any(|piece| !matches!(piece, Piece::Literal(_))) {
            let (style, span) = (scalar.style, node.span.clone());
            self.slots.push(Slot {
                proof: proof::prove(style, around, &split.written),
                span,
                pointer: match role {
                    Role::Key => harness_cd_yaml::child_pointer(pointer, &scalar.text),
                    Role::Value => pointer.to_owned(),
                },
                style,
                around,
                role,
                written: split.written,
                text: split.text,
            });
        }
    }

    /// The placeholders of a scalar; those before it stand in comments.
    fn take_inside(&mut self, span: &Range<usize>) -> Vec<Placeholder> {
        let before = self.placeholders.partition_point(|found| found.span.start < span.start);
        let rest = self.placeholders.get(before..).unwrap_or_default();
        let (inside, behind) = rest.split_at(rest.partition_point(|found| found.span.end <= span.end));
        if !inside.is_empty() {
            self.placeholders = behind;
        }
        inside.to_vec()
    }
}

/// The place of a name in a list, to which it is added if it is new.
fn place_of(names: &mut Vec<String>, name: &str) -> usize {
    names.iter().position(|known| known == name).unwrap_or_else(|| {
        names.push(name.to_owned());
        names.len() - 1
    })
}
