//! `inputs FILE`

use std::path::PathBuf;

use harness_cd::pipeline::runtime_inputs;
use harness_cd::with_reach_of_patterns;
use harness_cd_model::{InputKind, InputShape, RuntimeInput};

use crate::Format;
use crate::config_repo::read;
use crate::error::{CliError, Outcome};
use crate::output;
use crate::table::table;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// A pipeline, template or input set
    file: PathBuf,
}

pub(crate) fn run(arguments: &Arguments, format: Option<Format>) -> Result<Outcome, CliError> {
    let file = arguments.file.to_string_lossy();
    let reading = runtime_inputs(&file, &read(&arguments.file)?);
    if !reading.diagnostics.is_empty() {
        return Err(CliError::unreadable(&file, &reading.diagnostics));
    }
    let inputs = with_reach_of_patterns(reading.inputs);
    if output::wants_json(format) {
        output::say_json(&inputs)?;
    } else {
        output::say(&table(
            &["POINTER", "INPUT", "TYPE", "REQUIRED", "DEFAULT", "ALLOWED VALUES"],
            &rows(&inputs),
        ))?;
    }
    Ok(Outcome::Good)
}

fn rows(inputs: &[RuntimeInput]) -> Vec<Vec<String>> {
    inputs
        .iter()
        .map(|input| {
            vec![
                input.pointer.clone(),
                input.called(),
                input.input_type.clone().unwrap_or_else(|| kind(input).to_owned()),
                required(input).to_owned(),
                input.default.clone().unwrap_or_default(),
                allowed(input),
            ]
        })
        .collect()
}

fn kind(input: &RuntimeInput) -> &'static str {
    match (input.kind, input.shape) {
        (InputKind::Text, _) => "",
        (InputKind::Number, _) => "number",
        (InputKind::WholeNumber, _) => "whole number",
        (InputKind::Boolean, _) => "true or false",
        (InputKind::Duration, _) => "time span",
        (InputKind::Object, Some(_)) => "branch, tag, pull request or commit",
        (InputKind::Object, None) => "object",
        (InputKind::List, Some(InputShape::Sources)) => "list of artifact sources",
        (InputKind::List, Some(InputShape::Texts)) => "list of texts",
        (InputKind::List, Some(_)) => "list of names",
        (InputKind::List, None) => "list of objects",
    }
}

fn required(input: &RuntimeInput) -> &'static str {
    match (input.execution_input, input.required) {
        (true, _) => "in mid-run",
        (false, true) => "yes",
        (false, false) => "no",
    }
}

fn allowed(input: &RuntimeInput) -> String {
    let values = input.allowed_values.as_ref().map(|values| values.join(", "));
    match (values, &input.allowed_values_expression) {
        (Some(values), _) if input.select_many => format!("several of {values}"),
        (Some(values), _) => values,
        (None, Some(expression)) => format!("known to Harness alone: {expression}"),
        (None, None) => input
            .regex
            .as_ref()
            .map(|regex| match input.regex_in_harness {
                true => format!("matching {regex}, which Harness alone compares"),
                false => format!("matching {regex}"),
            })
            .unwrap_or_default(),
    }
}
