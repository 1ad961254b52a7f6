//! Addresses of Harness's user interface and the annotations of catalog entities that hold them, read and written.
//!
//! Architecture invariant: nothing in this crate panics on any input, and it stays small enough for a browser.

mod annotations;
mod reach;
mod url;

pub use annotations::{
    AnnotationKeys, AnnotationProblem, HarnessAnnotations, LabelledUrl, annotation_keys, read_annotations,
};
pub use reach::{AccountReach, Reach, ReachQuestion, judge_reach};
pub use url::{
    HarnessUrl, HarnessUrlKind, UrlError, execution_page, executions_page, is_page_of, is_private, parse_url,
    pipeline_page, studio_page,
};
