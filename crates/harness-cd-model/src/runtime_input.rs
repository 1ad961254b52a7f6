use serde::{Deserialize, Serialize};

/// A runtime input: a scalar of a pipeline, template or input set that starts with `<+input>`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
pub struct RuntimeInput {
    /// RFC 6901 pointer to the scalar.
    pub pointer: String,
    /// The name of the variable it fills, where its neighbours say so; otherwise the key it stands under.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The type its neighbours declare, for example `String`.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub input_type: Option<String>,
    /// Whether a run without a value for it is refused.
    pub required: bool,
    /// The value used where none is given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default: Option<String>,
    /// The closed list of values.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allowed_values: Option<Vec<String>>,
    /// The pattern a value must match, in Java's dialect.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub regex: Option<String>,
    /// Whether it is asked for in mid-run.
    pub execution_input: bool,
}
