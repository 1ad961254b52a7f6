//! `ticket` of an environment.

use std::collections::BTreeMap;

use harness_cd_model::{TicketPolicy, TicketSystem, codes};
use harness_cd_yaml::{At, Fields, Reader};

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
    if let (Some(status), true, Some(at)) = (rejected, approved == rejected, fields.at().get("rejected")) {
        let message = format!("`{status}` is the status of an approved ticket and of a rejected one");
        let hint = "write the status that says no under `rejected`";
        reader.error(codes::CONTRADICTION, &at, message, hint);
    }
    let done = text(reader, &fields, "done");
    let cancelled = reader.optional(&fields, "cancelled").map(|at| reader.string(&at));
    let further = further_fields(reader, &fields);
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
        cancelled: cancelled.unwrap_or(rejected)?.to_owned(),
        rejected: rejected?.to_owned(),
        done: done?.to_owned(),
        fields: further,
    })
}

/// What a new ticket says besides, each as it is written.
fn further_fields(reader: &mut Reader<'_>, fields: &Fields<'_>) -> BTreeMap<String, String> {
    let Some(at) = reader.optional(fields, "fields") else {
        return BTreeMap::new();
    };
    let names: Vec<&str> = at.node.entries().map(|entry| entry.name()).collect();
    let Some(fields) = reader.mapping(at, &names) else {
        return BTreeMap::new();
    };
    let mut further = BTreeMap::new();
    for name in names {
        let Some(at) = fields.at().get(name) else { continue };
        match at.node.text() {
            Some(text) => _ = further.insert(name.to_owned(), text.to_owned()),
            None => _ = reader.string(&at),
        }
    }
    further
}
