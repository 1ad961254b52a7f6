//! Every code of a finding stands in one of the two tables, is in use, and is found by a test.

#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests; a failure of theirs is the failure of the test"
)]

mod support;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use harness_cd::lint::lint_rules;
use support::{root, sources};

/// The codes of reading and rendering, and those of the rules of lint.
const TABLES: [&str; 2] = ["harness-cd-model/src/codes.rs", "harness-cd-lint/src/rules.rs"];
const CODE: &str = "HCD0000";

/// The sources of the crates, the tables apart.
fn code() -> Vec<(PathBuf, String)> {
    let all = sources(&root().join("crates"), "rs").into_iter();
    let is_source = |path: &Path| path.components().any(|part| part.as_os_str() == "src");
    let is_table = |path: &Path| TABLES.iter().any(|table| path.ends_with(table));
    all.filter(|(path, _)| is_source(path) && !is_table(path)).collect()
}

/// What looks like a code in a text, each with the character before it.
fn codes_in(text: &str) -> impl Iterator<Item = (&str, Option<char>)> {
    text.match_indices("HCD").filter_map(|(at, _)| {
        let code = text.get(at..at + CODE.len())?;
        let is_code = code.chars().skip(3).all(|digit| digit.is_ascii_digit());
        is_code.then(|| (code, text.get(..at).unwrap_or_default().chars().next_back()))
    })
}

#[test]
fn a_code_that_is_written_down_is_in_a_table() {
    let known: BTreeSet<&str> = lint_rules().iter().map(|rule| rule.code.id).collect();
    let mut written = code();
    written.extend(sources(&root().join("crates"), "md"));
    written.extend(sources(&root().join("examples/config-repo"), "yaml"));
    for (path, text) in written {
        for (code, _) in codes_in(&text) {
            assert!(known.contains(code), "{}: {code} is in no table", path.display());
        }
    }
}

#[test]
fn every_code_is_named_in_a_test() {
    let is_test = |path: &Path| path.components().any(|part| part.as_os_str() == "tests");
    let tests: Vec<String> = sources(&root().join("crates"), "rs")
        .into_iter()
        .filter_map(|(path, text)| is_test(&path).then_some(text))
        .collect();
    for rule in lint_rules() {
        let code = rule.code.id;
        assert!(tests.iter().any(|text| text.contains(code)), "no test finds {code}");
    }
}

/// A literal would be a second place for what a table says.
#[test]
fn no_code_is_a_literal_outside_the_tables() {
    for (path, text) in code() {
        let product = text.split("#[cfg(test)]").next().unwrap_or_default();
        let literal = codes_in(product).find(|(_, before)| *before == Some('"'));
        assert_eq!(literal, None, "{}: write `codes::…`", path.display());
    }
}

#[test]
fn every_code_of_reading_is_in_use() {
    let table = std::fs::read_to_string(root().join("crates/harness-cd-model/src/codes.rs")).unwrap();
    let names: Vec<&str> = table
        .lines()
        .filter(|line| line.contains("(\"HCD"))
        .filter_map(|line| Some(line.split_once(" = ")?.0.trim()))
        .collect();
    assert_eq!(names.len(), harness_cd_model::codes::CODES.len());
    let code = code();
    for name in names {
        let used = format!("codes::{name}");
        let is_used = code.iter().any(|(_, text)| {
            let mut places = text.match_indices(&used).map(|(at, _)| text.get(at + used.len()..));
            places.any(|rest| rest.is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_')))
        });
        assert!(is_used, "{name} is in the table and used nowhere");
    }
}
