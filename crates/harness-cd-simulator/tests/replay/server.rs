use std::env;
use std::path::Path;
use std::thread::sleep;

use harness_cd_simulator::{Options, RunningSimulator, start};
use serde_json::{Value, json};
use ureq::Agent;
use ureq::http::Request;

use crate::duration::Span;
use crate::variables::Variables;

const KEY: &str = "sat.demo-account.replay.secret";

/// The server that stories are played on: a simulator of its own, or one that the environment names.
pub(crate) struct Server {
    base_url: String,
    key: String,
    account: String,
    org: String,
    project: String,
    has_control: bool,
    agent: Agent,
    _simulator: Option<RunningSimulator>,
}

/// An answer; a body that is not JSON counts as a text.
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) body: Value,
}

impl Server {
    /// A simulator whose clock stands still until a story turns it.
    pub(crate) fn simulator() -> Self {
        let entities = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/replay/entities");
        let simulator = start(Options {
            speed: 0.0,
            ..Options::new(entities, KEY)
        })
        .unwrap();
        Self {
            base_url: simulator.base_url.clone(),
            key: KEY.to_owned(),
            account: "demo-account".to_owned(),
            org: "market".to_owned(),
            project: "bakery".to_owned(),
            has_control: true,
            agent: agent(),
            _simulator: Some(simulator),
        }
    }

    /// The server at `HARNESS_REPLAY_URL`, if that is set.
    pub(crate) fn of_environment() -> Option<Self> {
        let text = |name: &str| env::var(format!("HARNESS_REPLAY_{name}")).ok();
        let needed = |name: &str| text(name).unwrap_or_else(|| panic!("HARNESS_REPLAY_{name} is not set"));
        Some(Self {
            base_url: text("URL")?.trim_end_matches('/').to_owned(),
            key: needed("KEY"),
            account: needed("ACCOUNT"),
            org: text("ORG").unwrap_or_else(|| "market".to_owned()),
            project: text("PROJECT").unwrap_or_else(|| "bakery".to_owned()),
            has_control: text("CONTROL").is_some(),
            agent: agent(),
            _simulator: None,
        })
    }

    pub(crate) fn has_control(&self) -> bool {
        self.has_control
    }

    /// What a story knows from the start.
    pub(crate) fn variables(&self) -> Variables {
        let mut variables = Variables::default();
        variables.set("key", self.key.as_str());
        variables.set("account", self.account.as_str());
        variables.set("org", self.org.as_str());
        variables.set("project", self.project.as_str());
        variables
    }

    /// `path` begins with a slash and may have a query. `None` is no body at all.
    pub(crate) fn send(
        &self,
        method: &str,
        path: &str,
        headers: &[(String, String)],
        body: Option<&str>,
    ) -> Result<Reply, String> {
        let url = format!("{}{path}", self.base_url);
        let mut request = Request::builder().method(method).uri(&url);
        for (name, value) in headers {
            request = request.header(name, value);
        }
        let told = |error: &dyn std::fmt::Display| format!("{method} {url}: {error}");
        let response = match body {
            None => self.agent.run(request.body(()).map_err(|error| told(&error))?),
            Some(body) => self
                .agent
                .run(request.body(body.as_bytes().to_vec()).map_err(|error| told(&error))?),
        };
        let mut response = response.map_err(|error| told(&error))?;
        let bytes = response.body_mut().read_to_vec().map_err(|error| told(&error))?;
        let text = String::from_utf8_lossy(&bytes);
        Ok(Reply {
            status: response.status().as_u16(),
            body: serde_json::from_str(&text).unwrap_or_else(|_| Value::String(text.into_owned())),
        })
    }

    pub(crate) fn control(&self, what: &str, body: &Value) -> Result<Reply, String> {
        let headers = [("content-type".to_owned(), "application/json".to_owned())];
        self.send("POST", &format!("/simulator/{what}"), &headers, Some(&body.to_string()))
    }

    /// Lets time pass: by the simulator's clock, or by waiting.
    pub(crate) fn pass(&self, span: Span) -> Result<(), String> {
        if !self.has_control {
            sleep(span.0);
            return Ok(());
        }
        let reply = self.control("clock", &json!({ "advanceMs": span.ms() }))?;
        match reply.status {
            200..300 => Ok(()),
            status => Err(format!("the clock answered {status}: {}", reply.body)),
        }
    }
}

fn agent() -> Agent {
    Agent::config_builder().http_status_as_error(false).build().into()
}
