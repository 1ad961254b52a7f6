//! What happened, newest first, told as stories.
//!
//! # Definitions
//! - A **story** is one change on its way to one environment of a service: the regions together, and the attempts that
//!   it took. An execution that goes through several environments is a story in each.
//! - A **re-run** belongs to the story of the execution that it runs again, where that one did not succeed; after a
//!   success it is a story of its own. A **retry** names no execution that it takes the place of. It belongs to the newest
//!   one before it of its pipeline that did not succeed with the same version in the same environment.
//! - In each region the newest attempt that went there counts. A story is `partial` where some regions succeeded and
//!   others did not: which ones is told by region, also where a stage was skipped since another failed.
//! - A run that ended before its deployment is an attempt of the story that it belongs to, and a story where there is
//!   none.
//! - Stories are in the order in which their newest attempt began, and what has not begun is newest. A story moves up
//!   when it gets another attempt.
//! - A **cursor** is a place in that order, not a number of a page: what is added on top moves nothing below it, and a
//!   story that it was taken from may be gone.
//! - A **filter** looks at what counts, the rows of `regions`; a story of which one row meets all of it is told whole.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

use harness_cd_model::{Deployment, StatusGroup, StatusPhase};
use serde::Serialize;

use crate::filter::{DeploymentFilter, FilterFault};
use crate::moments::{DeploymentBrief, order};
use crate::place::Services;

/// A part of the timeline.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
pub struct Timeline<'a> {
    /// Newest first.
    pub stories: Vec<Story<'a>>,
    /// Where the next part begins; absent where there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// A change on its way to an environment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
pub struct Story<'a> {
    /// Unique, and the same when attempts are added: the first execution, the service and the environment.
    pub id: String,
    /// When the newest attempt began, epoch ms; absent where it has not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<i64>,
    /// The service's identifier.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service: Option<&'a str>,
    /// The service's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service_name: Option<&'a str>,
    /// The environment's identifier; absent where nothing says where it went.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub environment: Option<&'a str>,
    /// The environment's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub environment_name: Option<&'a str>,
    /// What became of it.
    pub outcome: StoryOutcome,
    /// The newest attempt in each region.
    pub regions: Vec<RegionOutcome<'a>>,
    /// The executions that it took, oldest first.
    pub attempts: Vec<Attempt<'a>>,
}

/// What became of a story.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum StoryOutcome {
    /// Goes on by itself.
    Running,
    /// Goes on when somebody or something lets it.
    Waiting,
    /// Succeeded in all regions.
    Succeeded,
    /// Succeeded in some regions alone.
    Partial,
    /// Failed.
    Failed,
    /// Succeeded, and was undone by the pipeline rollback of its own execution.
    Undone,
    /// Ended, or not begun, by somebody's word, a freeze or a condition.
    Stopped,
}

/// What became of a story in a region.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
pub struct RegionOutcome<'a> {
    /// The region, or the infrastructure definition; absent where Harness names neither.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<&'a str>,
    /// The newest attempt there.
    pub deployment: DeploymentBrief<'a>,
    /// Whether the pipeline rollback of its own execution has undone it. Absent where it has not.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[cfg_attr(feature = "ts", ts(optional, as = "Option<bool>"))]
    pub is_undone: bool,
    /// Why it failed: the first line of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failure: Option<&'a str>,
}

/// An execution of a story.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
pub struct Attempt<'a> {
    /// What makes it one.
    pub kind: AttemptKind,
    /// The first of its rows: of this story, or of the run as a whole.
    pub deployment: DeploymentBrief<'a>,
}

/// What makes an execution an attempt of a story.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum AttemptKind {
    /// It was asked for by itself.
    Run,
    /// It runs another again, by its inputs.
    Rerun,
    /// It retries another from a stage on.
    Retry,
    /// It rolls an earlier one back.
    Rollback,
}

/// A place in a timeline. Its text is opaque to others.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TimelineCursor {
    at: i64,
    id: String,
}

impl fmt::Display for TimelineCursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.at, self.id)
    }
}

impl FromStr for TimelineCursor {
    type Err = FilterFault;

    fn from_str(text: &str) -> Result<Self, FilterFault> {
        let parts = text.split_once('.').filter(|(_, id)| !id.is_empty());
        let cursor = parts.and_then(|(at, id)| {
            Some(Self {
                at: at.parse().ok()?,
                id: id.to_owned(),
            })
        });
        cursor.ok_or_else(|| FilterFault {
            field: "after",
            message: format!("`{text}` is no place in a timeline; take it from `next` of the part before"),
        })
    }
}

impl Story<'_> {
    fn cursor(&self) -> TimelineCursor {
        TimelineCursor {
            at: self.at.unwrap_or(i64::MAX),
            id: self.id.clone(),
        }
    }
}

/// The next part of the timeline behind a cursor, or the first; of at most `limit` stories.
#[must_use]
pub fn timeline<'a>(
    rows: &'a [Deployment<'a>],
    filter: &DeploymentFilter,
    after: Option<&TimelineCursor>,
    limit: usize,
) -> Timeline<'a> {
    let told = stories(rows)
        .into_iter()
        .filter(|draft| draft.newest().any(|row| filter.matches(row)));
    let mut stories: Vec<_> = told
        .map(|draft| draft.story())
        .map(|story| (Reverse(story.cursor()), story))
        .collect();
    stories.retain(|(Reverse(cursor), _)| after.is_none_or(|after| cursor < after));
    stories.sort_by(|(one, _), (other, _)| one.cmp(other));
    let has_more = stories.len() > limit;
    stories.truncate(limit);
    let next = stories
        .last()
        .filter(|_| has_more)
        .map(|(Reverse(cursor), _)| cursor.to_string());
    Timeline {
        stories: stories.into_iter().map(|(_, story)| story).collect(),
        next,
    }
}

/// An execution.
struct Run<'a> {
    id: &'a str,
    rows: Vec<&'a Deployment<'a>>,
}

impl<'a> Run<'a> {
    /// In the order in which they began; one that has not comes last.
    fn all(rows: &'a [Deployment<'a>]) -> Vec<Self> {
        let mut found: BTreeMap<&str, Vec<&'a Deployment<'a>>> = BTreeMap::new();
        for row in rows {
            found.entry(&row.execution_id).or_default().push(row);
        }
        let mut runs: Vec<_> = found.into_iter().map(|(id, rows)| Self { id, rows }).collect();
        runs.sort_by_key(|run| (run.begun().unwrap_or(i64::MAX), run.id));
        runs
    }

    fn begun(&self) -> Option<i64> {
        let begun = self
            .rows
            .iter()
            .map(|row| row.run_started_at.or(row.run_created_at).or(row.started_at));
        begun.flatten().min()
    }

    /// Whether anything of it went wrong: what is run again after that is another attempt.
    fn has_failed(&self) -> bool {
        self.rows
            .iter()
            .any(|row| row.phase == StatusPhase::Failed || row.is_undone)
    }
}

/// What a retry has in common with the execution that it takes the place of.
type Target<'a> = (&'a str, Option<&'a str>, &'a str, Option<&'a str>);

/// The first execution of the story that each execution belongs to.
fn roots<'a>(runs: &[Run<'a>], services: &Services<'a>) -> BTreeMap<&'a str, &'a str> {
    let mut roots: BTreeMap<&str, &str> = BTreeMap::new();
    let mut failed: BTreeSet<&str> = BTreeSet::new();
    let mut last_failed: BTreeMap<Target<'a>, (usize, &str)> = BTreeMap::new();
    // Those that began before are known already, so that nothing follows itself.
    for (number, run) in runs.iter().enumerate() {
        let target = |row: &&'a Deployment<'a>| {
            let environment = row.environment.as_deref()?;
            Some((
                row.pipeline.as_ref(),
                services.service(row),
                environment,
                row.version.as_deref(),
            ))
        };
        let named = run
            .rows
            .iter()
            .filter_map(|row| row.rerun_of.as_deref())
            .find(|earlier| failed.contains(earlier));
        let retried = || {
            let retries = run.rows.iter().filter(|row| row.is_retry).filter_map(target);
            retries
                .filter_map(|target| last_failed.get(&target))
                .max()
                .map(|(_, run)| *run)
        };
        let earlier = named.or_else(retried);
        let root = earlier
            .and_then(|earlier| roots.get(earlier).copied())
            .unwrap_or(run.id);
        roots.insert(run.id, root);
        if run.has_failed() {
            failed.insert(run.id);
            last_failed.extend(
                run.rows
                    .iter()
                    .filter_map(target)
                    .map(|target| (target, (number, run.id))),
            );
        }
    }
    roots
}

/// A story that is not told yet.
struct Draft<'a> {
    root: &'a str,
    service: Option<&'a str>,
    environment: Option<&'a str>,
    /// Of each execution the rows of this story, in the order in which the executions began.
    attempts: Vec<Vec<&'a Deployment<'a>>>,
}

/// All stories, in no order.
fn stories<'a>(rows: &'a [Deployment<'a>]) -> Vec<Draft<'a>> {
    let services = Services::of(rows);
    let runs = Run::all(rows);
    let roots = roots(&runs, &services);
    let mut drafts: BTreeMap<(&str, Option<&str>, Option<&str>), Draft<'a>> = BTreeMap::new();
    let mut without_place: Vec<(&str, Vec<&'a Deployment<'a>>)> = Vec::new();
    for run in runs {
        let root = roots.get(run.id).copied().unwrap_or(run.id);
        let mut found: BTreeMap<_, Vec<&'a Deployment<'a>>> = BTreeMap::new();
        for row in run.rows {
            found
                .entry((services.service(row), row.environment.as_deref()))
                .or_default()
                .push(row);
        }
        for ((service, environment), mut rows) in found {
            rows.sort_by_key(|row| order(row));
            if environment.is_none() {
                rows.retain(|row| row.phase != StatusPhase::Skipped);
                without_place.push((root, rows));
                continue;
            }
            let draft = drafts.entry((root, service, environment)).or_insert_with(|| Draft {
                root,
                service,
                environment,
                attempts: Vec::new(),
            });
            draft.attempts.push(rows);
        }
    }
    // Where all was skipped nothing happened.
    drafts.retain(|_, draft| draft.newest().any(|row| row.phase != StatusPhase::Skipped));
    let placed: BTreeSet<&str> = drafts.keys().map(|(root, ..)| *root).collect();
    for (root, rows) in without_place.into_iter().filter(|(_, rows)| !rows.is_empty()) {
        let service = rows.first().and_then(|row| services.service(row));
        if placed.contains(root) {
            for draft in drafts.values_mut().filter(|draft| draft.root == root) {
                draft.attempts.push(rows.clone());
            }
        } else {
            let draft = drafts.entry((root, service, None)).or_insert_with(|| Draft {
                root,
                service,
                environment: None,
                attempts: Vec::new(),
            });
            draft.attempts.push(rows);
        }
    }
    let mut drafts: Vec<_> = drafts.into_values().collect();
    for draft in &mut drafts {
        draft
            .attempts
            .sort_by_key(|rows| rows.iter().map(|row| row.begun_at().unwrap_or(i64::MAX)).min());
    }
    drafts
}

impl<'a> Draft<'a> {
    /// The newest row of each region; what names no environment only where nothing does.
    fn newest_by_region(&self) -> BTreeMap<Option<&'a str>, &'a Deployment<'a>> {
        let rows = self
            .attempts
            .iter()
            .flatten()
            .filter(|row| row.environment.is_some() == self.environment.is_some());
        // A later one takes the place of an earlier one, unless it was left out.
        let mut newest: BTreeMap<_, &'a Deployment<'a>> = BTreeMap::new();
        for row in rows {
            let known = newest.entry(row.region_or_infrastructure()).or_insert(row);
            if row.phase != StatusPhase::Skipped || known.phase == StatusPhase::Skipped {
                *known = row;
            }
        }
        newest
    }

    fn newest(&self) -> impl Iterator<Item = &'a Deployment<'a>> {
        self.newest_by_region().into_values()
    }

    fn story(&self) -> Story<'a> {
        let regions = self.newest_by_region();
        let rows = || self.attempts.iter().flatten();
        let newest = self.attempts.last();
        let id = [Some(self.root), self.service, self.environment].map(Option::unwrap_or_default);
        Story {
            id: id.join("/"),
            at: newest.and_then(|rows| rows.iter().filter_map(|row| row.begun_at()).min()),
            service: self.service,
            service_name: rows().find_map(|row| row.service_name.as_deref()),
            environment: self.environment,
            environment_name: rows().find_map(|row| row.environment_name.as_deref()),
            outcome: outcome(regions.values().copied()),
            regions: regions
                .into_iter()
                .map(|(region, row)| RegionOutcome {
                    region,
                    deployment: DeploymentBrief::of(row),
                    is_undone: row.is_undone,
                    failure: row.failure.as_deref(),
                })
                .collect(),
            attempts: self
                .attempts
                .iter()
                .filter_map(|rows| rows.first())
                .map(|row| attempt(row))
                .collect(),
        }
    }
}

fn attempt<'a>(row: &'a Deployment<'a>) -> Attempt<'a> {
    let kind = match row {
        _ if row.is_rollback => AttemptKind::Rollback,
        _ if row.is_retry => AttemptKind::Retry,
        _ if row.rerun_of.is_some() => AttemptKind::Rerun,
        _ => AttemptKind::Run,
    };
    Attempt {
        kind,
        deployment: DeploymentBrief::of(row),
    }
}

fn outcome<'a>(regions: impl Iterator<Item = &'a Deployment<'a>>) -> StoryOutcome {
    let rows: Vec<_> = regions.filter(|row| row.phase != StatusPhase::Skipped).collect();
    let any = |is: &dyn Fn(&Deployment<'_>) -> bool| rows.iter().any(|row| is(row));
    let went_well = |row: &Deployment<'_>| row.phase == StatusPhase::Succeeded && !row.is_undone;
    let waits = |row: &Deployment<'_>| matches!(row.phase, StatusPhase::Waiting | StatusPhase::Held);
    if any(&waits) {
        StoryOutcome::Waiting
    } else if any(&|row| !row.phase.is_terminal()) {
        StoryOutcome::Running
    } else if any(&went_well) {
        let is_whole = !any(&|row| !went_well(row));
        if is_whole {
            StoryOutcome::Succeeded
        } else {
            StoryOutcome::Partial
        }
    } else if any(&|row| row.phase == StatusPhase::Failed && row.status.group() != StatusGroup::Stopped) {
        StoryOutcome::Failed
    } else if any(&|row| row.phase == StatusPhase::Succeeded) {
        StoryOutcome::Undone
    } else {
        StoryOutcome::Stopped
    }
}
