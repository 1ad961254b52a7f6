//! `render --out DIR [--service NAME]…`

use std::path::{Path, PathBuf};

use harness_cd::pipeline::{LeftOut, read_config_repo, render};

use crate::config_repo::read_files;
use crate::error::{CliError, Outcome};
use crate::output;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The folder to write to; made where it is missing
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Render this service alone; may be given several times
    #[arg(long = "service", value_name = "NAME")]
    services: Vec<String>,
}

pub(crate) fn run(arguments: &Arguments, repo: &Path) -> Result<Outcome, CliError> {
    let reading = read_config_repo(&read_files(repo)?);
    let mut rendered = render(&reading, &arguments.services);
    rendered.add(reading.diagnostics);
    let rendered = rendered.into_files();
    for (name, text) in &rendered.files {
        output::write_file(&arguments.out.join(name), text)?;
    }
    for diagnostic in &rendered.diagnostics {
        output::note(&output::finding(diagnostic));
    }
    for left_out in &rendered.left_out {
        let LeftOut { service, files, reason } = left_out;
        output::note(&format!("left out: {service}, that is {}: {reason}", files.join(", ")));
    }
    output::say(&format!(
        "{} written to {}",
        output::count(rendered.files.len(), "file"),
        arguments.out.display()
    ))?;
    if output::has_errors(&rendered.diagnostics) {
        output::note(&format!(
            "not everything was rendered: {}",
            output::summary(&rendered.diagnostics)
        ));
        return Ok(Outcome::Findings);
    }
    Ok(Outcome::Good)
}
