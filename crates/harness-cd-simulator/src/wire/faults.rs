//! Faults as `POST /simulator/faults` arms them: which requests they hit, and what goes wrong then.

use std::time::Duration;

use serde::Deserialize;

use super::delivery::Delivery;
use super::message::{Answer, Request, fingerprint};
use super::refusal::Refusal;

/// A fault. Which requests it hits: those that fit `path`, `method`, `query`, `bodyContains` and `key`; of them, after
/// the first `after`, those that `every` divides, with `probability`, `times` times. What goes wrong: `kind` in one word, or
/// `stage`, `status`, `page`, `delivery` and `delayMs`, which win over those of the kind. No `Debug`: it may hold a key.
#[derive(Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Fault {
    /// What goes wrong, in one word.
    pub kind: Option<FaultKind>,
    /// Only requests whose path contains this.
    pub path: Option<String>,
    /// Only requests of this method.
    pub method: Option<String>,
    /// Only requests whose query, as it came, contains this.
    pub query: Option<String>,
    /// Only requests whose body contains this.
    pub body_contains: Option<String>,
    /// Only requests with this key; its fingerprint, as the truth shows it, will do.
    pub key: Option<String>,
    /// How many fitting requests pass before the first is hit.
    pub after: u32,
    /// Of the fitting requests only those whose number this divides; each of them without it.
    pub every: Option<u32>,
    /// How likely a fitting request is hit, from 0 to 1; certainly without it.
    pub probability: Option<f64>,
    /// Decides which requests a probability hits.
    pub seed: u64,
    /// How many requests it hits; once without it, 0 means every one until the faults are cleared.
    pub times: Option<u32>,
    /// When it strikes.
    pub stage: Option<Stage>,
    /// The status of the answer that comes instead.
    pub status: Option<u16>,
    /// What that answer is; JSON without it.
    pub page: Option<Page>,
    /// How the answer leaves the server.
    pub delivery: Option<Delivery>,
    /// How long the answer is held back, in ms of wall time.
    pub delay_ms: Option<u64>,
}

/// What can go wrong, in one word. Source: harness-api §10.1 (statuses and pages), §0.5
/// (envelopes) [OAS, MCP].
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
    /// The request is carried out, the answer comes 5 s late.
    Slow,
    /// The request is carried out, the answer breaks off before its announced length.
    CutBody,
    /// A login page with status 200 instead of an answer, nothing happens.
    HtmlPage,
    /// The request is carried out, the connection drops without an answer.
    ResetAfterAccept,
}

/// When a fault strikes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Stage {
    /// Nothing is carried out.
    #[default]
    Before,
    /// The request is carried out, nothing of its answer has left yet.
    AfterAccept,
    /// The request is carried out, and the head of the answer arrives; where nothing else is said, half of the body.
    AfterHeaders,
}

/// What an answer is that comes instead.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Page {
    /// Harness's envelope.
    #[default]
    Json,
    /// A page, as of a load balancer in front.
    Html,
}

/// What goes wrong with one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Harm {
    stage: Stage,
    instead: Option<Refusal>,
    delivery: Delivery,
    delay_ms: u64,
}

impl Harm {
    /// What refuses the request before it is carried out; `None` where it is carried out.
    pub(crate) fn refusal(&self) -> Option<Refusal> {
        // A request that is neither carried out nor answered still needs an answer that can get lost.
        let lost = Refusal::Page(503);
        (self.stage == Stage::Before).then(|| self.instead.unwrap_or(lost))
    }

    /// What comes instead of the request's own answer.
    pub(crate) fn instead(&self) -> Option<Refusal> {
        self.instead
    }

    /// Says how an answer is delivered.
    pub(crate) fn deliver(&self, answer: Answer) -> Answer {
        let delivery = match (self.stage, self.delivery) {
            (Stage::AfterHeaders, Delivery::Whole) => Delivery::Cut { bytes: None },
            (Stage::AfterHeaders, Delivery::Reset) => Delivery::Cut { bytes: Some(0) },
            (_, delivery) => delivery,
        };
        let delay = answer.delay.saturating_add(Duration::from_millis(self.delay_ms));
        Answer {
            delivery,
            delay,
            ..answer
        }
    }
}

impl FaultKind {
    fn harm(self) -> Harm {
        let refused = |instead| Harm {
            stage: Stage::Before,
            instead: Some(instead),
            delivery: Delivery::Whole,
            delay_ms: 0,
        };
        let carried_out = |delivery| Harm {
            stage: Stage::AfterAccept,
            instead: None,
            delivery,
            delay_ms: 0,
        };
        match self {
            Self::Unauthorized => refused(Refusal::Json(401)),
            Self::Forbidden => refused(Refusal::Json(403)),
            Self::NotFound => refused(Refusal::Json(404)),
            Self::Conflict => refused(Refusal::Json(409)),
            Self::RateLimited => refused(Refusal::Json(429)),
            Self::ServerError => refused(Refusal::Json(500)),
            Self::HtmlPage => refused(Refusal::Page(200)),
            Self::ResetAfterAccept => carried_out(Delivery::Reset),
            Self::CutBody => carried_out(Delivery::Cut { bytes: None }),
            Self::Slow => Harm {
                delay_ms: 5_000,
                ..carried_out(Delivery::Whole)
            },
            Self::BadGatewayAfterAccept => Harm {
                instead: Some(Refusal::Page(502)),
                ..carried_out(Delivery::Whole)
            },
        }
    }
}

impl Fault {
    /// What goes wrong.
    ///
    /// # Errors
    /// A sentence, where the fault says nothing or what cannot be.
    pub(crate) fn harm(&self) -> Result<Harm, String> {
        self.check()?;
        let kind = self.kind.map(FaultKind::harm);
        let plain = Harm {
            stage: if self.status.is_some() {
                Stage::Before
            } else {
                Stage::AfterAccept
            },
            instead: None,
            delivery: Delivery::Whole,
            delay_ms: 0,
        };
        let base = kind.unwrap_or(plain);
        let instead = self.status.map(|status| match self.page.unwrap_or_default() {
            Page::Json => Refusal::Json(status),
            Page::Html => Refusal::Page(status),
        });
        Ok(Harm {
            stage: self.stage.unwrap_or(base.stage),
            instead: instead.or(base.instead),
            delivery: self.delivery.unwrap_or(base.delivery),
            delay_ms: self.delay_ms.unwrap_or(base.delay_ms),
        })
    }

    fn check(&self) -> Result<(), String> {
        let says_something = self.kind.is_some()
            || self.status.is_some()
            || self.stage == Some(Stage::AfterHeaders)
            || self.delivery.is_some()
            || self.delay_ms.is_some();
        if !says_something {
            return Err("a fault needs a kind, a status, a delivery or a delayMs".to_owned());
        }
        if let Some(status) = self.status.filter(|status| !has_body(*status)) {
            return Err(format!("status is {status}; give 200 to 599, and one that has a body"));
        }
        if let Some(probability) = self
            .probability
            .filter(|probability| !(0.0..=1.0).contains(probability))
        {
            return Err(format!("probability is {probability}; give 0 to 1"));
        }
        if self.page.is_some() && self.status.is_none() {
            return Err("a page needs a status".to_owned());
        }
        if self.every == Some(0) {
            return Err("every is 0; give 1 or more".to_owned());
        }
        Ok(())
    }

    /// Whether a request is one of those that it may hit.
    pub(crate) fn fits(&self, request: &Request) -> bool {
        let is_in = |part: &Option<String>, text: &str| part.as_deref().is_none_or(|part| text.contains(part));
        is_in(&self.path, &request.path)
            && is_in(&self.query, &request.query)
            && self
                .method
                .as_deref()
                .is_none_or(|method| method.eq_ignore_ascii_case(&request.method))
            && self
                .key
                .as_deref()
                .is_none_or(|key| request.header("x-api-key").is_some_and(|own| is_key(key, own)))
            && self
                .body_contains
                .as_deref()
                .is_none_or(|part| String::from_utf8_lossy(&request.body).contains(part))
    }
}

fn is_key(named: &str, own: &str) -> bool {
    named == own || named == fingerprint(own)
}
/// In HTTP, a 204, a 205 and a 304 have no content: there is nothing to cut, to drip or to show.
fn has_body(status: u16) -> bool {
    (200..=599).contains(&status) && ![204, 205, 304].contains(&status)
}
