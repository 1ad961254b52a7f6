//! What ran: Harness's answers about executions, shaped into deployments and into the progress of a run.
//!
//! What is asked to have them all, `sync` decides.
//!
//! Everything here is a function of its arguments: the answers of Harness come in as bytes, and are read once, from
//! front to back; time is an argument.
//!
//! Architecture invariant: nothing in this crate panics on any input.

mod answer;
mod ascii;
mod body;
mod condition;
mod deployment;
mod error;
mod graph;
mod inputs;
mod latest;
mod lenient;
mod links;
mod options;
mod outputs;
mod page;
mod places;
mod progress;
mod quarantine;
mod run;
mod summary;
mod sync;

pub use ascii::to_string as ascii_text;
pub use error::ShapeError;
pub use inputs::{asks_inputs, tell_inputs};
pub use latest::latest;
pub use options::HistoryOptions;
pub use page::{shape_history, shape_history_text};
pub use progress::shape_progress;
pub use sync::{
    SyncAsk, SyncChanges, SyncHints, SyncPlan, SyncProgress, SyncReason, SyncState, SyncedRange, SyncedRun, ToldRun,
    UntoldRun,
};
