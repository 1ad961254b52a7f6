use serde_json::{Value, json};

use crate::matcher::check;
use crate::pointer::at;
use crate::server::Reply;
use crate::story::Expect;
use crate::variables::{Unknown, Variables};

/// The code of a path or a method that is not there. Only a step that expects it may get it: else a refusal would be
/// taken for the one that is meant.
const NO_SUCH_PATH: &str = "RESOURCE_NOT_FOUND_EXCEPTION";

/// How much of an answer a failure shows.
pub(crate) const SHOWN: usize = 1_500;

/// The first expectation that does not hold, with what came instead.
pub(crate) fn differs(expect: &Expect, reply: &Reply, variables: &Variables) -> Result<Option<String>, Unknown> {
    let statuses = expect.statuses();
    if !statuses.contains(&reply.status) {
        let expected = statuses.iter().map(u16::to_string).collect::<Vec<_>>().join(" or ");
        return Ok(Some(lines(
            &format!("status {expected}"),
            &format!("status {}", reply.status),
        )));
    }
    let code = at(&reply.body, "/code").filter(|code| *code == NO_SUCH_PATH);
    if code.is_some() && code != expect.code.as_ref() {
        return Ok(Some(lines("a path that is there", NO_SUCH_PATH)));
    }
    for (pointer, expected) in expectations(expect) {
        let (pointer, expected) = (variables.text(&pointer)?, variables.value(&expected)?);
        let got = at(&reply.body, &pointer);
        if let Err(words) = check(&expected, got) {
            let got = got.map_or_else(
                || "nothing".to_owned(),
                |value| value.to_string().chars().take(SHOWN).collect(),
            );
            let place = if pointer.is_empty() { "the body" } else { &pointer };
            return Ok(Some(lines(&format!("{place} {words}"), &got)));
        }
    }
    Ok(None)
}

pub(crate) fn lines(expected: &str, got: &str) -> String {
    format!("expected  {expected}\n  got       {got}")
}

/// Everything that is expected of the body. `data` means a classic success, `code` and `message` a classic failure
/// (harness-api §0.4, §0.5).
fn expectations(expect: &Expect) -> Vec<(String, Value)> {
    let mut all = Vec::new();
    if let Some(data) = &expect.data {
        all.push(("/status".to_owned(), Value::from("SUCCESS")));
        all.extend(
            data.iter()
                .map(|(pointer, value)| (format!("/data{pointer}"), value.clone())),
        );
    }
    if expect.code.is_some() || expect.message.is_some() {
        all.push(("/status".to_owned(), json!({ "oneOf": ["ERROR", "FAILURE"] })));
    }
    all.extend(expect.code.iter().map(|code| ("/code".to_owned(), code.clone())));
    let message = expect.message.iter();
    all.extend(message.map(|part| ("/message".to_owned(), json!({ "contains": part }))));
    all.extend(expect.body.clone());
    all
}

impl Expect {
    /// Panics over a word or a pointer that nobody knows.
    pub(crate) fn understand(&self) {
        for (pointer, expected) in expectations(self) {
            let _ = at(&Value::Null, &pointer);
            for (word, argument) in expected.as_object().into_iter().flatten() {
                let _ = check(&json!({ word: argument }), None);
            }
        }
    }
}
