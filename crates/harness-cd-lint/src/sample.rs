//! What a template's placeholders are judged by.

use harness_cd_model::naming::Placeholder;

/// What a template is judged by: values of the shape that the product's own placeholders have.
pub(crate) fn sample_of(placeholder: &str) -> Option<String> {
    Placeholder::parse(placeholder).map(|known| known.sample().to_owned())
}
