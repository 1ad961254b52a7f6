//! `bench`: history shaping, rendering and lint by the core and by others, side by side; a company's config repo at 1,000
//! services; a key press in a large form of the portal; the door's size; then the history and the fleet of a real backend
//! from ever larger stores.

use std::path::PathBuf;
use std::process::Command;

use crate::{Result, browser, portal, process, programs, setup, size, tools, workspace};

/// Measures; takes five minutes or less where the portal is built, and a quarter of an hour for the stores.
pub(crate) fn run() -> Result<()> {
    let chromium = browser::chromium()?;
    setup::javascript()?;
    portal::build()?;
    let native = native()?;
    println!();
    process::run(node()?.arg("history.mjs"))?;
    println!();
    process::run(node()?.arg("rendering.mjs").arg(native))?;
    println!();
    config_repo()?;
    println!();
    keys(chromium)?;
    println!();
    size::print()?;
    println!();
    endpoint()
}

/// Asks a real backend for the history and the fleet; fails where they grow with the store, or take too long. With
/// PostgreSQL beside SQLite where `BENCH_DATABASE` names one.
fn endpoint() -> Result<()> {
    programs::build()?;
    process::run(
        node()?
            .arg("endpoint.mjs")
            .env("HARNESS_CD_PROGRAMS", programs::folder()?),
    )
}

/// Measures in a browser; fails where a key takes longer than a frame.
fn keys(chromium: PathBuf) -> Result<()> {
    process::run(
        tools::command("npx")?
            .args([
                "--no-install",
                "playwright",
                "test",
                "--config",
                "playwright.bench.config.ts",
            ])
            .env("HARNESS_CD_E2E_CHROMIUM", chromium)
            .env("HARNESS_CD_PROGRAMS", programs::folder()?)
            .current_dir(workspace::root()?.join("tests/e2e")),
    )
}

/// Measures a company's config repo at 1,000 services; fails over a budget.
fn config_repo() -> Result<()> {
    let measure = workspace::target()?.join("release/examples/measure_config_repo");
    process::run(Command::new(measure).arg(workspace::root()?.join("tests/cases/config-repo")))
}

fn node() -> Result<Command> {
    let mut node = tools::node()?;
    node.arg("--no-warnings")
        .current_dir(workspace::root()?.join("tests/bench"));
    Ok(node)
}

/// Builds the programs that measure the core natively; the one that renders a template.
fn native() -> Result<PathBuf> {
    process::timed("Building the native core", || {
        process::run(
            tools::command("cargo")?
                .args(["build", "--quiet", "--release"])
                .args(["--package", "harness-cd-lint", "--examples"])
                .current_dir(workspace::root()?),
        )
    })?;
    Ok(workspace::target()?.join("release/examples/measure"))
}
