//! Approvals: what waits, and decisions.

pub(crate) mod inputs;
pub(crate) mod people;
pub(crate) mod rights;

use serde::Deserialize;
use serde_json::json;

use super::executions;
use super::route::{Access, Call, Route};
use crate::engine::approval::ApprovalSpec;
use crate::engine::run::{Decision, Run, What};
use crate::engine::snapshot::{Snapshot, StepState};
use crate::state::people::Permission::View;
use crate::tables::expression;
use crate::tables::status::Status;
use crate::view::approval::{self, Spelling, instance_status};
use crate::wire::body::read_json;
use crate::wire::respond::{Failure, Outcome, Reply};
use crate::world::World;
use inputs::checked;
use rights::refusal;

pub(crate) const ROUTES: &[Route] = &[
    Route::new(
        "GET",
        "v1/orgs/{}/projects/{}/approvals/execution/{}",
        Access::V1(View),
        list,
    ),
    Route::new(
        "POST",
        "v1/orgs/{}/projects/{}/approvals/execution/{}",
        Access::V1(View),
        decide_by_execution,
    ),
    Route::new("GET", "pipeline/api/approvals/{}", Access::Account(View), get),
    Route::new(
        "POST",
        "pipeline/api/approvals/{}/harness/activity",
        Access::Account(View),
        decide_by_instance,
    ),
    Route::new(
        "GET",
        "pipeline/api/approvals/{}/harness/authorization",
        Access::Account(View),
        authorization,
    ),
];

/// What somebody sends.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Body {
    action: String,
    #[serde(default)]
    comments: Option<String>,
    #[serde(default)]
    approver_inputs: Option<Vec<InputValue>>,
    /// In v1 alone.
    #[serde(default, rename = "approver_inputs")]
    snake_inputs: Option<Vec<InputValue>>,
}

impl Body {
    /// Source: harness-api §12.4: how v1 spells the inputs is open, HUB and OAS differ: both are taken.
    fn of_v1(self) -> Self {
        Self {
            approver_inputs: self.approver_inputs.or(self.snake_inputs),
            snake_inputs: None,
            ..self
        }
    }
}

#[derive(Deserialize)]
struct InputValue {
    name: String,
    #[serde(default)]
    value: String,
}

/// Source: harness-api §3.10 [OAS, MCP]: a bare list.
fn list(world: &mut World, call: &Call<'_>) -> Outcome {
    let run = executions::find(world, call, call.capture(2))?;
    let snapshot = world.runs.at(run, call.now);
    let is_wanted = |state: &&StepState<'_>| {
        let fits = |name: &str, own: &str| call.parameter(name).is_none_or(|wanted| wanted == own);
        let status = approval::spec(state).map(|spec| instance_status(run, state, spec));
        fits("approval_status", status.unwrap_or_default())
            && fits("approval_type", "HarnessApproval")
            && fits("node_execution_id", &run.node_id(&state.path))
    };
    let approvals = snapshot.approvals().into_iter().filter(is_wanted);
    let views = approvals.filter_map(|state| Some(approval::view(run, state, approval::spec(state)?, Spelling::Snake)));
    Ok(Reply::Bare(views.collect()))
}

fn get(world: &mut World, call: &Call<'_>) -> Outcome {
    let id = call.capture(0);
    let run = run_of(world, call, id)?;
    let snapshot = world.runs.at(run, call.now);
    let (state, spec) = instance(run, &snapshot, id)?;
    Ok(Reply::Enveloped(approval::view(run, state, spec, Spelling::Camel)))
}

fn authorization(world: &mut World, call: &Call<'_>) -> Outcome {
    let id = call.capture(0);
    let run = run_of(world, call, id)?;
    let snapshot = world.runs.at(run, call.now);
    let (state, spec) = instance(run, &snapshot, id)?;
    let refusal = refusal(run, state, spec, &call.principal, &world.modes).err();
    let reason = refusal.as_ref().map(Failure::message).unwrap_or_default();
    Ok(Reply::Enveloped(
        json!({ "authorized": refusal.is_none(), "reason": reason }),
    ))
}

fn decide_by_instance(world: &mut World, call: &Call<'_>) -> Outcome {
    let id = call.capture(0).to_owned();
    let body: Body = read_json(&call.request.body)?;
    let number = run_of(world, call, &id)?.number;
    decide(world, call, number, &id, body)?;
    get(world, call)
}

/// Source: harness-api §12.4 [CORE]: `callback_id` is the step's own `callbackId`; none or more than one waiting approval
/// without it is a 400.
fn decide_by_execution(world: &mut World, call: &Call<'_>) -> Outcome {
    let body = read_json::<Body>(&call.request.body)?.of_v1();
    let run = executions::find(world, call, call.capture(2))?;
    let snapshot = world.runs.at(run, call.now);
    let callback = call.parameter("callback_id");
    let approvals = snapshot
        .approvals()
        .into_iter()
        .filter(|state| state.status == Status::ApprovalWaiting);
    let own = |state: &StepState<'_>| {
        let id = approval::spec(state)?.callback_id.as_ref()?;
        Some(expression::resolve(id, &run.context))
    };
    let named = |state: &&StepState<'_>| callback.is_none() || own(state).as_deref() == callback;
    let waiting: Vec<&StepState<'_>> = approvals.filter(named).collect();
    let id = match waiting.as_slice() {
        [one] => run.instance_id(&one.instance()),
        [] => return Err(Failure::invalid("No approval of this execution is waiting")),
        _ => {
            return Err(Failure::invalid(
                "More than one approval of this execution is waiting: callback_id is needed",
            ));
        }
    };
    let number = run.number;
    decide(world, call, number, &id, body)?;
    let run = executions::find(world, call, call.capture(2))?;
    let snapshot = world.runs.at(run, call.now);
    let (state, spec) = instance(run, &snapshot, &id)?;
    Ok(Reply::Bare(approval::view(run, state, spec, Spelling::Snake)))
}

fn run_of<'w>(world: &'w World, call: &Call<'_>, instance: &str) -> Result<&'w Run, Failure> {
    let run = world
        .runs
        .of_id(instance)
        .filter(|run| run.scope.account == call.scope.account);
    run.ok_or_else(|| unknown(instance))
}

/// Source: harness-api §12.3 [CORE]: an unknown instance is a 400.
fn unknown(instance: &str) -> Failure {
    Failure::invalid(format!("Approval instance [{instance}] does not exist"))
}

fn instance<'s, 'a>(
    run: &Run,
    snapshot: &'s Snapshot<'a>,
    id: &str,
) -> Result<(&'s StepState<'a>, &'a ApprovalSpec), Failure> {
    let mut approvals = snapshot.approvals().into_iter();
    let state = approvals.find(|state| run.instance_id(&state.instance()) == id);
    state
        .and_then(|state| Some((state, approval::spec(state)?)))
        .ok_or_else(|| unknown(id))
}

fn decide(world: &mut World, call: &Call<'_>, number: u32, id: &str, body: Body) -> Result<(), Failure> {
    let approves = match body.action.as_str() {
        "APPROVE" => true,
        "REJECT" => false,
        other => {
            return Err(Failure::invalid(format!(
                "action [{other}] is not one of [APPROVE, REJECT]"
            )));
        }
    };
    let run = world.runs.get(number).ok_or_else(|| unknown(id))?;
    let snapshot = world.runs.at(run, call.now);
    let (state, spec) = instance(run, &snapshot, id)?;
    refusal(run, state, spec, &call.principal, &world.modes)?;
    let given = body.approver_inputs.unwrap_or_default().into_iter();
    let given: Vec<(String, String)> = given.map(|input| (input.name, input.value)).collect();
    let inputs = if approves {
        checked(&spec.inputs, &given)?
    } else {
        given
    };
    let decision = Decision {
        node: state.instance(),
        by: call.principal.clone(),
        approves,
        comments: body.comments.unwrap_or_default(),
        inputs,
    };
    if let Some(run) = world.runs.get_mut(number) {
        run.befall(call.now, What::Decision(decision));
    }
    Ok(())
}
