//! The fields of a deploy request, each named once.

use harness_cd_model::DeployRequest;

/// The field that holds the values of the pipeline's further inputs.
pub(crate) const INPUTS: &str = "inputs";

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

/// Why a text found no field.
pub(crate) enum Unset {
    Twice,
    Unknown,
}

macro_rules! text_fields {
    ($($name:literal = $field:ident),+ $(,)?) => {
        /// Every field, in the order in which they are reported.
        pub(crate) const FIELDS: &[&str] = &[$($name,)+ INPUTS];

        /// Puts a text into the field of that name.
        pub(crate) fn set(request: &mut DeployRequest, name: &str, text: String) -> Result<(), Unset> {
            let field: &mut dyn TextField = match name {
                $($name => &mut request.$field,)+
                _ => return Err(Unset::Unknown),
            };
            let is_second = field.is_given();
            field.put(text);
            if is_second { Err(Unset::Twice) } else { Ok(()) }
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
            DeployRequest { $($field: text().into(),)+ inputs: Default::default() }
        }
    };
}

text_fields! {
    "service" = service,
    "imageTag" = image_tag,
    "environment" = environment,
    "region" = region,
    "changeTicket" = change_ticket,
    "rollbackPlan" = rollback_plan,
    "businessJustification" = business_justification,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_of_a_request_is_here() {
        let mut request = with_every_text();
        request
            .inputs
            .insert("a".into(), harness_cd_model::InputValue::One("b".into()));
        let written = serde_json::to_value(&request).unwrap();
        let mut written: Vec<&str> = written.as_object().unwrap().keys().map(String::as_str).collect();
        let mut known = FIELDS.to_vec();
        written.sort_unstable();
        known.sort_unstable();
        assert_eq!(written, known);
        assert_eq!(given_texts(&request).count(), FIELDS.len() - 1);
    }

    #[test]
    fn a_text_goes_into_the_field_of_its_name() {
        let mut request = DeployRequest::default();
        for field in FIELDS.iter().filter(|field| **field != INPUTS) {
            assert!(set(&mut request, field, "text".into()).is_ok(), "{field}");
        }
        assert_eq!(request, with_every_text());
    }
}
