//! Where things stand in a config repository, and the files that an entity is rendered to.

use super::underscored;
use crate::EntityKind;

/// The platform description.
pub const PLATFORM_FILE: &str = "platform.yaml";
/// The services.
pub const SERVICES_FILE: &str = "services.yaml";
/// Where the parts of a config repository stand, where they do not stand as usual.
pub const LAYOUT_FILE: &str = "harness-cd.yaml";
/// How a config repository grades the rules of lint.
pub const LINT_FILE: &str = "lint.yaml";
/// The folder of the pipeline templates, one per archetype.
pub const TEMPLATE_FOLDER: &str = "templates";
/// The folder of the generated manifests.
pub const MANIFEST_FOLDER: &str = "generated";

const TEMPLATE_SUFFIX: &str = "-pipeline-template.yaml";

/// The name of the file of an archetype's template.
#[must_use]
pub fn template_name(archetype: &str) -> String {
    format!("{archetype}{TEMPLATE_SUFFIX}")
}

/// Where the template of an archetype usually stands in a config repository.
#[must_use]
pub fn template_path(archetype: &str) -> String {
    format!("{TEMPLATE_FOLDER}/{}", template_name(archetype))
}

/// Where the text is kept that a template was written with, for the merge with edits by hand: beside the templates, so
/// that nobody who reads those meets it.
#[must_use]
pub fn written_template_path(archetype: &str) -> String {
    format!(".written/{}", template_name(archetype))
}

/// The archetype whose template has a file name.
#[must_use]
pub fn template_name_archetype(name: &str) -> Option<&str> {
    name.strip_suffix(TEMPLATE_SUFFIX)
}

/// Where the manifests of a service are: `generated/<service>/<environment>/<region>`.
#[must_use]
pub fn manifest_folder(service: &str, environment: &str, region: &str) -> String {
    format!("{MANIFEST_FOLDER}/{service}/{environment}/{region}")
}

/// Where the Helm chart of an archetype is.
#[must_use]
pub fn chart_folder(archetype: &str) -> String {
    format!("charts/{archetype}")
}

/// Whether a path is that of a manifest.
#[must_use]
pub fn is_manifest(path: &str) -> bool {
    within(MANIFEST_FOLDER, path).is_some() && path.ends_with(".yaml")
}

/// The service and the environment of a manifest, by its path.
#[must_use]
pub fn manifest_target(path: &str) -> Option<(&str, &str)> {
    let (service, rest) = within(MANIFEST_FOLDER, path)?.split_once('/')?;
    Some((service, rest.split('/').next()?))
}

/// What is left of a path below a folder.
fn within<'p>(folder: &str, path: &'p str) -> Option<&'p str> {
    path.strip_prefix(folder)?.strip_prefix('/')
}

/// The file of an entity, by the name that people know it by: `pipelines/payment-service-cd.yaml`. A trigger goes by
/// the name of its pipeline, a connector by its identifier.
#[must_use]
pub fn entity_path(kind: EntityKind, name: &str) -> String {
    let folder = match kind {
        EntityKind::Pipeline => "pipelines",
        EntityKind::InputSet => "input-sets",
        EntityKind::Trigger => "triggers",
        EntityKind::Service => "services",
        EntityKind::Environment => "environments",
        EntityKind::Infrastructure => "infrastructures",
        EntityKind::Connector => "connectors",
    };
    format!("{folder}/{name}.yaml")
}

/// The folder of a file that rendering writes, by its path; `None` for a path that it never writes.
#[must_use]
pub fn rendered_kind(path: &str) -> Option<&str> {
    rendered(path).map(|(kind, _)| kind)
}

/// What a file that rendering writes is of, by its path; `None` for a path that it never writes.
#[must_use]
pub fn rendered_name(path: &str) -> Option<&str> {
    rendered(path).map(|(_, name)| name)
}

/// The folder of all that stands in one project, in one organization or in the account, ended by a slash; empty for the
/// platform's own project.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Folder(String);

/// The folder of the folders of projects.
const PROJECTS_FOLDER: &str = "projects";
/// That of the folders of organizations.
const ORGS_FOLDER: &str = "orgs";
/// The folder of the account.
const ACCOUNT_FOLDER: &str = "account";

impl Folder {
    /// The folder of a further project.
    #[must_use]
    pub fn of_project(name: &str) -> Self {
        Self(format!("{PROJECTS_FOLDER}/{name}/"))
    }

    /// The folder of an organization.
    #[must_use]
    pub fn of_org(identifier: &str) -> Self {
        Self(format!("{ORGS_FOLDER}/{identifier}/"))
    }

    /// The folder of the account.
    #[must_use]
    pub fn of_account() -> Self {
        Self(format!("{ACCOUNT_FOLDER}/"))
    }

    /// The path of a file in it.
    #[must_use]
    pub fn path(&self, file: &str) -> String {
        format!("{}{file}", self.0)
    }

    /// The folder of a file, and the file's path in it.
    #[must_use]
    pub fn split(path: &str) -> (&str, &str) {
        let mut named = [PROJECTS_FOLDER, ORGS_FOLDER].into_iter();
        let below = named.find_map(|folder| Some(within(folder, path)?.split_once('/')?.1));
        let file = below.or_else(|| within(ACCOUNT_FOLDER, path)).unwrap_or(path);
        path.split_at(path.len() - file.len())
    }

    /// The name of the further project in whose folder a file stands.
    #[must_use]
    pub fn project_of(path: &str) -> Option<&str> {
        Some(within(PROJECTS_FOLDER, path)?.split_once('/')?.0)
    }

    /// Whether rendering puts files somewhere into a folder, which ends with a slash.
    #[must_use]
    pub fn may_hold(folder: &str) -> bool {
        let (above, own) = Self::split(folder);
        let is_called = |known: &str| own.strip_suffix('/') == Some(known);
        let is_above = above.is_empty() && [PROJECTS_FOLDER, ORGS_FOLDER].into_iter().any(is_called);
        own.is_empty() || is_above || RENDERED.iter().any(|(known, _)| is_called(known))
    }
}

/// The folders of rendered files, and how the files in each end.
const RENDERED: [(&str, &[&str]); 11] = [
    ("pipelines", &[".yaml"]),
    ("input-sets", &[".yaml"]),
    ("triggers", &[".yaml"]),
    ("services", &[".yaml"]),
    ("environments", &[".yaml"]),
    ("infrastructures", &[".yaml"]),
    ("connectors", &[".yaml"]),
    ("monitored-services", &[".yaml"]),
    ("policies", &[".rego"]),
    ("policy-sets", &[".json"]),
    ("delegates", &[".values.yaml", ".install.sh"]),
];

fn rendered(path: &str) -> Option<(&str, &str)> {
    let (folder, file) = Folder::split(path).1.split_once('/')?;
    let (known, ends) = RENDERED.into_iter().find(|(known, _)| *known == folder)?;
    let name = ends.iter().find_map(|end| file.strip_suffix(end))?;
    (!file.contains('/')).then_some((known, name))
}

/// The file of what Harness watches of a service in an environment.
#[must_use]
pub fn monitored_service_path(service: &str, environment: &str) -> String {
    format!("monitored-services/{service}-{environment}.yaml")
}

/// The file of the policy that guards a change window.
#[must_use]
pub fn policy_path(window: &str) -> String {
    format!("policies/{window}.rego")
}

/// The file of the policy set with the policy of a change window, which goes by its identifier.
#[must_use]
pub fn policy_set_path(window: &str) -> String {
    format!("policy-sets/{}.json", underscored(window))
}

/// The file of a delegate's Helm values.
#[must_use]
pub fn delegate_values_path(delegate: &str) -> String {
    format!("delegates/{delegate}.values.yaml")
}

/// The file of the commands that install a delegate.
#[must_use]
pub fn delegate_install_path(delegate: &str) -> String {
    format!("delegates/{delegate}.install.sh")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_gives_its_archetype_back() {
        assert_eq!(template_path("api"), "templates/api-pipeline-template.yaml");
        assert_eq!(template_name_archetype(&template_name("batch-job")), Some("batch-job"));
        assert_eq!(template_name_archetype("README.md"), None);
    }

    #[test]
    fn a_file_of_a_project_is_known_as_one_of_the_platforms_own_is() {
        let path = Folder::of_project("payments").path("connectors/gcr.yaml");
        assert_eq!(path, "projects/payments/connectors/gcr.yaml");
        assert_eq!(Folder::split(&path), ("projects/payments/", "connectors/gcr.yaml"));
        assert_eq!(Folder::split("connectors/gcr.yaml"), ("", "connectors/gcr.yaml"));
        assert_eq!(Folder::default().path("connectors/gcr.yaml"), "connectors/gcr.yaml");
        assert_eq!(rendered_kind(&path), Some("connectors"));
        assert_eq!(rendered_name(&path), Some("gcr"));
        for (folder, path) in [
            (Folder::of_account(), "account/connectors/gcr.yaml"),
            (Folder::of_org("shop"), "orgs/shop/connectors/gcr.yaml"),
        ] {
            assert_eq!(folder.path("connectors/gcr.yaml"), path);
            assert_eq!(Folder::split(path).1, "connectors/gcr.yaml");
        }
        for path in [
            "projects/gcr.yaml",
            "projects/a/b/connectors/gcr.yaml",
            "connectors/a/gcr.yaml",
        ] {
            assert_eq!(rendered_kind(path), None, "{path}");
        }
        for folder in [
            "connectors/",
            "projects/",
            "projects/payments/",
            "projects/payments/connectors/",
            "account/",
            "orgs/shop/",
        ] {
            assert!(Folder::may_hold(folder), "{folder}");
        }
        for folder in [
            "other/",
            "projects/payments/other/",
            "connectors/a/",
            "projects/a/projects/b/",
        ] {
            assert!(!Folder::may_hold(folder), "{folder}");
        }
    }

    #[test]
    fn a_manifest_gives_its_target_back() {
        let path = manifest_folder("payment-service", "int-stable", "euw1") + "/manifests.yaml";
        assert_eq!(path, "generated/payment-service/int-stable/euw1/manifests.yaml");
        assert!(is_manifest(&path));
        assert_eq!(manifest_target(&path), Some(("payment-service", "int-stable")));
        for path in ["generated/manifests.yaml", "generatedx/a/b/c.yaml", "other/a/b/c.yaml"] {
            assert_eq!(manifest_target(path), None, "{path}");
        }
    }
}
