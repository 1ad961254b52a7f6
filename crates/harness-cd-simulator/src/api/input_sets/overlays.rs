//! Overlays: several input sets under one name.
//!
//! Source: run-inputs §6 [OAS, CORE OverlayInputSetValidationHelper].

use serde_json::{Map, Value, json};

use super::super::route::Call;
use super::entities::{self, common};
use super::errors::{self, Fit};
use crate::api::filter_body::list_of_texts;
use crate::state::entity::Entity;
use crate::wire::respond::{Failure, Outcome, Reply, with, without_nulls};
use crate::world::World;

pub(super) fn create(world: &mut World, call: &Call<'_>) -> Outcome {
    let overlay = written(world, call)?;
    let overlay = world
        .store
        .create(overlay, call.now, &mut world.random, &world.modes)?
        .clone();
    view(world, call, &overlay)
}

pub(super) fn update(world: &mut World, call: &Call<'_>) -> Outcome {
    let overlay = written(world, call)?;
    entities::replace(world, call, overlay).and_then(|overlay| view(world, call, &overlay))
}

pub(super) fn get(world: &mut World, call: &Call<'_>) -> Outcome {
    let overlay = entities::named(world, call)?;
    match super::is_overlay(overlay) {
        true => view(world, call, overlay),
        false => Err(Failure::not_simulated("an input set asked for as an overlay")),
    }
}

/// The overlay that the request's body describes. One with wrong references is refused when it is written.
fn written(world: &World, call: &Call<'_>) -> Result<Entity, Failure> {
    let overlay = entities::entity(world, call, "overlayInputSet")?;
    if list_of_texts(&overlay.body, "inputSetReferences")?.is_empty() {
        return Err(Failure::invalid("Input Set References can't be empty"));
    }
    let mismatch = "Pipeline identifier in overlay input set does not match";
    let overlay = entities::for_pipeline(world, call, overlay, mismatch)?;
    let invalid = invalid_references(world, call, &overlay)?;
    if invalid.values().any(|reason| reason != INVALID) {
        let message = "Some fields in the Overlay Input Set are invalid.";
        let metadata = json!({ "type": "OverlayInputSetErrorWrapperDTO", "invalidReferences": invalid });
        return Err(Failure::new(400, "INVALID_OVERLAY_INPUT_SET", message).with_metadata(metadata));
    }
    Ok(overlay)
}

/// The one reason that reading an overlay gives and writing it does not look for.
const INVALID: &str = "Reference is an invalid Input Set";

/// By reference: why it is none.
fn invalid_references(world: &World, call: &Call<'_>, overlay: &Entity) -> Result<Map<String, Value>, Failure> {
    let mut invalid = Map::new();
    for reference in super::texts(&overlay.body, "inputSetReferences") {
        if let Some(reason) = reason(world, call, overlay, &reference)? {
            invalid.insert(reference, json!(reason));
        }
    }
    Ok(invalid)
}

fn reason(world: &World, call: &Call<'_>, overlay: &Entity, reference: &str) -> Result<Option<&'static str>, Failure> {
    let Some(set) = super::find(world, &call.scope, &overlay.parent, reference) else {
        return Ok(Some("Reference does not exist"));
    };
    if super::is_overlay(set) {
        return Ok(Some("References can't be other overlay input sets"));
    }
    let pipeline = super::pipeline(world, call)?;
    let fits = errors::of_set(world, &pipeline.body, set)?.is_empty();
    Ok(match errors::is_outdated(pipeline, set) {
        _ if fits => None,
        true => Some("Reference is an outdated input set"),
        false => Some(INVALID),
    })
}

fn view(world: &World, call: &Call<'_>, overlay: &Entity) -> Outcome {
    let invalid = invalid_references(world, call, overlay)?;
    let fit = if invalid.is_empty() { Fit::Fits } else { Fit::Wrong };
    let own = [
        (
            "inputSetReferences",
            json!(super::texts(&overlay.body, "inputSetReferences")),
        ),
        ("overlayInputSetYaml", json!(&*overlay.yaml)),
        ("errorResponse", json!(fit == Fit::Wrong)),
        ("outdated", json!(invalid.values().any(|reason| reason != INVALID))),
        (
            "invalidInputSetReferences",
            json!((fit == Fit::Wrong).then_some(invalid)),
        ),
    ];
    Ok(Reply::Enveloped(without_nulls(with(common(overlay, fit), own))))
}
