//! Several clusters of one environment and region, and infrastructure definitions under names of their own: each cluster
//! is deployed to by its own archetypes, in runs for its own region.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test fails by panicking"
)]

mod support;

use std::collections::BTreeMap;

use harness_cd_pipeline::{Files, Rendered, deploy_rules, read_config_repo, render};
use support::{example, validate, with_new_templates};

const PLATFORM: &str = "platform.yaml";

fn edited(mut files: Files, path: &str, edits: &[(&str, &str)]) -> Files {
    let mut text = String::from_utf8(files.remove(path).unwrap()).unwrap();
    for (from, to) in edits {
        assert!(text.contains(from), "{from}\n{text}");
        text = text.replacen(from, to, 1);
    }
    files.insert(path.to_owned(), text.into_bytes());
    files
}

/// The last cluster of the example, and what stands behind it.
const LAST: &str = "    delegate: harness-delegate-prod-euw2\n\n";

/// The example with a second cluster for everybody in `prod` of `euw2`, and one for jobs alone in `prod` of `euw1`.
fn several() -> Files {
    let more = format!(
        "{}  - {{name: k8s-prod-euw2-b, environment: prod, region: euw2, network: network-c, delegate: prod-b, infrastructure: prod-euw2-b}}\n  \
         - {{name: k8s-batch, environment: prod, region: euw1, network: network-c, delegate: batch, infrastructure: batch, archetypes: [job]}}\n\n",
        LAST.trim_end_matches('\n').to_owned() + "\n",
    );
    let delegates = "delegates:\n  - {name: prod-b, network: network-c}\n  - {name: batch, network: network-c}\n";
    edited(example(), PLATFORM, &[(LAST, &more), ("delegates:\n", delegates)])
}

fn rendered(files: &Files) -> Rendered {
    let repo = read_config_repo(files);
    assert_eq!(repo.diagnostics, []);
    render(&repo, &[])
}

/// What a pipeline deploys to in `prod`: conditions by infrastructure definition, in order.
fn stages_of(rendered: &Rendered, pipeline: &str) -> Vec<(String, String)> {
    let path = format!("pipelines/{pipeline}.yaml");
    let yaml = &rendered.entities[&path].yaml;
    let mut stages = Vec::new();
    for stage in yaml.split("    - stage:\n").skip(1) {
        let line = |key: &str| {
            stage
                .lines()
                .find_map(|line| line.trim_start().strip_prefix(key).map(str::to_owned))
        };
        if line("environmentRef: ").as_deref() == Some("prod") {
            let list = stage.split("infrastructureDefinitions:\n").nth(1).unwrap();
            let named = list
                .lines()
                .next()
                .unwrap()
                .trim_start()
                .strip_prefix("- identifier: ")
                .unwrap();
            stages.push((named.to_owned(), line("condition: ").unwrap()));
        }
    }
    stages
}

fn is_for(region: &str) -> String {
    format!("<+pipeline.variables.targetEnvironment> == \"prod\" && <+pipeline.variables.targetRegion> == \"{region}\"")
}

#[test]
fn each_cluster_has_a_stage_of_its_own_for_its_region() {
    let files = with_new_templates(several());
    let rendered = rendered(&files);
    assert_eq!(rendered.diagnostics, []);
    let expected = |clusters: &[(&str, &str)]| -> Vec<(String, String)> {
        let told = clusters
            .iter()
            .map(|(name, region)| ((*name).to_owned(), is_for(region)));
        told.collect()
    };
    let for_all = [
        ("prod_euw1_k8s", "euw1"),
        ("prod_euw2_k8s", "euw2"),
        ("prod_euw2_b", "euw2"),
    ];
    assert_eq!(stages_of(&rendered, "payment-service-cd"), expected(&for_all));
    // In one region jobs have a cluster for themselves, and in the other they run where everybody does.
    let for_jobs = [("prod_euw2_k8s", "euw2"), ("prod_euw2_b", "euw2"), ("batch", "euw1")];
    assert_eq!(stages_of(&rendered, "settlement-job-cd"), expected(&for_jobs));
    for path in [
        "infrastructures/prod-euw2-b.yaml",
        "infrastructures/prod-batch.yaml",
        "infrastructures/prod-euw2.yaml",
    ] {
        assert!(rendered.entities.contains_key(path), "{path}");
    }
    let texts: BTreeMap<String, String> = rendered.into_files().files;
    validate(&texts);
}

#[test]
fn an_infrastructure_that_is_there_keeps_its_name() {
    let own = [(
        "    delegate: harness-delegate-prod-euw1\n",
        "    delegate: harness-delegate-prod-euw1\n    infrastructure: k8s\n",
    )];
    let rendered = rendered(&with_new_templates(edited(example(), PLATFORM, &own)));
    assert_eq!(rendered.diagnostics, []);
    let entity = &rendered.entities["infrastructures/prod-k8s.yaml"];
    assert_eq!(entity.identifier, "k8s");
    assert!(
        entity.yaml.contains("  name: k8s\n  identifier: k8s\n"),
        "{}",
        entity.yaml
    );
    let stages = stages_of(&rendered, "order-service-cd");
    assert_eq!(
        stages,
        [
            ("k8s".to_owned(), is_for("euw1")),
            ("prod_euw2_k8s".to_owned(), is_for("euw2"))
        ]
    );
}

#[test]
fn where_an_archetype_has_no_cluster_its_services_are_not_deployed() {
    let only = [(
        "    delegate: harness-delegate-prod-euw1\n",
        "    delegate: harness-delegate-prod-euw1\n    archetypes: [job]\n",
    )];
    let repo = read_config_repo(&with_new_templates(edited(example(), PLATFORM, &only)));
    assert_eq!(repo.diagnostics, []);
    let platform = repo.platform.as_ref().unwrap();
    let regions = |name: &str| {
        let service = repo
            .catalog
            .services
            .iter()
            .find(|service| service.name == name)
            .unwrap();
        let rules = deploy_rules(platform, service);
        let prod = rules
            .environments
            .into_iter()
            .find(|environment| environment.name == "prod");
        prod.map(|prod| prod.regions)
    };
    assert_eq!(regions("payment-service").unwrap(), ["euw2"]);
    assert_eq!(regions("settlement-job").unwrap(), ["euw1", "euw2"]);
    // It runs in no other region.
    assert_eq!(regions("invoice-worker"), None);
}

/// The findings of rendering with an edited template for the API: code and message.
fn found(edits: &[(&str, &str)]) -> Vec<(String, String)> {
    let files = with_new_templates(several());
    let files = edited(files, "templates/api-pipeline-template.yaml", edits);
    let findings = rendered(&files).diagnostics.into_iter();
    findings.map(|finding| (finding.code, finding.message)).collect()
}

#[test]
fn clusters_are_not_taken_for_each_other() {
    let is_euw2 = is_for("euw2");
    let elsewhere = "a run for another region deploys to this cluster of `euw2`";
    for condition in [
        "<+pipeline.variables.targetEnvironment> == \"prod\"".to_owned(),
        is_for("euw1"),
        is_euw2.replace("&&", "||"),
        is_euw2.replace("targetRegion> ==", "targetRegion> !="),
    ] {
        let findings = found(&[(&is_euw2, &condition)]);
        let told: Vec<&str> = findings
            .iter()
            .filter(|(code, _)| code == "HCD0151")
            .map(|(_, message)| message.as_str())
            .collect();
        assert_eq!(told, [elsewhere], "{condition}: {findings:?}");
    }
    let jobs_alone = found(&[("- identifier: prod_euw2_b", "- identifier: batch")]);
    let message = |code: &str| jobs_alone.iter().find(|(known, _)| known == code).unwrap().1.clone();
    assert_eq!(
        message("HCD0151"),
        "the cluster `k8s-batch` is not one of the archetype `api`"
    );
    assert_eq!(
        message("HCD0117"),
        "no stage deploys to the cluster `k8s-prod-euw2-b` of `prod`"
    );
}

#[test]
fn what_makes_two_clusters_one_is_refused() {
    let told = |edits: &[(&str, &str)]| -> Vec<String> {
        let repo = read_config_repo(&edited(several(), PLATFORM, edits));
        let told = repo
            .diagnostics
            .into_iter()
            .map(|finding| format!("{} {}", finding.code, finding.message));
        told.collect()
    };
    let own = "infrastructure: prod-euw2-b";
    assert_eq!(
        told(&[(&format!(", {own}"), "")]),
        ["HCD0107 the clusters `k8s-prod-euw2` and `k8s-prod-euw2-b` both stand for `prod-euw2`"]
    );
    for same in ["prod_euw2_k8s", "prod-euw2-k8s", "prod-euw2"] {
        assert_eq!(
            told(&[(own, &format!("infrastructure: {same}"))]),
            [format!(
                "HCD0107 the clusters `k8s-prod-euw2` and `k8s-prod-euw2-b` both have the infrastructure definition `{same}`"
            )]
        );
    }
    assert_eq!(
        told(&[("delegate: prod-b, infra", "delegate: harness-delegate-prod-euw2, infra")]).len(),
        1,
        "one delegate for two clusters"
    );
    assert_eq!(
        told(&[("archetypes: [job]", "archetypes: [jobs]")]).len(),
        1,
        "an archetype that nobody knows"
    );
    assert_eq!(told(&[("archetypes: [job]", "archetypes: []")]).len(), 1);
    assert_eq!(told(&[(own, "infrastructure: prod euw2")]).len(), 1);
}

/// The clusters of two environments, reached from outside, and what all namespaces are called.
fn reached(access: [&str; 2], namespace: &str) -> Files {
    let of = |cluster: &str, access: &str| {
        let from = format!("    delegate: harness-delegate-{cluster}\n");
        let to = format!("{from}    credentials: {access}\n");
        (from, to)
    };
    let [first, second] = [of("pre-euw1", access[0]), of("prod-euw1", access[1])];
    let names = format!("names:\n  namespace: '{namespace}'\n\nimageTags:");
    let edits = [(&*first.0, &*first.1), (&second.0, &second.1), ("imageTags:", &names)];
    with_new_templates(edited(example(), PLATFORM, &edits))
}

/// Helm and Harness's own Kubernetes deployment keep what they deployed apart; whoever looks for it by its release does not.
#[test]
fn one_release_is_not_of_helm_and_of_another() {
    let helm = "    workload: Deployment\n    strategy: Rolling\n    manifests: HelmChart\n    deploymentType: NativeHelm\n\
                \x20 - name: job\n";
    let rolling = "    workload: Deployment\n    strategy: Rolling\n  - name: job\n";
    let names = "    names: {namespace: orders, releaseName: orders}\n    image: project/";
    let files = edited(example(), PLATFORM, &[(rolling, helm)]);
    let [order, worker] = ["order-service", "notification-worker"].map(|name| {
        let image = format!("    image: project/{name}");
        let named = format!("{names}{name}");
        (image, named)
    });
    let files = edited(
        files,
        "services.yaml",
        &[(&*order.0, &*order.1), (&worker.0, &worker.1)],
    );
    let found = read_config_repo(&with_new_templates(files)).diagnostics;
    let found: Vec<_> = found
        .iter()
        .map(|one| (one.code.as_str(), one.message.as_str()))
        .collect();
    let told = "in `int-stable` the services `order-service` and `notification-worker` are both the release `orders` in the \
                namespace `orders`: one is Helm's, the other is not, and nobody could tell them apart";
    assert_eq!(found, [("HCD0102", told)]);
}

#[test]
fn two_clusters_that_are_one_hold_no_service_twice() {
    const SHARED: &str = "{{SERVICE_NAME}}-{{REGION}}";
    const APART: &str = "{{SERVICE_NAME}}-{{ENVIRONMENT}}";
    let eks =
        "{type: Eks, cluster: eu-west-1/main, credentials: {type: AccessKey, accessKeyRef: key, secretKeyRef: secret}}";
    let other_key = eks.replace("key,", "other_key,");
    let other_name = eks.replace("/main", "/live");
    let aks = "{type: Aks, cluster: main, resourceGroup: live, subscription: 8b7f}";
    let other_group = aks.replace("live", "test");
    let url = "{type: ServiceAccount, url: 'https://k8s.example.com', tokenRef: token}";
    let same_url = url.replace(".com", ".com:443/").replace(": token", ": other_token");
    let inner_url = url.replace("k8s.example.com", "10.0.0.1");
    let unknown = eks.replace("eu-west-1/main", "'eu-west-1/<+infra.name>'");
    for (access, namespace, told) in [
        ([eks, eks], SHARED, Some("the EKS cluster `eu-west-1/main`")),
        ([aks, aks], SHARED, Some("the AKS cluster `main`")),
        (
            [url, &same_url],
            SHARED,
            Some("the cluster at `https://k8s.example.com:443/`"),
        ),
        ([eks, eks], APART, None),
        ([eks, &other_key], SHARED, None),
        ([eks, &other_name], SHARED, None),
        ([aks, &other_group], SHARED, None),
        ([url, &inner_url], SHARED, None),
        // Of two networks, each may have an address of its own.
        ([&inner_url, &inner_url], SHARED, None),
        ([&unknown, &unknown], SHARED, None),
    ] {
        let repo = read_config_repo(&reached(access, namespace));
        let found: Vec<_> = repo
            .diagnostics
            .iter()
            .map(|one| (one.code.as_str(), one.message.as_str()))
            .collect();
        let wanted = told.map(|told| {
            format!(
                "`k8s-pre-stable-euw1` and `k8s-prod-euw1` are both {told}: `payment-service` would be deployed there for \
                 `pre-stable` and for `prod`, in the namespace `payment-service-euw1`"
            )
        });
        let wanted: Vec<_> = wanted.iter().map(|told| ("HCD0102", told.as_str())).collect();
        assert_eq!(found, wanted, "{access:?} {namespace}");
        let is_stopped = |name: &str| repo.reason_against(name).is_some();
        // A service that is in one of the two alone has it for itself.
        assert_eq!(is_stopped("payment-service"), told.is_some());
        assert!(!is_stopped("report-job"));
    }
}

#[test]
fn a_service_of_its_own_namespace_is_told_by_itself() {
    let eks =
        "{type: Eks, cluster: eu-west-1/main, credentials: {type: AccessKey, accessKeyRef: key, secretKeyRef: secret}}";
    let files = reached([eks, eks], "{{SERVICE_NAME}}-{{ENVIRONMENT}}");
    let own = "  - name: order-service\n    names: {namespace: orders}\n";
    let repo = read_config_repo(&edited(files, "services.yaml", &[("  - name: order-service\n", own)]));
    let [found] = repo.diagnostics.as_slice() else {
        panic!("{:#?}", repo.diagnostics)
    };
    assert_eq!(
        (found.file.as_str(), found.pointer.as_str()),
        ("services.yaml", "/services/2/names/namespace")
    );
    assert!(repo.reason_against("payment-service").is_none());
}

#[test]
fn a_cluster_of_a_cloud_stands_in_the_region_that_it_is_described_for() {
    let in_region = |located: &str| {
        let with_regions = |text: String| text.replace("euw1", "eu-west-1").replace("euw2", "eu-west-2");
        let mut files = example();
        for path in [PLATFORM, "services.yaml"] {
            let text = String::from_utf8(files[path].clone()).unwrap();
            files.insert(path.to_owned(), with_regions(text).into_bytes());
        }
        let access = format!(
            "    delegate: harness-delegate-prod-eu-west-1\n    credentials: {{type: Eks, cluster: {located}}}\n"
        );
        edited(
            files,
            PLATFORM,
            &[("    delegate: harness-delegate-prod-eu-west-1\n", &access)],
        )
    };
    let found = read_config_repo(&in_region("eu-west-2/prod")).diagnostics;
    let said = "`k8s-prod-eu-west-1` is described for the region `eu-west-1`, and `eu-west-2/prod` is a cluster in `eu-west-2`";
    assert!(
        found.iter().any(|one| one.code == "HCD0141" && one.message == said),
        "{found:#?}"
    );
    let found = read_config_repo(&in_region("eu-west-1/prod")).diagnostics;
    assert!(found.iter().all(|one| one.code != "HCD0141"), "{found:#?}");
}
