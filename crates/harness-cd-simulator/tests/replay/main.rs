//! The requests of three real clients, replayed over HTTP: `examples/requests` holds them, and its README the format.
//!
//! The requests and what they expect are written from the fact sheets `harness-api` and `run-inputs` alone, by another
//! hand than the simulator. Where both differ, the facts decide.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "helpers of tests: a panic is a failed test"
)]

mod call;
mod duration;
mod expectation;
mod known_differences;
mod matcher;
mod player;
mod pointer;
mod server;
mod story;
mod variables;

use std::collections::BTreeSet;

use fancy_regex::Regex;

use known_differences::KNOWN_DIFFERENCES;
use player::{Outcome, play};
use server::Server;
use story::{Story, stories};

#[test]
fn agent_server() {
    replay("agent-server");
}

#[test]
fn backstage_plugin() {
    replay("backstage-plugin");
}

#[test]
fn scaffolder_action() {
    replay("scaffolder-action");
}

#[test]
fn webhook_sender() {
    replay("webhook-sender");
}

/// Plays each story of a client on a server of its own, and tells everything that differs at once.
fn replay(client: &str) {
    let mut differences = Vec::new();
    for story in stories(client) {
        let server = Server::of_environment().unwrap_or_else(Server::simulator);
        if story.needs_control() && !server.has_control() {
            skipped(&story);
            continue;
        }
        let Outcome { failures, agreed } = play(&story, &server, KNOWN_DIFFERENCES);
        differences.extend(failures);
        differences.extend(agreed.into_iter().map(|step| {
            format!(
                "{}\n  step      {step}\n  is listed as a known difference, but does not differ\n",
                story.file
            )
        }));
    }
    assert!(differences.is_empty(), "\n{}", differences.join("\n"));
}

#[expect(clippy::print_stderr, reason = "says which stories another server could not play")]
fn skipped(story: &Story) {
    eprintln!("skipped, it needs the simulator's control plane: {}", story.file);
}

/// Every file, of whichever client.
fn everything() -> impl Iterator<Item = Story> {
    story::clients().into_iter().flat_map(|client| stories(&client))
}

#[test]
fn every_client_is_replayed() {
    let replayed = [
        "agent-server",
        "backstage-plugin",
        "scaffolder-action",
        "webhook-sender",
    ];
    assert_eq!(story::clients(), replayed);
}

#[test]
fn every_request_names_its_fact_and_every_step_its_own_name() {
    for story in everything() {
        let mut names = BTreeSet::new();
        for step in &story.steps {
            assert!(names.insert(&step.name), "{}: two steps `{}`", story.file, step.name);
            let fact = step.fact.as_deref().unwrap_or_default();
            let sheet = fact.starts_with("harness-api §") || fact.starts_with("run-inputs §");
            assert!(
                step.request.is_none() || sheet,
                "{}: `{}` names no fact",
                story.file,
                step.name
            );
        }
    }
}

/// A misspelt word or an unkept name would else be found only when its step is reached.
#[test]
fn every_expectation_is_understood_and_every_name_is_kept_before_it_is_used() {
    let named = Regex::new(r"\$\{(\w+)\}").unwrap();
    for story in everything() {
        let mut kept: BTreeSet<String> = ["key", "account", "org", "project"].map(str::to_owned).into();
        for step in &story.steps {
            for found in named.captures_iter(format!("{step:?}").as_str()) {
                let found = found.unwrap();
                let name = &found[1];
                assert!(kept.contains(name), "{}: `{}` uses `{name}`", story.file, step.name);
            }
            kept.extend(step.keep.keys().cloned());
            step.expect.understand();
        }
    }
}

#[test]
fn known_differences_have_reasons_and_name_steps() {
    for difference in KNOWN_DIFFERENCES {
        let step = everything()
            .filter(|story| story.file.ends_with(difference.file))
            .any(|story| story.steps.iter().any(|step| step.name == difference.step));
        assert!(step, "no such step: {difference:?}");
        assert!(difference.reason.len() > 20, "no reason: {difference:?}");
    }
}
