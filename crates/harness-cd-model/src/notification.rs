use std::fmt;

use serde::Serialize;

/// Who hears of what happens in every pipeline.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NotificationRule {
    /// For example `Failed deployments`.
    pub name: String,
    /// What is told, in file order; never empty.
    pub events: Vec<NotificationEvent>,
    /// The names of the environments whose stages are told of; empty for those of all.
    pub environments: Vec<String>,
    /// The way it is told.
    pub channel: NotificationChannel,
    /// Names of user groups that are told; `team` stands for the service's own team. Always empty for a webhook.
    pub user_groups: Vec<String>,
}

/// The way a notification takes. Each `…_ref` is the identifier of a Harness secret; never the secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "type", rename_all_fields = "camelCase")]
pub enum NotificationChannel {
    /// Slack.
    Slack {
        /// The secret with the address of the incoming webhook.
        webhook_ref: Option<String>,
    },
    /// PagerDuty.
    PagerDuty {
        /// The secret with the integration key.
        integration_key_ref: Option<String>,
    },
    /// Microsoft Teams.
    MsTeams {
        /// The secret with the address of the incoming webhook.
        webhook_ref: Option<String>,
    },
    /// Email.
    Email {
        /// Addresses.
        recipients: Vec<String>,
    },
    /// Any HTTP endpoint.
    Webhook {
        /// The secret with the address.
        webhook_ref: String,
    },
}

/// What happened. Source: Harness's pipeline schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[allow(missing_docs, reason = "the words are Harness's own")]
pub enum NotificationEvent {
    AllEvents,
    PipelineStart,
    PipelineSuccess,
    PipelineFailed,
    PipelineEnd,
    PipelinePaused,
    PipelineResumed,
    StageStart,
    StageSuccess,
    StageFailed,
    WaitingForUserAction,
}

impl NotificationEvent {
    /// Every event.
    pub const ALL: [Self; 11] = [
        Self::AllEvents,
        Self::PipelineStart,
        Self::PipelineSuccess,
        Self::PipelineFailed,
        Self::PipelineEnd,
        Self::PipelinePaused,
        Self::PipelineResumed,
        Self::StageStart,
        Self::StageSuccess,
        Self::StageFailed,
        Self::WaitingForUserAction,
    ];

    /// Whether it happens to a stage, and so may be told of some stages alone.
    #[must_use]
    pub fn is_of_stage(self) -> bool {
        matches!(self, Self::StageStart | Self::StageSuccess | Self::StageFailed)
    }
}

impl fmt::Display for NotificationEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}
