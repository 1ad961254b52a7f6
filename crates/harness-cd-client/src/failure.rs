use harness_cd_model::FailureCode;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use thiserror::Error;

use crate::transport::{Response, TransportError};

/// Characters of Harness's own words that a message repeats.
const MAX_DETAIL: usize = 1000;
/// Harness's code where no delegate is there for a task. Source: run-inputs §4.
const NO_DELEGATE: &str = "DELEGATE_NOT_AVAILABLE";

/// A failure of a call to Harness. The message is one for people; it holds no key and no web page.
#[derive(Clone, Debug, PartialEq, Eq, Error, Serialize, Deserialize)]
#[error("{message}")]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
pub struct HarnessFailure {
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

impl HarnessFailure {
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

/// What a call is about, for the code and the words of its failure.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Subject<'a> {
    Pipeline(&'a str),
    /// What a node asks for in mid-run.
    ExecutionInput(&'a str),
    /// Those of a pipeline.
    InputSets(&'a str),
    Execution(&'a str),
    Executions,
    Pipelines,
    Choices,
}

impl Subject<'_> {
    fn not_found(self) -> (FailureCode, String) {
        match self {
            Self::Pipeline(id) => (
                FailureCode::PipelineNotFound,
                format!("the pipeline `{id}` does not exist in this project"),
            ),
            Self::ExecutionInput(node) => (
                FailureCode::NotFound,
                format!("the node `{node}` asks for no input in this project"),
            ),
            Self::InputSets(pipeline) => (
                FailureCode::NotFound,
                format!("the pipeline `{pipeline}` has no such input set"),
            ),
            Self::Execution(id) => (
                FailureCode::NotFound,
                format!("the execution `{id}` does not exist in this project"),
            ),
            Self::Executions => (
                FailureCode::NotFound,
                "Harness knows no such list of executions".to_owned(),
            ),
            Self::Pipelines => (
                FailureCode::NotFound,
                "Harness knows no such list of pipelines".to_owned(),
            ),
            Self::Choices => (
                FailureCode::NotFound,
                "Harness has nothing to choose from there".to_owned(),
            ),
        }
    }
}

/// Whether a body is a web page: a login, a proxy or a firewall in between. Such pages come with any status.
pub(crate) fn is_web_page(body: &[u8]) -> bool {
    body.trim_ascii_start().first() == Some(&b'<')
}

/// The failure in a response, if it is one. A web page is never repeated, nor is `secret`.
pub(crate) fn failure(response: &Response, subject: Subject<'_>, secret: &str) -> Option<HarnessFailure> {
    let status = response.status;
    let success = (200..300).contains(&status);
    // These two say what is wrong whoever answers.
    let is_plain = matches!(status, 414 | 429);
    if is_web_page(&response.body) && !is_plain {
        let code = if success {
            FailureCode::MalformedResponse
        } else {
            code_of_status(status, subject)
        };
        let message = format!(
            "a web page came instead of Harness's answer (status {status}); check the base URL, the proxy and the login in between"
        );
        return Some(HarnessFailure {
            status: Some(status),
            ..HarnessFailure::new(code, message)
        });
    }
    // A page is no JSON, and gives an empty envelope.
    let envelope = Envelope::read(&response.body, success, secret);
    if success && !envelope.refuses {
        return None;
    }
    let (code, message) = explain(status, &envelope, subject);
    Some(HarnessFailure {
        code,
        message,
        status: Some(status),
        harness_code: envelope.code,
        correlation_id: envelope.correlation_id,
    })
}

impl From<TransportError> for HarnessFailure {
    fn from(error: TransportError) -> Self {
        match error {
            TransportError::Timeout => Self::new(FailureCode::Timeout, "Harness did not answer in time"),
            TransportError::TooLarge => Self::new(
                FailureCode::MalformedResponse,
                format!("Harness's answer cannot be read: {error}"),
            ),
            TransportError::Network(reason) => Self::new(
                FailureCode::Unavailable,
                format!("Harness could not be reached: {reason}"),
            ),
        }
    }
}

/// What Harness's three kinds of error envelope have in common.
#[derive(Default)]
struct Envelope {
    /// An error in a response of status 2xx.
    refuses: bool,
    code: Option<String>,
    correlation_id: Option<String>,
    /// Every distinct text, joined.
    detail: String,
    /// Names of the fields that were refused.
    fields: Vec<String>,
}

impl Envelope {
    /// An error's envelope is small; a large body of status 2xx is an answer, and is not parsed twice.
    const LARGEST_ERROR: usize = 64 * 1024;

    fn read(body: &[u8], success: bool, secret: &str) -> Self {
        if success && body.len() > Self::LARGEST_ERROR {
            return Self::default();
        }
        let Ok(body) = serde_json::from_slice::<Value>(body) else {
            return Self::default();
        };
        let text = |value: &Value, name: &str| value.get(name).and_then(Value::as_str).map(str::to_owned);
        let list = |name: &str| body.get(name).and_then(Value::as_array).into_iter().flatten();
        let refusals: Vec<_> = list("errors")
            .map(|error| {
                (
                    text(error, "fieldId").or(text(error, "field_name")),
                    text(error, "error").or(text(error, "message")),
                )
            })
            .collect();
        let said = refusals.iter().filter_map(|(field, error)| match (field, error) {
            (Some(field), Some(error)) => Some(format!("{field} {error}")),
            (field, error) => field.clone().or(error.clone()),
        });
        let messages = list("responseMessages").filter_map(|message| text(message, "message"));
        let texts = text(&body, "message").into_iter().chain(messages).chain(said);
        Self {
            refuses: matches!(body.get("status").and_then(Value::as_str), Some("ERROR" | "FAILURE")),
            code: text(&body, "code")
                .or_else(|| text(&body, "name"))
                .map(|code| harmless(&code, secret)),
            correlation_id: text(&body, "correlationId").map(|id| harmless(&id, secret)),
            detail: harmless(&joined(texts), secret),
            fields: refusals.into_iter().filter_map(|(field, _)| field).collect(),
        }
    }
}

/// Distinct texts, the useful ones: one that another repeats in full is left out.
fn joined(texts: impl Iterator<Item = String>) -> String {
    let mut distinct: Vec<String> = Vec::new();
    for text in texts {
        let text = text.trim().trim_end_matches('.');
        if text.is_empty() || text == "null" || distinct.iter().any(|known| known.contains(text)) {
            continue;
        }
        distinct.retain(|known| !text.contains(known.as_str()));
        distinct.push(text.to_owned());
    }
    distinct.join("; ")
}

/// Somebody else's words as a message may repeat them: on one line, not endless, without the secret.
pub(crate) fn harmless(text: &str, secret: &str) -> String {
    let text = if secret.is_empty() {
        text.to_owned()
    } else {
        text.replace(secret, "(redacted)")
    };
    text.chars()
        .take(MAX_DETAIL)
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect()
}

fn code_of_status(status: u16, subject: Subject<'_>) -> FailureCode {
    match status {
        401 => FailureCode::Unauthorized,
        403 => FailureCode::Forbidden,
        404 => subject.not_found().0,
        408 => FailureCode::Timeout,
        409 | 412 => FailureCode::Conflict,
        429 => FailureCode::RateLimited,
        400..=499 => FailureCode::InvalidRequest,
        500.. => FailureCode::Unavailable,
        _ => FailureCode::MalformedResponse,
    }
}

/// Harness's own code is more exact than the status, which is 400 for much that has a status of its own.
fn code_of(status: u16, envelope: &Envelope, subject: Subject<'_>) -> FailureCode {
    const SCOPE_FIELDS: [&str; 3] = ["accountIdentifier", "orgIdentifier", "projectIdentifier"];
    if status >= 500 || status == 429 {
        return code_of_status(status, subject);
    }
    if envelope
        .fields
        .iter()
        .any(|field| SCOPE_FIELDS.contains(&field.as_str()))
    {
        return FailureCode::WrongScope;
    }
    match envelope.code.as_deref() {
        Some("INVALID_TOKEN" | "EXPIRED_TOKEN" | "REVOKED_TOKEN" | "INVALID_CREDENTIAL") => {
            return FailureCode::Unauthorized;
        }
        Some("NG_ACCESS_DENIED" | "ACCESS_DENIED") => return FailureCode::Forbidden,
        Some("DUPLICATE_FIELD" | "RESOURCE_ALREADY_EXISTS" | "OPTIMISTIC_LOCKING_EXCEPTION") => {
            return FailureCode::Conflict;
        }
        Some("TOO_MANY_REQUESTS") => return FailureCode::RateLimited,
        Some(NO_DELEGATE) => return FailureCode::Unavailable,
        _ => {}
    }
    if !matches!(status, 401 | 403) {
        match missing(&envelope.detail) {
            Some(Missing::Subject) => return subject.not_found().0,
            Some(Missing::Scope) => return FailureCode::WrongScope,
            Some(Missing::Other) | None => {}
        }
    }
    if status < 300 {
        FailureCode::InvalidRequest
    } else {
        code_of_status(status, subject)
    }
}

/// What an answer says does not exist.
#[derive(Clone, Copy)]
enum Missing {
    Subject,
    Scope,
    Other,
}

/// Harness has one status and one code for whatever is missing: the words tell what. The first thing that they name
/// is the one that is missing; the others say where it was looked for.
fn missing(detail: &str) -> Option<Missing> {
    const PHRASES: [&str; 5] = [
        "does not exist",
        "doesn't exist",
        "not found",
        "has been deleted",
        "not belong",
    ];
    const THINGS: [(&str, Missing); 10] = [
        ("pipeline", Missing::Subject),
        ("execution", Missing::Subject),
        ("project", Missing::Scope),
        ("organization", Missing::Scope),
        ("account", Missing::Scope),
        ("service", Missing::Other),
        ("environment", Missing::Other),
        ("infrastructure", Missing::Other),
        ("connector", Missing::Other),
        ("template", Missing::Other),
    ];
    let detail = detail.to_ascii_lowercase();
    PHRASES.iter().find(|phrase| detail.contains(*phrase))?;
    let named = THINGS
        .iter()
        .filter_map(|(thing, missing)| Some((detail.find(thing)?, *missing)));
    named.min_by_key(|(place, _)| *place).map(|(_, missing)| missing)
}

fn explain(status: u16, envelope: &Envelope, subject: Subject<'_>) -> (FailureCode, String) {
    let code = code_of(status, envelope, subject);
    let what = match code {
        FailureCode::Unauthorized => {
            "the API key was refused (revoked or expired); create a new one in Harness and set it in the configuration"
                .to_owned()
        }
        FailureCode::Forbidden => {
            "the API key may not do this; give its user or service account a role in Harness that may".to_owned()
        }
        FailureCode::PipelineNotFound | FailureCode::NotFound => subject.not_found().1,
        FailureCode::WrongScope => {
            "account, organization and project do not fit together; correct them in the configuration".to_owned()
        }
        FailureCode::Conflict => "somebody else changed or created it in the meantime; read it again".to_owned(),
        FailureCode::RateLimited => "Harness gets too many requests of this API key; try again in a minute".to_owned(),
        FailureCode::Unavailable if envelope.code.as_deref() == Some(NO_DELEGATE) => {
            "no delegate of Harness is there to do this".to_owned()
        }
        FailureCode::Unavailable => format!("Harness failed (status {status}); try again later"),
        FailureCode::Timeout => "Harness did not answer in time".to_owned(),
        FailureCode::InvalidRequest if status == 414 => {
            "the request's address is too long for Harness, and the notes travel in it; shorten them".to_owned()
        }
        FailureCode::InvalidRequest => "Harness refused the request".to_owned(),
        FailureCode::MalformedResponse
        | FailureCode::OutcomeUnknown
        | FailureCode::ForeignPipeline
        | FailureCode::InvalidConfig
        | FailureCode::Internal => format!("Harness answered with status {status}, which was not expected"),
    };
    let message = if envelope.detail.is_empty() {
        what
    } else {
        format!("{what}: {}", envelope.detail)
    };
    (code, message)
}
