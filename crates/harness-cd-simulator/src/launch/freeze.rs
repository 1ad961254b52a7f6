//! What freezes do to runs.

use crate::engine::run::{FreezeEffect, Origin, What};
use crate::state::modes::Freeze;
use crate::state::people::Permission;
use crate::tables::invented;
use crate::wire::respond::Failure;
use crate::world::World;

/// Source: harness-api §12.7 [CORE]: pipeline, project, organization or global scope → 400 `PLAN_CREATION_ERROR`, thrown
/// for a pipeline that has a Deployment stage; service or environment scope → the run starts.
pub(super) fn at_start(world: &World, origin: &Origin, blueprint: u64) -> Result<FreezeEffect, Failure> {
    match world.modes.freeze {
        _ if is_free(origin) => Ok(FreezeEffect::None),
        Freeze::RefusesRun if world.runs.deploys(blueprint) => {
            Err(Failure::new(400, "PLAN_CREATION_ERROR", invented::FROZEN))
        }
        Freeze::AbortsRun => Ok(FreezeEffect::StopsDeployment),
        Freeze::RefusesRun | Freeze::Off => Ok(FreezeEffect::None),
    }
}

/// Whoever may override a freeze notices nothing. Source: harness-api §5.2 [HUB], §12.7 [CORE].
fn is_free(origin: &Origin) -> bool {
    origin
        .principal()
        .is_some_and(|principal| principal.role.allows(Permission::OverrideFreeze))
}

/// A freeze has begun or ended: from now on it holds for what the runs begin.
///
/// Source: harness-api §5.2 [HUB]: a running stage completes, then the run ends `AbortedByFreeze`.
pub(crate) fn changed(world: &mut World, now: i64) {
    let effect = match world.modes.freeze {
        Freeze::Off => FreezeEffect::None,
        Freeze::RefusesRun | Freeze::AbortsRun => FreezeEffect::StopsDeployment,
    };
    let concerned = world
        .runs
        .all()
        .filter(|run| !is_free(&run.origin) && world.runs.ended(run, now).is_none());
    let concerned: Vec<u32> = concerned.map(|run| run.number).collect();
    for number in concerned {
        if let Some(run) = world.runs.get_mut(number) {
            run.befall(now, What::Freeze(effect));
        }
    }
}
