//! Values that were saved for a request before it was made.

use harness_cd_model::{DeployRequest, InputValues, RuntimeInput};
use serde_json::{Map, Value};

/// A request, given as JSON text, with the saved values of those inputs for which it has none of its own. A text that
/// cannot be read stays as it is: whoever checks it says what is wrong with it.
pub(crate) fn with_saved(request: &str, saved: &InputValues, inputs: &[RuntimeInput]) -> String {
    let Ok(mut fields) = serde_json::from_str::<Map<String, Value>>(request) else {
        return request.to_owned();
    };
    let own = fields.entry("inputs").or_insert_with(|| Map::new().into()).take();
    let Value::Object(mut own) = own else {
        return request.to_owned();
    };
    for (pointer, value) in saved {
        let Some(input) = inputs.iter().find(|input| input.pointer == *pointer) else {
            continue;
        };
        let is_given = has_field(&fields, input) || own.keys().any(|key| input.is_called(key));
        if let (false, Ok(value)) = (is_given, serde_json::to_value(value)) {
            own.insert(pointer.clone(), value);
        }
    }
    fields.insert("inputs".to_owned(), own.into());
    Value::Object(fields).to_string()
}

/// Whether the request has a field of its own that fills the input's variable.
fn has_field(fields: &Map<String, Value>, input: &RuntimeInput) -> bool {
    let mut variables = DeployRequest::VARIABLES.iter();
    let own = variables.find(|(_, variable)| input.variable() == Some(variable));
    own.is_some_and(|(field, _)| fields.contains_key(*field))
}
