//! What a rule may ask about the config repository around a document.

use std::collections::{BTreeMap, BTreeSet};

use harness_cd_model::Platform;
use harness_cd_model::naming::Placeholder;
use harness_cd_pipeline::stages::{bodies, steps};
use harness_cd_pipeline::{ConfigRepo, Rendered};
use harness_cd_template::Template;
use harness_cd_yaml::{Document, Node};

use crate::entities::Entities;
use crate::outline::Outline;
use crate::place::type_of;
use crate::sample::sample_of;

/// A config repository, as far as rules ask.
pub(crate) struct RepoFacts<'r> {
    repo: &'r ConfigRepo,
    pub(crate) entities: Entities,
    canaries: BTreeMap<&'r str, BTreeSet<String>>,
}

/// A document of a config repository, its templates or what they render to.
pub(crate) struct Member<'n, 't> {
    pub(crate) document: &'n Document,
    /// The documents above it in its file.
    pub(crate) above: &'n [Document],
    pub(crate) outline: &'t Outline<'n>,
}

impl<'r> RepoFacts<'r> {
    /// The facts of a repository that renders to these entities.
    pub(crate) fn of(repo: &'r ConfigRepo, rendered: &Rendered) -> Self {
        Self {
            repo,
            entities: Entities::of(rendered, repo),
            canaries: canaries(repo),
        }
    }

    pub(crate) fn platform(&self) -> Option<&'r Platform> {
        self.repo.platform.as_ref()
    }

    /// As [`sample_of`], with the regions and environments that the platform has.
    pub(crate) fn sample(&self, placeholder: &str) -> Option<String> {
        let platform = self.platform();
        let names = |platform: &Platform| -> Vec<String> {
            let names = platform.environments.iter().map(|environment| environment.name.clone());
            names.collect()
        };
        match (Placeholder::parse(placeholder)?, platform) {
            (Placeholder::Regions, Some(platform)) => Some(platform.region_names().collect::<Vec<_>>().join(",")),
            (Placeholder::FirstRegion, Some(platform)) => platform.region_names().next().map(str::to_owned),
            (Placeholder::Environments, Some(platform)) => Some(names(platform).join(",")),
            (Placeholder::FirstEnvironment, Some(platform)) => names(platform).first().cloned(),
            (known, _) => Some(known.sample().to_owned()),
        }
    }

    /// Whether the stage that deploys a service to an environment has a canary.
    pub(crate) fn has_canary(&self, service: &str, environment: &str) -> bool {
        let service = self.repo.catalog.services.iter().find(|known| known.name == service);
        let environment = self.platform().and_then(|platform| platform.environment(environment));
        let (Some(service), Some(environment)) = (service, environment) else {
            return false;
        };
        let canaries = self.canaries.get(service.archetype.as_str());
        canaries.is_some_and(|canaries| canaries.contains(&environment.reference()))
    }
}

/// The environments, by identifier, to which each archetype deploys by a canary.
fn canaries(repo: &ConfigRepo) -> BTreeMap<&str, BTreeSet<String>> {
    let of_template = |template: &Template| {
        let document = template.sample(sample_of);
        let pipeline = document.root.get("pipeline").into_iter();
        let stages = pipeline.flat_map(|pipeline| bodies(pipeline, "stages", "stage"));
        let has_canary = |stage: &&Node| {
            steps(stage)
                .into_iter()
                .any(|step| type_of(step) == Some("K8sCanaryDeploy"))
        };
        let places = stages.filter(has_canary).filter_map(|stage| {
            stage
                .at(&["spec", "environment", "environmentRef"])
                .and_then(Node::text)
        });
        places.map(str::to_owned).collect()
    };
    let templates = repo.templates.iter();
    templates
        .map(|(archetype, template)| (archetype.as_str(), of_template(template)))
        .collect()
}
