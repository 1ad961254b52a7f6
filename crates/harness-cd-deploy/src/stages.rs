//! Chosen stages: which may be, and what a run of them asks for.

use std::borrow::Cow;

use harness_cd_model::{
    DeployRequest, DeployRules, EnvironmentRules, PipelineStage, RuntimeInput, Violation, ViolationCode,
};

use crate::fields::STAGES;
use crate::findings::Findings;
use crate::request::item_path;
use crate::sentences::Reason;

/// Checks the stages that a request chooses. Whatever a stage needs is chosen as well: Harness would run it without,
/// and fail in the middle. So is every approval before it where the environment is guarded, and none deploys to another
/// environment than the request's, whose rules were checked: the choice of stages is no way around the config repo. Where
/// the pipeline deploys, so does one of them: a run of the others would end well, and look like the deployment that was
/// asked for. Without rules, an approval that is left out is a warning.
pub(crate) fn violations(request: &DeployRequest, rules: Option<&DeployRules>, stages: &[PipelineStage]) -> Findings {
    let mut found = Findings::default();
    if let (true, Some(first)) = (stages.is_empty(), request.stages.first()) {
        let reason = Reason::new(ViolationCode::StagesFixed).given(first);
        found.push(reason.at(&format!("/{STAGES}")));
        return found;
    }
    let asked_for = rules.and_then(|rules| {
        let mut environments = rules.environments.iter();
        environments.find(|environment| environment.name == request.environment)
    });
    let guarded = asked_for.filter(|environment| is_guarded(environment));
    let is_left_out = |identifier: &&String| !request.stages.contains(identifier);
    // A stage that is not known may be one that deploys, misspelt.
    let mut may_deploy = false;
    for (place, given) in request.stages.iter().enumerate() {
        let path = item_path(STAGES, place);
        let Some(stage) = stages.iter().find(|stage| stage.identifier == *given) else {
            let known: Vec<&str> = stages.iter().map(|stage| stage.identifier.as_str()).collect();
            let reason = Reason::new(ViolationCode::StageUnknown).given(given);
            found.push(reason.advised(given, &known).at(&path));
            may_deploy = true;
            continue;
        };
        may_deploy |= stage.deploys;
        for needed in stage.needs.iter().filter(is_left_out) {
            let reason = Reason::new(ViolationCode::StageIncomplete).given(given);
            found.push(reason.with("needs", needed).at(&path));
        }
        let elsewhere = asked_for.and_then(|environment| Some((environment, goes_elsewhere(stage, environment)?)));
        if let Some((environment, elsewhere)) = elsewhere {
            let reason = Reason::new(ViolationCode::StageElsewhere)
                .given(given)
                .with("elsewhere", asked_as(elsewhere, rules));
            found.push(reason.with("environment", &environment.name).at(&path));
        }
        for gate in stage.gates.iter().filter(is_left_out) {
            let because_of = |code| Reason::new(code).given(given).with("gate", gate);
            if let Some(environment) = guarded {
                let reason = because_of(ViolationCode::StageUnguarded);
                found.push(reason.with("environment", &environment.name).at(&path));
            } else if rules.is_none() {
                found.warn(because_of(ViolationCode::ApprovalLeftOut).at(&path));
            }
        }
    }
    if let (Some(environment), false, false) = (asked_for, may_deploy, request.stages.is_empty()) {
        found.extend(nothing_deployed(environment, stages));
    }
    found
}

/// None of the chosen stages deploys, where others do.
fn nothing_deployed(environment: &EnvironmentRules, stages: &[PipelineStage]) -> Option<Violation> {
    let mut there = None;
    for stage in stages.iter().filter(|stage| stage.deploys) {
        let there = there.get_or_insert_with(Vec::new);
        if goes_elsewhere(stage, environment).is_none() {
            there.push(stage.identifier.as_str());
        }
    }
    let reason = Reason::new(ViolationCode::NothingDeployed).with("environment", &environment.name);
    Some(reason.advised("", &there?).at(&format!("/{STAGES}")))
}

/// Whether somebody has to approve what goes to an environment, or a change window has to be open.
fn is_guarded(environment: &EnvironmentRules) -> bool {
    !environment.approvals.is_empty() || !environment.change_windows.is_empty()
}

/// Another environment than this that a stage deploys to. One of the account or the organization has its scope in front.
fn goes_elsewhere<'s>(stage: &'s PipelineStage, environment: &EnvironmentRules) -> Option<&'s str> {
    let mut environments = stage.environments.iter().map(String::as_str);
    environments.find(|reference| !is_reference_to(reference, environment))
}

fn is_reference_to(reference: &str, environment: &EnvironmentRules) -> bool {
    reference.rsplit('.').next() == Some(&environment.identifier)
}

/// What a request calls an environment that a pipeline refers to.
fn asked_as<'r>(reference: &'r str, rules: Option<&'r DeployRules>) -> &'r str {
    let known = rules.into_iter().flat_map(|rules| &rules.environments);
    let mut known = known.filter(|environment| is_reference_to(reference, environment));
    known.next().map_or(reference, |environment| environment.name.as_str())
}

/// What a run of the chosen stages asks for: all of it where none is chosen.
#[must_use]
pub fn asked_inputs<'i>(
    inputs: &'i [RuntimeInput],
    stages: &[PipelineStage],
    chosen: &[String],
) -> Cow<'i, [RuntimeInput]> {
    if chosen.is_empty() {
        return Cow::Borrowed(inputs);
    }
    let is_asked = |input: &&RuntimeInput| unchosen_stage(input, stages, chosen).is_none();
    Cow::Owned(inputs.iter().filter(is_asked).cloned().collect())
}

/// The stage that asks for an input, where none of those that do is chosen.
pub(crate) fn unchosen_stage<'s>(
    input: &RuntimeInput,
    stages: &'s [PipelineStage],
    chosen: &[String],
) -> Option<&'s PipelineStage> {
    if chosen.is_empty() {
        return None;
    }
    let asking = || stages.iter().filter(|stage| asks_for(stage, &input.pointer));
    match asking().any(|stage| chosen.contains(&stage.identifier)) {
        true => None,
        false => asking().next(),
    }
}

/// What was chosen asks for stands below the object that stands for it.
fn asks_for(stage: &PipelineStage, pointer: &str) -> bool {
    let is_below = |own: &str| {
        pointer
            .strip_prefix(own)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    stage.inputs.iter().any(|own| is_below(own))
}
