//! `template new` beside templates that somebody changed.
#![allow(clippy::unwrap_used, reason = "a test ends where it cannot go on")]

mod support;

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use support::{Run, harness_cd};
use tempfile::TempDir;

/// A copy of the example config repo.
struct Repo(TempDir);

impl Repo {
    fn new() -> Self {
        Self(support::copy_of_config_repo())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    /// Changes what stands somewhere in a file once.
    fn edit(&self, name: &str, from: &str, to: &str) {
        let text = self.read(name);
        assert!(text.contains(from), "{name} has no {from}");
        fs::write(self.path(name), text.replacen(from, to, 1)).unwrap();
    }

    fn run(&self, arguments: &[&str]) -> Run {
        harness_cd().args(arguments).repo(self.0.path()).run()
    }

    fn template_new(&self, arguments: &[&str]) -> Run {
        self.run(&[&["template", "new"], arguments].concat())
    }

    /// What is rendered.
    fn rendered(&self) -> TempDir {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().to_str().unwrap();
        let run = self.run(&["render", "--out", out]);
        assert_eq!(run.code, 0, "{}", run.stderr);
        folder
    }

    fn lints_clean(&self) {
        let run = self.run(&["lint"]);
        assert_eq!((run.code, run.stdout.as_str()), (0, "0 errors, 0 warnings\n"));
    }
}

const API: &str = "templates/api-pipeline-template.yaml";
const JOB: &str = "templates/job-pipeline-template.yaml";
const WORKER: &str = "templates/worker-pipeline-template.yaml";

/// A canary that is watched for longer, which changes the api's template alone.
const LONGER: (&str, &str) = ("verifyMinutes: 10", "verifyMinutes: 60");

#[test]
fn who_changed_a_template_is_told_in_a_line_each() {
    let repo = Repo::new();
    let check = || repo.template_new(&["--check"]);
    let line = |name: &str, state: &str| format!("{name}: {state}\n");
    let run = check();
    assert_eq!(run.code, 0, "{}", run.stdout);
    let good = [API, WORKER, JOB].map(|name| line(name, "up to date"));
    assert_eq!(run.stdout, good.concat());

    // By hand: nothing is to be written.
    repo.edit(JOB, "timeout: 10m", "timeout: 20m");
    let run = check();
    assert_eq!(run.code, 0, "{}", run.stdout);
    assert!(
        run.stdout.contains(&line(JOB, "changed by hand, and not outdated")),
        "{}",
        run.stdout
    );

    // By hand altogether.
    fs::write(
        repo.path(WORKER),
        "# Ours.\npipeline:\n  name: \"{{SERVICE_NAME}}-cd\"\n",
    )
    .unwrap();
    repo.edit("platform.yaml", LONGER.0, LONGER.1);
    let run = check();
    assert_eq!(run.code, 1);
    for expected in [
        line(API, "outdated, platform.yaml gives another"),
        line(JOB, "changed by hand, and not outdated"),
        line(
            WORKER,
            "written by hand, and not what platform.yaml gives; it is left alone",
        ),
    ] {
        assert!(run.stdout.contains(&expected), "{expected}: {}", run.stdout);
    }
    fs::remove_file(repo.path(JOB)).unwrap();
    let run = repo.template_new(&["--check", "--format", "json"]);
    let told: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(
        told,
        json!([
            {"template": API, "state": "outdated", "conflicts": []},
            {"template": WORKER, "state": "handWritten", "conflicts": []},
            {"template": JOB, "state": "missing", "conflicts": []},
        ])
    );
}

#[test]
fn edits_by_hand_are_kept_when_the_platform_changes() {
    let repo = Repo::new();
    repo.edit(API, "timeout: 10m", "timeout: 25m");
    repo.edit("platform.yaml", LONGER.0, LONGER.1);
    let edited = repo.read(API);

    // Lint sees it, and so does a diff; neither writes.
    let run = repo.run(&["lint"]);
    assert_eq!(run.code, 1);
    assert!(
        run.stdout.contains(&format!("{API}:4:1: warning[HCD0139]: ")),
        "{}",
        run.stdout
    );
    let run = repo.template_new(&["--diff"]);
    assert_eq!(run.code, 1);
    assert!(run.stdout.contains(&format!("+++ b/{API}")), "{}", run.stdout);
    assert!(!run.stdout.contains("25m"), "the edit is on both sides: {}", run.stdout);
    assert_eq!(repo.read(API), edited);

    let run = repo.template_new(&[]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(
        run.stdout
            .contains(&format!("{API}: written, with what was changed by hand\n")),
        "{}",
        run.stdout
    );
    let merged = repo.read(API);
    assert!(
        merged.contains("timeout: 25m") && !merged.contains("duration: 10m"),
        "{merged}"
    );
    repo.lints_clean();
    assert_eq!(repo.template_new(&["--check"]).code, 0);

    // And a second time, from what was written then.
    repo.edit("platform.yaml", LONGER.1, LONGER.0);
    assert_eq!(repo.template_new(&[]).code, 0);
    assert_eq!(repo.read(API), edited);
}

#[test]
fn a_conflict_is_named_and_nothing_is_written() {
    let repo = Repo::new();
    let line = repo
        .read(API)
        .lines()
        .find(|line| line.contains("duration: 10m"))
        .unwrap()
        .to_owned();
    repo.edit(API, &line, &line.replace("10m", "30m"));
    repo.edit("platform.yaml", LONGER.0, LONGER.1);
    let edited = repo.read(API);
    for arguments in [&[] as &[&str], &["--diff"]] {
        let run = repo.template_new(arguments);
        assert_eq!(run.code, 1, "{arguments:?}");
        let number = edited.lines().position(|line| line.contains("duration: 30m")).unwrap() + 1;
        assert!(
            run.stderr.contains(&format!("{API}:{number}: conflict: ")),
            "{}",
            run.stderr
        );
        assert!(run.stderr.contains("duration: 30m"), "{}", run.stderr);
        assert_eq!(repo.read(API), edited);
    }
    assert!(
        repo.template_new(&["--check"])
            .stdout
            .contains("changed by hand, and outdated; 1 conflict")
    );
}

#[test]
fn without_what_was_written_nothing_is_merged() {
    let repo = Repo::new();
    repo.edit(API, "timeout: 10m", "timeout: 20m");
    repo.edit("platform.yaml", LONGER.0, LONGER.1);
    let edited = repo.read(API);
    fs::remove_dir_all(repo.path(".written")).unwrap();
    let run = repo.template_new(&[]);
    assert_eq!(run.code, 1);
    assert!(
        run.stderr.contains(".written/api-pipeline-template.yaml, is not there"),
        "{}",
        run.stderr
    );
    assert_eq!(repo.read(API), edited);
}

#[test]
fn force_keeps_what_it_replaces() {
    let repo = Repo::new();
    let written = repo.read(API);
    repo.edit(API, "timeout: 10m", "timeout: 20m");
    let edited = repo.read(API);
    let run = repo.template_new(&["--force"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let kept = format!("{API}.orig");
    assert!(
        run.stdout.contains(&format!("what was written by hand is in {kept}")),
        "{}",
        run.stdout
    );
    assert_eq!(repo.read(&kept), edited);
    assert_eq!(repo.read(API), written);
    repo.lints_clean();
}

#[test]
fn a_template_of_no_archetype_is_not_written() {
    let run = Repo::new().template_new(&["--archetype", "batch"]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("api, worker, job"), "{}", run.stderr);
}

/// What the README of the example says: an edit of platform.yaml, a command, and the repo is clean and renders.
fn one_edit_and_one_command(edit: impl Fn(&Repo), is_there: impl Fn(&Path)) {
    let repo = Repo::new();
    edit(&repo);
    let run = repo.template_new(&[]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    repo.lints_clean();
    is_there(repo.rendered().path());
}

#[test]
fn an_environment_more_is_one_edit_and_one_command() {
    one_edit_and_one_command(
        |repo| {
            repo.edit(
                "platform.yaml",
                "environments:\n",
                "environments:\n  - name: dev\n    type: PreProduction\n",
            );
            let cluster = |region: &str| {
                format!(
                    "  - name: k8s-dev-{region}\n    environment: dev\n    region: {region}\n    network: network-a\n    \
                     delegate: harness-delegate-dev-{region}\n"
                )
            };
            let clusters = format!("clusters:\n{}{}", cluster("euw1"), cluster("euw2"));
            repo.edit("platform.yaml", "clusters:\n", &clusters);
            let delegate = |region: &str| format!("  - name: harness-delegate-dev-{region}\n    network: network-a\n");
            let delegates = format!("delegates:\n{}{}", delegate("euw1"), delegate("euw2"));
            repo.edit("platform.yaml", "delegates:\n", &delegates);
        },
        |out| {
            for name in [
                "environments/dev.yaml",
                "infrastructures/dev-euw2.yaml",
                "input-sets/payment-service-dev.yaml",
            ] {
                assert!(out.join(name).exists(), "{name}");
            }
            let pipeline = fs::read_to_string(out.join("pipelines/payment-service-cd.yaml")).unwrap();
            assert!(pipeline.contains("identifier: deploy_dev"), "{pipeline}");
        },
    );
}

#[test]
fn a_region_more_is_one_edit_and_one_command() {
    one_edit_and_one_command(
        |repo| {
            repo.edit("platform.yaml", "regions: [euw1, euw2]", "regions: [euw1, euw2, use1]");
            let (mut clusters, mut delegates) = ("clusters:\n".to_owned(), "delegates:\n".to_owned());
            for (environment, short, network) in [
                ("int-stable", "int", "network-a"),
                ("pre-stable", "pre", "network-b"),
                ("prod", "prod", "network-c"),
            ] {
                let delegate = format!("harness-delegate-{short}-use1");
                delegates += &format!("  - name: {delegate}\n    network: {network}\n");
                clusters += &format!(
                    "  - name: k8s-{environment}-use1\n    environment: {environment}\n    region: use1\n    \
                     network: {network}\n    delegate: {delegate}\n"
                );
            }
            repo.edit("platform.yaml", "clusters:\n", &clusters);
            repo.edit("platform.yaml", "delegates:\n", &delegates);
        },
        |out| {
            assert!(out.join("infrastructures/prod-use1.yaml").exists());
            let pipeline = fs::read_to_string(out.join("pipelines/payment-service-cd.yaml")).unwrap();
            assert!(pipeline.contains("use1"), "{pipeline}");
        },
    );
}

#[test]
fn a_window_more_is_one_edit_and_one_command() {
    one_edit_and_one_command(
        |repo| {
            repo.edit(
                "platform.yaml",
                "changeWindows:\n",
                "changeWindows:\n  - name: pre-hours\n    days: [Mon, Fri]\n    from: \"08:00\"\n    to: \"18:00\"\n    \
                 timeZone: Europe/Berlin\n",
            );
            repo.edit(
                "platform.yaml",
                "  - name: pre-stable\n    type: PreProduction\n",
                "  - name: pre-stable\n    type: PreProduction\n    changeWindow: pre-hours\n",
            );
        },
        |out| {
            assert!(out.join("policies/pre-hours.rego").exists());
            let pipeline = fs::read_to_string(out.join("pipelines/payment-service-cd.yaml")).unwrap();
            assert!(pipeline.contains("pre_hours"), "{pipeline}");
        },
    );
}

#[test]
fn a_registry_more_is_one_edit_and_one_command() {
    one_edit_and_one_command(
        |repo| {
            repo.edit(
                "platform.yaml",
                "approvalGroups:",
                "registries:\n  - name: images\n    connector: ecr_images\n    url: https://123456789012.dkr.ecr.eu-west-1.amazonaws.com\n    \
                 delegate: harness-delegate-int-euw1\n\napprovalGroups:",
            );
            let image = "    image: project/order-service\n";
            repo.edit("services.yaml", image, &format!("{image}    registry: images\n"));
        },
        |out| {
            let read = |name: &str| fs::read_to_string(out.join(name)).unwrap();
            assert!(read("connectors/ecr_images.yaml").contains("type: Aws"));
            let before = Repo::new().rendered();
            let name = "pipelines/payment-service-cd.yaml";
            // But for the template's digest, which is a comment.
            let entity = |text: String| text.split_once("\npipeline:").map(|(_, entity)| entity.to_owned());
            let old = fs::read_to_string(before.path().join(name)).unwrap();
            assert_eq!(entity(read(name)), entity(old));
            for (service, kind) in [
                ("order-service", "type: Ecr"),
                ("payment-service", "type: DockerRegistry"),
            ] {
                for name in [
                    format!("services/{service}.yaml"),
                    format!("pipelines/{service}-cd.yaml"),
                ] {
                    assert!(read(&name).contains(kind), "{name}");
                }
            }
        },
    );
}

#[test]
fn a_service_and_an_archetype_more_are_one_edit_and_one_command() {
    one_edit_and_one_command(
        |repo| {
            repo.edit(
                "platform.yaml",
                "\narchetypes:\n",
                "\narchetypes:\n  - name: stateful\n    workload: StatefulSet\n    strategy: Rolling\n",
            );
            repo.edit(
                "services.yaml",
                "services:\n",
                "services:\n  - name: session-store\n    archetype: stateful\n    team: orders-team\n    image: project/session-store\n",
            );
        },
        |out| assert!(out.join("pipelines/session-store-cd.yaml").exists()),
    );
}

/// The layout of the design: catalog and pipelines of one repo side by side.
#[test]
fn a_repo_of_another_layout_is_linted_rendered_and_written_alike() {
    let repo = Repo::new();
    let usual = repo.rendered();
    for (from, to) in [
        ("platform.yaml", "config/platform.yaml"),
        ("services.yaml", "kustomize/catalog/services.yaml"),
        ("templates", "harness-pipelines/templates"),
    ] {
        fs::create_dir_all(repo.path(to).parent().unwrap()).unwrap();
        fs::rename(repo.path(from), repo.path(to)).unwrap();
    }
    let layout = "platform: config/platform.yaml\nservices: kustomize/catalog/services.yaml\ntemplates: harness-pipelines/templates\n";
    fs::write(repo.path("harness-cd.yaml"), layout).unwrap();
    repo.lints_clean();
    assert_eq!(support::tree(repo.rendered().path()), support::tree(usual.path()));

    let (from, to) = LONGER;
    repo.edit("config/platform.yaml", from, to);
    let told = repo.template_new(&["--check"]).stdout;
    assert!(
        told.contains("harness-pipelines/templates/api-pipeline-template.yaml: outdated"),
        "{told}"
    );
    assert_eq!(repo.template_new(&[]).code, 0);
    assert!(
        repo.read("harness-pipelines/templates/api-pipeline-template.yaml")
            .contains("duration: 60m")
    );
    assert!(!repo.path("templates").exists());
    repo.lints_clean();

    // What can be mended is mended where it stands.
    repo.edit(
        "kustomize/catalog/services.yaml",
        "archetype: worker",
        "archetype: wroker",
    );
    let run = repo.run(&["lint"]);
    assert!(
        run.stdout.contains("kustomize/catalog/services.yaml:"),
        "{}",
        run.stdout
    );
}

/// What is outside Kubernetes has its template by hand, whatever is asked for.
#[test]
fn a_template_without_steps_is_never_written() {
    const FUNCTION: &str = "templates/function-pipeline-template.yaml";
    let repo = Repo::new();
    let archetype = "archetypes:\n  - name: function\n    workload: Lambda\n";
    repo.edit("platform.yaml", "archetypes:\n", archetype);
    let all = [&[][..], &["--archetype", "function"]];
    let asked = [&[][..], &["--check"], &["--diff"], &["--force"]];
    let runs = || {
        all.into_iter()
            .flat_map(|which| asked.map(|what| [which, what].concat()))
            .map(|arguments| (repo.template_new(&arguments), arguments))
    };
    let missing = format!("{FUNCTION}: missing, and to be written by hand; `template new` has no steps for Lambda\n");
    for (run, arguments) in runs() {
        assert_eq!(run.code, 1, "{arguments:?}: {}", run.stderr);
        assert!((run.stdout + &run.stderr).contains(&missing), "{arguments:?}");
        assert!(!repo.path(FUNCTION).exists(), "{arguments:?}");
    }
    fs::write(repo.path(FUNCTION), "# Ours.\npipeline: {}\n").unwrap();
    let line = format!("{FUNCTION}: written by hand; `template new` has no steps for Lambda\n");
    for (run, arguments) in runs() {
        assert_eq!(run.code, 0, "{arguments:?}: {}", run.stderr);
        assert!(
            run.stdout.contains(&line) || arguments.contains(&"--diff"),
            "{arguments:?}: {}",
            run.stdout
        );
        assert_eq!(repo.read(FUNCTION), "# Ours.\npipeline: {}\n", "{arguments:?}");
    }
    assert!(!repo.path(".written/function-pipeline-template.yaml").exists());
}

#[test]
fn before_there_are_templates_what_is_wrong_with_the_platform_is_told_alone() {
    let repo = Repo::new();
    fs::remove_dir_all(repo.path("templates")).unwrap();
    repo.edit("platform.yaml", "type: Production", "type: Prod");
    let run = repo.template_new(&[]);
    assert_eq!(run.code, 2);
    assert!(
        run.stderr.contains("HCD0023") && !run.stderr.contains("HCD0111"),
        "{}",
        run.stderr
    );
}

#[test]
fn a_broken_archetype_is_told_and_the_templates_of_the_others_are_written() {
    let repo = Repo::new();
    repo.edit("platform.yaml", "workload: CronJob", "workload: CronJobb");
    for name in [API, JOB] {
        fs::remove_file(repo.path(name)).unwrap();
    }
    let run = repo.template_new(&[]);
    assert_eq!(run.code, 1, "{}", run.stderr);
    assert_eq!(run.stderr.matches("HCD0023").count(), 1, "{}", run.stderr);
    assert!(repo.path(API).exists() && !repo.path(JOB).exists(), "{}", run.stdout);
    // What is asked for by its name and cannot be had is an error, as before.
    let run = repo.template_new(&["--archetype", "job"]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("the archetype `job` is broken"), "{}", run.stderr);
}

/// Without the cluster its stages would be lost.
#[test]
fn beside_a_broken_cluster_the_templates_of_its_archetypes_stay_as_they_are() {
    let repo = Repo::new();
    for (delegate, own) in [("prod-euw1", "prod-a"), ("prod-euw2", "prod-b")] {
        let delegate = format!("    delegate: harness-delegate-{delegate}\n");
        let own = format!("{delegate}    infrastructure: {own}\n    archetypes: [api, worker]\n");
        repo.edit("platform.yaml", &delegate, &own);
    }
    repo.edit(
        "services.yaml",
        "archetype: job",
        "environments: [pre-stable]\n    archetype: job",
    );
    let templates = || [API, WORKER].map(|name| repo.read(name));
    assert_eq!(repo.template_new(&[]).code, 0);
    let written = templates();
    assert!(written.iter().all(|text| text.contains("prod_b")));
    let broken = "    infrastructure: prod-b\n    credentials: {type: Eks, cluster: prod}\n";
    repo.edit("platform.yaml", "    infrastructure: prod-b\n", broken);
    repo.edit("platform.yaml", LONGER.0, LONGER.1);
    fs::remove_file(repo.path(JOB)).unwrap();

    // One that the cluster is not for is written.
    let run = repo.template_new(&["--force"]);
    assert_eq!(run.code, 1, "{}", run.stderr);
    assert_eq!(run.stderr.matches("HCD0112").count(), 1, "{}", run.stderr);
    for name in [API, WORKER] {
        let told = format!("{name}: left as it is, for what is broken at platform.yaml:");
        assert!(run.stderr.contains(&told), "{}", run.stderr);
    }
    assert_eq!((templates(), run.stdout), (written, format!("{JOB}: written\n")));
    assert_eq!(repo.template_new(&["--archetype", "api", "--check"]).code, 1);
    let run = repo.run(&["lint"]);
    assert!(run.stdout.contains("1 error, 0 warnings"), "{}", run.stdout);
}
