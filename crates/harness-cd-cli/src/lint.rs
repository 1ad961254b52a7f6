//! `lint [FILE…]`

use std::path::{Path, PathBuf};

use harness_cd::lint::lint_config_repo;
use harness_cd_model::{Diagnostic, Severity};

use crate::Format;
use crate::config_repo::{read, read_all_files, read_lint_settings};
use crate::error::{CliError, Outcome};
use crate::{output, sarif};

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Harness files, templates of them, Kubernetes manifests; without any, the whole config repo
    files: Vec<PathBuf>,
}

pub(crate) fn run(arguments: &Arguments, repo: &Path, format: Option<Format>) -> Result<Outcome, CliError> {
    let diagnostics = if arguments.files.is_empty() {
        lint_config_repo(&read_all_files(repo)?)
    } else {
        lint_files(&arguments.files, repo)?
    };
    match format {
        Some(Format::Json) => output::say_json(&diagnostics)?,
        Some(Format::Sarif) => output::say_json(&sarif::log(&diagnostics))?,
        Some(Format::Table) | None => {
            for diagnostic in &diagnostics {
                output::say(&output::finding(diagnostic))?;
            }
            output::say(&output::summary(&diagnostics))?;
        }
    }
    // What is worth knowing is no reason to stop.
    let is_finding = |diagnostic: &Diagnostic| diagnostic.severity != Severity::Info;
    Ok(if diagnostics.iter().any(is_finding) {
        Outcome::Findings
    } else {
        Outcome::Good
    })
}

fn lint_files(paths: &[PathBuf], repo: &Path) -> Result<Vec<Diagnostic>, CliError> {
    let (settings, mut diagnostics) = read_lint_settings(repo)?;
    for path in paths {
        diagnostics.extend(settings.lint(&path.to_string_lossy(), &read(path)?));
    }
    Diagnostic::sort(&mut diagnostics);
    Ok(diagnostics)
}
