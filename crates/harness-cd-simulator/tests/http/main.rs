//! The simulator over real HTTP.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests: a panic is a failed test"
)]

mod entities;
mod faults;
mod history;
mod runs;
mod start;
mod support;
mod webhooks;
