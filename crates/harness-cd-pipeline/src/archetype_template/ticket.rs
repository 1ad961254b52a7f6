//! The ticket of a deployment: opened before anybody is asked, waited for, and closed or cancelled at the end.

use harness_cd_model::naming::Placeholder;
use harness_cd_model::{TicketPolicy, TicketSystem};

use super::gate::on_refusal;
use super::{Fragment, Place, of_service};
use crate::fragments::fill;

/// The ticket of an environment.
pub(super) struct Ticket<'p> {
    place: &'p Place<'p>,
    policy: &'p TicketPolicy,
}

impl<'p> Ticket<'p> {
    /// `None` where deployments need none.
    pub(super) fn of(place: &'p Place<'p>) -> Option<Self> {
        let policy = place.environment.ticket.as_ref()?;
        Some(Self { place, policy })
    }

    /// The expression for the ticket that was opened.
    pub(super) fn opened(&self) -> String {
        let output = match self.policy.system {
            TicketSystem::Jira { .. } => "issue.key",
            TicketSystem::ServiceNow => "ticket.ticketNumber",
        };
        self.place.gate_output("create_ticket", output)
    }

    /// The step that opens it.
    pub(super) fn create(&self) -> Fragment {
        let (text, summary) = match self.policy.system {
            TicketSystem::Jira { .. } => (include_str!("jira-create.yaml"), "Summary"),
            TicketSystem::ServiceNow => (include_str!("servicenow-create.yaml"), "short_description"),
        };
        let service = of_service(Placeholder::ServiceName);
        let subject = format!(
            "Deploy {service} <+pipeline.variables.imageTag> to {} <+pipeline.variables.targetRegion>",
            self.place.environment.name
        );
        let own = (!self.policy.fields.contains_key(summary)).then_some((summary, subject.as_str()));
        let further = self.policy.fields.iter();
        let all = own
            .into_iter()
            .chain(further.map(|(name, value)| (name.as_str(), value.as_str())));
        let fields: Vec<String> = all
            .map(|(name, value)| self.fragment(include_str!("ticket-field.yaml"), &[("FIELD", name), ("VALUE", value)]))
            .collect::<Result<_, _>>()?;
        Ok(fill(&self.fragment(text, &[])?, "fields", &fields))
    }

    /// The step that waits for its approval.
    pub(super) fn wait(&self) -> Fragment {
        let text = match self.policy.system {
            TicketSystem::Jira { .. } => include_str!("jira-approval.yaml"),
            TicketSystem::ServiceNow => include_str!("servicenow-approval.yaml"),
        };
        let step = self.fragment(
            include_str!("ticket-approval.yaml"),
            &[("ON_REFUSAL", on_refusal(self.place))],
        )?;
        Ok(fill(&step, "ticket", &[self.fragment(text, &[])?]))
    }

    /// The step behind a deployment that closes it.
    pub(super) fn close(&self) -> Fragment {
        self.update("Close Ticket", "close_ticket", &self.policy.done)
    }

    /// The stage behind gate and deployment that cancels it where either failed. What somebody aborts by hand runs no
    /// further stage.
    pub(super) fn cancelling_stage(&self) -> Fragment {
        let stage = self.fragment(
            include_str!("ticket-stage.yaml"),
            &[
                ("STAGE", &format!("{} Ticket", self.place.title())),
                (
                    "STAGE_IDENTIFIER",
                    &format!("{}_ticket", self.place.environment.identifier),
                ),
            ],
        )?;
        let step = self.update("Cancel Ticket", "cancel_ticket", &self.policy.cancelled)?;
        Ok(fill(&stage, "steps", &[step]))
    }

    fn update(&self, name: &str, identifier: &str, state: &str) -> Fragment {
        let text = match self.policy.system {
            TicketSystem::Jira { .. } => include_str!("jira-update.yaml"),
            TicketSystem::ServiceNow => include_str!("servicenow-update.yaml"),
        };
        let step = self.fragment(
            include_str!("ticket-update.yaml"),
            &[("STEP", name), ("STEP_IDENTIFIER", identifier)],
        )?;
        Ok(fill(&step, "ticket", &[self.fragment(text, &[("STATE", state)])?]))
    }

    fn fragment(&self, text: &str, values: &[(&str, &str)]) -> Fragment {
        let policy = self.policy;
        let project = match &policy.system {
            TicketSystem::Jira { project } => project,
            TicketSystem::ServiceNow => "",
        };
        let opened = self.opened();
        let own = [
            ("TICKET_SYSTEM", policy.system.as_str()),
            ("JIRA_PROJECT", project),
            ("CONNECTOR", &policy.connector),
            ("TICKET_TYPE", &policy.ticket_type),
            ("TICKET", &opened),
            ("KEY_FIELD", &policy.key_field),
            ("APPROVED", &policy.approved),
            ("REJECTED", &policy.rejected),
        ];
        self.place.fragment(text, &[&own, values].concat())
    }
}
