//! Approval steps: who waits for whom, and both ways to act.

use std::collections::BTreeMap;

use harness_cd_model::ExecutionStatus;
use regex_lite::Regex;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::course::{self, ApprovalState};
use crate::expression::{self, Context};
use crate::http::Request;
use crate::modes::{Modes, WrongApprover};
use crate::plan::{Approval, ApproverInput};
use crate::respond::{Failure, Outcome, Reply};
use crate::run::{ApprovalAction, Person, Run};
use crate::simulator::{Simulator, key_owner, read_json, unknown_path, wrong_method};

/// The two people whom `POST /simulator/approve` and the seeded history let approve.
pub(crate) fn approvers() -> [Person; 2] {
    [
        Person::new("Grace Okafor", "grace.okafor@example.com"),
        Person::new("Tomas Lindqvist", "tomas.lindqvist@example.com"),
    ]
}

/// A decision, with the inputs in either spelling.
///
/// Source: Harness API facts, approvals: acting by instance takes `approverInputs`, acting by execution
/// `approver_inputs`.
#[derive(Deserialize)]
struct Decision {
    action: String,
    #[serde(default)]
    comments: String,
    #[serde(default, alias = "approver_inputs", rename = "approverInputs")]
    inputs: Vec<DecisionInput>,
}

#[derive(Deserialize)]
struct DecisionInput {
    name: String,
    #[serde(default)]
    value: String,
}

impl Decision {
    fn into_action(self, instance: &str, person: Person, at: i64) -> Result<ApprovalAction, Failure> {
        let approves = match self.action.as_str() {
            "APPROVE" => true,
            "REJECT" => false,
            other => {
                return Err(Failure::invalid(format!(
                    "action [{other}] is not one of [APPROVE, REJECT]"
                )));
            }
        };
        Ok(ApprovalAction {
            instance: instance.to_owned(),
            at,
            person,
            approves,
            comments: self.comments,
            inputs: self.inputs.into_iter().map(|input| (input.name, input.value)).collect(),
        })
    }
}

impl Simulator {
    /// `/v1/orgs/{org}/projects/{project}/approvals/execution/{execution}`: snake_case, bare, account in a header.
    pub(crate) fn v1(&mut self, request: &Request, rest: &[&str], now: i64) -> Outcome {
        let ["orgs", org, "projects", project, "approvals", "execution", execution] = rest else {
            return Err(unknown_path());
        };
        let scope = &self.store.scope;
        // Source: Harness API facts, two generations: v1 takes the account from the header `Harness-Account`.
        if request
            .header("harness-account")
            .is_some_and(|account| account != scope.account)
        {
            return Err(Failure::forbidden("Missing permission core_account_view on account"));
        }
        if *org != scope.org || *project != scope.project {
            return Err(Failure::new(404, "RESOURCE_NOT_FOUND", "Project not found"));
        }
        match request.method.as_str() {
            "GET" => self.list_approvals(request, execution, now),
            "POST" => {
                let callback = request.parameter("callback_id");
                let instance = self.waiting_instance(execution, callback, now)?;
                let view = self.act(request, &instance, now)?;
                Ok(Reply::Bare(view))
            }
            _ => Err(wrong_method()),
        }
    }

    /// `/pipeline/api/approvals/{instance}`.
    pub(crate) fn approvals(&mut self, request: &Request, rest: &[&str], now: i64) -> Outcome {
        self.check_account(request)?;
        match (request.method.as_str(), rest) {
            ("GET", [instance]) => Ok(Reply::Enveloped(self.approval_view(instance, now)?)),
            ("POST", [instance, "harness", "activity"]) => Ok(Reply::Enveloped(self.act(request, instance, now)?)),
            ("GET", [instance, "harness", "authorization"]) => {
                let run = self.run_with(instance, now)?;
                let refusal = refusal(run, instance, &key_owner(), now, &self.modes).err();
                let reason = refusal.as_ref().map(Failure::message).unwrap_or_default();
                Ok(Reply::Enveloped(
                    json!({ "authorized": refusal.is_none(), "reason": reason }),
                ))
            }
            (_, [_] | [_, "harness", _]) => Err(wrong_method()),
            _ => Err(unknown_path()),
        }
    }

    fn list_approvals(&self, request: &Request, execution: &str, now: i64) -> Outcome {
        let run = self.run(execution)?;
        let snapshot = course::at(run, now);
        let wanted_status = request.parameter("approval_status");
        let wanted_node = request.parameter("node_execution_id");
        let wanted_type = request
            .parameter("approval_type")
            .is_none_or(|kind| kind == "HarnessApproval");
        let approvals = snapshot.approvals();
        let views = approvals.iter().filter(|state| {
            wanted_type
                && wanted_status.is_none_or(|wanted| instance_status(&state.step.status) == wanted)
                && wanted_node.is_none_or(|wanted| state.step.node.ids.execution == wanted)
        });
        Ok(Reply::Bare(
            views.map(|state| view(run, state, Spelling::Snake)).collect(),
        ))
    }

    fn waiting_instance(&self, execution: &str, callback: Option<&str>, now: i64) -> Result<String, Failure> {
        let run = self.run(execution)?;
        let snapshot = course::at(run, now);
        let approvals = snapshot.approvals();
        let mut waiting = approvals.iter().filter(|state| {
            state.step.status == ExecutionStatus::ApprovalWaiting
                && callback.is_none_or(|callback| state.approval.instance == callback)
        });
        let found = waiting.next().map(|state| state.approval.instance.clone());
        found.ok_or_else(|| Failure::invalid("no approval of this execution is waiting"))
    }

    fn act(&mut self, request: &Request, instance: &str, now: i64) -> Result<Value, Failure> {
        let decision: Decision = read_json(&request.body)?;
        let action = decision.into_action(instance, key_owner(), now)?;
        let id = self.run_with(instance, now)?.id.clone();
        let index = self.run_index(&id)?;
        let modes = self.modes.clone();
        if let Some(run) = self.runs.get_mut(index) {
            decide(run, action, &modes)?;
        }
        self.approval_view(instance, now)
    }

    fn approval_view(&self, instance: &str, now: i64) -> Result<Value, Failure> {
        let run = self.run_with(instance, now)?;
        let snapshot = course::at(run, now);
        let approvals = snapshot.approvals();
        let state = approvals.iter().find(|state| state.approval.instance == instance);
        state
            .map(|state| view(run, state, Spelling::Camel))
            .ok_or_else(|| unknown_instance(instance))
    }

    fn run_with(&self, instance: &str, now: i64) -> Result<&Run, Failure> {
        let holds = |run: &&Run| {
            course::at(run, now)
                .approvals()
                .iter()
                .any(|state| state.approval.instance == instance)
        };
        self.runs
            .iter()
            .rev()
            .find(holds)
            .ok_or_else(|| unknown_instance(instance))
    }
}

fn unknown_instance(instance: &str) -> Failure {
    Failure::new(
        404,
        "ENTITY_NOT_FOUND",
        format!("Approval instance [{instance}] does not exist"),
    )
}

/// Records a decision, unless something speaks against it.
fn decide(run: &mut Run, action: ApprovalAction, modes: &Modes) -> Result<(), Failure> {
    let inputs = refusal(run, &action.instance, &action.person, action.at, modes)?;
    if action.approves {
        check_inputs(&inputs, &action.inputs)?;
    }
    run.actions.push(action);
    Ok(())
}

/// Why a person may not act on an instance; otherwise the inputs that are asked for.
///
/// Source: Harness API facts, checklist 11: a wrong approver gets 403 or 400, a finished instance 400. Every person is
/// in every user group here; the executor and the disallowed addresses are kept out.
fn refusal(run: &Run, instance: &str, person: &Person, now: i64, modes: &Modes) -> Result<Vec<ApproverInput>, Failure> {
    let snapshot = course::at(run, now);
    let approvals = snapshot.approvals();
    let state = approvals.iter().find(|state| state.approval.instance == instance);
    let state = state.ok_or_else(|| unknown_instance(instance))?;
    if state.step.status != ExecutionStatus::ApprovalWaiting {
        let status = instance_status(&state.step.status);
        return Err(Failure::invalid(format!(
            "approval instance [{instance}] is already completed: {status}"
        )));
    }
    let wrong = |message: &str| match modes.wrong_approver {
        WrongApprover::Forbidden => Failure::forbidden(message),
        WrongApprover::BadRequest => Failure::invalid(message),
    };
    let approval = state.approval;
    if approval.disallow_executor && run.origin.email() == Some(person.email.as_str()) {
        return Err(wrong("The user who executed the pipeline is not allowed to approve it"));
    }
    let context = approval_context(run, &approvals);
    if approval
        .disallowed_emails
        .iter()
        .any(|email| expression::resolve(email, &context) == person.email)
    {
        return Err(wrong("This user is not allowed to approve this step"));
    }
    if run
        .actions_on(instance)
        .any(|action| action.person.email == person.email)
    {
        return Err(Failure::invalid("this user has already approved"));
    }
    Ok(approval.inputs.clone())
}

fn check_inputs(asked: &[ApproverInput], given: &[(String, String)]) -> Result<(), Failure> {
    for input in asked {
        let value = given
            .iter()
            .find(|(name, _)| *name == input.name)
            .map(|(_, value)| value.as_str());
        let value = value.or(input.default.as_deref()).unwrap_or_default();
        if value.is_empty() && input.required {
            return Err(Failure::invalid(format!("approver input [{}] is required", input.name)));
        }
        let matches = |regex: &String| Regex::new(regex).is_ok_and(|regex| regex.is_match(value));
        if !value.is_empty() && !input.regex.as_ref().is_none_or(matches) {
            return Err(Failure::invalid(format!(
                "approver input [{}] does not match its pattern",
                input.name
            )));
        }
    }
    Ok(())
}

/// What the approvals so far have put out, by expression.
fn approval_context(run: &Run, approvals: &[ApprovalState<'_, '_>]) -> Context {
    let mut context = Context::new();
    for state in approvals {
        let actions = run.actions_on(&state.approval.instance);
        let step = &state.step.node.identifier;
        let output = format!("pipeline.stages.{}.spec.execution.steps.{step}.output", state.stage);
        for (index, action) in actions.enumerate() {
            let activity = format!("{output}.approvalActivities[{index}].user");
            context.insert(format!("{activity}.email"), action.person.email.clone());
            context.insert(format!("{activity}.name"), action.person.name.clone());
            for (name, value) in &action.inputs {
                context.insert(format!("{output}.approverInputs.{name}"), value.clone());
            }
        }
    }
    context
}

/// Approves every step that waits at `now`, and those that wait once it is approved, as people who may; the number of
/// approvals given.
pub(crate) fn approve_all(run: &mut Run, now: i64) -> usize {
    let mut given = 0;
    while approve_one(run, now) {
        given += 1;
    }
    given
}

/// Approves one waiting step as somebody who may; whether there was one.
pub(crate) fn approve_one(run: &mut Run, now: i64) -> bool {
    approvers().into_iter().any(|person| {
        let Some(action) = decision_for(run, person, now) else {
            return false;
        };
        decide(run, action, &Modes::default()).is_ok()
    })
}

fn decision_for(run: &Run, person: Person, now: i64) -> Option<ApprovalAction> {
    let snapshot = course::at(run, now);
    let waiting = snapshot
        .approvals()
        .into_iter()
        .find(|s| s.step.status == ExecutionStatus::ApprovalWaiting)?;
    // One text that also passes for a ticket id.
    let answer = |input: &ApproverInput| {
        (
            input.name.clone(),
            input.default.clone().unwrap_or_else(|| "CHG-1042".to_owned()),
        )
    };
    Some(ApprovalAction {
        instance: waiting.approval.instance.clone(),
        at: now,
        person,
        approves: true,
        comments: "Looks good".to_owned(),
        inputs: waiting.approval.inputs.iter().map(answer).collect(),
    })
}

/// Source: Harness API facts, approvals: the status of an instance.
fn instance_status(step: &ExecutionStatus) -> &'static str {
    match step {
        ExecutionStatus::Success | ExecutionStatus::IgnoreFailed => "APPROVED",
        ExecutionStatus::ApprovalRejected => "REJECTED",
        ExecutionStatus::Expired => "EXPIRED",
        ExecutionStatus::Aborted | ExecutionStatus::Discontinuing => "ABORTED",
        ExecutionStatus::Failed | ExecutionStatus::Errored => "FAILED",
        _ => "WAITING",
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Spelling {
    Snake,
    Camel,
}

/// Source: Harness API facts, approvals: v1 has snake_case outside and camelCase inside `details`.
fn view(run: &Run, state: &ApprovalState<'_, '_>, spelling: Spelling) -> Value {
    let Approval {
        instance,
        message,
        timeout_ms,
        ..
    } = state.approval;
    let started = state.step.started_at;
    let details = details(run, state, message);
    let mut fields = BTreeMap::from([
        ("id", json!(instance)),
        ("type", json!("HarnessApproval")),
        ("status", json!(instance_status(&state.step.status))),
        ("deadline", json!(started.saturating_add(*timeout_ms))),
        ("details", details),
    ]);
    let updated = state.step.ended_at.unwrap_or(started);
    let (created_key, updated_key, error_key) = match spelling {
        Spelling::Snake => ("created", "updated", "error_message"),
        Spelling::Camel => ("createdAt", "lastModifiedAt", "errorMessage"),
    };
    fields.insert(created_key, json!(started));
    fields.insert(updated_key, json!(updated));
    if let Some(failure) = &state.step.failure {
        fields.insert(error_key, json!(failure));
    }
    json!(fields)
}

fn details(run: &Run, state: &ApprovalState<'_, '_>, message: &str) -> Value {
    let approval = state.approval;
    let context = approval_context_of(run);
    let actions = run.actions_on(&approval.instance);
    let activity = |action: &ApprovalAction| {
        let inputs = action
            .inputs
            .iter()
            .map(|(name, value)| json!({ "name": name, "value": value }));
        json!({
            "user": { "name": action.person.name, "email": action.person.email },
            "status": if action.approves { "APPROVED" } else { "REJECTED" }, "comments": action.comments,
            "approverInputs": inputs.collect::<Vec<_>>(), "approvedAt": action.at,
        })
    };
    let inputs = approval
        .inputs
        .iter()
        .map(|input| json!({ "name": input.name, "defaultValue": input.default }));
    let groups = approval
        .user_groups
        .iter()
        .map(|group| json!({ "identifier": group, "name": group }));
    json!({
        "approvalMessage": expression::resolve(message, &context),
        "includePipelineExecutionHistory": approval.include_history,
        "approvers": {
            "userGroups": approval.user_groups, "minimumCount": approval.minimum_count,
            "disallowPipelineExecutor": approval.disallow_executor,
        },
        "approvalActivities": actions.map(activity).collect::<Vec<_>>(),
        "approverInputs": inputs.collect::<Vec<_>>(),
        "validatedApprovalUserGroups": groups.collect::<Vec<_>>(),
        "autoRejectEnabled": false,
    })
}

fn approval_context_of(run: &Run) -> Context {
    let last = run
        .actions
        .iter()
        .map(|action| action.at)
        .max()
        .unwrap_or(run.started_at);
    approval_context(run, &course::at(run, last).approvals())
}
