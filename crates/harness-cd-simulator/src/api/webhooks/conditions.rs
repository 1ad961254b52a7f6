//! The conditions of a custom trigger, and what its expressions stand for.

use serde_json::Value;

use crate::state::entity::Entity;
use crate::state::events::{Event, FinalStatus, Verdict};
use crate::tables::expression::{self, Context};
use crate::tables::operators::compare;
use crate::tables::yaml::scalar_text;

/// The payload's fields as `trigger.payload.a.b[0]`, the headers as `trigger.header['name']`, in small letters.
/// Source: harness-api §2.1 [HUB]; the syntax of headers [weak, §2].
pub(super) fn context(event: &Event, payload: &Value) -> Context {
    let mut context = Context::new();
    context.insert("trigger.payload".to_owned(), event.payload.clone());
    flatten(payload, "trigger.payload", &mut context);
    for (name, value) in &event.headers {
        context.insert(format!("trigger.header['{}']", name.to_lowercase()), value.clone());
    }
    context
}

fn flatten(value: &Value, path: &str, context: &mut Context) {
    match value {
        Value::Object(fields) => {
            for (key, field) in fields {
                flatten(field, &format!("{path}.{key}"), context);
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                flatten(item, &format!("{path}[{index}]"), context);
            }
        }
        scalar => {
            context.insert(path.to_owned(), scalar_text(scalar));
        }
    }
}

/// Replaces expressions inside of texts, never between them: a payload cannot add keys.
/// Source: harness-api §2 [HUB custom-trigger-passing-data].
pub(super) fn resolved(value: &Value, context: &Context) -> Value {
    match value {
        Value::String(text) => Value::String(expression::resolve(&with_usual_headers(text), context)),
        Value::Array(items) => items.iter().map(|item| resolved(item, context)).collect(),
        Value::Object(fields) => Value::Object(
            fields
                .iter()
                .map(|(key, field)| (key.clone(), resolved(field, context)))
                .collect(),
        ),
        other => other.clone(),
    }
}

/// Header names in expressions as the context has them: HTTP does not tell capitals from small letters.
fn with_usual_headers(text: &str) -> String {
    const START: &str = "<+trigger.header[";
    let mut usual = String::new();
    let mut rest = text;
    while let Some((before, tail)) = rest.split_once(START) {
        let (name, after) = tail.split_once(']').unwrap_or((tail, ""));
        usual.extend([before, START, &name.to_lowercase().replace('"', "'"), "]"]);
        rest = after;
    }
    usual + rest
}

/// Why an event is not for a trigger.
/// Source: harness-api §2 [SCH, TF]: all conditions must hold; §2.2: each kind has its own status. In which order they
/// are looked at is not told.
pub(super) fn mismatch(trigger: &Entity, context: &Context) -> Option<Verdict> {
    let spec = trigger.body.pointer("/source/spec/spec").unwrap_or(&Value::Null);
    let conditions = [
        ("payloadConditions", FinalStatus::NoMatchingTriggerForPayloadConditions),
        ("headerConditions", FinalStatus::NoMatchingTriggerForHeaderConditions),
    ];
    let failed = conditions
        .into_iter()
        .find_map(|(key, status)| match all_hold(spec.get(key), context) {
            Ok(true) => None,
            Ok(false) => Some(no_match(trigger, status)),
            Err(problem) => Some(Verdict::new(FinalStatus::ExceptionWhileProcessing, problem)),
        });
    failed.or_else(|| jexl_mismatch(trigger, spec, context))
}

fn jexl_mismatch(trigger: &Entity, spec: &Value, context: &Context) -> Option<Verdict> {
    let condition = spec
        .get("jexlCondition")
        .and_then(Value::as_str)
        .filter(|text| !text.trim().is_empty())?;
    match expression::holds(&with_usual_headers(condition), context) {
        Ok(true) => None,
        Ok(false) => Some(no_match(trigger, FinalStatus::NoMatchingTriggerForJexlConditions)),
        Err(problem) => Some(Verdict::new(FinalStatus::ExceptionWhileProcessing, problem)),
    }
}

fn no_match(trigger: &Entity, status: FinalStatus) -> Verdict {
    Verdict::new(
        status,
        format!(
            "The conditions of trigger [{}] do not match the event",
            trigger.identifier
        ),
    )
}

fn all_hold(conditions: Option<&Value>, context: &Context) -> Result<bool, String> {
    let conditions = conditions.and_then(Value::as_array).into_iter().flatten();
    conditions
        .map(|condition| holds(condition, context))
        .try_fold(true, |all, one| Ok(all && one?))
}

fn holds(condition: &Value, context: &Context) -> Result<bool, String> {
    let text = |key: &str| condition.get(key).map(scalar_text).unwrap_or_default();
    let (key, operator) = (text("key"), text("operator"));
    let found = match key.strip_prefix("<+") {
        Some(_) => expression::resolve(&with_usual_headers(&key), context),
        // The page writes a header's name alone [weak].
        None => context
            .get(&format!("trigger.header['{}']", key.to_lowercase()))
            .cloned()
            .unwrap_or_default(),
    };
    let found = if found.starts_with("<+") { String::new() } else { found };
    compare(&found, &operator, &text("value"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::scope::Scope;
    use serde_json::json;

    fn event(payload: &str) -> Event {
        Event {
            id: "e".to_owned(),
            at: 0,
            scope: Scope::default(),
            pipeline: None,
            trigger: None,
            payload: payload.to_owned(),
            headers: vec![("x-source".to_owned(), "registry".to_owned())],
            verdicts: Vec::new(),
        }
    }

    /// harness-api §2, §2.2
    #[test]
    fn each_kind_of_condition_has_its_status() {
        let text = r#"{"image":{"tag":"v1","arch":["arm","x86"]}}"#;
        let context = context(&event(text), &serde_json::from_str(text).unwrap());
        let condition = |key: &str, value: &str| json!([{ "key": key, "operator": "Equals", "value": value }]);
        for (payload, header, jexl, status) in [
            (condition("<+trigger.payload.image.tag>", "v1"), json!([]), "", None),
            (
                condition("<+trigger.payload.image.arch[1]>", "x86"),
                condition("X-Source", "registry"),
                "true",
                None,
            ),
            (
                condition("<+trigger.payload.nothing>", "<+trigger.payload.nothing>"),
                json!([]),
                "",
                Some(FinalStatus::NoMatchingTriggerForPayloadConditions),
            ),
            (
                json!([]),
                condition("<+trigger.header['X-Source']>", "other"),
                "",
                Some(FinalStatus::NoMatchingTriggerForHeaderConditions),
            ),
            (
                json!([]),
                condition("<+trigger.header[\"X-Source\"]>", "registry"),
                "",
                None,
            ),
            (
                json!([]),
                json!([]),
                "<+trigger.payload.image.tag> == \"v2\"",
                Some(FinalStatus::NoMatchingTriggerForJexlConditions),
            ),
            (json!([]), json!([]), "1 +", Some(FinalStatus::ExceptionWhileProcessing)),
            (
                json!([{ "key": "a", "operator": "Like", "value": "b" }]),
                json!([]),
                "",
                Some(FinalStatus::ExceptionWhileProcessing),
            ),
        ] {
            let spec = json!({ "payloadConditions": payload, "headerConditions": header, "jexlCondition": jexl });
            let document = json!({ "trigger": { "identifier": "t", "source": { "spec": { "spec": spec } } } });
            let trigger = Entity::new(crate::state::entity::Kind::Trigger, Scope::default(), "", &document).unwrap();
            assert_eq!(
                mismatch(&trigger, &context).map(|verdict| verdict.status),
                status,
                "{document}"
            );
        }
    }

    /// harness-api §2
    #[test]
    fn a_payload_fills_texts_and_adds_no_keys() {
        let text = r#"{"tag":"v1\nother: x"}"#;
        let context = context(&event(text), &serde_json::from_str(text).unwrap());
        let inputs =
            json!({ "a": ["<+trigger.payload.tag>"], "b": "<+trigger.header['X-Source']>-<+trigger.payload.no>" });
        let expected = json!({ "a": ["v1\nother: x"], "b": "registry-<+trigger.payload.no>" });
        assert_eq!(resolved(&inputs, &context), expected);
    }
}
