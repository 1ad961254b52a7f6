use serde_json::{Value, json};

use crate::faults::Delivery;
use crate::http::Answer;

/// What a request came to: the data of a success, a body without an envelope, or a failure.
pub(crate) type Outcome = Result<Reply, Failure>;

/// A success.
#[derive(Debug)]
pub(crate) enum Reply {
    /// `{status, data, metaData, correlationId}`: the classic APIs.
    Enveloped(Value),
    /// The value alone: the v1 APIs and the simulator's own.
    Bare(Value),
    /// A page for a person.
    Html(&'static str, &'static str),
}

/// A refusal in Harness's words.
#[derive(Clone, Debug)]
pub(crate) struct Failure {
    status: u16,
    code: &'static str,
    message: String,
    fields: Vec<&'static str>,
}

impl Failure {
    pub(crate) fn new(status: u16, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            status,
            code,
            message: message.into(),
            fields: Vec::new(),
        }
    }

    /// 400 `INVALID_REQUEST`.
    pub(crate) fn invalid(message: impl Into<String>) -> Self {
        let message = format!("Invalid request: {}", message.into());
        Self::new(400, "INVALID_REQUEST", message)
    }

    /// Source: Harness API facts, checklist 1: 401 with an `INVALID_TOKEN` envelope when the key is missing or unknown.
    pub(crate) fn unauthorized() -> Self {
        Self::new(401, "INVALID_TOKEN", "Invalid API Token: Token is not valid.")
    }

    /// Source: Harness API facts, status codes: a missing permission is 403 `NG_ACCESS_DENIED`.
    pub(crate) fn forbidden(message: impl Into<String>) -> Self {
        Self::new(403, "NG_ACCESS_DENIED", message)
    }

    /// Source: Harness API facts, checklist 2: a missing scope parameter is 400 with `errors` by field.
    pub(crate) fn missing_parameters(fields: Vec<&'static str>) -> Self {
        Self {
            fields,
            ..Self::new(400, "INVALID_REQUEST", "Invalid request: missing query parameters")
        }
    }

    pub(crate) fn message(&self) -> &str {
        &self.message
    }

    /// Source: Harness API facts, error envelopes: `metadata` in small letters on errors, `metaData` on successes.
    pub(crate) fn answer(&self, correlation_id: &str) -> Answer {
        if !self.fields.is_empty() {
            let errors: Vec<Value> = self
                .fields
                .iter()
                .map(|field| json!({ "fieldId": field, "error": "must not be null" }))
                .collect();
            let body = json!({
                "status": "FAILURE", "code": self.code, "message": self.message,
                "correlationId": correlation_id, "errors": errors,
            });
            return json_answer(self.status, &body);
        }
        let body = json!({
            "status": "ERROR", "code": self.code, "message": self.message, "correlationId": correlation_id,
            "detailedMessage": null,
            "responseMessages": [{
                "code": self.code, "level": "ERROR", "message": self.message, "exception": null, "failureTypes": [],
            }],
            "metadata": null,
        });
        json_answer(self.status, &body)
    }
}

impl Reply {
    /// Source: Harness API facts, success envelope.
    pub(crate) fn answer(self, correlation_id: &str) -> Answer {
        match self {
            Self::Enveloped(data) => {
                let body =
                    json!({ "status": "SUCCESS", "data": data, "metaData": null, "correlationId": correlation_id });
                json_answer(200, &body)
            }
            Self::Bare(body) => json_answer(200, &body),
            Self::Html(title, text) => html(200, title, text),
        }
    }
}

fn json_answer(status: u16, body: &Value) -> Answer {
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
        body,
        delay: std::time::Duration::ZERO,
        delivery: Delivery::Whole,
    }
}

/// Source: Harness API facts, page shapes: pipelines and executions come as a Spring `Page`.
pub(crate) fn spring_page(content: Vec<Value>, page: Page, total: usize) -> Value {
    let pages = total.div_ceil(page.size);
    json!({
        "numberOfElements": content.len(), "empty": content.is_empty(), "content": content,
        "totalElements": total, "totalPages": pages, "size": page.size, "number": page.index,
        "first": page.index == 0, "last": page.index + 1 >= pages,
        "sort": { "sorted": true, "unsorted": false, "empty": false },
        "pageable": {
            "pageNumber": page.index, "pageSize": page.size, "offset": page.index.saturating_mul(page.size),
            "paged": true, "unpaged": false, "sort": { "sorted": true, "unsorted": false, "empty": false },
        },
    })
}

/// Source: Harness API facts, page shapes: services, environments and their kin come as a `PageResponse`.
pub(crate) fn page_response(content: Vec<Value>, page: Page, total: usize) -> Value {
    json!({
        "pageItemCount": content.len(), "empty": content.is_empty(), "content": content,
        "totalItems": total, "totalPages": total.div_ceil(page.size), "pageSize": page.size, "pageIndex": page.index,
    })
}

/// Which page is asked for: 0-based, with a size of at least 1.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Page {
    pub(crate) index: usize,
    pub(crate) size: usize,
}

impl Page {
    /// Reads the two parameters.
    ///
    /// Source: Harness API facts, list executions: a page below 0 or a size outside 1 to 1000 is a 400.
    pub(crate) fn read(index: Option<&str>, size: Option<&str>) -> Result<Self, Failure> {
        let refused =
            || Failure::invalid("Please check page and size: page must be >= 0 and size must be > 0 and <= 1000");
        let index = index.unwrap_or("0").parse().map_err(|_| refused())?;
        let size = size.unwrap_or("10").parse().map_err(|_| refused())?;
        if (1..=1000).contains(&size) {
            Ok(Self { index, size })
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
