//! What was chosen asks for in turn: services, environments and overrides leave inputs of their own open.

use harness_cd_client::{FailureCode, HarnessFailure, Transport};
use harness_cd_deploy::{asked_inputs, with_saved};
use harness_cd_model::{
    AskedBy, AskedKind, AskedQuestion, DeployRequest, InputValue, InputValues, PipelineRef, PipelineStage, RuntimeInput,
};
use harness_cd_pipeline::{FillError, inputs_in_place_of, with_asked};

use crate::live_pipeline::with_reach_of_patterns;
use crate::{HarnessCd, LivePipeline};

impl<T: Transport> HarnessCd<T> {
    /// What the object at a pointer of a pipeline's inputs asks for, once it is known who asks.
    ///
    /// # Errors
    /// Those of the reads; [`FailureCode::InvalidRequest`] where the pipeline asks for no such object there.
    pub async fn asked(
        &self,
        pipeline: &PipelineRef<'_>,
        pointer: &str,
        question: &AskedQuestion,
    ) -> Result<Vec<RuntimeInput>, HarnessFailure> {
        let live = self.pipeline(pipeline).await?;
        let object = live.inputs.iter().find(|input| input.pointer == pointer);
        let object = object.filter(|object| object.asked_by.as_ref().is_some_and(|by| by.of == question.of));
        let Some(object) = object else {
            let message = format!("what was chosen asks for nothing at {pointer}");
            return Err(HarnessFailure::new(FailureCode::InvalidRequest, message));
        };
        let template = self.client.get_asked(&pipeline.scope(), question).await?;
        inputs_of(object, template.as_deref())
    }

    /// A live pipeline in which what a request or its input sets chose asks for what it asks for. Where one of them gives
    /// an object whole, or Harness does not say what is asked for, the object stays one.
    pub(crate) async fn with_asked_for(
        &self,
        live: LivePipeline,
        pipeline: &PipelineRef<'_>,
        request: DeployRequest,
        saved: &InputValues,
    ) -> Result<Expanded, HarnessFailure> {
        let LivePipeline {
            yaml: checked,
            inputs: all,
            stages,
            ..
        } = live;
        let request = with_saved(request, saved, &all);
        let (mut inputs, mut asked) = (Vec::new(), Vec::new());
        for input in &all {
            let Some(question) = question_of(input, &all, &stages, &request) else {
                inputs.push(input.clone());
                continue;
            };
            match self.client.get_asked(&pipeline.scope(), &question).await {
                Ok(template) => {
                    inputs.extend(inputs_of(input, template.as_deref())?);
                    asked.push((input.pointer.clone(), template));
                }
                Err(_) => inputs.push(input.clone()),
            }
        }
        let yaml = match asked.is_empty() {
            true => checked.clone(),
            false => with_asked(&checked, &asked).map_err(|found| {
                HarnessFailure::new(FailureCode::MalformedResponse, FillError::Unreadable(found).to_string())
            })?,
        };
        Ok(Expanded {
            inputs,
            stages,
            yaml,
            checked,
        })
    }
}

/// Who is asked, once the request or the pipeline says it; nobody for an object that is given whole, or that no chosen
/// stage asks for.
fn question_of(
    object: &RuntimeInput,
    inputs: &[RuntimeInput],
    stages: &[PipelineStage],
    request: &DeployRequest,
) -> Option<AskedQuestion> {
    let is_whole = request.inputs.keys().any(|key| object.is_called(key));
    if is_whole || asked_inputs(std::slice::from_ref(object), stages, &request.stages).is_empty() {
        return None;
    }
    let AskedBy {
        of,
        service,
        service_input,
        environment,
        environment_input,
    } = object.asked_by.clone()?;
    let chosen = |fixed: Option<String>, pointer: Option<String>| {
        fixed.or_else(|| {
            chosen_for(
                inputs.iter().find(|input| Some(&input.pointer) == pointer.as_ref())?,
                request,
            )
        })
    };
    let question = AskedQuestion {
        of,
        service: chosen(service, service_input),
        environment: chosen(environment, environment_input),
    };
    let is_known = match of {
        AskedKind::Service => question.service.is_some(),
        AskedKind::Environment => question.environment.is_some(),
        AskedKind::Overrides => question.service.is_some() && question.environment.is_some(),
    };
    is_known.then_some(question)
}

/// What a request gives an input that takes one value, or else its default.
fn chosen_for(input: &RuntimeInput, request: &DeployRequest) -> Option<String> {
    let given = request.inputs.iter().find(|(key, _)| input.is_called(key));
    match given {
        Some((_, InputValue::One(text))) => Some(text.clone()),
        Some(_) => None,
        None => input.default.clone(),
    }
}

fn inputs_of(object: &RuntimeInput, template: Option<&str>) -> Result<Vec<RuntimeInput>, HarnessFailure> {
    let Some(template) = template else {
        return Ok(Vec::new());
    };
    let inputs = inputs_in_place_of(object, template).map_err(|found| {
        let first = found
            .into_iter()
            .next()
            .map_or_else(String::new, |finding| finding.message);
        let message = format!(
            "what Harness says is asked for at {} cannot be read: {first}",
            object.pointer
        );
        HarnessFailure::new(FailureCode::MalformedResponse, message)
    })?;
    Ok(with_reach_of_patterns(inputs))
}

/// A pipeline with what was chosen asks for.
pub(crate) struct Expanded {
    pub(crate) inputs: Vec<RuntimeInput>,
    /// The stages that a run may choose from.
    pub(crate) stages: Vec<PipelineStage>,
    /// The pipeline's text with it.
    pub(crate) yaml: String,
    /// The pipeline's text as it is.
    pub(crate) checked: String,
}
