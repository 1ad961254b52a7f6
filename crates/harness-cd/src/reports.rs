//! What the record of a project's deployments tells: rows as the JSON text of a list, answers as JSON text.

use harness_cd_client::{FailureCode, HarnessFailure};
use harness_cd_history::ascii_text;
use harness_cd_model::Deployment;
use harness_cd_record::{
    DeploymentFilter, FilterFault, MatrixOptions, MetricsOptions, ProjectRows, TimelineCursor, matrix, metrics,
    metrics_of_projects, new_in_production, running_at, timeline, version_stops,
};
use serde::{Deserialize, Serialize};

/// Which part of a timeline.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
pub struct TimelineQuestion {
    /// Which rows.
    pub filter: DeploymentFilter,
    /// The place behind which it begins: `next` of the part before.
    pub after: Option<String>,
    /// So many stories at most.
    pub limit: u32,
}

/// What deployments are sought by: a list of [`DeploymentKeys`](harness_cd_model::DeploymentKeys), in their order.
///
/// # Errors
/// [`FailureCode::Internal`] where the rows cannot be read.
pub fn keys_text(rows: &[u8]) -> Result<String, HarnessFailure> {
    let rows: Vec<Deployment<'_>> = read(rows)?;
    told(&rows.iter().map(Deployment::keys).collect::<Vec<_>>())
}

/// What runs where: a [`DeploymentMatrix`](harness_cd_record::DeploymentMatrix).
///
/// # Errors
/// [`FailureCode::Internal`] where the rows cannot be read.
pub fn matrix_text(rows: &[u8], options: &MatrixOptions) -> Result<String, HarnessFailure> {
    told(&matrix(&read::<Vec<_>>(rows)?, options))
}

/// How well delivery goes: [`DeliveryMetrics`](harness_cd_record::DeliveryMetrics).
///
/// # Errors
/// [`FailureCode::Internal`] where the rows cannot be read.
pub fn metrics_text(rows: &[u8], options: &MetricsOptions) -> Result<String, HarnessFailure> {
    told(&metrics(&read::<Vec<_>>(rows)?, options))
}

/// How well delivery goes in several projects together: [`DeliveryMetrics`](harness_cd_record::DeliveryMetrics). The
/// projects are the JSON text of a list of [`ProjectRows`].
///
/// # Errors
/// [`FailureCode::Internal`] where the projects cannot be read.
pub fn metrics_of_projects_text(projects: &[u8], options: &MetricsOptions) -> Result<String, HarnessFailure> {
    let projects: Vec<ProjectRows<'_>> = read(projects)?;
    told(&metrics_of_projects(&projects, options))
}

/// What happened: a [`Timeline`](harness_cd_record::Timeline).
///
/// # Errors
/// [`FailureCode::InvalidRequest`] for a filter or a place that cannot be, with all that is wrong;
/// [`FailureCode::Internal`] where the rows cannot be read.
pub fn timeline_text(rows: &[u8], question: &TimelineQuestion) -> Result<String, HarnessFailure> {
    let TimelineQuestion { filter, after, limit } = question;
    let mut faults = filter.faults();
    let after = match after.as_deref().map(str::parse::<TimelineCursor>).transpose() {
        Ok(after) if faults.is_empty() => after,
        after => {
            faults.extend(after.err());
            return Err(nonsense(&faults));
        }
    };
    let limit = usize::try_from(*limit).unwrap_or(usize::MAX);
    told(&timeline(&read::<Vec<_>>(rows)?, filter, after.as_ref(), limit))
}

/// Where a version has been: a list of [`VersionStop`](harness_cd_record::VersionStop).
///
/// # Errors
/// [`FailureCode::Internal`] where the rows cannot be read.
pub fn version_stops_text(rows: &[u8], version: &str) -> Result<String, HarnessFailure> {
    told(&version_stops(&read::<Vec<_>>(rows)?, version))
}

/// What is new in production since an instant, epoch ms: a list of [`PlaceNews`](harness_cd_record::PlaceNews).
///
/// # Errors
/// [`FailureCode::Internal`] where the rows cannot be read.
pub fn new_in_production_text(rows: &[u8], since: i64) -> Result<String, HarnessFailure> {
    told(&new_in_production(&read::<Vec<_>>(rows)?, since))
}

/// What ran where at an instant, epoch ms: a list of [`StoodAt`](harness_cd_record::StoodAt).
///
/// # Errors
/// [`FailureCode::Internal`] where the rows cannot be read.
pub fn running_at_text(rows: &[u8], instant: i64) -> Result<String, HarnessFailure> {
    told(&running_at(&read::<Vec<_>>(rows)?, instant))
}

pub(crate) fn read<'a, T: Deserialize<'a>>(rows: &'a [u8]) -> Result<T, HarnessFailure> {
    serde_json::from_slice(rows).map_err(|error| {
        let message = format!("the record of deployments cannot be read: {error}");
        HarnessFailure::new(FailureCode::Internal, message)
    })
}

/// What goes on as text.
pub(crate) fn told(report: &impl Serialize) -> Result<String, HarnessFailure> {
    ascii_text(report).map_err(|error| HarnessFailure::new(FailureCode::Internal, error.to_string()))
}

fn nonsense(faults: &[FilterFault]) -> HarnessFailure {
    let faults: Vec<_> = faults.iter().map(ToString::to_string).collect();
    HarnessFailure::new(FailureCode::InvalidRequest, faults.join("; "))
}
