use serde::{Deserialize, Serialize};

/// What shaping needs to know beyond the answer itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
pub struct HistoryOptions {
    /// The origin of Harness's user interface, for example `https://app.harness.io`; without it no links are made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ui_base: Option<String>,
    /// The account's identifier, for links; without it no links are made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// Names of regions, looked for in identifiers of infrastructure definitions; may be empty.
    #[cfg_attr(feature = "ts", ts(optional, as = "Option<Vec<String>>"))]
    pub regions: Vec<String>,
    /// Names of environments, looked for in the identifiers of stages that have not begun, of which Harness does not
    /// say where they deploy; may be empty.
    #[cfg_attr(feature = "ts", ts(optional, as = "Option<Vec<String>>"))]
    pub environments: Vec<String>,
    /// Whether every Deployment stage is kept, also those that were skipped or have not begun. Otherwise a row that
    /// speaks for the execution stands for a stage behind an approval that has not been given. In both cases an
    /// execution without any row has one that speaks for it, unless it succeeded.
    #[cfg_attr(feature = "ts", ts(optional, as = "Option<bool>"))]
    pub skipped: bool,
    /// Whether an execution that succeeded without deploying is a row as well. Otherwise such ones are only counted.
    #[cfg_attr(feature = "ts", ts(optional, as = "Option<bool>"))]
    pub all_runs: bool,
}
