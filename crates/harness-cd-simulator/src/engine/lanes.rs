//! The state of a run at a time: a pure function of its blueprint, of what happened to it, and of the time.

use super::blueprint::{Course as SoFar, Lane, Stage};
use super::course::{Course, of_the_whole, stage_state};
use super::flow::{Break, Flow, Progress, Then};
use super::passes::Pass;
use super::run::{Admission, Mode, Run, What};
use super::runs::Runs;
use super::snapshot::{Failed, LaneState, RollbackState, Snapshot, StageState, StepState};
use crate::state::modes::Verdict;
use crate::tables::expression;
use crate::tables::failure::FailureKind;
use crate::tables::instant::later;
use crate::tables::invented;
use crate::tables::status::Status;

/// The run as it is at `now`.
pub(crate) fn at<'a>(runs: &'a Runs, run: &'a Run, now: i64) -> Snapshot<'a> {
    let course = Course {
        runs,
        run,
        blueprint: runs.blueprint(run),
        now,
    };
    course.snapshot()
}

impl<'a> Course<'a> {
    fn snapshot(&self) -> Snapshot<'a> {
        let (lanes, progress) = self.lanes();
        let failed_at = progress.at;
        let rolls_back = progress.goes_on()
            && progress
                .failed
                .as_ref()
                .is_some_and(|broken| broken.then == Then::RollBackPipeline);
        let mut flow = progress.flow();
        let rollback = rolls_back.then(|| self.pipeline_rollback(&lanes, failed_at));
        if let Some(rollback) = &rollback {
            flow = match (rollback.ended_at, flow) {
                (None, _) => Flow::Open(Status::Running),
                (Some(at), Flow::Broken(broken)) => Flow::Broken(Break { at, ..broken }),
                (Some(_), other) => other,
            };
        }
        let status = match (&flow, self.held()) {
            (Flow::Open(status), Some((held, _))) if *status == Status::Running && !held.has_ended() => held,
            (Flow::Ended(_, end), Some((held, at))) if held.has_ended() && at <= *end => held,
            (Flow::Broken(broken), _) => of_the_whole(broken),
            (flow, _) => flow.status(),
        };
        Snapshot {
            status,
            ended_at: flow.end(),
            failure: flow.failure(),
            lanes,
            rollback,
        }
    }

    /// A status from outside that the run still has, and since when.
    fn held(&self) -> Option<(Status, i64)> {
        let last = self.happenings().filter(|happening| happening.at <= self.now).last()?;
        match last.what {
            What::Held { status, .. } => Some((status, last.at)),
            _ => None,
        }
    }

    fn lanes(&self) -> (Vec<LaneState<'a>>, Progress) {
        let mut progress = Progress::new(self.run.started_at);
        match self.gate() {
            Flow::Ended(status, at) if status != Status::Success => progress.cut(status, at),
            gate => progress.take(gate),
        }
        let lanes = match &self.run.mode {
            Mode::Rollback { stage, .. } => self.rollback_lane(stage, &mut progress).into_iter().collect(),
            _ => self
                .blueprint
                .lanes
                .iter()
                .enumerate()
                .map(|(index, lane)| self.lane(index, lane, &mut progress))
                .collect(),
        };
        (lanes, progress)
    }

    /// What stands before the first stage: the policies, the queue, planning.
    fn gate(&self) -> Flow {
        let start = self.run.started_at;
        if self.run.verdict == Verdict::Deny {
            // Source: harness-api §12.11 [CORE]: a denied run is 200 with a plan that is already ERRORED.
            let message = "Policy evaluation denied the execution".to_owned();
            return Flow::Broken(Break {
                status: Status::Errored,
                at: start,
                failure: Failed {
                    kind: FailureKind::PolicyEvaluationFailure,
                    message,
                },
                then: Then::Stop(Status::Errored),
            });
        }
        let admitted = match self.run.admission {
            Admission::AtOnce => start,
            Admission::Queued => {
                let mut released = self
                    .happenings()
                    .filter(|one| matches!(one.what, What::Released { node: None }));
                match released.next() {
                    Some(happening) => happening.at,
                    None => {
                        return self.settle(
                            "",
                            start,
                            Flow::Open(Status::QueuedExecutionConcurrencyReached),
                            Status::Queued,
                        );
                    }
                }
            }
        };
        let queued = later(admitted, self.run.scenario.queued_ms);
        let waited = self.settle("", start, Flow::Ended(Status::Success, queued), Status::Queued);
        match waited {
            Flow::Ended(Status::Success, at) => self.settle(
                "",
                at,
                Flow::Ended(Status::Success, later(at, invented::PLANNING_MS)),
                Status::Running,
            ),
            other => other,
        }
    }

    /// The stages of a lane begin together; the lane ends with its last stage.
    fn lane(&self, index: usize, lane: &'a Lane, progress: &mut Progress) -> LaneState<'a> {
        let before = progress.clone();
        let begin = |stage: &'a Stage| {
            if let Some(state) = self.taken_over(index, stage) {
                as_it_ended(&state).into_iter().for_each(|flow| progress.take(flow));
                return state;
            }
            let (state, flow) = self.gated(stage, &before);
            if let Some(flow) = flow {
                progress.take(flow);
            }
            state
        };
        LaneState {
            parallel: lane.parallel.as_deref(),
            stages: lane.stages.iter().map(begin).collect(),
        }
    }

    /// A stage that a retry did not run again: it stands as it ended in the run before.
    fn taken_over(&self, index: usize, stage: &Stage) -> Option<StageState<'a>> {
        let Mode::Retry { of, from_lane, stages } = &self.run.mode else {
            return None;
        };
        if index > *from_lane || (index == *from_lane && stages.contains(&stage.identifier)) {
            return None;
        }
        let before = self.runs.at(self.runs.past(*of)?, self.now);
        let state = before
            .lanes
            .into_iter()
            .nth(index)?
            .stages
            .into_iter()
            .find(|state| state.stage.identifier == stage.identifier)?;
        Some(StageState {
            taken_from: Some(state.taken_from.unwrap_or(*of)),
            ..state
        })
    }

    /// A stage behind its conditions.
    ///
    /// Source: harness-api §1.1 [SCH]: a stage's `when` has a pipeline status and a condition. After a failure the stages
    /// that ask for success are skipped, as their conditions are evaluated all the same.
    fn gated(&self, stage: &'a Stage, before: &Progress) -> (StageState<'a>, Option<Flow>) {
        if !before.goes_on()
            || before
                .failed
                .as_ref()
                .is_some_and(|broken| broken.then == Then::RollBackPipeline)
        {
            return (StageState::not_begun(stage, Status::NotStarted), None);
        }
        let so_far = if before.failed.is_some() {
            SoFar::Failed
        } else {
            SoFar::Well
        };
        let start = before.at;
        let holds = stage
            .when
            .condition
            .as_ref()
            .map_or(Ok(true), |text| expression::holds(text, &self.run.context));
        match holds {
            Ok(true) if stage.when.suits(so_far) => self.passes(stage, start),
            Ok(_) => {
                let flow = Flow::Ended(Status::Skipped, start);
                (stage_state(stage, start, &flow), Some(flow))
            }
            Err(problem) => {
                let message = format!(
                    "Failed to evaluate the condition of stage [{}]: {problem}",
                    stage.identifier
                );
                let flow = Flow::fails(Status::Failed, start, FailureKind::Unknown, message);
                (stage_state(stage, start, &flow), Some(flow))
            }
        }
    }

    /// The rollback steps of one stage, as a run of their own. Source: harness-api §3.9 [CORE].
    fn rollback_lane(&self, identifier: &str, progress: &mut Progress) -> Option<LaneState<'a>> {
        let stage = self.blueprint.stages().find(|stage| stage.identifier == identifier)?;
        let (passes, _) = self.all_passes(stage);
        let pass = passes.into_iter().next()?;
        if !progress.goes_on() {
            let waiting = StageState::not_begun(stage, Status::NotStarted);
            let state = StageState {
                path: pass.path,
                target: pass.target,
                ..waiting
            };
            return Some(LaneState {
                parallel: None,
                stages: vec![state],
            });
        }
        let start = progress.at;
        let (steps, flow) = self.walker(stage, &pass).sequence(&stage.rollback, &Vec::new(), start);
        let state = StageState {
            path: pass.path,
            target: pass.target,
            steps,
            ..stage_state(stage, start, &flow)
        };
        progress.take(flow);
        Some(LaneState {
            parallel: None,
            stages: vec![state],
        })
    }

    fn pipeline_rollback(&self, lanes: &[LaneState<'a>], start: i64) -> RollbackState<'a> {
        let mut progress = Progress::new(start);
        let mut steps: Vec<StepState<'a>> = Vec::new();
        let leaves = lanes.iter().flat_map(|lane| &lane.stages).flat_map(StageState::leaves);
        let deployed: Vec<&StageState<'a>> = leaves
            .filter(|state| state.target.is_some() && state.has_begun())
            .collect();
        for state in deployed.into_iter().rev() {
            if !progress.goes_on() {
                break;
            }
            let pass = Pass {
                path: format!("rollback.{}", state.path),
                iteration: state.pass.clone(),
                target: state.target,
            };
            let (done, flow) =
                self.walker(state.stage, &pass)
                    .sequence(&state.stage.rollback, &Vec::new(), progress.at);
            steps.extend(done);
            progress.take(flow);
        }
        let flow = progress.flow();
        RollbackState {
            status: flow.status(),
            started_at: start,
            ended_at: flow.end(),
            steps,
        }
    }
}

/// A stage that a retry takes over counts for the whole as it ended before; that it does is invented.
fn as_it_ended(state: &StageState<'_>) -> Option<Flow> {
    let at = state.ended_at?;
    Some(match &state.failure {
        Some(failure) if !state.status.ended_well() => Flow::Broken(Break {
            status: state.status,
            at,
            failure: failure.clone(),
            then: Then::End(state.status),
        }),
        _ => Flow::Ended(state.status, at),
    })
}
