//! The ticket that deployments to an environment wait for, read from the steps that open, ask for, close and cancel it.

use std::collections::BTreeMap;

use harness_cd_model::{Environment, TicketPolicy, TicketSystem};
use harness_cd_yaml::{At, Node};

use super::connectors::{Entries, text};
use crate::draft::Draft;
use crate::stages::{Stage, environment_references, stages, steps};

/// What a pipeline does with its ticket before it deploys to an environment and behind that; `None` where it has none, or
/// where a description cannot say all of it.
pub(super) fn read(pipeline: &At<'_>, environment: &Environment) -> Option<TicketPolicy> {
    let all = stages(pipeline);
    let reference = environment.reference();
    let deploys = |stage: &Stage<'_>| environment_references(stage.body.node).contains(&reference.as_str());
    let place = all.iter().position(deploys)?;
    let (before, behind) = (all.get(..=place)?, all.get(place..)?);
    let (waiting, system) = last(before, &["JiraApproval", "ServiceNowApproval"])?;
    let system = system.strip_suffix("Approval")?;
    let opening = last(before, &[&format!("{system}Create")]).map(|(step, _)| step);
    let (key_field, approved) = criterion(waiting, "approvalCriteria")?;
    let (other, rejected) = criterion(waiting, "rejectionCriteria")?;
    if key_field != other {
        return None;
    }
    let states: Vec<(bool, &str)> = behind
        .iter()
        .flat_map(|stage| {
            let updates = steps(stage.body.node).into_iter();
            let updates = updates.filter(|step| text(step, &["type"]) == Some(&format!("{system}Update")));
            updates.filter_map(|step| Some((is_after_failure(stage), state(step, key_field)?)))
        })
        .collect();
    let state_after = |failure| {
        states
            .iter()
            .find(|(is_after, _)| *is_after == failure)
            .map(|(_, state)| *state)
    };
    let said = |keys: &[&str]| {
        opening
            .and_then(|step| text(step, keys))
            .or_else(|| text(waiting, keys))
    };
    let ticket_type = ["issueType", "ticketType"]
        .iter()
        .find_map(|key| said(&["spec", key]))?;
    Some(TicketPolicy {
        system: match system {
            "Jira" => TicketSystem::Jira {
                project: said(&["spec", "projectKey"])?.to_owned(),
            },
            _ => TicketSystem::ServiceNow,
        },
        connector: text(waiting, &["spec", "connectorRef"])?.to_owned(),
        ticket_type: ticket_type.to_owned(),
        key_field: key_field.to_owned(),
        approved: approved.to_owned(),
        rejected: rejected.to_owned(),
        done: state_after(false)?.to_owned(),
        cancelled: state_after(true).unwrap_or(rejected).to_owned(),
        fields: opening.map(fields).unwrap_or_default(),
    })
}

/// The last step of one of some types.
fn last<'n>(stages: &[Stage<'n>], kinds: &[&str]) -> Option<(&'n Node, &'n str)> {
    let steps = stages.iter().flat_map(|stage| steps(stage.body.node));
    let mut typed = steps.filter_map(|step| Some((step, step.get("type")?.text()?)));
    typed.rfind(|(_, kind)| kinds.contains(kind))
}

/// The one field, and its value, that decides.
fn criterion<'n>(step: &'n Node, key: &str) -> Option<(&'n str, &'n str)> {
    let conditions = step.at(&["spec", key, "spec", "conditions"])?;
    let mut conditions = conditions.items();
    let only = conditions.next().filter(|_| conditions.next().is_none())?;
    let is_equal = text(only, &["operator"]) == Some("equals");
    is_equal.then_some((text(only, &["key"])?, text(only, &["value"])?))
}

fn is_after_failure(stage: &Stage<'_>) -> bool {
    text(stage.body.node, &["when", "pipelineStatus"]) == Some("Failure")
}

/// What a step makes of a ticket: the status it gets, or the value of its deciding field.
fn state<'n>(step: &'n Node, key_field: &str) -> Option<&'n str> {
    let fields = step.at(&["spec", "fields"]).into_iter().flat_map(Node::items);
    let deciding = fields.filter(|field| text(field, &["name"]) == Some(key_field));
    let said = deciding.filter_map(|field| text(field, &["value"])).last();
    text(step, &["spec", "transitionTo", "status"]).or(said)
}

/// What a new ticket says besides its subject, where that is the same for every service.
fn fields(opening: &Node) -> BTreeMap<String, String> {
    let all = opening.at(&["spec", "fields"]).into_iter().flat_map(Node::items);
    let said = all.filter_map(|field| Some((text(field, &["name"])?, text(field, &["value"])?)));
    let same = said.filter(|(_, value)| !value.contains("{{"));
    same.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

/// `ticket` of an environment.
pub(super) fn draft(ticket: &TicketPolicy) -> Draft {
    let project = match &ticket.system {
        TicketSystem::Jira { project } => Some(("project", Draft::text(project))),
        TicketSystem::ServiceNow => None,
    };
    let mut entries: Entries = vec![("system", Draft::text(ticket.system.as_str()))];
    entries.extend(project);
    entries.extend([
        ("connector", Draft::text(&ticket.connector)),
        ("type", Draft::text(&ticket.ticket_type)),
        ("keyField", Draft::text(&ticket.key_field)),
        ("approved", Draft::text(&ticket.approved)),
        ("rejected", Draft::text(&ticket.rejected)),
        ("done", Draft::text(&ticket.done)),
    ]);
    if ticket.cancelled != ticket.rejected {
        entries.push(("cancelled", Draft::text(&ticket.cancelled)));
    }
    if !ticket.fields.is_empty() {
        let fields = ticket
            .fields
            .iter()
            .map(|(name, value)| (name.as_str(), Draft::text(value)));
        entries.push(("fields", Draft::map(fields)));
    }
    Draft::map(entries)
}
