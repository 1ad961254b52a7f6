//! What refuses a request from outside of its handler: a limit, the load balancer in front, an armed fault.

use axum::http::StatusCode;

use super::message::Answer;
use super::respond::{self, Failure, Style};

/// A refusal by its status.
///
/// Source: harness-api §12.22 [weak]: 429 and 403 of the load balancer in front are short pages, and JSON exists as
/// well; §0.5 [MCP]: pages of proxies come with any status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    Page(u16),
    Json(u16),
}

impl Refusal {
    pub(crate) fn answer(self, correlation_id: &str, style: Style) -> Answer {
        match self {
            Self::Page(status) => page(status),
            Self::Json(status) => failure(status).answer(correlation_id, style),
        }
    }
}

/// The texts are invented.
fn page(status: u16) -> Answer {
    if status == 200 {
        return respond::html(200, "Sign in", "Please sign in to continue.");
    }
    let reason = reason(status);
    respond::html(
        status,
        &format!("{status} {reason}"),
        "The request was not answered. Please try again later.",
    )
}

/// Source: harness-api §0.5 [OAS]: the codes; a missing permission is told.
fn failure(status: u16) -> Failure {
    match status {
        400 => Failure::invalid("the request cannot be processed"),
        401 => Failure::unauthorized(),
        403 => Failure::forbidden("Missing permission core_pipeline_execute on pipeline"),
        404 => Failure::new(404, "ENTITY_NOT_FOUND", "The entity does not exist or has been deleted"),
        409 => Failure::new(409, "DUPLICATE_FIELD", "An entity with this identifier already exists"),
        429 => Failure::new(429, "TOO_MANY_REQUESTS", "Too many requests"),
        500 => Failure::new(500, "UNKNOWN_ERROR", "Oops, something went wrong on our end"),
        _ => Failure::new(status, "UNKNOWN_ERROR", reason(status)),
    }
}

fn reason(status: u16) -> &'static str {
    StatusCode::from_u16(status)
        .ok()
        .and_then(|status| status.canonical_reason())
        .unwrap_or("Unknown")
}
