//! What an approval step asks for.

use chrono::{NaiveDateTime, TimeZone};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::tables::reading::{is_true, items, text, texts};

/// A HarnessApproval step. Source: harness-api §1.1 [CORE PipelineAPIConstants, OAS], §12.1, §12.2 [SCH].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ApprovalSpec {
    pub(crate) message: String,
    pub(crate) minimum_count: usize,
    pub(crate) disallow_executor: bool,
    /// A list, or one expression that gives one.
    pub(crate) disallowed_emails: Vec<String>,
    pub(crate) user_groups: Vec<String>,
    pub(crate) service_accounts: Vec<String>,
    pub(crate) inputs: Vec<ApproverInput>,
    pub(crate) include_history: bool,
    pub(crate) auto_reject: bool,
    /// The id that a decision by execution names (harness-api §12.4 [CORE]).
    pub(crate) callback_id: Option<String>,
    pub(crate) auto_approval: Option<AutoApproval>,
}

/// What an approver is asked for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ApproverInput {
    pub(crate) name: String,
    pub(crate) default: Option<String>,
    pub(crate) required: bool,
    pub(crate) regex: Option<String>,
    pub(crate) allowed: Vec<String>,
    /// Whether several of the allowed values may be given, with commas between.
    pub(crate) takes_many: bool,
}

/// An approval that the clock gives. Source: harness-api §1.1 [CORE]: optional auto-approval; its keys [SCH].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AutoApproval {
    /// Epoch ms.
    pub(crate) at: i64,
    pub(crate) comments: String,
}

impl ApprovalSpec {
    /// Reads the step.
    pub(crate) fn read(step: &Value) -> Self {
        let spec = step.get("spec").unwrap_or(&Value::Null);
        let emails = texts(spec, "/approvers/disallowedUserEmails");
        let by_expression = text(spec, "/approvers/disallowedUserEmails");
        Self {
            message: text(spec, "/approvalMessage").unwrap_or_default(),
            minimum_count: text(spec, "/approvers/minimumCount")
                .and_then(|count| count.parse().ok())
                .unwrap_or(1),
            disallow_executor: is_true(spec, "/approvers/disallowPipelineExecutor"),
            disallowed_emails: emails.into_iter().chain(by_expression).collect(),
            user_groups: texts(spec, "/approvers/userGroups"),
            service_accounts: texts(spec, "/approvers/serviceAccounts"),
            inputs: items(spec, "/approverInputs").iter().map(ApproverInput::read).collect(),
            include_history: is_true(spec, "/includePipelineExecutionHistory"),
            auto_reject: is_true(spec, "/isAutoRejectEnabled"),
            callback_id: text(spec, "/callbackId"),
            auto_approval: spec.get("autoApproval").and_then(AutoApproval::read),
        }
    }
}

impl ApproverInput {
    /// Source: harness-api §1.1 [CORE]; allowed values are one text with commas between [SCH].
    fn read(input: &Value) -> Self {
        let many = text(input, "/selectManyFrom");
        let one = || text(input, "/allowedValues").or_else(|| text(input, "/selectOneFrom"));
        let takes_many = many.is_some();
        Self {
            name: text(input, "/name").unwrap_or_default(),
            default: text(input, "/defaultValue"),
            required: is_true(input, "/required"),
            regex: text(input, "/regex"),
            allowed: many.or_else(one).map(|texts| parts(&texts)).unwrap_or_default(),
            takes_many,
        }
    }
}

/// What stands between commas.
pub(crate) fn parts(text: &str) -> Vec<String> {
    text.split(',').map(|part| part.trim().to_owned()).collect()
}

impl AutoApproval {
    fn read(auto: &Value) -> Option<Self> {
        let time = text(auto, "/scheduledDeadline/time")?;
        let zone: Tz = text(auto, "/scheduledDeadline/timeZone")?.parse().ok()?;
        let local = NaiveDateTime::parse_from_str(&time, "%Y-%m-%d %I:%M %p").ok()?;
        Some(Self {
            at: zone.from_local_datetime(&local).earliest()?.timestamp_millis(),
            comments: text(auto, "/comments").unwrap_or_default(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_approval_is_read_whole() {
        let spec = ApprovalSpec::read(&json!({ "spec": {
            "approvers": { "userGroups": ["a"], "minimumCount": 2, "disallowPipelineExecutor": true,
                "disallowedUserEmails": "<+a.b>", "serviceAccounts": ["bot"] },
            "callbackId": "gate", "approverInputs": [{ "name": "ticket", "required": true }],
            "autoApproval": { "action": "APPROVE", "comments": "ok",
                "scheduledDeadline": { "time": "2026-07-01 05:30 PM", "timeZone": "Europe/Berlin" } },
        } }));
        assert_eq!(spec.minimum_count, 2);
        assert_eq!(spec.disallowed_emails, ["<+a.b>"]);
        assert_eq!(spec.callback_id.as_deref(), Some("gate"));
        assert_eq!(spec.auto_approval.unwrap().at, 1_782_919_800_000);
        assert!(spec.inputs[0].required);
    }
}
