//! The attempts of a step, and what a strategy makes of each of them.

use super::blueprint::{Node, Work};
use super::flow::{Break, Flow, Then};
use super::path;
use super::run::What;
use super::scenario::ScriptedFailure;
use super::snapshot::{Attempt, Failed};
use super::strategy::{Action, action_for};
use super::walker::{Levels, Walker};
use crate::state::ids;
use crate::tables::failure::FailureKind;
use crate::tables::instant::later;
use crate::tables::invented;
use crate::tables::status::Status;

/// What the attempts of a step leave behind.
pub(super) struct Attempts {
    pub(super) last: Attempt,
    /// When it began to wait for somebody.
    pub(super) waits: Vec<i64>,
}

impl Attempts {
    pub(super) fn new(start: i64) -> Self {
        Self {
            last: Attempt {
                number: 0,
                began_at: start,
            },
            waits: Vec::new(),
        }
    }

    /// Those of something that is not tried again.
    pub(super) fn spent() -> Self {
        Self {
            last: Attempt {
                number: usize::MAX,
                began_at: 0,
            },
            waits: Vec::new(),
        }
    }
}

impl<'a> Walker<'a, '_> {
    /// How a step goes, until one of its attempts ends it.
    pub(super) fn attempts(&self, node: &'a Node, levels: &Levels<'a>, path: &str, told: &mut Attempts) -> Flow {
        let start = told.last.began_at;
        if node.asks.is_some() {
            told.waits.push(start);
            match self.asked(node.timeout_ms, levels, path, start) {
                Ok(at) => told.last.began_at = at,
                Err(flow) => return flow,
            }
        }
        loop {
            let Attempt { number, began_at } = told.last;
            if matches!(node.work, Work::Approval(_)) {
                told.waits.push(began_at);
            }
            let natural = self.attempt(node, path, began_at, number);
            let flow = self.course.settle(path, began_at, natural, self.shows(node, number));
            let Flow::Broken(Break {
                status,
                at: end,
                failure,
                then: Then::End(_),
            }) = flow
            else {
                return flow;
            };
            match self.aftermath(path, end, action_for(levels, failure.kind), told) {
                Ok((None, at)) => {
                    told.last = Attempt {
                        number: number + 1,
                        began_at: at,
                    }
                }
                Ok((Some(action), end)) => return broken(status, end, failure, action),
                Err(cut) => return cut,
            }
        }
    }

    /// What comes of a failure at `end`: when it is tried again, or what is done about it and when; otherwise where the
    /// waiting for that stands.
    ///
    /// Source: harness-api §1.1 [SCH]: a retry has an action for when it fails, an intervention one for when nobody comes.
    fn aftermath(
        &self,
        path: &str,
        end: i64,
        action: &'a Action,
        told: &mut Attempts,
    ) -> Result<(Option<&'a Action>, i64), Flow> {
        let pause = |ms: i64, shows: Status| {
            let waiting = Flow::Ended(Status::Success, later(end, ms));
            match self.course.settle(path, end, waiting, shows) {
                Flow::Ended(_, at) => Ok(at),
                cut => Err(cut),
            }
        };
        match action {
            Action::Retry { count, pauses_ms, .. } if told.last.number < *count => {
                let ms = pauses_ms
                    .get(told.last.number)
                    .or(pauses_ms.last())
                    .copied()
                    .unwrap_or(0);
                Ok((None, pause(ms.max(invented::AFTERMATH_MS), Status::Running)?))
            }
            Action::Retry { then, .. } => self.aftermath(path, end, then, told),
            Action::Ask { timeout_ms, then } => {
                told.waits.push(end);
                self.aftermath(path, pause(*timeout_ms, Status::InterventionWaiting)?, then, told)
            }
            last => Ok((Some(last), end)),
        }
    }

    /// A failure of a stage that nothing is tried against again, once its strategy has been asked.
    pub(crate) fn decided(&self, path: &str, flow: Flow, levels: &Levels<'a>) -> Flow {
        let Flow::Broken(Break {
            status,
            at,
            failure,
            then: Then::End(_),
        }) = flow
        else {
            return flow;
        };
        match self.aftermath(path, at, action_for(levels, failure.kind), &mut Attempts::spent()) {
            Ok((action, at)) => broken(status, at, failure, action.unwrap_or(&Action::Fail)),
            Err(cut) => cut,
        }
    }

    /// When a step or a stage may begin that asks for input first; otherwise where the asking stands.
    ///
    /// Source: run-inputs §8 [CORE]: `InputWaiting` until answered, then it runs; its time-out is the step's or the stage's,
    /// then `Expired` with INPUT_TIMEOUT_FAILURE unless a strategy says ProceedWithDefaultValues.
    pub(crate) fn asked(&self, timeout_ms: i64, levels: &Levels<'a>, path: &str, start: i64) -> Result<i64, Flow> {
        let deadline = later(start, timeout_ms);
        let answered = self
            .course
            .happening(path, start, |what| matches!(what, What::Answer { .. }));
        let waiting = match answered.filter(|at| *at < deadline) {
            Some(at) => Flow::Ended(Status::Success, at),
            None => Flow::fails(
                Status::Expired,
                deadline,
                FailureKind::InputTimeoutError,
                "Pipeline has passed the time limit to take the user input",
            ),
        };
        match self.course.settle(path, start, waiting, Status::InputWaiting) {
            Flow::Ended(_, at) => Ok(at),
            Flow::Broken(Break {
                status,
                at,
                failure,
                then: Then::End(_),
            }) => match self.aftermath(path, at, action_for(levels, failure.kind), &mut Attempts::spent())? {
                (None | Some(Action::ProceedWithDefaults), at) => Ok(at),
                (Some(action), at) => Err(broken(status, at, failure, action)),
            },
            other => Err(other),
        }
    }

    /// How one attempt goes, if nothing from outside befalls it.
    fn attempt(&self, node: &Node, path: &str, start: i64, number: usize) -> Flow {
        let deadline = later(start, node.timeout_ms);
        let timed_out = || {
            Flow::fails(
                Status::Expired,
                deadline,
                FailureKind::Timeout,
                format!("Step [{}] timed out", node.name),
            )
        };
        match &node.work {
            Work::Approval(spec) => self
                .course
                .approval(node, spec, &path::attempt(path, number), start)
                .unwrap_or_else(timed_out),
            Work::Queue { .. } => {
                let released = self
                    .course
                    .happening(path, start, |what| matches!(what, What::Released { .. }));
                let in_time = released.filter(|at| *at < deadline);
                in_time.map_or_else(timed_out, |at| Flow::Ended(Status::Success, at))
            }
            Work::Step { usual_ms } => {
                let flow = self.work(node, path, start, *usual_ms, number);
                if flow.end().is_some_and(|end| end > deadline) {
                    timed_out()
                } else {
                    flow
                }
            }
            Work::Group { .. } | Work::Parallel { .. } => Flow::Ended(Status::Success, start),
        }
    }

    fn work(&self, node: &Node, path: &str, start: i64, usual_ms: i64, number: usize) -> Flow {
        let run = self.course.run;
        let script = run.scenario.attempt(self.stage, &node.identifier, number);
        let takes = script.and_then(|attempt| attempt.takes_ms).unwrap_or_else(|| {
            self.course
                .paced(varied(node, usual_ms, ids::hash(run.seed ^ (number as u64), path)))
        });
        let usual = || invented::failure_message(&node.kind, &node.name);
        let failure = match script {
            Some(attempt) => attempt.fails.clone(),
            None if run.failing.as_deref() == Some(path) => Some(ScriptedFailure {
                kind: if node.kind == "Verify" {
                    FailureKind::Verification
                } else {
                    FailureKind::Timeout
                },
                message: None,
            }),
            None => None,
        };
        let end = later(start, takes);
        match failure {
            Some(failure) => Flow::fails(Status::Failed, end, failure.kind, failure.message.unwrap_or_else(usual)),
            None => Flow::Ended(Status::Success, end),
        }
    }

    fn shows(&self, node: &Node, number: usize) -> Status {
        let script = self.course.run.scenario.attempt(self.stage, &node.identifier, number);
        let usual = match (&node.work, node.kind.as_str()) {
            (Work::Approval(_), _) => Status::ApprovalWaiting,
            (Work::Queue { .. }, _) => Status::ResourceWaiting,
            // Source: harness-api §3.7 [OAS].
            (_, "Wait") => Status::WaitStepRunning,
            _ => Status::Running,
        };
        script.and_then(|attempt| attempt.shows).unwrap_or(usual)
    }
}

/// A verification and a wait take exactly as long as they say, the rest up to 15 % more or less.
fn varied(node: &Node, usual_ms: i64, draw: u64) -> i64 {
    match node.kind.as_str() {
        "Verify" | "Wait" => usual_ms,
        _ => usual_ms * (85 + i64::try_from(draw % 31).unwrap_or(15)) / 100,
    }
}

/// A failure, once its strategy has been asked.
fn broken(status: Status, at: i64, failure: Failed, action: &Action) -> Flow {
    let then = match action {
        Action::Ignore => return Flow::Ended(Status::IgnoreFailed, at),
        Action::Succeed => return Flow::Ended(Status::Success, at),
        Action::RollBackStage => Then::RollBackStage,
        Action::RollBackPipeline => Then::RollBackPipeline,
        Action::Abort => Then::Stop(Status::Aborted),
        Action::Retry { then, .. } | Action::Ask { then, .. } => return broken(status, at, failure, then),
        Action::Fail | Action::ProceedWithDefaults => Then::End(status),
    };
    Flow::Broken(Break {
        status,
        at,
        failure,
        then,
    })
}
