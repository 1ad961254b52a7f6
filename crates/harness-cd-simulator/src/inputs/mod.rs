//! Runtime inputs: what a pipeline asks for, and the pipeline filled with what a run gives. Values in, values out.

pub(crate) mod element;
mod expressions;
pub(crate) mod grammar;
pub(crate) mod harness3;
mod kinds;
pub(crate) mod leaves;
pub(crate) mod merge;
mod path;
mod plan;
pub(crate) mod problem;
#[cfg(test)]
mod properties;
pub(crate) mod run;
pub(crate) mod set_errors;
pub(crate) mod stages;
pub(crate) mod template;
pub(crate) mod validators;

pub(crate) use expressions::read_elsewhere;
pub(crate) use plan::answered;
pub(crate) use problem::Problem;
pub(crate) use run::{Options, prepare};
