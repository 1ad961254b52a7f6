//! Expressions: what they name, and where it has to be.

use std::collections::BTreeMap;

use harness_cd_model::words::did_you_mean;
use harness_cd_pipeline::InputExpression;
use harness_cd_yaml::Node;

use crate::outline::StageOutline;
use crate::place::{Faults, Place};

/// The parts of a text that stand outside `<+…>`.
pub(crate) fn outside_expressions(text: &str) -> Vec<String> {
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

/// The dotted paths with which the expressions of a text begin: `pipeline.variables.tag` of `<+pipeline.variables.tag>`.
/// A path of which a part is computed is left out.
fn paths(text: &str) -> impl Iterator<Item = &str> {
    text.match_indices("<+").filter_map(|(at, opening)| {
        let rest = text.get(at + opening.len()..)?;
        let end = rest.find(|c: char| !c.is_alphanumeric() && !"._-".contains(c))?;
        let (path, after) = rest.split_at_checked(end)?;
        (!after.starts_with(['<', '$', '{'])).then_some(path)
    })
}

/// The pipeline variables that a text names, each as far as its path goes.
pub(crate) fn pipeline_variables(text: &str) -> impl Iterator<Item = &str> {
    paths(text).filter_map(|path| path.strip_prefix("pipeline.variables."))
}

/// A text with each mention of a pipeline variable filled in: the variable itself, or what `replace` of Java's strings, called
/// on it, makes of the value. `None` where another expression stands in the text.
pub(crate) fn with_value(text: &str, variable: &str, value: &str) -> Option<String> {
    let path = format!("pipeline.variables.{variable}>");
    let (mut filled, mut rest) = (String::new(), text);
    while let Some((before, expression)) = rest.split_once("<+") {
        filled.push_str(before);
        if let Some(after) = expression.strip_prefix(path.as_str()) {
            filled.push_str(value);
            rest = after;
            continue;
        }
        let mut calls = expression.strip_prefix("<+")?.strip_prefix(path.as_str())?;
        let mut replaced = value.to_owned();
        while let Some(call) = calls.strip_prefix(".replace(\"") {
            let (from, call) = call.split_once("\", \"")?;
            let (to, after) = call.split_once("\")")?;
            replaced = replaced.replace(from, to);
            calls = after;
        }
        filled.push_str(&replaced);
        rest = calls.strip_prefix('>')?;
    }
    filled.push_str(rest);
    Some(filled)
}

/// An expression ends with its bracket. What an input's value is checked by may hold any characters.
pub(crate) fn unclosed<'n>(place: &Place<'n, '_>, faults: &mut Faults<'n>) {
    let text = place.node.text().filter(|text| InputExpression::parse(text).is_none());
    if let Some(part) = text.and_then(unclosed_part) {
        let message = format!("nothing closes the expression `{part}`: Harness leaves it as it stands");
        faults.add_part(place.node, part, message, "close it with `>`");
    }
}

/// The first expression that nothing closes, to the end of its word.
fn unclosed_part(text: &str) -> Option<&str> {
    let mut open = Vec::new();
    for (at, bracket) in text.match_indices(['<', '>']) {
        match bracket {
            ">" => _ = open.pop(),
            _ if text.get(at..)?.starts_with("<+") => open.push(at),
            _ => {}
        }
    }
    text.get(*open.first()?..)?.split_whitespace().next()
}

/// Words that are called as functions; without parentheses they are nothing.
const UNDOCUMENTED: [&str; 3] = ["<+currentTime>", "<+currentDate>", "<+currentDate."];

/// `<+currentTime>` and `<+currentDate…>` are functions; without parentheses they are nothing.
pub(crate) fn undocumented<'n>(place: &Place<'n, '_>, faults: &mut Faults<'n>) {
    let Some(text) = place.node.text() else { return };
    for part in UNDOCUMENTED.iter().filter(|part| text.contains(**part)) {
        let hint = "let a policy read its own clock; in date fields write `<+currentDate()>` or `<+currentTime()>`";
        faults.add_part(
            place.node,
            part,
            format!("`{part}` is no expression that Harness documents"),
            hint,
        );
    }
}

/// A variable that an expression names is declared.
pub(crate) fn undeclared_variable<'n>(place: &Place<'n, '_>, faults: &mut Faults<'n>) {
    let (Some(pipeline), Some(text)) = (&place.outline.pipeline, place.node.text()) else {
        return;
    };
    for path in pipeline_variables(text) {
        // A name may have dots, and a function may follow it.
        let ends = path.match_indices('.').map(|(at, _)| at).chain([path.len()]);
        let mut names = ends.filter_map(|end| path.get(..end));
        if names.any(|name| pipeline.variables.contains_key(name)) {
            continue;
        }
        let message = format!("the pipeline declares no variable `{path}`");
        let known = pipeline.variables.keys().copied();
        let hint = hint(path, known, "declare it under the pipeline's `variables`");
        faults.add_part(place.node, path, message, hint);
    }
}

/// A stage, step or step group that an expression names is there.
pub(crate) fn missing_step<'n>(place: &Place<'n, '_>, faults: &mut Faults<'n>) {
    let (Some(pipeline), Some(text)) = (&place.outline.pipeline, place.node.text()) else {
        return;
    };
    for path in paths(text) {
        let parts: Vec<&str> = path.split('.').collect();
        match parts.as_slice() {
            ["pipeline", "stages", name, rest @ ..] => match stage_named(&pipeline.stages, name) {
                Some(stage) => step_of(stage, rest, place.node, path, faults),
                None => {
                    let hint = hint(name, pipeline.stages.keys().copied(), IN_THIS_FILE);
                    faults.add_part(place.node, path, format!("the pipeline has no stage `{name}`"), hint);
                }
            },
            ["execution", ..] => {
                if let Some(stage) = pipeline.stage_around(place.node) {
                    step_of(stage, &parts, place.node, path, faults);
                }
            }
            _ => {}
        }
    }
}

/// The step that a path names within a stage is there.
fn step_of<'n>(stage: &StageOutline<'n>, within: &[&str], node: &'n Node, path: &'n str, faults: &mut Faults<'n>) {
    if let Some(name) = first_step(within).filter(|name| !has_step(stage, name)) {
        let hint = hint(name, stage.steps.iter().copied(), IN_THIS_FILE);
        let message = format!("the stage has no step or step group `{name}`");
        faults.add_part(node, path, message, hint);
    }
}

fn stage_named<'o, 'n>(stages: &'o BTreeMap<&'n str, StageOutline<'n>>, name: &str) -> Option<&'o StageOutline<'n>> {
    // A looping stage has a number behind its identifier.
    let unlooped = || {
        stages
            .iter()
            .find(|(known, stage)| stage.body.get("strategy").is_some() && is_loop(name, known))
    };
    stages.get(name).or_else(|| unlooped().map(|(_, stage)| stage))
}

fn is_loop(name: &str, known: &str) -> bool {
    name.strip_prefix(known).is_some_and(|rest| rest.starts_with('_'))
}

/// `a` of `spec.execution.steps.a.output` and of `execution.steps.a`.
fn first_step<'p>(path: &[&'p str]) -> Option<&'p str> {
    match path {
        ["spec", rest @ ..] => first_step(rest),
        ["execution", "steps" | "rollbackSteps", name, ..] => Some(name),
        _ => None,
    }
}

fn has_step(stage: &StageOutline<'_>, name: &str) -> bool {
    stage.has_hidden_steps || stage.steps.contains(name) || stage.steps.iter().any(|known| is_loop(name, known))
}

const IN_THIS_FILE: &str = "name one that stands in this file";

/// So many names a misspelt one is compared with, so that no file takes a noticeable time.
const CANDIDATES: usize = 100;

fn hint<'k>(name: &str, known: impl Iterator<Item = &'k str>, otherwise: &str) -> String {
    did_you_mean(name, known.take(CANDIDATES)).unwrap_or_else(|| otherwise.to_owned())
}

/// A condition decides something.
pub(crate) fn constant_condition<'n>(place: &Place<'n, '_>, faults: &mut Faults<'n>) {
    let Some(node) = place.node.get("condition").filter(|_| place.is_body("when")) else {
        return;
    };
    let Some(text) = node.text().map(str::trim) else { return };
    let hint = "compare with the values that matter, or remove the condition";
    if matches!(text, "true" | "<+true>" | "\"true\" == \"true\"") {
        return faults.add(node, "the condition is always true", hint);
    }
    let compared = text
        .strip_suffix("\"\"")
        .map(str::trim_end)
        .and_then(|left| left.strip_suffix("!="));
    let name = compared
        .map(str::trim)
        .and_then(|left| left.strip_prefix("<+pipeline.variables.")?.strip_suffix('>'));
    if let Some(name) = name
        && let Some(variable) = place.outline.variable(name)
        && (variable.node.get("required").and_then(Node::as_bool) == Some(true)
            || variable.node.get("default").is_some_and(|value| !value.is_null())
            || !variable.allowed.is_empty())
    {
        faults.add(
            node,
            format!("the condition is always true: `{name}` is never empty"),
            hint,
        );
    }
}

/// What a stage's condition asks for is known when it is asked.
pub(crate) fn condition_too_early<'n>(place: &Place<'n, '_>, faults: &mut Faults<'n>) {
    if !place.is_at("stage when condition") {
        return;
    }
    let text = place.node.text().unwrap_or_default();
    if let Some(early) = ["<+env.", "<+infra.", "<+service."]
        .iter()
        .find(|part| text.contains(**part))
    {
        let message = format!(
            "`{early}…>` is empty here: a stage's condition is judged before its environment and service are fetched"
        );
        faults.add(place.node, message, "ask for `<+pipeline.variables.…>`");
    }
}
