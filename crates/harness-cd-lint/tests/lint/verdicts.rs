//! Random changes to good files: what Harness's schemas refuse is an error at its place, what they take is none.
//!
//! Whether a schema refuses a change, another validator says. Where there are no schemas beside the checkout, what it
//! has said of the changes to the golden files stands in a fixture.
#![allow(
    clippy::print_stderr,
    reason = "a check that cannot be made here says so, and how many were made"
)]

mod changes;
mod editor;
mod grown;
mod schemas;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

use harness_cd_lint::lint;
use harness_cd_model::{Diagnostic, Severity};
use harness_cd_pipeline::{read_config_repo, render};
use serde_json::{Map, Value};

use self::changes::{Way, change};
use self::editor::Editor;
use self::grown::grown;
use self::schemas::{Schema, exclusive_keys, read_file, read_text, schemas};
use crate::robustness::{cases, corpus};
use crate::support::dice::Dice;
use crate::support::{example, golden, workspace};

/// How many changes to each golden file the fixture has verdicts of.
const CHANGES: u64 = 100;

fn golden_files() -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = fs::read_dir(golden())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.retain(|path| path.extension().is_some_and(|extension| extension == "yaml"));
    files.sort();
    files
}

/// Files that the schemas take: the golden ones, public ones, fixtures, what the example renders to, and documents grown
/// from the schemas.
fn good(schemas: &BTreeMap<&'static str, Schema>, of_each: u64) -> Vec<(&'static str, Value)> {
    let files = golden_files().into_iter().chain(corpus()).chain(fixtures());
    let entities = render(&read_config_repo(&example()), &[]).entities;
    let rendered = entities.values().filter_map(|entity| read_text(entity.yaml.as_bytes()));
    let read = files.filter_map(|path| read_file(&path)).chain(rendered);
    let mut good: Vec<(&'static str, Value)> = read
        .filter(|(kind, document)| schemas[kind].validator.is_valid(document))
        .collect();
    assert!(good.len() > 60, "{}", good.len());
    for schema in schemas.values() {
        // Nearly all of the language is that of pipelines.
        let count = if schema.kind == "pipeline" {
            6 * of_each
        } else {
            of_each
        };
        let grown = (0..count).filter_map(|seed| grown(schema, seed));
        let filled = grown.filter(|document| document[schema.kind].as_object().is_some_and(|body| !body.is_empty()));
        good.extend(filled.map(|document| (schema.kind, document)));
    }
    good
}

fn fixtures() -> Vec<PathBuf> {
    let folders = ["lint", "pipelines"].map(|name| workspace().join("tests/fixtures").join(name));
    let entries = folders.into_iter().flat_map(|folder| fs::read_dir(folder).unwrap());
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

fn told(findings: &[Diagnostic]) -> Vec<String> {
    let line = |f: &Diagnostic| format!("{:?} {} {} {}", f.severity, f.code, f.pointer, f.message);
    findings.iter().map(line).collect()
}

/// What is found in a changed document.
struct Verdict {
    /// What is wrong with the findings, if anything.
    wrong: Option<String>,
    /// The rules about meaning that say something.
    of_meaning: BTreeSet<String>,
}

/// Codes of the rules that say what a schema refuses, and of those about keys and types of which it knows nothing.
pub(crate) const OF_SCHEMAS: [&str; 9] = [
    "HCD1021", "HCD1022", "HCD1023", "HCD1024", "HCD1061", "HCD1062", "HCD1063", "HCD1064", "HCD1065",
];

fn judged(text: &str, before: &[Diagnostic], place: &str, is_valid: bool) -> Verdict {
    let found = lint("f.yaml", text.as_bytes());
    let wrong = if is_valid {
        false_alarm(&found, before, place)
    } else {
        unseen(&found, place)
    };
    let is_new = |finding: &&Diagnostic| {
        !before
            .iter()
            .any(|other| other.code == finding.code && other.message == finding.message)
    };
    let of_meaning = found
        .iter()
        .filter(|finding| !OF_SCHEMAS.contains(&finding.code.as_str()))
        .filter(is_new);
    Verdict {
        wrong,
        of_meaning: of_meaning.map(|finding| finding.code.clone()).collect(),
    }
}

/// What the schemas take is neither an error nor, where they describe its keys, a warning.
fn false_alarm(found: &[Diagnostic], before: &[Diagnostic], place: &str) -> Option<String> {
    let is_known = |finding: &Diagnostic| {
        before
            .iter()
            .any(|other| other.code == finding.code && other.message == finding.message)
    };
    let above = place.rsplit_once('/').map_or("", |(above, _)| above);
    let is_false = |finding: &&Diagnostic| match finding.code.as_str() {
        // A key that is put where it does not belong, or stays behind when what it belongs to changes.
        "HCD1023" | "HCD1024" => !finding.pointer.starts_with(above) && !is_known(finding),
        code => OF_SCHEMAS.contains(&code),
    };
    let wrong: Vec<Diagnostic> = found.iter().filter(is_false).cloned().collect();
    (!wrong.is_empty()).then(|| format!("taken by the schema: {:#?}", told(&wrong)))
}

/// What the schemas refuse is an error where the change is, at what holds it, or beside it where the one decides the
/// other.
fn unseen(found: &[Diagnostic], place: &str) -> Option<String> {
    let above = place.rsplit_once('/').map_or("", |(above, _)| above);
    let errors = found.iter().filter(|finding| finding.severity == Severity::Error);
    let errors: Vec<Diagnostic> = errors.cloned().collect();
    (!errors.iter().any(|finding| is_below(&finding.pointer, above)))
        .then(|| format!("refused by the schema: {:#?}", told(&errors)))
}

/// Whether a place is another one or below it.
fn is_below(place: &str, above: &str) -> bool {
    let rest = place.strip_prefix(above);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Changes a document in one place, and says where.
fn changed(document: &Value, seed: u64) -> (Value, String) {
    let mut document = document.clone();
    let place = change(&mut document, &mut Dice::new(seed));
    (document, place)
}

/// What has been judged so far.
#[derive(Default)]
struct Tally {
    /// How many changes the schemas refuse, by the way in which they were made; `None` for any.
    refused: BTreeMap<Option<Way>, u32>,
    taken: u32,
    /// How many of those that are taken break a rule about meaning, by its code.
    of_meaning: BTreeMap<String, u32>,
    wrong: Map<String, Value>,
}

impl Tally {
    fn refused(&self, way: Option<Way>) -> u32 {
        self.refused.get(&way).copied().unwrap_or_default()
    }

    fn add(&mut self, way: Option<Way>, is_valid: bool, verdict: Verdict, change: impl FnOnce() -> String) {
        if is_valid {
            self.taken += 1;
            for code in verdict.of_meaning {
                *self.of_meaning.entry(code).or_default() += 1;
            }
        } else {
            *self.refused.entry(way).or_default() += 1;
        }
        if let Some(what) = verdict.wrong {
            self.wrong.insert(change(), what.into());
        }
    }
}

/// `HARNESS_CD_CASES` changes that the schemas take, and a fifth as many that they refuse of each way to break a file.
#[test]
fn every_change_is_judged_as_the_schemas_judge_it() {
    let Some(schemas) = schemas() else {
        eprintln!("skipped: there are no schemas beside the checkout; of the golden files the fixture has verdicts");
        return;
    };
    let mut exclusive = BTreeSet::new();
    schemas
        .values()
        .for_each(|schema| exclusive_keys(&schema.text, &mut exclusive));
    let good = good(&schemas, u64::from(cases() / 100).min(500));
    let lint_of = |(_, document): &(&str, Value)| lint("f.yaml", document.to_string().as_bytes());
    let before: Vec<Vec<Diagnostic>> = good.iter().map(lint_of).collect();
    let ways: Vec<Option<Way>> = Way::ALL.into_iter().map(Some).chain([None]).collect();
    let (of_each, to_be_taken) = (cases() / 5, cases());
    let editor = Editor::new();
    let mut tally = Tally::default();
    let mut seeds = 0..u64::from(cases()) * 100;
    while tally.taken < to_be_taken || ways.iter().any(|way| tally.refused(*way) < of_each) {
        let seed = seeds.next().expect("there are enough changes of every way");
        let turn = usize::try_from(seed).unwrap();
        let way = ways[turn % ways.len()];
        let is_enough = |is_valid| match is_valid {
            true => tally.taken >= to_be_taken,
            false => tally.refused(way) >= of_each,
        };
        if is_enough(true) && is_enough(false) {
            continue;
        }
        let at = turn / ways.len() % good.len();
        let (kind, document) = &good[at];
        let Some((value, place)) = broken(document, way, &exclusive, seed) else {
            continue;
        };
        let is_valid = schemas[kind].validator.is_valid(&value);
        if is_enough(is_valid) {
            continue;
        }
        let mut verdict = judged(&value.to_string(), &before[at], &place, is_valid);
        // Where an editor would show it takes long to find out.
        let shown = (seed % 16 == 0).then_some(place.as_str());
        verdict.wrong = verdict
            .wrong
            .or_else(|| editor.misjudges(kind, &value, shown, is_valid));
        tally.add(way, is_valid, verdict, || {
            let now = value.pointer(&place);
            let now = now.map_or_else(|| "removed".to_owned(), Value::to_string);
            format!("{seed} {kind} {at} {way:?} {place}: {now}")
        });
    }
    let Tally {
        refused,
        taken,
        of_meaning,
        wrong,
    } = tally;
    eprintln!(
        "{} files; refused: {refused:?}; taken: {taken}, of which rules about meaning: {of_meaning:?}",
        good.len()
    );
    assert!(wrong.is_empty(), "{} misjudged: {wrong:#?}", wrong.len());
}

/// A document changed in that way or, without one, in any; with the place of the change.
fn broken(
    document: &Value,
    way: Option<Way>,
    exclusive: &BTreeSet<BTreeSet<String>>,
    seed: u64,
) -> Option<(Value, String)> {
    let Some(way) = way else {
        return Some(changed(document, seed));
    };
    let mut document = document.clone();
    let place = way.change(&mut document, exclusive, &mut Dice::new(seed))?;
    Some((document, place))
}

/// For each golden file a line: its name, and of each change `+` where it is taken or `-` where it is refused.
fn verdicts() -> PathBuf {
    workspace().join("tests/fixtures/lint/verdicts.txt")
}

#[test]
fn changes_to_the_golden_files_are_judged_as_the_fixture_says() {
    let known = fs::read_to_string(verdicts()).unwrap_or_default();
    let known: BTreeMap<&str, &str> = known.lines().filter_map(|line| line.split_once(' ')).collect();
    let schemas = schemas();
    let editor = Editor::new();
    let mut fresh = String::new();
    for path in golden_files() {
        let Some((kind, document)) = read_file(&path) else {
            continue;
        };
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let mut line = String::new();
        for seed in 0..CHANGES {
            let (value, place) = changed(&document, seed);
            let is_valid = match &schemas {
                Some(schemas) => schemas[kind].validator.is_valid(&value),
                None => known[name.as_str()].as_bytes()[usize::try_from(seed).unwrap()] == b'+',
            };
            line.push(if is_valid { '+' } else { '-' });
            let before = lint("f.yaml", document.to_string().as_bytes());
            let wrong = judged(&value.to_string(), &before, &place, is_valid).wrong;
            if let Some(what) = wrong.or_else(|| editor.misjudges(kind, &value, None, is_valid)) {
                panic!("{name} {seed} {place}: {what}");
            }
        }
        fresh.push_str(&format!("{name} {line}\n"));
    }
    if std::env::var_os("INSTA_UPDATE").is_some_and(|value| value == "always") {
        fs::write(verdicts(), &fresh).unwrap();
    }
    let known = fs::read_to_string(verdicts()).unwrap();
    assert_eq!(known, fresh, "`cargo xtask snapshots` writes the fixture again");
}
