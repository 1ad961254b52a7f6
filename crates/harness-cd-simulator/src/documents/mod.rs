//! What entities refer to, read: pipelines wherever they lie, templates written out, input sets merged.

pub(crate) mod input_sets;
pub(crate) mod pipeline;
pub(crate) mod templates;
