//! `harness-cd-simulator`: a small Harness on the loopback interface.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use harness_cd_simulator::{Options, RunningSimulator, start};
use tokio::signal::unix::{SignalKind, signal};

const KEY_VARIABLE: &str = "HARNESS_SIMULATOR_API_KEY";

/// A small Harness on 127.0.0.1: pipelines that run by a clock one can turn, approvals, triggers and faults.
///
/// The API key it knows is read from the environment variable `HARNESS_SIMULATOR_API_KEY`. The control plane is below
/// /simulator/ and needs no key: clock, faults, outcomes, approve, modes, requests.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// The port; 0 takes any that is free
    #[arg(long)]
    port: u16,
    /// The folder that `harness-cd render` has written
    #[arg(long, value_name = "DIR")]
    entities: PathBuf,
    /// Simulated seconds per second; 0 stops the clock
    #[arg(long, default_value_t = 1.0)]
    speed: f64,
    /// Decides the ids and the made-up history
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// The account identifier
    #[arg(long, default_value = "demo-account")]
    account: String,
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
    let api_key = std::env::var(KEY_VARIABLE).ok().filter(|key| !key.is_empty());
    let api_key = api_key.ok_or_else(|| format!("set {KEY_VARIABLE} to the API key that the simulator shall know"))?;
    let options = Options {
        port: arguments.port,
        speed: arguments.speed,
        seed: arguments.seed,
        account: arguments.account,
        ..Options::new(arguments.entities, api_key)
    };
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
