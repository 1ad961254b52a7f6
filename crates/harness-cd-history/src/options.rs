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
    /// Whether every Deployment stage is kept, also those that were skipped or have not begun. Otherwise an execution
    /// in which none has begun is one row with the execution's own status, so that what waits for its turn or for an
    /// approval is seen; none at all where it succeeded.
    #[cfg_attr(feature = "ts", ts(optional, as = "Option<bool>"))]
    pub skipped: bool,
}
