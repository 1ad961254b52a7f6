//! What a platform description alone renders to.

use harness_cd_model::naming::{
    delegate_install_path, delegate_values_path, infrastructure_identifier, infrastructure_name, namespace,
    policy_path, underscored,
};
use harness_cd_model::{Cluster, Delegate, EntityKind, Environment};

use super::policy;
use super::writer::{Called, Writer};

/// Renders the environments with their clusters, the connectors, the delegates and the policies.
pub(super) fn write(writer: &mut Writer<'_>) {
    let platform = writer.platform;
    for known in &platform.environments {
        environment(writer, known);
        for cluster in platform.clusters_of(&known.name) {
            infrastructure(writer, known, cluster);
            cluster_connector(writer, cluster);
        }
    }
    manifest_connector(writer);
    registry_connector(writer);
    for known in &platform.delegates {
        delegate(writer, known);
    }
    for window in &platform.change_windows {
        let text = policy::rego(window, platform);
        writer.rendered.others.insert(policy_path(&window.name), text);
    }
}

/// A connector's file is called as its identifier.
fn connector(identifier: &str) -> Called<'_> {
    Called {
        kind: EntityKind::Connector,
        name: identifier,
        parent: None,
        identifier,
    }
}

fn environment(writer: &mut Writer<'_>, environment: &Environment) {
    writer.entity(
        &Called {
            kind: EntityKind::Environment,
            name: &environment.name,
            parent: None,
            identifier: environment.identifier.as_str(),
        },
        include_str!("entities/environment.yaml"),
        &[
            ("NAME", &environment.name),
            ("TYPE", environment.environment_type.as_str()),
        ],
    );
}

fn infrastructure(writer: &mut Writer<'_>, environment: &Environment, cluster: &Cluster) {
    let region = &cluster.region;
    let name = infrastructure_name(&environment.name, region);
    let parent = environment.identifier.as_str();
    writer.entity(
        &Called {
            kind: EntityKind::Infrastructure,
            name: &name,
            parent: Some(parent),
            identifier: &infrastructure_identifier(parent, &underscored(region)),
        },
        include_str!("entities/infrastructure.yaml"),
        &[
            ("NAME", &name),
            ("REGION", region),
            ("NAMESPACE", &namespace(&environment.name, "<+service.name>", region)),
            ("ENVIRONMENT_IDENTIFIER", parent),
            ("CONNECTOR", &underscored(&cluster.name)),
        ],
    );
}

fn cluster_connector(writer: &mut Writer<'_>, cluster: &Cluster) {
    writer.entity(
        &connector(&underscored(&cluster.name)),
        include_str!("entities/cluster-connector.yaml"),
        &[
            ("NAME", &cluster.name),
            ("REGION", &cluster.region),
            ("DELEGATE", &cluster.delegate),
        ],
    );
}

fn manifest_connector(writer: &mut Writer<'_>) {
    let manifests = &writer.platform.manifests;
    writer.entity(
        &connector(manifests.connector.as_str()),
        include_str!("entities/git-connector.yaml"),
        &[
            ("REPOSITORY", &repository_of(&manifests.url)),
            ("URL", &manifests.url),
            ("USERNAME", &manifests.username),
            ("TOKEN_REF", &manifests.token_ref),
        ],
    );
}

fn registry_connector(writer: &mut Writer<'_>) {
    let registry = &writer.platform.registry;
    writer.entity(
        &connector(registry.connector.as_str()),
        include_str!("entities/registry-connector.yaml"),
        &[
            ("URL", &registry.url),
            ("USERNAME", &registry.username),
            ("PASSWORD_REF", &registry.password_ref),
            ("DELEGATE", &registry.delegate),
        ],
    );
}

fn delegate(writer: &mut Writer<'_>, delegate: &Delegate) {
    let name = &delegate.name;
    let clusters = writer.platform.clusters.iter();
    let clusters: Vec<&Cluster> = clusters.filter(|cluster| cluster.delegate == *name).collect();
    let mut tags: Vec<&str> = Vec::new();
    let places = clusters
        .iter()
        .flat_map(|cluster| [cluster.environment.as_str(), cluster.region.as_str()]);
    for tag in places.chain([delegate.network.as_str()]) {
        if !tags.contains(&tag) {
            tags.push(tag);
        }
    }
    writer.file(
        delegate_values_path(name),
        include_str!("entities/delegate-values.yaml"),
        &[("NAME", name), ("TAGS", &tags.join(","))],
    );
    let clusters: Vec<&str> = clusters.iter().map(|cluster| cluster.name.as_str()).collect();
    let commands = delegate_install(name, &clusters);
    writer.rendered.others.insert(delegate_install_path(name), commands);
}

/// The commands that install a delegate. Its own cluster is the default where it is plain which one that is.
fn delegate_install(name: &str, clusters: &[&str]) -> String {
    let default = match clusters {
        [cluster] => format!(":={cluster}"),
        _ => ":?".to_owned(),
    };
    include_str!("delegate-install.sh")
        .replace("DELEGATE_NAME", name)
        .replace("CLUSTERS", &clusters.join(", "))
        .replace(":=DEFAULT_CONTEXT", &default)
}

/// `company/platform-next` of `https://github.com/company/platform-next.git`
fn repository_of(url: &str) -> String {
    let path = url.trim_end_matches('/').trim_end_matches(".git");
    let mut parts: Vec<&str> = path.rsplit('/').take(2).collect();
    parts.reverse();
    parts.join("/")
}
