use thiserror::Error;

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
    /// More rows than a page or a file has.
    #[error("the answer holds more than 100,000 executions, and is none of Harness's")]
    TooMany,
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
        "the answer holds no execution: expected a page of execution summaries, a list of some, one, or an execution's details"
    )]
    NotHistory,
}
