//! `render` beside what was rendered before: what differs, and what is left over.
#![allow(clippy::unwrap_used, reason = "a test ends where it cannot go on")]

mod support;

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;
use support::{Run, harness_cd, tree};
use tempfile::tempdir;

fn edit(repo: &Path, name: &str, from: &str, to: &str) {
    let path = repo.join(name);
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains(from), "{name} has no {from}");
    fs::write(path, text.replacen(from, to, 1)).unwrap();
}

fn render(repo: &Path, out: &Path, arguments: &[&str]) -> Run {
    let call = harness_cd().args(["render", "--out"]).arg(out);
    call.args(arguments).repo(repo).run()
}

/// Verifies longer, in platform and templates.
fn verify_longer(repo: &Path) {
    edit(repo, "platform.yaml", "verifyMinutes: 10", "verifyMinutes: 60");
    let run = harness_cd().args(["template", "new"]).repo(repo).run();
    assert_eq!(run.code, 0, "{}", run.stderr);
}

#[test]
fn what_differs_from_a_folder_is_said_once_for_all_services() {
    let repo = support::copy_of_config_repo();
    let out = tempdir().unwrap();
    assert_eq!(render(repo.path(), out.path(), &[]).code, 0);
    let before = tree(out.path());
    let run = render(repo.path(), out.path(), &["--diff", "--format", "table"]);
    assert_eq!(
        (run.code, run.stdout.as_str()),
        (0, "0 differences\n"),
        "{}",
        run.stderr
    );

    verify_longer(repo.path());
    let run = render(repo.path(), out.path(), &["--diff", "--format", "table"]);
    assert_eq!(run.code, 1, "{}", run.stderr);
    assert!(
        run.stdout
            .contains("3 services: pipelines: prod now verifies 60m, and not 10m"),
        "{}",
        run.stdout
    );
    assert!(
        run.stdout.contains("ledger-service, order-service, payment-service"),
        "{}",
        run.stdout
    );
    assert_eq!(tree(out.path()), before, "a diff writes nothing");

    let run = render(repo.path(), out.path(), &["--diff", "--format", "json"]);
    let found: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(found[0]["change"], "changed");
    assert_eq!(found[0]["kind"], "pipelines");
    assert_eq!(
        (&found[0]["before"], &found[0]["after"]),
        (&"10m".into(), &"60m".into())
    );
    assert_eq!(found[0]["names"].as_array().unwrap().len(), 3);
}

#[test]
fn what_differs_from_a_revision_is_shown() {
    let repo = support::copy_of_config_repo();
    let git = |arguments: &[&str]| {
        let run = Command::new("git")
            .arg("-C")
            .arg(repo.path())
            .args(arguments)
            .output()
            .unwrap();
        assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    };
    git(&["init", "--quiet"]);
    git(&["add", "."]);
    git(&[
        "-c",
        "user.name=a",
        "-c",
        "user.email=a@example.com",
        "commit",
        "--quiet",
        "-m",
        "first",
    ]);
    edit(
        repo.path(),
        "services.yaml",
        "services:\n",
        "services:\n  - {name: new-service, archetype: api, team: payments-team, image: project/new-service}\n",
    );
    let against = |revision: &str| {
        let call = harness_cd().args(["render", "--diff", "--format", "table", "--against", revision]);
        call.repo(repo.path()).run()
    };
    let run = against("HEAD");
    assert_eq!(run.code, 1, "{}", run.stderr);
    for line in [
        "new-service: pipeline new",
        "service new-service new",
        "new-service: trigger new",
    ] {
        assert!(run.stdout.contains(line), "{line}: {}", run.stdout);
    }
    assert!(!run.stdout.contains("payment-service"), "{}", run.stdout);
    let run = against("nowhere");
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("nowhere"), "{}", run.stderr);
}

#[test]
fn what_is_no_longer_rendered_is_named_and_removed_where_that_is_asked_for() {
    let repo = support::copy_of_config_repo();
    let out = tempdir().unwrap();
    assert_eq!(render(repo.path(), out.path(), &[]).code, 0);
    // Neither of these did render write.
    fs::write(out.path().join("pipelines/ours.yaml"), "pipeline: {}\n").unwrap();
    fs::write(out.path().join("pipelines/README.md"), "managed-by: us\n").unwrap();
    fs::create_dir(out.path().join("other")).unwrap();
    fs::write(out.path().join("other/a.yaml"), "managed-by: us\n").unwrap();
    let before = tree(out.path());

    edit(repo.path(), "services.yaml", "name: ledger-service", "name: ledger-api");
    let stale = [
        "input-sets/ledger-service-int-stable.yaml",
        "input-sets/ledger-service-pre-stable.yaml",
        "input-sets/ledger-service-prod.yaml",
        "pipelines/ledger-service-cd.yaml",
        "services/ledger-service.yaml",
        "triggers/ledger-service-cd.yaml",
    ];
    let run = render(repo.path(), out.path(), &[]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    for name in stale {
        assert!(
            run.stderr
                .contains(&format!("warning: {name} is not rendered any more")),
            "{}",
            run.stderr
        );
        assert!(out.path().join(name).exists());
    }
    assert_eq!(run.stderr.lines().count(), stale.len(), "{}", run.stderr);

    let run = render(repo.path(), out.path(), &["--prune"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    for name in stale {
        assert!(run.stdout.contains(&format!("{name}: removed\n")), "{}", run.stdout);
    }
    let after = tree(out.path());
    let gone: Vec<&String> = before.keys().filter(|name| !after.contains_key(*name)).collect();
    assert_eq!(gone, stale);
}

/// Gives the payments of a team to a project of another organization.
fn move_payments(repo: &Path) {
    let project =
        "projects:\n  - {name: payments, org: payments, identifier: prod_eu, teams: [payments-team]}\nmanagedBy:";
    edit(repo, "platform.yaml", "managedBy:", project);
    let run = harness_cd().args(["template", "new"]).repo(repo).run();
    assert_eq!(run.code, 0, "{}", run.stderr);
}

#[test]
fn a_further_project_has_a_folder_of_its_own_and_can_be_compared_and_pruned() {
    let repo = support::copy_of_config_repo();
    let out = tempdir().unwrap();
    assert_eq!(render(repo.path(), out.path(), &[]).code, 0);
    move_payments(repo.path());
    let run = render(repo.path(), out.path(), &["--diff"]);
    for sentence in [
        "4 services move from the project platform to the project payments",
        "3 environments new\n  payments/int-stable, payments/pre-stable, payments/prod",
    ] {
        assert!(run.stdout.contains(sentence), "{sentence}: {}", run.stdout);
    }
    let run = render(repo.path(), out.path(), &["--prune"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let removed = |run: &Run| run.stdout.lines().filter(|line| line.ends_with(": removed")).count();
    // A pipeline, a trigger, a service and three input sets of each.
    assert_eq!(removed(&run), 4 * 6, "{}", run.stdout);
    let files = tree(out.path());
    assert!(files.contains_key("projects/payments/pipelines/payment-service-cd.yaml"));
    assert!(!files.contains_key("pipelines/payment-service-cd.yaml"));

    let own = "teams: [payments-team]";
    edit(repo.path(), "platform.yaml", own, "teams: [nobody]");
    let run = render(repo.path(), out.path(), &["--prune"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert_eq!(
        removed(&run),
        files.keys().filter(|name| name.starts_with("projects/")).count()
    );
}

#[test]
fn a_mistake_is_no_reason_to_remove_anything() {
    let repo = support::copy_of_config_repo();
    let out = tempdir().unwrap();
    assert_eq!(render(repo.path(), out.path(), &[]).code, 0);
    let before = tree(out.path());
    edit(repo.path(), "services.yaml", "archetype: api", "archetype: apo");
    let run = render(repo.path(), out.path(), &["--prune"]);
    assert_eq!(run.code, 1);
    assert!(run.stderr.contains("nothing is removed"), "{}", run.stderr);
    assert_eq!(tree(out.path()), before);
}

#[test]
fn every_rendered_file_is_known_as_one() {
    let repo = support::copy_of_config_repo();
    let out = tempdir().unwrap();
    assert_eq!(render(repo.path(), out.path(), &[]).code, 0);
    let all = tree(out.path()).len();
    // Of nothing but a platform with other names everything else is left over.
    let empty = support::copy_of_config_repo();
    fs::write(empty.path().join("services.yaml"), "services: []\n").unwrap();
    let run = render(empty.path(), out.path(), &["--prune"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let removed = run.stdout.lines().filter(|line| line.ends_with(": removed")).count();
    let of_platform = tempdir().unwrap();
    assert_eq!(render(empty.path(), of_platform.path(), &[]).code, 0);
    assert_eq!(removed, all - tree(of_platform.path()).len());
}
