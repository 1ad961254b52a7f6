//! `mutants`: tests of the tests. A line of the core is changed, and a test has to fail.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::{Context, Failure, Result, setup, tools, workspace};

/// The crates that decide what runs and what is said about it.
const CRATES: [&str; 8] = [
    "harness-cd",
    "harness-cd-client",
    "harness-cd-deploy",
    "harness-cd-history",
    "harness-cd-links",
    "harness-cd-record",
    "harness-cd-template",
    "harness-cd-yaml",
];

/// How many of a hundred mutants have to be caught.
const CAUGHT_OF_100: u64 = 95;

/// Tries the mutants of one crate or of all, or the shard `K/N` of them.
///
/// # Errors
/// Fewer are caught than have to be.
pub(crate) fn run(shard: Option<&str>, package: Option<&str>) -> Result<()> {
    setup::mutants()?;
    let output = workspace::target()?.join("mutants");
    fs::create_dir_all(&output).context("create target/mutants")?;
    let mut command = tools::command("cargo")?;
    command
        .args(["mutants", "--test-tool", "nextest", "--no-shuffle", "--output"])
        .arg(&output)
        // Each mutant is built and tried: neither needs what a debugger does, nor every case of a property.
        .env("CARGO_PROFILE_DEV_DEBUG", "0")
        .env("HARNESS_CD_CASES", "200")
        .current_dir(workspace::root()?);
    for name in chosen(package)? {
        command.args(["--package", name]);
    }
    if let Some(shard) = shard {
        command.args(["--shard", shard]);
    }
    // It ends badly where a single mutant is missed; how many may be is decided here.
    command.status().context("start cargo-mutants")?;
    judge(&output.join("mutants.out"))
}

fn chosen(package: Option<&str>) -> Result<Vec<&'static str>> {
    let chosen: Vec<&str> = CRATES
        .into_iter()
        .filter(|name| package.is_none_or(|wanted| wanted == *name))
        .collect();
    match chosen.is_empty() {
        true => Err(Failure::new(format!(
            "there are no mutants of this crate; choose one of {}",
            CRATES.join(", ")
        ))),
        false => Ok(chosen),
    }
}

fn judge(found: &Path) -> Result<()> {
    let text = fs::read_to_string(found.join("outcomes.json")).context("read what cargo-mutants found")?;
    let outcomes: Value = serde_json::from_str(&text).context("read what cargo-mutants found")?;
    let number = |name: &str| outcomes.get(name).and_then(Value::as_u64).unwrap_or_default();
    // A mutant that runs for ever is noticed as well; one that does not compile is not viable and does not count.
    let caught = number("caught") + number("timeout");
    let viable = caught + number("missed");
    println!("{caught} of {viable} viable mutants are caught");
    if caught * 100 >= viable * CAUGHT_OF_100 {
        return Ok(());
    }
    let missed = fs::read_to_string(found.join("missed.txt")).context("read the missed mutants")?;
    Err(Failure::new(format!(
        "fewer than {CAUGHT_OF_100} of 100 mutants are caught; no test notices\n{missed}"
    )))
}
