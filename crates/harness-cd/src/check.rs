//! May it run: one check for every road, with Harness or without.

use std::collections::BTreeMap;

use harness_cd_client::{FailureCode, HarnessFailure, Transport};
use harness_cd_deploy::{
    asked_inputs, judge_ownership, standing, unknown_input_set, validate, with_further, with_saved, yaml_violations,
};
use harness_cd_model::{
    Act, AnnotationTrust, DeclaredOwner, DeployRequest, DeployRules, DeployTarget, DeployVerdict, InputValue,
    InputValues, InputsReading, Ownership, OwnershipQuestion, Patterns, PipelineRef, PipelineStage, RuntimeInput,
    SavedInputs, TimeZones, Violation,
};
use harness_cd_pipeline::{FillError, choosable_stages, fill_inputs_and_elements, runtime_inputs, structure_of};
use harness_cd_yaml::parse_text;
use serde::{Deserialize, Serialize};

use crate::HarnessCd;
use crate::asked::unasked;
use crate::lists::Lists;

/// What a check asks besides Harness.
#[derive(Clone, Copy)]
pub struct Ports<'p> {
    /// When a change window is open.
    pub zones: &'p dyn TimeZones,
    /// Whether a value fits the pattern of its input.
    pub patterns: &'p dyn Patterns,
}

/// Who wants a pipeline to run: an entity of the catalog.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct EntityClaim {
    /// For example `component:default/payment-service`.
    pub entity: String,
    /// How far its annotation is trusted where the pipeline names nobody.
    pub trust: AnnotationTrust,
}

/// What is to be checked.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
pub struct DeployQuestion {
    /// The request, as the JSON text that a person or a program sent.
    pub request: String,
    /// The pipeline that would run.
    pub pipeline: PipelineRef<'static>,
    /// The rules of the service that it deploys; absent for a pipeline that is in no config repo.
    pub rules: Option<DeployRules>,
    /// The entity that wants it; absent where nobody asks for one, as on a command line.
    pub claim: Option<EntityClaim>,
}

/// A deploy request after its check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum DeployCheck {
    /// It may run.
    Allowed(Box<AllowedDeployment>),
    /// Every reason that speaks against it.
    Rejected {
        /// At least one, in field order.
        violations: Vec<Violation>,
    },
}

/// A deployment that may run, as it was checked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct AllowedDeployment {
    /// The pipeline.
    pub pipeline: PipelineRef<'static>,
    /// The pipeline's YAML as it was checked: nothing else is run.
    pub checked: String,
    /// The request as it was read.
    pub request: DeployRequest,
    /// What the run sends: the pipeline's own structure with only its inputs filled, as YAML.
    pub body: String,
    /// What a person should know before it runs: for who asked for the check, and not for the start.
    #[serde(skip_serializing_if = "Vec::is_empty", skip_deserializing)]
    #[cfg_attr(feature = "ts", ts(optional, as = "Option<Vec<Violation>>"))]
    pub warnings: Vec<Violation>,
}

impl<T: Transport> HarnessCd<T> {
    /// Checks a request: against the rules of its service, without calling Harness unless it chooses stages, and where
    /// none is broken against the live pipeline.
    ///
    /// # Errors
    /// Those of [`HarnessCd::pipeline`]; [`FailureCode::ForeignPipeline`] where the pipeline is not the entity's;
    /// [`FailureCode::InvalidRequest`] for a pipeline that cannot be run from here.
    pub async fn check(&self, question: &DeployQuestion, ports: Ports<'_>) -> Result<DeployCheck, HarnessFailure> {
        let DeployQuestion {
            request,
            pipeline,
            rules,
            ..
        } = question;
        let now_ms = self.client.now_ms();
        require_owner(question.into(), None)?;
        // What breaks the rules is known without asking Harness.
        let by_rules = DeployTarget {
            rules: rules.clone(),
            ..DeployTarget::default()
        };
        let (own, mut verdict) = judge(request, &by_rules, now_ms, ports);
        if rules.is_some()
            && matches!(verdict, DeployVerdict::Rejected { .. })
            && let Some(stages) = self.stages_chosen_from(question, own.as_ref()).await
        {
            let with_stages = DeployTarget {
                stages: Some(stages),
                ..by_rules.clone()
            };
            verdict = judge(request, &with_stages, now_ms, ports).1;
        }
        if let (true, DeployVerdict::Rejected { violations }) = (rules.is_some(), verdict) {
            return Ok(DeployCheck::Rejected { violations });
        }
        let live = self.pipeline(pipeline).await?;
        require_owner(question.into(), Some(&live.tags))?;
        let own = own.unwrap_or_default();
        let SavedInputs { values, violations } = self.saved_inputs_for(pipeline, &live.yaml, &own.input_sets).await?;
        if !violations.is_empty() {
            return Ok(DeployCheck::Rejected { violations });
        }
        let values = standing(values, &own, &live.inputs);
        let scope = pipeline.scope();
        let mut lists = Lists::of(self, &scope);
        let live = self.with_asked_for(live, pipeline, own, &values, &mut lists).await?;
        let target = DeployTarget {
            inputs: Some(live.inputs),
            stages: Some(live.stages),
            saved: values,
            ..by_rules
        };
        let (read, verdict) = judge(request, &target, now_ms, ports);
        let (inputs, stages) = (target.inputs.as_deref(), target.stages.as_deref());
        let (inputs, stages) = (inputs.unwrap_or_default(), stages.unwrap_or_default());
        let all = with_saved(read.clone().unwrap_or_default(), &target.saved, inputs);
        let verdict = lists.judged(verdict, &all, (inputs, stages, &live.asking)).await;
        let written = written((read, verdict), &target, &live.yaml, &live.elements)
            .map_err(|error| HarnessFailure::new(FailureCode::InvalidRequest, error.to_string()))?;
        Ok(match written {
            Written::Rejected { violations } => DeployCheck::Rejected { violations },
            Written::Allowed {
                request,
                body,
                warnings,
            } => DeployCheck::Allowed(Box::new(AllowedDeployment {
                pipeline: pipeline.clone(),
                checked: live.checked,
                request: *request,
                body,
                warnings,
            })),
        })
    }
}

impl<T: Transport> HarnessCd<T> {
    /// The stages that a request chooses from, where it chooses any and Harness says which there are: what is wrong with
    /// the choice is told beside what breaks the rules.
    async fn stages_chosen_from(
        &self,
        question: &DeployQuestion,
        own: Option<&DeployRequest>,
    ) -> Option<Vec<PipelineStage>> {
        own.filter(|own| !own.stages.is_empty())?;
        let live = self.pipeline(&question.pipeline).await.ok()?;
        require_owner(question.into(), Some(&live.tags)).ok()?;
        Some(live.stages)
    }
}

/// A pipeline, and the entity that it is wanted for.
#[derive(Clone, Copy)]
pub(crate) struct Claimed<'q> {
    pub(crate) pipeline: &'q PipelineRef<'q>,
    pub(crate) rules: Option<&'q DeployRules>,
    pub(crate) claim: Option<&'q EntityClaim>,
}

impl<'q> From<&'q DeployQuestion> for Claimed<'q> {
    fn from(question: &'q DeployQuestion) -> Self {
        Self {
            pipeline: &question.pipeline,
            rules: question.rules.as_ref(),
            claim: question.claim.as_ref(),
        }
    }
}

/// Refuses a pipeline that is not the entity's. Before the pipeline was read, and its tags with it, what the config repo
/// says is all that is known of it.
pub(crate) fn require_owner(
    claimed: Claimed<'_>,
    tags: Option<&BTreeMap<String, String>>,
) -> Result<(), HarnessFailure> {
    let Some(claim) = claimed.claim else { return Ok(()) };
    let ownership = judge_ownership(&OwnershipQuestion {
        entity: claim.entity.clone(),
        pipeline: claimed.pipeline.pipeline.clone().into_owned(),
        declared: claimed.rules.map(DeclaredOwner::from),
        tags: tags.cloned(),
        act: Act::Run,
        trust: claim.trust,
    });
    match ownership {
        Ownership::Own => Ok(()),
        Ownership::Unnamed { .. } if tags.is_none() => Ok(()),
        Ownership::Unnamed { message, hint } | Ownership::Foreign { message, hint, .. } => {
            let message = format!("{message}. {hint}.");
            Err(HarnessFailure::new(FailureCode::ForeignPipeline, message))
        }
    }
}

/// A deploy request after a check that asked no Harness.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum OfflineCheck {
    /// It may run.
    Allowed {
        /// What a run would send, as YAML.
        body: String,
        /// What a person should know before it runs. Absent where there is nothing.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        warnings: Vec<Violation>,
        /// What Harness alone knows and nobody looked at, a sentence each: what was chosen asks for in turn. Absent where
        /// there is nothing.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        unchecked: Vec<String>,
    },
    /// Every reason that speaks against it.
    Rejected {
        /// At least one, in field order.
        violations: Vec<Violation>,
    },
}

/// A pipeline in a file, and what stands beside it.
#[derive(Clone, Debug)]
pub struct SavedPipeline<'p> {
    /// The file, as findings name it.
    pub file: &'p str,
    /// The pipeline.
    pub yaml: &'p str,
    /// The rules of the service that it deploys; `None` where it is in no config repo.
    pub rules: Option<DeployRules>,
    /// The identifiers of the input sets beside it: those that a request may name.
    pub input_sets: Vec<String>,
    /// What they answer, by the pointers of the pipeline's inputs; a request's own values win.
    pub values: InputValues,
}

/// Checks a request against a pipeline in a file, without Harness. `now_ms` is the instant at which it would run, in
/// epoch ms.
///
/// # Errors
/// The findings of a pipeline that cannot be read, or a sentence for one that cannot be run from here.
pub fn check_offline(
    request: &str,
    pipeline: &SavedPipeline<'_>,
    now_ms: i64,
    ports: Ports<'_>,
) -> Result<OfflineCheck, FillError> {
    let SavedPipeline {
        file,
        yaml,
        rules,
        input_sets,
        values,
    } = pipeline;
    let InputsReading { inputs, diagnostics } = runtime_inputs(file, yaml.as_bytes());
    if !diagnostics.is_empty() {
        return Err(FillError::Unreadable(diagnostics));
    }
    let own = judge(request, &DeployTarget::default(), now_ms, ports)
        .0
        .unwrap_or_default();
    let target = DeployTarget {
        rules: rules.clone(),
        stages: Some(choosable_stages(yaml, &inputs)),
        saved: standing(values.clone(), &own, &inputs),
        inputs: Some(inputs),
    };
    let judged = judge(request, &target, now_ms, ports);
    let unknown = unknown_sets(judged.0.as_ref(), input_sets);
    if !unknown.is_empty() {
        return Ok(OfflineCheck::Rejected { violations: unknown });
    }
    Ok(match written(judged, &target, yaml, &[])? {
        Written::Rejected { violations } => OfflineCheck::Rejected { violations },
        Written::Allowed {
            request,
            body,
            warnings,
        } => OfflineCheck::Allowed {
            body,
            warnings,
            unchecked: unchecked(*request, &target),
        },
    })
}

/// What a request chose asks for, and a file cannot say.
fn unchecked(request: DeployRequest, target: &DeployTarget) -> Vec<String> {
    let (inputs, stages) = (target.inputs.as_deref(), target.stages.as_deref());
    let (inputs, stages) = (inputs.unwrap_or_default(), stages.unwrap_or_default());
    let request = with_saved(request, &target.saved, inputs);
    let mut sentences: Vec<String> = Vec::new();
    for question in unasked(inputs, stages, &request) {
        let sentence = format!(
            "what {} in turn was not looked at: Harness alone says it",
            question.what_is_asked()
        );
        if !sentences.contains(&sentence) {
            sentences.push(sentence);
        }
    }
    sentences
}

/// The sets that a request names and that are not at hand.
fn unknown_sets(request: Option<&DeployRequest>, known: &[String]) -> Vec<Violation> {
    let names: Vec<&str> = known.iter().map(String::as_str).collect();
    let named = request
        .into_iter()
        .flat_map(|request| request.input_sets.iter().enumerate());
    named
        .filter(|(_, name)| !known.contains(name))
        .map(|(place, name)| unknown_input_set(place, name, &names))
        .collect()
}

/// Checks a request against the rules of its service alone: what is known without a pipeline.
#[must_use]
pub fn check_rules(request: &str, rules: &DeployRules, now_ms: i64, ports: Ports<'_>) -> DeployVerdict {
    let target = DeployTarget {
        rules: Some(rules.clone()),
        ..DeployTarget::default()
    };
    judge(request, &target, now_ms, ports).1
}

/// The identifier that a pipeline's text gives it.
#[must_use]
pub fn pipeline_identifier(yaml: &str) -> Option<String> {
    text_at(&["pipeline", "identifier"], yaml)
}

/// The organization and the project that a pipeline's text says it is of.
#[must_use]
pub fn pipeline_project(yaml: &str) -> Option<(String, String)> {
    let text = |key: &str| text_at(&["pipeline", key], yaml);
    Some((text("orgIdentifier")?, text("projectIdentifier")?))
}

/// The identifier that an input set's text gives it.
#[must_use]
pub fn input_set_identifier(yaml: &str) -> Option<String> {
    text_at(&["inputSet", "identifier"], yaml)
}

fn text_at(keys: &[&str], yaml: &str) -> Option<String> {
    let document = parse_text("entity.yaml", yaml).ok()?;
    document.root.at(keys)?.text().map(str::to_owned)
}

fn text_of(request: &DeployRequest) -> String {
    serde_json::to_string(request).unwrap_or_default()
}

/// Checks a request, with whatever it gives as YAML.
pub(crate) fn judge(
    request: &str,
    target: &DeployTarget,
    now_ms: i64,
    ports: Ports<'_>,
) -> (Option<DeployRequest>, DeployVerdict) {
    let validated = |request: &str| validate(request, target, now_ms, ports.zones, ports.patterns);
    let judged = validated(request);
    let inputs = target.inputs.as_deref().unwrap_or_default();
    let Some(own) = judged.0.as_ref().filter(|own| gives_yaml(own, inputs)) else {
        return judged;
    };
    match with_structures(own.clone(), inputs) {
        Ok(read) if matches!(judged.1, DeployVerdict::Allowed { .. }) => validated(&text_of(&read)),
        Ok(_) => judged,
        Err(faults) => (judged.0, with_further(judged.1, faults, Vec::new())),
    }
}

/// Whether a request gives a structure as YAML.
fn gives_yaml(request: &DeployRequest, inputs: &[RuntimeInput]) -> bool {
    let mut given = request.inputs.iter();
    given.any(|(key, value)| yaml_of(value).is_some() && inputs.iter().any(|input| is_structure(input, key)))
}

fn yaml_of(value: &InputValue) -> Option<&str> {
    match value {
        InputValue::One(text) if !value.is_blank() => Some(text),
        _ => None,
    }
}

fn is_structure(input: &RuntimeInput, key: &str) -> bool {
    input.is_structure() && input.is_called(key)
}

/// A request whose structures are read: what was given as YAML is what it would have been as JSON.
fn with_structures(mut request: DeployRequest, inputs: &[RuntimeInput]) -> Result<DeployRequest, Vec<Violation>> {
    let mut faults = Vec::new();
    for (key, value) in &mut request.inputs {
        let asked = inputs.iter().find(|input| is_structure(input, key));
        let (Some(input), Some(text)) = (asked, yaml_of(value)) else {
            continue;
        };
        match structure_of(text) {
            Ok(InputValue::One(_)) => faults.extend(yaml_violations(input, key, &[])),
            Ok(read) => *value = read,
            Err(found) => faults.extend(yaml_violations(input, key, &found)),
        }
    }
    if faults.is_empty() { Ok(request) } else { Err(faults) }
}

/// A judged request, with what a run of it sends.
enum Written {
    Allowed {
        request: Box<DeployRequest>,
        body: String,
        warnings: Vec<Violation>,
    },
    Rejected {
        violations: Vec<Violation>,
    },
}

/// A request whose texts for the record go along, where the pipeline asks for them by their names and they are not given
/// otherwise: so its approvers find them filled in.
fn with_records(mut request: DeployRequest, asked: &[RuntimeInput]) -> DeployRequest {
    let records: Vec<(&str, String)> = request
        .records()
        .map(|(field, text)| (field.name(), text.clone()))
        .collect();
    for (name, text) in records {
        let input = asked.iter().find(|input| input.variable() == Some(name));
        if input.is_some_and(|input| !request.inputs.keys().any(|key| input.is_called(key))) {
            request.inputs.insert(name.to_owned(), InputValue::One(text));
        }
    }
    request
}

fn written(
    judged: (Option<DeployRequest>, DeployVerdict),
    target: &DeployTarget,
    yaml: &str,
    elements: &[(String, String)],
) -> Result<Written, FillError> {
    match judged {
        (_, DeployVerdict::Rejected { violations }) => Ok(Written::Rejected { violations }),
        (request, DeployVerdict::Allowed { warnings }) => {
            let request = request.unwrap_or_default();
            let (inputs, stages) = (target.inputs.as_deref(), target.stages.as_deref());
            let asked = asked_inputs(inputs.unwrap_or_default(), stages.unwrap_or_default(), &request.stages);
            let own = with_records(request.clone(), &asked);
            let all = with_saved(own, &target.saved, &asked);
            let body = fill_inputs_and_elements(yaml, &all.input_values(), elements)?;
            Ok(Written::Allowed {
                request: Box::new(request),
                body,
                warnings,
            })
        }
    }
}
