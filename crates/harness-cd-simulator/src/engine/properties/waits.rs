//! Every run ends, and every wait can be answered.

use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::{Value, json};

use super::config;
use super::deeds::pick;
use super::pipelines::pipeline;
use super::play::{KEPT_MS, Play, START};
use super::scenarios::scenario;
use super::seen::see;
use super::story::{Deed, Story, story};
use super::strategies::{LONGEST_PAUSE_MS, MOST_PASSES, MOST_RETRIES};
use crate::engine::blueprint::{Blueprint, Node, Work};
use crate::tables::invented::ABORT_MS;

const CHILD_MS: i64 = 120_000;

/// The longest that steps can take, one after the other: all attempts of all passes.
fn longest(nodes: &[Node]) -> i64 {
    let of = |node: &Node| match &node.work {
        Work::Group { steps } | Work::Parallel { steps } => longest(steps),
        _ => node.timeout_ms + (MOST_RETRIES + 1) * 2 * (node.timeout_ms + 3 * LONGEST_PAUSE_MS),
    };
    nodes.iter().map(|node| MOST_PASSES * of(node)).sum()
}

/// The longest that a run can take when nobody does anything: every stage after the other, and everything rolled back.
pub(super) fn bound(blueprint: &Blueprint) -> i64 {
    let of_stages = blueprint
        .stages()
        .map(|stage| longest(&stage.steps) + 2 * longest(&stage.rollback) + CHILD_MS);
    KEPT_MS + 100_000 + MOST_PASSES * MOST_PASSES * of_stages.sum::<i64>()
}

fn is_held(story: &Story) -> bool {
    story
        .scenario
        .becomes
        .as_ref()
        .is_some_and(|becoming| !becoming.status.has_ended())
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn a_run_ends_when_nobody_does_anything(story in story(), until in any::<Index>()) {
        let mut play = Play::until(&story, until);
        let longest = bound(play.world.runs.blueprint(play.run()));
        play.pass(longest);
        prop_assert!(play.has_ended() || is_held(&story), "{:?}", see(&play));
    }

    #[test]
    fn a_run_ends_when_every_wait_is_answered(story in story(), until in any::<Index>()) {
        let mut play = Play::until(&story, until);
        let last = play.now + bound(play.world.runs.blueprint(play.run()));
        let mut pause = 1_000;
        while !play.has_ended() && play.now < last {
            pause += pause / 2;
            for wait in play.waits() {
                play.answer(&wait);
                pause = 1_000;
            }
            play.pass(pause);
        }
        prop_assert!(play.has_ended() || is_held(&story), "{:?}", see(&play));
    }

    /// run-inputs §8, harness-api §3.10: what waits for an answer goes on with it.
    #[test]
    fn an_answered_wait_is_over(story in story()) {
        Play::each(&story, |play| {
            for wait in play.waits() {
                let mut answered = play.clone();
                answered.answer(&wait);
                prop_assert!(!answered.waits().contains(&wait), "{wait:?}");
            }
            Ok(())
        })?;
    }

    /// harness-api §3.8: an interrupt ends what it is meant for.
    #[test]
    fn an_interrupted_node_ends(story in story(), until in any::<Index>(), index in any::<Index>()) {
        let mut play = Play::until(&story, until);
        if let Some(path) = pick(&play.at_work(), index) {
            play.act(&Deed::Abort(Some(index)));
            play.pass(ABORT_MS);
            prop_assert!(!play.at_work().contains(&path), "{}: {:?}", path, see(&play));
        }
    }

    /// Durations come from people: none is too long or too short.
    #[test]
    fn no_duration_is_too_long(mut pipeline in pipeline(), mut scenario in scenario(), ms in extreme(), pause in extreme()) {
        stretch(&mut pipeline);
        scenario.queued_ms = ms;
        for attempt in scenario.steps.iter_mut().flat_map(|script| &mut script.attempts) {
            attempt.takes_ms = attempt.takes_ms.map(|_| ms);
        }
        if let Some(becoming) = &mut scenario.becomes {
            becoming.after_ms = ms;
        }
        let story = Story { pipeline, scenario, is_frozen: false, deeds: Vec::new() };
        let mut play = Play::new(&story);
        for pause in [0, 60_000, pause.max(0), i64::MAX] {
            play.pass(pause);
            see(&play);
        }
        prop_assert!(play.has_ended() || is_held(&story), "{:?}", see(&play));
    }
}

fn extreme() -> impl Strategy<Value = i64> {
    prop_oneof![Just(i64::MIN), -9..9_i64, Just(i64::MAX - START), Just(i64::MAX)]
}

/// As long as can be written.
fn stretch(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(stretch),
        Value::Object(fields) => {
            for (key, value) in fields {
                match key.as_str() {
                    "timeout" | "duration" if value.is_string() => *value = json!("106751991167d"),
                    "retryIntervals" => *value = json!(["106751991167d"]),
                    _ => stretch(value),
                }
            }
        }
        _ => {}
    }
}
