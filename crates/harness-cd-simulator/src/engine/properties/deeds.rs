//! What people can do in a play, as the APIs would let them.

use proptest::sample::Index;

use super::play::Play;
use super::story::Deed;
use crate::engine::blueprint::Work;
use crate::engine::run::{Decision, Run, What};
use crate::engine::snapshot::StepState;
use crate::state::people::Principal;
use crate::tables::status::Status;

/// A step that waits for somebody.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Wait {
    pub(crate) run: u32,
    pub(crate) path: String,
    pub(crate) status: Status,
    /// The path of what waits in it.
    instance: String,
}

impl Wait {
    fn of(run: &Run, step: &StepState<'_>) -> Option<Self> {
        let waits = match &step.node.work {
            _ if step.status == Status::InputWaiting => step.node.asks.is_some(),
            Work::Approval(_) => step.status == Status::ApprovalWaiting,
            Work::Queue { .. } => step.status == Status::ResourceWaiting,
            _ => false,
        };
        waits.then(|| Self {
            run: run.number,
            path: step.path.clone(),
            status: step.status,
            instance: step.instance(),
        })
    }
}

impl Play {
    /// Every step that waits for somebody.
    pub(crate) fn waits(&self) -> Vec<Wait> {
        let of_run = |run: &Run| -> Vec<Wait> {
            let snapshot = self.world.runs.at(run, self.now);
            snapshot
                .working_steps()
                .filter_map(|step| Wait::of(run, step))
                .collect()
        };
        self.world.runs.all().flat_map(of_run).collect()
    }

    /// The paths of the stages and steps of the run that are at work.
    pub(crate) fn at_work(&self) -> Vec<String> {
        let snapshot = self.world.runs.at(self.run(), self.now);
        let stages = snapshot.leaves().map(|stage| (&stage.path, stage.status));
        let steps = snapshot.steps().into_iter().map(|step| (&step.path, step.status));
        let is_open = |status: Status| !status.has_ended() && status != Status::NotStarted;
        let open = stages.chain(steps).filter(|(_, status)| is_open(*status));
        open.map(|(path, _)| path.clone()).collect()
    }

    /// Answers what waits, so that it waits no more.
    pub(crate) fn answer(&mut self, wait: &Wait) {
        match wait.status {
            Status::InputWaiting => self.befall(wait.run, answer(&wait.path)),
            Status::ResourceWaiting => {
                let node = Some(wait.path.clone());
                self.befall(wait.run, What::Released { node });
            }
            // As many as any approval asks for.
            _ => (10..13).for_each(|by| self.befall(wait.run, What::Decision(decision(wait, by, true)))),
        }
    }

    pub(crate) fn act(&mut self, deed: &Deed) {
        match deed {
            Deed::Nothing => {}
            Deed::Decide { which, by, approves } => {
                if let Some(wait) = self.waiting(Status::ApprovalWaiting, *which) {
                    self.decide(&wait, *by, *approves);
                }
            }
            Deed::Answer(which) => {
                if let Some(wait) = self.waiting(Status::InputWaiting, *which) {
                    self.befall(wait.run, answer(&wait.path));
                }
            }
            Deed::Abort(which) => self.interrupt(*which, |by, node| What::Abort { by, node }),
            Deed::MarkFailed(which) => self.interrupt(*which, |by, node| What::MarkFailed { by, node }),
        }
    }

    fn waiting(&self, status: Status, which: Index) -> Option<Wait> {
        let mut waits = self.waits();
        waits.retain(|wait| wait.status == status);
        pick(&waits, which)
    }

    /// Nobody decides twice on the same instance.
    pub(crate) fn decide(&mut self, wait: &Wait, by: u8, approves: bool) {
        let run = self.world.runs.get(wait.run).unwrap();
        let has_decided = run
            .decisions(&wait.instance)
            .any(|(_, earlier)| earlier.by == person(by));
        if !has_decided {
            self.befall(wait.run, What::Decision(decision(wait, by, approves)));
        }
    }

    /// What has ended is no more interrupted; no node means the whole run.
    fn interrupt(&mut self, which: Option<Index>, what: impl FnOnce(Principal, Option<String>) -> What) {
        let node = which.map(|which| pick(&self.at_work(), which));
        if !self.has_ended() && node != Some(None) {
            self.befall(self.number, what(person(0), node.flatten()));
        }
    }
}

pub(crate) fn pick<T: Clone>(from: &[T], index: Index) -> Option<T> {
    (!from.is_empty()).then(|| index.get(from).clone())
}

fn answer(node: &str) -> What {
    What::Answer {
        node: node.to_owned(),
        yaml: String::new(),
    }
}

fn decision(wait: &Wait, by: u8, approves: bool) -> Decision {
    Decision {
        node: wait.instance.clone(),
        by: person(by),
        approves,
        comments: String::new(),
        inputs: Vec::new(),
    }
}

pub(crate) fn person(number: u8) -> Principal {
    Principal::user(&format!("P{number}"), &format!("p{number}@example.com"))
}
