use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{EnvironmentType, ExecutionStatus, StatusGroup, StatusPhase, WaitingFor};

/// One service brought to one environment: a Deployment stage of an execution, with the stage's own status and times.
/// An execution that has not succeeded and in which no such stage has begun is one row as well, which says so.
///
/// Every field that an answer of Harness may lack is optional. Times are epoch ms, durations ms. Texts are borrowed
/// from the answer where they can be: history is the bulk of what crosses the door.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
pub struct Deployment<'a> {
    /// Unique and stable: the execution's id and the stage node's, joined by `/`; the environment's identifier behind
    /// them where a stage has several, the execution's id alone where there is no stage.
    pub id: String,
    /// The execution (Harness's `planExecutionId`).
    pub execution_id: Cow<'a, str>,
    /// The pipeline's identifier.
    pub pipeline: Cow<'a, str>,
    /// The pipeline's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pipeline_name: Option<Cow<'a, str>>,
    /// The pipeline's running number of the execution.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub run_number: Option<u64>,
    /// The stage's identifier; empty where the execution has none.
    pub stage: Cow<'a, str>,
    /// The stage's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stage_name: Option<Cow<'a, str>>,
    /// The stage's status.
    pub status: ExecutionStatus,
    /// What that status means for somebody who waits.
    pub phase: StatusPhase,
    /// What has to happen before it goes on, as the status says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub waiting_for: Option<WaitingFor>,
    /// Whether the row speaks for the execution: its stage has not begun or does not deploy itself, and status, times
    /// and failure are the execution's. Absent where it does not.
    #[serde(default, skip_serializing_if = "is_false")]
    #[cfg_attr(feature = "ts", ts(optional, as = "Option<bool>"))]
    pub whole_run: bool,
    /// The service's identifier; absent while the stage has not resolved it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service: Option<Cow<'a, str>>,
    /// The service's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service_name: Option<Cow<'a, str>>,
    /// The environment's identifier.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub environment: Option<Cow<'a, str>>,
    /// The environment's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub environment_name: Option<Cow<'a, str>>,
    /// Production or not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub environment_type: Option<EnvironmentType>,
    /// The infrastructure definition's identifier.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub infrastructure: Option<Cow<'a, str>>,
    /// The infrastructure definition's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub infrastructure_name: Option<Cow<'a, str>>,
    /// The region, read off the infrastructure definition's identifier.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<Cow<'a, str>>,
    /// The image's path, for example `project/payment-service`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image: Option<Cow<'a, str>>,
    /// The image's tag, for example `v2.3.1`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image_tag: Option<Cow<'a, str>>,
    /// What a table shows as deployed: the image's tag, without one its digest, without an image the version of the
    /// Helm chart.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<Cow<'a, str>>,
    /// When the execution was asked for, epoch ms: it is queued from then until it begins.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub run_created_at: Option<i64>,
    /// When the execution began, epoch ms.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub run_started_at: Option<i64>,
    /// When the execution ended, epoch ms; absent while it runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub run_ended_at: Option<i64>,
    /// How long the execution took, ms; absent while it runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub run_duration_ms: Option<i64>,
    /// When the stage began, epoch ms.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub started_at: Option<i64>,
    /// When the stage ended, epoch ms; absent while it runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<i64>,
    /// How long the stage took, ms; absent while it runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duration_ms: Option<i64>,
    /// How the execution was started, for example `MANUAL` or `WEBHOOK_CUSTOM`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trigger_type: Option<Cow<'a, str>>,
    /// The person or the trigger that started it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub triggered_by: Option<Cow<'a, str>>,
    /// That person's mail address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub triggered_by_email: Option<Cow<'a, str>>,
    /// The catalog entity of the person who started it from a portal, for example `user:default/ana`; `triggered_by` is
    /// then the portal's own key. Harness does not say it: who remembers the start fills it in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub started_by: Option<String>,
    /// The change ticket that the run was started with, for example `CHG-1234`; absent where the run's inputs were not
    /// read, as the deployment itself tells what it brings and where.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub change_ticket: Option<Cow<'a, str>>,
    /// Why the stage failed: the first line of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failure: Option<Cow<'a, str>>,
    /// The execution that a stage of type Pipeline has started; only details of an execution tell it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub child: Option<ChildRun>,
    /// Whether the execution rolls an earlier one back.
    pub is_rollback: bool,
    /// The execution that this one runs again, by its inputs (Harness's re-run).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rerun_of: Option<Cow<'a, str>>,
    /// Whether the execution retries an earlier one from a stage on, and so has taken its place in Harness's lists. Absent
    /// where it does not.
    #[serde(default, skip_serializing_if = "is_false")]
    #[cfg_attr(feature = "ts", ts(optional, as = "Option<bool>"))]
    pub is_retry: bool,
    /// Whether the execution's own pipeline rollback has undone the deployment: what ran before runs again. Absent
    /// where it has not.
    #[serde(default, skip_serializing_if = "is_false")]
    #[cfg_attr(feature = "ts", ts(optional, as = "Option<bool>"))]
    pub is_undone: bool,
    /// Pages of Harness's own user interface.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub links: Option<DeploymentLinks>,
}

impl Deployment<'_> {
    /// When it began, epoch ms: its stage, without a time of its own the run. Absent for what has not begun.
    #[must_use]
    pub fn begun_at(&self) -> Option<i64> {
        self.started_at.or(self.run_started_at).or(self.run_created_at)
    }

    /// When it came to where it stands, epoch ms: the end of its stage, and its begin where it has no end or one that lies
    /// before it. A stage without times has those of its run. Whatever is ordered by time is ordered by this instant.
    #[must_use]
    pub fn settled_at(&self) -> Option<i64> {
        let of_stage = self.ended_at.max(self.started_at);
        of_stage
            .or(self.run_ended_at.max(self.run_started_at))
            .or(self.run_created_at)
    }

    /// Where in its environment it goes to: the region, or the infrastructure definition where none can be read off it.
    #[must_use]
    pub fn region_or_infrastructure(&self) -> Option<&str> {
        self.region.as_deref().or(self.infrastructure.as_deref())
    }

    /// What it is sought by.
    #[must_use]
    pub fn keys(&self) -> DeploymentKeys {
        DeploymentKeys {
            group: self.status.group(),
            deploys: !(self.whole_run && self.phase == StatusPhase::Succeeded),
            region: self.region_or_infrastructure().map(str::to_owned),
            people: self.people(),
            words: self.words(),
            begun_at: self.begun_at(),
            ended_at: self.settled_at().filter(|_| self.phase.is_terminal()),
        }
    }

    /// [`DeploymentKeys::people`].
    #[must_use]
    pub fn people(&self) -> String {
        lines(&self.asked_by())
    }

    /// [`DeploymentKeys::words`].
    #[must_use]
    pub fn words(&self) -> String {
        let run = self.run_number.map(|number| format!("#{number}"));
        let names = [
            self.service.as_deref(),
            self.service_name.as_deref(),
            self.version.as_deref(),
            self.image_tag.as_deref(),
            self.environment.as_deref(),
            self.environment_name.as_deref(),
            self.region.as_deref(),
            Some(&*self.pipeline),
            self.pipeline_name.as_deref(),
            self.change_ticket.as_deref(),
            run.as_deref(),
        ];
        lines(&[names.as_slice(), &self.asked_by()].concat())
    }

    /// Who asked for it, as Harness knows them: name and mail address.
    fn asked_by(&self) -> [Option<&str>; 2] {
        [self.triggered_by.as_deref(), self.triggered_by_email.as_deref()]
    }
}

/// What a deployment is sought by where it is stored. Texts are in lower case, each on a line of its own between two line
/// breaks, so that a whole one can be told from a part; what only the portal knows, who started it there, is not among
/// them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
pub struct DeploymentKeys {
    /// What became of it.
    pub group: StatusGroup,
    /// Whether it deploys, or is or was to: not the row of a run that succeeded without.
    pub deploys: bool,
    /// The region, or the infrastructure definition where none can be read off it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// Who asked for it, as Harness knows them: name and mail address.
    pub people: String,
    /// All that a person may know of it, those people and its run as `#` and the number among it.
    pub words: String,
    /// When it began, epoch ms; absent where it has not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub begun_at: Option<i64>,
    /// When it ended, epoch ms; absent while it goes on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<i64>,
}

fn lines(texts: &[Option<&str>]) -> String {
    let mut lines = String::from("\n");
    for text in texts.iter().flatten().filter(|text| !text.is_empty()) {
        lines.push_str(&text.to_lowercase());
        lines.push('\n');
    }
    lines
}

/// Whether a flag that is absent where it is false is left out.
fn is_false(flag: &bool) -> bool {
    !flag
}

/// Whether a count that is absent where there is none is left out.
pub(crate) fn is_zero(count: &u64) -> bool {
    *count == 0
}

/// An execution that a stage of type Pipeline has started.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
pub struct ChildRun {
    /// The execution (Harness's `planExecutionId`).
    pub execution_id: String,
    /// The organization's identifier, where Harness names it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub org: Option<String>,
    /// The project's identifier, where Harness names it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub project: Option<String>,
}

/// Pages of Harness's own user interface.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct DeploymentLinks {
    /// The execution.
    pub execution: String,
    /// The pipeline's studio.
    pub pipeline: String,
}

/// A page of history: what could be shaped, and what could not, with its reason.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
pub struct HistoryPage<'a> {
    /// Newest first, as Harness sends executions.
    pub deployments: Vec<Deployment<'a>>,
    /// Executions that succeeded without deploying here. They have a row of their own, of the whole run and without a
    /// stage, only where all runs are asked for. Absent where there are none.
    #[serde(default, skip_serializing_if = "is_zero")]
    #[cfg_attr(feature = "ts", ts(optional, as = "Option<u64>"))]
    pub ran_without_deploying: u64,
    /// Rows that could not be shaped; the first 20 of them.
    pub quarantined: Vec<Quarantined>,
    /// Rows that could not be shaped, all of them. Absent where there are none.
    #[serde(default, skip_serializing_if = "is_zero")]
    #[cfg_attr(feature = "ts", ts(optional, as = "Option<u64>"))]
    pub quarantined_total: u64,
    /// Executions in all pages, where the answer says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total_executions: Option<u64>,
}

impl HistoryPage<'_> {
    /// As many rows that could not be shaped are told one by one.
    pub const MAX_QUARANTINED: usize = 20;
}

/// A row that could not be shaped.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
pub struct Quarantined {
    /// RFC 6901 pointer to the row in the answer.
    pub pointer: String,
    /// The execution, where it could be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub execution_id: Option<String>,
    /// What is wrong with it.
    pub reason: String,
}

/// A stage of an execution, with its steps.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
pub struct ExecutionStage {
    /// The stage's identifier.
    pub identifier: String,
    /// The stage's name.
    pub name: String,
    /// The stage's type, for example `Deployment` or `Approval`.
    pub stage_type: String,
    /// The stage's status.
    pub status: ExecutionStatus,
    /// What that status means for somebody who waits.
    pub phase: StatusPhase,
    /// When it began, epoch ms.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub started_at: Option<i64>,
    /// When it ended, epoch ms.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<i64>,
    /// Why it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failure: Option<String>,
    /// The condition under which a stage that has not begun will run, as Harness writes it; absent where it always
    /// does, or where Harness does not say. A stage whose condition is known to be false is no part of the run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub condition: Option<String>,
    /// The execution that a stage of type Pipeline has started.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub child: Option<ChildRun>,
    /// While it waits for an input of its own, before its first step: the node that asks (Harness's `nodeExecutionId`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub asking_node: Option<String>,
    /// Its steps in the order of execution; empty where the answer holds none.
    pub steps: Vec<ExecutionStep>,
}

/// A step of a stage.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
pub struct ExecutionStep {
    /// The step's identifier.
    pub identifier: String,
    /// The step's name.
    pub name: String,
    /// The step's type, for example `K8sCanaryDeploy`.
    pub step_type: String,
    /// The step's status.
    pub status: ExecutionStatus,
    /// What that status means for somebody who waits.
    pub phase: StatusPhase,
    /// When it began, epoch ms.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub started_at: Option<i64>,
    /// When it ended, epoch ms.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<i64>,
    /// Why it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failure: Option<String>,
    /// While it waits for an input: the node that asks (Harness's `nodeExecutionId`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub asking_node: Option<String>,
}

/// The output variables of steps: by the step's path as Harness's expressions spell it (`baseFqn`, for example
/// `pipeline.stages.build.spec.execution.steps.tag`), then by name. A variable that was not set is an empty text; the
/// value of a secret is never there, asterisks stand for it.
pub type OutputVariables = BTreeMap<String, BTreeMap<String, String>>;

/// How far one execution is: its stages and steps, and the deployments among them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
pub struct ExecutionProgress {
    /// The execution (Harness's `planExecutionId`).
    pub execution_id: String,
    /// The organization's identifier, where Harness names it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub org: Option<String>,
    /// The project's identifier, where Harness names it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub project: Option<String>,
    /// The pipeline's identifier.
    pub pipeline: String,
    /// The execution's own status.
    pub status: ExecutionStatus,
    /// What that status means for somebody who waits.
    pub phase: StatusPhase,
    /// When it began, epoch ms.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub started_at: Option<i64>,
    /// When it ended, epoch ms; absent while it runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<i64>,
    /// Why it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failure: Option<String>,
    /// The stages of this run in the order of execution: not the ones that were skipped, will be, or were not chosen.
    pub stages: Vec<ExecutionStage>,
    /// What the steps that have succeeded have put out; absent where none did.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "ts", ts(type = "Record<string, Record<string, string>>", optional))]
    pub output_variables: Option<OutputVariables>,
    /// The page of Harness's own user interface.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}
