//! The product's own words, and what follows from the names that people choose. One rule each, the same for whoever
//! reads, writes and checks.

use harness_cd_model::{Environment, Identifier};

/// In approvals: the service's own team.
pub(crate) const OWN_TEAM: &str = "team";

/// The placeholders that the product fills for a pipeline template; a service's own `values` come on top.
pub(crate) const BUILT_IN: [&str; 10] = [
    "SERVICE_NAME",
    "SERVICE_IDENTIFIER",
    "ARCHETYPE",
    "TEAM",
    "TEAM_IDENTIFIER",
    "IMAGE",
    "ENVIRONMENTS",
    "FIRST_ENVIRONMENT",
    "REGIONS",
    "FIRST_REGION",
];

/// The identifier of a name that was checked when the platform was read.
pub(crate) fn underscored(name: &str) -> String {
    Identifier::from_name(name).map_or_else(|_| name.to_owned(), String::from)
}

/// `int_stable_euw1_k8s`
pub(crate) fn infrastructure_identifier(environment: &Environment, region: &str) -> String {
    format!("{}_{}_k8s", environment.identifier, underscored(region))
}

/// `payment-service-int-stable`; its identifier follows from it.
pub(crate) fn input_set_name(service: &str, environment: &str) -> String {
    format!("{service}-{environment}")
}

/// What is left of a group's name in the step in which it approves: `platform` of `platform-team`.
pub(crate) fn approval_stem(group: &str) -> String {
    let identifier = underscored(group);
    match identifier.strip_suffix("_team") {
        Some(stem) if !stem.is_empty() => stem.to_owned(),
        _ => identifier,
    }
}

/// `platform_approval`; of its own among the approvals of an environment.
pub(crate) fn approval_identifier(group: &str) -> String {
    format!("{}_approval", approval_stem(group))
}
