//! `fuzz`: the property tests with far more cases than in the suites, optimized.

use crate::{Result, process, tools, workspace};

/// The crates with properties that hold for whatever people may write or do, and how often each property is tried.
const CRATES: [(&str, u32); 4] = [
    ("harness-cd-template", 100_000),
    ("harness-cd-pipeline", 1_000_000),
    ("harness-cd-lint", 1_000_000),
    ("harness-cd-simulator", 100_000),
];

/// Runs the tests of these crates; takes some minutes unless `cases` says less.
pub(crate) fn run(cases: Option<u32>) -> Result<()> {
    for (package, usual) in CRATES {
        let cases = cases.unwrap_or(usual).to_string();
        process::timed(
            &format!("Trying the properties of {package} with {cases} cases"),
            || {
                process::run(
                    tools::command("cargo")?
                        .args(["test", "--release", "--tests", "--package", package])
                        // Some suites say themselves how often, others leave it to proptest.
                        .envs([("HARNESS_CD_CASES", &cases), ("PROPTEST_CASES", &cases)])
                        .current_dir(workspace::root()?),
                )
            },
        )?;
    }
    Ok(())
}
