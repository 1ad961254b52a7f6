//! `harness-cd-simulator`: a small Harness on the loopback interface.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use harness_cd_simulator::{Modes, Options, RunningSimulator, StartError, modes, read_instant, start};
use tokio::signal::unix::{SignalKind, signal};

const KEY_VARIABLE: &str = "HARNESS_SIMULATOR_API_KEY";

/// A small Harness on 127.0.0.1: pipelines that run by a clock one can turn, approvals, triggers, limits and faults.
///
/// The API key it knows is read from the environment variable `HARNESS_SIMULATOR_API_KEY`, or the keys from the world
/// file. The control plane is below /simulator/ and needs no key: clock, faults, outcomes, scenarios, approve, builds,
/// connectors, git, modes, requests, truth, dump, restore.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// The port; 0 takes any that is free
    #[arg(long)]
    port: u16,
    /// The folder that `harness-cd render` has written
    #[arg(long, value_name = "DIR")]
    entities: PathBuf,
    /// Accounts, projects, people, keys and repositories, as YAML or JSON
    #[arg(long, value_name = "FILE")]
    world: Option<PathBuf>,
    /// How runs go, as YAML or JSON
    #[arg(long, value_name = "FILE")]
    scenarios: Option<PathBuf>,
    /// Answers to what the facts leave open, as YAML or JSON
    #[arg(long, value_name = "FILE")]
    modes: Option<PathBuf>,
    /// Takes as many calls as come
    #[arg(long)]
    no_limits: bool,
    /// The simulated time of the start, such as 2026-01-31T09:30:00Z, or epoch ms; now without it
    #[arg(long, value_name = "TIME", value_parser = read_instant, allow_hyphen_values = true)]
    start_at: Option<i64>,
    /// Simulated seconds per second; 0 stops the clock
    #[arg(long, default_value_t = 1.0)]
    speed: f64,
    /// How many times faster than usual the work of runs goes
    #[arg(long, default_value_t = 1.0)]
    pace: f64,
    /// Decides the ids and the made-up history
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How many executions the made-up history has, at least
    #[arg(long, value_name = "N", default_value_t = 320)]
    history: usize,
    /// The account of entities that do not say theirs
    #[arg(long, default_value = "demo-account")]
    account: String,
    /// The organization of entities that do not say theirs
    #[arg(long, default_value = "default")]
    org: String,
    /// The project of entities that do not say theirs
    #[arg(long, default_value = "platform")]
    project: String,
}

impl Arguments {
    fn options(self, api_key: String) -> Result<Options, StartError> {
        let mut modes = self.modes.as_deref().map(Modes::read).transpose()?.unwrap_or_default();
        if self.no_limits {
            modes.limits = modes::Limits::Off;
        }
        Ok(Options {
            port: self.port,
            entities: self.entities,
            world: self.world,
            scenarios: self.scenarios,
            start_at: self.start_at,
            speed: self.speed,
            pace: self.pace,
            seed: self.seed,
            history: self.history,
            account: self.account,
            org: self.org,
            project: self.project,
            api_key,
            modes,
        })
    }
}

fn main() -> ExitCode {
    match run(Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            let _ = writeln!(std::io::stderr(), "error: {message}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: Arguments) -> Result<(), String> {
    let api_key = std::env::var(KEY_VARIABLE).unwrap_or_default();
    if api_key.is_empty() && arguments.world.is_none() {
        return Err(format!(
            "set {KEY_VARIABLE} to the API key that the simulator shall know"
        ));
    }
    let options = arguments.options(api_key).map_err(|error| error.to_string())?;
    let simulator = start(options).map_err(|error| error.to_string())?;
    announce(&simulator).map_err(|error| format!("failed to write to the standard output: {error}"))?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let waited = runtime.and_then(|runtime| runtime.block_on(until_asked_to_stop()));
    waited.map_err(|error| format!("failed to wait for a signal: {error}"))
}

fn announce(simulator: &RunningSimulator) -> std::io::Result<()> {
    let mut stdout = std::io::stdout();
    writeln!(stdout, "listening on {}", simulator.base_url)?;
    stdout.flush()
}

async fn until_asked_to_stop() -> std::io::Result<()> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
    Ok(())
}
