//! What the policies said, as answers show it.

use serde_json::{Value, json};

use crate::state::modes::Verdict;
use crate::state::scope::Scope;

impl Verdict {
    /// Source: harness-api §1.4 [HUB].
    fn status(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Warning => "warning",
            Self::Deny => "error",
        }
    }

    pub(crate) fn denies(self) -> bool {
        self == Self::Deny
    }
}

/// `governanceMetadata` as protobuf writes it: int64 as texts, lists without a suffix. `action` is `onsave` or `onrun`.
/// Source: harness-api §1.4 [HUB sample], §12.11 [CORE].
pub(crate) fn governance(verdict: Verdict, action: &str, scope: &Scope, pipeline: &str, now: i64) -> Value {
    let now = now.to_string();
    let (org, project) = (scope.org_text(), scope.project_text());
    let entity = format!(
        "accountIdentifier%3A{}%2ForgIdentifier%3A{org}%2FprojectIdentifier%3A{project}%2FpipelineIdentifier%3A{pipeline}",
        scope.account
    );
    json!({
        "id": "0", "deny": verdict.denies(), "details": policy_sets(verdict, action, scope, pipeline, &now),
        "message": "", "timestamp": now, "status": verdict.status(), "accountId": scope.account, "orgId": org,
        "projectId": project, "entity": entity, "type": "pipeline", "action": action, "created": now,
    })
}

/// The one policy set that the modes stand for; its names and its sentence are invented.
/// Source: harness-api §1.4 [SDK, keys weak].
fn policy_sets(verdict: Verdict, action: &str, scope: &Scope, pipeline: &str, now: &str) -> Vec<Value> {
    if verdict == Verdict::Pass {
        return Vec::new();
    }
    let status = verdict.status();
    let sentence = format!("The simulated policy says {status} to {action} of {pipeline}");
    vec![json!({
        "policySetId": "1", "policySetName": "Simulated policy set", "identifier": "simulated_policy_set",
        "deny": verdict.denies(), "status": status, "created": now,
        "accountId": scope.account, "orgId": scope.org_text(), "projectId": scope.project_text(),
        "policyMetadata": [{
            "policyId": "1", "policyName": "Simulated policy", "identifier": "simulated_policy",
            "severity": status, "status": status, "error": "", "denyMessages": [sentence],
        }],
    })]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// harness-api §1.4, §10.9
    #[test]
    fn numbers_of_64_bits_are_texts() {
        let scope = Scope::project("acc", "org", "project");
        for (verdict, status, deny) in [
            (Verdict::Pass, "pass", false),
            (Verdict::Warning, "warning", false),
            (Verdict::Deny, "error", true),
        ] {
            let told = governance(verdict, "onsave", &scope, "p", 1_663_276_236_674);
            assert_eq!((&told["status"], &told["deny"]), (&json!(status), &json!(deny)));
            assert_eq!(told["created"], "1663276236674");
            assert_eq!(told["details"].as_array().unwrap().is_empty(), verdict == Verdict::Pass);
        }
    }
}
