//! `infrastructures`: what versions are deployed to outside Kubernetes.

use harness_cd_model::naming::patterns::{IN_INFRASTRUCTURE_NAMES, IN_INFRASTRUCTURES};
use harness_cd_model::{
    Archetype, Cluster, Deployer, Environment, Identifier, Infrastructure, Region, Workload, codes,
};
use harness_cd_yaml::{At, Entry, Fields, Node, Reader};

use super::declared::Declarations;
use super::name_patterns::require_known;
use super::names::{chosen, chosen_list, optional_list, reference, require_references_at, text};
use super::{cloud_regions, keys};
use crate::draft::{Draft, Kind};

/// What an infrastructure refers to, and stands beside.
pub(super) struct Around<'p> {
    pub(super) declared: &'p Declarations<'p>,
    /// Those that are sound.
    pub(super) archetypes: &'p [Archetype],
    pub(super) environments: &'p [Environment],
    pub(super) regions: &'p [Region],
    pub(super) clusters: &'p [Cluster],
}

/// Reads the infrastructures; those with a finding are left out.
pub(super) fn read(reader: &mut Reader<'_>, fields: &Fields<'_>, around: &Around<'_>) -> Vec<Infrastructure> {
    let mut taken: Vec<Definition> = around
        .clusters
        .iter()
        .flat_map(|known| of_cluster(known, around))
        .collect();
    let described = fields.at().get("archetypes");
    let described = described.iter().flat_map(At::items);
    let described: Vec<&str> = described
        .filter_map(|at| at.node.get("name").and_then(Node::as_str))
        .collect();
    let mut infrastructures = Vec::new();
    for item in optional_list(reader, fields, "infrastructures") {
        let before = reader.count();
        let read = infrastructure(reader, item.clone(), around, &described);
        let sound = read.iter().filter(|_| reader.count() == before);
        let own: Vec<Definition> = sound.flat_map(|known| definitions(known, around)).collect();
        require_own_names(reader, &item, &own, &taken);
        taken.extend(own);
        infrastructures.extend(read.filter(|_| reader.count() == before));
    }
    infrastructures
}

fn infrastructure(
    reader: &mut Reader<'_>,
    item: At<'_>,
    around: &Around<'_>,
    described: &[&str],
) -> Option<Infrastructure> {
    let pointer = item.pointer.clone();
    let fields = reader.object(item, keys::OUTSIDE.known)?;
    let declared = around.declared;
    let archetypes = archetypes(reader, &fields, around, described);
    let environments = chosen(reader, &fields, ("environments", "environment"), &declared.environments);
    let regions = chosen(reader, &fields, ("regions", "region"), &declared.regions);
    let name = name(reader, &fields);
    let infrastructure_type = text(reader, &fields, "type");
    let spec = reader.required(&fields, "spec");
    let above = around.environments.iter();
    let above = above.filter(|known| environments.contains(&known.name));
    let level = above.map(|known| known.level).max().unwrap_or_default();
    if let Some(at) = &spec {
        require_references_at(reader, at, level);
        cloud_regions::require_of_spec(reader, at, &regions, &declared.regions);
    }
    let spec = spec.and_then(|at| spec_of(reader, &at));
    let workload = archetypes?;
    let infrastructure_type = infrastructure_type?;
    require_type(reader, &fields, workload, infrastructure_type);
    let usual = || {
        format!(
            "{{{{ENVIRONMENT}}}}-{{{{REGION}}}}-{}",
            workload.to_string().to_lowercase()
        )
    };
    let (spec, connectors) = spec?;
    Some(Infrastructure {
        pointer,
        name: name.unwrap_or_else(usual),
        archetypes: optional_list(reader, &fields, "archetypes")
            .iter()
            .filter_map(|at| at.node.as_str())
            .map(str::to_owned)
            .collect(),
        environments,
        regions,
        deployment_type: workload.deployment_type().to_owned(),
        infrastructure_type: infrastructure_type.to_owned(),
        spec,
        connectors,
    })
}

/// An archetype whose template is to be written has an infrastructure that its stages deploy to.
pub(super) fn require_some(
    reader: &mut Reader<'_>,
    fields: &Fields<'_>,
    archetypes: &[Archetype],
    infrastructures: &[Infrastructure],
) {
    let described = fields.at().get("infrastructures");
    // What could not be read may be the one that is missing.
    if described.map_or(0, |at| at.items().count()) != infrastructures.len() {
        return;
    }
    let list = fields.at().get("archetypes");
    for at in list.iter().flat_map(At::items) {
        // What is wrong with it may be its workload.
        let is_broken = reader
            .since(0)
            .iter()
            .any(|found| found.pointer.starts_with(&format!("{}/", at.pointer)));
        let name = at.node.get("name").and_then(Node::as_str).filter(|_| !is_broken);
        let mut known = archetypes.iter().filter(|known| Some(known.name.as_str()) == name);
        let is_lacking = |known: &Archetype| {
            let is_written = !known.workload.is_kubernetes() && known.strategy.is_some();
            is_written && !infrastructures.iter().any(|one| one.is_for(&known.name))
        };
        if let (Some(known), Some(at)) = (known.find(|known| is_lacking(known)), at.get("strategy")) {
            let message = format!("nothing says what `{}` is deployed to", known.name);
            let hint = "name it under `archetypes` of one of `infrastructures`, or remove `strategy` and write the template by hand";
            reader.error(codes::CONTRADICTION, &at, message, hint);
        }
    }
}

/// What the archetypes are that an infrastructure is for: all of one deployment type, outside Kubernetes.
fn archetypes(
    reader: &mut Reader<'_>,
    fields: &Fields<'_>,
    around: &Around<'_>,
    described: &[&str],
) -> Option<Workload> {
    reader.required(fields, "archetypes")?;
    let mut common: Option<Workload> = None;
    for at in chosen_list(reader, fields, "archetypes", "an error: each names its own") {
        let known = &around.declared.archetypes;
        let Some(name) = reference(reader, &at, codes::UNKNOWN_REFERENCE, "archetype", known) else {
            continue;
        };
        let archetype = around.archetypes.iter().find(|known| known.name == name);
        // What is wrong with one that is broken was told there; one that is not described runs in Kubernetes.
        let workload = match archetype {
            None if described.contains(&name) => continue,
            None => Workload::Deployment,
            Some(archetype) => archetype.workload,
        };
        if workload.is_kubernetes() {
            let message = format!("`{name}` runs in Kubernetes, where services are deployed to clusters");
            let hint = match archetype {
                Some(_) => format!("describe a cluster, or mend `workload` of `{name}`"),
                None => format!("describe `{name}` under `archetypes`, with what it is under `workload`"),
            };
            reader.error(codes::CONTRADICTION, &at, message, hint);
            continue;
        }
        let first = *common.get_or_insert(workload);
        if first.deployment_type() != workload.deployment_type() {
            let message = format!(
                "an infrastructure for {} is none for {}, which `{name}` is",
                first.deployment_type(),
                workload.deployment_type()
            );
            reader.error(codes::CONTRADICTION, &at, message, "describe one for each");
        }
    }
    common
}

/// What its infrastructure definitions are called, where it says so.
fn name(reader: &mut Reader<'_>, fields: &Fields<'_>) -> Option<String> {
    let at = reader.optional(fields, "name")?;
    let name = reader.string(&at)?;
    if !require_known(reader, &at, name, &IN_INFRASTRUCTURE_NAMES) {
        return None;
    }
    let plain = name.replace("{{", "").replace("}}", "");
    let is_plain = plain.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b));
    if !is_plain || Identifier::from_name(&plain).is_err() {
        let message = format!("`{name}` cannot be the name of an infrastructure definition");
        let hint = "use letters, digits, dashes, dots and underscores, and no digit first";
        reader.error(codes::BAD_NAME, &at, message, hint);
    }
    Some(name.to_owned())
}

fn require_type(reader: &mut Reader<'_>, fields: &Fields<'_>, workload: Workload, written: &str) {
    let known = workload.infrastructure_types();
    if let Some(at) = fields.at().get("type").filter(|_| !known.contains(&written)) {
        let message = format!("{workload} is not deployed to an infrastructure definition of the type `{written}`");
        let hint = format!("write {}, or mend `workload` of the archetype", known.join(" or "));
        reader.error(codes::CONTRADICTION, &at, message, hint);
    }
}

/// The spec as YAML, and the connectors that it names. What of it Harness refuses is said of what is rendered.
fn spec_of(reader: &mut Reader<'_>, at: &At<'_>) -> Option<(String, Vec<String>)> {
    let names: Vec<&str> = at.node.entries().map(Entry::name).collect();
    reader.mapping(at.clone(), &names)?;
    let mut connectors = Vec::new();
    let mut texts = Vec::new();
    at.node.walk(&mut |pointer, node| {
        let Some(text) = node.text() else { return };
        if pointer.ends_with("/connectorRef") {
            connectors.push(text.to_owned());
        }
        let pointer = format!("{}{pointer}", at.pointer);
        texts.push((At { node, pointer }, text));
    });
    for (at, text) in texts {
        require_known(reader, &at, text, &IN_INFRASTRUCTURES);
    }
    Some((Draft::of(at.node).write(Kind::Plain), connectors))
}

/// What tells an infrastructure definition from another: its file, its environment and its identifier.
#[derive(PartialEq)]
struct Definition {
    file: String,
    environment: String,
    identifier: String,
}

impl Definition {
    fn clashes(&self, other: &Self) -> bool {
        let is_same = self.environment == other.environment && self.identifier == other.identifier;
        is_same || self.file == other.file
    }
}

fn of_cluster(cluster: &Cluster, around: &Around<'_>) -> Vec<Definition> {
    let environment = around
        .environments
        .iter()
        .find(|known| known.name == cluster.environment);
    let region = around.regions.iter().find(|known| known.name == cluster.region);
    let places = environment.zip(region).into_iter();
    let definitions = places.flat_map(|(environment, region)| {
        Deployer::ALL.map(|deployer| Definition {
            file: cluster.infrastructure_file(deployer),
            environment: environment.name.clone(),
            identifier: cluster.infrastructure_identifier(environment, region, deployer),
        })
    });
    definitions.collect()
}

fn definitions(infrastructure: &Infrastructure, around: &Around<'_>) -> Vec<Definition> {
    let mut found = Vec::new();
    for environment in around.environments {
        let there = around.regions.iter();
        let there = there.filter(|region| infrastructure.is_in(&environment.name, &region.name));
        found.extend(there.map(|region| Definition {
            file: infrastructure.file_in(&environment.name, &region.name),
            environment: environment.name.clone(),
            identifier: infrastructure.identifier_in(environment, region),
        }));
    }
    found
}

/// No two infrastructure definitions of an environment have one identifier, and no two one file.
fn require_own_names(reader: &mut Reader<'_>, item: &At<'_>, own: &[Definition], taken: &[Definition]) {
    let among_own = |place: usize, one: &Definition| own.iter().take(place).any(|other| other.clashes(one));
    let is_taken = |one: &Definition| taken.iter().any(|other| other.clashes(one));
    let mut each = own.iter().enumerate();
    if let Some((_, one)) = each.find(|(place, one)| among_own(*place, one) || is_taken(one)) {
        let message = format!(
            "two infrastructure definitions of `{}` have the identifier `{}`",
            one.environment, one.identifier
        );
        let hint = "give each a `name` of its own, with `{{ENVIRONMENT}}` and `{{REGION}}` where it is in several";
        let at = item.get("name").unwrap_or_else(|| item.clone());
        reader.error(codes::SAME_IDENTIFIER, &at, message, hint);
    }
}
