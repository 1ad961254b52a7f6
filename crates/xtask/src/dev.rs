//! `dev`: the portal under Backstage's development server, and the core built again whenever it is saved.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::portal::{self, Portal, Server};
use crate::wasm::{self, Quick};
use crate::watch::Watch;
use crate::{Result, process, workspace};

const GLANCE: Duration = Duration::from_millis(200);

/// Builds, starts, and follows what is saved.
pub(crate) fn run() -> Result<()> {
    portal::check_ports(Server::Development)?;
    portal::prepare()?;
    process::timed("Building WebAssembly for development", build)?;
    let crates = workspace::root()?.join("crates");
    let watch = Watch::of(&crates)?;
    let portal = Portal::start(Server::Development, &workspace::target()?.join("dev"))?;
    println!("\n  {}\n", portal.url);
    println!("  What is saved in the core or in a plugin is in the portal some seconds later.");
    println!(
        "  Backstage writes to {}. Ctrl-C ends everything.\n",
        portal.log.display()
    );
    portal.until_interrupted(|portal| {
        let saved = watch.saved(GLANCE)?;
        if saved.is_empty() {
            return Ok(());
        }
        let said = follow(portal)?;
        println!("{}: {said}", names(&crates, &saved));
        Ok(())
    })
}

fn build() -> Result<()> {
    let Some(quick) = wasm::pack_quickly()? else {
        return Ok(());
    };
    quick.node.replace()?;
    quick.web.replace()?;
    quick.store()
}

/// Brings what was saved into the portal, and says what came of it. What does not compile leaves the portal as it was;
/// the compiler has said why.
fn follow(portal: &mut Portal) -> Result<String> {
    let begin = Instant::now();
    let seconds = || format!("{:.1} s", begin.elapsed().as_secs_f64());
    let quick = match wasm::pack_quickly() {
        Ok(Some(quick)) => quick,
        Ok(None) => return Ok("the core has not changed".to_owned()),
        Err(failure) => return Ok(format!("not built after {}: {failure}", seconds())),
    };
    let built = seconds();
    Ok(match reload(portal, &quick)? {
        true => format!("built in {built}, in the portal after {}", seconds()),
        false => format!(
            "built in {built}, but the backend does not answer; see {}",
            portal.log.display()
        ),
    })
}

/// The backend first: the page loads itself again when its part is replaced, and asks the backend at once.
fn reload(portal: &mut Portal, quick: &Quick) -> Result<bool> {
    let answers = !quick.node.replace()? || portal.wait_for_restart()?;
    quick.web.replace()?;
    quick.store()?;
    Ok(answers)
}

/// The crates that files are of.
fn names(crates: &Path, saved: &BTreeSet<PathBuf>) -> String {
    let names: BTreeSet<_> = saved
        .iter()
        .filter_map(|file| file.strip_prefix(crates).ok()?.iter().next())
        .map(|name| name.to_string_lossy())
        .collect();
    names.into_iter().collect::<Vec<_>>().join(", ")
}
