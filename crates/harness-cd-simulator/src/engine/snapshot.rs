//! A run at a time.

use super::blueprint::{Node, Stage, Work};
use super::looping::Iteration;
use super::path;
use super::target::Target;
use crate::tables::failure::FailureKind;
use crate::tables::status::Status;

/// Why something failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Failed {
    pub(crate) kind: FailureKind,
    pub(crate) message: String,
}

/// A run at a time.
#[derive(Clone, Debug)]
pub(crate) struct Snapshot<'a> {
    pub(crate) status: Status,
    pub(crate) ended_at: Option<i64>,
    pub(crate) failure: Option<Failed>,
    /// Those of the blueprint that belong to the run, in their order.
    pub(crate) lanes: Vec<LaneState<'a>>,
    /// The rollback of the whole pipeline, once it has begun.
    pub(crate) rollback: Option<RollbackState<'a>>,
}

/// Stages that begin together.
#[derive(Clone, Debug)]
pub(crate) struct LaneState<'a> {
    /// The path of the group, for the stages of a `parallel` block.
    pub(crate) parallel: Option<&'a str>,
    pub(crate) stages: Vec<StageState<'a>>,
}

/// A stage, or one pass of a stage that loops.
#[derive(Clone, Debug)]
pub(crate) struct StageState<'a> {
    pub(crate) stage: &'a Stage,
    pub(crate) path: String,
    pub(crate) pass: Option<Iteration>,
    pub(crate) target: Option<&'a Target>,
    pub(crate) status: Status,
    pub(crate) started_at: Option<i64>,
    pub(crate) ended_at: Option<i64>,
    pub(crate) failure: Option<Failed>,
    /// The steps that have begun.
    pub(crate) steps: Vec<StepState<'a>>,
    /// The rollback steps that have begun.
    pub(crate) rollback: Vec<StepState<'a>>,
    /// The passes of a stage that loops.
    pub(crate) passes: Vec<StageState<'a>>,
    /// The run that a Pipeline stage has started.
    pub(crate) child: Option<u32>,
    /// The run that it was taken over from by a retry.
    pub(crate) taken_from: Option<u32>,
}

/// A step, or a group of steps, that has begun.
#[derive(Clone, Debug)]
pub(crate) struct StepState<'a> {
    pub(crate) node: &'a Node,
    pub(crate) path: String,
    pub(crate) pass: Option<Iteration>,
    pub(crate) status: Status,
    pub(crate) started_at: i64,
    pub(crate) ended_at: Option<i64>,
    pub(crate) failure: Option<Failed>,
    pub(crate) children: Vec<StepState<'a>>,
    /// The last of its attempts.
    pub(crate) attempt: Attempt,
    /// When it began to wait for somebody: for an input, an approval, an intervention.
    pub(crate) waits: Vec<i64>,
}

/// One attempt of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Attempt {
    /// How many came before.
    pub(crate) number: usize,
    pub(crate) began_at: i64,
}

/// The rollback of a whole pipeline: the rollback steps of what was deployed, the last first.
#[derive(Clone, Debug)]
pub(crate) struct RollbackState<'a> {
    pub(crate) status: Status,
    pub(crate) started_at: i64,
    pub(crate) ended_at: Option<i64>,
    pub(crate) steps: Vec<StepState<'a>>,
}

impl StepState<'_> {
    /// Whether it stands for what is in it: a group, a fork or a loop.
    pub(crate) fn is_frame(&self) -> bool {
        let loops = self.node.looping.is_some() && self.pass.is_none();
        loops || matches!(self.node.work, Work::Group { .. } | Work::Parallel { .. })
    }

    /// The path of what waits in it.
    pub(crate) fn instance(&self) -> String {
        path::attempt(&self.path, self.attempt.number)
    }
}

impl<'a> StageState<'a> {
    /// A stage that has not begun.
    pub(crate) fn not_begun(stage: &'a Stage, status: Status) -> Self {
        Self {
            stage,
            path: stage.path.clone(),
            pass: None,
            target: None,
            status,
            started_at: None,
            ended_at: None,
            failure: None,
            steps: Vec::new(),
            rollback: Vec::new(),
            passes: Vec::new(),
            child: None,
            taken_from: None,
        }
    }

    /// Whether it has begun to do something.
    pub(crate) fn has_begun(&self) -> bool {
        self.started_at.is_some() && self.status != Status::Skipped
    }

    /// The stage itself, or its passes where it loops.
    pub(crate) fn leaves(&self) -> &[Self] {
        if self.passes.is_empty() {
            std::slice::from_ref(self)
        } else {
            &self.passes
        }
    }
}

impl<'a> Snapshot<'a> {
    /// Every stage in the order of the plan.
    pub(crate) fn stages(&self) -> impl Iterator<Item = &StageState<'a>> {
        self.lanes.iter().flat_map(|lane| &lane.stages)
    }

    /// Every stage, the passes of a loop in place of the stage that loops.
    pub(crate) fn leaves(&self) -> impl Iterator<Item = &StageState<'a>> {
        self.stages().flat_map(StageState::leaves)
    }

    /// Every step that has begun, groups before what is in them.
    pub(crate) fn steps(&self) -> Vec<&StepState<'a>> {
        let mut found = Vec::new();
        for stage in self.leaves() {
            collect(&stage.steps, &mut found);
            collect(&stage.rollback, &mut found);
        }
        self.rollback
            .iter()
            .for_each(|rollback| collect(&rollback.steps, &mut found));
        found
    }

    /// Every step that has begun and does something itself.
    pub(crate) fn working_steps(&self) -> impl Iterator<Item = &StepState<'a>> {
        self.steps()
            .into_iter()
            .filter(|step| !step.is_frame() && step.status != Status::Skipped)
    }

    /// Every approval that was asked for.
    pub(crate) fn approvals(&self) -> Vec<&StepState<'a>> {
        let is_asked =
            |step: &&StepState<'_>| matches!(step.node.work, Work::Approval(_)) && step.status != Status::InputWaiting;
        self.working_steps().filter(is_asked).collect()
    }
}

fn collect<'a, 's>(steps: &'s [StepState<'a>], found: &mut Vec<&'s StepState<'a>>) {
    for step in steps {
        found.push(step);
        collect(&step.children, found);
    }
}
