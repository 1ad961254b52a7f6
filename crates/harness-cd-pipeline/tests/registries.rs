//! Images that come from another registry by environment or by region.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test fails by panicking, and says what it skips"
)]

mod support;

use harness_cd_pipeline::{Files, read_config_repo, render};
use harness_cd_yaml::{Node, parse_text};
use support::{edited, example, findings, replaced, validate, with_new_templates};

const MIRROR: &str = "
registries:
  - name: mirror
    type: Artifactory
    connector: artifactory
    url: https://company.jfrog.example/artifactory
    repository: docker-prod
    username: robot
    passwordRef: artifactory_token
    delegate: harness-delegate-prod-euw1
    environments: [prod]
";

/// The example with further registries, and with its templates written anew.
fn with(registries: &str) -> Files {
    with_new_templates(described(registries))
}

fn described(registries: &str) -> Files {
    edited(example(), "platform.yaml", |text| text.to_owned() + registries)
}

fn files_of(files: &Files) -> std::collections::BTreeMap<String, String> {
    assert_eq!(findings(files), Vec::<String>::new());
    let rendered = render(&read_config_repo(files), &[]);
    assert_eq!(rendered.left_out.len(), 0);
    rendered.into_files().files
}

/// Each stage that deploys: its identifier, the source that it chooses, and the sources that it gives a build to.
fn pulls(pipeline: &str) -> Vec<(String, String, String)> {
    let root = parse_text("p", pipeline).unwrap().root;
    let stages = root.at(&["pipeline", "stages"]).unwrap().items();
    let text = |node: Option<&Node>| node.and_then(Node::text).unwrap_or_default().to_owned();
    let pulled = stages.filter_map(|stage| {
        let stage = stage.get("stage")?;
        let primary = stage.at(&[
            "spec",
            "service",
            "serviceInputs",
            "serviceDefinition",
            "spec",
            "artifacts",
            "primary",
        ])?;
        let sources = primary.get("sources")?.items();
        let sources = sources.map(|one| format!("{} {}", text(one.get("identifier")), text(one.get("type"))));
        Some((
            text(stage.get("identifier")),
            text(primary.get("primaryArtifactRef")),
            sources.collect::<Vec<_>>().join(", "),
        ))
    });
    pulled.collect()
}

#[test]
fn production_pulls_from_its_mirror_and_nothing_else_does() {
    let files = files_of(&with(MIRROR));
    validate(&files);
    let service = &files["services/payment-service.yaml"];
    assert!(service.contains("primaryArtifactRef: <+input>"), "{service}");
    for (source, kind) in [
        ("docker_image", "DockerRegistry"),
        ("docker_image_mirror", "ArtifactoryRegistry"),
    ] {
        let head = format!("- identifier: {source}\n              type: {kind}\n");
        assert!(service.contains(&head), "{service}");
    }
    assert!(service.contains("artifactPath: project/payment-service"), "{service}");
    assert!(files.contains_key("connectors/artifactory.yaml"));
    let usual = |stage: &str| {
        (
            stage.to_owned(),
            "docker_image".to_owned(),
            "docker_image DockerRegistry".to_owned(),
        )
    };
    assert_eq!(
        pulls(&files["pipelines/payment-service-cd.yaml"]),
        [
            usual("deploy_int_stable"),
            usual("deploy_pre_stable"),
            (
                "deploy_prod".to_owned(),
                "docker_image_mirror".to_owned(),
                "docker_image_mirror ArtifactoryRegistry".to_owned()
            ),
        ]
    );
}

#[test]
fn a_region_with_a_registry_of_its_own_has_a_stage_of_its_own() {
    let files = files_of(&with(&MIRROR.replace("[prod]", "[prod]\n    regions: [euw2]")));
    validate(&files);
    let pulled = pulls(&files["pipelines/payment-service-cd.yaml"]);
    let of_prod: Vec<(&str, &str)> = pulled[2..]
        .iter()
        .map(|(stage, chosen, _)| (&stage[..], &chosen[..]))
        .collect();
    assert_eq!(
        of_prod,
        [
            ("deploy_prod_k8s_prod_euw1", "docker_image"),
            ("deploy_prod_k8s_prod_euw2", "docker_image_mirror")
        ]
    );
}

#[test]
fn each_environment_may_have_its_registry_and_none_is_without() {
    let of_places = |environments: &str| {
        let text = format!("  delegate: harness-delegate-int-euw1\n  environments: {environments}\n\napprovalGroups");
        let files = described(MIRROR);
        replaced(
            files,
            "platform.yaml",
            "  delegate: harness-delegate-int-euw1\n\napprovalGroups",
            &text,
        )
    };
    let files = files_of(&with_new_templates(of_places("[int-stable, pre-stable]")));
    validate(&files);
    let service = &files["services/payment-service.yaml"];
    assert!(!service.contains("identifier: docker_image\n"), "{service}");
    let pulled = pulls(&files["pipelines/payment-service-cd.yaml"]);
    let chosen: Vec<&str> = pulled.iter().map(|(_, chosen, _)| &chosen[..]).collect();
    assert_eq!(
        chosen,
        [
            "docker_image_gcr_connector",
            "docker_image_gcr_connector",
            "docker_image_mirror"
        ]
    );

    let lacking = findings(&of_places("[int-stable]"));
    assert_eq!(
        lacking,
        ["HCD0141 /registry: no registry says that images in `pre-stable` in `euw1` come from it"]
    );
}

#[test]
fn what_does_not_hold_together_is_told_and_stops_every_service() {
    for (from, to, wanted) in [
        ("[prod]\n", "[prd]\n", "HCD0103 /registries/0/environments/0"),
        ("[prod]\n", "[]\n", "HCD0143 /registries/0/environments"),
        (
            "environments: [prod]",
            "regions: [mars]",
            "HCD0103 /registries/0/regions/0",
        ),
        (
            "environments: [prod]",
            "enviroments: [prod]",
            "HCD0021 /registries/0/enviroments",
        ),
        ("    passwordRef: artifactory_token\n", "", "HCD0112 /registries/0"),
        (
            "environments: [prod]\n",
            "environments: [prod]\n  - {name: other, connector: hub, url: 'https://hub.example', username: a, passwordRef: b, delegate: harness-delegate-int-euw1, regions: [euw2]}\n",
            "HCD0141 /registries/1",
        ),
    ] {
        let files = with_new_templates(example());
        let files = edited(files, "platform.yaml", |text| {
            text.to_owned() + &MIRROR.replace(from, to)
        });
        let found = findings(&files);
        assert!(
            found.len() == 1 && found[0].starts_with(&format!("{wanted}:")),
            "{to}: {found:?}"
        );
        let repo = read_config_repo(&files);
        assert_eq!((repo.catalog.services.len(), repo.unread.len()), (0, 7), "{to}");
    }
}

#[test]
fn nobody_names_a_registry_from_which_nothing_is_pulled() {
    let of_every_place = MIRROR.replace("[prod]", "[int-stable, pre-stable, prod]");
    for (registries, told) in [(of_every_place.as_str(), true), (MIRROR, false)] {
        let usual = read_config_repo(&example()).platform.unwrap().registries[0]
            .name
            .clone();
        let named = format!("    registry: {usual}\n    image: project/payment-service");
        let files = replaced(
            with(registries),
            "services.yaml",
            "    image: project/payment-service",
            &named,
        );
        let told = told.then(|| {
            format!(
                "HCD0141 /services/0/registry: nothing is pulled from `{usual}`: each place of the service has a registry of \
                 its own"
            )
        });
        assert_eq!(findings(&files), Vec::from_iter(told));
    }
}

#[test]
fn nobody_names_a_registry_of_places() {
    let files = with(MIRROR);
    let named = replaced(
        files.clone(),
        "services.yaml",
        "    image: project/payment-service",
        "    registry: mirror\n    image: project/payment-service",
    );
    assert_eq!(
        findings(&named),
        ["HCD0141 /services/0/registry: `mirror` is the registry of every service in prod, and of none elsewhere"]
    );
    let named = replaced(
        files,
        "platform.yaml",
        "  - name: worker\n",
        "  - name: worker\n    registry: mirror\n",
    );
    assert_eq!(
        findings(&named),
        ["HCD0141 /archetypes/1/registry: `mirror` is the registry of every service in prod, and of none elsewhere"]
    );
}

#[test]
fn a_stage_that_pulls_from_elsewhere_is_an_error() {
    let path = "templates/api-pipeline-template.yaml";
    let files = with(MIRROR);
    for (from, to, wanted) in [
        // As written before there was a mirror, and with half of it.
        (
            "primaryArtifactRef: docker_image_mirror",
            "primaryArtifactRef: docker_image",
            "/primaryArtifactRef",
        ),
        ("primaryArtifactRef: docker_image_mirror", "# all", "/stage"),
        (
            "- identifier: docker_image_mirror",
            "- identifier: docker_image",
            "/sources/0/identifier",
        ),
        ("type: ArtifactoryRegistry", "type: DockerRegistry", "/sources/0/type"),
        (
            "type: ArtifactoryRegistry",
            "type: '{{ARTIFACT_TYPE}}'",
            "/sources/0/type",
        ),
    ] {
        let found = findings(&replaced(files.clone(), path, from, to));
        let is_of_source = |one: &String| one.starts_with("HCD0146 ") && one.contains(&format!("{wanted}: "));
        assert!(found.iter().any(is_of_source), "{to}: {found:?}");
    }
    let old = example();
    let old = edited(old, "platform.yaml", |text| text.to_owned() + MIRROR);
    let found = findings(&old);
    assert!(
        found
            .iter()
            .any(|one| one.contains("images are pulled from the registry")),
        "{found:?}"
    );
}
