//! Where the parts of a deployment lead: services with their artifacts, environments with their infrastructures.

use serde_json::Value;

use super::filters;
use super::target::{Artifact, DeploySpec, Target};
use crate::state::entity::{Entity, Kind};
use crate::state::scope::Scope;
use crate::state::store::Store;
use crate::tables::expression::{self, Context};
use crate::tables::reading::{is_true, items, text, texts};

const PRIMARY: &str = "/spec/artifacts/primary";

/// Where entities are looked up, and what their expressions know.
pub(super) struct Lookup<'a> {
    pub(super) store: &'a Store,
    pub(super) scope: &'a Scope,
    pub(super) context: &'a Context,
}

impl<'a> Lookup<'a> {
    pub(super) fn entity(&self, kind: Kind, parent: &str, reference: &str) -> Option<&'a Entity> {
        self.store.follow(kind, self.scope, parent, reference)
    }

    /// The environments of a group.
    pub(super) fn members(&self, group: &str) -> Vec<String> {
        let entity = self.entity(Kind::EnvironmentGroup, "", &self.resolved(group));
        entity
            .map(|group| texts(&group.body, "/envIdentifiers"))
            .unwrap_or_default()
    }

    fn resolved(&self, text: &str) -> String {
        expression::resolve(text, self.context)
    }

    fn text(&self, value: &Value, pointer: &str) -> Option<String> {
        text(value, pointer).map(|text| self.resolved(&text))
    }

    pub(super) fn service(&self, written: &Value, spec: &DeploySpec) -> Target {
        let reference = self.text(written, "/serviceRef").unwrap_or_default();
        let entity = self.entity(Kind::Service, "", &reference);
        let definition = entity.and_then(|entity| entity.body.get("serviceDefinition"));
        let inputs = written.pointer("/serviceInputs/serviceDefinition");
        Target {
            service_name: entity.map_or_else(|| reference.clone(), Entity::name),
            deployment_type: spec.deployment_type.clone(),
            gitops: spec.gitops || entity.is_some_and(|entity| is_true(&entity.body, "/gitOpsEnabled")),
            artifact: definition.and_then(|definition| self.artifact(definition, inputs)),
            chart: definition.and_then(|definition| self.chart(definition, inputs)),
            problem: definition.and_then(|definition| self.wrong_source(definition, inputs, &reference)),
            service: reference,
            ..Target::default()
        }
    }

    /// Source: run-inputs §4 [CORE ServiceEntityServiceImpl].
    fn wrong_source(&self, definition: &Value, inputs: Option<&Value>, service: &str) -> Option<String> {
        let chosen = self
            .text(inputs?, &format!("{PRIMARY}/primaryArtifactRef"))
            .filter(|text| !text.starts_with("<+"))?;
        let sources = items(definition, &format!("{PRIMARY}/sources"));
        let is_there = sources
            .iter()
            .any(|source| text(source, "/identifier").as_ref() == Some(&chosen));
        let message =
            || format!("Primary artifact ref value {chosen} provided does not exist in sources in service {service}");
        (!is_there).then(message)
    }

    /// The primary artifact: the chosen source, with what the run gives over what the service says.
    fn artifact(&self, definition: &Value, inputs: Option<&Value>) -> Option<Artifact> {
        let given = |pointer: &str| {
            inputs
                .and_then(|inputs| self.text(inputs, pointer))
                .filter(|text| !text.starts_with("<+input>"))
        };
        let sources = items(definition, &format!("{PRIMARY}/sources"));
        let fixed = self.text(definition, &format!("{PRIMARY}/primaryArtifactRef"));
        let chosen = given(&format!("{PRIMARY}/primaryArtifactRef")).or(fixed);
        let named = |source: &&Value| chosen.is_some() && text(source, "/identifier") == chosen;
        let own = sources.iter().find(named).or_else(|| sources.first());
        let (kind, own_spec) = match own {
            Some(source) => (text(source, "/type"), source.get("spec")?),
            None => (
                text(definition, &format!("{PRIMARY}/type")),
                definition.pointer(&format!("{PRIMARY}/spec"))?,
            ),
        };
        let identifier = own.and_then(|source| text(source, "/identifier"));
        let run_sources = inputs
            .map(|inputs| items(inputs, &format!("{PRIMARY}/sources")))
            .unwrap_or_default();
        let run = run_sources
            .iter()
            .find(|source| text(source, "/identifier") == identifier)
            .or_else(|| run_sources.first());
        let of_run = |key: &str| {
            let source = run.and_then(|source| self.text(source, &format!("/spec/{key}")));
            source
                .or_else(|| given(&format!("{PRIMARY}/spec/{key}")))
                .filter(|text| !text.starts_with("<+input>"))
        };
        let part = |keys: &[&str]| {
            keys.iter()
                .find_map(|key| of_run(key))
                .or_else(|| keys.iter().find_map(|key| self.text(own_spec, &format!("/{key}"))))
        };
        Some(Artifact {
            kind: kind.unwrap_or_default(),
            image: part(&["imagePath", "artifactPath", "packageName", "repositoryName"])?,
            tag: part(&["tag", "version", "digest"])?,
        })
    }

    fn chart(&self, definition: &Value, inputs: Option<&Value>) -> Option<(String, String)> {
        let of = |manifests: &Value| {
            let found = items(manifests, "/spec/manifests")
                .iter()
                .find(|one| text(one, "/manifest/type").as_deref() == Some("HelmChart"))?;
            Some((
                self.text(found, "/manifest/spec/chartName"),
                self.text(found, "/manifest/spec/chartVersion"),
            ))
        };
        let (name, version) = of(definition)?;
        let given = inputs.and_then(of);
        let version = given.and_then(|(_, version)| version).or(version)?;
        Some((name?, version))
    }

    /// Every place of an environment: its chosen infrastructures, all of them, or its clusters.
    pub(super) fn places(&self, written: &Value, spec: &DeploySpec) -> Vec<Target> {
        let reference = self.text(written, "/environmentRef").unwrap_or_default();
        let entity = self.entity(Kind::Environment, "", &reference);
        let group = spec.group.as_ref().map(|group| {
            let identifier = self.resolved(group);
            let name = self
                .entity(Kind::EnvironmentGroup, "", &identifier)
                .map_or_else(|| identifier.clone(), Entity::name);
            (identifier, name)
        });
        let place = Target {
            environment_name: entity.map_or_else(|| reference.clone(), Entity::name),
            environment_type: entity
                .map(|entity| entity.text("type"))
                .filter(|text| !text.is_empty())
                .unwrap_or_else(|| "PreProduction".to_owned()),
            environment: reference.clone(),
            group,
            ..Target::default()
        };
        let clusters: Vec<String> = items(written, "/gitOpsClusters")
            .iter()
            .filter_map(|one| self.text(one, "/identifier"))
            .collect();
        if spec.gitops || !clusters.is_empty() {
            return vec![Target { clusters, ..place }];
        }
        let infrastructures = self.infrastructures(written, &reference);
        if infrastructures.is_empty() {
            return vec![place];
        }
        infrastructures
            .into_iter()
            .map(|identifier| self.infrastructure(&place, &reference, identifier))
            .collect()
    }

    fn infrastructures(&self, written: &Value, environment: &str) -> Vec<String> {
        let named = items(written, "/infrastructureDefinitions")
            .iter()
            .chain(written.get("infrastructureDefinition"));
        let named: Vec<String> = named.filter_map(|one| self.text(one, "/identifier")).collect();
        let filters = items(written, "/filters");
        if !named.is_empty() || (!is_true(written, "/deployToAll") && filters.is_empty()) {
            return named;
        }
        let (scope, environment) = self.scope.follow(environment);
        let all = self
            .store
            .all(Kind::Infrastructure, &scope)
            .filter(|entity| entity.parent == environment);
        let wanted = all.filter(|entity| filters::pass(filters, "infrastructures", entity));
        wanted.map(|entity| entity.identifier.clone()).collect()
    }

    fn infrastructure(&self, place: &Target, environment: &str, identifier: String) -> Target {
        let (scope, environment) = self.scope.follow(environment);
        let entity = self.store.find(Kind::Infrastructure, &scope, environment, &identifier);
        Target {
            infrastructure_name: Some(entity.map_or_else(|| identifier.clone(), Entity::name)),
            infrastructure_type: entity.map(|entity| entity.text("type")),
            infrastructure: Some(identifier),
            ..place.clone()
        }
    }
}
