//! Input sets that a request names: what they answer, and what is wrong with them.

use harness_cd_model::{DeployRequest, InputValues, RuntimeInput, Violation, ViolationCode};

use std::collections::BTreeSet;

use crate::fields::INPUT_SETS;
use crate::request::item_path;
use crate::sentences::Reason;

/// A request with what its input sets answer of those inputs for which it has no value of its own.
#[must_use]
pub fn with_saved(mut request: DeployRequest, saved: &InputValues, inputs: &[RuntimeInput]) -> DeployRequest {
    let given = request.input_values();
    let is_given = |input: &RuntimeInput| given.keys().any(|key| input.is_called(key));
    for input in inputs.iter().filter(|input| !is_given(input)) {
        if let Some(value) = saved.get(&input.pointer) {
            request.inputs.insert(input.pointer.clone(), value.clone());
        }
    }
    request
}

/// What input sets answer, without what hangs on an answer for which a request has another value: an infrastructure is of
/// the environment with which it was saved.
#[must_use]
pub fn standing(mut saved: InputValues, request: &DeployRequest, inputs: &[RuntimeInput]) -> InputValues {
    let given = request.input_values();
    let is_overridden = |input: &&RuntimeInput| {
        let own = given.iter().find(|(key, _)| input.is_called(key));
        own.is_some_and(|(_, own)| saved.get(&input.pointer).is_some_and(|answer| answer != own))
    };
    let overridden = inputs.iter().filter(is_overridden);
    let mut gone: BTreeSet<&str> = overridden.map(|input| input.pointer.as_str()).collect();
    // What is saved gets less each time, so that this ends.
    while !gone.is_empty() {
        let hangs = |input: &&RuntimeInput| input.hangs_on().any(|pointer| gone.contains(pointer));
        let hanging = inputs.iter().filter(hangs);
        gone = hanging
            .filter_map(|input| saved.remove(&input.pointer).map(|_| input.pointer.as_str()))
            .collect();
    }
    saved
}

/// Says that the pipeline has no input set that is called as the one at a place of the request.
#[must_use]
pub fn unknown_input_set(place: usize, given: &str, known: &[&str]) -> Violation {
    let reason = Reason::new(ViolationCode::InputSetUnknown).given(given);
    reason.advised(given, known).at(&item_path(INPUT_SETS, place))
}

/// Says why the input set at a place of the request does not fit the pipeline as it is now.
#[must_use]
pub fn unfit_input_set(place: usize, given: &str, why: &str) -> Violation {
    let reason = Reason::new(ViolationCode::InputSetUnfit).given(given);
    reason.with("reason", why).at(&item_path(INPUT_SETS, place))
}
