//! May it run, and what ran: deploy validation, change windows, history shaping, Harness links.
//!
//! Everything here is a function of its arguments: the clock is an argument, time zones are a port, and the answers
//! of Harness come in as bytes. A user's mistake is an answer ([`harness_cd_model::DeployVerdict`]), never an error.
//!
//! Architecture invariant: nothing in this crate panics on any input, and it stays small enough for a browser.

mod annotations;
mod ascii;
mod graph;
mod history;
mod inputs;
mod lenient;
mod nearest;
mod progress;
mod request;
mod summary;
mod url;
mod validate;
pub mod window;

pub use annotations::{AnnotationProblem, HarnessAnnotations, LabelledUrl, read_annotations};
pub use history::{HistoryOptions, ShapeError, shape_history, shape_history_text};
pub use progress::shape_progress;
pub use request::read_request;
pub use url::{HarnessUrl, HarnessUrlKind, UrlError, parse_url};
pub use validate::{validate, validate_text};
