use std::collections::BTreeMap;

use harness_cd_model::{Diagnostic, Entity};
use serde::Serialize;

use crate::left_out::LeftOut;

/// What a config repository renders to, and why some of it is not there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rendered {
    /// The entities of Harness, by the path of their file.
    pub entities: BTreeMap<String, Entity>,
    /// What is a file and no more, by path: a delegate's Helm values and how it is installed, policies and their sets,
    /// monitored services.
    pub others: BTreeMap<String, String>,
    /// Every finding, sorted.
    pub diagnostics: Vec<Diagnostic>,
    /// What is not there: services that could not be read in file order, parts of the platform, services whose template
    /// does not fit.
    pub left_out: Vec<LeftOut>,
}

impl Rendered {
    /// Adds findings from elsewhere, such as those of reading.
    pub fn add(&mut self, diagnostics: Vec<Diagnostic>) {
        self.diagnostics.extend(diagnostics);
        Diagnostic::sort(&mut self.diagnostics);
    }

    /// The same for whoever writes files.
    #[must_use]
    pub fn into_files(self) -> RenderedFiles {
        let mut files = self.others;
        files.extend(self.entities.into_iter().map(|(path, entity)| (path, entity.yaml)));
        RenderedFiles {
            files,
            diagnostics: self.diagnostics,
            left_out: self.left_out,
        }
    }
}

/// Rendered files by path, and why some are not there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(rename = "Rendered"))]
pub struct RenderedFiles {
    /// Path to content.
    pub files: BTreeMap<String, String>,
    /// Every finding, sorted.
    pub diagnostics: Vec<Diagnostic>,
    /// What is not there: services that could not be read in file order, parts of the platform, services whose template
    /// does not fit.
    pub left_out: Vec<LeftOut>,
}
