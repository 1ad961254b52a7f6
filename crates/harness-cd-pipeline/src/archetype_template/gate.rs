//! What guards an environment: a ticket, approvals and the change window.

use harness_cd_model::words::{CHANGE_TICKET_PATTERN, enumerated};
use harness_cd_model::{Archetype, Diagnostic, Environment, Platform, RequiredField};

use super::approval::{Approval, Asked, REQUESTER, Round, note};
use super::ticket::Ticket;
use super::{Fragment, Place, fragment};
use crate::fragments::fill;

/// Stands where nobody is asked for a change ticket; no ticket looks like it.
const NO_TICKET: &str = "none";

/// Why the change window is looked at behind approvals.
const LAST: &str = "# last, so that what was approved in time is not deployed out of it";
/// Why it is looked at behind a swap.
const ONCE_MORE: &str = "# once more: the swap before this may have waited for days";

/// The stage before an environment's own, if anything guards it.
pub(super) fn stage(place: &Place<'_>, archetype: &Archetype) -> Result<Option<String>, Vec<Diagnostic>> {
    let Some(identifier) = place.gate_identifier() else {
        return Ok(None);
    };
    let gate = place.fragment(
        include_str!("gate-stage.yaml"),
        &[
            ("GATE", &format!("{} Gate", place.title())),
            ("GATE_IDENTIFIER", &identifier),
        ],
    )?;
    Ok(Some(fill(&gate, "steps", &steps(place, archetype)?)))
}

/// In this order: what was approved in time is not deployed out of it.
fn steps(place: &Place<'_>, archetype: &Archetype) -> Result<Vec<String>, Vec<Diagnostic>> {
    let ticket = Ticket::of(place);
    let mut steps = Vec::new();
    steps.extend(ticket.as_ref().map(Ticket::create).transpose()?);
    steps.extend(approvals(place, archetype)?);
    steps.extend(ticket.as_ref().map(Ticket::wait).transpose()?);
    steps.extend(change_window(place, LAST).transpose()?);
    Ok(steps)
}

/// The step that looks at the time, where an environment has change windows.
fn change_window(place: &Place<'_>, why: &str) -> Option<Fragment> {
    window_check(place, ["Change Window", "change_window_policy", why], on_refusal(place))
}

fn window_check(place: &Place<'_>, [check, identifier, why]: [&str; 3], on_refusal: &str) -> Option<Fragment> {
    let set = place.environment.policy_set()?;
    let text = fill(include_str!("change-window.yaml"), "why here", &[why.to_owned()]);
    Some(place.fragment(
        &text,
        &[
            ("CHECK", check),
            ("CHECK_IDENTIFIER", identifier),
            ("POLICY_SET", &set),
            ("CHANGE_TICKET", &change_ticket(place)),
            ("ON_REFUSAL", on_refusal),
        ],
    ))
}

/// The change window once more behind those who approve a swap: it may have closed while they looked.
pub(super) fn change_window_of_swap(place: &Place<'_>, on_refusal: &str) -> Option<Fragment> {
    window_check(
        place,
        ["Swap Change Window", "swap_change_window_policy", LAST],
        on_refusal,
    )
}

/// The change window once more, where a swap before may have taken the run out of it.
pub(super) fn checked_again(place: &Place<'_>) -> Option<Fragment> {
    place.is_late.then(|| change_window(place, ONCE_MORE)).flatten()
}

/// What becomes of a run that is refused or comes too late. Nothing follows an abort, and a ticket is still to be
/// cancelled.
pub(super) fn on_refusal(place: &Place<'_>) -> &'static str {
    match place.environment.ticket {
        Some(_) => "MarkAsFailure",
        None => "Abort",
    }
}

/// The first approver gives what the others see.
fn approvals(place: &Place<'_>, archetype: &Archetype) -> Result<Vec<String>, Vec<Diagnostic>> {
    let round = Round {
        approvals: place.environment.approvals.iter().map(Approval::by).collect(),
        stage: place.gate_identifier().unwrap_or_default(),
        subject: format!("{} deployment request", place.title()),
        note: note(archetype),
        on_refusal: on_refusal(place),
    };
    round.steps(place, |earlier| Asked {
        message: message(place, earlier),
        inputs: if earlier.is_empty() { inputs(place) } else { Vec::new() },
    })
}

/// What an approver reads besides what the run is about.
fn message(place: &Place<'_>, earlier: &[Approval]) -> Vec<String> {
    let ticket = format!("Change ticket: {}", change_ticket(place));
    if let Some(first) = earlier.first() {
        let plan = place.gate_output(&first.identifier, "output.approverInputs.rollback_plan");
        return vec![ticket, format!("Rollback plan: {plan}")];
    }
    let opened = place.environment.ticket.as_ref().map(|_| ticket).into_iter();
    let who = [REQUESTER.to_owned()];
    opened.chain(who).chain(request(place.environment)).collect()
}

/// What the first approver fills in; where nothing of it is required, what there happens to be.
fn request(environment: &Environment) -> Option<String> {
    let asked = RECORDS.iter().filter(|(field, ..)| is_asked(environment, *field));
    let records: Vec<String> = asked
        .map(|(_, about, _)| format!("the {}", about.to_lowercase()))
        .collect();
    let begin = match environment.required_fields.is_empty() {
        true => "Where there is one, add",
        false => "Please provide",
    };
    enumerated(&records).map(|records| format!("{begin} {records}."))
}

/// What the first approver gives, by the variable that brings it from the request: what it is, and the name of the input.
pub(crate) const RECORDS: [(RequiredField, &str, &str); 3] = [
    (RequiredField::ChangeTicket, "Change ticket", "change_ticket"),
    (RequiredField::RollbackPlan, "Rollback plan", "rollback_plan"),
    (
        RequiredField::BusinessJustification,
        "Business justification",
        "business_justification",
    ),
];

/// Whether the first approver of an environment is asked for it: not for a ticket that the pipeline opens.
fn is_asked(environment: &Environment, field: RequiredField) -> bool {
    let is_opened = field == RequiredField::ChangeTicket && environment.ticket.is_some();
    !environment.approvals.is_empty() && !is_opened
}

/// The variables in which a request brings what approvers are asked for, so that nobody types it again.
pub(super) fn record(platform: &Platform) -> Result<Vec<String>, Vec<Diagnostic>> {
    let is_any_asked = |field| platform.environments.iter().any(|known| is_asked(known, field));
    let asked = RECORDS.iter().filter(|(field, ..)| is_any_asked(*field));
    asked
        .map(|(field, about, _)| {
            fragment(
                include_str!("record.yaml"),
                &[("RECORD", field.name()), ("ABOUT", about)],
            )
        })
        .collect()
}

/// What the first approver fills in, or finds filled in.
fn inputs(place: &Place<'_>) -> Vec<String> {
    let asked = RECORDS.iter().filter(|(field, ..)| is_asked(place.environment, *field));
    let input = |(field, _, name): &(RequiredField, &str, &str)| {
        let is_required = place.environment.required_fields.contains(field);
        let variable = field.name();
        let mut input =
            format!("- name: {name}\n  defaultValue: <+pipeline.variables.{variable}>\n  required: {is_required}");
        if is_required && *field == RequiredField::ChangeTicket {
            input += &format!("\n  regex: {CHANGE_TICKET_PATTERN}");
        }
        input
    };
    asked.map(input).collect()
}

/// The expression for the change ticket: the one that was opened, or the one that the first approver names.
fn change_ticket(place: &Place<'_>) -> String {
    match (Ticket::of(place), place.environment.approvals.first()) {
        (Some(ticket), _) => ticket.opened(),
        (None, Some(first)) => {
            place.gate_output(&Approval::by(first).identifier, "output.approverInputs.change_ticket")
        }
        (None, None) => NO_TICKET.to_owned(),
    }
}
