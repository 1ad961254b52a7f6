use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::{EnvironmentType, ExecutionStatus, StatusPhase};

/// One service brought to one environment: a Deployment stage of an execution, with the stage's own status and times.
///
/// Every field that an answer of Harness may lack is optional. Times are epoch ms, durations ms. Texts are borrowed
/// from the answer where they can be: history is the bulk of what crosses the door.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
pub struct Deployment<'a> {
    /// Unique and stable: the execution's id and the stage node's, joined by `/`.
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
    /// The stage's identifier.
    pub stage: Cow<'a, str>,
    /// The stage's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stage_name: Option<Cow<'a, str>>,
    /// The stage's status.
    pub status: ExecutionStatus,
    /// What that status means for somebody who waits.
    pub phase: StatusPhase,
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
    /// Why the stage failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failure: Option<Cow<'a, str>>,
    /// Whether the execution rolls an earlier one back.
    pub is_rollback: bool,
    /// Pages of Harness's own user interface.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub links: Option<DeploymentLinks>,
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
    /// Rows that could not be shaped.
    pub quarantined: Vec<Quarantined>,
    /// Executions in all pages, where the answer says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total_executions: Option<u64>,
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
}

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
    /// The stages in the order of execution, without the ones that were skipped.
    pub stages: Vec<ExecutionStage>,
    /// The page of Harness's own user interface.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}
