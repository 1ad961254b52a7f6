//! What a run is going to do: the filled pipeline as stages and steps with ids, durations and conditions.

use harness_cd_model::duration_ms;
use serde::Deserialize;
use serde_json::Value;

use crate::expression::{self, Context};
use crate::inputs::scalar_text;
use crate::random::Random;
use crate::store::Store;

/// How a run ends, chosen by `POST /simulator/outcomes`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum RunOutcome {
    /// Every step succeeds.
    #[default]
    Success,
    /// The first verification fails; the first deployment where there is none.
    FailVerify,
    /// The first deployment fails.
    FailDeploy,
}

/// The stages of a run: each lane after the one before it, the stages of a lane at the same time.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub(crate) root: Ids,
    pub(crate) lanes: Vec<Lane>,
}

/// One stage, or several that run in parallel.
#[derive(Clone, Debug)]
pub(crate) struct Lane {
    pub(crate) stages: Vec<Stage>,
    /// The node that holds the stages of a `parallel` block.
    pub(crate) parallel: Option<Ids>,
}

/// The ids of a node: in the plan, and in the execution.
#[derive(Clone, Debug)]
pub(crate) struct Ids {
    pub(crate) setup: String,
    pub(crate) execution: String,
}

impl Ids {
    fn new(random: &mut Random) -> Self {
        Self {
            setup: random.id(),
            execution: random.id(),
        }
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Stage {
    pub(crate) ids: Ids,
    pub(crate) identifier: String,
    pub(crate) name: String,
    pub(crate) kind: String,
    pub(crate) condition: Option<Condition>,
    pub(crate) after: After,
    pub(crate) steps: Vec<Node>,
    pub(crate) rollback: Vec<Node>,
    pub(crate) strategies: Vec<Strategy>,
    pub(crate) target: Option<Target>,
}

/// A stage's own condition, as written and as it evaluates.
#[derive(Clone, Debug)]
pub(crate) struct Condition {
    pub(crate) text: String,
    pub(crate) holds: Result<bool, String>,
}

/// On which course of the pipeline so far a stage runs (`when.pipelineStatus`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum After {
    Success,
    Failure,
    All,
}

/// What a Deployment stage brings where.
#[derive(Clone, Debug, Default)]
pub(crate) struct Target {
    pub(crate) service: String,
    pub(crate) service_name: String,
    pub(crate) deployment_type: String,
    pub(crate) image: Option<String>,
    pub(crate) tag: Option<String>,
    pub(crate) environment: String,
    pub(crate) environment_name: String,
    pub(crate) environment_type: String,
    pub(crate) infrastructure: Option<String>,
    pub(crate) infrastructure_name: Option<String>,
}

#[derive(Clone, Debug)]
pub(crate) struct Node {
    pub(crate) ids: Ids,
    pub(crate) identifier: String,
    pub(crate) name: String,
    pub(crate) kind: String,
    pub(crate) strategies: Vec<Strategy>,
    pub(crate) work: Work,
}

#[derive(Clone, Debug)]
pub(crate) enum Work {
    /// Takes so long, and then fails or does not.
    Takes { ms: i64, failure: Option<StepFailure> },
    /// Waits for people.
    Approval(Box<Approval>),
    /// One after the other.
    Group(Vec<Node>),
    /// At the same time.
    Parallel(Vec<Node>),
}

#[derive(Clone, Debug)]
pub(crate) struct StepFailure {
    pub(crate) error: &'static str,
    pub(crate) message: String,
}

#[derive(Clone, Debug)]
pub(crate) struct Approval {
    pub(crate) instance: String,
    pub(crate) message: String,
    pub(crate) minimum_count: usize,
    pub(crate) disallow_executor: bool,
    pub(crate) disallowed_emails: Vec<String>,
    pub(crate) user_groups: Vec<String>,
    pub(crate) inputs: Vec<ApproverInput>,
    pub(crate) include_history: bool,
    pub(crate) timeout_ms: i64,
}

#[derive(Clone, Debug)]
pub(crate) struct ApproverInput {
    pub(crate) name: String,
    pub(crate) default: Option<String>,
    pub(crate) required: bool,
    pub(crate) regex: Option<String>,
}

/// A failure strategy: what to do on which errors.
#[derive(Clone, Debug)]
pub(crate) struct Strategy {
    pub(crate) errors: Vec<String>,
    pub(crate) action: String,
}

/// What becomes of a stage whose step failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OnFailure {
    Rollback,
    Fail,
    Abort,
    Ignore,
}

/// The first strategy that names the error, the step's before the stage's; failing is what Harness does without one.
pub(crate) fn on_failure(step: &[Strategy], stage: &[Strategy], error: &str) -> OnFailure {
    let named = |strategy: &&Strategy| strategy.errors.iter().any(|e| e == error || e == "AllErrors");
    match step
        .iter()
        .chain(stage)
        .find(named)
        .map(|strategy| strategy.action.as_str())
    {
        Some("StageRollback" | "PipelineRollback" | "StepGroupRollback") => OnFailure::Rollback,
        Some("Abort") => OnFailure::Abort,
        Some("Ignore" | "MarkAsSuccess") => OnFailure::Ignore,
        _ => OnFailure::Fail,
    }
}

/// Makes the plan of a filled pipeline.
///
/// # Errors
/// A sentence, when the pipeline has no stages.
pub(crate) fn make(
    pipeline: &Value,
    context: &Context,
    store: &Store,
    outcome: RunOutcome,
    random: &mut Random,
) -> Result<Plan, String> {
    let stages = pipeline
        .get("stages")
        .and_then(Value::as_array)
        .filter(|stages| !stages.is_empty());
    let stages = stages.ok_or("the pipeline has no stages")?;
    let mut planner = Planner {
        context,
        store,
        random,
        failing: outcome,
    };
    let lanes = stages.iter().filter_map(|element| planner.lane(element)).collect();
    Ok(Plan {
        root: Ids::new(planner.random),
        lanes,
    })
}

struct Planner<'a> {
    context: &'a Context,
    store: &'a Store,
    random: &'a mut Random,
    failing: RunOutcome,
}

fn items<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value
        .get(key)
        .and_then(Value::as_array)
        .map(Vec::as_slice)
        .unwrap_or_default()
}

fn text(value: &Value, pointer: &str) -> Option<String> {
    value.pointer(pointer).map(scalar_text).filter(|text| !text.is_empty())
}

/// Milliseconds of the duration that stands there.
fn duration(value: &Value, pointer: &str) -> Option<i64> {
    text(value, pointer)
        .and_then(|text| duration_ms(&text))
        .and_then(|ms| i64::try_from(ms).ok())
}

impl Planner<'_> {
    fn resolved(&self, value: &Value, pointer: &str) -> Option<String> {
        text(value, pointer).map(|text| expression::resolve(&text, self.context))
    }

    fn lane(&mut self, element: &Value) -> Option<Lane> {
        if let Some(stage) = element.get("stage") {
            return Some(Lane {
                stages: vec![self.stage(stage)],
                parallel: None,
            });
        }
        let parallel = element.get("parallel")?.as_array()?;
        let stages = parallel
            .iter()
            .filter_map(|one| one.get("stage"))
            .map(|stage| self.stage(stage))
            .collect();
        Some(Lane {
            stages,
            parallel: Some(Ids::new(self.random)),
        })
    }

    fn stage(&mut self, stage: &Value) -> Stage {
        let ids = Ids::new(self.random);
        let condition = text(stage, "/when/condition").map(|text| {
            let holds = expression::holds(&text, self.context);
            Condition { text, holds }
        });
        let runs = !matches!(&condition, Some(Condition { holds: Ok(false), .. }));
        // Only a stage that runs can use up the failure that was asked for.
        let asked = std::mem::take(&mut self.failing);
        let mut failing = if runs { asked } else { RunOutcome::Success };
        let execution = stage.pointer("/spec/execution").unwrap_or(&Value::Null);
        if failing == RunOutcome::FailVerify && !contains_kind(execution, "Verify") {
            failing = if contains_kind(execution, "K8sRollingDeploy") {
                RunOutcome::FailDeploy
            } else {
                failing
            };
        }
        self.failing = failing;
        let steps = self.nodes(items(execution, "steps"));
        let left = if runs { self.failing } else { asked };
        self.failing = RunOutcome::Success;
        let rollback = self.nodes(items(execution, "rollbackSteps"));
        self.failing = left;
        let kind = text(stage, "/type").unwrap_or_default();
        Stage {
            ids,
            identifier: text(stage, "/identifier").unwrap_or_default(),
            name: text(stage, "/name").unwrap_or_default(),
            target: (kind == "Deployment").then(|| self.target(stage)),
            kind,
            condition,
            after: match text(stage, "/when/pipelineStatus").as_deref() {
                Some("All") => After::All,
                Some("Failure") => After::Failure,
                _ => After::Success,
            },
            steps,
            rollback,
            strategies: strategies(stage),
        }
    }

    fn nodes(&mut self, elements: &[Value]) -> Vec<Node> {
        elements.iter().filter_map(|element| self.node(element)).collect()
    }

    fn node(&mut self, element: &Value) -> Option<Node> {
        let ids = Ids::new(self.random);
        if let Some(group) = element.get("stepGroup") {
            let children = self.nodes(items(group, "steps"));
            return Some(named(ids, group, "STEP_GROUP", Work::Group(children)));
        }
        if let Some(parallel) = element.get("parallel").and_then(Value::as_array) {
            let children = self.nodes(parallel);
            return Some(named(ids, &Value::Null, "FORK", Work::Parallel(children)));
        }
        let step = element.get("step")?;
        let kind = text(step, "/type").unwrap_or_default();
        let work = match kind.as_str() {
            "HarnessApproval" => Work::Approval(Box::new(self.approval(step))),
            _ => self.takes(step, &kind),
        };
        Some(named(ids, step, &kind, work))
    }

    fn takes(&mut self, step: &Value, kind: &str) -> Work {
        let base = usual_duration_ms(kind, step);
        let ms = if kind == "Verify" {
            base
        } else {
            base * (85 + self.random.below(31)) / 100
        };
        let name = text(step, "/name").unwrap_or_default();
        let failure = match self.failing {
            RunOutcome::FailVerify if kind == "Verify" => Some(StepFailure {
                error: "Verification",
                message: format!(
                    "Verification failed in step [{name}]: error rate of the canary is above the baseline"
                ),
            }),
            RunOutcome::FailDeploy if matches!(kind, "K8sRollingDeploy" | "K8sCanaryDeploy") => Some(StepFailure {
                error: "Timeout",
                message: format!("Deployment in step [{name}] did not reach its steady state: ImagePullBackOff"),
            }),
            _ => None,
        };
        if failure.is_some() {
            self.failing = RunOutcome::Success;
        }
        Work::Takes { ms, failure }
    }

    fn approval(&mut self, step: &Value) -> Approval {
        let texts = |pointer: &str| -> Vec<String> {
            step.pointer(pointer)
                .and_then(Value::as_array)
                .into_iter()
                .flatten()
                .map(scalar_text)
                .collect()
        };
        let is_set = |pointer: &str| step.pointer(pointer) == Some(&Value::Bool(true));
        let spec = step.get("spec").unwrap_or(&Value::Null);
        Approval {
            instance: self.random.id(),
            message: self.resolved(step, "/spec/approvalMessage").unwrap_or_default(),
            minimum_count: text(step, "/spec/approvers/minimumCount")
                .and_then(|count| count.parse().ok())
                .unwrap_or(1),
            disallow_executor: is_set("/spec/approvers/disallowPipelineExecutor"),
            disallowed_emails: texts("/spec/approvers/disallowedUserEmails"),
            user_groups: texts("/spec/approvers/userGroups"),
            inputs: items(spec, "approverInputs").iter().map(approver_input).collect(),
            include_history: is_set("/spec/includePipelineExecutionHistory"),
            timeout_ms: duration(step, "/timeout").unwrap_or(DAY_MS),
        }
    }

    fn target(&self, stage: &Value) -> Target {
        let service = self.resolved(stage, "/spec/service/serviceRef").unwrap_or_default();
        let environment = self
            .resolved(stage, "/spec/environment/environmentRef")
            .unwrap_or_default();
        let infrastructure = self.resolved(stage, "/spec/environment/infrastructureDefinitions/0/identifier");
        let service_yaml = self.store.service(&service).map(|entity| &entity.body);
        let environment_yaml = self.store.environment(&environment).map(|entity| &entity.body);
        let sources = "/serviceDefinition/spec/artifacts/primary/sources/0/spec";
        let name_of = |body: Option<&Value>, identifier: &str| {
            body.and_then(|body| text(body, "/name"))
                .unwrap_or_else(|| identifier.to_owned())
        };
        let fixed_tag = || service_yaml.and_then(|body| text(body, &format!("{sources}/tag")));
        Target {
            service_name: name_of(service_yaml, &service),
            deployment_type: text(stage, "/spec/deploymentType").unwrap_or_else(|| "Kubernetes".to_owned()),
            image: service_yaml.and_then(|body| text(body, &format!("{sources}/imagePath"))),
            tag: self
                .resolved(stage, &format!("/spec/service/serviceInputs{sources}/tag"))
                .or_else(fixed_tag),
            environment_name: name_of(environment_yaml, &environment),
            environment_type: environment_yaml
                .and_then(|body| text(body, "/type"))
                .unwrap_or_else(|| "PreProduction".to_owned()),
            infrastructure_name: infrastructure.as_ref().map(|identifier| {
                let entity = self.store.infrastructure(&environment, identifier);
                name_of(entity.map(|entity| &entity.body), identifier)
            }),
            service,
            environment,
            infrastructure,
        }
    }
}

fn named(ids: Ids, node: &Value, kind: &str, work: Work) -> Node {
    Node {
        ids,
        identifier: text(node, "/identifier").unwrap_or_else(|| "parallel".to_owned()),
        name: text(node, "/name").unwrap_or_else(|| "parallel".to_owned()),
        kind: kind.to_owned(),
        strategies: strategies(node),
        work,
    }
}

fn strategies(node: &Value) -> Vec<Strategy> {
    let strategies = items(node, "failureStrategies")
        .iter()
        .filter_map(|strategy| strategy.get("onFailure"));
    let read = |strategy: &Value| Strategy {
        errors: items(strategy, "errors").iter().map(scalar_text).collect(),
        action: text(strategy, "/action/type").unwrap_or_default(),
    };
    strategies.map(read).collect()
}

fn approver_input(input: &Value) -> ApproverInput {
    ApproverInput {
        name: text(input, "/name").unwrap_or_default(),
        default: text(input, "/defaultValue"),
        required: input.get("required") == Some(&Value::Bool(true)),
        regex: text(input, "/regex"),
    }
}

fn contains_kind(node: &Value, kind: &str) -> bool {
    match node {
        Value::Object(fields) => {
            let steps = fields.iter().filter(|(key, _)| key.as_str() != "rollbackSteps");
            fields.get("type").and_then(Value::as_str) == Some(kind)
                || steps.map(|(_, value)| value).any(|value| contains_kind(value, kind))
        }
        Value::Array(items) => items.iter().any(|item| contains_kind(item, kind)),
        _ => false,
    }
}

const SECOND_MS: i64 = 1_000;
const MINUTE_MS: i64 = 60 * SECOND_MS;
const HOUR_MS: i64 = 60 * MINUTE_MS;
const DAY_MS: i64 = 24 * HOUR_MS;

/// How long a step usually takes: a verification and a wait as long as they say, the rest as in a small cluster. No step
/// looks at anything real; a Policy step always passes.
fn usual_duration_ms(kind: &str, step: &Value) -> i64 {
    match kind {
        "Verify" => duration(step, "/spec/spec/duration").unwrap_or(5 * MINUTE_MS),
        "Wait" => duration(step, "/spec/duration").unwrap_or(MINUTE_MS),
        "K8sRollingDeploy" | "K8sBlueGreenDeploy" => 60 * SECOND_MS,
        "K8sCanaryDeploy" => 45 * SECOND_MS,
        "K8sRollingRollback" => 30 * SECOND_MS,
        "Policy" => 3 * SECOND_MS,
        _ => 15 * SECOND_MS,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_steps_own_strategy_comes_first() {
        let strategy = |error: &str, action: &str| Strategy {
            errors: vec![error.to_owned()],
            action: action.to_owned(),
        };
        let stage = [strategy("AllErrors", "StageRollback")];
        let step = [strategy("Timeout", "Abort")];
        assert_eq!(on_failure(&step, &stage, "Timeout"), OnFailure::Abort);
        assert_eq!(on_failure(&step, &stage, "Verification"), OnFailure::Rollback);
        assert_eq!(on_failure(&[], &[], "Verification"), OnFailure::Fail);
    }
}
