//! The product's stories in every mode of the simulator: where a fact about Harness is open, both modes exist, and what
//! the product shows is right in both.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod at_once;
mod exceptions;
mod harness;
mod lists;
mod stories;
#[path = "../../../harness-cd-pipeline/tests/support/mod.rs"]
mod support;
mod tags;
mod teller;
mod webhook;

use std::collections::BTreeSet;
use std::num::NonZero;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use exceptions::{EXCEPTIONS, Exception};
use harness::{Estate, Harness};
use harness_cd_simulator::Modes;
use serde_json::{Value, json};
use stories::Story;
use teller::Teller;

/// A mode and one of its choices, as `Modes::TABLE` names them.
type Choice = (&'static str, &'static str);

/// Every mode with each of its choices but the first, which it has in all the others.
fn choices() -> impl Iterator<Item = Choice> {
    let others = |(mode, choices, _): &(&'static str, &'static [&'static str], _)| {
        let mode = *mode;
        choices.iter().skip(1).map(move |choice| (mode, *choice))
    };
    Modes::TABLE.iter().flat_map(others)
}

#[test]
fn every_story_in_every_mode() {
    let estate = Estate::new();
    let modes: Vec<Option<Choice>> = std::iter::once(None).chain(choices().map(Some)).collect();
    let cases: Vec<_> = modes
        .iter()
        .flat_map(|choice| stories::all().map(move |story| (*choice, story)))
        .collect();
    let next = AtomicUsize::new(0);
    let wrong = Mutex::new(Vec::new());
    let work = || {
        while let Some((choice, story)) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
            if let Some(difference) = difference(&estate, *choice, story) {
                wrong.lock().unwrap().push(difference);
            }
        }
    };
    let workers = thread::available_parallelism().map_or(1, NonZero::get);
    thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(work);
        }
    });
    let wrong = wrong.into_inner().unwrap();
    assert!(
        wrong.is_empty(),
        "{} of {}:\n{}",
        wrong.len(),
        cases.len(),
        wrong.join("\n")
    );
}

/// What a story shows in a mode and has to show, where that is not the same.
fn difference(estate: &Estate, choice: Option<Choice>, story: &Story) -> Option<String> {
    let harness = Harness::start(estate);
    if let Some((mode, choice)) = choice {
        harness.control("POST", "modes", &in_camel_case(mode, choice));
    }
    let mut teller = Teller::new(&harness);
    // A story that ends early has said why.
    let _ = (story.tell)(&mut teller);
    let shown = teller.lines();
    let expected = expected(choice, story);
    let fits = shown.len() == expected.len() && expected.iter().zip(&shown).all(|(pattern, line)| fits(pattern, line));
    let (mode, choice) = choice.unwrap_or(("the usual", "modes"));
    let (name, shown, expected) = (story.name, shown.join("\n    "), expected.join("\n    "));
    (!fits).then(|| format!("in {mode} {choice}, {name}\n  shows\n    {shown}\n  has to show\n    {expected}"))
}

/// The lines that a story has to show.
fn expected(choice: Option<Choice>, story: &Story) -> Vec<&'static str> {
    let is_about = |exception: &&Exception| Some(exception.choice) == choice && exception.stories.contains(&story.name);
    EXCEPTIONS
        .iter()
        .find(is_about)
        .map_or(story.shows, |exception| exception.shows)
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect()
}

/// Whether a line is what a pattern says; `…` stands for anything.
fn fits(pattern: &str, line: &str) -> bool {
    let mut parts = pattern.split('…');
    let Some(rest) = parts.next().and_then(|first| line.strip_prefix(first)) else {
        return false;
    };
    let mut parts: Vec<&str> = parts.collect();
    let Some(last) = parts.pop() else {
        return rest.is_empty();
    };
    let after = parts
        .into_iter()
        .try_fold(rest, |rest, part| Some(rest.split_once(part)?.1));
    after.is_some_and(|rest| rest.ends_with(last))
}

/// `missing_entity`, `NotFound` → `{"missingEntity": "notFound"}`
fn in_camel_case(mode: &str, choice: &str) -> Value {
    let in_pascal_case: String = mode
        .split('_')
        .map(|word| with_first(word, |first| first.to_ascii_uppercase()))
        .collect();
    let in_camel_case = |name: &str| with_first(name, |first| first.to_ascii_lowercase());
    json!({ in_camel_case(&in_pascal_case): in_camel_case(choice) })
}

fn with_first(word: &str, change: impl Fn(char) -> char) -> String {
    let mut letters = word.chars();
    letters.next().map(change).into_iter().chain(letters).collect()
}

#[test]
fn exceptions_are_about_what_there_is() {
    let known: BTreeSet<Choice> = choices().collect();
    for exception in EXCEPTIONS {
        assert!(known.contains(&exception.choice), "{:?} is no mode", exception.choice);
        for name in exception.stories {
            let story = stories::all().find(|story| story.name == *name);
            let story = story.unwrap_or_else(|| panic!("{name} is no story"));
            assert_ne!(
                story.shows, exception.shows,
                "{name} is no exception in {:?}",
                exception.choice
            );
        }
    }
}

#[test]
fn a_pattern_fits_what_it_says() {
    for (pattern, line, expected) in [
        ("a", "a", true),
        ("a", "ab", false),
        ("a…", "ab", true),
        ("a…c", "abc", true),
        ("a…c", "abcd", false),
        ("a…b…", "axbx", true),
        ("…b", "a", false),
    ] {
        assert_eq!(fits(pattern, line), expected, "{pattern} {line}");
    }
}
