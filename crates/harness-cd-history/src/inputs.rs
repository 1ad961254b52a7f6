//! What a run was asked to do, where its deployments do not tell.
//!
//! Harness says of a stage what it brings, and where to, once it has begun. Of a run that waits before that, or ended
//! there, its inputs alone do.

use std::borrow::Cow;

use harness_cd_model::{Deployment, RunInputs, StatusPhase};

/// Whether a run's inputs have to tell what it was to bring or where: of one whose rows these are.
#[must_use]
pub fn asks_inputs(rows: &[Deployment<'_>]) -> bool {
    let has_deployed = has_deployed(rows);
    rows.iter().any(|row| is_untold(row, has_deployed))
}

/// Has the rows of a run tell what its inputs say. What a deployment itself tells stands.
pub fn tell_inputs(rows: &mut [Deployment<'_>], inputs: &RunInputs) {
    let has_deployed = has_deployed(rows);
    for row in rows {
        fill(&mut row.change_ticket, &inputs.change_ticket);
        if is_untold(row, has_deployed) {
            tell_target(row, inputs);
        }
    }
}

fn has_deployed(rows: &[Deployment<'_>]) -> bool {
    rows.iter().any(|row| !row.whole_run)
}

/// Whether a row is of what a run was to deploy, and does not tell all of it. What speaks for a run beside its
/// deployments is of none of its targets, unless it is a deployment that has not begun.
fn is_untold(row: &Deployment<'_>, has_deployed: bool) -> bool {
    let is_of_stage = row.id != row.execution_id;
    row.whole_run
        && row.phase != StatusPhase::Succeeded
        && (is_of_stage || !has_deployed)
        && (row.version.is_none() || row.environment.is_none() || row.region_or_infrastructure().is_none())
}

fn tell_target(row: &mut Deployment<'_>, inputs: &RunInputs) {
    fill(&mut row.image_tag, &inputs.image_tag);
    fill(&mut row.version, &inputs.image_tag);
    fill(&mut row.service, &inputs.service);
    // A run through several environments names one of them.
    if row.environment.is_some() && row.environment.as_deref() != inputs.environment.as_deref() {
        return;
    }
    fill(&mut row.environment, &inputs.environment);
    fill(&mut row.environment_name, &inputs.environment_name);
    fill(&mut row.region, &inputs.region);
    fill(&mut row.infrastructure, &inputs.infrastructure);
}

fn fill(known: &mut Option<Cow<'_, str>>, input: &Option<String>) {
    if known.is_none() {
        *known = input.clone().map(Cow::Owned);
    }
}
