//! Programs of other makers: which version, where they are, how a person gets them.

use std::ffi::OsString;
use std::fmt;
use std::path::PathBuf;
use std::process::Command;

use crate::{Context, Failure, Result, process, workspace};

/// A choice of Node.
pub(crate) struct Node {
    /// The major versions that will do.
    majors: &'static [&'static str],
    /// What `setup` gets when the machine has none of them.
    pub(crate) release: &'static str,
    /// Where it lies below `.tools`.
    folder: &'static str,
}

/// The versions that Backstage runs on.
const NODE: Node = Node {
    majors: &["22", "24"],
    release: "24.21.0",
    folder: "node",
};
const NODE_22: Node = Node {
    majors: &["22"],
    release: "22.23.3",
    folder: "node-22",
};
const NODE_24: Node = Node {
    majors: &["24"],
    ..NODE
};
/// Asks for one of the versions, so that the suites can be run on each.
const NODE_VARIABLE: &str = "HARNESS_CD_NODE";

/// The version of Yarn that the lock file was written with.
pub(crate) const YARN: &str = "4.18.1";
/// The version of wasm-pack.
pub(crate) const WASM_PACK: &str = "0.15.1";

/// The version of cargo-mutants.
pub(crate) const CARGO_MUTANTS: &str = "27.1.0";
/// The version of cargo-deny.
pub(crate) const CARGO_DENY: &str = "0.20.2";

/// What cargo says of this task's own package to the task alone.
const OF_THIS_PACKAGE: [&str; 2] = ["CARGO_MANIFEST_", "CARGO_PKG_"];

/// A program with the checkout's own tools in front of the machine's.
///
/// It does not hear what cargo says of this package: build scripts that read it would run again whenever cargo is
/// started in turns from here and from a terminal, and all that depends on them be compiled again.
pub(crate) fn command(program: &str) -> Result<Command> {
    let mut command = Command::new(program);
    command.env("PATH", path()?);
    for (name, _) in std::env::vars_os() {
        if OF_THIS_PACKAGE
            .iter()
            .any(|start| name.to_string_lossy().starts_with(start))
        {
            command.env_remove(name);
        }
    }
    Ok(command)
}

/// The chosen Node: the machine's, or the one that `setup` got.
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

/// Node 22 or 24, or the one of them that `HARNESS_CD_NODE` asks for.
pub(crate) fn chosen_node() -> Result<Node> {
    match std::env::var(NODE_VARIABLE).as_deref() {
        Err(_) => Ok(NODE),
        Ok("22") => Ok(NODE_22),
        Ok("24") => Ok(NODE_24),
        Ok(other) => Err(Failure::new(format!(
            "{NODE_VARIABLE} is {other}, but Backstage runs on 22 or 24"
        ))),
    }
}

impl Node {
    /// Whether Node on the extended path is one of the major versions.
    pub(crate) fn is_there(&self) -> bool {
        version_of("node").is_some_and(|text| {
            let major = text.trim_start_matches('v').split('.').next();
            major.is_some_and(|major| self.majors.contains(&major))
        })
    }

    /// Where `setup` puts it; one that was asked for does not replace the usual one.
    pub(crate) fn folder(&self) -> Result<PathBuf> {
        Ok(workspace::tools()?.join(self.folder))
    }
}

impl fmt::Display for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Node {}", self.majors.join(" or "))
    }
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
    let own = [workspace::tools()?.join("bin"), chosen_node()?.folder()?.join("bin")];
    let machine = std::env::var_os("PATH").unwrap_or_default();
    std::env::join_paths(own.into_iter().chain(std::env::split_paths(&machine))).context("put the tools on the path")
}

#[cfg(test)]
mod tests {
    #[test]
    fn programs_do_not_hear_of_this_package() {
        let command = super::command("cargo").unwrap();
        let removed: Vec<_> = command.get_envs().filter(|(_, value)| value.is_none()).collect();
        for name in ["CARGO_MANIFEST_DIR", "CARGO_PKG_NAME"] {
            assert!(std::env::var_os(name).is_some(), "cargo sets {name}");
            assert!(removed.iter().any(|(removed, _)| *removed == name), "{name}");
        }
    }
}
