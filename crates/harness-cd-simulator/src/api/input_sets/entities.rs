//! Input sets one by one.
//!
//! Source: run-inputs §6 [OAS, CORE PMSInputSetServiceImpl]; harness-api §3.3 [SDK].

use serde_json::{Value, json};

use super::super::route::Call;
use super::errors::{self, Fit};
use crate::state::entity::{Entity, Kind};
use crate::wire::respond::{Failure, Outcome, Reply, with, without_nulls};
use crate::world::World;

pub(super) fn create(world: &mut World, call: &Call<'_>) -> Outcome {
    let set = written(world, call)?;
    let set = world
        .store
        .create(set, call.now, &mut world.random, &world.modes)?
        .clone();
    view(world, call, &set)
}

pub(super) fn update(world: &mut World, call: &Call<'_>) -> Outcome {
    let set = written(world, call)?;
    replace(world, call, set).and_then(|set| view(world, call, &set))
}

pub(super) fn get(world: &mut World, call: &Call<'_>) -> Outcome {
    let set = named(world, call)?;
    match super::is_overlay(set) {
        false => view(world, call, set),
        true => Err(Failure::not_simulated("an overlay asked for as an input set")),
    }
}

/// Overlays are deleted by the same call.
pub(super) fn delete(world: &mut World, call: &Call<'_>) -> Outcome {
    let set = named(world, call)?;
    let (parent, identifier) = (set.parent.clone(), set.identifier.clone());
    let if_match = call.request.header("if-match");
    world.store.delete(
        Kind::InputSet,
        &call.scope,
        &parent,
        &identifier,
        if_match,
        &world.modes,
    )?;
    Ok(Reply::Enveloped(json!(true)))
}

/// The set that the path names, of the pipeline that the query names.
pub(super) fn named<'w>(world: &'w World, call: &Call<'_>) -> Result<&'w Entity, Failure> {
    let pipeline = call.required("pipelineIdentifier", &world.modes)?;
    let identifier = call.capture(0);
    super::find(world, &call.scope, pipeline, identifier).ok_or_else(|| super::missing(identifier))
}

/// The input set that the request's body describes.
///
/// Source: run-inputs §6 [CORE InputSetValidationHelper, InputSetYamlHelper]: who it is and which pipeline it is for is
/// checked when it is written, its values are not.
fn written(world: &World, call: &Call<'_>) -> Result<Entity, Failure> {
    let set = entity(world, call, "inputSet")?;
    if set.text("name").is_empty() || set.text("name").starts_with("<+") {
        return Err(Failure::invalid("Input Set Name cannot be empty or a runtime input"));
    }
    let pipeline = set.body.get("pipeline").filter(|pipeline| pipeline.is_object());
    let pipeline = pipeline.ok_or_else(|| {
        Failure::invalid("Input Set provides no values for any runtime input, or the pipeline has no runtime input")
    })?;
    let identifier = pipeline.get("identifier").and_then(Value::as_str).unwrap_or_default();
    if identifier.is_empty() {
        return Err(Failure::invalid(
            "Pipeline identifier is missing in the YAML. Please give a valid Pipeline identifier",
        ));
    }
    for_pipeline(world, call, set, "Pipeline identifier in input set does not match")
}

/// The entity under a root of the request's body.
pub(super) fn entity(world: &World, call: &Call<'_>, root: &'static str) -> Result<Entity, Failure> {
    call.required("pipelineIdentifier", &world.modes)?;
    if call.parameter("storeType") == Some("REMOTE") {
        return Err(Failure::not_simulated("input sets in a repository"));
    }
    let document = super::document(call)?;
    let body = document.get(root).cloned().unwrap_or(Value::Null);
    let is_named = body
        .get("identifier")
        .and_then(Value::as_str)
        .is_some_and(|text| !text.is_empty());
    if !is_named {
        return Err(Failure::invalid("Identifier cannot be empty"));
    }
    let text = super::body_text(call)?;
    Entity::new(Kind::InputSet, call.scope.clone(), text, &document).map_err(Failure::invalid)
}

/// The same entity, if it is one of the pipeline that the query names, and that pipeline is there.
pub(super) fn for_pipeline(
    world: &World,
    call: &Call<'_>,
    set: Entity,
    mismatch: &'static str,
) -> Result<Entity, Failure> {
    let pipeline = super::pipeline(world, call)?;
    let fits = set.parent == pipeline.identifier;
    let own = [
        ("orgIdentifier", call.scope.org_text()),
        ("projectIdentifier", call.scope.project_text()),
    ];
    let elsewhere = own
        .iter()
        .any(|(key, own)| set.body.get(*key).is_some_and(|named| named != own));
    match (fits, elsewhere, pipeline.git.is_some()) {
        (false, ..) => Err(Failure::invalid(mismatch)),
        (_, true, _) => Err(Failure::invalid(
            "Organization or project of the YAML do not match those of the query",
        )),
        (_, _, true) => Err(Failure::invalid(
            "Input Set should have the same Store Type as the Pipeline it is for",
        )),
        (true, false, false) => Ok(set),
    }
}

/// Puts a set in place of the one that the path names.
pub(super) fn replace(world: &mut World, call: &Call<'_>, set: Entity) -> Result<Entity, Failure> {
    let old = named(world, call)?;
    if old.identifier != set.identifier || super::is_overlay(old) != super::is_overlay(&set) {
        return Err(Failure::not_simulated(
            "an update of an input set by the YAML of another one",
        ));
    }
    let if_match = call.request.header("if-match");
    world.store.update(set, if_match, call.now, &world.modes).cloned()
}

fn view(world: &World, call: &Call<'_>, set: &Entity) -> Outcome {
    let pipeline = super::pipeline(world, call)?;
    let wrong = errors::of_sets(world, &pipeline.body, &[set])?;
    let fit = if wrong.is_null() { Fit::Fits } else { Fit::Wrong };
    let own = [
        ("inputSetYaml", json!(&*set.yaml)),
        ("errorResponse", json!(fit == Fit::Wrong)),
        (
            "outdated",
            json!(fit == Fit::Wrong && errors::is_outdated(pipeline, set)),
        ),
        ("inputSetErrorWrapper", wrong),
    ];
    Ok(Reply::Enveloped(without_nulls(with(common(set, fit), own))))
}

/// What input sets and overlays have in common.
pub(super) fn common(set: &Entity, fit: Fit) -> Value {
    let validity = match fit {
        Fit::Fits => json!({ "valid": true }),
        Fit::Wrong => json!({ "valid": false, "invalidYaml": &*set.yaml }),
    };
    let own = [
        ("pipelineIdentifier", json!(set.parent)),
        ("identifier", json!(set.identifier)),
        ("name", json!(set.name())),
        ("description", json!(set.body.get("description"))),
        ("tags", set.tags()),
        ("version", json!(set.version)),
        ("storeType", json!("INLINE")),
        ("entityValidityDetails", validity),
    ];
    with(Value::Object(set.scope.fields("accountId")), own)
}
