//! The expression of a runtime input: `<+input>` and the modifiers behind it.

/// What every runtime input begins with.
pub(crate) const INPUT: &str = "<+input>";
const MID_RUN: &str = "executionInput()";

/// A runtime input and its modifiers in their order; one that nobody knows is kept as it is.
///
/// Source: runtime-inputs [HUB, and the vectors of CORE's own tests].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct RuntimeInput<'a> {
    modifiers: Vec<(&'a str, &'a str)>,
}

/// The values that an input may have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Choices {
    Listed(Vec<String>),
    /// Harness alone knows them: an expression or JEXL.
    Unknown,
}

impl<'a> RuntimeInput<'a> {
    /// `None` for a text that does not begin with `<+input>`.
    pub(crate) fn parse(text: &'a str) -> Option<Self> {
        let mut rest = text.strip_prefix(INPUT)?;
        let mut modifiers = Vec::new();
        while let Some((name, argument, after)) = next_modifier(rest) {
            modifiers.push((name, argument));
            rest = after;
        }
        Some(Self { modifiers })
    }

    fn argument(&self, names: &[&str]) -> Option<&'a str> {
        let mut found = self.modifiers.iter().filter(|(name, _)| names.contains(name));
        found.next().map(|(_, argument)| *argument)
    }

    pub(crate) fn default(&self) -> Option<&'a str> {
        self.argument(&["default"]).map(|argument| unquoted(argument.trim()))
    }

    pub(crate) fn regex(&self) -> Option<&'a str> {
        self.argument(&["regex"])
    }

    /// Source: runtime-inputs (a list of one expression, JEXL), run-inputs §1.3 [CORE: such a list is not checked].
    pub(crate) fn choices(&self) -> Option<Choices> {
        let argument = self.argument(&["allowedValues", "selectOneFrom", "selectManyFrom"])?;
        let values = split(argument);
        let unknown = argument.trim_start().starts_with("jexl(") || values.iter().any(|value| is_expression(value));
        Some(if unknown {
            Choices::Unknown
        } else {
            Choices::Listed(values)
        })
    }

    pub(crate) fn has_validator(&self) -> bool {
        self.regex().is_some() || self.choices().is_some()
    }
}

/// Whether a text is asked for while the run goes on.
pub(crate) fn is_asked_mid_run(text: &str) -> bool {
    text.contains(MID_RUN)
}

/// Whether a text is one expression, whose value comes later.
pub(crate) fn is_expression(text: &str) -> bool {
    text.starts_with("<+") && text.ends_with('>')
}

/// A modifier ends at the first `)` behind which nothing or a further modifier stands and before which the parentheses
/// are balanced; where none is, as in some regular expressions, at the first `)` with the right thing behind it.
fn next_modifier(text: &str) -> Option<(&str, &str, &str)> {
    let (name, tail) = modifier_name(text)?;
    let ends = tail.match_indices(')').filter_map(|(end, _)| {
        let (argument, after) = tail.split_at_checked(end)?;
        let after = after.strip_prefix(')')?;
        (after.is_empty() || modifier_name(after).is_some()).then_some((name, argument, after))
    });
    let mut ends = ends.peekable();
    let first = ends.peek().copied();
    ends.find(|(_, argument, _)| is_balanced(argument)).or(first)
}

fn modifier_name(text: &str) -> Option<(&str, &str)> {
    let (name, tail) = text.strip_prefix('.')?.split_once('(')?;
    let is_word = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric());
    is_word.then_some((name, tail))
}

fn is_balanced(text: &str) -> bool {
    let depth = text.chars().try_fold(0_usize, |depth, c| match c {
        '(' => Some(depth + 1),
        ')' => depth.checked_sub(1),
        _ => Some(depth),
    });
    depth == Some(0)
}

const QUOTES: [&str; 2] = ["\\'", "\\\""];

/// Splits at commas outside of `\'…\'` and `\"…\"`, trims each value and takes its outer pair away; other quotes, and
/// one without its partner, are letters.
pub(crate) fn split(argument: &str) -> Vec<String> {
    let mut values = vec![String::new()];
    let mut rest = argument;
    while let Some(first) = rest.chars().next() {
        let (piece, after) = match protected(rest) {
            Some(pair) => pair,
            None => rest.split_at(first.len_utf8()),
        };
        rest = after;
        match values.last_mut() {
            Some(last) if piece != "," => last.push_str(piece),
            _ => values.push(String::new()),
        }
    }
    values.iter().map(|value| unquoted(value.trim()).to_owned()).collect()
}

/// A text that begins with a pair of quotes, cut behind the pair.
fn protected(text: &str) -> Option<(&str, &str)> {
    let quote = QUOTES.into_iter().find(|quote| text.starts_with(quote))?;
    let inner = text.strip_prefix(quote)?.find(quote)?;
    text.split_at_checked(inner + 2 * quote.len())
}

fn unquoted(value: &str) -> &str {
    let pair = |quote: &str| value.strip_prefix(quote)?.strip_suffix(quote);
    QUOTES.into_iter().find_map(pair).unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// runtime-inputs: the table of splits.
    #[test]
    fn only_backslash_quotes_protect_a_comma() {
        for (argument, values) in [
            (r#"abc, \'def, ghi\', \"jkl, mn\""#, vec!["abc", "def, ghi", "jkl, mn"]),
            (
                r#"abc's\xyz, \'def'm, gh\i\', \"jkl, mn\", \'mnk"#,
                vec![r"abc's\xyz", r"def'm, gh\i", "jkl, mn", r"\'mnk"],
            ),
            ("a,'b,c'", vec!["a", "'b", "c'"]),
            ("", vec![""]),
            ("é, ü", vec!["é", "ü"]),
        ] {
            assert_eq!(split(argument), values, "{argument}");
        }
    }

    /// runtime-inputs: the table of expressions.
    #[test]
    fn modifiers_come_in_any_order_and_hold_parentheses() {
        let listed = |values: &[&str]| Some(Choices::Listed(values.iter().map(|v| (*v).to_owned()).collect()));
        for (text, default, regex, choices, mid_run) in [
            ("<+input>", None, None, None, false),
            (
                r"<+input>.allowedValues(\'bengaluru,india\',\'newyork,usa\',\'london,uk\')",
                None,
                None,
                listed(&["bengaluru,india", "newyork,usa", "london,uk"]),
                false,
            ),
            (r"<+input>.default(\'london,uk\')", Some("london,uk"), None, None, false),
            (
                "<+input>.allowedValues(value1,value2).default(value1).executionInput()",
                Some("value1"),
                None,
                listed(&["value1", "value2"]),
                true,
            ),
            (
                "<+input>.executionInput().regex(^(abc)+$).default(myDefaultValue)",
                Some("myDefaultValue"),
                Some("^(abc)+$"),
                None,
                true,
            ),
            ("<+input>.regex(^(123)*$)", None, Some("^(123)*$"), None, false),
            (
                "<+input>.allowedValues(jexl(${env.type} == \"prod\" ? a, b : c, d))",
                None,
                None,
                Some(Choices::Unknown),
                false,
            ),
            (
                "<+input>.allowedValues(Enterprise,Health Care Business(HCB),Retail)",
                None,
                None,
                listed(&["Enterprise", "Health Care Business(HCB)", "Retail"]),
                false,
            ),
            (
                "<+input>.regex(^account.([a-z]+)$|org.(x)$).default(skipped)",
                Some("skipped"),
                Some("^account.([a-z]+)$|org.(x)$"),
                None,
                false,
            ),
            ("<+input>.regex([(]).default(x)", Some("x"), Some("[(]"), None, false),
            ("<+input>.regex([)]).default(x)", Some("x"), Some("[)]"), None, false),
            ("<+input>.regex(a(b).c(d))", None, Some("a(b).c(d)"), None, false),
            ("<+input>.default()", Some(""), None, None, false),
            ("<+input>.default({}).future(x)", Some("{}"), None, None, false),
            (
                "<+input>.allowedValues(<+variable.list>)",
                None,
                None,
                Some(Choices::Unknown),
                false,
            ),
            (
                "<+input>.selectManyFrom(a,b).default(a,b)",
                Some("a,b"),
                None,
                listed(&["a", "b"]),
                false,
            ),
            ("<+input> and more", None, None, None, false),
        ] {
            let input = RuntimeInput::parse(text).unwrap();
            assert_eq!(
                (input.default(), input.regex(), input.choices()),
                (default, regex, choices),
                "{text}"
            );
            assert_eq!(is_asked_mid_run(text), mid_run, "{text}");
        }
        for text in ["<+pipeline.foo>", "value.allowedValues(a,b)", "", " <+input>"] {
            assert_eq!(RuntimeInput::parse(text), None, "{text}");
        }
    }
}
