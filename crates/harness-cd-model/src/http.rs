//! What the Backstage backend of Harness CD is asked and what it answers, below
//! `/api/harness-cd/v1/entities/:kind/:namespace/:name`.
//!
//! The backend puts the answers together out of what the core says, and a browser reads them: both get the types from
//! here. The body of a deploy request is a [`DeployRequest`](crate::DeployRequest); its header
//! [`IDEMPOTENCY_KEY_HEADER`] makes it one start, however often it arrives.

use serde::{Deserialize, Serialize};

use crate::deployment::is_zero;
use crate::{
    Choice, DeployRules, Deployment, ExecutionStatus, FailureCode, HarnessScope, PipelineStage, RuntimeInput, Violation,
};

/// The largest page of a history.
pub const MAX_PAGE_SIZE: u32 = 100;

/// The header of `POST …/deployments` that names the start: 8 to 64 letters, digits, `-` and `_`. A request that comes
/// a second time under the same name gets the outcome of the first, and starts nothing.
pub const IDEMPOTENCY_KEY_HEADER: &str = "Idempotency-Key";

/// Why Harness could not be asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
pub struct FailureBody {
    /// What kind of failure.
    pub code: FailureCode,
    /// What happened.
    pub message: String,
    /// What to do about it.
    pub hint: String,
    /// Harness's correlation id: its support finds the request by it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub correlation_id: Option<String>,
    /// Since when it has been so, epoch ms.
    pub since: i64,
}

/// Which part of a history: the query of `GET …/deployments`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
pub struct DeploymentsQuery {
    /// From 0.
    pub page: u32,
    /// Executions in a page, 1 to 100.
    pub page_size: u32,
    /// An environment's identifier, for example `int_stable`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub environment: Option<String>,
    /// Statuses, for example `Failed`; any of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<Vec<ExecutionStatus>>,
    /// A region, for example `euw1`; an infrastructure definition where no region can be read off it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// Words that a row has all of: in the names and identifiers of its service, environment, region and pipeline, its
    /// version, its person or as `#` and the run's number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Which runs have rows; those that deploy where nothing is said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub runs: Option<Runs>,
}

/// Which runs of a history have rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum Runs {
    /// Also those that succeeded without deploying anything, such as builds.
    All,
}

/// The answer of `GET …/deployments`.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
pub struct DeploymentsResponse<'a> {
    /// Newest first.
    pub deployments: Vec<Deployment<'a>>,
    /// Executions of the page that succeeded without deploying here. With `runs=all` each is a row of the whole run,
    /// without a stage; otherwise they have none. Absent where there are none.
    #[serde(skip_serializing_if = "is_zero")]
    #[cfg_attr(feature = "ts", ts(optional, as = "Option<u64>"))]
    pub ran_without_deploying: u64,
    /// From 0.
    pub page: u32,
    /// Executions in a page.
    pub page_size: u32,
    /// Executions in all pages, where it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total_executions: Option<u64>,
    /// When the deployments were read from Harness, epoch ms; only where that is not now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub as_of: Option<i64>,
    /// What began before is still being read, epoch ms; absent where all is known that is to be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub known_from: Option<i64>,
    /// Why the deployments are not those of now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failure: Option<FailureBody>,
}

/// The answer of `GET …/pipelines`: which pipelines an entity has. One that it may not see is among them, and refused
/// when it is asked about.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
pub struct PipelinesResponse {
    /// In the order of the annotations; those found by what deployed the entity's service lately, newest first.
    pub pipelines: Vec<EntityPipelineChoice>,
    /// For an entity that names none: pipelines whose tag `service` is its name.
    pub offers: Vec<PipelineOffer>,
    /// What of the annotations cannot be used, a sentence each.
    pub problems: Vec<String>,
    /// Why pipelines may be missing: an account could not be asked.
    pub failures: Vec<FailureBody>,
}

/// One of an entity's pipelines.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
pub struct EntityPipelineChoice {
    /// What it is called, and chosen by: no other of the entity has the same.
    pub label: String,
    /// Its project.
    pub scope: HarnessScope,
    /// Its identifier.
    pub pipeline: String,
    /// The branch that it is read, checked and run from, where the entity names one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub branch: Option<String>,
}

/// A pipeline that an entity might name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct PipelineOffer {
    /// Its name.
    pub name: String,
    /// Its project.
    pub scope: HarnessScope,
    /// Its page in Harness's own user interface: the value of the annotation.
    pub url: String,
}

/// The answer of `GET …/deploy-target`. Without `inputs` and without `failure` the live pipeline is still being read:
/// ask again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
pub struct DeployTargetResponse {
    /// The identifier of the entity's pipeline.
    pub pipeline: String,
    /// The pipeline's project.
    pub scope: HarnessScope,
    /// The branch that the pipeline is read, checked and run from, where the entity names one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub branch: Option<String>,
    /// The rules that deploy requests are checked against; absent for a pipeline that is in no config repo.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rules: Option<DeployRules>,
    /// What the live pipeline asks for, in its order.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inputs: Option<Vec<RuntimeInput>>,
    /// The stages that a run may choose from, in order; empty where the pipeline does not allow that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stages: Option<Vec<PipelineStage>>,
    /// The pipeline's page in Harness's own user interface.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// When the pipeline was read from Harness, epoch ms; only where that is not now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub as_of: Option<i64>,
    /// Why the inputs are not those of now, or not known at all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failure: Option<FailureBody>,
}

/// The query of `GET …/choices`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
pub struct ChoicesQuery {
    /// The pointer of the input that is chosen.
    pub input: String,
    /// What was chosen for the input that it stands within, where there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub within: Option<String>,
    /// The artifact source, for a tag where the pipeline asks for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// What names and identifiers hold.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub search: Option<String>,
}

/// The answer of `GET …/choices`. Without choices, `failure` says why Harness could not be asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
pub struct ChoicesResponse {
    /// What may be chosen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub choices: Option<Vec<Choice>>,
    /// Whether there are more than these: a search finds them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub has_more: Option<bool>,
    /// How many fit in all; only where Harness tells.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total: Option<u32>,
    /// Whether Harness is still being asked: the same query gets the answer once it is there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_pending: Option<bool>,
    /// When they were read from Harness, epoch ms; only where that is not now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub as_of: Option<i64>,
    /// Why they are not those of now, or not known at all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failure: Option<FailureBody>,
}

/// The query of `GET …/asked`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
pub struct AskedQuery {
    /// The pointer of the object that stands for what is asked in turn, or of the list whose chosen ones ask.
    pub input: String,
    /// The service, where the pipeline asks for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service: Option<String>,
    /// The environment, where the pipeline asks for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub environment: Option<String>,
    /// The infrastructure definition that was chosen for the list.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub infrastructure: Option<String>,
    /// The artifact source, where the pipeline asks for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
}

/// The answer of `GET …/asked`. Without inputs, `failure` says why Harness could not be asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
pub struct AskedResponse {
    /// What is asked for in place of the object, in the order of the one who asks; nothing where nothing is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inputs: Option<Vec<RuntimeInput>>,
    /// When they were read from Harness, epoch ms; only where that is not now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub as_of: Option<i64>,
    /// Why they are not those of now, or not known at all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failure: Option<FailureBody>,
}

/// How far a start is that has no outcome yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum StartStep {
    /// The request is being checked; nothing has been sent.
    Checking,
    /// Harness is being asked to run the pipeline.
    Starting,
    /// Harness's answer was lost: the run is being looked for.
    Searching,
}

/// The answer of `POST …/deployments` (202; 400 where it was rejected) and of `GET …/starts/:key` (200). A start that
/// fails for certain is an error of the POST, and [`DeployResponse::NotStarted`] of the GET.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum DeployResponse {
    /// It is under way: ask for the start again.
    Starting {
        /// How far it is.
        step: StartStep,
        /// When it was asked for, epoch ms.
        since: i64,
    },
    /// It was started.
    Started {
        /// The execution in Harness.
        execution_id: String,
        /// Its status as far as it is known.
        status: ExecutionStatus,
        /// Its page in Harness's own user interface.
        url: String,
    },
    /// Nothing was started: the request breaks the rules.
    Rejected {
        /// Every reason that speaks against it.
        violations: Vec<Violation>,
    },
    /// Nothing was started, for certain.
    NotStarted {
        /// Why.
        failure: FailureBody,
    },
    /// Whether it was started is not known.
    Unknown {
        /// Why not.
        failure: FailureBody,
        /// The pipeline's executions in Harness's own user interface: where to look.
        url: String,
    },
}

/// The answer of `POST …/deployment-checks`: 200 whatever it says. Nothing is started.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum DeployCheckResponse {
    /// It may run now.
    Allowed {
        /// What a person should know before it runs. Absent where there is nothing.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        #[cfg_attr(feature = "ts", ts(optional, as = "Option<Vec<Violation>>"))]
        warnings: Vec<Violation>,
    },
    /// It may not.
    Rejected {
        /// Every reason that speaks against it.
        violations: Vec<Violation>,
    },
}
