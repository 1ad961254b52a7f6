use serde::Serialize;

use crate::{RuntimeInput, Violation};

/// What a run asks for before it goes on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct InputQuestion {
    /// The node that asks (Harness's `nodeExecutionId`).
    pub node: String,
    /// What it asks for, in its order.
    pub inputs: Vec<RuntimeInput>,
}

/// What became of an answer to a question.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum AnswerOutcome {
    /// Harness took it, and the run goes on.
    Taken,
    /// Nothing was sent: it is not what the node asks for.
    Rejected {
        /// Every reason that speaks against it.
        violations: Vec<Violation>,
    },
    /// Nobody waits for it any more: somebody else answered, the time was up, or the run has ended.
    TooLate,
}
