//! `<+input>` and its modifiers, as Harness reads them.

/// `<+input>` and its modifiers, taken apart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct InputExpression {
    /// The value that a run gets if it names none.
    pub default: Option<String>,
    /// The values that a run may choose from; `None` if the input does not say.
    pub allowed_values: Option<Vec<String>>,
    /// The JEXL expression that yields the allowed values, which Harness alone can evaluate.
    pub(super) allowed_values_expression: Option<String>,
    /// Whether several of the allowed values may be chosen.
    pub many: bool,
    pub(super) regex: Option<String>,
    pub(super) execution_input: bool,
    /// The modifier whose parenthesis nothing closes.
    pub unclosed: Option<String>,
    /// As they are written, for example `newThing(a)`.
    pub(super) unknown_modifiers: Vec<String>,
}

const MODIFIERS: [&str; 6] = [
    "allowedValues",
    "selectOneFrom",
    "selectManyFrom",
    "default",
    "regex",
    "executionInput",
];

impl InputExpression {
    /// How every one begins.
    const MARK: &str = "<+input>";

    /// Whether a scalar asks for an input, whatever modifiers follow.
    #[must_use]
    pub fn is_one(text: &str) -> bool {
        text.starts_with(Self::MARK)
    }

    /// Reads a scalar; `None` if it does not start with `<+input>`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut rest = text.trim().strip_prefix(Self::MARK)?;
        let mut input = Self::default();
        while let Some((name, argument, after)) = next_modifier(rest) {
            input.apply(name, argument);
            if !after.starts_with(')') {
                input.unclosed = Some(name.to_owned());
            }
            rest = after.strip_prefix(')').unwrap_or(after);
        }
        Some(input)
    }

    fn apply(&mut self, name: &str, argument: &str) {
        match name {
            "default" => self.default = Some(unquoted(argument)),
            "regex" => self.regex = Some(argument.to_owned()),
            "executionInput" => self.execution_input = true,
            "allowedValues" | "selectOneFrom" | "selectManyFrom" => {
                self.many = name == "selectManyFrom";
                self.allow(argument.trim());
            }
            _ => self.unknown_modifiers.push(format!("{name}({argument})")),
        }
    }

    fn allow(&mut self, argument: &str) {
        match jexl(argument) {
            Some(expression) => self.allowed_values_expression = Some(expression.to_owned()),
            // An empty list would allow nothing, and nobody means that.
            None => self.allowed_values = (!argument.is_empty()).then(|| split_values(argument)),
        }
    }
}

/// What stands between `jexl(` and the parenthesis that ends the argument.
fn jexl(argument: &str) -> Option<&str> {
    argument.strip_prefix("jexl(")?.strip_suffix(')')
}

/// `.name(argument)` at the start of a text: name, argument, and what follows, the parenthesis that closes it first.
fn next_modifier(text: &str) -> Option<(&str, &str, &str)> {
    let (name, rest) = text.strip_prefix('.')?.split_once('(')?;
    if !is_name(name) {
        return None;
    }
    let end = argument_end(rest);
    let (argument, after) = rest.split_at_checked(end)?;
    Some((name, argument, after))
}

/// Where an argument ends: at the parenthesis that closes it, behind which the text ends or a modifier begins. A regular
/// expression may hold parentheses that do not pair up; then at the first one behind which the text ends or a modifier
/// begins that is known.
fn argument_end(text: &str) -> usize {
    let mut depth = 0_i32;
    let mut bytes = text.bytes().enumerate();
    while let Some((at, byte)) = bytes.next() {
        match byte {
            b'\\' => _ = bytes.next(),
            b'(' => depth += 1,
            b')' if depth == 0 && ends_modifier(text, at, is_name) => return at,
            b')' => depth -= 1,
            _ => {}
        }
    }
    let closing = text.match_indices(')').map(|(at, _)| at);
    closing
        .into_iter()
        .find(|at| ends_modifier(text, *at, |name| MODIFIERS.contains(&name)))
        .unwrap_or(text.len())
}

fn ends_modifier(text: &str, closing: usize, is_modifier: impl Fn(&str) -> bool) -> bool {
    let after = text.get(closing + 1..).unwrap_or_default();
    let begins_modifier = || Some(is_modifier(after.strip_prefix('.')?.split_once('(')?.0));
    after.trim().is_empty() || begins_modifier() == Some(true)
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

/// Splits at commas, except between a pair of `\'` or `\"`; plain quotes mean nothing.
#[must_use]
pub fn split_values(argument: &str) -> Vec<String> {
    let mut values = Vec::new();
    let (mut from, mut at) = (0, 0);
    while let Some(rest) = argument.get(at..).filter(|rest| !rest.is_empty()) {
        if let Some(length) = quoted_length(rest) {
            at += length;
        } else if rest.starts_with(',') {
            values.push(unquoted(argument.get(from..at).unwrap_or_default()));
            at += 1;
            from = at;
        } else {
            at += rest.chars().next().map_or(1, char::len_utf8);
        }
    }
    values.push(unquoted(argument.get(from..).unwrap_or_default()));
    values
}

/// The length of the quoted part a text starts with; an opening mark that is never closed opens nothing.
fn quoted_length(text: &str) -> Option<usize> {
    let mark = ["\\'", "\\\""].into_iter().find(|mark| text.starts_with(mark))?;
    text.get(mark.len()..)?.find(mark).map(|end| end + 2 * mark.len())
}

/// The text trimmed, without the pair of marks around the whole of it.
fn unquoted(text: &str) -> String {
    let text = text.trim();
    let whole = quoted_length(text) == Some(text.len());
    let inner = text.get(2..text.len().saturating_sub(2)).filter(|_| whole);
    inner.unwrap_or(text).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_split_as_harness_splits_them() {
        for (argument, values) in [
            (r#"abc, \'def, ghi\', \"jkl, mn\""#, vec!["abc", "def, ghi", "jkl, mn"]),
            (
                r#"abc's\xyz, \'def'm, gh\i\', \"jkl, mn\", \'mnk"#,
                vec![r"abc's\xyz", r"def'm, gh\i", "jkl, mn", r"\'mnk"],
            ),
            (
                "Enterprise,Health Care Business(HCB),Retail",
                vec!["Enterprise", "Health Care Business(HCB)", "Retail"],
            ),
        ] {
            assert_eq!(split_values(argument), values, "{argument}");
        }
    }

    fn read(text: &str) -> (Option<Vec<String>>, Option<String>, Option<String>, bool) {
        let input = InputExpression::parse(text).unwrap();
        (input.allowed_values, input.default, input.regex, input.execution_input)
    }

    fn some(text: &str) -> Option<String> {
        Some(text.to_owned())
    }

    fn list(values: &[&str]) -> Option<Vec<String>> {
        Some(values.iter().map(|value| (*value).to_owned()).collect())
    }

    #[test]
    fn modifiers_in_any_order_with_parentheses_inside() {
        assert_eq!(read("<+input>"), (None, None, None, false));
        assert_eq!(
            read(r"<+input>.allowedValues(\'bengaluru,india\',\'newyork,usa\',\'london,uk\')"),
            (
                list(&["bengaluru,india", "newyork,usa", "london,uk"]),
                None,
                None,
                false
            )
        );
        assert_eq!(read(r"<+input>.default(\'london,uk\')").1, some("london,uk"));
        assert_eq!(read(r"<+input>.default(\'a\',\'b\')").1, some(r"\'a\',\'b\'"));
        assert_eq!(
            read("<+input>.allowedValues(value1,value2).default(value1).executionInput()"),
            (list(&["value1", "value2"]), some("value1"), None, true)
        );
        assert_eq!(
            read("<+input>.executionInput().regex(^(abc)+$).default(myDefaultValue)"),
            (None, some("myDefaultValue"), some("^(abc)+$"), true)
        );
        assert_eq!(read("<+input>.regex(^(123)*$)").2, some("^(123)*$"));
        assert_eq!(
            read("<+input>.regex(^account.([a-z]+)$|org.(x)$).default(skipped)"),
            (None, some("skipped"), some("^account.([a-z]+)$|org.(x)$"), false)
        );
        assert_eq!(
            read(r"<+input>.regex(^\($).default(x)"),
            (None, some("x"), some(r"^\($"), false)
        );
        assert_eq!(
            read("<+input>.regex(^[(]$).default(x)"),
            (None, some("x"), some("^[(]$"), false)
        );
        assert_eq!(
            read(r#"<+input>.allowedValues(jexl(${env.type} == "prod" ? a, b : c, d))"#),
            (None, None, None, false)
        );
        assert_eq!(read("<+input>.default()").1, some(""));
        assert_eq!(read("<+input>.default({})").1, some("{}"));
        assert_eq!(read("<+input>.default(0 2 * * *)").1, some("0 2 * * *"));
        assert_eq!(read("<+input>.allowedValues(<+a.b(c)>)").0, list(&["<+a.b(c)>"]));
        assert_eq!(read("<+input>.newThing(a).default(b)").1, some("b"));
        let many = InputExpression::parse("<+input>.default(a,b).selectManyFrom(a,b,c)").unwrap();
        assert!(many.many && many.default == some("a,b"));
    }

    #[test]
    fn what_does_not_start_with_input_is_none() {
        for text in [
            "<+pipeline.foo>",
            "value.allowedValues(a,b)",
            "",
            "<+inputs>",
            "x <+input>",
        ] {
            assert_eq!(InputExpression::parse(text), None, "{text}");
        }
    }
}
