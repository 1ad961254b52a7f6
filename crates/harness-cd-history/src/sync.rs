//! The record of what ran: what of it is known, what Harness is asked next, and what its answer changes.
//!
//! ```text
//! state ──plan──▶ a question, or when there is one ──Harness──▶ answer ──learn──▶ state and changes
//! ```
//!
//! Whoever keeps the record stores changes and state together, so that it may be killed at any point: what was asked
//! and not stored is asked again. There are five reasons to ask, the more pressing first:
//!
//! - *forward*: what began since the newest run that is known, and a little before it, as Harness lists some runs late;
//! - *follow*: runs that have not ended, by their ids, the longer nothing changes the more seldom;
//! - *inputs*: what a run was asked to do, where its deployments do not tell, once for each: before *fill* while it goes
//!   on, after it where it has ended;
//! - *fill*: what is not known yet, from the newest backwards to where the record begins;
//! - *again*: what is known, the last day every hour and all of it every day, for what was corrected, arrived later
//!   than that, or was deleted.
//!
//! A range is read from its newest run backwards, and the next page begins at the time of the last run of the one
//! before: pages that are counted shift where a run is deleted or listed late, and would lose runs. So a page says of
//! the time between its first and its last run that nothing else began in it, and what the record has besides is gone.
//!
//! Where one page waits for the one before, a long record takes as long as all answers one after the other. What is to
//! be filled is therefore cut into times that are read beside each other, the newest first.
//!
//! Times that are compared with the begin of runs are Harness's, all others are those of the one who asks.

mod changes;
mod learn;
mod plan;

use std::collections::BTreeMap;

use harness_cd_model::FailureCode;
use serde::{Deserialize, Serialize};

use crate::ascii;

pub use changes::{SyncChanges, SyncedRange, SyncedRun, ToldRun};
pub use plan::{SyncAsk, SyncHints, SyncPlan, SyncReason, UntoldRun};

/// Raised where a state of before cannot be read any more; the record is then read anew, over what is there.
const VERSION: u32 = 2;
/// Executions in a page: of ten stages each some 2 MB. Less while answers fail that may be too large.
const PAGE: u32 = 100;
/// Times that are filled beside each other: as many pages are in memory at once.
const BESIDE: usize = 6;
/// Pages that such a time has, as far as one can tell: the last of each is hardly ever full. Fewer where not so many are
/// left, but no time of so few is cut.
const PAGES_BESIDE: i64 = 60;
const LEAST_BESIDE: i64 = 8;
const SECOND_MS: i64 = 1_000;
const MINUTE_MS: i64 = 60 * SECOND_MS;
const HOUR_MS: i64 = 60 * MINUTE_MS;
const DAY_MS: i64 = 24 * HOUR_MS;
/// So late a run may be listed, or its begin corrected, to be found at once; what is later is found by reading again.
const LATE_MS: i64 = 5 * MINUTE_MS;

/// How far a record is: of a project, or of some of its pipelines. Its JSON text is kept, and read by nobody else.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SyncState {
    version: u32,
    /// The version of the product that shaped the record.
    product: String,
    /// Of which pipelines it is; of all whose runs no other run has started, where there are none.
    pipelines: Vec<String>,
    /// All that began since is known; nothing is, where there is no such time.
    known_from: Option<i64>,
    /// The newest begin that is known.
    newest: Option<i64>,
    /// When Harness was asked for what is newest.
    read_at: Option<i64>,
    /// When something last changed.
    changed_at: i64,
    /// When the last day, and all of it, was last read again.
    day_read_at: i64,
    all_read_at: i64,
    forward: Option<Pass>,
    /// The newest first: each begins where the one before it ends.
    fill: Vec<Pass>,
    /// Where the oldest of them ends.
    fill_from: i64,
    again: Option<Pass>,
    /// Runs that have not ended, and those that the next question forward will list once more.
    runs: BTreeMap<String, SeenRun>,
    page_size: u32,
    failing: Option<Failing>,
    /// Runs whose inputs Harness did not tell.
    #[serde(default)]
    refused: BTreeMap<String, Failing>,
}

/// A range that is being read, from its newest run backwards.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Pass {
    from: i64,
    /// Where the next page begins; at the newest, where nothing is said.
    before: Option<i64>,
    /// More than 0 where more runs than a page has began at one instant.
    page: u32,
    /// When its first page was asked for, and the last.
    begun_at: i64,
    asked_at: i64,
    /// The newest begin in it.
    newest: Option<i64>,
    /// The time between the first and the last run of its last page.
    page_ms: Option<i64>,
    /// Whether it reads all that is known once more.
    is_of_all: bool,
}

/// What is known of a run that may change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct SeenRun {
    /// A print of all that is told of it.
    print: u64,
    begun: Option<i64>,
    has_ended: bool,
    seen_at: i64,
    changed_at: i64,
}

/// Since when Harness has not answered as it should, and how often in a row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Failing {
    since: i64,
    at: i64,
    times: u32,
}

/// How far a record is, for who reads it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
pub struct SyncProgress {
    /// When Harness was asked for what is newest, epoch ms; absent before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub as_of: Option<i64>,
    /// All that began since is known, epoch ms; absent where nothing is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub known_from: Option<i64>,
    /// Whether that is as far back as the record is to go.
    pub is_whole: bool,
    /// Since when Harness could not be asked, epoch ms; absent while it can.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failing_since: Option<i64>,
}

impl SyncState {
    /// A record of which nothing is known yet.
    #[must_use]
    pub fn new(pipelines: Vec<String>, product: &str) -> Self {
        Self {
            version: VERSION,
            product: product.to_owned(),
            pipelines,
            known_from: None,
            newest: None,
            read_at: None,
            changed_at: 0,
            day_read_at: 0,
            all_read_at: 0,
            forward: None,
            fill: Vec::new(),
            fill_from: 0,
            again: None,
            runs: BTreeMap::new(),
            page_size: PAGE,
            failing: None,
            refused: BTreeMap::new(),
        }
    }

    /// The state whose text was kept. A text that this version cannot read is as good as none; what another version of
    /// the product has shaped is read again, so that what it could not shape has another chance.
    #[must_use]
    pub fn read(text: &str, pipelines: Vec<String>, product: &str) -> Self {
        let kept: Option<Self> = serde_json::from_str(text).ok();
        match kept.filter(|state| state.version == VERSION && state.pipelines == pipelines) {
            Some(state) if state.product == product => state,
            Some(state) => Self {
                product: product.to_owned(),
                all_read_at: 0,
                again: None,
                runs: BTreeMap::new(),
                ..state
            },
            None => Self::new(pipelines, product),
        }
    }

    /// Its text, to be kept.
    #[must_use]
    pub fn text(&self) -> String {
        // Of numbers, texts and lists alone: it always has one, and the text of none is read as a new record.
        ascii::to_string(self).unwrap_or_default()
    }

    /// How far it is, where it is to hold what began at most `back_ms` ago.
    #[must_use]
    pub fn progress(&self, back_ms: i64, now_ms: i64) -> SyncProgress {
        SyncProgress {
            as_of: self.read_at,
            known_from: self.known_from,
            is_whole: self.is_whole(now_ms.saturating_sub(back_ms)),
            failing_since: self.failing.as_ref().map(|failing| failing.since),
        }
    }

    /// Harness could not be asked, or its answer not be read.
    pub fn fail(&mut self, code: FailureCode, now_ms: i64) {
        let since = self.failing.as_ref().map_or(now_ms, |failing| failing.since);
        let times = self.failing.as_ref().map_or(0, |failing| failing.times);
        self.failing = Some(Failing {
            since,
            at: now_ms,
            times: times.saturating_add(1),
        });
        if matches!(code, FailureCode::MalformedResponse | FailureCode::Timeout) && self.page_size > 1 {
            self.resize(self.page_size / 2);
        }
    }

    /// Pages of another size are counted anew.
    fn resize(&mut self, size: u32) {
        self.page_size = size;
        let passes = self.forward.iter_mut().chain(&mut self.again).chain(&mut self.fill);
        for pass in passes {
            pass.page = 0;
        }
    }

    fn is_whole(&self, horizon: i64) -> bool {
        self.known_from.is_some_and(|known| known <= horizon)
    }
}
