//! Finding placeholders and expressions in a text.

use std::ops::Range;

use harness_cd_model::naming::Placeholder as BuiltIn;

use crate::Piece;

/// `{{NAME}}` or `{{"{{"}}`, and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Placeholder {
    pub(crate) content: Content,
    pub(crate) span: Range<usize>,
}

/// What a placeholder stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Content {
    /// The value of a name.
    Name(String),
    /// Two opening braces.
    Braces,
}

/// How two opening braces are written where they would begin a placeholder. As in Go templates.
const ESCAPED_BRACES: &str = "{{\"{{\"}}";

/// Every `{{NAME}}` and `{{"{{"}}` of a text, in order. `${{ … }}` is Harness's own and passed over, as is anything in
/// braces that is no name in capitals, such as Helm's `{{ .Values.image }}`.
pub(crate) fn placeholders(text: &str) -> Vec<Placeholder> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(open) = find_from(text, "{{", from) {
        if text.get(open..).is_some_and(|rest| rest.starts_with(ESCAPED_BRACES)) {
            from = open + ESCAPED_BRACES.len();
            found.push(Placeholder {
                content: Content::Braces,
                span: open..from,
            });
            continue;
        }
        let Some(close) = find_from(text, "}}", open + 2) else {
            break;
        };
        let inside = text.get(open + 2..close).unwrap_or_default();
        let is_harness = text.get(..open).is_some_and(|before| before.ends_with('$'));
        let name = inside.trim_matches(' ');
        if is_harness {
            from = close + 2;
        } else if is_name(name) {
            found.push(Placeholder {
                content: Content::Name(name.to_owned()),
                span: open..close + 2,
            });
            from = close + 2;
        } else {
            from = open + 1;
        }
    }
    found
}

/// What was meant as a placeholder and is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Misspelt {
    pub(crate) span: Range<usize>,
    /// The name that is meant.
    pub(crate) meant: String,
}

/// Names with too few or too many braces around them: `{{NAME}`, `{{NAME` and `{{{NAME}}}`; of the product's own names
/// `{NAME}}` and those in small letters as well, which are nobody else's. Behind a placeholder other braces may close,
/// as in JSON, and in a comment anything may stand.
pub(crate) fn misspelt(text: &str) -> Vec<Misspelt> {
    let is_own = |name: &str| BuiltIn::parse(name).is_some();
    let mut found = misspelt_among(text, is_own);
    found.retain(|found| {
        let written = text.get(found.span.clone()).unwrap_or_default();
        // One brace on each side is somebody else's.
        (written.starts_with("{{") || written.ends_with("}}")) && !is_in_comment(text, found.span.start)
    });
    found
}

/// The same in a value of a description, where these names stand for something: each as it is written, and as it is meant.
/// There `{NAME}` is none of somebody else's either.
#[must_use]
pub fn misspelt_in_value<'t>(text: &'t str, known: &[&str]) -> Vec<(&'t str, String)> {
    let found = misspelt_among(text, |name| known.contains(&name)).into_iter();
    found
        .filter_map(|found| Some((text.get(found.span)?, found.meant)))
        .collect()
}

fn misspelt_among(text: &str, is_own: impl Fn(&str) -> bool) -> Vec<Misspelt> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(open) = find_from(text, "{", from) {
        let rest = text.get(open..).unwrap_or_default();
        let inside = rest.trim_start_matches('{');
        let opening = rest.len() - inside.len();
        let name_end = inside
            .find(|c: char| !c.is_ascii_alphanumeric() && !"_- ".contains(c))
            .unwrap_or(inside.len());
        let (written, behind) = inside.split_at_checked(name_end).unwrap_or_default();
        let closing = behind.len() - behind.trim_start_matches('}').len();
        let name = written.trim_matches(' ');
        // Where it is not closed, what follows on its text is no part of it.
        let head = name.split(|c| !is_of_name(c)).next().unwrap_or_default();
        let head = head.trim_end_matches('_');
        let is_followed = opening == 2 && closing == 0 && (is_own(head) || behind.starts_with("{{"));
        let name = if is_followed { head } else { name };
        let indent = written.len() - written.trim_start_matches(' ').len();
        let end = open + opening + indent + name.len();
        let meant = name.to_ascii_uppercase().replace('-', "_");
        let is_own = is_own(&meant);
        let is_wrong = match (opening, closing) {
            (1, 1) => is_own && name == meant,
            (1, 2) => is_own,
            (2, 2) => is_own && name != meant,
            (2, 0) => !behind.lines().next().unwrap_or_default().contains("}}") || behind.starts_with("{{"),
            (2, 1) => true,
            (3, closing) => closing >= 3,
            _ => false,
        };
        let is_harness = text.get(..open).is_some_and(|before| before.ends_with('$'));
        from = end;
        if is_wrong && !is_harness && (is_own || is_name(name)) {
            let end = match closing {
                0 => end,
                _ => open + opening + name_end + closing.min(opening.max(2)),
            };
            found.push(Misspelt { span: open..end, meant });
        }
    }
    found
}

/// As far as a line tells.
fn is_in_comment(text: &str, at: usize) -> bool {
    let before = text.get(..at).unwrap_or_default();
    let line = before.rsplit(['\n', '\r']).next().unwrap_or_default();
    line.trim_start().starts_with('#') || line.contains(" #")
}

fn find_from(text: &str, what: &str, from: usize) -> Option<usize> {
    text.get(from..)?.find(what).map(|at| from + at)
}

fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_uppercase()) && text.chars().all(is_of_name)
}

fn is_of_name(c: char) -> bool {
    c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_'
}

/// The spans of Harness's expressions `<+…>`: brackets nest, and a string may hold brackets. What is never closed is
/// no expression.
#[must_use]
pub fn expressions(text: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(open) = find_from(text, "<+", from) {
        let rest = text.get(open..).unwrap_or_default();
        match expression_length(rest, &QUOTES).or_else(|| expression_length(rest, &[])) {
            Some(length) => {
                found.push(open..open + length);
                from = open + length;
            }
            None => from = open + 2,
        }
    }
    found
}

/// What a string stands in.
const QUOTES: [u8; 2] = [b'"', b'\''];

/// The length of the expression a text starts with. An apostrophe may stand alone in one, so a reading in which
/// strings hide brackets can fail where the plain one does not.
fn expression_length(text: &str, quotes: &[u8]) -> Option<usize> {
    let mut depth = 0_usize;
    let mut quote = None;
    let mut bytes = text.bytes().enumerate().peekable();
    while let Some((at, byte)) = bytes.next() {
        match (quote, byte) {
            (Some(_), b'\\') => _ = bytes.next(),
            (Some(open), _) if open == byte => quote = None,
            (Some(_), _) => {}
            (None, _) if quotes.contains(&byte) => quote = Some(byte),
            (None, b'<') if bytes.peek().is_some_and(|(_, next)| *next == b'+') => depth += 1,
            (None, b'>') => {
                depth -= 1;
                if depth == 0 {
                    return Some(at + 1);
                }
            }
            (None, _) => {}
        }
    }
    None
}

/// A letter that never stands twice in a row in the text, to mark where a placeholder stood.
pub(crate) fn mark_for(text: &str) -> char {
    let doubled = |letter: &char| text.contains(&format!("{letter}{letter}"));
    ('A'..='Z')
        .rev()
        .chain('a'..='z')
        .find(|letter| !doubled(letter))
        .unwrap_or('Z')
}

/// The text with a word in place of every placeholder: the same length, and a plain string wherever it stands.
pub(crate) fn with_stand_ins(text: &str, placeholders: &[Placeholder], mark: char) -> String {
    let mut result = String::with_capacity(text.len());
    let mut from = 0;
    for placeholder in placeholders {
        result.push_str(text.get(from..placeholder.span.start).unwrap_or_default());
        result.push_str(&stand_in(placeholder, mark));
        from = placeholder.span.end;
    }
    result.push_str(text.get(from..).unwrap_or_default());
    result
}

fn stand_in(placeholder: &Placeholder, mark: char) -> String {
    let name = match &placeholder.content {
        Content::Name(name) => name.as_str(),
        Content::Braces => "",
    };
    let marks = placeholder.span.len().saturating_sub(name.len());
    let side = |count: usize| mark.to_string().repeat(count);
    format!("{}{name}{}", side(marks / 2), side(marks - marks / 2))
}

/// A scalar taken apart, as it is written and as it reads.
pub(crate) struct Split {
    pub(crate) written: Vec<Piece>,
    pub(crate) text: Vec<Piece>,
    /// The scalar's text with every placeholder as it is written.
    pub(crate) restored: String,
}

/// Takes a scalar apart at its placeholders; those for which `piece_of` has nothing stay part of the text around them.
pub(crate) fn split(
    source: &str,
    span: &Range<usize>,
    scalar_text: &str,
    inside: &[Placeholder],
    mark: char,
    mut piece_of: impl FnMut(&Placeholder) -> Option<Piece>,
) -> Split {
    let (mut written, mut text, mut restored) = (Vec::new(), Vec::new(), String::new());
    let (mut from, mut rest, mut literal) = (span.start, scalar_text, String::new());
    for placeholder in inside {
        // The words stand in the scalar's text in the order of the source.
        let Some((before, after)) = rest.split_once(&stand_in(placeholder, mark)) else {
            continue;
        };
        let as_written = source.get(placeholder.span.clone()).unwrap_or_default();
        rest = after;
        literal.push_str(before);
        restored.push_str(before);
        restored.push_str(as_written);
        let Some(piece) = piece_of(placeholder) else {
            literal.push_str(as_written);
            continue;
        };
        push_literal(&mut text, &std::mem::take(&mut literal));
        push_literal(
            &mut written,
            source.get(from..placeholder.span.start).unwrap_or_default(),
        );
        text.push(piece.clone());
        written.push(piece);
        from = placeholder.span.end;
    }
    literal.push_str(rest);
    restored.push_str(rest);
    push_literal(&mut text, &literal);
    push_literal(&mut written, source.get(from..span.end).unwrap_or_default());
    Split {
        written,
        text,
        restored,
    }
}

fn push_literal(pieces: &mut Vec<Piece>, text: &str) {
    if !text.is_empty() {
        pieces.push(Piece::Literal(text.to_owned()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_in_capitals_are_placeholders() {
        let names = |text: &str| {
            placeholders(text)
                .into_iter()
                .map(|found| match found.content {
                    Content::Name(name) => name,
                    Content::Braces => "braces".to_owned(),
                })
                .collect::<Vec<_>>()
        };
        assert_eq!(
            names("{{A}} {{ B_2 }} {{.Values.x}} {{ c }} ${{ D }} {{{E}}} {{F"),
            ["A", "B_2", "E"]
        );
        assert_eq!(names("${{ a {{X}} }}"), [""; 0]);
        assert_eq!(names("{{\"{{\"}}A}} {{\"{{\"}}{{B}}"), ["braces", "braces", "B"]);
    }

    #[test]
    fn what_was_meant_as_a_placeholder_is_told() {
        let found = |text: &'static str| {
            let found = misspelt(text).into_iter();
            found.filter_map(|found| text.get(found.span)).collect::<Vec<_>>()
        };
        for wrong in [
            "{{A}",
            "{{ A }",
            "{{A",
            "{{{A}}}",
            "{{{ A_1 }}}",
            "{TEAM}}",
            "{{service_name}}",
            "{{ Service-Name }}",
        ] {
            assert_eq!(found(wrong), [wrong]);
        }
        assert_eq!(found("a {{B} c {{D}} {{{E}}} f"), ["{{B}", "{{{E}}}"]);
        for good in [
            "{{A}}",
            "{\"a\": {{A}}}",
            "{\"a\": {\"b\": {{A}}}}",
            "{{{A}}: 1}",
            "${{A}",
            "${{ A }}",
            "{{ .A }",
            "{{ A | upper }}",
            "{{\"{{\"}}A}",
            "${A}}",
            "{{ a }",
            "{{a}}",
            "{A}}",
            "${TEAM}}",
            "{team}",
            "# {{A}",
            "a # {{A}",
        ] {
            assert_eq!(found(good), [""; 0], "{good}");
        }
    }

    #[test]
    fn in_a_value_of_a_description_single_braces_are_misspelt_as_well() {
        let found = |text: &str| {
            let found = misspelt_in_value(text, &["ENVIRONMENT", "REGION"]).into_iter();
            found
                .map(|(written, meant)| (written.to_owned(), meant))
                .collect::<Vec<_>>()
        };
        for wrong in [
            "{{ENVIRONMENT}",
            "{ENVIRONMENT}}",
            "{ENVIRONMENT}",
            "{{ENVIRONMENT",
            "{{{ENVIRONMENT}}}",
            "{{environment}}",
        ] {
            for text in [
                wrong.to_owned(),
                format!("a-{wrong}-{{{{REGION}}}}"),
                format!("{{{{REGION}}}}-{wrong}"),
            ] {
                assert_eq!(found(&text), [(wrong.to_owned(), "ENVIRONMENT".to_owned())], "{text}");
            }
        }
        for good in [
            "{{ENVIRONMENT}}-{{REGION}}",
            "{OTHER}",
            "{env:{{ENVIRONMENT}}}",
            "x{a={{REGION}}}",
            "${REGION}",
            "a # b",
        ] {
            assert_eq!(found(good), [], "{good}");
        }
    }

    #[test]
    fn expressions_end_where_they_should() {
        for (text, first) in [
            ("a <+b> c", "<+b>"),
            ("<+a.<+b>.c> d", "<+a.<+b>.c>"),
            ("<+a == \"x>y\"> z", "<+a == \"x>y\">"),
            ("<+it's> z", "<+it's>"),
            ("<+a \"\\\">\"> z", "<+a \"\\\">\">"),
        ] {
            assert_eq!(text.get(expressions(text)[0].clone()), Some(first));
        }
        assert!(expressions("<+never closed").is_empty());
    }
}
