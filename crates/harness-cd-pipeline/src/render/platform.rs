//! What a platform description alone renders to.

use std::collections::BTreeSet;

use harness_cd_model::naming::patterns::{
    ENVIRONMENT, ENVIRONMENT_IDENTIFIER, REGION, REGION_IDENTIFIER, filled, of_service,
};
use harness_cd_model::naming::{
    delegate_install_path, delegate_values_path, entity_path, infrastructure_file, infrastructure_name, policy_path,
    policy_set_path, underscored,
};
use harness_cd_model::{
    Cluster, ClusterAccess, Delegate, Deployer, Diagnostic, EntityKind, EntityScope, Environment, Infrastructure,
    Level, Platform, ProjectRef,
};

use super::writer::{Called, Part, Writer, placed};
use super::{connectors, policy};
use crate::ConfigRepo;
use crate::fragments::fill;
use crate::homes::Homes;
use crate::left_out::{LeftOut, LeftOutKind};
use crate::read::broken::{BrokenEntry, Kind};

/// Renders the environments with their clusters, the connectors, the delegates and the policies, without what is broken.
pub(super) fn write(writer: &mut Writer<'_>, repo: &ConfigRepo) {
    let platform = writer.platform;
    let (broken, homes, deployers) = (&repo.broken, &repo.homes, &repo.deployers());
    for known in &platform.environments {
        for scope in homes.of_environment(platform, known.level, &known.name) {
            environment(writer, &scope, known);
            for cluster in platform.clusters_of(&known.name) {
                for deployer in deployers {
                    infrastructure(writer, &scope, known, cluster, *deployer);
                }
            }
            for infrastructure in &platform.infrastructures {
                outside(writer, &scope, known, infrastructure);
            }
        }
        for cluster in platform.clusters_of(&known.name) {
            for scope in homes.of_environment(platform, cluster.level, &known.name) {
                connectors::write_of_cluster(writer, &scope, cluster);
            }
        }
    }
    connectors::write(writer, homes);
    for known in &platform.delegates {
        let reason = broken.of_delegate(&known.name);
        match reason.or_else(|| reason_against_scope(repo, platform, &known.name)) {
            None => delegate(writer, known, homes),
            Some(reason) => writer.rendered.left_out.push(delegate_left_out(&known.name, reason)),
        }
    }
    let entries =
        [Kind::Cluster, Kind::Delegate, Kind::Registry, Kind::Infrastructure].map(|kind| broken.entries(kind));
    let left_out = entries.into_iter().flatten();
    let left_out = left_out.filter_map(|entry| left_out_of(entry, platform, homes, deployers));
    writer.rendered.left_out.extend(left_out);
    for policy in policy::all(platform) {
        for scope in homes.scopes(platform, policy.level, |needed| {
            policy.is_needed(platform, &needed.environments)
        }) {
            let paths = [policy_path(&policy.name), policy_set_path(&policy.name)];
            let texts = [policy.rego(platform), policy.set()];
            let paths = paths.map(|path| writer.path(&scope, &path));
            writer.rendered.others.extend(paths.into_iter().zip(texts));
        }
    }
}

/// What is broken, with its files as far as they can be told; `None` for what has none.
fn left_out_of(
    entry: &BrokenEntry,
    platform: &Platform,
    homes: &Homes,
    deployers: &BTreeSet<Deployer>,
) -> Option<LeftOut> {
    let connector = |name: &str| entity_path(EntityKind::Connector, &underscored(name));
    let in_each = |files: Vec<String>, scopes: BTreeSet<EntityScope>| -> Vec<String> {
        let folders = scopes.iter().map(|scope| platform.folder_of(scope));
        let paths = folders.flat_map(|folder| files.iter().map(|file| folder.path(file)).collect::<Vec<_>>());
        paths.collect()
    };
    let (kind, files) = match entry.kind {
        Kind::Cluster => {
            let of_place = |(environment, region)| {
                let file = move |deployer: &Deployer| {
                    let name = infrastructure_name(environment, region, entry.infrastructure(), *deployer);
                    entity_path(EntityKind::Infrastructure, &infrastructure_file(environment, &name))
                };
                deployers.iter().map(file)
            };
            let infrastructures = entry.place().into_iter().flat_map(of_place);
            let own = entry.file_name().map(connector);
            let files = own.into_iter().chain(infrastructures).collect();
            let scopes = match entry.place() {
                Some((environment, _)) => {
                    let level = platform.environment(environment).map(|known| known.level);
                    homes.of_environment(platform, level.unwrap_or_default(), environment)
                }
                None => homes.scopes(platform, Level::Project, |_| true),
            };
            (LeftOutKind::Cluster, in_each(files, scopes))
        }
        Kind::Registry => (
            LeftOutKind::Registry,
            in_each(
                entry.connector().map(connector).into_iter().collect(),
                homes.of_registry_called(platform, Level::Project, &entry.called(), entry.is_of_places()),
            ),
        ),
        Kind::Delegate => {
            let files = entry.file_name().map(delegate_files).into_iter().flatten();
            (LeftOutKind::Delegate, files.collect())
        }
        // Which files it would have, what is wrong with it leaves open.
        Kind::Infrastructure => (LeftOutKind::Infrastructure, Vec::new()),
        Kind::Network | Kind::Archetype | Kind::Notification => return None,
    };
    Some(LeftOut {
        kind,
        name: entry.called(),
        files,
        reason: entry.reason.clone(),
    })
}

fn delegate_files(name: &str) -> [String; 2] {
    [delegate_install_path(name), delegate_values_path(name)]
}

/// A delegate of which it is not known what it serves.
fn delegate_left_out(name: &str, reason: &Diagnostic) -> LeftOut {
    LeftOut {
        kind: LeftOutKind::Delegate,
        name: name.to_owned(),
        files: delegate_files(name).into(),
        reason: reason.clone(),
    }
}

fn environment(writer: &mut Writer<'_>, scope: &EntityScope, environment: &Environment) {
    writer.entity(
        &Called {
            scope,
            kind: EntityKind::Environment,
            name: &environment.name,
            parent: None,
            identifier: environment.identifier.as_str(),
        },
        &placed(include_str!("entities/environment.yaml"), scope),
        &[
            ("NAME", &environment.name),
            ("TYPE", environment.environment_type.as_str()),
        ],
    );
}

/// The frame of an infrastructure definition, without its spec.
const INFRASTRUCTURE: &str = include_str!("entities/infrastructure.yaml");

/// The infrastructure definitions outside Kubernetes of an environment.
fn outside(writer: &mut Writer<'_>, scope: &EntityScope, environment: &Environment, infrastructure: &Infrastructure) {
    let parent = environment.identifier.as_str();
    let frame = placed(INFRASTRUCTURE, scope);
    let frame = fill(&frame, "spec", std::slice::from_ref(&infrastructure.spec));
    let regions = writer.platform.regions.iter();
    for region in regions.filter(|region| infrastructure.is_in(&environment.name, &region.name)) {
        let name = infrastructure.name_in(&environment.name, &region.name);
        writer.entity(
            &Called {
                scope,
                kind: EntityKind::Infrastructure,
                name: &infrastructure.file_in(&environment.name, &region.name),
                parent: Some(parent),
                identifier: &infrastructure.identifier_in(environment, region),
            },
            &frame,
            &[
                ("NAME", &name),
                ("DEPLOYMENT_TYPE", &infrastructure.deployment_type),
                ("TYPE", &infrastructure.infrastructure_type),
                (ENVIRONMENT, &environment.name),
                (ENVIRONMENT_IDENTIFIER, parent),
                (REGION, &region.name),
                (REGION_IDENTIFIER, region.identifier.as_str()),
            ],
        );
    }
}

fn infrastructure(
    writer: &mut Writer<'_>,
    scope: &EntityScope,
    environment: &Environment,
    cluster: &Cluster,
    deployer: Deployer,
) {
    let region = &cluster.region;
    let name = cluster.infrastructure_name(deployer);
    let parent = environment.identifier.as_str();
    let (kind, of_cluster) = of_access(&cluster.access);
    let spec = of_cluster.within(include_str!("infrastructures/cluster.yaml"), "cluster");
    let frame = fill(&placed(INFRASTRUCTURE, scope), "spec", std::slice::from_ref(&spec.text));
    let names = writer.place_names();
    let place = [
        (ENVIRONMENT, environment.name.as_str()),
        (ENVIRONMENT_IDENTIFIER, parent),
        (REGION, region),
    ];
    let values = [&of_service("<+service.name>", "<+service.identifier>")[..], &place].concat();
    let [namespace, release_name] = names.map(|pattern| filled(&pattern, &values));
    let connector = cluster.level.reference(&underscored(&cluster.name));
    let mut values = spec.values();
    values.extend([
        ("NAME", name.as_str()),
        ("REGION", region),
        ("DEPLOYMENT_TYPE", deployer.deployment_type()),
        ("TYPE", kind),
        ("NAMESPACE", &namespace),
        ("RELEASE_NAME", &release_name),
        ("ENVIRONMENT_IDENTIFIER", parent),
        ("CONNECTOR", &connector),
    ]);
    writer.entity(
        &Called {
            scope,
            kind: EntityKind::Infrastructure,
            name: &cluster.infrastructure_file(deployer),
            parent: Some(parent),
            identifier: &writer.platform.infrastructure_of(cluster, deployer),
        },
        &frame,
        &values,
    );
}

/// Harness's word for how a cluster is reached, and where it is.
fn of_access(access: &ClusterAccess) -> (&'static str, Part) {
    match access {
        ClusterAccess::Delegate | ClusterAccess::ServiceAccount { .. } => ("KubernetesDirect", Part::new("")),
        ClusterAccess::Eks { cluster, .. } => (
            "KubernetesAws",
            Part::new("cluster: {{CLUSTER}}\n").with("CLUSTER", cluster),
        ),
        ClusterAccess::Gke { cluster, .. } => (
            "KubernetesGcp",
            Part::new("cluster: {{CLUSTER}}\n").with("CLUSTER", cluster),
        ),
        ClusterAccess::Aks {
            cluster,
            resource_group,
            subscription,
            ..
        } => (
            "KubernetesAzure",
            Part::new(include_str!("infrastructures/aks.yaml"))
                .with("CLUSTER", cluster)
                .with("RESOURCE_GROUP", resource_group)
                .with("SUBSCRIPTION", subscription),
        ),
    }
}

fn delegate(writer: &mut Writer<'_>, delegate: &Delegate, homes: &Homes) {
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
    let url = writer.platform.harness_url.as_str();
    // Source of the chart's keys: the values that Harness itself hands out, `cpu` in cores, `memory` in MB.
    let cpu = delegate.cpu.map(|cores| format!("cpu: {cores}"));
    let memory = delegate.memory_mb.map(|size| format!("memory: {size}"));
    let replicas = format!("replicas: {}", delegate.replicas);
    let size: Vec<String> = [replicas].into_iter().chain(cpu).chain(memory).collect();
    let own = EntityScope::Project(writer.platform.own_project());
    writer.file(
        &own,
        delegate_values_path(name),
        &fill(include_str!("entities/delegate-values.yaml"), "size", &size),
        &[("NAME", name), ("TAGS", &tags.join(",")), ("HARNESS_URL", url)],
    );
    let scope = scope_of_delegate(writer.platform, homes, name);
    let commands = delegate_install(delegate, &clusters, url, &token_of(&scope, &own));
    writer.rendered.others.insert(delegate_install_path(name), commands);
}

/// The reason why a delegate may have to be registered further up than what is sound tells: for a service of another
/// project, or for a registry that is broken.
fn reason_against_scope<'r>(repo: &'r ConfigRepo, platform: &Platform, name: &str) -> Option<&'r Diagnostic> {
    let is_highest = scope_of_delegate(platform, &repo.homes, name) == EntityScope::Account;
    let has_several = !platform.projects.is_empty();
    let registry = || repo.broken.registry_above(name, has_several);
    let service = || repo.reason_against_homes().filter(|_| has_several);
    service().or_else(registry).filter(|_| !is_highest)
}

/// Where a delegate is to be registered: a connector finds those of where it stands and of above.
fn scope_of_delegate(platform: &Platform, homes: &Homes, name: &str) -> EntityScope {
    let clusters = platform.clusters.iter().filter(|cluster| cluster.delegate == name);
    let clusters = clusters.flat_map(|cluster| homes.of_environment(platform, cluster.level, &cluster.environment));
    let is_its = |delegate: &Option<String>| delegate.as_deref() == Some(name);
    let registries = platform.registries.iter().filter(|registry| is_its(&registry.delegate));
    let registries = registries.flat_map(|known| homes.of_registry(platform, known.made_at.unwrap_or_default(), known));
    let repositories = platform.all_repositories().filter(|known| is_its(&known.delegate));
    let repositories =
        repositories.flat_map(|known| homes.of_repository(platform, known.made_at.unwrap_or_default(), known));
    let served = clusters.chain(registries).chain(repositories);
    let own = || EntityScope::Project(platform.own_project());
    served.reduce(|one, other| one.around(&other)).unwrap_or_else(own)
}

/// The token that registers a delegate there.
fn token_of(scope: &EntityScope, own: &EntityScope) -> String {
    match scope {
        EntityScope::Account => "a token for delegates of the account".to_owned(),
        EntityScope::Organization(org) => format!("a token for delegates of the organization {org}"),
        EntityScope::Project(_) if scope == own => "a delegate token".to_owned(),
        EntityScope::Project(ProjectRef { org, project }) => {
            format!("a token for delegates of the project {project} of {org}")
        }
    }
}

/// The commands that install a delegate. The cluster that lends its credentials from it is the one in which it runs; into
/// which one it goes otherwise, nobody says.
fn delegate_install(delegate: &Delegate, clusters: &[&Cluster], harness_url: &str, token: &str) -> String {
    let (own, reached): (Vec<&Cluster>, Vec<&Cluster>) =
        (clusters.iter()).partition(|cluster| matches!(cluster.access, ClusterAccess::Delegate));
    let (home, default) = match own.first() {
        Some(cluster) => (cluster.name.clone(), format!(":={}", cluster.name)),
        None => (
            format!("the cluster in {} that it is to run in", delegate.network),
            ":?".to_owned(),
        ),
    };
    let reached: Vec<&str> = reached.iter().map(|cluster| cluster.name.as_str()).collect();
    let serves = match reached.as_slice() {
        [] => String::new(),
        reached => format!("\n# By credentials it reaches {}.", reached.join(", ")),
    };
    include_str!("delegate-install.sh")
        .replace("DELEGATE_NAME", &delegate.name)
        .replace("HARNESS_URL", harness_url)
        .replace(" SERVES", &serves)
        .replace("HOME_CLUSTER", &home)
        .replace(":=DEFAULT_CONTEXT", &default)
        .replace("ITS_TOKEN", token)
}
