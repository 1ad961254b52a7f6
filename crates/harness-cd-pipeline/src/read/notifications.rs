//! `notifications`.

use harness_cd_model::naming::OWN_TEAM;
use harness_cd_model::{NotificationChannel, NotificationEvent, NotificationRule, codes};
use harness_cd_yaml::{At, Fields, Reader};

use super::declared::{Declarations, Declared};
use super::forms::{checked, secret_reference};
use super::keys;
use super::names::{Names, chosen_list, optional_list, reference};

/// Reads the notification rules; those with a finding are left out.
pub(super) fn read(reader: &mut Reader<'_>, fields: &Fields<'_>, declared: &Declarations<'_>) -> Vec<NotificationRule> {
    let groups = declared.approval_groups.clone().with(OWN_TEAM);
    let mut names = Names::new("notification rule");
    optional_list(reader, fields, "notifications")
        .into_iter()
        .filter_map(|item| rule(reader, item, &mut names, &declared.environments, &groups))
        .collect()
}

fn rule<'n>(
    reader: &mut Reader<'_>,
    item: At<'n>,
    names: &mut Names<'n>,
    environments: &Declared<'_>,
    groups: &Declared<'_>,
) -> Option<NotificationRule> {
    let own: &[&str] = match item.node.get("channel").and_then(|node| node.text()) {
        Some("PagerDuty") => &["integrationKeyRef", "userGroups"],
        Some("Email") => &["recipients", "userGroups"],
        Some("Webhook") => &["webhookRef"],
        _ => &["webhookRef", "userGroups"],
    };
    let fields = reader.object(item, keys::NOTIFICATION.known)?;
    let named = reader.required(&fields, "name").and_then(|at| names.take(reader, &at));
    let events = events(reader, &fields);
    let environments_at = reader.optional(&fields, "environments");
    let environments = chosen_list(reader, &fields, "environments", "all of them")
        .iter()
        .filter_map(|at| reference(reader, at, codes::UNKNOWN_REFERENCE, "environment", environments))
        .map(str::to_owned)
        .collect();
    if let Some(at) = environments_at
        && !events.iter().any(|event| event.is_of_stage())
    {
        let message = "`environments` narrows the events of stages, and none is listed in `events`";
        reader.error(
            codes::IDLE_NOTIFICATION,
            &at,
            message,
            "add StageFailed, StageSuccess or StageStart, or remove it",
        );
    }
    let user_groups: Vec<String> = optional_list(reader, &fields, "userGroups")
        .iter()
        .filter_map(|at| reference(reader, at, codes::UNKNOWN_USER_GROUP, "user group", groups))
        .map(str::to_owned)
        .collect();
    let channel = channel(reader, &fields);
    let is_empty = |key: &&str| match fields.at().get(key) {
        Some(at) => at.node.is_null() || at.node.as_str().is_none() && at.items().next().is_none(),
        None => true,
    };
    if channel.is_some() && own.iter().all(is_empty) {
        let hint = format!("add {}", own.join(" or "));
        reader.error(
            codes::IDLE_NOTIFICATION,
            fields.at(),
            "the notification rule reaches nobody",
            hint,
        );
    }
    Some(NotificationRule {
        name: named?.0.to_owned(),
        events,
        environments,
        channel: channel?,
        user_groups,
    })
}

fn events(reader: &mut Reader<'_>, fields: &Fields<'_>) -> Vec<NotificationEvent> {
    let words = NotificationEvent::ALL.map(|event| event.to_string());
    let words: Vec<(&str, NotificationEvent)> = words.iter().map(String::as_str).zip(NotificationEvent::ALL).collect();
    let Some(at) = reader.required(fields, "events") else {
        return Vec::new();
    };
    let items = reader.list(&at);
    if items.is_empty() {
        reader.error(
            codes::IDLE_NOTIFICATION,
            &at,
            "the notification rule has no events",
            "list what is told, as in PipelineFailed",
        );
    }
    items.iter().filter_map(|at| reader.one_of(at, &words)).collect()
}

/// How it is told, and through which secret or to which addresses.
fn channel(reader: &mut Reader<'_>, fields: &Fields<'_>) -> Option<NotificationChannel> {
    let at = reader.required(fields, "channel")?;
    let words = ["Slack", "PagerDuty", "MsTeams", "Email", "Webhook"].map(|word| (word, word));
    let word = reader.one_of(&at, &words)?;
    let mut secret = |key: &str| {
        reader.optional(fields, key)?;
        secret_reference(reader, fields, key).map(str::to_owned)
    };
    Some(match word {
        "Slack" => NotificationChannel::Slack {
            webhook_ref: secret("webhookRef"),
        },
        "PagerDuty" => NotificationChannel::PagerDuty {
            integration_key_ref: secret("integrationKeyRef"),
        },
        "MsTeams" => NotificationChannel::MsTeams {
            webhook_ref: secret("webhookRef"),
        },
        "Email" => NotificationChannel::Email {
            recipients: recipients(reader, fields),
        },
        _ => NotificationChannel::Webhook {
            webhook_ref: secret_reference(reader, fields, "webhookRef")?.to_owned(),
        },
    })
}

fn recipients(reader: &mut Reader<'_>, fields: &Fields<'_>) -> Vec<String> {
    let is_address = |text: &str| {
        let (user, host) = text.split_once('@').unwrap_or_default();
        !user.is_empty() && !host.is_empty() && !host.contains('@') && !text.contains(char::is_whitespace)
    };
    optional_list(reader, fields, "recipients")
        .iter()
        .filter_map(|at| checked(reader, at, is_address, "an email address, as in on-call@example.com"))
        .map(str::to_owned)
        .collect()
}
