//! How connectors did when they were last tested.

use serde::Deserialize;

use super::done;
use crate::simulator::Simulator;
use crate::state::connectivity::ConnectorStatus;
use crate::state::entity::Kind;
use crate::state::scope::Scope;
use crate::wire::body::read_json;
use crate::wire::message::Request;
use crate::wire::respond::{Failure, Outcome};

/// The stored status of a connector, which is what a pre-flight check looks at (run-inputs §13 [CORE]).
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Tested {
    scope: Scope,
    connector: String,
    status: ConnectorStatus,
    /// Why it does not connect.
    #[serde(default)]
    error: String,
}

pub(super) fn set(simulator: &mut Simulator, request: &Request, wall_ms: i64) -> Outcome {
    let tested: Tested = read_json(&request.body)?;
    let now = simulator.clock.now(wall_ms);
    let world = &mut simulator.world;
    let connector = world.store.find(Kind::Connector, &tested.scope, "", &tested.connector);
    let connector = connector.ok_or_else(|| Failure::invalid("there is no such connector"))?;
    world.connectivity.set(connector, tested.status, &tested.error, now);
    done()
}
