//! The example config repository, and what lies beside the checkout.
#![allow(dead_code, reason = "each test file uses a part")]
#![allow(clippy::print_stderr, reason = "a check that cannot be made here says so")]

pub(crate) mod dice;
pub(crate) mod large_config_repo;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use harness_cd_model::naming::template_path;
use harness_cd_pipeline::{Files, archetype_template, read_config_repo};

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

/// A config repository with the templates that the command writes for it.
pub(crate) fn with_new_templates(mut files: Files) -> Files {
    let platform = read_config_repo(&files).platform.unwrap();
    for archetype in &platform.archetypes {
        let template = archetype_template(&platform, archetype).unwrap();
        files.extend(template.map(|text| (template_path(&archetype.name), text.into_bytes())));
    }
    files
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
        .filter(|(path, _)| KINDS.iter().any(|kind| path.starts_with(kind)))
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

/// A file with one part replaced.
pub(crate) fn replaced(mut files: Files, path: &str, from: &str, to: &str) -> Files {
    let text = String::from_utf8(files[path].clone()).unwrap();
    assert!(text.contains(from), "{path} has no {from:?}");
    files.insert(path.to_owned(), text.replacen(from, to, 1).into_bytes());
    files
}
