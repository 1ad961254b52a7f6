//! Runs of pipelines that lie in repositories, and what chooses their stages and inputs.

use harness_cd_simulator::Modes;
use harness_cd_simulator::modes::{GitCache, InputSetIdentifiers, PipelineBranchName};
use serde_json::{Value, json};

use crate::bench::{EXECUTE, bench, bench_with, custom, pipeline, summary, wait};
use crate::support::{Harness, KEY, Reply, SCOPE, pairs};

const PLACE: &str = "storeType=REMOTE&connectorRef=github&repoName=deploys&filePath=.harness/far.yaml";

/// A pipeline whose one stage is called after where it lies; with an input called `word`.
fn text(stage: &str, beside: &str) -> String {
    pipeline(
        "far",
        &format!("{WORD} {beside}"),
        &[custom(stage, "", &[wait("w", 5)])],
    )
}

const WORD: &str = "variables: [{ name: word, type: String, value: <+input> }],";

fn push(harness: &Harness, branch: Option<&str>, text: &str) {
    harness.control(
        "POST",
        "git",
        &json!({ "repo": "deploys", "branch": branch, "path": ".harness/far.yaml", "text": text }),
    );
}

/// A remote pipeline with a version on the default branch and one on `feature`.
fn remote(change: impl FnOnce(&mut Modes)) -> Harness {
    let harness = bench_with(change);
    harness
        .call(
            "POST",
            &format!("/pipeline/api/pipelines/v2?{PLACE}"),
            &text("main", ""),
        )
        .data();
    push(&harness, Some("feature"), &text("feature", ""));
    harness
}

fn execute(harness: &Harness, query: &str) -> Reply {
    harness.call("POST", &format!("{EXECUTE}/far?{query}"), "")
}

fn started(harness: &Harness, query: &str) -> String {
    execute(harness, query).data()["planExecution"]["uuid"]
        .as_str()
        .unwrap()
        .to_owned()
}

fn stage_of(harness: &Harness, id: &str) -> String {
    harness.stages(id).remove(0).0
}

/// run-inputs §7, §14.7; harness-api §1.2, §3.4 (`gitDetails`, `storeType`)
#[test]
fn a_run_reads_the_branch_that_is_named() {
    let harness = remote(|_| ());
    for (query, branch) in [
        ("", "main"),
        ("branch=__default__", "main"),
        ("branch=feature", "feature"),
        ("branch=feature&parentEntityRepoName=other", "main"),
        ("pipelineBranchName=feature", "main"),
        ("branch=feature&pipelineBranchName=main", "feature"),
    ] {
        let data = execute(&harness, query).data();
        assert_eq!(data["gitDetails"]["branch"], branch, "{query}");
        let id = data["planExecution"]["uuid"].as_str().unwrap();
        assert_eq!(stage_of(&harness, id), branch, "{query}");
        let summary = summary(&harness, id);
        let git = &summary["gitDetails"];
        assert_eq!(
            (&summary["storeType"], &git["branch"]),
            (&json!("REMOTE"), &json!(branch))
        );
        assert_eq!(
            (&git["repoName"], &git["filePath"]),
            (&json!("deploys"), &json!(".harness/far.yaml"))
        );
    }
    harness.advance(5_000);
    let of_branch = harness.list("branch=feature", &json!({}));
    assert_eq!(of_branch["totalElements"], 2);

    let honouring = remote(|modes| modes.pipeline_branch_name = PipelineBranchName::Honoured);
    assert_eq!(
        stage_of(&honouring, &started(&honouring, "pipelineBranchName=feature")),
        "feature"
    );
}

/// run-inputs §7: neither branch nor path is told from the other; nothing starts.
#[test]
fn a_branch_without_the_file_starts_nothing() {
    let harness = remote(|_| ());
    let refused = execute(&harness, "branch=gone");
    assert_eq!(refused.failure(), (400, "SCM_BAD_REQUEST".to_owned()));
    let body = refused.json();
    assert_eq!(
        (refused.causes(), &body["message"]),
        (
            ["HINT", "EXPLANATION", "SCM_BAD_REQUEST"].map(str::to_owned).to_vec(),
            &json!("File not found")
        )
    );
    push(&harness, None, "pipeline: [");
    assert_eq!(execute(&harness, "").failure(), (400, "INVALID_YAML_ERROR".to_owned()));
    harness.advance(5_000);
    assert_eq!(harness.list("", &json!({}))["totalElements"], 0);
}

fn form(harness: &Harness, path: &str, body: &str, cached: bool) -> Value {
    let cached = if cached { "true" } else { "false" };
    let headers = [
        ("x-api-key", KEY),
        ("content-type", "application/json"),
        ("load-from-cache", cached),
    ];
    let method = if body.is_empty() { "GET" } else { "POST" };
    harness
        .send(
            method,
            &format!("{path}&pipelineIdentifier=far&{SCOPE}"),
            &headers,
            body,
        )
        .data()
}

/// run-inputs §7, §14.7: form and run may see different YAML; template, merge and the list of stages read as get does.
#[test]
fn a_form_from_the_cache_may_be_older_than_the_run() {
    for (mode, cached) in [(GitCache::Stale, "old"), (GitCache::Fresh, "new")] {
        let harness = bench_with(|modes| modes.git_cache = mode);
        let chooses =
            |stage: &str| text(stage, "allowStageExecutions: true,").replace("word", &format!("word_{stage}"));
        harness
            .call("POST", &format!("/pipeline/api/pipelines/v2?{PLACE}"), &chooses("old"))
            .data();
        push(&harness, None, &chooses("new"));
        push(&harness, Some("feature"), &chooses("feature"));
        let [template, merge, stages] = [
            "inputSets/template?",
            "inputSets/merge?",
            "pipeline/execute/stagesExecutionList?",
        ];
        for (query, from_cache, stage) in [
            ("", true, cached),
            ("", false, "new"),
            ("branch=feature", false, "feature"),
        ] {
            let path = |call: &str| format!("/pipeline/api/{call}{query}");
            let asked = form(&harness, &path(template), "{}", from_cache)["inputSetTemplateYaml"]
                .as_str()
                .unwrap()
                .to_owned();
            assert!(asked.contains(&format!("word_{stage}")), "{mode:?} {stage}: {asked}");
            let merged = form(&harness, &path(merge), r#"{"inputSetReferences":[]}"#, from_cache)["pipelineYaml"]
                .as_str()
                .unwrap()
                .to_owned();
            assert!(merged.contains(&format!("word_{stage}")), "{mode:?} {stage}: {merged}");
            assert_eq!(
                form(&harness, &path(stages), "", from_cache)[0]["stageIdentifier"],
                stage,
                "{mode:?}"
            );
        }
        assert_eq!(stage_of(&harness, &started(&harness, "")), "new", "a run reads afresh");
    }
}

/// A pipeline of three stages of which some may be chosen.
fn choosable(harness: &Harness, beside: &str) {
    let reads = "when: { pipelineStatus: All, condition: '<+pipeline.stages.a.spec.output.x> == \"1\"' },";
    let stages = [
        custom("a", "", &[wait("wa", 5)]),
        custom("b", reads, &[wait("wb", 5)]),
        custom("c", "", &[wait("wc", 5)]),
    ];
    crate::bench::save(harness, "p", &format!("{WORD} {beside}"), &stages);
}

/// run-inputs §1.5; harness-api §3.2, §3.4 (`stagesExecution`, `stagesExecuted`)
#[test]
fn chosen_stages_run_alone() {
    let harness = bench();
    choosable(&harness, "allowStageExecutions: true,");
    let run = |body: Value| harness.call("POST", &format!("{EXECUTE}/p/stages"), &body.to_string());
    let id = |reply: Reply| reply.data()["planExecution"]["uuid"].as_str().unwrap().to_owned();
    let word = "pipeline: { identifier: p, variables: [{ name: word, type: String, value: hi }] }";
    let values = json!({ "<+pipeline.stages.a.spec.output.x>": "1" });
    let chosen = id(run(
        json!({ "stageIdentifiers": ["b"], "runtimeInputYaml": word, "expressionValues": values }),
    ));
    harness.advance(60_000);
    assert_eq!(
        harness.stages(&chosen),
        pairs(&[("b", "Success")]),
        "the value stands for the stage that was not chosen"
    );
    let told = summary(&harness, &chosen);
    assert_eq!(
        (&told["stagesExecution"], &told["stagesExecuted"]),
        (&json!(true), &json!(["b"]))
    );
    assert_eq!(
        (&told["allowStageExecutions"], &told["totalStagesCount"]),
        (&json!(true), &json!(1))
    );
    let all = id(run(json!({ "stageIdentifiers": [] })));
    assert_eq!(harness.stages(&all).len(), 3, "an empty list runs all");
    assert_eq!(summary(&harness, &all)["stagesExecution"], false);
    for (body, message) in [
        (
            json!({ "stageIdentifiers": ["none"] }),
            "All the stages asked to be executed either don't exist",
        ),
        (
            json!({ "stageIdentifiers": ["b"], "expressionValues": { "x": "1" } }),
            "x is not a syntactically valid pipeline expression. Is the expression surrounded by <+ >?",
        ),
    ] {
        let refused = run(body);
        assert_eq!(refused.status, 400);
        assert!(
            refused.json()["message"].as_str().unwrap().contains(message),
            "{}",
            refused.text
        );
    }
    let closed = bench();
    choosable(&closed, "");
    let refused = closed.call("POST", &format!("{EXECUTE}/p/stages"), r#"{"stageIdentifiers":["b"]}"#);
    assert_eq!(refused.status, 400);
    assert!(
        refused
            .text
            .contains("Stage executions are not allowed for pipeline [p]"),
        "{}",
        refused.text
    );
}

/// The value that a run gave to `word`, as its record says.
fn word_of(harness: &Harness, id: &str) -> Option<String> {
    let yaml = harness
        .call("GET", &format!("/pipeline/api/pipelines/execution/{id}/inputsetV2"), "")
        .data()["inputSetYaml"]
        .take();
    let yaml: Value = serde_saphyr::from_str(yaml.as_str().unwrap()).unwrap_or_default();
    yaml.pointer("/pipeline/variables/0/value")
        .and_then(Value::as_str)
        .map(str::to_owned)
}

fn input_sets(harness: &Harness) {
    choosable(harness, "allowStageExecutions: true,");
    for (id, word) in [("first", "one"), ("second", "two")] {
        let yaml = format!(
            "inputSet: {{ name: {id}, identifier: {id}, pipeline: {{ identifier: p, variables: [{{ name: word, type: String, value: {word} }}] }} }}"
        );
        harness
            .call("POST", "/pipeline/api/inputSets?pipelineIdentifier=p", &yaml)
            .data();
    }
}

/// run-inputs §6, §14.6: merged in their order, then `lastYamlToMerge`; all stages run.
#[test]
fn a_list_of_input_sets_is_merged_and_runs_all_stages() {
    let harness = bench();
    input_sets(&harness);
    let run = |body: Value| {
        let data = harness
            .call("POST", &format!("{EXECUTE}/p/inputSetList"), &body.to_string())
            .data();
        data["planExecution"]["uuid"].as_str().unwrap().to_owned()
    };
    let last = "pipeline: { identifier: p, variables: [{ name: word, type: String, value: three }] }";
    for (body, word) in [
        (json!({ "inputSetReferences": ["first", "second"] }), "two"),
        (json!({ "inputSetReferences": ["second", "none", "first"] }), "one"),
        (
            json!({ "inputSetReferences": ["first"], "lastYamlToMerge": last }),
            "three",
        ),
    ] {
        assert_eq!(word_of(&harness, &run(body.clone())).as_deref(), Some(word), "{body}");
    }
    let id = run(json!({ "inputSetReferences": ["first"], "stageIdentifiers": ["b"] }));
    assert_eq!(harness.stages(&id).len(), 3);
    harness.advance(5_000);
    let named = harness.list("", &json!({ "inputSetIdentifiers": ["second"] }));
    assert_eq!(named["totalElements"], 2);
}

/// run-inputs §6, §14.6, §15: for the record; that the values are applied is a mode.
#[test]
fn named_input_sets_are_recorded_and_applied_by_mode() {
    let query = "inputSetIdentifiers=first&inputSetIdentifiers=second";
    for (mode, word) in [
        (InputSetIdentifiers::Recorded, None),
        (InputSetIdentifiers::Applied, Some("two")),
    ] {
        let harness = bench_with(|modes| modes.input_set_identifiers = mode);
        input_sets(&harness);
        let data = harness.call("POST", &format!("{EXECUTE}/p?{query}"), "").data();
        let id = data["planExecution"]["uuid"].as_str().unwrap();
        assert_eq!(word_of(&harness, id).as_deref(), word);
        let details = harness
            .call("GET", &format!("/pipeline/api/pipelines/execution/{id}/inputsetV2"), "")
            .data()["inputSetDetails"]
            .take();
        assert_eq!(
            crate::bench::each(details.as_array().unwrap(), "/identifier"),
            ["first", "second"]
        );
    }
}

/// harness-api §2 (`stagesToExecute`, `pipelineBranchName`, `inputYaml`), §2.2, §3.4 (`executionTriggerInfo`), §12.17
#[test]
fn a_webhook_starts_the_stages_of_a_branch_with_values_of_its_payload() {
    let harness = remote(|_| ());
    let stages = [custom("a", "", &[wait("wa", 5)]), custom("b", "", &[wait("wb", 5)])];
    push(
        &harness,
        Some("feature"),
        &pipeline("far", &format!("{WORD} allowStageExecutions: true,"), &stages),
    );
    let trigger = "trigger: { name: Pushed, identifier: pushed, enabled: true, orgIdentifier: default, projectIdentifier: platform, \
        pipelineIdentifier: far, stagesToExecute: [b], pipelineBranchName: <+trigger.payload.branch>, source: { type: Webhook, spec: { \
        type: Custom, spec: { payloadConditions: [], headerConditions: [] } } }, inputYaml: \"pipeline: { identifier: far, variables: \
        [{ name: word, type: String, value: <+trigger.payload.word> }] }\" }";
    let created = harness
        .call("POST", "/pipeline/api/triggers?targetIdentifier=far", trigger)
        .data();
    let url = created["webhookUrl"].as_str().unwrap();
    let path = format!("/gateway{}", url.split_once("/gateway").unwrap().1);
    let fire = |branch: &str| {
        let payload = json!({ "branch": branch, "word": "from afar" }).to_string();
        let data = harness
            .send("POST", &path, &[("content-type", "application/json")], &payload)
            .data();
        harness.advance(2_000);
        let event = data["eventCorrelationId"].as_str().unwrap().to_owned();
        let query = format!("/pipeline/api/webhook/triggerExecutionDetails/{event}?accountIdentifier=demo-account");
        (event, harness.send("GET", &query, &[], "").data())
    };
    let (event, details) = fire("feature");
    let run = &details["executionDetails"]["pipelineExecutionSummary"];
    assert_eq!(
        details["webhookProcessingDetails"]["status"], "TARGET_EXECUTION_REQUESTED",
        "{details}"
    );
    let id = run["planExecutionId"].as_str().unwrap();
    assert_eq!(details["webhookProcessingDetails"]["pipelineExecutionId"], id);
    assert_eq!(
        (
            stage_of(&harness, id).as_str(),
            harness.stages(id).len(),
            &run["gitDetails"]["branch"]
        ),
        ("b", 1, &json!("feature"))
    );
    assert_eq!(word_of(&harness, id).as_deref(), Some("from afar"));
    let info = &run["executionTriggerInfo"];
    assert_eq!(
        (&info["triggerType"], &info["triggeredBy"]["identifier"]),
        (&json!("WEBHOOK_CUSTOM"), &json!("pushed"))
    );
    let extra = &info["triggeredBy"]["extraInfo"];
    assert_eq!(
        (&extra["eventCorrelationId"], &extra["triggerRef"]),
        (&json!(event), &json!("demo-account/default/platform/pushed"))
    );
    assert!(
        details["webhookProcessingDetails"]["runtimeInput"]
            .as_str()
            .unwrap()
            .contains("from afar")
    );

    for (branch, message) in [("gone", "File not found"), ("main", "Stage executions are not allowed")] {
        let (_, details) = fire(branch);
        let details = &details["webhookProcessingDetails"];
        assert_eq!(details["status"], "TARGET_DID_NOT_EXECUTE", "{branch}");
        assert!(details["message"].as_str().unwrap().contains(message), "{details}");
    }
}
