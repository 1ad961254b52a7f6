//! The README and the sources keep each other true: tables, modes, calls, and where each behaviour comes from.

#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "helpers of tests: a panic is a failed test"
)]

mod calls;
mod facts;
mod files;
mod modes;
mod sections;
mod sources;
mod tables;
