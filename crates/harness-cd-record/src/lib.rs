//! What deployments tell together.
//!
//! ```text
//! deployments ──▶ matrix    what runs where
//!     ├──▶ metrics   how well delivery goes
//!     ├──▶ timeline  what happened, as stories
//!     ╰──▶ release   where a version has been, what is new, what ran then
//! ```
//!
//! Everything here is a function of its arguments: rows of one project, in any order, each once; time is an argument. Metrics
//! may be told of several projects together.
//! Shaping answers of Harness into rows is another room's, which is compiled for speed; this one is for size.
//!
//! Architecture invariant: nothing in this crate panics on any input.

mod filter;
mod matrix;
mod metrics;
mod moments;
mod place;
mod release;
mod standing;
mod timeline;

pub use filter::{DeploymentFilter, FilterFault};
pub use matrix::{
    DeploymentMatrix, Drift, DriftKind, EnvironmentCells, MatrixCell, MatrixOptions, ServiceMatrix, matrix,
};
pub use metrics::{
    ABSENT, AbsentMetric, DeliveryMetrics, Dimension, GroupKey, MIN_DAYS_FOR_FREQUENCY, MIN_FOR_MEDIAN, MIN_FOR_RATE,
    MetricsGroup, MetricsOptions, ProjectRows, Spread, StageDurations, metrics, metrics_of_projects,
};
pub use moments::{DeploymentBrief, has_odd_clock};
pub use release::{
    PlaceChange, PlaceName, PlaceNews, Span, StoodAt, VersionStop, new_in_production, running_at, version_stops,
};
pub use standing::PlaceChangeKind;
pub use timeline::{Attempt, AttemptKind, RegionOutcome, Story, StoryOutcome, Timeline, TimelineCursor, timeline};
