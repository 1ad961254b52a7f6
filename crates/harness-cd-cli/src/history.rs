//! `history --from-file FILE.json`, or from Harness

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use harness_cd::Executions;
use harness_cd::client::ExecutionQuery;
use harness_cd::history::{HistoryOptions, shape_history};
use harness_cd_model::{Deployment, HistoryPage};

use crate::Format;
use crate::config_repo::{read, read_platform};
use crate::error::{CliError, Outcome};
use crate::harness::{Connection, Project, connect};
use crate::output;
use crate::source::{options_of, tell_left_out};
use crate::table::{NOTHING, duration, instant, table};

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// A saved answer: a page of execution summaries, one summary or an execution's detail
    #[arg(long, value_name = "FILE")]
    from_file: Option<PathBuf>,
    /// Executions of this service's pipeline alone
    #[arg(long, value_name = "NAME", conflicts_with = "from_file")]
    service: Option<String>,
    /// The page, from 0
    #[arg(long, default_value_t = 0, conflicts_with = "from_file")]
    page: u32,
    /// Executions on a page, 1 to 1000
    #[arg(long, default_value_t = 25, value_parser = clap::value_parser!(u32).range(1..=1000), conflicts_with = "from_file")]
    page_size: u32,
    /// With the runs that succeeded without deploying, a row each
    #[arg(long)]
    all_runs: bool,
}

pub(crate) fn run(arguments: &Arguments, repo: &Path, format: Option<Format>) -> Result<Outcome, CliError> {
    match &arguments.from_file {
        Some(path) => {
            let (body, options) = (read(path)?, all_stages(arguments.all_runs));
            let page = shape_history(&body, &options);
            let page = page.map_err(|error| CliError::Input(format!("cannot read {}: {error}", path.display())))?;
            show(&page, arguments.all_runs, format)
        }
        None => show(&ask_harness(arguments, repo)?.page()?, arguments.all_runs, format),
    }
}

fn show(page: &HistoryPage<'_>, all_runs: bool, format: Option<Format>) -> Result<Outcome, CliError> {
    if output::wants_json(format) {
        output::say_json(page)?;
    } else {
        output::say(&table(
            &[
                "STATUS",
                "PIPELINE",
                "RUN",
                "SERVICE",
                "VERSION",
                "ENVIRONMENT",
                "REGION",
                "STARTED",
                "TOOK",
                "BY",
                "REASON",
            ],
            &rows(page),
        ))?;
    }
    if page.ran_without_deploying > 0 && !all_runs {
        let count = page.ran_without_deploying;
        output::note(&format!("{count} ran without deploying here; --all-runs shows them"));
    }
    Ok(tell_left_out("", page))
}

/// A saved answer is shown whole, and does not say where Harness stands.
fn all_stages(all_runs: bool) -> HistoryOptions {
    HistoryOptions {
        skipped: true,
        all_runs,
        ..HistoryOptions::default()
    }
}

fn ask_harness(arguments: &Arguments, repo: &Path) -> Result<Executions, CliError> {
    let described = read_platform(repo)?;
    let platform = &described.platform;
    let service = arguments
        .service
        .as_ref()
        .map(|name| described.service(name))
        .transpose()?;
    let project = match service {
        Some(service) => platform.project_of(service),
        None => platform.own_project(),
    };
    if service.is_none() && !platform.projects.is_empty() {
        output::note(&format!(
            "of the project {} of {} alone; name a service of another with --service",
            project.project, project.org
        ));
    }
    let query = ExecutionQuery {
        pipelines: service.iter().map(|service| service.pipeline_identifier()).collect(),
        page: arguments.page,
        size: arguments.page_size,
        ..ExecutionQuery::default()
    };
    let Connection { harness, scope } = connect(&Project::of(&project))?;
    let options = HistoryOptions {
        all_runs: arguments.all_runs,
        ..options_of(platform)
    };
    pollster::block_on(async {
        let mut executions = harness.executions(&scope, &query, options).await?;
        harness.tell_inputs(&scope, &mut executions, |_| true).await?;
        Ok(executions)
    })
}

fn rows(page: &HistoryPage) -> Vec<Vec<String>> {
    page.deployments.iter().map(row).collect()
}

fn row(deployment: &Deployment) -> Vec<String> {
    let either = |name: &Option<Cow<str>>, identifier: &Option<Cow<str>>| {
        name.as_deref().or(identifier.as_deref()).unwrap_or(NOTHING).to_owned()
    };
    vec![
        deployment.status.as_str().to_owned(),
        deployment.pipeline.clone().into_owned(),
        deployment
            .run_number
            .map(|number| format!("#{number}"))
            .unwrap_or_else(|| NOTHING.to_owned()),
        either(&deployment.service_name, &deployment.service),
        either(&deployment.version, &None),
        either(&deployment.environment_name, &deployment.environment),
        either(&deployment.region, &deployment.infrastructure),
        deployment.started_at.map(instant).unwrap_or_else(|| NOTHING.to_owned()),
        deployment
            .duration_ms
            .map(duration)
            .unwrap_or_else(|| NOTHING.to_owned()),
        either(&deployment.triggered_by, &deployment.trigger_type),
        either(&deployment.failure, &None),
    ]
}
