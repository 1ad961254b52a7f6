//! `inputs FILE`

use std::path::PathBuf;

use harness_cd::pipeline::runtime_inputs;
use harness_cd_model::{InputKind, RuntimeInput};

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
    let reading = runtime_inputs(&arguments.file.to_string_lossy(), &read(&arguments.file)?);
    for diagnostic in &reading.diagnostics {
        output::note(&output::finding(diagnostic));
    }
    if output::wants_json(format) {
        output::say_json(&reading.inputs)?;
    } else {
        output::say(&table(
            &["POINTER", "NAME", "TYPE", "REQUIRED", "DEFAULT", "ALLOWED VALUES"],
            &rows(&reading.inputs),
        ))?;
    }
    Ok(if output::has_errors(&reading.diagnostics) {
        Outcome::Findings
    } else {
        Outcome::Good
    })
}

fn rows(inputs: &[RuntimeInput]) -> Vec<Vec<String>> {
    inputs
        .iter()
        .map(|input| {
            vec![
                input.pointer.clone(),
                input.name.clone().unwrap_or_default(),
                input.input_type.clone().unwrap_or_else(|| kind(input.kind).to_owned()),
                required(input).to_owned(),
                input.default.clone().unwrap_or_default(),
                allowed(input),
            ]
        })
        .collect()
}

fn kind(kind: InputKind) -> &'static str {
    match kind {
        InputKind::Text => "",
        InputKind::Number => "number",
        InputKind::Boolean => "boolean",
        InputKind::Object => "object",
        InputKind::List => "list",
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
            .map(|regex| format!("matching {regex}"))
            .unwrap_or_default(),
    }
}
