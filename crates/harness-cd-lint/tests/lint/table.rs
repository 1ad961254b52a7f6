//! The documented table and the code say the same.

use std::collections::BTreeSet;
use std::fs;

use harness_cd_lint::lint_rules;
use harness_cd_model::Severity;

use crate::support::workspace;

#[test]
fn the_page_lists_every_rule() {
    let page = fs::read_to_string(workspace().join("crates/harness-cd-lint/RULES.md")).unwrap();
    let documented: Vec<Vec<&str>> = page
        .lines()
        .filter(|line| line.starts_with("| HCD"))
        .map(|line| line.trim_matches('|').split(" | ").map(str::trim).collect())
        .collect();
    let rules: Vec<Vec<&str>> = lint_rules()
        .iter()
        .map(|rule| {
            let severity = match rule.severity {
                None => "off",
                Some(Severity::Info) => "info",
                Some(Severity::Warning) => "warning",
                Some(Severity::Error) => "error",
            };
            vec![rule.code, severity, rule.title, rule.why]
        })
        .collect();
    assert_eq!(documented, rules);
    let codes: BTreeSet<&str> = lint_rules().iter().map(|rule| rule.code).collect();
    assert_eq!(codes.len(), rules.len(), "a code stands twice");
}
