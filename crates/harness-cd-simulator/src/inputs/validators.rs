//! What a pipeline demands of the values it is given: patterns and lists of choices.

use serde_json::Value;

use super::grammar::{self, Choices, RuntimeInput};
use super::problem::Problem;
use crate::tables::pattern::Pattern;
use crate::tables::yaml::scalar_text;

/// How a text with commas is read where the input has choices.
/// Source: run-inputs §8 [CORE AllowedValuesHelper: behind a flag].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Joined {
    /// As several values, each one of the choices.
    Split,
    /// As one value.
    Whole,
}

/// Checks a value for an input whose messages call it `fqn`.
///
/// Source: run-inputs §1.3 [CORE RuntimeInputValuesValidator].
pub(crate) fn check(input: &RuntimeInput<'_>, value: &Value, fqn: &str, joined: Joined) -> Result<(), Problem> {
    let Value::Array(items) = value else {
        return check_text(input, &scalar_text(value), fqn, joined);
    };
    let mut refused = Vec::new();
    for item in items {
        match check_text(input, &scalar_text(item), fqn, joined) {
            Err(Problem::Invalid(_)) => refused.push(scalar_text(item)),
            other => other?,
        }
    }
    if refused.is_empty() {
        return Ok(());
    }
    let refused = refused.join(", ");
    Err(Problem::Invalid(format!(
        "Following values don't match the provided input set validator: [{refused}]"
    )))
}

fn check_text(input: &RuntimeInput<'_>, text: &str, fqn: &str, joined: Joined) -> Result<(), Problem> {
    if grammar::is_expression(text) {
        return Ok(());
    }
    if let Some(pattern) = input.regex()
        && !matches_whole(pattern, text)?
    {
        let message = format!("The value provided for [{fqn}: {text}] does not match the required regex pattern");
        return Err(Problem::Invalid(message));
    }
    match input.choices() {
        Some(Choices::Listed(allowed)) => check_choice(&allowed, text, fqn, joined),
        Some(Choices::Unknown) | None => Ok(()),
    }
}

/// A pattern of Java's that is not understood here decides nothing.
pub(super) fn matches_whole(pattern: &str, text: &str) -> Result<bool, Problem> {
    let read = Pattern::whole(pattern);
    let read = read.map_err(|_| Problem::Unknown(format!("the regular expression `{pattern}`")))?;
    Ok(read.matches(text))
}

fn check_choice(allowed: &[String], text: &str, fqn: &str, joined: Joined) -> Result<(), Problem> {
    let chosen = match joined {
        Joined::Split => grammar::split(text),
        Joined::Whole => vec![text.to_owned()],
    };
    let refused: Vec<String> = chosen.into_iter().filter(|value| !allowed.contains(value)).collect();
    if refused.is_empty() {
        return Ok(());
    }
    let listed = |values: &[String]| {
        values
            .iter()
            .map(|value| format!("'{value}'"))
            .collect::<Vec<_>>()
            .join(", ")
    };
    Err(Problem::Invalid(format!(
        "The values provided for {fqn}: [{}] do not match any of the allowed values [{}]",
        listed(&refused),
        listed(allowed)
    )))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn verdict(input: &str, value: &Value, joined: Joined) -> Result<(), Problem> {
        check(
            &RuntimeInput::parse(input).unwrap(),
            value,
            "pipeline.variables.v",
            joined,
        )
    }

    fn said(message: &str) -> Result<(), Problem> {
        Err(Problem::Invalid(message.to_owned()))
    }

    /// run-inputs §1.3, §8
    #[test]
    fn patterns_hold_for_the_whole_value_and_choices_for_each_part() {
        use Joined::{Split, Whole};
        let pattern =
            said("The value provided for [pipeline.variables.v: xa1] does not match the required regex pattern");
        let choice = |refused: &str| {
            said(&format!(
                "The values provided for pipeline.variables.v: [{refused}] do not match any of the allowed values \
                 ['a', 'b,c']"
            ))
        };
        let many = r"<+input>.selectManyFrom(a,\'b,c\')";
        for (input, value, joined, expected) in [
            ("<+input>.regex(a.|b)", json!("a1"), Split, Ok(())),
            ("<+input>.regex(a.|b)", json!("xa1"), Split, pattern),
            ("<+input>.regex(a.|b)", json!("<+trigger.tag>"), Split, Ok(())),
            ("<+input>.regex(\\d+)", json!(12), Split, Ok(())),
            (many, json!(r"a,\'b,c\'"), Split, Ok(())),
            (many, json!("a,b,c"), Split, choice("'b', 'c'")),
            (many, json!("b,c"), Whole, Ok(())),
            (many, json!("a,a"), Whole, choice("'a,a'")),
            (many, json!(""), Split, choice("''")),
            ("<+input>.allowedValues(<+x.list>)", json!("z"), Split, Ok(())),
            ("<+input>.allowedValues(jexl(a ? b : c, d))", json!("z"), Split, Ok(())),
            ("<+input>.allowedValues(a,b)", json!(["a", "<+x>"]), Split, Ok(())),
            (
                "<+input>.allowedValues(a,b)",
                json!(["a", "c", "d"]),
                Split,
                said("Following values don't match the provided input set validator: [c, d]"),
            ),
        ] {
            assert_eq!(verdict(input, &value, joined), expected, "{input} {value}");
        }
        assert_eq!(verdict("<+input>.regex((?=a).*)", &json!("a"), Split), Ok(()));
        assert!(matches!(
            verdict(r"<+input>.regex(\p{javaLowerCase}+)", &json!("a"), Split),
            Err(Problem::Unknown(_))
        ));
    }
}
