//! `import --out DIR [--org ORG --project PROJECT | --from-files DIR]`

use std::fs;
use std::path::{Path, PathBuf};

use harness_cd::pipeline::{Import, ImportReport, ImportSource};
use harness_cd::{ProjectEntities, import_entities};
use harness_cd_model::{Identifier, ProjectRef};

use crate::Format;
use crate::config_repo::{files_below, read};
use crate::error::{CliError, Outcome};
use crate::harness::{Connection, Project, connect};
use crate::output;

/// The report's file.
const REPORT: &str = "import-report.md";

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The folder to write the config repo to; it must be empty, and is made where it is missing
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// The organization of the project to import
    #[arg(long, value_name = "ORG", requires = "project")]
    org: Option<String>,
    /// The project to import
    #[arg(long, value_name = "PROJECT", requires = "org")]
    project: Option<String>,
    /// Read Harness YAML and policies from the files of this folder, and not from Harness; without --project, the project that most of
    /// them name
    #[arg(long, value_name = "DIR")]
    from_files: Option<PathBuf>,
}

pub(crate) fn run(arguments: &Arguments, format: Option<Format>) -> Result<Outcome, CliError> {
    require_empty(&arguments.out)?;
    let scope = match (&arguments.org, &arguments.project) {
        (Some(org), Some(project)) => Some(ProjectRef {
            org: identifier("--org", org)?,
            project: identifier("--project", project)?,
        }),
        _ => None,
    };
    let entities = match (&arguments.from_files, &scope) {
        (Some(folder), _) => read_folder(folder)?,
        (None, Some(scope)) => ask_harness(scope)?,
        (None, None) => {
            let message = "name the project to import with --org and --project, or a folder with --from-files";
            return Err(CliError::Input(message.to_owned()));
        }
    };
    let Import { files, report } = import_entities(entities, scope.as_ref());
    for (name, text) in &files {
        output::write_file(&arguments.out.join(name), text)?;
    }
    output::write_file(&arguments.out.join(REPORT), &report.markdown())?;
    match format {
        Some(Format::Json) => output::say_json(&report)?,
        _ => output::say(&summary(&report, &arguments.out))?,
    }
    Ok(if report.is_clean() {
        Outcome::Good
    } else {
        Outcome::Findings
    })
}

/// What is written over what is there would be lost.
fn require_empty(folder: &Path) -> Result<(), CliError> {
    let is_empty = match fs::read_dir(folder) {
        Ok(mut entries) => entries.next().is_none(),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => true,
        Err(error) => return Err(CliError::file("read", folder, &error)),
    };
    if is_empty {
        return Ok(());
    }
    let message = format!(
        "{} holds files; name an empty folder or a new one with --out",
        folder.display()
    );
    Err(CliError::Input(message))
}

fn identifier(option: &str, text: &str) -> Result<Identifier, CliError> {
    Identifier::parse(text).map_err(|error| CliError::Input(format!("{option}: {error}")))
}

/// The YAML files and policies below a folder, by their paths below it.
fn read_folder(folder: &Path) -> Result<ProjectEntities, CliError> {
    if !folder.is_dir() {
        return Err(CliError::Input(format!("{} is not a folder", folder.display())));
    }
    let mut entities = ProjectEntities::default();
    for (name, path) in files_below(folder)? {
        entities.sources.push(ImportSource {
            text: String::from_utf8_lossy(&read(&path)?).into_owned(),
            name,
            secrets: Vec::new(),
        });
    }
    match entities.sources.is_empty() {
        true => Err(CliError::Input(format!(
            "{} holds no .yaml or .yml file",
            folder.display()
        ))),
        false => Ok(entities),
    }
}

fn ask_harness(scope: &ProjectRef) -> Result<ProjectEntities, CliError> {
    let project = Project {
        account: None,
        org: scope.org.to_string(),
        project: scope.project.to_string(),
    };
    let Connection { harness, scope } = connect(&project)?;
    Ok(pollster::block_on(harness.project_entities(&scope))?)
}

fn summary(report: &ImportReport, out: &Path) -> String {
    let read: usize = report.imported.values().sum();
    let services: usize = report.templates.iter().map(|template| template.services.len()).sum();
    let left: usize = report.left_alone.iter().map(|left| left.entities.len()).sum();
    let lines = [
        format!("{} read from {}", output::count(read, "thing"), report.project),
        format!(
            "{} in {}, written to {}",
            output::count(services, "service"),
            output::count(report.templates.len(), "template"),
            out.display()
        ),
        format!(
            "{} that rendering would change, {left} left alone, {}",
            output::count(report.differences.len(), "field"),
            output::summary(&report.findings)
        ),
        format!("all of it is told in {}", out.join(REPORT).display()),
    ];
    lines.join("\n")
}
