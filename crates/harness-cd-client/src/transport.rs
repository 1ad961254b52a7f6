use std::fmt;

use serde::Serialize;
use thiserror::Error;

use crate::{FailureCode, HarnessFailure};

/// The header that carries the key.
pub(crate) const API_KEY_HEADER: &str = "x-api-key";

/// The method of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Reads.
    Get,
    /// Reads with a filter, and runs.
    Post,
}

impl Method {
    /// As it stands in a request line.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
        }
    }
}

/// An HTTP request. Its `Debug` shows no key.
#[derive(Clone, PartialEq, Eq)]
pub struct Request {
    /// The method.
    pub method: Method,
    /// The absolute address, with its query.
    pub url: String,
    /// Names and values, free of control characters. The content type is in [`Body`].
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Option<Body>,
    /// How long the whole exchange may take, in ms.
    pub timeout_ms: u32,
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let headers: Vec<_> = self
            .headers
            .iter()
            .map(|(name, value)| {
                let secret = name.eq_ignore_ascii_case(API_KEY_HEADER);
                (name.as_str(), if secret { "(redacted)" } else { value.as_str() })
            })
            .collect();
        f.debug_struct("Request")
            .field("method", &self.method)
            .field("url", &self.url)
            .field("headers", &headers)
            .field("body", &self.body)
            .field("timeout_ms", &self.timeout_ms)
            .finish()
    }
}

/// The body of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Body {
    /// For example `application/json`.
    pub content_type: &'static str,
    /// The bytes.
    pub bytes: Vec<u8>,
}

impl Body {
    /// The JSON text of a value.
    pub(crate) fn json(content_type: &'static str, value: &impl Serialize) -> Result<Self, HarnessFailure> {
        let bytes =
            serde_json::to_vec(value).map_err(|error| HarnessFailure::new(FailureCode::Internal, error.to_string()))?;
        Ok(Self { content_type, bytes })
    }
}

/// An HTTP response, of any status.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Response {
    /// The status, for example 200.
    pub status: u16,
    /// The whole body.
    pub body: Vec<u8>,
    /// The `Content-Type` header.
    pub content_type: Option<String>,
}

/// No answer that this product reads is larger, in bytes: a page of 1,000 execution summaries has some 6 MB. What is
/// larger would cost a process its memory before anybody saw what it is.
pub const MAX_RESPONSE_BYTES: usize = 16 * 1024 * 1024;

/// Why no response came.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum TransportError {
    /// The request's time ran out.
    #[error("no answer in time")]
    Timeout,
    /// The body is longer than [`MAX_RESPONSE_BYTES`].
    #[error("the answer is longer than {} MB", MAX_RESPONSE_BYTES / (1024 * 1024))]
    TooLarge,
    /// The connection failed, before or after the request was received, or the body was cut off.
    #[error("{0}")]
    Network(String),
}

/// HTTP, waiting and the clock.
///
/// Redirects are not followed: the key would go along.
#[expect(
    async_fn_in_trait,
    reason = "futures of a browser or of Node are not Send, and need not be"
)]
pub trait Transport {
    /// Sends a request and reads the whole response, within [`Request::timeout_ms`] and [`MAX_RESPONSE_BYTES`].
    ///
    /// # Errors
    /// Where no response came. A response of any status is no error.
    async fn send(&self, request: &Request) -> Result<Response, TransportError>;

    /// Waits.
    async fn sleep(&self, ms: u32);

    /// The present, in epoch ms.
    fn now_ms(&self) -> i64;
}
