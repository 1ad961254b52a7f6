//! Reads the files of a config repo that the core asks for; the core itself does no IO.

use std::fs;
use std::path::Path;

use harness_cd_model::{Diagnostic, Platform, ServiceCatalog};
use harness_cd_pipeline::{Files, read_config_repo};

use crate::error::CliError;
use crate::output;

const TOP_LEVEL: [&str; 2] = ["platform.yaml", "services.yaml"];
const TEMPLATES: &str = "templates";

/// The description files and the templates; a file that is missing is left to the core to report.
pub(crate) fn read_files(repo: &Path) -> Result<Files, CliError> {
    if !repo.is_dir() {
        return Err(CliError::Input(format!(
            "{} is not a folder; name the config repo with --config-repo DIR",
            repo.display()
        )));
    }
    let mut files = Files::new();
    for name in TOP_LEVEL {
        let path = repo.join(name);
        if path.exists() {
            files.insert(name.to_owned(), read(&path)?);
        }
    }
    let templates = repo.join(TEMPLATES);
    if templates.is_dir() {
        for entry in fs::read_dir(&templates).map_err(|error| CliError::file("read", &templates, &error))? {
            let path = entry
                .map_err(|error| CliError::file("read", &templates, &error))?
                .path();
            let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
            if let Some(name) = name.filter(|name| name.ends_with(".yaml")) {
                files.insert(format!("{TEMPLATES}/{name}"), read(&path)?);
            }
        }
    }
    Ok(files)
}

/// A file's bytes, or the sentence that says why not.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>, CliError> {
    fs::read(path).map_err(|error| CliError::file("read", path, &error))
}

/// The checked platform and services, for commands that need both sound.
pub(crate) fn read_platform(repo: &Path) -> Result<(Platform, ServiceCatalog), CliError> {
    let reading = read_config_repo(&read_files(repo)?);
    for diagnostic in &reading.diagnostics {
        output::note(&output::finding(diagnostic));
    }
    match reading.platform {
        Some(platform) => Ok((platform, reading.catalog)),
        None => Err(no_platform(repo, &reading.diagnostics)),
    }
}

/// The sentence for a config repo without a sound `platform.yaml`.
pub(crate) fn no_platform(repo: &Path, diagnostics: &[Diagnostic]) -> CliError {
    CliError::Input(format!(
        "{} holds no usable platform description ({})",
        repo.display(),
        output::summary(diagnostics)
    ))
}
