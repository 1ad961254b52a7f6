//! What a run does: its blueprint, what happened to it, and its state at a time as a pure function of both.

pub(crate) mod approval;
pub(crate) mod asks;

mod attempts;
mod befall;
pub(crate) mod blueprint;
pub(crate) mod course;
mod filters;
pub(crate) mod flow;
mod lanes;
pub(crate) mod looping;
pub(crate) mod outputs;
mod passes;
pub(crate) mod path;
mod places;
#[cfg(test)]
pub(crate) mod properties;
pub(crate) mod run;
pub(crate) mod runs;
pub(crate) mod scenario;
pub(crate) mod scenarios;
pub(crate) mod snapshot;
pub(crate) mod steps;
pub(crate) mod strategy;
pub(crate) mod target;
mod walker;
