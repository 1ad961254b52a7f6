//! `deploy SERVICE --env E --region R --image-tag T`, or `deploy --pipeline REF`

use std::path::Path;

use harness_cd::client::{FailureCode, HarnessFailure, RunOutcome};
use harness_cd::pipeline::deploy_rules;
use harness_cd::{AllowedDeployment, DeployCheck, DeployQuestion, EntityClaim, check_rules, read_rules, rules_of};
use harness_cd_model::words::did_you_mean;
use harness_cd_model::{
    AnnotationTrust, ConfigReading, DeployRequest, DeployRules, DeployVerdict, ExecutionProgress, ExecutionStatus,
    InputValue, InputValues, PipelineRef, StatusPhase, StoppedService, Violation,
};
use uuid::Uuid;

use crate::config_repo::{is_there, no_platform, read_files, read_platform};
use crate::error::{CliError, Outcome};
use crate::harness::{Connection, PORTS, Project, connect, has_key, now_ms};
use crate::output;
use crate::pipeline_ref::PipelineArgument;

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// A pipeline of no config repo: the address of one of its pages in Harness, or ORG/PROJECT/IDENTIFIER
    #[arg(long, value_name = "REF", conflicts_with = "OfService")]
    pipeline: Option<PipelineArgument>,
    /// Refuse the pipeline where it is not this catalog entity's, for example component:default/payment-service; by
    /// default the entity of the service, and with --pipeline nobody is asked for
    #[arg(long, value_name = "REF")]
    entity: Option<String>,
    #[command(flatten)]
    of_service: OfService,
    /// A further input of the pipeline, by the name of its variable or its pointer; given several times, it takes several
    /// values. NAME:=JSON gives a list or an object
    #[arg(long = "input", value_name = "NAME=VALUE", value_parser = named_value)]
    inputs: Vec<(String, InputValue)>,
    /// A saved input set or overlay of the pipeline, by its identifier; given several times, a later one wins, and what
    /// the command line says itself over all
    #[arg(long = "input-set", value_name = "ID")]
    input_sets: Vec<String>,
    /// A stage to run, by its identifier, where the pipeline allows to choose; given several times, those stages
    #[arg(long = "stage", value_name = "ID")]
    stages: Vec<String>,
    /// Check the request and stop there; without an API key against the rules alone
    #[arg(long)]
    dry_run: bool,
    /// Stay until the deployment has ended
    #[arg(long, conflicts_with = "dry_run")]
    wait: bool,
}

/// What is said of a service of the config repo, and has no meaning for any other pipeline.
#[derive(clap::Args)]
struct OfService {
    /// The service's name, as in services.yaml
    #[arg(required_unless_present = "pipeline")]
    service: Option<String>,
    /// The environment's name
    #[arg(long = "env", value_name = "NAME", required_unless_present = "pipeline")]
    environment: Option<String>,
    /// The region's name
    #[arg(long, value_name = "NAME", required_unless_present = "pipeline")]
    region: Option<String>,
    /// The image tag, for example v2.3.1
    #[arg(long, value_name = "TAG", required_unless_present = "pipeline")]
    image_tag: Option<String>,
    /// The change ticket, where the environment requires one
    #[arg(long, value_name = "ID")]
    change_ticket: Option<String>,
    /// How to go back, where the environment requires it
    #[arg(long, value_name = "TEXT")]
    rollback_plan: Option<String>,
    /// Why now
    #[arg(long, value_name = "TEXT")]
    business_justification: Option<String>,
}

/// What is to be run, and by which rules.
struct Target {
    project: Project,
    pipeline: String,
    branch: Option<String>,
    rules: Option<DeployRules>,
    /// The pipelines of the config repo, one of which may have been meant.
    known: Vec<String>,
}

impl Target {
    /// Why a pipeline is checked by what it asks for alone.
    fn without_rules(&self, repo: &Path) -> String {
        let repo = repo.display();
        let why = match self.known.is_empty() {
            true => format!("{repo} is no config repo (--config-repo DIR)"),
            false => format!("no service of the config repo {repo} has this pipeline"),
        };
        format!("no rules were asked: {why}")
    }

    /// A failure, with the pipeline that may have been meant where there is none of that identifier.
    fn advised(&self, failure: HarnessFailure) -> HarnessFailure {
        let known = self.known.iter().map(String::as_str);
        match did_you_mean(&self.pipeline, known) {
            Some(question) if failure.code == FailureCode::PipelineNotFound => {
                let message = format!("{}; {question}", failure.message);
                HarnessFailure { message, ..failure }
            }
            _ => failure,
        }
    }
}

pub(crate) fn run(arguments: &Arguments, repo: &Path) -> Result<Outcome, CliError> {
    let target = arguments.target(repo)?;
    if target.rules.is_none() {
        output::note(&target.without_rules(repo));
    }
    let request = output::json(&arguments.request()?)?;
    // A refusal by the rules needs no key.
    let by_rules = target
        .rules
        .as_ref()
        .map(|rules| check_rules(&request, rules, now_ms(), PORTS));
    if let Some(DeployVerdict::Rejected { violations }) = &by_rules {
        return refused(violations);
    }
    if arguments.dry_run && !has_key() && by_rules.is_some() {
        output::say("allowed by the rules; the pipeline in Harness was not asked, as HARNESS_API_KEY is not set")?;
        return Ok(Outcome::Good);
    }
    let connection = connect(&target.project)?;
    let question = DeployQuestion {
        request,
        pipeline: PipelineRef {
            branch: target.branch.clone().map(Into::into),
            ..connection.scope.pipeline(&target.pipeline)
        },
        claim: arguments.claim(target.rules.as_ref()),
        rules: target.rules.clone(),
    };
    let check = pollster::block_on(connection.harness.check(&question, PORTS));
    match check.map_err(|failure| target.advised(failure))? {
        DeployCheck::Rejected { violations } => refused(&violations),
        DeployCheck::Allowed(deployment) => {
            output::warn(&deployment.warnings);
            if arguments.dry_run {
                output::say("allowed; nothing was started (--dry-run)")?;
                return Ok(Outcome::Good);
            }
            start(&connection, &deployment, arguments)
        }
    }
}

impl Arguments {
    fn target(&self, repo: &Path) -> Result<Target, CliError> {
        if let Some(named) = self.pipeline.clone() {
            let (all, stopped) = all_rules(repo)?;
            let rules = rules_of(&all, &stopped, &named.reference());
            let rules = rules.map_err(|failure| CliError::Input(failure.message))?.cloned();
            return Ok(Target {
                project: named.project,
                // Harness knows it by its identifier alone.
                pipeline: rules.as_ref().map_or(named.pipeline, |rules| rules.pipeline.clone()),
                branch: named.branch,
                rules,
                known: all.into_iter().map(|rules| rules.pipeline).collect(),
            });
        }
        let described = read_platform(repo)?;
        let name = self.of_service.service.as_deref().unwrap_or_default();
        let (platform, service) = (&described.platform, described.service(name)?);
        Ok(Target {
            project: Project::of(&platform.project_of(service)),
            pipeline: service.pipeline_identifier(),
            branch: None,
            rules: Some(deploy_rules(platform, service)),
            known: Vec::new(),
        })
    }

    /// The entity that the pipeline has to be of: the service's own, or the one that was named.
    fn claim(&self, rules: Option<&DeployRules>) -> Option<EntityClaim> {
        let entity = self.entity.clone().or_else(|| Some(rules?.entity.clone()))?;
        Some(EntityClaim {
            entity,
            trust: AnnotationTrust::default(),
        })
    }

    fn request(&self) -> Result<DeployRequest, CliError> {
        let given = &self.of_service;
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        Ok(DeployRequest {
            service: text(&given.service),
            image_tag: text(&given.image_tag),
            environment: text(&given.environment),
            region: text(&given.region),
            change_ticket: given.change_ticket.clone(),
            rollback_plan: given.rollback_plan.clone(),
            business_justification: given.business_justification.clone(),
            input_sets: self.input_sets.clone(),
            stages: self.stages.clone(),
            inputs: input_values(&self.inputs)?,
        })
    }
}

/// The rules of every service of the config repo, and those that have none until something is mended; none where there is
/// no config repo.
fn all_rules(repo: &Path) -> Result<(Vec<DeployRules>, Vec<StoppedService>), CliError> {
    if !is_there(repo) {
        return Ok(Default::default());
    }
    match read_rules(&read_files(repo)?) {
        ConfigReading::Read {
            rules,
            stopped,
            diagnostics,
            ..
        } => {
            output::note_findings(&diagnostics);
            Ok((rules, stopped))
        }
        ConfigReading::Rejected { diagnostics } => {
            output::note_findings(&diagnostics);
            Err(no_platform(repo, &diagnostics))
        }
    }
}

/// How values are written.
const JSON: &str =
    r#"write a list as ["a", "b"], an object as {"branch": "main"}, and a text, a number, true or false as NAME=VALUE"#;

fn named_value(text: &str) -> Result<(String, InputValue), String> {
    let (name, value) = text.split_once('=').unwrap_or_default();
    let (name, value) = match name.strip_suffix(':') {
        Some(name) => {
            let read = serde_json::from_str(value);
            (
                name,
                read.map_err(|_| format!("`{value}` is no list and no object in JSON; {JSON}"))?,
            )
        }
        None => (name, InputValue::One(value.to_owned())),
    };
    match name {
        "" => Err("write it as NAME=VALUE or NAME:=JSON".to_owned()),
        _ => Ok((name.to_owned(), value)),
    }
}

fn input_values(given: &[(String, InputValue)]) -> Result<InputValues, CliError> {
    let mut values = InputValues::new();
    for (name, value) in given {
        let value = match (values.remove(name), value) {
            (None, value) => value.clone(),
            (Some(before @ (InputValue::One(_) | InputValue::Many(_))), InputValue::One(text)) => {
                InputValue::Many([before.values(), std::slice::from_ref(text)].concat())
            }
            _ => {
                return Err(CliError::Input(format!(
                    "the input {name} is given twice; give all of it at once"
                )));
            }
        };
        values.insert(name.clone(), value);
    }
    Ok(values)
}

fn refused(violations: &[Violation]) -> Result<Outcome, CliError> {
    output::say_refused(violations)?;
    Ok(Outcome::Findings)
}

fn start(connection: &Connection, deployment: &AllowedDeployment, arguments: &Arguments) -> Result<Outcome, CliError> {
    let nonce = Uuid::new_v4().to_string();
    let lost = |_: &HarnessFailure| {
        output::note("Harness gave no answer that tells whether it started; looking for the run, for up to a minute …");
    };
    let start = connection.harness.start(deployment, "the command line", &nonce, lost);
    match pollster::block_on(start)? {
        RunOutcome::Denied { messages } => {
            output::say(&format!("a policy of Harness refused: {}", messages.join("; ")))?;
            Ok(Outcome::Findings)
        }
        RunOutcome::Started { execution_id, url, .. } => {
            output::say(&format!("started {execution_id}\n{url}"))?;
            if arguments.wait {
                follow(connection, &execution_id)
            } else {
                Ok(Outcome::Good)
            }
        }
    }
}

fn follow(connection: &Connection, execution: &str) -> Result<Outcome, CliError> {
    let mut last = String::new();
    let tell = |progress: &ExecutionProgress| {
        let line = describe(progress);
        if line != last {
            output::say(&line)?;
            last = line;
        }
        Ok::<_, CliError>(())
    };
    let Connection { harness, scope } = connection;
    let ended = pollster::block_on(harness.follow(scope, execution, tell))?;
    Ok(match ended.phase {
        StatusPhase::Succeeded => Outcome::Good,
        _ => Outcome::Findings,
    })
}

/// `Running: Deploy prod, Canary 10 percent`, or the failure; of a run that waits for an input, where to give it.
fn describe(progress: &ExecutionProgress) -> String {
    let status = progress.status.as_str();
    if let Some(failure) = &progress.failure {
        return format!("{status}: {failure}");
    }
    let Some(stage) = progress.stages.iter().find(|stage| !stage.phase.is_terminal()) else {
        return status.to_owned();
    };
    let place = match stage.steps.iter().find(|step| !step.phase.is_terminal()) {
        Some(step) => format!("{status}: {}, {}", stage.name, step.name),
        None => format!("{status}: {}", stage.name),
    };
    match (&progress.status, &progress.url) {
        (ExecutionStatus::InputWaiting, Some(url)) => format!("{place}; the run waits for an input, give it at {url}"),
        _ => place,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_input_is_a_text_several_or_json() {
        let read = |given: &[&str]| {
            let values: Result<Vec<_>, String> = given.iter().map(|text| named_value(text)).collect();
            let values = input_values(&values?).map_err(|error| error.to_string())?;
            serde_json::to_string(&values).map_err(|error| error.to_string())
        };
        for (given, expected) in [
            (&["a=b=c"][..], r#"{"a":"b=c"}"#),
            (&["a=x", "a=y", "a=z"], r#"{"a":["x","y","z"]}"#),
            (&[r#"a:=["x"]"#], r#"{"a":["x"]}"#),
            (&[r#"a:={"b":1.5}"#], r#"{"a":{"b":1.5}}"#),
            (&["a:=true", r#"b:="x""#], r#"{"a":"true","b":"x"}"#),
            (
                &[r#"build:={"branch":"main"}"#, "b="],
                r#"{"b":"","build":{"branch":"main"}}"#,
            ),
        ] {
            assert_eq!(read(given).as_deref(), Ok(expected), "{given:?}");
        }
        for wrong in [
            &["a"][..],
            &["=x"],
            &["a:={"],
            &["a:=b"],
            &["a:=1.5"],
            &["a:=[b]"],
            &[":=1"],
            &["a=x", "a:={}"],
            &["a:={}", "a=x"],
        ] {
            assert!(read(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn a_run_that_waits_for_an_input_says_where_to_give_it() {
        let waiting = serde_json::json!({ "status": "InputWaiting", "phase": "waiting" });
        let of = |more: serde_json::Value| {
            let mut all = waiting.as_object().cloned().unwrap_or_default();
            all.extend(more.as_object().cloned().unwrap_or_default());
            serde_json::Value::from(all)
        };
        let step = of(serde_json::json!({ "identifier": "ask", "name": "Ask", "stepType": "ShellScript" }));
        let stage =
            of(serde_json::json!({ "identifier": "s", "name": "Prepare", "stageType": "Custom", "steps": [step] }));
        let run = serde_json::json!({ "executionId": "e1", "pipeline": "p", "url": "https://app.harness.io/e1", "stages": [stage] });
        let progress: Result<ExecutionProgress, _> = serde_json::from_value(of(run));
        assert_eq!(
            progress
                .map(|progress| describe(&progress))
                .map_err(|error| error.to_string()),
            Ok(
                "InputWaiting: Prepare, Ask; the run waits for an input, give it at https://app.harness.io/e1"
                    .to_owned()
            )
        );
    }
}
