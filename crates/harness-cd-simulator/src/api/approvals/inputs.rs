//! What approvers are asked for.

use crate::engine::approval::{ApproverInput, parts};
use crate::tables::pattern::Pattern;
use crate::wire::respond::Failure;

/// The inputs that a step asks for, as they were given or with their defaults.
///
/// Source: harness-api §3.10 [OAS]; that values are checked follows from the step's schema [SCH, weak].
pub(super) fn checked(asked: &[ApproverInput], given: &[(String, String)]) -> Result<Vec<(String, String)>, Failure> {
    let own = |input: &ApproverInput| {
        given
            .iter()
            .find(|(name, _)| *name == input.name)
            .map(|(_, value)| value.clone())
    };
    let check = |input: &ApproverInput| {
        let value = own(input).or_else(|| input.default.clone()).unwrap_or_default();
        match problem(input, &value) {
            Some(problem) => Err(Failure::invalid(format!("Approver input [{}] {problem}", input.name))),
            None => Ok((input.name.clone(), value)),
        }
    };
    asked.iter().map(check).collect()
}

fn problem(input: &ApproverInput, value: &str) -> Option<&'static str> {
    if value.is_empty() {
        return input.required.then_some("is required");
    }
    let fits = |regex: &String| Pattern::whole(regex).is_ok_and(|pattern| pattern.matches(value));
    if !input.regex.as_ref().is_none_or(fits) {
        return Some("does not match its pattern");
    }
    let values = if input.takes_many {
        parts(value)
    } else {
        vec![value.to_owned()]
    };
    let is_allowed = input.allowed.is_empty() || values.iter().all(|value| input.allowed.contains(value));
    (!is_allowed).then_some("is none of the allowed values")
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::engine::approval::ApprovalSpec;

    fn value(input: Value, given: &str) -> Option<String> {
        let step = json!({ "spec": { "approverInputs": [input] } });
        let asked = ApprovalSpec::read(&step).inputs;
        let given = if given.is_empty() {
            Vec::new()
        } else {
            vec![("a".to_owned(), given.to_owned())]
        };
        Some(checked(&asked, &given).ok()?.remove(0).1)
    }

    /// harness-api §3.10, and the schema of approver inputs
    #[test]
    fn a_value_passes_what_its_input_asks() {
        for (input, given, expected) in [
            (json!({ "name": "a", "defaultValue": "d" }), "", Some("d")),
            (json!({ "name": "a", "required": true }), "", None),
            (json!({ "name": "a", "regex": "CHG-[0-9]+" }), "CHG-12", Some("CHG-12")),
            (json!({ "name": "a", "regex": "CHG-[0-9]+" }), "CHG-12x", None),
            (
                json!({ "name": "a", "allowedValues": "blue, green" }),
                "green",
                Some("green"),
            ),
            (
                json!({ "name": "a", "allowedValues": "blue, green" }),
                "blue,green",
                None,
            ),
            (json!({ "name": "a", "selectOneFrom": "blue,green" }), "red", None),
            (
                json!({ "name": "a", "selectManyFrom": "blue,green" }),
                "blue,green",
                Some("blue,green"),
            ),
            (json!({ "name": "a", "selectManyFrom": "blue,green" }), "blue,red", None),
        ] {
            assert_eq!(value(input.clone(), given).as_deref(), expected, "{input} {given}");
        }
    }
}
