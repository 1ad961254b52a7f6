//! The simulated Harness behind a portal, with the entities of the example.

use std::fs;
use std::path::Path;

use uuid::Uuid;

use crate::children::Children;
use crate::{Context, Failure, Result, http, process, programs, workspace};

/// How many times faster than usual the work of runs goes: a deployment takes some ten seconds, by the clock that the
/// portal reads too.
const PACE: &str = "20";

/// A running simulator.
pub(crate) struct Simulator {
    /// Where it answers, with its control plane.
    pub(crate) url: String,
    /// The API key that it accepts. It exists in the environment of two processes alone, and only as long as they run.
    pub(crate) key: String,
}

/// Starts it with what the example's config repo renders to, and with the pipeline that is in no config repo.
pub(crate) fn start(children: &mut Children, data: &Path) -> Result<Simulator> {
    let entities = data.join("entities");
    render(&entities)?;
    let key = Uuid::new_v4().simple().to_string();
    let mut command = programs::command("harness-cd-simulator")?;
    command
        .args(["--port", "0", "--pace", PACE, "--entities"])
        .arg(entities)
        .env("HARNESS_SIMULATOR_API_KEY", &key);
    let line = children.start_and_read_line("the simulator", &mut command, &data.join("simulator.log"))?;
    let simulator = Simulator {
        url: address(line.trim())?,
        key,
    };
    create_pipeline(&simulator)?;
    Ok(simulator)
}

fn render(out: &Path) -> Result<()> {
    if out.is_dir() {
        fs::remove_dir_all(out).context(&format!("remove {}", out.display()))?; // services may have gone
    }
    process::output(
        programs::command("harness-cd")?
            .args(["render", "--config-repo"])
            .arg(workspace::root()?.join("examples/config-repo"))
            .arg("--out")
            .arg(out),
    )
    .map(|_| ())
}

fn address(line: &str) -> Result<String> {
    let address = line.strip_prefix("listening on ").map(str::to_owned);
    address.ok_or_else(|| Failure::new(format!("the simulator did not say where it listens, but: {line}")))
}

/// Creates a pipeline as somebody would in Harness by hand.
fn create_pipeline(simulator: &Simulator) -> Result<()> {
    let file = workspace::root()?.join("examples/harness/storefront-release.yaml");
    let yaml = fs::read_to_string(&file).context(&format!("read {}", file.display()))?;
    let scope = "accountIdentifier=demo-account&orgIdentifier=default&projectIdentifier=platform";
    http::agent()
        .post(format!("{}/pipeline/api/pipelines/v2?{scope}", simulator.url))
        .header("x-api-key", &simulator.key)
        .content_type("application/yaml")
        .send(yaml)
        .map(|_| ())
        .context("create a pipeline in the simulated Harness")
}
