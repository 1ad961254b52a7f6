//! Pipelines that lie in repositories.

use harness_cd_simulator::modes::{GitCache, MissingParameter};
use serde_json::{Value, json};

use crate::support::{Harness, KEY, Reply, SCOPE};

const CREATE: &str = "/pipeline/api/pipelines/v2";
const PLACE: &str = "storeType=REMOTE&connectorRef=github&repoName=deploys&filePath=.harness/far.yaml";

fn text(name: &str) -> String {
    format!("pipeline:\n  name: {name}\n  identifier: far\n  stages: []\n")
}

fn create(harness: &Harness, query: &str) -> Reply {
    harness.call("POST", &format!("{CREATE}?{PLACE}{query}"), &text("first"))
}

fn get(harness: &Harness, query: &str) -> Reply {
    harness.call("GET", &format!("/pipeline/api/pipelines/far?{query}"), "")
}

fn update(harness: &Harness, query: &str, name: &str) -> Reply {
    harness.call("PUT", &format!("{CREATE}/far?{query}"), &text(name))
}

fn name_read(reply: &Reply) -> String {
    let yaml = reply.data()["yamlPipeline"].as_str().unwrap().to_owned();
    yaml.lines().nth(1).unwrap().replace("  name: ", "")
}

/// run-inputs §7, §14.7
#[test]
fn without_a_branch_the_default_branch_is_read() {
    let harness = Harness::start();
    assert_eq!(create(&harness, "").data()["identifier"], "far");
    update(
        &harness,
        "branch=feature&isNewBranch=true&baseBranch=main",
        "on feature",
    )
    .data();
    for (query, name) in [
        ("", "first"),
        ("branch=__default__", "first"),
        ("branch=main", "first"),
        ("branch=feature", "on feature"),
        // Another repository of the parent: the branch says nothing about this one.
        ("branch=feature&parentEntityRepoName=other", "first"),
        ("branch=feature&parentEntityRepoName=deploys", "on feature"),
        // `pipelineBranchName` is for runs.
        ("pipelineBranchName=feature", "first"),
    ] {
        assert_eq!(name_read(&get(&harness, query)), name, "{query}");
    }
    let shown = get(&harness, "branch=feature").data();
    assert_eq!(
        (&shown["storeType"], &shown["connectorRef"]),
        (&json!("REMOTE"), &json!("github"))
    );
    let git = &shown["gitDetails"];
    assert_eq!(
        (&git["branch"], &git["repoName"]),
        (&json!("feature"), &json!("deploys"))
    );
    assert_ne!(git["objectId"], get(&harness, "").data()["gitDetails"]["objectId"]);
    // What Harness itself knows follows the default branch.
    let item = harness.call("GET", "/pipeline/api/pipelines/summary/far", "").data();
    assert_eq!(
        (&item["name"], &item["gitDetails"]["repoName"]),
        (&json!("first"), &json!("deploys"))
    );
}

/// run-inputs §7: a wrong branch is not told from a wrong path.
#[test]
fn a_missing_file_is_an_error_of_the_repository() {
    let harness = Harness::start();
    create(&harness, "").data();
    for reply in [get(&harness, "branch=gone"), update(&harness, "branch=gone", "x")] {
        let body = reply.json();
        assert_eq!(
            (reply.status, reply.causes()),
            (
                400,
                ["HINT", "EXPLANATION", "SCM_BAD_REQUEST"].map(str::to_owned).to_vec()
            )
        );
        assert_eq!(body["message"], "File not found");
    }
}

/// run-inputs §7
#[test]
fn the_fallback_is_the_branch_of_the_creation() {
    let harness = Harness::start();
    create(&harness, "&branch=feature").data();
    assert_eq!(get(&harness, "").failure(), (400, "SCM_BAD_REQUEST".to_owned()));
    assert_eq!(name_read(&get(&harness, "loadFromFallbackBranch=true")), "first");
    assert_eq!(
        name_read(&get(&harness, "loadFromFallbackBranch=true&branch=gone")),
        "first"
    );
}

/// harness-api §1
#[test]
fn a_file_can_be_imported_and_outlives_its_pipeline() {
    let harness = Harness::start();
    let import =
        |query: &str, body: &str| harness.call("POST", &format!("/pipeline/api/pipelines/import?{PLACE}{query}"), body);
    assert_eq!(import("", "").failure(), (400, "SCM_BAD_REQUEST".to_owned()));
    create(&harness, "").data();
    assert_eq!(import("", "").failure(), (400, "DUPLICATE_FIELD".to_owned()));
    harness.call("DELETE", "/pipeline/api/pipelines/far", "").data();
    assert_eq!(get(&harness, "").status, 404);
    let imported = import("", r#"{"pipelineName":"first","pipelineDescription":""}"#).data();
    assert_eq!(imported, json!({ "identifier": "far" }));
    assert_eq!(name_read(&get(&harness, "")), "first");
}

/// harness-api §1, §12.20
#[test]
fn a_remote_pipeline_needs_its_place() {
    let harness = Harness::with_modes(|modes| modes.missing_parameter = MissingParameter::ByField);
    let incomplete = harness.call(
        "POST",
        &format!("{CREATE}?storeType=REMOTE&repoName=deploys"),
        &text("x"),
    );
    let fields = incomplete.json()["errors"].take();
    let fields: Vec<&str> = fields
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|error| error["fieldId"].as_str())
        .collect();
    assert_eq!((incomplete.status, fields), (400, vec!["filePath", "connectorRef"]));
    let own = "storeType=REMOTE&repoName=deploys&filePath=a.yaml&isHarnessCodeRepo=true";
    harness.call("POST", &format!("{CREATE}?{own}"), &text("x")).data();
    assert_eq!(
        harness
            .call("POST", &format!("{CREATE}?storeType=ELSEWHERE"), &text("x"))
            .status,
        400
    );
    // What Harness says of a change that would be overwritten is not known.
    let stale = update(&harness, "lastObjectId=0123", "y");
    assert_eq!(stale.status, 501, "{}", stale.text);
    let object = get(&harness, "").data()["gitDetails"]["objectId"]
        .as_str()
        .unwrap()
        .to_owned();
    assert_eq!(update(&harness, &format!("lastObjectId={object}"), "y").status, 200);
}

/// Changes the file on the default branch behind Harness's back.
fn change_in_repository(harness: &Harness, text: &str) {
    let mut dump = harness.control("GET", "dump", &Value::Null);
    dump["world"]["git"]["deploys"]["branches"]["main"][".harness/far.yaml"] = json!(text);
    harness.control("POST", "restore", &dump);
}

fn cached(harness: &Harness) -> Reply {
    let headers = [("x-api-key", KEY), ("load-from-cache", "true")];
    harness.send("GET", &format!("/pipeline/api/pipelines/far?{SCOPE}"), &headers, "")
}

/// run-inputs §7, §14.7: the cache may be older than what a run reads.
#[test]
fn the_cache_is_asked_by_a_header_and_may_be_stale() {
    for (mode, name, state) in [
        (GitCache::Fresh, "second", "VALID_CACHE"),
        (GitCache::Stale, "first", "STALE_CACHE"),
    ] {
        let harness = Harness::with_modes(|modes| modes.git_cache = mode);
        create(&harness, "").data();
        assert_eq!(cached(&harness).data()["cacheResponse"]["cacheState"], "VALID_CACHE");
        change_in_repository(&harness, &text("second"));
        assert_eq!(get(&harness, "").data().get("cacheResponse"), None);
        assert_eq!(name_read(&get(&harness, "")), "second");
        assert_eq!(name_read(&cached(&harness)), name);
        assert_eq!(cached(&harness).data()["cacheResponse"]["cacheState"], state);
        // What Harness writes itself it knows.
        update(&harness, "", "third").data();
        assert_eq!(name_read(&cached(&harness)), "third");
    }
}

/// run-inputs §7: template, merge and the list of stages read the branch that is asked for, from the cache or not.
#[test]
fn what_is_asked_for_is_read_from_the_branch_too() {
    let asking = |variable: &str| {
        format!(
            "pipeline:\n  identifier: far\n  allowStageExecutions: true\n  variables:\n    - {{ name: {variable}, type: \
             String, value: <+input> }}\n  stages:\n    - stage: {{ identifier: {variable}_stage, type: Custom }}\n"
        )
    };
    let harness = Harness::with_modes(|modes| modes.git_cache = GitCache::Stale);
    harness
        .call("POST", &format!("{CREATE}?{PLACE}"), &asking("first"))
        .data();
    let branch = "branch=feature&isNewBranch=true&baseBranch=main";
    harness
        .call("PUT", &format!("{CREATE}/far?{branch}"), &asking("other"))
        .data();
    change_in_repository(&harness, &asking("second"));
    for (query, cached, name) in [
        ("", "false", "second"),
        ("&branch=feature", "false", "other"),
        ("", "true", "first"),
    ] {
        let ask = |method: &str, path: &str, body: &str| {
            let headers = [
                ("x-api-key", KEY),
                ("load-from-cache", cached),
                ("content-type", "application/json"),
            ];
            let path = format!("/pipeline/api/{path}?{SCOPE}&pipelineIdentifier=far{query}");
            harness.send(method, &path, &headers, body).data().to_string()
        };
        for told in [
            ask("POST", "inputSets/template", "{}"),
            ask("POST", "inputSets/merge", "{}"),
            ask("GET", "pipeline/execute/stagesExecutionList", ""),
        ] {
            let others = ["first", "second", "other"].into_iter().filter(|other| *other != name);
            assert!(
                told.contains(name) && !others.into_iter().any(|other| told.contains(other)),
                "{name}: {told}"
            );
        }
    }
}

/// harness-api §1.2: an invalid remote YAML is a success.
#[test]
fn a_file_that_is_no_pipeline_is_told_in_a_success() {
    let harness = Harness::start();
    create(&harness, "").data();
    for broken in ["pipeline: [", "service: {}"] {
        change_in_repository(&harness, broken);
        let shown = get(&harness, "getTemplatesResolvedPipeline=true").data();
        assert_eq!(
            shown["entityValidityDetails"],
            json!({ "valid": false, "invalidYaml": broken })
        );
        assert_eq!(shown["yamlPipeline"], broken);
        assert!(
            shown["yamlSchemaErrorWrapper"]["schemaErrors"][0]["message"].is_string(),
            "{shown}"
        );
        assert_eq!(
            (shown.get("version"), shown.get("resolvedTemplatesPipelineYaml")),
            (None, None)
        );
        let headers = [("x-api-key", KEY), ("harness-account", "demo-account")];
        let v1 = harness
            .send("GET", "/v1/orgs/default/projects/platform/pipelines/far", &headers, "")
            .json();
        assert_eq!((&v1["valid"], &v1["pipeline_yaml"]), (&json!(false), &json!(broken)));
        assert!(v1["yaml_error_wrapper"].is_array(), "{v1}");
    }
}
