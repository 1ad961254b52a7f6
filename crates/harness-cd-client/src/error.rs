use serde::{Deserialize, Serialize};
use thiserror::Error;

/// The closed list of failures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum FailureCode {
    /// Harness refused the API key.
    Unauthorized,
    /// The key may not do this.
    Forbidden,
    /// The project has no such pipeline.
    PipelineNotFound,
    /// Something else does not exist.
    NotFound,
    /// Account, organization or project do not fit together, or the key is not of that account.
    WrongScope,
    /// It exists already, or somebody else changed it.
    Conflict,
    /// Harness refused the request as wrong.
    InvalidRequest,
    /// Too many requests.
    RateLimited,
    /// Harness did not answer, or answered that it cannot.
    Unavailable,
    /// Harness did not answer in time.
    Timeout,
    /// An answer that cannot be read.
    MalformedResponse,
    /// Whether something was started is not known.
    OutcomeUnknown,
    /// The product is not configured correctly.
    InvalidConfig,
    /// A defect of the product.
    Internal,
}

/// A failure of a call to Harness. The message is one for people; it holds no key and no web page.
#[derive(Clone, Debug, PartialEq, Eq, Error, Serialize, Deserialize)]
#[error("{message}")]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
pub struct HarnessError {
    /// What kind of failure.
    pub code: FailureCode,
    /// What, why, how to mend.
    pub message: String,
    /// The HTTP status, where an answer came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// Harness's own code, for example `INVALID_REQUEST`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub harness_code: Option<String>,
    /// Harness's correlation id: its support finds the request by it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub correlation_id: Option<String>,
}

impl HarnessError {
    /// A failure without an answer of Harness.
    #[must_use]
    pub fn new(code: FailureCode, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            status: None,
            harness_code: None,
            correlation_id: None,
        }
    }
}
