use harness_cd_model::naming::{Folder, entity_path, pipeline_name};
use harness_cd_model::{Diagnostic, EntityKind, ProjectRef, Severity};
use serde::Serialize;

/// What a mistake keeps from being rendered. Everything else is there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct LeftOut {
    /// What the files are of.
    pub kind: LeftOutKind,
    /// Its name as it is written; its place, as in `services.yaml/services/3`, where it has none.
    pub name: String,
    /// The files that are not there, in order, as far as what could be read tells.
    pub files: Vec<String>,
    /// The first finding in the way.
    pub reason: Diagnostic,
}

/// A service that is not used: something is wrong with it, or with what it takes from the platform.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnreadService {
    /// What is not rendered of it, and why; without its input sets.
    pub left_out: LeftOut,
    /// The project that it goes into, where that can be told.
    pub project: Option<ProjectRef>,
    /// The identifier and the name of its pipeline, where they can be told.
    pub pipeline: Option<(String, String)>,
}

/// What rendered files are of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum LeftOutKind {
    /// A service, with its pipeline and what starts that.
    Service,
    /// A cluster, with its connector.
    Cluster,
    /// A delegate.
    Delegate,
    /// The connector of a registry.
    Registry,
    /// What versions are deployed to outside Kubernetes.
    Infrastructure,
}

impl LeftOut {
    /// A service that could not be read, in its project's folder, where that is known.
    pub(crate) fn service(folder: Option<&Folder>, name: &str, reason: &Diagnostic) -> Self {
        let files = [
            entity_path(EntityKind::Pipeline, &pipeline_name(name)),
            entity_path(EntityKind::Service, name),
            entity_path(EntityKind::Trigger, &pipeline_name(name)),
        ];
        Self {
            kind: LeftOutKind::Service,
            name: name.to_owned(),
            files: (folder.iter())
                .flat_map(|folder| files.iter().map(|file| folder.path(file)))
                .collect(),
            reason: reason.clone(),
        }
    }

    /// Whether it is of the service of a name.
    pub(crate) fn is_of_service(&self, name: &str) -> bool {
        self.kind == LeftOutKind::Service && self.name == name
    }
}

/// The first error of a file.
pub(crate) fn first_error<'d>(
    diagnostics: impl IntoIterator<Item = &'d Diagnostic>,
    file: &str,
) -> Option<&'d Diagnostic> {
    diagnostics
        .into_iter()
        .filter(|finding| finding.file == file && finding.severity == Severity::Error)
        .min_by_key(|finding| finding.range)
}
