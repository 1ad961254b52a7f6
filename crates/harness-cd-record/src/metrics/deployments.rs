//! Deployments as people count them: an execution's, of a service, to an environment.

use std::collections::{BTreeMap, BTreeSet};

use harness_cd_model::{Deployment, StatusGroup, StatusPhase};

use crate::moments::order;
use crate::place::ByPlace;
use crate::standing::Standing;

/// What became of a deployment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    UnderWay,
    Succeeded,
    Failed,
    Stopped,
}

/// A deployment with all its regions.
pub(super) struct Whole<'a> {
    pub(super) service: &'a str,
    pub(super) environment: &'a str,
    /// In the order in which they settled.
    pub(super) rows: Vec<&'a Deployment<'a>>,
    pub(super) outcome: Outcome,
    /// The first in alphabetical order, where regions have several.
    pub(super) version: Option<&'a str>,
    /// When the last of its stages did; epoch ms.
    pub(super) settled: Option<i64>,
}

/// The deployments of all places, in the order in which they settled.
pub(super) fn wholes<'a>(places: &ByPlace<'a>) -> Vec<Whole<'a>> {
    let mut taken_back: BTreeSet<&str> = BTreeSet::new();
    let mut found: BTreeMap<(&str, &str, &str), Vec<&'a Deployment<'a>>> = BTreeMap::new();
    for (place, rows) in &places.places {
        taken_back.extend(Standing::of(rows).taken_back.iter().map(|row| row.id.as_str()));
        for row in rows.iter().filter(|row| !row.whole_run && !row.is_rollback) {
            let key = (row.execution_id.as_ref(), place.service, place.environment);
            found.entry(key).or_default().push(row);
        }
    }
    let whole = |((_, service, environment), mut rows): (_, Vec<&'a Deployment<'a>>)| {
        rows.sort_by_key(|row| order(row));
        Whole {
            service,
            environment,
            outcome: outcome(&rows, &taken_back),
            version: rows.iter().filter_map(|row| row.version.as_deref()).min(),
            settled: rows.iter().filter_map(|row| row.settled_at()).max(),
            rows,
        }
    };
    let mut wholes: Vec<_> = found.into_iter().map(whole).collect();
    wholes.sort_by_key(|whole| (whole.settled, whole.rows.last().map(|row| row.id.as_str())));
    wholes
}

fn outcome(rows: &[&Deployment<'_>], taken_back: &BTreeSet<&str>) -> Outcome {
    let is_stopped = |row: &Deployment<'_>| row.status.group() == StatusGroup::Stopped;
    let has_failed = |row: &Deployment<'_>| {
        row.is_undone || taken_back.contains(row.id.as_str()) || row.phase == StatusPhase::Failed && !is_stopped(row)
    };
    if rows.iter().any(|row| !row.phase.is_terminal()) {
        Outcome::UnderWay
    } else if rows.iter().any(|row| has_failed(row)) {
        Outcome::Failed
    } else if rows.iter().any(|row| is_stopped(row)) {
        Outcome::Stopped
    } else {
        Outcome::Succeeded
    }
}
