use serde::{Deserialize, Serialize};

/// Where the facts about Harness leave a question open, or where an administrator may choose, the simulator does
/// either. Set at the start and through `POST /simulator/modes`; a field that is left out keeps its value.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Modes {
    /// What creating an entity twice answers.
    pub duplicate_create: DuplicateCreate,
    /// What an update or a delete with an old `If-Match` answers.
    pub stale_if_match: StaleIfMatch,
    /// What an unknown pipeline or a wrong scope triplet answers.
    pub missing_entity: MissingEntity,
    /// Whether custom webhooks need an API key.
    pub webhook_authorization: WebhookAuthorization,
    /// What an approval by somebody who may not approve answers.
    pub wrong_approver: WrongApprover,
    /// Whether deployments are frozen, and how a run notices.
    pub freeze: Freeze,
    /// What the policies say when a pipeline is saved.
    pub save_policy: Policy,
    /// What the policies say when a pipeline is run.
    pub run_policy: Policy,
}

/// Source: Harness API facts, checklist 6: which of the two it is, is not verified.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum DuplicateCreate {
    /// 409
    #[default]
    Conflict,
    /// 400
    BadRequest,
}

/// Source: Harness API facts, checklist 7: which of the two it is, is not verified.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum StaleIfMatch {
    /// 412
    #[default]
    PreconditionFailed,
    /// 400
    BadRequest,
}

/// Source: Harness API facts, status codes: 404, and many "does not exist" cases of classic paths come as 400.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum MissingEntity {
    /// 404 `ENTITY_NOT_FOUND`
    #[default]
    NotFound,
    /// 400 `INVALID_REQUEST`
    BadRequest,
}

/// Source: Harness API facts, custom webhook: the key is optional unless a setting makes it mandatory.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum WebhookAuthorization {
    /// Anybody who knows the URL may fire.
    #[default]
    Optional,
    /// A call without a valid key is a 400.
    Mandatory,
}

/// Source: Harness API facts, checklist 11: a wrong approver gets 403 or 400.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum WrongApprover {
    /// 403
    #[default]
    Forbidden,
    /// 400
    BadRequest,
}

/// Source: Harness API facts, checklist 12: whether a frozen run is refused or ends by the freeze is not verified.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Freeze {
    /// Nothing is frozen.
    #[default]
    Off,
    /// The run is accepted and ends `AbortedByFreeze`.
    AbortsRun,
    /// The run is refused with 400 `FREEZE_EXCEPTION`.
    RefusesRun,
}

/// Source: Harness API facts, governance metadata: the status is pass, warning or error, and an error denies.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Policy {
    /// Nothing to say.
    #[default]
    Pass,
    /// Goes through, with a message.
    Warning,
    /// Denies.
    Deny,
}
