//! Older revisions of a config repo, by the `git` program.

use std::path::Path;
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

use crate::error::CliError;

/// The config repo as it stood in a revision, in a folder that goes with the answer. The generated manifests, which
/// nothing is rendered from, are left out.
pub(crate) fn checkout(repo: &Path, revision: &str) -> Result<TempDir, CliError> {
    if revision.starts_with('-') {
        return Err(CliError::Input(format!("`{revision}` is no revision")));
    }
    let folder = tempfile::tempdir().map_err(|error| CliError::Input(format!("cannot make a folder: {error}")))?;
    let archive = folder.path().join("config-repo.tar");
    let made = Command::new("git")
        .arg("-C")
        .arg(repo)
        .args(["archive", "--format=tar", "-o"])
        .arg(&archive)
        .args([revision, "--", ".", ":(exclude)generated"])
        .stdin(Stdio::null())
        .output();
    succeed("git", &format!("read {revision} of {}", repo.display()), made)?;
    let unpacked = Command::new("tar")
        .arg("-xf")
        .arg(&archive)
        .arg("-C")
        .arg(folder.path())
        .output();
    succeed("tar", "unpack it", unpacked)?;
    let _ = std::fs::remove_file(&archive);
    Ok(folder)
}

fn succeed(program: &str, task: &str, output: std::io::Result<Output>) -> Result<(), CliError> {
    match output {
        Ok(output) if output.status.success() => Ok(()),
        Ok(output) => Err(CliError::Input(format!(
            "{program} could not {task}: {}",
            String::from_utf8_lossy(&output.stderr).trim()
        ))),
        Err(error) => Err(CliError::Input(format!("cannot run {program}: {error}"))),
    }
}
