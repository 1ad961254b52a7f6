//! The form of a text: a pattern in the dialect of JSON Schema, compared in a time that grows with the text alone.
//!
//! The engine knows no look-ahead. What the schemas look ahead for stands at the beginning, where it is a pattern of its
//! own, or keeps an expression from being an execution's input.

use std::sync::OnceLock;

use regex_lite::Regex;

pub(super) struct Pattern {
    pub(super) text: &'static str,
    parts: OnceLock<Option<Parts>>,
}

/// A pattern without look-ahead.
struct Parts {
    whole: Regex,
    /// What has to hold as well.
    with: Vec<Regex>,
    /// What may not hold.
    without: Vec<Regex>,
}

/// Not followed by this, an expression is one that is known before the step runs.
const NO_EXECUTION_INPUT: &str = r"(?!.*\.executionInput\(\))";
const EXECUTION_INPUT: &str = r"\.executionInput\(\)[^>]*$";

impl Pattern {
    pub(super) fn new(text: &'static str) -> Self {
        Self {
            text,
            parts: OnceLock::new(),
        }
    }

    /// Whether a text has the form; also where the pattern cannot be read.
    pub(super) fn holds(&self, text: &str) -> bool {
        let holds = |text| self.parts().is_none_or(|parts| parts.hold(text));
        // Java's `$` takes a last line break for the end.
        holds(text) || text.strip_suffix('\n').is_some_and(holds)
    }

    /// Whether nothing but an expression of Harness has the form.
    pub(super) fn is_expression(&self) -> bool {
        let starts = ["^<\\+", "(<\\+", "(^<\\+", "^(<\\+"];
        starts.iter().any(|start| self.text.starts_with(start))
    }

    fn parts(&self) -> Option<&Parts> {
        self.parts.get_or_init(|| Parts::of(self.text)).as_ref()
    }

    #[cfg(test)]
    pub(super) fn is_read(&self) -> bool {
        self.parts().is_some()
    }
}

impl Parts {
    fn of(pattern: &str) -> Option<Self> {
        let (mut with, mut without) = (Vec::new(), Vec::new());
        if pattern.contains(NO_EXECUTION_INPUT) {
            without.push(Regex::new(EXECUTION_INPUT).ok()?);
        }
        let pattern = pattern.replace(NO_EXECUTION_INPUT, "");
        let mut rest = pattern.as_str();
        while let Some((is_wanted, ahead, after)) = look_ahead(rest) {
            let part = Regex::new(&format!("^(?:{ahead})")).ok()?;
            if is_wanted { &mut with } else { &mut without }.push(part);
            rest = after;
        }
        let is_cut = rest.len() < pattern.len();
        let whole = if is_cut {
            format!("^(?:{rest})")
        } else {
            rest.to_owned()
        };
        Some(Self {
            whole: Regex::new(&whole).ok()?,
            with,
            without,
        })
    }

    fn hold(&self, text: &str) -> bool {
        self.whole.is_match(text)
            && self.with.iter().all(|part| part.is_match(text))
            && !self.without.iter().any(|part| part.is_match(text))
    }
}

/// The look-ahead with which a pattern begins: whether it is to hold, what it is, and the pattern after it.
fn look_ahead(pattern: &str) -> Option<(bool, &str, &str)> {
    let rest = pattern.strip_prefix('^').unwrap_or(pattern);
    let (is_wanted, inner) = match rest.strip_prefix("(?!") {
        Some(inner) => (false, inner),
        None => (true, rest.strip_prefix("(?=")?),
    };
    let (mut depth, mut is_escaped) = (1, false);
    for (at, c) in inner.char_indices() {
        match c {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Some((is_wanted, inner.get(..at)?, inner.get(at + 1..)?));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_looked_ahead_for_holds_or_does_not() {
        for (pattern, text, expected) in [
            (r"^(?=\s*\S).*$", "  a", true),
            (r"^(?=\s*\S).*$", "   ", false),
            (r"^(?!.*<\+).*$", "a", true),
            (r"^(?!.*<\+).*$", "a <+b>", false),
            (r"^(?!HARNESS_)(?!PATH$)[A-Z_]*$", "PATHS", true),
            (r"^(?!HARNESS_)(?!PATH$)[A-Z_]*$", "PATH", false),
            (r"^(?!HARNESS_)(?!PATH$)[A-Z_]*$", "HARNESS_A", false),
            (r"^((\d+[m])|(.*<\+.*>(?!.*\.executionInput\(\)).*)|(^$))$", "10m", true),
            (
                r"^((\d+[m])|(.*<\+.*>(?!.*\.executionInput\(\)).*)|(^$))$",
                "<+input>",
                true,
            ),
            (
                r"^((\d+[m])|(.*<\+.*>(?!.*\.executionInput\(\)).*)|(^$))$",
                "<+input>.executionInput()",
                false,
            ),
            ("^a$", "a\n", true),
        ] {
            assert_eq!(Pattern::new(pattern).holds(text), expected, "{pattern} {text}");
        }
    }
}
