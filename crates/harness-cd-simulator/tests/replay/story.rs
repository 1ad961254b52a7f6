use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::duration::Span;

/// What every call of a client carries: `client.yaml` of its folder.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Client {
    #[expect(dead_code, reason = "for people: whose requests these are")]
    client: String,
    #[expect(dead_code, reason = "for people: where that is known from")]
    fact: String,
    /// Stands before every path, such as `/gateway`.
    #[serde(default)]
    pub(crate) prefix: String,
    #[serde(default)]
    pub(crate) headers: Fields,
    #[serde(default)]
    pub(crate) query: Fields,
}

/// Header or query fields. A list repeats a field, null leaves out what the client usually carries.
pub(crate) type Fields = BTreeMap<String, Value>;

/// Steps that follow each other on one server.
#[derive(Debug)]
pub(crate) struct Story {
    /// Where it stands, from the root of the repository.
    pub(crate) file: String,
    pub(crate) client: Client,
    pub(crate) steps: Vec<Step>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StoryFile {
    #[expect(dead_code, reason = "for people: what happens")]
    story: String,
    steps: Vec<Step>,
}

/// A request, or a turn of the simulator's own knobs.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Step {
    pub(crate) name: String,
    /// Which fact says that it is sent and answered so.
    pub(crate) fact: Option<String>,
    pub(crate) request: Option<Request>,
    pub(crate) control: Option<Control>,
    #[serde(default)]
    pub(crate) expect: Expect,
    /// What later steps call `${name}`.
    #[serde(default)]
    pub(crate) keep: BTreeMap<String, Keep>,
    /// Sends the request again, with time passing in between, until all that is expected holds.
    pub(crate) until: Option<Until>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) path: String,
    #[serde(default)]
    pub(crate) headers: Fields,
    #[serde(default)]
    pub(crate) query: Fields,
    /// A body sent as `application/json`.
    pub(crate) json: Option<Value>,
    /// A body sent as `application/yaml`; `""` is an empty body that still says so.
    pub(crate) yaml: Option<String>,
}

/// `POST /simulator/<what>`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Control {
    pub(crate) what: String,
    pub(crate) json: Value,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Expect {
    /// One status, or those that the facts leave open; 200 if nothing is said.
    status: Option<Statuses>,
    /// By JSON pointer into the whole body.
    #[serde(default)]
    pub(crate) body: BTreeMap<String, Value>,
    /// By JSON pointer into `data` of a classic success.
    pub(crate) data: Option<BTreeMap<String, Value>>,
    /// The code of a classic failure.
    pub(crate) code: Option<Value>,
    /// A part of a failure's message.
    pub(crate) message: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Statuses {
    One(u16),
    Some(Vec<u16>),
}

impl Expect {
    pub(crate) fn statuses(&self) -> Vec<u16> {
        match &self.status {
            None => vec![200],
            Some(Statuses::One(status)) => vec![*status],
            Some(Statuses::Some(statuses)) => statuses.clone(),
        }
    }
}

/// A value of the answer: where it stands, or how to find it among others.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(crate) enum Keep {
    At(String),
    Found { from: String, r#where: Value, take: String },
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Until {
    pub(crate) every: Span,
    pub(crate) within: Span,
}

impl Story {
    /// Whether it turns a knob that no Harness has. Time passes by itself elsewhere.
    pub(crate) fn needs_control(&self) -> bool {
        let knobs = self.steps.iter().filter_map(|step| step.control.as_ref());
        knobs.into_iter().any(|control| control.what != "clock")
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/requests")
}

fn read<T: DeserializeOwned>(path: &Path) -> T {
    let text = fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_saphyr::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut names: Vec<String> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

/// The folders of clients.
pub(crate) fn clients() -> Vec<String> {
    let mut names = names(&root());
    names.retain(|name| root().join(name).is_dir());
    names
}

/// The stories of a client, in order.
pub(crate) fn stories(client: &str) -> Vec<Story> {
    let folder = root().join(client);
    let carries: Client = read(&folder.join("client.yaml"));
    let mut files = names(&folder);
    files.retain(|file| file != "client.yaml");
    files
        .iter()
        .map(|file| Story {
            file: format!("examples/requests/{client}/{file}"),
            client: carries.clone(),
            steps: steps(read(&folder.join(file)), &format!("{client}/{file}")),
        })
        .collect()
}

/// The steps of a story, each of which is either a request or a control.
fn steps(story: StoryFile, file: &str) -> Vec<Step> {
    for step in &story.steps {
        let one = step.request.is_some() != step.control.is_some();
        assert!(one, "{file}: `{}` is a request or a control", step.name);
    }
    story.steps
}

#[cfg(test)]
impl Story {
    /// A story that stands in a test.
    pub(crate) fn of(client: &str, story: &str) -> Self {
        let file = "examples/requests/test.yaml";
        Self {
            file: file.to_owned(),
            client: serde_saphyr::from_str(client).unwrap(),
            steps: steps(serde_saphyr::from_str(story).unwrap(), file),
        }
    }
}
