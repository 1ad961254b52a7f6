//! The example portal with a simulated Harness behind it: built, started, waited for.

use std::fs;
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use uuid::Uuid;

use crate::children::Children;
use crate::stamp::Stamp;
use crate::{Context, Failure, Result, process, setup, tools, wasm, workspace};

/// The portal's port; Backstage's usual one, which the example's configuration names.
const PORT: u16 = 7007;
const READY_WITHIN: Duration = Duration::from_secs(120);
const GLANCE: Duration = Duration::from_millis(300);
/// How many times faster than usual the work of runs goes: a deployment takes some ten seconds, by the clock that the
/// portal reads too.
const PACE: &str = "20";

/// A running portal; everything it started ends when it is dropped.
pub(crate) struct Portal {
    /// What a person opens.
    pub(crate) url: String,
    /// The simulated Harness, with its control plane.
    pub(crate) simulator_url: String,
    children: Children,
}

impl Portal {
    /// The name of a part that has ended by itself.
    pub(crate) fn ended(&mut self) -> Option<&'static str> {
        self.children.ended()
    }
}

/// Builds what changed: tools, WebAssembly, the native programs, Harness's entities, the app.
pub(crate) fn build() -> Result<()> {
    // The packages come over the network, the programs out of the compiler.
    let programs = || setup::wasm_tools().and_then(|()| build_programs());
    process::side_by_side(programs, setup::portal_packages)?;
    wasm::build()?;
    render()?;
    app()
}

/// Builds the command line and the simulator.
pub(crate) fn build_programs() -> Result<()> {
    process::timed("Building the command line and the simulator", || {
        process::run(
            Command::new("cargo")
                .args(["build", "--quiet", "-p", "harness-cd-cli", "-p", "harness-cd-simulator"])
                .current_dir(workspace::root()?),
        )
    })
}

/// The folder of the command line and the simulator.
pub(crate) fn programs() -> Result<PathBuf> {
    Ok(workspace::target()?.join("debug"))
}

/// Starts the simulator and the backend, and waits until the page answers.
pub(crate) fn start(data: &Path) -> Result<Portal> {
    check_port()?;
    fs::create_dir_all(data.join("database")).context(&format!("create {}", data.display()))?;
    let mut children = Children::default();
    // The key exists in the environment of two processes alone, and only as long as they run.
    let key = Uuid::new_v4().simple().to_string();
    let simulator_url = start_simulator(&mut children, &key, data)?;
    create_pipeline(&simulator_url, &key)?;
    let log = data.join("backend.log");
    children.start("the backend", &mut backend(&key, &simulator_url, data)?, &log)?;
    let mut portal = Portal {
        url: format!("http://localhost:{PORT}"),
        simulator_url,
        children,
    };
    process::timed("Starting the portal", || wait_until_ready(&mut portal, &log))?;
    Ok(portal)
}

/// Fails with a sentence when somebody else has the portal's port.
pub(crate) fn check_port() -> Result<()> {
    match TcpListener::bind((Ipv4Addr::LOCALHOST, PORT)) {
        Ok(_) => Ok(()),
        Err(error) => Err(Failure::new(format!(
            "port {PORT} is not free ({error}): the portal serves on it; end what uses it, perhaps another demo"
        ))),
    }
}

fn entities() -> Result<PathBuf> {
    Ok(workspace::target()?.join("demo/entities"))
}

fn native(program: &str) -> Result<Command> {
    Ok(Command::new(programs()?.join(program)))
}

fn render() -> Result<()> {
    let out = entities()?;
    if out.is_dir() {
        fs::remove_dir_all(&out).context(&format!("remove {}", out.display()))?; // services may have gone
    }
    let config_repo = workspace::root()?.join("examples/config-repo");
    process::output(
        native("harness-cd")?
            .args(["render", "--config-repo"])
            .arg(config_repo)
            .arg("--out")
            .arg(&out),
    )
    .map(|_| ())
}

fn app() -> Result<()> {
    let plugin_js = workspace::plugin_js()?;
    let web = workspace::wasm_package()?.join("web").join(wasm::BINARY);
    let inputs = [
        "packages/app",
        "plugins",
        "yarn.lock",
        "app-config.yaml",
        "app-config.production.yaml",
    ];
    let inputs: Vec<_> = inputs
        .map(|input| plugin_js.join(input))
        .into_iter()
        .chain([web])
        .collect();
    let stamp = Stamp::of("app", &inputs)?;
    if stamp.is_fresh() && plugin_js.join("packages/app/dist/index.html").is_file() {
        println!("The app: already built");
        return Ok(());
    }
    process::timed("Building the app", || {
        process::output(&mut tools::yarn(&["workspace", "app", "build"])?)?;
        stamp.store()
    })
}

fn start_simulator(children: &mut Children, key: &str, data: &Path) -> Result<String> {
    let mut command = native("harness-cd-simulator")?;
    command
        .args(["--port", "0", "--pace", PACE, "--entities"])
        .arg(entities()?)
        .env("HARNESS_SIMULATOR_API_KEY", key);
    let log = data.join("simulator.log");
    let line = children.start_and_read_line("the simulator", &mut command, &log)?;
    line.trim()
        .strip_prefix("listening on ")
        .map(str::to_owned)
        .ok_or_else(|| {
            Failure::new(format!(
                "the simulator did not say where it listens, but: {}",
                line.trim()
            ))
        })
}

/// Creates the pipeline that is in no config repo, as somebody would in Harness by hand.
fn create_pipeline(simulator_url: &str, key: &str) -> Result<()> {
    let file = workspace::root()?.join("examples/harness/storefront-release.yaml");
    let yaml = fs::read_to_string(&file).context(&format!("read {}", file.display()))?;
    let scope = "accountIdentifier=demo-account&orgIdentifier=default&projectIdentifier=platform";
    agent()
        .post(format!("{simulator_url}/pipeline/api/pipelines/v2?{scope}"))
        .header("x-api-key", key)
        .content_type("application/yaml")
        .send(yaml)
        .map(|_| ())
        .context("create a pipeline in the simulated Harness")
}

/// The backend in production mode, from its sources.
fn backend(key: &str, simulator_url: &str, data: &Path) -> Result<Command> {
    let mut command = tools::node()?;
    command
        .args([
            "--require",
            "@backstage/cli-node/config/nodeTransform.cjs",
            "src/index.ts",
        ])
        .args([
            "--config",
            "../../app-config.yaml",
            "--config",
            "../../app-config.production.yaml",
        ])
        .current_dir(workspace::plugin_js()?.join("packages/backend"))
        .env("NODE_ENV", "production")
        .env("HARNESS_API_KEY", key)
        .env("HARNESS_BASE_URL", simulator_url)
        .env("HARNESS_CD_PORTAL_DATABASE", data.join("database"));
    Ok(command)
}

fn wait_until_ready(portal: &mut Portal, log: &Path) -> Result<()> {
    let addresses = [
        format!("{}/.backstage/health/v1/readiness", portal.url),
        portal.url.clone(),
    ];
    let deadline = Instant::now() + READY_WITHIN;
    while !addresses.iter().all(|address| answers(address)) {
        if let Some(name) = portal.ended() {
            return Err(Failure::new(format!(
                "{name} ended before the portal answered; see {}",
                log.display()
            )));
        }
        if Instant::now() > deadline {
            return Err(Failure::new(format!(
                "the portal does not answer after {} s; see {}",
                READY_WITHIN.as_secs(),
                log.display()
            )));
        }
        std::thread::sleep(GLANCE);
    }
    Ok(())
}

fn answers(address: &str) -> bool {
    agent().get(address).call().is_ok()
}

/// Speaks to this machine alone.
fn agent() -> ureq::Agent {
    ureq::Agent::config_builder()
        .timeout_global(Some(Duration::from_secs(5)))
        .proxy(None)
        .build()
        .new_agent()
}
