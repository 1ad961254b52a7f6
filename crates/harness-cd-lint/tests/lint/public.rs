//! Public files, each of whose findings another validator has as well, or is by a rule about meaning.
#![allow(clippy::print_stderr, reason = "says how much was looked at")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use harness_cd_lint::lint;
use harness_cd_model::{Diagnostic, Severity};
use serde_json::Value;

use crate::robustness::corpus;
use crate::support::validator;
use crate::verdicts::OF_SCHEMAS;

fn found_in(path: &Path) -> Vec<Diagnostic> {
    lint(&path.file_name().unwrap().to_string_lossy(), &fs::read(path).unwrap())
}

/// What another validator says of files, by file: places and layers; `None` where it cannot be asked. A file that it
/// cannot read is left out.
fn said_of(files: &[std::path::PathBuf]) -> Option<BTreeMap<String, Vec<(String, String)>>> {
    let output = validator()?.arg("--json").args(files).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    // What it cannot read stands before the list.
    let (_, list) = text.split_once("\n[\n").unwrap_or(("", text.trim_start_matches("[\n")));
    let said: Value = serde_json::from_str(&format!("[{list}")).unwrap();
    let of_file = |one: &Value| {
        let errors = one["errors"].as_array().unwrap().iter();
        let part = |error: &Value, name: &str| error[name].as_str().unwrap().to_owned();
        let errors = errors.filter(|_| !one["kind"].is_null());
        let errors = errors.map(|error| (part(error, "pointer"), part(error, "layer")));
        (one["file"].as_str().unwrap().to_owned(), errors.collect())
    };
    Some(said.as_array().unwrap().iter().map(of_file).collect())
}

/// How often something is so.
type Counts = BTreeMap<String, usize>;

#[derive(Debug, Default)]
struct Tally {
    /// What a schema refuses, by the severity that it has here.
    refused: Counts,
    /// What a schema refuses, and nothing is said of.
    unreported: Vec<String>,
    /// Findings in valid files that the other validator has not.
    false_alarms: Vec<String>,
    /// Keys that no schema describes, by whether they are found here.
    undescribed: Counts,
    /// Findings of rules about meaning, by code.
    of_meaning: Counts,
    unreadable: usize,
}

impl Tally {
    fn add(&mut self, file: &str, found: &[Diagnostic], said: &[(String, String)]) {
        let (refused, strict): (Vec<_>, Vec<_>) = said.iter().partition(|(_, layer)| layer == "schema");
        let at = |pointer: &str| found.iter().find(|finding| finding.pointer == pointer);
        for (pointer, _) in &refused {
            match at(pointer) {
                Some(finding) => {
                    *self
                        .refused
                        .entry(format!("{:?} {}", finding.severity, finding.code))
                        .or_default() += 1
                }
                None => self.unreported.push(format!("{file} {pointer}")),
            }
        }
        for (pointer, _) in &strict {
            let key = match at(pointer) {
                Some(finding) => finding.code.clone(),
                None => format!("known here: {}", pointer.rsplit('/').next().unwrap()),
            };
            *self.undescribed.entry(key).or_default() += 1;
        }
        let is_said = |finding: &Diagnostic| said.iter().any(|(pointer, _)| *pointer == finding.pointer);
        for finding in found {
            let is_of_schemas = OF_SCHEMAS.contains(&finding.code.as_str());
            if is_of_schemas && !is_said(finding) {
                self.false_alarms
                    .push(format!("{file} {} {}", finding.code, finding.pointer));
            } else if !is_of_schemas && finding.severity != Severity::Info {
                *self.of_meaning.entry(finding.code.clone()).or_default() += 1;
            }
        }
    }
}

fn counts(expected: &[(&str, usize)]) -> Counts {
    expected
        .iter()
        .map(|(name, count)| ((*name).to_owned(), *count))
        .collect()
}

#[test]
fn what_is_found_in_public_files_another_validator_finds_as_well() {
    let files = corpus();
    let Some(said) = said_of(&files).filter(|_| !files.is_empty()) else {
        return;
    };
    let mut tally = Tally::default();
    for path in &files {
        let found = found_in(path);
        match said.get(path.to_str().unwrap()) {
            Some(said) => tally.add(path.to_str().unwrap(), &found, said),
            None => {
                assert!(
                    found.iter().any(|finding| finding.code.starts_with("HCD0")),
                    "{}",
                    path.display()
                );
                tally.unreadable += 1;
            }
        }
    }
    eprintln!("{} files: {tally:#?}", files.len());
    assert_eq!(tally.unreported, [""; 0]);
    assert_eq!(tally.false_alarms, [""; 0]);
    // Whatever is refused in them is to be filled in by Terraform.
    assert_eq!(tally.refused, counts(&[("Info HCD1067", 14)]));
    assert_eq!(
        tally.of_meaning,
        counts(&[("HCD1003", 1), ("HCD1006", 2), ("HCD1034", 1)])
    );
    let undescribed = counts(&[("HCD1023", 8)]);
    let undescribed_here: Counts = tally
        .undescribed
        .into_iter()
        .filter(|(key, _)| !key.starts_with("known here"))
        .collect();
    assert_eq!(undescribed_here, undescribed);
}

/// The rules that public files break, each looked at by a person and found to be right.
#[test]
fn public_files_raise_no_false_alarm() {
    let files = corpus();
    let found: BTreeSet<(String, String)> = files
        .iter()
        .flat_map(|path| found_in(path))
        .filter(|finding| finding.code.starts_with("HCD1") && finding.code != "HCD1067")
        .map(|finding| (finding.code, finding.message))
        .collect();
    let found: Vec<_> = found
        .iter()
        .map(|(code, message)| (code.as_str(), message.as_str()))
        .collect();
    let moves = "the tag `latest` moves: what runs cannot be told, nor rolled back to";
    let expected = [
        (
            "HCD1003",
            "`client-api` contains `-`; an identifier has only letters, digits and underscores, for example `client_api`",
        ),
        ("HCD1006", moves),
        ("HCD1023", "Harness knows no `reports` here"),
        ("HCD1023", "Harness knows no `resources` here"),
        ("HCD1034", "whoever starts the run may approve it"),
    ];
    assert!(files.is_empty() || found == expected, "{found:#?}");
}
