//! `harness-cd`: renders a config repo into Harness entities, reads and lints pipelines, deploys and shows history.
//!
//! Exit codes: 0 good; 1 findings, differences or a refused deployment; 2 usage or unreadable input; 3 Harness
//! unreachable or refused.

mod annotations;
mod check;
mod config_repo;
mod deploy;
mod diff;
mod error;
mod git;
mod harness;
mod history;
mod import;
mod inputs;
mod link;
mod lint;
mod matrix;
mod metrics;
mod output;
mod pipeline_ref;
mod release;
mod render;
mod sarif;
mod schema;
mod source;
mod table;
mod template;
mod timeline;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand, ValueEnum};

use crate::error::{CliError, Outcome};

const AFTER_HELP: &str = "\
Environment, for `deploy`, `history`, `import`, `matrix`, `metrics`, `timeline`, `release` and what a chosen service asks for in turn (`inputs`):
  HARNESS_API_KEY   an API key of Harness: a personal or a service account token
  HARNESS_ACCOUNT   the account that the key is of, where the key does not name it
  HARNESS_BASE_URL  where Harness is [default: https://app.harness.io]
`render --diff --against` runs the programs git and tar. Nothing else is read from the environment.

Exit codes:
  0  good
  1  findings, differences or a refused deployment
  2  usage or unreadable input
  3  Harness unreachable or refused";

/// Pipelines, deployments and history of services on Harness CD
#[derive(Parser)]
#[command(name = "harness-cd", version, after_help = AFTER_HELP)]
struct Arguments {
    /// The folder that holds platform.yaml, services.yaml and templates/
    #[arg(long, global = true, value_name = "DIR", default_value = ".")]
    config_repo: PathBuf,

    /// A table for people or JSON for programs; `lint` also speaks SARIF [default: table on a terminal, JSON elsewhere;
    /// lint: table]
    #[arg(long, global = true, value_enum)]
    format: Option<Format>,

    #[command(subcommand)]
    command: Command,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Table,
    Json,
    Sarif,
}

#[derive(Subcommand)]
enum Command {
    /// Render pipelines, triggers, input sets, services, environments, infrastructures, connectors, delegates and policies
    Render(render::Arguments),
    /// Write a config repo of what a project has already, and report how it differs from what would be rendered
    Import(import::Arguments),
    /// Write the pipeline templates of archetypes
    #[command(subcommand)]
    Template(template::Command),
    /// Report what is wrong with Harness files, or with the whole config repo
    Lint(lint::Arguments),
    /// Print a JSON Schema of Harness files and of templates of them, for editors
    Schema(schema::Arguments),
    /// List the runtime inputs of a pipeline, template or input set
    Inputs(inputs::Arguments),
    /// Take the URL of a page of Harness's user interface apart
    Link(link::Arguments),
    /// Show what was deployed, from Harness or from a saved answer
    History(history::Arguments),
    /// Show what runs where: environment by region, from Harness or from saved answers
    Matrix(matrix::Arguments),
    /// Show how well delivery goes: frequency, lead time, failure rate, time to restore, durations
    Metrics(metrics::Arguments),
    /// Show what happened, newest first: re-runs as one story, each region with its own end
    Timeline(timeline::Arguments),
    /// Show where a version has been, what is new in production, or what ran at an instant
    Release(release::Arguments),
    /// Check a deployment and start it
    Deploy(Box<deploy::Arguments>),
    /// Check a deploy request against a pipeline in a file, without Harness
    Check(check::Arguments),
    /// Show what the annotations of a catalog entity say of Harness
    Annotations(annotations::Arguments),
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let result = run(&arguments);
    match result {
        Ok(outcome) => outcome.into(),
        Err(error) => {
            output::complain(&error);
            error.exit_code()
        }
    }
}

fn run(arguments: &Arguments) -> Result<Outcome, CliError> {
    let (repo, format) = (arguments.config_repo.as_path(), arguments.format);
    if format == Some(Format::Sarif) && !matches!(arguments.command, Command::Lint(_)) {
        return Err(CliError::Input("SARIF is for the findings of `lint` alone".to_owned()));
    }
    match &arguments.command {
        Command::Render(command) => render::run(command, repo, format),
        Command::Import(command) => import::run(command, format),
        Command::Template(command) => template::run(command, repo, format),
        Command::Lint(command) => lint::run(command, repo, format),
        Command::Schema(command) => schema::run(command, repo),
        Command::Inputs(command) => inputs::run(command, format),
        Command::Link(command) => link::run(command),
        Command::History(command) => history::run(command, repo, format),
        Command::Matrix(command) => matrix::run(command, repo, format),
        Command::Metrics(command) => metrics::run(command, repo, format),
        Command::Timeline(command) => timeline::run(command, repo, format),
        Command::Release(command) => release::run(command, repo, format),
        Command::Deploy(command) => deploy::run(command, repo),
        Command::Check(command) => check::run(command, format),
        Command::Annotations(command) => annotations::run(command, format),
    }
}
