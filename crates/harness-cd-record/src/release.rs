//! Where a version has been, what is new in production, and what ran at an instant.
//!
//! All three follow what **stood** at each place, as the [matrix](crate::matrix) defines it: from the end of the stage
//! that succeeded until another version stood, or it was taken back. At the instant of a change the new version stands.
//! Production is what Harness says is: the environments of the type `Production`.

use std::collections::BTreeSet;

use harness_cd_model::{Deployment, EnvironmentType, StatusPhase};
use serde::Serialize;

use crate::moments::{DeploymentBrief, order};
use crate::place::{ByPlace, Place};
use crate::standing::{PlaceChangeKind, Standing};

/// A deployment of a version, and when it stood.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
pub struct VersionStop<'a> {
    /// Where.
    #[serde(flatten)]
    pub place: PlaceName<'a>,
    /// What became of it: also one that failed, runs or waits.
    pub deployment: DeploymentBrief<'a>,
    /// When it stood there, in order: more than once where what came after was rolled back; never where it failed.
    pub stood: Vec<Span>,
    /// Whether it stands there now.
    pub is_running: bool,
}

/// A place by its names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
pub struct PlaceName<'a> {
    /// The service's identifier.
    pub service: &'a str,
    /// The environment's identifier.
    pub environment: &'a str,
    /// The region, or the infrastructure definition where none can be read off it; absent where Harness names neither.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<&'a str>,
}

impl<'a> From<Place<'a>> for PlaceName<'a> {
    fn from(place: Place<'a>) -> Self {
        let Place {
            service,
            environment,
            region,
        } = place;
        Self {
            service,
            environment,
            region,
        }
    }
}

/// From one instant to another, epoch ms.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
pub struct Span {
    /// The first instant of it; absent where no clock told it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<i64>,
    /// The first instant after it; absent while it lasts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<i64>,
}

/// Where a version has been, by its tag or by what a table shows as deployed, in the order in which the deployments
/// settled. Skipped stages are left out, and rows that say neither service nor environment.
#[must_use]
pub fn version_stops<'a>(rows: &'a [Deployment<'a>], version: &str) -> Vec<VersionStop<'a>> {
    let is_of = |row: &Deployment<'_>| {
        [&row.version, &row.image_tag]
            .into_iter()
            .flatten()
            .any(|one| one == version)
    };
    let mut stops = Vec::new();
    for (place, rows) in ByPlace::of(rows).places {
        let standing = Standing::of(&rows);
        for row in rows.into_iter().filter(|row| is_of(row)) {
            let stop = VersionStop {
                place: place.into(),
                deployment: DeploymentBrief::of(row),
                stood: spans(&standing, row),
                is_running: standing.now().is_some_and(|now| now.id == row.id),
            };
            stops.push((order(row), stop));
        }
    }
    stops.sort_by_key(|(order, stop)| (*order, stop.place));
    stops.into_iter().map(|(_, stop)| stop).collect()
}

/// When a row stood at its place.
fn spans(standing: &Standing<'_>, row: &Deployment<'_>) -> Vec<Span> {
    let mut spans: Vec<Span> = Vec::new();
    let mut is_open = false;
    for moment in &standing.moments {
        let stands = moment.stands.is_some_and(|stands| stands.id == row.id);
        match (is_open, stands) {
            (false, true) => spans.push(Span {
                from: moment.at,
                until: None,
            }),
            (true, false) => {
                if let Some(span) = spans.last_mut() {
                    span.until = moment.at;
                }
            }
            _ => {}
        }
        is_open = stands;
    }
    spans
}

/// What changed at a place of production.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
pub struct PlaceNews<'a> {
    /// Where.
    #[serde(flatten)]
    pub place: PlaceName<'a>,
    /// What stood there then; absent where nothing did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<DeploymentBrief<'a>>,
    /// What stands there now; absent where nothing does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub now: Option<DeploymentBrief<'a>>,
    /// What happened in between, in order; at least one.
    pub changes: Vec<PlaceChange<'a>>,
}

/// A change of what stands at a place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
pub struct PlaceChange<'a> {
    /// When, epoch ms.
    pub at: i64,
    /// What happened.
    pub kind: PlaceChangeKind,
    /// The deployment that succeeded or was undone, or the run that rolled back.
    pub deployment: DeploymentBrief<'a>,
    /// The version that stood from then on; absent where nothing did, or it has no name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub running: Option<&'a str>,
}

/// What is new in production since an instant, epoch ms: each of its places at which something changed after it.
#[must_use]
pub fn new_in_production<'a>(rows: &'a [Deployment<'a>], since: i64) -> Vec<PlaceNews<'a>> {
    let production = production(rows);
    let places = ByPlace::of(rows).places.into_iter();
    let mut news = Vec::new();
    for (place, rows) in places.filter(|(place, _)| production.contains(place.environment)) {
        let standing = Standing::of(&rows);
        let changes = standing.moments.iter().filter_map(|moment| {
            Some(PlaceChange {
                at: moment.at.filter(|at| *at > since)?,
                kind: moment.change,
                deployment: DeploymentBrief::of(moment.row),
                running: moment.stands.and_then(|row| row.version.as_deref()),
            })
        });
        let changes: Vec<_> = changes.collect();
        if !changes.is_empty() {
            news.push(PlaceNews {
                place: place.into(),
                before: standing.at(since).map(DeploymentBrief::of),
                now: standing.now().map(DeploymentBrief::of),
                changes,
            });
        }
    }
    news
}

/// The environments that Harness calls production.
pub(crate) fn production<'a>(rows: &'a [Deployment<'a>]) -> BTreeSet<&'a str> {
    let is_one = |row: &&Deployment<'_>| row.environment_type == Some(EnvironmentType::Production);
    rows.iter()
        .filter(is_one)
        .filter_map(|row| row.environment.as_deref())
        .collect()
}

/// What stood at a place at an instant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
pub struct StoodAt<'a> {
    /// Where.
    #[serde(flatten)]
    pub place: PlaceName<'a>,
    /// What stood there.
    pub deployment: DeploymentBrief<'a>,
    /// What was under way there just then.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "ts", ts(optional, as = "Option<Vec<DeploymentBrief<'a>>>"))]
    pub under_way: Vec<DeploymentBrief<'a>>,
}

/// What ran where at an instant, epoch ms: each place at which something stood.
#[must_use]
pub fn running_at<'a>(rows: &'a [Deployment<'a>], instant: i64) -> Vec<StoodAt<'a>> {
    let places = ByPlace::of(rows).places.into_iter();
    places
        .filter_map(|(place, rows)| {
            Some(StoodAt {
                place: place.into(),
                deployment: DeploymentBrief::of(Standing::of(&rows).at(instant)?),
                under_way: rows
                    .iter()
                    .filter(|row| was_under_way(row, instant))
                    .map(|row| DeploymentBrief::of(row))
                    .collect(),
            })
        })
        .collect()
}

/// Whether the stage of a row was at work at an instant.
fn was_under_way(row: &Deployment<'_>, instant: i64) -> bool {
    let has_begun = row.started_at.is_some_and(|start| start <= instant);
    let has_ended = row.ended_at.map_or(row.phase.is_terminal(), |end| end <= instant);
    !row.whole_run && row.phase != StatusPhase::Queued && has_begun && !has_ended
}
