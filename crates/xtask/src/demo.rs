//! `demo`: the portal, until Ctrl-C.

use std::time::{Duration, Instant};

use crate::portal::{self, Portal, Server};
use crate::{Result, workspace};

const GLANCE: Duration = Duration::from_millis(200);

/// Builds, starts, says where to look, and waits.
pub(crate) fn run() -> Result<()> {
    let begin = Instant::now();
    portal::check_ports(Server::Built)?;
    portal::build()?;
    let portal = Portal::start(Server::Built, &workspace::target()?.join("demo"))?;
    println!("Ready after {:.0} s", begin.elapsed().as_secs_f64());
    println!("\n  {}\n", portal.url);
    println!("  Press Enter, open payment-service in the catalog, then the tab Deployments and the button Deploy.");
    println!(
        "  Harness is simulated at {}. Ctrl-C ends everything.\n",
        portal.simulator_url
    );
    portal.until_interrupted(|_| {
        std::thread::sleep(GLANCE);
        Ok(())
    })
}
