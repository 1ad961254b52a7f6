//! What was chosen asks for in turn: services, their artifact sources, environments, overrides and infrastructure
//! definitions leave inputs of their own open.

use harness_cd_client::{FailureCode, HarnessFailure, Transport};
use harness_cd_deploy::{asked_inputs, with_saved};
use harness_cd_model::{
    AskedBy, AskedKind, AskedQuestion, ChoiceKind, Choices, DeployRequest, Diagnostic, HarnessScope, InputValue,
    InputValues, PipelineRef, PipelineStage, RuntimeInput,
};
use harness_cd_pipeline::{FillError, element_pointer, inputs_in_place_of, inputs_of_element, with_asked};

use crate::lists::{Lists, Sought};
use crate::live_pipeline::with_reach_of_patterns;
use crate::{HarnessCd, LivePipeline};

impl<T: Transport> HarnessCd<T> {
    /// What the object at a pointer of a pipeline's inputs asks for, or the one that is chosen for a list, once it is known
    /// who asks.
    ///
    /// # Errors
    /// Those of the reads; [`FailureCode::InvalidRequest`] where the pipeline asks for no such object there.
    pub async fn asked(
        &self,
        pipeline: &PipelineRef<'_>,
        pointer: &str,
        question: &AskedQuestion,
    ) -> Result<Vec<RuntimeInput>, HarnessFailure> {
        let opened = self.opened_to(pipeline, pointer, question).await?;
        let input = opened.inputs.iter().find(|input| input.pointer == pointer);
        let input = input.filter(|input| input.asked_by.as_ref().is_some_and(|by| by.of == question.of));
        let Some(input) = input else {
            let message = format!("what was chosen asks for nothing at {pointer}");
            return Err(HarnessFailure::new(FailureCode::InvalidRequest, message));
        };
        let template = self.client.get_asked(&pipeline.scope(), question).await?;
        let asking = Asking {
            input,
            question: question.clone(),
        };
        asking.inputs(template.as_deref())
    }

    /// A pipeline's inputs with what is chosen asks for, by a request or by the pipeline itself, and what could not be
    /// asked.
    ///
    /// # Errors
    /// [`FailureCode::MalformedResponse`] for an answer of Harness that cannot be read.
    pub async fn with_asked_inputs(
        &self,
        scope: &HarnessScope,
        inputs: &[RuntimeInput],
        request: &DeployRequest,
    ) -> Result<(Vec<RuntimeInput>, Vec<(AskedQuestion, HarnessFailure)>), HarnessFailure> {
        let answers = self.ask(scope, inputs, &[], request, &InputValues::new()).await?;
        Ok((answers.inputs, answers.failures))
    }

    /// A live pipeline in which whatever stands for an input at a pointer is what was chosen asks for.
    pub(crate) async fn opened_to(
        &self,
        pipeline: &PipelineRef<'_>,
        pointer: &str,
        chosen: &AskedQuestion,
    ) -> Result<Opened, HarnessFailure> {
        let LivePipeline { yaml, inputs, .. } = self.pipeline(pipeline).await?;
        let mut opened = Opened { yaml, inputs };
        // What takes the place of an object is below it, so that this ends.
        while let Some((object, of)) = opened.object_above(pointer) {
            let question = AskedQuestion { of, ..chosen.clone() };
            let template = self.client.get_asked(&pipeline.scope(), &question).await?;
            let asking = Asking {
                input: &object,
                question,
            };
            opened = Opened {
                inputs: asking.inputs(template.as_deref())?,
                yaml: with_templates(&opened.yaml, &[(object.pointer.clone(), template)])?,
            };
        }
        Ok(opened)
    }

    /// A live pipeline in which what a request or its input sets chose asks for what it asks for. Where one of them gives
    /// an object whole, or Harness does not say what is asked for, the object stays one.
    pub(crate) async fn with_asked_for(
        &self,
        live: LivePipeline,
        pipeline: &PipelineRef<'_>,
        request: DeployRequest,
        saved: &InputValues,
        lists: &mut Lists<'_, T>,
    ) -> Result<Expanded, HarnessFailure> {
        let LivePipeline {
            yaml: checked,
            inputs: all,
            stages,
            ..
        } = live;
        let scope = pipeline.scope();
        let mut answers = self.ask(&scope, &all, &stages, &request, saved).await?;
        let request = with_saved(request, saved, &all);
        answers.elements.extend(agents(&all, &request, lists).await);
        Ok(Expanded {
            asking: answers.asking,
            inputs: answers.inputs,
            stages,
            yaml: with_templates(&checked, &answers.objects)?,
            elements: answers.elements,
            checked,
        })
    }

    /// What Harness says is asked for where a request and what was saved have chosen. A service asks for its artifact
    /// source, which asks for something in turn.
    async fn ask(
        &self,
        scope: &HarnessScope,
        all: &[RuntimeInput],
        stages: &[PipelineStage],
        request: &DeployRequest,
        saved: &InputValues,
    ) -> Result<Answers, HarnessFailure> {
        let mut answers = Answers {
            inputs: all.to_vec(),
            ..Answers::default()
        };
        for asks_sources in [false, true] {
            let inputs = std::mem::take(&mut answers.inputs);
            let request = with_saved(request.clone(), saved, &inputs);
            let asking = inputs.iter().filter(|input| input.asked_by.is_some());
            answers.asking.extend(asking.cloned());
            for input in &inputs {
                let asking = asking_at(input, &inputs, stages, &request).into_iter();
                let asking = asking.filter(|asking| (asking.question.of == AskedKind::Source) == asks_sources);
                self.ask_at(scope, input, asking, &mut answers).await?;
            }
        }
        Ok(answers)
    }

    /// An input, or what is asked for in its place or beside it.
    async fn ask_at(
        &self,
        scope: &HarnessScope,
        input: &RuntimeInput,
        all_asking: impl Iterator<Item = Asking<'_>>,
        answers: &mut Answers,
    ) -> Result<(), HarnessFailure> {
        let mut is_replaced = false;
        let mut asked = Vec::new();
        for asking in all_asking {
            match self.client.get_asked(scope, &asking.question).await {
                Ok(template) => {
                    asked.extend(asking.inputs(template.as_deref())?);
                    is_replaced |= !asking.is_of_element();
                    answers.keep(&asking, template);
                }
                Err(failure) => answers.failures.push((asking.question, failure)),
            }
        }
        if !is_replaced {
            answers.inputs.push(input.clone());
        }
        answers.inputs.extend(asked);
        Ok(())
    }
}

/// The agents of chosen GitOps clusters, which Harness takes beside their identifiers: as its list names them. Source:
/// run-inputs §3.
async fn agents<T: Transport>(
    all: &[RuntimeInput],
    request: &DeployRequest,
    lists: &mut Lists<'_, T>,
) -> Vec<(String, String)> {
    let mut agents = Vec::new();
    for list in all {
        let of_clusters = |choices: &&Choices| choices.of == ChoiceKind::Cluster;
        let Some(choices) = list.choices.as_ref().filter(of_clusters) else {
            continue;
        };
        let within = chosen(choices.within.clone(), choices.within_input.as_deref(), all, request);
        for name in chosen_names(list, request) {
            let Sought::Found(cluster) = lists.seek(ChoiceKind::Cluster, within.as_deref(), &name).await else {
                continue;
            };
            if let Some(agent) = cluster.agent {
                let held = serde_json::json!({ AGENT: agent }).to_string();
                agents.push((element_pointer(list, &name, AGENT), held));
            }
        }
    }
    agents
}

/// Where an element of a list of GitOps clusters names its agent.
const AGENT: &str = "agentIdentifier";

/// What Harness says is asked for.
#[derive(Default)]
struct Answers {
    inputs: Vec<RuntimeInput>,
    /// The objects that stand for what is asked for: each pointer with the YAML.
    objects: Vec<(String, Option<String>)>,
    /// The same of elements of lists.
    elements: Vec<(String, String)>,
    /// What asks for something in turn, also where an answer took its place.
    asking: Vec<RuntimeInput>,
    failures: Vec<(AskedQuestion, HarnessFailure)>,
}

impl Answers {
    fn keep(&mut self, asking: &Asking<'_>, template: Option<String>) {
        if asking.is_of_element() {
            let pointer = element_pointer(asking.input, asking.name(), asking.question.of.key());
            self.elements.extend(template.map(|template| (pointer, template)));
        } else {
            self.objects.push((asking.input.pointer.clone(), template));
        }
    }
}

/// Who is asked, and about what: the object that stands for it, or the list that is chosen from.
struct Asking<'i> {
    input: &'i RuntimeInput,
    question: AskedQuestion,
}

impl Asking<'_> {
    fn is_of_element(&self) -> bool {
        self.input.asked_by.as_ref().is_some_and(|by| by.each)
    }

    /// The name of the chosen element.
    fn name(&self) -> &str {
        let asked = &self.question;
        let name = match asked.of {
            AskedKind::Service => &asked.service,
            AskedKind::Environment | AskedKind::Overrides => &asked.environment,
            AskedKind::Infrastructure => &asked.infrastructure,
            AskedKind::Source => &asked.source,
        };
        name.as_deref().unwrap_or_default()
    }

    fn inputs(&self, template: Option<&str>) -> Result<Vec<RuntimeInput>, HarnessFailure> {
        let Some(template) = template else {
            return Ok(Vec::new());
        };
        let inputs = match self.is_of_element() {
            true => inputs_of_element(self.input, self.name(), self.question.of, template),
            false => inputs_in_place_of(self.input, template),
        };
        inputs
            .map(with_reach_of_patterns)
            .map_err(|found| unreadable(self.input, &found))
    }
}

fn unreadable(input: &RuntimeInput, found: &[Diagnostic]) -> HarnessFailure {
    let first = found.first().map_or("", |finding| &finding.message);
    let pointer = &input.pointer;
    let message = format!("what Harness says is asked for at {pointer} cannot be read: {first}");
    HarnessFailure::new(FailureCode::MalformedResponse, message)
}

/// What would be asked in turn: what a request, or the pipeline itself, chose leaves inputs of its own open, and Harness
/// alone says which.
#[must_use]
pub fn unasked(inputs: &[RuntimeInput], stages: &[PipelineStage], request: &DeployRequest) -> Vec<AskedQuestion> {
    let asking = inputs
        .iter()
        .flat_map(|input| asking_at(input, inputs, stages, request));
    asking.map(|asking| asking.question).collect()
}

/// Who is asked at an input, once the request or the pipeline says it; nobody for an object that is given whole, or that
/// no chosen stage asks for.
fn asking_at<'i>(
    input: &'i RuntimeInput,
    inputs: &[RuntimeInput],
    stages: &[PipelineStage],
    request: &DeployRequest,
) -> Vec<Asking<'i>> {
    let Some(by) = &input.asked_by else {
        return Vec::new();
    };
    if asked_inputs(std::slice::from_ref(input), stages, &request.stages).is_empty() {
        return Vec::new();
    }
    let AskedBy {
        of,
        each,
        service,
        service_input,
        environment,
        environment_input,
        source,
        source_input,
    } = by.clone();
    let question = AskedQuestion {
        of,
        service: chosen(service, service_input.as_deref(), inputs, request),
        environment: chosen(environment, environment_input.as_deref(), inputs, request),
        source: chosen(source, source_input.as_deref(), inputs, request),
        infrastructure: None,
    };
    let questions = if each {
        let names = chosen_names(input, request).into_iter();
        names.map(|name| about(&question, name)).collect()
    } else if request.inputs.keys().any(|key| input.is_called(key)) {
        Vec::new()
    } else {
        vec![question]
    };
    let known = questions.into_iter().filter(is_known);
    known.map(|question| Asking { input, question }).collect()
}

/// The question about an element of a list.
fn about(question: &AskedQuestion, name: String) -> AskedQuestion {
    let mut question = question.clone();
    let named = match question.of {
        AskedKind::Service => &mut question.service,
        AskedKind::Environment | AskedKind::Overrides => &mut question.environment,
        AskedKind::Infrastructure => &mut question.infrastructure,
        AskedKind::Source => &mut question.source,
    };
    *named = Some(name);
    question
}

fn is_known(question: &AskedQuestion) -> bool {
    let AskedQuestion {
        of,
        service,
        environment,
        infrastructure,
        source,
    } = question;
    match of {
        AskedKind::Service => service.is_some(),
        AskedKind::Environment => environment.is_some(),
        AskedKind::Overrides => service.is_some() && environment.is_some(),
        AskedKind::Infrastructure => environment.is_some() && infrastructure.is_some(),
        AskedKind::Source => service.is_some() && source.is_some(),
    }
}

/// What the pipeline names itself, or what is given for the input at a pointer.
pub(crate) fn chosen(
    fixed: Option<String>,
    pointer: Option<&str>,
    inputs: &[RuntimeInput],
    request: &DeployRequest,
) -> Option<String> {
    fixed.or_else(|| {
        let input = inputs.iter().find(|input| Some(input.pointer.as_str()) == pointer)?;
        chosen_for(input, request)
    })
}

/// What a request gives an input that takes one value, or else its default.
fn chosen_for(input: &RuntimeInput, request: &DeployRequest) -> Option<String> {
    match given(input, request) {
        Some(InputValue::One(text)) => Some(text.clone()),
        Some(_) => None,
        None => input.default.clone(),
    }
}

/// The names that a request gives a list; none where it gives objects, which are whole.
fn chosen_names(list: &RuntimeInput, request: &DeployRequest) -> Vec<String> {
    match given(list, request) {
        Some(InputValue::Many(names)) => names.clone(),
        _ => Vec::new(),
    }
}

fn given<'r>(input: &RuntimeInput, request: &'r DeployRequest) -> Option<&'r InputValue> {
    given_under(input, request).map(|(_, value)| value)
}

/// What a request gives an input, with what it calls it.
pub(crate) fn given_under<'r>(
    input: &RuntimeInput,
    request: &'r DeployRequest,
) -> Option<(&'r String, &'r InputValue)> {
    let mut given = request.inputs.iter();
    given.find(|(key, _)| input.is_called(key))
}

fn with_templates(yaml: &str, asked: &[(String, Option<String>)]) -> Result<String, HarnessFailure> {
    if asked.is_empty() {
        return Ok(yaml.to_owned());
    }
    with_asked(yaml, asked).map_err(|found| unreadable_pipeline(&FillError::Unreadable(found)))
}

/// A pipeline that cannot be read here, as Harness gave it.
pub(crate) fn unreadable_pipeline(error: &FillError) -> HarnessFailure {
    HarnessFailure::new(FailureCode::MalformedResponse, error.to_string())
}

/// A pipeline, and what it asks for, some of it in the place of objects that stood for it.
pub(crate) struct Opened {
    pub(crate) yaml: String,
    pub(crate) inputs: Vec<RuntimeInput>,
}

impl Opened {
    /// The object that stands for what is at a pointer, and who says what that is.
    fn object_above(&self, pointer: &str) -> Option<(RuntimeInput, AskedKind)> {
        self.inputs.iter().find_map(|object| {
            let below = pointer.strip_prefix(&object.pointer)?;
            let by = object.asked_by.as_ref()?;
            let stands_for_it = below.starts_with('/') && !by.each;
            stands_for_it.then(|| (object.clone(), by.of))
        })
    }
}

/// A pipeline with what was chosen asks for.
pub(crate) struct Expanded {
    /// What asks for something in turn, also where that took its place.
    pub(crate) asking: Vec<RuntimeInput>,
    pub(crate) inputs: Vec<RuntimeInput>,
    /// The stages that a run may choose from.
    pub(crate) stages: Vec<PipelineStage>,
    /// The pipeline's text with it.
    pub(crate) yaml: String,
    /// What chosen elements of lists hold, by their pointers.
    pub(crate) elements: Vec<(String, String)>,
    /// The pipeline's text as it is.
    pub(crate) checked: String,
}
