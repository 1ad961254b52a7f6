//! Retrying an execution from a stage on.

use harness_cd_simulator::modes::RunPolicy;
use serde_json::{Value, json};

use crate::people::{ADA, DAY, MINUTE, estate, refused, run, run_as, script, started, values};
use crate::support::{Harness, KEY, Reply, pairs};

const EXECUTE: &str = "/pipeline/api/pipeline/execute";

/// A run of the fleet that has ended, in which these stages failed.
fn failed(harness: &Harness, stages: &[&str]) -> String {
    let fails = |stage: &&str| json!({ "stage": stage, "attempts": [{ "fails": { "kind": "Application" } }] });
    script(
        harness,
        "fleet",
        &json!(stages.iter().map(fails).collect::<Vec<Value>>()),
    );
    let id = run(harness, "fleet");
    harness.advance(60 * MINUTE);
    id
}

fn retry(harness: &Harness, id: &str, query: &str) -> Reply {
    harness.call(
        "POST",
        &format!("{EXECUTE}/retry/fleet?planExecutionId={id}&{query}"),
        "",
    )
}

fn get(harness: &Harness, path: &str, id: &str) -> Value {
    harness
        .call("GET", &format!("{EXECUTE}/{path}/{id}?pipelineIdentifier=fleet"), "")
        .data()
}

fn retry_stages(harness: &Harness, id: &str) -> Value {
    harness
        .call(
            "GET",
            &format!("{EXECUTE}/{id}/retryStages?pipelineIdentifier=fleet"),
            "",
        )
        .data()
}

fn can_retry(harness: &Harness, id: &str) -> Value {
    let of_list = harness.list("showAllExecutions=true", &json!({ "planExecutionIds": [id] }))["content"][0].take();
    let own = harness
        .call("GET", &format!("/pipeline/api/pipelines/execution/canRetry/{id}"), "")
        .data();
    assert_eq!(own, of_list["canRetry"]);
    own
}

fn listed(harness: &Harness, parameters: &str) -> Vec<String> {
    let page = harness.list(parameters, &json!({}));
    let rows = page["content"].as_array().unwrap();
    rows.iter()
        .map(|row| row["planExecutionId"].as_str().unwrap().to_owned())
        .collect()
}

/// harness-api §3.9, §12.9
#[test]
fn a_chain_of_retries_keeps_its_latest_in_the_list() {
    let harness = estate();
    let first = failed(&harness, &["west"]);
    assert_eq!(harness.status(&first), "Failed");
    let groups = retry_stages(&harness, &first);
    assert_eq!(groups["isResumable"], true);
    let names: Vec<Vec<&str>> = groups["groups"]
        .as_array()
        .unwrap()
        .iter()
        .map(|group| {
            group["info"]
                .as_array()
                .unwrap()
                .iter()
                .map(|info| info["identifier"].as_str().unwrap())
                .collect()
        })
        .collect();
    assert_eq!(names[..2], [vec!["build"], vec!["east", "east_two", "west"]]);

    script(
        &harness,
        "fleet",
        &json!([{ "stage": "west", "attempts": [{ "fails": { "kind": "Application" } }] }]),
    );
    let second = started(&retry(
        &harness,
        &first,
        "retryStages=west&notesForPipelineExecution=again",
    ));
    harness.advance(60 * MINUTE);
    let third = started(&retry(&harness, &second, "retryStages=west"));
    harness.advance(60 * MINUTE);
    assert_eq!(
        (harness.status(&second), harness.status(&third)),
        ("Failed".to_owned(), "Success".to_owned())
    );

    for old in [&first, &second] {
        assert!(refused(&retry(&harness, old, "retryStages=west")).contains("not the latest"));
        assert_eq!(retry_stages(&harness, old)["isResumable"], false);
        assert!(
            retry_stages(&harness, old)["errorMessage"]
                .as_str()
                .unwrap()
                .contains("not the latest")
        );
        assert_eq!(can_retry(&harness, old), false);
    }
    assert_eq!(
        can_retry(&harness, &third),
        true,
        "it means the latest, not that it failed"
    );
    assert_eq!(listed(&harness, ""), [third.as_str()]);
    assert_eq!(
        listed(&harness, "showAllExecutions=true"),
        [third.as_str(), second.as_str(), first.as_str()]
    );
    for id in [&first, &second, &third] {
        let summary = harness.detail(id, "")["pipelineExecutionSummary"].take();
        assert_eq!(summary["showRetryHistory"], true);
        assert_eq!(
            summary["executionTriggerInfo"]["isRerun"], false,
            "a retry is no re-run"
        );
        let history = get(&harness, "retryHistory", id);
        assert_eq!(history["latestExecutionId"], third);
        let infos = history["executionInfos"].as_array().unwrap();
        let told: Vec<(&Value, &Value)> = infos.iter().map(|info| (&info["uuid"], &info["status"])).collect();
        let [a, b, c] = [&third, &second, &first].map(|id| json!(id));
        let [good, bad] = ["Success", "Failed"].map(|status| json!(status));
        assert_eq!(told, [(&a, &good), (&b, &bad), (&c, &bad)]);
        assert_eq!(get(&harness, "latestExecutionId", id)["latestExecutionId"], third);
    }
}

/// harness-api §3.9
#[test]
fn what_was_never_retried_has_no_history() {
    let harness = estate();
    let id = failed(&harness, &["west"]);
    for path in ["retryHistory", "latestExecutionId"] {
        let told = get(&harness, path, &id);
        assert!(told["errorMessage"].is_string(), "{told}");
        assert!(
            told.get("latestExecutionId").is_none() && told.get("executionInfos").is_none(),
            "{told}"
        );
    }
    assert_eq!(
        harness.detail(&id, "")["pipelineExecutionSummary"]["showRetryHistory"],
        false
    );
}

/// harness-api §3.9: stages of a parallel group
#[test]
fn of_a_parallel_group_the_named_stages_run_or_those_of_them_that_failed() {
    const ALL: &str = "retryStages=east&retryStages=east_two&retryStages=west";
    let harness = estate();
    for (query, again) in [
        (format!("{ALL}&runAllStages=true"), vec!["east", "east_two", "west"]),
        (ALL.to_owned(), vec!["east", "east_two", "west"]),
        (format!("{ALL}&runAllStages=false"), vec!["east", "west"]),
        (
            "retryStages=west&retryStages=east&retryStages=build".to_owned(),
            vec!["build", "east", "east_two", "west"],
        ),
    ] {
        let before = failed(&harness, &["east", "west"]);
        let id = started(&retry(&harness, &before, &query));
        harness.advance(60 * MINUTE);
        let begun = harness.detail(&id, "")["pipelineExecutionSummary"]["startTs"]
            .as_i64()
            .unwrap();
        let summary = harness.detail(&id, "")["pipelineExecutionSummary"].take();
        let nodes = summary["layoutNodeMap"].as_object().unwrap().values();
        let mut ran: Vec<&str> = nodes
            .filter(|node| node["nodeType"] == "Custom" && node["startTs"].as_i64().unwrap() >= begun)
            .map(|node| node["nodeIdentifier"].as_str().unwrap())
            .collect();
        ran.sort_unstable();
        let mut expected = [again, vec!["report"]].concat();
        expected.sort_unstable();
        assert_eq!(ran, expected, "{query}");
        assert_eq!(summary["status"], "Success", "{query}");
    }
    let before = failed(&harness, &["east", "west"]);
    let part = retry(
        &harness,
        &before,
        "retryStages=east&retryStages=west&runAllStages=false",
    );
    assert!(
        refused(&part).contains("parallel group"),
        "the group has to be named whole: {}",
        part.text
    );
    // What failed beside it and does not run again still counts.
    let id = started(&retry(&harness, &before, "retryStages=east&runAllStages=false"));
    harness.advance(60 * MINUTE);
    assert_eq!(
        harness.stages(&id),
        pairs(&[
            ("build", "Success"),
            ("east", "Success"),
            ("east_two", "Success"),
            ("west", "Failed"),
            ("report", "Skipped"),
        ])
    );
    assert_eq!(harness.status(&id), "Failed");
    let whole = failed(&harness, &[]);
    let none = retry(&harness, &whole, &format!("{ALL}&runAllStages=false"));
    assert!(refused(&none).contains("No failed stage"), "{}", none.text);
}

/// harness-api §12.9, §11.7
#[test]
fn a_retry_that_harness_refuses() {
    let harness = estate();
    let id = failed(&harness, &["west"]);
    let scope = "accountIdentifier=demo-account&orgIdentifier=default";
    let path =
        format!("{EXECUTE}/retry/fleet?planExecutionId={id}&retryStages=west&{scope}&projectIdentifier=elsewhere");
    let elsewhere = harness.send("POST", &path, &[("x-api-key", KEY)], "");
    assert_eq!(elsewhere.failure(), (404, "ENTITY_NOT_FOUND".to_owned()));
    for query in ["", "runAllStages=true", "retryStages="] {
        assert!(
            refused(&retry(&harness, &id, query)).contains("select the stage"),
            "{query}"
        );
    }
    assert!(refused(&retry(&harness, &id, "retryStages=moon")).contains("moon"));
    let put = harness.call("PUT", &format!("{EXECUTE}/retry/{id}"), "{}");
    assert_eq!(put.failure(), (405, "RESOURCE_NOT_FOUND_EXCEPTION".to_owned()));
    assert_eq!(
        listed(&harness, "showAllExecutions=true").len(),
        1,
        "nothing was started"
    );
    assert_eq!(can_retry(&harness, &id), true);
    harness.advance(29 * DAY);
    let second = started(&retry(&harness, &id, "retryStages=west"));
    harness.advance(2 * DAY);
    assert!(
        refused(&retry(&harness, &second, "retryStages=west")).contains("30 days"),
        "the first counts"
    );
    assert!(
        retry_stages(&harness, &second)["errorMessage"]
            .as_str()
            .unwrap()
            .contains("30 days")
    );
}

/// harness-api §12.9: stages are compared with the templates written out.
#[test]
fn a_pipeline_of_templates_is_retried() {
    let harness = estate();
    let id = run(&harness, "templated");
    harness.advance(60 * MINUTE);
    let path = format!("{EXECUTE}/retry/templated?planExecutionId={id}&retryStages=pause");
    let second = started(&harness.call("POST", &path, ""));
    harness.advance(60 * MINUTE);
    assert_eq!(harness.stages(&second), pairs(&[("pause", "Success")]));
}

/// harness-api §12.9
#[test]
fn changed_stages_and_rollbacks_forbid_a_retry() {
    let harness = estate();
    let id = failed(&harness, &["west"]);
    let path = "/pipeline/api/pipelines/fleet";
    let yaml = harness.call("GET", path, "").data()["yamlPipeline"]
        .as_str()
        .unwrap()
        .to_owned();
    let update = |yaml: &str| harness.call("PUT", "/pipeline/api/pipelines/v2/fleet", yaml).data();
    update(&yaml.replace("script: make write", "script: make write twice"));
    assert_eq!(retry_stages(&harness, &id)["isResumable"], true, "a step may change");
    update(&yaml.replace("identifier: report", "identifier: tell"));
    assert!(refused(&retry(&harness, &id, "retryStages=west")).contains("stage identifier"));
    assert_eq!(retry_stages(&harness, &id)["isResumable"], false);

    let id = run_as(&harness, KEY, "shop_cd", &values("shop_cd", &[("tag", "v1")]));
    harness.advance(60 * MINUTE);
    assert_eq!(can_retry(&harness, &id), true);
    let summary = harness.detail(&id, "")["pipelineExecutionSummary"].take();
    let node = &summary["layoutNodeMap"][summary["startingNodeId"].as_str().unwrap()]["nodeExecutionId"];
    let back = format!("{EXECUTE}/postExecutionRollback/{id}?pipelineIdentifier=shop_cd&stageNodeExecutionIds=");
    started(&harness.call("POST", &format!("{back}{}", node.as_str().unwrap()), ""));
    assert_eq!(can_retry(&harness, &id), false);
    let retried = format!("{EXECUTE}/retry/shop_cd?planExecutionId={id}&retryStages=deploy");
    assert!(refused(&harness.call("POST", &retried, "")).contains("rolled back"));
}

/// harness-api §3.9: an empty body means what was given before; new inputs are taken.
#[test]
fn a_retry_takes_the_old_inputs_or_new_ones() {
    let harness = estate();
    let fails = json!([{ "step": "roll_out", "attempts": [{ "fails": { "kind": "Timeout" } }] }]);
    let new = values("shop_cd", &[("tag", "v2")]);
    for (body, tag) in [("", "v1"), (new.as_str(), "v2")] {
        script(&harness, "shop_cd", &fails);
        let id = run_as(&harness, ADA, "shop_cd", &values("shop_cd", &[("tag", "v1")]));
        harness.advance(60 * MINUTE);
        let path = format!("{EXECUTE}/retry/shop_cd?planExecutionId={id}&retryStages=deploy");
        let second = started(&harness.call("POST", &path, body));
        harness.advance(60 * MINUTE);
        let summary = harness.detail(&second, "")["pipelineExecutionSummary"].take();
        assert_eq!(
            summary["moduleInfo"]["cd"]["artifactDisplayNames"],
            json!([format!("project/shop:{tag}")])
        );
        assert_eq!(
            summary["executionTriggerInfo"]["triggeredBy"]["identifier"], "Portal",
            "who retries it runs it"
        );
    }
}

/// harness-api §12.11
#[test]
fn a_retry_asks_the_policies_again() {
    let harness = estate();
    let id = failed(&harness, &["west"]);
    harness.control("POST", "modes", &json!({ "runPolicy": json!(RunPolicy::Deny) }));
    let reply = retry(&harness, &id, "retryStages=west").data();
    assert_eq!(reply["planExecution"]["status"], "ERRORED");
    assert_eq!(reply["planExecution"]["governanceMetadata"]["deny"], true);
}

/// No fact tells what Harness answers to the retry of what still runs.
#[test]
fn nobody_knows_how_a_run_at_work_is_retried() {
    let harness = estate();
    let id = run(&harness, "fleet");
    assert_eq!(
        retry(&harness, &id, "retryStages=build").failure(),
        (501, "NOT_SIMULATED".to_owned())
    );
    assert_eq!(can_retry(&harness, &id), true, "it is the latest");
}
