//! `lint [FILE…]`

use std::path::{Path, PathBuf};

use harness_cd_model::Diagnostic;
use harness_cd_pipeline::{lint, lint_config_repo};

use crate::config_repo::{read, read_files};
use crate::error::{CliError, Outcome};
use crate::output;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Harness files: pipelines, triggers, services, …; without any, the whole config repo
    files: Vec<PathBuf>,
}

pub(crate) fn run(arguments: &Arguments, repo: &Path, json: bool) -> Result<Outcome, CliError> {
    let diagnostics = if arguments.files.is_empty() {
        lint_config_repo(&read_files(repo)?)
    } else {
        lint_files(&arguments.files)?
    };
    if json {
        output::say_json(&diagnostics)?;
    } else {
        for diagnostic in &diagnostics {
            output::say(&output::finding(diagnostic))?;
        }
        output::say(&output::summary(&diagnostics))?;
    }
    Ok(if diagnostics.is_empty() {
        Outcome::Good
    } else {
        Outcome::Findings
    })
}

fn lint_files(paths: &[PathBuf]) -> Result<Vec<Diagnostic>, CliError> {
    let mut diagnostics = Vec::new();
    for path in paths {
        diagnostics.extend(lint(&path.to_string_lossy(), &read(path)?));
    }
    Diagnostic::sort(&mut diagnostics);
    Ok(diagnostics)
}
