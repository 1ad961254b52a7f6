use harness_cd_model::naming::{entity_path, pipeline_name};
use harness_cd_model::{Diagnostic, EntityKind, Severity};
use serde::Serialize;

/// What a mistake keeps from being rendered. Everything else is there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct LeftOut {
    /// The service's name as it is written; its place, as in `services.yaml/services/3`, where it has none.
    pub service: String,
    /// The files that are not there, in order; without the input sets of a service that could not be read.
    pub files: Vec<String>,
    /// The first finding in the way: `file:line:column: message`.
    pub reason: String,
}

impl LeftOut {
    /// A service that could not be read.
    pub(crate) fn whole(service: &str, reason: &Diagnostic) -> Self {
        Self {
            service: service.to_owned(),
            files: vec![
                entity_path(EntityKind::Pipeline, &pipeline_name(service)),
                entity_path(EntityKind::Service, service),
                entity_path(EntityKind::Trigger, &pipeline_name(service)),
            ],
            reason: reason_of(reason),
        }
    }
}

/// A finding in one line.
pub(crate) fn reason_of(finding: &Diagnostic) -> String {
    let Diagnostic {
        file, range, message, ..
    } = finding;
    format!("{file}:{}:{}: {message}", range.line, range.column)
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
