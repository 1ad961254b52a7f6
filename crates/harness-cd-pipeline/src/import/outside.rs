//! `infrastructures` of `platform.yaml`: what is deployed to outside Kubernetes.

use harness_cd_model::{EntityKind, EntityRef};
use harness_cd_yaml::Node;

use super::Notes;
use super::archetypes::{is_outside, workload_outside};
use super::clusters::{Infrastructure, own_infrastructure, region_of};
use super::pipelines::Deploys;
use super::platform::Environment;
use super::services::Imported;
use super::sources::{Known, Project};
use crate::draft::Draft;

/// An infrastructure definition outside Kubernetes.
pub(super) struct Outside<'p> {
    known: &'p Known,
    environment: String,
    pub(super) region: String,
    deployed_by: Infrastructure,
}

/// Those that some pipeline deploys to: nothing else tells whose one is.
pub(super) fn outside<'p>(
    project: &'p Project,
    environments: &[Environment],
    pipelines: &[&Deploys],
    notes: &mut Notes,
) -> Vec<Outside<'p>> {
    let mut found = Vec::new();
    for environment in environments {
        let identifier = &environment.identifier;
        let of_it = |known: &&Known| known.key.parent.as_ref() == Some(identifier) && is_outside(known);
        for known in project.of_kind(EntityKind::Infrastructure).filter(of_it) {
            let deployed_by = (identifier.clone(), known.key.identifier.clone());
            let own = Outside {
                known,
                environment: environment.called.name.clone(),
                region: region_of(known, EntityRef::split(identifier).1),
                deployed_by,
            };
            if pipelines.iter().any(|deploys| own.is_of(deploys)) {
                found.push(own);
            } else {
                notes.leave(
                    known,
                    "no pipeline that is described deploys to it, and nothing else tells what does",
                );
            }
        }
    }
    found
}

impl Outside<'_> {
    /// Whether a pipeline deploys to it: it names it, or it deploys its type to the environment and names none there.
    fn is_of(&self, deploys: &Deploys) -> bool {
        let (environment, _) = &self.deployed_by;
        let kind = self.known.body().get("deploymentType").and_then(Node::text);
        let deploys_so = |(known, how): &(String, String)| known == environment && Some(how.as_str()) == kind;
        let of_environment = |(known, _): &&Infrastructure| known == environment;
        let mut named = deploys.infrastructures.iter().filter(of_environment).peekable();
        match named.peek() {
            Some(_) => named.any(|known| *known == self.deployed_by),
            None => deploys.stages.iter().any(deploys_so),
        }
    }

    /// Its entry; `None` where no group of services outside Kubernetes is deployed to it.
    pub(super) fn draft(&self, groups: &[(String, Vec<&Imported<'_>>)]) -> Option<Draft> {
        let deploys = |group: &[&Imported<'_>]| {
            let first = group.first();
            let is_outside = first.is_some_and(|first| workload_outside(first.service).is_some());
            is_outside && group.iter().any(|member| self.is_of(&member.deploys))
        };
        let own = groups.iter().filter(|(_, group)| deploys(group));
        let own: Vec<&str> = own.map(|(archetype, _)| archetype.as_str()).collect();
        if own.is_empty() {
            return None;
        }
        let body = self.known.body();
        let kind = body.get("type").and_then(Node::text).unwrap_or_default();
        Some(Draft::map([
            ("name", Draft::text(own_infrastructure(self.known))),
            ("archetypes", Draft::texts(own)),
            ("environments", Draft::texts([&self.environment])),
            ("regions", Draft::texts([&self.region])),
            ("type", Draft::text(kind)),
            ("spec", body.get("spec").map_or_else(|| Draft::map([]), Draft::of)),
        ]))
    }
}
