//! Typed reading of the fields of a body, above all of filters.
//!
//! Source: harness-api §12.14 [CORE] has a 400 for an unknown status alone; that a field of a wrong kind is one too, and
//! its text, are invented. Null is as good as no field.

use serde_json::Value;

use crate::wire::respond::Failure;

/// The texts of a list; none where there is no list.
pub(crate) fn list_of_texts(body: &Value, key: &str) -> Result<Vec<String>, Failure> {
    let text = |item: &Value| item.as_str().map(str::to_owned);
    let texts = items(body, key)?.map(|item| text(item).ok_or_else(|| wrong(key, "a list of texts")));
    texts.collect()
}

/// The objects of a list; none where there is no list.
pub(crate) fn list_of_objects<'a>(body: &'a Value, key: &str) -> Result<Vec<&'a Value>, Failure> {
    let object = |item: &'a Value| item.is_object().then_some(item);
    let objects = items(body, key)?.map(|item| object(item).ok_or_else(|| wrong(key, "a list of objects")));
    objects.collect()
}

/// An object, or null.
pub(crate) fn object<'a>(body: &'a Value, key: &str) -> Result<&'a Value, Failure> {
    let object = read(body, key, "an object", |value| value.is_object().then_some(value))?;
    Ok(object.unwrap_or(&Value::Null))
}

pub(crate) fn text<'a>(body: &'a Value, key: &str) -> Result<Option<&'a str>, Failure> {
    read(body, key, "a text", Value::as_str)
}

pub(crate) fn boolean(body: &Value, key: &str) -> Result<Option<bool>, Failure> {
    read(body, key, "true or false", Value::as_bool)
}

pub(crate) fn whole_number(body: &Value, key: &str) -> Result<Option<i64>, Failure> {
    read(body, key, "a whole number", Value::as_i64)
}

fn items<'a>(body: &'a Value, key: &str) -> Result<impl Iterator<Item = &'a Value>, Failure> {
    let list = read(body, key, "a list", Value::as_array)?;
    Ok(list.into_iter().flatten().filter(|item| !item.is_null()))
}

fn read<'a, T>(
    body: &'a Value,
    key: &str,
    kind: &str,
    of: impl FnOnce(&'a Value) -> Option<T>,
) -> Result<Option<T>, Failure> {
    match body.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => of(value).map(Some).ok_or_else(|| wrong(key, kind)),
    }
}

/// What a query or a body gives for `key` is not of its kind.
pub(crate) fn wrong(key: &str, kind: &str) -> Failure {
    Failure::invalid(format!("{key}: must be {kind}"))
}
