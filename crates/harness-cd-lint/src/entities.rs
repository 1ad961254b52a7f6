//! The entities that a config repository describes.

use std::collections::{BTreeMap, BTreeSet};

use harness_cd_model::naming::infrastructure_identifier;
use harness_cd_model::{Deployer, Entity, EntityKind, EntityRef, Environment, Platform, Region, Service};
use harness_cd_pipeline::{ConfigRepo, InputExpression, Rendered};
use harness_cd_yaml::{Node, parse_text};

/// What a config repository describes, by identifier; connectors and environments as a project refers to them.
pub(crate) struct Entities {
    pub(crate) connectors: BTreeSet<String>,
    /// Whether these are all; where one is broken, another may be its.
    pub(crate) has_all_connectors: bool,
    pub(crate) environments: BTreeSet<String>,
    pub(crate) pipelines: BTreeSet<String>,
    /// Whether the infrastructures are all; where one is broken, or a cluster, another may be its.
    pub(crate) has_all_infrastructures: bool,
    /// Each with the settings that ask for an input.
    pub(crate) infrastructures: BTreeMap<String, BTreeSet<String>>,
    /// The environments that each is of.
    pub(crate) environments_of: BTreeMap<String, BTreeSet<String>>,
    /// What the infrastructures of environments in regions would be called in which they have no cluster for everybody,
    /// or are not.
    pub(crate) absent: BTreeSet<String>,
    /// The deployment types outside Kubernetes whose infrastructures are described.
    pub(crate) described_types: BTreeSet<String>,
}

impl Entities {
    /// The rendered entities, and what the descriptions name that Harness has already.
    pub(crate) fn of(rendered: &Rendered, repo: &ConfigRepo) -> Self {
        let environments = repo.platform.iter().flat_map(|platform| &platform.environments);
        let tickets = environments.filter_map(|environment| environment.ticket.as_ref());
        let outside = || repo.platform.iter().flat_map(|platform| &platform.infrastructures);
        let services = &repo.catalog.services;
        let mut entities = Self {
            connectors: (tickets.map(|ticket| ticket.connector.clone()))
                .chain(outside().flat_map(|known| known.connectors.clone()))
                .collect(),
            has_all_connectors: repo.reason_against_connectors().is_none(),
            environments: BTreeSet::new(),
            // A pipeline that could not be rendered has been reported.
            pipelines: services.iter().map(Service::pipeline_identifier).collect(),
            has_all_infrastructures: repo.reason_against_infrastructures().is_none(),
            infrastructures: BTreeMap::new(),
            environments_of: BTreeMap::new(),
            absent: repo
                .platform
                .as_ref()
                .map(|platform| absent(platform, &repo.deployers()))
                .unwrap_or_default(),
            described_types: outside().map(|known| known.deployment_type.clone()).collect(),
        };
        for (path, entity) in &rendered.entities {
            entities.add(path, entity);
        }
        entities
    }

    fn add(&mut self, path: &str, entity: &Entity) {
        let identifier = entity.identifier.clone();
        match entity.kind {
            EntityKind::Connector => _ = self.connectors.insert(reference(entity)),
            EntityKind::Environment => _ = self.environments.insert(reference(entity)),
            EntityKind::Infrastructure => {
                let environments = self.environments_of.entry(identifier.clone()).or_default();
                environments.extend(
                    entity
                        .parent
                        .as_deref()
                        .map(|parent| EntityRef::split(parent).1.to_owned()),
                );
                self.infrastructures.insert(identifier, asked(path, &entity.yaml));
            }
            EntityKind::Pipeline | EntityKind::InputSet | EntityKind::Trigger | EntityKind::Service => {}
        }
    }
}

/// How an entity is referred to from a project.
fn reference(entity: &Entity) -> String {
    entity.scope.level().reference(&entity.identifier)
}

fn absent(platform: &Platform, deployers: &BTreeSet<Deployer>) -> BTreeSet<String> {
    let of_environment = |environment: &Environment| {
        let regions = platform.regions.iter();
        // Where each cluster is that of named archetypes, the others are not asked for.
        let is_for_all = |region: &Region| {
            let mut there = platform
                .clusters_of(&environment.name)
                .filter(|cluster| cluster.region == region.name);
            there.any(|cluster| cluster.archetypes.is_empty())
        };
        let elsewhere = regions.filter(|region| !is_for_all(region));
        let called = |region: &Region| {
            let (environment, region) = (environment.identifier.as_str(), region.identifier.as_str());
            let all = deployers.iter();
            all.map(|deployer| infrastructure_identifier(environment, region, *deployer))
                .collect::<Vec<_>>()
        };
        let outside = platform.infrastructures.iter().flat_map(|known| {
            let regions = platform.regions.iter();
            regions.map(|region| known.identifier_in(environment, region))
        });
        elsewhere.flat_map(called).chain(outside).collect::<Vec<_>>()
    };
    platform.environments.iter().flat_map(of_environment).collect()
}

/// The settings of an infrastructure definition that ask for an input.
fn asked(path: &str, yaml: &str) -> BTreeSet<String> {
    let document = parse_text(path, yaml).ok();
    let spec = document
        .iter()
        .find_map(|document| document.root.at(&["infrastructureDefinition", "spec"]));
    let settings = spec.into_iter().flat_map(Node::entries);
    let asks = settings.filter(|entry| entry.value.text().is_some_and(InputExpression::is_one));
    asks.map(|entry| entry.name().to_owned()).collect()
}
