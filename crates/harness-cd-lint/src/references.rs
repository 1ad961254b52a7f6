//! References between the entities of a config repository.

use std::collections::{BTreeMap, BTreeSet};

use harness_cd_model::Service;
use harness_cd_yaml::{Document, Node, nearest};

use crate::expressions::{outside_expressions, pipeline_variables};
use crate::outline::Outline;
use crate::place::{Faults, literal};
use crate::rule::{DANGLING, FIXED_SETTING};
use harness_cd_pipeline::ConfigRepo;

/// What a config repository describes, by identifier.
pub(crate) struct Entities {
    connectors: BTreeSet<String>,
    environments: BTreeSet<String>,
    pipelines: BTreeSet<String>,
    /// Each with the settings that ask for an input.
    infrastructures: BTreeMap<String, BTreeSet<String>>,
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

    /// The references of a document that point at nothing, each with the code of its rule.
    pub(crate) fn faults<'n>(&self, root: &'n Node) -> [(&'static str, Faults<'n>); 2] {
        let mut search = Search {
            entities: self,
            outline: Outline::of(root, None),
            dangling: Faults::default(),
            fixed: Faults::default(),
        };
        search.visit(root);
        [(DANGLING, search.dangling), (FIXED_SETTING, search.fixed)]
    }
}

struct Search<'n, 'e> {
    entities: &'e Entities,
    outline: Outline<'n>,
    dangling: Faults<'n>,
    fixed: Faults<'n>,
}

impl<'n> Search<'n, '_> {
    fn visit(&mut self, node: &'n Node) {
        for entry in node.entries() {
            let entities = self.entities;
            match entry.name() {
                "connectorRef" => self.one_of(&entry.value, "connector", entities.connectors.iter()),
                "environmentRef" => self.one_of(&entry.value, "environment", entities.environments.iter()),
                "pipelineIdentifier" => self.one_of(&entry.value, "pipeline", entities.pipelines.iter()),
                "infrastructureDefinitions" => entry.value.items().for_each(|item| self.infrastructure(item)),
                _ => {}
            }
            self.visit(&entry.value);
        }
        node.items().for_each(|item| self.visit(item));
    }

    fn one_of<'k>(&mut self, node: &'n Node, kind: &str, known: impl Iterator<Item = &'k String>) {
        // What belongs to the account or the organization is described elsewhere.
        let Some(text) = literal(node).filter(|text| !text.is_empty() && !text.contains('.')) else {
            return;
        };
        let known: Vec<&str> = known.map(String::as_str).collect();
        if !known.contains(&text) {
            self.dangle(node, kind, text, known);
        }
    }

    fn dangle(&mut self, node: &'n Node, kind: &str, text: &str, known: Vec<&str>) {
        let hint = match nearest(text, known) {
            Some(near) => format!("did you mean `{near}`?"),
            None => "mend it, or make sure that Harness has it".to_owned(),
        };
        let message = format!("the config repository describes no {kind} `{text}`");
        self.dangling.add(node, message, hint);
    }

    fn infrastructure(&mut self, item: &'n Node) {
        let Some(node) = item.get("identifier") else { return };
        let meant = self.expanded(node.text().unwrap_or_default());
        for identifier in &meant {
            let Some(inputs) = self.entities.infrastructures.get(identifier) else {
                let known = self.entities.infrastructures.keys().map(String::as_str).collect();
                self.dangle(node, "infrastructure", identifier, known);
                continue;
            };
            let settings = item.at(&["inputs", "spec"]).into_iter().flat_map(Node::entries);
            for entry in settings.filter(|entry| !inputs.contains(entry.name())) {
                let message = format!("`{}` of `{identifier}` is no input: this sets nothing", entry.name());
                self.fixed.add(
                    &entry.key,
                    message,
                    "write `<+input>` in the infrastructure definition, or leave this out",
                );
            }
        }
    }

    /// The identifiers that a reference stands for: itself, or one for each value of its one variable.
    fn expanded(&self, text: &str) -> Vec<String> {
        if !text.contains("<+") {
            return vec![text.to_owned()]
                .into_iter()
                .filter(|text| !text.contains("{{"))
                .collect();
        }
        let variables: Vec<&str> = pipeline_variables(text).collect();
        let parts = outside_expressions(text);
        match (variables.as_slice(), parts.as_slice()) {
            ([variable], [before, after]) if text.matches("<+").count() == 1 => {
                let declared = self.outline.variable(variable).into_iter();
                declared
                    .flat_map(|variable| &variable.allowed)
                    .map(|value| format!("{before}{value}{after}"))
                    .collect()
            }
            _ => Vec::new(),
        }
    }
}
