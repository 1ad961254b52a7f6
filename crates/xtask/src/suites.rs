//! `test`: every suite, one after the other; a failing one does not stop the rest.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use clap::ValueEnum;

use crate::{
    Context, Failure, Result, browser, codegen, portal, process, programs, setup, size, tools, wasm, workspace,
};

/// A suite of `cargo xtask test`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Suite {
    /// The crates: unit, integration and golden tests
    Rust,
    /// The examples in the crates' documentation
    Doctests,
    /// Format and lints of the crates
    Lints,
    /// What the crates depend on: licences, sources, bans
    Deny,
    /// The TypeScript declarations are what the Rust types say
    Codegen,
    /// The packed packages: the built door in Node and through the browser's entry, the manifests, a stock app
    Wasm,
    /// The built door weighs no more than it may
    Size,
    /// The Backstage packages: types, format, lints, manifests, API reports, tests
    Packages,
    /// A person's path through the portal, in a browser
    E2e,
}

/// What a suite found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Tally {
    passed: u32,
    failed: u32,
}

impl std::ops::AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }
}

struct Report {
    suite: Suite,
    tally: Tally,
    took: Duration,
}

/// Runs the suites, or one of them.
pub(crate) fn run(only: Option<Suite>) -> Result<()> {
    let suites: Vec<Suite> = only.map_or_else(|| Suite::value_variants().to_vec(), |suite| vec![suite]);
    prepare(&suites)?;
    let reports: Vec<Report> = suites.into_iter().map(report).collect();
    let mut total = Tally::default();
    println!();
    for Report { suite, tally, took } in &reports {
        let name = suite
            .to_possible_value()
            .map(|value| value.get_name().to_owned())
            .unwrap_or_default();
        println!(
            "{name:<10}{:>6} passed{:>6} failed{:>8.1} s",
            tally.passed,
            tally.failed,
            took.as_secs_f64()
        );
        total += *tally;
    }
    println!("\n{} passed, {} failed", total.passed, total.failed);
    tell_what_was_skipped()?;
    if total.failed == 0 {
        return Ok(());
    }
    Err(Failure::new("not everything passed"))
}

/// Tests that need what the repository may not carry pass without it, so that somebody has to say it.
fn tell_what_was_skipped() -> Result<()> {
    if !workspace::root()?.join("../shared").is_dir() {
        println!(
            "skipped: nothing was held against Harness's schemas and real pipelines, as there is no ../shared beside \
             the checkout (an error where the variable CI is set)"
        );
    }
    Ok(())
}

fn prepare(suites: &[Suite]) -> Result<()> {
    if suites.contains(&Suite::Rust) {
        setup::nextest()?;
    }
    if suites.contains(&Suite::Deny) {
        setup::deny()?;
    }
    if suites.iter().any(|suite| {
        matches!(
            suite,
            Suite::Codegen | Suite::Wasm | Suite::Size | Suite::Packages | Suite::E2e
        )
    }) {
        setup::all()?;
        wasm::build()?;
    }
    Ok(())
}

fn report(suite: Suite) -> Report {
    println!("\n== {suite:?}");
    let begin = Instant::now();
    let tally = suite.run().unwrap_or_else(|failure| {
        eprintln!("{failure}");
        Tally { passed: 0, failed: 1 }
    });
    Report {
        suite,
        tally,
        took: begin.elapsed(),
    }
}

impl Suite {
    fn run(self) -> Result<Tally> {
        match self {
            Self::Rust => tests(&mut cargo(&["nextest", "run", "--workspace", "--no-fail-fast"])?),
            Self::Doctests => tests(&mut cargo(&["test", "--workspace", "--doc", "--no-fail-fast"])?),
            Self::Lints => lints(),
            Self::Deny => deny(),
            Self::Codegen => codegen::check().map(|()| Tally { passed: 1, failed: 0 }),
            Self::Wasm => packaging(),
            Self::Size => size::print().map(|()| Tally { passed: 1, failed: 0 }),
            Self::Packages => packages(),
            Self::E2e => e2e(),
        }
    }
}

fn lints() -> Result<Tally> {
    let mut tally = check(&mut cargo(&["fmt", "--all", "--check"])?)?;
    tally += check(&mut cargo(&[
        "clippy",
        "--workspace",
        "--all-targets",
        "--",
        "-D",
        "warnings",
    ])?)?;
    let door = [
        "clippy",
        "-p",
        "harness-cd-wasm",
        "--features",
        "node",
        "--target",
        "wasm32-unknown-unknown",
    ];
    let mut door = cargo(&door)?;
    tally += check(door.args(["--", "-D", "warnings"]))?;
    Ok(tally)
}

/// Without the advisories: they come from a database on the network, and change without a change here.
fn deny() -> Result<Tally> {
    check(&mut cargo(&["deny", "check", "bans", "licenses", "sources"])?)
}

fn packaging() -> Result<Tally> {
    let folder = workspace::root()?.join("tests/packaging");
    programs::build()?;
    let repo = [
        "build",
        "--quiet",
        "--package",
        "harness-cd-pipeline",
        "--example",
        "large_config_repo",
    ];
    process::run(&mut cargo(&repo)?)?;
    tests(
        tools::node()?
            .args(["--test", "--test-reporter=spec"])
            .env("HARNESS_CD_PROGRAMS", programs::folder()?)
            .current_dir(folder),
    )
}

fn packages() -> Result<Tally> {
    let mut tally = Tally::default();
    let scripts = [
        "tsc",
        "lint",
        "knip",
        "manifests:check",
        "api-reports:check",
        "prettier:check",
    ];
    for script in scripts {
        tally += check(&mut tools::yarn(&[script])?)?;
    }
    programs::build()?;
    let mut jest = tools::yarn(&["test"])?;
    jest.env("BACKSTAGE_TEST_DISABLE_DOCKER", "1")
        .env("HARNESS_CD_PROGRAMS", programs::folder()?);
    tally += tests(&mut jest)?;
    Ok(tally)
}

/// The stories start portals of their own; what these are made of is built here.
fn e2e() -> Result<Tally> {
    let chromium = browser::chromium()?;
    portal::build()?;
    tests(
        tools::command("npx")?
            .args(["--no-install", "playwright", "test"])
            .env("HARNESS_CD_E2E_CHROMIUM", chromium)
            .env("HARNESS_CD_PROGRAMS", programs::folder()?)
            .current_dir(workspace::root()?.join("tests/e2e")),
    )
}

fn cargo(arguments: &[&str]) -> Result<Command> {
    let mut command = tools::command("cargo")?;
    command.args(arguments).current_dir(workspace::root()?);
    Ok(command)
}

/// A program that passes or fails as a whole.
fn check(command: &mut Command) -> Result<Tally> {
    let status = command
        .status()
        .context(&format!("start {}", command.get_program().display()))?;
    let passed = u32::from(status.success());
    Ok(Tally {
        passed,
        failed: 1 - passed,
    })
}

/// A test runner: its output is shown as it comes, and its own summary is counted.
fn tests(command: &mut Command) -> Result<Tally> {
    let (reader, writer) = std::io::pipe().context("create a pipe")?;
    let again = writer.try_clone().context("create a pipe")?;
    let mut child = command
        .stdin(Stdio::null())
        .stdout(writer)
        .stderr(again)
        .spawn()
        .context(&format!("start {}", command.get_program().display()))?;
    command.stdout(Stdio::null()).stderr(Stdio::null()); // drops this side of the pipe, so that it can end
    let mut tally = Tally::default();
    for line in BufReader::new(reader).lines() {
        let line = line.context("read what the tests say")?;
        println!("{line}");
        tally.count(&line);
    }
    let status = child.wait().context("wait for the tests")?;
    if !status.success() && tally.failed == 0 {
        tally.failed = 1;
    }
    Ok(tally)
}

impl Tally {
    /// Counts what a line sums up. nextest shows what each failed test has printed, a summary of its own among it, before
    /// it sums up all of them.
    fn count(&mut self, line: &str) {
        if line.trim().starts_with(NEXTEST) {
            *self = Self::default();
        }
        *self += summary(line).unwrap_or_default();
    }
}

const NEXTEST: &str = "Summary [";

/// The counts in the summary line of nextest, `cargo test`, Jest, Playwright or Node's own runner.
fn summary(line: &str) -> Option<Tally> {
    let line = line.trim();
    let count = |word: &str| {
        let mut words = line.split([' ', ',', ';', ':']).filter(|part| !part.is_empty());
        let mut before = None;
        words.find_map(|part| {
            let number = before.replace(part).and_then(|text| text.parse::<u32>().ok());
            (part == word).then_some(number).flatten()
        })
    };
    let is_playwright = line.split_once(' ').is_some_and(|(number, rest)| {
        number.parse::<u32>().is_ok() && (rest.starts_with("passed") || rest == "failed")
    });
    let starts = [NEXTEST, "test result:", "Tests:"];
    if is_playwright || starts.iter().any(|start| line.starts_with(start)) {
        return Some(Tally {
            passed: count("passed").unwrap_or(0),
            failed: count("failed").unwrap_or(0),
        });
    }
    let number = |start| line.strip_prefix(start).and_then(|rest| rest.trim().parse().ok());
    let passed = number("ℹ pass ").map(|passed| Tally { passed, failed: 0 });
    passed.or_else(|| number("ℹ fail ").map(|failed| Tally { passed: 0, failed }))
}

#[cfg(test)]
mod tests {
    use super::{Tally, summary};

    #[test]
    fn summaries_of_every_runner_are_counted() {
        for (line, passed, failed) in [
            (
                "     Summary [   0.012s] 5 tests run: 4 passed, 1 failed, 0 skipped",
                4,
                1,
            ),
            ("     Summary [   0.012s] 5 tests run: 5 passed, 2 skipped", 5, 0),
            ("test result: FAILED. 3 passed; 1 failed; 0 ignored; 0 measured", 3, 1),
            ("Tests:       2 failed, 1 skipped, 30 passed, 33 total", 30, 2),
            ("Tests:       30 passed, 30 total", 30, 0),
            ("  3 passed (5.1s)", 3, 0),
            ("  1 failed", 0, 1),
            ("ℹ pass 7", 7, 0),
            ("ℹ fail 2", 0, 2),
        ] {
            assert_eq!(summary(line), Some(Tally { passed, failed }), "{line}");
        }
    }

    #[test]
    fn a_failed_test_is_counted_once() {
        let mut tally = Tally::default();
        for line in [
            "        FAIL [   0.010s] harness-cd-model words::tests::a_word",
            "    test result: FAILED. 0 passed; 1 failed; 0 ignored; 0 measured; 8 filtered out",
            "     Summary [   0.012s] 5 tests run: 4 passed, 1 failed, 0 skipped",
            "        FAIL [   0.010s] harness-cd-model words::tests::a_word",
        ] {
            tally.count(line);
        }
        assert_eq!(tally, Tally { passed: 4, failed: 1 });
    }

    #[test]
    fn other_lines_are_not() {
        for line in [
            "",
            "Test Suites: 3 failed, 3 total",
            "ℹ skipped 1",
            "PASS [   0.1s] 4 failed",
        ] {
            assert_eq!(summary(line), None, "{line}");
        }
    }
}
