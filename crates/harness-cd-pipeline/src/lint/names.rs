//! Identifiers, names and references.

use std::collections::BTreeMap;

use harness_cd_model::{Identifier, IdentifierError};
use harness_cd_yaml::At;

use super::{Fault, Place};
use crate::stages::unwrapped;

/// An identifier follows the grammar.
pub(super) fn identifier(place: &Place<'_>) -> Vec<Fault> {
    if place.key != "identifier" || !place.is_value {
        return Vec::new();
    }
    match place
        .literal()
        .map(|text| parse_identifier(text, place.at.pointer.starts_with("/connector/")))
    {
        Some(Err(error)) => place.fault(
            error.to_string(),
            "a name may have dashes and spaces, an identifier may not",
        ),
        _ => Vec::new(),
    }
}

/// A connector alone may have a dollar sign in its identifier. Source: Harness's connector schema.
fn parse_identifier(text: &str, of_connector: bool) -> Result<Identifier, IdentifierError> {
    match of_connector {
        true => Identifier::parse(&text.replace('$', "_")),
        false => Identifier::parse(text),
    }
}

/// What carries a name that Harness checks.
const NAMED: [&str; 8] = [
    "pipeline",
    "stage",
    "step",
    "stepGroup",
    "service",
    "environment",
    "infrastructureDefinition",
    "trigger",
];

/// A name has letters, digits, spaces, dots, dashes and underscores. Source: Harness's pipeline schema.
pub(super) fn name(place: &Place<'_>) -> Vec<Fault> {
    if !NAMED.iter().any(|wrapper| place.is_body(wrapper)) {
        return Vec::new();
    }
    let Some((at, text)) = place
        .at
        .get("name")
        .and_then(|at| at.node.text().map(|text| (at, text)))
        .filter(|(_, text)| !text.contains("${"))
    else {
        return Vec::new();
    };
    let is_inner = |c: char| c.is_ascii_alphanumeric() || c.is_whitespace() || "-_.".contains(c);
    let message = if let Some(bad) = text.chars().find(|c| !is_inner(*c)) {
        format!("the name contains `{bad}`")
    } else if text.starts_with(char::is_whitespace) || text.is_empty() {
        "the name does not start with a letter, digit, dot, dash or underscore".to_owned()
    } else if text.len() > 128 {
        format!("the name has {} characters; Harness allows 128", text.len())
    } else {
        return Vec::new();
    };
    let hint = "use letters, digits, spaces, dots, dashes and underscores; Harness evaluates no expression in a name";
    vec![Fault::at(&at, message, hint)]
}

/// Keys whose value, or every item of whose list, is the identifier of something else.
const REFERENCES: [&str; 13] = [
    "serviceRef",
    "environmentRef",
    "environmentGroupRef",
    "envGroupRef",
    "connectorRef",
    "pipelineIdentifier",
    "orgIdentifier",
    "projectIdentifier",
    "templateRef",
    "userGroups",
    "policySets",
    "monitoredServiceRef",
    "provisionerRef",
];

/// A reference is an identifier with an optional scope. In one with expressions, the text between them is checked.
pub(super) fn reference(place: &Place<'_>) -> Vec<Fault> {
    let is_infrastructure = place.key == "identifier" && place.at.pointer.contains("/infrastructureDefinitions/");
    if !REFERENCES.contains(&place.key) && !is_infrastructure {
        return Vec::new();
    }
    let Some(text) = place
        .at
        .node
        .text()
        .filter(|text| !text.is_empty() && !text.contains("${"))
    else {
        return Vec::new();
    };
    let dashed = |part: &str| part.contains('-');
    let hint = "write the identifier, not the name: `payment_service` for `payment-service`";
    if text.contains("<+") {
        // `<+input>` has modifiers behind it, which are no part of a reference.
        let is_input = text.starts_with("<+input>");
        return match outside_expressions(text).iter().any(|part| dashed(part)) && !is_input {
            true => place.fault(format!("`{text}` has a dash, and no identifier has one"), hint),
            false => Vec::new(),
        };
    }
    if is_infrastructure {
        // Checked as any other identifier.
        return Vec::new();
    }
    let name = text
        .strip_prefix("account.")
        .or_else(|| text.strip_prefix("org."))
        .unwrap_or(text);
    match parse_identifier(name, place.key == "connectorRef") {
        Err(IdentifierError::Reserved(_)) | Ok(_) => Vec::new(),
        Err(error) => place.fault(format!("`{}` refers to nothing: {error}", place.key), hint),
    }
}

/// The parts of a text that stand outside `<+…>`.
fn outside_expressions(text: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut depth = 0_usize;
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        match c {
            '<' if characters.peek() == Some(&'+') => depth += 1,
            '>' if depth > 0 => {
                depth -= 1;
                parts.push(String::new());
            }
            c if depth == 0 => {
                if let Some(part) = parts.last_mut() {
                    part.push(c);
                }
            }
            _ => {}
        }
    }
    parts
}

/// No two stages of a pipeline share an identifier.
pub(super) fn duplicate_stage(place: &Place<'_>) -> Vec<Fault> {
    duplicates(
        place,
        "stages",
        "stage",
        "Harness runs one of them and reports the other",
    )
}

/// No two steps of a list share an identifier.
pub(super) fn duplicate_step(place: &Place<'_>) -> Vec<Fault> {
    let mut faults = duplicates(
        place,
        "steps",
        "step",
        "an expression that names it reaches one of them alone",
    );
    faults.extend(duplicates(
        place,
        "rollbackSteps",
        "step",
        "an expression that names it reaches one of them alone",
    ));
    faults
}

fn duplicates(place: &Place<'_>, list: &str, wrapper: &str, consequence: &str) -> Vec<Fault> {
    if place.key != list || !place.is_value {
        return Vec::new();
    }
    let mut seen: BTreeMap<&str, u32> = BTreeMap::new();
    let mut faults = Vec::new();
    let identifiers: Vec<At<'_>> = unwrapped(&place.at, wrapper)
        .iter()
        .filter_map(|body| body.get("identifier"))
        .collect();
    for at in &identifiers {
        let Some(text) = at.node.text() else { continue };
        if let Some(line) = seen.get(text) {
            let message = format!("the {wrapper} `{text}` stands here twice, first in line {line}: {consequence}");
            faults.push(Fault::at(
                at,
                message,
                format!("give every {wrapper} an identifier of its own"),
            ));
        } else {
            seen.insert(text, at.node.range.line);
        }
    }
    faults
}
