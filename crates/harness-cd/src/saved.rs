//! Values that were saved for a request before it was made.

use harness_cd_model::{DeployRequest, InputValues, RuntimeInput};

/// A request with the saved values of those inputs for which it has none of its own.
pub(crate) fn with_saved(mut request: DeployRequest, saved: &InputValues, inputs: &[RuntimeInput]) -> DeployRequest {
    let given = request.input_values();
    let is_given = |input: &RuntimeInput| given.keys().any(|key| input.is_called(key));
    for input in inputs.iter().filter(|input| !is_given(input)) {
        if let Some(value) = saved.get(&input.pointer) {
            request.inputs.insert(input.pointer.clone(), value.clone());
        }
    }
    request
}
