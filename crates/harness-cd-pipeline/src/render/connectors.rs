//! The connectors: one for each cluster, registry and repository of manifests.

use harness_cd_model::naming::underscored;
use harness_cd_model::{
    CloudCredentials, Cluster, ClusterAccess, EntityKind, EntityRef, EntityScope, GitCredentials, GitProvider, Level,
    Login, ManifestRepository, Registry, RegistryKind,
};

use super::writer::{Called, Part, Writer, placed};
use crate::fragments::fill;
use crate::homes::Homes;

/// Writes those that are not there already, each where services need it.
pub(super) fn write(writer: &mut Writer<'_>, homes: &Homes) {
    let platform = writer.platform;
    for repository in platform.all_repositories() {
        let made = repository.connector.as_ref().zip(repository.made_at);
        let (Some((connector, level)), Some(kind)) = (made, self::repository(repository)) else {
            continue;
        };
        let address = repository.url.as_deref().unwrap_or_default();
        let from = match level {
            Level::Project => "the Harness project",
            Level::Organization | Level::Account => "Harness",
        };
        let description = format!("Read access from {from} to {}", repository_of(address));
        let kind = kind.with("DESCRIPTION", &description);
        let described = ["description: {{DESCRIPTION}}".to_owned()];
        let identifier = EntityRef::split(connector.as_str()).1;
        for scope in homes.of_repository(platform, level, repository) {
            let called = called(&scope, identifier);
            connector_entity(writer, &called, identifier, &described, None, &kind);
        }
    }
    for registry in &platform.registries {
        let Some(level) = registry.made_at else { continue };
        let identifier = EntityRef::split(registry.connector.as_str()).1;
        for scope in homes.of_registry(platform, level, registry) {
            let called = called(&scope, identifier);
            connector_entity(writer, &called, identifier, &[], None, &of_registry(registry));
        }
    }
}

/// Writes the connector of a cluster.
pub(super) fn write_of_cluster(writer: &mut Writer<'_>, scope: &EntityScope, cluster: &Cluster) {
    let identifier = underscored(&cluster.name);
    let kind = of_cluster(cluster);
    let called = called(scope, &identifier);
    connector_entity(writer, &called, &cluster.name, &[], Some(&cluster.region), &kind);
}

/// A connector's file is called as its identifier.
fn called<'n>(scope: &'n EntityScope, identifier: &'n str) -> Called<'n> {
    Called {
        scope,
        kind: EntityKind::Connector,
        name: identifier,
        parent: None,
        identifier,
    }
}

fn connector_entity(
    writer: &mut Writer<'_>,
    called: &Called<'_>,
    name: &str,
    description: &[String],
    region: Option<&str>,
    kind: &Part,
) {
    let region_tag = region.map(|_| "region: {{REGION}}".to_owned());
    let tags: Vec<String> = region_tag
        .into_iter()
        .chain(["managed-by: {{MANAGED_BY}}".to_owned()])
        .collect();
    let frame = placed(include_str!("entities/connector.yaml"), called.scope);
    let frame = fill(&frame, "description", description);
    let frame = fill(&fill(&frame, "tags", &tags), "kind", std::slice::from_ref(&kind.text));
    let mut values = kind.values();
    values.extend([("NAME", name), ("REGION", region.unwrap_or_default())]);
    writer.entity(called, &frame, &values);
}

fn of_cluster(cluster: &Cluster) -> Part {
    let delegate = &cluster.delegate;
    match &cluster.access {
        ClusterAccess::Delegate => k8s(Part::new("type: InheritFromDelegate\n")),
        ClusterAccess::ServiceAccount {
            url,
            token_ref,
            ca_cert_ref,
        } => {
            let certificate = ca_cert_ref.iter().map(|_| "caCertRef: {{CA_CERT_REF}}".to_owned());
            let account = include_str!("connectors/k8s-service-account.yaml");
            let account = fill(account, "certificate", &certificate.collect::<Vec<_>>());
            let credential = Part::new(&account).with("URL", url).with("TOKEN_REF", token_ref);
            k8s(credential.with("CA_CERT_REF", ca_cert_ref.as_deref().unwrap_or_default()))
        }
        ClusterAccess::Eks { credentials, .. }
        | ClusterAccess::Gke { credentials, .. }
        | ClusterAccess::Aks { credentials, .. } => {
            let cloud = match &cluster.access {
                ClusterAccess::Gke { .. } => Cloud::Google,
                ClusterAccess::Aks { .. } => Cloud::Azure,
                _ => Cloud::Amazon,
            };
            of_cloud(cloud, credentials)
        }
    }
    .with("DELEGATE", delegate)
}

fn k8s(credential: Part) -> Part {
    credential.within(include_str!("connectors/k8s.yaml"), "credential")
}

#[derive(Clone, Copy)]
enum Cloud {
    Amazon,
    Google,
    Azure,
}

fn of_cloud(cloud: Cloud, credentials: &CloudCredentials) -> Part {
    let frame = match cloud {
        Cloud::Amazon => include_str!("connectors/aws.yaml"),
        Cloud::Google => include_str!("connectors/gcp.yaml"),
        Cloud::Azure => include_str!("connectors/azure.yaml"),
    };
    let credential = match credentials {
        CloudCredentials::Delegate => Part::new(match cloud {
            Cloud::Amazon => "type: InheritFromDelegate\n",
            Cloud::Google => include_str!("connectors/gcp-delegate.yaml"),
            Cloud::Azure => include_str!("connectors/azure-delegate.yaml"),
        }),
        CloudCredentials::Irsa => Part::new("type: Irsa\n"),
        CloudCredentials::AccessKey {
            access_key_ref,
            secret_key_ref,
        } => Part::new(include_str!("connectors/aws-access-key.yaml"))
            .with("ACCESS_KEY_REF", access_key_ref)
            .with("SECRET_REF", secret_key_ref),
        CloudCredentials::ServiceAccountKey { secret_key_ref } => {
            Part::new(include_str!("connectors/gcp-key.yaml")).with("SECRET_REF", secret_key_ref)
        }
        CloudCredentials::ServicePrincipal {
            application,
            tenant,
            secret_ref,
        } => Part::new(include_str!("connectors/azure-service-principal.yaml"))
            .with("APPLICATION", application)
            .with("TENANT", tenant)
            .with("SECRET_REF", secret_ref),
    };
    credential.within(frame, "credential")
}

fn of_registry(registry: &Registry) -> Part {
    let logged_in = |text: &str, url: &str, login: &Option<Login>| {
        let part = Part::new(text).with("URL", url);
        let login = login.iter();
        login.fold(part, |part, login| {
            part.with("USERNAME", &login.username)
                .with("SECRET_REF", &login.password_ref)
        })
    };
    match &registry.kind {
        RegistryKind::Docker { url, login } => logged_in(include_str!("connectors/docker.yaml"), url, login),
        RegistryKind::Artifactory { url, login, .. } => {
            logged_in(include_str!("connectors/artifactory.yaml"), url, login)
        }
        RegistryKind::Nexus { url, login, .. } => logged_in(include_str!("connectors/nexus.yaml"), url, login),
        RegistryKind::GithubPackages { url, login, .. } => {
            logged_in(include_str!("connectors/github-packages.yaml"), url, login)
        }
        RegistryKind::Ecr { credentials, .. } => of_cloud(Cloud::Amazon, credentials),
        RegistryKind::GoogleArtifactRegistry { credentials, .. } => of_cloud(Cloud::Google, credentials),
        RegistryKind::Acr { credentials, .. } => of_cloud(Cloud::Azure, credentials),
    }
    .with("DELEGATE", registry.delegate.as_deref().unwrap_or_default())
}

/// `None` for a repository that needs no connector.
fn repository(manifests: &ManifestRepository) -> Option<Part> {
    let delegate = manifests.delegate.as_deref();
    let route = match delegate {
        Some(_) => "executeOnDelegate: true\ndelegateSelectors:\n  - {{DELEGATE}}",
        None => "executeOnDelegate: false",
    };
    let routed = |text: &str| Part::new(&fill(text, "route", &[route.to_owned()]));
    let part = match manifests.credentials.as_ref()? {
        GitCredentials::Token { username, token_ref } => {
            let text = match manifests.provider {
                GitProvider::Github => include_str!("connectors/github.yaml"),
                GitProvider::GitLab => include_str!("connectors/gitlab.yaml"),
                GitProvider::Bitbucket => include_str!("connectors/bitbucket.yaml"),
                GitProvider::AzureRepo => include_str!("connectors/azure-repo.yaml"),
                GitProvider::HarnessCode => return None,
            };
            routed(text).with("USERNAME", username).with("SECRET_REF", token_ref)
        }
        GitCredentials::GithubApp {
            application,
            installation,
            private_key_ref,
        } => routed(include_str!("connectors/github-app.yaml"))
            .with("APPLICATION", application)
            .with("INSTALLATION", installation)
            .with("SECRET_REF", private_key_ref),
    };
    let part = part.with("DELEGATE", delegate.unwrap_or_default());
    Some(part.with("URL", manifests.url.as_deref().unwrap_or_default()))
}

/// `company/platform-next` of `https://github.com/company/platform-next.git`
fn repository_of(url: &str) -> String {
    let path = url.trim_end_matches('/').trim_end_matches(".git");
    // Azure Repos has a word of its own between project and repository.
    let mut parts: Vec<&str> = path.rsplit('/').filter(|part| *part != "_git").take(2).collect();
    parts.reverse();
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_repository_is_called_as_people_call_it() {
        for (url, name) in [
            ("https://github.com/company/manifests.git", "company/manifests"),
            ("https://dev.azure.com/company/shop/_git/manifests", "shop/manifests"),
        ] {
            assert_eq!(repository_of(url), name);
        }
    }
}
