//! `schema KIND`

use std::collections::BTreeSet;
use std::path::Path;

use clap::builder::PossibleValuesParser;
use harness_cd::lint::{LINT_KEYS, editor_schema, editor_schema_kinds};
use harness_cd::pipeline::{key_schema, keys};
use harness_cd_model::naming::{LAYOUT_FILE, LINT_FILE, PLATFORM_FILE, SERVICES_FILE};

use crate::config_repo::read_layout;
use crate::error::{CliError, Outcome};
use crate::output;

/// The files of a config repo.
const OWN: [&str; 5] = ["platform", "services", "service-file", "layout", "lint"];

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The file of a config repo; or the first key of Harness files: templates of pipelines are pipelines
    #[arg(value_parser = PossibleValuesParser::new(OWN.into_iter().chain(editor_schema_kinds())))]
    kind: String,
}

pub(crate) fn run(arguments: &Arguments, repo: &Path) -> Result<Outcome, CliError> {
    // The keys of other tools are those of the config repo, where there is one.
    let layout = read_layout(repo)?;
    let described = |title: &str, keys| Some(key_schema(title, keys, layout.other_keys()));
    let plain = |title: &str, keys| Some(key_schema(title, keys, &BTreeSet::new()));
    let schema = match arguments.kind.as_str() {
        "platform" => described(PLATFORM_FILE, &keys::PLATFORM),
        "services" => described(SERVICES_FILE, &keys::SERVICES),
        // A file of its own, where a layout has one for each.
        "service-file" => described("services/*.yaml", &keys::SERVICE),
        "layout" => plain(LAYOUT_FILE, &keys::LAYOUT),
        "lint" => plain(LINT_FILE, &LINT_KEYS),
        kind => editor_schema(kind),
    };
    let schema = schema.ok_or_else(|| CliError::Input(format!("there is no schema of `{}`", arguments.kind)))?;
    // For a program, and large: no line of it is to be read.
    output::say(&output::json(&schema)?)?;
    Ok(Outcome::Good)
}
