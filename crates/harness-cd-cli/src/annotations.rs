//! `annotations FILE.json`

use std::collections::BTreeMap;
use std::path::PathBuf;

use harness_cd::links::read_annotations;

use crate::config_repo::read_text;
use crate::error::{CliError, Outcome};
use crate::output;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The annotations of a catalog entity: a JSON object of texts
    file: PathBuf,
}

pub(crate) fn run(arguments: &Arguments) -> Result<Outcome, CliError> {
    let annotations: BTreeMap<String, String> =
        serde_json::from_str(&read_text(&arguments.file)?).map_err(|error| {
            let file = arguments.file.display();
            CliError::Input(format!("{file} is not a JSON object of texts: {error}"))
        })?;
    let found = read_annotations(&annotations);
    output::say_json(&found)?;
    Ok(if found.problems.is_empty() {
        Outcome::Good
    } else {
        Outcome::Findings
    })
}
