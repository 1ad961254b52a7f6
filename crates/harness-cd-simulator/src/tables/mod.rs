//! Tables of the simulator's own: what Harness's words mean. None of them is shared with the product, so that a
//! mistake in the product's tables shows.

pub(crate) mod duration;
pub(crate) mod expression;
pub(crate) mod failure;
pub(crate) mod instant;
pub(crate) mod invented;
pub(crate) mod operators;
pub(crate) mod pattern;
pub(crate) mod reading;
pub(crate) mod registry;
pub(crate) mod status;
pub(crate) mod yaml;
