use std::time::Duration;

use serde::Deserialize;

use crate::http::{Answer, Request};
use crate::respond::{self, Failure};

/// A fault that `POST /simulator/faults` arms.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Fault {
    /// What goes wrong.
    pub kind: FaultKind,
    /// Only requests whose path contains this; every request without it.
    pub path: Option<String>,
    /// Only requests of this method; every method without it.
    pub method: Option<String>,
    /// How many requests it hits; 0 means every one until the faults are cleared.
    #[serde(default = "once")]
    pub times: u32,
    /// How long the answer is held back, in ms of wall time; 5 s for `slow`, nothing for the others.
    pub delay_ms: Option<u64>,
}

fn once() -> u32 {
    1
}

/// What can go wrong. Source: Harness API facts, checklist 1 and error envelopes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum FaultKind {
    /// 401 `INVALID_TOKEN`, nothing happens.
    Unauthorized,
    /// 403 `NG_ACCESS_DENIED`, nothing happens.
    Forbidden,
    /// 404 `ENTITY_NOT_FOUND`, nothing happens.
    NotFound,
    /// 409 `DUPLICATE_FIELD`, nothing happens.
    Conflict,
    /// 429 without `Retry-After`, nothing happens.
    RateLimited,
    /// 500, nothing happens.
    ServerError,
    /// The request is carried out, the answer is a gateway's HTML page with status 502.
    BadGatewayAfterAccept,
    /// The request is carried out, the answer comes late.
    Slow,
    /// The request is carried out, the answer breaks off before its announced length.
    CutBody,
    /// A login page with status 200 instead of an answer, nothing happens.
    HtmlPage,
    /// The request is carried out, the connection drops without an answer.
    ResetAfterAccept,
}

/// How an answer leaves the server.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Delivery {
    /// As it is.
    #[default]
    Whole,
    /// Without its last bytes.
    Cut,
    /// Not at all: the connection drops.
    Reset,
}

/// The armed faults, in the order in which they were armed.
#[derive(Clone, Debug, Default)]
pub(crate) struct Faults(Vec<Fault>);

impl Faults {
    /// Arms a fault.
    pub(crate) fn arm(&mut self, fault: Fault) {
        self.0.push(fault);
    }

    /// Disarms all of them.
    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    /// The first fault that hits a request, counted down.
    pub(crate) fn take(&mut self, request: &Request) -> Option<Fault> {
        let position = self.0.iter().position(|fault| fault.hits(request))?;
        let armed = self.0.get_mut(position)?;
        let fault = armed.clone();
        match armed.times {
            0 => {}
            1 => drop(self.0.remove(position)),
            _ => armed.times -= 1,
        }
        Some(fault)
    }
}

impl Fault {
    fn hits(&self, request: &Request) -> bool {
        self.path
            .as_ref()
            .is_none_or(|part| request.path.contains(part.as_str()))
            && self
                .method
                .as_ref()
                .is_none_or(|method| method.eq_ignore_ascii_case(&request.method))
    }

    /// The answer that replaces the request's own before it is carried out; `None` where it is carried out.
    pub(crate) fn refusal(&self) -> Option<Answer> {
        let failure = match self.kind {
            FaultKind::Unauthorized => Failure::unauthorized(),
            FaultKind::Forbidden => Failure::forbidden("Missing permission core_pipeline_execute on pipeline"),
            FaultKind::NotFound => {
                Failure::new(404, "ENTITY_NOT_FOUND", "The entity does not exist or has been deleted")
            }
            FaultKind::Conflict => {
                Failure::new(409, "DUPLICATE_FIELD", "An entity with this identifier already exists")
            }
            FaultKind::RateLimited => Failure::new(429, "TOO_MANY_REQUESTS", "Too many requests"),
            FaultKind::ServerError => Failure::new(500, "UNKNOWN_ERROR", "Oops, something went wrong on our end"),
            FaultKind::HtmlPage => return Some(respond::html(200, "Sign in", "Please sign in to continue.")),
            FaultKind::BadGatewayAfterAccept | FaultKind::Slow | FaultKind::CutBody | FaultKind::ResetAfterAccept => {
                return None;
            }
        };
        Some(failure.answer("00000000-0000-4000-8000-000000000000"))
    }

    /// What becomes of the answer of a request that was carried out or refused.
    pub(crate) fn apply(&self, answer: Answer) -> Answer {
        let mut answer = match self.kind {
            FaultKind::BadGatewayAfterAccept => {
                respond::html(502, "502 Bad Gateway", "The server encountered a temporary error.")
            }
            _ => answer,
        };
        answer.delivery = match self.kind {
            FaultKind::CutBody => Delivery::Cut,
            FaultKind::ResetAfterAccept => Delivery::Reset,
            _ => Delivery::Whole,
        };
        let slow = if self.kind == FaultKind::Slow { 5_000 } else { 0 };
        answer.delay = Duration::from_millis(self.delay_ms.unwrap_or(slow));
        answer
    }
}
