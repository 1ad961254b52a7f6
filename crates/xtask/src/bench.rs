//! `bench`: history shaping and rendering by the core and by others, side by side; then the door's size.

use std::path::PathBuf;
use std::process::Command;

use crate::{Result, process, setup, size, tools, wasm, workspace};

/// Measures; takes two or three minutes.
pub(crate) fn run() -> Result<()> {
    setup::wasm_tools()?;
    setup::javascript()?;
    wasm::build()?;
    let native = native()?;
    println!();
    process::run(node()?.arg("history.mjs"))?;
    println!();
    process::run(node()?.arg("rendering.mjs").arg(native))?;
    println!();
    size::print()
}

fn node() -> Result<Command> {
    let mut node = tools::node()?;
    node.arg("--no-warnings")
        .current_dir(workspace::root()?.join("tests/bench"));
    Ok(node)
}

/// Builds the program that measures the core natively.
fn native() -> Result<PathBuf> {
    process::timed("Building the native core", || {
        process::run(
            tools::command("cargo")?
                .args(["build", "--quiet", "--release"])
                .args(["--package", "harness-cd-lint", "--example", "measure"])
                .current_dir(workspace::root()?),
        )
    })?;
    Ok(workspace::target()?.join("release/examples/measure"))
}
