//! Services, environments and what goes with them, and how they are called.

use std::fs;
use std::path::{Path, PathBuf};

use harness_cd_simulator::{Modes, Options, Role, Scope, Setup, Simulator, WorldFile};
use serde_json::{Value, json};

use crate::support::{Harness, KEY, Reply};

pub(crate) const SERVICES: &str = "/ng/api/servicesV2";
pub(crate) const ENVIRONMENTS: &str = "/ng/api/environmentsV2";
pub(crate) const INFRASTRUCTURES: &str = "/ng/api/infrastructures";
pub(crate) const CONNECTORS: &str = "/ng/api/connectors";
pub(crate) const ACCOUNT: &str = "accountIdentifier=demo-account";

fn estate_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/estate")
}

fn estate_files() -> Vec<(String, String)> {
    files_of(&estate_folder())
}

fn files_of(folder: &Path) -> Vec<(String, String)> {
    let paths = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let read = |path: PathBuf| match path.is_dir() {
        true => files_of(&path),
        false => vec![(path.display().to_string(), fs::read_to_string(&path).unwrap())],
    };
    paths.flat_map(read).collect()
}

/// A simulator with services, environments and what goes with them.
pub(crate) fn estate(change: impl FnOnce(&mut Modes)) -> Harness {
    let mut options = Options {
        speed: 0.0,
        ..Options::new(estate_folder(), KEY)
    };
    change(&mut options.modes);
    Harness::start_with(options)
}

/// A call whose query holds nothing but what stands in the path.
pub(crate) fn exactly(harness: &Harness, method: &str, path: &str, headers: &[(&str, &str)], body: &Value) -> Reply {
    let headers: Vec<_> = [("x-api-key", KEY), ("content-type", "application/json")]
        .into_iter()
        .chain(headers.iter().copied())
        .collect();
    let body = if body.is_null() {
        String::new()
    } else {
        body.to_string()
    };
    harness.send(method, path, &headers, &body)
}

/// A creation or an update: the scope stands in the body alone.
pub(crate) fn write(harness: &Harness, method: &str, path: &str, body: &Value) -> Reply {
    exactly(harness, method, &format!("{path}?{ACCOUNT}"), &[], body)
}

pub(crate) fn placed(mut fields: Value) -> Value {
    let own = fields.as_object_mut().unwrap();
    own.insert("orgIdentifier".to_owned(), json!("default"));
    own.insert("projectIdentifier".to_owned(), json!("platform"));
    fields
}

pub(crate) fn identifiers(items: &Value, pointer: &str) -> Vec<String> {
    let items = items.as_array().unwrap().iter();
    items
        .map(|item| item.pointer(pointer).unwrap().as_str().unwrap().to_owned())
        .collect()
}

/// The YAML in an answer, as a value.
pub(crate) fn yaml(text: &Value) -> Value {
    serde_saphyr::from_str(text.as_str().unwrap()).unwrap()
}

/// The same without a server, for somebody with a role who may enter only some projects.
pub(crate) fn simulator(role: Role, projects: &[&str], modes: Modes) -> Simulator {
    let mut accounts = Setup::accounts("demo-account", KEY);
    let account = accounts.0.get_mut("demo-account").unwrap();
    account.principals[0].role = role;
    account.principals[0].projects = projects.iter().map(|project| (*project).to_owned()).collect();
    let setup = Setup {
        files: estate_files(),
        scope: Scope::project("demo-account", "default", "platform"),
        world: WorldFile::of(accounts),
        scenarios: Vec::new(),
        seed: 1,
        start_at: None,
        speed: 0.0,
        pace: 1.0,
        modes,
        history: 0,
    };
    Simulator::new(setup, 0).unwrap()
}
