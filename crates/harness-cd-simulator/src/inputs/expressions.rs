//! Expressions with which one stage reads another.
//!
//! Source: run-inputs §1.2, §1.5 [CORE StagesExecutionHelper].

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::grammar;
use super::problem::Problem;
use super::stages;

/// By chosen stage: its expressions that read a stage not chosen.
pub(crate) fn read_elsewhere(pipeline: &Value, chosen: &[String]) -> BTreeMap<String, BTreeSet<String>> {
    let mut found = BTreeMap::new();
    for stage in stages::all(pipeline) {
        let identifier = stages::text(stage, "identifier");
        if chosen.iter().any(|id| id == identifier) {
            let mut own = BTreeSet::new();
            stage.values().for_each(|value| collect(value, chosen, &mut own));
            found.insert(identifier.to_owned(), own);
        }
    }
    found
}

fn collect(value: &Value, chosen: &[String], found: &mut BTreeSet<String>) {
    match value {
        Value::String(text) => {
            let foreign = |expression: &&str| stage_read(expression).is_some_and(|id| !chosen.iter().any(|c| c == id));
            found.extend(expressions(text).filter(foreign).map(str::to_owned));
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, chosen, found)),
        Value::Object(fields) => fields.values().for_each(|value| collect(value, chosen, found)),
        _ => {}
    }
}

/// Every expression of a text, those inside of others too.
fn expressions(text: &str) -> impl Iterator<Item = &str> {
    text.match_indices("<+").filter_map(|(start, _)| {
        let (_, tail) = text.split_at_checked(start)?;
        let (expression, _) = tail.split_at_checked(end(tail)?)?;
        Some(expression)
    })
}

/// Behind the `>` that closes the expression at the beginning of a text.
fn end(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    let mut previous = ' ';
    for (index, c) in text.char_indices() {
        match (previous, c) {
            ('<', '+') => depth += 1,
            (_, '>') if depth <= 1 => return Some(index + 1),
            (_, '>') => depth -= 1,
            _ => {}
        }
        previous = c;
    }
    None
}

/// The stage that `<+pipeline.stages.X…>` or `<+stages.X…>` reads.
fn stage_read(expression: &str) -> Option<&str> {
    let inner = expression.strip_prefix("<+")?;
    let inner = inner.strip_prefix("pipeline.").unwrap_or(inner);
    let tail = inner.strip_prefix("stages.")?;
    tail.split(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != '$')
        .next()
}

/// Puts values in place of expressions.
///
/// # Errors
/// A key that is no expression.
pub(crate) fn replace(value: &Value, values: &BTreeMap<String, String>) -> Result<Value, Problem> {
    if let Some(key) = values.keys().find(|key| !grammar::is_expression(key)) {
        let message =
            format!("{key} is not a syntactically valid pipeline expression. Is the expression surrounded by <+ >?");
        return Err(Problem::Invalid(message));
    }
    Ok(replaced(value, values))
}

fn replaced(value: &Value, values: &BTreeMap<String, String>) -> Value {
    match value {
        Value::String(text) => {
            let text = values
                .iter()
                .fold(text.clone(), |text, (key, value)| text.replace(key, value));
            Value::String(text)
        }
        Value::Array(items) => items.iter().map(|item| replaced(item, values)).collect(),
        Value::Object(fields) => {
            let fields = fields.iter().map(|(key, value)| (key.clone(), replaced(value, values)));
            Value::Object(fields.collect())
        }
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// run-inputs §1.2: `replacedExpressions`
    #[test]
    fn expressions_that_read_a_stage_not_chosen() {
        let script = "<+stages.b.out> <+pipeline.stages.a.x> <+<+pipeline.stages.c.spec.y> == 'é'> <+pipeline.name> <+";
        let pipeline = json!({ "stages": [
            { "stage": { "identifier": "a", "spec": { "list": [script] }, "when": "<+pipeline.stages.b[0]>" } },
            { "stage": { "identifier": "b", "spec": "<+stages.a.x>" } },
        ] });
        let found = read_elsewhere(&pipeline, &["a".to_owned()]);
        let own: Vec<&String> = found["a"].iter().collect();
        assert_eq!(
            own,
            [
                "<+pipeline.stages.b[0]>",
                "<+pipeline.stages.c.spec.y>",
                "<+stages.b.out>"
            ]
        );
        assert_eq!(found.len(), 1);
    }
}
