//! Executions as answers show them.

pub(crate) mod approval;
pub(crate) mod governance;
pub(crate) mod graph;
pub(crate) mod layout;
pub(crate) mod module_info;
pub(crate) mod pipeline;
pub(crate) mod plan_execution;
#[cfg(test)]
mod properties;
pub(crate) mod summary;
pub(crate) mod trigger_info;
