//! A simulated Harness of its own for each story, and the client's way to it.

use std::cell::Cell;
use std::fs;
use std::io::Read as _;
use std::path::Path;

use harness_cd::client::{ClientOptions, HarnessClient, Request, Response, Transport, TransportError};
use harness_cd::pipeline::{read_config_repo, render};
use harness_cd_model::HarnessScope;
use harness_cd_simulator::{Options, RunningSimulator, start};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::example;

/// The key of the service account that the product has; its owner may run, and override no freeze.
pub(crate) const KEY: &str = "sat.demo-account.portal.0123456789";
/// The key of somebody who may only read.
pub(crate) const VIEWERS_KEY: &str = "pat.demo-account.viewer.0123456789";
pub(crate) const UNKNOWN_KEY: &str = "sat.demo-account.revoked.0123456789";

const START_MS: i64 = 1_795_000_000_000;

const WORLD: &str = "
accounts:
  demo-account:
    orgs: { default: [platform] }
    principals:
      - { name: Portal, email: portal@example.com, kind: serviceAccount }
      - { name: Grace Okafor, email: grace.okafor@example.com, groups: ['*'] }
      - { name: Mateo Silva, email: mateo.silva@example.com, groups: ['*'] }
      - { name: Ada Reader, email: ada@example.com, role: viewer }
    keys:
      sat.demo-account.portal.0123456789: portal@example.com
      pat.demo-account.viewer.0123456789: ada@example.com
";

/// What is there before a story begins: the product's own pipeline of `payment-service`, one that uses what the product
/// does not write, and who is there.
pub(crate) struct Estate(TempDir);

impl Estate {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let entities = folder.path().join("entities");
        let rendered = render(&read_config_repo(&example()), &["payment-service".to_owned()]);
        for (path, text) in rendered.into_files().files {
            let file = entities.join(path);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, text).unwrap();
        }
        for (name, text) in [
            ("fleet.yaml", include_str!("fleet.yaml")),
            ("ask.yaml", include_str!("ask.yaml")),
            ("choice.yaml", include_str!("choice.yaml")),
            ("open.yaml", include_str!("open.yaml")),
            ("cluster.yaml", include_str!("cluster.yaml")),
            ("gitops.yaml", include_str!("gitops.yaml")),
            ("several.yaml", include_str!("several.yaml")),
            ("lab.yaml", include_str!("lab.yaml")),
            ("mail.yaml", include_str!("mail.yaml")),
            ("shop.yaml", include_str!("shop.yaml")),
            ("everywhere.yaml", include_str!("everywhere.yaml")),
        ] {
            fs::write(entities.join(name), text).unwrap();
        }
        fs::write(folder.path().join("world.yaml"), WORLD).unwrap();
        Self(folder)
    }

    /// With one more entity.
    pub(crate) fn with(self, name: &str, text: &str) -> Self {
        fs::write(self.0.path().join("entities").join(name), text).unwrap();
        self
    }

    fn options(&self) -> Options {
        let folder: &Path = self.0.path();
        Options {
            world: Some(folder.join("world.yaml")),
            start_at: Some(START_MS),
            speed: 0.0,
            history: 0,
            ..Options::new(folder.join("entities"), "")
        }
    }
}

/// A project of the account.
pub(crate) fn scope(project: &str) -> HarnessScope {
    HarnessScope {
        account: "demo-account".to_owned(),
        org: "default".to_owned(),
        project: project.to_owned(),
    }
}

/// A Harness whose clock stands still unless the client waits or a story turns it.
pub(crate) struct Harness {
    simulator: RunningSimulator,
    agent: ureq::Agent,
    now: Cell<i64>,
}

impl Harness {
    pub(crate) fn start(estate: &Estate) -> Self {
        let agent = ureq::Agent::config_builder()
            .max_redirects(0)
            .http_status_as_error(false)
            .build();
        Self {
            simulator: start(estate.options()).unwrap(),
            agent: agent.into(),
            now: Cell::new(START_MS),
        }
    }

    pub(crate) fn client(&self, api_key: &str) -> HarnessClient<&Self> {
        let options = ClientOptions {
            base_url: self.simulator.base_url.clone(),
            api_key: api_key.to_owned(),
            account: "demo-account".to_owned(),
            timeout_ms: 10_000,
        };
        HarnessClient::new(options, self).unwrap()
    }

    /// A call of the control plane.
    pub(crate) fn control(&self, method: &str, name: &str, body: &Value) -> Value {
        let url = format!("{}/simulator/{name}", self.simulator.base_url);
        let (status, answer) = self.exchange(method, &url, &[], body.to_string().as_bytes()).unwrap();
        let answer = serde_json::from_slice(&answer).unwrap();
        assert_eq!(status, 200, "{name}: {answer}");
        answer
    }

    /// A call that the product does not make, as somebody else makes it in Harness's own page; its status.
    pub(crate) fn elsewhere(&self, method: &str, path: &str) -> u16 {
        let scope = "accountIdentifier=demo-account&orgIdentifier=default&projectIdentifier=platform";
        let url = format!("{}{path}&{scope}", self.simulator.base_url);
        self.exchange(method, &url, &[("x-api-key", KEY)], b"").unwrap().0
    }

    /// What a registry or a page asks of Harness beside the product: the `data` of the answer.
    pub(crate) fn data(&self, method: &str, path: &str, body: &Value) -> Value {
        let url = format!("{}{path}", self.simulator.base_url);
        let headers = [("x-api-key", KEY), ("content-type", "application/json")];
        let (status, answer) = self
            .exchange(method, &url, &headers, body.to_string().as_bytes())
            .unwrap();
        let mut answer: Value = serde_json::from_slice(&answer).unwrap();
        assert_eq!(status, 200, "{path}: {answer}");
        answer["data"].take()
    }

    /// The same, told in YAML.
    pub(crate) fn data_of_yaml(&self, method: &str, path: &str, yaml: &str) -> Value {
        let url = format!("{}{path}", self.simulator.base_url);
        let headers = [("x-api-key", KEY), ("content-type", "application/yaml")];
        let (status, answer) = self.exchange(method, &url, &headers, yaml.as_bytes()).unwrap();
        let mut answer: Value = serde_json::from_slice(&answer).unwrap();
        assert_eq!(status, 200, "{path}: {answer}");
        answer["data"].take()
    }

    pub(crate) fn advance(&self, ms: i64) {
        self.control("POST", "clock", &json!({ "advanceMs": ms }));
        self.now.set(self.now.get() + ms);
    }

    fn exchange(
        &self,
        method: &str,
        url: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Result<(u16, Vec<u8>), ureq::Error> {
        let mut request = ureq::http::Request::builder().method(method).uri(url);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let answer = self.agent.run(request.body(body)?)?;
        let status = answer.status().as_u16();
        let mut bytes = Vec::new();
        answer.into_body().into_reader().read_to_end(&mut bytes)?;
        Ok((status, bytes))
    }
}

/// Real HTTP; time is the simulator's.
impl Transport for &Harness {
    async fn send(&self, request: &Request) -> Result<Response, TransportError> {
        let mut headers: Vec<(&str, &str)> = request
            .headers
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        headers.extend(request.body.as_ref().map(|body| ("content-type", body.content_type)));
        let body = request
            .body
            .as_ref()
            .map(|body| body.bytes.as_slice())
            .unwrap_or_default();
        match self.exchange(request.method.as_str(), &request.url, &headers, body) {
            Ok((status, body)) => Ok(Response {
                status,
                body,
                content_type: None,
            }),
            Err(error) => Err(TransportError::Network(error.to_string())),
        }
    }

    async fn sleep(&self, ms: u32) {
        self.advance(i64::from(ms));
    }

    fn now_ms(&self) -> i64 {
        self.now.get()
    }
}
