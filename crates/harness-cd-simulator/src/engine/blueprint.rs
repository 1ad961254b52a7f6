//! What a pipeline is going to do: its filled YAML as stages and steps. It knows no ids and no times, so that the runs
//! of one pipeline share it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::approval::ApprovalSpec;
use super::asks::{StageAsks, asked_mid_run};
use super::looping::Looping;
use super::outputs::{Output, outputs};
use super::path;
use super::strategy::{Strategy, strategies};
use super::target::DeploySpec;
use crate::tables::expression::{self, Context};
use crate::tables::invented;
use crate::tables::reading::{items, milliseconds, text, texts};

/// A pipeline that can run.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Blueprint {
    /// Each lane after the one before it, the stages of a lane at the same time.
    pub(crate) lanes: Vec<Lane>,
    /// The pipeline's rules about outbound notifications, as written.
    pub(crate) notification_rules: Vec<Value>,
    pub(crate) allows_stage_executions: bool,
}

/// One stage, or several that run in parallel.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Lane {
    /// The path of the group, for the stages of a `parallel` block.
    pub(crate) parallel: Option<String>,
    pub(crate) stages: Vec<Stage>,
}

/// A stage.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Stage {
    /// `stages.<identifier>`: what its ids follow from.
    pub(crate) path: String,
    pub(crate) identifier: String,
    pub(crate) name: String,
    pub(crate) kind: String,
    pub(crate) when: When,
    pub(crate) looping: Option<Looping>,
    pub(crate) strategies: Vec<Strategy>,
    pub(crate) timeout_ms: i64,
    /// What is asked when it begins.
    pub(crate) asks: Option<StageAsks>,
    pub(crate) steps: Vec<Node>,
    pub(crate) rollback: Vec<Node>,
    /// What a Deployment stage brings where.
    pub(crate) deploys: Option<DeploySpec>,
    /// What a Pipeline stage runs.
    pub(crate) chained: Option<Chained>,
}

/// The pipeline that a stage runs. Source: run-inputs §9 [HUB].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Chained {
    pub(crate) org: String,
    pub(crate) project: String,
    pub(crate) pipeline: String,
    pub(crate) inputs: Value,
    pub(crate) input_sets: Vec<String>,
}

/// When something runs at all.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct When {
    pub(crate) after: After,
    pub(crate) condition: Option<String>,
}

/// On which course of the pipeline, or of the stage, so far. Source: harness-api §1.1 [SCH].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum After {
    #[default]
    Success,
    Failure,
    All,
}

impl Stage {
    /// Whether it, or something in it, asks while the run goes on.
    pub(crate) fn asks_mid_run(&self) -> bool {
        self.asks.is_some() || asks(&self.steps)
    }
}

fn asks(nodes: &[Node]) -> bool {
    nodes.iter().any(|node| match &node.work {
        Work::Group { steps } | Work::Parallel { steps } => asks(steps),
        Work::Step { .. } | Work::Approval(_) | Work::Queue { .. } => node.asks.is_some(),
    })
}

impl When {
    fn read(node: &Value, key: &str) -> Self {
        Self {
            after: match text(node, &format!("/when/{key}")).as_deref() {
                Some("All") => After::All,
                Some("Failure") => After::Failure,
                _ => After::Success,
            },
            condition: text(node, "/when/condition"),
        }
    }

    /// Whether nothing is asked, or what is asked holds.
    pub(crate) fn holds(&self, context: &Context) -> bool {
        let condition = self.condition.as_ref();
        condition.is_none_or(|text| expression::holds(text, context) == Ok(true))
    }

    /// Whether the course so far suits.
    pub(crate) fn suits(&self, failed: Course) -> bool {
        match self.after {
            After::All => true,
            After::Success => failed == Course::Well,
            After::Failure => failed == Course::Failed,
        }
    }
}

/// How it has gone so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Course {
    Well,
    Failed,
}

/// A step, a group of steps, or steps side by side.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Node {
    pub(crate) path: String,
    pub(crate) identifier: String,
    pub(crate) name: String,
    pub(crate) kind: String,
    pub(crate) when: When,
    pub(crate) looping: Option<Looping>,
    pub(crate) strategies: Vec<Strategy>,
    pub(crate) timeout_ms: i64,
    /// What is asked when it begins: the YAML around its execution inputs.
    pub(crate) asks: Option<Value>,
    /// The output variables of a script.
    pub(crate) outputs: Option<Vec<Output>>,
    pub(crate) work: Work,
}

/// What a node does.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Work {
    /// Takes so long, ms.
    Step { usual_ms: i64 },
    /// Waits for people.
    Approval(Box<ApprovalSpec>),
    /// Waits until nobody else holds the key.
    Queue { key: String, hold: Hold },
    /// One after the other.
    Group { steps: Vec<Node> },
    /// At the same time.
    Parallel { steps: Vec<Node> },
}

/// How long a Queue step keeps its key. Source: harness-api §3.7 (queue) [SCH QueueStepInfo, `scope`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Hold {
    /// Until the run ends.
    Pipeline,
    /// Until its stage ends.
    Stage,
}

impl Blueprint {
    /// Reads what stands under `pipeline`, with its inputs filled in.
    ///
    /// # Errors
    /// A sentence, when the pipeline has no stages.
    pub(crate) fn read(pipeline: &Value) -> Result<Self, String> {
        let mut lanes: Vec<Lane> = items(pipeline, "/stages").iter().enumerate().filter_map(lane).collect();
        propagate(&mut lanes);
        if lanes.is_empty() {
            return Err("the pipeline has no stages".to_owned());
        }
        Ok(Self {
            lanes,
            notification_rules: items(pipeline, "/notificationRules").to_vec(),
            allows_stage_executions: crate::tables::reading::is_true(pipeline, "/allowStageExecutions"),
        })
    }

    /// Every stage in the order of the pipeline.
    pub(crate) fn stages(&self) -> impl Iterator<Item = &Stage> {
        self.lanes.iter().flat_map(|lane| &lane.stages)
    }

    /// Whether what a run does depends on other runs.
    pub(crate) fn depends_on_others(&self) -> bool {
        self.has_queue() || self.stages().any(|stage| stage.chained.is_some())
    }

    /// Whether a step waits for a key.
    pub(crate) fn has_queue(&self) -> bool {
        self.stages().any(|stage| queue(&stage.steps))
    }

    /// Source: harness-api §12.41 [CORE]: `["pms"]` for pipelines without CD or CI stages.
    pub(crate) fn modules(&self) -> Vec<&'static str> {
        let has = |kind: &str| self.stages().any(|stage| stage.kind == kind);
        let modules = [("cd", has("Deployment")), ("ci", has("CI")), ("pms", true)];
        modules
            .into_iter()
            .filter(|(_, present)| *present)
            .map(|(module, _)| module)
            .collect()
    }
}

/// Gives stages the services and environments that they take from others.
fn propagate(lanes: &mut [Lane]) {
    let stages = lanes.iter().flat_map(|lane| &lane.stages);
    let specs: BTreeMap<String, DeploySpec> = stages
        .filter_map(|stage| Some((stage.identifier.clone(), stage.deploys.clone()?)))
        .collect();
    for deploys in lanes
        .iter_mut()
        .flat_map(|lane| &mut lane.stages)
        .filter_map(|stage| stage.deploys.as_mut())
    {
        let [services, environments] = deploys.takes_from().map(|stage| specs.get(&stage?));
        deploys.take(services, environments);
    }
}

fn queue(nodes: &[Node]) -> bool {
    nodes.iter().any(|node| match &node.work {
        Work::Queue { .. } => true,
        Work::Group { steps } | Work::Parallel { steps } => queue(steps),
        Work::Step { .. } | Work::Approval(_) => false,
    })
}

fn lane((index, element): (usize, &Value)) -> Option<Lane> {
    if let Some(of) = element.get("stage") {
        return Some(Lane {
            parallel: None,
            stages: vec![stage(of)],
        });
    }
    let parallel = element.get("parallel")?.as_array()?;
    Some(Lane {
        parallel: Some(path::fork("stages", index)),
        stages: parallel.iter().filter_map(|one| one.get("stage")).map(stage).collect(),
    })
}

fn stage(stage: &Value) -> Stage {
    let identifier = text(stage, "/identifier").unwrap_or_default();
    let kind = text(stage, "/type").unwrap_or_default();
    let path = format!("stages.{identifier}");
    let steps = |key: &str| {
        nodes(
            items(stage, &format!("/spec/execution/{key}")),
            &format!("{path}.spec.execution.{key}"),
        )
    };
    Stage {
        name: text(stage, "/name").unwrap_or_else(|| identifier.clone()),
        when: When::read(stage, "pipelineStatus"),
        looping: Looping::read(stage),
        strategies: strategies(stage),
        timeout_ms: milliseconds(stage, "/timeout").unwrap_or(invented::STAGE_TIMEOUT_MS),
        // What a Pipeline stage leaves open its own run asks for.
        asks: StageAsks::read(stage).filter(|_| kind != "Pipeline"),
        steps: steps("steps"),
        rollback: steps("rollbackSteps"),
        deploys: (kind == "Deployment").then(|| DeploySpec::read(stage)),
        chained: (kind == "Pipeline").then(|| chained(stage)),
        path,
        identifier,
        kind,
    }
}

fn chained(stage: &Value) -> Chained {
    let named = |pointer: &str| text(stage, pointer).unwrap_or_default();
    Chained {
        org: named("/spec/org"),
        project: named("/spec/project"),
        pipeline: named("/spec/pipeline"),
        inputs: stage.pointer("/spec/inputs").cloned().unwrap_or(Value::Null),
        input_sets: texts(stage, "/spec/inputSetReferences"),
    }
}

fn nodes(elements: &[Value], parent: &str) -> Vec<Node> {
    elements
        .iter()
        .enumerate()
        .filter_map(|(index, element)| node(element, parent, index))
        .collect()
}

fn node(element: &Value, parent: &str, index: usize) -> Option<Node> {
    if let Some(group) = element.get("stepGroup") {
        let path = path_of(group, parent);
        let steps = nodes(items(group, "/steps"), &format!("{path}.steps"));
        return Some(named(path, group, "STEP_GROUP", Work::Group { steps }));
    }
    if let Some(parallel) = element.get("parallel").and_then(Value::as_array) {
        let path = path::fork(parent, index);
        let steps = nodes(parallel, &path);
        // Source: harness-api §12.28 [CORE].
        return Some(named(path, &Value::Null, "NG_FORK", Work::Parallel { steps }));
    }
    let step = element.get("step")?;
    let kind = text(step, "/type").unwrap_or_default();
    let work = match kind.as_str() {
        "HarnessApproval" => Work::Approval(Box::new(ApprovalSpec::read(step))),
        "Queue" => Work::Queue {
            key: text(step, "/spec/key").unwrap_or_default(),
            hold: if text(step, "/spec/scope").as_deref() == Some("Stage") {
                Hold::Stage
            } else {
                Hold::Pipeline
            },
        },
        _ => Work::Step {
            usual_ms: invented::step_ms(&kind, step),
        },
    };
    let asks = asked_mid_run(step);
    Some(Node {
        asks,
        outputs: outputs(&kind, step),
        ..named(path_of(step, parent), step, &kind, work)
    })
}

fn path_of(node: &Value, parent: &str) -> String {
    format!("{parent}.{}", text(node, "/identifier").unwrap_or_default())
}

fn named(path: String, node: &Value, kind: &str, work: Work) -> Node {
    let identifier = text(node, "/identifier").unwrap_or_else(|| "parallel".to_owned());
    Node {
        path,
        name: text(node, "/name").unwrap_or_else(|| identifier.clone()),
        identifier,
        kind: kind.to_owned(),
        when: When::read(node, "stageStatus"),
        looping: Looping::read(node),
        strategies: strategies(node),
        timeout_ms: milliseconds(node, "/timeout").unwrap_or(invented::STEP_TIMEOUT_MS),
        asks: None,
        outputs: None,
        work,
    }
}
