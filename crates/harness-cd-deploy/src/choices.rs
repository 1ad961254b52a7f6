//! What Harness's own lists say of a value that is chosen from them.

use harness_cd_model::words::shown;
use harness_cd_model::{RuntimeInput, Violation, ViolationCode};

use crate::request::input_path;
use crate::sentences::Reason;

/// Says that Harness's list holds no such thing. The value stands under `key` in the request's inputs; `within` is the
/// environment, the group or the service whose list it is.
#[must_use]
pub fn unknown_choice(
    input: &RuntimeInput,
    key: &str,
    given: &str,
    within: Option<&str>,
    listed: &[&str],
) -> Violation {
    let mut reason = Reason::new(ViolationCode::ChoiceUnknown)
        .with("label", &input.called())
        .given(given);
    if let Some(within) = within {
        reason = reason.with("within", &shown(within));
    }
    reason.advised(given, listed).at(&input_path(key))
}

/// Says that Harness's list was not read in full, and that the value passes all the same: a warning.
#[must_use]
pub fn unchecked_choice(input: &RuntimeInput, key: &str, given: &str) -> Violation {
    let reason = Reason::new(ViolationCode::ChoiceUnchecked).with("label", &input.called());
    reason.given(given).at(&input_path(key))
}
