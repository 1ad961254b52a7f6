//! Who keeps a record, with bad luck now and then.

use std::collections::BTreeMap;

use harness_cd_history::{HistoryOptions, SyncAsk, SyncChanges, SyncHints, SyncPlan, SyncProgress, SyncState};
use harness_cd_model::FailureCode;

use super::harness::Harness;
use super::{BACK, Told};

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Known {
    pub(crate) status: String,
    pub(crate) begun: i64,
    pub(crate) is_gone: bool,
}

/// What is stored: rows, and the text of the state.
#[derive(Clone, Default)]
pub(crate) struct Record {
    rows: BTreeMap<String, Known>,
    /// How often a row was written.
    pub(crate) written: usize,
}

impl Record {
    fn apply(&mut self, changes: &SyncChanges<'_>) {
        for run in &changes.runs {
            self.written += 1;
            let known = Known {
                status: run.status.as_str().to_owned(),
                begun: run.started_at.unwrap(),
                is_gone: false,
            };
            self.rows.insert(run.id.to_string(), known);
        }
        for (id, row) in &mut self.rows {
            let is_within = |from: i64, to: Option<i64>| row.begun >= from && to.is_none_or(|to| row.begun <= to);
            let is_listed = changes.listed.iter().any(|listed| listed == id);
            let mut whole = changes.whole.iter();
            let is_missed = whole.any(|range| is_within(range.from_ms, range.to_ms));
            row.is_gone = !is_listed && (row.is_gone || is_missed || changes.gone.contains(id));
        }
    }

    pub(crate) fn told(&self) -> Told {
        self.rows.clone()
    }
}

pub(crate) struct Keeper {
    pub(crate) record: Record,
    state: String,
    /// Of a hundred: below 15 it is killed before it stores, below 25 Harness does not answer.
    luck: Vec<u8>,
    pub(crate) asked: Vec<SyncAsk>,
    /// How often it asked; some questions are asked at once.
    pub(crate) turns: usize,
    pub(crate) is_looked_at: bool,
    pub(crate) back: i64,
}

impl Keeper {
    pub(crate) fn new(luck: Vec<u8>) -> Self {
        Self {
            record: Record::default(),
            state: String::new(),
            luck,
            asked: Vec::new(),
            turns: 0,
            is_looked_at: false,
            back: BACK,
        }
    }

    pub(crate) fn calmly(&mut self) -> &mut Self {
        self.luck.clear();
        self
    }

    /// Keeps the record from one time to another; when it stopped.
    pub(crate) fn keep(&mut self, harness: &mut Harness, from: i64, to: i64) -> i64 {
        let mut now = from;
        while now < to {
            now = self.turn(harness, now);
        }
        now
    }

    /// Does what is to be done; when there is more.
    pub(crate) fn turn(&mut self, harness: &mut Harness, now: i64) -> i64 {
        // Another process may go on: all that is known is what is stored.
        let mut state = SyncState::read(&self.state, Vec::new(), "1");
        let hints = SyncHints {
            looked_at: self.is_looked_at.then_some(now),
            happened_at: None,
        };
        let asks = match state.plan(hints, &[], self.back, now) {
            SyncPlan::Wait(until) => return until,
            SyncPlan::Ask(asks) => asks,
        };
        self.turns += 1;
        self.asked.extend(asks.iter().cloned());
        let answered = now + 300;
        match self.luck.pop().unwrap_or(100) {
            0..15 => return answered,
            15..25 => state.fail(FailureCode::Timeout, answered),
            _ => {
                let bodies: Vec<_> = asks.iter().map(|ask| harness.answer(ask, now)).collect();
                let options = HistoryOptions::default();
                let mut changes = SyncChanges::default();
                for (ask, body) in asks.iter().zip(&bodies) {
                    changes.append(state.learn(ask, body, &options).unwrap());
                }
                self.record.apply(&changes);
            }
        }
        self.state = state.text();
        answered
    }

    pub(crate) fn progress(&self, now: i64) -> SyncProgress {
        SyncState::read(&self.state, Vec::new(), "1").progress(self.back, now)
    }
}
