//! Findings as SARIF 2.1.0, which code hosts and editors read.

use harness_cd::lint::{LintRule, lint_rules};
use harness_cd_model::{Diagnostic, Severity};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use serde_json::{Value, json};

const SCHEMA: &str = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// What may not stand in the path of a URI as it is.
const NOT_IN_A_PATH: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'[')
    .add(b'\\')
    .add(b']')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

/// One run with all its findings.
pub(crate) fn log(diagnostics: &[Diagnostic]) -> Value {
    json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": {
                "driver": {
                    "name": "harness-cd",
                    "version": env!("CARGO_PKG_VERSION"),
                    "rules": lint_rules().iter().map(rule).collect::<Vec<_>>(),
                },
            },
            "columnKind": "utf16CodeUnits",
            "results": diagnostics.iter().map(result).collect::<Vec<_>>(),
        }],
    })
}

fn rule(rule: &LintRule) -> Value {
    let code = &rule.code;
    json!({
        "id": code.id,
        "shortDescription": {"text": code.title},
        "fullDescription": {"text": code.why},
        "help": {"text": code.mend},
        "defaultConfiguration": {
            "enabled": code.severity.is_some(),
            "level": level(code.severity.unwrap_or(Severity::Warning)),
        },
    })
}

fn result(diagnostic: &Diagnostic) -> Value {
    let text = match &diagnostic.hint {
        Some(hint) => format!("{}\n{hint}", diagnostic.message),
        None => diagnostic.message.clone(),
    };
    let range = diagnostic.range;
    json!({
        "ruleId": diagnostic.code,
        "ruleIndex": lint_rules().iter().position(|rule| rule.code.id == diagnostic.code),
        "level": level(diagnostic.severity),
        "message": {"text": text},
        "locations": [{
            "physicalLocation": {
                "artifactLocation": {"uri": uri(&diagnostic.file)},
                "region": {
                    "startLine": range.line,
                    "startColumn": range.column,
                    "endLine": range.end_line,
                    "endColumn": range.end_column,
                },
            },
            "logicalLocations": [{"fullyQualifiedName": diagnostic.pointer}],
        }],
    })
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "note",
    }
}

fn uri(path: &str) -> String {
    let encoded = utf8_percent_encode(path, NOT_IN_A_PATH);
    match path.starts_with('/') {
        true => format!("file://{encoded}"),
        false => encoded.to_string(),
    }
}
