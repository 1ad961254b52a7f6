//! The whole world as text, and back.

use serde::{Deserialize, Serialize};

use super::done;
use crate::simulator::{Simulator, go_on};
use crate::state::clock::{ClockReading, is_pace, is_speed};
use crate::state::people::Accounts;
use crate::wire::body::read_json;
use crate::wire::message::Request;
use crate::wire::respond::{Failure, Outcome, Reply};
use crate::world::World;

/// A world at a time. It holds no key: a restored account has those that the account of its name has before.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Dump {
    clock: ClockReading,
    world: World,
}

pub(super) fn dump(simulator: &mut Simulator, _: &Request, wall_ms: i64) -> Outcome {
    // A restored world starts nothing that was due before.
    go_on(&mut simulator.world, simulator.clock.now(wall_ms));
    let mut dump = Dump {
        clock: simulator.clock.read(wall_ms),
        world: simulator.world.clone(),
    };
    for account in dump.world.accounts.0.values_mut() {
        account.keys.clear();
    }
    let text = serde_json::to_value(&dump).map_err(|error| Failure::new(500, "UNKNOWN_ERROR", error.to_string()))?;
    Ok(Reply::Bare(text))
}

pub(super) fn restore(simulator: &mut Simulator, request: &Request, wall_ms: i64) -> Outcome {
    let Dump { clock, mut world } = read_json(&request.body)?;
    if !is_speed(clock.speed) || !is_pace(world.pace) {
        return Err(Failure::invalid("the dump's clock has no possible speed or pace"));
    }
    if clock.now_ms < 0 {
        return Err(Failure::invalid("the dump's clock shows a time before 1970"));
    }
    if let Some(missing) = missing_account(&simulator.world.accounts, &world.accounts) {
        return Err(Failure::invalid(format!(
            "the dump has no account {missing}, and its keys here would be lost"
        )));
    }
    hand_over_keys(&simulator.world.accounts, &mut world.accounts);
    world.base_url.clone_from(&simulator.world.base_url);
    world.advanced_to = clock.now_ms;
    simulator.world = world;
    simulator.clock.set(clock, wall_ms);
    done()
}

/// An account that has keys here and does not occur there.
fn missing_account<'a>(here: &'a Accounts, there: &Accounts) -> Option<&'a str> {
    let mut with_keys = here.0.iter().filter(|(_, account)| !account.keys.is_empty());
    with_keys
        .find(|(id, _)| !there.0.contains_key(*id))
        .map(|(id, _)| id.as_str())
}

fn hand_over_keys(from: &Accounts, to: &mut Accounts) {
    for (id, account) in &mut to.0 {
        account.keys = from.0.get(id).map(|account| account.keys.clone()).unwrap_or_default();
    }
}
