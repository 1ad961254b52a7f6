//! The notification rules of every pipeline.

use harness_cd_model::{Archetype, Diagnostic, NotificationChannel, NotificationEvent, NotificationRule, Platform};

use super::{Fragment, Place, approval::user_group, fragment, item};
use crate::fragments::fill;

/// The rules in file order.
pub(super) fn rules(platform: &Platform, archetype: &Archetype) -> Result<Vec<String>, Vec<Diagnostic>> {
    platform
        .notifications
        .iter()
        .map(|rule| written(platform, archetype, rule))
        .collect()
}

fn written(platform: &Platform, archetype: &Archetype, rule: &NotificationRule) -> Fragment {
    let (channel, mut targets) = channel(&rule.channel)?;
    let text = fragment(
        include_str!("notification-rule.yaml"),
        &[("NAME", &rule.name), ("CHANNEL", channel)],
    )?;
    if !rule.user_groups.is_empty() {
        let groups: Vec<String> = rule
            .user_groups
            .iter()
            .map(|group| item(&user_group(group)))
            .collect::<Result<_, _>>()?;
        targets.push(fill("userGroups:\n  # <groups>\n", "groups", &groups));
    }
    let stages = stages(platform, archetype, rule);
    let events: Vec<String> = rule.events.iter().map(|event| written_event(*event, &stages)).collect();
    Ok(fill(&fill(&text, "events", &events), "targets", &targets))
}

/// Harness's word for a channel, and how it is reached.
fn channel(channel: &NotificationChannel) -> Result<(&'static str, Vec<String>), Vec<Diagnostic>> {
    let secret = |name: &String| format!("<+secrets.getValue(\"{name}\")>");
    Ok(match channel {
        NotificationChannel::Slack { webhook_ref } => {
            let address = webhook_ref.iter().map(|name| format!("webhookUrl: {}", secret(name)));
            ("Slack", address.collect())
        }
        NotificationChannel::PagerDuty { integration_key_ref } => {
            let key = integration_key_ref
                .iter()
                .map(|name| format!("integrationKey: {}", secret(name)));
            ("PagerDuty", key.collect())
        }
        NotificationChannel::MsTeams { webhook_ref } => {
            let addresses = webhook_ref
                .iter()
                .map(|name| format!("msTeamKeys:\n  - {}", secret(name)));
            ("MsTeams", addresses.collect())
        }
        NotificationChannel::Email { recipients } => {
            let items: Vec<String> = recipients
                .iter()
                .map(|address| item(address))
                .collect::<Result<_, _>>()?;
            ("Email", vec![fill("recipients:\n  # <items>\n", "items", &items)])
        }
        NotificationChannel::Webhook { webhook_ref } => {
            ("Webhook", vec![format!("webhookUrl: {}", secret(webhook_ref))])
        }
    })
}

/// The stages that a rule speaks of.
fn stages(platform: &Platform, archetype: &Archetype, rule: &NotificationRule) -> Vec<String> {
    if rule.environments.is_empty() {
        return vec!["AllStages".to_owned()];
    }
    let environments = platform
        .environments
        .iter()
        .filter(|known| rule.environments.contains(&known.name));
    environments
        .flat_map(|environment| {
            let place = Place::of(platform, environment);
            let deployments = place.each(archetype);
            let deployments = deployments.iter().map(Place::stage_identifier);
            place
                .gate_identifier()
                .into_iter()
                .chain(deployments)
                .collect::<Vec<_>>()
        })
        .collect()
}

fn written_event(event: NotificationEvent, stages: &[String]) -> String {
    let mut text = format!("- type: {event}\n");
    if event.is_of_stage() {
        text += "  forStages:\n";
        for stage in stages {
            text += &format!("    - {stage}\n");
        }
    }
    text
}
