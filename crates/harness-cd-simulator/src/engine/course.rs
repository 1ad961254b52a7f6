//! What the state of a run at a time follows from.

use super::blueprint::{Blueprint, Stage};
use super::flow::{Break, Flow, Then};
use super::run::{Happening, Run, What};
use super::runs::Runs;
use super::snapshot::StageState;
use crate::tables::status::Status;

/// What the state of a run follows from.
pub(crate) struct Course<'a> {
    pub(super) runs: &'a Runs,
    pub(crate) run: &'a Run,
    pub(super) blueprint: &'a Blueprint,
    pub(crate) now: i64,
}

impl<'a> Course<'a> {
    pub(crate) fn happenings(&self) -> impl Iterator<Item = &'a Happening> {
        self.run.happenings.iter()
    }

    /// When something of a kind happened to a node, not before `start`.
    pub(crate) fn happening(&self, path: &str, start: i64, is_it: impl Fn(&What) -> bool) -> Option<i64> {
        let of_node = |what: &What| match what {
            What::Answer { node, .. } | What::Child { node, .. } => node == path,
            What::Released { node } => node.as_deref() == Some(path),
            _ => false,
        };
        let mut fitting = self.happenings().filter(|happening| happening.at >= start);
        fitting
            .find(|happening| is_it(&happening.what) && of_node(&happening.what))
            .map(|happening| happening.at)
    }

    /// How long something takes at the run's pace; at least 1 ms.
    pub(crate) fn paced(&self, ms: i64) -> i64 {
        paced(ms, self.run.pace)
    }
}

/// What a bad end of a part is for the stage and the run.
pub(super) fn of_the_whole(broken: &Break) -> Status {
    match broken.then {
        Then::End(status) | Then::Stop(status) => status,
        Then::RollBackStage | Then::RollBackPipeline => Status::Failed,
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    reason = "durations are far below what a float holds exactly"
)]
pub(crate) fn paced(ms: i64, pace: f64) -> i64 {
    ((ms as f64 / pace) as i64).max(1)
}

pub(super) fn stage_state<'a>(stage: &'a Stage, start: i64, flow: &Flow) -> StageState<'a> {
    StageState {
        started_at: Some(start),
        ended_at: flow.end(),
        failure: flow.failure(),
        ..StageState::not_begun(stage, flow.status())
    }
}
