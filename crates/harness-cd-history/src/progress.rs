//! How far one execution is: its stages and steps.

use harness_cd_model::{ExecutionProgress, ExecutionStage, ExecutionStatus, ExecutionStep, StatusPhase};

use crate::body::read;
use crate::condition::{Known, condition};
use crate::graph::{Index, Visit, walk};
use crate::lenient::ReadInto;
use crate::links::links;
use crate::outputs::outputs;
use crate::summary::{
    DetailAnswer, DetailData, Edges, Envelope, Graph, GraphNode, LayoutNode, PIPELINE_ROLLBACK, Standing,
};
use crate::{HistoryOptions, ShapeError};

/// Shapes an execution's details, with Harness's envelope or without, into its stages and their steps.
///
/// What is no part of the run is left out: stages that were skipped or not chosen, that had not begun when it was over,
/// or whose condition asks for another value than the condition of a stage that has begun. So are the frames around
/// parallel and repeated stages. The name of a step in a step group is `group / step`.
///
/// # Errors
/// [`ShapeError`] for a body that is no such answer.
pub fn shape_progress(body: &[u8], options: &HistoryOptions) -> Result<ExecutionProgress, ShapeError> {
    let mut envelope = Envelope::default();
    read(body, ReadInto(&mut envelope))?;
    if let Some(refusal) = envelope.refusal() {
        return Err(refusal);
    }
    let mut answer = DetailAnswer::default();
    read(body, ReadInto(&mut answer))?;
    let mut detail = answer.data.detail();
    if !detail.summary.is_one() {
        let mut bare = DetailData::default();
        read(body, ReadInto(&mut bare))?;
        detail = bare.detail();
    }
    let summary = &detail.summary;
    let execution_id = summary.execution_id.get().ok_or(ShapeError::NotHistory)?.to_owned();
    let steps = Steps::new(&detail.graph);
    let execution = summary.standing();
    let stages = summary.stages();
    let known = Known::of(summary, &stages);
    let stages = stages
        .into_iter()
        .filter(|(_, node)| is_shown(node) && (node.has_begun() || !known.rules_out(node)))
        .map(|(key, node)| stage(key, node, &execution, &steps))
        .filter(|stage| stage.phase != StatusPhase::Skipped)
        .collect();
    let Standing {
        status,
        phase,
        ended_at,
    } = execution;
    Ok(ExecutionProgress {
        execution_id,
        org: summary.org.owned(),
        project: summary.project.owned(),
        pipeline: summary.pipeline.get().unwrap_or_default().to_owned(),
        status,
        phase,
        started_at: summary.started_at.0,
        ended_at,
        failure: summary.failure().map(str::to_owned),
        stages,
        output_variables: outputs(&detail.graph),
        url: links(summary, options).map(|links| links.execution),
    })
}

/// Whether a layout node is a stage, or the rollback of a whole pipeline that was needed.
fn is_shown(node: &LayoutNode<'_>) -> bool {
    node.is_stage() || (node.is(PIPELINE_ROLLBACK) && node.has_begun())
}

fn stage(key: &str, node: &LayoutNode<'_>, execution: &Standing, steps: &Steps<'_>) -> ExecutionStage {
    let Standing {
        status,
        phase,
        ended_at,
    } = node.standing().within(execution);
    let identifier = node.identifier.get().unwrap_or(key);
    let of_stage = steps.of_stage(key, node);
    let asks_itself = status == ExecutionStatus::InputWaiting && of_stage.iter().all(|step| step.asking_node.is_none());
    ExecutionStage {
        identifier: identifier.to_owned(),
        name: node.name.get().unwrap_or(identifier).to_owned(),
        stage_type: node.node_type.get().unwrap_or_default().to_owned(),
        status,
        phase,
        started_at: node.started_at.0,
        ended_at,
        failure: node.failure().map(str::to_owned),
        condition: condition(node).filter(|_| !node.has_begun()).map(str::to_owned),
        child: steps.graph.child_of((key, node)),
        asking_node: node.execution_id.owned().filter(|_| asks_itself),
        steps: of_stage,
    }
}

/// The execution graph, ready to be asked for the steps of a stage.
struct Steps<'a> {
    graph: &'a Graph<'a>,
    nodes: Index<'a>,
    edges: Index<'a>,
    no_edges: Edges<'a>,
}

impl<'a> Steps<'a> {
    fn new(graph: &'a Graph<'a>) -> Self {
        Self {
            graph,
            nodes: Index::new(graph.nodes.0.iter().map(|(id, _)| id.as_ref())),
            edges: Index::new(graph.edges.0.iter().map(|(id, _)| id.as_ref())),
            no_edges: Edges::default(),
        }
    }

    /// The steps below a stage's node, in the order of execution; none where the graph does not hold the stage.
    fn of_stage(&self, key: &str, stage: &LayoutNode<'_>) -> Vec<ExecutionStep> {
        let by_run = stage.execution_id.get().and_then(|id| self.nodes.find(id));
        let by_plan = || {
            self.graph
                .nodes
                .0
                .iter()
                .position(|(_, node)| node.setup_id.get() == Some(key))
        };
        let Some(root) = by_run.or_else(by_plan) else {
            return Vec::new();
        };
        // What follows the stage's own node is the next stage.
        let visits = walk(
            self.graph.nodes.0.len(),
            self.edges_of(root).places(&self.nodes).0,
            |node| self.edges_of(node).places(&self.nodes),
        );
        let steps = visits.iter().filter_map(|visit| Some((visit, self.node(visit.node)?)));
        steps
            .filter(|(visit, node)| self.edges_of(visit.node).children.0.is_empty() && !is_section(node))
            .map(|(visit, node)| step(self.id(visit.node), node, self.group_names(visit, &visits)))
            .collect()
    }

    fn id(&self, place: usize) -> &str {
        self.graph.nodes.0.get(place).map_or("", |(id, _)| id)
    }

    fn node(&self, place: usize) -> Option<&'a GraphNode<'a>> {
        self.graph.nodes.0.get(place).map(|(_, node)| node)
    }

    fn edges_of(&self, place: usize) -> &Edges<'a> {
        let id = self.graph.nodes.0.get(place).map(|(id, _)| id);
        let edges = id.and_then(|id| self.graph.edges.0.get(self.edges.find(id)?));
        edges.map_or(&self.no_edges, |(_, edges)| edges)
    }

    /// The names of the step groups around a visited node, outermost first.
    fn group_names(&self, visit: &Visit, visits: &[Visit]) -> Vec<&'a str> {
        let around = |visit: &&Visit| visits.get(visit.parent?);
        let mut names: Vec<_> = std::iter::successors(around(&visit), around)
            .filter_map(|visit| self.node(visit.node))
            .filter(|node| is_group(node))
            .filter_map(|node| node.name.get().or(node.identifier.get()))
            .collect();
        names.reverse();
        names
    }
}

fn step_type<'n>(node: &'n GraphNode<'_>) -> &'n str {
    node.step_type.get().unwrap_or_default()
}

/// Frames without a step in them, such as the rollback section of a stage that went well.
fn is_section(node: &GraphNode<'_>) -> bool {
    let step_type = step_type(node);
    step_type.starts_with("NG_") || step_type == "ROLLBACK_OPTIONAL_CHILD_CHAIN" || is_group(node)
}

fn is_group(node: &GraphNode<'_>) -> bool {
    matches!(step_type(node), "STEP_GROUP" | "StepGroup")
}

fn step(id: &str, node: &GraphNode<'_>, groups: Vec<&str>) -> ExecutionStep {
    let Standing {
        status,
        phase,
        ended_at,
    } = Standing::of(&node.status, node.ended_at);
    let asks = status == ExecutionStatus::InputWaiting;
    let identifier = node.identifier.get().unwrap_or_default();
    let name = node.name.get().unwrap_or(identifier);
    ExecutionStep {
        identifier: identifier.to_owned(),
        name: groups.into_iter().chain([name]).collect::<Vec<_>>().join(" / "),
        step_type: step_type(node).to_owned(),
        status,
        phase,
        started_at: node.started_at.0,
        ended_at,
        failure: node.failure.message().map(str::to_owned),
        asking_node: asks.then(|| id.to_owned()),
    }
}
