//! The record of what ran against a Harness of random histories: whatever comes late, is corrected or deleted, and
//! whenever who keeps the record is killed, the record is what is there.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod harness;
mod record;

use std::collections::BTreeMap;

use harness::{Happening, Harness, aged, happenings};
use harness_cd_history::{HistoryOptions, SyncAsk, SyncHints, SyncPlan, SyncReason, SyncState, UntoldRun};
use harness_cd_model::{FailureCode, RunInputs};
use proptest::prelude::*;
use record::Keeper;

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;
const BACK: i64 = 90 * DAY;
const NOW: i64 = 1_790_000_000_000;

proptest! {
    #![proptest_config(ProptestConfig { cases: 8, max_shrink_iters: 40, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_record_that_is_kept_is_what_is_there(
        past in happenings(300, BACK - 3 * DAY),
        coming in happenings(60, HOUR),
        luck in proptest::collection::vec(0_u8..100, 500),
        skew in -10 * MINUTE..10 * MINUTE,
    ) {
        let mut harness = Harness::new(NOW + skew, aged(NOW + skew, past), coming);
        let mut keeper = Keeper::new(luck);
        let churned = keeper.keep(&mut harness, NOW, NOW + 2 * HOUR);
        // All that came late, and whatever was deleted, has been read again a day later.
        let end = keeper.calmly().keep(&mut harness, churned, churned + 25 * HOUR);
        let (gone, there): (Told, Told) = keeper.record.told().into_iter().partition(|(_, known)| known.is_gone);
        let truth = harness.truth(end);
        let wrong: Vec<_> = truth.iter().map(|(id, known)| (id, there.get(id), known)).filter(|(_, has, known)| *has != Some(*known)).collect();
        prop_assert_eq!(wrong, []);
        prop_assert_eq!(there.len(), truth.len());
        prop_assert!(gone.keys().all(|id| harness.has_deleted(id, end)));
        prop_assert!(keeper.progress(end).is_whole);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4, max_shrink_iters: 20, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_long_record_is_what_is_there_however_it_was_cut(
        past in happenings(200, BACK - 7 * DAY),
        luck in proptest::collection::vec(0_u8..100, 60),
        most in 500_usize..4_000,
    ) {
        let past: Vec<_> = spread(past, most);
        let mut harness = Harness::new(NOW, aged(NOW, past), Vec::new());
        let mut keeper = Keeper::new(luck);
        let end = keeper.keep(&mut harness, NOW, NOW + 10 * MINUTE);
        prop_assert!(keeper.progress(end).is_whole);
        let there: Told = keeper.record.told().into_iter().filter(|(_, known)| !known.is_gone).collect();
        let truth = harness.truth(end);
        let lost: Vec<_> = truth.keys().filter(|id| !there.contains_key(*id)).collect();
        prop_assert_eq!(lost, Vec::<&String>::new());
    }
}

#[test]
fn a_long_record_is_read_in_several_places_at_once_and_nothing_of_it_twice() {
    let pages = 120;
    let past = (0..pages * 100)
        .map(|place| {
            Happening::done(
                place,
                NOW - BACK + MINUTE + i64::from(place) * (BACK / i64::from(pages * 100)),
            )
        })
        .collect();
    let mut harness = Harness::new(NOW, past, Vec::new());
    let mut keeper = Keeper::new(Vec::new());
    let mut now = NOW;
    let mut known = i64::MAX;
    while !keeper.progress(now).is_whole {
        now = keeper.turn(&mut harness, now);
        let from = keeper.progress(now).known_from.unwrap();
        assert!(from <= known, "what is known is forgotten");
        known = from;
        let told = keeper.record.told();
        let truth = harness.truth(now);
        assert!(truth.iter().all(|(id, run)| run.begun <= from || told.contains_key(id)));
    }
    let filled = keeper.asked.iter().filter(|ask| ask.reason == SyncReason::Fill).count();
    // The last page of a time is not full.
    assert!((120..=128).contains(&filled), "{filled} questions for {pages} pages");
    assert!((30..=45).contains(&keeper.turns), "{} turns", keeper.turns);
    // A page begins with the last run of the one before.
    assert!(keeper.record.written <= 12_000 + filled, "{}", keeper.record.written);
}

#[test]
fn a_record_begins_with_what_is_newest_and_goes_on_where_it_was_killed() {
    let past = (0..250)
        .map(|place| Happening::done(place, NOW - BACK + i64::from(place) * 8 * HOUR))
        .collect();
    let mut harness = Harness::new(NOW, past, Vec::new());
    let mut keeper = Keeper::new(Vec::new());
    keeper.turn(&mut harness, NOW);
    assert_eq!(keeper.record.told().len(), 100);
    assert_eq!(keeper.progress(NOW).as_of, Some(NOW));
    assert!(!keeper.progress(NOW).is_whole);
    let first = keeper.asked.last().cloned().unwrap();
    assert_eq!((first.reason, first.page, first.to_ms), (SyncReason::Fill, 0, None));

    let known = keeper.progress(NOW).known_from;
    keeper.turn(&mut harness, NOW + 1_000);
    assert_eq!(
        keeper.asked.last().unwrap().to_ms,
        known,
        "the next page begins where the first ended"
    );
    for second in 2..6 {
        keeper.turn(&mut harness, NOW + second * 1_000);
    }
    assert_eq!(keeper.record.told().len(), 250);
    assert!(keeper.progress(NOW + 6_000).is_whole);
}

#[test]
fn runs_that_began_at_one_instant_are_all_found() {
    let past = (0..250).map(|place| Happening::done(place, NOW - DAY)).collect();
    let mut harness = Harness::new(NOW, past, Vec::new());
    let mut keeper = Keeper::new(Vec::new());
    keeper.keep(&mut harness, NOW, NOW + MINUTE);
    assert_eq!(keeper.record.told().len(), 250);
}

#[test]
fn a_run_that_is_deleted_while_its_page_is_read_hides_no_other() {
    let past = (0..250)
        .map(|place| Happening::done(place, NOW - BACK + i64::from(place) * HOUR))
        .collect();
    let mut harness = Harness::new(NOW, past, Vec::new());
    let mut keeper = Keeper::new(Vec::new());
    keeper.turn(&mut harness, NOW);
    harness.delete(249, NOW + 500);
    keeper.keep(&mut harness, NOW + 1_000, NOW + MINUTE);
    assert_eq!(keeper.record.told().len(), 250);
    keeper.keep(&mut harness, NOW + MINUTE, NOW + 2 * HOUR);
    keeper.keep(&mut harness, NOW + 2 * HOUR, NOW + 26 * HOUR);
    let (gone, there): (Told, Told) = keeper.record.told().into_iter().partition(|(_, known)| known.is_gone);
    assert_eq!(there, harness.truth(NOW + 26 * HOUR));
    assert_eq!(gone.into_keys().collect::<Vec<_>>(), ["run-249"]);
}

#[test]
fn a_quiet_project_is_asked_seldom_and_one_that_is_looked_at_every_few_seconds() {
    let past = vec![Happening::done(0, NOW - DAY)];
    let mut harness = Harness::new(NOW, past, Vec::new());
    let mut keeper = Keeper::new(Vec::new());
    let filled = keeper.keep(&mut harness, NOW, NOW + 10 * MINUTE);
    let before = keeper.asked.len();
    keeper.keep(&mut harness, filled, filled + 10 * MINUTE);
    let quiet = keeper.asked.len() - before;
    assert!((8..=12).contains(&quiet), "{quiet} questions in ten minutes");

    keeper.is_looked_at = true;
    let before = keeper.asked.len();
    keeper.keep(&mut harness, filled + 10 * MINUTE, filled + 20 * MINUTE);
    let watched = keeper.asked.len() - before;
    assert!((100..=140).contains(&watched), "{watched} questions in ten minutes");
}

#[test]
fn what_runs_is_followed_by_its_id_and_what_waits_for_days_seldom() {
    let past = vec![Happening::open(0, NOW - 3 * DAY), Happening::done(1, NOW - HOUR)];
    let mut harness = Harness::new(NOW, past, Vec::new());
    let mut keeper = Keeper::new(Vec::new());
    keeper.keep(&mut harness, NOW, NOW + HOUR);
    let followed = keeper.asked.iter().filter(|ask| ask.reason == SyncReason::Follow);
    let ids: Vec<_> = followed.map(|ask| ask.executions.clone()).collect();
    assert!(ids.iter().all(|ids| *ids == ["run-0"]), "{ids:?}");
    assert!((5..=7).contains(&ids.len()), "{} questions in an hour", ids.len());
}

#[test]
fn a_failure_is_known_with_its_begin_and_what_fails_is_tried_less_often() {
    let mut state = SyncState::new(Vec::new(), "1");
    let mut asked = Vec::new();
    let mut now = NOW;
    while now < NOW + 10 * MINUTE {
        match state.plan(SyncHints::default(), &[], BACK, now) {
            SyncPlan::Ask(_) => {
                asked.push(now);
                state.fail(FailureCode::Unavailable, now);
            }
            SyncPlan::Wait(until) => now = until,
        }
    }
    assert_eq!(state.progress(BACK, now).failing_since, Some(NOW));
    assert!((12..=16).contains(&asked.len()), "{asked:?}");
    let looked = SyncHints {
        looked_at: Some(now),
        ..SyncHints::default()
    };
    assert!(matches!(state.plan(looked, &[], BACK, now + 5_000), SyncPlan::Ask(_)));
}

#[test]
fn pages_that_cannot_be_read_are_asked_for_in_smaller_parts() {
    let mut state = SyncState::new(Vec::new(), "1");
    for size in [100, 50, 25, 12, 6, 3, 1, 1] {
        assert_eq!(first(&state).size, size);
        state.fail(FailureCode::MalformedResponse, NOW - 10 * MINUTE);
    }
}

#[test]
fn a_row_that_cannot_be_shaped_is_counted_and_read_again_by_the_next_version() {
    let body = br#"{"data":{"content":[{"pipelineIdentifier":"shop_cd","startTs":5},{"planExecutionId":"run-1"}]}}"#;
    let mut state = SyncState::new(Vec::new(), "1");
    let ask = first(&state);
    let options = HistoryOptions::default();
    let changes = state.learn(&ask, body, &options).unwrap();
    assert_eq!((changes.runs.len(), changes.quarantined_total), (1, 1));
    assert_eq!(changes.quarantined[0].pointer, "/data/content/0");
    assert!(state.learn(&ask, b"<html>", &options).is_err());

    let again = |product: &str| {
        let state = SyncState::read(&state.text(), Vec::new(), product);
        match state.plan(SyncHints::default(), &[], BACK, NOW + 1_000) {
            SyncPlan::Ask(asks) => Some(asks[0].reason),
            SyncPlan::Wait(_) => None,
        }
    };
    assert_eq!((again("1"), again("2")), (None, Some(SyncReason::Again)));
}

#[test]
fn a_state_that_cannot_be_read_is_a_new_record() {
    for text in ["", "null", "{}", r#"{"version":99}"#, "[", "\u{0}"] {
        let new = SyncState::new(vec!["shop_cd".to_owned()], "1");
        assert_eq!(SyncState::read(text, vec!["shop_cd".to_owned()], "1"), new, "{text}");
    }
    let other = SyncState::new(Vec::new(), "1").text();
    assert_eq!(
        SyncState::read(&other, vec!["shop_cd".to_owned()], "1").text(),
        SyncState::new(vec!["shop_cd".to_owned()], "1").text()
    );
}

#[test]
fn a_longer_record_is_filled_further_back() {
    let past = vec![Happening::done(0, NOW - 40 * DAY), Happening::done(1, NOW - DAY)];
    let mut harness = Harness::new(NOW, past, Vec::new());
    let mut keeper = Keeper::new(Vec::new());
    keeper.back = 30 * DAY;
    let end = keeper.keep(&mut harness, NOW, NOW + MINUTE);
    assert_eq!(keeper.record.told().len(), 1);
    keeper.back = BACK;
    assert!(!keeper.progress(end).is_whole);
    keeper.keep(&mut harness, end, end + MINUTE);
    assert_eq!(keeper.record.told().len(), 2);
}

#[test]
fn of_a_run_that_another_started_it_is_known() {
    let body =
        br#"{"planExecutionId":"run-1","pipelineIdentifier":"shop_cd","parentStageInfo":{"hasparentpipeline":true}}"#;
    let mut state = SyncState::new(vec!["shop_cd".to_owned()], "1");
    let ask = first(&state);
    assert_eq!(ask.pipelines, ["shop_cd"]);
    let options = HistoryOptions::default();
    assert!(state.learn(&ask, body, &options).unwrap().runs[0].is_chained);
}

/// So many of what is happening, a minute apart.
fn spread(past: Vec<(i64, Happening)>, most: usize) -> Vec<(i64, Happening)> {
    let minutes = (0..).map(|time: i64| time * MINUTE);
    past.into_iter()
        .cycle()
        .take(most)
        .zip(minutes)
        .map(|((age, run), later)| (age + later, run))
        .collect()
}

/// The only question of a record that is new.
fn first(state: &SyncState) -> SyncAsk {
    match state.plan(SyncHints::default(), &[], BACK, NOW) {
        SyncPlan::Ask(asks) if asks.len() == 1 => asks[0].clone(),
        other => panic!("{other:?}"),
    }
}

/// What is told of each run.
type Told = BTreeMap<String, record::Known>;

#[test]
fn nothing_is_stored_twice_for_nothing() {
    let past = (0..5).map(|place| Happening::done(place, NOW - MINUTE)).collect();
    let mut harness = Harness::new(NOW, past, Vec::new());
    let mut keeper = Keeper::new(Vec::new());
    keeper.is_looked_at = true;
    keeper.keep(&mut harness, NOW, NOW + 10 * MINUTE);
    assert_eq!(keeper.record.written, 5, "they are listed by each question forward");
}

#[test]
fn of_all_attempts_only_the_latest_is_told_as_a_retry() {
    let body = br#"[{"planExecutionId":"run-1","showRetryHistory":true,"canRetry":false,"status":"Failed"},
        {"planExecutionId":"run-2","showRetryHistory":true,"canRetry":true,"status":"Success"}]"#;
    let mut state = SyncState::new(Vec::new(), "1");
    let ask = first(&state);
    let options = HistoryOptions::default();
    let changes = state.learn(&ask, body, &options).unwrap();
    let retries: Vec<_> = changes.runs.iter().map(|run| run.deployments[0].is_retry).collect();
    assert_eq!(retries, [false, true]);
}

fn untold(id: &str, has_ended: bool) -> UntoldRun {
    UntoldRun {
        id: id.to_owned(),
        has_ended,
    }
}

/// What is asked at a time; nothing where that is later.
fn asked(state: &SyncState, runs: &[UntoldRun], now: i64) -> Option<SyncAsk> {
    match state.plan(SyncHints::default(), runs, BACK, now) {
        SyncPlan::Ask(asks) => asks.into_iter().next(),
        SyncPlan::Wait(_) => None,
    }
}

#[test]
fn what_runs_were_asked_to_do_is_read_before_the_past_while_they_go_on_and_after_it_where_they_have_ended() {
    let mut state = SyncState::new(Vec::new(), "1");
    let runs = [untold("ended", true), untold("waits", false)];
    let first = asked(&state, &runs, NOW).unwrap();
    assert_eq!(
        (first.reason, first.executions.as_slice()),
        (SyncReason::Inputs, ["waits".to_owned()].as_slice())
    );
    let inputs = RunInputs {
        image_tag: Some("v2".to_owned()),
        ..RunInputs::default()
    };
    let told = state.learn_inputs(&first, Some(inputs.clone())).told;
    assert_eq!((told[0].id.as_str(), &told[0].inputs), ("waits", &inputs));

    let [ended, _] = runs;
    let fill = asked(&state, std::slice::from_ref(&ended), NOW).unwrap();
    assert_eq!(fill.reason, SyncReason::Fill);
    let options = HistoryOptions::default();
    state.learn(&fill, br#"{"data":{"content":[]}}"#, &options).unwrap();
    let last = asked(&state, &[ended], NOW).unwrap();
    assert_eq!(
        (last.reason, last.executions.as_slice()),
        (SyncReason::Inputs, ["ended".to_owned()].as_slice())
    );
    assert_eq!(asked(&state, &[], NOW), None);
}

#[test]
fn inputs_that_harness_does_not_tell_are_asked_for_some_times_and_keep_nothing_else_waiting() {
    let mut state = SyncState::new(Vec::new(), "1");
    let runs = [untold("new", false)];
    let (mut times, mut now) = (0, NOW);
    let told = loop {
        assert!(now < NOW + 10 * MINUTE, "{times} times");
        match asked(&state, &runs, now) {
            Some(ask) if ask.reason == SyncReason::Inputs => {
                times += 1;
                let changes = state.learn_inputs(&ask, None);
                if let [run] = changes.told.as_slice() {
                    break run.inputs.clone();
                }
            }
            Some(ask) => {
                let body = br#"{"data":{"content":[]}}"#;
                state.learn(&ask, body, &HistoryOptions::default()).unwrap();
            }
            None => now += 1_000,
        }
    };
    assert_eq!((times, told), (5, RunInputs::default()));
    assert_eq!(state.progress(BACK, now).failing_since, None);
    assert!(state.progress(BACK, now).is_whole);
}

#[test]
fn a_run_that_does_not_tell_what_it_deploys_says_so() {
    let stage = |status: &str, info: &str| {
        format!(
            r#"{{"nodeType":"Deployment","nodeIdentifier":"deploy_prod","status":"{status}","moduleInfo":{{"cd":{info}}}}}"#
        )
    };
    let run = |id: &str, status: &str, stage: String| {
        format!(
            r#"{{"planExecutionId":"{id}","status":"{status}","layoutNodeMap":{{"a":{stage}}},"startingNodeId":"a"}}"#
        )
    };
    let told = r#"{"serviceInfo":{"identifier":"shop","artifacts":{"primary":{"tag":"v2"}}},"infraExecutionSummary":{"identifier":"prod","infrastructureIdentifier":"prod_euw1_k8s"}}"#;
    let body = [
        run("waits", "ApprovalWaiting", stage("NotStarted", "{}")),
        run("failed", "Failed", stage("NotStarted", "{}")),
        run("deploys", "Running", stage("Running", told)),
        run("done", "Success", stage("Skipped", "{}")),
    ]
    .join(",");
    let mut state = SyncState::new(Vec::new(), "1");
    let ask = asked(&state, &[], NOW).unwrap();
    let (body, options) = (format!("[{body}]"), HistoryOptions::default());
    let changes = state.learn(&ask, body.as_bytes(), &options).unwrap();
    let asking: Vec<_> = changes.runs.iter().filter(|run| run.asks_inputs).collect();
    let ids: Vec<&str> = asking.iter().map(|run| run.id.as_ref()).collect();
    assert_eq!(ids, ["waits", "failed"]);
}
