//! What Harness is known to answer and the simulator does not: nothing is guessed. The README tells what each is left to.

/// The beginnings of their paths; `{}` stands for any one segment.
///
/// Source: harness-api §1, §3.6, §3.8, §4.3–4.5, §5, §7, §12.23 [MCP, OAS, SDK]; run-inputs §3, §4, §6, §10 [CORE, OAS].
const PATHS: &[&str] = &[
    "audit/api",
    "ng/api/artifacts",
    "ng/api/dashboard",
    "ng/api/delegate-setup",
    "ng/api/delegate-token-ng",
    "ng/api/environmentGroup",
    "ng/api/freeze",
    "ng/api/gitops",
    "ng/api/licenses",
    "ng/api/scm",
    "ng/api/serviceOverrides",
    "ng/api/v2/secrets",
    "pipeline/api/inputSets/get",
    "pipeline/api/inputSets/merge-for-rerun",
    "pipeline/api/inputSets/refresh-and-get",
    "pipeline/api/inputSets/{}/sanitise",
    "pipeline/api/inputSets/{}/yaml-diff",
    "pipeline/api/pipeline/execute/manualIntervention",
    "pipeline/api/pipelines/execution/{}/policy-evaluation",
    "pipeline/api/pipelines/expandedJSON",
    "pm/api/v1",
    "v1/orgs/{}/projects/{}/notification-channels",
    "v1/orgs/{}/projects/{}/notification-rules",
    "v1/orgs/{}/projects/{}/pipelines/{}/input-sets",
];

/// Whether a path is one of them.
pub(crate) fn is_one(segments: &[&str]) -> bool {
    PATHS.iter().any(|path| begins(segments, path))
}

fn begins(segments: &[&str], path: &str) -> bool {
    let mut own = segments.iter();
    path.split('/')
        .all(|wanted| own.next().is_some_and(|segment| wanted == "{}" || wanted == *segment))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_begin_by_whole_segments() {
        assert!(is_one(&["ng", "api", "freeze", "delete"]));
        assert!(is_one(&["v1", "orgs", "o", "projects", "p", "notification-rules", "r"]));
        assert!(!is_one(&["ng", "api", "freezes"]) && !is_one(&["ng", "api"]));
    }
}
