use serde::Serialize;

use crate::{InputValues, Violation};

/// A saved input set or overlay of a pipeline.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
pub struct InputSetSummary {
    /// Its identifier.
    pub identifier: String,
    /// Its name.
    pub name: String,
    /// What people say of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Whether it stands for several input sets.
    pub is_overlay: bool,
}

/// What input sets answer together.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct SavedInputs {
    /// By the pointers of the pipeline's inputs; of those that do not fit nothing.
    pub values: InputValues,
    /// What is wrong with them, as of a deploy request that names them in this order.
    pub violations: Vec<Violation>,
}
