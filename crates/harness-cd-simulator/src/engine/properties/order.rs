//! Statuses and times go one way, and lie within each other.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::TestCaseResult;

use super::config;
use super::play::Play;
use super::seen::{Node, Seen, see};
use super::story::{Deed, pause, story};
use super::waits::bound;
use crate::engine::run::Mode;
use crate::tables::failure::FailureKind;
use crate::tables::invented::AFTERMATH_MS;
use crate::tables::status::{Phase, Status};

/// Whether a later sight of the same thing may follow an earlier one.
fn may_follow(earlier: &Node, later: &Node) -> bool {
    let goes_on = earlier.status.phase() <= later.status.phase();
    let keeps_its_start = earlier.started_at.is_none() || earlier.started_at == later.started_at;
    goes_on && keeps_its_start && (!earlier.status.has_ended() || earlier == later)
}

fn follows(earlier: &Seen, later: &Seen) -> TestCaseResult {
    for (key, node) in earlier {
        let next = later.get(key);
        prop_assert!(
            next.is_some_and(|next| may_follow(node, next)),
            "{key}: {node:?}\nthen {next:?}"
        );
    }
    Ok(())
}

/// What holds for each thing at a time, and for what it is a part of.
fn lies_well(seen: &Seen, now: i64) -> TestCaseResult {
    for (key, node) in seen {
        let has_begun = node.status.phase() != Phase::Before;
        let (start, end) = (node.started_at, node.ended_at);
        prop_assert_eq!(node.status.has_ended(), end.is_some(), "{}: {:?}", key, node);
        prop_assert!(!has_begun || start.is_some(), "{key}: {node:?}");
        prop_assert!(start.is_none_or(|start| start <= now), "{key}: {node:?} at {now}");
        prop_assert!(
            end.is_none_or(|end| start <= Some(end) && end <= now),
            "{key}: {node:?} at {now}"
        );
        if let Some(parent) = node.parent.as_ref().map(|parent| &seen[parent]) {
            prop_assert!(lies_within(node, parent), "{key}: {node:?}\nin {parent:?}");
        }
    }
    Ok(())
}

fn lies_within(node: &Node, parent: &Node) -> bool {
    let begins_within = node.started_at.is_none() || parent.started_at <= node.started_at;
    let ends_within = node.ended_at.is_some() && node.ended_at <= parent.ended_at;
    begins_within && (node.started_at.is_none() || parent.ended_at.is_none() || ends_within)
}

proptest! {
    #![proptest_config(config())]

    /// harness-api §3.7: the order of statuses; §12.38: an end stands only where something has ended.
    #[test]
    fn statuses_move_along_the_order_and_times_stay(story in story()) {
        let mut before = Seen::new();
        Play::each(&story, |play| {
            let seen = see(play);
            lies_well(&seen, play.now)?;
            follows(&before, &seen)?;
            before = seen;
            Ok(())
        })?;
    }

    /// harness-api §3.9: so do those of a retry and of a rollback, and what they follow stays as it is.
    #[test]
    fn what_follows_a_run_moves_along_the_order(story in story(), lane in any::<Index>(), stage in any::<Index>(), rolls_back in any::<bool>()) {
        let mut play = Play::each(&story, |_| Ok(()))?;
        let longest = bound(play.world.runs.blueprint(play.run()));
        play.pass(longest);
        let lanes = &play.world.runs.blueprint(play.run()).lanes;
        let from_lane = lane.index(lanes.len());
        let stage = stage.get(&lanes[from_lane].stages).identifier.clone();
        let of = play.number;
        play.start(&story, if rolls_back { Mode::Rollback { of, stage } } else { Mode::Retry { of, from_lane, stages: vec![stage] } });
        let mut before = see(&play);
        for (ms, deed) in &story.deeds {
            play.pass(*ms);
            play.act(deed);
            let seen = see(&play);
            lies_well(&seen, play.now)?;
            follows(&before, &seen)?;
            before = seen;
        }
    }

    /// harness-api §3.8: a mark fails what is at work, and nothing that begins because of it.
    #[test]
    fn a_mark_fails_what_is_at_work(story in story(), until in any::<Index>(), which in option::of(any::<Index>())) {
        let mut play = Play::until(&story, until);
        let before = see(&play);
        play.act(&Deed::MarkFailed(which));
        play.pass(AFTERMATH_MS);
        for (key, node) in see(&play) {
            let is_marked = node.failure.as_ref().is_some_and(|failure| failure.kind == FailureKind::UserMarkedFailure);
            prop_assert!(!is_marked || before.get(&key).is_some_and(|node| node.started_at.is_some()), "{key}: {node:?}");
        }
    }

    /// harness-api §3.8: a run that is aborted goes `Discontinuing`, then `Aborted`, and nothing begins any more.
    #[test]
    fn nothing_begins_after_an_abort(story in story(), until in any::<Index>(), pauses in vec(pause(), 1..6)) {
        let mut play = Play::until(&story, until);
        play.act(&Deed::Abort(None));
        let aborted_at = play.now;
        for pause in pauses {
            play.pass(pause);
            let mut seen = see(&play);
            // The run before goes on.
            seen.retain(|key, _| !key.starts_with("0:"));
            let is_late = |node: &Node| node.started_at.is_some_and(|start| start > aborted_at) && node.status != Status::Skipped;
            prop_assert!(!seen.values().any(is_late), "{:?}", seen);
        }
    }
}
