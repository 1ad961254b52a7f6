//! The envelopes of Harness: successes, failures, pages.

use serde_json::{Map, Value, json};

use super::delivery::Delivery;
use super::message::{Answer, Request};

/// What a request came to: a success or a failure.
pub(crate) type Outcome = Result<Reply, Failure>;

/// A success.
#[derive(Debug)]
pub(crate) enum Reply {
    /// `{status, data, metaData, correlationId}`: the classic APIs (harness-api §0.4 [SDK, HUB]).
    Enveloped(Value),
    /// The value alone: the v1 APIs and the simulator's own.
    Bare(Value),
    /// The value alone, 201: v1 creations (harness-api §0.2 [OAS]).
    Created(Value),
    /// 204 without a body: v1 deletions (harness-api §0.2 [OAS]).
    Empty,
    /// A bare list of v1 with its page in headers (harness-api §0.2 [OAS]).
    BareList(Vec<Value>, Page, usize),
    /// YAML text (harness-api §0.3 [CORE]: the old inputset call).
    Yaml(String),
    /// Bytes as they are: a downloaded log.
    Text(String),
    /// A page for a person.
    Html(&'static str, &'static str),
    /// A success that takes so long, ms of wall time.
    Late(Box<Reply>, u64),
}

/// The two error envelopes that are simulated (harness-api §0.5 [OAS]).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Style {
    Classic,
    V1,
}

/// A refusal in Harness's words.
#[derive(Clone, Debug)]
pub(crate) struct Failure {
    status: u16,
    code: &'static str,
    message: String,
    /// Fields of bean validation, told one by one.
    fields: Vec<&'static str>,
    /// Further entries of `responseMessages`: HINT, EXPLANATION.
    causes: Vec<(&'static str, String)>,
    metadata: Box<Value>,
}

impl Failure {
    pub(crate) fn new(status: u16, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            status,
            code,
            message: message.into(),
            fields: Vec::new(),
            causes: Vec::new(),
            metadata: Box::default(),
        }
    }

    /// 400 `INVALID_REQUEST`. Source: harness-api §0.5 [HUB]: the message begins with the code's words.
    pub(crate) fn invalid(message: impl Into<String>) -> Self {
        let message = format!("Invalid request: {}", message.into());
        Self::new(400, "INVALID_REQUEST", message)
    }

    /// Source: harness-api §0.5, §10.1 [OAS]: 401 `INVALID_TOKEN` when the key is missing or unknown.
    pub(crate) fn unauthorized() -> Self {
        Self::new(401, "INVALID_TOKEN", "Invalid API Token: Token is not valid.")
    }

    /// Source: harness-api §0.5 [OAS]: a missing permission is 403 `NG_ACCESS_DENIED`.
    pub(crate) fn forbidden(message: impl Into<String>) -> Self {
        Self::new(403, "NG_ACCESS_DENIED", message)
    }

    /// Source: harness-api §10.2 [open: the text]: a missing parameter is a 400 with `errors` by field.
    pub(crate) fn missing_parameters(fields: Vec<&'static str>) -> Self {
        Self {
            fields,
            ..Self::new(400, "INVALID_REQUEST", "Invalid request: missing query parameters")
        }
    }

    /// Source: harness-api §12.20 [CORE]: bean validation is 400 `FAILURE` "field: must not be null".
    pub(crate) fn must_not_be_null(field: &str) -> Self {
        Self::new(400, "FAILURE", format!("{field}: must not be null"))
    }

    /// What the facts do not cover: the simulator does not guess. The truth endpoint counts these.
    pub(crate) fn not_simulated(what: &str) -> Self {
        Self::new(
            501,
            "NOT_SIMULATED",
            format!("The simulator does not know what Harness answers here: {what}"),
        )
    }

    /// Adds entries of `responseMessages`: several causes come as several entries (harness-api §0.5 [MCP]).
    pub(crate) fn with_causes(self, causes: Vec<(&'static str, String)>) -> Self {
        Self { causes, ..self }
    }

    pub(crate) fn with_metadata(self, metadata: Value) -> Self {
        Self {
            metadata: Box::new(metadata),
            ..self
        }
    }

    pub(crate) fn status(&self) -> u16 {
        self.status
    }

    pub(crate) fn code(&self) -> &'static str {
        self.code
    }

    pub(crate) fn message(&self) -> &str {
        &self.message
    }

    pub(crate) fn answer(&self, correlation_id: &str, style: Style) -> Answer {
        let body = match style {
            Style::V1 => self.v1_body(),
            Style::Classic if !self.fields.is_empty() => self.fields_body(correlation_id),
            Style::Classic => self.classic_body(correlation_id),
        };
        json_answer(self.status, &body)
    }

    /// Source: harness-api §0.5: `metadata` in small letters on errors, `metaData` on successes [HUB].
    fn classic_body(&self, correlation_id: &str) -> Value {
        let entry = |code: &str, message: &str| json!({ "code": code, "level": "ERROR", "message": message, "exception": null, "failureTypes": [] });
        let own = std::iter::once(entry(self.code, &self.message));
        let causes = self.causes.iter().map(|(code, message)| entry(code, message));
        // Hints and explanations come before the error itself [CORE practice, weak].
        let messages: Vec<Value> = causes.chain(own).collect();
        json!({
            "status": "ERROR", "code": self.code, "message": self.message, "correlationId": correlation_id,
            "detailedMessage": null, "responseMessages": messages, "metadata": self.metadata,
        })
    }

    fn fields_body(&self, correlation_id: &str) -> Value {
        let errors = self
            .fields
            .iter()
            .map(|field| json!({ "fieldId": field, "error": "must not be null" }));
        json!({
            "status": "FAILURE", "code": self.code, "message": self.message, "correlationId": correlation_id,
            "errors": errors.collect::<Vec<_>>(),
        })
    }

    /// Source: harness-api §0.5, v1 [OAS].
    fn v1_body(&self) -> Value {
        let errors = self
            .fields
            .iter()
            .map(|field| json!({ "field_name": field, "message": "must not be null" }));
        json!({ "message": self.message, "code": self.code, "errors": errors.collect::<Vec<_>>() })
    }
}

impl Reply {
    pub(crate) fn answer(self, correlation_id: &str) -> Answer {
        match self {
            Self::Enveloped(data) => {
                let envelope = json!({ "status": "SUCCESS", "metaData": null, "correlationId": correlation_id });
                json_answer(200, &with(envelope, [("data", data)]))
            }
            Self::Bare(body) => json_answer(200, &body),
            Self::Created(body) => json_answer(201, &body),
            Self::Empty => answer(204, "application/json", Vec::new()),
            Self::BareList(items, page, total) => {
                let mut answer = json_answer(200, &Value::Array(items));
                answer.headers = vec![
                    ("x-total-elements", total.to_string()),
                    ("x-page-number", page.index.to_string()),
                    ("x-page-size", page.size.to_string()),
                ];
                answer
            }
            Self::Yaml(text) => answer(200, "application/yaml", text.into_bytes()),
            Self::Text(text) => answer(200, "text/plain; charset=utf-8", text.into_bytes()),
            Self::Html(title, text) => html(200, title, text),
            Self::Late(reply, ms) => Answer {
                delay: std::time::Duration::from_millis(ms),
                ..reply.answer(correlation_id)
            },
        }
    }
}

pub(crate) fn json_answer(status: u16, body: &Value) -> Answer {
    answer(status, "application/json", body.to_string().into_bytes())
}

pub(crate) fn html(status: u16, title: &str, text: &str) -> Answer {
    let page = format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>{title}</title></head>\
         <body><h1>{title}</h1><p>{text}</p></body></html>\n"
    );
    answer(status, "text/html; charset=utf-8", page.into_bytes())
}

fn answer(status: u16, content_type: &'static str, body: Vec<u8>) -> Answer {
    Answer {
        status,
        content_type,
        headers: Vec::new(),
        body,
        delay: std::time::Duration::ZERO,
        delivery: Delivery::Whole,
    }
}

/// Adds fields to an object. They move; `json!` would copy them, which takes its time with large ones.
pub(crate) fn with(mut object: Value, fields: impl IntoIterator<Item = (&'static str, Value)>) -> Value {
    if let Value::Object(own) = &mut object {
        own.extend(fields.into_iter().map(|(key, value)| (key.to_owned(), value)));
    }
    object
}

/// Leaves null fields out. Source: harness-api §0.4 [SDK]: null fields are generally dropped (NON_NULL).
pub(crate) fn without_nulls(object: Value) -> Value {
    match object {
        Value::Object(fields) => Value::Object(
            fields
                .into_iter()
                .filter(|(_, value)| !value.is_null())
                .collect::<Map<_, _>>(),
        ),
        other => other,
    }
}

/// Source: harness-api §0.6 [SDK]: pipelines and executions come as a Spring `Page`.
pub(crate) fn spring_page(content: Vec<Value>, page: Page, total: usize) -> Value {
    let pages = total.div_ceil(page.size);
    let frame = json!({
        "numberOfElements": content.len(), "empty": content.is_empty(), "totalElements": total, "totalPages": pages,
        "size": page.size, "number": page.index,
        "first": page.index == 0, "last": page.index + 1 >= pages,
        "sort": { "sorted": true, "unsorted": false, "empty": false },
        "pageable": {
            "pageNumber": page.index, "pageSize": page.size, "offset": page.index.saturating_mul(page.size),
            "paged": true, "unpaged": false, "sort": { "sorted": true, "unsorted": false, "empty": false },
        },
    });
    with(frame, [("content", Value::Array(content))])
}

/// Source: harness-api §0.6 [SDK]: services, environments and their kin come as a `PageResponse`.
pub(crate) fn page_response(content: Vec<Value>, page: Page, total: usize) -> Value {
    let frame = json!({
        "pageItemCount": content.len(), "empty": content.is_empty(), "totalItems": total,
        "totalPages": total.div_ceil(page.size), "pageSize": page.size, "pageIndex": page.index,
    });
    with(frame, [("content", Value::Array(content))])
}

/// Which page is asked for: 0-based, with a size of at least 1.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Page {
    pub(crate) index: usize,
    pub(crate) size: usize,
}

/// How a call names page and size, and how many it gives without a word.
/// Source: harness-api §0.6 [SDK], §12.36 [OAS: executions 10, pipelines and triggers 25, services and kin 100].
#[derive(Clone, Copy, Debug)]
pub(crate) struct Paging {
    pub(crate) index: &'static str,
    pub(crate) size: &'static str,
    pub(crate) default: usize,
}

impl Paging {
    pub(crate) const EXECUTIONS: Self = Self::spring(10);
    pub(crate) const PIPELINES: Self = Self::spring(25);
    pub(crate) const TRIGGERS: Self = Self::spring(25);
    pub(crate) const ENTITIES: Self = Self::spring(100);
    pub(crate) const CONNECTORS: Self = Self::index(100);
    pub(crate) const INPUT_SETS: Self = Self::index(100);

    pub(crate) const fn spring(default: usize) -> Self {
        Self {
            index: "page",
            size: "size",
            default,
        }
    }

    pub(crate) const fn index(default: usize) -> Self {
        Self {
            index: "pageIndex",
            size: "pageSize",
            default,
        }
    }
}

impl Page {
    /// Reads the two parameters.
    ///
    /// Source: harness-api §3.4 [CORE]: a page below 0 or a size outside 1 to 1000 is a 400.
    pub(crate) fn read(request: &Request, paging: Paging) -> Result<Self, Failure> {
        let refused =
            || Failure::invalid("Please check page and size: page must be >= 0 and size must be > 0 and <= 1000");
        let number = |name: &str, default: usize| match request.parameter(name) {
            None => Ok(default),
            Some(text) => text.parse().map_err(|_| refused()),
        };
        let page = Self {
            index: number(paging.index, 0)?,
            size: number(paging.size, paging.default)?,
        };
        if (1..=1000).contains(&page.size) {
            Ok(page)
        } else {
            Err(refused())
        }
    }

    /// The page's part of all items.
    pub(crate) fn cut<T>(self, items: Vec<T>) -> Vec<T> {
        items
            .into_iter()
            .skip(self.index.saturating_mul(self.size))
            .take(self.size)
            .collect()
    }
}
