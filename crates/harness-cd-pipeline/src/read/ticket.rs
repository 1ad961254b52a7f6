//! `ticket` of an environment.

use harness_cd_model::{TicketPolicy, TicketSystem};
use harness_cd_yaml::{At, Reader};

use super::forms::{checked, is_reference};
use super::keys;
use super::names::text;

/// Reads the ticket that deployments to an environment need.
pub(super) fn read(reader: &mut Reader<'_>, item: At<'_>) -> Option<TicketPolicy> {
    let is_jira = item.node.get("system").and_then(|node| node.text()) == Some("Jira");
    let fields = reader.object(item, keys::TICKET.known)?;
    let system = reader
        .required(&fields, "system")
        .and_then(|at| reader.one_of(&at, &[("Jira", true), ("ServiceNow", false)]));
    let project = is_jira.then(|| text(reader, &fields, "project"));
    let connector = reader.required(&fields, "connector").and_then(|at| {
        checked(
            reader,
            &at,
            is_reference,
            "the identifier of a Harness connector, as in org.jira",
        )
    });
    let ticket_type = text(reader, &fields, "type");
    let key_field = text(reader, &fields, "keyField");
    let approved = text(reader, &fields, "approved");
    let rejected = text(reader, &fields, "rejected");
    let done = text(reader, &fields, "done");
    system?;
    Some(TicketPolicy {
        system: match project {
            Some(project) => TicketSystem::Jira {
                project: project?.to_owned(),
            },
            None => TicketSystem::ServiceNow,
        },
        connector: connector?.to_owned(),
        ticket_type: ticket_type?.to_owned(),
        key_field: key_field?.to_owned(),
        approved: approved?.to_owned(),
        rejected: rejected?.to_owned(),
        done: done?.to_owned(),
    })
}
