//! A Harness of written-down happenings, which lists executions as the facts say: newest first, page by page.

use harness_cd_history::SyncAsk;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::record::Known;
use super::{DAY, HOUR, MINUTE, Told};

/// What becomes of one execution. Times are Harness's, epoch ms; what lies between is counted from its begin.
#[derive(Clone, Debug)]
pub(crate) struct Happening {
    pub(crate) place: u32,
    begun: i64,
    listed_after: i64,
    /// When it ends; never, where nothing is said.
    ends_after: Option<i64>,
    /// When its status, and maybe its begin, is corrected.
    corrected_after: Option<(i64, i64)>,
    deleted_after: Option<i64>,
}

impl Happening {
    pub(crate) fn done(place: u32, begun: i64) -> Self {
        Self {
            place,
            begun,
            listed_after: 0,
            ends_after: Some(0),
            corrected_after: None,
            deleted_after: None,
        }
    }

    pub(crate) fn open(place: u32, begun: i64) -> Self {
        Self {
            ends_after: None,
            ..Self::done(place, begun)
        }
    }

    fn begun(&self, at: i64) -> i64 {
        let moved = self.corrected_after.filter(|(after, _)| self.begun + after <= at);
        self.begun + moved.map_or(0, |(_, by)| by)
    }

    fn status(&self, at: i64) -> &'static str {
        let has = |after: i64| self.begun + after <= at;
        match (self.ends_after, self.corrected_after) {
            (_, Some((after, _))) if has(after) => "Aborted",
            (Some(end), _) if has(end) => "Success",
            _ => "Running",
        }
    }

    fn is_deleted(&self, at: i64) -> bool {
        self.deleted_after.is_some_and(|after| self.begun + after <= at)
    }

    fn is_listed(&self, at: i64) -> bool {
        self.begun + self.listed_after <= at && !self.is_deleted(at)
    }
}

/// Up to so many executions that begin within some ms, with what becomes of them.
pub(crate) fn happenings(most: usize, span: i64) -> impl Strategy<Value = Vec<(i64, Happening)>> {
    let now_and_then = |chance: f64, ms: i64| proptest::option::weighted(chance, 0..ms);
    let one = (
        // Many begin at one instant.
        prop_oneof![3 => 0..span, 1 => Just(span / 2)],
        prop_oneof![8 => 0..2_000_i64, 1 => 0..30 * MINUTE],
        now_and_then(0.95, 20 * MINUTE),
        proptest::option::weighted(0.1, (0..90 * MINUTE, -2 * MINUTE..2 * MINUTE)),
        now_and_then(0.1, 100 * DAY),
    );
    let one = one.prop_map(|(age, listed_after, ends_after, corrected_after, deleted_after)| {
        let happening = Happening {
            listed_after,
            ends_after,
            corrected_after,
            deleted_after,
            ..Happening::done(0, 0)
        };
        (age, happening)
    });
    proptest::collection::vec(one, 0..=most)
}

pub(crate) struct Harness {
    /// How far its clock is ahead.
    skew: i64,
    runs: Vec<Happening>,
}

impl Harness {
    /// With what is past and what is to come, seen from `now` by its own clock.
    pub(crate) fn new(now: i64, past: Vec<Happening>, coming: Vec<(i64, Happening)>) -> Self {
        let mut runs = past;
        runs.extend(coming.into_iter().map(|(after, run)| Happening {
            begun: now + after,
            ..run
        }));
        let still = now + 2 * HOUR; // by then all that happens has happened
        for (place, run) in runs.iter_mut().enumerate() {
            run.place = u32::try_from(place).unwrap();
            run.deleted_after = run.deleted_after.filter(|after| run.begun + after < still);
        }
        Self {
            skew: now - super::NOW,
            runs,
        }
    }

    pub(crate) fn delete(&mut self, place: u32, at: i64) {
        let run = self.runs.iter_mut().find(|run| run.place == place).unwrap();
        run.deleted_after = Some(at - run.begun);
    }

    /// Answers a question that comes at `now` by the asker's clock.
    pub(crate) fn answer(&self, ask: &SyncAsk, now: i64) -> Vec<u8> {
        let at = now + self.skew;
        let mut found: Vec<_> = self.runs.iter().filter(|run| run.is_listed(at)).collect();
        found.retain(|run| ask.from_ms.is_none_or(|from| run.begun(at) >= from));
        found.retain(|run| ask.to_ms.is_none_or(|to| run.begun(at) <= to));
        found.retain(|run| ask.executions.is_empty() || ask.executions.contains(&id(run)));
        found.sort_by_key(|run| (std::cmp::Reverse(run.begun(at)), run.place));
        let (page, size) = (ask.page as usize, ask.size as usize);
        let content: Vec<Value> = found
            .iter()
            .skip(page * size)
            .take(size)
            .map(|run| summary(run, at))
            .collect();
        let answer = json!({ "status": "SUCCESS", "data": { "content": content, "totalElements": found.len() } });
        serde_json::to_vec(&answer).unwrap()
    }

    /// What is there at `now`.
    pub(crate) fn truth(&self, now: i64) -> Told {
        let at = now + self.skew;
        let known = self.runs.iter().filter(|run| !run.is_deleted(at));
        known
            .map(|run| {
                (
                    id(run),
                    Known {
                        status: run.status(at).to_owned(),
                        begun: run.begun(at),
                        is_gone: false,
                    },
                )
            })
            .collect()
    }

    /// Whether an execution is there no more.
    pub(crate) fn has_deleted(&self, execution: &str, now: i64) -> bool {
        let run = self.runs.iter().find(|run| id(run) == execution).unwrap();
        run.is_deleted(now + self.skew)
    }
}

/// What was before, by its age at `now`.
pub(crate) fn aged(now: i64, past: Vec<(i64, Happening)>) -> Vec<Happening> {
    let at = |(age, run)| Happening {
        begun: now - age,
        ..run
    };
    past.into_iter().map(at).collect()
}

fn id(run: &Happening) -> String {
    format!("run-{}", run.place)
}

fn summary(run: &Happening, at: i64) -> Value {
    let end = (run.status(at) != "Running").then(|| run.begun(at) + run.ends_after.unwrap_or(0));
    json!({
        "planExecutionId": id(run), "pipelineIdentifier": "shop_cd", "status": run.status(at),
        "startTs": run.begun(at), "createdAt": run.begun(at), "endTs": end,
    })
}
