use serde::Serialize;

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

/// What Backstage needs of a config repository. Its mistakes are an answer, never an error.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum ConfigReading {
    /// The platform description could be read.
    Read {
        /// The rules of every service that has no errors, in file order.
        rules: Vec<DeployRules>,
        /// The names of the platform's regions, in file order.
        regions: Vec<String>,
        /// Findings that leave the rest usable, sorted.
        diagnostics: Vec<Diagnostic>,
    },
    /// The platform description is missing or has errors.
    Rejected {
        /// Every finding, sorted.
        diagnostics: Vec<Diagnostic>,
    },
}
