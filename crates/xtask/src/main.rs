//! `cargo xtask`: one entry for people and for continuous integration.
//!
//! `setup` gets the tools, `wasm` builds the door, `codegen` writes what follows from the Rust code, `demo` starts the
//! example portal against the simulator, `dev` does so while somebody works on it, `test`
//! runs every suite, `fuzz` tries the properties harder, `mutants` tries the tests, `bench` and `size` measure.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a task runner talks to the person at the terminal"
)]

mod bench;
mod browser;
mod children;
mod codegen;
mod demo;
mod dev;
mod fuzz;
mod http;
mod mutants;
mod portal;
mod process;
mod programs;
mod setup;
mod simulator;
mod size;
mod snapshots;
mod stamp;
mod suites;
mod tools;
mod wasm;
mod watch;
mod workspace;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Why a task ended early: one sentence for the person at the terminal.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Failure(String);

pub(crate) type Result<T> = std::result::Result<T, Failure>;

impl Failure {
    pub(crate) fn new(sentence: impl Into<String>) -> Self {
        Self(sentence.into())
    }
}

/// Adds what was attempted to an error of the standard library or of a crate.
pub(crate) trait Context<T> {
    /// `attempted` completes the sentence "cannot …".
    fn context(self, attempted: &str) -> Result<T>;
}

impl<T, E: std::fmt::Display> Context<T> for std::result::Result<T, E> {
    fn context(self, attempted: &str) -> Result<T> {
        self.map_err(|error| Failure(format!("cannot {attempted}: {error}")))
    }
}

/// Build, run and check Harness CD for Backstage.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", disable_help_subcommand = true)]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Get the tools and packages that everything else needs, into .tools and node_modules
    Setup,
    /// Build the WebAssembly door for Node and for the browser
    Wasm,
    /// Print the TypeScript declarations of the Rust types
    Codegen {
        /// Change nothing; fail when the committed declarations are not the ones that would be printed
        #[arg(long)]
        check: bool,
    },
    /// Build and start the example portal against a simulated Harness, until Ctrl-C
    Demo,
    /// Start the example portal for development: a saved file of the core or of a plugin is in it seconds later
    Dev,
    /// Run every test suite
    Test {
        /// Run one suite alone
        #[arg(long, value_name = "SUITE")]
        only: Option<suites::Suite>,
    },
    /// Run every test suite, and see that nothing is left uncommitted: what a change needs before it is sent
    Ready,
    /// Measure history shaping, rendering, lint and a large form, the core against TypeScript and the shell
    Bench,
    /// Try the property tests with far more cases than `test` does
    Fuzz {
        /// How often each property is tried, instead of 100,000 or a million times
        #[arg(long)]
        cases: Option<u32>,
    },
    /// Change the code of the core, a line at a time, and see whether a test fails; takes hours without a shard
    Mutants {
        /// One part of all mutants, for example `1/8`
        #[arg(long, value_name = "K/N")]
        shard: Option<String>,
        /// One crate alone
        #[arg(long)]
        package: Option<String>,
    },
    /// Write again what tests expect and the code has written once; `git diff` shows what that changes
    Snapshots,
    /// Print how much the built door weighs; fail over its budget
    Size,
}

fn main() -> ExitCode {
    match run(Arguments::parse().task) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("error: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn ready() -> Result<()> {
    suites::run(None)?;
    let left = process::output(
        std::process::Command::new("git")
            .args(["status", "--porcelain"])
            .current_dir(workspace::root()?),
    )?;
    match left.is_empty() {
        true => Ok(()),
        false => Err(Failure::new(format!("these changes are not committed:\n{left}"))),
    }
}

fn run(task: Task) -> Result<()> {
    tools::chosen_node()?; // a wrong choice is told before anything is fetched or built
    match task {
        Task::Setup => setup::all(),
        Task::Wasm => setup::wasm_tools().and_then(|()| wasm::build()),
        Task::Codegen { check } => {
            if !check {
                codegen::write_for_lint()?;
            }
            setup::wasm_tools()?;
            wasm::build()?;
            if check { codegen::check() } else { codegen::write() }
        }
        Task::Demo => demo::run(),
        Task::Dev => dev::run(),
        Task::Test { only } => suites::run(only),
        Task::Ready => ready(),
        Task::Bench => bench::run(),
        Task::Fuzz { cases } => fuzz::run(cases),
        Task::Mutants { shard, package } => mutants::run(shard.as_deref(), package.as_deref()),
        Task::Snapshots => snapshots::write(),
        Task::Size => {
            setup::wasm_tools()?;
            wasm::build()?;
            size::print()
        }
    }
}
