use fancy_regex::Regex;
use serde_json::Value;

use crate::pointer::{covers, elements};

/// Checks a value against what a story expects; the error is the expectation in words.
///
/// A scalar or a list is the value itself. An object is made of the words below, which all have to hold.
pub(crate) fn check(expected: &Value, got: Option<&Value>) -> Result<(), String> {
    let Value::Object(words) = expected else {
        return verdict(got == Some(expected), || format!("to be {expected}"));
    };
    words
        .iter()
        .try_for_each(|(word, argument)| check_word(word, argument, got))
}

fn check_word(word: &str, argument: &Value, got: Option<&Value>) -> Result<(), String> {
    let holds = match word {
        "is" => got == Some(argument),
        "not" => check(argument, got).is_err(),
        "oneOf" => elements(argument).into_iter().any(|one| got == Some(one)),
        "present" => argument.as_bool().expect("`present` takes a boolean") == got.is_some(),
        "type" => got.is_some_and(|value| type_of(value) == argument.as_str().expect("`type` takes a word")),
        "matches" => {
            let pattern = Regex::new(argument.as_str().expect("`matches` takes a pattern")).expect("a pattern");
            got.and_then(Value::as_str)
                .is_some_and(|text| pattern.is_match(text).unwrap())
        }
        "contains" => got.is_some_and(|value| contains(value, argument)),
        "lacks" => got.is_none_or(|value| !contains(value, argument)),
        "mentions" => {
            let text = argument.as_str().expect("`mentions` takes a text");
            got.is_some_and(|value| value.to_string().contains(text))
        }
        "count" => got.map(|value| elements(value).len() as u64) == argument.as_u64(),
        "atLeast" => got.and_then(size) >= argument.as_f64(),
        _ => panic!("a story expects by the word `{word}`, which nobody knows"),
    };
    verdict(holds, || format!("{word} {argument}"))
}

fn verdict(holds: bool, words: impl FnOnce() -> String) -> Result<(), String> {
    if holds { Ok(()) } else { Err(words()) }
}

fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

/// A part of a text, or an element (of an object: a value) of which all that is said holds.
fn contains(value: &Value, part: &Value) -> bool {
    match (value, part) {
        (Value::String(text), Value::String(part)) => text.contains(part),
        _ => elements(value).into_iter().any(|element| covers(element, part)),
    }
}

/// A number itself, and how many elements a list or an object has.
#[expect(clippy::cast_precision_loss, reason = "no answer has 2^52 elements")]
fn size(value: &Value) -> Option<f64> {
    match value {
        Value::Array(_) | Value::Object(_) => Some(elements(value).len() as f64),
        _ => value.as_f64(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn each_word_holds_and_fails() {
        let table = [
            (json!("a"), json!("a"), json!("b")),
            (json!([1]), json!([1]), json!([1, 2])),
            (
                json!({ "is": { "a": 1 } }),
                json!({ "a": 1 }),
                json!({ "a": 1, "b": 2 }),
            ),
            (json!({ "not": "a" }), json!("b"), json!("a")),
            (json!({ "oneOf": ["a", "b"] }), json!("b"), json!("c")),
            (json!({ "type": "integer" }), json!(1), json!("1")),
            (json!({ "matches": "^a+$" }), json!("aa"), json!("ab")),
            (json!({ "contains": "b" }), json!("abc"), json!("ac")),
            (
                json!({ "contains": { "a": 1 } }),
                json!({ "k": { "a": 1, "b": 2 } }),
                json!([{ "a": 2 }]),
            ),
            (json!({ "lacks": "b" }), json!(["a"]), json!(["b"])),
            (
                json!({ "mentions": "deep" }),
                json!({ "a": ["deep"] }),
                json!({ "a": [] }),
            ),
            (json!({ "count": 2 }), json!([1, 2]), json!([1])),
            (json!({ "atLeast": 2 }), json!([1, 2, 3]), json!(1)),
            (json!({ "contains": "a", "count": 1 }), json!(["a"]), json!(["a", "b"])),
        ];
        for (expected, holds, fails) in table {
            assert_eq!(check(&expected, Some(&holds)), Ok(()), "{expected} {holds}");
            assert!(check(&expected, Some(&fails)).is_err(), "{expected} {fails}");
        }
        assert!(check(&json!({ "atLeast": 0 }), None).is_err());
        assert!(check(&json!({ "present": false }), None).is_ok());
        assert!(check(&json!({ "present": true }), None).is_err());
    }
}
