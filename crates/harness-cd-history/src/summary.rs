//! The parts of an execution summary and of an execution graph that shaping reads.
//!
//! Source: Harness's OpenAPI bundle and its generated clients; every member may be absent.

use std::borrow::Cow;
use std::cell::LazyCell;
use std::collections::BTreeSet;

use harness_cd_model::{ChildRun, ExecutionStatus, StatusPhase};

use crate::ShapeError;
use crate::graph::{Index, walk};
use crate::lenient::{Entries, List, Number, Text, object};

object! {
    /// `PipelineExecutionSummary`
    Summary {
        execution_id: Text<'a> = "planExecutionId",
        pipeline: Text<'a> = "pipelineIdentifier",
        pipeline_name: Text<'a> = "name",
        org: Text<'a> = "orgIdentifier",
        project: Text<'a> = "projectIdentifier",
        status: Text<'a> = "status",
        run_number: Number = "runSequence",
        created_at: Number = "createdAt",
        started_at: Number = "startTs",
        ended_at: Number = "endTs",
        mode: Text<'a> = "executionMode",
        trigger: TriggerInfo<'a> = "executionTriggerInfo",
        shows_retries: Text<'a> = "showRetryHistory",
        can_retry: Text<'a> = "canRetry",
        failure: FailureInfo<'a> = "failureInfo",
        error: FailureInfo<'a> = "executionErrorInfo",
        has_chosen_stages: Text<'a> = "stagesExecution" | "isStagesExecution",
        chosen_stages: List<Text<'a>> = "stagesExecuted",
        starting_node: Text<'a> = "startingNodeId",
        nodes: Entries<'a, LayoutNode<'a>> = "layoutNodeMap",
        parent: ParentStageInfo<'a> = "parentStageInfo",
    }
    /// `PipelineStageInfo`: the stage of another execution that has started this one.
    ParentStageInfo { has_parent: Text<'a> = "hasparentpipeline" | "hasParentPipeline" }
    /// `ExecutionTriggerInfo`
    TriggerInfo {
        trigger_type: Text<'a> = "triggerType",
        by: TriggeredBy<'a> = "triggeredBy",
        rerun: RerunInfo<'a> = "rerunInfo",
    }
    /// `RerunInfo`
    RerunInfo { earlier: Text<'a> = "prevExecutionId" }
    /// `TriggeredBy`
    TriggeredBy {
        identifier: Text<'a> = "identifier",
        extra: TriggeredByExtra<'a> = "extraInfo",
    }
    /// Further facts of `TriggeredBy`.
    TriggeredByExtra { email: Text<'a> = "email" }
    /// `FailureInfo` and `ExecutionErrorInfo`
    FailureInfo { message: Text<'a> = "message" }
    /// `GraphLayoutNode`: a stage, or a frame around several.
    LayoutNode {
        node_type: Text<'a> = "nodeType",
        identifier: Text<'a> = "nodeIdentifier",
        name: Text<'a> = "name",
        execution_id: Text<'a> = "nodeExecutionId",
        status: Text<'a> = "status",
        started_at: Number = "startTs",
        ended_at: Number = "endTs",
        module_info: ModuleInfo<'a> = "moduleInfo",
        edges: Edges<'a> = "edgeLayoutList",
        run_info: NodeRunInfo<'a> = "nodeRunInfo",
        failure: FailureInfo<'a> = "failureInfo",
        failure_detail: FailureInfo<'a> = "failureInfoDTO",
    }
    /// `NodeRunInfo`: whether a stage runs.
    NodeRunInfo {
        condition: Text<'a> = "whenCondition",
        evaluated: Text<'a> = "evaluatedCondition",
    }
    /// `EdgeLayoutList` and `ExecutionNodeAdjacencyList`
    Edges {
        children: List<Text<'a>> = "currentNodeChildren" | "children",
        next: List<Text<'a>> = "nextIds",
    }
    /// What each module says of a stage.
    ModuleInfo { cd: CdInfo<'a> = "cd" }
    /// What the CD module says of a stage.
    CdInfo {
        service: ServiceInfo<'a> = "serviceInfo",
        infrastructure: InfrastructureInfo<'a> = "infraExecutionSummary",
        gitops: GitOpsInfo<'a> = "gitopsExecutionSummary",
    }
    /// `ServiceExecutionSummary`
    ServiceInfo {
        identifier: Text<'a> = "identifier",
        name: Text<'a> = "displayName",
        artifacts: Artifacts<'a> = "artifacts",
        manifest: ManifestInfo<'a> = "manifestInfo",
    }
    /// The summary of a service's manifest.
    ManifestInfo { chart_version: Text<'a> = "chartVersion" }
    /// The artifacts of a service.
    Artifacts { primary: Artifact<'a> = "primary" }
    /// The summary of an artifact of any type.
    Artifact {
        path: Text<'a> = "imagePath" | "artifactPath",
        tag: Text<'a> = "tag",
        version: Text<'a> = "version",
        digest: Text<'a> = "digest",
        display_name: Text<'a> = "displayName",
    }
    /// `InfraExecutionSummary`
    InfrastructureInfo {
        environment: Text<'a> = "identifier",
        environment_name: Text<'a> = "name",
        environment_type: Text<'a> = "type",
        identifier: Text<'a> = "infrastructureIdentifier",
        name: Text<'a> = "infrastructureName",
    }
    /// `GitOpsExecutionSummary`: the environments of a stage that deploys by GitOps, without infrastructures.
    GitOpsInfo { environments: List<InfrastructureInfo<'a>> = "environments" }
    /// `ExecutionGraph`
    Graph {
        nodes: Entries<'a, GraphNode<'a>> = "nodeMap",
        edges: Entries<'a, Edges<'a>> = "nodeAdjacencyListMap",
    }
    /// `ExecutionNode`: a stage, a section, a group or a step.
    GraphNode {
        setup_id: Text<'a> = "setupId",
        identifier: Text<'a> = "identifier",
        name: Text<'a> = "name",
        step_type: Text<'a> = "stepType",
        status: Text<'a> = "status",
        started_at: Number = "startTs",
        ended_at: Number = "endTs",
        failure: FailureInfo<'a> = "failureInfo",
        details: StepDetails<'a> = "stepDetails",
        path: Text<'a> = "baseFqn",
        outcomes: Outcomes<'a> = "outcomes",
    }
    /// What a step has brought about, by the outcome's name.
    Outcomes { output: ScriptOutcome<'a> = "output" }
    /// `ShellScriptOutcome`
    ScriptOutcome { variables: Entries<'a, Text<'a>> = "outputVariables" }
    /// What a step says of itself.
    StepDetails { child: ChildDetails<'a> = "childPipelineExecutionDetails" }
    /// `ChildPipelineExecutionDetails`
    ChildDetails {
        execution_id: Text<'a> = "planExecutionId",
        org: Text<'a> = "orgId",
        project: Text<'a> = "projectId",
    }
    /// The members of Harness's envelope that tell an error.
    Envelope {
        status: Text<'a> = "status",
        code: Text<'a> = "code",
        message: Text<'a> = "message",
        messages: List<FailureInfo<'a>> = "responseMessages",
    }
    /// An answer with details, in its envelope.
    DetailAnswer { data: DetailData<'a> = "data" }
    /// `PipelineExecutionDetail`, or what became of a webhook's event, which has one in it.
    DetailData {
        summary: Summary<'a> = "pipelineExecutionSummary",
        graph: Graph<'a> = "executionGraph",
        of_event: Detail<'a> = "executionDetails",
    }
    /// `PipelineExecutionDetail`
    Detail {
        summary: Summary<'a> = "pipelineExecutionSummary",
        graph: Graph<'a> = "executionGraph",
    }
}

impl<'a> DetailData<'a> {
    pub(crate) fn detail(self) -> Detail<'a> {
        if self.summary.is_one() {
            let Self { summary, graph, .. } = self;
            return Detail { summary, graph };
        }
        self.of_event
    }
}

/// Where an execution, a stage or a step stands.
pub(crate) struct Standing {
    /// As it came; an absent one is unknown.
    pub(crate) status: ExecutionStatus,
    pub(crate) phase: StatusPhase,
    /// Epoch ms; only where it is over.
    pub(crate) ended_at: Option<i64>,
}

impl Standing {
    pub(crate) fn of(status: &Text<'_>, ended_at: Number) -> Self {
        let status = ExecutionStatus::parse(status.get().unwrap_or("Unknown"));
        // Some answers write 0 where there is no end.
        let end = ended_at.0.filter(|end| *end > 0);
        let phase = match end {
            Some(_) => status.phase_with_end(),
            None => status.phase(),
        };
        let ended_at = end.filter(|_| phase.is_terminal());
        Self {
            status,
            phase,
            ended_at,
        }
    }

    /// The same of a part of an execution: what has not begun when that is over never will.
    pub(crate) fn within(self, execution: &Self) -> Self {
        let is_left_out = self.phase == StatusPhase::Queued && execution.phase.is_terminal();
        let phase = if is_left_out { StatusPhase::Skipped } else { self.phase };
        Self { phase, ..self }
    }
}

impl Edges<'_> {
    /// Children and successors, as places in `index`.
    pub(crate) fn places<'i>(
        &'i self,
        index: &'i Index<'_>,
    ) -> (
        impl DoubleEndedIterator<Item = usize> + 'i,
        impl DoubleEndedIterator<Item = usize> + 'i,
    ) {
        let places = |ids: &'i List<Text<'_>>| ids.0.iter().filter_map(|id| index.find(id.get()?));
        (places(&self.children), places(&self.next))
    }
}

impl FailureInfo<'_> {
    pub(crate) fn message(&self) -> Option<&str> {
        self.message.get().map(str::trim).filter(|message| !message.is_empty())
    }
}

impl LayoutNode<'_> {
    pub(crate) fn standing(&self) -> Standing {
        Standing::of(&self.status, self.ended_at)
    }

    pub(crate) fn failure(&self) -> Option<&str> {
        self.failure_detail.message().or_else(|| self.failure.message())
    }

    pub(crate) fn is(&self, node_type: &str) -> bool {
        self.node_type.get() == Some(node_type)
    }

    /// Whether it did or does anything.
    pub(crate) fn has_begun(&self) -> bool {
        !matches!(self.standing().phase, StatusPhase::Skipped | StatusPhase::Queued)
    }

    /// Whether it is a stage, and not a frame around several or the rollback of them all.
    pub(crate) fn is_stage(&self) -> bool {
        const FRAMES: [&str; 6] = [
            "parallel",
            "MATRIX",
            "LOOP",
            "PARALLELISM",
            "STRATEGY",
            PIPELINE_ROLLBACK,
        ];
        let node_type = self.node_type.get().unwrap_or_default();
        !FRAMES.iter().any(|frame| frame.eq_ignore_ascii_case(node_type))
    }
}

/// The type of the node that takes a whole execution back.
pub(crate) const PIPELINE_ROLLBACK: &str = "PipelineRollback";

impl Graph<'_> {
    /// The execution that a stage of type Pipeline has started.
    pub(crate) fn child_of(&self, (key, stage): Stage<'_, '_>) -> Option<ChildRun> {
        let is_stage = |(id, node): &&(Cow<'_, str>, GraphNode<'_>)| {
            stage.execution_id.get() == Some(id) || node.setup_id.get() == Some(key)
        };
        let (_, node) = self.nodes.0.iter().find(is_stage)?;
        let child = &node.details.child;
        Some(ChildRun {
            execution_id: child.execution_id.owned()?,
            org: child.org.owned(),
            project: child.project.owned(),
        })
    }
}

impl Envelope<'_> {
    /// An answer of HTTP status 200 may still be an error.
    pub(crate) fn refusal(&self) -> Option<ShapeError> {
        if !matches!(self.status.get(), Some("ERROR" | "FAILURE")) {
            return None;
        }
        let mut messages: Vec<&str> = Vec::new();
        let several = self.messages.0.iter().map(|one| &one.message);
        for message in std::iter::once(&self.message).chain(several).filter_map(Text::get) {
            if !messages.contains(&message) {
                messages.push(message);
            }
        }
        let message = if messages.is_empty() {
            "it does not say why".to_owned()
        } else {
            messages.join("; ")
        };
        Some(ShapeError::Refused {
            code: self.code.owned(),
            message,
        })
    }
}

/// A stage and its key in the layout.
pub(crate) type Stage<'s, 'a> = (&'s str, &'s LayoutNode<'a>);

impl<'a> Summary<'a> {
    /// Whether this is a summary at all, and not some other object.
    pub(crate) fn is_one(&self) -> bool {
        self.execution_id.get().is_some() || self.pipeline.get().is_some() || !self.nodes.0.is_empty()
    }

    pub(crate) fn standing(&self) -> Standing {
        Standing::of(&self.status, self.ended_at)
    }

    pub(crate) fn failure(&self) -> Option<&str> {
        self.failure.message().or_else(|| self.error.message())
    }

    /// The stages in the order of execution. Nodes that no edge leads to come last, and are not lost; where such a one
    /// has not begun, it is the pattern of a repeated stage and none itself.
    pub(crate) fn stages(&self) -> Vec<Stage<'_, 'a>> {
        let nodes = &self.nodes.0;
        let index = Index::new(nodes.iter().map(|(key, _)| key.as_ref()));
        let start = self.starting_node.get().and_then(|id| index.find(id));
        let no_edges = Edges::default();
        let edges = |node: usize| {
            nodes
                .get(node)
                .map_or(&no_edges, |(_, node)| &node.edges)
                .places(&index)
        };
        // Asked for where a stage has not started, which most runs have none of.
        let led_to = LazyCell::new(|| -> BTreeSet<usize> {
            let places = (0..nodes.len()).map(edges);
            places
                .flat_map(|(children, next)| children.chain(next))
                .chain(start)
                .collect()
        });
        let is_pattern = |place: usize, node: &LayoutNode<'_>| {
            start.is_some() && node.standing().status == ExecutionStatus::NotStarted && !led_to.contains(&place)
        };
        let visits = walk(nodes.len(), start.into_iter().chain(0..nodes.len()), edges);
        let met = visits
            .into_iter()
            .filter_map(|visit| Some((visit.node, nodes.get(visit.node)?)));
        met.filter(|(place, (_, node))| !is_pattern(*place, node))
            .map(|(_, (key, node))| (key.as_ref(), node))
            .collect()
    }
}
