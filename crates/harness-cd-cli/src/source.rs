//! Where rows come from that are told together: saved answers, or Harness for a service or a pipeline.

use std::path::{Path, PathBuf};

use harness_cd::Executions;
use harness_cd::client::{ExecutionQuery, HarnessFailure};
use harness_cd::history::{HistoryOptions, latest};
use harness_cd_model::{Deployment, HistoryPage, Platform};

use crate::config_repo::{Described, is_there, read, read_platform};
use crate::error::{CliError, Outcome};
use crate::harness::{Connection, Project, connect, now_ms};
use crate::output;
use crate::pipeline_ref::PipelineArgument;

/// Executions asked for at once.
const PAGE: u32 = 200;
/// No more are read, so that a busy project does not use up what the key may ask.
const MOST_PAGES: u32 = 50;
const DAY_MS: i64 = 24 * 3_600_000;

#[derive(clap::Args)]
pub(crate) struct Source {
    /// Saved answers, as `history` reads them; several files or pages, in any order
    #[arg(long, value_name = "FILE", num_args = 1..)]
    from_file: Vec<PathBuf>,
    /// Executions of this service's pipeline, from Harness
    #[arg(long, value_name = "NAME", conflicts_with_all = ["from_file", "pipeline"])]
    service: Option<String>,
    /// Executions of this pipeline, from Harness: its address there, or ORG/PROJECT/IDENTIFIER
    #[arg(long, value_name = "PIPELINE", conflicts_with = "from_file")]
    pipeline: Option<PipelineArgument>,
    /// So many days back, from Harness
    #[arg(long, default_value_t = 90, value_parser = clap::value_parser!(u16).range(1..), conflicts_with = "from_file")]
    days: u16,
}

/// What was read, and what the config repo says beside it.
pub(crate) struct Answers {
    answers: Vec<(String, Executions)>,
    /// Where there is a config repo.
    pub(crate) described: Option<Described>,
}

impl Source {
    /// Reads everything. A config repo is needed for a service's or a project's pipelines, and read for saved answers
    /// and a pipeline where there is one: its environments and regions are found in identifiers.
    pub(crate) fn read(&self, repo: &Path) -> Result<Answers, CliError> {
        let is_needed = self.from_file.is_empty() && self.pipeline.is_none();
        let described = (is_needed || is_there(repo)).then(|| read_platform(repo));
        let described = described.transpose()?;
        let options = described
            .as_ref()
            .map_or_else(HistoryOptions::default, |described| options_of(&described.platform));
        let answers = if self.from_file.is_empty() {
            self.ask_harness(described.as_ref(), &options)?
        } else {
            let saved = |path: &PathBuf| {
                Ok((
                    path.display().to_string(),
                    Executions::saved(read(path)?, options.clone()),
                ))
            };
            self.from_file.iter().map(saved).collect::<Result<_, CliError>>()?
        };
        Ok(Answers { answers, described })
    }

    /// Since when Harness is asked, epoch ms; a saved answer begins where it begins.
    pub(crate) fn since_ms(&self) -> Option<i64> {
        self.from_file
            .is_empty()
            .then(|| now_ms() - i64::from(self.days) * DAY_MS)
    }

    fn ask_harness(
        &self,
        described: Option<&Described>,
        options: &HistoryOptions,
    ) -> Result<Vec<(String, Executions)>, CliError> {
        let (projects, pipelines): (Vec<Project>, Vec<String>) = match (&self.pipeline, described) {
            (Some(named), _) => (vec![named.project.clone()], vec![named.pipeline.clone()]),
            (None, Some(described)) => {
                let platform = &described.platform;
                match self.service.as_ref().map(|name| described.service(name)).transpose()? {
                    Some(service) => (
                        vec![Project::of(&platform.project_of(service))],
                        vec![service.pipeline_identifier()],
                    ),
                    None => (
                        platform.project_refs().map(|one| Project::of(&one)).collect(),
                        Vec::new(),
                    ),
                }
            }
            (None, None) => return Err(CliError::Input("name a file, a service or a pipeline".to_owned())),
        };
        let Some(first) = projects.first() else {
            return Ok(Vec::new());
        };
        let connection = connect(first)?;
        let mut answers = Vec::new();
        for project in &projects {
            answers.extend(self.ask_project(&connection, project, &pipelines, options)?);
        }
        Ok(answers)
    }

    fn ask_project(
        &self,
        connection: &Connection,
        project: &Project,
        pipelines: &[String],
        options: &HistoryOptions,
    ) -> Result<Vec<(String, Executions)>, CliError> {
        let (harness, scope) = (&connection.harness, connection.scope_of(project));
        let mut query = ExecutionQuery {
            pipelines: pipelines.to_vec(),
            from_ms: self.since_ms(),
            size: PAGE,
            ..ExecutionQuery::default()
        };
        let mut answers = Vec::new();
        let mut is_last = false;
        while !is_last {
            let executions = pollster::block_on(async {
                let mut executions = harness.executions(&scope, &query, options.clone()).await?;
                // What has ended is not read one by one, which may be many.
                let goes_on = |row: &Deployment<'_>| !row.phase.is_terminal();
                harness.tell_inputs(&scope, &mut executions, goes_on).await?;
                Ok::<_, HarnessFailure>(executions)
            })?;
            query.page += 1;
            let total = executions.page()?.total_executions.unwrap_or(0);
            is_last = u64::from(query.page) * u64::from(PAGE) >= total;
            answers.push(("the answer of Harness".to_owned(), executions));
            if !is_last && query.page == MOST_PAGES {
                let read = MOST_PAGES * PAGE;
                output::note(&format!(
                    "only the newest {read} of {total} executions were read; --days narrows them"
                ));
                is_last = true;
            }
        }
        Ok(answers)
    }
}

impl Answers {
    /// The rows, each once; what of an answer cannot be read is told.
    pub(crate) fn rows(&self) -> Result<(Vec<Deployment<'_>>, Outcome), CliError> {
        let mut pages = Vec::new();
        let mut outcome = Outcome::Good;
        for (name, executions) in &self.answers {
            let page = executions.page();
            let page = page.map_err(|failure| CliError::Input(format!("cannot read {name}: {}", failure.message)))?;
            if tell_left_out(&format!("{name}: "), &page) == Outcome::Findings {
                outcome = Outcome::Findings;
            }
            pages.push(page);
        }
        Ok((latest(pages).deployments, outcome))
    }

    /// Identifiers of environments in the order of the platform; none without a config repo.
    pub(crate) fn environments(&self) -> Vec<String> {
        let platform = self.described.as_ref().map(|described| &described.platform);
        let environments = platform.into_iter().flat_map(|platform| &platform.environments);
        environments
            .map(|environment| environment.identifier.to_string())
            .collect()
    }

    /// Regions in the order of the platform; none without a config repo.
    pub(crate) fn regions(&self) -> Vec<String> {
        let platform = self.described.as_ref().map(|described| &described.platform);
        let regions = platform.into_iter().flat_map(Platform::region_names);
        regions.map(str::to_owned).collect()
    }
}

/// What a platform says about where its pipelines deploy.
pub(crate) fn options_of(platform: &Platform) -> HistoryOptions {
    let environments = platform.environments.iter().map(|environment| environment.name.clone());
    HistoryOptions {
        regions: platform.region_names().map(str::to_owned).collect(),
        environments: environments.collect(),
        ..HistoryOptions::default()
    }
}

/// Tells what could not be read of a page, each line with some words in front.
pub(crate) fn tell_left_out(of: &str, page: &HistoryPage<'_>) -> Outcome {
    for row in &page.quarantined {
        output::note(&format!("{of}left out {}: {}", row.pointer, row.reason));
    }
    let untold = page.quarantined_total - page.quarantined.len() as u64;
    if untold > 0 {
        output::note(&format!("{of}left out {untold} more"));
    }
    if page.quarantined.is_empty() {
        Outcome::Good
    } else {
        Outcome::Findings
    }
}
