//! `schema KIND`

use clap::builder::PossibleValuesParser;
use harness_cd::lint::{editor_schema, editor_schema_kinds};

use crate::error::{CliError, Outcome};
use crate::output;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The first key of the files: templates of pipelines are pipelines
    #[arg(value_parser = PossibleValuesParser::new(editor_schema_kinds()))]
    kind: String,
}

pub(crate) fn run(arguments: &Arguments) -> Result<Outcome, CliError> {
    let kind = arguments.kind.as_str();
    let schema = editor_schema(kind).ok_or_else(|| CliError::Input(format!("there is no schema of `{kind}`")))?;
    // For a program, and large: no line of it is to be read.
    output::say(&output::json(&schema)?)?;
    Ok(Outcome::Good)
}
