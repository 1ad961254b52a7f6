//! What a company has can be said: places, registries, repositories; each renders to what Harness's schemas take.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking, and says what it skips"
)]

mod support;

use std::collections::BTreeMap;

use harness_cd_model::Platform;
use harness_cd_pipeline::{Files, deploy_rules, read_config_repo, render, runtime_inputs};
use support::{config_repo, example, replaced, validate, with, with_new_templates, workspace};

/// What a config repository renders to, without any finding.
fn rendered(files: Files) -> BTreeMap<String, String> {
    let repo = read_config_repo(&with_new_templates(files));
    assert_eq!(repo.diagnostics, []);
    let rendered = render(&repo, &[]);
    assert_eq!(rendered.diagnostics, []);
    rendered.into_files().files
}

/// Rendered files to hold against Harness's schemas, all at once: each start of the validator takes seconds.
#[derive(Default)]
struct Seen(BTreeMap<String, String>);

impl Seen {
    /// Looks for a text in a rendered file.
    fn holds(&mut self, files: &BTreeMap<String, String>, path: &str, text: &str) {
        let found = &files[path];
        assert!(found.contains(text), "{path} has no {text:?}: {found}");
        let (kind, name) = path.split_once('/').unwrap();
        let number = self.0.len();
        self.0.insert(format!("{kind}/{number}-{name}"), found.clone());
    }
}

impl Drop for Seen {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            validate(&self.0);
        }
    }
}

/// The findings of reading the platform, as `code pointer`.
fn found(files: &Files) -> Vec<String> {
    let findings = read_config_repo(files).diagnostics.into_iter();
    findings
        .map(|finding| format!("{} {}", finding.code, finding.pointer))
        .collect()
}

fn platform(files: &Files) -> Platform {
    read_config_repo(files).platform.unwrap()
}

/// The example with another registry.
fn with_registry(text: &str) -> Files {
    let example = example();
    let platform = std::str::from_utf8(&example["platform.yaml"]).unwrap();
    let (before, rest) = platform.split_once("registry:\n").unwrap();
    let (_, after) = rest.split_once("\n\n").unwrap();
    let platform = format!("{before}{text}\n{after}");
    let mut files = example.clone();
    files.insert("platform.yaml".to_owned(), platform.into_bytes());
    files
}

/// The example with another repository of manifests.
fn with_manifests(text: &str) -> Files {
    let example = example();
    let platform = std::str::from_utf8(&example["platform.yaml"]).unwrap();
    let (before, rest) = platform.split_once("manifests:\n").unwrap();
    let (_, after) = rest.split_once("registry:\n").unwrap();
    let platform = format!("{before}{text}\nregistry:\n{after}");
    let mut files = example.clone();
    files.insert("platform.yaml".to_owned(), platform.into_bytes());
    files
}

#[test]
fn a_company_s_config_repo_is_clean_and_renders() {
    let files = config_repo(&workspace().join("tests/cases/config-repo"));
    let files = rendered(files);
    validate(&files);
    // One region for one environment, in the identifier of its own.
    assert!(files.contains_key("infrastructures/prod-eu-ap-south-1.yaml"));
    assert!(files["infrastructures/prod-eu-ap-south-1.yaml"].contains("identifier: prod_eu_aps1_k8s\n"));
    assert!(!files.contains_key("infrastructures/dev-us-east-1.yaml"));
    assert!(files["services/cart-api.yaml"].contains("type: Ecr\n"));
    assert!(files["services/session-store.yaml"].contains("type: DockerRegistry\n"));
    assert!(files["pipelines/session-store-cd.yaml"].contains("type: DockerRegistry\n"));
}

/// A stage that is written by hand is held to what the platform description promises, as any other.
#[test]
fn what_guards_a_function_is_looked_for_in_a_template_by_hand() {
    const LAMBDA: &str = "templates/lambda-pipeline-template.yaml";
    let files = with_new_templates(config_repo(&workspace().join("tests/cases/config-repo")));
    let pipeline = &rendered(files.clone())["pipelines/price-alerts-cd.yaml"];
    assert!(pipeline.contains("type: AwsLambdaTrafficShift\n"), "{pipeline}");
    assert!(pipeline.contains(".allowedValues(dev,prod-eu)\n"), "{pipeline}");
    let inputs = runtime_inputs("pipeline.yaml", pipeline.as_bytes()).inputs;
    let names: Vec<_> = inputs.iter().filter_map(|input| input.variable()).collect();
    assert_eq!(names[..3], ["imageTag", "targetEnvironment", "targetRegion"]);
    assert_eq!(names[3..], ["rollbackPlan", "businessJustification"]);
    for (from, to, code) in [
        ("- {{TEAM_IDENTIFIER}}", "- sre", "HCD0118"),
        ("- kolkata_hours", "- new_york_night", "HCD0119"),
        ("type: JiraApproval", "type: Wait", "HCD0125"),
        (
            "condition: <+pipeline.variables.targetEnvironment> == \"prod-eu\"",
            "condition: <+pipeline.variables.targetRegion> == \"us-east-1\"",
            "HCD0118",
        ),
        ("allowStageExecutions: false", "allowStageExecutions: true", "HCD0140"),
        ("environmentRef: dev", "environmentRef: prod_eu", "HCD0117"),
    ] {
        let repo = read_config_repo(&replaced(files.clone(), LAMBDA, from, to));
        let found = render(&repo, &[]).diagnostics;
        assert!(
            found
                .iter()
                .any(|finding| finding.code == code && finding.file == LAMBDA),
            "{to}: {found:#?}"
        );
    }
}

#[test]
fn a_service_runs_where_its_environments_have_clusters_in_its_regions() {
    let files = config_repo(&workspace().join("tests/cases/config-repo"));
    let repo = read_config_repo(&with_new_templates(files.clone()));
    let platform = repo.platform.unwrap();
    let places = |name: &str| {
        let service = repo.catalog.services.iter().find(|known| known.name == name).unwrap();
        let rules = deploy_rules(&platform, service).environments;
        let places: Vec<String> = rules
            .iter()
            .map(|known| format!("{} {}", known.name, known.regions.join(",")))
            .collect();
        (service.first_region.clone(), places)
    };
    assert_eq!(
        places("gst-calculator"),
        ("ap-south-1".to_owned(), vec!["prod-eu ap-south-1".to_owned()])
    );
    assert_eq!(
        places("cart-api").1,
        [
            "dev eu-west-1",
            "qa eu-west-1",
            "staging eu-west-1,us-east-1",
            "prod-eu eu-west-1,ap-south-1",
            "prod-us us-east-1"
        ]
    );
    let named = |environments: &str| {
        let to = format!("regions: [ap-south-1]\n    environments: [{environments}]");
        found(&with_new_templates(replaced(
            files.clone(),
            "services.yaml",
            "regions: [ap-south-1]",
            &to,
        )))
    };
    assert_eq!(named("dev, prod-eu"), ["HCD0106 /services/6/environments/0"]);
}

#[test]
fn a_delegate_whose_credentials_are_inherited_serves_one_cluster() {
    let shared = |credentials: &str| {
        let to = format!("    delegate: harness-delegate-int-euw1\n{credentials}");
        with("platform.yaml", "    delegate: harness-delegate-int-euw2\n", &to)
    };
    assert_eq!(found(&shared("")), ["HCD0129 /clusters/1/delegate"]);
    let mut seen = Seen::default();
    for (credentials, connector, infrastructure) in [
        (
            "{type: ServiceAccount, url: 'https://k8s.company.example', tokenRef: org.k8s_token, caCertRef: k8s_ca}",
            "type: K8sCluster",
            "type: KubernetesDirect",
        ),
        (
            "{type: Eks, cluster: eu-west-1/int}",
            "type: Aws",
            "type: KubernetesAws",
        ),
        (
            "{type: Eks, cluster: eu-west-1/int, credentials: {type: Irsa}}",
            "type: Irsa",
            "cluster: eu-west-1/int",
        ),
        (
            "{type: Eks, cluster: eu-west-1/int, credentials: {type: AccessKey, accessKeyRef: a, secretKeyRef: b}}",
            "accessKeyRef: a",
            "type: KubernetesAws",
        ),
        (
            "{type: Gke, cluster: europe-west1/int}",
            "type: Gcp",
            "type: KubernetesGcp",
        ),
        (
            "{type: Gke, cluster: europe-west1/int, credentials: {type: ServiceAccountKey, secretKeyRef: k}}",
            "secretKeyRef: k",
            "type: KubernetesGcp",
        ),
        (
            "{type: Aks, cluster: int, resourceGroup: g, subscription: s}",
            "type: Azure",
            "type: KubernetesAzure",
        ),
        (
            "{type: Aks, cluster: int, resourceGroup: g, subscription: s, credentials: {type: ServicePrincipal, application: a, tenant: t, secretRef: x}}",
            "applicationId: a",
            "resourceGroup: g",
        ),
    ] {
        let files = rendered(shared(&format!("    credentials: {credentials}\n")));
        seen.holds(&files, "connectors/k8s_int_stable_euw2.yaml", connector);
        seen.holds(&files, "infrastructures/int-stable-euw2.yaml", infrastructure);
    }
    let wrong = |credentials: &str| found(&shared(&format!("    credentials: {credentials}\n")));
    assert_eq!(
        wrong("{type: EKS, cluster: x}"),
        ["HCD0023 /clusters/1/credentials/type"]
    );
    assert_eq!(wrong("{cluster: x}"), ["HCD0020 /clusters/1/credentials"]);
    assert_eq!(wrong("{type: Gke}"), ["HCD0020 /clusters/1/credentials"]);
}

#[test]
fn delegates_have_a_size_and_answer_to_harness_where_it_is() {
    let project = "project: platform\n";
    let files = with(
        "platform.yaml",
        project,
        &format!("{project}harnessUrl: https://harness.example:8443/\n"),
    );
    let delegate = "  - name: harness-delegate-int-euw1\n";
    let files = replaced(
        files,
        "platform.yaml",
        delegate,
        &format!("{delegate}    replicas: 3\n    cpu: 2\n    memoryMb: 4096\n"),
    );
    let rendered = rendered(files);
    let values = &rendered["delegates/harness-delegate-int-euw1.values.yaml"];
    assert!(
        values.contains("\nmanagerEndpoint: https://harness.example:8443\n"),
        "{values}"
    );
    assert!(
        values.contains("\nreplicas: 3\ncpu: 2\nmemory: 4096\nupgrader:"),
        "{values}"
    );
    let commands = &rendered["delegates/harness-delegate-int-euw1.install.sh"];
    let chart = "--repo 'https://harness.example:8443/storage/harness-download/delegate-helm-chart/' \\";
    assert!(commands.contains(chart), "{commands}");
    let other = &rendered["delegates/harness-delegate-prod-euw1.values.yaml"];
    assert!(other.contains("\nreplicas: 1\nupgrader:"), "{other}");

    let script = "https://harness.example/';reboot'";
    let files = with(
        "platform.yaml",
        project,
        &format!("{project}harnessUrl: \"{script}\"\n"),
    );
    assert_eq!(found(&files), ["HCD0112 /harnessUrl"]);
}

#[test]
fn a_ticket_that_nothing_came_of_is_rejected_where_nothing_else_is_said() {
    let template = |files: Files| {
        let bytes = with_new_templates(files)["templates/web-pipeline-template.yaml"].clone();
        String::from_utf8(bytes).unwrap()
    };
    let company = config_repo(&workspace().join("tests/cases/config-repo"));
    let own = "      cancelled: Cancelled\n";
    let usual = template(replaced(company.clone(), "platform.yaml", own, ""));
    let said = template(replaced(company, "platform.yaml", own, "      cancelled: Declined\n"));
    assert!(usual.contains("identifier: cancel_ticket"), "{usual}");
    let without_digest = |text: &str| text.lines().skip(1).map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(without_digest(&usual), without_digest(&said));
}

#[test]
fn every_registry_has_its_connector_and_its_artifact_source() {
    let mut seen = Seen::default();
    let login = "username: robot, passwordRef: org.robot_token";
    for (registry, connector, source) in [
        (
            "url: 'https://123456789012.dkr.ecr.eu-west-1.amazonaws.com', credentials: {type: Irsa}",
            "type: Aws",
            "registryId: \"123456789012\"",
        ),
        (
            "url: 'https://europe-west1-docker.pkg.dev/shop/images', credentials: {type: ServiceAccountKey, secretKeyRef: k}",
            "type: Gcp",
            "version: <+input>",
        ),
        (
            "url: 'https://company.azurecr.io', subscription: 0a1b",
            "type: Azure",
            "registry: company",
        ),
        (
            &format!(
                "type: Artifactory, url: 'https://company.jfrog.io/artifactory', repository: docker-local, {login}"
            ),
            "type: Artifactory",
            "artifactPath: project/payment-service",
        ),
        (
            &format!(
                "type: Nexus, url: 'https://nexus.company.example', repository: docker, repositoryUrl: docker.company.example, {login}"
            ),
            "type: Nexus",
            "repositoryUrl: docker.company.example",
        ),
        (
            &format!("type: GithubPackages, url: 'https://github.com/company', {login}"),
            "type: Github\n",
            "packageType: container",
        ),
        (
            &format!("url: 'https://company.azurecr.io', {login}"),
            "type: DockerRegistry",
            "type: DockerRegistry",
        ),
    ] {
        let text = format!("registry: {{connector: images, delegate: harness-delegate-int-euw1, {registry}}}\n");
        let files = rendered(with_registry(&text));
        seen.holds(&files, "connectors/images.yaml", connector);
        seen.holds(&files, "services/payment-service.yaml", source);
        seen.holds(&files, "pipelines/report-job-cd.yaml", "identifier: docker_image");
    }
}

#[test]
fn a_template_takes_the_builds_of_its_services_registries() {
    // A template by hand, which takes those of Docker alone, and a service of another registry.
    let path = "templates/api-pipeline-template.yaml";
    let registries = |kind: &str| {
        let own = "connector: own, delegate: harness-delegate-int-euw1, username: robot, passwordRef: token";
        format!(
            "registries:\n  - {{connector: hub, url: 'https://hub.example', delegate: harness-delegate-int-euw1, username: robot, passwordRef: token}}\n  - {{{own}, {kind}}}\n"
        )
    };
    let image = "    image: project/order-service\n";
    let of = |kind: &str| {
        let files = with_registry(&registries(kind));
        let files = replaced(files, "services.yaml", image, &format!("{image}    registry: own\n"));
        replaced(files, path, "# Digest of what was written", "# Written by hand since")
    };
    let ghcr = "type: GithubPackages, url: 'https://github.com/company'";
    let told = |files: &Files| -> Vec<String> {
        let findings = render(&read_config_repo(files), &[]).diagnostics.into_iter();
        findings
            .map(|finding| format!("{} {} {}", finding.code, finding.file, finding.message))
            .collect()
    };
    let files = of(ghcr);
    let wrong = "HCD0146 templates/api-pipeline-template.yaml the stage gives its build to a source of the type `DockerRegistry`; the images of the registry `own` are of the type `GithubPackageRegistry`";
    assert_eq!(told(&files), [wrong; 3]);
    // The others of the archetype are not rendered either: there is one template for all of them.
    let placeholder = |text: &str| text.replace("type: DockerRegistry", "type: {{ARTIFACT_TYPE}}");
    let mut half = files.clone();
    let text = placeholder(std::str::from_utf8(&files[path]).unwrap());
    half.insert(path.to_owned(), text.into_bytes());
    let wrong = "HCD0146 templates/api-pipeline-template.yaml a build of the registry `own` is chosen by `version`, and the stage gives `tag`";
    assert_eq!(told(&half), [wrong; 3]);
    assert_eq!(told(&with_new_templates(files)), Vec::<String>::new());
    // A registry of the same kind needs nothing else.
    assert_eq!(told(&of("url: 'https://own.example'")), Vec::<String>::new());
}

#[test]
fn what_is_wrong_with_a_registry_is_said_where_it_stands() {
    let of = |registry: &str| found(&with_registry(&format!("registries:\n  - {registry}\n")));
    for (registry, expected) in [
        (
            "{connector: a, delegate: harness-delegate-int-euw1, type: Ecr, url: 'https://ecr.aws'}",
            "HCD0112 /registries/0/url",
        ),
        (
            "{connector: a, delegate: harness-delegate-int-euw1, type: Ecs, url: 'https://x.y'}",
            "HCD0023 /registries/0/type",
        ),
        (
            "{connector: a, delegate: harness-delegate-int-euw1, url: 'https://company.azurecr.io'}",
            "HCD0112 /registries/0",
        ),
        (
            "{connector: a, delegate: harness-delegate-int-euw1, type: Nexus, url: 'https://n', repositry: x, repositoryUrl: y, username: u, passwordRef: p}",
            "HCD0021 /registries/0/repositry",
        ),
    ] {
        assert!(
            of(registry).iter().any(|found| found == expected),
            "{registry}: {:?}",
            of(registry)
        );
    }
    let stray = "{connector: a, delegate: harness-delegate-int-euw1, url: 'https://x.y', username: u, passwordRef: p, repository: r}";
    assert_eq!(of(stray), ["HCD0112 /registries/0/repository"]);
    assert_eq!(found(&with_registry("registries: []\n")), ["HCD0112 "]);
}

#[test]
fn a_connector_of_the_account_is_named_and_not_made() {
    let files = rendered(with_registry(
        "registry: {connector: account.images, name: shared, url: 'https://gcr.io'}\n",
    ));
    assert!(files["services/payment-service.yaml"].contains("connectorRef: account.images\n"));
    assert!(files.keys().all(|path| !path.contains("images")));
    let files = rendered(with_manifests(
        "manifests: {type: Github, connector: org.git, repository: platform-next, branch: main}\n",
    ));
    assert!(files["services/payment-service.yaml"].contains("connectorRef: org.git\n"));
    assert!(files["services/payment-service.yaml"].contains("repoName: platform-next\n"));
}

#[test]
fn approvers_of_the_account_keep_their_scope() {
    let files = replaced(
        with(
            "platform.yaml",
            "approvals: [team, platform-team]",
            "approvals: [team, account.platform-team]",
        ),
        "platform.yaml",
        "approvalGroups: [platform-team]",
        "approvalGroups: [account.platform-team]",
    );
    let files = replaced(files, "services.yaml", "team: orders-team", "team: org.orders-team");
    let files = rendered(files);
    let pipeline = &files["pipelines/order-service-cd.yaml"];
    assert!(pipeline.contains("- account.platform_team\n"), "{pipeline}");
    assert!(pipeline.contains("- org.orders_team\n"), "{pipeline}");
    assert!(pipeline.contains("identifier: platform_approval\n"), "{pipeline}");
}

#[test]
fn every_host_of_manifests_has_its_connector_and_its_store() {
    let mut seen = Seen::default();
    let token = "username: bot, tokenRef: bot_token";
    for (manifests, connector, store) in [
        (
            "url: 'https://github.com/c/p', githubApp: {application: '1', installation: '2', privateKeyRef: key}",
            "type: GithubApp",
            "type: Github\n",
        ),
        (
            &format!("url: 'https://gitlab.com/c/p', {token}"),
            "type: Gitlab",
            "type: GitLab\n",
        ),
        (
            &format!("url: 'https://bitbucket.org/c/p', {token}"),
            "type: Bitbucket",
            "type: Bitbucket\n",
        ),
        (
            &format!("url: 'https://dev.azure.com/c/p/_git/r', {token}"),
            "type: AzureRepo",
            "type: AzureRepo\n",
        ),
        (
            &format!("type: GitLab, url: 'https://git.company.example/c/p', {token}"),
            "type: Gitlab",
            "type: GitLab\n",
        ),
    ] {
        let files = rendered(with_manifests(&format!(
            "manifests: {{connector: git, branch: main, {manifests}}}\n"
        )));
        seen.holds(&files, "connectors/git.yaml", connector);
        seen.holds(&files, "services/payment-service.yaml", store);
        seen.holds(&files, "pipelines/report-job-cd.yaml", store);
    }
    let files = rendered(with_manifests(
        "manifests: {type: HarnessCode, repository: r, branch: main}\n",
    ));
    assert!(files["services/payment-service.yaml"].contains("type: HarnessCode\n"));
    let unknown = with_manifests(&format!(
        "manifests: {{connector: git, branch: main, url: 'https://git.company.example/c/p', {token}}}\n"
    ));
    assert_eq!(found(&unknown)[..1], ["HCD0112 /manifests/url"]);
}

#[test]
fn what_harness_does_not_reach_a_delegate_does() {
    let of_company = |delegate: &str| {
        with_manifests(&format!(
            "manifests: {{type: GitLab, connector: git, branch: main, url: 'https://git.company.example/c/p', \
             username: bot, tokenRef: bot_token{delegate}}}\n"
        ))
    };
    let connector = |delegate: &str| rendered(of_company(delegate))["connectors/git.yaml"].clone();
    assert!(connector("").ends_with("    executeOnDelegate: false\n"));
    let route = "    executeOnDelegate: true\n    delegateSelectors:\n      - harness-delegate-int-euw1\n";
    assert!(connector(", delegate: harness-delegate-int-euw1").ends_with(route));
    assert_eq!(
        found(&of_company(", delegate: harness-delegate-int"))[..1],
        ["HCD0103 /manifests/delegate"]
    );
}

#[test]
fn manifests_are_plain_or_kustomizations_or_charts() {
    let mut seen = Seen::default();
    for (format, service, pipeline) in [
        (
            "Kustomize",
            "folderPath: <+input>",
            "/int-stable/<+pipeline.variables.targetRegion>/image.yaml",
        ),
        (
            "HelmChart",
            "folderPath: charts/job",
            "/int-stable/<+pipeline.variables.targetRegion>/values.yaml",
        ),
    ] {
        let to = format!("workload: CronJob\n    manifests: {format}");
        let files = rendered(with("platform.yaml", "workload: CronJob", &to));
        seen.holds(&files, "services/report-job.yaml", service);
        seen.holds(&files, "pipelines/report-job-cd.yaml", pipeline);
        assert!(files["services/payment-service.yaml"].contains("type: K8sManifest"));
    }
}

/// Charts beside the services, overlays by environment, files in another repository: what is there stays where it is.
#[test]
fn manifests_that_are_there_already_keep_their_paths() {
    let mut seen = Seen::default();
    let repositories = "repositories:\n  - {name: charts, connector: org.charts, type: GitLab, repository: all, branch: live, format: HelmChart,\n     \
                        paths: {chart: '{{SERVICE_NAME}}/chart/', files: ['{{SERVICE_NAME}}/values.yaml', '{{SERVICE_NAME}}/{{CONFIG}}/{{ENVIRONMENT}}.yaml']}}\n  \
                        - {connector: git_overlays, url: https://github.com/company/overlays, branch: main, username: bot, tokenRef: pat, format: Kustomize}\nregistry:\n";
    let files = with("platform.yaml", "registry:\n", repositories);
    let files = replaced(
        files,
        "platform.yaml",
        "  - name: api\n",
        "  - name: api\n    repository: charts\n",
    );
    let overlays = "  - name: worker\n    repository: git_overlays\n    paths: {folder: 'apps/{{SERVICE_NAME}}/overlays/{{ENVIRONMENT}}'}\n";
    let files = replaced(files, "platform.yaml", "  - name: worker\n", overlays);
    let plain = "  - name: job\n    paths: {files: ['jobs/{{SERVICE_NAME}}/{{ENVIRONMENT_IDENTIFIER}}.yaml', jobs/shared.yaml]}\n";
    let files = replaced(files, "platform.yaml", "  - name: job\n", plain);
    let lacking = found(&with_new_templates(files.clone()));
    assert_eq!(
        lacking,
        ["HCD0113 /services/0", "HCD0113 /services/1", "HCD0113 /services/2"]
    );
    let text = String::from_utf8(files["services.yaml"].clone()).unwrap();
    let text = text.replace("archetype: api\n", "archetype: api\n    values: {CONFIG: deploy/env}\n");
    let mut files = files;
    files.insert("services.yaml".to_owned(), text.into_bytes());
    let rendered = rendered(files.clone());
    for (path, lines) in [
        (
            "services/payment-service.yaml",
            "type: GitLab|spec:|connectorRef: org.charts|repoName: all|gitFetchType: Branch|branch: live|folderPath: \
             payment-service/chart",
        ),
        (
            "pipelines/payment-service-cd.yaml",
            "valuesPaths:|- payment-service/values.yaml|- payment-service/deploy/env/int-stable.yaml",
        ),
        ("services/invoice-worker.yaml", "connectorRef: git_overlays"),
        (
            "connectors/git_overlays.yaml",
            "url: https://github.com/company/overlays",
        ),
        (
            "pipelines/invoice-worker-cd.yaml",
            "folderPath: apps/invoice-worker/overlays/int-stable|patchesPaths:|- \
             apps/invoice-worker/overlays/int-stable/image.yaml",
        ),
        (
            "pipelines/report-job-cd.yaml",
            "paths:|- jobs/report-job/int_stable.yaml|- jobs/shared.yaml",
        ),
    ] {
        let written: Vec<&str> = rendered[path].lines().map(str::trim).collect();
        assert!(written.join("|").contains(lines), "{path}: {}", rendered[path]);
        seen.holds(&rendered, path, "");
    }
    for (from, to, told) in [
        (
            "repository: charts\n",
            "repository: chart\n",
            "HCD0103 /archetypes/0/repository",
        ),
        (
            "{{SERVICE_NAME}}/values.yaml",
            "{{SERVICE_NAM}}/values.yaml",
            "HCD0113 /repositories/0/paths/files/0",
        ),
        (
            "{folder: 'apps",
            "{chart: x, folder: 'apps",
            "HCD0141 /archetypes/1/paths/chart",
        ),
        (
            "name: charts, ",
            "name: git_overlays, ",
            "HCD0102 /repositories/1/connector",
        ),
        (
            "{chart: '{{SERVICE_NAME}}",
            "{chart: '/{{SERVICE_NAME}}",
            "HCD0112 /repositories/0/paths/chart",
        ),
        (
            "jobs/shared",
            "jobs/../../shared",
            "HCD0112 /archetypes/2/paths/files/1",
        ),
        (
            "'apps/{{SERVICE_NAME}}",
            "'../{{SERVICE_NAME}}",
            "HCD0112 /archetypes/1/paths/folder",
        ),
    ] {
        let found = found(&replaced(files.clone(), "platform.yaml", from, to));
        assert!(found.contains(&told.to_owned()), "{from}: {found:?}");
    }
    // What a service says stays there as well.
    for (value, told) in [
        ("../env", &["HCD0112 /services/0/values/CONFIG"] as &[&str]),
        ("a..b/..c", &[]),
    ] {
        let files = replaced(files.clone(), "services.yaml", "deploy/env", value);
        assert_eq!(found(&files), told, "{value}");
    }
}

#[test]
fn regions_have_names_and_identifiers() {
    let regions = |to: &str| with("platform.yaml", "regions: [euw1, euw2]", to);
    assert_eq!(platform(&example()).regions[0].identifier.as_str(), "euw1");
    assert_eq!(
        found(&regions("regions: [euw1, {name: euw2, identifier: euw1}]"))[..1],
        ["HCD0102 /regions/1"]
    );
    assert_eq!(
        found(&regions("regions: [euw1, {name: euw2, identifier: eu-west}]"))[..1],
        ["HCD0101 /regions/1/identifier"]
    );
    let files = rendered(regions("regions: [euw1, {name: euw2, identifier: west_2}]"));
    assert!(files["infrastructures/prod-euw2.yaml"].contains("identifier: prod_west_2_k8s\n"));
    assert!(
        files["pipelines/payment-service-cd.yaml"]
            .contains("identifier: prod_<+<+pipeline.variables.targetRegion>.replace(\"euw2\", \"west_2\")>_k8s\n")
    );
}

#[test]
fn what_runs_already_keeps_its_names() {
    let mut seen = Seen::default();
    let names = "names: {pipeline: 'Deploy {{SERVICE_NAME}}', pipelineIdentifier: 'deploy_{{SERVICE_IDENTIFIER}}', \
                 namespace: '{{SERVICE_NAME}}-{{ENVIRONMENT}}', releaseName: '{{SERVICE_NAME}}'}\nimageTags:";
    let patterns = with("platform.yaml", "imageTags:", names);
    let files = rendered(patterns.clone());
    seen.holds(
        &files,
        "pipelines/report-job-cd.yaml",
        "identifier: \"deploy_report_job\"\n",
    );
    seen.holds(
        &files,
        "triggers/report-job-cd.yaml",
        "pipelineIdentifier: deploy_report_job\n",
    );
    seen.holds(
        &files,
        "infrastructures/prod-euw1.yaml",
        "namespace: <+service.name>-prod\n",
    );
    seen.holds(
        &files,
        "infrastructures/prod-euw1.yaml",
        "releaseName: <+service.name>\n",
    );

    let own = "team: orders-team\n    identifier: OrderService\n    names: {pipeline: Orders, pipelineIdentifier: orders, namespace: 'orders-{{ENVIRONMENT}}'}";
    let files = replaced(patterns, "services.yaml", "team: orders-team", own);
    let repo = read_config_repo(&with_new_templates(files.clone()));
    let orders = repo
        .catalog
        .services
        .iter()
        .find(|known| known.name == "order-service")
        .unwrap();
    let rules = deploy_rules(repo.platform.as_ref().unwrap(), orders);
    assert_eq!(
        (rules.pipeline.as_str(), rules.pipeline_name.as_str()),
        ("orders", "Orders")
    );
    assert_eq!(rules.service_identifier, "OrderService");
    let files = rendered(files);
    seen.holds(&files, "pipelines/order-service-cd.yaml", "identifier: \"orders\"\n");
    seen.holds(&files, "pipelines/order-service-cd.yaml", "serviceRef: OrderService\n");
    seen.holds(
        &files,
        "infrastructures/prod-euw1.yaml",
        "namespace: <+serviceVariables.namespace>\n",
    );
    seen.holds(&files, "services/order-service.yaml", "value: orders-<+env.name>\n");
    seen.holds(&files, "services/report-job.yaml", "value: report-job-<+env.name>\n");
}

#[test]
fn names_that_cannot_be_are_refused() {
    let platform = |names: &str| {
        found(&with(
            "platform.yaml",
            "imageTags:",
            &format!("names: {names}\nimageTags:"),
        ))
    };
    assert_eq!(platform("{pipeline: '{{SERVICE_NAEM}}'}"), ["HCD0113 /names/pipeline"]);
    assert_eq!(platform("{pipline: x}"), ["HCD0021 /names/pipline"]);
    assert_eq!(
        platform("{namespace: '{{PIPELINE_NAME}}'}"),
        ["HCD0113 /names/namespace"]
    );
    let service = |names: &str| {
        let to = format!("team: orders-team\n    names: {names}");
        found(&with("services.yaml", "team: orders-team", &to))
    };
    assert_eq!(service("{pipelineIdentifier: a-b}"), ["HCD0101 /services/2/name"]);
    assert_eq!(service("{pipeline: a/b}"), ["HCD0101 /services/2/name"]);
    assert_eq!(service("{pipeline: ledger-service-cd}"), ["HCD0102 /services/2/names"]);
    // A template that names the pipeline by the platform's pattern does not fit a service with another.
    let files = with(
        "services.yaml",
        "team: orders-team",
        "team: orders-team\n    names: {pipeline: Orders}",
    );
    let files = replaced(
        files,
        "templates/api-pipeline-template.yaml",
        "{{PIPELINE_NAME}}",
        "{{SERVICE_NAME}}-cd",
    );
    let rendered = render(&read_config_repo(&files), &[]);
    assert_eq!(rendered.diagnostics[0].code, "HCD0115");
    assert_eq!(
        rendered.diagnostics[0].hint.as_deref(),
        Some("write `name: {{PIPELINE_NAME}}`")
    );
}

#[test]
fn a_service_is_shown_by_another_name_than_it_goes_by() {
    let named = |name: &str| {
        let files = with(
            "services.yaml",
            "  - name: payment-service\n",
            &format!("  - name: payment-service\n    displayName: {name}\n"),
        );
        replaced(
            files,
            "platform.yaml",
            "imageTags:",
            "names: {pipeline: 'Deploy {{SERVICE_DISPLAY_NAME}}'}\nimageTags:",
        )
    };
    let files = with_new_templates(named("Kasse POS"));
    let repo = read_config_repo(&files);
    assert_eq!(repo.diagnostics, []);
    let rendered = render(&repo, &[]);
    assert_eq!(rendered.diagnostics, []);
    let files = rendered.into_files().files;
    validate(&files);
    for (path, part) in [
        (
            "services/payment-service.yaml",
            "  name: Kasse POS\n  identifier: payment_service\n",
        ),
        (
            "pipelines/payment-service-cd.yaml",
            "  name: \"Deploy Kasse POS\"\n  identifier: \"payment_service_cd\"\n",
        ),
        ("services/order-service.yaml", "  name: order-service\n"),
        ("pipelines/order-service-cd.yaml", "  name: \"Deploy order-service\"\n"),
        // Harness would fill in the name that it shows.
        (
            "infrastructures/prod-euw1.yaml",
            "namespace: <+serviceVariables.namespace>\n",
        ),
        (
            "services/payment-service.yaml",
            "value: <+env.name>-payment-service-<+pipeline.variables.targetRegion>\n",
        ),
    ] {
        assert!(files[path].contains(part), "{path}: {}", files[path]);
    }
    for (name, wanted) in [
        ("Kasse (POS)", "HCD0112 /services/0/displayName"),
        ("''", "HCD0022 /services/0/displayName"),
        ("[Kasse]", "HCD0022 /services/0/displayName"),
    ] {
        assert_eq!(found(&named(name)), [wanted], "{name}");
    }
    let identifier = replaced(
        named("Kasse"),
        "platform.yaml",
        "{pipeline: ",
        "{pipelineIdentifier: '{{SERVICE_DISPLAY_NAME}}', pipeline: ",
    );
    assert_eq!(found(&identifier), ["HCD0113 /names/pipelineIdentifier"]);
}
