//! Harness expressions: `<+…>` in texts, and the conditions of stages and triggers.

use std::collections::BTreeMap;

/// What `<+name>` stands for, by name.
pub(crate) type Context = BTreeMap<String, String>;

/// Replaces every `<+name>` that the context knows, and `<+<+name>.replace("a", "b")…>`; the others stay as they are.
///
/// Source of the method: harness-api §8 [HUB: docs/platform/variables-and-expressions/expressions-java-methods, which
/// replaces the dashes of an infrastructure's name].
pub(crate) fn resolve(text: &str, context: &Context) -> String {
    let mut resolved = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, name, after)) = next_expression(rest) {
        resolved.push_str(before);
        if let Some((value, after)) = replaced(name, after, context) {
            resolved.push_str(&value);
            rest = after;
            continue;
        }
        match context.get(name) {
            Some(value) => resolved.push_str(value),
            None => resolved.extend(["<+", name, ">"]),
        }
        rest = after;
    }
    resolved.push_str(rest);
    resolved
}

/// What `replace` makes of the expression that stands within another, and what follows.
fn replaced<'a>(name: &str, after: &'a str, context: &Context) -> Option<(String, &'a str)> {
    let mut value = context.get(name.strip_prefix("<+")?)?.clone();
    let mut rest = after;
    while let Some(call) = rest.strip_prefix(".replace(") {
        let (arguments, tail) = call.split_once(')')?;
        let (old, new) = arguments.split_once(',')?;
        let quoted = |text: &'a str| text.trim().strip_prefix('"')?.strip_suffix('"');
        value = value.replace(quoted(old)?, quoted(new)?);
        rest = tail;
    }
    Some((value, rest.strip_prefix('>')?))
}

fn next_expression(text: &str) -> Option<(&str, &str, &str)> {
    let (before, tail) = text.split_once("<+")?;
    let (name, after) = tail.split_once('>')?;
    Some((before, name, after))
}

#[derive(Clone, Debug, PartialEq)]
enum Token {
    Operator(&'static str),
    /// `None`: an expression that nobody knows, JEXL's null.
    Operand(Option<String>),
}

const OPERATORS: [&str; 7] = ["==", "!=", "&&", "||", "(", ")", "!"];

/// `<+<+name>.method(argument)>`: a method of Java's strings, called on what an expression stands for; and what follows.
///
/// Source: harness-api §8 [HUB: docs/platform/variables-and-expressions/expressions-java-methods, whose example is a
/// trigger's condition]. What a method of an unknown expression gives is not said there: null here, as the expression
/// itself.
fn method_call<'a>(text: &'a str, context: &Context) -> Result<Option<(Token, &'a str)>, String> {
    let Some(("", name, tail)) = text.strip_prefix("<+").and_then(next_expression) else {
        return Ok(None);
    };
    let call = tail.strip_prefix('.').and_then(|call| call.split_once(")>"));
    let (call, after) = call.ok_or_else(|| format!("no method is called on `<+{name}>` in `{text}`"))?;
    let value = context.get(name);
    let called = match call.split_once('(') {
        Some(("toLowerCase", "")) => value.map(|value| value.to_lowercase()),
        Some(("contains", argument)) if argument.len() > 1 && argument.starts_with('"') && argument.ends_with('"') => {
            value.map(|value| value.contains(argument.trim_matches('"')).to_string())
        }
        _ => return Err(format!("the method `{call})` is not known here")),
    };
    Ok(Some((Token::Operand(called), after)))
}

/// Evaluates a condition: `==`, `!=`, `&&`, `||`, `!`, parentheses, quoted texts, words, `<+…>` and two of its methods.
///
/// The engine of Harness reads all of JEXL; what is beyond the list above is refused by name.
///
/// # Errors
/// A sentence that says what could not be read.
pub(crate) fn holds(condition: &str, context: &Context) -> Result<bool, String> {
    let tokens = tokens(condition, context)?;
    let mut parser = Parser {
        tokens: tokens.into_iter().peekable(),
        depth: 0,
    };
    let value = parser.any_of()?;
    match parser.tokens.next() {
        None => Ok(value.is_true()),
        Some(_) => Err(format!("the condition `{condition}` goes on after its end")),
    }
}

fn tokens(condition: &str, context: &Context) -> Result<Vec<Token>, String> {
    let mut tokens = Vec::new();
    let mut rest = condition.trim_start();
    while let Some(first) = rest.chars().next() {
        let (token, after) = if let Some(operator) = OPERATORS.iter().find(|o| rest.starts_with(**o)) {
            (
                Token::Operator(operator),
                rest.strip_prefix(operator).unwrap_or_default(),
            )
        } else if let Some(called) = method_call(rest, context)? {
            called
        } else if let Some(("", name, after)) = next_expression(rest) {
            (Token::Operand(context.get(name).cloned()), after)
        } else if first == '"' || first == '\'' {
            let quoted = rest.strip_prefix(first).and_then(|tail| tail.split_once(first));
            let (text, after) = quoted.ok_or_else(|| format!("a quote in `{condition}` is not closed"))?;
            (Token::Operand(Some(text.to_owned())), after)
        } else {
            let end = rest
                .find(|c: char| !c.is_alphanumeric() && !"_.-".contains(c))
                .unwrap_or(rest.len());
            let (word, after) = rest.split_at(end);
            if word.is_empty() {
                return Err(format!("`{first}` in `{condition}` is not understood here"));
            }
            (Token::Operand(Some(word.to_owned())), after)
        };
        tokens.push(token);
        rest = after.trim_start();
    }
    Ok(tokens)
}

#[derive(Clone, Debug, PartialEq)]
struct Operand(Option<String>);

impl Operand {
    fn of(truth: bool) -> Self {
        Self(Some(truth.to_string()))
    }

    fn is_true(&self) -> bool {
        self.0.as_deref() == Some("true")
    }
}

struct Parser {
    tokens: std::iter::Peekable<std::vec::IntoIter<Token>>,
    depth: usize,
}

/// How deep `!` and parentheses may nest: the parser recurses.
const MAX_DEPTH: usize = 64;

impl Parser {
    fn accept(&mut self, operator: &'static str) -> bool {
        self.tokens.next_if_eq(&Token::Operator(operator)).is_some()
    }

    fn any_of(&mut self) -> Result<Operand, String> {
        let mut left = self.all_of()?;
        while self.accept("||") {
            let right = self.all_of()?;
            left = Operand::of(left.is_true() || right.is_true());
        }
        Ok(left)
    }

    fn all_of(&mut self) -> Result<Operand, String> {
        let mut left = self.comparison()?;
        while self.accept("&&") {
            let right = self.comparison()?;
            left = Operand::of(left.is_true() && right.is_true());
        }
        Ok(left)
    }

    fn comparison(&mut self) -> Result<Operand, String> {
        let left = self.operand()?;
        if self.accept("==") {
            return Ok(Operand::of(left == self.operand()?));
        }
        if self.accept("!=") {
            return Ok(Operand::of(left != self.operand()?));
        }
        Ok(left)
    }

    fn operand(&mut self) -> Result<Operand, String> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err("the condition nests too deeply".to_owned());
        }
        let operand = match self.tokens.next() {
            Some(Token::Operand(value)) => Ok(Operand(value)),
            Some(Token::Operator("!")) => Ok(Operand::of(!self.operand()?.is_true())),
            Some(Token::Operator("(")) => {
                let inner = self.any_of()?;
                if self.accept(")") {
                    Ok(inner)
                } else {
                    Err("a parenthesis is not closed".to_owned())
                }
            }
            Some(Token::Operator(operator)) => Err(format!("`{operator}` stands where a value is expected")),
            None => Err("the condition ends where a value is expected".to_owned()),
        };
        self.depth -= 1;
        operand
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn context() -> Context {
        Context::from([
            ("pipeline.variables.env".to_owned(), "prod".to_owned()),
            ("trigger.payload.tag".to_owned(), "latest".to_owned()),
            ("trigger.payload.branch".to_owned(), "Main".to_owned()),
        ])
    }

    #[test]
    fn known_expressions_are_replaced_and_unknown_ones_stay() {
        assert_eq!(
            resolve("a-<+pipeline.variables.env>-<+infra.name>-é<+", &context()),
            "a-prod-<+infra.name>-é<+"
        );
    }

    #[test]
    fn a_method_replaces_in_what_an_expression_stands_for() {
        let context = Context::from([("r".to_owned(), "eu-west-1".to_owned())]);
        for (text, expected) in [
            ("a_<+<+r>.replace(\"-\", \"_\")>_b", "a_eu_west_1_b"),
            ("<+<+r>.replace(\"eu-\",\"\").replace(\"west\", \"x\")>", "x-1"),
            ("<+<+r>.trim()>", "<+<+r>.trim()>"),
            ("<+<+s>.replace(\"-\", \"_\")>", "<+<+s>.replace(\"-\", \"_\")>"),
        ] {
            assert_eq!(resolve(text, &context), expected);
        }
    }

    #[test]
    fn conditions() {
        for (condition, truth) in [
            ("<+pipeline.variables.env> == \"prod\"", true),
            ("<+pipeline.variables.env> == 'int-stable'", false),
            (
                "<+pipeline.variables.env> != \"prod\" || <+trigger.payload.tag> != \"latest\"",
                false,
            ),
            ("!(<+pipeline.variables.env> == \"x\") && true", true),
            ("<+unknown> == \"x\"", false),
            ("<+trigger.payload.branch> == \"main\"", false),
            ("<+<+trigger.payload.branch>.toLowerCase()> == \"main\" && true", true),
            (
                "<+<+trigger.payload.branch>.contains(\"ai\")> || <+unknown> == \"x\"",
                true,
            ),
            ("<+<+trigger.payload.branch>.contains(\"AI\")>", false),
            ("<+<+unknown>.toLowerCase()> == \"main\"", false),
            ("false", false),
        ] {
            assert_eq!(holds(condition, &context()), Ok(truth), "{condition}");
        }
        assert!(holds(&"(".repeat(100_000), &context()).is_err());
        for broken in [
            "",
            "==",
            "a ==",
            "(a",
            "a b",
            "\"a",
            "a ? b : c",
            "é§",
            "<+<+a>>",
            "<+<+a>.b()>",
            "<+<+a>.contains(b)>",
            "<+<+a>.contains(\")>",
        ] {
            assert!(holds(broken, &context()).is_err(), "{broken}");
        }
    }
}
