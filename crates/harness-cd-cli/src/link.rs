//! `link URL`

use harness_cd::links::parse_url;

use crate::error::{CliError, Outcome};
use crate::output;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The URL of a page of Harness's user interface
    url: String,
}

pub(crate) fn run(arguments: &Arguments) -> Result<Outcome, CliError> {
    let parts = parse_url(&arguments.url).map_err(|error| CliError::Input(error.to_string()))?;
    output::say_json(&parts)?;
    Ok(Outcome::Good)
}
