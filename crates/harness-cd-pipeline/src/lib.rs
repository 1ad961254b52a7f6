//! Platform, service and template to Harness entities; runtime inputs and lint of any pipeline.
//!
//! ```text
//! files --read_config_repo--> Platform, ServiceCatalog, Template per archetype --render--> Harness entities as YAML
//! any Harness YAML --runtime_inputs--> what a run asks for
//! any Harness YAML --lint--> what is wrong with it, beyond what a schema can say
//! ```

use std::collections::BTreeMap;

use harness_cd_model::{DeployRules, Diagnostic, Platform, RuntimeInput, Service, ServiceCatalog};
use harness_cd_template::Template;
use serde::Serialize;

/// A config repository: path relative to its root, `/`-separated, to content.
pub type Files = BTreeMap<String, Vec<u8>>;

/// A config repository, read and checked.
#[derive(Clone, Debug)]
pub struct ConfigRepo {
    /// `platform.yaml`; `None` if it is missing or has errors.
    pub platform: Option<Platform>,
    /// The services of `services.yaml` that have no errors.
    pub catalog: ServiceCatalog,
    /// `templates/<archetype>-pipeline-template.yaml`, by archetype.
    pub templates: BTreeMap<String, Template>,
    /// Every finding, sorted.
    pub diagnostics: Vec<Diagnostic>,
}

/// Rendered files by path, and why some are not there.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Rendered {
    /// Path to content.
    pub files: BTreeMap<String, String>,
    /// Every finding, sorted.
    pub diagnostics: Vec<Diagnostic>,
}

/// The runtime inputs of a file, in file order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct InputsReading {
    /// In file order.
    pub inputs: Vec<RuntimeInput>,
    /// Why the file could not be read.
    pub diagnostics: Vec<Diagnostic>,
}

/// Reads `platform.yaml`, `services.yaml` and the templates.
#[must_use]
pub fn read_config_repo(_files: &Files) -> ConfigRepo {
    ConfigRepo {
        platform: None,
        catalog: ServiceCatalog::default(),
        templates: BTreeMap::new(),
        diagnostics: Vec::new(),
    }
}

/// Renders the entities of some services, or of all where `only` is empty.
#[must_use]
pub fn render(_repo: &ConfigRepo, _only: &[String]) -> Rendered {
    Rendered::default()
}

/// Reads the runtime inputs of any Harness YAML.
#[must_use]
pub fn runtime_inputs(_file: &str, _text: &[u8]) -> InputsReading {
    InputsReading::default()
}

/// Checks any Harness YAML.
#[must_use]
pub fn lint(_file: &str, _text: &[u8]) -> Vec<Diagnostic> {
    Vec::new()
}

/// Checks a whole config repository: its descriptions, its templates and what they render to.
#[must_use]
pub fn lint_config_repo(files: &Files) -> Vec<Diagnostic> {
    read_config_repo(files).diagnostics
}

/// The rules that a service's deploy requests are checked against.
#[must_use]
pub fn deploy_rules(platform: &Platform, service: &Service) -> DeployRules {
    DeployRules {
        service: service.name.clone(),
        service_identifier: service.identifier.to_string(),
        pipeline: service.pipeline_identifier(),
        immutable_tags_only: platform.image_tags.immutable_only,
        environments: Vec::new(),
    }
}
