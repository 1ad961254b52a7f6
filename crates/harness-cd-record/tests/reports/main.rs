//! What deployments tell together, held against the same questions asked in SQL over the same rows.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod matrix;
mod metrics;
mod release;
mod rows;
mod sql;
mod timeline;
