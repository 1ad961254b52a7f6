//! `inputs FILE [--service S] [--env E] [--infrastructure I]…`

use std::path::PathBuf;

use harness_cd::client::HarnessFailure;
use harness_cd::pipeline::runtime_inputs;
use harness_cd::{pipeline_project, unasked, with_reach_of_patterns};
use harness_cd_model::{AskedQuestion, ChoiceKind, DeployRequest, InputKind, InputShape, InputValue, RuntimeInput};

use crate::Format;
use crate::config_repo::read_text;
use crate::error::{CliError, Outcome};
use crate::harness::{Project, connect, has_key};
use crate::output;
use crate::table::table;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// A pipeline, template or input set
    file: PathBuf,
    /// The service that is deployed, where the file asks for it: its own inputs are listed too, as Harness says them
    #[arg(long, value_name = "REF")]
    service: Option<String>,
    /// The environment that it goes to, likewise
    #[arg(long = "env", value_name = "REF")]
    environment: Option<String>,
    /// An infrastructure definition of the environment, likewise; given several times, each of them
    #[arg(long, value_name = "ID")]
    infrastructure: Vec<String>,
}

pub(crate) fn run(arguments: &Arguments, format: Option<Format>) -> Result<Outcome, CliError> {
    let file = arguments.file.to_string_lossy();
    let yaml = read_text(&arguments.file)?;
    let reading = runtime_inputs(&file, yaml.as_bytes());
    if !reading.diagnostics.is_empty() {
        return Err(CliError::unreadable(&file, &reading.diagnostics));
    }
    let inputs = with_reach_of_patterns(reading.inputs);
    let request = arguments.chosen(&inputs)?;
    let inputs = with_asked(&yaml, inputs, &request)?;
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

impl Arguments {
    /// What was chosen, for the inputs that choose it.
    fn chosen(&self, inputs: &[RuntimeInput]) -> Result<DeployRequest, CliError> {
        let one = |name: &Option<String>| name.iter().cloned().collect::<Vec<_>>();
        let mut request = DeployRequest::default();
        for (of, names, what) in [
            (ChoiceKind::Service, one(&self.service), "a service"),
            (ChoiceKind::Environment, one(&self.environment), "an environment"),
            (
                ChoiceKind::Infrastructure,
                self.infrastructure.clone(),
                "infrastructure definitions",
            ),
        ] {
            let chooses = |input: &&RuntimeInput| input.choices.as_ref().is_some_and(|choices| choices.of == of);
            let mut choosing = inputs.iter().filter(chooses).peekable();
            let Some(first) = names.first() else { continue };
            if choosing.peek().is_none() {
                let file = self.file.display();
                return Err(CliError::Input(format!(
                    "{file} does not ask for {what}; leave {first} out"
                )));
            }
            for input in choosing {
                let value = match input.kind {
                    InputKind::List => InputValue::Many(names.clone()),
                    _ => InputValue::One(first.clone()),
                };
                request.inputs.insert(input.pointer.clone(), value);
            }
        }
        Ok(request)
    }
}

/// The inputs with what was chosen asks for in turn, as Harness says it. What nobody could be asked about is told.
fn with_asked(yaml: &str, inputs: Vec<RuntimeInput>, request: &DeployRequest) -> Result<Vec<RuntimeInput>, CliError> {
    let questions = unasked(&inputs, &[], request);
    if questions.is_empty() {
        return Ok(inputs);
    }
    let told = |why: &str| questions.iter().for_each(|question| not_looked_at(question, why));
    if !has_key() {
        told("Harness alone says it, and HARNESS_API_KEY is not set");
        return Ok(inputs);
    }
    let Some((org, project)) = pipeline_project(yaml) else {
        told("the file does not say of which organization and project it is");
        return Ok(inputs);
    };
    let connection = connect(&Project {
        account: None,
        org,
        project,
    })?;
    let asked = connection
        .harness
        .with_asked_inputs(&connection.scope, &inputs, request);
    let (inputs, failures) = pollster::block_on(asked)?;
    for (question, HarnessFailure { message, .. }) in &failures {
        not_looked_at(question, message);
    }
    Ok(inputs)
}

fn not_looked_at(question: &AskedQuestion, why: &str) {
    output::note(&format!(
        "what {} in turn was not looked at: {why}",
        question.what_is_asked()
    ));
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
