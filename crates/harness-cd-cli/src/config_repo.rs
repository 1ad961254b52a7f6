//! Reads the files of a config repo that the core asks for; the core itself does no IO.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use harness_cd::lint::LintSettings;
use harness_cd::pipeline::{ConfigRepo, Files, Layout, described_files, read_config_repo};
use harness_cd_model::naming::{LAYOUT_FILE, LINT_FILE, MANIFEST_FOLDER, PLATFORM_FILE};
use harness_cd_model::words::{did_you_mean, nearest};
use harness_cd_model::{DescribedFiles, Diagnostic, Platform, Service};

use crate::error::CliError;
use crate::output;

/// The description files and the templates; a file that is missing is left to the core to report.
pub(crate) fn read_files(repo: &Path) -> Result<Files, CliError> {
    if !repo.is_dir() {
        return Err(CliError::Input(format!(
            "{} is not a folder; name the config repo with --config-repo DIR",
            repo.display()
        )));
    }
    let mut files = Files::new();
    add_file(&mut files, repo, LAYOUT_FILE)?;
    let described = described_files(files.get(LAYOUT_FILE).map(Vec::as_slice));
    for name in &described.files {
        add_file(&mut files, repo, name)?;
    }
    advise(repo, &described);
    for folder in &described.folders {
        for (name, path) in entries(&repo.join(folder))? {
            if is_yaml(&name) {
                files.insert(format!("{folder}/{name}"), read(&path)?);
            }
        }
    }
    Ok(files)
}

/// Where somebody probably has what is not found: a file or folder of nearly that name, or a config repo further up.
fn advise(repo: &Path, described: &DescribedFiles) {
    let is_missing = |name: &&String| *name != LAYOUT_FILE && !repo.join(name).exists();
    let missing: Vec<&String> = described
        .files
        .iter()
        .chain(&described.folders)
        .filter(is_missing)
        .collect();
    if missing.is_empty() {
        return;
    }
    if !is_there(repo)
        && let Ok(folder) = repo.canonicalize()
        && let Some(root) = root_around(&folder)
    {
        output::note(&format!(
            "the config repo is in {}: name it with --config-repo",
            root.display()
        ));
        return;
    }
    let layout = Some(LAYOUT_FILE.to_owned()).filter(|name| !repo.join(name).exists());
    for name in layout.iter().chain(missing) {
        let path = repo.join(name);
        let (Some(folder), Some(wanted)) = (path.parent(), path.file_name()) else {
            continue;
        };
        let names: Vec<String> = entries(folder)
            .unwrap_or_default()
            .into_iter()
            .map(|(name, _)| name)
            .collect();
        let near = nearest(&wanted.to_string_lossy(), names.iter().map(String::as_str));
        if let Some(near) = near {
            output::note(&format!(
                "there is no {name}, and {} is read by nobody",
                folder.join(near).display()
            ));
        }
    }
}

/// Where the parts of a config repo stand; as usual where there is none, or where that cannot be read.
pub(crate) fn read_layout(repo: &Path) -> Result<Layout, CliError> {
    let mut files = Files::new();
    add_file(&mut files, repo, LAYOUT_FILE)?;
    Ok(Layout::read(&files).unwrap_or_default())
}

/// The config repo that a file describes, and the file's name in it; `None` for one that describes none.
pub(crate) fn home_of(file: &Path) -> Result<Option<(PathBuf, String)>, CliError> {
    let Ok(file) = file.canonicalize() else {
        return Ok(None);
    };
    let Some(root) = root_around(&file) else {
        return Ok(None);
    };
    let name = file.strip_prefix(root).map(Path::to_string_lossy).unwrap_or_default();
    // Elsewhere there are no slashes in paths.
    let name = name.replace('\\', "/");
    let layout = read_layout(root)?;
    let file = Files::from([(name.clone(), Vec::new())]);
    let is_description =
        [LAYOUT_FILE, LINT_FILE, layout.platform()].contains(&name.as_str()) || !layout.service_files(&file).is_empty();
    Ok(is_description.then(|| (root.to_owned(), name)))
}

/// The nearest folder above a path with a config repo in it.
fn root_around(path: &Path) -> Option<&Path> {
    path.ancestors().skip(1).find(|folder| is_there(folder))
}

/// Whether there is a config repo in a folder.
pub(crate) fn is_there(repo: &Path) -> bool {
    [LAYOUT_FILE, PLATFORM_FILE]
        .iter()
        .any(|name| repo.join(name).is_file())
}

fn is_yaml(name: &str) -> bool {
    name.ends_with(".yaml") || name.ends_with(".yml")
}

/// As [`read_files`], with the lint settings and the generated manifests.
pub(crate) fn read_all_files(repo: &Path) -> Result<Files, CliError> {
    let mut files = read_files(repo)?;
    add_file(&mut files, repo, LINT_FILE)?;
    // What lies below the folders that are read was probably to be read.
    for folder in read_layout(repo)?.described().folders {
        add_folder(&mut files, &folder, &repo.join(&folder))?;
    }
    add_folder(&mut files, MANIFEST_FOLDER, &repo.join(MANIFEST_FOLDER))?;
    Ok(files)
}

/// How the config repo grades the rules, and what is wrong with its `lint.yaml`.
pub(crate) fn read_lint_settings(repo: &Path) -> Result<(LintSettings, Vec<Diagnostic>), CliError> {
    let path = repo.join(LINT_FILE);
    if path.exists() {
        Ok(LintSettings::read(&path.to_string_lossy(), &read(&path)?))
    } else {
        Ok((LintSettings::default(), Vec::new()))
    }
}

fn add_file(files: &mut Files, repo: &Path, name: &str) -> Result<(), CliError> {
    let path = repo.join(name);
    if path.exists() {
        files.insert(name.to_owned(), read(&path)?);
    }
    Ok(())
}

/// Adds the YAML files below a folder.
fn add_folder(files: &mut Files, name: &str, folder: &Path) -> Result<(), CliError> {
    for (child, path) in entries(folder)? {
        let name = format!("{name}/{child}");
        if path.is_dir() {
            add_folder(files, &name, &path)?;
        } else if name.ends_with(".yaml") {
            files.insert(name, read(&path)?);
        }
    }
    Ok(())
}

/// The YAML files below a folder, however they end, and the policies: by their paths below it, in order.
pub(crate) fn files_below(folder: &Path) -> Result<BTreeMap<String, PathBuf>, CliError> {
    let mut found = BTreeMap::new();
    let mut folders = vec![(String::new(), folder.to_owned())];
    while let Some((prefix, folder)) = folders.pop() {
        for (child, path) in entries(&folder)? {
            let name = format!("{prefix}{child}");
            if path.is_dir() {
                folders.push((format!("{name}/"), path));
            } else if is_yaml(&name) || name.ends_with(".rego") {
                found.insert(name, path);
            }
        }
    }
    Ok(found)
}

/// Names and paths in a folder; none where there is no folder.
fn entries(folder: &Path) -> Result<Vec<(String, PathBuf)>, CliError> {
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let cannot = |error: std::io::Error| CliError::file("read", folder, &error);
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(cannot)? {
        let entry = entry.map_err(cannot)?;
        found.push((entry.file_name().to_string_lossy().into_owned(), entry.path()));
    }
    Ok(found)
}

/// A file's bytes, or the sentence that says why not.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>, CliError> {
    fs::read(path).map_err(|error| CliError::file("read", path, &error))
}

/// As [`read_text`]; `None` where there is no such file.
pub(crate) fn read_if_there(path: &Path) -> Result<Option<String>, CliError> {
    path.exists().then(|| read_text(path)).transpose()
}

/// A file's text, or the sentence that says why not.
pub(crate) fn read_text(path: &Path) -> Result<String, CliError> {
    String::from_utf8(read(path)?).map_err(|error| CliError::file("read", path, &error))
}

/// A config repo with the platform that it describes.
pub(crate) struct Described {
    pub(crate) platform: Platform,
    pub(crate) repo: ConfigRepo,
}

/// The platform and the services, for commands that need them; what is broken is told, and stops what depends on it.
pub(crate) fn read_platform(folder: &Path) -> Result<Described, CliError> {
    let mut repo = read_config_repo(&read_files(folder)?);
    output::note_findings(&repo.diagnostics);
    match repo.platform.take() {
        Some(platform) => Ok(Described { platform, repo }),
        None => Err(no_platform(folder, &repo.diagnostics)),
    }
}

impl Described {
    pub(crate) fn services(&self) -> &[Service] {
        &self.repo.catalog.services
    }

    /// The service of that name, or the sentence that says why it cannot be used.
    pub(crate) fn service(&self, name: &str) -> Result<&Service, CliError> {
        let found = self.services().iter().find(|service| service.name == name);
        found.ok_or_else(|| match self.repo.reason_against(name) {
            Some(reason) => stopped(name, reason),
            None => {
                let names = self.services().iter().map(|service| service.name.as_str());
                let advice = did_you_mean(name, names).map_or_else(String::new, |question| format!("; {question}"));
                CliError::Input(format!("the config repo has no service `{name}`{advice}"))
            }
        })
    }
}

/// The sentence for a service that something broken stops.
pub(crate) fn stopped(service: &str, reason: &Diagnostic) -> CliError {
    CliError::Input(format!(
        "the service `{service}` cannot be used until this is mended: {}: {}",
        reason.place(),
        reason.message
    ))
}

/// The sentence for a config repo without a sound `platform.yaml`.
pub(crate) fn no_platform(repo: &Path, diagnostics: &[Diagnostic]) -> CliError {
    CliError::Input(format!(
        "{} holds no usable platform description ({})",
        repo.display(),
        output::summary(diagnostics)
    ))
}
