//! What the Backstage backend of Harness CD is asked and what it answers, below
//! `/api/harness-cd/v1/entities/:kind/:namespace/:name`.
//!
//! The backend puts the answers together out of what the core says, and a browser reads them: both get the types from
//! here. The body of a deploy request is a [`DeployRequest`](crate::DeployRequest).

use serde::{Deserialize, Serialize};

use crate::{DeployRules, Deployment, ExecutionStatus, FailureCode, RuntimeInput, Violation};

/// The largest page of a history.
pub const MAX_PAGE_SIZE: u32 = 100;

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
}

/// The answer of `GET …/deployments`.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
pub struct DeploymentsResponse<'a> {
    /// Newest first.
    pub deployments: Vec<Deployment<'a>>,
    /// From 0.
    pub page: u32,
    /// Executions in a page.
    pub page_size: u32,
    /// Executions in all pages, where Harness says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total_executions: Option<u64>,
    /// When the deployments were read from Harness, epoch ms; only where that is not now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub as_of: Option<i64>,
    /// Why the deployments are not those of now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failure: Option<FailureBody>,
}

/// The answer of `GET …/deploy-target`. Without `inputs` and without `failure` the live pipeline is still being read:
/// ask again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
pub struct DeployTargetResponse {
    /// The identifier of the entity's pipeline.
    pub pipeline: String,
    /// The rules that deploy requests are checked against; absent for a pipeline that is in no config repo.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rules: Option<DeployRules>,
    /// What the live pipeline asks for, in its order.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inputs: Option<Vec<RuntimeInput>>,
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

/// The answer of `POST …/deployments`: 202 where it was started, 400 where it was rejected. Anything else is an error.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum DeployResponse {
    /// It was started.
    Started {
        /// The execution in Harness.
        execution_id: String,
        /// Its status as far as it is known.
        status: ExecutionStatus,
        /// Its page in Harness's own user interface.
        url: String,
    },
    /// Nothing was started.
    Rejected {
        /// Every reason that speaks against it.
        violations: Vec<Violation>,
    },
}
