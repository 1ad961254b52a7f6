//! Which text may stand without quotes, and how it is quoted otherwise.

/// What a plain scalar means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resolved {
    /// Empty, `~` or `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A whole number of at most 64 bits.
    Int(i64),
    /// Any other number.
    Float,
    /// A text.
    String,
}

/// What a plain scalar means in YAML 1.2's core schema.
#[must_use]
pub fn resolve(text: &str) -> Resolved {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Resolved::Null,
        "true" | "True" | "TRUE" => return Resolved::Bool(true),
        "false" | "False" | "FALSE" => return Resolved::Bool(false),
        _ => {}
    }
    let radix = |prefix: &str, radix| {
        text.strip_prefix(prefix)
            .map(|digits| i64::from_str_radix(digits, radix))
    };
    if let Some(Ok(value)) = radix("0x", 16).or_else(|| radix("0o", 8)) {
        return Resolved::Int(value);
    }
    if let Ok(value) = text.parse::<i64>() {
        return Resolved::Int(value);
    }
    if is_float(text) {
        Resolved::Float
    } else {
        Resolved::String
    }
}

/// `[-+]? ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?`, infinity, or not a number.
fn is_float(text: &str) -> bool {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    if matches!(unsigned, ".inf" | ".Inf" | ".INF") || matches!(text, ".nan" | ".NaN" | ".NAN") {
        return true;
    }
    let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    let (mantissa, exponent) = unsigned.split_once(['e', 'E']).unwrap_or((unsigned, "0"));
    let exponent = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    digits(whole)
        && digits(fraction)
        && digits(exponent)
        && !exponent.is_empty()
        && !(whole.is_empty() && fraction.is_empty())
}

/// Whether a text reads as a string, and as itself, when it is written without quotes on one line, in block and in
/// flow context, by readers of YAML 1.2 and of YAML 1.1 (where `yes`, `1:30` and `2024-01-01` are no strings).
///
/// Errs on the side of quotes.
#[must_use]
pub fn is_plain_string(text: &str) -> bool {
    // ` -` and ` ?` are allowed there, yet not every parser takes them before a comma.
    is_plain_in_block(text) && !text.contains([',', '[', ']', '{', '}']) && !text.contains(" -") && !text.contains(" ?")
}

/// As [`is_plain_string`], in block context alone, where brackets and commas mean nothing.
#[must_use]
pub fn is_plain_in_block(text: &str) -> bool {
    const INDICATORS: &str = "-?:,[]{}#&*!|>'\"%@`.=~";
    text.chars().next().is_some_and(|first| !INDICATORS.contains(first))
        && !text.starts_with(' ')
        && !text.ends_with([' ', ':'])
        && !text.contains(": ")
        && !text.contains(" #")
        && text.chars().all(is_printable)
        && resolve(text) == Resolved::String
        && !is_other_type_in_yaml_1_1(text)
}

fn is_other_type_in_yaml_1_1(text: &str) -> bool {
    const WORDS: [&str; 10] = ["y", "n", "yes", "no", "on", "off", "true", "false", "null", "<<"];
    WORDS.iter().any(|word| word.eq_ignore_ascii_case(text))
        || text
            .bytes()
            .next()
            .is_some_and(|first| first.is_ascii_digit() || first == b'+')
            && looks_numeric(text)
}

/// Binary, octal, hexadecimal, underscored and base-60 numbers, dates and times.
fn looks_numeric(text: &str) -> bool {
    text.bytes()
        .all(|b| b.is_ascii_hexdigit() || b"_:.+-xXoObBtTzZ ".contains(&b))
}

/// Whether a character may stand unescaped on one line of a scalar.
#[must_use]
pub fn is_printable(c: char) -> bool {
    !c.is_control() && !matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}')
}

/// The text between double quotes, on one line, with everything escaped that needs it.
#[must_use]
pub fn double_quoted(text: &str) -> String {
    format!("\"{}\"", escape_double(text))
}

/// What stands between the double quotes.
#[must_use]
pub fn escape_double(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '"' => escaped.push_str("\\\""),
            '\\' => escaped.push_str("\\\\"),
            '\n' => escaped.push_str("\\n"),
            '\r' => escaped.push_str("\\r"),
            '\t' => escaped.push_str("\\t"),
            c if is_printable(c) => escaped.push(c),
            c => escaped.push_str(&match u32::from(c) {
                code @ 0..=0xff => format!("\\x{code:02x}"),
                code @ 0x100..=0xffff => format!("\\u{code:04x}"),
                code => format!("\\U{code:08x}"),
            }),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_core_schema() {
        for text in ["", "~", "null"] {
            assert_eq!(resolve(text), Resolved::Null);
        }
        assert_eq!(resolve("0x1F"), Resolved::Int(31));
        assert_eq!(resolve("0o17"), Resolved::Int(15));
        assert_eq!(resolve("-12"), Resolved::Int(-12));
        for text in [
            "1.5",
            "-1e3",
            ".5",
            "1.",
            "+1.5E-3",
            ".inf",
            "-.inf",
            ".nan",
            "99999999999999999999",
        ] {
            assert_eq!(resolve(text), Resolved::Float, "{text}");
        }
        for text in [
            "inf", "nan", "yes", "1.2.3", ".", "1e", "-.", "e5", "1e1.5", "v1", "0x", "1_000", "-", "e", "<+input>",
        ] {
            assert_eq!(resolve(text), Resolved::String, "{text}");
        }
    }

    #[test]
    fn text_that_needs_quotes() {
        for text in [
            "",
            "yes",
            "No",
            "y",
            "null",
            "~",
            "1",
            "1.0",
            "0x1",
            "1:30",
            "2024-01-01",
            "1_000",
            "- a",
            "a: b",
            "a #b",
            "a:",
            " a",
            "a ",
            "'a'",
            "a\nb",
            "a\tb",
            "#a",
            "&a",
            "*a",
            "!a",
            "|",
            ">",
            "%a",
            "@a",
            "`a",
            "{a}",
            "[a]",
            "---",
            "...",
            "?",
            "=",
            "<<",
            "\u{85}",
            "1e3",
        ] {
            assert!(!is_plain_string(text), "{text:?}");
        }
        for text in [
            "payment-service",
            "v1.0",
            "a:b",
            "a#b",
            "<+input>",
            "it's",
            "naïve",
            "10m",
            "gcr.io/a/b",
        ] {
            assert!(is_plain_string(text), "{text:?}");
        }
        assert!(is_plain_in_block("<+input>.allowedValues(a,b)"));
        assert!(!is_plain_string("a,b"));
    }
}
