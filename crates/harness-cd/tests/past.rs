//! What ran, out of one answer of Harness: as rows and as text, with the way back to Harness.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use harness_cd::client::{ExecutionQuery, FailureCode, Request, Response, Transport, TransportError};
use harness_cd::history::HistoryOptions;
use pollster::block_on;
use serde_json::Value;
use support::{product, scope};

/// Gives every request the same body.
struct Always(&'static str);

impl Transport for Always {
    async fn send(&self, _request: &Request) -> Result<Response, TransportError> {
        Ok(Response {
            status: 200,
            body: self.0.as_bytes().to_vec(),
            content_type: None,
        })
    }

    async fn sleep(&self, _ms: u32) {}

    fn now_ms(&self) -> i64 {
        0
    }
}

fn executions(body: &'static str) -> harness_cd::Executions {
    let harness = product("https://harness.company.com/gateway", Always(body));
    let options = HistoryOptions {
        regions: vec!["euw1".into()],
        ..HistoryOptions::default()
    };
    block_on(harness.executions(&scope(), &ExecutionQuery::default(), options)).unwrap()
}

#[test]
fn rows_and_text_say_the_same_and_lead_to_harness() {
    let executions = executions(include_str!("../../../tests/fixtures/executions/page.json"));
    let page = executions.page().unwrap();
    let text: Value = serde_json::from_str(&executions.text().unwrap()).unwrap();
    assert_eq!(serde_json::to_value(&page).unwrap(), text);
    assert!(page.deployments.iter().any(|row| row.region.as_deref() == Some("euw1")));
    let links: Vec<_> = page.deployments.iter().filter_map(|row| row.links.as_ref()).collect();
    assert!(!links.is_empty());
    for links in links {
        let start = "https://harness.company.com/ng/account/a/module/cd/orgs/";
        assert!(links.execution.starts_with(start), "{}", links.execution);
    }
}

#[test]
fn an_answer_of_another_shape_is_a_failure() {
    for body in ["{", "nothing"] {
        let executions = executions(body);
        assert_eq!(
            executions.page().unwrap_err().code,
            FailureCode::MalformedResponse,
            "{body}"
        );
        assert_eq!(
            executions.text().unwrap_err().code,
            FailureCode::MalformedResponse,
            "{body}"
        );
    }
}
