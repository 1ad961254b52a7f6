//! The table of rules.

use harness_cd_lint::{lint, lint_rules};
use harness_cd_model::{Grading, Severity};

#[test]
fn codes_stand_once_and_in_order() {
    let codes: Vec<&str> = lint_rules().iter().map(|rule| rule.code.id).collect();
    assert!(codes.is_sorted_by(|before, after| before < after), "{codes:?}");
    assert!(codes.iter().all(|code| code.len() == "HCD0001".len()), "{codes:?}");
}

#[test]
fn what_cannot_be_graded_is_an_error() {
    for rule in lint_rules().iter().filter(|rule| rule.code.grading == Grading::Fixed) {
        assert_eq!(rule.code.severity, Some(Severity::Error), "{rule:?}");
    }
}

#[test]
fn what_reading_finds_is_in_the_table() {
    for text in [
        "a: [",
        "a: 1\na: 2",
        "",
        "a: &x 1",
        "a: !t 1",
        "\u{0}",
        "a: 1\n---\nb: 2",
    ] {
        for finding in lint("f.yaml", text.as_bytes()) {
            let known = lint_rules().iter().any(|rule| rule.code.id == finding.code);
            assert!(known, "{finding:?}");
        }
    }
}
