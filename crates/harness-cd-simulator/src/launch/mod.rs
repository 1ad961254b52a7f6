//! Starting runs, and what follows from the passing of time: queues that empty, runs that start runs.

pub(crate) mod advance;
pub(crate) mod answers;
pub(crate) mod chain;
pub(crate) mod context;
pub(crate) mod failing;
pub(crate) mod freeze;
pub(crate) mod inputs;
pub(crate) mod notify;
mod queues;
mod size;
pub(crate) mod start;
