use serde::{Deserialize, Serialize};

use crate::{DeployRules, Diagnostic};

/// The files that describe a config repository, by their paths below its root; each where it is there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct DescribedFiles {
    /// Single files.
    pub files: Vec<String>,
    /// Folders whose YAML files are read, and none of the folders below them.
    pub folders: Vec<String>,
}

/// A service of a config repository without rules until something is mended: of itself, or of the platform that it needs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
pub struct StoppedService {
    /// Its name as it is written; its place, as in `services.yaml/services/3`, where it has none.
    pub service: String,
    /// The organization of its pipeline.
    pub org: String,
    /// The project of its pipeline.
    pub project: String,
    /// The identifier of its pipeline; absent where it cannot be told, so that it may be any of the project.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pipeline: Option<String>,
    /// The name of its pipeline, where it can be told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pipeline_name: Option<String>,
    /// The first finding in the way.
    pub reason: Diagnostic,
}

/// What Backstage needs of a config repository. Its mistakes are an answer, never an error.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum ConfigReading {
    /// The platform description could be read, or those parts of it that concern every service.
    Read {
        /// The rules of every service that has no errors, nor what it needs of the platform, in file order.
        rules: Vec<DeployRules>,
        /// The other services, in file order: nobody may run their pipelines as if no rules held.
        stopped: Vec<StoppedService>,
        /// The names of the platform's regions, in file order.
        regions: Vec<String>,
        /// Findings that leave the rest usable, sorted.
        diagnostics: Vec<Diagnostic>,
    },
    /// The platform description is missing, or has errors that concern every service.
    Rejected {
        /// Every finding, sorted.
        diagnostics: Vec<Diagnostic>,
    },
}
