//! `check PIPELINE.yaml --request REQUEST.json [--rules CONFIG_REPO]`

use std::path::PathBuf;

use harness_cd::pipeline::{FillError, deploy_rules};
use harness_cd::{OfflineCheck, check_offline, pipeline_identifier};
use harness_cd_model::DeployRules;

use crate::config_repo::{read_platform, read_text};
use crate::error::{CliError, Outcome};
use crate::harness::{PORTS, now_ms};
use crate::output;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// A pipeline
    file: PathBuf,
    /// The deploy request, as JSON
    #[arg(long, value_name = "FILE")]
    request: PathBuf,
    /// The config repo whose rules hold, if one of its services has this pipeline
    #[arg(long, value_name = "DIR")]
    rules: Option<PathBuf>,
}

pub(crate) fn run(arguments: &Arguments) -> Result<Outcome, CliError> {
    let (yaml, request) = (read_text(&arguments.file)?, read_text(&arguments.request)?);
    let rules = arguments.rules_for(&yaml)?;
    let file = arguments.file.to_string_lossy();
    match check_offline(&request, &file, &yaml, rules.as_ref(), now_ms(), PORTS) {
        Ok(check) => {
            output::say_json(&check)?;
            Ok(match check {
                OfflineCheck::Allowed { .. } => Outcome::Good,
                OfflineCheck::Rejected { .. } => Outcome::Findings,
            })
        }
        Err(FillError::Unreadable(findings)) => {
            findings
                .iter()
                .for_each(|finding| output::note(&output::finding(finding)));
            Err(CliError::Input(format!(
                "{file} cannot be read ({})",
                output::summary(&findings)
            )))
        }
        Err(error) => Err(CliError::Input(error.to_string())),
    }
}

impl Arguments {
    fn rules_for(&self, yaml: &str) -> Result<Option<DeployRules>, CliError> {
        let Some(repo) = &self.rules else {
            return Ok(None);
        };
        let (platform, catalog) = read_platform(repo)?;
        let pipeline = pipeline_identifier(yaml);
        let mut services = catalog.services.iter();
        let service = services.find(|service| Some(service.pipeline_identifier()) == pipeline);
        Ok(service.map(|service| deploy_rules(&platform, service)))
    }
}
