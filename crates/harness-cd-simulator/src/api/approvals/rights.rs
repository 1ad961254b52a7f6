//! Who may decide on an approval.

use crate::engine::approval::ApprovalSpec;
use crate::engine::run::Run;
use crate::engine::snapshot::StepState;
use crate::state::modes::{Modes, ServiceAccountApproval, WrongApprover};
use crate::state::people::{Principal, PrincipalKind};
use crate::tables::expression;
use crate::tables::status::Status;
use crate::view::approval::{self, instance_status};
use crate::wire::respond::Failure;

/// Why somebody may not decide.
///
/// Source: harness-api §12.1–12.3 [CORE]: a finished instance, a service account, the executor (compared by user id),
/// disallowed addresses (without regard to case), somebody outside of the groups, a second decision by the same user: each
/// a 400 with its reason.
pub(super) fn refusal(
    run: &Run,
    state: &StepState<'_>,
    spec: &ApprovalSpec,
    by: &Principal,
    modes: &Modes,
) -> Result<(), Failure> {
    if state.status != Status::ApprovalWaiting {
        return Err(Failure::invalid(match instance_status(run, state, spec) {
            "EXPIRED" => "Approval instance has already expired".to_owned(),
            status => format!("Approval instance has already completed. Instance status: {status}"),
        }));
    }
    if let Some(reason) = reason_against(run, spec, by, modes) {
        return Err(match modes.wrong_approver {
            WrongApprover::BadRequest => Failure::invalid(reason),
            WrongApprover::Forbidden => Failure::forbidden(reason),
        });
    }
    match run
        .decisions(&state.instance())
        .any(|(_, decision)| decision.by.uuid() == by.uuid())
    {
        true => Err(Failure::invalid("User has already approved this step")),
        false => Ok(()),
    }
}

/// Source: harness-api §12.1 [CORE 2023, SCH]: service accounts may not decide, or where the step lists them; with
/// `disallowPipelineExecutor` a key may not decide on any run that it started, whoever owns it.
fn reason_against(run: &Run, spec: &ApprovalSpec, by: &Principal, modes: &Modes) -> Option<&'static str> {
    let is_listed = spec
        .service_accounts
        .iter()
        .any(|name| *name == by.name || *name == by.email);
    let is_service_account = by.kind == PrincipalKind::ServiceAccount;
    match modes.service_account_approval {
        ServiceAccountApproval::Refused if is_service_account => {
            return Some("Service accounts are not supported for Harness Approval Step yet");
        }
        ServiceAccountApproval::WhereListed if is_service_account && !is_listed => {
            return Some("The service account is not an approver of this step");
        }
        ServiceAccountApproval::Refused | ServiceAccountApproval::WhereListed => {}
    }
    let is_executor = || {
        run.origin
            .principal()
            .is_some_and(|executor| executor.uuid() == by.uuid())
    };
    if spec.disallow_executor && is_executor() {
        return Some("The user who executed the pipeline is not allowed to approve it");
    }
    if is_disallowed(run, spec, by) {
        return Some("The user is not allowed to approve this step");
    }
    let in_groups = spec.user_groups.is_empty() || spec.user_groups.iter().any(|group| by.is_in(group));
    (!is_service_account && !in_groups).then_some("The user is not in the user groups of this step")
}

/// Source: harness-api §12.2 [CORE, SCH]: e-mail addresses without regard to case; a list of them, or one expression.
fn is_disallowed(run: &Run, spec: &ApprovalSpec, by: &Principal) -> bool {
    let known = approval::outputs(run);
    let named = spec
        .disallowed_emails
        .iter()
        .flat_map(|text| addresses(&expression::resolve(text, &known)));
    named.into_iter().any(|address| address.eq_ignore_ascii_case(&by.email))
}

/// What an expression gives: one address, several with commas between, or a list of them as JSON.
/// Source: run-inputs §8 [CORE]: text that looks like a JSON list is read as one.
fn addresses(text: &str) -> Vec<String> {
    let list = serde_json::from_str::<Vec<String>>(text);
    list.unwrap_or_else(|_| text.split(',').map(|address| address.trim().to_owned()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// harness-api §12.2, run-inputs §8
    #[test]
    fn an_expression_gives_one_address_or_several() {
        for (text, expected) in [
            ("ada@example.com", vec!["ada@example.com"]),
            (
                "ada@example.com, grace@example.com",
                vec!["ada@example.com", "grace@example.com"],
            ),
            (
                r#"["ada@example.com","grace@example.com"]"#,
                vec!["ada@example.com", "grace@example.com"],
            ),
        ] {
            assert_eq!(addresses(text), expected, "{text}");
        }
    }
}
