//! What is wrong with a Harness YAML beyond what a schema can say.

use harness_cd_model::Diagnostic;

use crate::Files;

/// Checks any Harness YAML.
#[must_use]
pub fn lint(_file: &str, _text: &[u8]) -> Vec<Diagnostic> {
    Vec::new()
}

/// Checks a whole config repository: its descriptions, its templates and what they render to.
#[must_use]
pub fn lint_config_repo(files: &Files) -> Vec<Diagnostic> {
    let repo = crate::read_config_repo(files);
    let rendered = crate::render(&repo, &[]);
    let mut findings = repo.diagnostics;
    findings.extend(rendered.diagnostics);
    for (path, text) in rendered
        .files
        .iter()
        .filter(|(path, _)| !path.starts_with("delegates/") && path.ends_with(".yaml"))
    {
        findings.extend(lint(path, text.as_bytes()));
    }
    Diagnostic::sort(&mut findings);
    findings
}
