//! Text to text: placeholders replaced inside YAML scalars, Harness expressions untouched byte for byte.
//!
//! A template is YAML in which `{{NAME}}` may stand wherever a scalar may, with or without quotes. Rendering writes
//! scalars, never text: a value can change neither the structure around it nor the type of the scalar it stands in,
//! which stays a string. Comments, layout, `<+…>` and `${{ … }}` pass as they are.
//!
//! ```
//! use std::collections::BTreeMap;
//! let template = harness_cd_template::Template::parse("t.yaml", "name: {{SERVICE_NAME}} # who\n").unwrap();
//! let values = BTreeMap::from([("SERVICE_NAME".to_owned(), "yes".to_owned())]);
//! assert_eq!(template.render(&values).unwrap(), "name: \"yes\" # who\n");
//! ```

mod scan;
mod write;

use std::collections::BTreeMap;
use std::ops::Range;

use harness_cd_model::{Diagnostic, Severity};
use harness_cd_yaml::{Lines, Node, ScalarStyle, Value, nearest, parse_text};

use crate::scan::Placeholder;

/// Values by placeholder name.
pub type Values = BTreeMap<String, String>;

/// A template that has been read: its text and the scalars in which placeholders stand.
#[derive(Clone, Debug)]
pub struct Template {
    file: String,
    text: String,
    lines: Lines,
    slots: Vec<Slot>,
}

/// A scalar with at least one placeholder.
#[derive(Clone, Debug)]
struct Slot {
    /// Where the scalar stands in the template.
    span: Range<usize>,
    pointer: String,
    style: ScalarStyle,
    /// Inside `[…]` or `{…}`, where commas and brackets end a plain scalar.
    in_flow: bool,
    is_key: bool,
    /// The scalar as it is written, placeholder by placeholder.
    written: Vec<Piece>,
    /// The scalar's text, placeholder by placeholder.
    text: Vec<Piece>,
}

/// A part of a scalar.
#[derive(Clone, Debug)]
enum Piece {
    Literal(String),
    Placeholder(Placeholder),
}

impl Template {
    /// Reads a template.
    ///
    /// # Errors
    /// The findings of [`harness_cd_yaml::parse_text`], with positions in the template.
    pub fn parse(file: &str, text: &str) -> Result<Self, Vec<Diagnostic>> {
        let placeholders = scan::placeholders(text);
        let mark = scan::mark_for(text);
        // Of the same length as what it stands for, so that every position is one of the template's own.
        let stand_in = scan::with_stand_ins(text, &placeholders, mark);
        let document = parse_text(file, &stand_in)?;
        let mut collector = Collector {
            text,
            mark,
            placeholders: &placeholders,
            slots: Vec::new(),
        };
        collector.node(&document.root, "", false);
        let slots = collector.slots;
        Ok(Self {
            file: file.to_owned(),
            text: text.to_owned(),
            lines: Lines::new(text),
            slots,
        })
    }

    /// The file as the reader named it.
    #[must_use]
    pub fn file(&self) -> &str {
        &self.file
    }

    /// Replaces every placeholder.
    ///
    /// # Errors
    /// `HCD0201` a placeholder without a value, each where it stands and with the nearest name that has one; or the
    /// findings of [`harness_cd_yaml::parse_text`] where values made two keys equal or a key too long.
    pub fn render(&self, values: &Values) -> Result<String, Vec<Diagnostic>> {
        let unbound = self.unbound(values);
        if !unbound.is_empty() {
            return Err(unbound);
        }
        let mut rendered = String::with_capacity(self.text.len());
        let mut from = 0;
        for slot in &self.slots {
            rendered.push_str(self.text.get(from..slot.span.start).unwrap_or_default());
            rendered.push_str(&write::scalar(slot, values));
            from = slot.span.end;
        }
        rendered.push_str(self.text.get(from..).unwrap_or_default());
        if self.slots.iter().any(|slot| slot.is_key) {
            parse_text(&self.file, &rendered)?;
        }
        Ok(rendered)
    }

    fn unbound(&self, values: &Values) -> Vec<Diagnostic> {
        let placeholders = self
            .slots
            .iter()
            .flat_map(|slot| slot.placeholders().map(move |found| (slot, found)));
        placeholders
            .filter(|(_, placeholder)| !values.contains_key(&placeholder.name))
            .map(|(slot, placeholder)| {
                let hint = match nearest(&placeholder.name, values.keys().map(String::as_str)) {
                    Some(near) => format!("did you mean `{{{{{near}}}}}`?"),
                    None => format!("known: {}", values.keys().cloned().collect::<Vec<_>>().join(", ")),
                };
                Diagnostic {
                    code: "HCD0201".to_owned(),
                    severity: Severity::Error,
                    message: format!("the placeholder `{{{{{}}}}}` has no value", placeholder.name),
                    file: self.file.clone(),
                    pointer: slot.pointer.clone(),
                    range: self.lines.range(&placeholder.span),
                    hint: Some(hint),
                }
            })
            .collect()
    }
}

impl Slot {
    fn placeholders(&self) -> impl Iterator<Item = &Placeholder> {
        self.written.iter().filter_map(|piece| match piece {
            Piece::Placeholder(placeholder) => Some(placeholder),
            Piece::Literal(_) => None,
        })
    }
}

/// Finds the scalars in which placeholders stand, in the order of the text.
struct Collector<'t> {
    text: &'t str,
    mark: char,
    /// Those not yet met.
    placeholders: &'t [Placeholder],
    slots: Vec<Slot>,
}

impl Collector<'_> {
    fn node(&mut self, node: &Node, pointer: &str, in_flow: bool) {
        let opens_flow = matches!(self.text.as_bytes().get(node.span.start), Some(b'[' | b'{'));
        let child = |key: &str| harness_cd_yaml::child_pointer(pointer, key);
        match &node.value {
            Value::Scalar(_) => self.scalar(node, pointer, in_flow, false),
            Value::Sequence(items) => {
                for (index, item) in items.iter().enumerate() {
                    self.node(item, &child(&index.to_string()), in_flow || opens_flow);
                }
            }
            Value::Mapping(entries) => {
                for entry in entries {
                    let pointer = child(entry.name());
                    self.scalar(&entry.key, &pointer, in_flow || opens_flow, true);
                    self.node(&entry.value, &pointer, in_flow || opens_flow);
                }
            }
        }
    }

    fn scalar(&mut self, node: &Node, pointer: &str, in_flow: bool, is_key: bool) {
        let Value::Scalar(scalar) = &node.value else { return };
        let written = self.text.get(node.span.clone()).unwrap_or_default();
        let expressions = scan::expressions(written);
        let inside: Vec<Placeholder> = self
            .placeholders
            .iter()
            .skip_while(|found| found.span.start < node.span.start)
            .take_while(|found| found.span.end <= node.span.end)
            .cloned()
            .collect();
        let Some(last) = inside.last() else { return };
        let passed = self
            .placeholders
            .partition_point(|found| found.span.end <= last.span.end);
        self.placeholders = self.placeholders.get(passed..).unwrap_or_default();

        let in_expression = |found: &Placeholder| {
            let start = found.span.start - node.span.start;
            expressions.iter().any(|expression| expression.contains(&start))
        };
        let split = scan::split(self.text, &node.span, &scalar.text, &inside, self.mark, in_expression);
        if split.written.iter().any(|piece| matches!(piece, Piece::Placeholder(_))) {
            self.slots.push(Slot {
                span: node.span.clone(),
                pointer: pointer.to_owned(),
                style: scalar.style,
                in_flow,
                is_key,
                written: split.written,
                text: split.text,
            });
        }
    }
}
