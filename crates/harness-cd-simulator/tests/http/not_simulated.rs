//! What Harness answers and the simulator does not.

use serde_json::json;

use crate::support::{Harness, KEY, SCOPE};

/// What the facts name without telling what it answers, or what is left to those who need it, is not guessed.
#[test]
fn what_the_facts_only_name_is_told_apart_from_what_is_not_there() {
    let harness = Harness::start();
    let v1 = "/v1/orgs/default/projects/platform";
    let named = [
        ("POST", "/audit/api/audits/list".to_owned()),
        ("GET", "/pm/api/v1/policies".to_owned()),
        ("POST", "/ng/api/delegate-setup/listDelegates".to_owned()),
        (
            "PUT",
            "/pipeline/api/pipeline/execute/manualIntervention/interrupt/a/b".to_owned(),
        ),
        ("POST", "/ng/api/freeze".to_owned()),
        ("PUT", "/ng/api/freeze/easter".to_owned()),
        ("GET", "/ng/api/freeze/getFrozenExecutionDetails".to_owned()),
        ("POST", "/pipeline/api/inputSets/merge-for-rerun".to_owned()),
        ("GET", "/pipeline/api/inputSets/a/yaml-diff".to_owned()),
        (
            "GET",
            "/pipeline/api/pipelines/execution/a/policy-evaluation".to_owned(),
        ),
        ("POST", format!("{v1}/pipelines/shop_cd/execute/dynamic")),
        ("POST", format!("{v1}/pipelines/shop_cd/input-sets/merge")),
        ("GET", format!("{v1}/notification-rules")),
    ];
    for (method, path) in &named {
        let account = [("x-api-key", KEY), ("harness-account", "demo-account")];
        let reply = harness.send(method, &format!("{path}?{SCOPE}"), &account, "{}");
        assert_eq!(
            (reply.status, &reply.json()["code"]),
            (501, &json!("NOT_SIMULATED")),
            "{method} {path}"
        );
    }
    assert_eq!(
        harness.call("GET", "/ng/api/freezes", "").failure(),
        (400, "RESOURCE_NOT_FOUND_EXCEPTION".to_owned())
    );
    assert_eq!(harness.truth()["notSimulated"].as_array().unwrap().len(), named.len());
}
