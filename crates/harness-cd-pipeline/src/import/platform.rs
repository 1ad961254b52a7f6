//! `platform.yaml` of what a project has: its environments, where they are, and who reaches them.

use std::collections::{BTreeMap, BTreeSet};

use harness_cd_model::naming::{infrastructure_region, underscored};
use harness_cd_model::words::quoted;
use harness_cd_model::{EntityKind, EnvironmentType, Identifier};
use harness_cd_yaml::Node;

use super::Notes;
use super::draft::Draft;
use super::pipelines::Deploys;
use super::sources::{Known, Project};

/// Stands for the network of a delegate, of which Harness knows nothing.
const NETWORK: &str = "network";
/// Stands for a delegate where no connector names one.
const DELEGATE: &str = "delegate";
/// Stands for a region where nothing names one.
const REGION: &str = "main";

/// The platform description, and what of it the services ask for.
pub(super) struct Described {
    pub(super) draft: Draft,
    /// Identifiers and names of environments, in platform order.
    pub(super) environments: Vec<(String, String)>,
    /// The names of regions, in platform order.
    pub(super) regions: Vec<String>,
}

impl Described {
    /// The name of the environment of an identifier.
    pub(super) fn name<'d>(&'d self, identifier: &str) -> Option<&'d str> {
        let found = self.environments.iter().find(|(known, _)| known == identifier);
        found.map(|(_, name)| name.as_str())
    }
}

/// Describes what pipelines deploy to. Why an entity is not in it stands in `notes`.
pub(super) fn describe(project: &Project, pipelines: &[&Deploys], notes: &mut Notes) -> Described {
    let environments = environments(project, pipelines, notes);
    let clusters = clusters(project, &environments, notes);
    let mut delegates: Vec<&str> = Vec::new();
    for cluster in &clusters {
        if !delegates.contains(&cluster.delegate.as_str()) {
            delegates.push(&cluster.delegate);
        }
    }
    if delegates.is_empty() {
        delegates.push(DELEGATE);
        notes.ask_for("the delegates in platform.yaml", None);
    }
    let regions: BTreeSet<&str> = clusters.iter().map(|cluster| cluster.region.as_str()).collect();
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
                    .map(|name| Draft::map([("name", Draft::text(*name)), ("network", Draft::text(NETWORK))]))
                    .collect(),
            ),
        ),
        ("regions", Draft::texts(regions.iter().copied())),
        (
            "environments",
            Draft::List(environments.iter().map(|known| environment(known, pipelines)).collect()),
        ),
        ("clusters", Draft::List(clusters.iter().map(Cluster::draft).collect())),
        ("manifests", manifests(project, notes)),
        ("registry", registry(project, &delegates, notes)),
    ];
    if !groups.is_empty() {
        entries.push(("approvalGroups", Draft::texts(groups.into_iter().cloned())));
    }
    let windows: BTreeSet<&String> = pipelines.iter().flat_map(|deploys| &deploys.windows).collect();
    if !windows.is_empty() {
        notes.ask_for(
            "the days and hours of the change windows in platform.yaml; until then each opens for a minute",
            None,
        );
        entries.push((
            "changeWindows",
            Draft::List(windows.into_iter().map(|name| window(name)).collect()),
        ));
    }
    Described {
        draft: Draft::map(entries),
        environments: environments
            .into_iter()
            .map(|known| (known.identifier, known.called.name))
            .collect(),
        regions: regions.into_iter().map(str::to_owned).collect(),
    }
}

fn scope<'p>(project: &'p Project, part: impl Fn(&'p harness_cd_model::EntityScope) -> &'p Identifier) -> String {
    project
        .scope
        .as_ref()
        .map(|scope| part(scope).to_string())
        .unwrap_or_default()
}

fn environment(known: &Environment, pipelines: &[&Deploys]) -> Draft {
    let mut entries = vec![("name", Draft::text(&known.called.name))];
    let own = known.called.identifier.iter();
    entries.extend(own.map(|identifier| ("identifier", Draft::text(identifier))));
    entries.push(("type", Draft::text(known.environment_type.as_str())));
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
    Draft::map(entries)
}

/// A change window that is all but closed: what is not known yet lets nothing through.
fn window(policy_set: &str) -> Draft {
    Draft::map([
        ("name", Draft::text(policy_set)),
        ("days", Draft::texts(["Mon"])),
        ("from", Draft::text("00:00")),
        ("to", Draft::text("00:01")),
        ("timeZone", Draft::text("UTC")),
    ])
}

/// The value of the tag that most entities have, or the product's name.
fn managed_by(project: &Project) -> String {
    let tags = project.entities.iter().filter_map(|known| known.tag(&["managed-by"]));
    most(tags).unwrap_or("harness-cd").to_owned()
}

/// What most are, the first in order of those.
fn most<T: Ord + Copy>(all: impl Iterator<Item = T>) -> Option<T> {
    let mut counts: BTreeMap<T, usize> = BTreeMap::new();
    for one in all {
        *counts.entry(one).or_default() += 1;
    }
    let highest = counts.values().max().copied()?;
    let found = counts.into_iter().find(|(_, count)| *count == highest);
    found.map(|(one, _)| one)
}

/// An environment that has a name.
struct Environment {
    identifier: String,
    called: Called,
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
    let identifier = &known.key.identifier;
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
        identifier: Some(identifier.clone()),
    })
}

pub(super) fn is_label(name: &str) -> bool {
    let letter = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    !name.is_empty() && !name.starts_with('-') && !name.ends_with('-') && name.bytes().all(letter)
}

struct Cluster {
    name: String,
    environment: String,
    region: String,
    delegate: String,
}

impl Cluster {
    fn draft(&self) -> Draft {
        Draft::map([
            ("name", Draft::text(&self.name)),
            ("environment", Draft::text(&self.environment)),
            ("region", Draft::text(&self.region)),
            ("network", Draft::text(NETWORK)),
            ("delegate", Draft::text(&self.delegate)),
        ])
    }
}

/// A cluster for each infrastructure definition of a place of its own.
fn clusters(project: &Project, environments: &[Environment], notes: &mut Notes) -> Vec<Cluster> {
    let mut clusters: Vec<Cluster> = Vec::new();
    for environment in environments {
        let of_it = |known: &&Known| known.key.parent.as_ref() == Some(&environment.identifier);
        for known in project.of_kind(EntityKind::Infrastructure).filter(of_it) {
            let region = region_of(known, &environment.identifier);
            let place =
                |cluster: &&Cluster| (&cluster.environment, &cluster.region) == (&environment.called.name, &region);
            if let Some(other) = clusters.iter().find(place) {
                let reason = format!(
                    "`{}` has a cluster in the region `{}` already, `{}`",
                    environment.called.name, region, other.name
                );
                notes.leave(known, &reason);
                continue;
            }
            let spec = known.body().get("spec");
            let connector = spec
                .and_then(|spec| spec.get("connectorRef")?.text())
                .unwrap_or_default();
            let found = project.find(EntityKind::Connector, connector);
            let name = cluster_name(found, &clusters).unwrap_or_else(|| {
                let name = format!("k8s-{}-{region}", environment.called.name);
                notes.ask_for(
                    "clusters whose connector stands elsewhere, or for several places",
                    Some(&name),
                );
                name
            });
            // A delegate is that of one cluster.
            let is_free = |name: &String| clusters.iter().all(|cluster| cluster.delegate != *name);
            let delegate = found.and_then(delegate_of).filter(is_free).unwrap_or_else(|| {
                let name = format!("delegate-{}-{region}", environment.called.name);
                notes.ask_for("delegates that no connector names, or for several places", Some(&name));
                name
            });
            clusters.push(Cluster {
                name,
                environment: environment.called.name.clone(),
                region,
                delegate,
            });
        }
    }
    clusters
}

/// The region that the identifier names, or else the tag.
fn region_of(known: &Known, environment: &str) -> String {
    let behind = known.key.identifier.strip_prefix(environment);
    let named = behind
        .and_then(infrastructure_region)
        .map(|region| region.replace('_', "-"));
    let tagged = || known.tag(&["region"]).map(str::to_owned);
    named
        .or_else(tagged)
        .filter(|region| is_label(region))
        .unwrap_or_else(|| REGION.to_owned())
}

/// The name of a connector that makes its identifier; each is the connector of one cluster.
fn cluster_name(connector: Option<&Known>, clusters: &[Cluster]) -> Option<String> {
    let connector = connector.filter(|known| known.body().get("type").and_then(Node::text) == Some("K8sCluster"))?;
    let identifier = &connector.key.identifier;
    let name = match underscored(&connector.name) == *identifier {
        true => &connector.name,
        false => identifier,
    };
    let is_taken = clusters.iter().any(|cluster| underscored(&cluster.name) == *identifier);
    (!is_taken).then(|| name.clone())
}

fn delegate_of(connector: &Known) -> Option<String> {
    let selectors = connector.body().at(&["spec", "delegateSelectors"])?;
    let first = selectors.items().next()?.text()?;
    is_label(first).then(|| first.to_owned())
}

/// The connector of a type that most services refer to, or else the first.
fn connector_of_type<'p>(project: &'p Project, kind: &str) -> Option<&'p Known> {
    let is_of_type =
        |known: &&Known| known.body().get("type").and_then(Node::text) == Some(kind) && !known.holds_secret;
    let candidates: Vec<&Known> = project.of_kind(EntityKind::Connector).filter(is_of_type).collect();
    let mut used = Vec::new();
    for service in project.of_kind(EntityKind::Service) {
        service.root.walk(&mut |pointer: &str, node: &Node| {
            if pointer.ends_with("/connectorRef") {
                used.extend(node.text());
            }
        });
    }
    let is_candidate = |name: &&str| candidates.iter().any(|known| known.key.identifier == **name);
    let usual = most(used.into_iter().filter(is_candidate));
    let found = usual.and_then(|usual| candidates.iter().find(|known| known.key.identifier == usual));
    found.or(candidates.first()).copied()
}

/// What a connector says at a place, where that may stand in the description.
fn said<'p>(connector: Option<&'p Known>, path: &[&str], is_good: impl Fn(&str) -> bool) -> Option<&'p str> {
    let text = connector?.body().get("spec")?.at(path)?.text()?;
    is_good(text).then_some(text)
}

fn is_url(text: &str) -> bool {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    rest.is_some_and(|rest| !rest.is_empty() && !rest.starts_with('/')) && !text.contains([' ', '@'])
}

fn is_secret_name(text: &str) -> bool {
    let name = text.strip_prefix("org.").or_else(|| text.strip_prefix("account."));
    Identifier::parse(name.unwrap_or(text)).is_ok()
}

fn is_word(text: &str) -> bool {
    !text.is_empty() && !text.contains("<+")
}

fn manifests(project: &Project, notes: &mut Notes) -> Draft {
    let connector = connector_of_type(project, "Github");
    let login = |key| ["authentication", "spec", "spec", key];
    let url = said(connector, &["url"], is_url);
    let user = said(connector, &login("username"), is_word);
    let token = said(connector, &login("tokenRef"), is_secret_name);
    if url.is_none() || user.is_none() || token.is_none() {
        notes.ask_for("the repository of the manifests in platform.yaml", None);
    }
    let mut branches = Vec::new();
    for service in project.of_kind(EntityKind::Service) {
        service.root.walk(&mut |pointer: &str, node: &Node| {
            if pointer.ends_with("/branch") {
                branches.extend(node.text().filter(|text| is_word(text)));
            }
        });
    }
    Draft::map([
        (
            "connector",
            Draft::text(identifier_of(connector, "manifest_repository")),
        ),
        (
            "url",
            Draft::text(url.unwrap_or("https://github.com/your-organization/your-repository")),
        ),
        ("branch", Draft::text(most(branches.into_iter()).unwrap_or("main"))),
        ("username", Draft::text(user.unwrap_or("your-user"))),
        ("tokenRef", Draft::text(token.unwrap_or("your_token"))),
    ])
}

fn registry(project: &Project, delegates: &[&str], notes: &mut Notes) -> Draft {
    let connector = connector_of_type(project, "DockerRegistry");
    let url = said(connector, &["dockerRegistryUrl"], is_url);
    let user = said(connector, &["auth", "spec", "username"], is_word);
    let password = said(connector, &["auth", "spec", "passwordRef"], is_secret_name);
    let own = connector
        .and_then(delegate_of)
        .filter(|own| delegates.contains(&own.as_str()));
    if url.is_none() || user.is_none() || password.is_none() || own.is_none() {
        notes.ask_for("the registry of the images in platform.yaml", None);
    }
    let delegate = own.or_else(|| delegates.first().map(|name| (*name).to_owned()));
    Draft::map([
        ("connector", Draft::text(identifier_of(connector, "image_registry"))),
        ("url", Draft::text(url.unwrap_or("https://registry.example.com"))),
        ("username", Draft::text(user.unwrap_or("your-user"))),
        ("passwordRef", Draft::text(password.unwrap_or("your_password"))),
        ("delegate", Draft::text(delegate.unwrap_or_default())),
    ])
}

fn identifier_of<'p>(connector: Option<&'p Known>, otherwise: &'p str) -> &'p str {
    connector.map_or(otherwise, |known| known.key.identifier.as_str())
}
