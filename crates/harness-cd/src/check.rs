//! May it run: one check for every road, with Harness or without.

use harness_cd_client::{FailureCode, HarnessFailure, Transport};
use harness_cd_deploy::{judge_ownership, validate};
use harness_cd_model::{
    Act, AnnotationTrust, DeclaredOwner, DeployRequest, DeployRules, DeployTarget, DeployVerdict, InputValues,
    InputsReading, Ownership, OwnershipQuestion, Patterns, PipelineRef, RuntimeInput, TimeZones, Violation,
};
use harness_cd_pipeline::{FillError, fill_inputs, runtime_inputs};
use harness_cd_yaml::parse_text;
use serde::{Deserialize, Serialize};

use crate::saved::with_saved;
use crate::{HarnessCd, LivePipeline};

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
}

impl<T: Transport> HarnessCd<T> {
    /// Checks a request: against the rules of its service, without calling Harness, and where none is broken against
    /// the live pipeline.
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
        require_owner(question, None)?;
        // What breaks the rules is known without asking Harness.
        let by_rules = rules.as_ref().map(|rules| check_rules(request, rules, now_ms, ports));
        if let Some(DeployVerdict::Rejected { violations }) = by_rules {
            return Ok(DeployCheck::Rejected { violations });
        }
        let live = self.pipeline(pipeline).await?;
        require_owner(question, Some(&live))?;
        let judged = judge(request, rules.as_ref(), Some(live.inputs), now_ms, ports);
        let written = written(judged, &live.yaml)
            .map_err(|error| HarnessFailure::new(FailureCode::InvalidRequest, error.to_string()))?;
        Ok(match written {
            Written::Rejected { violations } => DeployCheck::Rejected { violations },
            Written::Allowed { request, body } => DeployCheck::Allowed(Box::new(AllowedDeployment {
                pipeline: pipeline.clone(),
                checked: live.yaml,
                request,
                body,
            })),
        })
    }
}

/// Refuses a pipeline that is not the entity's. Before the pipeline was read, what the config repo says is all that is
/// known of it.
fn require_owner(question: &DeployQuestion, live: Option<&LivePipeline>) -> Result<(), HarnessFailure> {
    let Some(claim) = &question.claim else { return Ok(()) };
    let ownership = judge_ownership(&OwnershipQuestion {
        entity: claim.entity.clone(),
        pipeline: question.pipeline.pipeline.clone().into_owned(),
        declared: question.rules.as_ref().map(DeclaredOwner::from),
        tags: live.map(|live| live.tags.clone()),
        act: Act::Run,
        trust: claim.trust,
    });
    match ownership {
        Ownership::Own => Ok(()),
        Ownership::Unnamed { .. } if live.is_none() => Ok(()),
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
    /// Values of its input sets, by the pointers of its inputs; a request's own values win.
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
        values,
    } = pipeline;
    let InputsReading { inputs, diagnostics } = runtime_inputs(file, yaml.as_bytes());
    if !diagnostics.is_empty() {
        return Err(FillError::Unreadable(diagnostics));
    }
    let judge = |request: &str| judge(request, rules.as_ref(), Some(inputs.clone()), now_ms, ports);
    let judged = match judge(request) {
        (Some(own), _) if !values.is_empty() => judge(&text_of(&with_saved(own, values, &inputs))),
        // What is wrong with the request's own text is said of the text as it is.
        judged => judged,
    };
    Ok(match written(judged, yaml)? {
        Written::Rejected { violations } => OfflineCheck::Rejected { violations },
        Written::Allowed { body, .. } => OfflineCheck::Allowed { body },
    })
}

/// A request as a program sends it. It holds nothing that JSON cannot say; an empty text would be refused.
fn text_of(request: &DeployRequest) -> String {
    serde_json::to_string(request).unwrap_or_default()
}

/// Checks a request against the rules of its service alone: what is known without a pipeline.
#[must_use]
pub fn check_rules(request: &str, rules: &DeployRules, now_ms: i64, ports: Ports<'_>) -> DeployVerdict {
    judge(request, Some(rules), None, now_ms, ports).1
}

/// The identifier that a pipeline's text gives it.
#[must_use]
pub fn pipeline_identifier(yaml: &str) -> Option<String> {
    let document = parse_text("pipeline.yaml", yaml).ok()?;
    let identifier = document.root.at(&["pipeline", "identifier"])?.text()?;
    Some(identifier.to_owned())
}

fn judge(
    request: &str,
    rules: Option<&DeployRules>,
    inputs: Option<Vec<RuntimeInput>>,
    now_ms: i64,
    ports: Ports<'_>,
) -> (Option<DeployRequest>, DeployVerdict) {
    let target = DeployTarget {
        rules: rules.cloned(),
        inputs,
    };
    validate(request, &target, now_ms, ports.zones, ports.patterns)
}

/// A judged request, with what a run of it sends.
enum Written {
    Allowed { request: DeployRequest, body: String },
    Rejected { violations: Vec<Violation> },
}

fn written(judged: (Option<DeployRequest>, DeployVerdict), yaml: &str) -> Result<Written, FillError> {
    match judged {
        (_, DeployVerdict::Rejected { violations }) => Ok(Written::Rejected { violations }),
        (request, DeployVerdict::Allowed) => {
            let request = request.unwrap_or_default();
            let body = fill_inputs(yaml, &request.input_values())?;
            Ok(Written::Allowed { request, body })
        }
    }
}
