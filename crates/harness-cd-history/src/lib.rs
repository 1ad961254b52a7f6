//! What ran: Harness's answers about executions, shaped into deployments and into the progress of a run; and what
//! deployments tell together.
//!
//! ```text
//! answers of Harness ──shape──▶ deployments ──▶ matrix    what runs where
//!                                   ├──▶ metrics   how well delivery goes
//!                                   ├──▶ timeline  what happened, as stories
//!                                   ╰──▶ release   where a version has been, what is new, what ran then
//! ```
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
mod filter;
mod graph;
mod latest;
mod lenient;
mod links;
mod matrix;
mod metrics;
mod moments;
mod options;
mod outputs;
mod page;
mod place;
mod places;
mod progress;
mod release;
mod run;
mod standing;
mod summary;
mod timeline;

pub use error::ShapeError;
pub use filter::{DeploymentFilter, FilterFault};
pub use latest::latest;
pub use matrix::{
    DeploymentMatrix, Drift, DriftKind, EnvironmentCells, MatrixCell, MatrixOptions, ServiceMatrix, matrix,
};
pub use metrics::{
    ABSENT, AbsentMetric, DeliveryMetrics, Dimension, GroupKey, MIN_DAYS_FOR_FREQUENCY, MIN_FOR_MEDIAN, MIN_FOR_RATE,
    MetricsGroup, MetricsOptions, Spread, StageDurations, metrics,
};
pub use moments::{DeploymentBrief, begun_at, has_odd_clock, settled_at};
pub use options::HistoryOptions;
pub use page::{shape_history, shape_history_text};
pub use progress::shape_progress;
pub use release::{
    PlaceChange, PlaceName, PlaceNews, Span, StoodAt, VersionStop, new_in_production, running_at, version_stops,
};
pub use standing::PlaceChangeKind;
pub use timeline::{Attempt, AttemptKind, RegionOutcome, Story, StoryOutcome, Timeline, TimelineCursor, timeline};
