//! The archetypes that a description has to know: those outside Kubernetes, and those whose manifests are not where most
//! are. Any other is known by its template.

use std::collections::BTreeMap;

use harness_cd_model::Workload;
use harness_cd_yaml::Node;

use super::connectors::{Entries, text};
use super::platform::Described;
use super::services::Imported;
use super::sources::Known;
use crate::draft::Draft;

/// Strategies in the words of a description, each with a workload that it fits.
const STRATEGIES: [(&str, Workload); 5] = [
    ("Rolling", Workload::Deployment),
    ("Canary", Workload::Deployment),
    ("Progressive", Workload::Deployment),
    ("BlueGreen", Workload::Deployment),
    ("Apply", Workload::Job),
];

/// What a service is outside Kubernetes, and the word for it.
pub(super) fn workload_outside(service: &Known) -> Option<(&'static str, Workload)> {
    let kind = text(service.body(), &["serviceDefinition", "type"])?;
    let outside =
        |(_, workload): &&(&'static str, Workload)| !workload.is_kubernetes() && workload.deployment_type() == kind;
    Workload::ALL.iter().find(outside).copied()
}

/// Whether an infrastructure definition is outside Kubernetes.
pub(super) fn is_outside(infrastructure: &Known) -> bool {
    let kind = infrastructure
        .body()
        .get("type")
        .and_then(Node::text)
        .unwrap_or_default();
    Workload::ALL
        .iter()
        .any(|(_, workload)| workload.infrastructure_types().contains(&kind))
}

/// The entries of those groups that need one.
pub(super) fn drafts(described: &Described<'_>, groups: &[(String, Vec<&Imported<'_>>)]) -> Vec<Draft> {
    let drafts = groups.iter().filter_map(|(name, group)| draft(described, name, group));
    drafts.collect()
}

fn draft(described: &Described<'_>, name: &str, group: &[&Imported<'_>]) -> Option<Draft> {
    let named = ("name", Draft::text(name));
    let first = group.first()?;
    if let Some((word, _)) = workload_outside(first.service) {
        return Some(Draft::map([named, ("workload", Draft::text(word))]));
    }
    let manifests = described.own_manifests(group)?;
    let rollout = rollout(described, first)?;
    let entries: Entries = [named].into_iter().chain(rollout).chain(manifests).collect();
    Some(Draft::map(entries))
}

/// How the services of a group are deployed: by one strategy, and by others in some environments. `None` where a
/// description cannot say it.
fn rollout(described: &Described<'_>, member: &Imported<'_>) -> Option<Entries> {
    let deploys = &member.deploys;
    let mut by_environment: BTreeMap<&str, &str> = BTreeMap::new();
    for (environment, how) in &deploys.stages {
        let is_phased = matches!(how.as_str(), "Canary" | "Progressive");
        let is_sayable = !is_phased || deploys.canaries.contains_key(environment);
        let before = by_environment.insert(described.name(environment)?, how);
        if !is_sayable || before.is_some_and(|before| before != how) {
            return None;
        }
    }
    let (_, usual) = by_environment.first_key_value()?;
    let (strategy, workload) = STRATEGIES.iter().find(|(word, _)| word == usual)?;
    let others = by_environment.iter().filter(|(_, how)| *how != strategy);
    let others: Vec<(&str, Draft)> = others.map(|(name, how)| (*name, Draft::text(*how))).collect();
    let fits = |how: &&str| STRATEGIES.iter().any(|(word, known)| word == how && known == workload);
    if !by_environment.values().all(fits) {
        return None;
    }
    let mut entries = vec![
        ("workload", Draft::text(workload.to_string())),
        ("strategy", Draft::text(*strategy)),
    ];
    if !others.is_empty() {
        entries.push(("overrides", Draft::map(others)));
    }
    Some(entries)
}
