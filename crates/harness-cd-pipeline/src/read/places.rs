//! `networks`, `delegates`, `regions` and `clusters`: where services run, and who reaches them.

use harness_cd_model::naming::reads_as_identifier;
use harness_cd_model::{
    Cluster, ClusterAccess, Delegate, Deployer, Environment, Identifier, Infrastructure, Level, Network, Region, codes,
};
use harness_cd_yaml::{At, Fields, Reader, Value};

use super::declared::{Declarations, Declared};
use super::forms::{checked, cidr as cidr_of};
use super::keys;
use super::name_patterns::MAX_RELEASE;
use super::names::{
    Names, chosen_list, level, own_identifier, reference, require_label, require_references_at, required_list,
    required_reference,
};
use super::{cloud_regions, credentials};

/// Reads the networks.
pub(super) fn networks(reader: &mut Reader<'_>, fields: &Fields<'_>) -> Vec<Network> {
    let mut names = Names::new("network");
    let mut networks = Vec::new();
    for item in required_list(reader, fields, "networks") {
        let Some(fields) = reader.object(item, keys::NETWORK.known) else {
            continue;
        };
        let name = reader.required(&fields, "name").and_then(|at| names.take(reader, &at));
        let cidr = reader.required(&fields, "cidr");
        let cidr = cidr.and_then(|at| cidr_of(reader, &at));
        if let (Some((name, _)), Some(cidr)) = (name, cidr) {
            networks.push(Network {
                name: name.to_owned(),
                cidr: cidr.to_owned(),
            });
        }
    }
    networks
}

/// Reads the delegates.
pub(super) fn delegates(reader: &mut Reader<'_>, fields: &Fields<'_>, networks: &Declared<'_>) -> Vec<Delegate> {
    let mut names = Names::new("delegate");
    let mut delegates: Vec<Delegate> = Vec::new();
    for item in required_list(reader, fields, "delegates") {
        let Some(fields) = reader.object(item, keys::DELEGATE.known) else {
            continue;
        };
        let network = required_reference(reader, &fields, "network", networks);
        let Some(at) = reader.required(&fields, "name") else {
            continue;
        };
        let first = at
            .node
            .as_str()
            .and_then(|name| delegates.iter().find(|delegate| delegate.name == name));
        if let (Some(first), Some(network)) = (first, network)
            && first.network != network
        {
            let message = format!(
                "the delegate `{}` stands in two networks: `{}` and `{network}`",
                first.name, first.network
            );
            reader.error(
                codes::DELEGATE_IN_TWO_NETWORKS,
                &at,
                message,
                "a delegate runs in one network; give the second one another name",
            );
            continue;
        }
        let Some((name, _)) = names.take(reader, &at) else {
            continue;
        };
        require_label(reader, &at, name);
        if name.len() > MAX_RELEASE {
            let message = format!(
                "the delegate's name has {} characters; the Helm release of that name may have {MAX_RELEASE}",
                name.len()
            );
            reader.error(codes::NAME_TOO_LONG, &at, message, "shorten the name");
        }
        let mut number = |key: &str, least, most| {
            let at = reader.optional(&fields, key)?;
            reader.number(&at, least, most)
        };
        let (replicas, cpu) = (number("replicas", 1, 20), number("cpu", 1, 64));
        let memory_mb = number("memoryMb", 512, 262_144);
        if let Some(network) = network {
            delegates.push(Delegate {
                name: name.to_owned(),
                network: network.to_owned(),
                replicas: replicas.and_then(|count| count.try_into().ok()).unwrap_or(1),
                cpu: cpu.and_then(|cores| cores.try_into().ok()),
                memory_mb: memory_mb.and_then(|size| size.try_into().ok()),
            });
        }
    }
    delegates
}

/// Reads the regions: a name, or a name with an identifier of its own.
pub(super) fn regions(reader: &mut Reader<'_>, fields: &Fields<'_>) -> Vec<Region> {
    let mut names = Names::new("region");
    let items = required_list(reader, fields, "regions");
    let read: Vec<(At<'_>, Region)> = items
        .into_iter()
        .filter_map(|item| region(reader, item, &mut names))
        .collect();
    let mut doubted: Vec<&Identifier> = Vec::new();
    for (index, (at, own)) in read.iter().enumerate() {
        let earlier = read.iter().take(index);
        if let Some((_, other)) = earlier
            .into_iter()
            .find(|(_, other)| other.identifier == own.identifier)
        {
            let message = format!(
                "the regions `{}` and `{}` both have the identifier `{}`",
                other.name, own.name, own.identifier
            );
            reader.error(codes::SAME_IDENTIFIER, at, message, "give each its own");
            doubted.push(&own.identifier);
        }
    }
    // What two have in common makes other things alike as well.
    let sound = read.iter().filter(|(_, region)| !doubted.contains(&&region.identifier));
    let regions: Vec<Region> = sound.map(|(_, region)| region.clone()).collect();
    for (at, region) in read.iter().filter(|(_, region)| regions.contains(region)) {
        if !reads_as_identifier(&regions, region) {
            let message = format!(
                "no expression makes the identifier `{}` of `{}` and those of the other regions of theirs",
                region.identifier, region.name
            );
            reader.error(
                codes::SAME_IDENTIFIER,
                at,
                message,
                "choose identifiers in which no name of a region stands",
            );
        }
    }
    regions
}

fn region<'n>(reader: &mut Reader<'_>, item: At<'n>, names: &mut Names<'n>) -> Option<(At<'n>, Region)> {
    let is_long = matches!(item.node.value, Value::Mapping(_));
    let fields = is_long.then(|| reader.object(item.clone(), keys::REGION.known));
    let (name_at, own) = match fields {
        None => (item.clone(), None),
        Some(fields) => {
            let fields = fields?;
            let own = own_identifier(reader, &fields);
            (reader.required(&fields, "name")?, own)
        }
    };
    let (name, derived) = names.take(reader, &name_at)?;
    require_label(reader, &name_at, name);
    let region = Region {
        name: name.to_owned(),
        identifier: own.unwrap_or(derived),
    };
    Some((item, region))
}

/// Reads the clusters; of the kinds of connectors each has an identifier of its own.
pub(super) fn clusters<'n>(
    reader: &mut Reader<'_>,
    fields: &Fields<'n>,
    connectors: &mut Names<'n>,
    around: &Around<'_>,
) -> Vec<Cluster> {
    let mut clusters: Vec<Cluster> = Vec::new();
    // Which stands in another region than it says is not told of the place that it says as well.
    let mut in_place: Vec<Cluster> = Vec::new();
    // Whose delegate is the wrong one is not told of that delegate's own cluster as well.
    let mut in_reach: Vec<Cluster> = Vec::new();
    for item in required_list(reader, fields, "clusters") {
        if let Some((fields, cluster)) = cluster(reader, item, connectors, around) {
            if cloud_regions::require_of_cluster(reader, &fields, &cluster) {
                require_own_place(reader, &fields, (&cluster, &in_place), around);
                in_place.push(cluster.clone());
            }
            let delegate = around.delegates.iter().find(|known| known.name == cluster.delegate);
            if require_reach(reader, &fields, &cluster.network, delegate) {
                require_own_delegate(reader, &fields, &cluster, &in_reach);
                in_reach.push(cluster.clone());
            }
            clusters.push(cluster);
        }
    }
    clusters
}

/// What a cluster refers to.
pub(super) struct Around<'p> {
    pub(super) declared: &'p Declarations<'p>,
    /// Those that are sound.
    pub(super) environments: &'p [Environment],
    pub(super) regions: &'p [Region],
    pub(super) delegates: &'p [Delegate],
}

fn cluster<'n>(
    reader: &mut Reader<'_>,
    item: At<'n>,
    connectors: &mut Names<'n>,
    around: &Around<'_>,
) -> Option<(Fields<'n>, Cluster)> {
    let declared = around.declared;
    let fields = reader.object(item, keys::CLUSTER.known)?;
    let named = reader
        .required(&fields, "name")
        .and_then(|at| connectors.take(reader, &at));
    let environment = required_reference(reader, &fields, "environment", &declared.environments);
    let region = required_reference(reader, &fields, "region", &declared.regions);
    let network = required_reference(reader, &fields, "network", &declared.networks);
    let delegate = required_reference(reader, &fields, "delegate", &declared.delegates);
    let infrastructure = infrastructure(reader, &fields);
    let archetypes = archetypes(reader, &fields, &declared.archetypes);
    let access = credentials::of_cluster(reader, &fields);
    let above = around
        .environments
        .iter()
        .find(|known| Some(known.name.as_str()) == environment);
    let level = level_of(reader, &fields, above);
    require_references_at(reader, fields.at(), level);
    let cluster = Cluster {
        name: named?.0.to_owned(),
        level,
        environment: environment?.to_owned(),
        region: region?.to_owned(),
        network: network?.to_owned(),
        delegate: delegate?.to_owned(),
        infrastructure: infrastructure?,
        archetypes: archetypes?,
        access: access?,
    };
    Some((fields, cluster))
}

/// Where the connector of a cluster stands: no lower than the infrastructure definition that refers to it.
fn level_of(reader: &mut Reader<'_>, fields: &Fields<'_>, environment: Option<&Environment>) -> Level {
    let stated = level(reader, fields);
    let Some(environment) = environment else {
        return stated.unwrap_or_default();
    };
    if stated.is_some_and(|stated| stated < environment.level)
        && let Some(at) = fields.at().get("level")
    {
        let message = format!(
            "`{}` is of {}, and what stands there refers to no connector of {}",
            environment.name,
            environment.level.told(),
            stated.unwrap_or_default().told()
        );
        reader.error(
            codes::CONTRADICTION,
            &at,
            message,
            "remove `level`: it is that of the environment",
        );
    }
    stated.unwrap_or(environment.level)
}

/// What the infrastructure definition of a cluster is called, where it says so.
#[allow(clippy::option_option, reason = "what is wrong is something else than nothing")]
fn infrastructure(reader: &mut Reader<'_>, fields: &Fields<'_>) -> Option<Option<String>> {
    let Some(at) = reader.optional(fields, "infrastructure") else {
        return Some(None);
    };
    let name = reader.string(&at)?;
    let is_name = |name: &str| is_infrastructure_name(name) && Identifier::from_name(name).is_ok();
    let wanted = "a name of letters, digits, dashes and underscores that begins with a letter or an underscore";
    checked(reader, &at, is_name, wanted).map(|_| Some(name.to_owned()))
}

fn is_infrastructure_name(name: &str) -> bool {
    name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b))
}

/// The archetypes that a cluster is for. One that nobody knows would leave a service without its cluster.
fn archetypes(reader: &mut Reader<'_>, fields: &Fields<'_>, known: &Declared<'_>) -> Option<Vec<String>> {
    let before = reader.count();
    let items = chosen_list(
        reader,
        fields,
        "archetypes",
        "every archetype that no other cluster of its place names",
    );
    let named = items.iter();
    let named = named.filter_map(|at| reference(reader, at, codes::UNKNOWN_REFERENCE, "archetype", known));
    let named = named.map(str::to_owned).collect();
    (reader.count() == before).then_some(named)
}

/// Compared as written in file names and infrastructure identifiers: `a-b` + `c` is `a` + `b-c`.
fn require_own_place(
    reader: &mut Reader<'_>,
    fields: &Fields<'_>,
    (cluster, others): (&Cluster, &[Cluster]),
    around: &Around<'_>,
) {
    let identifiers = |cluster: &Cluster| -> Vec<String> {
        let environments = around.environments.iter();
        let environment = environments.clone().find(|known| known.name == cluster.environment);
        let region = around.regions.iter().find(|known| known.name == cluster.region);
        let (Some(environment), Some(region)) = (environment, region) else {
            return Vec::new();
        };
        let identifier = |deployer| cluster.infrastructure_identifier(environment, region, deployer);
        Deployer::ALL.map(identifier).into()
    };
    let own = identifiers(cluster);
    let is_same = |other: &&Cluster| {
        let shares = || identifiers(other).iter().any(|identifier| own.contains(identifier));
        let files = [cluster, *other].map(|known| known.infrastructure_file(Deployer::default()));
        other.environment == cluster.environment && shares() || files[0] == files[1]
    };
    let Some(other) = others.iter().find(is_same) else {
        return;
    };
    let name = cluster.infrastructure_name(Deployer::default());
    let same = match cluster.infrastructure.is_none() && other.infrastructure.is_none() {
        true => format!("stand for `{name}`"),
        false => format!("have the infrastructure definition `{name}`"),
    };
    let message = format!("the clusters `{}` and `{}` both {same}", other.name, cluster.name);
    let hint = "give each an `infrastructure` of its own, or remove or move one";
    reader.error(codes::SEVERAL_CLUSTERS, fields.at(), message, hint);
}

/// Credentials that a delegate inherits are those of the cluster in which it runs.
fn require_own_delegate(reader: &mut Reader<'_>, fields: &Fields<'_>, cluster: &Cluster, others: &[Cluster]) {
    let inherits = |known: &Cluster| known.access == ClusterAccess::Delegate;
    let same = |other: &&Cluster| inherits(other) && other.delegate == cluster.delegate;
    if let Some(other) = others.iter().find(same).filter(|_| inherits(cluster))
        && let Some(at) = fields.at().get("delegate")
    {
        let message = format!(
            "the delegate `{0}` deploys to the cluster in which it runs: `{1}` and `{2}` would be the same one",
            cluster.delegate, other.name, cluster.name
        );
        let hint = "give each cluster a delegate of its own, or one of them `credentials`";
        reader.error(codes::SHARED_DELEGATE, &at, message, hint);
    }
}

/// A delegate reaches its own network alone. Answers whether it does, as far as that is known.
fn require_reach(reader: &mut Reader<'_>, cluster: &Fields<'_>, network: &str, delegate: Option<&Delegate>) -> bool {
    if let (Some(delegate), Some(at)) = (delegate, cluster.at().get("delegate"))
        && delegate.network != network
    {
        let message = format!(
            "the delegate `{}` runs in `{}` and cannot reach a cluster in `{network}`",
            delegate.name, delegate.network
        );
        reader.error(
            codes::DELEGATE_OUT_OF_REACH,
            &at,
            message,
            format!("choose a delegate in `{network}`"),
        );
        return false;
    }
    true
}

/// No environment and no region is without any cluster and any infrastructure.
pub(super) fn require_places(
    reader: &mut Reader<'_>,
    fields: &Fields<'_>,
    (environments, regions): (&[Environment], &[Region]),
    (clusters, infrastructures): (&[Cluster], &[Infrastructure]),
) {
    let Some(at) = fields.at().get("clusters") else { return };
    // What could not be read may have been what is missing here.
    let written = |key: &str| fields.at().get(key).map_or(0, |at| at.node.items().count());
    if written("clusters") != clusters.len() || written("infrastructures") != infrastructures.len() {
        return;
    }
    let is_environment = |name: &String| {
        let mut elsewhere = infrastructures.iter().flat_map(|known| &known.environments);
        clusters.iter().any(|cluster| cluster.environment == *name) || elsewhere.any(|known| known == name)
    };
    for environment in environments
        .iter()
        .map(|known| &known.name)
        .filter(|name| !is_environment(name))
    {
        let message = format!("the environment `{environment}` has no cluster in any region");
        let hint = "add a cluster, or remove the environment";
        reader.error(codes::NO_CLUSTER, &at, message, hint);
    }
    let is_region = |name: &String| {
        let mut elsewhere = infrastructures.iter().flat_map(|known| &known.regions);
        clusters.iter().any(|cluster| cluster.region == *name) || elsewhere.any(|known| known == name)
    };
    for region in regions.iter().map(|known| &known.name).filter(|name| !is_region(name)) {
        let message = format!("no environment has a cluster in the region `{region}`");
        reader.error(codes::NO_CLUSTER, &at, message, "add a cluster, or remove the region");
    }
}
