//! The browser of the end-to-end suite: Chromium of the machine.

use std::path::{Path, PathBuf};

use crate::{Failure, Result, process, tools};

const NAMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
const MACOS: &str = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome";

/// Where Chromium is. On Debian, root gets it from the system's packages.
pub(crate) fn chromium() -> Result<PathBuf> {
    if let Some(found) = find() {
        return Ok(found);
    }
    if rustix::process::geteuid().is_root() && tools::find("apt-get").is_some() {
        process::timed("Installing Chromium", install)?;
    }
    find().ok_or_else(|| {
        Failure::new(
            "Chromium is missing: the end-to-end tests drive it; get it by `apt-get install chromium fonts-dejavu-core` \
             or install Google Chrome",
        )
    })
}

fn find() -> Option<PathBuf> {
    let on_path = NAMES.iter().find_map(|name| tools::find(name));
    on_path.or_else(|| Path::new(MACOS).is_file().then(|| MACOS.into()))
}

fn install() -> Result<()> {
    let options = [
        "install",
        "--yes",
        "--no-install-recommends",
        "chromium",
        "fonts-dejavu-core",
    ];
    process::output(tools::command("apt-get")?.arg("update"))?;
    process::output(
        tools::command("apt-get")?
            .args(options)
            .env("DEBIAN_FRONTEND", "noninteractive"),
    )
    .map(|_| ())
}
