//! What a Deployment stage brings where.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::filters;
use super::looping::Iteration;
use super::places::Lookup;
use crate::state::entity::Kind;
use crate::state::scope::Scope;
use crate::state::store::Store;
use crate::tables::expression::Context;
use crate::tables::reading::{is_true, items, text};

/// The part of a stage that says it, as written.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DeploySpec {
    pub(super) deployment_type: String,
    pub(super) gitops: bool,
    /// Elements with `serviceRef` and perhaps `serviceInputs`.
    services: Vec<Value>,
    /// Elements with `environmentRef` and infrastructures or clusters.
    environments: Vec<Value>,
    pub(super) group: Option<String>,
    /// Which environments and infrastructures are meant, where none are named.
    filters: Vec<Value>,
    /// Whether the stage names its services or environments as a list.
    pub(crate) several: bool,
    /// Whether its services or environments are served one after the other.
    pub(crate) one_by_one: bool,
}

/// One service, brought to one place.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Target {
    pub(crate) service: String,
    pub(crate) service_name: String,
    pub(crate) deployment_type: String,
    pub(crate) gitops: bool,
    pub(crate) artifact: Option<Artifact>,
    /// Name and version of a Helm chart.
    pub(crate) chart: Option<(String, String)>,
    pub(crate) environment: String,
    pub(crate) environment_name: String,
    pub(crate) environment_type: String,
    /// Identifier and name of the environment group.
    pub(crate) group: Option<(String, String)>,
    pub(crate) infrastructure: Option<String>,
    pub(crate) infrastructure_name: Option<String>,
    pub(crate) infrastructure_type: Option<String>,
    /// Identifiers of GitOps clusters.
    pub(crate) clusters: Vec<String>,
    /// The further environments of a GitOps stage, which brings it everywhere at once.
    pub(crate) beside: Vec<Target>,
    /// Why it cannot be brought anywhere.
    pub(crate) problem: Option<String>,
}

/// The artifact of a service.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Artifact {
    pub(crate) kind: String,
    pub(crate) image: String,
    pub(crate) tag: String,
}

impl DeploySpec {
    /// Reads the stage. Source: run-inputs §2, §3 [SCH]: one service or several, one environment, several, or a group.
    pub(crate) fn read(stage: &Value) -> Self {
        let one_or_list = |one: &str, list: &str| match stage.pointer(one) {
            Some(single) => vec![single.clone()],
            None => items(stage, list).to_vec(),
        };
        let group = text(stage, "/spec/environmentGroup/envGroupRef");
        let environments = match &group {
            Some(_) => items(stage, "/spec/environmentGroup/environments").to_vec(),
            None => one_or_list("/spec/environment", "/spec/environments/values"),
        };
        let filters = ["/spec/environmentGroup/filters", "/spec/environments/filters"];
        let parallel = |pointer: &str| stage.pointer(pointer) != Some(&json!(false));
        let gitops = is_true(stage, "/spec/gitOpsEnabled");
        let to_several = group.is_some() || stage.pointer("/spec/environments").is_some();
        Self {
            deployment_type: text(stage, "/spec/deploymentType").unwrap_or_else(|| "Kubernetes".to_owned()),
            gitops,
            services: one_or_list("/spec/service", "/spec/services/values"),
            environments,
            several: stage.pointer("/spec/services").is_some() || (to_several && !gitops),
            group,
            filters: filters
                .iter()
                .flat_map(|pointer| items(stage, pointer))
                .cloned()
                .collect(),
            one_by_one: !(parallel("/spec/services/metadata/parallel")
                && parallel("/spec/environments/metadata/parallel")
                && parallel("/spec/environmentGroup/metadata/parallel")),
        }
    }

    /// The stages whose service and whose environment this one takes. Source: run-inputs §2 [SCH `useFromStage`].
    pub(crate) fn takes_from(&self) -> [Option<String>; 2] {
        [&self.services, &self.environments].map(|elements| text(elements.first()?, "/useFromStage/stage"))
    }

    /// Takes the services, and the environments, of other stages where it has none of its own.
    pub(crate) fn take(&mut self, services: Option<&Self>, environments: Option<&Self>) {
        if let Some(other) = services {
            self.services.clone_from(&other.services);
        }
        if let Some(other) = environments {
            self.environments.clone_from(&other.environments);
        }
    }

    /// Every pair of a service and a place, with names and artifacts as they are now.
    pub(crate) fn targets(
        &self,
        store: &Store,
        scope: &Scope,
        context: &Context,
        pass: Option<&Iteration>,
    ) -> Vec<Target> {
        let mut known = context.clone();
        if let Some(pass) = pass {
            pass.enrich(&mut known);
        }
        let lookup = Lookup {
            store,
            scope,
            context: &known,
        };
        let places: Vec<Target> = self
            .environments(&lookup)
            .iter()
            .flat_map(|env| lookup.places(env, self))
            .collect();
        let pair = |service: &Value| {
            let what = lookup.service(service, self);
            let targets = places.iter().map(|place| what.clone().at(place)).collect();
            if what.gitops { together(targets) } else { targets }
        };
        self.services.iter().flat_map(pair).collect()
    }

    /// The environments that are named; all of the group, or of the project, that pass the filters, where none are.
    fn environments(&self, lookup: &Lookup<'_>) -> Vec<Value> {
        let is_open = self.environments.is_empty() && (self.group.is_some() || !self.filters.is_empty());
        if !is_open {
            return self.environments.clone();
        }
        let references: Vec<String> = match &self.group {
            Some(group) => lookup.members(group),
            None => lookup
                .store
                .all(Kind::Environment, lookup.scope)
                .map(|entity| entity.identifier.clone())
                .collect(),
        };
        let passes = |reference: &String| {
            let entity = lookup.entity(Kind::Environment, "", reference);
            entity.is_none_or(|entity| filters::pass(&self.filters, "environments", entity))
        };
        let member =
            |reference: String| json!({ "environmentRef": reference, "deployToAll": true, "filters": self.filters });
        references.into_iter().filter(passes).map(member).collect()
    }
}

/// A GitOps stage brings a service to all of its environments at once. Source: harness-api §3.5 [CORE]; `cases/history`
/// README.
fn together(mut targets: Vec<Target>) -> Vec<Target> {
    if targets.is_empty() {
        return targets;
    }
    let mut first = targets.remove(0);
    first.beside = targets;
    vec![first]
}

impl Target {
    fn at(self, place: &Self) -> Self {
        Self {
            service: self.service,
            service_name: self.service_name,
            deployment_type: self.deployment_type,
            gitops: self.gitops,
            artifact: self.artifact,
            chart: self.chart,
            problem: self.problem,
            ..place.clone()
        }
    }

    /// Every environment that it is brought to.
    pub(crate) fn everywhere(&self) -> impl Iterator<Item = &Self> {
        std::iter::once(self).chain(&self.beside)
    }

    /// What Harness calls the artifact. Source: harness-api §3.5 [HUB, CORE]: `imagePath:tag` for a Docker image.
    pub(crate) fn artifact_name(&self) -> Option<String> {
        self.artifact
            .as_ref()
            .map(|artifact| format!("{}:{}", artifact.image, artifact.tag))
    }
}
