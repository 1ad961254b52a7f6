//! `render --out DIR [--service NAME]… [--prune]`, `render --diff --out DIR | --against REV`

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use harness_cd::pipeline::difference::differences;
use harness_cd::pipeline::{LeftOut, RenderedFiles, read_config_repo, render};
use harness_cd_model::naming::{Folder, rendered_kind};

use crate::config_repo::read_files;
use crate::error::{CliError, Outcome};
use crate::{Format, git, output};

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The folder to write to; made where it is missing
    #[arg(long, value_name = "DIR", required_unless_present = "against")]
    out: Option<PathBuf>,
    /// Render this service alone; may be given several times
    #[arg(long = "service", value_name = "NAME", conflicts_with_all = ["prune", "diff"])]
    services: Vec<String>,
    /// Remove what was rendered into the folder before and is not any more
    #[arg(long, conflicts_with = "diff")]
    prune: bool,
    /// Show what differs from what stands in the folder, or from an older revision, and write nothing
    #[arg(long)]
    diff: bool,
    /// With --diff: a revision of the config repo in Git, such as main or HEAD~1, as this program renders it
    #[arg(long, value_name = "REV", requires = "diff", conflicts_with = "out")]
    against: Option<String>,
}

pub(crate) fn run(arguments: &Arguments, repo: &Path, format: Option<Format>) -> Result<Outcome, CliError> {
    let rendered = rendered(repo, &arguments.services)?;
    match (&arguments.out, &arguments.against) {
        (Some(out), _) if arguments.diff => show(already_rendered(out)?, rendered, format),
        (Some(out), _) => write(arguments, out, &rendered),
        (None, Some(revision)) => {
            let older = git::checkout(repo, revision)?;
            let before = self::rendered(older.path(), &[])?;
            if output::has_errors(&before.diagnostics) {
                tell(&before);
                output::note(&format!("not everything of {revision} was rendered"));
            }
            show(before.files, rendered, format)
        }
        (None, None) => Err(CliError::Input("name a folder with --out DIR".to_owned())),
    }
}

fn rendered(repo: &Path, services: &[String]) -> Result<RenderedFiles, CliError> {
    let reading = read_config_repo(&read_files(repo)?);
    let mut rendered = render(&reading, services);
    rendered.add(reading.diagnostics);
    Ok(rendered.into_files())
}

fn write(arguments: &Arguments, out: &Path, rendered: &RenderedFiles) -> Result<Outcome, CliError> {
    for (name, text) in &rendered.files {
        output::write_file(&out.join(name), text)?;
    }
    tell(rendered);
    output::say(&format!(
        "{} written to {}",
        output::count(rendered.files.len(), "file"),
        out.display()
    ))?;
    let is_broken = output::has_errors(&rendered.diagnostics);
    // What one service alone renders to says nothing of the files of others.
    if arguments.services.is_empty() {
        clear(arguments.prune, out, rendered, is_broken)?;
    }
    if is_broken {
        output::note(&format!(
            "not everything was rendered: {}",
            output::summary(&rendered.diagnostics)
        ));
        return Ok(Outcome::Findings);
    }
    Ok(Outcome::Good)
}

/// Names what is not rendered any more, and removes it where that is asked for. What a mistake keeps from being
/// rendered is no reason to remove anything.
fn clear(prune: bool, out: &Path, rendered: &RenderedFiles, is_broken: bool) -> Result<(), CliError> {
    if is_broken {
        if prune {
            output::note("nothing is removed, for not everything was rendered");
        }
        return Ok(());
    }
    let present = already_rendered(out)?;
    for name in present.keys().filter(|name| !rendered.files.contains_key(*name)) {
        if prune {
            let path = out.join(name);
            fs::remove_file(&path).map_err(|error| CliError::file("remove", &path, &error))?;
            output::say(&format!("{name}: removed"))?;
        } else {
            output::note(&format!("warning: {name} is not rendered any more; --prune removes it"));
        }
    }
    Ok(())
}

fn tell(rendered: &RenderedFiles) {
    output::note_findings(&rendered.diagnostics);
    let mut alike: BTreeMap<&str, Vec<&LeftOut>> = BTreeMap::new();
    for left_out in &rendered.left_out {
        alike.entry(&left_out.reason.message).or_default().push(left_out);
    }
    for alike in alike.values() {
        let Some(LeftOut { reason, .. }) = alike.first() else {
            continue;
        };
        let names = output::few(alike.iter().map(|one| one.name.clone()));
        let files: Vec<&str> = alike.iter().flat_map(|one| &one.files).map(String::as_str).collect();
        let files = match (alike.len(), files.len()) {
            (_, 0) => String::new(),
            (1, _) => format!(", that is {}", files.join(", ")),
            (_, several) => format!(", that is {}", output::count(several, "file")),
        };
        output::note(&format!(
            "left out: {names}{files}: {}: {}",
            reason.place(),
            reason.message
        ));
    }
}

/// Shows in what the renderings differ.
fn show(before: BTreeMap<String, String>, after: RenderedFiles, format: Option<Format>) -> Result<Outcome, CliError> {
    tell(&after);
    let found = differences(&before, &after.files);
    if format == Some(Format::Json) {
        output::say_json(&found)?;
    } else {
        for difference in &found {
            output::say(&difference.meaning)?;
            if difference.names.len() > 1 {
                output::say(&format!("  {}", difference.names.join(", ")))?;
            }
        }
        output::say(&output::count(found.len(), "difference"))?;
    }
    let is_broken = output::has_errors(&after.diagnostics);
    Ok(match found.is_empty() && !is_broken {
        true => Outcome::Good,
        false => Outcome::Findings,
    })
}

/// The files in a folder that rendering has written, by their names: known by where they stand, and by what they say of
/// themselves. Others may lie between them.
fn already_rendered(out: &Path) -> Result<BTreeMap<String, String>, CliError> {
    let mut found = BTreeMap::new();
    add_rendered(out, "", &mut found)?;
    Ok(found)
}

/// Adds those below a folder. No further folders are looked into than those that rendering makes.
fn add_rendered(out: &Path, within: &str, found: &mut BTreeMap<String, String>) -> Result<(), CliError> {
    let folder = out.join(within);
    if !folder.is_dir() {
        return Ok(());
    }
    let cannot = |error: std::io::Error| CliError::file("read", &folder, &error);
    for file in fs::read_dir(&folder).map_err(cannot)? {
        let file = file.map_err(cannot)?;
        let name = format!("{within}{}", file.file_name().to_string_lossy());
        let below = format!("{name}/");
        if Folder::may_hold(&below) {
            add_rendered(out, &below, found)?;
        }
        let Some(kind) = rendered_kind(&name) else {
            continue;
        };
        // What is no text was not rendered.
        let text = fs::read_to_string(file.path()).ok();
        if let Some(text) = text.filter(|text| is_ours(kind, text)) {
            found.insert(name, text);
        }
    }
    Ok(())
}

/// Whether a text has the mark of what rendering writes.
fn is_ours(kind: &str, text: &str) -> bool {
    let mark = match kind {
        "policies" => "# Policy set ",
        "policy-sets" => "\"onstep\"",
        "delegates" => "delegate",
        _ => "managed-by:",
    };
    text.contains(mark)
}
