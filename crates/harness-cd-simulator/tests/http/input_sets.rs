use harness_cd_simulator::Options;
use harness_cd_simulator::modes::TemplateFields;
use serde_json::{Value, json};

use crate::support::{Harness, KEY, SCOPE, options};

const ASKING: &str = "
pipeline:
  identifier: asking
  name: Asking
  orgIdentifier: default
  projectIdentifier: platform
  allowStageExecutions: true
  properties: {ci: {codebase: {connectorRef: git, build: <+input>}}}
  variables:
    - {name: tag, type: String, description: what to deploy, required: true, default: latest, value: '<+input>.regex([a-z0-9.]+)'}
    - {name: fixed, type: String, value: x}
  stages:
    - stage:
        identifier: build
        name: Build
        type: Custom
        spec: {command: <+input>}
    - parallel:
        - stage:
            identifier: deploy
            name: Deploy
            type: Deployment
            spec:
              service: {useFromStage: {stage: build}}
              environment: {environmentRef: e, environmentInputs: <+input>}
              note: <+pipeline.stages.build.spec.command>
    - stage: {identifier: gate, name: Gate, type: Approval, spec: {}}
";

const FIXED: &str = "
pipeline: {identifier: fixed, name: Fixed, orgIdentifier: default, projectIdentifier: platform, stages: []}
";

const FILES: [(&str, &str); 2] = [("asking.yaml", ASKING), ("fixed.yaml", FIXED)];

/// A simulator with two pipelines: one that asks, one that does not.
fn harness(change: impl FnOnce(&mut Options)) -> Harness {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in FILES {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    let mut options = Options {
        entities: folder.path().to_owned(),
        ..options()
    };
    change(&mut options);
    Harness::start_with(options)
}

fn set(identifier: &str, pipeline: &str) -> String {
    format!(
        "inputSet:\n  identifier: {identifier}\n  name: The {identifier}\n  tags: {{a: b}}\n  orgIdentifier: default\n  \
         projectIdentifier: platform\n  pipeline: {pipeline}\n"
    )
}

/// An input set that gives the variable `tag`.
fn tag_set(identifier: &str, tag: &str) -> String {
    set(
        identifier,
        &format!("{{identifier: asking, variables: [{{name: tag, type: String, value: '{tag}'}}]}}"),
    )
}

fn overlay(identifier: &str, references: &str) -> String {
    format!(
        "overlayInputSet: {{identifier: {identifier}, name: O, orgIdentifier: default, projectIdentifier: platform, \
         pipelineIdentifier: asking, inputSetReferences: [{references}]}}"
    )
}

fn on(path: &str) -> String {
    format!("/pipeline/api/inputSets{path}?pipelineIdentifier=asking")
}

fn create(harness: &Harness, sets: &[String]) {
    for set in sets {
        harness.call("POST", &on(""), set).data();
    }
}

fn template(harness: &Harness, pipeline: &str, body: &Value) -> Value {
    let path = format!("/pipeline/api/inputSets/template?pipelineIdentifier={pipeline}");
    harness.call("POST", &path, &body.to_string()).data()
}

fn merge(harness: &Harness, body: &Value) -> Value {
    harness.call("POST", &on("/merge"), &body.to_string()).data()
}

/// run-inputs §1.2, §14.1; harness-api §3.1
#[test]
fn the_template_holds_what_is_asked_for() {
    let harness = harness(|_| {});
    let whole = template(&harness, "asking", &json!({ "stageIdentifiers": [] }));
    let text = whole["inputSetTemplateYaml"].as_str().unwrap();
    for kept in [
        "identifier: asking",
        "name: tag",
        "default: latest",
        "build: <+input>",
        "parallel:",
        "environmentInputs",
    ] {
        assert!(text.contains(kept), "{kept}: {text}");
    }
    for dropped in [
        "fixed",
        "connectorRef",
        "environmentRef",
        "gate",
        "description",
        "required",
    ] {
        assert!(!text.contains(dropped), "{dropped}: {text}");
    }
    assert_eq!(
        (&whole["modules"], &whole["hasInputSets"]),
        (&json!(["cd", "pms"]), &json!(false))
    );
    assert_eq!(whole.get("replacedExpressions"), None);
    assert_eq!(whole.get("inputsMetadata"), None);
    create(&harness, &[tag_set("one", "v1")]);
    assert_eq!(template(&harness, "asking", &Value::Null)["hasInputSets"], true);
    assert_eq!(
        template(&harness, "fixed", &json!({})).get("inputSetTemplateYaml"),
        None
    );
}

/// run-inputs §1.2, §14.5: chosen stages, the codebase, the newer fields.
#[test]
fn chosen_stages_have_a_template_of_their_own() {
    let harness = harness(|options| options.modes.template_fields = TemplateFields::Newer);
    let chosen = template(
        &harness,
        "asking",
        &json!({ "stageIdentifiers": ["deploy", "unknown"] }),
    );
    let text = chosen["inputSetTemplateYaml"].as_str().unwrap();
    assert!(
        text.contains("identifier: deploy") && !text.contains("command") && !text.contains("codebase"),
        "{text}"
    );
    let read = json!(["<+pipeline.stages.build.spec.command>"]);
    assert_eq!(chosen["replacedExpressions"], read);
    assert_eq!(chosen["replacedExpressionsPerStage"], json!({ "deploy": read }));
    let metadata = json!([{ "description": "what to deploy", "required": true }]);
    assert_eq!(chosen["inputsMetadata"][0]["inputsMetadataList"], metadata);
    let body = json!({ "stageIdentifiers": ["unknown"] }).to_string();
    let refused = harness.call("POST", &on("/template"), &body);
    assert_eq!(refused.failure(), (400, "INVALID_REQUEST".to_owned()));
    assert!(
        refused.text.contains("don't exist or they have been deleted"),
        "{}",
        refused.text
    );
}

/// run-inputs §1.5
#[test]
fn the_list_of_stages_tells_which_need_others() {
    let harness = harness(|_| {});
    let list = |pipeline: &str| {
        let path = "/pipeline/api/pipeline/execute/stagesExecutionList?pipelineIdentifier=";
        harness.call("GET", &format!("{path}{pipeline}"), "").data()
    };
    let stages = list("asking");
    let expected =
        json!({ "stageIdentifier": "build", "stageName": "Build", "toBeBlocked": false, "stagesRequired": [] });
    assert_eq!(stages[0], expected);
    assert_eq!(
        (&stages[1]["toBeBlocked"], &stages[1]["stagesRequired"]),
        (&json!(true), &json!(["build"]))
    );
    assert!(stages[1]["message"].as_str().unwrap().contains("[build]"));
    assert!(stages[2]["message"].as_str().unwrap().contains("redundant"));
    assert_eq!(list("fixed"), json!([]));
}

/// run-inputs §6; harness-api §3.3, §12.12, §12.13
#[test]
fn input_sets_live_and_die() {
    let harness = harness(|_| {});
    let created = harness.call("POST", &on(""), &tag_set("one", "v1")).data();
    assert_eq!(
        (&created["identifier"], &created["version"], &created["tags"]),
        (&json!("one"), &json!(1), &json!({ "a": "b" }))
    );
    assert_eq!(
        (&created["outdated"], &created["errorResponse"]),
        (&json!(false), &json!(false))
    );
    assert_eq!(created.get("inputSetErrorWrapper"), None);
    let twice = harness.call("POST", &on(""), &tag_set("one", "v1"));
    assert_eq!(twice.failure(), (400, "DUPLICATE_FIELD".to_owned()));
    let updated = harness.call("PUT", &on("/one"), &tag_set("one", "v2")).data();
    assert_eq!(updated["version"], 2);
    assert!(
        harness.call("GET", &on("/one"), "").data()["inputSetYaml"]
            .as_str()
            .unwrap()
            .contains("v2")
    );
    assert_eq!(harness.call("DELETE", &on("/one"), "").data(), json!(true));
    for (method, body) in [
        ("GET", String::new()),
        ("DELETE", String::new()),
        ("PUT", tag_set("one", "v1")),
    ] {
        let gone = harness.call(method, &on("/one"), &body);
        assert_eq!(gone.failure(), (400, "INVALID_REQUEST".to_owned()), "{method}");
        assert!(
            gone.text
                .contains("InputSet with the given ID: one does not exist or has been deleted"),
            "{}",
            gone.text
        );
    }
}

/// run-inputs §6 [CORE InputSetValidationHelper]: what is checked when a set is written.
#[test]
fn an_input_set_names_itself_and_its_pipeline() {
    let harness = harness(|_| {});
    for (body, message) in [
        (
            set("one", "{identifier: other, variables: []}"),
            "Pipeline identifier in input set does not match",
        ),
        (set("one", "{variables: []}"), "Pipeline identifier is missing"),
        (set("one", "~"), "provides no values"),
        ("inputSet: {name: x}".to_owned(), "Identifier cannot be empty"),
        (
            "inputSet: {identifier: x, pipeline: {identifier: asking}}".to_owned(),
            "Name cannot be empty",
        ),
    ] {
        let refused = harness.call("POST", &on(""), &body);
        assert_eq!(refused.status, 400, "{body}");
        assert!(refused.text.contains(message), "{}", refused.text);
    }
    let unnamed = harness.call("POST", "/pipeline/api/inputSets", &tag_set("one", "v1"));
    assert_eq!(unnamed.json()["errors"][0]["fieldId"], "pipelineIdentifier");
}

/// run-inputs §6, §14.6: two names of paging, no flags; harness-api §0.6.
#[test]
fn the_list_pages_by_its_own_names_and_tells_no_flags() {
    let harness = harness(|_| {});
    for (identifier, tag) in [("one", "v1"), ("two", "NOT FITTING"), ("three", "v3")] {
        create(&harness, &[tag_set(identifier, tag)]);
        harness.advance(1_000);
    }
    harness
        .call("POST", &on("/overlay"), &overlay("both", "one, two"))
        .data();
    let list = |query: &str| harness.call("GET", &format!("{}{query}", on("")), "").data();
    let identifiers = |query: &str| {
        let page = list(query);
        let items = page["content"]
            .as_array()
            .unwrap()
            .iter()
            .map(|item| item["identifier"].as_str().unwrap().to_owned());
        (items.collect::<Vec<_>>(), page["totalItems"].as_u64().unwrap())
    };
    let expected = |items: &[&str], total| (items.iter().map(|item| (*item).to_owned()).collect::<Vec<_>>(), total);
    for (query, items, total) in [
        ("", vec!["both", "three", "two", "one"], 4),
        ("&pageIndex=1&pageSize=3", vec!["one"], 4),
        ("&page=1&size=3", vec!["both", "three", "two", "one"], 4),
        ("&inputSetType=INPUT_SET", vec!["three", "two", "one"], 3),
        ("&inputSetType=OVERLAY_INPUT_SET", vec!["both"], 1),
        ("&searchTerm=THE%20T", vec!["three", "two"], 2),
    ] {
        assert_eq!(identifiers(query), expected(&items, total), "{query}");
    }
    let two = &list("")["content"][2];
    assert_eq!(
        (&two["inputSetType"], &two["entityValidityDetails"]["valid"]),
        (&json!("INPUT_SET"), &json!(true))
    );
    assert_eq!((two.get("isOutdated"), two.get("inputSetErrorDetails")), (None, None));
}

/// run-inputs §6: what does not fit is told when a set is read, in a 200.
#[test]
fn an_input_set_that_does_not_fit_says_where() {
    let harness = harness(|_| {});
    create(
        &harness,
        &[set(
            "wrong",
            "{identifier: asking, timeout: 1d, variables: [{name: tag, type: Number, value: 'NO'}]}",
        )],
    );
    let read = harness.call("GET", &on("/wrong"), "").data();
    assert_eq!(
        (&read["errorResponse"], &read["entityValidityDetails"]["valid"]),
        (&json!(true), &json!(false))
    );
    let errors = &read["inputSetErrorWrapper"]["uuidToErrorResponseMap"];
    let message = |place: &str| {
        errors[place]["errors"][0]["message"]
            .as_str()
            .unwrap_or_else(|| panic!("{errors}"))
            .to_owned()
    };
    assert_eq!(message("pipeline.timeout"), "Field not a runtime input");
    assert!(message("pipeline.variables.tag").contains("does not match the required regex pattern"));
    assert!(message("pipeline.variables.tag.type").contains("but the input set has it as \"Number\""));
    assert_eq!(errors["pipeline.timeout"]["errors"][0]["fieldName"], "timeout");
    assert_eq!(
        errors["pipeline.timeout"]["errors"][0]["identifierOfErrorSource"],
        "wrong"
    );
    let wrong = read["inputSetErrorWrapper"]["errorPipelineYaml"].as_str().unwrap();
    assert!(wrong.contains("pipeline.variables.tag"), "{wrong}");
}

/// run-inputs §6: the reasons of an overlay.
#[test]
fn an_overlay_tells_which_references_are_wrong() {
    let harness = harness(|_| {});
    create(&harness, &[tag_set("one", "v1"), tag_set("wrong", "NOT FITTING")]);
    let made = harness
        .call("POST", &on("/overlay"), &overlay("both", "one, wrong"))
        .data();
    assert_eq!(made["inputSetReferences"], json!(["one", "wrong"]));
    for references in ["gone", "both"] {
        let refused = harness.call("POST", &on("/overlay"), &overlay("more", references));
        assert_eq!(refused.failure(), (400, "INVALID_OVERLAY_INPUT_SET".to_owned()));
    }
    assert_eq!(harness.call("POST", &on("/overlay"), &overlay("none", "")).status, 400);
    let invalid =
        |harness: &Harness| harness.call("GET", &on("/overlay/both"), "").data()["invalidInputSetReferences"].clone();
    assert_eq!(
        invalid(&harness),
        json!({ "wrong": "Reference is an invalid Input Set" })
    );
    harness.call("DELETE", &on("/one"), "").data();
    let reasons = json!({ "one": "Reference does not exist", "wrong": "Reference is an invalid Input Set" });
    assert_eq!(invalid(&harness), reasons);
    let read = harness.call("GET", &on("/overlay/both"), "").data();
    assert!(
        read["overlayInputSetYaml"]
            .as_str()
            .unwrap()
            .starts_with("overlayInputSet:")
    );
}

/// run-inputs §6: precedence, unknown references.
#[test]
fn a_later_set_wins_and_the_last_yaml_over_all() {
    let harness = harness(|_| {});
    create(
        &harness,
        &[tag_set("one", "v1"), tag_set("two", "v2"), tag_set("open", "<+input>")],
    );
    harness
        .call("POST", &on("/overlay"), &overlay("both", "two, one"))
        .data();
    let last = "pipeline: {identifier: asking, variables: [{name: tag, type: String, value: v9}]}";
    for (references, last, value) in [
        (json!(["one", "two"]), "", "v2"),
        (json!(["two", "one", "unknown"]), "", "v1"),
        (json!(["two", "both"]), "", "v1"),
        (json!(["one", "open"]), "", "v1"),
        (json!(["one"]), last, "v9"),
        (json!([]), last, "v9"),
        (json!([]), "", "<+input>.regex([a-z0-9.]+)"),
    ] {
        let body = json!({ "inputSetReferences": references, "lastYamlToMerge": last, "withMergedPipelineYaml": true });
        let merged = merge(&harness, &body);
        assert_eq!(merged["errorResponse"], false);
        let text = merged["pipelineYaml"].as_str().unwrap();
        assert!(text.contains(&format!("value: {value}")), "{references} {text}");
        assert!(text.contains("command: <+input>") && !text.contains("fixed"), "{text}");
        assert!(merged["completePipelineYaml"].as_str().unwrap().contains("name: fixed"));
    }
}

/// run-inputs §6: what is wrong with a merge.
#[test]
fn a_merge_tells_what_does_not_fit_in_a_200() {
    let harness = harness(|_| {});
    create(&harness, &[tag_set("one", "v1"), tag_set("wrong", "NOT FITTING")]);
    let merged = merge(&harness, &json!({ "inputSetReferences": ["one", "wrong"] }));
    assert_eq!(
        (&merged["errorResponse"], merged.get("pipelineYaml")),
        (&json!(true), None)
    );
    assert_eq!(
        merged["inputSetErrorWrapper"]["invalidInputSetReferences"],
        json!(["wrong"])
    );
    let path = "/pipeline/api/inputSets/merge?pipelineIdentifier=fixed";
    let refused = harness.call("POST", path, &json!({ "inputSetReferences": ["one"] }).to_string());
    assert_eq!(refused.status, 400);
    assert!(
        refused.text.contains("Pipeline fixed does not have any runtime input"),
        "{}",
        refused.text
    );
    assert_eq!(harness.call("POST", path, "{}").data()["errorResponse"], false);
}

/// harness-api §3.3
#[test]
fn a_filled_template_is_merged_into_the_pipeline() {
    let harness = harness(|_| {});
    let filled =
        "pipeline: {identifier: asking, variables: [{name: tag, type: String, value: v7}, {name: fixed, value: y}]}";
    let body = json!({ "runtimeInputYaml": filled }).to_string();
    let merged = harness.call("POST", &on("/mergeWithTemplateYaml"), &body).data();
    assert_eq!(merged["pipelineYaml"], filled);
    let complete = merged["completePipelineYaml"].as_str().unwrap();
    assert!(
        complete.contains("value: v7") && complete.contains("value: x"),
        "{complete}"
    );
}

/// harness-api §0.5: the code; as the bodies of pipelines.
#[test]
fn a_body_that_is_not_utf_8_is_refused() {
    let harness = harness(|_| {});
    create(&harness, &[tag_set("one", "v1")]);
    let spoilt = |text: &str| [text.as_bytes(), b"# \xff\n"].concat();
    let over = format!("{}\n", overlay("both", "one"));
    for (method, path, body) in [
        ("POST", "", spoilt(&tag_set("two", "v2"))),
        ("PUT", "/one", spoilt(&tag_set("one", "v2"))),
        ("POST", "/overlay", spoilt(&over)),
        ("POST", "/template", spoilt("{}\n")),
        ("POST", "/merge", spoilt("{}\n")),
        ("POST", "/mergeWithTemplateYaml", spoilt("{}\n")),
    ] {
        let headers = [("x-api-key", KEY), ("content-type", "application/yaml")];
        let reply = harness
            .try_send(method, &format!("{}&{SCOPE}", on(path)), &headers, body)
            .unwrap();
        assert_eq!(
            reply.failure(),
            (400, "INVALID_YAML_ERROR".to_owned()),
            "{method} {path}"
        );
    }
    assert!(
        harness.call("GET", &on("/one"), "").text.contains("v1"),
        "nothing was written"
    );
}

/// Invented, as for the filters of lists: a field of a wrong kind is a 400.
#[test]
fn a_field_of_a_wrong_kind_is_refused() {
    let harness = harness(|_| {});
    for (path, body) in [
        ("/merge", json!({ "inputSetReferences": "one" })),
        ("/merge", json!({ "stageIdentifiers": [5] })),
        ("/merge", json!({ "lastYamlToMerge": {} })),
        ("/mergeWithTemplateYaml", json!({ "runtimeInputYaml": 5 })),
        ("/template", json!({ "stageIdentifiers": "build" })),
    ] {
        let reply = harness.call("POST", &on(path), &body.to_string());
        assert_eq!(reply.failure(), (400, "INVALID_REQUEST".to_owned()), "{path} {body}");
    }
}
