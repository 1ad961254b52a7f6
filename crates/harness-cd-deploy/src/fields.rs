//! The fields of a deploy request, each named once, and as an English form calls it.

use harness_cd_model::DeployRequest;

/// The field that holds the values of the pipeline's further inputs.
pub(crate) const INPUTS: &str = "inputs";

/// A field that holds a list of names.
pub(crate) const INPUT_SETS: &str = "inputSets";
/// A field that holds a list of names.
pub(crate) const STAGES: &str = "stages";

/// A field that holds a text.
trait TextField {
    fn is_given(&self) -> bool;
    fn put(&mut self, text: String);
}

impl TextField for String {
    fn is_given(&self) -> bool {
        !self.is_empty()
    }
    fn put(&mut self, text: String) {
        *self = text;
    }
}

impl TextField for Option<String> {
    fn is_given(&self) -> bool {
        self.is_some()
    }
    fn put(&mut self, text: String) {
        *self = Some(text);
    }
}

macro_rules! text_fields {
    ($($name:literal $label:literal = $field:ident),+ $(,)?) => {
        /// Every field, in the order in which they are reported.
        pub(crate) const FIELDS: &[&str] = &[$($name,)+ INPUT_SETS, STAGES, INPUTS];

        /// What an English form calls a field; `None` for what is none.
        pub(crate) fn label_of(name: &str) -> Option<&'static str> {
            match name {
                $($name => Some($label),)+
                INPUT_SETS => Some("Input sets"),
                STAGES => Some("Stages"),
                INPUTS => Some("Inputs"),
                _ => None,
            }
        }

        /// Puts a text into the field of that name; `false` where there is none.
        pub(crate) fn set(request: &mut DeployRequest, name: &str, text: &str) -> bool {
            let field: &mut dyn TextField = match name {
                $($name => &mut request.$field,)+
                _ => return false,
            };
            field.put(text.to_owned());
            true
        }

        /// The fields with a text that a request has.
        pub(crate) fn given_texts(request: &DeployRequest) -> impl Iterator<Item = &'static str> {
            let fields = [$(($name, request.$field.is_given())),+];
            fields.into_iter().filter(|(_, is_given)| *is_given).map(|(name, _)| name)
        }

        /// A request with a text in every field: it does not compile where the table lacks one.
        #[cfg(test)]
        fn with_every_text() -> DeployRequest {
            let text = || "text".to_owned();
            DeployRequest {
                $($field: text().into(),)+
                input_sets: Default::default(),
                stages: Default::default(),
                inputs: Default::default(),
            }
        }
    };
}

/// What a field takes, in the words of a sentence.
pub(crate) fn kind_of(name: &str) -> &'static str {
    match name {
        INPUT_SETS | STAGES => "texts",
        INPUTS => "inputs",
        _ => "text",
    }
}

/// The field of that name, where it holds a list of names.
pub(crate) fn list_of<'r>(request: &'r mut DeployRequest, name: &str) -> Option<&'r mut Vec<String>> {
    match name {
        INPUT_SETS => Some(&mut request.input_sets),
        STAGES => Some(&mut request.stages),
        _ => None,
    }
}

text_fields! {
    "service" "Service" = service,
    "imageTag" "Image tag" = image_tag,
    "environment" "Environment" = environment,
    "region" "Region" = region,
    "changeTicket" "Change ticket" = change_ticket,
    "rollbackPlan" "Rollback plan" = rollback_plan,
    "businessJustification" "Business justification" = business_justification,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_of_a_request_is_here() {
        let mut request = with_every_text();
        request.input_sets.push("a".into());
        request.stages.push("a".into());
        request
            .inputs
            .insert("a".into(), harness_cd_model::InputValue::One("b".into()));
        let written = serde_json::to_value(&request).unwrap();
        let mut written: Vec<&str> = written.as_object().unwrap().keys().map(String::as_str).collect();
        let mut known = FIELDS.to_vec();
        written.sort_unstable();
        known.sort_unstable();
        assert_eq!(written, known);
        let texts = FIELDS.iter().filter(|field| kind_of(field) == "text");
        assert_eq!(given_texts(&request).count(), texts.count());
    }

    #[test]
    fn a_text_goes_into_the_field_of_its_name() {
        let mut request = DeployRequest::default();
        for field in FIELDS.iter().filter(|field| kind_of(field) == "text") {
            assert!(set(&mut request, field, "text"), "{field}");
            assert!(label_of(field).is_some(), "{field}");
        }
        assert_eq!(request, with_every_text());
    }
}
