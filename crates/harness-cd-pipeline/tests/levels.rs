//! What several projects share: environments, connectors and policies of organizations and of the account.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking, and says what it skips"
)]

mod support;

use std::collections::{BTreeMap, BTreeSet};

use harness_cd_model::naming::Folder;
use harness_cd_pipeline::{read_config_repo, render};
use support::{example, replaced, validate, with_levels, with_new_templates};

fn rendered() -> BTreeMap<String, String> {
    let repo = read_config_repo(&with_levels());
    assert_eq!(repo.diagnostics, []);
    let rendered = render(&repo, &[]);
    assert_eq!((&rendered.diagnostics[..], &rendered.left_out[..]), (&[][..], &[][..]));
    rendered.into_files().files
}

/// The schemas at hand are those of projects; for what stands above they are the same without these keys.
fn as_of_a_project((path, text): (&String, &String)) -> (String, String) {
    let (folder, missing) = match Folder::split(path).0 {
        "account/" => ("account/", "  orgIdentifier: any\n  projectIdentifier: any\n"),
        folder if folder.starts_with("orgs/") => (folder, "  projectIdentifier: any\n"),
        folder => (folder, ""),
    };
    let below = text.find('\n').map_or(0, |end| end + 1);
    let (head, rest) = text.split_at(below);
    let is_placed = folder.is_empty() || !path.ends_with(".yaml");
    (
        path.clone(),
        if is_placed {
            text.clone()
        } else {
            format!("{head}{missing}{rest}")
        },
    )
}

#[test]
fn what_is_shared_stands_once_where_it_is_shared() {
    let files = rendered();
    validate(&files.iter().map(as_of_a_project).collect());
    let of_folders = |path: &str| -> BTreeSet<&str> {
        let all = files.keys().map(|known| Folder::split(known));
        let with_it = all.filter(|(_, file)| *file == path);
        with_it.map(|(folder, _)| folder).collect()
    };
    let (own, payments, reports) = ("", "projects/payments/", "projects/reports/");
    let orgs = ["orgs/default/", "orgs/payments/"];
    for (path, wanted) in [
        ("services/payment-service.yaml", vec![payments]),
        ("environments/prod.yaml", vec!["account/"]),
        ("infrastructures/prod-euw2.yaml", vec!["account/"]),
        ("connectors/k8s_prod_euw2.yaml", vec!["account/"]),
        ("connectors/github_platform_next_cross_org.yaml", vec!["account/"]),
        ("policies/prod-change-window.rego", vec!["account/"]),
        ("policy-sets/prod_change_window.json", vec!["account/"]),
        ("environments/int-stable.yaml", orgs.into()),
        ("infrastructures/int-stable-euw1.yaml", orgs.into()),
        ("connectors/k8s_int_stable_euw1.yaml", orgs.into()),
        ("connectors/gcr_connector.yaml", orgs.into()),
        ("environments/pre-stable.yaml", vec![own, payments, reports]),
        ("infrastructures/pre-stable-euw1.yaml", vec![own, payments, reports]),
        ("connectors/k8s_pre_stable_euw1.yaml", orgs.into()),
        ("connectors/k8s_pre_stable_euw2.yaml", vec![own, payments, reports]),
    ] {
        assert_eq!(of_folders(path), wanted.into_iter().collect(), "{path}");
    }
}

#[test]
fn references_lead_to_where_it_stands() {
    let files = rendered();
    for (path, lines) in [
        (
            "projects/payments/pipelines/payment-service-cd.yaml",
            &[
                "orgIdentifier: payments",
                "projectIdentifier: prod_eu",
                "environmentRef: account.prod",
                "environmentRef: org.int_stable",
                "environmentRef: pre_stable",
                "- account.prod_change_window",
                "- identifier: prod_<+pipeline.variables.targetRegion>_k8s",
            ][..],
        ),
        (
            "projects/payments/services/payment-service.yaml",
            &[
                "connectorRef: org.gcr_connector",
                "connectorRef: account.github_platform_next_cross_org",
            ],
        ),
        // What stands beside what it belongs to names it as it is called there. Source: Harness's documentation,
        // continuous-delivery/x-platform-cd-features/environments/create-environments.
        (
            "account/infrastructures/prod-euw1.yaml",
            &["environmentRef: prod", "connectorRef: account.k8s_prod_euw1"],
        ),
        (
            "orgs/payments/infrastructures/int-stable-euw1.yaml",
            &["environmentRef: int_stable", "connectorRef: org.k8s_int_stable_euw1"],
        ),
        (
            "projects/payments/infrastructures/pre-stable-euw1.yaml",
            &["environmentRef: pre_stable", "connectorRef: org.k8s_pre_stable_euw1"],
        ),
        (
            "projects/payments/infrastructures/pre-stable-euw2.yaml",
            &["connectorRef: k8s_pre_stable_euw2"],
        ),
        (
            "orgs/payments/connectors/gcr_connector.yaml",
            &["orgIdentifier: payments", "passwordRef: org.gcr_json_key"],
        ),
    ] {
        let text = &files[path];
        for line in lines {
            assert!(
                text.lines().any(|known| known.trim() == *line),
                "{path} has no `{line}`:\n{text}"
            );
        }
    }
    for (path, text) in files.iter().filter(|(path, _)| path.ends_with(".yaml")) {
        let folder = Folder::split(path).0;
        let says = |key: &str| text.lines().any(|line| line.trim_start().starts_with(key));
        if folder == "account/" {
            assert!(!says("orgIdentifier:") && !says("projectIdentifier:"), "{path}");
        }
        if folder.starts_with("orgs/") {
            assert!(says("orgIdentifier:") && !says("projectIdentifier:"), "{path}");
        }
    }
}

#[test]
fn a_delegate_is_registered_where_every_connector_finds_it() {
    let files = rendered();
    let token = |name: &str| {
        let text = &files[&format!("delegates/harness-delegate-{name}.install.sh")];
        let line = text
            .lines()
            .find(|line| line.contains("HARNESS_DELEGATE_TOKEN "))
            .unwrap();
        line.split("HARNESS_DELEGATE_TOKEN ")
            .nth(1)
            .unwrap()
            .split(';')
            .next()
            .unwrap()
            .trim()
            .to_owned()
    };
    assert_eq!(token("prod-euw1"), "a token for delegates of the account");
    // Connectors in two organizations.
    assert_eq!(token("int-euw2"), "a token for delegates of the account");
    let one = render(&read_config_repo(&with_new_templates(example())), &[])
        .into_files()
        .files;
    let text = &one["delegates/harness-delegate-prod-euw1.install.sh"];
    assert!(text.contains("  a delegate token; "), "{text}");
}

#[test]
fn an_environment_of_the_account_needs_no_further_project() {
    let files = replaced(
        example(),
        "platform.yaml",
        "  - name: prod\n",
        "  - name: prod\n    level: account\n",
    );
    let repo = read_config_repo(&with_new_templates(files));
    assert_eq!(repo.diagnostics, []);
    let files = render(&repo, &[]).into_files().files;
    assert!(files.contains_key("account/environments/prod.yaml"));
    assert!(files["pipelines/payment-service-cd.yaml"].contains("environmentRef: account.prod"));
    assert!(files["pipelines/payment-service-cd.yaml"].contains("- prod_change_window"));
}

/// Changes one thing, and what is found first of reading or of rendering: code, line of `platform.yaml` or the template,
/// and a part of the sentence.
#[test]
fn a_slip_is_told_where_it_is() {
    let platform = "platform.yaml";
    let template = "templates/api-pipeline-template.yaml";
    let rows: &[(&str, &str, &str, &str, &str, &str)] = &[
        (
            platform,
            "level: account",
            "level: acount",
            "HCD0023",
            "level: acount",
            "acount",
        ),
        (
            platform,
            "level: account",
            "level: organization",
            "HCD0023",
            "level: organization",
            "organization",
        ),
        (
            platform,
            "level: account",
            "level: Account",
            "HCD0023",
            "level: Account",
            "Account",
        ),
        (
            platform,
            "level: account",
            "scope: account",
            "HCD0021",
            "scope: account",
            "`scope` is not known here",
        ),
        (
            platform,
            "level: account",
            "level: [account]",
            "HCD0022",
            "level: [account]",
            "",
        ),
        (
            platform,
            "  - name: k8s-prod-euw1\n",
            "  - name: k8s-prod-euw1\n    level: org\n",
            "HCD0141",
            "    level: org",
            "`prod` is of the account, and what stands there refers to no connector of an organization",
        ),
        (
            platform,
            "tokenRef: account.",
            "tokenRef: ",
            "HCD0141",
            "tokenRef: github",
            "what stands in the account cannot refer to `github_platform_next_pat`, which is of a project",
        ),
        (
            platform,
            "tokenRef: account.",
            "tokenRef: ghp_",
            "HCD0112",
            "tokenRef: ghp_",
            "`tokenRef` is not the identifier of a Harness secret",
        ),
        (
            platform,
            "passwordRef: org.",
            "passwordRef: ",
            "HCD0141",
            "passwordRef: gcr",
            "what stands in an organization cannot refer to `gcr_json_key`, which is of a project",
        ),
        (
            platform,
            "  connector: gcr_connector\n",
            "  connector: account.gcr_connector\n",
            "HCD0141",
            "  level: org",
            "the connector is there already",
        ),
        (
            platform,
            "    delegate: harness-delegate-prod-euw1\n",
            "    delegate: harness-delegate-prod-euw1\n    credentials: {type: ServiceAccount, url: https://k8s.example, tokenRef: k8s}\n",
            "HCD0141",
            "credentials: {type: ServiceAccount",
            "cannot refer to `k8s`, which is of a project",
        ),
        (
            template,
            "environmentRef: account.prod",
            "environmentRef: prod",
            "HCD0116",
            "environmentRef: prod",
            "no environment with the identifier `prod`",
        ),
        (
            template,
            "environmentRef: account.prod",
            "environmentRef: org.prod",
            "HCD0116",
            "environmentRef: org.prod",
            "no environment with the identifier `org.prod`",
        ),
        (
            template,
            "- account.prod_change_window",
            "- prod_change_window",
            "HCD0116",
            "- prod_change_window",
            "no change window with the identifier `prod_change_window`",
        ),
        (
            template,
            "orgIdentifier: {{ORG_IDENTIFIER}}",
            "orgIdentifier: default",
            "HCD0115",
            "orgIdentifier: default",
            "`orgIdentifier` is not `{{ORG_IDENTIFIER}}`",
        ),
    ];
    let mut others = Vec::new();
    for (file, from, to, code, part, message) in rows {
        let files = replaced(with_levels(), file, from, to);
        let text = String::from_utf8(files[*file].clone()).unwrap();
        let lines: Vec<usize> = (text.lines().enumerate())
            .filter(|(_, line)| line.contains(part))
            .map(|(at, _)| at + 1)
            .collect();
        let repo = read_config_repo(&files);
        let mut rendered = render(&repo, &[]);
        rendered.add(repo.diagnostics.clone());
        // What may be a secret itself is repeated nowhere.
        assert!(!format!("{:?}", rendered.diagnostics).contains("ghp_"));
        let Some(first) = rendered.diagnostics.first() else {
            others.push(format!("{to}: nothing"));
            continue;
        };
        let is_there = lines.contains(&(first.range.line as usize)) && first.file == *file;
        if !is_there || first.code != *code || !first.message.contains(message) {
            others.push(format!(
                "{to}: {} {}:{}: {}",
                first.code, first.file, first.range.line, first.message
            ));
        }
    }
    assert_eq!(others, [] as [&str; 0]);
}

/// Who reads by a connector above projects is no project.
#[test]
fn a_connector_above_projects_is_described_so() {
    let manifests = "  connector: github_platform_next_cross_org\n";
    let of_org = |more: &str| {
        let files = support::replaced(
            support::example(),
            "platform.yaml",
            manifests,
            &format!("{manifests}{more}"),
        );
        let files = support::replaced(
            files,
            "platform.yaml",
            "tokenRef: github_platform_next_pat",
            "tokenRef: org.github_platform_next_pat",
        );
        let rendered = render(&read_config_repo(&files), &[]);
        let texts = rendered.entities.into_values().map(|entity| entity.yaml);
        texts
            .filter(|text| text.contains("description: Read access from "))
            .collect::<String>()
    };
    assert!(of_org("").contains("from the Harness project to company/platform-next"));
    assert!(of_org("  level: org\n").contains("from Harness to company/platform-next"));
}
