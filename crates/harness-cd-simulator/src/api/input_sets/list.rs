//! The list of a pipeline's input sets.

use std::cmp::Reverse;

use serde_json::{Value, json};

use super::super::route::Call;
use crate::state::entity::{Entity, Kind};
use crate::wire::respond::{Failure, Outcome, Page, Paging, Reply, page_response, without_nulls};
use crate::world::World;

/// Source: run-inputs §6 [OAS; CORE list mapper]: whether a set still fits is not told here. The last changed comes
/// first [CORE InputSetResourcePMSImpl].
pub(super) fn list(world: &mut World, call: &Call<'_>) -> Outcome {
    let pipeline = call.required("pipelineIdentifier", &world.modes)?;
    let page = Page::read(call.request, Paging::INPUT_SETS)?;
    let is_wanted = wanted_type(call)?;
    if call.parameter("sortOrders").is_some() {
        return Err(Failure::not_simulated("an order of input sets"));
    }
    let term = call.parameter("searchTerm");
    let sets = world.store.all(Kind::InputSet, &call.scope);
    let mut sets: Vec<&Entity> = sets
        .filter(|set| set.parent == pipeline && is_wanted(set) && set.matches(term))
        .collect();
    sets.sort_by_key(|set| Reverse(set.updated_at));
    let total = sets.len();
    let content = page.cut(sets).into_iter().map(summary).collect();
    Ok(Reply::Enveloped(page_response(content, page, total)))
}

fn wanted_type(call: &Call<'_>) -> Result<fn(&Entity) -> bool, Failure> {
    match call.parameter("inputSetType") {
        None | Some("ALL") => Ok(|_| true),
        Some("INPUT_SET") => Ok(|set| !super::is_overlay(set)),
        Some("OVERLAY_INPUT_SET") => Ok(super::is_overlay),
        Some(_) => Err(Failure::not_simulated("another type of input sets")),
    }
}

fn summary(set: &Entity) -> Value {
    let kind = if super::is_overlay(set) {
        "OVERLAY_INPUT_SET"
    } else {
        "INPUT_SET"
    };
    without_nulls(json!({
        "identifier": set.identifier, "name": set.name(), "pipelineIdentifier": set.parent,
        "description": set.body.get("description"), "inputSetType": kind, "tags": set.tags(),
        "createdAt": set.created_at, "lastUpdatedAt": set.updated_at, "entityValidityDetails": { "valid": true },
    }))
}
