//! The requests that came in: the last ones, without bodies and secrets.

use std::collections::{BTreeMap, VecDeque};

use serde::Serialize;

use super::message::Request;

const MOST: usize = 10_000;

/// Parts of the names of headers whose values are nobody's business.
const SECRET: [&str; 5] = ["api-key", "authorization", "cookie", "token", "secret"];

/// One request and what it got.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Logged {
    method: String,
    path: String,
    query: String,
    status: u16,
    /// Simulated time, epoch ms.
    at: i64,
    /// The key's fingerprint.
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<String>,
    /// The limit that refused it.
    #[serde(skip_serializing_if = "Option::is_none")]
    refused_by: Option<&'static str>,
    headers: BTreeMap<String, String>,
    body_bytes: usize,
}

/// What became of a request.
#[derive(Clone, Debug)]
pub(crate) struct Fate {
    pub(crate) status: u16,
    pub(crate) refused_by: Option<&'static str>,
}

/// The last requests, the oldest first.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct RequestLog(VecDeque<Logged>);

impl RequestLog {
    pub(crate) fn record(&mut self, request: &Request, key: Option<String>, fate: &Fate, at: i64) {
        if self.0.len() >= MOST {
            self.0.pop_front();
        }
        self.0.push_back(Logged {
            method: request.method.clone(),
            path: request.path.clone(),
            query: request.query.clone(),
            status: fate.status,
            at,
            key,
            refused_by: fate.refused_by,
            headers: request.headers.iter().map(redacted).collect(),
            body_bytes: request.body.len(),
        });
    }

    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }
}

fn redacted((name, value): &(String, String)) -> (String, String) {
    let secret = SECRET.iter().any(|part| name.contains(part));
    (
        name.clone(),
        if secret { "[redacted]".to_owned() } else { value.clone() },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_log_is_bounded_and_keeps_no_secret() {
        let mut log = RequestLog::default();
        let headers = ["x-api-key", "Authorization", "cookie", "x-shared-secret", "accept"];
        let request = Request {
            headers: headers.map(|name| (name.to_lowercase(), "4711".to_owned())).to_vec(),
            body: b"0815".to_vec(),
            ..Request::default()
        };
        let fate = Fate {
            status: 200,
            refused_by: None,
        };
        for at in 0..=10_000 {
            log.record(&request, None, &fate, at);
        }
        assert_eq!((log.0.len(), log.0.front().map(|logged| logged.at)), (MOST, Some(1)));
        let text = serde_json::to_string(&log.0.back()).unwrap();
        assert_eq!(
            (text.matches("4711").count(), text.contains("0815")),
            (1, false),
            "{text}"
        );
    }
}
