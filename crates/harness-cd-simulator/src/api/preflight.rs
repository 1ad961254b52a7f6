//! The pre-flight check: what can be said of a run before it starts, without a delegate.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::pipelines::branch::branch_of;
use super::route::{Access, Call, Route};
use crate::documents::pipeline::{Reading, document};
use crate::inputs::leaves::Leaves;
use crate::inputs::merge::{Values, merge};
use crate::inputs::{set_errors, stages};
use crate::launch::inputs::options;
use crate::state::connectivity::ConnectorStatus;
use crate::state::entity::Kind;
use crate::state::people::Permission;
use crate::state::preflights::Preflight;
use crate::state::scope::Scope;
use crate::tables::invented::{PREFLIGHT_ADVICE, PREFLIGHT_LABELS};
use crate::wire::body::read_yaml;
use crate::wire::respond::{Failure, Outcome, Reply, without_nulls};
use crate::world::World;

const EXECUTE: Access = Access::Project(Permission::Execute);

/// Source: run-inputs §13 [CORE PreflightServiceImpl, UI]: hidden.
pub(crate) const ROUTES: &[Route] = &[
    Route::new("POST", "pipeline/api/pipeline/execute/preflightCheck", EXECUTE, start).hidden(),
    Route::new(
        "GET",
        "pipeline/api/pipeline/execute/getPreflightCheckResponse",
        EXECUTE,
        result,
    )
    .hidden(),
];

/// Source: run-inputs §13 [CORE]: looks at the validators of given inputs and at connectors, as they are stored.
fn start(world: &mut World, call: &Call<'_>) -> Outcome {
    let id = call.required("pipelineIdentifier", &world.modes)?;
    if world.store.find(Kind::Pipeline, &call.scope, "", id).is_none() {
        return Err(Failure::invalid(format!("The given pipeline id [{id}] does not exist")));
    }
    let document = document(world, &call.scope, id, branch_of(world, call, id), Reading::Fresh)?;
    if let Some(problem) = document.problem {
        return Err(Failure::not_simulated(&format!(
            "a pre-flight check of a YAML that is no pipeline: {problem}"
        )));
    }
    let (_, given) = read_yaml(call.request)?;
    let given = given.get("pipeline").unwrap_or(&Value::Null);
    let merged = merge(&document.body, &[given], Values::Taken)?;
    let check = Preflight {
        scope: call.scope.clone(),
        at: call.now,
        inputs: wrong_inputs(world, &document.body, given)?,
        connectors: connectors(world, &call.scope, &merged)?,
    };
    let check_id = world.random.id();
    world.preflights.add(check_id.clone(), check);
    Ok(Reply::Enveloped(json!(check_id)))
}

/// Source: run-inputs §13 [CORE PreflightServiceImpl]: only what is given, not what is missing.
fn wrong_inputs(world: &World, pipeline: &Value, given: &Value) -> Result<Vec<Value>, Failure> {
    if given.is_null() {
        return Ok(Vec::new());
    }
    let errors = set_errors::find(pipeline, given, options(&world.modes).joined)?;
    let told = errors.iter().map(|(fqn, _, message)| {
        without_nulls(json!({
            "success": false, "fqn": fqn, "stageName": Holder::of(pipeline, &fqn).stage_name,
            "errorInfo": fault(&format!("Runtime value provided for {fqn} is wrong"), message),
        }))
    });
    Ok(told.collect())
}

/// Source: run-inputs §13 [CORE]: every connector that the pipeline names, whether it exists, and its stored status.
fn connectors(world: &World, scope: &Scope, pipeline: &Value) -> Result<Vec<Value>, Failure> {
    let leaves = Leaves::of(pipeline)?;
    let named = leaves.iter().filter(|(path, _)| path.last_field() == "connectorRef");
    let fixed = named.filter_map(|(path, value)| Some((path.fqn(), value.as_str()?)));
    let checks: BTreeMap<String, Value> = fixed
        .filter(|(_, reference)| !reference.contains("<+"))
        .map(|(fqn, reference)| (fqn.clone(), connector(world, scope, pipeline, &fqn, reference)))
        .collect();
    Ok(checks.into_values().collect())
}

fn connector(world: &World, scope: &Scope, pipeline: &Value, fqn: &str, reference: &str) -> Value {
    let fault = match world.store.follow(Kind::Connector, scope, "", reference) {
        None => Some(fault(
            "Connector does not exist",
            &format!("Connector not found for identifier : [{reference}]"),
        )),
        Some(connector) => {
            let health = world.connectivity.of(connector);
            (health.status != ConnectorStatus::Success).then(|| fault("Connector is not reachable", &health.error))
        }
    };
    let holder = Holder::of(pipeline, fqn);
    without_nulls(json!({
        "connectorIdentifier": reference, "fqn": fqn, "stageIdentifier": holder.stage, "stageName": holder.stage_name,
        "stepIdentifier": holder.step, "stepName": holder.step, "status": wire(fault.is_none()), "errorInfo": fault,
    }))
}

/// Source: run-inputs §13 [CORE]: the fields; the advice is invented.
fn fault(summary: &str, cause: &str) -> Value {
    json!({
        "summary": summary, "description": cause, "causes": [{ "cause": cause }],
        "resolution": [{ "resolution": PREFLIGHT_ADVICE }],
    })
}

/// The stage and the step that a place lies in.
#[derive(Default)]
struct Holder<'a> {
    stage: Option<&'a str>,
    stage_name: Option<String>,
    step: Option<&'a str>,
}

impl<'a> Holder<'a> {
    fn of(pipeline: &Value, fqn: &'a str) -> Self {
        let after = |key: &str| {
            let mut parts = fqn.split('.').skip_while(|part| *part != key);
            parts.nth(1)
        };
        let stage = after("stages");
        let mut stages = stages::all(pipeline).into_iter();
        let named = stages.find(|own| Some(stages::text(own, "identifier")) == stage);
        let name = named
            .map(|own| stages::text(own, "name"))
            .filter(|name| !name.is_empty());
        Self {
            stage,
            stage_name: name.or(stage).map(str::to_owned),
            step: after("steps"),
        }
    }
}

fn wire(is_well: bool) -> &'static str {
    if is_well { "SUCCESS" } else { "FAILURE" }
}

/// Source: run-inputs §13 [CORE]: an unknown id, or one that is no longer kept, is a 400.
fn result(world: &mut World, call: &Call<'_>) -> Outcome {
    let id = call.required("preflightCheckId", &world.modes)?;
    let check = world.preflights.find(&call.scope, id, call.now);
    let unknown = || Failure::invalid(format!("Could not find pre flight check data corresponding to id:{id}"));
    Ok(Reply::Enveloped(shown(check.ok_or_else(unknown)?, call.now)))
}

/// Source: run-inputs §13 [CORE, UI].
fn shown(check: &Preflight, now: i64) -> Value {
    let is_done = check.is_done(now);
    let status = |is_well: bool| if is_done { wire(is_well) } else { "IN_PROGRESS" };
    let list = |items: &[Value]| if is_done { json!(items) } else { json!([]) };
    let faults = check.faults();
    let reach = check.connectors.iter().all(|check| check.get("errorInfo").is_none());
    let (inputs_label, connectors_label) = PREFLIGHT_LABELS;
    let error = (is_done && faults > 0)
        .then(|| json!({ "count": faults, "message": format!("{faults} checks of the pipeline failed") }));
    without_nulls(json!({
        "status": status(faults == 0),
        "pipelineInputWrapperResponse": {
            "status": status(check.inputs.is_empty()), "label": inputs_label,
            "pipelineInputResponse": list(&check.inputs),
        },
        "connectorWrapperResponse": {
            "status": status(reach), "label": connectors_label, "checkResponses": list(&check.connectors),
        },
        "errorInfo": error,
    }))
}
