use std::collections::BTreeMap;

use harness_cd_model::ExecutionStatus;
use serde::{Deserialize, Serialize};

/// A run of a pipeline.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct RunRequest {
    /// The pipeline's identifier.
    pub pipeline: String,
    /// Pipeline variables of type String, by name.
    pub inputs: BTreeMap<String, String>,
    /// The execution's notes: who, why.
    pub notes: String,
    /// A text that no other run has, 8 to 64 letters, digits, `-` and `_`. It is put into the notes where they do
    /// not hold it, and tells this run from every other after an ambiguous answer.
    pub nonce: String,
}

/// What became of a run that Harness accepted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum RunOutcome {
    /// It was started.
    Started {
        /// The execution (Harness's `planExecutionId`).
        execution_id: String,
        /// Its status as far as it is known.
        status: ExecutionStatus,
        /// Its page in Harness's own user interface.
        url: String,
    },
    /// A policy refused it.
    Denied {
        /// What the policies say; at least one.
        messages: Vec<String>,
    },
}
