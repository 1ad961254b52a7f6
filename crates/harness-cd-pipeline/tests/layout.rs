//! Where the parts of a config repository stand is said by itself; what is read and rendered is the same.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod support;

use std::collections::BTreeMap;

use harness_cd_pipeline::{Files, Layout, described_files, read_config_repo, render};
use support::{example, replaced};

/// The layout of a repo that holds pipelines and manifests side by side.
const ELSEWHERE: &str = "platform: kustomize/catalog/platform.yaml\nservices: kustomize/catalog/services.yaml\ntemplates: harness-pipelines/templates\n";

fn with_layout(mut files: Files, layout: &str) -> Files {
    files.insert("harness-cd.yaml".to_owned(), layout.as_bytes().to_vec());
    files
}

/// The example in other places.
fn elsewhere() -> Files {
    let moved = example().into_iter().map(|(path, bytes)| match path.split_once('/') {
        Some(("templates", name)) => (format!("harness-pipelines/templates/{name}"), bytes),
        _ => (format!("kustomize/catalog/{path}"), bytes),
    });
    with_layout(moved.collect(), ELSEWHERE)
}

/// The example with a file for each service.
fn apart() -> Files {
    let mut files = example();
    let services = String::from_utf8(files.remove("services.yaml").unwrap()).unwrap();
    let (_, items) = services.split_once("services:\n  - ").unwrap();
    for item in items.split("\n  - ") {
        let name = item.lines().next().unwrap().strip_prefix("name: ").unwrap();
        let text = item.replace("\n    ", "\n");
        files.insert(format!("services/{name}.yaml"), text.into_bytes());
    }
    with_layout(files, "services: services/*.yaml\n")
}

fn rendered(files: &Files) -> BTreeMap<String, String> {
    let repo = read_config_repo(files);
    assert_eq!(repo.diagnostics, []);
    let rendered = render(&repo, &[]);
    assert_eq!(rendered.diagnostics, []);
    rendered.into_files().files
}

/// The findings of reading and rendering, as `file:line code message`.
fn found(files: &Files) -> Vec<String> {
    let repo = read_config_repo(files);
    let findings = render(&repo, &[]).diagnostics.into_iter().chain(repo.diagnostics);
    findings
        .map(|found| format!("{}:{} {} {}", found.file, found.range.line, found.code, found.message))
        .collect()
}

#[test]
fn wherever_it_stands_it_renders_the_same() {
    let usual = rendered(&example());
    assert_eq!(rendered(&elsewhere()), usual);
    assert_eq!(rendered(&apart()), usual);
    // Files of lists may stand beside files of one.
    let mut mixed = apart();
    let order = mixed.remove("services/order-service.yaml").unwrap();
    let order = String::from_utf8(order).unwrap().replace("\nname", "\n    name");
    let order = order.trim_end().replace('\n', "\n    ");
    mixed.insert(
        "services/orders.yml".to_owned(),
        format!("services:\n  - {order}\n").into_bytes(),
    );
    assert_eq!(rendered(&mixed), usual);
}

#[test]
fn what_a_layout_names_and_is_not_there_is_told_where_it_is_named() {
    let files = with_layout(apart(), "platform: platfrom.yaml\nservices: service/*.yaml\n");
    let named = read_config_repo(&files).diagnostics;
    let places: Vec<_> = named
        .iter()
        .map(|found| (found.file.as_str(), found.range.line, found.pointer.as_str()))
        .collect();
    assert_eq!(
        places,
        [("harness-cd.yaml", 1, "/platform"), ("harness-cd.yaml", 2, "/services")]
    );
}

#[test]
fn the_files_to_read_follow_from_the_layout() {
    for files in [example(), elsewhere(), apart()] {
        let described = described_files(files.get("harness-cd.yaml").map(Vec::as_slice));
        for path in files.keys() {
            let folder = path.rsplit_once('/').map(|(folder, _)| folder.to_owned());
            let is_read =
                described.files.contains(path) || folder.is_some_and(|known| described.folders.contains(&known));
            assert!(is_read, "{path}: {described:?}");
        }
    }
    // What cannot be read asks for the usual files.
    assert_eq!(described_files(Some(b"platform: [")), Layout::default().described());
}

#[test]
fn findings_name_the_real_file() {
    let replaced = |files: &Files, path: &str, from: &str, to: &str| found(&replaced(files.clone(), path, from, to));
    let files = elsewhere();
    let twice = replaced(
        &files,
        "kustomize/catalog/services.yaml",
        "name: ledger-service",
        "name: payment-service",
    );
    assert_eq!(
        twice,
        ["kustomize/catalog/services.yaml:8 HCD0102 the service `payment-service` stands here twice, first in line 4"]
    );
    let region = replaced(
        &files,
        "kustomize/catalog/platform.yaml",
        "region: euw2",
        "region: euw3",
    );
    assert_eq!(
        region,
        ["kustomize/catalog/platform.yaml:80 HCD0103 there is no region `euw3`"]
    );
    let template = "harness-pipelines/templates/job-pipeline-template.yaml";
    let stage = replaced(&files, template, "environmentRef: prod", "environmentRef: production");
    assert!(stage.iter().all(|found| found.starts_with(template)), "{stage:?}");

    let files = apart();
    let twice = replaced(
        &files,
        "services/ledger-service.yaml",
        "name: ledger-service",
        "name: order-service",
    );
    assert_eq!(
        twice,
        [
            "services/ledger-service.yaml:1 HCD0102 the service `order-service` stands here twice, first in services/order-service.yaml, line 1"
        ]
    );
    let team = replaced(&files, "services/order-service.yaml", "team: orders-team\n", "");
    assert_eq!(team, ["services/order-service.yaml:1 HCD0020 `team` is missing"]);
}

#[test]
fn a_file_that_is_not_where_the_layout_says_is_named_once() {
    let mut files = elsewhere();
    files.remove("kustomize/catalog/services.yaml");
    assert_eq!(
        found(&files),
        ["harness-cd.yaml:2 HCD0100 the config repository has no `kustomize/catalog/services.yaml`"]
    );
    let nothing = with_layout(example(), "services: apps/*.yaml\n");
    assert_eq!(
        found(&nothing),
        ["harness-cd.yaml:1 HCD0100 the config repository has no `apps/*.yaml`"]
    );
}

#[test]
fn a_wrong_layout_is_all_that_is_told() {
    for (layout, wanted) in [
        (
            "platfrom: a.yaml\n",
            "harness-cd.yaml:1 HCD0021 `platfrom` is not known here",
        ),
        (
            "platform: ../other/platform.yaml\n",
            "harness-cd.yaml:1 HCD0112 `../other/platform.yaml` is not the path of a file, as in `config/platform.yaml`",
        ),
        (
            "services: /services.yaml\n",
            "harness-cd.yaml:1 HCD0112 `/services.yaml` is not the path of a file, or of a folder with a file for each service, as in `services/*.yaml`",
        ),
        (
            "services: \"**/*.yaml\"\n",
            "harness-cd.yaml:1 HCD0112 `**/*.yaml` is not the path of a file, or of a folder with a file for each service, as in `services/*.yaml`",
        ),
        (
            "templates: templates/\n",
            "harness-cd.yaml:1 HCD0112 `templates/` is not the path of a folder, as in `pipelines/templates`",
        ),
    ] {
        assert_eq!(found(&with_layout(example(), layout)), [wanted]);
    }
}

#[test]
fn keys_of_other_tools_are_left_alone() {
    let files = replaced(
        example(),
        "platform.yaml",
        "org: default\n",
        "org: default\nx-owner: {a: 1}\n",
    );
    let files = replaced(
        files,
        "services.yaml",
        "    team: orders-team\n",
        "    team: orders-team\n    x-tier: 1\n    costCenter: 42\n",
    );
    assert_eq!(
        found(&files),
        ["services.yaml:16 HCD0021 `costCenter` is not known here"]
    );
    let files = with_layout(files, "otherKeys: [costCenter]\nx-of: another\n");
    assert_eq!(rendered(&files), rendered(&example()));
    let misspelt = replaced(files, "services.yaml", "costCenter", "costCentre");
    let hints = read_config_repo(&misspelt)
        .diagnostics
        .into_iter()
        .filter_map(|found| found.hint);
    assert_eq!(hints.collect::<Vec<_>>(), ["did you mean `costCenter`?"]);
}
