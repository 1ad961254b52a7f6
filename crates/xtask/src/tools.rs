//! Programs of other makers: which version, where they are, how a person gets them.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::Command;

use crate::{Context, Failure, Result, process, workspace};

/// The version of Node that `setup` gets when the machine has neither 22 nor 24.
pub(crate) const NODE: &str = "24.21.0";
/// The version of Yarn that the lock file was written with.
pub(crate) const YARN: &str = "4.18.1";
/// The version of wasm-pack.
pub(crate) const WASM_PACK: &str = "0.15.1";

/// The version of cargo-mutants.
pub(crate) const CARGO_MUTANTS: &str = "27.1.0";

const NODE_MAJORS: [&str; 2] = ["22", "24"];

/// A program with the checkout's own tools in front of the machine's.
pub(crate) fn command(program: &str) -> Result<Command> {
    let mut command = Command::new(program);
    command.env("PATH", path()?);
    Ok(command)
}

/// Node 22 or 24: the machine's, or the one that `setup` got.
pub(crate) fn node() -> Result<Command> {
    command("node")
}

/// Yarn in the Yarn workspace.
pub(crate) fn yarn(arguments: &[&str]) -> Result<Command> {
    let mut command = node()?;
    command
        .arg(workspace::tools()?.join("yarn.js"))
        .args(arguments)
        .current_dir(workspace::plugin_js()?);
    Ok(command)
}

/// Yarn asked for its version, outside the workspace, whose settings it would read otherwise.
pub(crate) fn yarn_version() -> Result<Command> {
    let mut command = yarn(&["--version"])?;
    command.current_dir(workspace::tools()?);
    Ok(command)
}

/// Whether `program --version` says this version.
pub(crate) fn has_version(program: &str, version: &str) -> bool {
    version_of(program).is_some_and(|text| text.split_whitespace().any(|word| word == version))
}

/// Whether Node on the extended path is one that Backstage runs on.
pub(crate) fn has_node() -> bool {
    version_of("node").is_some_and(|text| {
        let major = text.trim_start_matches('v').split('.').next();
        major.is_some_and(|major| NODE_MAJORS.contains(&major))
    })
}

/// Fails with a sentence when a program of the machine is missing.
pub(crate) fn require(program: &str, why: &str, how: &str) -> Result<()> {
    match find(program) {
        Some(_) => Ok(()),
        None => Err(Failure::new(format!("`{program}` is missing: {why}; {how}"))),
    }
}

/// Where a program is on the extended path.
pub(crate) fn find(program: &str) -> Option<PathBuf> {
    let path = path().ok()?;
    std::env::split_paths(&path)
        .map(|folder| folder.join(program))
        .find(|candidate| candidate.is_file())
}

fn version_of(program: &str) -> Option<String> {
    process::output(command(program).ok()?.arg("--version")).ok()
}

fn path() -> Result<OsString> {
    let own = ["bin", "node/bin"];
    let tools = workspace::tools()?;
    let machine = std::env::var_os("PATH").unwrap_or_default();
    let folders = own.iter().map(|folder| tools.join(folder));
    std::env::join_paths(folders.chain(std::env::split_paths(&machine).collect::<Vec<PathBuf>>()))
        .context("put the tools on the path")
}
