//! What is saved below a folder.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use notify::{Event, RecommendedWatcher, RecursiveMode, Watcher, recommended_watcher};

use crate::{Context, Result};

/// An editor writes a file in several steps, and a change of branches many files.
const QUIET: Duration = Duration::from_millis(100);

/// A folder under watch until this value is dropped.
pub(crate) struct Watch {
    events: Receiver<notify::Result<Event>>,
    _watcher: RecommendedWatcher,
}

impl Watch {
    /// Watches a folder and all below it.
    pub(crate) fn of(folder: &Path) -> Result<Self> {
        let (sender, events) = channel();
        let attempted = format!("watch {}", folder.display());
        let mut watcher = recommended_watcher(sender).context(&attempted)?;
        watcher.watch(folder, RecursiveMode::Recursive).context(&attempted)?;
        Ok(Self {
            events,
            _watcher: watcher,
        })
    }

    /// The files that were saved since the last time, told when there is a moment's quiet; none when nothing is saved
    /// within `patience`.
    pub(crate) fn saved(&self, patience: Duration) -> Result<BTreeSet<PathBuf>> {
        let mut files = BTreeSet::new();
        let mut wait = patience;
        while let Ok(event) = self.events.recv_timeout(wait) {
            let event = event.context("watch the sources")?;
            // Reading is told as well, and the compiler reads.
            if !event.kind.is_access() {
                files.extend(event.paths.into_iter().filter(|file| is_source(file)));
            }
            if !files.is_empty() {
                wait = QUIET;
            }
        }
        Ok(files)
    }
}

/// Not a file that an editor keeps beside the one it edits.
fn is_source(file: &Path) -> bool {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    !name.starts_with('.') && !name.ends_with('~')
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    const PATIENCE: Duration = Duration::from_secs(10);

    #[test]
    fn a_saved_file_is_told_once() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("src/lib.rs");
        fs::create_dir(folder.path().join("src")).unwrap();
        let watch = Watch::of(folder.path()).unwrap();
        fs::write(folder.path().join("src/.lib.rs.swp"), "1").unwrap();
        fs::write(&file, "1").unwrap();
        fs::write(&file, "2").unwrap();
        assert_eq!(watch.saved(PATIENCE).unwrap(), BTreeSet::from([file.clone()]));
        fs::read(&file).unwrap();
        assert_eq!(watch.saved(QUIET).unwrap(), BTreeSet::new(), "reading is not saving");
    }
}
