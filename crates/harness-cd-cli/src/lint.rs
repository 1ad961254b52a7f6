//! `lint [FILE…]`

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fs;
use std::path::{Path, PathBuf};

use harness_cd::lint::{fix_config_repo, lint_config_repo};
use harness_cd_model::{Diagnostic, Severity};

use crate::Format;
use crate::config_repo::{home_of, read, read_all_files, read_lint_settings};
use crate::diff::unified;
use crate::error::{CliError, Outcome};
use crate::{output, sarif};

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Harness files, templates of them, Kubernetes manifests, descriptions of a config repo; without any, the whole of it
    files: Vec<PathBuf>,

    /// Mend in the files what has one safe mending, and report what remains; RULES.md marks the rules
    #[arg(long)]
    fix: bool,

    /// Show what --fix would change, and change nothing
    #[arg(long, requires = "fix")]
    dry_run: bool,
}

pub(crate) fn run(arguments: &Arguments, repo: &Path, format: Option<Format>) -> Result<Outcome, CliError> {
    let (diagnostics, is_changed) = match (arguments.fix, arguments.files.is_empty()) {
        (true, true) => fix_repo(arguments, repo, format)?,
        (true, false) => fix_files(arguments, repo, format)?,
        (false, true) => (lint_config_repo(&read_all_files(repo)?), false),
        (false, false) => (lint_files(&arguments.files, repo)?, false),
    };
    match format {
        Some(Format::Json) => output::say_json(&diagnostics)?,
        Some(Format::Sarif) => output::say_json(&sarif::log(&diagnostics))?,
        Some(Format::Table) | None => {
            for finding in output::findings(&diagnostics) {
                output::say(&finding)?;
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
    let mut homes: BTreeMap<PathBuf, Vec<Diagnostic>> = BTreeMap::new();
    for path in paths {
        let Some((root, name)) = home_of(path)? else {
            diagnostics.extend(settings.lint(&path.to_string_lossy(), &read(path)?));
            continue;
        };
        // A description is judged with all that it describes, and what is wrong elsewhere is told of other files.
        let found = match homes.entry(root) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(new) => {
                let found = lint_config_repo(&read_all_files(new.key())?);
                new.insert(found)
            }
        };
        let own = found.iter().filter(|finding| finding.file == name);
        diagnostics.extend(own.map(|finding| Diagnostic {
            file: path.to_string_lossy().into_owned(),
            ..finding.clone()
        }));
    }
    Diagnostic::sort(&mut diagnostics);
    Ok(diagnostics)
}

/// Mends files, and gives what remains in them and whether anything is mended. All are read before one is written.
fn fix_files(arguments: &Arguments, repo: &Path, format: Option<Format>) -> Result<(Vec<Diagnostic>, bool), CliError> {
    let (settings, mut remaining) = read_lint_settings(repo)?;
    let mut texts = BTreeMap::new();
    for path in &arguments.files {
        if let Some((root, _)) = home_of(path)? {
            return Err(CliError::Input(format!(
                "{} is a part of the config repo in {}, which is mended as a whole: name no file with --fix",
                path.display(),
                root.display()
            )));
        }
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
                show(&unified(&file, &String::from_utf8_lossy(bytes), text), format)?;
            } else {
                fs::write(path, text).map_err(|error| CliError::file("write", path, &error))?;
                show(&told(&mended.mended), format)?;
            }
        }
        remaining.extend(mended.remaining);
    }
    Diagnostic::sort(&mut remaining);
    Ok((remaining, is_changed))
}

/// As [`fix_files`], for the whole config repo.
fn fix_repo(arguments: &Arguments, repo: &Path, format: Option<Format>) -> Result<(Vec<Diagnostic>, bool), CliError> {
    let files = read_all_files(repo)?;
    let mended = fix_config_repo(&files);
    for (file, text) in &mended.texts {
        if arguments.dry_run {
            let before = files.get(file).map(|bytes| String::from_utf8_lossy(bytes));
            show(&unified(file, &before.unwrap_or_default(), text), format)?;
        } else {
            output::write_file(&repo.join(file), text)?;
        }
    }
    if !arguments.dry_run && !mended.mended.is_empty() {
        show(&told(&mended.mended), format)?;
    }
    Ok((mended.remaining, !mended.texts.is_empty()))
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
fn told(mended: &[Diagnostic]) -> String {
    let line = |finding: &Diagnostic| {
        let (file, range) = (&finding.file, finding.range);
        format!(
            "{file}:{}:{}: mended[{}]: {}",
            range.line, range.column, finding.code, finding.message
        )
    };
    mended.iter().map(line).collect::<Vec<_>>().join("\n")
}
