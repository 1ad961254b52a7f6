//! `template new [--archetype NAME]… [--check | --diff] [--force]`

use std::path::Path;

use harness_cd::pipeline::{
    ConfigRepo, Conflict, Layout, NotMerged, TemplateState, archetype_template, digest_line, merge_template,
    read_config_repo,
};
use harness_cd_model::naming::written_template_path;
use harness_cd_model::{Archetype, Diagnostic, Platform, Workload, codes};
use serde::Serialize;

use crate::Format;
use crate::config_repo::{Described, no_platform, read_files, read_if_there};
use crate::diff::unified;
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
    /// Replace what was changed or written by hand; it is kept beside the template, under the name with `.orig`
    #[arg(long)]
    force: bool,
    /// Say of each template whether it is outdated, changed by hand, both, or written by hand; change nothing
    #[arg(long, conflicts_with_all = ["force", "diff"])]
    check: bool,
    /// Show what would be written, and write nothing
    #[arg(long)]
    diff: bool,
}

pub(crate) fn run(command: &Command, repo: &Path, format: Option<Format>) -> Result<Outcome, CliError> {
    let Command::New(arguments) = command;
    let Described {
        platform,
        repo: reading,
    } = read_platform(repo)?;
    let layout = &reading.layout;
    // Of one that is broken there is no template to write; those of the others are written all the same.
    let mut broken: Vec<Diagnostic> = match arguments.archetypes.is_empty() {
        true => reading.broken_archetypes().map(|(_, reason)| reason.clone()).collect(),
        false => Vec::new(),
    };
    let (mut changes, mut left) = (Vec::new(), Vec::new());
    for archetype in chosen(&platform, &reading, &arguments.archetypes)? {
        match reading.reason_against_template(&archetype.name) {
            Some(reason) => left.push((layout.template_path(&archetype.name), reason)),
            None => changes.push(Change::of(&platform, archetype, (repo, layout), arguments.force)?),
        }
    }
    broken.extend(left.iter().map(|(_, reason)| (*reason).clone()));
    Diagnostic::sort(&mut broken);
    broken.dedup();
    output::note_findings(&broken);
    // Without what is broken it would lose the stages of that.
    for (template, reason) in &left {
        let place = reason.place();
        output::note(&format!(
            "{template}: left as it is, for what is broken at {place} belongs to it"
        ));
    }
    if arguments.check && format == Some(Format::Json) {
        output::say_json(&changes)?;
    } else {
        for change in &changes {
            match (arguments.check, arguments.diff) {
                (true, _) => output::say(&change.line())?,
                (_, true) => change.show()?,
                _ => change.make(repo)?,
            }
        }
    }
    let is_open = |change: &Change| match arguments.check || arguments.diff {
        true => change.text.is_some() || !change.is_settled(),
        false => !change.is_settled(),
    };
    Ok(match changes.iter().any(is_open) || !broken.is_empty() {
        true => Outcome::Findings,
        false => Outcome::Good,
    })
}

/// The platform description alone: that services have no template yet is no fault here. Where something is broken that
/// every template has, none is written.
fn read_platform(repo: &Path) -> Result<Described, CliError> {
    let mut reading = read_config_repo(&read_files(repo)?);
    let platform = reading.platform.take();
    match platform.filter(|_| reading.reason_against_templates().is_none()) {
        Some(platform) => Ok(Described {
            platform,
            repo: reading,
        }),
        None => {
            let is_of_platform = |finding: &Diagnostic| finding.code != codes::NO_TEMPLATE.id;
            reading.diagnostics.retain(is_of_platform);
            output::note_findings(&reading.diagnostics);
            Err(no_platform(repo, &reading.diagnostics))
        }
    }
}

/// The archetypes of those names; all where none is named.
fn chosen<'p>(platform: &'p Platform, repo: &ConfigRepo, names: &[String]) -> Result<Vec<&'p Archetype>, CliError> {
    let file = repo.layout.platform();
    let known: Vec<&str> = platform.archetypes.iter().map(|known| known.name.as_str()).collect();
    // One that is broken is none to write a template of.
    let broken = repo
        .broken_archetypes()
        .filter(|(name, _)| known.is_empty() || names.contains(name));
    if let Some((name, reason)) = broken.into_iter().next() {
        let (place, message) = (reason.place(), &reason.message);
        return Err(CliError::Input(format!(
            "the archetype `{name}` is broken: {place}: {message}"
        )));
    }
    if known.is_empty() {
        let message = format!("{file} describes no archetypes; list them under `archetypes`");
        return Err(CliError::Input(message));
    }
    if names.is_empty() {
        return Ok(platform.archetypes.iter().collect());
    }
    let named = |name: &String| {
        platform.archetype(name).ok_or_else(|| {
            let known = known.join(", ");
            CliError::Input(format!("{file} describes no archetype `{name}`; it describes: {known}"))
        })
    };
    names.iter().map(named).collect()
}

/// What is to be done with one template.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Change {
    /// The file, relative to the config repo.
    template: String,
    /// The platform description that gives it.
    #[serde(skip)]
    platform: String,
    state: TemplateState,
    /// Lines that were changed by hand and by the platform description, in different ways.
    conflicts: Vec<Conflict>,
    #[serde(skip)]
    archetype: String,
    #[serde(skip)]
    workload: Workload,
    #[serde(skip)]
    present: Option<String>,
    /// `None` where templates are written by hand.
    #[serde(skip)]
    generated: Option<String>,
    /// What is to be written; `None` where the template stays as it is.
    #[serde(skip)]
    text: Option<String>,
    /// Whether what was written by hand is kept under another name.
    #[serde(skip)]
    is_forced: bool,
}

impl Change {
    fn of(
        platform: &Platform,
        archetype: &Archetype,
        (repo, layout): (&Path, &Layout),
        force: bool,
    ) -> Result<Self, CliError> {
        let generated = archetype_template(platform, archetype).map_err(|findings| {
            let findings: Vec<String> = findings.iter().map(output::finding).collect();
            CliError::Input(findings.join("\n"))
        })?;
        let template = layout.template_path(&archetype.name);
        let present = read_if_there(&repo.join(&template))?;
        let written = read_if_there(&repo.join(written_template_path(&archetype.name)))?;
        let state = TemplateState::of(present.as_deref(), generated.as_deref());
        let is_by_hand = matches!(
            state,
            TemplateState::Edited | TemplateState::EditedAndOutdated | TemplateState::HandWritten
        );
        let (mut text, mut conflicts) = (None, Vec::new());
        match (state, &present) {
            _ if force && is_by_hand => text.clone_from(&generated),
            (TemplateState::Missing | TemplateState::Outdated, _) => text.clone_from(&generated),
            // As it was written before templates had digests.
            (TemplateState::UpToDate, Some(present)) if digest_line(present).is_none() => text.clone_from(&generated),
            (TemplateState::EditedAndOutdated, Some(present)) => {
                let generated = generated.as_deref().unwrap_or_default();
                match merge_template(written.as_deref(), present, generated) {
                    Ok(merged) => text = Some(merged),
                    Err(NotMerged::Conflicts(found)) => conflicts = found,
                    Err(NotMerged::NoBase) => {}
                }
            }
            _ => {}
        }
        Ok(Self {
            template,
            platform: layout.platform().to_owned(),
            state,
            conflicts,
            archetype: archetype.name.clone(),
            workload: archetype.workload,
            present,
            is_forced: force && is_by_hand && generated.is_some(),
            generated,
            text,
        })
    }

    /// Whether nobody has to look at it. A template may well be changed by hand while the platform stays as it is.
    fn is_settled(&self) -> bool {
        match self.state {
            TemplateState::EditedAndOutdated | TemplateState::Missing => self.text.is_some(),
            _ => true,
        }
    }

    /// What `--check` says of it.
    fn line(&self) -> String {
        let (name, platform) = (&self.template, &self.platform);
        if self.generated.is_none() {
            let state = match self.state {
                TemplateState::Missing => "missing, and to be written by hand",
                _ => "written by hand",
            };
            return format!("{name}: {state}; `template new` has no steps for {}", self.workload);
        }
        match self.state {
            TemplateState::Missing => format!("{name}: missing"),
            TemplateState::UpToDate => format!("{name}: up to date"),
            TemplateState::Outdated => format!("{name}: outdated, {platform} gives another"),
            TemplateState::Edited => format!("{name}: changed by hand, and not outdated"),
            TemplateState::EditedAndOutdated => format!("{name}: changed by hand, and outdated; {}", self.prospect()),
            TemplateState::HandWritten => {
                format!("{name}: written by hand, and not what {platform} gives; it is left alone")
            }
        }
    }

    /// What comes of a template with both changes.
    fn prospect(&self) -> String {
        match (&self.text, self.conflicts.len()) {
            (Some(_), _) => "both changes go together".to_owned(),
            (None, 0) => format!(
                "the text that it was written with, {}, is not there, so that the changes cannot be told apart",
                written_template_path(&self.archetype)
            ),
            (None, number) => output::count(number, "conflict"),
        }
    }

    /// Shows what would be written, as a diff, and what stands in the way.
    fn show(&self) -> Result<(), CliError> {
        match &self.text {
            Some(text) => output::say(&unified(
                &self.template,
                self.present.as_deref().unwrap_or_default(),
                text,
            )),
            None => {
                if !self.is_settled() {
                    output::note(&self.line());
                    self.note_conflicts();
                }
                Ok(())
            }
        }
    }

    fn note_conflicts(&self) {
        for conflict in &self.conflicts {
            output::note(&format!(
                "{}:{}: conflict: changed by hand to\n{}{} gives\n{}",
                self.template,
                conflict.line,
                quoted(&conflict.present),
                self.platform,
                quoted(&conflict.generated)
            ));
        }
    }

    /// Writes the template, unless that would lose what someone wrote; and what it was written with.
    fn make(&self, repo: &Path) -> Result<(), CliError> {
        let name = &self.template;
        let Some(text) = &self.text else {
            return match self.state {
                TemplateState::UpToDate | TemplateState::Edited => {
                    // The digest says that it was written with this.
                    self.write_base(repo)?;
                    output::say(&self.line())
                }
                TemplateState::HandWritten if self.generated.is_some() => {
                    output::say(&format!("{}; --force replaces it", self.line()))
                }
                TemplateState::HandWritten => output::say(&self.line()),
                TemplateState::Missing => {
                    output::note(&self.line());
                    Ok(())
                }
                _ => {
                    output::note(&format!("{}; it is left alone", self.line()));
                    self.note_conflicts();
                    Ok(())
                }
            };
        };
        if self.is_forced {
            let kept = format!("{name}.orig");
            output::write_file(&repo.join(&kept), self.present.as_deref().unwrap_or_default())?;
            output::say(&format!("{name}: replaced; what was written by hand is in {kept}"))?;
        } else if self.state == TemplateState::EditedAndOutdated {
            output::say(&format!("{name}: written, with what was changed by hand"))?;
        } else {
            output::say(&format!("{name}: written"))?;
        }
        self.write_base(repo)?;
        output::write_file(&repo.join(name), text)
    }

    /// Keeps what the platform description gives, for the next merge.
    fn write_base(&self, repo: &Path) -> Result<(), CliError> {
        let generated = self.generated.as_deref().unwrap_or_default();
        output::write_file(&repo.join(written_template_path(&self.archetype)), generated)
    }
}

fn quoted(lines: &str) -> String {
    lines.lines().map(|line| format!("  | {line}\n")).collect()
}
