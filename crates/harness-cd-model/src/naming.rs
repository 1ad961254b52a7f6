//! What things are called in Harness and in a config repository: each rule once, for whoever writes a name, looks for
//! it or takes it apart.

mod entity;
mod paths;
pub mod patterns;
mod placeholder;

pub use entity::entity_ref;
pub use paths::{
    Folder, LAYOUT_FILE, LINT_FILE, MANIFEST_FOLDER, PLATFORM_FILE, SERVICES_FILE, TEMPLATE_FOLDER, chart_folder,
    delegate_install_path, delegate_values_path, entity_path, is_manifest, manifest_folder, manifest_target,
    monitored_service_path, policy_path, policy_set_path, rendered_kind, rendered_name, template_name,
    template_name_archetype, template_path, written_template_path,
};
pub use patterns::NamePatterns;
pub use placeholder::Placeholder;

use crate::{Deployer, EntityRef, Region};

/// In approvals and notifications: the service's own team.
pub const OWN_TEAM: &str = "team";

/// The identifier of the trigger that starts a pipeline when an image was built; one per pipeline.
pub const IMAGE_TRIGGER: &str = "app_image_trigger";

/// The identifier of a service's artifact source, and what begins those of the registries of places.
pub const IMAGE_SOURCE: &str = "docker_image";

/// What ends the identifier of an infrastructure definition.
const fn infrastructure_suffix(deployer: Deployer) -> &'static str {
    match deployer {
        Deployer::Kubernetes => "_k8s",
        Deployer::NativeHelm => "_helm",
    }
}

/// A name as an identifier writes it: every dash, dot and space is an underscore. Whether that is an identifier is
/// [`Identifier::from_name`](crate::Identifier::from_name)'s to say.
#[must_use]
pub fn underscored(name: &str) -> String {
    name.replace(['-', '.', ' '], "_")
}

/// The same for a name that may have a scope before it, which stays: `account.platform_team` of `account.platform-team`.
#[must_use]
pub fn scoped_underscored(name: &str) -> String {
    let (scope, name) = EntityRef::split(name);
    format!("{scope}{}", underscored(name))
}

/// `payment-service-cd`, of a service's name.
#[must_use]
pub fn pipeline_name(service: &str) -> String {
    format!("{service}-cd")
}

/// `payment_service_cd`, of a service's identifier.
#[must_use]
pub fn pipeline_identifier(service_identifier: &str) -> String {
    format!("{service_identifier}_cd")
}

/// `payment-service-int-stable`; its identifier follows from it.
#[must_use]
pub fn input_set_name(service: &str, environment: &str) -> String {
    format!("{service}-{environment}")
}

/// `payment_service_prod`, of the identifiers of a service and an environment: a verification looks for it by that.
#[must_use]
pub fn monitored_service_identifier(service: &str, environment: &str) -> String {
    format!("{service}_{environment}")
}

/// `int-stable-euw1`, of the names of an environment and a region, or a cluster's own; `int-stable-euw1.helm`, which no
/// other region can make, for Helm.
#[must_use]
pub fn infrastructure_name(environment: &str, region: &str, own: Option<&str>, deployer: Deployer) -> String {
    let name = own.map_or_else(|| format!("{environment}-{region}"), str::to_owned);
    match deployer {
        Deployer::Kubernetes => name,
        Deployer::NativeHelm => format!("{name}.helm"),
    }
}

/// What the file of an infrastructure definition of that name is called: another for another environment.
#[must_use]
pub fn infrastructure_file(environment: &str, name: &str) -> String {
    let rest = name.strip_prefix(environment);
    match rest.is_some_and(|rest| rest.starts_with('-')) {
        true => name.to_owned(),
        false => format!("{environment}-{name}"),
    }
}

/// `int_stable_euw1_k8s`, or `int_stable_euw1_helm`, of an environment and a region as identifiers write them.
#[must_use]
pub fn infrastructure_identifier(environment: &str, region: &str, deployer: Deployer) -> String {
    format!("{environment}_{region}{}", infrastructure_suffix(deployer))
}

/// The expression for the identifier of the region that an expression names.
///
/// Where every name is its identifier, that is the name itself. Elsewhere `replace` of Java's strings is called on it: for
/// each name with an identifier of its own, the longest first, and then for all dashes. Source: Harness's documentation,
/// docs/platform/variables-and-expressions/expressions-java-methods.
#[must_use]
pub fn region_identifier_expression(regions: &[Region], name: &str) -> String {
    let replacements = region_replacements(regions);
    if replacements.is_empty() {
        return name.to_owned();
    }
    let calls = replacements
        .iter()
        .map(|(from, to)| format!(".replace(\"{from}\", \"{to}\")"));
    format!("<+{name}{}>", calls.collect::<String>())
}

/// Whether the expression makes a region's identifier of its name.
#[must_use]
pub fn reads_as_identifier(regions: &[Region], region: &Region) -> bool {
    let replaced = |text: String, (from, to): &(&str, &str)| text.replace(from, to);
    let found = region_replacements(regions).iter().fold(region.name.clone(), replaced);
    found == region.identifier.as_str()
}

/// What is replaced in the name of a region, in order: the names of those with identifiers of their own, then all dashes.
fn region_replacements(regions: &[Region]) -> Vec<(&str, &str)> {
    let follows = |region: &&Region| region.name.replace('-', "_") == region.identifier.as_str();
    let own = regions.iter().filter(|region| !follows(region));
    let mut replacements: Vec<(&str, &str)> = own
        .map(|region| (region.name.as_str(), region.identifier.as_str()))
        .collect();
    replacements.sort_by_key(|(name, _)| std::cmp::Reverse(name.len()));
    if regions.iter().filter(follows).any(|region| region.name.contains('-')) {
        replacements.push(("-", "_"));
    }
    replacements
}

/// The region in what follows the environment in the identifier of an infrastructure definition: `euw1` of
/// `_euw1_k8s`.
#[must_use]
pub fn infrastructure_region(behind_environment: &str) -> Option<&str> {
    let region = behind_environment.strip_prefix('_')?;
    let region = [Deployer::Kubernetes, Deployer::NativeHelm]
        .into_iter()
        .find_map(|deployer| region.strip_suffix(infrastructure_suffix(deployer)))?;
    (!region.is_empty()).then_some(region)
}

/// `int-stable-payment-service-euw1`: the Kubernetes namespace in which a service runs.
#[must_use]
pub fn namespace(environment: &str, service: &str, region: &str) -> String {
    format!("{environment}-{service}-{region}")
}

/// What is left of a group's name in the step in which it approves: `platform` of `account.platform-team`.
#[must_use]
pub fn approval_stem(group: &str) -> String {
    let identifier = underscored(EntityRef::split(group).1);
    match identifier.strip_suffix("_team") {
        Some(stem) if !stem.is_empty() => stem.to_owned(),
        _ => identifier,
    }
}

/// `platform_approval`; of its own among the approvals of an environment.
#[must_use]
pub fn approval_identifier(group: &str) -> String {
    format!("{}_approval", approval_stem(group))
}

/// `platform_swap_approval`: the step in which a group approves the swap of a blue-green deployment.
#[must_use]
pub fn swap_approval_identifier(group: &str) -> String {
    format!("{}_swap_approval", approval_stem(group))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_follow_from_names() {
        assert_eq!(pipeline_name("payment-service"), "payment-service-cd");
        assert_eq!(pipeline_identifier("payment_service"), "payment_service_cd");
        for (deployer, identifier, name) in [
            (Deployer::Kubernetes, "int_stable_euw1_k8s", "int-stable-euw1"),
            (Deployer::NativeHelm, "int_stable_euw1_helm", "int-stable-euw1.helm"),
        ] {
            assert_eq!(infrastructure_identifier("int_stable", "euw1", deployer), identifier);
            assert_eq!(infrastructure_name("int-stable", "euw1", None, deployer), name);
        }
    }

    #[test]
    fn an_infrastructure_of_its_own_name_has_a_file_of_its_own() {
        let file = |name: &str| infrastructure_file("prod", name);
        assert_eq!(file("prod-euw1-b"), "prod-euw1-b");
        assert_eq!(file("k8s"), "prod-k8s");
        assert_eq!(file("production"), "prod-production");
        let helm = infrastructure_name("prod", "euw1", Some("k8s"), Deployer::NativeHelm);
        assert_eq!(helm, "k8s.helm");
    }

    #[test]
    fn an_expression_makes_the_identifier_of_a_region() {
        let region = |name: &str, identifier: &str| Region {
            name: name.to_owned(),
            identifier: crate::Identifier::parse(identifier).unwrap(),
        };
        let written = |regions: &[Region]| {
            assert!(regions.iter().all(|known| reads_as_identifier(regions, known)));
            region_identifier_expression(regions, "<+r>")
        };
        assert_eq!(written(&[region("euw1", "euw1")]), "<+r>");
        assert_eq!(
            written(&[region("eu-west-1", "eu_west_1"), region("local", "local")]),
            "<+<+r>.replace(\"-\", \"_\")>"
        );
        assert_eq!(
            written(&[
                region("eu-west-1", "euw1"),
                region("eu-west-10", "euw10"),
                region("x", "x")
            ]),
            "<+<+r>.replace(\"eu-west-10\", \"euw10\").replace(\"eu-west-1\", \"euw1\")>"
        );
        assert_eq!(
            written(&[region("ap-south-1", "aps1"), region("eu-west-1", "eu_west_1")]),
            "<+<+r>.replace(\"ap-south-1\", \"aps1\").replace(\"-\", \"_\")>"
        );
        let swapped = [region("long-name", "x"), region("x", "y")];
        assert!(!reads_as_identifier(&swapped, &swapped[0]));
    }

    #[test]
    fn a_group_approves_in_a_step_of_its_own() {
        for (group, step) in [
            ("platform-team", "platform_approval"),
            ("cab", "cab_approval"),
            ("account.change-team", "change_approval"),
            (OWN_TEAM, "team_approval"),
            ("-team", "_team_approval"),
        ] {
            assert_eq!(approval_identifier(group), step);
        }
    }

    #[test]
    fn what_is_no_infrastructure_of_ours_has_no_region() {
        for text in ["", "_k8s", "__k8s", "euw1_k8s", "_euw1"] {
            assert_eq!(infrastructure_region(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn an_infrastructure_gives_its_region_back(environment in "[a-z_]{1,12}", region in "[a-z0-9_]{1,12}") {
            for deployer in [Deployer::Kubernetes, Deployer::NativeHelm] {
                let identifier = infrastructure_identifier(&environment, &region, deployer);
                prop_assert_eq!(identifier.strip_prefix(&environment).and_then(infrastructure_region), Some(&*region));
            }
        }
    }
}
