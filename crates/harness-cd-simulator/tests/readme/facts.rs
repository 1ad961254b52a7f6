//! The tables of facts: complete, and held by tests that exist.

use std::collections::BTreeSet;

use crate::files::{root, rust_files};
use crate::sections::{has_a_tag, problems};
use crate::tables::{rows, spans};

const FACT: usize = 0;
const CONFIDENCE: usize = 2;
const MODE: usize = 3;
const HELD_BY: usize = 4;

#[test]
fn every_fact_that_is_asked_for_has_its_row() {
    let wanted = |sheet: &str, section: u32, parts: u32| -> Vec<String> {
        (1..=parts).map(|part| format!("{sheet} §{section}.{part}")).collect()
    };
    let facts: Vec<String> = rows("fact").into_iter().map(|row| row[FACT].clone()).collect();
    for fact in wanted("harness-api", 12, 42)
        .into_iter()
        .chain(wanted("run-inputs", 14, 13))
    {
        assert_eq!(facts.iter().filter(|own| **own == fact).count(), 1, "{fact}");
    }
}

#[test]
fn every_row_names_a_section_how_sure_it_is_and_its_modes() {
    let modes: BTreeSet<String> = rows("mode").into_iter().map(|row| row[0].clone()).collect();
    for row in rows("fact") {
        let fact = &row[FACT];
        assert_eq!(row.len(), 5, "{fact}");
        assert_eq!(problems(fact), [""; 0], "{fact}");
        assert!(
            has_a_tag(&format!("[{}]", row[CONFIDENCE])),
            "{fact}: {}",
            row[CONFIDENCE]
        );
        for mode in spans(&row[MODE]) {
            assert!(
                mode == "settings" || modes.contains(&format!("`{mode}`")),
                "{fact}: {mode}"
            );
        }
    }
}

#[test]
fn every_test_that_holds_a_fact_exists() {
    let mut wrong = Vec::new();
    for row in rows("fact") {
        let tests = spans(&row[HELD_BY]);
        if tests.is_empty() {
            wrong.push(format!("{} is held by no test", row[FACT]));
        }
        wrong.extend(
            tests
                .into_iter()
                .filter(|test| !exists(test))
                .map(|test| format!("{}: {test}", row[FACT])),
        );
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Whether a test is where its name says.
fn exists(test: &str) -> bool {
    if let Some(story) = test.strip_prefix("replay/") {
        return root()
            .join("../../examples/requests")
            .join(story)
            .with_extension("yaml")
            .is_file();
    }
    let Some((place, name)) = test.split_once("::") else {
        return false;
    };
    let (folder, file) = match place.strip_prefix("http/") {
        Some(file) => ("tests/http", file),
        None => ("src", place.strip_prefix("src/").unwrap_or_default()),
    };
    let path = format!("{folder}/{file}.rs");
    let text = rust_files(folder).into_iter().find(|(own, _)| *own == path);
    text.is_some_and(|(_, text)| is_test(&text, name))
}

/// Whether a function stands behind a `#[test]`.
fn is_test(text: &str, name: &str) -> bool {
    text.split("#[test]").skip(1).any(|after| {
        let function = after.split_once("fn ").map(|(_, rest)| rest);
        function.is_some_and(|rest| rest.strip_prefix(name).is_some_and(|rest| rest.starts_with('(')))
    })
}
