//! The entities that a config repository describes.

use std::collections::{BTreeMap, BTreeSet};

use harness_cd_model::Service;
use harness_cd_pipeline::ConfigRepo;
use harness_cd_yaml::{Document, Node};

/// What a config repository describes, by identifier.
pub(crate) struct Entities {
    pub(crate) connectors: BTreeSet<String>,
    pub(crate) environments: BTreeSet<String>,
    pub(crate) pipelines: BTreeSet<String>,
    /// Each with the settings that ask for an input.
    pub(crate) infrastructures: BTreeMap<String, BTreeSet<String>>,
}

impl Entities {
    /// The entities of rendered documents, and what the descriptions name that Harness has already.
    pub(crate) fn of<'d>(documents: impl Iterator<Item = &'d Document>, repo: &ConfigRepo) -> Self {
        let environments = repo.platform.iter().flat_map(|platform| &platform.environments);
        let tickets = environments.filter_map(|environment| environment.ticket.as_ref());
        let services = &repo.catalog.services;
        let mut entities = Self {
            connectors: tickets.map(|ticket| ticket.connector.clone()).collect(),
            environments: BTreeSet::new(),
            // A pipeline that could not be rendered has been reported.
            pipelines: services.iter().map(Service::pipeline_identifier).collect(),
            infrastructures: BTreeMap::new(),
        };
        for document in documents {
            for entry in document.root.entries() {
                if let Some(identifier) = entry.value.get("identifier").and_then(Node::text) {
                    entities.add(entry.name(), identifier.to_owned(), &entry.value);
                }
            }
        }
        entities
    }

    fn add(&mut self, kind: &str, identifier: String, body: &Node) {
        match kind {
            "connector" => _ = self.connectors.insert(identifier),
            "environment" => _ = self.environments.insert(identifier),
            "infrastructureDefinition" => {
                let settings = body.get("spec").into_iter().flat_map(Node::entries);
                let asks = settings.filter(|entry| entry.value.text().is_some_and(|text| text.starts_with("<+input>")));
                let asks = asks.map(|entry| entry.name().to_owned()).collect();
                self.infrastructures.insert(identifier, asks);
            }
            _ => {}
        }
    }
}
