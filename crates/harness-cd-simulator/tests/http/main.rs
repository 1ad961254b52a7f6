//! The simulator over real HTTP.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests: a panic is a failed test"
)]

mod approvals;
mod artifacts;
mod bench;
mod chained;
mod connectors;
mod control;
mod deployments;
mod entities;
mod entity_inputs;
mod estate;
mod executions;
mod failures;
mod faults;
mod freeze;
mod git;
mod git_runs;
mod history;
mod input_sets;
mod interrupts;
mod limits;
mod lists;
mod logs;
mod mid_run;
mod not_simulated;
mod notifications;
mod people;
mod pipelines;
mod preflight;
mod queues;
mod reruns;
mod retry;
mod rollback;
mod runs;
mod schedules;
mod shapes;
mod start;
mod support;
mod triggers;
mod v1_runs;
mod webhooks;
