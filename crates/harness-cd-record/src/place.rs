//! Where a deployment goes: a service, an environment and a region.

use std::collections::BTreeMap;

use harness_cd_model::{Deployment, StatusPhase};

/// Where a version can run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place<'a> {
    /// The service's identifier.
    pub(crate) service: &'a str,
    /// The environment's identifier.
    pub(crate) environment: &'a str,
    /// The region; where none can be read off it, the infrastructure definition itself; nothing where Harness names
    /// none, as with GitOps.
    pub(crate) region: Option<&'a str>,
}

/// Rows by their places, each in the order in which they were given.
pub(crate) struct ByPlace<'a> {
    pub(crate) places: BTreeMap<Place<'a>, Vec<&'a Deployment<'a>>>,
    /// Rows of which it is not known of which service or environment they are.
    pub(crate) unplaced: u64,
}

impl<'a> ByPlace<'a> {
    /// Of all rows but those of stages that were skipped.
    pub(crate) fn of(rows: &'a [Deployment<'a>]) -> Self {
        let services = Services::of(rows);
        let mut places: BTreeMap<Place<'a>, Vec<&'a Deployment<'a>>> = BTreeMap::new();
        let mut unplaced = 0;
        for row in rows.iter().filter(|row| row.phase != StatusPhase::Skipped) {
            match place(row, &services) {
                Some(place) => places.entry(place).or_default().push(row),
                None => unplaced += 1,
            }
        }
        Self { places, unplaced }
    }
}

fn place<'a>(row: &'a Deployment<'a>, services: &Services<'a>) -> Option<Place<'a>> {
    Some(Place {
        service: services.service(row)?,
        environment: row.environment.as_deref()?,
        region: row.region_or_infrastructure(),
    })
}

/// Which service a row is of that has not resolved it yet: the only one of its execution, otherwise the only one of
/// its pipeline.
pub(crate) struct Services<'a> {
    of_run: BTreeMap<&'a str, Option<&'a str>>,
    of_pipeline: BTreeMap<&'a str, Option<&'a str>>,
}

impl<'a> Services<'a> {
    pub(crate) fn of(rows: &'a [Deployment<'a>]) -> Self {
        let mut services = Self {
            of_run: BTreeMap::new(),
            of_pipeline: BTreeMap::new(),
        };
        for row in rows {
            if let Some(service) = row.service.as_deref() {
                only(&mut services.of_run, &row.execution_id, service);
                only(&mut services.of_pipeline, &row.pipeline, service);
            }
        }
        services
    }

    pub(crate) fn service(&self, row: &'a Deployment<'_>) -> Option<&'a str> {
        match row.service.as_deref() {
            Some(service) => Some(service),
            None => match self.of_run.get(row.execution_id.as_ref()) {
                Some(of_run) => *of_run,
                None => self.of_pipeline.get(row.pipeline.as_ref()).copied().flatten(),
            },
        }
    }
}

/// Keeps the one service of a key, and nothing where there are several.
fn only<'a>(services: &mut BTreeMap<&'a str, Option<&'a str>>, key: &'a str, service: &'a str) {
    let known = services.entry(key).or_insert(Some(service));
    if *known != Some(service) {
        *known = None;
    }
}
