//! What a run asks for while it goes on, and the answer to it.

use harness_cd_client::{FailureCode, HarnessFailure, Transport};
use harness_cd_model::{
    AnswerOutcome, DeployRules, DeployTarget, DeployVerdict, ExecutionProgress, InputQuestion, PipelineRef,
    RuntimeInput,
};
use harness_cd_pipeline::{FillError, fill_question, runtime_inputs};
use serde::Deserialize;

use crate::check::{Claimed, judge, require_owner};
use crate::live_pipeline::tags_of;
use crate::{EntityClaim, HarnessCd, Ports, with_reach_of_patterns};

/// An answer to what a run asks for.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
pub struct InputAnswer {
    /// The answer, as the JSON text that a person or a program sent: a deploy request with `inputs` and nothing else.
    pub request: String,
    /// The pipeline that runs.
    pub pipeline: PipelineRef<'static>,
    /// The rules of the service that it deploys; absent for a pipeline that is in no config repo.
    pub rules: Option<DeployRules>,
    /// The entity that the answer is given for.
    pub claim: Option<EntityClaim>,
    /// The execution.
    pub execution: String,
    /// The node of it that asks.
    pub node: String,
}

impl<T: Transport> HarnessCd<T> {
    /// What a node of a pipeline's execution asks for; `None` where it does not wait for anything now.
    ///
    /// # Errors
    /// Those of the reads; [`FailureCode::NotFound`] for an execution of another pipeline.
    pub async fn input_question(
        &self,
        pipeline: &PipelineRef<'_>,
        execution: &str,
        node: &str,
    ) -> Result<Option<InputQuestion>, HarnessFailure> {
        let question = self.question(pipeline, execution, node).await?;
        Ok(question.map(|(_, inputs)| InputQuestion {
            node: node.to_owned(),
            inputs,
        }))
    }

    /// Checks an answer, and sends one that is right, once.
    ///
    /// # Errors
    /// Those of [`HarnessCd::input_question`]; [`FailureCode::ForeignPipeline`] where the pipeline is not the entity's;
    /// [`FailureCode::OutcomeUnknown`] where it is not known whether Harness took the answer.
    pub async fn answer_input(&self, answer: &InputAnswer, ports: Ports<'_>) -> Result<AnswerOutcome, HarnessFailure> {
        let InputAnswer {
            pipeline,
            execution,
            node,
            ..
        } = answer;
        self.require_owner_of(answer).await?;
        let Some((question, inputs)) = self.question(pipeline, execution, node).await? else {
            return Ok(AnswerOutcome::TooLate);
        };
        let target = DeployTarget {
            inputs: Some(inputs),
            stages: Some(Vec::new()),
            ..DeployTarget::default()
        };
        let now_ms = self.client.now_ms();
        let (request, verdict) = judge(&answer.request, &target, now_ms, ports);
        if let DeployVerdict::Rejected { violations } = verdict {
            return Ok(AnswerOutcome::Rejected { violations });
        }
        let filled =
            fill_question(&question, &request.unwrap_or_default().inputs).map_err(|error| unreadable(&error))?;
        let scope = pipeline.scope();
        Ok(match self.client.answer_execution_input(&scope, node, filled).await? {
            true => AnswerOutcome::Taken,
            false => AnswerOutcome::TooLate,
        })
    }

    async fn require_owner_of(&self, answer: &InputAnswer) -> Result<(), HarnessFailure> {
        let InputAnswer {
            pipeline, rules, claim, ..
        } = answer;
        let claimed = Claimed {
            pipeline,
            rules: rules.as_ref(),
            claim: claim.as_ref(),
        };
        require_owner(claimed, None)?;
        if claim.is_none() {
            return Ok(());
        }
        let live = self.client.get_pipeline(pipeline).await?;
        require_owner(claimed, Some(&tags_of(&live.yaml)))
    }

    /// The question of a node that waits for its answer, as YAML and in its inputs.
    async fn question(
        &self,
        pipeline: &PipelineRef<'_>,
        execution: &str,
        node: &str,
    ) -> Result<Option<(String, Vec<RuntimeInput>)>, HarnessFailure> {
        let scope = pipeline.scope();
        let progress = self.execution(&scope, execution).await?;
        if !is_of(&progress, pipeline) {
            let message = format!("`{execution}` is no execution of the pipeline `{}`", pipeline.pipeline);
            return Err(HarnessFailure::new(FailureCode::NotFound, message));
        }
        if !asks(&progress, node) {
            return Ok(None);
        }
        let question = self.client.get_execution_input(&scope, node).await?;
        let reading = runtime_inputs("question.yaml", question.as_bytes());
        if !reading.diagnostics.is_empty() {
            return Err(unreadable(&FillError::Unreadable(reading.diagnostics)));
        }
        // Now is when it is asked for, by the node and not by the pipeline: what there is to choose from is known of the
        // pipeline's own inputs. It is asked for once: what is not given runs with its default, or as an expression that
        // nothing resolves (run-inputs §1.3, §8).
        let now = |input: RuntimeInput| RuntimeInput {
            execution_input: false,
            required: input.required || input.default.is_none(),
            asked_by: None,
            choices: None,
            ..input
        };
        let inputs = with_reach_of_patterns(reading.inputs.into_iter().map(now).collect());
        Ok(Some((question, inputs)))
    }
}

/// Where Harness does not name organization and project, they are those that were asked.
fn is_of(progress: &ExecutionProgress, pipeline: &PipelineRef<'_>) -> bool {
    let is = |named: &Option<String>, wanted: &str| named.as_deref().is_none_or(|named| named == wanted);
    let scope = pipeline.scope();
    progress.pipeline == pipeline.pipeline && is(&progress.org, &scope.org) && is(&progress.project, &scope.project)
}

fn asks(progress: &ExecutionProgress, node: &str) -> bool {
    progress.stages.iter().any(|stage| {
        let steps = stage.steps.iter().map(|step| &step.asking_node);
        steps
            .chain([&stage.asking_node])
            .any(|asking| asking.as_deref() == Some(node))
    })
}

fn unreadable(error: &FillError) -> HarnessFailure {
    let message = format!("what the run asks for cannot be read here ({error}); answer it in Harness");
    HarnessFailure::new(FailureCode::MalformedResponse, message)
}
