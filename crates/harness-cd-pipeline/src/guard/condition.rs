//! Conditions of stages and steps, as far as they can be decided without a run: comparisons of what stays the same
//! while a pipeline runs, and `&&`, `||`, `!`. Whatever else stands in one leaves it undecided.

use std::collections::BTreeMap;

/// What is known of a run: the name in `<+name>`, and its value.
pub(super) type Facts<'f> = BTreeMap<&'f str, &'f str>;

/// A condition that has been read.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Condition {
    /// A text, or what a `<+name>` in it stands for.
    Text(Vec<Piece>),
    List(Vec<Condition>),
    Not(Box<Condition>),
    All(Vec<Condition>),
    Any(Vec<Condition>),
    Same(Box<Condition>, Box<Condition>),
    /// `=~`: one of a list, or a pattern of words alone.
    Within(Box<Condition>, Box<Condition>),
    Call(Box<Condition>, Method, Box<Condition>),
    /// What is not read here.
    Unreadable,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Piece {
    Literal(String),
    Name(String),
}

/// The methods of Java's strings that are known here.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Method {
    Contains,
    StartsWith,
    EndsWith,
    Equals,
}

impl Method {
    fn of(name: &str) -> Option<Self> {
        match name {
            "contains" => Some(Self::Contains),
            "startsWith" => Some(Self::StartsWith),
            "endsWith" => Some(Self::EndsWith),
            "equals" => Some(Self::Equals),
            _ => None,
        }
    }
}

impl Condition {
    /// Reads a condition; what cannot be read is undecided, whatever is known.
    pub(super) fn read(text: &str) -> Self {
        let mut parser = Parser { rest: text, depth: 0 };
        let read = parser.any().filter(|_| parser.at_end());
        read.unwrap_or(Self::Unreadable)
    }

    /// Whether it holds; `None` where that cannot be told.
    pub(super) fn holds(&self, facts: &Facts<'_>) -> Option<bool> {
        match self {
            Self::Unreadable | Self::List(_) => None,
            Self::Text(_) => truth(&self.text(facts)?),
            Self::Not(inner) => inner.holds(facts).map(|holds| !holds),
            Self::All(parts) => decide(parts, facts, false),
            Self::Any(parts) => decide(parts, facts, true),
            Self::Same(left, right) => Some(left.text(facts)? == right.text(facts)?),
            Self::Within(value, among) => within(&value.text(facts)?, among, facts),
            Self::Call(value, method, argument) => {
                let (value, argument) = (value.text(facts)?, argument.text(facts)?);
                Some(match method {
                    Method::Contains => value.contains(&argument),
                    Method::StartsWith => value.starts_with(&argument),
                    Method::EndsWith => value.ends_with(&argument),
                    Method::Equals => value == argument,
                })
            }
        }
    }

    /// What it says as a text.
    pub(super) fn text(&self, facts: &Facts<'_>) -> Option<String> {
        let Self::Text(pieces) = self else {
            return self.holds(facts).map(|holds| holds.to_string());
        };
        let of_piece = |piece: &Piece| match piece {
            Piece::Literal(text) => Some(text.clone()),
            Piece::Name(name) => facts.get(name.as_str()).map(|value| (*value).to_owned()),
        };
        pieces.iter().map(of_piece).collect()
    }

    /// Every piece of every text in it.
    pub(super) fn pieces<'c>(&'c self, take: &mut impl FnMut(&'c Piece)) {
        match self {
            Self::Text(pieces) => pieces.iter().for_each(take),
            Self::List(parts) | Self::All(parts) | Self::Any(parts) => {
                for part in parts {
                    part.pieces(take);
                }
            }
            Self::Not(inner) => inner.pieces(take),
            Self::Same(left, right) | Self::Within(left, right) | Self::Call(left, _, right) => {
                left.pieces(take);
                right.pieces(take);
            }
            Self::Unreadable => {}
        }
    }
}

/// Of `&&` one that fails decides, of `||` one that holds: that is `decisive`.
fn decide(parts: &[Condition], facts: &Facts<'_>, decisive: bool) -> Option<bool> {
    let mut answer = Some(!decisive);
    for part in parts {
        match part.holds(facts) {
            Some(holds) if holds == decisive => return Some(decisive),
            Some(_) => {}
            None => answer = None,
        }
    }
    answer
}

/// Any other text is no answer, and nothing says what Harness makes of it.
fn truth(text: &str) -> Option<bool> {
    match text {
        "true" => Some(true),
        "false" => Some(false),
        _ => None,
    }
}

fn within(value: &str, among: &Condition, facts: &Facts<'_>) -> Option<bool> {
    if let Condition::List(items) = among {
        let items: Option<Vec<String>> = items.iter().map(|item| item.text(facts)).collect();
        return Some(items?.iter().any(|item| item == value));
    }
    let pattern = among.text(facts)?;
    let pattern = pattern.strip_prefix('^').unwrap_or(&pattern);
    let pattern = pattern.strip_suffix('$').unwrap_or(pattern);
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '|');
    // An anchor of one alternative is none of the others.
    (pattern.chars().all(is_plain)).then(|| pattern.split('|').any(|word| word == value))
}

/// How deep parentheses and the like may nest: the parser recurses.
const MAX_DEPTH: usize = 64;

struct Parser<'t> {
    rest: &'t str,
    depth: usize,
}

impl<'t> Parser<'t> {
    fn at_end(&self) -> bool {
        self.rest.trim().is_empty()
    }

    fn takes(&mut self, token: &str) -> bool {
        let after = self.rest.trim_start().strip_prefix(token);
        if let Some(after) = after {
            self.rest = after;
        }
        after.is_some()
    }

    /// As [`Parser::takes`], for an operator that is a word.
    fn takes_word(&mut self, word: &str) -> bool {
        let is_word = |rest: &str| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_');
        self.rest.trim_start().strip_prefix(word).is_some_and(is_word) && self.takes(word)
    }

    fn any(&mut self) -> Option<Condition> {
        let mut parts = vec![self.all()?];
        while self.takes("||") || self.takes_word("or") {
            parts.push(self.all()?);
        }
        one_or(parts, Condition::Any)
    }

    fn all(&mut self) -> Option<Condition> {
        let mut parts = vec![self.compared()?];
        while self.takes("&&") || self.takes_word("and") {
            parts.push(self.compared()?);
        }
        one_or(parts, Condition::All)
    }

    fn compared(&mut self) -> Option<Condition> {
        let left = Box::new(self.called()?);
        let not = |inner| Condition::Not(Box::new(inner));
        Some(if self.takes("==") || self.takes_word("eq") {
            Condition::Same(left, Box::new(self.called()?))
        } else if self.takes("!=") || self.takes_word("ne") {
            not(Condition::Same(left, Box::new(self.called()?)))
        } else if self.takes("=~") {
            Condition::Within(left, Box::new(self.called()?))
        } else if self.takes("!~") {
            not(Condition::Within(left, Box::new(self.called()?)))
        } else {
            *left
        })
    }

    /// A value, and the method that is called on it.
    fn called(&mut self) -> Option<Condition> {
        let value = self.value()?;
        match self.rest.strip_prefix('.') {
            Some(after) => {
                self.rest = after;
                let name = self.name()?;
                self.call(value, name)
            }
            None => Some(value),
        }
    }

    fn call(&mut self, value: Condition, name: &str) -> Option<Condition> {
        let method = Method::of(name)?;
        let argument = self.within_parentheses()?;
        Some(Condition::Call(Box::new(value), method, Box::new(argument)))
    }

    fn within_parentheses(&mut self) -> Option<Condition> {
        let inner = self.takes("(").then(|| self.any())??;
        self.takes(")").then_some(inner)
    }

    fn value(&mut self) -> Option<Condition> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return None;
        }
        let value = self.plain_value();
        self.depth -= 1;
        value
    }

    fn plain_value(&mut self) -> Option<Condition> {
        self.rest = self.rest.trim_start();
        match self.rest.chars().next()? {
            '!' => {
                self.takes("!");
                Some(Condition::Not(Box::new(self.called()?)))
            }
            '(' => self.within_parentheses(),
            '[' => self.list(),
            quote @ ('"' | '\'') => self.quoted(quote),
            '<' => self.expression(),
            _ if self.takes_word("not") => Some(Condition::Not(Box::new(self.called()?))),
            _ => {
                let word = self.name()?;
                // A word without quotes is a variable of nobody, but for these and numbers.
                let is_literal = truth(word).is_some() || word.bytes().all(|b| b.is_ascii_digit());
                is_literal.then(|| Condition::Text(vec![Piece::Literal(word.to_owned())]))
            }
        }
    }

    fn list(&mut self) -> Option<Condition> {
        self.takes("[").then_some(())?;
        let mut items = vec![self.called()?];
        while self.takes(",") {
            items.push(self.called()?);
        }
        self.takes("]").then_some(Condition::List(items))
    }

    fn quoted(&mut self, quote: char) -> Option<Condition> {
        let (text, after) = self.rest.strip_prefix(quote)?.split_once(quote)?;
        self.rest = after;
        pieces(text).map(Condition::Text)
    }

    /// `<+name>`, `<+name.method("x")>`, or any condition within `<+…>`.
    fn expression(&mut self) -> Option<Condition> {
        self.rest = self.rest.strip_prefix("<+")?;
        let start = self.rest;
        if let Some(path) = self.name() {
            let name = |path: &str| Condition::Text(vec![Piece::Name(path.to_owned())]);
            if self.takes(">") {
                return Some(name(path));
            }
            if self.rest.starts_with('(')
                && let Some((value, method)) = path.rsplit_once('.')
            {
                let called = self.call(name(value), method)?;
                return self.takes(">").then_some(called);
            }
        }
        self.rest = start;
        let inner = self.any()?;
        self.takes(">").then_some(inner)
    }

    /// A name with its dots.
    fn name(&mut self) -> Option<&'t str> {
        let (name, after) = self.rest.split_at(name_length(self.rest));
        self.rest = after;
        (!name.is_empty()).then_some(name)
    }
}

fn one_or(mut parts: Vec<Condition>, several: impl Fn(Vec<Condition>) -> Condition) -> Option<Condition> {
    match parts.len() {
        1 => parts.pop(),
        _ => Some(several(parts)),
    }
}

fn name_length(text: &str) -> usize {
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-');
    text.find(|c: char| !is_part(c)).unwrap_or(text.len())
}

/// A text, and each `<+name>` in it; `None` where something stands in it that may change what it says.
pub(super) fn pieces(text: &str) -> Option<Vec<Piece>> {
    if text.contains('\\') {
        return None;
    }
    let mut found = Vec::new();
    let mut rest = text;
    while let Some((before, tail)) = rest.split_once("<+") {
        let (name, after) = tail.split_at(name_length(tail));
        found.push(Piece::Literal(before.to_owned()));
        found.push(Piece::Name((!name.is_empty()).then(|| name.to_owned())?));
        rest = after.strip_prefix('>')?;
    }
    found.push(Piece::Literal(rest.to_owned()));
    found.retain(|piece| *piece != Piece::Literal(String::new()));
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holds(text: &str) -> Option<bool> {
        let facts = Facts::from([
            ("pipeline.variables.env", "prod"),
            ("pipeline.variables.region", "eu-west-1"),
        ]);
        Condition::read(text).holds(&facts)
    }

    #[test]
    fn what_stays_the_same_in_a_run_is_decided() {
        for (text, expected) in [
            ("<+pipeline.variables.env> == \"prod\"", true),
            ("<+pipeline.variables.env> == 'dev'", false),
            ("<+pipeline.variables.env>!='dev'", true),
            ("\"<+pipeline.variables.env>\" == \"prod\"", true),
            ("\"a-<+pipeline.variables.env>\" == \"a-prod\"", true),
            ("<+<+pipeline.variables.env> == \"prod\">", true),
            ("!(<+pipeline.variables.env> == 'dev') && true", true),
            ("not <+pipeline.variables.env>.contains('ro')", false),
            ("<+pipeline.variables.env.startsWith('pro')>", true),
            ("<+<+pipeline.variables.env>.endsWith(\"x\")>", false),
            ("<+pipeline.variables.region> =~ [\"eu-west-1\", 'x']", true),
            ("<+pipeline.variables.env> =~ \"dev|prod\"", true),
            ("<+pipeline.variables.env> !~ \"^dev$\"", true),
            ("<+pipeline.variables.env> eq 'prod' and true or false", true),
            ("false && <+who.knows>", false),
            ("true || <+who.knows> == 1", true),
            ("\"false\"", false),
            ("1 == 1", true),
        ] {
            assert_eq!(holds(text), Some(expected), "{text}");
        }
    }

    #[test]
    fn what_cannot_be_told_is_not_decided() {
        for text in [
            "",
            "\"production\"",
            "production",
            "<+pipeline.variables.env> == prod",
            "<+who.knows>",
            "<+who.knows> == 'x'",
            "!<+who.knows>",
            "true && <+who.knows>",
            "<+pipeline.variables.env> =~ \"p.*\"",
            "<+pipeline.variables.env> > 'a'",
            "<+pipeline.variables.env> == 'prod' ? true : false",
            "<+pipeline.variables.env>.length() == 4",
            "<+pipeline.variables.env> == 'pr\\u006fd'",
            "<+input>",
            "(true",
            "true)",
            "<+pipeline.variables.env == 'prod'",
            "é",
        ] {
            assert_eq!(holds(text), None, "{text}");
        }
        assert_eq!(holds(&"(".repeat(100_000)), None);
        assert_eq!(holds(&"!".repeat(100_000)), None);
    }
}
