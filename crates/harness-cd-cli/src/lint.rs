//! `lint [FILE…]`

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use harness_cd::lint::{Mended, lint_config_repo};
use harness_cd_model::{Diagnostic, Severity};
use similar::TextDiff;

use crate::Format;
use crate::config_repo::{read, read_all_files, read_lint_settings};
use crate::error::{CliError, Outcome};
use crate::{output, sarif};

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Harness files, templates of them, Kubernetes manifests; without any, the whole config repo
    files: Vec<PathBuf>,

    /// Mend in the files what has one safe mending, and report what remains; RULES.md marks the rules
    #[arg(long, requires = "files")]
    fix: bool,

    /// Show what --fix would change, and change nothing
    #[arg(long, requires = "fix")]
    dry_run: bool,
}

pub(crate) fn run(arguments: &Arguments, repo: &Path, format: Option<Format>) -> Result<Outcome, CliError> {
    let (diagnostics, is_changed) = if arguments.fix {
        fix_files(arguments, repo, format)?
    } else if arguments.files.is_empty() {
        (lint_config_repo(&read_all_files(repo)?), false)
    } else {
        (lint_files(&arguments.files, repo)?, false)
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
    // What is worth knowing is no reason to stop; what is still to be written is one.
    let is_finding = |diagnostic: &Diagnostic| diagnostic.severity != Severity::Info;
    let is_pending = is_changed && arguments.dry_run;
    Ok(if is_pending || diagnostics.iter().any(is_finding) {
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

/// Mends files, and gives what remains in them and whether anything is mended. All are read before one is written.
fn fix_files(arguments: &Arguments, repo: &Path, format: Option<Format>) -> Result<(Vec<Diagnostic>, bool), CliError> {
    let (settings, mut remaining) = read_lint_settings(repo)?;
    let mut texts = BTreeMap::new();
    for path in &arguments.files {
        texts.insert(path.as_path(), read(path)?);
    }
    let mut is_changed = false;
    for (path, bytes) in &texts {
        let others = texts.iter().filter(|(other, _)| *other != path);
        let elsewhere: Vec<&str> = others.filter_map(|(_, text)| std::str::from_utf8(text).ok()).collect();
        let file = path.to_string_lossy();
        let mended = settings.fix(&file, bytes, &elsewhere);
        if let Some(text) = &mended.text {
            is_changed = true;
            if arguments.dry_run {
                show(&diff(&file, &String::from_utf8_lossy(bytes), text), format)?;
            } else {
                fs::write(path, text).map_err(|error| CliError::file("write", path, &error))?;
                show(&told(&mended), format)?;
            }
        }
        remaining.extend(mended.remaining);
    }
    Diagnostic::sort(&mut remaining);
    Ok((remaining, is_changed))
}

/// Shows a person what is mended: beside the findings, which may be for programs.
fn show(text: &str, format: Option<Format>) -> Result<(), CliError> {
    if matches!(format, Some(Format::Json | Format::Sarif)) {
        output::note(text);
        return Ok(());
    }
    output::say(text)
}

/// A line for each finding that is mended, at the place where it stood.
fn told(mended: &Mended) -> String {
    let line = |finding: &Diagnostic| {
        let (file, range) = (&finding.file, finding.range);
        format!(
            "{file}:{}:{}: mended[{}]: {}",
            range.line, range.column, finding.code, finding.message
        )
    };
    mended.mended.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// A diff as `git apply` and `patch` take it.
fn diff(file: &str, before: &str, after: &str) -> String {
    let file = file.trim_start_matches('/');
    let lines = TextDiff::from_lines(before, after);
    let diff = lines
        .unified_diff()
        .header(&format!("a/{file}"), &format!("b/{file}"))
        .to_string();
    diff.trim_end_matches('\n').to_owned()
}
