//! `platform.yaml` of what a project has: its environments, where they are, and who reaches them.

use std::collections::{BTreeMap, BTreeSet};

use harness_cd_model::words::quoted;
use harness_cd_model::{ArtifactRegistry, EntityKind, EnvironmentType, Identifier, Level};
use harness_cd_yaml::Node;

use super::Notes;
use super::archetypes;
use super::clusters::{Cluster, clusters};
use super::connectors::Entries;
use super::guards::Guards;
use super::names::{Names, PlaceNames};
use super::outside::{Outside, outside};
use super::pipelines::Deploys;
use super::registries::{Registry, connector_of, registries, stand_in};
use super::repositories::{self, Repository, of_service_in, repositories};
use super::services::Imported;
use super::sources::{Known, Project};
use super::windows::{WindowsOfSets, wants_immutable_tags, windows};
use crate::draft::Draft;

/// What is known in full when the templates are.
const ENVIRONMENTS: &str = "environments";
const CLUSTERS: &str = "clusters";
/// Stands for the network of a delegate, of which Harness knows nothing.
pub(super) const NETWORK: &str = "network";
/// Stands for a delegate where no connector names one.
const DELEGATE: &str = "delegate";

/// The platform description, and what of it the services ask for.
pub(super) struct Described<'p> {
    entries: Entries,
    clusters: Vec<Cluster>,
    /// What is outside Kubernetes.
    outside: Vec<Outside<'p>>,
    repositories: Vec<Repository<'p>>,
    /// What is said of each environment, in platform order.
    of_environments: Vec<Entries>,
    /// Identifiers and names of environments, in platform order.
    pub(super) environments: Vec<(String, String)>,
    /// The names of regions, in platform order.
    pub(super) regions: Vec<String>,
    pub(super) windows_of_sets: WindowsOfSets,
    /// What the places call what runs there.
    pub(super) places: Vec<PlaceNames>,
    /// The registries as the services name them, and what each is, the usual one first.
    registries: Vec<(String, ArtifactRegistry)>,
}

impl Described<'_> {
    /// `platform.yaml`, with what things are called, what guards the environments, and which archetypes deploy where.
    pub(super) fn draft(&self, names: &Names, guards: &Guards, groups: &[(String, Vec<&Imported<'_>>)]) -> Draft {
        let names = names.draft().map(|names| ("names", names));
        let environments = self.environments.iter().zip(&self.of_environments);
        let environments = environments.map(|((_, name), entries)| {
            let guards = guards.get(name).into_iter().flatten();
            Draft::map(entries.iter().chain(guards).cloned())
        });
        let environments = Draft::List(environments.collect());
        let entries = self.entries.iter().cloned().map(|(key, draft)| match key {
            ENVIRONMENTS => (key, environments.clone()),
            CLUSTERS => (key, self.clusters(groups)),
            key => (key, draft),
        });
        let archetypes = archetypes::drafts(self, groups);
        let archetypes = (!archetypes.is_empty()).then_some(("archetypes", Draft::List(archetypes)));
        let outside: Vec<Draft> = self.outside.iter().filter_map(|known| known.draft(groups)).collect();
        let outside = (!outside.is_empty()).then_some(("infrastructures", Draft::List(outside)));
        Draft::map(entries.chain(archetypes).chain(outside).chain(names))
    }

    /// What the manifests of a group's services are, and where, if that is not where most are.
    pub(super) fn own_manifests(&self, group: &[&Imported<'_>]) -> Option<Entries> {
        let found = group
            .iter()
            .filter_map(|member| of_service_in(member.service, &self.repositories))
            .map(|(place, format)| (place, format.as_str()));
        let (place, format) = most(found)?;
        let repository = self.repositories.get(place)?;
        let mut own = Entries::new();
        if place > 0 {
            own.push(("repository", Draft::text(&repository.name)));
        }
        if format != repository.format.as_str() {
            own.push(("manifests", Draft::text(format)));
        }
        (!own.is_empty()).then_some(own)
    }

    /// The clusters; where an archetype does not deploy to all of a place, each says whose it is.
    fn clusters(&self, groups: &[(String, Vec<&Imported<'_>>)]) -> Draft {
        let deploys = |group: &[&Imported<'_>], cluster: &Cluster| {
            let mut named = group.iter().flat_map(|member| &member.deploys.infrastructures);
            named.any(|known| *known == cluster.deployed_by)
        };
        let of = |cluster: &Cluster| -> Vec<String> {
            let own = groups.iter().filter(|(_, group)| deploys(group, cluster));
            own.map(|(archetype, _)| archetype.clone()).collect()
        };
        let drafts = self.clusters.iter().map(|cluster| {
            let mut beside = self.clusters.iter().filter(|other| other.place() == cluster.place());
            let own = of(cluster);
            let differs = beside.any(|other| of(other) != own);
            cluster.draft(if differs { &own } else { &[] })
        });
        Draft::List(drafts.collect())
    }

    /// The registry that a service names: where its images are, if that is not the usual one.
    pub(super) fn registry(&self, service: &Known) -> Option<&str> {
        self.registry_of(service).map(|(name, _)| name.as_str())
    }

    fn registry_of(&self, service: &Known) -> Option<&(String, ArtifactRegistry)> {
        let own = connector_of(service)?;
        self.registries.iter().skip(1).find(|(name, _)| name == own)
    }

    /// What the registry of a service is.
    pub(super) fn artifact(&self, service: &Known) -> ArtifactRegistry {
        let found = self.registry_of(service).or(self.registries.first());
        found.map_or(ArtifactRegistry::Docker, |(_, kind)| *kind)
    }

    /// The name of the environment of an identifier.
    pub(super) fn name<'d>(&'d self, identifier: &str) -> Option<&'d str> {
        let found = self.environments.iter().find(|(known, _)| known == identifier);
        found.map(|(_, name)| name.as_str())
    }
}

/// Describes what pipelines deploy to. Why an entity is not in it stands in `notes`.
pub(super) fn describe<'p>(project: &'p Project, pipelines: &[&Deploys], notes: &mut Notes) -> Described<'p> {
    let environments = environments(project, pipelines, notes);
    let repositories = repositories(project, notes);
    let registries = registries(project, &repositories);
    let (clusters, places) = clusters(project, &environments, &registries, notes);
    let outside = outside(project, &environments, pipelines, notes);
    let delegates = delegates(project, &clusters, &registries, &repositories, notes);
    let regions = clusters.iter().map(|cluster| &cluster.region);
    let regions: BTreeSet<String> = regions
        .chain(outside.iter().map(|known| &known.region))
        .cloned()
        .collect();
    let manifests = match repositories.first() {
        Some(first) => first.draft(notes),
        None => repositories::stand_in(notes),
    };
    notes.ask_for("the networks of the delegates and their ranges in platform.yaml", None);
    let groups: BTreeSet<&String> = pipelines.iter().flat_map(|deploys| &deploys.groups).collect();
    let mut entries = vec![
        ("org", Draft::text(scope(project, |scope| &scope.org))),
        ("project", Draft::text(scope(project, |scope| &scope.project))),
        ("managedBy", Draft::text(managed_by(project))),
        (
            "networks",
            Draft::List(vec![Draft::map([
                ("name", Draft::text(NETWORK)),
                ("cidr", Draft::text("0.0.0.0/0")),
            ])]),
        ),
        (
            "delegates",
            Draft::List(
                delegates
                    .iter()
                    .map(|name| Draft::map([("name", Draft::text(name)), ("network", Draft::text(NETWORK))]))
                    .collect(),
            ),
        ),
        ("regions", Draft::texts(regions.iter().cloned())),
        (ENVIRONMENTS, Draft::List(Vec::new())),
        (CLUSTERS, Draft::List(Vec::new())),
        ("manifests", manifests),
        images(project, &registries, &delegates, notes),
    ];
    if repositories.len() > 1 {
        let further = repositories.iter().skip(1).map(|known| known.draft(notes));
        entries.push(("repositories", Draft::List(further.collect())));
    }
    if !groups.is_empty() {
        entries.push(("approvalGroups", Draft::texts(groups.into_iter().cloned())));
    }
    let sets: BTreeSet<&String> = pipelines.iter().flat_map(|deploys| &deploys.windows).collect();
    let (windows, windows_of_sets) = windows(&project.policies, &sets, notes);
    if !windows.is_empty() {
        entries.push(("changeWindows", Draft::List(windows)));
    }
    if wants_immutable_tags(&project.policies) {
        let immutable = Draft::map([("immutableOnly", Draft::Word("true".to_owned()))]);
        entries.push(("imageTags", immutable));
    }
    Described {
        entries,
        of_environments: environments.iter().map(|known| environment(known, pipelines)).collect(),
        places,
        windows_of_sets,
        registries: registries
            .iter()
            .map(|known| (known.connector.to_owned(), known.kind))
            .collect(),
        environments: environments
            .into_iter()
            .map(|known| (known.identifier, known.called.name))
            .collect(),
        regions: regions.into_iter().collect(),
        clusters,
        outside,
        repositories,
    }
}

/// The delegates of clusters, registries and the repositories of the manifests; one at least.
fn delegates(
    project: &Project,
    clusters: &[Cluster],
    registries: &[Registry<'_>],
    repositories: &[Repository<'_>],
    notes: &mut Notes,
) -> Vec<String> {
    let mut delegates: Vec<String> = Vec::new();
    let of_clusters = clusters.iter().map(|cluster| cluster.delegate.clone());
    let of_registries = registries.iter().filter_map(|registry| registry.delegate(project));
    for delegate in of_clusters
        .chain(of_registries)
        .chain(repositories.iter().filter_map(Repository::delegate))
    {
        if !delegates.contains(&delegate) {
            delegates.push(delegate);
        }
    }
    if delegates.is_empty() {
        delegates.push(DELEGATE.to_owned());
        notes.ask_for("the delegates in platform.yaml", None);
    }
    delegates
}

/// The registries, under the key that one or several have.
fn images(
    project: &Project,
    registries: &[Registry<'_>],
    delegates: &[String],
    notes: &mut Notes,
) -> (&'static str, Draft) {
    let delegate = delegates.first().map_or(DELEGATE, String::as_str);
    match registries {
        [] => ("registry", stand_in(delegate, notes)),
        [only] => ("registry", only.draft(project, delegate, notes)),
        several => {
            let drafts = several.iter().map(|registry| registry.draft(project, delegate, notes));
            ("registries", Draft::List(drafts.collect()))
        }
    }
}

fn scope<'p>(project: &'p Project, part: impl Fn(&'p harness_cd_model::ProjectRef) -> &'p Identifier) -> String {
    project
        .scope
        .as_ref()
        .map(|scope| part(scope).to_string())
        .unwrap_or_default()
}

fn environment(known: &Environment, pipelines: &[&Deploys]) -> Entries {
    let mut entries = vec![("name", Draft::text(&known.called.name))];
    let own = known.called.identifier.iter();
    entries.extend(own.map(|identifier| ("identifier", Draft::text(identifier))));
    entries.push(("type", Draft::text(known.environment_type.as_str())));
    entries.extend(level_entry(Level::of(&known.identifier), Level::Project));
    let phases = pipelines
        .iter()
        .filter_map(|deploys| deploys.canaries.get(&known.identifier));
    if let Some(phases) = most(phases) {
        let phases = phases.iter().map(|(percentage, minutes)| {
            Draft::map([
                ("percentage", Draft::Word(percentage.to_string())),
                ("verifyMinutes", Draft::Word(minutes.to_string())),
            ])
        });
        entries.push(("canary", Draft::List(phases.collect())));
    }
    entries
}

/// Where something stands, if that is not where it usually does.
pub(super) fn level_entry(level: Level, usual: Level) -> Option<(&'static str, Draft)> {
    let mut words = Level::WORDS.iter();
    let word = words.find(|(_, known)| *known == level && level != usual);
    word.map(|(word, _)| ("level", Draft::text(*word)))
}

/// The value of the tag that most entities have, or the product's name.
fn managed_by(project: &Project) -> String {
    let tags = project.entities.iter().filter_map(|known| known.tag(&["managed-by"]));
    most(tags).unwrap_or("harness-cd").to_owned()
}

/// What most are, the first in order of those.
pub(super) fn most<T: Ord + Copy>(all: impl Iterator<Item = T>) -> Option<T> {
    let mut counts: BTreeMap<T, usize> = BTreeMap::new();
    for one in all {
        *counts.entry(one).or_default() += 1;
    }
    let highest = counts.values().max().copied()?;
    let found = counts.into_iter().find(|(_, count)| *count == highest);
    found.map(|(one, _)| one)
}

/// An environment that has a name.
pub(super) struct Environment {
    /// As pipelines refer to it.
    pub(super) identifier: String,
    pub(super) called: Called,
    environment_type: EnvironmentType,
}

/// The environments in the order in which pipelines go through them, those of production last; then the others.
fn environments(project: &Project, pipelines: &[&Deploys], notes: &mut Notes) -> Vec<Environment> {
    let mut order: Vec<&str> = Vec::new();
    for deploys in pipelines {
        let mut at = 0;
        for (environment, _) in &deploys.stages {
            match order.iter().position(|known| known == environment) {
                Some(place) => at = at.max(place + 1),
                None => {
                    order.insert(at, environment);
                    at += 1;
                }
            }
        }
    }
    let others = project
        .of_kind(EntityKind::Environment)
        .map(|known| known.key.identifier.as_str());
    for environment in others {
        if !order.contains(&environment) {
            order.push(environment);
        }
    }
    let mut described = Vec::new();
    for known in order
        .iter()
        .filter_map(|identifier| project.find(EntityKind::Environment, identifier))
    {
        let kind = known.body().get("type").and_then(Node::text).unwrap_or_default();
        let is_new = |called: &Called| {
            described
                .iter()
                .all(|other: &Environment| other.called.name != called.name)
        };
        let is_somewhere = project
            .of_kind(EntityKind::Infrastructure)
            .any(|infrastructure| infrastructure.key.parent.as_ref() == Some(&known.key.identifier));
        match (called(known).filter(is_new), EnvironmentType::parse(kind)) {
            _ if !is_somewhere => notes.leave(known, "it has no infrastructure definition"),
            (Some(called), Some(environment_type)) => described.push(Environment {
                identifier: known.key.identifier.clone(),
                called,
                environment_type,
            }),
            (None, _) => notes.leave(
                known,
                "it has no name of its own of lower-case letters, digits and dashes",
            ),
            (_, None) => {
                notes.leave(
                    known,
                    &format!("its type is {}, neither Production nor PreProduction", quoted(kind)),
                );
            }
        }
    }
    described.sort_by_key(|known| known.environment_type == EnvironmentType::Production);
    described
}

/// The name of an entity that a config repository names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Called {
    pub(super) name: String,
    /// The identifier, where it does not follow from the name.
    pub(super) identifier: Option<String>,
}

/// A name that can be part of a Kubernetes name: the entity's own or one made of its identifier, where that makes the
/// identifier, and otherwise its identifier in lower case beside the identifier itself.
pub(super) fn called(known: &Known) -> Option<Called> {
    let identifier = known.identifier();
    let made = identifier.replace('_', "-");
    let makes =
        |name: &&String| is_label(name) && Identifier::from_name(name).is_ok_and(|made| made.as_str() == identifier);
    if let Some(name) = [&known.name, &made].into_iter().find(makes) {
        return Some(Called {
            name: name.clone(),
            identifier: None,
        });
    }
    let name = made.to_ascii_lowercase().trim_matches('-').to_owned();
    is_label(&name).then(|| Called {
        name,
        identifier: Some(identifier.to_owned()),
    })
}

pub(super) fn is_label(name: &str) -> bool {
    let letter = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    !name.is_empty() && !name.starts_with('-') && !name.ends_with('-') && name.bytes().all(letter)
}
