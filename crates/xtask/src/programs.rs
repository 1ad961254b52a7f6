//! The command line and the simulator, built natively.

use std::path::PathBuf;
use std::process::Command;

use crate::{Result, process, tools, workspace};

/// Builds both.
pub(crate) fn build() -> Result<()> {
    process::timed("Building the command line and the simulator", || {
        process::run(
            tools::command("cargo")?
                .args(["build", "--quiet", "-p", "harness-cd-cli", "-p", "harness-cd-simulator"])
                .current_dir(workspace::root()?),
        )
    })
}

/// The folder that they are in.
pub(crate) fn folder() -> Result<PathBuf> {
    Ok(workspace::target()?.join("debug"))
}

/// One of them.
pub(crate) fn command(program: &str) -> Result<Command> {
    Ok(Command::new(folder()?.join(program)))
}
