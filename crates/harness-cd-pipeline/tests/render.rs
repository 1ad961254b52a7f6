//! The example config repository renders to what was designed, and says what is wrong with any other.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test fails by panicking, and says what it skips"
)]

mod support;

use std::collections::BTreeMap;
use std::fs;

use harness_cd_model::EntityKind;
use harness_cd_model::words::MOVING_TAGS;
use harness_cd_pipeline::{Files, Rendered, read_config_repo, render, runtime_inputs};
use harness_cd_yaml::{Node, Value, parse};
use support::{example, golden, replaced, with, with_new_templates};

fn rendered() -> BTreeMap<String, String> {
    let repo = read_config_repo(&example());
    assert_eq!(repo.diagnostics, []);
    let rendered = render(&repo, &[]);
    assert_eq!(rendered.diagnostics, []);
    rendered.into_files().files
}

/// How many pipelines there are.
fn pipelines(rendered: &Rendered) -> usize {
    let kinds = rendered.entities.values().map(|entity| entity.kind);
    kinds.filter(|kind| *kind == EntityKind::Pipeline).count()
}

#[derive(Debug, PartialEq)]
enum Plain {
    Scalar(String, bool),
    List(Vec<Plain>),
    Map(BTreeMap<String, Plain>),
}

fn plain(node: &Node) -> Plain {
    match &node.value {
        Value::Scalar(scalar) => Plain::Scalar(scalar.text.clone(), node.as_str().is_some()),
        Value::Sequence(items) => Plain::List(items.iter().map(plain).collect()),
        Value::Mapping(entries) => Plain::Map(
            entries
                .iter()
                .map(|entry| (entry.name().to_owned(), plain(&entry.value)))
                .collect(),
        ),
    }
}

fn tree(text: &[u8]) -> Plain {
    plain(&parse("f", text).unwrap().root)
}

#[test]
fn the_payment_service_renders_to_the_golden_entities() {
    let files = rendered();
    let mut compared = 0;
    for entry in fs::read_dir(golden()).unwrap() {
        let name = entry.as_ref().unwrap().file_name().into_string().unwrap();
        let Some(stem) = name
            .strip_suffix(".yaml")
            .filter(|stem| !stem.ends_with(".progressive"))
        else {
            continue;
        };
        let (kind, rest) = stem.split_once('-').unwrap();
        let path = match (kind, rest) {
            ("connector", "github") => "connectors/github_platform_next_cross_org.yaml".to_owned(),
            ("connector", "docker-gcr") => "connectors/gcr_connector.yaml".to_owned(),
            ("connector", _) => format!("connectors/{}.yaml", rest.replace('-', "_")),
            ("pipeline" | "trigger", _) => format!("{kind}s/{rest}-cd.yaml"),
            _ => format!("{kind}s/{rest}.yaml"),
        };
        let expected = tree(&fs::read(entry.unwrap().path()).unwrap());
        let found = files.get(&path).unwrap_or_else(|| panic!("{path} is not rendered"));
        assert_eq!(tree(found.as_bytes()), expected, "{path}");
        compared += 1;
    }
    assert_eq!(compared, 20);
}

#[test]
fn a_progressive_canary_renders_to_the_golden_pipeline() {
    let files = with_new_templates(with("platform.yaml", "prod: Canary", "prod: Progressive"));
    let rendered = render(&read_config_repo(&files), &[]);
    assert_eq!(rendered.diagnostics, []);
    let expected = fs::read(golden().join("pipeline-payment-service.progressive.yaml")).unwrap();
    let found = &rendered.entities["pipelines/payment-service-cd.yaml"].yaml;
    assert_eq!(tree(found.as_bytes()), tree(&expected));
}

#[test]
fn the_paths_are_those_of_the_command_line() {
    let files = rendered();
    for path in [
        "pipelines/payment-service-cd.yaml",
        "triggers/payment-service-cd.yaml",
        "services/payment-service.yaml",
        "environments/int-stable.yaml",
        "infrastructures/int-stable-euw1.yaml",
        "connectors/k8s_int_stable_euw1.yaml",
        "delegates/harness-delegate-int-euw1.values.yaml",
        "delegates/harness-delegate-int-euw1.install.sh",
        "input-sets/payment-service-int-stable.yaml",
        "policies/prod-change-window.rego",
        "policy-sets/prod_change_window.json",
    ] {
        assert!(files.contains_key(path), "{path}");
    }
    assert_eq!(files.len(), 7 * 3 + (7 * 3 - 1) + 3 + 6 + 8 + 6 * 2 + 2);
    assert_eq!(files, rendered(), "the same input renders to the same bytes");
}

#[test]
fn a_policy_step_names_the_set_that_holds_the_policy() {
    let files = rendered();
    let set: serde_json::Value = serde_json::from_str(&files["policy-sets/prod_change_window.json"]).unwrap();
    let expected = serde_json::json!({
        "identifier": "prod_change_window", "name": "prod-change-window", "type": "custom", "action": "onstep",
        "enabled": true, "policies": [{"identifier": "prod_change_window", "severity": "error"}],
    });
    assert_eq!(set, expected);
    assert!(files["policies/prod-change-window.rego"].starts_with("package prod_change_window\n"));
    assert!(
        files["pipelines/payment-service-cd.yaml"]
            .contains("policySets:\n                      - prod_change_window\n")
    );
}

#[test]
fn no_placeholder_is_left_over() {
    for (path, text) in rendered() {
        assert!(!text.contains("{{"), "{path}");
    }
}

#[test]
fn every_environment_and_region_has_its_manifests() {
    let root = support::workspace().join("examples/config-repo/generated");
    for service in read_config_repo(&example()).catalog.services {
        for environment in &service.environments {
            for region in &service.regions {
                let path = root.join(format!("{}/{environment}/{region}/manifests.yaml", service.name));
                let text = fs::read_to_string(&path).unwrap_or_else(|_| panic!("{}", path.display()));
                assert!(text.contains("image: <+artifacts.primary.image>"), "{}", path.display());
            }
        }
    }
}

#[test]
fn a_service_that_runs_in_fewer_places_offers_those_alone() {
    let files = rendered();
    let text = &files["pipelines/report-job-cd.yaml"];
    assert!(
        text.contains("value: <+input>.default(int-stable).allowedValues(int-stable,pre-stable)"),
        "{text}"
    );
    assert!(files["pipelines/invoice-worker-cd.yaml"].contains(".allowedValues(euw1)"));
    assert!(!files["pipelines/settlement-job-cd.yaml"].contains("K8sCanaryDeploy"));
}

#[test]
fn a_selection_renders_those_services_and_names_unknown_ones() {
    let repo = read_config_repo(&example());
    let rendered = render(&repo, &["payment-service".to_owned(), "paymnet-service".to_owned()]);
    assert_eq!(pipelines(&rendered), 1);
    assert_eq!(rendered.diagnostics[0].code, "HCD0114");
    assert_eq!(
        rendered.diagnostics[0].hint.as_deref(),
        Some("did you mean `payment-service`?")
    );
}

/// The findings of a config repository as `code file:line pointer`.
fn found(files: &Files) -> Vec<String> {
    let repo = read_config_repo(files);
    let mut all = repo.diagnostics.clone();
    all.extend(render(&repo, &[]).diagnostics);
    all.iter()
        .map(|f| format!("{} {}:{} {}", f.code, f.file, f.range.line, f.pointer))
        .collect()
}

#[test]
fn every_fault_of_a_description_is_found_where_it_stands() {
    let platform = |from: &str, to: &str| found(&with("platform.yaml", from, to));
    for (from, to, expected) in [
        ("org: default", "org: my-org", "HCD0101 platform.yaml:3 /org"),
        (
            "  - name: pre-stable\n",
            "  - name: int_stable\n",
            "HCD0102 platform.yaml:",
        ),
        (
            "  - name: network-b\n",
            "  - name: network-a\n",
            "HCD0102 platform.yaml:10 /networks/1/name",
        ),
        ("    region: euw2\n", "    region: euw9\n", "HCD0103 platform.yaml:"),
        (
            "changeWindow: prod-change-window",
            "changeWindow: prod-window",
            "HCD0103 platform.yaml:",
        ),
        (
            "    delegate: harness-delegate-int-euw2\n",
            "    delegate: harness-delegate-prod-euw2\n",
            "HCD0104 platform.yaml:",
        ),
        (
            "  - name: harness-delegate-pre-euw1\n",
            "  - name: harness-delegate-int-euw1\n",
            "HCD0105 platform.yaml:",
        ),
        (
            "regions: [euw1, euw2]",
            "regions: [euw1, euw2, use1]",
            "HCD0106 platform.yaml:",
        ),
        (
            "    environment: prod\n    region: euw2\n",
            "    environment: prod\n    region: euw1\n",
            "HCD0107 platform.yaml:",
        ),
        ("from: \"10:00\"", "from: \"16:00\"", "HCD0109 platform.yaml:"),
        ("from: \"10:00\"", "from: ten", "HCD0128 platform.yaml:"),
        ("days: [Mon, Tue,", "days: [Mon, Mon,", "HCD0126 platform.yaml:"),
        (
            "approvals: [team, platform-team]",
            "approvals: []",
            "HCD0141 platform.yaml:43 /environments/2/requiredFields/0",
        ),
        (
            "requiredFields: [changeTicket, rollbackPlan]",
            "requiredFields: [rollbackPlan, changeTicket]\n    ticket: {system: ServiceNow, connector: desk, type: change, keyField: state, approved: Go, rejected: No go, done: Done, cancelled: Off}",
            "HCD0141 platform.yaml:43 /environments/2/requiredFields/1",
        ),
        (
            "requiredFields: [changeTicket, rollbackPlan]",
            "ticket: {system: ServiceNow, connector: desk, type: change, keyField: state, approved: Go, rejected: Go, done: Done}",
            "HCD0141 platform.yaml:43 /environments/2/ticket/rejected",
        ),
        (
            "changeWindow: prod-change-window",
            "changeWindows: []",
            "HCD0143 platform.yaml:42 /environments/2/changeWindows",
        ),
        (
            "approvalGroups: [platform-team]",
            "approvalGroups: [platform-team]\nnotifications: [{name: n, channel: Slack, webhookRef: w, events: [StageFailed], environments: []}]",
            "HCD0143 platform.yaml:121 /notifications/0/environments",
        ),
        ("days: [Mon, Tue, Wed, Thu]", "days: []", "HCD0127 platform.yaml:"),
        (
            "changeWindow: prod-change-window",
            "changeWindows: [prod-change-window, prod-change-window]",
            "HCD0141 platform.yaml:",
        ),
        (
            "timeZone: UTC",
            "timeZone: UTC\n    closedOn: [24.12.2026]",
            "HCD0142 platform.yaml:",
        ),
        (
            "approvals: [team, platform-team]",
            "approvals: [team, platfrom-team]",
            "HCD0110 platform.yaml:41 /environments/2/approvals/1",
        ),
        (
            "approvals: [team, platform-team]",
            "approvals: [team, team]",
            "HCD0102 platform.yaml:41 /environments/2/approvals/1",
        ),
        (
            "workload: CronJob\n    strategy: Rolling",
            "workload: CronJob\n    strategy: Canary",
            "HCD0121 platform.yaml:",
        ),
        (
            "workload: CronJob\n    strategy: Rolling",
            "workload: Job\n    strategy: Rolling",
            "HCD0121 platform.yaml:",
        ),
        (
            "overrides:\n      prod: Canary",
            "overrides:\n      prod: Apply",
            "HCD0121 platform.yaml:",
        ),
        (
            "overrides:\n      prod: Canary",
            "overrides:\n      pre-stable: Canary",
            "HCD0122 platform.yaml:",
        ),
        (
            "overrides:\n      prod: Canary",
            "overrides:\n      production: Canary",
            "HCD0021 platform.yaml:",
        ),
        ("percentage: 50", "percentage: 10", "HCD0122 platform.yaml:"),
        ("  - name: worker\n", "  - name: api\n", "HCD0102 platform.yaml:"),
        (
            "  - name: harness-delegate-int-euw1\n",
            "  - name: harness-delegate-int-euw1-with-a-name-longer-than-helm-takes\n",
            "HCD0108 platform.yaml:",
        ),
        ("cidr: 10.1.0.0/16", "cidr: 10.1.0.0", "HCD0112 platform.yaml:"),
        (
            "tokenRef: github_platform_next_pat",
            "tokenRef: ghp_abcdefghijkl",
            "HCD0112 platform.yaml:",
        ),
        ("managedBy: platform-next\n", "", "HCD0020 platform.yaml:3 "),
        ("imageTags:", "imageTag:", "HCD0021 platform.yaml:"),
    ] {
        let found = platform(from, to);
        assert!(
            found.iter().any(|finding| finding.starts_with(expected)),
            "{to:?}: {found:#?}"
        );
    }
}

#[test]
fn a_window_is_called_as_a_package_of_rego_may_be() {
    for name in ["default", "import", "not", "in"] {
        let files = with(
            "platform.yaml",
            "  - name: prod-change-window",
            &format!("  - name: {name}"),
        );
        let expected = "HCD0101 platform.yaml:";
        assert!(
            found(&files).iter().any(|finding| finding.starts_with(expected)),
            "{name}: {:?}",
            found(&files)
        );
    }
}

#[test]
fn a_secret_is_not_repeated() {
    let files = with(
        "platform.yaml",
        "tokenRef: github_platform_next_pat",
        "tokenRef: ghp_abcdefghijkl",
    );
    let findings = format!("{:?}", read_config_repo(&files).diagnostics);
    assert!(!findings.contains("ghp_abcdefghijkl"));
}

#[test]
fn a_broken_service_stops_that_service_alone() {
    let long = "x".repeat(60);
    let cases = [
        (
            "  - name: order-service\n",
            "  - name: payment_service\n".to_owned(),
            "HCD0102",
        ),
        ("  - name: order-service\n", format!("  - name: {long}\n"), "HCD0108"),
        ("archetype: worker", "archetype: wroker".to_owned(), "HCD0111"),
        (
            "image: project/order-service",
            "image: project/order-service:latest".to_owned(),
            "HCD0112",
        ),
        ("regions: [euw1]", "regions: [euw3]".to_owned(), "HCD0103"),
        ("regions: [euw1]", "regions: []".to_owned(), "HCD0143"),
        ("regions: [euw1]", "environments: []".to_owned(), "HCD0143"),
        ("regions: [euw1]", "values: {TEAM: x}".to_owned(), "HCD0113"),
        ("regions: [euw1]", "values: {team: x}".to_owned(), "HCD0113"),
        ("team: orders-team", "teem: orders-team".to_owned(), "HCD0021"),
        ("team: orders-team", "team: payments.team".to_owned(), "HCD0102"),
    ];
    for (from, to, code) in cases {
        let repo = read_config_repo(&with("services.yaml", from, &to));
        assert!(
            repo.diagnostics.iter().any(|finding| finding.code == code),
            "{to}: {:#?}",
            repo.diagnostics
        );
        assert_eq!(repo.catalog.services.len(), 6, "{to}");
        assert!(repo.platform.is_some());
        assert_eq!(pipelines(&render(&repo, &[])), 6, "{to}");
    }
}

#[test]
fn what_is_left_out_is_named_with_its_reason_and_the_rest_is_there() {
    let api = "templates/api-pipeline-template.yaml";
    let three = ["ledger-service", "order-service", "payment-service"];
    for (file, from, to, services, reason) in [
        (
            "services.yaml",
            "archetype: worker",
            "archetype: wroker",
            &["notification-worker"][..],
            "services.yaml:17:16: there is no template for the archetype `wroker`",
        ),
        (
            api,
            "  stages:\n",
            "  stages: [\n",
            &three,
            "templates/api-pipeline-template.yaml:",
        ),
        (
            api,
            "environmentRef: prod",
            "environmentRef: production",
            &three,
            "templates/api-pipeline-template.yaml:",
        ),
        (
            api,
            "team: {{TEAM}}",
            "team: {{TAEM}}",
            &three,
            "templates/api-pipeline-template.yaml:14:11: the placeholder `{{TAEM}}` has no value",
        ),
    ] {
        let repo = read_config_repo(&with(file, from, to));
        let found = render(&repo, &[]).into_files();
        let mut names: Vec<&str> = found.left_out.iter().map(|left_out| left_out.name.as_str()).collect();
        names.sort_unstable();
        assert_eq!(names, services, "{to:?}");
        for left_out in &found.left_out {
            let said = format!("{}: {}", left_out.reason.place(), left_out.reason.message);
            assert!(said.starts_with(reason), "{to:?}: {said}");
            let pipeline = format!("pipelines/{}-cd.yaml", left_out.name);
            assert!(left_out.files.contains(&pipeline), "{:?}", left_out.files);
            assert!(left_out.files.iter().all(|file| !found.files.contains_key(file)));
        }
        let named: Vec<&String> = found.left_out.iter().flat_map(|left_out| &left_out.files).collect();
        // In which environments a service that could not be read runs is not known.
        let is_known = |path: &String| file != "services.yaml" || !path.starts_with("input-sets/");
        for path in rendered().into_keys().filter(is_known) {
            assert_eq!(
                named.contains(&&path),
                !found.files.contains_key(&path),
                "{to:?}: {path}"
            );
        }
    }
    let repo = read_config_repo(&with(
        "platform.yaml",
        "regions: [euw1, euw2]",
        "regions: [euw1, euw2, use1]",
    ));
    let found = render(&repo, &[]).into_files();
    assert_eq!((found.files.len(), found.left_out.len()), (0, 7));
    assert_eq!(found.left_out[0].reason.file, "platform.yaml");
}

#[test]
fn a_service_that_could_not_be_read_is_not_an_unknown_one() {
    let repo = read_config_repo(&with("services.yaml", "archetype: worker", "archetype: wroker"));
    let found = render(&repo, &["notification-worker".to_owned(), "report-job".to_owned()]).into_files();
    assert_eq!(found.diagnostics, []);
    assert_eq!(found.left_out.len(), 1);
    assert!(found.files.contains_key("pipelines/report-job-cd.yaml"));
}

#[test]
fn an_input_set_chooses_the_environment_and_asks_for_the_rest() {
    let files = rendered();
    let set = &files["input-sets/payment-service-int-stable.yaml"];
    assert!(set.contains("identifier: payment_service_int_stable\n"), "{set}");
    let inputs = runtime_inputs("set.yaml", set.as_bytes());
    let names: Vec<_> = inputs
        .inputs
        .iter()
        .map(|input| input.name.as_deref().unwrap())
        .collect();
    assert_eq!(names, ["imageTag", "targetRegion"]);
}

#[test]
fn no_trigger_and_no_policy_lets_a_moving_tag_into_production() {
    let stays = MOVING_TAGS
        .map(|tag| format!("<<image_tag>.toLowerCase()> != \"{tag}\""))
        .join(" && ");
    let condition = |from: &str, to: &str| {
        let repo = read_config_repo(&with("platform.yaml", from, to));
        let trigger = &render(&repo, &[]).entities["triggers/payment-service-cd.yaml"].yaml;
        let line = trigger.lines().find(|line| line.contains("jexlCondition")).unwrap();
        line.trim().replace("<+trigger.payload.", "<").replace("<+<", "<<")
    };
    assert_eq!(
        condition("type: Production", "type: PreProduction"),
        format!("jexlCondition: {stays}")
    );
    assert_eq!(
        condition(
            "  - name: pre-stable\n    type: PreProduction",
            "  - name: pre-stable\n    type: Production"
        ),
        format!("jexlCondition: <target_env> != \"pre-stable\" && <target_env> != \"prod\" || {stays}")
    );
    let policy = &rendered()["policies/prod-change-window.rego"];
    for tag in MOVING_TAGS {
        assert!(policy.contains(&format!("\"{tag}\"")), "{tag} is not in {policy}");
    }
    assert!(policy.contains("moving_tags[lower("), "{policy}");
}

#[test]
fn input_sets_that_would_be_one_file_are_refused_with_both_owners() {
    let mut files = with(
        "platform.yaml",
        "environments:\n",
        "environments:\n  - {name: eu-prod, type: PreProduction}\n",
    );
    let platform = String::from_utf8(files["platform.yaml"].clone()).unwrap();
    let clusters = |region: &str| {
        format!(
            "clusters:\n  - {{name: k8s-eu-{region}, environment: eu-prod, region: {region}, network: network-a, delegate: delegate-eu-{region}}}\n"
        )
    };
    let platform = platform
        .replace("clusters:\n", &clusters("euw1"))
        .replace("clusters:\n", &clusters("euw2"))
        .replace(
            "delegates:\n",
            "delegates:\n  - {name: delegate-eu-euw1, network: network-a}\n  - {name: delegate-eu-euw2, network: network-a}\n",
        );
    files.insert("platform.yaml".to_owned(), platform.into_bytes());
    let services = "services:\n  - {name: pay-eu, archetype: job, team: t, image: i}\n  - {name: pay, archetype: job, team: t, image: i}\n";
    files.insert("services.yaml".to_owned(), services.as_bytes().to_vec());
    let repo = read_config_repo(&files);
    assert_eq!(repo.catalog.services.len(), 1);
    assert_eq!(
        repo.diagnostics[0].message,
        "the input sets of `pay` for `eu-prod` and of `pay-eu` for `prod` are both named `pay-eu-prod`"
    );
}

/// Runs an install script with stand-ins for kubectl and helm, and answers with what they were called with.
#[cfg(unix)]
fn calls_of(script: &str) -> String {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    for tool in ["kubectl", "helm"] {
        let path = folder.path().join(tool);
        let log = folder.path().join("log");
        fs::write(
            &path,
            format!("#!/bin/sh\necho {tool} \"$@\" >> {}\ncat > /dev/null\n", log.display()),
        )
        .unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    }
    let path = folder.path().join("install.sh");
    fs::write(&path, script).unwrap();
    let search = format!("{}:{}", folder.path().display(), std::env::var("PATH").unwrap());
    let run = std::process::Command::new("sh")
        .arg(&path)
        .env("PATH", search)
        .env("HARNESS_ACCOUNT_ID", "an account")
        .env("HARNESS_DELEGATE_TOKEN", "sesame")
        .env_remove("KUBE_CONTEXT")
        .stdin(std::process::Stdio::null())
        .output()
        .unwrap();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    fs::read_to_string(folder.path().join("log")).unwrap()
}

#[test]
fn a_delegate_says_into_which_cluster_it_goes_and_which_it_reaches() {
    let head = |files: &Files| {
        let rendered = render(&read_config_repo(files), &[]).into_files().files;
        let script = &rendered["delegates/harness-delegate-prod-euw1.install.sh"];
        script
            .lines()
            .skip(1)
            .take_while(|line| line.starts_with('#'))
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    let own = head(&example());
    assert_eq!(
        own[0],
        "# Installs the delegate harness-delegate-prod-euw1, or upgrades it."
    );
    assert!(
        own[3].ends_with("the context in the kubeconfig of k8s-prod-euw1"),
        "{own:?}"
    );
    let line = "    delegate: harness-delegate-prod-euw1\n";
    let credentials = "    credentials: {type: Eks, cluster: eu-west-1/prod}\n";
    let files = replaced(example(), "platform.yaml", line, &format!("{line}{credentials}"));
    let reached = head(&files);
    assert_eq!(reached[1], "# By credentials it reaches k8s-prod-euw1.");
    assert!(
        reached[4].ends_with("of the cluster in network-c that it is to run in"),
        "{reached:?}"
    );
}

#[test]
fn an_input_set_asks_for_no_region_where_there_is_one() {
    let region_of = |name: &str| {
        let path = format!("input-sets/{name}.yaml");
        let text = &rendered()[&path];
        text.lines().last().unwrap().trim().to_owned()
    };
    assert_eq!(region_of("invoice-worker-prod"), "value: euw1");
    assert_eq!(region_of("payment-service-prod"), "value: <+input>");
}

#[cfg(unix)]
#[test]
fn a_delegate_is_installed_in_its_cluster_and_its_token_is_no_argument() {
    let calls = calls_of(&rendered()["delegates/harness-delegate-prod-euw1.install.sh"]);
    let helm: Vec<&str> = calls.lines().filter(|call| call.starts_with("helm")).collect();
    assert_eq!(
        helm,
        ["helm upgrade --install harness-delegate-prod-euw1 harness-delegate-ng \
          --repo https://app.harness.io/storage/harness-download/delegate-helm-chart/ --kube-context k8s-prod-euw1 \
          --namespace harness-delegate-ng --values harness-delegate-prod-euw1.values.yaml --set accountId=an account"]
    );
    for secret in [
        "harness-delegate-prod-euw1-token",
        "harness-delegate-prod-euw1-upgrader-token",
    ] {
        assert!(calls.contains(&format!("create secret generic {secret} ")), "{calls}");
    }
    assert!(!calls.contains("sesame"), "{calls}");
}

#[test]
fn a_template_that_forgets_what_the_platform_promises_is_found() {
    let template = |from: &str, to: &str| found(&with("templates/api-pipeline-template.yaml", from, to));
    for (from, to, code) in [
        ("projectIdentifier: platform", "projectIdentifier: plattform", "HCD0115"),
        ("environmentRef: prod", "environmentRef: production", "HCD0116"),
        ("environmentRef: prod", "environmentRef: pre_stable", "HCD0117"),
        ("== \"int-stable\"", "== \"prod\"", "HCD0117"),
        ("== \"pre-stable\"", "== \"per-stable\"", "HCD0117"),
        ("- platform_team", "- {{TEAM_IDENTIFIER}}", "HCD0118"),
        ("- prod_change_window", "- <+pipeline.name>", "HCD0119"),
        ("percentage: 10", "percentage: 20", "HCD0120"),
        ("type: K8sRollingDeploy", "type: K8sBlueGreenDeploy", "HCD0124"),
        ("type: DockerRegistry", "type: Ecr", "HCD0146"),
        ("tag: <+pipeline", "version: <+pipeline", "HCD0146"),
        ("{{TEAM}}", "{{TAEM}}", "HCD0201"),
    ] {
        let found = template(from, to);
        let place = format!("{code} templates/api-pipeline-template.yaml:");
        assert!(
            found.iter().any(|finding| finding.starts_with(&place)),
            "{to}: {found:#?}"
        );
    }
}

#[test]
fn a_faulty_template_stops_its_own_pipelines_alone_and_is_reported_once() {
    for (from, to) in [
        ("environmentRef: prod", "environmentRef: production"),
        ("team: {{TEAM}}", "team: {{TAEM}}"),
    ] {
        let repo = read_config_repo(&with("templates/api-pipeline-template.yaml", from, to));
        let rendered = render(&repo, &[]);
        let messages: Vec<_> = rendered.diagnostics.iter().map(|found| &found.message).collect();
        let placeholders = messages.iter().filter(|message| message.contains("TAEM")).count();
        assert!(placeholders <= 1, "{messages:#?}");
        assert!(!messages.is_empty());
        assert_eq!(pipelines(&rendered), 4, "{to}");
    }
}

#[test]
fn what_a_template_lacks_names_the_services() {
    let repo = read_config_repo(&with("templates/api-pipeline-template.yaml", "{{TEAM}}", "{{TAEM}}"));
    let findings = render(&repo, &[]).diagnostics;
    assert_eq!(
        findings.iter().map(|found| found.message.as_str()).collect::<Vec<_>>(),
        ["the placeholder `{{TAEM}}` has no value (for the service `payment-service` and 2 more)"]
    );
}

#[test]
fn nothing_in_a_config_repository_panics() {
    assert_eq!(
        found(&Files::new()),
        ["HCD0100 platform.yaml:1 ", "HCD0100 services.yaml:1 "]
    );
    for text in [
        "",
        "[]",
        "a",
        "services: 1",
        "services: [1, {}]",
        "networks: {}\nregions: [[]]\nclusters: [{}]",
        "\u{0}",
    ] {
        let mut files = example();
        files.insert("platform.yaml".to_owned(), text.as_bytes().to_vec());
        assert!(!found(&files).is_empty(), "{text}");
        files.insert("services.yaml".to_owned(), text.as_bytes().to_vec());
        assert!(!found(&files).is_empty(), "{text}");
    }
}
