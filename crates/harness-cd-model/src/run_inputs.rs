use serde::{Deserialize, Serialize};

/// What a run was asked to do: those of its inputs that say what it brings, where to, and under which ticket. Each is absent
/// where no input of the run says it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
pub struct RunInputs {
    /// The image's tag, for example `v2.3.1`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image_tag: Option<String>,
    /// The service's identifier.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service: Option<String>,
    /// The environment's identifier.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub environment: Option<String>,
    /// The environment's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub environment_name: Option<String>,
    /// The region's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// The infrastructure definition's identifier.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub infrastructure: Option<String>,
    /// The change ticket, for example `CHG-1234`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub change_ticket: Option<String>,
}
