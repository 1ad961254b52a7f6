//! A platform description alone is enough: its templates, what they render to, and what Harness's schemas say of it.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking, and says what it skips"
)]

mod support;

use std::collections::BTreeSet;

use harness_cd_model::naming::template_path;
use harness_cd_pipeline::{ConfigRepo, Files, Rendered, read_config_repo, render};
use support::{config_repo, example, replaced, validate, with_new_templates, workspace};

fn five_environments() -> Files {
    config_repo(&workspace().join("tests/fixtures/platforms/five-environments"))
}

/// The findings of reading, as `code pointer`.
fn found(repo: &ConfigRepo) -> Vec<String> {
    repo.diagnostics
        .iter()
        .map(|finding| format!("{} {}", finding.code, finding.pointer))
        .collect()
}

#[test]
fn the_templates_of_the_example_are_those_that_the_command_writes() {
    let written = example();
    for (path, new) in with_new_templates(written.clone()) {
        let (old, new) = (std::str::from_utf8(&written[&path]), std::str::from_utf8(&new));
        assert_eq!(old.unwrap(), new.unwrap(), "{path}: run `harness-cd template new`");
    }
}

#[test]
fn a_platform_of_five_environments_and_four_regions_needs_no_edit_by_hand() {
    let files = with_new_templates(five_environments());
    let repo = read_config_repo(&files);
    let rendered = render(&repo, &[]);
    assert_eq!(rendered.diagnostics, []);
    validate(&rendered.into_files().files);
}

#[test]
fn a_template_without_the_ticket_that_the_platform_asks_for_is_found() {
    let files = replaced(
        with_new_templates(five_environments()),
        "templates/api-pipeline-template.yaml",
        "type: JiraApproval",
        "type: Wait",
    );
    let found = render(&read_config_repo(&files), &[]).diagnostics;
    assert_eq!(
        found.iter().map(|finding| finding.code.as_str()).collect::<Vec<_>>(),
        ["HCD0125"]
    );
}

#[test]
fn faults_of_tickets_and_notifications_are_found_where_they_stand() {
    for (from, to, expected) in [
        (
            "system: ServiceNow",
            "system: Bugzilla",
            "HCD0023 /environments/3/ticket/system",
        ),
        (
            "system: Jira",
            "system: ServiceNow",
            "HCD0021 /environments/4/ticket/project",
        ),
        ("      project: OPS\n", "", "HCD0020 /environments/4/ticket"),
        (
            "connector: jira",
            "connector: jira-cloud",
            "HCD0112 /environments/4/ticket/connector",
        ),
        ("channel: Slack", "channel: Slakc", "HCD0023 /notifications/0/channel"),
        (
            "slack_deployments_webhook",
            "https://hooks.slack.com/services/T/B/x",
            "HCD0112 /notifications/0/webhookRef",
        ),
        (
            "userGroups: [team, platform-team]",
            "userGroups: [platfrom-team]",
            "HCD0110 /notifications/0/userGroups/0",
        ),
        (
            "environments: [prod]",
            "environments: [production]",
            "HCD0103 /notifications/0/environments/0",
        ),
        (
            "[StageFailed]\n    environments:",
            "[PipelineFailed]\n    environments:",
            "HCD0123 /notifications/0/environments",
        ),
        (
            "[StageFailed]\n    environments:",
            "[StageFail]\n    environments:",
            "HCD0023 /notifications/0/events/0",
        ),
        (
            "    integrationKeyRef: org.pagerduty_key\n",
            "",
            "HCD0123 /notifications/1",
        ),
        ("    webhookRef: audit_webhook\n", "", "HCD0020 /notifications/4"),
        (
            "on-call@example.com",
            "on-call",
            "HCD0112 /notifications/3/recipients/0",
        ),
        ("events: [AllEvents]", "events: []", "HCD0123 /notifications/4/events"),
        ("name: Audit", "name: Progress", "HCD0102 /notifications/4/name"),
    ] {
        let repo = read_config_repo(&replaced(five_environments(), "platform.yaml", from, to));
        // What every template has in it keeps all of them from being written.
        let is_stopped = repo.platform.is_none() || repo.reason_against_templates().is_some();
        assert!(is_stopped, "{to:?}");
        let found = found(&repo);
        assert!(found.iter().any(|found| found == expected), "{to:?}: {found:?}");
    }
}

/// A ticket says what its platform wants it to, and what it is for unless the platform says that too.
#[test]
fn a_new_ticket_has_the_fields_of_its_platform() {
    let template = |files: Files| {
        let files = with_new_templates(files);
        String::from_utf8(files["templates/api-pipeline-template.yaml"].clone()).unwrap()
    };
    let written = template(five_environments());
    let indent = " ".repeat(22);
    let field = |name: &str, value: &str| format!("{indent}- name: {name}\n{indent}  value: {value}\n");
    let summary = field(
        "Summary",
        "Deploy {{SERVICE_NAME}} <+pipeline.variables.imageTag> to prod <+pipeline.variables.targetRegion>",
    );
    for field in [
        &summary,
        &field("Priority", "High"),
        &field("Description", "\"Tag: <+pipeline.variables.imageTag>\""),
    ] {
        assert!(written.contains(field), "{field}{written}");
    }
    let own = replaced(five_environments(), "platform.yaml", "Priority: High", "Summary: Ours");
    let written = template(own);
    assert!(
        !written.contains(&summary) && written.contains(&field("Summary", "Ours")),
        "{written}"
    );
}

#[test]
fn an_archetype_that_cannot_have_its_strategy_hears_why() {
    let message = |from: &str, to: &str| {
        let repo = read_config_repo(&replaced(five_environments(), "platform.yaml", from, to));
        repo.diagnostics[0].message.clone()
    };
    assert_eq!(
        message(
            "workload: StatefulSet\n    strategy: Rolling",
            "workload: StatefulSet\n    strategy: Canary"
        ),
        "Canary does not deploy a StatefulSet, which is the workload of `stateful-worker`: a canary is a second, \
         smaller copy of exactly one Deployment"
    );
    assert_eq!(
        message(
            "{pre-stable: BlueGreen, prod: Canary}",
            "{pre-stable: Canary, prod: Canary}"
        ),
        "the archetype `api` asks for a canary in `pre-stable`, and the environment `pre-stable` has no canary phases"
    );
}

/// What rendering finds where the template of `api` is edited, as `code message`.
fn found_after(files: &Files, from: &str, to: &str) -> Vec<String> {
    let files = replaced(files.clone(), "templates/api-pipeline-template.yaml", from, to);
    let found = render(&read_config_repo(&files), &[]).diagnostics;
    let told = found.into_iter();
    told.map(|finding| format!("{} {}", finding.code, finding.message))
        .collect()
}

#[test]
fn a_progressive_canary_grows_as_its_environment_says_and_is_no_other() {
    let files = replaced(example(), "platform.yaml", "prod: Canary", "prod: Progressive");
    let files = with_new_templates(files);
    assert_eq!(
        found_after(&files, "targetPercentage: 50", "targetPercentage: 60"),
        ["HCD0120 the canary grows by [10, 60, 100] percent; the platform description says [10, 50, 100]"]
    );
    let standard = replaced(files, "platform.yaml", "prod: Progressive", "prod: Canary");
    assert_eq!(
        found_after(&standard, "", ""),
        [
            "HCD0139 the template is not the one that the platform description gives by now: the stage of `prod` deploys by \
             Progressive; the platform description says Canary for `api`"
        ]
    );
}

#[test]
fn helm_deploys_a_chart_as_a_release() {
    let files = with_new_templates(five_environments());
    let rendered = render(&read_config_repo(&files), &[]);
    assert_eq!(rendered.diagnostics, []);
    let holds = |path: &str, parts: &[&str]| {
        let text = &rendered.entities[path].yaml;
        parts
            .iter()
            .for_each(|part| assert!(text.contains(part), "{part}: {text}"));
    };
    holds(
        "pipelines/search-index-cd.yaml",
        &[
            "deploymentType: NativeHelm",
            "type: HelmDeploy",
            "type: HelmRollback",
            "- identifier: prod_<+pipeline.variables.targetRegion>_helm",
            "- generated/search-index/prod/<+pipeline.variables.targetRegion>/values.yaml",
        ],
    );
    holds(
        "services/search-index.yaml",
        &["type: NativeHelm", "type: HelmChart", "folderPath: charts/chart"],
    );
    holds(
        "infrastructures/prod-euw1.helm.yaml",
        &["identifier: prod_euw1_helm", "deploymentType: NativeHelm"],
    );
    holds(
        "infrastructures/prod-euw1.yaml",
        &["identifier: prod_euw1_k8s", "deploymentType: Kubernetes"],
    );

    let found = |from: &str, to: &str| {
        let repo = read_config_repo(&replaced(five_environments(), "platform.yaml", from, to));
        let of_platform = repo.diagnostics.into_iter();
        let told = of_platform.filter(|finding| finding.file == "platform.yaml");
        told.map(|finding| format!("{} {}", finding.code, finding.message))
            .collect::<Vec<_>>()
    };
    let native = "deploymentType: NativeHelm\n    strategy: Rolling";
    assert_eq!(
        found(native, "deploymentType: NativeHelm\n    strategy: BlueGreen"),
        [
            "HCD0121 BlueGreen does not deploy `chart`, whose `deploymentType` is NativeHelm: Helm upgrades a release as a \
             whole, and takes it back as a whole"
        ]
    );
    assert_eq!(
        found("    manifests: HelmChart\n", ""),
        ["HCD0141 Helm deploys charts, and the manifests are K8sManifest"]
    );
    assert_eq!(
        found(
            "workload: StatefulSet\n    manifests",
            "workload: CloudRun\n    manifests"
        ),
        ["manifests", "deploymentType", "strategy"]
            .map(|key| format!("HCD0021 `{key}` says nothing beside `workload: CloudRun`"))
    );
    let other = replaced(files, "platform.yaml", "    deploymentType: NativeHelm\n", "");
    let found = render(&read_config_repo(&other), &[]).diagnostics;
    assert!(
        found
            .iter()
            .any(|finding| finding.code == "HCD0139" && finding.message.contains("the deployment type NativeHelm")),
        "{found:?}"
    );
}

#[test]
fn a_kustomization_is_applied_by_its_folder_and_plain_manifests_by_their_file() {
    let applied = |manifests: &str| {
        let job = "workload: Job\n    strategy: Apply";
        let files = replaced(five_environments(), "platform.yaml", job, &format!("{job}{manifests}"));
        let template = with_new_templates(files)
            .remove("templates/job-pipeline-template.yaml")
            .unwrap();
        let template = String::from_utf8(template).unwrap();
        let (_, paths) = template.split_once("filePaths:\n").unwrap();
        paths.lines().next().unwrap().trim().to_owned()
    };
    assert_eq!(applied(""), "- manifests.yaml");
    assert_eq!(
        applied("\n    manifests: Kustomize"),
        "- generated/{{SERVICE_NAME}}/dev/<+pipeline.variables.targetRegion>"
    );
}

#[test]
fn an_approver_of_whom_nothing_is_required_is_not_told_to_provide_it() {
    let asked = |required: &str| {
        let fields = "requiredFields: [changeTicket, rollbackPlan]";
        let files = replaced(example(), "platform.yaml", fields, required);
        let template = with_new_templates(files)
            .remove("templates/api-pipeline-template.yaml")
            .unwrap();
        let template = String::from_utf8(template).unwrap();
        let (_, message) = template
            .split_once("Requester: <+pipeline.triggeredBy.email>\n")
            .unwrap();
        message.lines().next().unwrap().trim().to_owned()
    };
    assert_eq!(
        asked("requiredFields: [rollbackPlan]"),
        "Please provide the change ticket, the rollback plan and the business justification."
    );
    assert_eq!(
        asked("requiredFields: []"),
        "Where there is one, add the change ticket, the rollback plan and the business justification."
    );
}

#[test]
fn an_archetype_says_how_long_how_strictly_and_what_approvers_read() {
    let own = "strategy: Rolling\n    timeoutMinutes: 45\n    sensitivity: LOW\n    verifyMinutes: 20\n    approvalMessage: |\n      \
               Look first: https://dashboard.example/{{SERVICE_NAME}}\n\n      # <inputs>";
    let files = replaced(example(), "platform.yaml", "strategy: Rolling", own);
    let written = with_new_templates(files);
    let repo = read_config_repo(&written);
    let rendered = render(&repo, &[]);
    assert_eq!((&repo.diagnostics, &rendered.diagnostics), (&vec![], &vec![]));
    let pipeline = &rendered.entities["pipelines/payment-service-cd.yaml"].yaml;
    let count = |part: &str| pipeline.matches(part).count();
    let said = "Look first: https://dashboard.example/payment-service\n                      # <inputs>\n";
    for (part, times) in [
        ("timeout: 45m", 10),
        // of the change window, and of two verifications
        ("timeout: 10m", 1),
        ("timeout: 75m", 2),
        ("duration: 20m", 2),
        ("sensitivity: LOW", 2),
        (said, 2),
    ] {
        assert_eq!(count(part), times, "{part}: {pipeline}");
    }
    validate(&rendered.into_files().files);
}

#[test]
fn what_is_verified_is_watched_by_what_its_archetype_says() {
    let files = with_new_templates(five_environments());
    let others = render(&read_config_repo(&files), &[]).others;
    let watched: Vec<&String> = others
        .keys()
        .filter(|path| path.starts_with("monitored-services/"))
        .collect();
    let (prod, pre_stable) = (
        "monitored-services/payment-service-prod.yaml",
        "monitored-services/payment-service-pre-stable.yaml",
    );
    assert_eq!(watched, [pre_stable, prod]);
    let expected = workspace().join("tests/fixtures/platforms/five-environments/monitored-service.yaml");
    assert_eq!(others[pre_stable], std::fs::read_to_string(expected).unwrap());

    for (from, to, expected) in [
        (
            "{{SERVICE_NAME}}\", stage",
            "{{SERVICE}}\", stage",
            "HCD0113 /archetypes/0/healthSources/0/metrics/0/query",
        ),
        (
            "riskCategory: Errors",
            "riskCategory: Error",
            "HCD0023 /archetypes/0/healthSources/0/metrics/0/riskCategory",
        ),
        (
            "name: Throughput",
            "name: Error rate",
            "HCD0102 /archetypes/0/healthSources/0/metrics/1/name",
        ),
        (
            "type: Prometheus",
            "type: Datadog",
            "HCD0023 /archetypes/0/healthSources/0/type",
        ),
        (
            "account.prometheus",
            "prometheus-eu",
            "HCD0112 /archetypes/0/healthSources/0/connector",
        ),
        (
            "    overrides: {pre-stable: BlueGreen, prod: Canary}\n",
            "",
            "HCD0141 /archetypes/0/healthSources",
        ),
    ] {
        let repo = read_config_repo(&replaced(five_environments(), "platform.yaml", from, to));
        let found = found(&repo);
        assert!(found.iter().any(|found| found == expected), "{to:?}: {found:?}");
    }
}

#[test]
fn a_network_is_not_crossed_in_any_environment_or_region() {
    for (from, to, expected) in [
        (
            "network: network-prod, delegate: delegate-prod-apse1",
            "network: network-prod, delegate: delegate-perf-apse1",
            "HCD0104 /clusters/19/delegate",
        ),
        (
            "{name: delegate-prod-use1, network: network-prod}",
            "{name: delegate-dev-euw1, network: network-prod}",
            "HCD0105 /delegates/18/name",
        ),
        (
            "environment: perf, region: use1, ",
            "environment: perf, region: euw1, ",
            "HCD0107 /clusters/10",
        ),
        (
            "network: network-dev,",
            "network: network-develop,",
            "HCD0103 /clusters/0/network",
        ),
        (
            "passwordRef: account.gcr_json_key\n  delegate: delegate-dev-euw1",
            "passwordRef: account.gcr_json_key\n  delegate: delegate-dev",
            "HCD0103 /registry/delegate",
        ),
    ] {
        let files = replaced(with_new_templates(five_environments()), "platform.yaml", from, to);
        let repo = read_config_repo(&files);
        let found = found(&repo);
        assert!(found.iter().any(|found| found == expected), "{to:?}: {found:?}");
        let Rendered { entities, left_out, .. } = render(&repo, &[]);
        let kinds: BTreeSet<String> = left_out.iter().map(|one| format!("{:?}", one.kind)).collect();
        assert!(kinds.contains("Service"), "{to:?}: {kinds:?}");
        let files = left_out.iter().flat_map(|one| &one.files);
        assert_eq!(files.filter(|file| entities.contains_key(*file)).count(), 0, "{to:?}");
    }
}

#[test]
fn nothing_that_a_description_says_gets_out_of_its_comment() {
    let hostile = "\"one\\rpipeline: {} # two\\n\\u0085\\u2028three\\0\"";
    let files = replaced(
        five_environments(),
        "platform.yaml",
        "Blue-green where users test, and a canary where they pay.",
        hostile,
    );
    let files = with_new_templates(files);
    let repo = read_config_repo(&files);
    assert_eq!(
        (repo.diagnostics.as_slice(), render(&repo, &[]).diagnostics.as_slice()),
        (&[][..], &[][..])
    );
    let template = std::str::from_utf8(&files["templates/api-pipeline-template.yaml"]).unwrap();
    assert!(template.starts_with("# one\n# pipeline: {} # two\n"), "{template}");
}

/// A swap that waits for an approval may take a run out of its window: each cluster behind it is asked for anew.
#[test]
fn the_window_is_looked_at_again_behind_a_swap_that_waits() {
    let files = support::edited(example(), "platform.yaml", |text| {
        let several = "    delegate: harness-delegate-prod-euw2\n";
        let second = "  - {name: k8s-prod-euw2-b, environment: prod, region: euw2, network: network-c, delegate: prod-b, infrastructure: prod-euw2-b}\n";
        let swap = "    changeWindow: prod-change-window\n    blueGreen: {approvals: [platform-team]}\n";
        text.replacen(several, &format!("{several}{second}"), 1)
            .replacen(
                "delegates:\n",
                "delegates:\n  - {name: prod-b, network: network-c}\n",
                1,
            )
            .replacen("    changeWindow: prod-change-window\n", swap, 1)
            .replacen("prod: Canary", "prod: BlueGreen", 1)
    });
    let files = with_new_templates(files);
    let repo = read_config_repo(&files);
    assert_eq!(repo.diagnostics, []);
    assert_eq!(render(&repo, &[]).diagnostics, []);
    let template = |archetype: &str| String::from_utf8(files[&template_path(archetype)].clone()).unwrap();
    let checks = |archetype: &str| template(archetype).matches("identifier: change_window_policy").count();
    // Once before the first of three clusters, and once before each further one; what rolls does not wait.
    assert_eq!((checks("api"), checks("worker")), (3, 1));
}
