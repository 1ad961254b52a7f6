//! What the pure part of inputs refuses, as answers; and the modes, as its options.

use serde_json::{Value, json};

use crate::inputs::validators::Joined;
use crate::inputs::{Options, Problem};
use crate::state::modes::{ForeignIdentifier, Modes, MultiSelect, SchemaCheck};
use crate::tables::yaml;
use crate::wire::respond::Failure;

/// How a run's body is read under these modes.
pub(crate) fn options(modes: &Modes) -> Options {
    Options {
        checks_schema: modes.schema_check == SchemaCheck::On,
        joined: joined(modes),
        refuses_foreign: modes.foreign_identifier == ForeignIdentifier::Refused,
    }
}

/// How a text with commas is read under these modes.
pub(crate) fn joined(modes: &Modes) -> Joined {
    match modes.multi_select {
        MultiSelect::On => Joined::Split,
        MultiSelect::Off => Joined::Whole,
    }
}

impl From<Problem> for Failure {
    /// Source: harness-api §0.5, §3.2 [CORE ExecutionHelper], §12.24. That the wrapper's `type` and `erroredYaml` are
    /// called so is unverified there.
    fn from(problem: Problem) -> Self {
        match problem {
            Problem::Invalid(message) => Self::invalid(message),
            Problem::Plan(message) => Self::new(400, "PLAN_CREATION_ERROR", message),
            Problem::Unknown(what) => Self::not_simulated(&what),
            Problem::Schema(errors, pipeline) => {
                let views: Vec<Value> = errors.iter().map(|error| error.view()).collect();
                let metadata = json!({
                    "type": "YamlSchemaErrorWrapperDTO", "schemaErrors": views,
                    "erroredYaml": yaml::write(&json!({ "pipeline": pipeline })),
                });
                Self::new(
                    400,
                    "SCHEMA_VALIDATION_FAILED",
                    "Invalid yaml: the pipeline does not match its schema",
                )
                .with_metadata(metadata)
            }
        }
    }
}
