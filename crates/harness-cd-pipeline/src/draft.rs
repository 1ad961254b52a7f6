//! A document that is being written, and its text.

use harness_cd_template::expressions;
use harness_cd_yaml::scalar::{Resolved, double_quoted, escape_double, is_plain_in_block, is_printable};
use harness_cd_yaml::{Node, Value};

/// A part of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Draft {
    /// A string.
    Text(Vec<Piece>),
    /// A number, a boolean or nothing, as it is written.
    Word(String),
    List(Vec<Draft>),
    Map(Vec<(String, Draft)>),
}

/// A part of a string.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Piece {
    Literal(String),
    /// The name of a placeholder.
    Hole(String),
}

/// Whether a document's braces mean placeholders.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Template,
    Plain,
}

impl Draft {
    /// A document as it was read, without its comments.
    pub(crate) fn of(node: &Node) -> Self {
        match &node.value {
            Value::Sequence(items) => Self::List(items.iter().map(Self::of).collect()),
            Value::Mapping(entries) => {
                let entry = |entry: &harness_cd_yaml::Entry| (entry.name().to_owned(), Self::of(&entry.value));
                Self::Map(entries.iter().map(entry).collect())
            }
            Value::Scalar(scalar) => match scalar.resolve() {
                Resolved::String => Self::text(&scalar.text),
                _ if scalar.text.is_empty() => Self::Word("null".to_owned()),
                _ => Self::Word(scalar.text.clone()),
            },
        }
    }

    pub(crate) fn text(text: impl Into<String>) -> Self {
        Self::Text(vec![Piece::Literal(text.into())])
    }

    pub(crate) fn texts<S: Into<String>>(texts: impl IntoIterator<Item = S>) -> Self {
        Self::List(texts.into_iter().map(Self::text).collect())
    }

    pub(crate) fn map<'k>(entries: impl IntoIterator<Item = (&'k str, Self)>) -> Self {
        Self::Map(
            entries
                .into_iter()
                .map(|(key, value)| (key.to_owned(), value))
                .collect(),
        )
    }

    /// The text of the document.
    pub(crate) fn write(&self, kind: Kind) -> String {
        let mut text = match written(self, kind) {
            Written::Inline(text) => text,
            Written::Literal(header, lines) => [vec![header], indented(lines)].concat().join("\n"),
            Written::Block(lines) => lines.join("\n"),
        };
        text.push('\n');
        text
    }
}

/// How a part stands behind its key or dash.
enum Written {
    Inline(String),
    /// The header of a block scalar, and its lines.
    Literal(String, Vec<String>),
    Block(Vec<String>),
}

fn written(draft: &Draft, kind: Kind) -> Written {
    match draft {
        Draft::Text(pieces) => string(pieces, kind),
        Draft::Word(word) => Written::Inline(word.clone()),
        Draft::List(items) if items.is_empty() => Written::Inline("[]".to_owned()),
        Draft::Map(entries) if entries.is_empty() => Written::Inline("{}".to_owned()),
        Draft::List(items) => Written::Block(items.iter().flat_map(|item| list_item(item, kind)).collect()),
        Draft::Map(entries) => Written::Block(
            entries
                .iter()
                .flat_map(|(key, value)| map_entry(key, value, kind))
                .collect(),
        ),
    }
}

fn list_item(item: &Draft, kind: Kind) -> Vec<String> {
    match written(item, kind) {
        Written::Inline(text) => vec![format!("- {text}")],
        Written::Literal(header, lines) => [vec![format!("- {header}")], indented(lines)].concat(),
        Written::Block(lines) => {
            let mut lines = indented(lines);
            if let Some(first) = lines.first_mut() {
                *first = format!("- {}", first.trim_start());
            }
            lines
        }
    }
}

fn map_entry(key: &str, value: &Draft, kind: Kind) -> Vec<String> {
    let key = match is_plain_in_block(key) && !key.contains("{{") {
        true => key.to_owned(),
        false => double_quoted(key),
    };
    match written(value, kind) {
        Written::Inline(text) => vec![format!("{key}: {text}")],
        Written::Literal(header, lines) => [vec![format!("{key}: {header}")], indented(lines)].concat(),
        Written::Block(lines) => [vec![format!("{key}:")], indented(lines)].concat(),
    }
}

fn indented(lines: Vec<String>) -> Vec<String> {
    let indent = |line: String| if line.is_empty() { line } else { format!("  {line}") };
    lines.into_iter().map(indent).collect()
}

fn string(pieces: &[Piece], kind: Kind) -> Written {
    // What stands for a placeholder is a word, whatever it holds.
    let sample = joined(pieces, str::to_owned, |_| "x".to_owned());
    let hole = |name: &str| format!("{{{{{name}}}}}");
    let literal = |text: &str| match kind {
        Kind::Template => escaped_braces(text),
        Kind::Plain => text.to_owned(),
    };
    if is_plain_in_block(&sample) && !sample.contains("{{") {
        return Written::Inline(joined(pieces, str::to_owned, hole));
    }
    if sample.contains('\n') && fits_block(&sample) {
        let text = joined(pieces, literal, hole);
        let (header, text) = match text.strip_suffix('\n') {
            Some(text) => ("|", text),
            None => ("|-", text.as_str()),
        };
        return Written::Literal(header.to_owned(), text.split('\n').map(str::to_owned).collect());
    }
    let text = joined(pieces, |text| literal(&escape_double(text)), hole);
    Written::Inline(format!("\"{text}\""))
}

fn joined(pieces: &[Piece], literal: impl Fn(&str) -> String, hole: impl Fn(&str) -> String) -> String {
    let written = pieces.iter().map(|piece| match piece {
        Piece::Literal(text) => literal(text),
        Piece::Hole(name) => hole(name),
    });
    written.collect()
}

/// Whether a text of several lines may stand as it is below a header: at most one line break at its end, and no space
/// before its first letter.
fn fits_block(text: &str) -> bool {
    let is_clean = |line: &str| line.chars().all(|c| c == '\t' || is_printable(c));
    !text.starts_with([' ', '\t', '\n'])
        && !text.ends_with("\n\n")
        && text
            .split('\n')
            .all(|line| is_clean(line) && (line.is_empty() || !line.trim().is_empty()))
}

/// Two braces that would begin a placeholder, as a template writes them; within an expression nothing is read as one.
fn escaped_braces(text: &str) -> String {
    let spans = expressions(text);
    let mut escaped = String::with_capacity(text.len());
    let mut rest = text;
    let mut at = 0;
    while let Some(open) = rest.find("{{") {
        let (before, behind) = rest.split_at(open);
        escaped.push_str(before);
        at += open;
        let name = behind.trim_start_matches('{').trim_start();
        let begins_name = name.starts_with(|c: char| c.is_ascii_uppercase()) || behind.starts_with("{{\"");
        let is_inside = spans.iter().any(|span| span.contains(&at));
        escaped.push_str(if begins_name && !is_inside { "{{\"{{\"}}" } else { "{{" });
        rest = behind.get(2..).unwrap_or_default();
        at += 2;
    }
    escaped.push_str(rest);
    escaped
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use harness_cd_template::Template;
    use harness_cd_yaml::parse_text;

    use super::*;
    use crate::compare;

    fn round_trip(text: &str) -> String {
        let read = parse_text("a.yaml", text).unwrap().root;
        let draft = Draft::of(&read);
        let plain = draft.write(Kind::Plain);
        let again = parse_text("b.yaml", &plain).unwrap().root;
        assert_eq!(compare(&read, &again), [], "{plain}");
        let template = draft.write(Kind::Template);
        let rendered = Template::parse("t.yaml", &template).unwrap().render(&BTreeMap::new());
        let rendered = rendered.unwrap_or_else(|findings| panic!("{template}\n{findings:?}"));
        let again = parse_text("c.yaml", &rendered).unwrap().root;
        assert_eq!(compare(&read, &again), [], "{template}");
        plain
    }

    #[test]
    fn what_is_written_means_the_same() {
        round_trip("a: {b: [], c: {}, d: '', e: null, f: 1.50, g: \"1\", h: yes, \"x y\": [1, [2, {z: 3}]]}\n");
        round_trip("a: |\n  x\n    y\n\n  z\nb: |-\n  one\n  {{NAME}} <+a.b>\nc: \"  lead\\nx\"\nd: \"t\\n\\n\"\n");
        round_trip(
            "a: \"{{NAME}}\"\nb: 'x {{NAME}} <+f(\"{{NAME}}\")>'\nc: \"{{ .Values.x }}\"\nd: \"${{ secrets.A }}\"\n",
        );
        round_trip("- - a\n  - b\n- c: |\n    x\n    y\n");
    }

    #[test]
    fn lists_stand_below_their_keys() {
        let text = "a:\n  - b: 1\n    c:\n      - x\n  - |-\n    one\n    two\n";
        assert_eq!(round_trip(text), text);
    }
}
