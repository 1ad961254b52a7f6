//! What people do to a config repo by mistake, and what they are told: what is wrong, at the place where it is mended,
//! and nothing that follows from it.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "a test fails by panicking, and says what it skips"
)]

#[path = "../../../harness-cd-pipeline/tests/support/mod.rs"]
mod support;
mod table;

use harness_cd_lint::lint_config_repo;
use harness_cd_model::Diagnostic;
use harness_cd_pipeline::{Files, read_config_repo, render};
use table::{BROKEN, Broken, Edit, MISTAKES, Mistake, NO_MISTAKES, OF_A_COMPANY};

/// Where a finding has to stand, in the text that an edit puts in.
const MARK: char = '¦';

/// A finding: file, line, column, code, and a part of what is said and advised.
type Told = (String, u32, u32, String, String);

/// A company with two organizations, three projects, what stands above them, and functions beside Kubernetes.
fn company() -> Files {
    let root = support::workspace().join("tests/fixtures/config-repos/two-organizations");
    support::with_new_templates(support::config_repo(&root))
}

/// Makes the edits, each with its marks.
fn marked(base: Files, edits: &[Edit]) -> Files {
    edits.iter().fold(base, |files, edit| {
        support::replaced(files, edit.file, edit.from, edit.to)
    })
}

/// Takes the marks out, and gives what has to be told at each.
fn taken_out(edits: &[Edit], mut files: Files) -> (Files, Vec<Told>) {
    let mut wanted = Vec::new();
    for (file, bytes) in &mut files {
        let text = String::from_utf8(std::mem::take(bytes)).unwrap();
        let mut told = edits.iter().filter(|edit| edit.file == file).flat_map(|edit| edit.told);
        let mut parts = text.split(MARK);
        let mut plain = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let (code, said) = told.next().unwrap_or_else(|| panic!("a mark too many in {plain}"));
            let (line, column) = end_of(&plain);
            wanted.push((file.clone(), line, column, (*code).to_owned(), (*said).to_owned()));
            plain.push_str(part);
        }
        assert_eq!(told.next(), None, "no mark for it");
        *bytes = plain.into_bytes();
    }
    (files, wanted)
}

/// The line and the column of UTF-16 at which a text ends. A byte order mark at its head counts as nothing.
fn end_of(text: &str) -> (u32, u32) {
    let text = text.trim_start_matches('\u{feff}');
    let line = text.rsplit('\n').next().unwrap_or_default();
    let lines = text.matches('\n').count() + 1;
    let columns = line.encode_utf16().count() + 1;
    (u32::try_from(lines).unwrap(), u32::try_from(columns).unwrap())
}

fn said(finding: &Diagnostic) -> String {
    let Diagnostic {
        code,
        message,
        file,
        range,
        hint,
        ..
    } = finding;
    let hint = hint.as_deref().unwrap_or_default();
    format!("{file}:{}:{} {code} {message} | {hint}", range.line, range.column)
}

/// What is wrong with what is told of a mistake in the example; nothing where it is told as it should be.
fn judged(mistake: &Mistake) -> Option<String> {
    judged_in(support::example(), mistake)
}

fn judged_in(base: Files, mistake: &Mistake) -> Option<String> {
    let (files, wanted) = taken_out(mistake.edits, marked(base, mistake.edits));
    let found = lint_config_repo(&files);
    let is_told = |(file, line, column, code, part): &Told, finding: &Diagnostic| {
        let place = (&finding.file, finding.range.line, finding.range.column, &finding.code);
        place == (file, *line, *column, code) && said(finding).contains(part.as_str())
    };
    let is_right = found.len() == wanted.len() && wanted.iter().all(|told| found.iter().any(|one| is_told(told, one)));
    let list = |lines: Vec<String>| lines.join("\n    ");
    (!is_right).then(|| {
        format!(
            "{}\n  wanted\n    {}\n  found\n    {}",
            mistake.name,
            list(wanted.iter().map(|told| format!("{told:?}")).collect()),
            list(found.iter().map(said).collect())
        )
    })
}

#[test]
fn every_mistake_is_told_at_its_place_and_nothing_else_is() {
    let wrong: Vec<String> = MISTAKES.iter().filter_map(judged).collect();
    assert!(
        wrong.is_empty(),
        "{} of {} are told otherwise:\n{}",
        wrong.len(),
        MISTAKES.len(),
        wrong.join("\n")
    );
}

#[test]
fn mistakes_of_a_company_are_told_as_well() {
    let company = company();
    assert_eq!(lint_config_repo(&company), []);
    let wrong: Vec<String> = (OF_A_COMPANY.iter())
        .filter_map(|mistake| judged_in(company.clone(), mistake))
        .collect();
    assert!(
        wrong.is_empty(),
        "{} of {} are told otherwise:\n{}",
        wrong.len(),
        OF_A_COMPANY.len(),
        wrong.join("\n")
    );
}

/// What is left out otherwise than a broken entry should do; nothing where it is right.
fn left_out(broken: &Broken) -> Option<String> {
    let (files, _) = taken_out(broken.mistake.edits, marked(support::example(), broken.mistake.edits));
    let rendered = render(&read_config_repo(&files), &[]);
    let left_out = rendered.left_out.iter();
    let mut left_out: Vec<String> = left_out.map(|one| format!("{:?} {}", one.kind, one.name)).collect();
    let mut wanted = broken.left_out.to_vec();
    left_out.sort();
    wanted.sort_unstable();
    (left_out != wanted).then(|| {
        format!(
            "{}\n  wanted\n    {wanted:?}\n  left out\n    {left_out:?}",
            broken.mistake.name
        )
    })
}

#[test]
fn a_broken_entry_is_told_at_its_place_and_stops_what_depends_on_it_alone() {
    let told = BROKEN.iter().filter_map(|broken| judged(&broken.mistake));
    let wrong: Vec<String> = told.chain(BROKEN.iter().filter_map(left_out)).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_looks_like_a_mistake_and_is_none_is_left_in_peace() {
    let wrong: Vec<String> = NO_MISTAKES.iter().filter_map(judged).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
