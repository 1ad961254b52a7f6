//! What an answer says.

use std::borrow::Cow;
use std::collections::BTreeSet;

use harness_cd_model::Deployment;

use super::{LATE_MS, PAGE, Pass, SeenRun, SyncAsk, SyncChanges, SyncReason, SyncState, SyncedRange, SyncedRun};
use crate::answer::read_rows;
use crate::places::Places;
use crate::quarantine::Quarantine;
use crate::run::{Run, identified};
use crate::summary::{Graph, Summary};
use crate::{HistoryOptions, ShapeError, ascii};

impl SyncState {
    /// Learns from Harness's answer to a question that this state has planned: what changes in the record, which is kept
    /// together with the state. `options` are those of the history; all runs are told.
    ///
    /// # Errors
    /// [`ShapeError`] for a body that is no such answer: nothing is learnt. A single row that cannot be shaped is
    /// quarantined instead.
    pub fn learn<'a>(
        &mut self,
        ask: &SyncAsk,
        body: &'a [u8],
        options: &'a HistoryOptions,
    ) -> Result<SyncChanges<'a>, ShapeError> {
        let (mut runs, mut quarantine) = (Vec::new(), Quarantine::default());
        let places = Places::new(options);
        read_rows(
            body,
            &mut |row, graph, pointer| match shape(row, graph, options, &places) {
                Ok(run) => runs.push(run),
                Err(reason) => quarantine.add(reason, pointer),
            },
        )?;
        let begins: Vec<_> = runs.iter().filter_map(|run| run.started_at).collect();
        let rows = u64::try_from(runs.len())
            .unwrap_or(u64::MAX)
            .saturating_add(quarantine.total);
        let whole = match ask.reason {
            SyncReason::Follow => None,
            _ => self.advance(ask, &begins, rows < u64::from(ask.size)),
        };
        self.failing = None;
        let listed: Vec<Cow<'a, str>> = runs.iter().map(|run| run.id.clone()).collect();
        let gone = self.gone(ask, &listed);
        let changed = runs.into_iter().filter(|run| self.see(run, ask)).collect();
        self.forget_settled(ask.asked_at);
        Ok(SyncChanges {
            runs: changed,
            listed,
            whole,
            gone,
            quarantined: quarantine.rows,
            quarantined_total: quarantine.total,
        })
    }

    /// Goes on behind a page of a range. The time in which nothing else began.
    fn advance(&mut self, ask: &SyncAsk, begins: &[i64], is_last: bool) -> Option<SyncedRange> {
        let mut pass = self.pass(ask.reason).take().unwrap_or_else(|| Pass::of(ask));
        let (oldest, newest) = (begins.iter().min().copied(), begins.iter().max().copied());
        pass.newest = pass.newest.max(newest);
        pass.asked_at = ask.asked_at;
        // Of the instant at which a page ends there may be more on the next one.
        let goes_on = oldest.filter(|oldest| ask.to_ms.is_none_or(|to| *oldest < to));
        let whole = (ask.page == 0).then(|| match (is_last, goes_on) {
            (true, _) => Some(pass.from),
            (false, oldest) => oldest.map(|oldest| oldest.saturating_add(1)),
        });
        let whole = whole.flatten().map(|from_ms| SyncedRange {
            from_ms,
            to_ms: ask.to_ms,
        });
        if ask.reason == SyncReason::Fill {
            self.fill_to(ask, if is_last { Some(pass.from) } else { goes_on }, pass.newest);
        }
        if is_last {
            self.end(ask.reason, &pass);
            return whole;
        }
        match goes_on {
            Some(oldest) => (pass.before, pass.page) = (Some(oldest), 0),
            None => pass.page = pass.page.saturating_add(1),
        }
        let is_counted = pass.page > 0;
        *self.pass(ask.reason) = Some(pass);
        if !is_counted && self.page_size < PAGE {
            self.resize(self.page_size.saturating_mul(2).min(PAGE));
        }
        whole
    }

    /// The first page of all tells what is newest.
    fn fill_to(&mut self, ask: &SyncAsk, known_from: Option<i64>, newest: Option<i64>) {
        self.known_from = known_from.or(self.known_from);
        if self.read_at.is_none() {
            self.read_at = Some(ask.asked_at);
            self.newest = newest;
        }
    }

    fn pass(&mut self, reason: SyncReason) -> &mut Option<Pass> {
        match reason {
            SyncReason::Fill => &mut self.fill,
            SyncReason::Again => &mut self.again,
            SyncReason::Forward | SyncReason::Follow => &mut self.forward,
        }
    }

    /// A range has been read to its end.
    fn end(&mut self, reason: SyncReason, pass: &Pass) {
        match reason {
            SyncReason::Forward => {
                self.newest = self.newest.max(pass.newest);
                self.read_at = self.read_at.max(Some(pass.begun_at));
            }
            SyncReason::Fill => (self.day_read_at, self.all_read_at) = (pass.begun_at, pass.begun_at),
            SyncReason::Again => {
                self.day_read_at = pass.begun_at;
                if pass.is_of_all {
                    self.all_read_at = pass.begun_at;
                }
            }
            SyncReason::Follow => {}
        }
    }

    /// What was asked for by its id, and is not there.
    fn gone(&mut self, ask: &SyncAsk, listed: &[Cow<'_, str>]) -> Vec<String> {
        let listed: BTreeSet<&str> = listed.iter().map(AsRef::as_ref).collect();
        let asked = ask.executions.iter();
        let gone: Vec<_> = asked.filter(|id| !listed.contains(id.as_str())).cloned().collect();
        for id in &gone {
            self.runs.remove(id);
        }
        gone
    }

    /// Notes how a run is; whether that is news.
    fn see(&mut self, run: &SyncedRun<'_>, ask: &SyncAsk) -> bool {
        let print = print(run);
        let before = self.runs.get(run.id.as_ref());
        let is_news = before.is_none_or(|before| before.print != print);
        let changed_at = match before {
            Some(before) if !is_news => before.changed_at,
            Some(_) => ask.asked_at,
            // What has waited for days when it is first seen may wait for longer.
            None => run.started_at.map_or(ask.asked_at, |begun| begun.min(ask.asked_at)),
        };
        // That something of long ago is read says nothing of how busy a project is.
        if is_news && ask.reason != SyncReason::Fill && ask.reason != SyncReason::Again {
            self.changed_at = ask.asked_at;
        }
        let seen = SeenRun {
            print,
            begun: run.started_at,
            has_ended: run.phase.is_terminal(),
            seen_at: ask.asked_at,
            changed_at,
        };
        self.runs.insert(run.id.clone().into_owned(), seen);
        is_news
    }

    /// Forgets runs that have ended and will not be listed by the next question forward.
    fn forget_settled(&mut self, now_ms: i64) {
        let listed_from = self.newest.map_or(i64::MAX, |newest| newest.min(now_ms) - LATE_MS);
        self.runs
            .retain(|_, run| !run.has_ended || run.begun.is_some_and(|begun| begun >= listed_from));
    }
}

impl Pass {
    /// The range whose first page a question asks for.
    fn of(ask: &SyncAsk) -> Self {
        Self {
            from: ask.from_ms.unwrap_or(i64::MIN),
            before: ask.to_ms,
            page: ask.page,
            begun_at: ask.asked_at,
            asked_at: ask.asked_at,
            newest: None,
            is_of_all: ask.is_of_all,
        }
    }
}

fn shape<'a>(
    row: Option<Summary<'a>>,
    graph: &Graph<'a>,
    options: &'a HistoryOptions,
    places: &Places<'a>,
) -> Result<SyncedRun<'a>, &'static str> {
    let (summary, id) = identified(row)?;
    let run = Run::new(&summary, id.clone(), graph, options, places);
    let rows = run.rows(options.skipped);
    let deployments = if rows.is_empty() { vec![run.as_a_whole()] } else { rows };
    let standing = summary.standing();
    Ok(SyncedRun {
        id,
        pipeline: summary.pipeline.cow().unwrap_or_default(),
        status: standing.status,
        phase: standing.phase,
        created_at: summary.created_at.0,
        started_at: summary.started_at.0,
        ended_at: standing.ended_at,
        is_chained: summary.parent.has_parent.get() == Some("true"),
        keys: deployments.iter().map(Deployment::keys).collect(),
        deployments,
    })
}

/// FNV-1a of all that is told of a run: the same in every version and build.
fn print(run: &SyncedRun<'_>) -> u64 {
    let told = ascii::to_string(run).unwrap_or_default();
    told.bytes().fold(0xcbf2_9ce4_8422_2325, |print, byte| {
        (print ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}
