//! What the registries hold.

use serde::Deserialize;

use super::done;
use crate::simulator::Simulator;
use crate::wire::body::read_json;
use crate::wire::message::Request;
use crate::wire::respond::Outcome;

/// The tags of an image, newest first.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Image {
    image: String,
    tags: Vec<String>,
}

pub(super) fn set(simulator: &mut Simulator, request: &Request, _: i64) -> Outcome {
    let Image { image, tags } = read_json(&request.body)?;
    simulator.world.builds.set(&image, tags);
    done()
}
