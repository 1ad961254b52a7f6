//! Identifiers, names and references.

use std::collections::BTreeMap;

use harness_cd_model::{Identifier, IdentifierError};
use harness_cd_yaml::Node;

use crate::expressions::{outside_expressions, pipeline_variables, with_value};
use crate::place::{Faults, Place};
use harness_cd_pipeline::InputExpression;
use harness_cd_pipeline::stages::bodies;

/// An identifier follows the grammar.
pub(crate) fn identifier<'n>(place: &Place<'n, '_>, faults: &mut Faults<'n>) {
    if place.key() != "identifier" || !place.is_value() {
        return;
    }
    let parse = match place.trail.first() {
        Some(&"connector") => parse_connector,
        _ => Identifier::parse,
    };
    if let Some(Err(error)) = place.literal().map(parse) {
        let hint = "a name may have dashes and spaces, an identifier may not";
        faults.add(place.node, error.to_string(), hint);
    }
}

/// A connector alone may have a dollar sign in its identifier. Source: Harness's connector schema.
fn parse_connector(text: &str) -> Result<Identifier, IdentifierError> {
    Identifier::parse(&text.replace('$', "_"))
}

/// A pipeline says its identifier and its name. The call that saves one takes both from its text alone (harness-api §1,
/// §1.1); one that is filled in by a trigger says what it fills, and is saved nowhere.
pub(crate) fn nameless_pipeline<'n>(place: &Place<'n, '_>, faults: &mut Faults<'n>) {
    if !place.is_at("/ pipeline") || !place.is_body("pipeline") || place.outline.trigger.is_some() {
        return;
    }
    let missing: Vec<&str> = ["identifier", "name"]
        .into_iter()
        .filter(|key| place.node.get(key).is_none())
        .collect();
    if !missing.is_empty() {
        let keys = missing.iter().map(|key| format!("`{key}`")).collect::<Vec<_>>();
        let message = format!("the pipeline has no {}", keys.join(" and no "));
        let hint = format!("add `{}:` below `pipeline:`", missing.join(":` and `"));
        faults.add(place.node, message, hint);
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
pub(crate) fn name<'n>(place: &Place<'n, '_>, faults: &mut Faults<'n>) {
    if !NAMED.iter().any(|wrapper| place.is_body(wrapper)) {
        return;
    }
    let Some(node) = place.node.get("name") else { return };
    let Some(text) = node.text().filter(|text| !text.contains("${") && !text.contains("{{")) else {
        return;
    };
    let is_inner = |c: char| c.is_ascii_alphanumeric() || c.is_whitespace() || "-_.".contains(c);
    let message = if let Some(bad) = text.chars().find(|c| !is_inner(*c)) {
        format!("the name contains `{bad}`")
    } else if text.starts_with(char::is_whitespace) || text.is_empty() {
        "the name does not start with a letter, digit, dot, dash or underscore".to_owned()
    } else if text.len() > 128 {
        format!("the name has {} characters; Harness allows 128", text.len())
    } else {
        return;
    };
    let hint = "use letters, digits, spaces, dots, dashes and underscores; Harness evaluates no expression in a name";
    faults.add(node, message, hint);
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

const WRITE_THE_IDENTIFIER: &str = "write the identifier, not the name: `payment_service` for `payment-service`";

/// A reference is an identifier with an optional scope. In one with expressions, the text between them is checked,
/// and what the pipeline's own variables may put into it.
pub(crate) fn reference<'n>(place: &Place<'n, '_>, faults: &mut Faults<'n>) {
    let is_infrastructure = place.is_at("infrastructureDefinitions identifier");
    if !REFERENCES.contains(&place.key()) && !is_infrastructure {
        return;
    }
    let is_text = |text: &&str| !text.is_empty() && !text.contains("${") && !text.contains("{{");
    let Some(text) = place.node.text().filter(is_text) else {
        return;
    };
    // `<+input>` has modifiers behind it, which are no part of a reference.
    if InputExpression::is_one(text) {
        return;
    }
    if text.contains("<+") {
        return computed_reference(place, text, faults);
    }
    // Checked as any other identifier.
    if is_infrastructure {
        return;
    }
    let name = ["account.", "org."]
        .iter()
        .find_map(|scope| text.strip_prefix(scope))
        .unwrap_or(text);
    let parsed = match place.key() {
        "connectorRef" => parse_connector(name),
        _ => Identifier::parse(name),
    };
    match parsed {
        Err(IdentifierError::Reserved(_)) | Ok(_) => {}
        Err(error) => faults.add(
            place.node,
            format!("`{}` refers to nothing: {error}", place.key()),
            WRITE_THE_IDENTIFIER,
        ),
    }
}

fn computed_reference<'n>(place: &Place<'n, '_>, text: &str, faults: &mut Faults<'n>) {
    if outside_expressions(text).iter().any(|part| part.contains('-')) {
        let message = format!("`{text}` has a dash, and no identifier has one");
        return faults.add(place.node, message, WRITE_THE_IDENTIFIER);
    }
    for variable in pipeline_variables(text) {
        let declared = place.outline.variable(variable);
        // What a method makes of a value may have no dash any more.
        let stays = |value: &&String| with_value(text, variable, value).is_none_or(|filled| filled.contains('-'));
        if let Some(value) = declared.and_then(|variable| variable.dashed.iter().find(stays)) {
            let message = format!("`{variable}` may be `{value}` here, and no identifier has a dash");
            let hint = "give each value a stage of its own with a fixed reference, or allow identifiers alone";
            return faults.add(place.node, message, hint);
        }
    }
}

/// No two stages of a pipeline share an identifier.
pub(crate) fn duplicate_stage<'n>(place: &Place<'n, '_>, faults: &mut Faults<'n>) {
    if place.is_body("pipeline") {
        let stages = bodies(place.node, "stages", "stage");
        let consequence = "Harness runs one of them and reports the other";
        duplicates(stages, "identifier", "stage", consequence, faults);
    }
}

const REACHES_ONE: &str = "an expression that names it reaches one of them alone";

/// No two steps of a list share an identifier, nor do two step groups.
pub(crate) fn duplicate_step<'n>(place: &Place<'n, '_>, faults: &mut Faults<'n>) {
    if !place.is_body("execution") && !place.is_body("stepGroup") {
        return;
    }
    for list in ["steps", "rollbackSteps"] {
        for wrapper in ["step", "stepGroup"] {
            let found = bodies(place.node, list, wrapper);
            duplicates(found, "identifier", wrapper, REACHES_ONE, faults);
        }
    }
}

/// No two things of a list share the name by which others reach them.
pub(crate) fn duplicate_entry<'n>(place: &Place<'n, '_>, faults: &mut Faults<'n>) {
    if !place.is_value() {
        return;
    }
    let (key, kind) = match place.key() {
        "variables" => ("name", "variable"),
        "approverInputs" => ("name", "approver input"),
        "sources" => ("identifier", "artifact source"),
        "infrastructureDefinitions" => ("identifier", "infrastructure"),
        "manifests" => {
            let manifests = place.node.items().filter_map(|item| item.get("manifest")).collect();
            return duplicates(manifests, "identifier", "manifest", "the last one counts", faults);
        }
        _ => return,
    };
    duplicates(place.node.items().collect(), key, kind, REACHES_ONE, faults);
}

fn duplicates<'n>(among: Vec<&'n Node>, key: &str, kind: &str, consequence: &str, faults: &mut Faults<'n>) {
    let mut seen: BTreeMap<&str, u32> = BTreeMap::new();
    for node in among.into_iter().filter_map(|body| body.get(key)) {
        let Some(text) = node.text() else { continue };
        if let Some(line) = seen.get(text) {
            let message = format!("the {kind} `{text}` stands here twice, first in line {line}: {consequence}");
            faults.add(node, message, format!("give every {kind} its own {key}"));
        } else {
            seen.insert(text, node.range.line);
        }
    }
}
