//! Renders a config repository: `cargo run --example render -- CONFIG_REPO OUT`.

use std::path::{Path, PathBuf};
use std::{env, fs, io};

use harness_cd_pipeline::{Files, read_config_repo, render};

fn main() -> io::Result<()> {
    let mut arguments = env::args_os().skip(1).map(PathBuf::from);
    let (Some(from), Some(to)) = (arguments.next(), arguments.next()) else {
        return Err(io::Error::other("usage: render CONFIG_REPO OUT"));
    };
    let mut files = Files::new();
    for path in ["platform.yaml", "services.yaml"] {
        files.insert(path.to_owned(), fs::read(from.join(path))?);
    }
    for entry in fs::read_dir(from.join("templates"))? {
        let entry = entry?;
        files.insert(
            format!("templates/{}", entry.file_name().to_string_lossy()),
            fs::read(entry.path())?,
        );
    }
    let repo = read_config_repo(&files);
    let rendered = render(&repo, &[]).into_files();
    for (path, text) in &rendered.files {
        let path = to.join(path);
        fs::create_dir_all(path.parent().unwrap_or(Path::new(".")))?;
        fs::write(path, text)?;
    }
    let findings: Vec<String> = repo
        .diagnostics
        .iter()
        .chain(&rendered.diagnostics)
        .map(|finding| format!("{finding:?}"))
        .collect();
    if findings.is_empty() {
        Ok(())
    } else {
        Err(io::Error::other(findings.join("\n")))
    }
}
