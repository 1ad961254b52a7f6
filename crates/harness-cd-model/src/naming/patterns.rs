//! How things are called that Harness may have already, as patterns with placeholders.

use serde::Serialize;

use super::Placeholder;

/// How things are called that Harness may have already: patterns with the placeholders of a template.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NamePatterns {
    /// The name of a pipeline.
    pub pipeline: String,
    /// The identifier of a pipeline.
    pub pipeline_identifier: String,
    /// The Kubernetes namespace in which a service runs.
    pub namespace: String,
    /// The release under which Harness keeps what it deployed.
    pub release_name: String,
}

impl Default for NamePatterns {
    fn default() -> Self {
        Self {
            pipeline: "{{SERVICE_NAME}}-cd".to_owned(),
            pipeline_identifier: "{{SERVICE_IDENTIFIER}}_cd".to_owned(),
            namespace: "{{ENVIRONMENT}}-{{SERVICE_NAME}}-{{REGION}}".to_owned(),
            release_name: "release-<+INFRA_KEY_SHORT_ID>".to_owned(),
        }
    }
}

/// The environment's name, in a pattern of what differs by place.
pub const ENVIRONMENT: &str = "ENVIRONMENT";
/// The environment's identifier there.
pub const ENVIRONMENT_IDENTIFIER: &str = "ENVIRONMENT_IDENTIFIER";
/// The region's name there.
pub const REGION: &str = "REGION";
/// The region's identifier there.
pub const REGION_IDENTIFIER: &str = "REGION_IDENTIFIER";

/// What a service is called in Harness, in the name of its pipeline.
pub const SERVICE_DISPLAY_NAME: &str = "SERVICE_DISPLAY_NAME";

/// The placeholders that the name of a pipeline may have.
pub const IN_PIPELINE_NAMES: [&str; 3] = ["SERVICE_NAME", "SERVICE_IDENTIFIER", SERVICE_DISPLAY_NAME];
/// Those that its identifier may have.
pub const IN_PIPELINE_IDENTIFIERS: [&str; 2] = ["SERVICE_NAME", "SERVICE_IDENTIFIER"];
/// Those that a namespace and a release may have.
pub const IN_PLACE_NAMES: [&str; 5] = [
    "SERVICE_NAME",
    "SERVICE_IDENTIFIER",
    ENVIRONMENT,
    ENVIRONMENT_IDENTIFIER,
    REGION,
];

/// Those that the path of a manifest may have, besides a service's own values.
pub const IN_MANIFEST_PATHS: [&str; 8] = [
    "SERVICE_NAME",
    "SERVICE_IDENTIFIER",
    "ARCHETYPE",
    "TEAM",
    "IMAGE",
    ENVIRONMENT,
    ENVIRONMENT_IDENTIFIER,
    REGION,
];

/// Those that the query of a health source may have: a monitored service is of all regions.
pub const IN_QUERIES: [&str; 4] = [
    "SERVICE_NAME",
    "SERVICE_IDENTIFIER",
    ENVIRONMENT,
    ENVIRONMENT_IDENTIFIER,
];

/// Those that the name of an infrastructure definition may have.
pub const IN_INFRASTRUCTURE_NAMES: [&str; 2] = [ENVIRONMENT, REGION];

/// Those that what it says may have.
pub const IN_INFRASTRUCTURES: [&str; 4] = [ENVIRONMENT, ENVIRONMENT_IDENTIFIER, REGION, REGION_IDENTIFIER];

/// A pattern with values in place of its placeholders; those that have none stay.
#[must_use]
pub fn filled(pattern: &str, values: &[(&str, &str)]) -> String {
    values.iter().fold(pattern.to_owned(), |text, (name, value)| {
        text.replace(&format!("{{{{{name}}}}}"), value)
    })
}

/// Whether a text can be the name of a pipeline.
#[must_use]
pub fn is_pipeline_name(name: &str) -> bool {
    let is_part = |c: char| c.is_ascii_alphanumeric() || " -_.".contains(c);
    name.len() <= 128 && !name.starts_with(' ') && name.chars().all(is_part)
}

/// The placeholders of a pattern.
#[must_use]
pub fn placeholders_of(pattern: &str) -> Vec<&str> {
    let parts = pattern.split("{{").skip(1);
    parts
        .filter_map(|part| part.split_once("}}").map(|(name, _)| name))
        .collect()
}

/// The values of a service's own placeholders in a pattern.
#[must_use]
pub fn of_service<'v>(name: &'v str, identifier: &'v str) -> [(&'static str, &'v str); 2] {
    [
        (Placeholder::ServiceName.name(), name),
        (Placeholder::ServiceIdentifier.name(), identifier),
    ]
}
