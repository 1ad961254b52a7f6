//! `template new [--archetype NAME]… [--force]`

use std::fs;
use std::path::Path;

use harness_cd::pipeline::{archetype_template, read_config_repo};
use harness_cd_model::naming::template_path;
use harness_cd_model::{Archetype, Platform};

use crate::config_repo::{no_platform, read_files};
use crate::error::{CliError, Outcome};
use crate::output;

#[derive(clap::Subcommand)]
pub(crate) enum Command {
    /// Write templates/<archetype>-pipeline-template.yaml from platform.yaml
    New(New),
}

#[derive(clap::Args)]
pub(crate) struct New {
    /// Write the template of this archetype alone; may be given several times [default: all of platform.yaml]
    #[arg(long = "archetype", value_name = "NAME")]
    archetypes: Vec<String>,
    /// Replace a template that differs
    #[arg(long)]
    force: bool,
}

pub(crate) fn run(command: &Command, repo: &Path) -> Result<Outcome, CliError> {
    let Command::New(arguments) = command;
    let platform = read_platform(repo)?;
    let mut outcome = Outcome::Good;
    for archetype in chosen(&platform, &arguments.archetypes)? {
        if !write(&platform, archetype, repo, arguments.force)? {
            outcome = Outcome::Findings;
        }
    }
    Ok(outcome)
}

/// The platform description alone: that services have no template yet is no fault here.
fn read_platform(repo: &Path) -> Result<Platform, CliError> {
    let reading = read_config_repo(&read_files(repo)?);
    reading.platform.ok_or_else(|| {
        for diagnostic in &reading.diagnostics {
            output::note(&output::finding(diagnostic));
        }
        no_platform(repo, &reading.diagnostics)
    })
}

/// The archetypes of those names; all where none is named.
fn chosen<'p>(platform: &'p Platform, names: &[String]) -> Result<Vec<&'p Archetype>, CliError> {
    if platform.archetypes.is_empty() {
        let message = "platform.yaml describes no archetypes; list them under `archetypes`";
        return Err(CliError::Input(message.to_owned()));
    }
    if names.is_empty() {
        let generated = |archetype: &&Archetype| archetype.workload.is_kubernetes();
        return Ok(platform.archetypes.iter().filter(generated).collect());
    }
    let named = |name: &String| {
        platform.archetype(name).ok_or_else(|| {
            let known: Vec<&str> = platform.archetypes.iter().map(|known| known.name.as_str()).collect();
            CliError::Input(format!(
                "platform.yaml describes no archetype `{name}`; it describes: {}",
                known.join(", ")
            ))
        })
    };
    names.iter().map(named).collect()
}

/// Writes one template, unless that would lose what someone wrote; whether it is there now.
fn write(platform: &Platform, archetype: &Archetype, repo: &Path, force: bool) -> Result<bool, CliError> {
    let text = archetype_template(platform, archetype).map_err(|findings| {
        let findings: Vec<String> = findings.iter().map(output::finding).collect();
        CliError::Input(findings.join("\n"))
    })?;
    let name = template_path(&archetype.name);
    let path = repo.join(&name);
    if path.exists() {
        let present = fs::read(&path).map_err(|error| CliError::file("read", &path, &error))?;
        if present == text.as_bytes() {
            output::say(&format!("{name} is up to date"))?;
            return Ok(true);
        }
        if !force {
            output::note(&format!(
                "{name} differs from what platform.yaml gives and was left alone; --force replaces it"
            ));
            return Ok(false);
        }
    }
    output::write_file(&path, &text)?;
    output::say(&format!("{name} written"))?;
    Ok(true)
}
