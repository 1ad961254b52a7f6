//! Lists of executions and their filters.

use serde_json::{Value, json};

use crate::people::{ADA, GRACE, MINUTE, START, estate, refused, run, run_as, script, started, values};
use crate::support::{Harness, KEY, Reply};

const SUMMARY: &str = "/pipeline/api/pipelines/execution/summary";
const FAR: &str = "pipeline:\n  name: far\n  identifier: far\n  stages:\n    - stage:\n        identifier: wait\n        type: \
                   Custom\n        spec:\n          execution:\n            steps:\n              - step:\n                  \
                   type: Wait\n                  identifier: wait\n                  spec:\n                    duration: 1m\n";

/// Executions by a letter each; the clock stands an hour after the last of them began.
fn shelf(harness: &Harness) -> Vec<(char, String)> {
    let of = |key: &str, given: &[(&str, &str)], query: &str| {
        let path = format!("/pipeline/api/pipeline/execute/shop_cd?{query}");
        let id = started(&harness.call_as(key, "POST", &path, &values("shop_cd", given)));
        harness.advance(1_000);
        id
    };
    let shop = of(KEY, &[("tag", "v1")], "");
    let cart = of(
        ADA,
        &[("tag", "v2"), ("service", "cart"), ("environment", "prod")],
        "inputSetIdentifiers=nightly",
    );
    script(
        harness,
        "fleet",
        &json!([{ "stage": "west", "attempts": [{ "fails": { "kind": "Application" } }] }]),
    );
    let fleet = run_as(harness, ADA, "fleet", "");
    let gate = run_as(harness, GRACE, "gate", "");
    let place = "storeType=REMOTE&connectorRef=github&repoName=deploys&filePath=.harness/far.yaml";
    harness
        .call("POST", &format!("/pipeline/api/pipelines/v2?{place}"), FAR)
        .data();
    let update = "branch=feature&isNewBranch=true&baseBranch=main";
    harness
        .call("PUT", &format!("/pipeline/api/pipelines/v2/far?{update}"), FAR)
        .data();
    let branch = started(&harness.call_as(ADA, "POST", "/pipeline/api/pipeline/execute/far?branch=feature", ""));
    let fired = fire(harness, "v9");
    harness.advance(60 * MINUTE);
    let ids = [shop, cart, fleet, gate, branch, fired];
    "scfgbw".chars().zip(ids).collect()
}

/// The execution that the custom webhook of `shop_cd` has started.
fn fire(harness: &Harness, tag: &str) -> String {
    let trigger = harness
        .call("GET", "/pipeline/api/triggers/shop_image?targetIdentifier=shop_cd", "")
        .data();
    let url = trigger["webhookUrl"].as_str().unwrap();
    let path = format!("/gateway{}", url.split_once("/gateway").unwrap().1);
    let payload = json!({ "tag": tag }).to_string();
    harness
        .send("POST", &path, &[("content-type", "application/json")], &payload)
        .data();
    harness.advance(MINUTE);
    let page = harness.list("size=1", &json!({ "triggerTypes": ["WEBHOOK_CUSTOM"] }));
    page["content"][0]["planExecutionId"].as_str().unwrap().to_owned()
}

fn letters(page: &Value, shelf: &[(char, String)]) -> String {
    let ids = page["content"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["planExecutionId"].as_str().unwrap());
    ids.map(|id| {
        shelf
            .iter()
            .find(|(_, own)| own == id)
            .map_or('?', |(letter, _)| *letter)
    })
    .collect()
}

fn ask(harness: &Harness, query: &str, body: &str) -> Reply {
    harness.call("POST", &format!("{SUMMARY}?{query}"), body)
}

/// harness-api §3.4, §12.33, §12.41: every filter, newest first
#[test]
fn each_filter_keeps_its_own() {
    let harness = estate();
    let shelf = shelf(&harness);
    let id = |letter: char| shelf.iter().find(|(own, _)| *own == letter).unwrap().1.clone();
    let cd = |key: &str, value: &str| json!({ "moduleProperties": { "cd": { key: [value] } } });
    for (query, body, expected) in [
        ("", json!({}), "wbgfcs"),
        ("pipelineIdentifier=shop_cd", json!({}), "wcs"),
        ("", json!({ "pipelineIdentifiers": ["fleet", "gate"] }), "gf"),
        ("", json!({ "planExecutionIds": [id('c'), id('g')] }), "gc"),
        ("", json!({ "pipelineName": "DELIVERY" }), "wcs"),
        ("", json!({ "pipelineName": "^f" }), "bf"),
        ("", cd("serviceIdentifiers", "cart"), "c"),
        ("", cd("serviceIdentifiers", "shop"), "ws"),
        ("", cd("envIdentifiers", "prod"), "c"),
        ("", cd("artifactDisplayNames", "project/shop:v9"), "w"),
        ("", cd("serviceDefinitionTypes", "Kubernetes"), "wcs"),
        ("", cd("serviceDefinitionTypes", "NativeHelm"), ""),
        ("", cd("helmChartVersions", "1.0.0"), ""),
        ("", cd("gitOpsAppIdentifiers", "shop-int"), ""),
        (
            "",
            json!({ "moduleProperties": { "cd": { "serviceIdentifiers": ["cart"], "envIdentifiers": ["int"] } } }),
            "",
        ),
        ("", json!({ "triggerTypes": ["WEBHOOK_CUSTOM"] }), "w"),
        ("", json!({ "triggerTypes": ["MANUAL"] }), "bgfcs"),
        (
            "",
            json!({ "triggerTypes": ["SCHEDULER_CRON", "NOOP", "ARTIFACT", "MANIFEST", "WEBHOOK"] }),
            "",
        ),
        ("", json!({ "triggerIdentifiers": ["shop_image"] }), "w"),
        ("", json!({ "triggerIdentifiers": ["other"] }), ""),
        ("", json!({ "inputSetIdentifiers": ["nightly"] }), "c"),
        (
            "",
            json!({ "pipelineTags": [{ "key": "service", "value": "shop" }] }),
            "wcs",
        ),
        (
            "",
            json!({ "pipelineTags": [{ "key": "team" }, { "value": "shop" }] }),
            "wfcs",
        ),
        ("", json!({ "pipelineTags": [{ "key": "crew" }] }), "f"),
        ("branch=feature", json!({}), "b"),
        ("branch=main", json!({}), ""),
        ("", json!({ "branchName": "feature" }), "b"),
        ("", json!({ "repo": "deploys" }), "b"),
        ("repoName=other", json!({}), ""),
        ("module=cd", json!({}), "wbgfcs"),
        ("module=ci", json!({}), "bgf"),
        ("myDeployments=true", json!({}), "s"),
        ("", json!({ "myDeployments": true }), "s"),
        ("searchTerm=SHOP", json!({}), "wcs"),
        ("searchTerm=shop.cd", json!({}), "wcs"),
        ("searchTerm=crew", json!({}), "f"),
        ("searchTerm=team", json!({}), "f"),
        ("searchTerm=v9", json!({}), ""),
        ("status=Failed", json!({}), "f"),
        ("status=Failed&status=approvalwaiting", json!({}), "gf"),
        ("", json!({ "status": ["APPROVAL_WAITING"] }), "g"),
        (
            "status=Failed&status=Success",
            json!({ "status": ["Success", "Aborted"] }),
            "wbcs",
        ),
        ("status=Failed", json!({ "status": ["Success"] }), ""),
        (
            "",
            json!({ "timeRange": { "startTime": START, "endTime": START + 1_000 } }),
            "cs",
        ),
        (
            "",
            json!({ "timeRange": { "timeRangeFilterType": "LAST_30_DAYS" } }),
            "wbgfcs",
        ),
        ("size=2&page=1", json!({}), "gf"),
    ] {
        assert_eq!(letters(&harness.list(query, &body), &shelf), expected, "{query} {body}");
    }
    let own = harness
        .call_as(ADA, "POST", &format!("{SUMMARY}?myDeployments=true"), "")
        .data();
    assert_eq!(letters(&own, &shelf), "bfc");
    let far = harness.list("branch=feature", &json!({}))["content"][0].take();
    assert_eq!(
        (&far["storeType"], &far["connectorRef"]),
        (&json!("REMOTE"), &json!("github"))
    );
    let details = json!({ "branch": "feature", "repoName": "deploys", "filePath": ".harness/far.yaml" });
    assert_eq!((&far["gitDetails"], &far["modules"]), (&details, &json!(["pms"])));
}

/// harness-api §3.4, §12.14, §12.33, §12.36, checklist 13
#[test]
fn a_filter_that_harness_refuses() {
    let harness = estate();
    (0..11).for_each(|_| drop(run(&harness, "fleet")));
    let page = ask(&harness, "", "").data();
    assert_eq!(
        (&page["totalElements"], &page["size"]),
        (&json!(11), &json!(10)),
        "no body is the default filter"
    );
    let kind = |rest: Value| {
        let mut body = json!({ "filterType": "PipelineExecution" });
        body.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
        body.to_string()
    };
    for (query, body, part) in [
        ("", "{}".to_owned(), "filterType"),
        ("", json!({ "filterType": "PipelineSetup" }).to_string(), "filterType"),
        ("filterIdentifier=mine", kind(json!({})), "both"),
        ("status=Success&status=Great", kind(json!({})), "Great"),
        ("", kind(json!({ "status": ["SUCCEEDED"] })), "SUCCEEDED"),
        ("", kind(json!({ "timeRange": { "startTime": 1 } })), "endTime"),
        ("", kind(json!({ "timeRange": { "endTime": 1 } })), "startTime"),
        ("searchTerm=(", kind(json!({})), "special character"),
        ("", kind(json!({ "pipelineName": "[" })), "special character"),
        ("size=0", kind(json!({})), "page and size"),
        ("size=1001", kind(json!({})), "page and size"),
        ("page=-1", kind(json!({})), "page and size"),
    ] {
        let reply = ask(&harness, query, &body);
        assert!(refused(&reply).contains(part), "{query} {body}: {}", reply.text);
    }
    for (query, body) in [
        ("filterIdentifier=mine", String::new()),
        ("", kind(json!({ "executionModeFilter": "ALL" }))),
    ] {
        assert_eq!(ask(&harness, query, &body).failure(), (501, "NOT_SIMULATED".to_owned()));
    }
}

/// harness-api §12.14 for a status; that every field of a wrong kind is a 400 is invented. Null is no filter.
#[test]
fn a_filter_of_a_wrong_kind_is_refused() {
    let harness = estate();
    run(&harness, "fleet");
    let body = |kind: &str, field: &str, value: &Value| json!({ "filterType": kind, field: value }).to_string();
    let cd = |value: Value| json!({ "cd": value });
    let pipelines = "/pipeline/api/pipelines/list";
    let outline = format!("{SUMMARY}/outline");
    for (path, kind, field, values) in [
        (
            SUMMARY,
            "PipelineExecution",
            "status",
            vec![json!("Failed"), json!([5])],
        ),
        (
            SUMMARY,
            "PipelineExecution",
            "timeRange",
            vec![json!("x"), json!({ "startTime": 1.5 }), json!({ "endTime": "1" })],
        ),
        (
            SUMMARY,
            "PipelineExecution",
            "moduleProperties",
            vec![json!([]), cd(json!("x")), cd(json!({ "serviceIdentifiers": "ledger" }))],
        ),
        (
            SUMMARY,
            "PipelineExecution",
            "triggerTypes",
            vec![json!("MANUAL"), json!(["BOGUS"])],
        ),
        (SUMMARY, "PipelineExecution", "myDeployments", vec![json!("true")]),
        (SUMMARY, "PipelineExecution", "pipelineName", vec![json!(5)]),
        (SUMMARY, "PipelineExecution", "executionModeFilter", vec![json!(5)]),
        (
            SUMMARY,
            "PipelineExecution",
            "pipelineTags",
            vec![json!("x"), json!(["x"]), json!([{ "key": 5 }])],
        ),
        (pipelines, "PipelineSetup", "pipelineIdentifiers", vec![json!("x")]),
        (pipelines, "PipelineSetup", "name", vec![json!({})]),
        (pipelines, "PipelineSetup", "pipelineTags", vec![json!({})]),
        (
            pipelines,
            "PipelineSetup",
            "moduleProperties",
            vec![json!(1), cd(json!({ "serviceNames": "shop" }))],
        ),
        (&outline, "PipelineExecution", "status", vec![json!("Failed")]),
        (&outline, "PipelineExecution", "pipelineIdentifier", vec![json!(["x"])]),
        (&outline, "PipelineExecution", "lastSeenExecutionId", vec![json!(5)]),
        (&outline, "PipelineExecution", "lastSeenStartTime", vec![json!("x")]),
    ] {
        for value in values {
            let reply = harness.call("POST", path, &body(kind, field, &value));
            assert!(!refused(&reply).is_empty(), "{path} {field} {value}");
        }
        harness.call("POST", path, &body(kind, field, &Value::Null)).data();
    }
    for path in [
        format!("{SUMMARY}?myDeployments=maybe"),
        format!("{SUMMARY}?showAllExecutions=1"),
        format!("{outline}?lastSeenStartTime=x"),
    ] {
        assert!(!refused(&harness.call("POST", &path, "")).is_empty(), "{path}");
    }
    assert!(refused(&harness.call("POST", &outline, "[]")).contains("body"));
}

/// harness-api §3.4, §4.1: the order that is asked for.
#[test]
fn executions_are_sorted_as_asked() {
    let harness = estate();
    let shelf = shelf(&harness);
    for (sort, expected) in [
        ("", "wbgfcs"),
        ("&sort=startTs,DESC", "wbgfcs"),
        ("&sort=bogus,DESC", "wbgfcs"),
    ] {
        let page = harness.list(&format!("size=10{sort}"), &json!({}));
        assert_eq!(letters(&page, &shelf), expected, "{sort}");
    }
    for field in ["startTs", "endTs", "name", "status"] {
        for (direction, is_down) in [("", false), (",asc", false), (",ASC", false), (",DESC", true)] {
            let page = harness.list(&format!("sort={field}{direction}"), &json!({}));
            let rows = page["content"].as_array().unwrap();
            assert_eq!(rows.len(), shelf.len());
            let key = |row: &Value| {
                let value = &row[field];
                (value.as_i64(), value.as_str().map(str::to_owned))
            };
            let keys: Vec<_> = rows.iter().map(key).collect();
            let mut sorted = keys.clone();
            sorted.sort();
            if is_down {
                sorted.reverse();
            }
            assert_eq!(keys, sorted, "{field}{direction}");
        }
    }
    let first = harness.list("sort=startTs,ASC&size=1", &json!({}));
    assert_eq!(letters(&first, &shelf), "s", "sorted before the page is cut");
}

/// harness-api §3.4: what another run has started is listed where its pipeline is named.
#[test]
fn the_runs_of_other_runs_are_hidden() {
    let harness = estate();
    let outer = run(&harness, "chain");
    harness.advance(MINUTE);
    let shown = harness.list("", &json!({}));
    assert_eq!(shown["totalElements"], 1);
    assert_eq!(shown["content"][0]["planExecutionId"], outer);
    assert_eq!(shown["content"][0]["parentStageInfo"]["hasparentpipeline"], false);
    let child = harness.list("pipelineIdentifier=fleet", &json!({}))["content"][0].take();
    assert_eq!(child["parentStageInfo"]["executionid"], outer);
    assert_eq!(child["parentStageInfo"]["hasparentpipeline"], true);
    assert_eq!(
        harness.list("pipelineIdentifier=fleet&myDeployments=true", &json!({}))["totalElements"],
        0
    );
}

/// harness-api §0.6, §3.4
#[test]
fn the_outline_goes_on_where_it_was_left() {
    let harness = estate();
    let mut ids: Vec<String> = (0..2).map(|_| run(&harness, "fleet")).collect();
    // Three at the same time.
    let path = "/pipeline/api/pipeline/execute/fleet";
    ids.extend((0..3).map(|_| started(&harness.call("POST", path, ""))));
    run(&harness, "gate");
    ids.reverse();
    let body = json!({ "pipelineIdentifier": "fleet", "status": ["Running", "Success"] }).to_string();
    let outline = |query: &str| {
        harness
            .call("POST", &format!("{SUMMARY}/outline?size=2{query}"), &body)
            .data()
    };
    let mut page = outline("");
    assert!(page["content"][0].get("endTs").is_none(), "null fields are dropped");
    let mut found = Vec::new();
    for (size, more) in [(2, true), (2, true), (1, false)] {
        assert_eq!((&page["currentSize"], &page["hasMore"]), (&json!(size), &json!(more)));
        found.extend(
            page["content"]
                .as_array()
                .unwrap()
                .iter()
                .map(|row| row["planExecutionId"].as_str().unwrap().to_owned()),
        );
        let (id, at) = (
            page["lastSeenExecutionId"].as_str().unwrap(),
            &page["lastSeenStartTime"],
        );
        assert_eq!(id, found.last().unwrap());
        page = outline(&format!("&lastSeenExecutionId={id}&lastSeenStartTime={at}"));
    }
    assert_eq!(found, ids);
    assert_eq!(page, json!({ "content": [], "currentSize": 0, "hasMore": false }));
}

/// harness-api §3.4
#[test]
fn the_cheapest_list_has_identifiers_alone() {
    let harness = estate();
    let id = run(&harness, "fleet");
    run(&harness, "gate");
    let path = "/pipeline/api/pipelines/execution/executionSummary?pipelineIdentifier=fleet";
    let page = harness.call("POST", path, "").data();
    let row = json!({
        "planExecutionId": id, "pipelineIdentifier": "fleet", "runSequence": 1,
        "orgIdentifier": "default", "projectIdentifier": "platform",
    });
    assert_eq!(page["content"], json!([row]));
    assert_eq!((&page["totalElements"], &page["number"]), (&json!(1), &json!(0)));
}

/// harness-api §3.6, checklist 3: the list may be late.
#[test]
fn a_run_is_listed_after_a_while() {
    let harness = estate();
    harness.control("POST", "modes", &json!({ "settings": { "listLagMs": 5_000 } }));
    let id = started(&harness.call("POST", "/pipeline/api/pipeline/execute/fleet", ""));
    let outline = || harness.call("POST", &format!("{SUMMARY}/outline"), "").data()["currentSize"].take();
    for (ms, listed) in [(4_999, 0), (1, 1)] {
        harness.advance(ms);
        assert_eq!(
            (harness.list("", &json!({}))["totalElements"].clone(), outline()),
            (json!(listed), json!(listed))
        );
        assert_eq!(harness.status(&id), "Running", "its detail is there at once");
    }
}
