//! `annotations FILE.json`

use std::collections::BTreeMap;
use std::path::PathBuf;

use harness_cd::links::{HarnessAnnotations, LabelledUrl, read_annotations};
use harness_cd_model::words::quoted;

use crate::Format;
use crate::config_repo::read_text;
use crate::error::{CliError, Outcome};
use crate::output;
use crate::table::table;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The annotations of a catalog entity: a JSON object of texts
    file: PathBuf,
}

pub(crate) fn run(arguments: &Arguments, format: Option<Format>) -> Result<Outcome, CliError> {
    let annotations: BTreeMap<String, String> =
        serde_json::from_str(&read_text(&arguments.file)?).map_err(|error| {
            let file = arguments.file.display();
            CliError::Input(format!("{file} is not a JSON object of texts: {error}"))
        })?;
    let found = read_annotations(&annotations);
    if output::wants_json(format) {
        output::say_json(&found)?;
    } else {
        show(&found)?;
    }
    Ok(if found.problems.is_empty() {
        Outcome::Good
    } else {
        Outcome::Findings
    })
}

fn show(found: &HarnessAnnotations) -> Result<(), CliError> {
    let rows = |kind: &'static str, links: &[LabelledUrl]| -> Vec<Vec<String>> {
        let row = |link: &LabelledUrl| vec![kind.to_owned(), link.label.clone(), link.url.clone()];
        links.iter().map(row).collect()
    };
    let links = [rows("pipeline", &found.pipelines), rows("service", &found.services)].concat();
    output::say(&table(&["KIND", "LABEL", "ADDRESS"], &links))?;
    for problem in &found.problems {
        output::note(&format!(
            "{}: {} ({})",
            problem.annotation,
            problem.message,
            quoted(&problem.value)
        ));
    }
    Ok(())
}
