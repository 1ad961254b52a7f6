//! What an answer says.

use std::borrow::Cow;
use std::collections::BTreeSet;

use harness_cd_model::{Deployment, RunInputs};

use super::{
    BESIDE, Failing, HOUR_MS, LATE_MS, LEAST_BESIDE, PAGE, PAGES_BESIDE, Pass, SeenRun, SyncAsk, SyncChanges,
    SyncReason, SyncState, SyncedRange, SyncedRun, ToldRun,
};
use crate::answer::read_rows;
use crate::inputs::asks_inputs;
use crate::places::Places;
use crate::quarantine::Quarantine;
use crate::run::{Run, identified};
use crate::summary::{Graph, Summary};
use crate::{HistoryOptions, ShapeError, ascii};

/// So often Harness is asked for the inputs of a run: it may not know a new one for some seconds.
const INPUTS_ASKED: u32 = 5;

impl SyncState {
    /// Learns what the run of a question was asked to do; nothing is said where Harness does not tell it of this run. After
    /// some times that counts as an answer.
    pub fn learn_inputs(&mut self, ask: &SyncAsk, inputs: Option<RunInputs>) -> SyncChanges<'static> {
        self.failing = None;
        self.refused
            .retain(|_, refused| refused.at > ask.asked_at.saturating_sub(HOUR_MS));
        let told = ask.executions.iter().filter_map(|id| {
            let inputs = inputs.clone().or_else(|| self.refuse(id, ask.asked_at));
            inputs.map(|inputs| ToldRun { id: id.clone(), inputs })
        });
        let told: Vec<_> = told.collect();
        for run in &told {
            self.refused.remove(&run.id);
        }
        SyncChanges {
            told,
            ..SyncChanges::default()
        }
    }

    /// Notes that Harness did not tell the inputs of a run; that there are none, after some times.
    fn refuse(&mut self, id: &str, now_ms: i64) -> Option<RunInputs> {
        let new = Failing {
            since: now_ms,
            at: now_ms,
            times: 0,
        };
        let refused = self.refused.entry(id.to_owned()).or_insert(new);
        refused.at = now_ms;
        refused.times = refused.times.saturating_add(1);
        (refused.times >= INPUTS_ASKED).then(RunInputs::default)
    }

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
            SyncReason::Follow | SyncReason::Inputs => None,
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
            whole: whole.into_iter().collect(),
            gone,
            told: Vec::new(),
            quarantined: quarantine.rows,
            quarantined_total: quarantine.total,
        })
    }

    /// Goes on behind a page of a range. The time in which nothing else began.
    fn advance(&mut self, ask: &SyncAsk, begins: &[i64], is_last: bool) -> Option<SyncedRange> {
        let mut pass = self.take(ask);
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
        if ask.reason == SyncReason::Fill && self.read_at.is_none() {
            // The first page of all tells what is newest.
            (self.read_at, self.newest) = (Some(ask.asked_at), pass.newest);
        }
        if is_last {
            self.end(ask.reason, &pass);
        } else {
            let is_of_size = ask.size == self.page_size;
            pass.go_on(ask, goes_on, newest, is_of_size);
            let is_counted = pass.page > 0;
            self.put_back(ask.reason, pass);
            if !is_counted && is_of_size && self.page_size < PAGE {
                self.resize(self.page_size.saturating_mul(2).min(PAGE));
            }
        }
        if ask.reason == SyncReason::Fill {
            self.fill_on(ask);
        }
        whole
    }

    /// The range that a question is of.
    fn take(&mut self, ask: &SyncAsk) -> Pass {
        let under_way = match ask.reason {
            SyncReason::Fill => {
                let place = self.fill.iter().position(|pass| Some(pass.from) == ask.from_ms);
                place.map(|place| self.fill.remove(place))
            }
            SyncReason::Again => self.again.take(),
            SyncReason::Forward | SyncReason::Follow | SyncReason::Inputs => self.forward.take(),
        };
        under_way.unwrap_or_else(|| {
            let pass = Pass::of(ask);
            if ask.reason == SyncReason::Fill {
                self.fill_from = pass.from;
            }
            pass
        })
    }

    fn put_back(&mut self, reason: SyncReason, pass: Pass) {
        match reason {
            SyncReason::Fill => {
                let place = self.fill.partition_point(|other| other.from > pass.from);
                self.fill.insert(place, pass);
            }
            SyncReason::Again => self.again = Some(pass),
            SyncReason::Forward | SyncReason::Follow | SyncReason::Inputs => self.forward = Some(pass),
        }
    }

    /// All is known down to where the newest time is being read; what is left is cut for those that have come to their ends.
    fn fill_on(&mut self, ask: &SyncAsk) {
        self.known_from = match self.fill.first() {
            Some(newest) => newest.before.or(self.known_from),
            None => Some(self.fill_from),
        };
        // What another answer of the same turn is still to tell of stays as it was asked for.
        while self.fill.len() < BESIDE && self.fill.last().map(|oldest| oldest.from) == ask.from_ms {
            let Some(newer) = self.fill.last_mut().and_then(Pass::cut) else {
                break;
            };
            self.put_back(SyncReason::Fill, newer);
        }
    }

    /// A range has been read to its end.
    fn end(&mut self, reason: SyncReason, pass: &Pass) {
        match reason {
            SyncReason::Forward => {
                self.newest = self.newest.max(pass.newest);
                self.read_at = self.read_at.max(Some(pass.begun_at));
            }
            SyncReason::Fill if self.fill.is_empty() => {
                (self.day_read_at, self.all_read_at) = (pass.begun_at, pass.begun_at);
            }
            SyncReason::Again => {
                self.day_read_at = pass.begun_at;
                if pass.is_of_all {
                    self.all_read_at = pass.begun_at;
                }
            }
            SyncReason::Fill | SyncReason::Follow | SyncReason::Inputs => {}
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
            page_ms: None,
            is_of_all: ask.is_of_all,
        }
    }

    /// Goes on where a page ended, or behind it, where all of it began at one instant; from its begin again, where pages
    /// have got another size since.
    fn go_on(&mut self, ask: &SyncAsk, oldest: Option<i64>, newest: Option<i64>, is_of_size: bool) {
        match oldest {
            Some(oldest) => {
                self.page_ms = newest.map(|newest| newest.saturating_sub(oldest));
                (self.before, self.page) = (Some(oldest), 0);
            }
            None if is_of_size => self.page = ask.page.saturating_add(1),
            None => self.page = 0,
        }
    }

    /// Takes the newest pages off, to be read beside the others; not where there are only some more.
    fn cut(&mut self) -> Option<Self> {
        let (before, page_ms) = (self.before?, self.page_ms?.max(1));
        let left = before.saturating_sub(self.from);
        if left <= page_ms.saturating_mul(LEAST_BESIDE) {
            return None;
        }
        // The last page is not quite full, rather than one more that has hardly anything.
        let most = page_ms.saturating_mul(PAGES_BESIDE).saturating_sub(page_ms / 2);
        let at = before.saturating_sub(most.min(left / 2));
        let newer = Self {
            from: at,
            ..self.clone()
        };
        (self.before, self.page) = (Some(at.saturating_sub(1)), 0);
        Some(newer)
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
        asks_inputs: asks_inputs(&deployments),
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
