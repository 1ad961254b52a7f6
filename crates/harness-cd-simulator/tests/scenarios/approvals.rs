//! Approvals count people, not keys and not calls.

use std::collections::{BTreeMap, BTreeSet};

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::{Value, json};

use crate::client::{Client, Key, PEOPLE};
use crate::config;

#[derive(Clone, Debug)]
struct Call {
    after_ms: i64,
    by: Key,
    approves: bool,
    /// The instance that it names; without one it names the execution.
    instance: Option<Index>,
}

fn call() -> impl Strategy<Value = Call> {
    let by = (0..PEOPLE, any::<bool>());
    let after = prop_oneof![2 => 0..2_i64, 1 => 0..20_000_i64];
    (after, by, prop::bool::weighted(0.85), prop::option::of(any::<Index>())).prop_map(
        |(after_ms, by, approves, instance)| Call {
            after_ms,
            by,
            approves,
            instance,
        },
    )
}

fn pipeline(minimum: u8, twice: bool, on_rejection: &str) -> String {
    let repeat = if twice {
        json!({ "repeat": { "times": 2 } })
    } else {
        json!({})
    };
    let retry =
        json!({ "type": "Retry", "spec": { "retryCount": 1, "onRetryFailure": { "action": { "type": "Ignore" } } } });
    let action = if on_rejection == "Retry" {
        retry
    } else {
        json!({ "type": on_rejection })
    };
    let step = json!({
        "identifier": "gate", "name": "gate", "type": "HarnessApproval", "timeout": "1m", "strategy": repeat,
        "spec": { "approvers": { "minimumCount": minimum, "userGroups": ["g"] } },
        "failureStrategies": [{ "onFailure": { "errors": ["AllErrors"], "action": action } }],
    });
    let stage = json!({ "identifier": "s", "name": "s", "type": "Approval", "spec": { "execution": { "steps": [{ "step": step }] } } });
    json!({ "pipeline": { "identifier": "p", "name": "p", "orgIdentifier": "default", "projectIdentifier": "platform",
        "stages": [{ "stage": stage }] } })
    .to_string()
}

/// What people decided on an instance, as far as their calls were accepted.
#[derive(Debug, Default)]
struct Decisions {
    approved: BTreeSet<u8>,
    rejected: bool,
}

fn list(client: &mut Client, run: &str) -> Vec<(String, String)> {
    let path = format!("/v1/orgs/default/projects/platform/approvals/execution/{run}");
    let (_, instances) = client.call((0, false), "GET", &path, "", &Value::Null);
    let text = |instance: &Value, key: &str| instance[key].as_str().unwrap().to_owned();
    instances
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (text(one, "id"), text(one, "status")))
        .collect()
}

proptest! {
    #![proptest_config(config())]

    /// harness-api §3.10, §12.1–12.5, §12.27: an instance is approved by as many people as it asks for, and by no fewer
    /// calls, keys or attempts.
    #[test]
    fn no_approval_passes_with_too_few_people(
        minimum in 1..4_u8, twice in any::<bool>(), on_rejection in select(vec!["MarkAsFailure", "Ignore", "MarkAsSuccess", "Retry"]),
        calls in vec(call(), 1..24),
    ) {
        let mut client = Client::of(&pipeline(minimum, twice, on_rejection));
        let run = client.run();
        client.pass(1);
        let mut decided: BTreeMap<String, Decisions> = BTreeMap::new();
        for Call { after_ms, by, approves, instance } in calls {
            client.pass(after_ms);
            let instances = list(&mut client, &run);
            let named = instance.filter(|_| !instances.is_empty()).map(|index| index.get(&instances).0.clone());
            let path = match &named {
                Some(id) => format!("/pipeline/api/approvals/{id}/harness/activity"),
                None => format!("/v1/orgs/default/projects/platform/approvals/execution/{run}"),
            };
            let action = if approves { "APPROVE" } else { "REJECT" };
            let (status, answer) = client.call(by, "POST", &path, "", &json!({ "action": action, "comments": "" }));
            if status == 200 {
                let answered = answer.get("id").unwrap_or(&answer["data"]["id"]).as_str().unwrap();
                let decisions = decided.entry(named.unwrap_or(answered.to_owned())).or_default();
                prop_assert!(!decisions.rejected, "{answer}");
                decisions.rejected |= !approves;
                prop_assert!(decisions.approved.insert(by.0) || !approves, "{answer}");
            }
            for (id, status) in list(&mut client, &run) {
                let Decisions { approved, rejected } = decided.entry(id).or_default();
                let is_enough = approved.len() >= usize::from(minimum) && !*rejected;
                prop_assert_eq!(status == "APPROVED", is_enough, "{} by {:?}", status, approved);
                prop_assert_eq!(status == "REJECTED", *rejected, "{} by {:?}", status, approved);
            }
        }
    }
}
