//! Where words go: results to stdout and to files, findings and complaints to stderr.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, IsTerminal, Write};
use std::path::Path;

use harness_cd_model::{Diagnostic, Severity, Violation};
use serde::Serialize;

use crate::Format;
use crate::error::CliError;

/// JSON unless a person watches or asked for a table.
pub(crate) fn wants_json(format: Option<Format>) -> bool {
    format.map_or_else(|| !io::stdout().is_terminal(), |format| format == Format::Json)
}

/// Writes a result. A reader that has gone away (`| head`) is no failure.
pub(crate) fn say(text: &str) -> Result<(), CliError> {
    let mut stdout = io::stdout().lock();
    match stdout
        .write_all(text.as_bytes())
        .and_then(|()| stdout.write_all(b"\n"))
        .and_then(|()| stdout.flush())
    {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(CliError::Input(format!("cannot write to stdout: {error}")))
        }
        _ => Ok(()),
    }
}

/// Writes a result as indented JSON.
pub(crate) fn say_json(value: &impl Serialize) -> Result<(), CliError> {
    let text = serde_json::to_string_pretty(value).map_err(|error| not_json(&error))?;
    say(&text)
}

/// Writes why a request is refused, one reason on each line.
pub(crate) fn say_refused(violations: &[Violation]) -> Result<(), CliError> {
    violations
        .iter()
        .try_for_each(|violation| say(&format!("refused: {}", violation.message)))
}

/// A value as JSON.
pub(crate) fn json(value: &impl Serialize) -> Result<String, CliError> {
    serde_json::to_string(value).map_err(|error| not_json(&error))
}

fn not_json(error: &serde_json::Error) -> CliError {
    CliError::Input(format!("cannot write JSON: {error}"))
}

/// Writes a file, and makes the folder it stands in where it is missing.
pub(crate) fn write_file(path: &Path, text: &str) -> Result<(), CliError> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(|error| CliError::file("make", folder, &error))?;
    }
    fs::write(path, text).map_err(|error| CliError::file("write", path, &error))
}

/// Writes to stderr what kept a command from its work.
pub(crate) fn complain(error: &CliError) {
    note(&format!("error: {error}"));
}

/// Writes to stderr what a person should know of a request that may run.
pub(crate) fn warn(warnings: &[Violation]) {
    for warning in warnings {
        note(&format!("warning: {}", warning.message));
    }
}

/// Writes a line to stderr; there is nobody to tell when that fails.
pub(crate) fn note(text: &str) {
    let _ = writeln!(io::stderr().lock(), "{text}");
}

/// One finding as people and editors read it: `file:line:column: error[CODE]: message`, and the hint below.
pub(crate) fn finding(diagnostic: &Diagnostic) -> String {
    let Diagnostic {
        code,
        severity,
        message,
        file,
        range,
        hint,
        ..
    } = diagnostic;
    let severity = match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "info",
    };
    let mut text = format!("{file}:{}:{}: {severity}[{code}]: {message}", range.line, range.column);
    if let Some(hint) = hint {
        text.push_str("\n  hint: ");
        text.push_str(hint);
    }
    text
}

/// How many findings that say the same, and how many services with one reason, are named before they are counted.
const NAMED: usize = 3;

/// The findings as [`finding`] writes them. Of those that say the same of one file, the first few; the others are a
/// count and their lines.
pub(crate) fn findings(diagnostics: &[Diagnostic]) -> Vec<String> {
    let mut alike: BTreeMap<(&str, &str, &str), Vec<&Diagnostic>> = BTreeMap::new();
    for diagnostic in diagnostics {
        let Diagnostic {
            file, code, message, ..
        } = diagnostic;
        alike.entry((file, code, message)).or_default().push(diagnostic);
    }
    let mut groups: Vec<Vec<&Diagnostic>> = alike.into_values().collect();
    // Each stands where its first stands.
    let place = |group: &Vec<&Diagnostic>| {
        let first = group.first()?;
        diagnostics.iter().position(|other| std::ptr::eq(other, *first))
    };
    groups.sort_by_cached_key(place);
    groups.iter().flat_map(|group| named_and_counted(group)).collect()
}

/// Writes findings to stderr, beside a result.
pub(crate) fn note_findings(diagnostics: &[Diagnostic]) {
    findings(diagnostics).iter().for_each(|finding| note(finding));
}

fn named_and_counted(group: &[&Diagnostic]) -> Vec<String> {
    let (named, counted) = group.split_at(group.len().min(NAMED));
    let mut lines: Vec<String> = named.iter().map(|diagnostic| finding(diagnostic)).collect();
    if let Some(first) = counted.first() {
        let places = counted.iter().map(|diagnostic| diagnostic.range.line.to_string());
        lines.push(format!(
            "{}: the same {} more, in lines {}",
            first.file,
            count(counted.len(), "time"),
            few(places)
        ));
    }
    lines
}

/// `a, b, c and 997 more`
pub(crate) fn few(names: impl ExactSizeIterator<Item = String>) -> String {
    let more = names.len().saturating_sub(NAMED);
    let named: Vec<String> = names.take(NAMED).collect();
    match more {
        0 => named.join(", "),
        more => format!("{} and {more} more", named.join(", ")),
    }
}

/// `1 error`, `2 warnings`: a count with its noun.
pub(crate) fn count(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}

/// How many findings of which severity, in one line.
pub(crate) fn summary(diagnostics: &[Diagnostic]) -> String {
    let of = |severity| {
        diagnostics
            .iter()
            .filter(|diagnostic| diagnostic.severity == severity)
            .count()
    };
    let mut summary = format!(
        "{}, {}",
        count(of(Severity::Error), "error"),
        count(of(Severity::Warning), "warning")
    );
    if of(Severity::Info) > 0 {
        summary.push_str(&format!(", {}", count(of(Severity::Info), "note")));
    }
    summary
}

/// Whether any finding is an error.
pub(crate) fn has_errors(diagnostics: &[Diagnostic]) -> bool {
    diagnostics
        .iter()
        .any(|diagnostic| diagnostic.severity == Severity::Error)
}
