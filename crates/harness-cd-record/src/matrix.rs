//! What runs where: for each service, environment × region.
//!
//! # Definitions
//! - What **runs** at a place is the deployment that succeeded last there and was not taken back, neither by the
//!   pipeline rollback of its own execution nor by a later run that rolls back. A failed attempt, and a deployment that
//!   was taken back, never hide it: they are told beside it, where they came later. A place where nothing stood has no
//!   version, whatever was tried. What ended before its region was known is told until something succeeds in its
//!   environment.
//! - "Last" is by the end of the stage ([`settled_at`](crate::settled_at)): times that lie behind each other are kept,
//!   and marked (`oddClock`).
//! - **Drift** compares with the environment before, in the same region where something runs there, otherwise with the
//!   newest that runs in it. Versions have no order of their own: they are in the order in which each first succeeded in
//!   that environment. A version that never did, or has no name, is `other`. Rows know no config commit, so that two
//!   deployments of one version with different configuration are the same here.
//! - **Between regions** a version is behind the newest that runs in its environment, by the order in which they first
//!   succeeded in that environment.
//! - **Infrastructure definitions** of one region stand beside each other where one run has deployed to several of them,
//!   as to several clusters; each has a cell of its own then. Of others the later one has taken the place of the earlier.
//! - The order of environments is the one that is given; those that are not named follow: production last, and in the
//!   order of the first success.

use std::collections::{BTreeMap, BTreeSet};

use harness_cd_model::{Deployment, EnvironmentType, StatusPhase};
use serde::{Deserialize, Serialize};

use crate::moments::{DeploymentBrief, is_success, order};
use crate::place::{ByPlace, Place};
use crate::standing::Standing;

/// What the matrix needs to know beyond the rows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
pub struct MatrixOptions {
    /// Now, epoch ms.
    pub now_ms: i64,
    /// Identifiers of environments, in the order in which versions pass them; may be empty.
    #[serde(default)]
    #[cfg_attr(feature = "ts", ts(optional, as = "Option<Vec<String>>"))]
    pub environments: Vec<String>,
    /// Regions in the order in which they are shown; may be empty, the others follow by name.
    #[serde(default)]
    #[cfg_attr(feature = "ts", ts(optional, as = "Option<Vec<String>>"))]
    pub regions: Vec<String>,
}

/// What runs where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
pub struct DeploymentMatrix<'a> {
    /// As of when, epoch ms.
    pub as_of: i64,
    /// By identifier.
    pub services: Vec<ServiceMatrix<'a>>,
    /// Rows that do not say of which service or environment they are.
    pub unplaced: u64,
}

/// What of a service runs where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
pub struct ServiceMatrix<'a> {
    /// The service's identifier.
    pub service: &'a str,
    /// The service's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service_name: Option<&'a str>,
    /// In the order in which versions pass them; those alone in which something was tried.
    pub environments: Vec<EnvironmentCells<'a>>,
}

/// What of a service runs in an environment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
pub struct EnvironmentCells<'a> {
    /// The environment's identifier.
    pub environment: &'a str,
    /// The environment's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub environment_name: Option<&'a str>,
    /// Production or not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub environment_type: Option<EnvironmentType>,
    /// Whether its regions, or their clusters, run different versions.
    pub regions_differ: bool,
    /// One for each region in which something was tried, and of several clusters of a region one for each.
    pub regions: Vec<MatrixCell<'a>>,
}

/// What of a service runs at a place, and what happened there since.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
pub struct MatrixCell<'a> {
    /// The region; absent where none can be read off the infrastructure definition.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<&'a str>,
    /// The infrastructure definition, where the region is not known or has several that stand beside each other; absent
    /// where Harness names none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub infrastructure: Option<&'a str>,
    /// What runs; absent where nothing is known to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub running: Option<DeploymentBrief<'a>>,
    /// How long that has run, ms; absent where its time is not known or lies ahead.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub age_ms: Option<i64>,
    /// What is on its way there or waits, newest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "ts", ts(optional, as = "Option<Vec<DeploymentBrief<'a>>>"))]
    pub in_flight: Vec<DeploymentBrief<'a>>,
    /// The newest attempt since that failed or was stopped.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failed: Option<DeploymentBrief<'a>>,
    /// How many attempts since failed or were stopped. Absent where none was.
    #[serde(skip_serializing_if = "is_zero")]
    #[cfg_attr(feature = "ts", ts(optional, as = "Option<u64>"))]
    pub failed_attempts: u64,
    /// The newest deployment since that succeeded and was taken back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub taken_back: Option<DeploymentBrief<'a>>,
    /// The newest run since that rolls back, however it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rollback: Option<DeploymentBrief<'a>>,
    /// How the version stands to the environment before; absent where nothing runs in one of the two.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub drift: Option<Drift<'a>>,
    /// So many versions are between it and the newest that runs in its environment. Absent where none is.
    #[serde(skip_serializing_if = "is_zero")]
    #[cfg_attr(feature = "ts", ts(optional, as = "Option<u64>"))]
    pub behind_newest_region: u64,
}

/// How a version stands to the one in the environment before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
pub struct Drift<'a> {
    /// The environment before: its identifier.
    pub environment: &'a str,
    /// What it is compared with there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<&'a str>,
    /// How the two stand to each other.
    pub kind: DriftKind,
    /// How many versions lie between: 1 is the next one. 0 where it is the same or another.
    pub versions: u64,
}

/// How two versions stand to each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum DriftKind {
    /// One version.
    Same,
    /// Older than the one in the environment before.
    Behind,
    /// Newer than it: that environment went back.
    Ahead,
    /// It never succeeded in the environment before, or has no name.
    Other,
}

fn is_zero(count: &u64) -> bool {
    *count == 0
}

/// What runs where, of every service in the rows: rows of one project, in any order, each once.
#[must_use]
pub fn matrix<'a>(rows: &'a [Deployment<'a>], options: &'a MatrixOptions) -> DeploymentMatrix<'a> {
    let ByPlace { places, unplaced } = ByPlace::of(rows);
    let environments = Environments::of(rows, &options.environments);
    let mut services: BTreeMap<&str, BTreeMap<usize, Found<'a>>> = BTreeMap::new();
    for (place, rows) in places {
        let of_service = services.entry(place.service).or_default();
        let found = of_service.entry(environments.rank(place.environment)).or_default();
        found.extend(spots(place, rows));
    }
    DeploymentMatrix {
        as_of: options.now_ms,
        services: services
            .into_iter()
            .map(|(service, found)| of_service(service, found.into_values(), options))
            .collect(),
        unplaced,
    }
}

/// The spots of a service in one environment, and their rows.
type Found<'a> = Vec<(Spot<'a>, Vec<&'a Deployment<'a>>)>;

/// A place, or one of several infrastructure definitions in it.
#[derive(Clone, Copy)]
struct Spot<'a> {
    place: Place<'a>,
    /// Which of those that stand beside each other.
    infrastructure: Option<&'a str>,
    /// Whether it is of rows that do not say yet which of several they are for.
    is_unsure: bool,
}

impl<'a> Spot<'a> {
    /// What tells it from the others of its environment.
    fn key(&self) -> (Option<&'a str>, Option<&'a str>) {
        (self.place.region, self.infrastructure)
    }
}

/// The spots of a place: itself, or each of the infrastructure definitions to several of which one run has deployed.
fn spots<'a>(place: Place<'a>, rows: Vec<&'a Deployment<'a>>) -> Found<'a> {
    let mut of_runs: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for row in &rows {
        let of_run = of_runs.entry(row.execution_id.as_ref()).or_default();
        of_run.extend(row.infrastructure.as_deref());
    }
    let several = of_runs.into_values().filter(|of_run| of_run.len() > 1);
    let beside: BTreeSet<&str> = several.flatten().collect();
    let mut found: BTreeMap<Option<&str>, Vec<&Deployment<'_>>> = BTreeMap::new();
    for row in rows {
        let own = row.infrastructure.as_deref().filter(|own| beside.contains(own));
        found.entry(own).or_default().push(row);
    }
    let spot = |(infrastructure, rows): (Option<&'a str>, Vec<_>)| {
        let is_unsure = infrastructure.is_none() && !beside.is_empty();
        (
            Spot {
                place,
                infrastructure,
                is_unsure,
            },
            rows,
        )
    };
    found.into_iter().map(spot).collect()
}

fn of_service<'a>(
    service: &'a str,
    environments: impl Iterator<Item = Found<'a>>,
    options: &MatrixOptions,
) -> ServiceMatrix<'a> {
    let mut name = None;
    let mut told = Vec::new();
    let mut before: Option<Running<'a>> = None;
    for found in environments {
        let rows: Vec<_> = found.iter().flat_map(|(_, rows)| rows).copied().collect();
        name = rows.iter().find_map(|row| row.service_name.as_deref()).or(name);
        let running = Running::of(&found, &rows);
        told.push(of_environment(found, &rows, &running, before.as_ref(), options));
        if running.newest().is_some() {
            before = Some(running);
        }
    }
    ServiceMatrix {
        service,
        service_name: name,
        environments: told,
    }
}

fn of_environment<'a>(
    mut found: Found<'a>,
    rows: &[&'a Deployment<'a>],
    running: &Running<'a>,
    before: Option<&Running<'a>>,
    options: &MatrixOptions,
) -> EnvironmentCells<'a> {
    let shown = |region: Option<&str>| options.regions.iter().position(|one| Some(one.as_str()) == region);
    found.sort_by_key(|(spot, _)| (shown(spot.place.region).unwrap_or(usize::MAX), spot.key()));
    let versions: BTreeSet<_> = running.at.values().map(|row| &row.version).collect();
    EnvironmentCells {
        environment: running.environment,
        environment_name: rows.iter().find_map(|row| row.environment_name.as_deref()),
        environment_type: rows.iter().find_map(|row| row.environment_type),
        regions_differ: versions.len() > 1,
        regions: found
            .into_iter()
            .map(|(spot, rows)| MatrixCell {
                drift: before.and_then(|before| before.drift(spot.place.region, running.at.get(&spot.key())?)),
                behind_newest_region: running.behind_newest(&spot),
                ..cell(&spot, &rows, running.last(), options.now_ms)
            })
            .filter(MatrixCell::tells_anything)
            .collect(),
    }
}

impl MatrixCell<'_> {
    fn tells_anything(&self) -> bool {
        let tried = [&self.running, &self.failed, &self.taken_back, &self.rollback];
        !self.in_flight.is_empty() || tried.into_iter().any(Option::is_some)
    }
}

/// A spot by itself; `last` is what succeeded last in its environment.
fn cell<'a>(
    spot: &Spot<'a>,
    rows: &[&'a Deployment<'a>],
    last: Option<&'a Deployment<'a>>,
    now_ms: i64,
) -> MatrixCell<'a> {
    let standing = Standing::of(rows);
    let running = standing.now();
    let before = running.or(last.filter(|_| spot.place.region.is_none() || spot.is_unsure));
    let is_since = |row: &Deployment<'_>| before.is_none_or(|before| order(row) > order(before));
    let newest = |mut rows: Vec<&'a Deployment<'a>>| {
        rows.sort_by_key(|row| order(row));
        rows.last().map(|row| DeploymentBrief::of(row))
    };
    let since: Vec<_> = rows.iter().copied().filter(|row| is_since(row)).collect();
    let (rollbacks, others): (Vec<_>, Vec<_>) = since.into_iter().partition(|row| row.is_rollback);
    let failed: Vec<_> = others
        .into_iter()
        .filter(|row| row.phase == StatusPhase::Failed)
        .collect();
    let taken_back = standing.taken_back.iter().copied();
    let mut in_flight: Vec<_> = rows.iter().filter(|row| !row.phase.is_terminal()).collect();
    in_flight.sort_by_key(|row| order(row));
    let region = rows.iter().find_map(|row| row.region.as_deref());
    MatrixCell {
        region,
        // Where there is no region to read off it, the place is called by it.
        infrastructure: match region {
            Some(_) => spot.infrastructure,
            None => spot.place.region,
        },
        running: running.map(DeploymentBrief::of),
        age_ms: running
            .and_then(Deployment::settled_at)
            .and_then(|at| now_ms.checked_sub(at))
            .filter(|age| *age >= 0),
        in_flight: in_flight
            .into_iter()
            .rev()
            .map(|row| DeploymentBrief::of(row))
            .collect(),
        failed_attempts: failed.len() as u64,
        failed: newest(failed),
        taken_back: newest(taken_back.filter(|row| is_since(row)).collect()),
        rollback: newest(rollbacks.into_iter().filter(|row| row.phase.is_terminal()).collect()),
        drift: None,
        behind_newest_region: 0,
    }
}

/// What runs in an environment, and which versions were there.
struct Running<'a> {
    environment: &'a str,
    /// By [`Spot::key`].
    at: BTreeMap<(Option<&'a str>, Option<&'a str>), &'a Deployment<'a>>,
    /// The place of each version in the order of their first success here.
    ranks: BTreeMap<&'a str, u64>,
}

impl<'a> Running<'a> {
    fn of(found: &Found<'a>, rows: &[&'a Deployment<'a>]) -> Self {
        let stands = |(spot, rows): &(Spot<'a>, Vec<_>)| Some((spot.key(), Standing::of(rows).now()?));
        let mut first: BTreeMap<&str, Option<i64>> = BTreeMap::new();
        for row in rows.iter().filter(|row| is_success(row)) {
            if let Some(version) = row.version.as_deref() {
                let at = row.settled_at();
                first
                    .entry(version)
                    .and_modify(|first| *first = at.min(*first))
                    .or_insert(at);
            }
        }
        let mut versions: Vec<_> = first.into_iter().map(|(version, at)| (at, version)).collect();
        versions.sort_unstable();
        Self {
            environment: found.first().map_or("", |(spot, _)| spot.place.environment),
            at: found.iter().filter_map(stands).collect(),
            ranks: (0..)
                .zip(versions)
                .map(|(rank, (_, version))| (version, rank))
                .collect(),
        }
    }

    fn rank(&self, row: &Deployment<'_>) -> Option<u64> {
        self.ranks.get(row.version.as_deref()?).copied()
    }

    /// The newest version that runs; of several deployments of it any.
    fn newest(&self) -> Option<&'a Deployment<'a>> {
        self.at.values().copied().max_by_key(|row| self.rank(row))
    }

    /// What succeeded last, wherever.
    fn last(&self) -> Option<&'a Deployment<'a>> {
        self.at.values().copied().max_by_key(|row| order(row))
    }

    /// The newest version that runs in a region.
    fn newest_in(&self, region: Option<&str>) -> Option<&'a Deployment<'a>> {
        let there = self.at.iter().filter(|((own, _), _)| *own == region);
        there.map(|(_, row)| *row).max_by_key(|row| self.rank(row))
    }

    fn behind_newest(&self, spot: &Spot<'_>) -> u64 {
        let rank = |row| self.rank(row);
        let newest = self.newest().and_then(rank);
        let own = self.at.get(&spot.key()).copied().and_then(rank);
        newest.zip(own).map_or(0, |(newest, own)| newest.saturating_sub(own))
    }

    /// How a row of the environment after this one stands to what runs here.
    fn drift(&self, region: Option<&str>, row: &Deployment<'_>) -> Option<Drift<'a>> {
        let here = self.newest_in(region).or_else(|| self.newest())?;
        let (kind, versions) = match (self.rank(row), self.rank(here)) {
            (Some(one), Some(other)) if one == other => (DriftKind::Same, 0),
            (Some(one), Some(other)) if one < other => (DriftKind::Behind, other - one),
            (Some(one), Some(other)) => (DriftKind::Ahead, one - other),
            _ => (DriftKind::Other, 0),
        };
        Some(Drift {
            environment: self.environment,
            version: here.version.as_deref(),
            kind,
            versions,
        })
    }
}

/// The order of environments.
struct Environments<'a>(BTreeMap<&'a str, usize>);

impl<'a> Environments<'a> {
    fn of(rows: &'a [Deployment<'a>], given: &'a [String]) -> Self {
        let mut known: BTreeMap<&str, (bool, Option<i64>)> = BTreeMap::new();
        for row in rows {
            let Some(environment) = row.environment.as_deref() else {
                continue;
            };
            let (is_production, first) = known.entry(environment).or_insert((false, Some(i64::MAX)));
            *is_production |= row.environment_type == Some(EnvironmentType::Production);
            if is_success(row) {
                *first = row.settled_at().min(*first);
            }
        }
        let place = |environment: &str| given.iter().position(|one| one == environment).unwrap_or(usize::MAX);
        let mut order: Vec<_> = known
            .into_iter()
            .map(|(environment, (is_production, first))| (place(environment), is_production, first, environment))
            .collect();
        order.sort_unstable();
        let ranks = order
            .into_iter()
            .zip(0..)
            .map(|((.., environment), rank)| (environment, rank));
        Self(ranks.collect())
    }

    fn rank(&self, environment: &str) -> usize {
        self.0.get(environment).copied().unwrap_or(usize::MAX)
    }
}
