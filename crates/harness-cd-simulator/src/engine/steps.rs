//! The steps of a stage at a time.

use super::attempts::Attempts;
use super::blueprint::{Course as SoFar, Node, Work};
use super::flow::{Flow, Progress, Then};
use super::looping::Iteration;
use super::path;
use super::snapshot::{Attempt, StepState};
use super::walker::{Levels, Slots, Walker};
use crate::tables::expression;
use crate::tables::failure::FailureKind;
use crate::tables::status::Status;

impl<'a> Walker<'a, '_> {
    /// Steps one after the other. After a failure only those run that ask for one.
    pub(crate) fn sequence(&self, nodes: &'a [Node], levels: &Levels<'a>, start: i64) -> (Vec<StepState<'a>>, Flow) {
        let mut states = Vec::new();
        let mut progress = Progress::new(start);
        for node in nodes {
            let so_far = if progress.failed.is_some() {
                SoFar::Failed
            } else {
                SoFar::Well
            };
            if so_far == SoFar::Failed && !node.when.suits(so_far) {
                continue;
            }
            let (state, flow) = self.node(node, levels, progress.at, so_far);
            states.push(state);
            let rolls_back = matches!(&flow, Flow::Broken(broken) if !matches!(broken.then, Then::End(_)));
            progress.take(flow);
            if rolls_back || !progress.goes_on() {
                break;
            }
        }
        (states, progress.flow())
    }

    fn node(&self, node: &'a Node, levels: &Levels<'a>, start: i64, so_far: SoFar) -> (StepState<'a>, Flow) {
        let path = path::moved(&node.path, self.own_path, self.pass_path);
        if let Some(flow) = self.skipped(node, start, so_far) {
            return (state(node, path, start, &flow, Vec::new()), flow);
        }
        let passes = node
            .looping
            .as_ref()
            .map(|looping| (looping, looping.iterations(&self.context)));
        match passes {
            None => self.pass(node, levels, path, start, None),
            Some((looping, passes)) => {
                let mut slots = Slots::new(start, looping.at_once, passes.len());
                let mut progress = Progress::new(start);
                let mut children = Vec::new();
                for pass in passes {
                    let Some(begin) = slots.take().filter(|begin| !progress.is_stopped_by(*begin)) else {
                        break;
                    };
                    let (child, flow) = self.pass(node, levels, path::pass(&path, pass.index), begin, Some(pass));
                    slots.give_back(flow.end());
                    children.push(child);
                    progress.take(flow);
                }
                let flow = progress.flow();
                (state(node, path, start, &flow, children), flow)
            }
        }
    }

    fn skipped(&self, node: &Node, start: i64, so_far: SoFar) -> Option<Flow> {
        if !node.when.suits(so_far) {
            return Some(Flow::Ended(Status::Skipped, start));
        }
        match expression::holds(node.when.condition.as_deref()?, &self.context) {
            Ok(true) => None,
            Ok(false) => Some(Flow::Ended(Status::Skipped, start)),
            Err(problem) => {
                let message = format!(
                    "Failed to evaluate the condition of step [{}]: {problem}",
                    node.identifier
                );
                Some(Flow::fails(Status::Failed, start, FailureKind::Unknown, message))
            }
        }
    }

    /// One pass of a node, or the node that does not loop.
    fn pass(
        &self,
        node: &'a Node,
        levels: &Levels<'a>,
        path: String,
        start: i64,
        pass: Option<Iteration>,
    ) -> (StepState<'a>, Flow) {
        let mut inner = levels.clone();
        inner.push(&node.strategies);
        let walker = self.within(node, &path, pass.as_ref());
        let mut attempts = Attempts::new(start);
        let (children, flow) = match &node.work {
            Work::Group { steps } => walker.sequence(steps, &inner, start),
            Work::Parallel { steps } => walker.side_by_side(steps, &inner, start),
            Work::Step { .. } | Work::Approval(_) | Work::Queue { .. } => {
                (Vec::new(), walker.attempts(node, &inner, &path, &mut attempts))
            }
        };
        drop(walker);
        let Attempts { last, waits } = attempts;
        let state = StepState {
            pass,
            attempt: last,
            waits,
            ..state(node, path, start, &flow, children)
        };
        (state, flow)
    }

    /// Walks through what is in one pass of a node: there everything has a path of the pass, and knows its values.
    fn within<'w>(&'w self, node: &'w Node, path: &'w str, pass: Option<&Iteration>) -> Walker<'a, 'w> {
        let mut context = self.context.clone();
        let Some(pass) = pass else {
            return Walker { context, ..*self };
        };
        pass.enrich(&mut context);
        Walker {
            own_path: &node.path,
            pass_path: path,
            context,
            ..*self
        }
    }

    fn side_by_side(&self, nodes: &'a [Node], levels: &Levels<'a>, start: i64) -> (Vec<StepState<'a>>, Flow) {
        let mut progress = Progress::new(start);
        let states = nodes.iter().map(|node| {
            let (state, flow) = self.node(node, levels, start, SoFar::Well);
            progress.take(flow);
            state
        });
        (states.collect(), progress.flow())
    }
}

fn state<'a>(node: &'a Node, path: String, start: i64, flow: &Flow, children: Vec<StepState<'a>>) -> StepState<'a> {
    StepState {
        node,
        path,
        pass: None,
        status: flow.status(),
        started_at: start,
        ended_at: flow.end(),
        failure: flow.failure(),
        children,
        attempt: Attempt {
            number: 0,
            began_at: start,
        },
        waits: Vec::new(),
    }
}
