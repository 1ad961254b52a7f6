//! Triggers: what starts a run, and what it hands over.

use harness_cd_yaml::{Node, Value};

use crate::place::{Faults, Place, literal, type_of};

/// The body of a webhook trigger's event, if the place is such a trigger.
fn webhook<'n>(place: &Place<'n, '_>) -> Option<&'n Node> {
    let source = place.node.get("source").filter(|_| place.is_body("trigger"))?;
    source.get("spec").filter(|_| type_of(source) == Some("Webhook"))
}

/// A webhook starts a run for something, not for anything.
pub(crate) fn webhook_without_conditions<'n>(place: &Place<'n, '_>, faults: &mut Faults<'n>) {
    let Some(spec) = webhook(place).and_then(|webhook| webhook.get("spec")) else {
        return;
    };
    // The event of a Git provider has a type and a body of its own.
    let event = spec.get("spec").unwrap_or(spec);
    if !matches!(event.value, Value::Mapping(_)) {
        return;
    }
    let has_items = |key: &str| event.get(key).is_some_and(|list| list.items().next().is_some());
    let has_condition = ["payloadConditions", "headerConditions", "actions"]
        .iter()
        .any(|key| has_items(key))
        || event
            .get("jexlCondition")
            .and_then(Node::text)
            .is_some_and(|text| !text.trim().is_empty());
    if !has_condition {
        let message = "every call of the webhook starts a run: the trigger has no conditions";
        faults.add(
            event,
            message,
            "add payloadConditions, headerConditions or a jexlCondition",
        );
    }
}

/// A condition looks into the payload, where there is something to compare.
pub(crate) fn condition_key<'n>(place: &Place<'n, '_>, faults: &mut Faults<'n>) {
    let Some(webhook) = webhook(place).filter(|webhook| type_of(webhook) == Some("Custom")) else {
        return;
    };
    let conditions = webhook
        .at(&["spec", "payloadConditions"])
        .into_iter()
        .flat_map(Node::items);
    for key in conditions.filter_map(|condition| condition.get("key")) {
        if let Some(text) = literal(key) {
            let message = format!("`{text}` is compared as it stands, and no payload is looked into");
            faults.add(key, message, format!("write `<+trigger.payload.{text}>`"));
        }
    }
}

/// Expressions that mean nothing before a run begins.
const LATER: [&str; 5] = ["<+pipeline.", "<+stage.", "<+stages.", "<+env.", "<+service."];

/// A trigger knows its payload and nothing of the run that it starts.
pub(crate) fn trigger_expression<'n>(place: &Place<'n, '_>, faults: &mut Faults<'n>) {
    // The text of `inputYaml` is looked into as a document of its own.
    let is_in_trigger = place.trail.contains(&"trigger") && place.key() != "inputYaml";
    if !is_in_trigger && place.outline.trigger.is_none() {
        return;
    }
    let Some(text) = place.node.text() else { return };
    if let Some(early) = LATER.iter().find(|part| text.contains(**part)) {
        let message = format!("`{early}…>` is empty in a trigger: the run has not begun");
        faults.add_part(place.node, early, message, "take the value from `<+trigger.payload.…>`");
    }
}

/// The inputs are for the pipeline that the trigger starts.
pub(crate) fn input_of_another_pipeline<'n>(place: &Place<'n, '_>, faults: &mut Faults<'n>) {
    let Some(trigger) = place.outline.trigger.filter(|_| place.is_at("/ pipeline identifier")) else {
        return;
    };
    let started = trigger.get("pipelineIdentifier").and_then(literal);
    if let (Some(started), Some(named)) = (started, place.literal())
        && started != named
    {
        let message = format!("the inputs are for the pipeline `{named}`, and the trigger starts `{started}`");
        faults.add(place.node, message, format!("write `{started}`"));
    }
}
