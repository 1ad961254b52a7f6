//! Work that is done again only when its inputs changed.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use crate::{Context, Result, workspace};

/// The state of a piece of work: its name and the fingerprint of what it reads.
pub(crate) struct Stamp {
    file: PathBuf,
    fingerprint: String,
}

impl Stamp {
    /// Reads every file below the given paths, without build output and dependencies.
    pub(crate) fn of(work: &str, inputs: &[PathBuf]) -> Result<Self> {
        let mut files = Vec::new();
        for input in inputs {
            collect(input, &mut files)?;
        }
        files.sort();
        let mut hasher = DefaultHasher::new();
        for file in &files {
            file.hash(&mut hasher);
            fs::read(file)
                .context(&format!("read {}", file.display()))?
                .hash(&mut hasher);
        }
        Ok(Self {
            file: workspace::tools()?.join("stamps").join(work),
            fingerprint: format!("{:016x}", hasher.finish()),
        })
    }

    /// Whether the work was done with these very inputs.
    pub(crate) fn is_fresh(&self) -> bool {
        fs::read_to_string(&self.file).is_ok_and(|stored| stored == self.fingerprint)
    }

    /// Records that the work is done.
    pub(crate) fn store(&self) -> Result<()> {
        let folder = self.file.parent().unwrap_or(Path::new("."));
        fs::create_dir_all(folder)
            .and_then(|()| fs::write(&self.file, &self.fingerprint))
            .context("record what was built")
    }

    /// Records that it has to be done again.
    pub(crate) fn forget(&self) -> Result<()> {
        match fs::remove_file(&self.file) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
        .context("record what has to be built")
    }
}

const IGNORED: [&str; 6] = ["node_modules", "target", "dist", "dist-types", "node", "web"];

fn collect(path: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    if path.is_file() {
        files.push(path.to_owned());
        return Ok(());
    }
    let Ok(entries) = fs::read_dir(path) else {
        return Ok(()); // what is absent is part of the fingerprint by its absence
    };
    for entry in entries {
        let entry = entry.context(&format!("read {}", path.display()))?;
        let name = entry.file_name();
        if !IGNORED.iter().any(|ignored| name == **ignored) {
            collect(&entry.path(), files)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_input_changes_the_fingerprint() {
        let folder = tempfile::tempdir().unwrap();
        let input = folder.path().join("src");
        fs::create_dir_all(input.join("node_modules")).unwrap();
        let fingerprint = || Stamp::of("test", std::slice::from_ref(&input)).unwrap().fingerprint;
        let empty = fingerprint();
        fs::write(input.join("node_modules/a"), "1").unwrap();
        assert_eq!(fingerprint(), empty, "dependencies do not count");
        fs::write(input.join("a"), "1").unwrap();
        let first = fingerprint();
        assert_ne!(first, empty);
        fs::write(input.join("a"), "2").unwrap();
        assert_ne!(fingerprint(), first);
    }
}
