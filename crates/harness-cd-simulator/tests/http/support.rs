use std::fs;
use std::io::{self, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;

use harness_cd_simulator::{Modes, Options, RunningSimulator, start};
use serde_json::{Value, json};
use tempfile::TempDir;
use ureq::Agent;
use ureq::http::Request;

pub(crate) const KEY: &str = "sat.demo-account.test.key";
pub(crate) const SCOPE: &str = "accountIdentifier=demo-account&orgIdentifier=default&projectIdentifier=platform";

/// Something that Harness answers and the simulator does not: the truth counts when it is carried out.
pub(crate) const PROBE: &str = "/ng/api/licenses/usage";

/// A simulator whose clock stands still until a test turns it.
pub(crate) struct Harness {
    simulator: RunningSimulator,
    agent: Agent,
}

pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: ureq::http::HeaderMap,
    pub(crate) text: String,
}

impl Reply {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }

    /// The data of a classic success.
    pub(crate) fn data(&self) -> Value {
        let mut body = self.json();
        assert_eq!(
            (self.status, &body["status"]),
            (200, &json!("SUCCESS")),
            "{}",
            self.text
        );
        body["data"].take()
    }

    /// Status and code of a classic failure.
    pub(crate) fn failure(&self) -> (u16, String) {
        let body = self.json();
        assert_ne!(body["status"], "SUCCESS", "{}", self.text);
        (self.status, body["code"].as_str().unwrap_or_default().to_owned())
    }

    /// The codes of `responseMessages`.
    pub(crate) fn causes(&self) -> Vec<String> {
        let body = self.json();
        let entries = body["responseMessages"].as_array().unwrap();
        entries
            .iter()
            .filter_map(|entry| entry["code"].as_str())
            .map(str::to_owned)
            .collect()
    }
}

/// A folder with these files.
pub(crate) fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = TempDir::new().unwrap();
    for (name, text) in files {
        fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

pub(crate) fn options() -> Options {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    Options {
        speed: 0.0,
        ..Options::new(fixtures, KEY)
    }
}

impl Harness {
    pub(crate) fn start() -> Self {
        Self::start_with(options())
    }

    pub(crate) fn start_with(options: Options) -> Self {
        let config = Agent::config_builder().http_status_as_error(false).build();
        Self {
            simulator: start(options).unwrap(),
            agent: config.into(),
        }
    }

    pub(crate) fn with_modes(change: impl FnOnce(&mut Modes)) -> Self {
        let mut options = options();
        change(&mut options.modes);
        Self::start_with(options)
    }

    /// What comes over the wire for a request with the key, until the server closes the connection or it breaks.
    pub(crate) fn bytes(&self, path: &str) -> (Vec<u8>, io::Result<()>) {
        let address = self.simulator.base_url.strip_prefix("http://").unwrap();
        let mut stream = TcpStream::connect(address).unwrap();
        let head = format!("GET {path} HTTP/1.1\r\nhost: simulator\r\nx-api-key: {KEY}\r\nconnection: close\r\n\r\n");
        stream.write_all(head.as_bytes()).unwrap();
        let mut bytes = Vec::new();
        let ended = stream.read_to_end(&mut bytes).map(|_| ());
        (bytes, ended)
    }

    pub(crate) fn truth(&self) -> Value {
        self.control("GET", "truth", &Value::Null)
    }

    /// How many times [`PROBE`] was carried out.
    pub(crate) fn probes(&self) -> i64 {
        let truth = self.truth();
        let counted = truth["notSimulated"].as_array().unwrap();
        counted
            .iter()
            .find(|counted| counted["path"] == PROBE)
            .map_or(0, |counted| counted["count"].as_i64().unwrap())
    }

    pub(crate) fn try_send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: impl AsRef<[u8]>,
    ) -> Result<Reply, ureq::Error> {
        let body = body.as_ref();
        let mut request = Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.simulator.base_url));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = if body.is_empty() {
            self.agent.run(request.body(()).unwrap())
        } else {
            self.agent.run(request.body(body.to_vec()).unwrap())
        };
        let mut response = response?;
        let text = response.body_mut().read_to_string()?;
        Ok(Reply {
            status: response.status().as_u16(),
            headers: response.headers().clone(),
            text,
        })
    }

    pub(crate) fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Reply {
        self.try_send(method, path, headers, body).unwrap()
    }

    /// A call with the key and the scope; `path` has no query or ends with `&`-ready parameters.
    pub(crate) fn call(&self, method: &str, path: &str, body: &str) -> Reply {
        self.call_as(KEY, method, path, body)
    }

    /// The same with somebody else's key.
    pub(crate) fn call_as(&self, key: &str, method: &str, path: &str, body: &str) -> Reply {
        let media_type = if body.starts_with('{') {
            "application/json"
        } else {
            "application/yaml"
        };
        let separator = if path.contains('?') { '&' } else { '?' };
        let headers = [
            ("x-api-key", key),
            ("content-type", media_type),
            ("harness-account", "demo-account"),
        ];
        self.send(method, &format!("{path}{separator}{SCOPE}"), &headers, body)
    }

    pub(crate) fn control(&self, method: &str, name: &str, body: &Value) -> Value {
        let body = if body.is_null() {
            String::new()
        } else {
            body.to_string()
        };
        let reply = self.send(method, &format!("/simulator/{name}"), &[], &body);
        assert_eq!(reply.status, 200, "{}", reply.text);
        reply.json()
    }

    pub(crate) fn advance(&self, ms: i64) {
        self.control("POST", "clock", &json!({ "advanceMs": ms }));
    }

    pub(crate) fn run(&self, tag: &str, environment: &str) -> String {
        let path = "/pipeline/api/pipeline/execute/shop_cd?notesForPipelineExecution=nonce-1";
        let data = self.call("POST", path, &inputs(tag, environment)).data();
        data["planExecution"]["uuid"].as_str().unwrap().to_owned()
    }

    pub(crate) fn detail(&self, id: &str, parameters: &str) -> Value {
        self.call(
            "GET",
            &format!("/pipeline/api/pipelines/execution/v2/{id}?{parameters}"),
            "",
        )
        .data()
    }

    pub(crate) fn status(&self, id: &str) -> String {
        let detail = self.detail(id, "");
        detail["pipelineExecutionSummary"]["status"]
            .as_str()
            .unwrap()
            .to_owned()
    }

    /// Stage identifier and status in the order in which the edges lead, parallel children in place of their node.
    pub(crate) fn stages(&self, id: &str) -> Vec<(String, String)> {
        let summary = self.detail(id, "")["pipelineExecutionSummary"].take();
        let nodes = &summary["layoutNodeMap"];
        let mut found = Vec::new();
        let mut next = summary["startingNodeId"].as_str().map(str::to_owned);
        while let Some(key) = next {
            let node = &nodes[&key];
            let children = node["edgeLayoutList"]["currentNodeChildren"].as_array().unwrap();
            let of = |node: &Value| {
                let text = |key: &str| node[key].as_str().unwrap().to_owned();
                (text("nodeIdentifier"), text("status"))
            };
            if children.is_empty() {
                found.push(of(node));
            }
            found.extend(children.iter().map(|child| of(&nodes[child.as_str().unwrap()])));
            next = node["edgeLayoutList"]["nextIds"][0].as_str().map(str::to_owned);
        }
        found
    }

    pub(crate) fn list(&self, parameters: &str, filter: &Value) -> Value {
        let mut body = json!({ "filterType": "PipelineExecution" });
        body.as_object_mut()
            .unwrap()
            .extend(filter.as_object().unwrap().clone());
        let path = format!("/gateway/pipeline/api/pipelines/execution/summary?{parameters}");
        self.call("POST", &path, &body.to_string()).data()
    }
}

pub(crate) fn inputs(tag: &str, environment: &str) -> String {
    format!(
        "pipeline:\n  identifier: shop_cd\n  variables:\n    - name: imageTag\n      type: String\n      value: {tag}\n    \
         - name: targetEnvironment\n      type: String\n      value: {environment}\n"
    )
}

pub(crate) fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect()
}
