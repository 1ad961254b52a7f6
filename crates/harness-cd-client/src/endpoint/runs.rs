//! Runs of a pipeline: sent once.

use std::iter;

use harness_cd_links::execution_page;
use harness_cd_model::words::quoted;
use harness_cd_model::{ExecutionStatus, PipelineRef};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::lost_runs::LostRun;
use super::pipelines::{branch_query, on_branch};
use crate::budget::Urgency;
use crate::failure::{Subject, failure, harmless, is_web_page};
use crate::request::identifier;
use crate::transport::{Body, Method, Request, Response, Transport};
use crate::{FailureCode, HarnessClient, HarnessFailure};

/// Which of Harness's two generations of calls starts a pipeline. Source: harness-api §0.2, run-inputs §10.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Generation {
    /// The call for pipelines with `<+input>`.
    #[default]
    Classic,
    /// The newer one, for pipelines of Harness 3.0. That it starts them is public nowhere: a Harness that does not says
    /// so, and starts nothing.
    V1,
}

/// A run of a pipeline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunRequest {
    /// The pipeline.
    pub pipeline: PipelineRef<'static>,
    /// The call that starts it.
    pub generation: Generation,
    /// The pipeline's YAML as it was checked: a pipeline that is another one by now is not run.
    pub checked: String,
    /// What the pipeline asks for: its own structure with only its inputs filled, as YAML; JSON is YAML.
    pub body: String,
    /// The input sets whose answers are in the body: for Harness's record of the run, and its filter of executions.
    pub input_sets: Vec<String>,
    /// The stages to run, where not all of them do.
    pub stages: Vec<String>,
    /// The execution's notes: who, why.
    pub notes: String,
    /// A text that no other run has, 8 to 64 letters, digits, `-` and `_`. It is put into the notes where they do
    /// not hold it, and tells this run from every other after an ambiguous answer.
    pub nonce: String,
}

/// What became of a run that Harness accepted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum RunOutcome {
    /// It was started.
    Started {
        /// The execution (Harness's `planExecutionId`).
        execution_id: String,
        /// Its status as far as it is known.
        status: ExecutionStatus,
        /// Its page in Harness's own user interface.
        url: String,
    },
    /// A policy refused it.
    Denied {
        /// What the policies say; at least one.
        messages: Vec<String>,
    },
}

impl<T: Transport> HarnessClient<T> {
    /// Starts a pipeline, and after an ambiguous answer looks for the execution by its nonce; `lost` is told before it
    /// does, as that takes its time.
    ///
    /// # Errors
    /// Those of [`HarnessClient::send_run`]; [`FailureCode::OutcomeUnknown`] where no execution was found.
    pub async fn run_pipeline(
        &self,
        run: &RunRequest,
        lost: impl FnOnce(&HarnessFailure),
    ) -> Result<RunOutcome, HarnessFailure> {
        let since = self.transport.now_ms();
        match self.send_run(run).await {
            Err(failure) if failure.code == FailureCode::OutcomeUnknown => {
                lost(&failure);
                let nonce = run.nonce.clone();
                let found = self.find_run(&run.pipeline, &LostRun { nonce, since }, &[]).await;
                found.ok_or_else(|| not_found(failure))
            }
            clear => clear,
        }
    }

    /// Starts a pipeline. The pipeline is read first, so that a Harness that is down, a refused key, a missing pipeline
    /// or one that was changed after its check is known before anything is sent. The run is sent once, whatever happens:
    /// Harness would start it twice.
    ///
    /// # Errors
    /// [`FailureCode::OutcomeUnknown`] where the answer does not tell whether the pipeline was started, and
    /// [`HarnessClient::find_run`] may; with every other code it was not. [`FailureCode::Conflict`] where the pipeline was
    /// changed after its check.
    pub async fn send_run(&self, run: &RunRequest) -> Result<RunOutcome, HarnessFailure> {
        let request = self.run_request(run)?;
        let live = self.get_pipeline(&run.pipeline).await?;
        if live.yaml != run.checked {
            return Err(changed(&run.checked, &live.yaml));
        }
        self.admit(Urgency::Interactive, self.read_deadline()).await?;
        match self.send(&request).await {
            Ok(response) => self.read_run_answer(run, &response),
            Err(error) => Err(outcome_unknown(run, self.redacted(error.into()))),
        }
    }

    fn run_request(&self, run: &RunRequest) -> Result<Request, HarnessFailure> {
        let pipeline = identifier("a pipeline's identifier", &run.pipeline.pipeline)?;
        let nonce_character = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_');
        if !(8..=64).contains(&run.nonce.len()) || !run.nonce.bytes().all(nonce_character) {
            let message = "the nonce of a run has 8 to 64 letters, digits, `-` and `_`";
            return Err(HarnessFailure::new(FailureCode::InvalidRequest, message));
        }
        let notes = if run.notes.contains(&run.nonce) {
            run.notes.clone()
        } else {
            // In front, where it stays if Harness cuts long notes.
            format!("[harness-cd:{}] {}", run.nonce, run.notes)
                .trim_end()
                .to_owned()
        };
        if run.generation == Generation::V1 {
            return self.run_request_v1(run, pipeline, &notes);
        }
        let body = body_of(run)?;
        let mut path = vec!["pipeline", "api", "pipeline", "execute", pipeline];
        path.extend((!run.stages.is_empty()).then_some("stages"));
        let mut query = vec![("moduleType", "CD"), ("notesForPipelineExecution", notes.as_str())];
        query.extend(branch_query(&run.pipeline));
        // For the record alone: Harness does not apply their values reliably. Source: run-inputs §6.
        query.extend(run.input_sets.iter().map(|set| ("inputSetIdentifiers", set.as_str())));
        self.request(Method::Post, &run.pipeline.scope(), &path, &query, Some(body))
    }

    /// Source: run-inputs §10 [CORE openapi v1]: notes travel here as well. That they are kept is not confirmed: a run that
    /// is lost without them is not found, and its outcome stays unknown.
    fn run_request_v1(&self, run: &RunRequest, pipeline: &str, notes: &str) -> Result<Request, HarnessFailure> {
        let scope = run.pipeline.scope();
        let path = [
            "v1",
            "orgs",
            &scope.org,
            "projects",
            &scope.project,
            "pipelines",
            pipeline,
            "execute",
        ];
        let mut query = vec![("module", "CD"), ("notes", notes)];
        query.extend(run.pipeline.branch.iter().map(|branch| ("branch_name", &**branch)));
        let body = Body::json("application/json", &json!({ "inputs_yaml": run.body }))?;
        self.request_v1(Method::Post, &scope, &path, &query, Some(body))
    }

    fn read_run_answer(&self, run: &RunRequest, response: &Response) -> Result<RunOutcome, HarnessFailure> {
        let subject = Subject::Pipeline(&run.pipeline.pipeline);
        match failure(response, subject, &self.options.api_key) {
            Some(error) if is_clean_refusal(response) => Err(on_branch(error, &run.pipeline)),
            Some(error) => Err(outcome_unknown(run, error)),
            None => self.outcome_in(run, response).ok_or_else(|| {
                let message = format!("Harness's answer (status {}) cannot be read", response.status);
                let error = HarnessFailure::new(FailureCode::MalformedResponse, message);
                let status = Some(response.status);
                outcome_unknown(run, HarnessFailure { status, ..error })
            }),
        }
    }

    fn outcome_in(&self, run: &RunRequest, response: &Response) -> Option<RunOutcome> {
        let answer: Value = serde_json::from_slice(&response.body).ok()?;
        if run.generation == Generation::V1 {
            let details = answer.get("execution_details")?;
            return Some(self.started(&run.pipeline, details.get("execution_id")?.as_str()?, details));
        }
        let data = answer.get("data")?;
        let execution = data.get("planExecution").unwrap_or(data);
        let governance = execution
            .get("governanceMetadata")
            .or_else(|| data.get("governanceMetadata"));
        if let Some(denied) = governance.and_then(|governance| self.denial(governance)) {
            return Some(denied);
        }
        let metadata_id = || execution.get("metadata")?.get("executionUuid")?.as_str();
        let id = execution.get("uuid").and_then(Value::as_str).or_else(metadata_id)?;
        Some(self.started(&run.pipeline, id, execution))
    }

    pub(super) fn started(&self, pipeline: &PipelineRef<'_>, id: &str, execution: &Value) -> RunOutcome {
        RunOutcome::Started {
            execution_id: id.to_owned(),
            status: ExecutionStatus::parse(execution.get("status").and_then(Value::as_str).unwrap_or("Running")),
            url: execution_page(&self.pipeline_page(pipeline), id),
        }
    }

    /// What the policies say where they deny. Some generated clients spell the lists with a suffix.
    pub(super) fn denial(&self, governance: &Value) -> Option<RunOutcome> {
        governance.get("deny").and_then(Value::as_bool).filter(|deny| *deny)?;
        let sets = either(governance, "details", "detailsList");
        let policies = sets
            .iter()
            .flat_map(|set| either(set, "policyMetadata", "policyMetadataList"));
        let said = policies.flat_map(|policy| either(policy, "denyMessages", "denyMessagesList"));
        let own = governance.get("message");
        let mut messages: Vec<String> = Vec::new();
        for message in said
            .chain(own)
            .filter_map(Value::as_str)
            .filter(|message| !message.trim().is_empty())
        {
            let message = harmless(message, &self.options.api_key);
            if !messages.contains(&message) {
                messages.push(message);
            }
        }
        if messages.is_empty() {
            messages.push("a policy of Harness denies this run and does not say why".to_owned());
        }
        Some(RunOutcome::Denied { messages })
    }
}

/// A run of chosen stages has its inputs within a body of JSON. Source: run-inputs §1.5.
fn body_of(run: &RunRequest) -> Result<Body, HarnessFailure> {
    if !run.stages.is_empty() {
        let chosen = json!({ "runtimeInputYaml": run.body, "stageIdentifiers": run.stages, "expressionValues": {} });
        return Body::json("application/json", &chosen);
    }
    Ok(Body {
        content_type: "application/yaml",
        bytes: run.body.clone().into_bytes(),
    })
}

/// Whether Harness said no before anything started: a 4xx of its own, not one of a proxy in between. Too long an
/// address and too many calls are refused before Harness proper sees the request, by whoever answers, as a page or not.
pub(super) fn is_clean_refusal(response: &Response) -> bool {
    match response.status {
        414 | 429 => true,
        408 => false,
        status => (400..500).contains(&status) && !is_web_page(&response.body),
    }
}

/// Why a pipeline that was changed after its check is not run: nobody checked what it would do now.
fn changed(checked: &str, live: &str) -> HarnessFailure {
    let lines = checked.lines().map(Some).chain(iter::repeat(None));
    let differing = (1..).zip(lines.zip(live.lines().map(Some).chain([None])));
    let place = differing
        .into_iter()
        .find(|(_, (before, now))| before != now)
        .map(|(line, (before, now))| {
            let text = |line: Option<&str>| line.map_or_else(|| "nothing".to_owned(), |line| quoted(line.trim()));
            format!(", first in line {line}: {} was {}", text(now), text(before))
        });
    let message = format!(
        "the pipeline was changed while the request was checked{}; nothing was started, check the request against the \
         pipeline as it is now",
        place.unwrap_or_default()
    );
    HarnessFailure::new(FailureCode::Conflict, message)
}

fn outcome_unknown(run: &RunRequest, cause: HarnessFailure) -> HarnessFailure {
    let pipeline = &run.pipeline.pipeline;
    HarnessFailure {
        code: FailureCode::OutcomeUnknown,
        message: format!(
            "it is not known whether the pipeline `{pipeline}` was started: {}",
            cause.message
        ),
        ..cause
    }
}

fn not_found(lost: HarnessFailure) -> HarnessFailure {
    let message = format!(
        "{}; no execution of this start was found. Before running it again, look in the pipeline's executions for one \
         that started just now",
        lost.message
    );
    HarnessFailure { message, ..lost }
}

/// The list under one of two names.
fn either<'v>(value: &'v Value, name: &str, other: &str) -> &'v [Value] {
    let list = value.get(name).or_else(|| value.get(other)).and_then(Value::as_array);
    list.map(Vec::as_slice).unwrap_or_default()
}
