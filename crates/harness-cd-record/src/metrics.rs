//! How well delivery goes, with the definitions of the DORA reports.
//!
//! # What the reports measure, and what is counted here
//! The words on the left are those of the *Accelerate State of DevOps Report 2024* (DORA, Google Cloud); the edition of
//! 2023 renamed "time to restore" to failed deployment recovery time. The reports ask people; here rows are counted.
//!
//! | report 2024 | here |
//! |---|---|
//! | deployment frequency: how often a change of the application gets to production | `succeeded`, and `perWeek` of it |
//! | change lead time: how long a committed change takes until it is in production | `leadTime`: from the first deployment of the version anywhere |
//! | change fail rate: the share of deployments that break something in production and call for a hotfix or a rollback | `changeFailureRate`: the share that failed or were taken back |
//! | failed deployment recovery time: how long it takes to recover from a deployment that failed | `timeToRestore`: until the next that succeeded, or the rollback |
//!
//! A failure that shows in production later, and is in no row, is not known here: the rate is a lower bound. Rework rate,
//! which the edition of 2024 adds, needs to know why a change was deployed, and is not told.
//!
//! # Definitions
//! - A **deployment** is one service that an execution brought to one environment: all its regions together. It counts
//!   when all its stages are over, at the instant in which the last settled. Stages that did not begin are not part of
//!   it, a run that rolls back is none, and neither is a run that ended before its deployment.
//! - It **failed** where a stage failed or was taken back, by its own pipeline rollback or by a run that rolls back; it
//!   was **stopped** where none failed and one was ended by somebody's word or a freeze; otherwise it **succeeded**. What
//!   was stopped is counted apart, and is in no rate: nobody knows how it would have ended.
//! - **Production** are the environments of the type `Production`, or the ones that are named. Where metrics are told by
//!   environment each is told for itself; otherwise production alone counts. Stages are told for all environments.
//! - `leadTime`: for each service, environment and version, from the begin of its first attempt anywhere to the end of its
//!   first deployment there that succeeded. A version that was first tried before the rows begin seems younger than it
//!   is. From the commit of the configuration: not told, rows know none.
//! - `timeToRestore`: from the end of a deployment that failed to the end of the next that succeeded in that environment,
//!   of the run that rolled it back, or of its own pipeline rollback. Failures before that are the same outage. Where the
//!   stage rolled itself back before it ended, it is an upper bound. What is not restored yet is counted in `unrestored`.
//! - `stages`: how long the stages of each pipeline took that succeeded.
//! - `waitBefore`: how long a deployment waited within its run: from the end of the stage of the run that deployed before
//!   it, without one from the begin of the run. That is where approvals are given, and whatever else stands between: the
//!   time of an approval itself is in no row. `waitingNow` are those behind an approval that has not been given.
//! - A **week** is one of ISO 8601, from Monday, of UTC. Without a failure or a deployment in it a week has no group.
//!
//! # Small numbers
//! Each figure comes with the number `n` of what it was taken of. A share of fewer than [`MIN_FOR_RATE`] says nothing and
//! is absent, as is a median of fewer than [`MIN_FOR_MEDIAN`], a 90th percentile of fewer than 10 and a 95th of fewer
//! than 20: beyond it there has to be one at least. A frequency needs a period of [`MIN_DAYS_FOR_FREQUENCY`] days. A
//! percentile is the smallest value that so many of all do not exceed (nearest rank), never a value between two.

mod deployments;
mod restore;

use std::collections::{BTreeMap, BTreeSet};

use harness_cd_model::{Deployment, WaitingFor};
use serde::{Deserialize, Serialize};

use crate::moments::{has_odd_clock, is_success};
use crate::place::{ByPlace, Services};
use crate::release::production;

use deployments::{Outcome, Whole, wholes};
use restore::outages;

/// So many deployments a rate is taken of at least: of fewer, one more failure is over ten points.
pub const MIN_FOR_RATE: u64 = 10;
/// So many values a median is taken of at least.
pub const MIN_FOR_MEDIAN: u64 = 5;
/// So many days a frequency is taken of at least.
pub const MIN_DAYS_FOR_FREQUENCY: i64 = 7;

const DAY_MS: i64 = 24 * 3_600_000;
const WEEK_MS: i64 = 7 * DAY_MS;
/// The first Monday of the epoch.
const FIRST_MONDAY_MS: i64 = 4 * DAY_MS;

/// What is measured.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
pub struct MetricsOptions {
    /// The first instant that counts, epoch ms.
    pub from_ms: i64,
    /// The first instant that does not count any more, epoch ms.
    pub to_ms: i64,
    /// By what the figures are told apart; by nothing: one group of all.
    #[serde(default)]
    #[cfg_attr(feature = "ts", ts(optional, as = "Option<Vec<Dimension>>"))]
    pub by: Vec<Dimension>,
    /// Identifiers of the environments that are production; those that Harness calls so where none is named.
    #[serde(default)]
    #[cfg_attr(feature = "ts", ts(optional, as = "Option<Vec<String>>"))]
    pub production: Vec<String>,
    /// The team of each service, by the service's identifier; may be empty.
    #[serde(default)]
    #[cfg_attr(feature = "ts", ts(optional, type = "Record<string, string>"))]
    pub teams: BTreeMap<String, String>,
}

/// By what figures are told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum Dimension {
    /// The service.
    Service,
    /// The team that the service is known to be of.
    Team,
    /// The environment.
    Environment,
    /// The week of ISO 8601, in UTC.
    Week,
}

/// How well delivery goes.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
pub struct DeliveryMetrics<'a> {
    /// The first instant that counts, epoch ms.
    pub from_ms: i64,
    /// The first instant that does not count any more, epoch ms.
    pub to_ms: i64,
    /// Those in which anything counts, in the order of their keys.
    pub groups: Vec<MetricsGroup<'a>>,
    /// Rows that do not say of which service or environment they are.
    pub unplaced: u64,
    /// What is not told, since no row knows it.
    pub absent: Vec<AbsentMetric>,
}

/// A metric that is not told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
pub struct AbsentMetric {
    /// What.
    pub metric: &'static str,
    /// Why not.
    pub reason: &'static str,
}

/// What no row knows.
pub const ABSENT: [AbsentMetric; 3] = [
    AbsentMetric {
        metric: "leadTimeFromCommit",
        reason: "rows know no commit; lead time begins with the first deployment of a version anywhere",
    },
    AbsentMetric {
        metric: "approvalTime",
        reason: "rows know no approval's own times; waitBefore is the most that it can have taken",
    },
    AbsentMetric {
        metric: "reworkRate",
        reason: "rows do not say why something was deployed",
    },
];

/// Of what figures are told; what they are not told apart by is absent, and so is what a row does not know.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
pub struct GroupKey<'a> {
    /// The team.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub team: Option<&'a str>,
    /// The service's identifier.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service: Option<&'a str>,
    /// The environment's identifier.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub environment: Option<&'a str>,
    /// The Monday on which the week begins, 00:00 UTC, epoch ms.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub week_ms: Option<i64>,
}

/// The figures of a group.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
pub struct MetricsGroup<'a> {
    /// Of what.
    pub key: GroupKey<'a>,
    /// Deployments that ended and were not stopped: the `n` of the rate.
    pub deployments: u64,
    /// Those of them that succeeded.
    pub succeeded: u64,
    /// Those of them that failed or were taken back.
    pub failed: u64,
    /// Deployments that somebody or a freeze has stopped; in no rate.
    pub stopped: u64,
    /// Deployments with a stage or a run that ended before it began. They count like others.
    pub odd_clocks: u64,
    /// Those that succeeded, a week; absent for less than a week, and by week, where `succeeded` says it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub per_week: Option<f64>,
    /// The share of `failed` in `deployments`, 0 to 1; absent where these are too few.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub change_failure_rate: Option<f64>,
    /// From the first deployment of a version anywhere to its first success here.
    pub lead_time: Spread,
    /// From a failure to what mended it.
    pub time_to_restore: Spread,
    /// Failures that nothing has mended yet.
    pub unrestored: u64,
    /// How long deployments waited within their runs.
    pub wait_before: Spread,
    /// What stands behind an approval that has not been given.
    pub waiting_now: u64,
    /// How long the stages of each pipeline took that succeeded.
    pub stages: Vec<StageDurations<'a>>,
}

/// How long a stage took.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
pub struct StageDurations<'a> {
    /// The pipeline's identifier.
    pub pipeline: &'a str,
    /// The stage's identifier.
    pub stage: &'a str,
    /// Its durations.
    pub took: Spread,
}

/// How durations spread, ms.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
pub struct Spread {
    /// Of how many.
    pub n: u64,
    /// The median.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub p50_ms: Option<i64>,
    /// The 90th percentile.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub p90_ms: Option<i64>,
    /// The 95th percentile.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub p95_ms: Option<i64>,
}

impl Spread {
    fn of(mut values: Vec<i64>) -> Self {
        values.sort_unstable();
        let n = values.len() as u64;
        let percentile = |percent: usize, least: u64| {
            let rank = (values.len() * percent).div_ceil(100);
            values.get(rank.checked_sub(1)?).copied().filter(|_| n >= least)
        };
        Self {
            n,
            p50_ms: percentile(50, MIN_FOR_MEDIAN),
            p90_ms: percentile(90, 10),
            p95_ms: percentile(95, 20),
        }
    }
}

/// A project, whose services are no other's, whatever they are called.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ProjectRows<'a> {
    /// The team of each service, by the service's identifier; may be empty.
    #[serde(default)]
    pub teams: BTreeMap<String, String>,
    /// Its rows, in any order, each once.
    #[serde(borrow)]
    pub rows: Vec<Deployment<'a>>,
}

/// How well delivery goes: rows of one project, in any order, each once. Rows from before the period are needed to know
/// when a version was first deployed, rows from after it to know what mended a failure.
#[must_use]
pub fn metrics<'a>(rows: &'a [Deployment<'a>], options: &'a MetricsOptions) -> DeliveryMetrics<'a> {
    told([(rows, &options.teams)], options)
}

/// How well delivery goes in several projects together. Whose teams are called alike are one team, services and
/// environments likewise where the figures are told apart by them.
#[must_use]
pub fn metrics_of_projects<'a>(projects: &'a [ProjectRows<'a>], options: &'a MetricsOptions) -> DeliveryMetrics<'a> {
    told(
        projects.iter().map(|project| (project.rows.as_slice(), &project.teams)),
        options,
    )
}

fn told<'a>(
    projects: impl IntoIterator<Item = (&'a [Deployment<'a>], &'a BTreeMap<String, String>)>,
    options: &'a MetricsOptions,
) -> DeliveryMetrics<'a> {
    let (mut groups, mut unplaced) = (BTreeMap::new(), 0);
    for (rows, teams) in projects {
        let places = ByPlace::of(rows);
        unplaced += places.unplaced;
        let mut tally = Tally::new(rows, options, teams, groups);
        tally.project(rows, &places);
        groups = tally.groups;
    }
    DeliveryMetrics {
        from_ms: options.from_ms,
        to_ms: options.to_ms,
        groups: groups
            .into_iter()
            .map(|(key, figures)| figures.told(key, options))
            .collect(),
        unplaced,
        absent: ABSENT.to_vec(),
    }
}

/// What is counted of a group.
#[derive(Default)]
struct Figures<'a> {
    succeeded: u64,
    failed: u64,
    stopped: u64,
    odd_clocks: u64,
    lead: Vec<i64>,
    restored: Vec<i64>,
    unrestored: u64,
    waited: Vec<i64>,
    waiting_now: u64,
    stages: BTreeMap<(&'a str, &'a str), Vec<i64>>,
}

impl<'a> Figures<'a> {
    fn told(self, key: GroupKey<'a>, options: &MetricsOptions) -> MetricsGroup<'a> {
        let deployments = self.succeeded + self.failed;
        let period = options.to_ms.saturating_sub(options.from_ms);
        let has_frequency = key.week_ms.is_none() && period >= MIN_DAYS_FOR_FREQUENCY * DAY_MS;
        MetricsGroup {
            key,
            deployments,
            succeeded: self.succeeded,
            failed: self.failed,
            stopped: self.stopped,
            odd_clocks: self.odd_clocks,
            per_week: has_frequency.then(|| ratio(self.succeeded * WEEK_MS.unsigned_abs(), period.unsigned_abs())),
            change_failure_rate: (deployments >= MIN_FOR_RATE).then(|| ratio(self.failed, deployments)),
            lead_time: Spread::of(self.lead),
            time_to_restore: Spread::of(self.restored),
            unrestored: self.unrestored,
            wait_before: Spread::of(self.waited),
            waiting_now: self.waiting_now,
            stages: self
                .stages
                .into_iter()
                .map(|((pipeline, stage), took)| StageDurations {
                    pipeline,
                    stage,
                    took: Spread::of(took),
                })
                .collect(),
        }
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "counts and periods are far below what a float tells apart"
)]
fn ratio(one: u64, other: u64) -> f64 {
    one as f64 / other as f64
}

/// Counts a project into groups.
struct Tally<'a> {
    options: &'a MetricsOptions,
    teams: &'a BTreeMap<String, String>,
    production: BTreeSet<&'a str>,
    services: Services<'a>,
    /// When a version of a service was first tried anywhere.
    first_begun: BTreeMap<(&'a str, &'a str), i64>,
    /// The begin of each execution and the ends of its stages.
    times: BTreeMap<&'a str, Vec<i64>>,
    groups: BTreeMap<GroupKey<'a>, Figures<'a>>,
}

impl<'a> Tally<'a> {
    fn new(
        rows: &'a [Deployment<'a>],
        options: &'a MetricsOptions,
        teams: &'a BTreeMap<String, String>,
        groups: BTreeMap<GroupKey<'a>, Figures<'a>>,
    ) -> Self {
        let named: BTreeSet<&str> = options.production.iter().map(String::as_str).collect();
        Self {
            options,
            teams,
            production: if named.is_empty() { production(rows) } else { named },
            services: Services::of(rows),
            first_begun: BTreeMap::new(),
            times: BTreeMap::new(),
            groups,
        }
    }

    fn project(&mut self, rows: &'a [Deployment<'a>], places: &ByPlace<'a>) {
        let wholes = wholes(places);
        self.deployments(&wholes);
        for outage in outages(&wholes, places) {
            let group = self.group(outage.service, outage.environment, Some(outage.from));
            match (group, outage.until) {
                (None, _) => {}
                (Some(group), Some(until)) => group.restored.push(until.saturating_sub(outage.from)),
                (Some(group), None) => group.unrestored += 1,
            }
        }
        self.rows(rows);
    }

    fn has(&self, dimension: Dimension) -> bool {
        self.options.by.contains(&dimension)
    }

    /// The group of what happened in an environment of production, or in any where these are told apart.
    fn group(&mut self, service: &'a str, environment: &'a str, at: Option<i64>) -> Option<&mut Figures<'a>> {
        let is_told = self.has(Dimension::Environment) || self.production.contains(environment);
        is_told.then(|| self.group_of_any(service, environment, at)).flatten()
    }

    /// The group of what happened anywhere; none outside the period.
    fn group_of_any(&mut self, service: &'a str, environment: &'a str, at: Option<i64>) -> Option<&mut Figures<'a>> {
        let at = at.filter(|at| (self.options.from_ms..self.options.to_ms).contains(at))?;
        let team = self.teams.get(service).map(String::as_str);
        let key = GroupKey {
            team: team.filter(|_| self.has(Dimension::Team)),
            service: self.has(Dimension::Service).then_some(service),
            environment: self.has(Dimension::Environment).then_some(environment),
            week_ms: self.has(Dimension::Week).then(|| monday(at)),
        };
        Some(self.groups.entry(key).or_default())
    }

    fn deployments(&mut self, wholes: &[Whole<'a>]) {
        for row in wholes.iter().flat_map(|whole| &whole.rows) {
            let of_run = self.times.entry(&row.execution_id).or_default();
            of_run.extend(row.ended_at.into_iter().chain(row.run_started_at));
        }
        for whole in wholes {
            for row in &whole.rows {
                if let Some((version, begun)) = row.version.as_deref().zip(row.begun_at()) {
                    let first = self.first_begun.entry((whole.service, version)).or_insert(begun);
                    *first = begun.min(*first);
                }
            }
        }
        let mut is_there = BTreeSet::new();
        for whole in wholes.iter().filter(|whole| whole.outcome != Outcome::UnderWay) {
            let is_first = whole.outcome == Outcome::Succeeded
                && whole
                    .version
                    .is_some_and(|version| is_there.insert((whole.service, whole.environment, version)));
            let lead = whole.version.filter(|_| is_first).and_then(|version| {
                let first = self.first_begun.get(&(whole.service, version))?;
                whole.settled?.checked_sub(*first)
            });
            let waited = self.waited(whole);
            let Some(group) = self.group(whole.service, whole.environment, whole.settled) else {
                continue;
            };
            match whole.outcome {
                Outcome::UnderWay => {}
                Outcome::Succeeded => group.succeeded += 1,
                Outcome::Failed => group.failed += 1,
                Outcome::Stopped => group.stopped += 1,
            }
            group.odd_clocks += u64::from(whole.rows.iter().any(|row| has_odd_clock(row)));
            group.lead.extend(lead);
            group.waited.extend(waited);
        }
    }

    /// How long a deployment waited within its run; nothing where its clocks do not tell.
    fn waited(&self, whole: &Whole<'_>) -> Option<i64> {
        let starts = whole
            .rows
            .iter()
            .filter_map(|row| Some((row.started_at?, row.execution_id.as_ref())));
        let (start, run) = starts.min()?;
        let before = self.times.get(run)?.iter().filter(|time| **time <= start).max()?;
        start.checked_sub(*before)
    }

    fn rows(&mut self, rows: &'a [Deployment<'a>]) {
        for row in rows {
            let (Some(service), Some(environment)) = (self.services.service(row), row.environment.as_deref()) else {
                continue;
            };
            if let Some(took) = row.duration_ms.filter(|_| is_success(row)) {
                let group = self.group_of_any(service, environment, row.settled_at());
                if let Some(group) = group {
                    group.stages.entry((&row.pipeline, &row.stage)).or_default().push(took);
                }
            }
            if row.waiting_for == Some(WaitingFor::Approval)
                && let Some(group) = self.group(service, environment, row.begun_at())
            {
                group.waiting_now += 1;
            }
        }
    }
}

/// The Monday of an instant's week, 00:00 UTC.
fn monday(at: i64) -> i64 {
    at.saturating_sub(at.saturating_sub(FIRST_MONDAY_MS).rem_euclid(WEEK_MS))
}
