//! `/ng/api/freeze`, as far as it is read before a run: whether deployments are frozen now. Which freezes there are
//! follows from the mode `freeze` alone; they cannot be written yet.

use serde_json::{Value, json};

use super::route::{Access, Call, Route};
use crate::state::modes::Freeze;
use crate::state::people::Permission;
use crate::tables::invented::{FREEZE, FREEZES_A_PAGE};
use crate::tables::yaml;
use crate::wire::respond::{Failure, Outcome, Page, Paging, Reply, page_response};
use crate::world::World;

const VIEW: Access = Access::Account(Permission::View);

/// Source: harness-api §5.2 [SDK, MCP], §12.7 and run-inputs §13 [CORE FreezeEvalutationResource: hidden].
pub(crate) const ROUTES: &[Route] = &[
    Route::new(
        "GET",
        "ng/api/freeze/evaluate/shouldDisableDeployment",
        VIEW,
        should_disable,
    )
    .hidden(),
    Route::new(
        "GET",
        "ng/api/freeze/evaluate/isGlobalFreezeActive",
        VIEW,
        is_global_active,
    )
    .hidden(),
    Route::new("GET", "ng/api/freeze/getGlobalFreeze", VIEW, global),
    Route::new("POST", "ng/api/freeze/list", VIEW, list),
    Route::new("GET", "ng/api/freeze/getFrozenExecutionDetails", VIEW, frozen_execution).hidden(),
    Route::new("GET", "ng/api/freeze/{}", VIEW, get),
];

/// Source: harness-api §12.7 [CORE] names the banner's call, nothing its answer.
fn frozen_execution(_: &mut World, _: &Call<'_>) -> Outcome {
    Err(Failure::not_simulated("the freezes that stopped an execution"))
}

/// Source: harness-api §12.7 [CORE]: a freeze that is not there is a 404; what one looks like is left to those who write
/// them.
fn get(world: &mut World, call: &Call<'_>) -> Outcome {
    let id = call.capture(0);
    match world.modes.freeze != Freeze::Off && id == FREEZE {
        true => Err(Failure::not_simulated("the view of a freeze")),
        false => Err(Failure::new(
            404,
            "ENTITY_NOT_FOUND",
            format!("Freeze window [{id}] not found"),
        )),
    }
}

/// Whether a run of a pipeline with a deployment is refused at its start; a freeze of a service or an environment does
/// not refuse it (harness-api §10.12 [CORE]).
fn refuses_runs(world: &World) -> bool {
    world.modes.freeze == Freeze::RefusesRun
}

/// Source: run-inputs §13 [CORE]: who may override freezes never sees one. The freeze itself is invented.
fn should_disable(world: &mut World, call: &Call<'_>) -> Outcome {
    let disables = refuses_runs(world) && !call.may(Permission::OverrideFreeze);
    let freeze = json!({ "freezeScope": level(call), "identifier": FREEZE, "type": "MANUAL" });
    let references: Vec<Value> = disables.then_some(freeze).into_iter().collect();
    Ok(Reply::Enveloped(
        json!({ "shouldDisable": disables, "freezeReferences": references }),
    ))
}

/// Source: run-inputs §13 [CORE FreezeEvalutationResource]: a bare boolean. The freeze of the modes is a manual one.
fn is_global_active(_: &mut World, _: &Call<'_>) -> Outcome {
    Ok(Reply::Enveloped(json!(false)))
}

/// Source: harness-api §12.40 [LIVE]: a YAML that says Disabled where nothing was ever set up; §5.2 [SDK]: the fields.
/// Identifier and name of the global freeze are [weak].
fn global(_: &mut World, call: &Call<'_>) -> Outcome {
    let mut freeze = json!({ "freeze": {
        "identifier": "_GLOBAL_", "name": "Global Freeze", "status": "Disabled", "entityConfigs": [], "windows": [],
    } });
    let own = [
        ("orgIdentifier", &call.scope.org),
        ("projectIdentifier", &call.scope.project),
    ];
    if let Some(Value::Object(fields)) = freeze.get_mut("freeze") {
        fields.extend(
            own.into_iter()
                .filter_map(|(key, value)| Some((key.to_owned(), json!(value.as_ref()?)))),
        );
    }
    let mut data = call.scope.fields("accountId");
    data.extend([
        ("identifier".to_owned(), json!("_GLOBAL_")),
        ("name".to_owned(), json!("Global Freeze")),
        ("status".to_owned(), json!("Disabled")),
        ("type".to_owned(), json!("GLOBAL")),
        ("freezeScope".to_owned(), json!(level(call))),
        ("yaml".to_owned(), json!(yaml::write(&freeze))),
    ]);
    Ok(Reply::Enveloped(Value::Object(data)))
}

/// Source: harness-api §12.40 [LIVE]: an empty page where nothing was ever set up. The freeze of the modes has no window
/// and no YAML that could be shown.
fn list(world: &mut World, call: &Call<'_>) -> Outcome {
    let page = Page::read(call.request, Paging::spring(FREEZES_A_PAGE))?;
    match world.modes.freeze {
        Freeze::Off => Ok(Reply::Enveloped(page_response(Vec::new(), page, 0))),
        Freeze::RefusesRun | Freeze::AbortsRun => {
            Err(Failure::not_simulated("the freeze of the mode `freeze` in a list"))
        }
    }
}

/// Source: run-inputs §13 names `freezeScope`; its spelling is that of `scope` elsewhere [weak].
fn level(call: &Call<'_>) -> &'static str {
    match (&call.scope.org, &call.scope.project) {
        (_, Some(_)) => "project",
        (Some(_), None) => "org",
        (None, None) => "account",
    }
}
