use std::collections::BTreeMap;

use serde::Serialize;

/// The ticket that a deployment opens, waits for, and closes or cancels.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TicketPolicy {
    /// Where the ticket lives.
    pub system: TicketSystem,
    /// The identifier of the Harness connector, with an optional scope, for example `org.jira`.
    pub connector: String,
    /// The Jira issue type or the ServiceNow ticket type, for example `Change` or `change_request`.
    pub ticket_type: String,
    /// The field whose value decides, for example `Status` or `state`.
    pub key_field: String,
    /// The value with which the deployment goes on, for example `Approved`.
    pub approved: String,
    /// The value with which it ends, for example `Rejected`.
    pub rejected: String,
    /// The value that the ticket gets after the deployment, for example `Done`.
    pub done: String,
    /// The value that it gets where the deployment was refused, failed or was rolled back, for example `Cancelled`.
    pub cancelled: String,
    /// Further fields of a new ticket, by name; a text may have expressions of Harness.
    pub fields: BTreeMap<String, String>,
}

/// A ticket system.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "type", rename_all_fields = "camelCase")]
pub enum TicketSystem {
    /// Jira.
    Jira {
        /// The project's key, for example `OPS`.
        project: String,
    },
    /// ServiceNow.
    ServiceNow,
}

impl TicketSystem {
    /// Harness's word, with which the types of its steps begin.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Jira { .. } => "Jira",
            Self::ServiceNow => "ServiceNow",
        }
    }
}
