use serde_json::{Map, Value};

/// What a JSON pointer leads to. What is null counts as absent: Harness drops null fields (harness-api §0.4).
pub(crate) fn at<'a>(body: &'a Value, pointer: &str) -> Option<&'a Value> {
    assert!(
        pointer.is_empty() || pointer.starts_with('/'),
        "`{pointer}` is no JSON pointer"
    );
    body.pointer(pointer).filter(|value| !value.is_null())
}

/// The elements of a list, or the values of an object.
pub(crate) fn elements(value: &Value) -> Vec<&Value> {
    match value {
        Value::Array(items) => items.iter().collect(),
        Value::Object(fields) => fields.values().collect(),
        _ => Vec::new(),
    }
}

/// Whether all that `part` says holds for `whole`, which may say more.
pub(crate) fn covers(whole: &Value, part: &Value) -> bool {
    let covers_all = |whole: &Map<String, Value>, part: &Map<String, Value>| {
        part.iter()
            .all(|(key, value)| whole.get(key).is_some_and(|found| covers(found, value)))
    };
    match (whole, part) {
        (Value::Object(whole), Value::Object(part)) => covers_all(whole, part),
        _ => whole == part,
    }
}
