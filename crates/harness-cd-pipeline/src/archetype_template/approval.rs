//! Groups that approve one after the other, each in a step of its own: nobody approves twice.

use harness_cd_model::naming::{
    OWN_TEAM, Placeholder, approval_identifier, approval_stem, scoped_underscored, swap_approval_identifier,
};
use harness_cd_model::{Archetype, Diagnostic, GroupApproval};

use super::{Fragment, Place, of_service, step_output};
use crate::fragments::fill;

/// Who has started the run, for those who approve it.
pub(super) const REQUESTER: &str = "Requester: <+pipeline.triggeredBy.email>";

/// The step in which a group approves.
pub(super) struct Approval {
    pub(super) identifier: String,
    name: String,
    group: String,
    /// How many of its members have to approve.
    count: u8,
}

impl Approval {
    /// The step of a group: `platform-team` gives the Platform Approval.
    pub(super) fn by(approval: &GroupApproval) -> Self {
        let group = &approval.group;
        Self {
            identifier: approval_identifier(group),
            name: format!("{} Approval", title(group)),
            group: user_group(group),
            count: approval.minimum_count,
        }
    }

    /// The step in which it approves the swap of a blue-green deployment.
    pub(super) fn of_swap_by(approval: &GroupApproval) -> Self {
        let group = &approval.group;
        Self {
            identifier: swap_approval_identifier(group),
            name: format!("{} Swap Approval", title(group)),
            ..Self::by(approval)
        }
    }

    /// What an approver reads where one yes is not enough.
    fn together(&self) -> Option<String> {
        (self.count > 1).then(|| format!("{} members of the group have to approve.", self.count))
    }
}

/// What an approver is shown and asked.
pub(super) struct Asked {
    /// The lines behind what the run is about.
    pub(super) message: Vec<String>,
    /// What the approver fills in, or finds filled in.
    pub(super) inputs: Vec<String>,
}

/// Those who are asked in a stage, in order.
pub(super) struct Round {
    pub(super) approvals: Vec<Approval>,
    /// The identifier of the stage.
    pub(super) stage: String,
    /// The first line of what they read.
    pub(super) subject: String,
    /// What all of them read at the end.
    pub(super) note: Option<String>,
    /// What becomes of a run that nobody answers.
    pub(super) on_refusal: &'static str,
}

/// What every approver of an archetype reads besides: its lines, without those that hold nothing.
pub(super) fn note(archetype: &Archetype) -> Option<String> {
    let text = archetype.approval_message.as_deref()?;
    let lines = text.split(char::is_control).map(str::trim);
    let lines: Vec<&str> = lines.filter(|line| !line.is_empty()).collect();
    (!lines.is_empty()).then(|| lines.join("\n"))
}

impl Round {
    /// The steps; `asked` tells what an approver is asked behind the earlier ones.
    pub(super) fn steps(
        &self,
        place: &Place<'_>,
        asked: impl Fn(&[Approval]) -> Asked,
    ) -> Result<Vec<String>, Vec<Diagnostic>> {
        let written = self.approvals.iter().enumerate().map(|(index, own)| {
            let earlier = self.approvals.get(..index).unwrap_or_default();
            let count = format!("{} of {}", index + 1, self.approvals.len());
            self.step(place, own, earlier, &count, &asked(earlier))
        });
        written.collect()
    }

    fn step(&self, place: &Place<'_>, own: &Approval, earlier: &[Approval], count: &str, asked: &Asked) -> Fragment {
        let note = self.note.iter().map(|_| "{{NOTE}}".to_owned());
        let text = fill(include_str!("approval.yaml"), "note", &note.collect::<Vec<_>>());
        let message: Vec<String> = asked.message.iter().cloned().chain(own.together()).collect();
        let text = fill(&text, "message", &message);
        let text = fill(&text, "count", &[format!("minimumCount: {}", own.count)]);
        let text = fill(&text, "earlier approvers", &self.barred(earlier));
        place.fragment(
            &fill(&text, "inputs", &asked.inputs),
            &[
                ("APPROVAL", &own.name),
                ("APPROVAL_IDENTIFIER", &own.identifier),
                ("GROUP", &own.group),
                ("SUBJECT", &self.subject),
                ("PLACE", count),
                ("NOTE", self.note.as_deref().unwrap_or_default()),
                ("ON_REFUSAL", self.on_refusal),
            ],
        )
    }

    fn barred(&self, earlier: &[Approval]) -> Vec<String> {
        if earlier.is_empty() {
            return Vec::new();
        }
        let emails = earlier.iter().flat_map(|approval| {
            (0..approval.count).map(|place| {
                let email = format!("output.approvalActivities[{place}].user.email");
                format!("  - {}", step_output(&self.stage, &approval.identifier, &email))
            })
        });
        let comment = "# who is in several groups approves for one of them".to_owned();
        [comment, "disallowedUserEmails:".to_owned()]
            .into_iter()
            .chain(emails)
            .collect()
    }
}

/// The reference to a group, or what stands for that to the service's own team.
pub(super) fn user_group(group: &str) -> String {
    match group {
        OWN_TEAM => of_service(Placeholder::TeamIdentifier),
        _ => scoped_underscored(group),
    }
}

/// `Platform` of `account.platform-team`.
fn title(group: &str) -> String {
    let words: Vec<String> = approval_stem(group).split('_').map(capitalized).collect();
    words.join(" ").trim().to_owned()
}

fn capitalized(word: &str) -> String {
    let mut letters = word.chars();
    let first = letters.next().map(|letter| letter.to_ascii_uppercase());
    first.into_iter().chain(letters).collect()
}
