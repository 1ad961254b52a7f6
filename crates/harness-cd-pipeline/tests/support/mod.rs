//! The example config repository, and what lies beside the checkout.
#![allow(dead_code, reason = "each test file uses a part")]
#![allow(clippy::print_stderr, reason = "a check that cannot be made here says so")]

pub(crate) mod dice;
pub(crate) mod large_config_repo;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use harness_cd_model::naming::{rendered_kind, template_path};
use harness_cd_pipeline::{Files, archetype_template, read_config_repo, render};

pub(crate) fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The files of the example config repository.
pub(crate) fn example() -> Files {
    config_repo(&workspace().join("examples/config-repo"))
}

/// The descriptions of a config repository, and its templates if it has some.
pub(crate) fn config_repo(root: &Path) -> Files {
    let mut files = Files::new();
    for path in ["platform.yaml", "services.yaml"] {
        files.insert(path.to_owned(), fs::read(root.join(path)).unwrap());
    }
    for entry in fs::read_dir(root.join("templates")).into_iter().flatten() {
        let entry = entry.unwrap();
        let path = format!("templates/{}", entry.file_name().to_str().unwrap());
        files.insert(path, fs::read(entry.path()).unwrap());
    }
    files
}

/// The example with services in three projects of two organizations: the payments of a team go into one of their own
/// organization, and one service of another team goes into a third.
pub(crate) fn with_projects() -> Files {
    let files = example();
    let text = |path: &str| String::from_utf8(files[path].clone()).unwrap();
    let projects = "
projects:
  - name: payments
    org: payments
    identifier: prod_eu
    teams: [payments-team]
  - name: reports
";
    let platform = text("platform.yaml").replacen("\nmanagedBy", &format!("{projects}managedBy"), 1);
    let mut services = text("services.yaml");
    let start = services.find("- name: report-job").unwrap();
    services.insert_str(start + "- name: report-job".len(), "\n    project: reports");
    let descriptions = [("platform.yaml", platform), ("services.yaml", services)];
    let described = descriptions.map(|(path, text)| (path.to_owned(), text.into_bytes()));
    with_new_templates(files.into_iter().chain(described).collect())
}

/// The same with what they share: production in the account, with its window and the connector of the manifests; the first
/// environment, the registry and one cluster's connector in each organization.
pub(crate) fn with_levels() -> Files {
    let edits = [
        ("  - name: int-stable\n", "  - name: int-stable\n    level: org\n"),
        ("  - name: prod\n", "  - name: prod\n    level: account\n"),
        (
            "  - name: k8s-pre-stable-euw1\n",
            "  - name: k8s-pre-stable-euw1\n    level: org\n",
        ),
        (
            "  connector: github_platform_next_cross_org\n",
            "  connector: github_platform_next_cross_org\n  level: account\n",
        ),
        ("tokenRef: ", "tokenRef: account."),
        (
            "  connector: gcr_connector\n",
            "  connector: gcr_connector\n  level: org\n",
        ),
        ("passwordRef: ", "passwordRef: org."),
        (
            "  - name: prod-change-window\n",
            "  - name: prod-change-window\n    level: account\n",
        ),
    ];
    let edit = |files: Files, (from, to): (&str, &str)| replaced(files, "platform.yaml", from, to);
    with_new_templates(edits.into_iter().fold(with_projects(), edit))
}

/// A config repository with the templates that the command writes for it.
pub(crate) fn with_new_templates(mut files: Files) -> Files {
    let platform = read_config_repo(&files).platform.unwrap();
    for archetype in &platform.archetypes {
        let template = archetype_template(&platform, archetype).unwrap();
        files.extend(template.map(|text| (template_path(&archetype.name), text.into_bytes())));
    }
    files
}

/// The findings of a config repository and of its rendering as `code pointer: message`.
pub(crate) fn findings(files: &Files) -> Vec<String> {
    let repo = read_config_repo(files);
    let rendered = render(&repo, &[]);
    let all = repo.diagnostics.iter().chain(&rendered.diagnostics);
    let mut all: Vec<String> = all
        .map(|one| format!("{} {}: {}", one.code, one.pointer, one.message))
        .collect();
    all.dedup();
    all
}

/// Holds rendered files against Harness's schemas, keys that none of them describes included. Skipped, aloud, where
/// the validator or what it needs is absent.
pub(crate) fn validate(files: &BTreeMap<String, String>) {
    const KINDS: [&str; 6] = [
        "pipelines",
        "triggers",
        "services",
        "environments",
        "infrastructures",
        "connectors",
    ];
    let Some(mut run) = validator() else { return };
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in files
        .iter()
        .filter(|(path, _)| rendered_kind(path).is_some_and(|kind| KINDS.contains(&kind)))
    {
        let file = folder.path().join(path.replace('/', "-"));
        fs::write(&file, text).unwrap();
        run.arg(file);
    }
    let output = run.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}

/// The other validator, which also reports keys that no schema describes. `None`, said aloud, where it or what it needs
/// is absent.
pub(crate) fn validator() -> Option<Command> {
    let tools = beside("tools")?;
    let modules = Command::new("python3").args(["-c", "import jsonschema, yaml"]).output();
    if !modules.is_ok_and(|run| run.status.success()) {
        eprintln!("skipped: python3 with jsonschema and yaml is not installed");
        return None;
    }
    let mut run = Command::new("python3");
    run.arg(tools.join("validate.py")).arg("--strict");
    Some(run)
}

/// A folder of reference data beside the checkout, which the repository may not carry. `None`, said aloud, where it is
/// absent.
///
/// # Panics
/// Where it is absent and the variable `CI` is set: what CI does not look at, nobody does.
pub(crate) fn beside(folder: &str) -> Option<PathBuf> {
    let path = workspace().join("../shared").join(folder);
    if path.is_dir() {
        return Some(path);
    }
    assert!(
        std::env::var_os("CI").is_none(),
        "there is no ../shared/{folder} beside the checkout; CI needs it"
    );
    eprintln!("skipped: there is no ../shared/{folder} beside the checkout");
    None
}

/// The entities that Harness is to get for the example.
pub(crate) fn golden() -> PathBuf {
    workspace().join("tests/golden")
}

/// A file of the example with one part replaced.
pub(crate) fn with(path: &str, from: &str, to: &str) -> Files {
    replaced(example(), path, from, to)
}

/// A file as an edit leaves it.
pub(crate) fn edited(mut files: Files, path: &str, edit: impl FnOnce(&str) -> String) -> Files {
    let text = String::from_utf8(files[path].clone()).unwrap();
    files.insert(path.to_owned(), edit(&text).into_bytes());
    files
}

/// A file with one part replaced.
pub(crate) fn replaced(mut files: Files, path: &str, from: &str, to: &str) -> Files {
    let text = String::from_utf8(files[path].clone()).unwrap();
    assert!(text.contains(from), "{path} has no {from:?}");
    files.insert(path.to_owned(), text.replacen(from, to, 1).into_bytes());
    files
}
