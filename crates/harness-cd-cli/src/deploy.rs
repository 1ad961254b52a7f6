//! `deploy SERVICE --env E --region R --image-tag T [--dry-run] [--wait]`

use std::path::Path;
use std::thread;
use std::time::Duration;

use harness_cd_client::{FailureCode, HarnessClient, RunOutcome, RunRequest};
use harness_cd_deploy::validate;
use harness_cd_history::{HistoryOptions, shape_progress};
use harness_cd_model::{DeployRequest, DeployVerdict, ExecutionProgress, StatusPhase};
use harness_cd_pipeline::deploy_rules;
use uuid::Uuid;

use crate::config_repo::read_platform;
use crate::error::{CliError, Outcome};
use crate::harness::{Account, BundledZones, UreqTransport, connect, now_ms};
use crate::output;

const POLL_EVERY: Duration = Duration::from_secs(3);
/// How many looks in a row may fail: right after a run was started Harness may answer for seconds that there is none.
const MOST_FAILED_LOOKS: usize = 5;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The service's name, as in services.yaml
    service: String,
    /// The environment's name
    #[arg(long = "env", value_name = "NAME")]
    environment: String,
    /// The region's name
    #[arg(long, value_name = "NAME")]
    region: String,
    /// The image tag, for example v2.3.1
    #[arg(long, value_name = "TAG")]
    image_tag: String,
    /// The change ticket, where the environment requires one
    #[arg(long, value_name = "ID")]
    change_ticket: Option<String>,
    /// How to go back, where the environment requires it
    #[arg(long, value_name = "TEXT")]
    rollback_plan: Option<String>,
    /// Why now
    #[arg(long, value_name = "TEXT")]
    business_justification: Option<String>,
    /// Check the request and stop there; Harness is not called
    #[arg(long)]
    dry_run: bool,
    /// Stay until the deployment has ended
    #[arg(long, conflicts_with = "dry_run")]
    wait: bool,
}

pub(crate) fn run(arguments: &Arguments, repo: &Path) -> Result<Outcome, CliError> {
    let (platform, catalog) = read_platform(repo)?;
    let service = catalog
        .services
        .iter()
        .find(|service| service.name == arguments.service)
        .ok_or_else(|| CliError::Input(format!("services.yaml has no service `{}`", arguments.service)))?;
    let request = arguments.request();
    if let DeployVerdict::Rejected { violations } =
        validate(&request, &deploy_rules(&platform, service), now_ms(), &BundledZones)
    {
        for violation in &violations {
            output::say(&format!("refused {}: {}", violation.path, violation.message))?;
        }
        return Ok(Outcome::Findings);
    }
    if arguments.dry_run {
        output::say("allowed; nothing was started (--dry-run)")?;
        return Ok(Outcome::Good);
    }
    let (client, account) = connect(&platform)?;
    let nonce = Uuid::new_v4().to_string();
    let run = RunRequest::for_deployment(&service.pipeline_identifier(), &request, "the command line", &nonce);
    match pollster::block_on(client.run_pipeline(&run))? {
        RunOutcome::Denied { messages } => {
            output::say(&format!("a policy of Harness refused: {}", messages.join("; ")))?;
            Ok(Outcome::Findings)
        }
        RunOutcome::Started { execution_id, url, .. } => {
            output::say(&format!("started {execution_id}\n{url}"))?;
            if arguments.wait {
                wait(&client, &account, &execution_id)
            } else {
                Ok(Outcome::Good)
            }
        }
    }
}

impl Arguments {
    fn request(&self) -> DeployRequest {
        DeployRequest {
            service: self.service.clone(),
            image_tag: self.image_tag.clone(),
            environment: self.environment.clone(),
            region: self.region.clone(),
            change_ticket: self.change_ticket.clone(),
            rollback_plan: self.rollback_plan.clone(),
            business_justification: self.business_justification.clone(),
            ..DeployRequest::default()
        }
    }
}

fn wait(client: &HarnessClient<UreqTransport>, account: &Account, execution: &str) -> Result<Outcome, CliError> {
    let options = HistoryOptions {
        ui_base: Some(account.base_url.clone()),
        account: Some(account.account.clone()),
        ..HistoryOptions::default()
    };
    let mut last = String::new();
    let mut failed_looks = 0;
    loop {
        let body = match pollster::block_on(client.get_execution(execution, None)) {
            Ok(body) => body,
            Err(error) if failed_looks < MOST_FAILED_LOOKS && may_pass(error.code) => {
                failed_looks += 1;
                thread::sleep(POLL_EVERY);
                continue;
            }
            Err(error) => return Err(error.into()),
        };
        failed_looks = 0;
        let progress = shape_progress(&body, &options)
            .map_err(|error| CliError::Input(format!("cannot read what Harness answered: {error}")))?;
        let line = describe(&progress);
        if line != last {
            output::say(&line)?;
            last = line;
        }
        match progress.phase {
            StatusPhase::Succeeded => return Ok(Outcome::Good),
            phase if phase.is_terminal() => return Ok(Outcome::Findings),
            _ => thread::sleep(POLL_EVERY),
        }
    }
}

/// Whether the same look may succeed a moment later. That an execution does not exist is told with 400, 404 or 500.
fn may_pass(code: FailureCode) -> bool {
    !matches!(
        code,
        FailureCode::Unauthorized | FailureCode::Forbidden | FailureCode::WrongScope
    )
}

/// `Running: Deploy prod, Canary 10 percent`, or the failure.
fn describe(progress: &ExecutionProgress) -> String {
    let status = progress.status.as_str();
    if let Some(failure) = &progress.failure {
        return format!("{status}: {failure}");
    }
    let Some(stage) = progress.stages.iter().find(|stage| !stage.phase.is_terminal()) else {
        return status.to_owned();
    };
    match stage.steps.iter().find(|step| !step.phase.is_terminal()) {
        Some(step) => format!("{status}: {}, {}", stage.name, step.name),
        None => format!("{status}: {}", stage.name),
    }
}
