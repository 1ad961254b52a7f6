//! May it run: a deploy request against the rules, the inputs of its pipeline and the change windows.
//!
//! Everything here is a function of its arguments: the clock is an argument, time zones are a port. A user's mistake is an answer ([`harness_cd_model::DeployVerdict`]), never an error.
//!
//! Architecture invariant: nothing in this crate panics on any input, and it stays small enough for a browser.

mod choices;
mod fields;
mod findings;
mod inputs;
mod ownership;
mod request;
mod saved;
mod sentences;
mod stages;
mod text;
mod validate;
pub mod window;

pub use choices::{unchecked_choice, unknown_choice};
pub use findings::with_further;
pub use inputs::yaml_violations;
pub use ownership::{SERVICE_TAG, judge_ownership};
pub use saved::{standing, unfit_input_set, unknown_input_set, with_saved};
pub use stages::asked_inputs;
pub use validate::validate;
