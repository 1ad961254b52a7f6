//! Why a step fails: the names of pipelines and those of answers.

use serde::{Deserialize, Serialize};

/// A kind of failure, as failure strategies name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the names are Harness's own")]
pub enum FailureKind {
    Application,
    Authentication,
    Authorization,
    Connectivity,
    DelegateProvisioning,
    Timeout,
    Unknown,
    Verification,
    PolicyEvaluationFailure,
    InputTimeoutError,
    ApprovalRejection,
    DelegateRestart,
    UserMarkedFailure,
    /// A freeze window; no failure strategy names it.
    FreezeActive,
}

/// Names in `failureStrategies[].onFailure.errors` and in `failureTypeList`.
/// Source: harness-api §12.28 [CORE: APPLICATION_ERROR, TIMEOUT_ERROR, VERIFICATION_FAILURE, …], §12.7
/// (`FREEZE_ACTIVE_FAILURE`), §12.27 (`ApprovalRejection`), run-inputs §8 (`INPUT_TIMEOUT_FAILURE`); the other names
/// follow the pattern of those [weak].
const ROWS: [(FailureKind, &str, &str); 14] = [
    (FailureKind::Application, "Application", "APPLICATION_ERROR"),
    (FailureKind::Authentication, "Authentication", "AUTHENTICATION_ERROR"),
    (FailureKind::Authorization, "Authorization", "AUTHORIZATION_ERROR"),
    (FailureKind::Connectivity, "Connectivity", "CONNECTIVITY_ERROR"),
    (
        FailureKind::DelegateProvisioning,
        "DelegateProvisioning",
        "DELEGATE_PROVISIONING_ERROR",
    ),
    (FailureKind::Timeout, "Timeout", "TIMEOUT_ERROR"),
    (FailureKind::Unknown, "Unknown", "UNKNOWN_ERROR"),
    (FailureKind::Verification, "Verification", "VERIFICATION_FAILURE"),
    (
        FailureKind::PolicyEvaluationFailure,
        "PolicyEvaluationFailure",
        "POLICY_EVALUATION_FAILURE",
    ),
    (
        FailureKind::InputTimeoutError,
        "InputTimeoutError",
        "INPUT_TIMEOUT_FAILURE",
    ),
    (
        FailureKind::ApprovalRejection,
        "ApprovalRejection",
        "APPROVAL_REJECTION",
    ),
    (FailureKind::DelegateRestart, "DelegateRestart", "DELEGATE_RESTART"),
    (
        FailureKind::UserMarkedFailure,
        "UserMarkedFailure",
        "USER_MARKED_FAILURE",
    ),
    (FailureKind::FreezeActive, "", "FREEZE_ACTIVE_FAILURE"),
];

impl FailureKind {
    /// As `failureTypeList` spells it.
    pub(crate) fn wire(self) -> &'static str {
        ROWS.iter().find(|row| row.0 == self).map_or("", |row| row.2)
    }

    /// Whether a failure strategy that names `error` is about this.
    pub(crate) fn is_named_by(self, error: &str) -> bool {
        error == "AllErrors"
            || ROWS
                .iter()
                .any(|row| row.0 == self && row.1 == error && !error.is_empty())
    }
}
