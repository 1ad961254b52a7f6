//! What Harness is asked next, and when.

use serde::Deserialize;

use super::{BESIDE, DAY_MS, HOUR_MS, LATE_MS, MINUTE_MS, Pass, SECOND_MS, SeenRun, SyncState};

/// Executions that are asked for by their ids at a time.
const FOLLOWED: usize = 50;
/// Between two pages of what is read again: nobody waits for it.
const AGAIN_EVERY_MS: i64 = SECOND_MS;

/// Why Harness is asked, the most pressing reason first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SyncReason {
    /// What has begun lately.
    Forward,
    /// What has not ended.
    Follow,
    /// What a run was asked to do, where its deployments do not tell.
    Inputs,
    /// What is not known yet.
    Fill,
    /// What may have been corrected, deleted, or listed late.
    Again,
}

/// A question: a page of the executions of a project, newest first, all attempts of one that was retried among them; or
/// what one of them was asked to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyncAsk {
    /// Why it is asked.
    pub reason: SyncReason,
    /// Identifiers of pipelines; any where there are none.
    pub pipelines: Vec<String>,
    /// Ids of executions; any where there are none.
    pub executions: Vec<String>,
    /// Begun then or later, epoch ms; without it there is no range.
    pub from_ms: Option<i64>,
    /// Begun then or before, epoch ms.
    pub to_ms: Option<i64>,
    /// The page, from 0.
    pub page: u32,
    /// Executions in a page.
    pub size: u32,
    /// When it was thought of, epoch ms.
    pub asked_at: i64,
    /// Whether the range is all that is known.
    pub is_of_all: bool,
}

/// What brings the next question forward.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
pub struct SyncHints {
    /// When somebody last looked at the record, epoch ms.
    pub looked_at: Option<i64>,
    /// When something is last known to have happened in Harness, epoch ms: something was started from here, or Harness
    /// said so.
    pub happened_at: Option<i64>,
}

/// A run whose inputs have to tell what it was to bring or where, and were not read yet.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct UntoldRun {
    /// The execution (Harness's `planExecutionId`).
    pub id: String,
    /// Whether it has ended: nobody waits for it then.
    pub has_ended: bool,
}

/// Questions, or when there will be one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SyncPlan {
    /// Harness is asked these now, at once: at least one. What they tell is learnt together, in their order.
    Ask(Vec<SyncAsk>),
    /// Nothing is to be asked before, epoch ms.
    Wait(i64),
}

impl SyncState {
    /// What Harness is asked at `now_ms`, by who keeps a record of what began at most `back_ms` ago. The inputs of
    /// `untold` runs are asked for one by one: those of what goes on before what is not known yet, the others after.
    #[must_use]
    pub fn plan(&self, hints: SyncHints, untold: &[UntoldRun], back_ms: i64, now_ms: i64) -> SyncPlan {
        let horizon = now_ms.saturating_sub(back_ms);
        let not_before = self.retry_at(hints);
        let dues = [
            (self.forward_at(hints, horizon), SyncReason::Forward),
            (self.follow_at(hints), SyncReason::Follow),
            (self.inputs_at(untold, false), SyncReason::Inputs),
            (self.fill_at(horizon), SyncReason::Fill),
            (self.inputs_at(untold, true), SyncReason::Inputs),
            (self.again_at(horizon), SyncReason::Again),
        ];
        let first = dues.iter().filter_map(|(at, _)| *at).min().unwrap_or(i64::MAX);
        let due = dues.iter().find(|(at, _)| at.is_some_and(|at| at <= now_ms));
        match due {
            Some((_, reason)) if not_before <= now_ms => {
                SyncPlan::Ask(self.asks(*reason, hints, untold, horizon, now_ms))
            }
            _ => SyncPlan::Wait(first.max(not_before).max(now_ms.saturating_add(1))),
        }
    }

    fn asks(
        &self,
        reason: SyncReason,
        hints: SyncHints,
        untold: &[UntoldRun],
        horizon: i64,
        now_ms: i64,
    ) -> Vec<SyncAsk> {
        let about = |executions: Vec<String>| SyncAsk {
            size: u32::try_from(executions.len()).unwrap_or(self.page_size),
            executions,
            ..self.ask(reason, now_ms)
        };
        match reason {
            SyncReason::Follow => vec![about(self.followed(hints, now_ms))],
            SyncReason::Inputs => self.untold(untold, now_ms).map(|id| about(vec![id])).collect(),
            SyncReason::Fill if !self.fill.is_empty() => {
                let passes = self.fill.iter().take(BESIDE);
                passes.map(|pass| self.ask_in(pass, reason, now_ms)).collect()
            }
            _ => vec![self.ask_in(&self.next_pass(reason, horizon, now_ms), reason, now_ms)],
        }
    }

    fn ask_in(&self, pass: &Pass, reason: SyncReason, now_ms: i64) -> SyncAsk {
        SyncAsk {
            from_ms: Some(pass.from),
            to_ms: pass.before,
            page: pass.page,
            is_of_all: pass.is_of_all,
            ..self.ask(reason, now_ms)
        }
    }

    fn ask(&self, reason: SyncReason, now_ms: i64) -> SyncAsk {
        SyncAsk {
            reason,
            pipelines: self.pipelines.clone(),
            executions: Vec::new(),
            from_ms: None,
            to_ms: None,
            page: 0,
            size: self.page_size,
            asked_at: now_ms,
            is_of_all: false,
        }
    }

    /// The range that is read for a reason: the one that is under way, or a new one.
    fn next_pass(&self, reason: SyncReason, horizon: i64, now_ms: i64) -> Pass {
        let is_of_all = reason == SyncReason::Again && self.all_at() <= now_ms;
        let new = |from: i64, before: Option<i64>| Pass {
            from,
            before,
            page: 0,
            begun_at: now_ms,
            asked_at: now_ms,
            newest: None,
            page_ms: None,
            is_of_all,
        };
        match reason {
            SyncReason::Fill => new(horizon, self.known_from),
            SyncReason::Again if is_of_all => self.again.clone().unwrap_or_else(|| new(horizon, None)),
            SyncReason::Again => {
                let from = self.newest.map_or(horizon, |newest| newest.min(now_ms) - DAY_MS);
                self.again.clone().unwrap_or_else(|| new(from.max(horizon), None))
            }
            SyncReason::Forward | SyncReason::Follow | SyncReason::Inputs => {
                let from = self.newest.map_or(horizon, |newest| newest.min(now_ms) - LATE_MS);
                self.forward.clone().unwrap_or_else(|| new(from.max(horizon), None))
            }
        }
    }

    /// When it is asked what has begun lately; not before anything is known.
    fn forward_at(&self, hints: SyncHints, horizon: i64) -> Option<i64> {
        let read_at = self.read_at?;
        if self.newest.is_none() && !self.is_whole(horizon) {
            return None;
        }
        if self.forward.is_some() {
            return Some(read_at);
        }
        let still_ms = read_at.saturating_sub(self.changed_at).max(0);
        let by_itself = (still_ms / 10).clamp(5 * SECOND_MS, MINUTE_MS);
        let looked = still_ms.clamp(2 * SECOND_MS, 5 * SECOND_MS);
        let wait = match hints {
            SyncHints {
                happened_at: Some(at), ..
            } if at > read_at => SECOND_MS,
            SyncHints {
                looked_at: Some(at), ..
            } if at > read_at => looked,
            _ => by_itself,
        };
        Some(read_at.saturating_add(wait))
    }

    /// When a run is followed that may have gone on.
    fn follow_at(&self, hints: SyncHints) -> Option<i64> {
        self.open().map(|(_, run)| run.due_at(hints)).min()
    }

    /// Those whose turn it is, the longest waiting first.
    fn followed(&self, hints: SyncHints, now_ms: i64) -> Vec<String> {
        let mut due: Vec<_> = self.open().map(|(id, run)| (run.due_at(hints), id)).collect();
        due.retain(|(at, _)| *at <= now_ms);
        due.sort();
        due.into_iter().take(FOLLOWED).map(|(_, id)| id.clone()).collect()
    }

    /// When the inputs of a run are read: at once, or some seconds after Harness did not tell them.
    fn inputs_at(&self, untold: &[UntoldRun], has_ended: bool) -> Option<i64> {
        let wanted = untold.iter().filter(|run| run.has_ended == has_ended);
        wanted.map(|run| self.told_at(run)).min()
    }

    /// Those whose turn it is: what goes on, and what has ended where nothing does.
    fn untold(&self, untold: &[UntoldRun], now_ms: i64) -> impl Iterator<Item = String> {
        let due = || untold.iter().filter(move |run| self.told_at(run) <= now_ms);
        let goes_on = due().any(|run| !run.has_ended);
        let chosen = due().filter(move |run| run.has_ended != goes_on);
        chosen.take(BESIDE).map(|run| run.id.clone())
    }

    fn told_at(&self, run: &UntoldRun) -> i64 {
        let refused = self.refused.get(&run.id);
        refused.map_or(i64::MIN, |refused| {
            refused.at.saturating_add(SECOND_MS << refused.times.min(6))
        })
    }

    fn open(&self) -> impl Iterator<Item = (&String, &SeenRun)> {
        self.runs.iter().filter(|(_, run)| !run.has_ended)
    }

    fn fill_at(&self, horizon: i64) -> Option<i64> {
        (!self.is_whole(horizon)).then_some(i64::MIN)
    }

    /// When something is read again; not before all of it was read once.
    fn again_at(&self, horizon: i64) -> Option<i64> {
        if !self.is_whole(horizon) {
            return None;
        }
        match &self.again {
            Some(pass) => Some(pass.asked_at.saturating_add(AGAIN_EVERY_MS)),
            None => Some(self.all_at().min(self.day_read_at.saturating_add(HOUR_MS))),
        }
    }

    fn all_at(&self) -> i64 {
        self.all_read_at.saturating_add(DAY_MS)
    }

    /// Until when nothing is asked after a failure; sooner where somebody looks.
    fn retry_at(&self, hints: SyncHints) -> i64 {
        let Some(failing) = &self.failing else { return i64::MIN };
        let looks = hints.looked_at.max(hints.happened_at) > Some(failing.at);
        let longest = if looks { 5 * SECOND_MS } else { MINUTE_MS };
        let wait = (SECOND_MS << failing.times.min(6)).min(longest);
        failing.at.saturating_add(wait)
    }
}

impl SeenRun {
    /// When it is looked at again: the longer it stays as it is, the later.
    fn due_at(&self, hints: SyncHints) -> i64 {
        let still_ms = self.seen_at.saturating_sub(self.changed_at).max(0);
        let is_looked_at = hints.looked_at.max(hints.happened_at) > Some(self.seen_at);
        let wait = match is_looked_at {
            true => (still_ms / 2).clamp(2 * SECOND_MS, 30 * SECOND_MS),
            false => (still_ms / 4).clamp(5 * SECOND_MS, 10 * MINUTE_MS),
        };
        self.seen_at.saturating_add(wait)
    }
}
