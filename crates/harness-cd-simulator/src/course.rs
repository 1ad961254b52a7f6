//! The state of a run at a time: a pure function of its plan, of what happened to it, and of the time.

use harness_cd_model::ExecutionStatus as Status;

use crate::plan::{After, Approval, Lane, Node, OnFailure, Stage, Work, on_failure};
use crate::run::Run;

/// How long an abort takes.
/// Source: Harness API facts, interrupts: the status goes Discontinuing, then Aborted.
pub(crate) const ABORT_MS: i64 = 2_000;
/// How long the engine thinks before the first stage begins; whatever keeps a run in the queue befalls it here.
pub(crate) const PLANNING_MS: i64 = 1;

/// A run at a time.
#[derive(Debug)]
pub(crate) struct Snapshot<'a> {
    pub(crate) status: Status,
    pub(crate) ended_at: Option<i64>,
    pub(crate) failure: Option<String>,
    /// Parallel to the lanes of the plan.
    pub(crate) lanes: Vec<Vec<StageState<'a>>>,
}

/// A stage at a time.
#[derive(Debug)]
pub(crate) struct StageState<'a> {
    pub(crate) stage: &'a Stage,
    pub(crate) status: Status,
    pub(crate) started_at: Option<i64>,
    pub(crate) ended_at: Option<i64>,
    pub(crate) failure: Option<String>,
    /// The steps that have begun.
    pub(crate) steps: Vec<StepState<'a>>,
    /// The rollback steps that have begun.
    pub(crate) rollback: Vec<StepState<'a>>,
}

/// A step, or a group of steps, that has begun.
#[derive(Debug)]
pub(crate) struct StepState<'a> {
    pub(crate) node: &'a Node,
    pub(crate) status: Status,
    pub(crate) started_at: i64,
    pub(crate) ended_at: Option<i64>,
    pub(crate) failure: Option<String>,
    pub(crate) children: Vec<StepState<'a>>,
}

impl<'a> Snapshot<'a> {
    /// Every stage in the order of the plan.
    pub(crate) fn stages(&self) -> impl Iterator<Item = &StageState<'a>> {
        self.lanes.iter().flatten()
    }

    /// Every approval step that has begun.
    pub(crate) fn approvals(&self) -> Vec<ApprovalState<'a, '_>> {
        let mut found = Vec::new();
        for stage in self.stages() {
            collect_approvals(&stage.stage.identifier, &stage.steps, &mut found);
        }
        found
    }
}

/// An approval step that has begun.
#[derive(Debug)]
pub(crate) struct ApprovalState<'a, 's> {
    pub(crate) stage: &'a str,
    pub(crate) approval: &'a Approval,
    pub(crate) step: &'s StepState<'a>,
}

fn collect_approvals<'a, 's>(stage: &'a str, steps: &'s [StepState<'a>], found: &mut Vec<ApprovalState<'a, 's>>) {
    for step in steps {
        if let Work::Approval(approval) = &step.node.work {
            found.push(ApprovalState { stage, approval, step });
        }
        collect_approvals(stage, &step.children, found);
    }
}

/// Where something stands.
#[derive(Clone, Debug)]
enum Flow {
    /// Not at its end; shows this status.
    Open(Status),
    /// Ended well, skipped or with an ignored failure.
    Ended(Status, i64),
    /// Ended badly.
    Broken(Break),
}

#[derive(Clone, Debug)]
struct Break {
    /// The step's status.
    status: Status,
    at: i64,
    message: String,
    then: Then,
}

/// What a broken step means for its stage.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Then {
    /// The rollback steps run, then the stage has failed.
    Rollback,
    /// The stage ends with this status; later stages are asked for their conditions.
    End(Status),
    /// The stage and the run end with this status.
    Stop(Status),
}

impl Flow {
    fn status(&self) -> Status {
        match self {
            Self::Open(status) | Self::Ended(status, _) => status.clone(),
            Self::Broken(broken) => broken.status.clone(),
        }
    }

    /// When it ends of itself; never, while it waits.
    fn end(&self) -> Option<i64> {
        match self {
            Self::Open(_) => None,
            Self::Ended(_, at) => Some(*at),
            Self::Broken(broken) => Some(broken.at),
        }
    }

    fn failure(&self) -> Option<String> {
        match self {
            Self::Broken(broken) => Some(broken.message.clone()),
            _ => None,
        }
    }
}

/// The run as it is at `now`.
pub(crate) fn at(run: &Run, now: i64) -> Snapshot<'_> {
    let course = Course { run, now };
    let (lanes, flow) = course.lanes();
    Snapshot {
        status: flow.status(),
        ended_at: flow.end(),
        failure: flow.failure(),
        lanes,
    }
}

struct Course<'a> {
    run: &'a Run,
    now: i64,
}

impl<'a> Course<'a> {
    fn lanes(&self) -> (Vec<Vec<StageState<'a>>>, Flow) {
        let start = self.run.started_at;
        let planned = start + PLANNING_MS;
        let mut progress = Progress::new(planned);
        let gate = self.settle(start, Flow::Ended(Status::Success, planned));
        if !matches!(&gate, Flow::Ended(Status::Success, _)) {
            progress.stop(gate);
        }
        let lanes = self
            .run
            .plan
            .lanes
            .iter()
            .map(|lane| self.lane(lane, &mut progress))
            .collect();
        (lanes, progress.flow())
    }

    /// The stages of a lane begin together; the lane ends with its last stage.
    fn lane(&self, lane: &'a Lane, progress: &mut Progress) -> Vec<StageState<'a>> {
        let before = progress.clone();
        let begin = |stage: &'a Stage| {
            let (state, flow) = self.gated(stage, &before);
            if let Some(flow) = flow {
                progress.take(flow);
            }
            state
        };
        lane.stages.iter().map(begin).collect()
    }

    /// A stage behind its conditions.
    ///
    /// Source: Harness API facts, pipeline YAML: a stage's `when` has a pipeline status and a condition. After a failure
    /// the stages that ask for success are skipped, as their conditions are evaluated all the same.
    fn gated(&self, stage: &'a Stage, before: &Progress) -> (StageState<'a>, Option<Flow>) {
        let start = before.at;
        if before.stopped.is_some() {
            let skipped = matches!(before.stopped, Some(Flow::Ended(Status::Skipped, _)));
            return (
                not_begun(stage, if skipped { Status::Skipped } else { Status::NotStarted }),
                None,
            );
        }
        let wanted = match stage.after {
            After::All => true,
            After::Success => before.failed.is_none(),
            After::Failure => before.failed.is_some(),
        };
        let holds = stage
            .condition
            .as_ref()
            .map_or(Ok(true), |condition| condition.holds.clone());
        let (steps, rollback, flow) = match holds {
            Ok(true) if wanted => self.stage(stage, start),
            Ok(_) => (Vec::new(), Vec::new(), Flow::Ended(Status::Skipped, start)),
            Err(problem) => {
                let message = format!(
                    "Failed to evaluate the condition of stage [{}]: {problem}",
                    stage.identifier
                );
                (Vec::new(), Vec::new(), Flow::Broken(failed(start, message)))
            }
        };
        let state = StageState {
            stage,
            status: flow.status(),
            started_at: Some(start),
            ended_at: flow.end(),
            failure: flow.failure(),
            steps,
            rollback,
        };
        (state, Some(flow))
    }

    fn stage(&self, stage: &'a Stage, start: i64) -> (Vec<StepState<'a>>, Vec<StepState<'a>>, Flow) {
        if self.run.frozen && stage.target.is_some() {
            let message =
                "Execution can't be performed because one or more deployment freeze windows are active".to_owned();
            let status = Status::AbortedByFreeze;
            let flow = Flow::Broken(Break {
                status: status.clone(),
                at: start,
                message,
                then: Then::Stop(status),
            });
            return (Vec::new(), Vec::new(), flow);
        }
        let (steps, flow) = self.sequence(&stage.steps, stage, start);
        let broken = match flow {
            Flow::Broken(broken) => broken,
            other => return (steps, Vec::new(), other),
        };
        match broken.then.clone() {
            Then::End(status) | Then::Stop(status) => (steps, Vec::new(), Flow::Broken(Break { status, ..broken })),
            Then::Rollback => {
                let (rollback, flow) = self.sequence(&stage.rollback, stage, broken.at);
                let flow = match flow {
                    Flow::Open(status) => Flow::Open(status),
                    Flow::Broken(again) if matches!(again.then, Then::Stop(_)) => Flow::Broken(again),
                    ended => Flow::Broken(failed(ended.end().unwrap_or(broken.at), broken.message)),
                };
                (steps, rollback, flow)
            }
        }
    }

    fn sequence(&self, nodes: &'a [Node], stage: &'a Stage, start: i64) -> (Vec<StepState<'a>>, Flow) {
        let mut states = Vec::new();
        let mut flow = Flow::Ended(Status::Success, start);
        let mut ignored = false;
        for node in nodes {
            let (state, next) = self.node(node, stage, flow.end().unwrap_or(start));
            states.push(state);
            ignored |= matches!(&next, Flow::Ended(Status::IgnoreFailed, _));
            flow = next;
            if !matches!(&flow, Flow::Ended(..)) {
                return (states, flow);
            }
        }
        let status = if ignored { Status::IgnoreFailed } else { Status::Success };
        (states, Flow::Ended(status, flow.end().unwrap_or(start)))
    }

    fn node(&self, node: &'a Node, stage: &'a Stage, start: i64) -> (StepState<'a>, Flow) {
        let (children, flow) = match &node.work {
            Work::Takes { ms, failure: None } => {
                (Vec::new(), self.settle(start, Flow::Ended(Status::Success, start + ms)))
            }
            Work::Takes {
                ms,
                failure: Some(failure),
            } => {
                let flow = broken(node, stage, Status::Failed, start + ms, failure.error, &failure.message);
                (Vec::new(), self.settle(start, flow))
            }
            Work::Approval(approval) => (
                Vec::new(),
                self.settle(start, self.approval(node, stage, approval, start)),
            ),
            Work::Group(nodes) => self.sequence(nodes, stage, start),
            Work::Parallel(nodes) => self.parallel(nodes, stage, start),
        };
        let state = StepState {
            node,
            status: flow.status(),
            started_at: start,
            ended_at: flow.end(),
            failure: flow.failure(),
            children,
        };
        (state, flow)
    }

    fn parallel(&self, nodes: &'a [Node], stage: &'a Stage, start: i64) -> (Vec<StepState<'a>>, Flow) {
        let mut progress = Progress::new(start);
        let states = nodes.iter().map(|node| {
            let (state, flow) = self.node(node, stage, start);
            progress.take(flow);
            state
        });
        (states.collect(), progress.flow())
    }

    /// Source: Harness API facts, approvals: with a minimum count above 1 the step keeps waiting after one approval.
    fn approval(&self, node: &Node, stage: &Stage, approval: &Approval, start: i64) -> Flow {
        let deadline = start + approval.timeout_ms;
        let actions = self.run.actions_on(&approval.instance);
        let mut approved = 0;
        for action in actions.filter(|action| action.at <= self.now && action.at < deadline) {
            if !action.approves {
                let message = format!("Approval step [{}] was rejected by {}", node.name, action.person.name);
                let status = Status::ApprovalRejected;
                return Flow::Broken(Break {
                    then: Then::End(status.clone()),
                    status,
                    at: action.at,
                    message,
                });
            }
            approved += 1;
            if approved >= approval.minimum_count {
                return Flow::Ended(Status::Success, action.at);
            }
        }
        if deadline <= self.now {
            let message = format!("Approval step [{}] timed out", node.name);
            return broken(node, stage, Status::Expired, deadline, "Timeout", &message);
        }
        Flow::Open(Status::ApprovalWaiting)
    }

    /// What becomes of something that begins at `start` and would go its way, once a hold, an abort and the time have
    /// their say.
    fn settle(&self, start: i64, natural: Flow) -> Flow {
        let befalls = |at: i64, flow: &Flow| start <= at && flow.end().is_none_or(|end| at < end);
        let mut flow = natural;
        if let Some(hold) = self
            .run
            .hold
            .as_ref()
            .filter(|hold| hold.at <= self.now && befalls(hold.at, &flow))
        {
            let status = hold.status.clone();
            let message = hold.message.clone().unwrap_or_default();
            flow = match &status {
                Status::IgnoreFailed | Status::Skipped | Status::Success => Flow::Ended(status, hold.at),
                terminal if terminal.phase().is_terminal() => Flow::Broken(Break {
                    then: Then::Stop(status.clone()),
                    status,
                    at: hold.at,
                    message,
                }),
                _ => Flow::Open(status),
            };
        }
        if let Some(abort) = self.run.abort.as_ref().filter(|abort| befalls(abort.at, &flow)) {
            let at = abort.at + ABORT_MS;
            let message = format!("Aborted by {}", abort.person.name);
            flow = match at <= self.now {
                true => Flow::Broken(Break {
                    status: Status::Aborted,
                    at,
                    message,
                    then: Then::Stop(Status::Aborted),
                }),
                false => Flow::Open(Status::Discontinuing),
            };
        }
        if flow.end().is_some_and(|end| end > self.now) {
            Flow::Open(Status::Running)
        } else {
            flow
        }
    }
}

fn broken(node: &Node, stage: &Stage, status: Status, at: i64, error: &str, message: &str) -> Flow {
    let then = match on_failure(&node.strategies, &stage.strategies, error) {
        OnFailure::Ignore => return Flow::Ended(Status::IgnoreFailed, at),
        OnFailure::Rollback => Then::Rollback,
        OnFailure::Fail => Then::End(Status::Failed),
        OnFailure::Abort => Then::Stop(Status::Aborted),
    };
    Flow::Broken(Break {
        status,
        at,
        message: message.to_owned(),
        then,
    })
}

fn failed(at: i64, message: String) -> Break {
    Break {
        status: Status::Failed,
        at,
        message,
        then: Then::End(Status::Failed),
    }
}

fn not_begun(stage: &Stage, status: Status) -> StageState<'_> {
    StageState {
        stage,
        status,
        started_at: None,
        ended_at: None,
        failure: None,
        steps: Vec::new(),
        rollback: Vec::new(),
    }
}

/// How far things that follow each other, or run beside each other, have come.
#[derive(Clone, Debug)]
struct Progress {
    at: i64,
    ignored: bool,
    failed: Option<Break>,
    /// Nothing new begins.
    stopped: Option<Flow>,
}

impl Progress {
    fn new(at: i64) -> Self {
        Self {
            at,
            ignored: false,
            failed: None,
            stopped: None,
        }
    }

    fn stop(&mut self, flow: Flow) {
        self.stopped.get_or_insert(flow);
    }

    fn take(&mut self, flow: Flow) {
        self.at = self.at.max(flow.end().unwrap_or(self.at));
        match flow {
            Flow::Ended(status, _) => self.ignored |= status == Status::IgnoreFailed,
            Flow::Open(status) => {
                // Beside something that waits, something that works counts.
                if !matches!(&self.stopped, Some(Flow::Open(Status::Running))) {
                    self.stopped = Some(Flow::Open(status));
                }
            }
            Flow::Broken(broken) if matches!(broken.then, Then::Stop(_)) => self.stop(Flow::Broken(broken)),
            Flow::Broken(broken) => {
                self.failed.get_or_insert(broken);
            }
        }
    }

    fn flow(self) -> Flow {
        match (self.stopped, self.failed) {
            (Some(stopped), _) => stopped,
            (None, Some(broken)) => Flow::Broken(Break { at: self.at, ..broken }),
            (None, None) if self.ignored => Flow::Ended(Status::IgnoreFailed, self.at),
            (None, None) => Flow::Ended(Status::Success, self.at),
        }
    }
}
