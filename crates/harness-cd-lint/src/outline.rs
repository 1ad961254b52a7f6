//! What a rule may ask about the document as a whole.

use std::collections::{BTreeMap, BTreeSet};

use harness_cd_yaml::Node;

use crate::place::type_of;
use harness_cd_pipeline::InputExpression;
use harness_cd_pipeline::stages::{bodies, steps_and_groups};

/// The parts of a document that others in it refer to.
#[derive(Default)]
pub(crate) struct Outline<'n> {
    /// The trigger to whose inputs the document belongs: a part of a pipeline, laid over the whole one.
    pub(crate) trigger: Option<&'n Node>,
    pub(crate) pipeline: Option<PipelineOutline<'n>>,
}

/// A pipeline that stands in the document as a whole.
pub(crate) struct PipelineOutline<'n> {
    /// By name.
    pub(crate) variables: BTreeMap<&'n str, Variable<'n>>,
    /// By identifier.
    pub(crate) stages: BTreeMap<&'n str, StageOutline<'n>>,
    /// Whether a run may wait for somebody.
    pub(crate) has_approval: bool,
}

/// A variable of a pipeline.
pub(crate) struct Variable<'n> {
    pub(crate) node: &'n Node,
    /// The values that it may have; empty where its declaration does not say.
    pub(crate) allowed: Vec<String>,
    /// Those of them that have a dash, which no identifier has; no more than are worth looking at.
    pub(crate) dashed: Vec<String>,
}

/// More values than any platform has regions or environments.
const MAX_DASHED: usize = 100;

/// A stage.
pub(crate) struct StageOutline<'n> {
    pub(crate) body: &'n Node,
    /// The identifiers of its steps and step groups.
    pub(crate) steps: BTreeSet<&'n str>,
    /// Whether some of them come from templates, which are not in sight.
    pub(crate) has_hidden_steps: bool,
}

impl<'n> Outline<'n> {
    pub(crate) fn of(root: &'n Node, trigger: Option<&'n Node>) -> Self {
        let pipeline = root
            .get("pipeline")
            .filter(|body| trigger.is_none() && body.get("template").is_none() && body.get("stages").is_some());
        Self {
            trigger,
            pipeline: pipeline.map(PipelineOutline::of),
        }
    }

    pub(crate) fn variable(&self, name: &str) -> Option<&Variable<'n>> {
        self.pipeline.as_ref()?.variables.get(name)
    }
}

impl<'n> PipelineOutline<'n> {
    fn of(body: &'n Node) -> Self {
        let variables = body.get("variables").into_iter().flat_map(Node::items);
        let stages = bodies(body, "stages", "stage");
        let mut inside = stages.iter().flat_map(|stage| steps_and_groups(stage));
        Self {
            has_approval: inside.any(is_approval),
            variables: variables
                .filter_map(|node| Some((node.get("name")?.text()?, Variable::of(node))))
                .collect(),
            stages: (stages.into_iter())
                .filter_map(|body| Some((body.get("identifier")?.text()?, StageOutline::of(body))))
                .collect(),
        }
    }

    /// The stage in which a node stands.
    pub(crate) fn stage_around(&self, node: &Node) -> Option<&StageOutline<'n>> {
        self.stages
            .values()
            .find(|stage| stage.body.span.start <= node.span.start && node.span.end <= stage.body.span.end)
    }
}

/// Whether a step waits for somebody's word.
pub(crate) fn is_approval(step: &Node) -> bool {
    type_of(step).is_some_and(|kind| kind.ends_with("Approval"))
}

impl<'n> Variable<'n> {
    fn of(node: &'n Node) -> Self {
        let input = node.get("value").and_then(Node::text).and_then(InputExpression::parse);
        let allowed = input.and_then(|input| input.allowed_values).unwrap_or_default();
        let is_dashed = |value: &&String| value.contains('-') && !value.contains("<+");
        Self {
            node,
            dashed: allowed.iter().filter(is_dashed).take(MAX_DASHED).cloned().collect(),
            allowed,
        }
    }
}

impl<'n> StageOutline<'n> {
    fn of(body: &'n Node) -> Self {
        let inside = steps_and_groups(body);
        Self {
            body,
            steps: (inside.iter())
                .filter_map(|step| step.get("identifier")?.text())
                .collect(),
            has_hidden_steps: body.get("template").is_some()
                || inside.iter().any(|step| step.get("template").is_some()),
        }
    }
}
