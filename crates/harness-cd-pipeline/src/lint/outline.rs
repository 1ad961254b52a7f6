//! What a rule may ask about the document as a whole.

use std::collections::{BTreeMap, BTreeSet};

use harness_cd_yaml::Node;

use crate::inputs::InputExpression;
use crate::stages::{bodies, steps_and_groups};

/// The parts of a document that others in it refer to.
#[derive(Default)]
pub(super) struct Outline<'n> {
    /// The trigger to whose inputs the document belongs: a part of a pipeline, laid over the whole one.
    pub(super) trigger: Option<&'n Node>,
    pub(super) pipeline: Option<PipelineOutline<'n>>,
}

/// A pipeline that stands in the document as a whole.
pub(super) struct PipelineOutline<'n> {
    /// By name.
    pub(super) variables: BTreeMap<&'n str, &'n Node>,
    /// By identifier.
    pub(super) stages: BTreeMap<&'n str, StageOutline<'n>>,
}

/// A stage.
pub(super) struct StageOutline<'n> {
    pub(super) body: &'n Node,
    /// The identifiers of its steps and step groups.
    pub(super) steps: BTreeSet<&'n str>,
    /// Whether some of them come from templates, which are not in sight.
    pub(super) has_hidden_steps: bool,
}

impl<'n> Outline<'n> {
    pub(super) fn of(root: &'n Node, trigger: Option<&'n Node>) -> Self {
        let pipeline = root
            .get("pipeline")
            .filter(|body| trigger.is_none() && body.get("template").is_none() && body.get("stages").is_some());
        Self {
            trigger,
            pipeline: pipeline.map(PipelineOutline::of),
        }
    }

    /// The values that a pipeline's variable may have, if its declaration says.
    pub(super) fn allowed_values(&self, variable: &str) -> Vec<String> {
        let declared = self
            .pipeline
            .as_ref()
            .and_then(|pipeline| pipeline.variables.get(variable)?.get("value")?.text());
        declared
            .and_then(InputExpression::parse)
            .and_then(|input| input.allowed_values)
            .unwrap_or_default()
    }
}

impl<'n> PipelineOutline<'n> {
    fn of(body: &'n Node) -> Self {
        let named = |variable: &'n Node| Some((variable.get("name")?.text()?, variable));
        let stages = bodies(body, "stages", "stage").into_iter();
        Self {
            variables: (body.get("variables").into_iter().flat_map(Node::items))
                .filter_map(named)
                .collect(),
            stages: stages
                .filter_map(|body| Some((body.get("identifier")?.text()?, StageOutline::of(body))))
                .collect(),
        }
    }

    /// The stage in which a node stands.
    pub(super) fn stage_around(&self, node: &Node) -> Option<&StageOutline<'n>> {
        self.stages
            .values()
            .find(|stage| stage.body.span.start <= node.span.start && node.span.end <= stage.body.span.end)
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
