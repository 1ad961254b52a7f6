//! What Harness offers, a file for each group of endpoints.

pub(crate) mod asked;
pub(crate) mod choices;
pub(crate) mod execution_inputs;
pub(crate) mod executions;
pub(crate) mod input_sets;
pub(crate) mod lost_runs;
pub(crate) mod pipelines;
pub(crate) mod runs;
pub(crate) mod stored;
pub(crate) mod tags;
