//! Writes a config repository of 1,000 services, for whoever measures: `large_config_repo DIR`.
#![allow(clippy::unwrap_used, reason = "what it writes is known to be sound")]

#[path = "../tests/support/large_config_repo.rs"]
mod large_config_repo;

use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let Some(folder) = env::args_os().nth(1).map(PathBuf::from) else {
        return Err(io::Error::other("usage: large_config_repo DIR"));
    };
    for (path, bytes) in large_config_repo::large_config_repo() {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().unwrap_or(Path::new(".")))?;
        fs::write(path, bytes)?;
    }
    Ok(())
}
