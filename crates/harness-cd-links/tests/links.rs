//! Links and annotations: the tables of `tests/cases` that Rust and JavaScript share.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test fails by panicking"
)]

use std::borrow::Cow;
use std::collections::BTreeMap;

use harness_cd_links::{
    LabelledUrl, annotation_keys, execution_page, executions_page, is_page_of, parse_url, pipeline_page,
    read_annotations, studio_page,
};
use harness_cd_model::PipelineRef;
use proptest::prelude::*;
use serde_json::{Value, json};

const URLS: &str = include_str!("../../../tests/cases/harness-urls.json");
const ANNOTATIONS: &str = include_str!("../../../tests/cases/harness-annotations.json");

#[test]
fn addresses_of_the_table() {
    let table: Vec<Value> = serde_json::from_str(URLS).unwrap();
    for case in &table {
        let input = case["input"].as_str().unwrap();
        match (parse_url(input), case["expect"]["error"].as_str()) {
            (Ok(url), None) => assert_eq!(json!(url), case["expect"], "{input}"),
            (Err(error), Some(part)) => assert!(error.to_string().contains(part), "{input}: {error}"),
            (outcome, _) => panic!("{input}: {outcome:?}"),
        }
    }
}

#[test]
fn annotations_of_the_table() {
    let table: Vec<Value> = serde_json::from_str(ANNOTATIONS).unwrap();
    for case in &table {
        let input: BTreeMap<String, String> = serde_json::from_value(case["input"].clone()).unwrap();
        let found = read_annotations(&input);
        let ids = |links: &[LabelledUrl], id: fn(&LabelledUrl) -> Option<&String>| -> Value {
            links.iter().map(|link| json!([link.label, id(link)])).collect()
        };
        assert_eq!(
            ids(&found.pipelines, |link| link.target.pipeline.as_ref()),
            case["expect"]["pipelines"],
            "{}",
            case["name"]
        );
        assert_eq!(
            ids(&found.services, |link| link.target.service.as_ref()),
            case["expect"]["services"],
            "{}",
            case["name"]
        );
        if let Some(targets) = case.get("targets") {
            let found: Value = found.pipelines.iter().map(|link| json!(link.target)).collect();
            assert_eq!(&found, targets, "{}", case["name"]);
        }
        let problems = case["expect"]["problems"].as_array().unwrap();
        assert_eq!(
            found.problems.len(),
            problems.len(),
            "{}: {:?}",
            case["name"],
            found.problems
        );
        for (problem, expected) in found.problems.iter().zip(problems) {
            assert_eq!(json!(problem.annotation), expected[0]);
            assert!(
                problem.message.contains(expected[1].as_str().unwrap()),
                "{}",
                problem.message
            );
        }
    }
}

#[test]
fn the_made_service_address_keeps_host_and_port() {
    let annotations = BTreeMap::from([
        (
            "harness.io/project-url".to_owned(),
            "http://localhost:8181/ng/#/account/A/cd/orgs/o/projects/p".to_owned(),
        ),
        ("harness.io/cd-serviceId".to_owned(), "S".to_owned()),
    ]);
    let found = read_annotations(&annotations);
    assert_eq!(
        found.services[0].url,
        "http://localhost:8181/ng/account/A/module/cd/orgs/o/projects/p/services/S"
    );
}

fn pipeline_ref(texts: [&'static str; 4]) -> PipelineRef<'static> {
    let [account, org, project, pipeline] = texts.map(Cow::Borrowed);
    PipelineRef {
        account,
        org,
        project,
        pipeline,
        branch: None,
    }
}

#[test]
fn what_is_written_can_be_read() {
    let pipeline = pipeline_page(
        "https://harness.acme.example/",
        &pipeline_ref(["A$c", "default", "platform", "shop_cd"]),
    );
    assert_eq!(
        pipeline,
        "https://harness.acme.example/ng/account/A$c/module/cd/orgs/default/projects/platform/pipelines/shop_cd"
    );
    for (address, kind, execution) in [
        (execution_page(&pipeline, "e-1"), "execution", json!("e-1")),
        (executions_page(&pipeline), "pipeline", Value::Null),
        (studio_page(&pipeline), "pipeline", Value::Null),
    ] {
        let read = json!(parse_url(&address).unwrap());
        assert_eq!(
            (&read["account"], &read["org"], &read["project"], &read["pipeline"]),
            (&json!("A$c"), &json!("default"), &json!("platform"), &json!("shop_cd"))
        );
        assert_eq!(
            (&read["kind"], &read["execution"]),
            (&json!(kind), &execution),
            "{address}"
        );
    }
    let odd = pipeline_page("https://h", &pipeline_ref(["a/b", "o", "p", "x?y"]));
    assert_eq!(
        odd,
        "https://h/ng/account/a%2Fb/module/cd/orgs/o/projects/p/pipelines/x%3Fy"
    );
}

#[test]
fn a_host_is_the_configured_one_however_it_is_written() {
    for (address, base, expected) in [
        (
            "https://app.harness.io/ng/account/A",
            "https://app.harness.io/gateway",
            true,
        ),
        ("HTTPS://App.Harness.IO", "https://app.harness.io", true),
        (" https://app.harness.io:443/ng ", "https://app.harness.io/", true),
        ("https://app.harness.io./ng", "https://app.harness.io", true),
        ("http://localhost:80/ng", "http://LOCALHOST", true),
        ("http://[::1]:7007/ng", "http://[::1]:7007", true),
        ("https://[::1]/ng", "https://[::1]:443", true),
        ("https://app.harness.io:8443/ng", "https://app.harness.io", false),
        ("https://app.harness.io/ng", "http://127.0.0.1:4000", true),
        ("https://app.harness.io/ng", "http://127.0.0.1.evil.example", false),
        (
            "https://app.harness.io.evil.example/ng",
            "https://app.harness.io",
            false,
        ),
        ("https://evil.example/app.harness.io", "https://app.harness.io", false),
        (
            "https://app.harness.io@evil.example/ng",
            "https://app.harness.io",
            false,
        ),
        (
            "https://evil.example#https://app.harness.io",
            "https://app.harness.io",
            false,
        ),
        ("app.harness.io", "app.harness.io", false),
        ("", "", false),
    ] {
        assert_eq!(is_page_of(address, base), expected, "{address} {base}");
    }
}

/// What decides whether a page shows a card looks at the keys that are read.
#[test]
fn every_key_says_something() {
    let page = "https://h/ng/account/A/cd/orgs/o/projects/p/pipelines/P";
    let keys = annotation_keys();
    assert_eq!(keys.all.len(), 24);
    assert!(keys.all.iter().any(|key| key == keys.pipeline_url));
    for key in &keys.all {
        let found = read_annotations(&[(key.clone(), page.to_owned())].into());
        assert!(!found.pipelines.is_empty() || !found.problems.is_empty(), "{key}");
    }
    for suffix in ["", "-qa", "-stage", "-stress"] {
        let key = format!("harness.io/cd-serviceId{suffix}");
        assert!(keys.all.contains(&key));
        let project = format!("harness.io/project-url{suffix}");
        let address = "https://h/ng/account/A/cd/orgs/o/projects/p".to_owned();
        let found = read_annotations(&[(key, "S".to_owned()), (project, address)].into());
        assert_eq!(found.services.len(), 1, "{suffix}");
    }
}

#[test]
fn the_module_stands_right_behind_the_account() {
    for (path, module) in [
        ("account/A/cd/orgs/o/projects/p/pipelines", json!("cd")),
        ("account/A/module/ci/orgs/o/projects/p/pipelines", json!("ci")),
        ("account/A/all/cd/orgs/o/projects/p/pipelines", json!("cd")),
        ("account/A/all/orgs/o/projects/p/pipelines", Value::Null),
        ("account/A/one/two/three/orgs/o/projects/p/pipelines", Value::Null),
        ("account/A/orgs/o/projects/p/pipelines", Value::Null),
    ] {
        let read = json!(parse_url(&format!("https://h/ng/{path}")).unwrap());
        assert_eq!(read["module"], module, "{path}");
    }
}

#[test]
fn lines_that_have_slipped_out_of_an_annotation_are_named() {
    let page = "https://h/ng/account/A/cd/orgs/o/projects/p/services/S";
    let annotations = |more: [(&str, &str); 2]| {
        let all = [("harness.io/services", "")].into_iter().chain(more);
        all.map(|(key, value)| (key.to_owned(), value.to_owned())).collect()
    };
    let astray = read_annotations(&annotations([("shop", page), ("other.io/page", page)]));
    assert!(
        astray.problems[0].message.contains("`shop` stand beside it"),
        "{astray:?}"
    );
    let apart = read_annotations(&annotations([("shop", "text"), ("other.io/page", page)]));
    assert!(
        apart.problems[0].message.contains("write `label: https://…`"),
        "{apart:?}"
    );
}

proptest! {
    #[test]
    fn no_text_panics(text in "\\PC*", path in "(/|#|\\?|%|account|orgs|pipelines|A|é){0,12}") {
        let _ = parse_url(&text);
        let _ = parse_url(&format!("https://h{path}"));
        let annotations = ["harness.io/pipelines", "harness.io/services", "harness.io/project-url", "harness.io/cd-serviceId"];
        let _ = is_page_of(&text, &format!("https://{path}"));
        let _ = read_annotations(&annotations.map(|key| (key.to_owned(), format!("{text}: https://h{path}) {text}"))).into());
    }
}
