//! What stood at a place, one version after the other.
//!
//! A version stands from the instant in which its stage ended well. It stands no more when another has, when the
//! pipeline rollback of its own execution has ended (`is_undone`: the last that an execution does, so that it was there
//! until the execution's end), or when a run that rolls back (`is_rollback`) has ended well at the same place: then what
//! stood before stands again. Such a run names no execution that it takes back. It is taken to be the newest that
//! stands; where the run names a version that stood before that, everything above it; where it names one that never
//! stood, nothing. A stage that failed changes nothing, though its steps may have: Harness's own rollback of a stage is
//! part of that stage.

use harness_cd_model::Deployment;
use serde::Serialize;

use crate::moments::{has_rolled_back, is_success};

/// What stood at one place.
pub(crate) struct Standing<'a> {
    /// What stood after each change, in order.
    pub(crate) moments: Vec<Moment<'a>>,
    /// What was taken back, in order.
    pub(crate) taken_back: Vec<&'a Deployment<'a>>,
}

/// What stands from an instant on.
#[derive(Clone, Copy)]
pub(crate) struct Moment<'a> {
    /// Epoch ms; nothing where no clock was told.
    pub(crate) at: Option<i64>,
    pub(crate) change: PlaceChangeKind,
    /// What brought the change about.
    pub(crate) row: &'a Deployment<'a>,
    pub(crate) stands: Option<&'a Deployment<'a>>,
}

/// What changes a place. The order is that of changes of the same instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum PlaceChangeKind {
    /// A deployment succeeded.
    Deployed,
    /// The pipeline rollback of its own execution took a deployment back.
    Undone,
    /// A run that rolls back succeeded.
    RolledBack,
}

impl<'a> Standing<'a> {
    /// Of the rows of one place, in any order.
    pub(crate) fn of(rows: &[&'a Deployment<'a>]) -> Self {
        let mut changes: Vec<_> = rows.iter().flat_map(|row| changes(row)).collect();
        changes.sort_by_key(|(at, change, row)| (*at, *change, row.begun_at(), row.id.as_str()));
        let mut standing = Self {
            moments: Vec::new(),
            taken_back: Vec::new(),
        };
        let mut stack: Vec<&'a Deployment<'a>> = Vec::new();
        for (at, change, row) in changes {
            match change {
                PlaceChangeKind::Deployed => stack.push(row),
                PlaceChangeKind::Undone => standing.taken_back.extend(stack.extract_if(.., |one| one.id == row.id)),
                PlaceChangeKind::RolledBack => standing.taken_back.extend(stack.split_off(left_by(row, &stack))),
            }
            standing.moments.push(Moment {
                at,
                change,
                row,
                stands: stack.last().copied(),
            });
        }
        standing
    }

    /// What stands after all that happened.
    pub(crate) fn now(&self) -> Option<&'a Deployment<'a>> {
        self.moments.last().and_then(|moment| moment.stands)
    }

    /// What stood at an instant, epoch ms. What has no time stood before all else.
    pub(crate) fn at(&self, instant: i64) -> Option<&'a Deployment<'a>> {
        let past = self.moments.partition_point(|moment| moment.at <= Some(instant));
        self.moments.get(past.checked_sub(1)?)?.stands
    }
}

/// How a row changes its place, and when.
fn changes<'a>(row: &'a Deployment<'a>) -> Vec<(Option<i64>, PlaceChangeKind, &'a Deployment<'a>)> {
    let settled = row.settled_at();
    if has_rolled_back(row) {
        return vec![(settled, PlaceChangeKind::RolledBack, row)];
    }
    if !is_success(row) {
        return Vec::new();
    }
    let undone = row
        .is_undone
        .then(|| (settled.max(row.run_ended_at), PlaceChangeKind::Undone, row));
    [Some((settled, PlaceChangeKind::Deployed, row)), undone]
        .into_iter()
        .flatten()
        .collect()
}

/// How many of those that stand are left by a run that rolls back.
fn left_by(rollback: &Deployment<'_>, stack: &[&Deployment<'_>]) -> usize {
    let below = stack.len().saturating_sub(1);
    match &rollback.version {
        Some(version) if stack.last().is_some_and(|top| top.version.as_ref() != Some(version)) => {
            let named = stack.iter().rposition(|one| one.version.as_ref() == Some(version));
            named.map_or(stack.len(), |place| place + 1)
        }
        _ => below,
    }
}
