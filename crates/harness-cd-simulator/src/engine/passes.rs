//! The passes of a stage: one, or as many as it loops or brings services to places.

use super::blueprint::Stage;
use super::course::{Course, of_the_whole, stage_state};
use super::flow::{Break, Flow, Progress, Then};
use super::looping::Iteration;
use super::path;
use super::run::{FreezeEffect, What};
use super::snapshot::{Failed, StageState, StepState};
use super::target::Target;
use super::walker::{Levels, Slots, Walker};
use crate::tables::failure::FailureKind;
use crate::tables::invented;
use crate::tables::status::Status;

/// One stage, or one pass of a stage that loops.
pub(super) struct Pass<'a> {
    pub(super) path: String,
    pub(super) iteration: Option<Iteration>,
    pub(super) target: Option<&'a Target>,
}

impl<'a> Course<'a> {
    /// The passes of a stage: by its looping strategy, and one for each of several services and places.
    pub(super) fn all_passes(&self, stage: &'a Stage) -> (Vec<Pass<'a>>, usize) {
        let looping = stage.looping.as_ref();
        let iterations = looping.map(|looping| looping.iterations(&self.run.context));
        let at_once = looping.map_or(0, |looping| looping.at_once);
        let several = stage.deploys.as_ref().is_some_and(|deploys| deploys.several);
        let at_once = if several && stage.deploys.as_ref().is_some_and(|deploys| deploys.one_by_one) {
            1
        } else {
            at_once
        };
        let outer = match iterations {
            Some(iterations) => iterations
                .into_iter()
                .map(|one| (path::pass(&stage.path, one.index), Some(one)))
                .collect(),
            None => vec![(stage.path.clone(), None)],
        };
        let with_targets = |(path, iteration): (String, Option<Iteration>)| {
            let targets = self.run.targets.get(&path).map(Vec::as_slice).unwrap_or_default();
            if !several && targets.len() < 2 {
                return vec![Pass {
                    path,
                    iteration,
                    target: targets.first(),
                }];
            }
            let total = targets.len();
            let pass = |(index, target): (usize, &'a Target)| Pass {
                path: path::pass(&path, index),
                iteration: Some(of_target(index, total, target)),
                target: Some(target),
            };
            targets.iter().enumerate().map(pass).collect()
        };
        (outer.into_iter().flat_map(with_targets).collect(), at_once)
    }

    pub(super) fn passes(&self, stage: &'a Stage, start: i64) -> (StageState<'a>, Option<Flow>) {
        let (mut passes, at_once) = self.all_passes(stage);
        if passes.len() == 1 && passes.iter().all(|pass| pass.iteration.is_none()) {
            let pass = passes.remove(0);
            let (state, flow) = self.pass(stage, pass, start);
            return (state, Some(flow));
        }
        let mut slots = Slots::new(start, at_once, passes.len());
        let mut progress = Progress::new(start);
        let mut states = Vec::new();
        for pass in passes {
            match slots.take().filter(|begin| !progress.is_stopped_by(*begin)) {
                Some(begin) => {
                    let (state, flow) = self.pass(stage, pass, begin);
                    slots.give_back(flow.end());
                    progress.take(flow);
                    states.push(state);
                }
                None => {
                    let waiting = StageState::not_begun(stage, Status::NotStarted);
                    states.push(StageState {
                        path: pass.path,
                        pass: pass.iteration,
                        target: pass.target,
                        ..waiting
                    });
                }
            }
        }
        let flow = progress.flow();
        let state = StageState {
            passes: states,
            ..stage_state(stage, start, &flow)
        };
        (state, Some(flow))
    }

    pub(super) fn pass(&self, stage: &'a Stage, pass: Pass<'a>, start: i64) -> (StageState<'a>, Flow) {
        let walker = self.walker(stage, &pass);
        let levels: Levels<'a> = vec![&stage.strategies];
        let asked = stage.asks.as_ref().map_or(Ok(start), |_| {
            walker.asked(stage.timeout_ms, &levels, &pass.path, start)
        });
        let target = pass.target.filter(|_| asked.is_ok());
        let (steps, flow) = match asked {
            Ok(begin) => self.work(stage, &pass, &walker, &levels, begin),
            Err(flow) => (Vec::new(), flow),
        };
        let (rollback, flow) = match flow {
            Flow::Broken(broken) if broken.then == Then::RollBackStage => {
                let (rollback, flow) = walker.sequence(&stage.rollback, &levels, broken.at);
                (rollback, after_rollback(flow, broken))
            }
            other => (Vec::new(), other),
        };
        drop(walker);
        let flow = match flow {
            Flow::Broken(broken) => Flow::Broken(Break {
                status: of_the_whole(&broken),
                ..broken
            }),
            other => other,
        };
        let child = stage.chained.as_ref().and_then(|_| self.child(&pass.path));
        let state = StageState {
            path: pass.path,
            pass: pass.iteration,
            target,
            steps,
            rollback,
            child,
            ..stage_state(stage, start, &flow)
        };
        (state, flow)
    }

    /// What a stage does, once it has what it asks for.
    pub(super) fn work(
        &self,
        stage: &'a Stage,
        pass: &Pass<'a>,
        walker: &Walker<'a, '_>,
        levels: &Levels<'a>,
        start: i64,
    ) -> (Vec<StepState<'a>>, Flow) {
        match (&stage.chained, pass.target, self.run.freeze_at(start)) {
            (Some(_), _, _) => (
                Vec::new(),
                walker.decided(&pass.path, self.chained(&pass.path, start), levels),
            ),
            (None, Some(_), FreezeEffect::StopsDeployment) => (Vec::new(), frozen(start)),
            (
                None,
                Some(Target {
                    problem: Some(problem), ..
                }),
                FreezeEffect::None,
            ) => {
                let flow = Flow::fails(Status::Failed, start, FailureKind::Unknown, problem.clone());
                (Vec::new(), walker.decided(&pass.path, flow, levels))
            }
            _ => walker.sequence(&stage.steps, levels, start),
        }
    }

    pub(super) fn walker<'c>(&'c self, stage: &'a Stage, pass: &'c Pass<'a>) -> Walker<'a, 'c> {
        let mut context = self.run.context.clone();
        if let Some(iteration) = &pass.iteration {
            iteration.enrich(&mut context);
        }
        Walker {
            course: self,
            stage: &stage.identifier,
            own_path: &stage.path,
            pass_path: &pass.path,
            context,
        }
    }

    /// The run that a Pipeline stage has started.
    pub(super) fn child(&self, path: &str) -> Option<u32> {
        self.happenings().find_map(|happening| match &happening.what {
            What::Child { node, run } if node == path => Some(*run),
            _ => None,
        })
    }

    /// A Pipeline stage goes as the run does that it has started. Source: run-inputs §9 [HUB].
    pub(super) fn chained(&self, path: &str, start: i64) -> Flow {
        let Some(child) = self.child(path).and_then(|number| self.runs.past(number)) else {
            return self.settle(path, start, self.refused(path), Status::Running);
        };
        let snapshot = self.runs.at(child, self.now);
        let status = snapshot.status;
        let flow = match (snapshot.ended_at, snapshot.failure) {
            (None, _) => Flow::Open(status),
            (Some(at), None) => Flow::Ended(status, at),
            (Some(at), Some(failure)) => {
                let message = format!("Child pipeline {} failed: {}", child.pipeline, failure.message);
                let then = if status == Status::Aborted {
                    Then::Stop(status)
                } else {
                    Then::End(status)
                };
                Flow::Broken(Break {
                    status,
                    at,
                    failure: Failed { message, ..failure },
                    then,
                })
            }
        };
        self.settle(path, start, flow, status)
    }

    /// A Pipeline stage without a run: not yet started, or it could not be.
    pub(super) fn refused(&self, path: &str) -> Flow {
        let refusal = self.happenings().find_map(|happening| match &happening.what {
            What::Refused { node, message } if node == path => Some((happening.at, message.clone())),
            _ => None,
        });
        refusal.map_or(Flow::Open(Status::Running), |(at, message)| {
            Flow::fails(Status::Failed, at, FailureKind::Unknown, message)
        })
    }
}

/// Source: harness-api §12.7 [CORE]: the service or environment step of the stage ends AbortedByFreeze.
fn frozen(start: i64) -> Flow {
    let status = Status::AbortedByFreeze;
    let failure = Failed {
        kind: FailureKind::FreezeActive,
        message: invented::FROZEN.to_owned(),
    };
    Flow::Broken(Break {
        status,
        at: start,
        failure,
        then: Then::Stop(status),
    })
}

/// The stage has failed, when its rollback has come to an end of whatever kind.
fn after_rollback(rollback: Flow, broken: Break) -> Flow {
    match rollback {
        Flow::Open(status) => Flow::Open(status),
        Flow::Broken(again) if matches!(again.then, Then::Stop(_)) => Flow::Broken(again),
        ended => {
            let at = ended.end().unwrap_or(broken.at);
            Flow::Broken(Break {
                status: Status::Failed,
                at,
                then: Then::End(Status::Failed),
                ..broken
            })
        }
    }
}

/// A pass for one of several services or environments. Source: the key names harness-api §3.6 [weak], `cases/history`.
fn of_target(index: usize, total: usize, target: &Target) -> Iteration {
    let named = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    Iteration {
        index,
        total,
        combination: vec![index],
        values: vec![
            named("service", &target.service),
            named("environmentRef", &target.environment),
        ],
        of_matrix: true,
    }
}
