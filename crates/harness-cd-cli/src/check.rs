//! `check PIPELINE.yaml --request REQUEST.json [--input-set FILE]… [--rules CONFIG_REPO]`

use std::path::PathBuf;

use harness_cd::pipeline::{FillError, UnreadService, deploy_rules, input_set_values};
use harness_cd::{
    OfflineCheck, SavedPipeline, check_offline, input_set_identifier, pipeline_identifier, pipeline_project,
};
use harness_cd_model::{DeployRules, Identifier, InputValues, ProjectRef, Service};

use crate::Format;
use crate::config_repo::{read_platform, read_text, stopped};
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
    /// An input set of the pipeline; of several a later one wins, and the request over all
    #[arg(long = "input-set", value_name = "FILE")]
    input_sets: Vec<PathBuf>,
    /// The config repo whose rules hold, if one of its services has this pipeline
    #[arg(long, value_name = "DIR")]
    rules: Option<PathBuf>,
}

pub(crate) fn run(arguments: &Arguments, format: Option<Format>) -> Result<Outcome, CliError> {
    let (yaml, request) = (read_text(&arguments.file)?, read_text(&arguments.request)?);
    let file = arguments.file.to_string_lossy();
    let (input_sets, values) = arguments.saved_values(&yaml)?;
    let pipeline = SavedPipeline {
        file: &file,
        yaml: &yaml,
        rules: arguments.rules_for(&yaml)?,
        input_sets,
        values,
    };
    match check_offline(&request, &pipeline, now_ms(), PORTS) {
        Ok(check) => {
            if output::wants_json(format) {
                output::say_json(&check)?;
            } else {
                show(&check)?;
            }
            Ok(match check {
                OfflineCheck::Allowed { .. } => Outcome::Good,
                OfflineCheck::Rejected { .. } => Outcome::Findings,
            })
        }
        Err(FillError::Unreadable(findings)) => Err(CliError::unreadable(&file, &findings)),
        Err(error) => Err(CliError::Input(error.to_string())),
    }
}

fn show(check: &OfflineCheck) -> Result<(), CliError> {
    match check {
        OfflineCheck::Allowed {
            body,
            warnings,
            unchecked,
        } => {
            output::warn(warnings);
            unchecked.iter().for_each(|sentence| output::note(sentence));
            output::say(&format!("allowed; a run would send\n{}", body.trim_end()))
        }
        OfflineCheck::Rejected { violations } => output::say_refused(violations),
    }
}

impl Arguments {
    /// What the input sets are called, and what they answer together.
    fn saved_values(&self, yaml: &str) -> Result<(Vec<String>, InputValues), CliError> {
        let (mut names, mut values) = (Vec::new(), InputValues::new());
        for path in &self.input_sets {
            let (file, text) = (path.to_string_lossy(), read_text(path)?);
            let set = input_set_values(&file, text.as_bytes(), yaml);
            values.extend(set.map_err(|findings| CliError::unreadable(&file, &findings))?);
            names.extend(input_set_identifier(&text));
        }
        Ok((names, values))
    }

    fn rules_for(&self, yaml: &str) -> Result<Option<DeployRules>, CliError> {
        let Some(repo) = &self.rules else {
            return Ok(None);
        };
        let described = read_platform(repo)?;
        let (pipeline, project) = (pipeline_identifier(yaml), pipeline_project(yaml));
        let is_there = |known: &ProjectRef| {
            let is = |known: &Identifier, said: &str| known.as_str() == said;
            let said = project.as_ref();
            said.is_none_or(|(org, project)| is(&known.org, org) && is(&known.project, project))
        };
        let mut services = described.services().iter();
        let is_its = |service: &&Service| {
            Some(service.pipeline_identifier()) == pipeline && is_there(&described.platform.project_of(service))
        };
        if let Some(service) = services.find(is_its) {
            return Ok(Some(deploy_rules(&described.platform, service)));
        }
        // Whose pipeline it is cannot be told of each.
        let may_be = |unread: &&UnreadService| {
            let known = unread.pipeline.as_ref().map(|(identifier, _)| identifier);
            let is_called_so = known.is_none() || known == pipeline.as_ref();
            is_called_so && unread.project.as_ref().is_none_or(is_there)
        };
        match described.repo.unread.iter().find(may_be) {
            Some(UnreadService { left_out, .. }) => Err(stopped(&left_out.name, &left_out.reason)),
            None => Ok(None),
        }
    }
}
