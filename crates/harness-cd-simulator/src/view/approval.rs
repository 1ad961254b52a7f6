//! Approvals as answers show them.

use serde_json::{Map, Value, json};

use crate::engine::approval::ApprovalSpec;
use crate::engine::blueprint::Work;
use crate::engine::path;
use crate::engine::run::{Decision, Run};
use crate::engine::snapshot::StepState;
use crate::tables::expression::{self, Context};
use crate::tables::instant::later;
use crate::tables::status::Status;

/// The two spellings of the fields around `details`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Spelling {
    Snake,
    Camel,
}

/// What a step asks of people; `None` for a step that is no approval.
pub(crate) fn spec<'a>(state: &StepState<'a>) -> Option<&'a ApprovalSpec> {
    match &state.node.work {
        Work::Approval(spec) => Some(spec),
        _ => None,
    }
}

/// What has become of an approval. Failure strategies say how the step ends, not how the approval was decided.
///
/// Source: harness-api §3.10 [OAS: the values], §12.27 [CORE].
pub(crate) fn instance_status(run: &Run, state: &StepState<'_>, spec: &ApprovalSpec) -> &'static str {
    let instance = state.instance();
    let decisions = || run.decisions(&instance).map(|(_, decision)| decision);
    match state.status {
        _ if decisions().any(|decision| !decision.approves) => "REJECTED",
        _ if decisions().count() >= spec.minimum_count => "APPROVED",
        Status::Aborted | Status::Discontinuing => "ABORTED",
        open if !open.has_ended() => "WAITING",
        Status::Expired => "EXPIRED",
        _ if state.ended_at.is_some_and(|at| at >= deadline(state)) => "EXPIRED",
        Status::Success | Status::SuccessWithWarnings => "APPROVED",
        _ => "FAILED",
    }
}

fn deadline(state: &StepState<'_>) -> i64 {
    later(state.attempt.began_at, state.node.timeout_ms)
}

/// Source: harness-api §3.10 [OAS]: v1 has snake_case outside and camelCase inside `details`.
pub(crate) fn view(run: &Run, state: &StepState<'_>, spec: &ApprovalSpec, spelling: Spelling) -> Value {
    let (created, updated, error) = match spelling {
        Spelling::Snake => ("created", "updated", "error_message"),
        Spelling::Camel => ("createdAt", "lastModifiedAt", "errorMessage"),
    };
    let last = run.decisions(&state.instance()).map(|(at, _)| at).max();
    let mut fields = Map::from_iter([
        ("id".to_owned(), json!(run.instance_id(&state.instance()))),
        ("type".to_owned(), json!("HarnessApproval")),
        ("status".to_owned(), json!(instance_status(run, state, spec))),
        ("deadline".to_owned(), json!(deadline(state))),
        ("details".to_owned(), details(run, state, spec)),
        (created.to_owned(), json!(state.attempt.began_at)),
        (
            updated.to_owned(),
            json!(state.ended_at.or(last).unwrap_or(state.attempt.began_at)),
        ),
    ]);
    if let Some(failure) = &state.failure {
        fields.insert(error.to_owned(), json!(failure.message));
    }
    Value::Object(fields)
}

fn details(run: &Run, state: &StepState<'_>, spec: &ApprovalSpec) -> Value {
    let inputs = spec.inputs.iter().map(|input| {
        let default = input
            .default
            .as_ref()
            .map(|text| expression::resolve(text, &run.context));
        json!({ "name": input.name, "defaultValue": default, "required": input.required, "regex": input.regex })
    });
    let groups = spec
        .user_groups
        .iter()
        .map(|group| json!({ "identifier": group, "name": group }));
    json!({
        "approvalMessage": expression::resolve(&spec.message, &outputs(run)),
        "includePipelineExecutionHistory": spec.include_history,
        "approvers": {
            "userGroups": spec.user_groups, "minimumCount": spec.minimum_count,
            "disallowPipelineExecutor": spec.disallow_executor, "serviceAccounts": spec.service_accounts,
        },
        "approvalActivities": run.decisions(&state.instance()).map(activity).collect::<Vec<_>>(),
        "approverInputs": inputs.collect::<Vec<_>>(),
        "validatedApprovalUserGroups": groups.collect::<Vec<_>>(),
        "autoRejectEnabled": spec.auto_reject,
    })
}

/// Source: harness-api §12.5 [CORE]: an activity has `action` and `approvedAt` ms.
fn activity((at, decision): (i64, &Decision)) -> Value {
    let inputs = decision
        .inputs
        .iter()
        .map(|(name, value)| json!({ "name": name, "value": value }));
    json!({
        "user": { "name": decision.by.name, "email": decision.by.email },
        "action": if decision.approves { "APPROVE" } else { "REJECT" }, "comments": decision.comments,
        "approverInputs": inputs.collect::<Vec<_>>(), "approvedAt": at,
    })
}

/// What the expressions of a run know, with what its approvals have put out so far.
pub(crate) fn outputs(run: &Run) -> Context {
    let mut context = run.context.clone();
    let mut counts = std::collections::BTreeMap::<&str, usize>::new();
    for happening in &run.happenings {
        let crate::engine::run::What::Decision(decision) = &happening.what else {
            continue;
        };
        let index = counts.entry(decision.node.as_str()).or_default();
        let output = format!("pipeline.{}.output", path::fqn(&decision.node));
        context.insert(
            format!("{output}.approvalActivities[{index}].user.email"),
            decision.by.email.clone(),
        );
        context.insert(
            format!("{output}.approvalActivities[{index}].user.name"),
            decision.by.name.clone(),
        );
        for (name, value) in &decision.inputs {
            context.insert(format!("{output}.approverInputs.{name}"), value.clone());
        }
        *index += 1;
    }
    context
}
