//! Single values: durations, percentages, tags and words of closed lists.

use harness_cd_model::duration_ms;
use harness_cd_yaml::nearest;

use super::{Fault, Place};
use crate::inputs::{InputExpression, split_values};

/// A timeout is a duration of ten seconds or more.
pub(super) fn timeout(place: &Place<'_>) -> Vec<Fault> {
    if place.key != "timeout" || !place.is_value {
        return Vec::new();
    }
    let hint = "write a number and a unit (w, d, h, m, s), for example `10m` or `1h 30m`";
    match place
        .literal()
        .filter(|text| !text.is_empty())
        .map(|text| (text, duration_ms(text)))
    {
        Some((text, None)) => place.fault(format!("`{text}` is not a duration"), hint),
        Some((text, Some(0..10_000))) => place.fault(
            format!("the timeout `{text}` is shorter than the ten seconds that Harness takes"),
            hint,
        ),
        _ => Vec::new(),
    }
}

/// A percentage lies between 1 and 100.
pub(super) fn percentage(place: &Place<'_>) -> Vec<Fault> {
    if !matches!(place.key, "percentage" | "targetPercentage") || !place.is_value {
        return Vec::new();
    }
    match place.literal().map(|text| (text, text.parse::<u32>())) {
        Some((text, value)) if !value.as_ref().is_ok_and(|value| (1..=100).contains(value)) => place.fault(
            format!("`{text}` is no percentage from 1 to 100"),
            "write a whole number from 1 to 100",
        ),
        _ => Vec::new(),
    }
}

/// A tag that moves makes a deployment unrepeatable, and a rollback to the previous tag does nothing.
pub(super) fn moving_tag(place: &Place<'_>) -> Vec<Fault> {
    let Some(text) = place.at.node.text().filter(|_| place.is_value) else {
        return Vec::new();
    };
    let names_tag = || {
        let name = place
            .mapping
            .and_then(|mapping| mapping.get("name"))
            .and_then(|name| name.text());
        name.is_some_and(|name| name.to_ascii_lowercase().ends_with("tag"))
    };
    let moves = match place.key {
        "tag" => text == "latest",
        "image" => text.ends_with(":latest"),
        "default" | "value" => names_tag() && (text == "latest" || text.starts_with("<+input>.default(latest)")),
        _ => false,
    };
    match moves {
        true => place.fault(
            "the tag `latest` moves: what runs cannot be told, nor rolled back to",
            "name a version",
        ),
        false => Vec::new(),
    }
}

/// What a failure strategy may do. Source: Harness's pipeline schema, which does not reject other words.
const ACTIONS: [&str; 11] = [
    "Ignore",
    "Retry",
    "MarkAsSuccess",
    "Abort",
    "StageRollback",
    "StepGroupRollback",
    "PipelineRollback",
    "ManualIntervention",
    "ProceedWithDefaultValues",
    "MarkAsFailure",
    "RetryStepGroup",
];

/// What a failure strategy may wait for. Source: Harness's pipeline schema.
const ERRORS: [&str; 18] = [
    "Unknown",
    "AllErrors",
    "Authentication",
    "Connectivity",
    "Timeout",
    "Authorization",
    "Verification",
    "DelegateProvisioning",
    "PolicyEvaluationFailure",
    "InputTimeoutError",
    "ApprovalRejection",
    "DelegateRestart",
    "UserMarkedFailure",
    "InfrastructureFailure",
    "PluginImageFailure",
    "ResourceLimitsFailure",
    "ConfigurationFailure",
    "RetryableTransientFailure",
];

/// How a trigger compares. Source: Harness's trigger schema.
const OPERATORS: [&str; 9] = [
    "In",
    "NotIn",
    "Equals",
    "NotEquals",
    "Regex",
    "StartsWith",
    "EndsWith",
    "Contains",
    "DoesNotContain",
];

/// The action of a failure strategy is one that Harness knows.
pub(super) fn failure_action(place: &Place<'_>) -> Vec<Fault> {
    let is_action = place.is_value && place.key == "type" && place.at.pointer.ends_with("/onFailure/action/type");
    if is_action {
        word(place, "action", &ACTIONS)
    } else {
        Vec::new()
    }
}

/// The errors of a failure strategy are ones that Harness knows.
pub(super) fn failure_error(place: &Place<'_>) -> Vec<Fault> {
    let is_error = !place.is_value && place.key == "errors" && place.at.pointer.contains("/onFailure/errors/");
    if is_error {
        word(place, "error", &ERRORS)
    } else {
        Vec::new()
    }
}

/// The operator of a trigger's condition is one that Harness knows.
pub(super) fn trigger_operator(place: &Place<'_>) -> Vec<Fault> {
    let is_condition = place.key == "operator" && place.at.pointer.contains("Conditions/");
    if is_condition {
        word(place, "operator", &OPERATORS)
    } else {
        Vec::new()
    }
}

fn word(place: &Place<'_>, kind: &str, known: &[&str]) -> Vec<Fault> {
    let Some(text) = place.literal().filter(|text| !known.contains(text)) else {
        return Vec::new();
    };
    let hint = match nearest(text, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("use one of {}", known.join(", ")),
    };
    place.fault(format!("Harness knows no {kind} `{text}`"), hint)
}

/// The default of a runtime input is one of its allowed values.
pub(super) fn default_outside_allowed_values(place: &Place<'_>) -> Vec<Fault> {
    let Some(input) = place.at.node.text().and_then(InputExpression::parse) else {
        return Vec::new();
    };
    let (Some(default), Some(allowed)) = (input.default, input.allowed_values) else {
        return Vec::new();
    };
    let filled_later = |text: &str| text.contains("<+");
    if default.is_empty() || filled_later(&default) || allowed.iter().any(|value| filled_later(value)) {
        return Vec::new();
    }
    let chosen = if input.many {
        split_values(&default)
    } else {
        vec![default]
    };
    match chosen.iter().find(|value| !allowed.contains(value)) {
        Some(value) => place.fault(
            format!("the default `{value}` is not one of the allowed values"),
            format!("allowed: {}", allowed.join(", ")),
        ),
        None => Vec::new(),
    }
}

/// `<+currentTime>` and `<+currentDate…>` are functions; without parentheses they are nothing.
pub(super) fn undocumented_expression(place: &Place<'_>) -> Vec<Fault> {
    let Some(text) = place.at.node.text() else {
        return Vec::new();
    };
    match ["<+currentTime>", "<+currentDate>", "<+currentDate."]
        .iter()
        .find(|part| text.contains(**part))
    {
        Some(part) => place.fault(
            format!("`{part}` is no expression that Harness documents"),
            "let a policy read its own clock; in date fields write `<+currentDate()>` or `<+currentTime()>`",
        ),
        None => Vec::new(),
    }
}
