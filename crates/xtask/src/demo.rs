//! `demo`: the portal, until Ctrl-C.

use std::time::{Duration, Instant};

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

use crate::{Context, Failure, Result, portal, workspace};

const GLANCE: Duration = Duration::from_millis(200);

/// Builds, starts, says where to look, and waits.
pub(crate) fn run() -> Result<()> {
    let begin = Instant::now();
    portal::check_port()?;
    portal::build()?;
    let mut signals = Signals::new([SIGINT, SIGTERM, SIGHUP]).context("wait for Ctrl-C")?;
    let mut portal = portal::start(&workspace::target()?.join("demo"))?;
    println!("Ready after {:.0} s", begin.elapsed().as_secs_f64());
    println!("\n  {}\n", portal.url);
    println!("  Press Enter, open payment-service in the catalog, then the tab Deployments and the button Deploy.");
    println!(
        "  Harness is simulated at {}. Ctrl-C ends everything.\n",
        portal.simulator_url
    );
    while signals.pending().next().is_none() {
        if let Some(name) = portal.ended() {
            return Err(Failure::new(format!("{name} has ended; the logs are in target/demo")));
        }
        std::thread::sleep(GLANCE);
    }
    println!("Ending the portal and the simulator …");
    Ok(())
}
