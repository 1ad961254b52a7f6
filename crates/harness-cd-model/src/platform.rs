use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::members::read_words;
use crate::naming::{
    Folder, NamePatterns, infrastructure_file, infrastructure_identifier, infrastructure_name, underscored,
};
use crate::{
    Archetype, ChangeWindow, CloudCredentials, Deployer, EntityRef, EntityScope, Identifier, Infrastructure, Level,
    ManifestFormat, ManifestPaths, ManifestRepository, NotificationRule, Project, ProjectRef, Registry, RequiredField,
    Service, TicketPolicy,
};

/// The platform description: everything about environments, regions, clusters, delegates and connectors that a
/// platform team writes down once, in `platform.yaml`.
///
/// A `Platform` has been checked: every name it refers to exists, every name makes an identifier, and no two make
/// the same one.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Platform {
    /// The Harness organization identifier.
    pub org: Identifier,
    /// The Harness project identifier.
    pub project: Identifier,
    /// Further projects that services go into, in file order.
    pub projects: Vec<Project>,
    /// The value of the `managed-by` tag on every entity.
    pub managed_by: String,
    /// Where Harness itself is, without a slash at its end.
    pub harness_url: String,
    /// Networks, in file order.
    pub networks: Vec<Network>,
    /// Delegates, in file order.
    pub delegates: Vec<Delegate>,
    /// Regions, in file order.
    pub regions: Vec<Region>,
    /// Environments from first to last, in file order.
    pub environments: Vec<Environment>,
    /// The cluster of an environment in a region, where it has one there.
    pub clusters: Vec<Cluster>,
    /// What versions are deployed to outside Kubernetes, in file order.
    pub infrastructures: Vec<Infrastructure>,
    /// The Git repository that holds the manifests, reached across organizations.
    pub manifests: ManifestRepository,
    /// Further repositories of manifests, which archetypes name.
    pub repositories: Vec<ManifestRepository>,
    /// The registries that hold the images; the first is that of whoever names none.
    pub registries: Vec<Registry>,
    /// Kinds of services, in file order; those whose templates are written by hand need not be here.
    pub archetypes: Vec<Archetype>,
    /// Who hears of what happens in every pipeline, in file order.
    pub notifications: Vec<NotificationRule>,
    /// User groups whose members approve or are notified.
    pub approval_groups: Vec<ApprovalGroup>,
    /// When deploying is allowed.
    pub change_windows: Vec<ChangeWindow>,
    /// Where the policies of the windows stand, by their names.
    pub policy_levels: BTreeMap<String, Level>,
    /// What an image tag may be.
    pub image_tags: ImageTagPolicy,
    /// How things are called that Harness may have already.
    pub names: NamePatterns,
}

/// A network that no delegate may cross.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Network {
    /// For example `network-a`.
    pub name: String,
    /// For example `10.1.0.0/16`.
    pub cidr: String,
}

/// A Harness delegate. Its name is its selector.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Delegate {
    /// For example `harness-delegate-int-euw1`.
    pub name: String,
    /// The network it runs in.
    pub network: String,
    /// How many of it run, 1 at least.
    pub replicas: u8,
    /// CPU cores of each; `None` for what its Helm chart has.
    pub cpu: Option<u8>,
    /// Memory of each, in MB; `None` for what its Helm chart has.
    pub memory_mb: Option<u32>,
}

/// Whether Harness treats an environment as production.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum EnvironmentType {
    /// Production.
    Production,
    /// Anything before production.
    PreProduction,
}

read_words!(EnvironmentType, "a type of environment", {
    "PreProduction" = PreProduction,
    "Production" = Production,
});

impl EnvironmentType {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Production, Self::PreProduction];

    /// Harness's own word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Production => "Production",
            Self::PreProduction => "PreProduction",
        }
    }

    /// Reads Harness's own word.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.as_str() == text)
    }
}

/// An environment, in which services run in one or more regions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Environment {
    /// For example `int-stable`.
    pub name: String,
    /// Derived from the name.
    pub identifier: Identifier,
    /// Where it stands, with its infrastructure definitions.
    pub level: Level,
    /// Production or not.
    pub environment_type: EnvironmentType,
    /// Who is asked one after the other; empty where nobody is.
    pub approvals: Vec<GroupApproval>,
    /// The names of the change windows, one of which has to be open; none where deploying is always allowed.
    pub change_windows: Vec<String>,
    /// Where the policy stands that checks them.
    pub policy_level: Level,
    /// What a deploy request must carry beyond tag, environment and region.
    pub required_fields: Vec<RequiredField>,
    /// The verified phases of a canary; empty where no archetype asks for one.
    pub canary: Vec<VerificationStep>,
    /// What comes before the swap of a blue-green deployment.
    pub blue_green: SwapPolicy,
    /// The ticket that a deployment needs; `None` where it needs none.
    pub ticket: Option<TicketPolicy>,
}

/// What comes between the second copy of a blue-green deployment and the swap by which it takes the traffic.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SwapPolicy {
    /// Minutes to verify, 5 or more; `None` where nothing is verified.
    pub verify_minutes: Option<u16>,
    /// Who is asked one after the other, as before the environment.
    pub approvals: Vec<GroupApproval>,
}

/// A group that approves in a step of its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct GroupApproval {
    /// The name of the group; the word `team` stands for the service's own team.
    pub group: String,
    /// How many of its members have to approve, 1 or more.
    pub minimum_count: u8,
}

impl GroupApproval {
    /// The approval of any member.
    #[must_use]
    pub fn by(group: &str) -> Self {
        Self {
            group: group.to_owned(),
            minimum_count: 1,
        }
    }
}

/// One canary phase: so many percent of the replicas, watched for so long.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct VerificationStep {
    /// Percent of the replicas, 1 to 99.
    pub percentage: u8,
    /// Minutes to verify; 5 or more.
    pub verify_minutes: u16,
}

/// A region: a part of the world in which environments have clusters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Region {
    /// As people and pipelines call it, for example `eu-west-1`.
    pub name: String,
    /// As identifiers write it, for example `euw1`; where nothing else is said it follows from the name: `eu_west_1`.
    pub identifier: Identifier,
}

/// A Kubernetes cluster: a place of one environment in one region.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Cluster {
    /// For example `k8s-int-stable-euw1`; also the connector's name.
    pub name: String,
    /// Where its connector stands: no lower than its environment.
    pub level: Level,
    /// The environment's name.
    pub environment: String,
    /// The region's name.
    pub region: String,
    /// The network it stands in.
    pub network: String,
    /// The delegate that reaches it, in the same network.
    pub delegate: String,
    /// What its infrastructure definition is called, where that does not follow from environment and region.
    pub infrastructure: Option<String>,
    /// The archetypes that run in it and not in the others of its place; empty where it names none.
    pub archetypes: Vec<String>,
    /// How it is reached.
    pub access: ClusterAccess,
}

/// How a cluster is reached. Secrets are identifiers of Harness secrets, never the secrets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "type", rename_all_fields = "camelCase")]
pub enum ClusterAccess {
    /// By the delegate that runs in it, and in no other cluster.
    Delegate,
    /// From outside, with the token of a service account.
    ServiceAccount {
        /// The address of its API.
        url: String,
        /// The secret with the token.
        token_ref: String,
        /// The secret with the certificate of its authority.
        ca_cert_ref: Option<String>,
    },
    /// As a cluster of Amazon's.
    Eks {
        /// Region and name, as in `eu-west-1/prod`.
        cluster: String,
        /// How Amazon is asked for it.
        credentials: CloudCredentials,
    },
    /// As a cluster of Google's.
    Gke {
        /// Zone or region and name, as in `europe-west1/prod`.
        cluster: String,
        /// How Google is asked for it.
        credentials: CloudCredentials,
    },
    /// As a cluster of Azure's.
    Aks {
        /// Its name.
        cluster: String,
        /// The group that it is in.
        resource_group: String,
        /// The identifier of the subscription.
        subscription: String,
        /// How Azure is asked for it.
        credentials: CloudCredentials,
    },
}

/// A Harness user group whose members approve or are notified.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ApprovalGroup {
    /// For example `platform-team`, or `account.platform-team` for one of the account.
    pub name: String,
    /// Derived from the name.
    pub identifier: EntityRef,
}

/// What an image tag may be.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ImageTagPolicy {
    /// Refuses tags that move, such as `latest`.
    pub immutable_only: bool,
}

impl Cluster {
    /// What an infrastructure definition of it is called: `prod-euw1`, or as the description says.
    #[must_use]
    pub fn infrastructure_name(&self, deployer: Deployer) -> String {
        let own = self.infrastructure.as_deref();
        infrastructure_name(&self.environment, &self.region, own, deployer)
    }

    /// The identifier of that, in its environment and region.
    #[must_use]
    pub fn infrastructure_identifier(&self, environment: &Environment, region: &Region, deployer: Deployer) -> String {
        match &self.infrastructure {
            None => infrastructure_identifier(environment.identifier.as_str(), region.identifier.as_str(), deployer),
            Some(_) => underscored(&self.infrastructure_name(deployer)),
        }
    }

    /// What its file is called.
    #[must_use]
    pub fn infrastructure_file(&self, deployer: Deployer) -> String {
        infrastructure_file(&self.environment, &self.infrastructure_name(deployer))
    }
}

impl Environment {
    /// How one of a project refers to it: `prod`, `account.prod`.
    #[must_use]
    pub fn reference(&self) -> String {
        self.level.reference(self.identifier.as_str())
    }

    /// How a step of a project refers to the set of [`Environment::window_policy`].
    #[must_use]
    pub fn policy_set(&self) -> Option<String> {
        let policy = self.window_policy()?;
        Some(self.policy_level.reference(&underscored(&policy)))
    }

    /// The name of the policy that checks its change windows, as `prod-change-window`: that of its only one, and where
    /// there are several one of its own. `None` where deploying is always allowed.
    #[must_use]
    pub fn window_policy(&self) -> Option<String> {
        match self.change_windows.as_slice() {
            [] => None,
            [window] => Some(window.clone()),
            _ => Some(format!("{}-change-windows", self.name)),
        }
    }
}

impl Platform {
    /// The project of whoever names none.
    #[must_use]
    pub fn own_project(&self) -> ProjectRef {
        ProjectRef {
            org: self.org.clone(),
            project: self.project.clone(),
        }
    }

    /// Every project, its own first.
    pub fn project_refs(&self) -> impl Iterator<Item = ProjectRef> {
        let further = self.projects.iter().map(|project| project.reference.clone());
        [self.own_project()].into_iter().chain(further)
    }

    /// The project that a service is in.
    #[must_use]
    pub fn project_of(&self, service: &Service) -> ProjectRef {
        service.project.clone().unwrap_or_else(|| self.own_project())
    }

    /// Where the files of what stands there are: those of the platform's own project at the root.
    #[must_use]
    pub fn folder_of(&self, scope: &EntityScope) -> Folder {
        match scope {
            EntityScope::Account => Folder::of_account(),
            EntityScope::Organization(org) => Folder::of_org(org.as_str()),
            EntityScope::Project(reference) => {
                let project = self.projects.iter().find(|project| project.reference == *reference);
                project.map_or_else(Folder::default, |project| Folder::of_project(&project.name))
            }
        }
    }

    /// The environment of that name.
    #[must_use]
    pub fn environment(&self, name: &str) -> Option<&Environment> {
        self.environments.iter().find(|environment| environment.name == name)
    }

    /// The archetype of that name, if it is described.
    #[must_use]
    pub fn archetype(&self, name: &str) -> Option<&Archetype> {
        self.archetypes.iter().find(|archetype| archetype.name == name)
    }

    /// Harness's `deploymentType` of the services of an archetype. One that is not described has a template by hand, for
    /// Kubernetes.
    #[must_use]
    pub fn deployment_type(&self, archetype: &str) -> &'static str {
        let described = self.archetype(archetype).map(Archetype::deployment_type);
        described.unwrap_or(Deployer::Kubernetes.deployment_type())
    }

    /// Who brings versions into its clusters, each once: for each there is an infrastructure definition of a cluster.
    #[must_use]
    pub fn deployers(&self) -> BTreeSet<Deployer> {
        let described = self.archetypes.iter().map(|archetype| archetype.deployer);
        // An archetype that is not described has a template by hand.
        described.chain([Deployer::Kubernetes]).collect()
    }

    /// The region of that name.
    #[must_use]
    pub fn region(&self, name: &str) -> Option<&Region> {
        self.regions.iter().find(|region| region.name == name)
    }

    /// The names of the regions, in file order.
    pub fn region_names(&self) -> impl Iterator<Item = &str> {
        self.regions.iter().map(|region| region.name.as_str())
    }

    /// Whether services of an archetype have somewhere to run in an environment and a region, by their names: an
    /// infrastructure where one names the archetype, and a cluster otherwise.
    #[must_use]
    pub fn has_place(&self, archetype: &str, environment: &str, region: &str) -> bool {
        match self.is_outside_clusters(archetype) {
            true => self
                .infrastructures_for(archetype)
                .any(|known| known.is_in(environment, region)),
            false => self
                .clusters_for(archetype, environment)
                .any(|cluster| cluster.region == region),
        }
    }

    /// The infrastructures that name an archetype, in file order.
    pub fn infrastructures_for(&self, archetype: &str) -> impl Iterator<Item = &Infrastructure> {
        self.infrastructures.iter().filter(move |known| known.is_for(archetype))
    }

    /// Whether infrastructures say where an archetype runs, and no clusters.
    #[must_use]
    pub fn is_outside_clusters(&self, archetype: &str) -> bool {
        self.infrastructures_for(archetype).next().is_some()
    }

    /// The clusters of an environment in which services of an archetype run: of a region those that name the archetype,
    /// and where none does, those that name none. In file order. What runs outside Kubernetes has none.
    pub fn clusters_for<'a>(&'a self, archetype: &'a str, environment: &'a str) -> impl Iterator<Item = &'a Cluster> {
        let names = move |cluster: &Cluster| cluster.archetypes.iter().any(|known| known == archetype);
        let is_named = move |region: &str| {
            let mut all = self.clusters_of(environment);
            all.any(|cluster| cluster.region == region && names(cluster))
        };
        let is_outside = self.is_outside_clusters(archetype);
        let all = self.clusters_of(environment).filter(move |_| !is_outside);
        all.filter(move |cluster| match is_named(&cluster.region) {
            true => names(cluster),
            false => cluster.archetypes.is_empty(),
        })
    }

    /// The identifier of the infrastructure definition by which a cluster is deployed to.
    #[must_use]
    pub fn infrastructure_of(&self, cluster: &Cluster, deployer: Deployer) -> String {
        let environment = self.environment(&cluster.environment);
        let found = environment.zip(self.region(&cluster.region));
        let identifier =
            found.map(|(environment, region)| cluster.infrastructure_identifier(environment, region, deployer));
        identifier.unwrap_or_default()
    }

    /// The repositories of manifests; the first is that of whoever names none.
    pub fn all_repositories(&self) -> impl Iterator<Item = &ManifestRepository> {
        [&self.manifests].into_iter().chain(&self.repositories)
    }

    /// The repository that holds the manifests of an archetype.
    #[must_use]
    pub fn repository_of(&self, archetype: Option<&Archetype>) -> &ManifestRepository {
        let name = archetype.and_then(|archetype| archetype.repository.as_ref());
        let named = name.and_then(|name| self.all_repositories().find(|known| known.name == *name));
        named.unwrap_or(&self.manifests)
    }

    /// What the manifests of an archetype are.
    #[must_use]
    pub fn manifest_format(&self, archetype: Option<&Archetype>) -> ManifestFormat {
        let own = archetype.and_then(|archetype| archetype.manifests);
        own.unwrap_or(self.repository_of(archetype).format)
    }

    /// Where the manifests of an archetype stand.
    #[must_use]
    pub fn manifest_paths(&self, archetype: Option<&Archetype>) -> ManifestPaths {
        let usual = &self.repository_of(archetype).paths;
        archetype.map_or_else(|| usual.clone(), |archetype| archetype.paths.or(usual))
    }

    /// The registry of that name.
    #[must_use]
    pub fn registry(&self, name: &str) -> Option<&Registry> {
        self.registries.iter().find(|registry| registry.name == name)
    }

    /// The registry from which every image is pulled in an environment and a region; `None` where it is that of each
    /// service.
    #[must_use]
    pub fn registry_of_place(&self, environment: &str, region: &str) -> Option<&Registry> {
        self.registries.iter().find(|known| known.is_of(environment, region))
    }

    /// The registry from which the image of a service is pulled in an environment and a region.
    #[must_use]
    pub fn registry_of(&self, service: &Service, environment: &str, region: &str) -> Option<&Registry> {
        let own = || self.registry(&service.registry).filter(|known| !known.is_of_places());
        self.registry_of_place(environment, region).or_else(own)
    }

    /// Whether it depends on the place from which registry an image is pulled.
    #[must_use]
    pub fn has_registries_of_places(&self) -> bool {
        self.registries.iter().any(Registry::is_of_places)
    }

    /// The registries from which the image of a service may be pulled: its own, where it has one, and those of places.
    pub fn registries_of<'a>(&'a self, service: &'a Service) -> impl Iterator<Item = &'a Registry> {
        let all = self.registries.iter();
        all.filter(|known| known.is_of_places() || known.name == service.registry)
    }

    /// The change windows of an environment.
    pub fn windows_of<'a>(&'a self, environment: &'a Environment) -> impl Iterator<Item = &'a ChangeWindow> {
        let all = self.change_windows.iter();
        all.filter(move |window| environment.change_windows.contains(&window.name))
    }

    /// The clusters of an environment, in file order.
    pub fn clusters_of<'a>(&'a self, environment: &'a str) -> impl Iterator<Item = &'a Cluster> {
        self.clusters
            .iter()
            .filter(move |cluster| cluster.environment == environment)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_environment_type_is_written_as_harness_writes_it() {
        for known in EnvironmentType::ALL {
            assert_eq!(serde_json::to_value(known).unwrap(), known.as_str());
            assert_eq!(EnvironmentType::parse(known.as_str()), Some(known));
        }
        assert_eq!(EnvironmentType::parse("production"), None);
    }
}
