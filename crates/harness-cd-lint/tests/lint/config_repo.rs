//! A config repository as a whole: once where it can be mended, and graded as its `lint.yaml` says.

use std::fs;

use harness_cd_lint::lint_config_repo;
use harness_cd_model::Severity;
use harness_cd_pipeline::Files;

use crate::support::large_config_repo::large_config_repo;
use crate::support::{config_repo, example, replaced, with, with_levels, with_new_templates, with_projects, workspace};

const TEMPLATE: &str = "templates/api-pipeline-template.yaml";
const MANIFESTS: &str = "generated/payment-service/prod/euw1/manifests.yaml";

/// Code, file and line of every finding.
fn found(files: &Files) -> Vec<(String, String, u32)> {
    lint_config_repo(files)
        .into_iter()
        .map(|finding| (finding.code, finding.file, finding.range.line))
        .collect()
}

fn line_of(files: &Files, path: &str, part: &str) -> u32 {
    let text = std::str::from_utf8(&files[path]).unwrap();
    let line = text.lines().position(|line| line.contains(part)).unwrap();
    u32::try_from(line + 1).unwrap()
}

#[test]
fn the_example_is_clean() {
    assert_eq!(lint_config_repo(&example()), []);
}

#[test]
fn a_thousand_services_have_no_findings() {
    assert_eq!(lint_config_repo(&large_config_repo()), []);
}

/// A platform description whose templates are those that the command writes.
#[test]
fn new_templates_are_clean() {
    let files = config_repo(&workspace().join("tests/fixtures/platforms/five-environments"));
    assert_eq!(lint_config_repo(&with_new_templates(files)), []);
}

#[test]
fn services_in_several_projects_are_clean_and_a_team_without_services_is_told() {
    assert_eq!(lint_config_repo(&with_projects()), []);
    assert_eq!(lint_config_repo(&with_levels()), []);
    let files = replaced(with_projects(), "platform.yaml", "[payments-team]", "[payment-team]");
    let findings = lint_config_repo(&files);
    assert_eq!(found(&files), [("HCD0156".to_owned(), "platform.yaml".to_owned(), 9)]);
    assert_eq!(findings[0].message, "no service has the team `payment-team`");
    assert_eq!(findings[0].hint.as_deref(), Some("did you mean `payments-team`?"));
    // Where services cannot be read, they may be of any team.
    let files = replaced(with_projects(), "services.yaml", "services:", "services");
    assert!(found(&files).iter().all(|(code, ..)| code != "HCD0156"));
}

/// What is deployed to production goes to no cluster of another environment by the name that somebody copied.
#[test]
fn clusters_that_may_be_one_by_mistake_are_told() {
    let key = |name: &str| format!("{{type: AccessKey, accessKeyRef: {name}, secretKeyRef: secret}}");
    let reached = |clusters: [&str; 3], keys: [&str; 3], namespace: &str| {
        let places = ["int-euw1", "pre-euw1", "prod-euw1"];
        let all = places.iter().zip(clusters).zip(keys);
        let files = all.fold(example(), |files, ((place, cluster), name)| {
            let delegate = format!("    delegate: harness-delegate-{place}\n");
            let access = format!(
                "    credentials: {{type: Eks, cluster: eu-west-1/{cluster}, credentials: {}}}\n",
                key(name)
            );
            replaced(files, "platform.yaml", &delegate, &format!("{delegate}{access}"))
        });
        let names = format!("names:\n  namespace: '{namespace}'\n\nimageTags:");
        with_new_templates(replaced(files, "platform.yaml", "imageTags:", &names))
    };
    let own = "{{SERVICE_NAME}}-{{ENVIRONMENT}}-{{REGION}}";
    let shared = "{{SERVICE_NAME}}-{{REGION}}";
    let certain = "`k8s-pre-stable-euw1` and `k8s-prod-euw1` are both the EKS cluster `eu-west-1/main`";
    let possible = format!("{certain}, unless they are of two accounts");
    let twice = "`k8s-int-stable-euw1` and `k8s-pre-stable-euw1` are both the EKS cluster `eu-west-1/main`, unless they are of \
                 two accounts: `payment-service` would be deployed there twice, in the namespace `payment-service-euw1`";
    for (clusters, keys, namespace, wanted) in [
        (["a", "b", "c"], ["x", "x", "x"], shared, None),
        (["main", "main", "prod"], ["x", "x", "x"], own, None),
        (["main", "main", "prod"], ["x", "y", "x"], own, None),
        (["main", "main", "prod"], ["x", "y", "x"], shared, Some(twice)),
        (["a", "main", "main"], ["x", "x", "x"], own, Some(certain)),
        (["a", "main", "main"], ["x", "x", "y"], own, Some(possible.as_str())),
    ] {
        let found = lint_config_repo(&reached(clusters, keys, namespace));
        let found: Vec<_> = found
            .iter()
            .map(|one| (one.code.as_str(), one.message.as_str()))
            .collect();
        let wanted: Vec<_> = wanted.iter().map(|told| ("HCD0157", *told)).collect();
        assert_eq!(found, wanted, "{clusters:?} {keys:?} {namespace}");
    }
}

/// What is found in rendered files is told once where it comes from, however many projects have the file.
#[test]
fn what_several_projects_have_is_told_once() {
    let template = "templates/worker-pipeline-template.yaml";
    let files = replaced(with_projects(), template, "timeout: 10m", "timeout: 10 m");
    let found = found(&files);
    let lines: std::collections::BTreeSet<u32> = found.iter().map(|(_, _, line)| *line).collect();
    assert!(found.iter().all(|(_, file, _)| file == template), "{found:?}");
    assert_eq!(lines.len(), found.len(), "{found:?}");
    assert!(!found.is_empty());
}

/// A service or a template in a folder below is not rendered, and nobody would know.
#[test]
fn what_lies_below_the_folders_that_are_read_is_told() {
    let mut files = example();
    let service = "name: report-job\narchetype: job\n";
    let more = [
        ("harness-cd.yaml", "services: services/*.yaml\n"),
        ("services/play/report-job.yaml", service),
        ("services/play/list.yml", "services: []\n"),
        // Of somebody else.
        ("services/play/kustomization.yaml", "resources: []\n"),
        ("templates/old/api-pipeline-template.yaml", "pipeline: {}\n"),
    ];
    let services = String::from_utf8(files.remove("services.yaml").unwrap()).unwrap();
    files.insert("services/all.yaml".to_owned(), services.into_bytes());
    files.extend(more.map(|(path, text)| (path.to_owned(), text.as_bytes().to_vec())));
    let found = found(&files);
    assert_eq!(
        found
            .iter()
            .map(|(code, file, _)| (code.as_str(), file.as_str()))
            .collect::<Vec<_>>(),
        [
            ("HCD0155", "services/play/list.yml"),
            ("HCD0155", "services/play/report-job.yaml"),
            ("HCD0155", "templates/old/api-pipeline-template.yaml"),
        ]
    );
}

/// Whoever may start a run would deploy to customers alone, unless a ticket has to be approved.
#[test]
fn production_without_an_approval_is_told() {
    let asked = "    approvals: [team, platform-team]\n";
    let no_ticket = with(
        "platform.yaml",
        "requiredFields: [changeTicket, rollbackPlan]",
        "requiredFields: []",
    );
    let of = |to: &str| {
        let found = lint_config_repo(&replaced(no_ticket.clone(), "platform.yaml", asked, to)).into_iter();
        let found = found.filter(|finding| finding.code == "HCD0144");
        found
            .map(|finding| (finding.severity, finding.pointer))
            .collect::<Vec<_>>()
    };
    for nobody in ["", "    approvals: []\n"] {
        let expected = (Severity::Warning, "/environments/2/name".to_owned());
        assert_eq!(of(nobody), [expected], "{nobody}");
    }
    assert_eq!(of(asked), []);
    let ticket = "    ticket: {system: Jira, connector: jira, project: OPS, type: Change, keyField: Status, \
                  approved: Approved, rejected: Rejected, done: Done, cancelled: Cancelled}\n";
    assert_eq!(of(ticket), []);
    let mut graded = replaced(no_ticket.clone(), "platform.yaml", asked, "");
    let settings = "rules:\n  HCD0144: {severity: off, reason: reviewed in Git}\n";
    graded.insert("lint.yaml".to_owned(), settings.as_bytes().to_vec());
    assert!(!found(&graded).iter().any(|(code, ..)| code == "HCD0144"));
}

/// A run from the portal has a service account for its executor, and the person who asked may approve it.
#[test]
fn production_with_one_approval_is_told() {
    let base = with(
        "platform.yaml",
        "requiredFields: [changeTicket, rollbackPlan]",
        "requiredFields: []",
    );
    let of = |kind: &str, approvals: &str| {
        let files = replaced(base.clone(), "platform.yaml", "[team, platform-team]", approvals);
        let files = replaced(files, "platform.yaml", "type: Production", &format!("type: {kind}"));
        let found = lint_config_repo(&files).into_iter();
        let found = found.filter(|finding| finding.code == "HCD0147");
        found
            .map(|finding| (finding.severity, finding.pointer))
            .collect::<Vec<_>>()
    };
    let expected = (Severity::Warning, "/environments/2/approvals".to_owned());
    assert_eq!(of("Production", "[team]"), [expected]);
    assert_eq!(of("PreProduction", "[team]"), []);
    assert_eq!(of("Production", "[platform-team, team]"), []);
    assert_eq!(
        of(
            "Production",
            "[team]\n    ticket: {system: ServiceNow, connector: desk, type: change, keyField: state, approved: Go, rejected: Refused, done: Done, cancelled: Gone}"
        ),
        []
    );
}

/// A run fails as a whole, also one that deploys to a test environment.
#[test]
fn a_notification_of_an_environment_that_is_told_of_all_is_found() {
    let of = |events: &str, environments: &str| {
        let rule = format!(
            "notifications:\n  - {{name: n, channel: Slack, webhookRef: w, events: {events}{environments}}}\n\nimageTags:"
        );
        let found = lint_config_repo(&with("platform.yaml", "imageTags:", &rule)).into_iter();
        let found = found.filter(|finding| finding.code == "HCD0145");
        found
            .map(|finding| (finding.severity, finding.pointer))
            .collect::<Vec<_>>()
    };
    let expected = (Severity::Warning, "/notifications/0/environments".to_owned());
    assert_eq!(
        of("[PipelineFailed, StageFailed]", ", environments: [prod]"),
        [expected]
    );
    assert_eq!(of("[StageFailed]", ", environments: [prod]"), []);
    assert_eq!(of("[PipelineFailed, StageFailed]", ""), []);
}

#[test]
fn a_template_s_placeholders_have_two_braces_on_each_side() {
    for wrong in ["{{TEAM}", "{{{TEAM}}}"] {
        let files = with(TEMPLATE, "team: {{TEAM}}", &format!("team: \"{wrong}\""));
        let line = line_of(&files, TEMPLATE, wrong);
        assert_eq!(found(&files), [("HCD0202".to_owned(), TEMPLATE.to_owned(), line)]);
    }
}

/// A company's: one of its templates is written by hand, for what is not in Kubernetes.
#[test]
fn a_company_s_config_repo_is_clean() {
    let folder = workspace().join("tests/cases/config-repo");
    let files = with_new_templates(config_repo(&folder));
    assert_eq!(lint_config_repo(&files), []);
    let lambda = "templates/lambda-pipeline-template.yaml";
    let to = "type: AwsLambdaTrafficShfit";
    let misspelt = replaced(files, lambda, "type: AwsLambdaTrafficShift", to);
    let line = line_of(&misspelt, lambda, to);
    assert_eq!(found(&misspelt)[0], ("HCD1062".to_owned(), lambda.to_owned(), line));
}

#[test]
fn what_follows_from_a_broken_platform_is_not_said_again() {
    let files = with("platform.yaml", "regions: [euw1, euw2]", "regions: [euw1, euw2, euw2]");
    let codes: Vec<String> = found(&files).into_iter().map(|(code, ..)| code).collect();
    assert_eq!(codes, ["HCD0102"]);
}

#[test]
fn a_fault_of_a_template_is_reported_once_and_there() {
    for (from, to, code) in [
        ("sensitivity: MEDIUM", "sensitivity: NORMAL", "HCD1024"),
        ("timeout: 10m", "timeout: 10shello", "HCD1001"),
        ("identifier: rolling_deploy", "identifier: rolling-deploy", "HCD1003"),
    ] {
        let files = with(TEMPLATE, from, to);
        let of_rule: Vec<_> = found(&files).into_iter().filter(|(known, ..)| known == code).collect();
        let line = line_of(&files, TEMPLATE, to);
        assert_eq!(of_rule, [(code.to_owned(), TEMPLATE.to_owned(), line)], "{to}");
    }
}

/// A rendered file is in no repository: what is wrong with one is told where it is mended.
#[test]
fn what_is_found_in_a_rendered_file_is_told_where_it_comes_from() {
    let told = |files: &Files| -> Vec<String> {
        let found = lint_config_repo(files)
            .into_iter()
            .filter(|finding| finding.code != "HCD0139");
        let told = found.map(|finding| format!("{}: {} {}", finding.place(), finding.code, finding.message));
        told.collect()
    };
    // A value of a service's own, in a template and in two of its services.
    let mut files = with(TEMPLATE, "timeout: 10m", "timeout: {{WAIT}}");
    for (service, wait) in [("payment", "about 10m"), ("ledger", "10m"), ("order", "never")] {
        let image = format!("    image: project/{service}-service\n");
        let with_value = format!("{image}    values: {{WAIT: {wait}}}\n");
        files = replaced(files, "services.yaml", &image, &with_value);
    }
    let found = told(&files);
    assert_eq!(found.len(), 2, "{found:#?}");
    for (service, found) in [("payment", &found[0]), ("order", &found[1])] {
        let line = line_of(&files, "services.yaml", &format!("project/{service}-service")) + 1;
        assert!(
            found.starts_with(&format!("services.yaml:{line}:20: HCD1001 ")),
            "{found}"
        );
        assert!(
            found.ends_with(&format!("(in pipelines/{service}-service-cd.yaml)")),
            "{found}"
        );
    }
    // A value of the product's own, which the sample of a template has no fault of.
    let files = with(
        TEMPLATE,
        "        name: Deploy int-stable",
        "        name: Deploy {{IMAGE}}",
    );
    let line = line_of(&files, TEMPLATE, "name: Deploy {{IMAGE}}");
    let found = told(&files);
    assert!(
        found[0].starts_with(&format!("{TEMPLATE}:{line}:15: HCD1004 ")),
        "{found:#?}"
    );
    // What the product writes by itself, from a service and from the platform.
    let image = "image: gcr.io/project/order-service";
    let files = with("services.yaml", "image: project/order-service", image);
    let line = line_of(&files, "services.yaml", image);
    let expected = format!("services.yaml:{line}:12: HCD1058 ");
    let found = told(&files);
    assert_eq!(found.len(), 1, "{found:#?}");
    assert!(
        found[0].starts_with(&expected) && found[0].ends_with("(in services/order-service.yaml)"),
        "{found:#?}"
    );
}

#[test]
fn a_stage_names_infrastructures_of_its_environment() {
    let files = with(TEMPLATE, "- identifier: int_stable_<+", "- identifier: prod_<+");
    let findings = lint_config_repo(&files);
    let told: Vec<_> = findings.iter().map(|found| (&*found.code, &*found.message)).collect();
    let message =
        |region| format!("the infrastructure `prod_{region}_k8s` is of `prod`, and the stage deploys to `int_stable`");
    assert_eq!(told, [("HCD1059", &*message("euw1")), ("HCD1059", &*message("euw2"))]);
    assert_eq!(findings[0].range.line, line_of(&files, TEMPLATE, "- identifier: prod_"));
}

#[test]
fn references_point_at_something_in_the_repository() {
    let files = with(TEMPLATE, "- identifier: prod_<+", "- identifier: production_<+");
    let line = line_of(&files, TEMPLATE, "production_");
    let expected = ("HCD1059".to_owned(), TEMPLATE.to_owned(), line);
    // One for each region.
    assert_eq!(found(&files), [expected.clone(), expected]);
    let inputs = "              - identifier: prod_<+pipeline.variables.targetRegion>_k8s\n                inputs:\n                  identifier: x\n                  type: KubernetesDirect\n                  spec:\n                    namespace: mine\n";
    let files = with(
        TEMPLATE,
        "              - identifier: prod_<+pipeline.variables.targetRegion>_k8s\n",
        inputs,
    );
    assert!(
        found(&files).iter().all(|(code, ..)| code == "HCD1050"),
        "{:?}",
        found(&files)
    );
    assert_eq!(found(&files).len(), 2);
}

fn with_manifests(from: &str, to: &str) -> Files {
    let mut files = example();
    let text = fs::read_to_string(workspace().join("examples/config-repo").join(MANIFESTS)).unwrap();
    assert!(text.contains(from), "{from}");
    files.insert(MANIFESTS.to_owned(), text.replacen(from, to, 1).into_bytes());
    files
}

#[test]
fn manifests_are_checked_beside_the_templates() {
    assert_eq!(found(&with_manifests("a", "a")), []);
    let files = with_manifests("kind: Service\n", "kind: StatefulSet\n");
    let line = line_of(&files, MANIFESTS, "kind: StatefulSet") - 1;
    assert_eq!(found(&files), [("HCD1056".to_owned(), MANIFESTS.to_owned(), line)]);
    let refused = with_manifests("spec:\n", "spec: [\n");
    assert_eq!(found(&refused)[0].0, "HCD0004");
}

#[test]
fn rules_are_graded_with_a_reason() {
    let graded = |settings: &str| {
        let mut files = with(TEMPLATE, "sensitivity: MEDIUM", "sensitivity: NORMAL");
        files.insert("lint.yaml".to_owned(), settings.as_bytes().to_vec());
        lint_config_repo(&files)
    };
    let rule = |severity: &str| format!("rules:\n  HCD1024:\n    severity: {severity}\n    reason: we know\n");
    assert!(graded(&rule("off")).is_empty());
    assert_eq!(graded(&rule("error"))[0].severity, Severity::Error);
    let codes = |settings: &str| -> Vec<String> {
        let findings = graded(settings)
            .into_iter()
            .map(|finding| format!("{} {}", finding.code, finding.pointer));
        findings.filter(|finding| !finding.contains("/pipeline")).collect()
    };
    for (settings, expected) in [
        ("rules:\n  HCD1024: {severity: off}\n", "HCD0020 /rules/HCD1024"),
        (
            "rules:\n  HCD1024: {severity: off, reason: ' '}\n",
            "HCD0022 /rules/HCD1024/reason",
        ),
        (
            "rules:\n  HCD1024: {severity: loud, reason: x}\n",
            "HCD0023 /rules/HCD1024/severity",
        ),
        (
            "rules:\n  HCD1O24: {severity: off, reason: x}\n",
            "HCD0130 /rules/HCD1O24",
        ),
        (
            "rules:\n  HCD0118: {severity: off, reason: x}\n",
            "HCD0131 /rules/HCD0118",
        ),
        ("rule: {}\n", "HCD0021 /rule"),
    ] {
        let found = codes(settings);
        assert!(found.contains(&expected.to_owned()), "{settings}: {found:?}");
        // A setting that is not sound grades nothing.
        assert!(
            graded(settings).iter().any(|finding| finding.code == "HCD1024"),
            "{settings}"
        );
    }
}

/// A `lint.yaml` may be shared by versions that have different rules.
#[test]
fn an_unknown_rule_is_graded_as_well() {
    let with_unknown = |severity: &str| {
        let mut files = example();
        let rule = |code: &str, severity: &str| format!("  {code}: {{severity: {severity}, reason: shared}}\n");
        let text = format!("rules:\n{}{}", rule("HCD1999", "off"), rule("HCD0130", severity));
        files.insert("lint.yaml".to_owned(), text.into_bytes());
        lint_config_repo(&files)
    };
    assert_eq!(with_unknown("off"), []);
    let found = with_unknown("info");
    assert_eq!((found[0].code.as_str(), found[0].severity), ("HCD0130", Severity::Info));
}

/// A template that the platform description contradicts stops its pipelines, and no setting hides that.
#[test]
fn what_stops_rendering_is_not_graded() {
    let mut files = with(TEMPLATE, "- platform_team", "- {{TEAM_IDENTIFIER}}");
    let settings = "rules:\n  HCD0118: {severity: off, reason: we know}\n";
    files.insert("lint.yaml".to_owned(), settings.as_bytes().to_vec());
    let found = lint_config_repo(&files);
    let codes: Vec<&str> = found.iter().map(|finding| finding.code.as_str()).collect();
    assert!(codes.contains(&"HCD0118") && codes.contains(&"HCD0131"), "{codes:?}");
    let refused = found.iter().find(|finding| finding.code == "HCD0131").unwrap();
    assert_eq!(
        refused.message,
        "`HCD0118` is always an error: what breaks it is not read or not rendered"
    );
}

#[test]
fn scripts_are_forbidden_where_the_platform_says_so() {
    let mut files = with(TEMPLATE, "type: K8sRollingDeploy", "type: ShellScript");
    let scripts = |files: &Files| found(files).iter().filter(|(code, ..)| code == "HCD1041").count();
    assert_eq!(scripts(&files), 0);
    let settings = fs::read(workspace().join("examples/config-repo/lint.yaml")).unwrap();
    files.insert("lint.yaml".to_owned(), settings);
    assert_eq!(scripts(&files), 1);
}
