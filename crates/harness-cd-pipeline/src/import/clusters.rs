//! The clusters of `platform.yaml`: where infrastructure definitions deploy to, and how their connectors reach it.

use harness_cd_model::naming::{infrastructure_identifier, infrastructure_region, underscored};
use harness_cd_model::{Deployer, EntityKind, EntityRef, Level};

use super::Notes;
use super::archetypes::is_outside;
use super::connectors::{Entries, delegate_of, of_cluster, text, type_of};
use super::names::PlaceNames;
use super::platform::{Environment, NETWORK, is_label, level_entry};
use super::registries::Registry;
use super::sources::{Known, Project};
use crate::draft::Draft;

/// Stands for a region where nothing names one.
const REGION: &str = "main";

pub(super) struct Cluster {
    name: String,
    environment: String,
    /// The identifier of its infrastructure definition, and the environment's.
    pub(super) deployed_by: Infrastructure,
    /// What that is called, where it does not follow from environment and region.
    infrastructure: Option<String>,
    pub(super) region: String,
    pub(super) delegate: String,
    /// Nothing where its delegate's own do.
    credentials: Entries,
    /// Where its connector stands.
    level: Level,
}

impl Cluster {
    /// Its entry; `archetypes` are those that deploy to it, where others of its place do not.
    pub(super) fn draft(&self, archetypes: &[String]) -> Draft {
        let mut all = vec![
            ("name", Draft::text(&self.name)),
            ("environment", Draft::text(&self.environment)),
            ("region", Draft::text(&self.region)),
            ("network", Draft::text(NETWORK)),
            ("delegate", Draft::text(&self.delegate)),
        ];
        let own = self.infrastructure.iter();
        all.extend(own.map(|name| ("infrastructure", Draft::text(name))));
        if !archetypes.is_empty() {
            all.push(("archetypes", Draft::texts(archetypes)));
        }
        all.extend(level_entry(self.level, Level::of(&self.deployed_by.0)));
        if !self.credentials.is_empty() {
            all.push(("credentials", Draft::map(self.credentials.clone())));
        }
        Draft::map(all)
    }

    pub(super) fn place(&self) -> (&str, &str) {
        (&self.environment, &self.region)
    }
}

/// The identifiers of an environment and of an infrastructure definition of it.
pub(super) type Infrastructure = (String, String);

/// A cluster for each infrastructure definition, and what these call what runs there. A connector is that of one cluster,
/// and of no registry.
pub(super) fn clusters(
    project: &Project,
    environments: &[Environment],
    registries: &[Registry<'_>],
    notes: &mut Notes,
) -> (Vec<Cluster>, Vec<PlaceNames>) {
    let mut clusters: Vec<Cluster> = Vec::new();
    let mut names = Vec::new();
    for environment in environments {
        let of_it = |known: &&Known| known.key.parent.as_ref() == Some(&environment.identifier) && !is_outside(known);
        for known in project.of_kind(EntityKind::Infrastructure).filter(of_it) {
            let identifier = EntityRef::split(&environment.identifier).1;
            let region = region_of(known, identifier);
            let place = (environment.called.name.as_str(), region.as_str());
            names.push(PlaceNames::read(known, &environment.called.name, &region));
            let connector = connector_of(project, known, registries);
            let usual = infrastructure_identifier(identifier, &underscored(&region), Deployer::default());
            let own = (usual != known.key.identifier).then(|| own_infrastructure(known));
            clusters.push(Cluster {
                infrastructure: own,
                ..cluster(known, connector, place, &clusters, notes)
            });
        }
    }
    (clusters, names)
}

/// What an infrastructure definition is called: its name where that makes its identifier, or else this.
pub(super) fn own_infrastructure(known: &Known) -> String {
    let is_plain = known
        .name
        .bytes()
        .all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b));
    let makes = is_plain && underscored(&known.name) == known.key.identifier;
    if makes { &known.name } else { &known.key.identifier }.clone()
}

/// The connector of an infrastructure definition, where a description makes it for a cluster.
fn connector_of<'p>(project: &'p Project, infrastructure: &Known, registries: &[Registry<'_>]) -> Option<&'p Known> {
    let wanted = match text(infrastructure.body(), &["type"])? {
        "KubernetesAws" => "Aws",
        "KubernetesGcp" => "Gcp",
        "KubernetesAzure" => "Azure",
        _ => "K8sCluster",
    };
    let connector = text(infrastructure.body(), &["spec", "connectorRef"])?;
    let is_of_registry = registries.iter().any(|registry| registry.connector == connector);
    let found = project.find(EntityKind::Connector, connector)?;
    (type_of(found) == wanted && !found.holds_secret && !is_of_registry).then_some(found)
}

fn cluster(
    infrastructure: &Known,
    connector: Option<&Known>,
    (environment, region): (&str, &str),
    others: &[Cluster],
    notes: &mut Notes,
) -> Cluster {
    let name = connector.and_then(|known| own_name(known, others)).unwrap_or_else(|| {
        let name = stand_in("k8s", (environment, region), |name| {
            others.iter().all(|other| other.name != name)
        });
        notes.ask_for(
            "clusters whose connector stands elsewhere, or for several places",
            Some(&name),
        );
        name
    });
    let credentials = of_cluster(infrastructure.body(), connector).unwrap_or_else(|| {
        notes.ask_for("how clusters are reached that no delegate runs in", Some(&name));
        Entries::new()
    });
    // A delegate whose own credentials count is that of one cluster.
    let inherits = credentials.is_empty();
    let is_free = |name: &String| {
        let takes = |cluster: &Cluster| cluster.credentials.is_empty() && cluster.delegate == *name;
        !inherits || !others.iter().any(takes)
    };
    let delegate = connector.and_then(delegate_of).filter(is_free).unwrap_or_else(|| {
        let is_free = |name: &str| others.iter().all(|other| other.delegate != name);
        let name = stand_in("delegate", (environment, region), is_free);
        notes.ask_for("delegates that no connector names, or for several places", Some(&name));
        name
    });
    let of_environment = infrastructure.key.parent.clone().unwrap_or_default();
    let level = connector.map_or(Level::of(&of_environment), |known| Level::of(&known.key.identifier));
    Cluster {
        name,
        level,
        deployed_by: (of_environment, infrastructure.key.identifier.clone()),
        infrastructure: None,
        environment: environment.to_owned(),
        region: region.to_owned(),
        delegate,
        credentials,
    }
}

/// A name for what no connector names, of its own among several of a place.
fn stand_in(kind: &str, (environment, region): (&str, &str), is_free: impl Fn(&str) -> bool) -> String {
    let base = format!("{kind}-{environment}-{region}");
    let numbered = (2..).map(|number| format!("{base}-{number}"));
    let mut all = std::iter::once(base.clone()).chain(numbered);
    all.find(|name| is_free(name)).unwrap_or(base)
}

/// The region that the identifier names, or else the tag.
pub(super) fn region_of(known: &Known, environment: &str) -> String {
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

/// The name of a connector that makes its identifier, where no other cluster has it.
fn own_name(connector: &Known, others: &[Cluster]) -> Option<String> {
    let identifier = connector.identifier();
    let name = match underscored(&connector.name) == identifier {
        true => connector.name.as_str(),
        false => identifier,
    };
    let is_taken = others.iter().any(|cluster| underscored(&cluster.name) == identifier);
    (!is_taken).then(|| name.to_owned())
}
