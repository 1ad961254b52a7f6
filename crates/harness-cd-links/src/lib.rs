//! Addresses of Harness's user interface and the annotations of catalog entities that hold them, read and written; and
//! the pages of a repository's host that show what was deployed.
//!
//! Architecture invariant: nothing in this crate panics on any input, and it stays small enough for a browser.

mod annotations;
mod reach;
mod source;
mod url;

pub use annotations::{
    AnnotationKeys, AnnotationProblem, HarnessAnnotations, LabelledUrl, annotation_keys, read_annotations,
};
pub use reach::{AccountReach, Reach, ReachQuestion, judge_reach};
pub use source::{SourceLink, source_link};
pub use url::{
    HarnessUrl, HarnessUrlKind, UrlError, execution_page, executions_page, is_page_of, is_private, parse_url,
    pipeline_page, studio_page,
};
