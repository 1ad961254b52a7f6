//! The example portal with a simulated Harness behind it: built, started, waited for, ended.

use std::fs;
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

use crate::children::Children;
use crate::simulator::{self, Simulator};
use crate::stamp::Stamp;
use crate::{Context, Failure, Result, http, process, programs, setup, tools, wasm, workspace};

const READY_WITHIN: Duration = Duration::from_secs(120);
/// How long the development server may take to notice what it watches.
const NOTICED_WITHIN: Duration = Duration::from_secs(3);
const GLANCE: Duration = Duration::from_millis(100);
/// The port of the backend; Backstage's usual one, which the example's configuration names.
const BACKEND: u16 = 7007;
/// The port of the app where Backstage's development server serves it.
const APP: u16 = 3000;
const READINESS: &str = "http://localhost:7007/.backstage/health/v1/readiness";

/// What serves the portal.
#[derive(Clone, Copy)]
pub(crate) enum Server {
    /// The backend alone, in production mode, with the built app.
    Built,
    /// Backstage's development server, which reloads what changes.
    Development,
}

impl Server {
    /// The port of the page.
    fn page(self) -> u16 {
        match self {
            Self::Built => BACKEND,
            Self::Development => APP,
        }
    }

    fn command(self) -> Result<Command> {
        match self {
            Self::Built => built(),
            Self::Development => development(),
        }
    }
}

/// A running portal; everything it started ends when it is dropped.
pub(crate) struct Portal {
    /// What a person opens.
    pub(crate) url: String,
    /// The simulated Harness, with its control plane.
    pub(crate) simulator_url: String,
    /// What Backstage says.
    pub(crate) log: PathBuf,
    children: Children,
    signals: Signals,
}

impl Portal {
    /// Starts the simulator and Backstage, and waits until the page answers. What they say goes into files in `data`.
    pub(crate) fn start(server: Server, data: &Path) -> Result<Self> {
        check_ports(server)?;
        fs::create_dir_all(data.join("database")).context(&format!("create {}", data.display()))?;
        let signals = Signals::new([SIGINT, SIGTERM, SIGHUP]).context("wait for Ctrl-C")?;
        let mut children = Children::default();
        let simulator = simulator::start(&mut children, data)?;
        let log = data.join("backstage.log");
        let mut command = server.command()?;
        configure(&mut command, &simulator, data);
        children.start("Backstage", &mut command, &log)?;
        let mut portal = Self {
            url: format!("http://localhost:{}", server.page()),
            simulator_url: simulator.url,
            log,
            children,
            signals,
        };
        process::timed("Starting the portal", || portal.wait_until_ready())?;
        Ok(portal)
    }

    /// Does its turn again and again, until Ctrl-C.
    ///
    /// # Errors
    /// A turn fails, or a part of the portal ends by itself.
    pub(crate) fn until_interrupted(mut self, mut turn: impl FnMut(&mut Self) -> Result<()>) -> Result<()> {
        while !self.is_interrupted() {
            self.check_parts()?;
            turn(&mut self)?;
        }
        println!("Ending the portal and the simulator …");
        Ok(())
    }

    /// Waits while the development server ends the backend and starts it again; `false` where it does not come back.
    pub(crate) fn wait_for_restart(&mut self) -> Result<bool> {
        self.wait(NOTICED_WITHIN, || !http::answers(READINESS))?;
        self.wait(READY_WITHIN, || http::answers(READINESS))
    }

    fn wait_until_ready(&mut self) -> Result<()> {
        let page = self.url.clone();
        if self.wait(READY_WITHIN, || http::answers(READINESS) && http::answers(&page))? {
            return Ok(());
        }
        Err(Failure::new(format!(
            "the portal does not answer after {} s; see {}",
            READY_WITHIN.as_secs(),
            self.log.display()
        )))
    }

    /// Waits until something holds; `false` where it does not in time.
    fn wait(&mut self, within: Duration, holds: impl Fn() -> bool) -> Result<bool> {
        let deadline = Instant::now() + within;
        while !holds() {
            self.check_parts()?;
            if self.is_interrupted() {
                return Err(Failure::new("interrupted while the portal was starting"));
            }
            if Instant::now() > deadline {
                return Ok(false);
            }
            std::thread::sleep(GLANCE);
        }
        Ok(true)
    }

    fn is_interrupted(&mut self) -> bool {
        self.signals.pending().next().is_some()
    }

    fn check_parts(&mut self) -> Result<()> {
        match self.children.ended() {
            Some((name, log)) => Err(Failure::new(format!("{name} has ended; see {}", log.display()))),
            None => Ok(()),
        }
    }
}

/// Builds what changed: tools, WebAssembly, the native programs, the app.
pub(crate) fn build() -> Result<()> {
    prepare()?;
    wasm::build()?;
    app()
}

/// Gets what every portal is made of, whoever serves it: tools, packages, the native programs.
pub(crate) fn prepare() -> Result<()> {
    // The packages come over the network, the programs out of the compiler.
    let native = || setup::wasm_tools().and_then(|()| programs::build());
    process::side_by_side(native, setup::portal_packages)
}

/// Fails with a sentence when somebody else has a port of the portal.
pub(crate) fn check_ports(server: Server) -> Result<()> {
    for port in [BACKEND, server.page()] {
        TcpListener::bind((Ipv4Addr::LOCALHOST, port)).map_err(|error| {
            Failure::new(format!(
                "port {port} is not free ({error}): the portal serves on it; end what uses it, perhaps another portal"
            ))
        })?;
    }
    Ok(())
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

/// The backend in production mode, from its sources.
fn built() -> Result<Command> {
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
        .env("NODE_ENV", "production");
    Ok(command)
}

/// Backstage's own `yarn start`; it would open a browser.
fn development() -> Result<Command> {
    let mut command = tools::yarn(&["start"])?;
    command.env("BROWSER", "none");
    Ok(command)
}

fn configure(command: &mut Command, simulator: &Simulator, data: &Path) {
    command
        .env("HARNESS_API_KEY", &simulator.key)
        .env("HARNESS_BASE_URL", &simulator.url)
        .env("HARNESS_CD_PORTAL_DATABASE", data.join("database"))
        // The backend loads thousands of modules at each start: compiling them takes a quarter of the time.
        .env("NODE_COMPILE_CACHE", data.join("compile-cache"));
}
