//! Services in several projects of several organizations.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking, and says what it skips"
)]

mod support;

use std::collections::BTreeSet;

use harness_cd_model::Diagnostic;
use harness_cd_model::naming::Folder;
use harness_cd_pipeline::{Files, deploy_rules, read_config_repo, render};
use harness_cd_yaml::{Node, parse_text};
use support::{edited, example, replaced, validate, with_new_templates, with_projects};

/// Everything that is found, and that nothing else is.
fn findings(files: &Files) -> Vec<Diagnostic> {
    let repo = read_config_repo(files);
    let mut rendered = render(&repo, &[]);
    rendered.add(repo.diagnostics.clone());
    rendered.diagnostics
}

fn text(files: &Files, path: &str) -> String {
    String::from_utf8(files[path].clone()).unwrap()
}

#[test]
fn each_service_stands_in_its_project_with_all_that_it_needs() {
    let repo = read_config_repo(&with_projects());
    assert_eq!(repo.diagnostics, []);
    let rendered = render(&repo, &[]);
    assert_eq!((&rendered.diagnostics[..], &rendered.left_out[..]), (&[][..], &[][..]));
    let files = rendered.into_files().files;
    validate(&files);
    let of_projects = |path: &str| -> BTreeSet<&str> {
        let all = files.keys().map(|known| Folder::split(known));
        let with_it = all.filter(|(_, file)| *file == path);
        with_it.map(|(folder, _)| folder).collect()
    };
    let (own, payments, reports) = ("", "projects/payments/", "projects/reports/");
    for (path, wanted) in [
        ("services/order-service.yaml", vec![own]),
        ("services/payment-service.yaml", vec![payments]),
        ("triggers/ledger-service-cd.yaml", vec![payments]),
        ("pipelines/report-job-cd.yaml", vec![reports]),
        ("input-sets/report-job-int-stable.yaml", vec![reports]),
        ("environments/int-stable.yaml", vec![own, payments, reports]),
        // No service of the reports runs there.
        ("environments/prod.yaml", vec![own, payments]),
        ("infrastructures/prod-euw2.yaml", vec![own, payments]),
        ("connectors/k8s_prod_euw1.yaml", vec![own, payments]),
        ("connectors/gcr_connector.yaml", vec![own, payments, reports]),
        ("policies/prod-change-window.rego", vec![own, payments]),
        ("policy-sets/prod_change_window.json", vec![own, payments]),
        ("delegates/harness-delegate-prod-euw1.values.yaml", vec![own]),
    ] {
        assert_eq!(of_projects(path), wanted.into_iter().collect(), "{path}");
    }
}

#[test]
fn what_is_rendered_names_the_project_that_it_stands_in() {
    let files = render(&read_config_repo(&with_projects()), &[]).into_files().files;
    for (path, text) in files.iter().filter(|(path, _)| path.ends_with(".yaml")) {
        let document = parse_text(path, text).unwrap();
        let body = document.root.entries().next().map(|entry| &entry.value);
        let said = |key: &str| body.and_then(|body| body.get(key)).and_then(Node::text);
        let wanted = match Folder::split(path).0 {
            "" => ("default", "platform"),
            "projects/payments/" => ("payments", "prod_eu"),
            "projects/reports/" => ("default", "reports"),
            other => panic!("{other}"),
        };
        let found = said("orgIdentifier").zip(said("projectIdentifier"));
        assert_eq!(found.unwrap_or(wanted), wanted, "{path}");
        let names_none = ["services/", "delegates/"];
        let is_none = names_none.iter().any(|kind| Folder::split(path).1.starts_with(kind));
        assert_eq!(found.is_none(), is_none, "{path}");
    }
}

#[test]
fn a_project_changes_nothing_in_what_stands_in_the_platforms_own() {
    let before = render(&read_config_repo(&with_new_templates(example())), &[]);
    let after = render(&read_config_repo(&with_projects()), &[]);
    let (before, after) = (before.into_files().files, after.into_files().files);
    let own = after.iter().filter(|(path, _)| Folder::split(path).0.is_empty());
    let mut count = 0;
    for (path, text) in own {
        // The template has placeholders for its project by now, and so another digest; a delegate serves others as well.
        let [was, is] = [&before[path], text].map(|text| {
            let others = ["# Digest ", "#   HARNESS_DELEGATE_TOKEN "];
            let lines = text
                .lines()
                .filter(|line| !others.iter().any(|other| line.starts_with(other)));
            lines.collect::<Vec<_>>()
        });
        assert!(was == is, "{path}");
        count += 1;
    }
    // Two services of four stayed, with three input sets each.
    assert_eq!(before.len() - count, (5 * 3) + (4 * 3 + 2));
}

#[test]
fn what_nobody_needs_yet_stands_in_the_platforms_own() {
    let files = edited(with_projects(), "platform.yaml", |text| {
        text.replace(
            "  - name: prod\n",
            "  - name: dr\n    type: PreProduction\n  - name: prod\n",
        )
        .replace(
            "clusters:\n",
            "clusters:\n  - name: k8s-dr\n    environment: dr\n    region: euw1\n    network: network-b\n    delegate: harness-delegate-dr\n",
        )
        .replace("delegates:\n", "delegates:\n  - name: harness-delegate-dr\n    network: network-b\n")
    });
    let services = text(&files, "services.yaml");
    let services = services.replace(
        "\n    image:",
        "\n    environments: [int-stable, pre-stable, prod]\n    image:",
    );
    let services = services.replace(
        "environments: [int-stable, pre-stable, prod]\n    image: project/report-job",
        "image: project/report-job",
    );
    let files = edited(files, "services.yaml", |_| services);
    let repo = read_config_repo(&with_new_templates(files));
    assert_eq!(repo.diagnostics, []);
    let files = render(&repo, &[]).into_files().files;
    assert!(files.contains_key("environments/dr.yaml"));
    assert!(!files.contains_key("projects/payments/environments/dr.yaml"));
}

#[test]
fn the_rules_of_a_service_are_of_its_project() {
    let repo = read_config_repo(&with_projects());
    let platform = repo.platform.unwrap();
    let rules = repo.catalog.services.iter().map(|service| {
        let rules = deploy_rules(&platform, service);
        (rules.service, rules.org, rules.project)
    });
    let found: Vec<String> = rules
        .map(|(service, org, project)| format!("{service}: {org}/{project}"))
        .collect();
    let wanted = [
        "payment-service: payments/prod_eu",
        "ledger-service: payments/prod_eu",
        "order-service: default/platform",
        "notification-worker: default/platform",
        "invoice-worker: payments/prod_eu",
        "settlement-job: payments/prod_eu",
        "report-job: default/reports",
    ];
    assert_eq!(found, wanted);
}

#[test]
fn one_identifier_is_of_one_service_in_a_project_and_of_another_elsewhere() {
    let named = |second: &str| {
        let names = [
            ("payment-service", "    identifier: gateway\n"),
            (second, "    identifier: gateway\n"),
        ];
        edited(with_projects(), "services.yaml", |text| {
            names.iter().fold(text.to_owned(), |text, (name, line)| {
                text.replace(&format!("- name: {name}\n"), &format!("- name: {name}\n{line}"))
            })
        })
    };
    assert_eq!(findings(&named("order-service")), []);
    let found = findings(&named("ledger-service"));
    assert_eq!(found.len(), 1, "{found:#?}");
    assert_eq!(
        found[0].message,
        "the services `payment-service` and `ledger-service` both have the identifier `gateway` in one project"
    );
}

#[test]
fn a_template_that_names_one_project_is_refused_for_the_services_of_others() {
    let literal = |files: Files| {
        edited(files, "templates/worker-pipeline-template.yaml", |text| {
            text.replace("{{ORG_IDENTIFIER}}", "default")
                .replace("{{PROJECT_IDENTIFIER}}", "platform")
        })
    };
    let found = findings(&literal(with_projects()));
    // Nobody mends by hand what the command has written.
    assert!(
        found.iter().any(|one| one
            .message
            .contains("the pipeline's `orgIdentifier` is not `{{ORG_IDENTIFIER}}`")),
        "{found:?}"
    );
    let own = edited(literal(with_projects()), "services.yaml", |text| {
        text.replace(
            "  - name: invoice-worker\n",
            "  - name: invoice-worker\n    project: platform\n",
        )
    });
    assert_eq!(findings(&own), []);
}

/// A slip in the description of the projects, and what is found first: code, line and sentence.
#[test]
fn a_slip_is_told_where_it_is() {
    let platform = "platform.yaml";
    let services = "services.yaml";
    let rows: &[(&str, &str, &str, &str, u32, &str)] = &[
        (
            services,
            "project: reports",
            "project: report",
            "HCD0103",
            30,
            "there is no project `report`",
        ),
        (
            services,
            "project: reports",
            "project: Reports",
            "HCD0103",
            30,
            "there is no project `Reports`",
        ),
        (services, "project: reports", "project: [reports]", "HCD0022", 30, ""),
        (services, "project: reports", "projects: reports", "HCD0021", 30, ""),
        (
            platform,
            "name: payments\n",
            "name: Payments\n",
            "HCD0101",
            6,
            "`Payments` cannot be a part of a Kubernetes name",
        ),
        (
            platform,
            "name: payments\n",
            "name: platform\n",
            "HCD0102",
            6,
            "`platform` is what services call the platform's own project",
        ),
        (
            platform,
            "name: reports\n",
            "name: payments\n",
            "HCD0102",
            10,
            "the project `payments` stands here twice, first in line 6",
        ),
        (
            platform,
            "org: payments",
            "org: pay-ments",
            "HCD0101",
            7,
            "`pay-ments` contains `-`",
        ),
        (
            platform,
            "identifier: prod_eu",
            "identifier: prod-eu",
            "HCD0101",
            8,
            "`prod-eu` contains `-`",
        ),
        (
            platform,
            "org: payments\n    identifier: prod_eu",
            "org: default\n    identifier: reports",
            "HCD0102",
            10,
            "`reports` and the project `payments` are both `reports` of the organization `default`",
        ),
        (
            platform,
            "  - name: reports\n",
            "  - name: reports\n    identifier: platform\n",
            "HCD0102",
            11,
            "`reports` and the platform's own project are both `platform` of the organization `default`",
        ),
        (
            platform,
            "  - name: reports\n",
            "  - name: reports\n    teams: [payments-team]\n",
            "HCD0141",
            11,
            "the services of the team `payments-team` go to `payments` and to `reports`",
        ),
        (
            platform,
            "teams: [payments-team]",
            "teams: [payments-team, payments-team]",
            "HCD0141",
            9,
            "the team `payments-team` stands here twice",
        ),
        (
            platform,
            "teams: [payments-team]",
            "team: [payments-team]",
            "HCD0021",
            9,
            "",
        ),
        (
            platform,
            "    identifier: prod_eu\n",
            "    project: prod_eu\n",
            "HCD0021",
            8,
            "",
        ),
        (platform, "  - name: reports\n", "  - reports\n", "HCD0022", 10, ""),
        (platform, "projects:\n", "project:\n", "HCD0010", 5, ""),
    ];
    let mut others = Vec::new();
    for (file, from, to, code, line, message) in rows {
        let files = replaced(with_projects(), file, from, to);
        let found = read_config_repo(&files).diagnostics;
        let first = found.first().unwrap_or_else(|| panic!("nothing is found after {to}"));
        let place = (first.code.as_str(), first.file.as_str(), first.range.line);
        if place != (*code, *file, *line) || !first.message.contains(message) {
            others.push(format!("{to}: {place:?}: {}", first.message));
        }
    }
    assert_eq!(others, [] as [&str; 0]);
}

/// A team that is nearly one of a project keeps its services from going elsewhere; it is told once.
#[test]
fn a_misspelt_team_moves_no_service_into_another_project() {
    let with_team = |team: &str| {
        edited(with_projects(), "services.yaml", |text| {
            let from = text.find("- name: ledger-service").unwrap();
            let (before, after) = text.split_at(from);
            format!(
                "{before}{}",
                after.replace("team: payments-team", &format!("team: {team}"))
            )
        })
    };
    let own = "Where they are two teams, write `project: platform` here";
    for team in ["payment-team", "Payments-Team", "paymentsteam", "paymnets-team"] {
        let repo = read_config_repo(&with_team(team));
        let [told] = repo.diagnostics.as_slice() else {
            panic!("{team}: {:#?}", repo.diagnostics)
        };
        assert_eq!((told.code.as_str(), told.file.as_str()), ("HCD0103", "services.yaml"));
        let message = format!(
            "no project has the team `{team}`: `ledger-service` would go into `platform`, and the services of \
             `payments-team` go into `payments`"
        );
        assert_eq!(told.message, message);
        assert_eq!(
            told.hint.as_deref(),
            Some(&*format!("did you mean `payments-team`? {own}"))
        );
        let left_out: Vec<String> = render(&repo, &[]).left_out.into_iter().map(|one| one.name).collect();
        assert_eq!(
            left_out,
            ["ledger-service", "invoice-worker", "settlement-job"],
            "{team}"
        );
    }
    // Another team is another, and so is a similar one whose services say where they go.
    for team in ["pricing-team", "payments-crew", "payment-team\n    project: platform"] {
        assert_eq!(findings(&with_team(team)), [], "{team}");
    }
}
