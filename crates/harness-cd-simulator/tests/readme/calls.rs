//! The calls of the control plane, and what is not simulated.

use std::collections::BTreeSet;
use std::fs;

use fancy_regex::Regex;

use crate::files::{readme, root, rust_files};
use crate::tables::{rows, spans};

fn source(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap()
}

#[test]
fn every_call_of_the_control_plane_is_told() {
    let line = Regex::new(r#"\("(\w+)", "(\w+)", \w+::\w+\)"#).unwrap();
    let text = source("src/control/mod.rs");
    let calls: Vec<String> = line
        .captures_iter(text.as_str())
        .map(Result::unwrap)
        .map(|call| format!("`{} /simulator/{}`", &call[1], &call[2]))
        .collect();
    let told: Vec<String> = rows("call").into_iter().map(|row| row[0].clone()).collect();
    assert!(calls.len() > 10, "{calls:?}");
    assert_eq!(told, calls);
}

#[test]
fn every_path_without_a_route_is_told() {
    let line = Regex::new(r#"(?m)^    "([^"]+)",$"#).unwrap();
    let text = source("src/api/not_simulated.rs");
    let paths: BTreeSet<&str> = line
        .captures_iter(text.as_str())
        .map(Result::unwrap)
        .map(|path| path.get(1).unwrap().as_str())
        .collect();
    let rows = rows("path");
    let told: BTreeSet<&str> = rows.iter().flat_map(|row| spans(&row[0])).collect();
    assert_eq!(told, paths);
}

/// Cases are told in the words of the answer.
#[test]
fn every_case_without_an_answer_is_told() {
    let call = Regex::new(r#"(?:not_simulated|Problem::Unknown)\(\s*(?:&?format!\(\s*)?"([^"]+)""#).unwrap();
    let files = rust_files("src");
    let cases: BTreeSet<String> = files
        .iter()
        .flat_map(|(_, text)| call.captures_iter(text.as_str()).map(Result::unwrap))
        // A code span of the README holds no backquote.
        .map(|case| case[1].replace('`', ""))
        .collect();
    let rows = rows("case");
    let told: BTreeSet<String> = rows.iter().flat_map(|row| spans(&row[0])).map(str::to_owned).collect();
    assert_eq!(told, cases);
}

#[test]
fn every_option_of_the_binary_is_told() {
    let text = source("src/main.rs");
    let arguments = text
        .split_once("struct Arguments {")
        .and_then(|(_, rest)| rest.split_once("\n}\n"));
    let field = Regex::new(r"(?m)^    (\w+): ").unwrap();
    for option in field.captures_iter(arguments.unwrap().0).map(Result::unwrap) {
        let name = format!("`--{}", option[1].replace('_', "-"));
        assert!(readme().contains(&name), "{name}");
    }
}
