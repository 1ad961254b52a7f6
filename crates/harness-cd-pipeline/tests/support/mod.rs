//! The example config repository, and what lies beside the checkout.
#![allow(dead_code, reason = "each test file uses a part")]

use std::fs;
use std::path::{Path, PathBuf};

use harness_cd_pipeline::Files;

pub(crate) fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The files of the example config repository.
pub(crate) fn example() -> Files {
    let root = workspace().join("examples/config-repo");
    let mut files = Files::new();
    for path in ["platform.yaml", "services.yaml"] {
        files.insert(path.to_owned(), fs::read(root.join(path)).unwrap());
    }
    for entry in fs::read_dir(root.join("templates")).unwrap() {
        let entry = entry.unwrap();
        let path = format!("templates/{}", entry.file_name().to_str().unwrap());
        files.insert(path, fs::read(entry.path()).unwrap());
    }
    files
}

/// A folder of reference data beside the checkout; `None`, said aloud, where it is absent.
pub(crate) fn beside(folder: &str) -> Option<PathBuf> {
    let path = workspace().join("../shared").join(folder);
    if path.is_dir() {
        return Some(path);
    }
    eprintln!("skipped: there is no ../shared/{folder} beside the checkout");
    None
}

/// A file of the example with one part replaced.
pub(crate) fn with(path: &str, from: &str, to: &str) -> Files {
    let mut files = example();
    let text = String::from_utf8(files[path].clone()).unwrap();
    assert!(text.contains(from), "{path} has no {from:?}");
    files.insert(path.to_owned(), text.replacen(from, to, 1).into_bytes());
    files
}
