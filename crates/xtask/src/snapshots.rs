//! `snapshots`: what tests expect and the code has written once, written again; `git diff` shows what that changes.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::{Context, Failure, Result, process, programs, tools, workspace};

/// Writes insta's snapshots and the templates of the example.
///
/// # Errors
/// A test fails for another reason than its snapshot.
pub(crate) fn write() -> Result<()> {
    let crates = crates_with_snapshots(&workspace::metadata()?);
    process::run(cargo_test(&crates)?.arg("--no-run"))?;
    for name in &crates {
        forget(&workspace::root()?.join("crates").join(name).join("tests/snapshots"))?;
    }
    process::run(cargo_test(&crates)?.env("INSTA_UPDATE", "always"))?;
    programs::build()?;
    templates()
}

/// The crates whose tests depend on insta.
fn crates_with_snapshots(metadata: &Value) -> Vec<String> {
    let list = |value: &Value, key: &str| value.get(key).and_then(Value::as_array).cloned().unwrap_or_default();
    let name = |value: &Value| value.get("name").and_then(Value::as_str).map(str::to_owned);
    let uses_insta = |package: &Value| {
        list(package, "dependencies")
            .iter()
            .any(|dependency| name(dependency).as_deref() == Some("insta"))
    };
    let packages = list(metadata, "packages");
    packages
        .iter()
        .filter(|package| uses_insta(package))
        .filter_map(name)
        .collect()
}

fn cargo_test(crates: &[String]) -> Result<Command> {
    let mut command = tools::command("cargo")?;
    command
        .args(["test", "--quiet", "--no-fail-fast", "--tests"])
        .args(crates.iter().flat_map(|name| ["--package", name]))
        .current_dir(workspace::root()?);
    Ok(command)
}

/// Removes every snapshot of a folder: those that a test still asks for come back.
fn forget(folder: &Path) -> Result<()> {
    let Ok(entries) = fs::read_dir(folder) else {
        return Ok(()); // the tests of this crate have none yet
    };
    for entry in entries {
        let file = entry.context(&format!("read {}", folder.display()))?.path();
        fs::remove_file(&file).context(&format!("remove {}", file.display()))?;
    }
    Ok(())
}

/// The templates of the example, which are what the command line makes of its platform.
fn templates() -> Result<()> {
    process::run(
        programs::command("harness-cd")?
            .args(["template", "new", "--force", "--config-repo"])
            .arg(workspace::root()?.join("examples/config-repo")),
    )
    .map_err(|failure| Failure::new(format!("the templates of the example are the old ones: {failure}")))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    #[test]
    fn crates_that_depend_on_insta_have_snapshots() {
        let package = |name: &str, dependency: &str| json!({ "name": name, "dependencies": [{ "name": dependency }] });
        let metadata = json!({ "packages": [package("a", "serde"), package("b", "insta")] });
        assert_eq!(super::crates_with_snapshots(&metadata), ["b"]);
    }
}
