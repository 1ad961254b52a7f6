use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;

/// A kind of service: what its manifests hold, and how it deploys.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Archetype {
    /// For example `api`; names the template.
    pub name: String,
    /// What it is, and why it deploys as it does; the heading of its template.
    pub description: Option<String>,
    /// The Kubernetes kind in the manifests.
    pub workload: Workload,
    /// How it deploys where nothing else is said.
    pub strategy: Strategy,
    /// Where it deploys otherwise, by the environment's name.
    pub overrides: BTreeMap<String, Strategy>,
}

impl Archetype {
    /// How it deploys to an environment of that name.
    #[must_use]
    pub fn strategy_in(&self, environment: &str) -> Strategy {
        self.overrides.get(environment).copied().unwrap_or(self.strategy)
    }
}

/// A Kubernetes kind that runs pods.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[allow(missing_docs, reason = "the words are Kubernetes's own")]
pub enum Workload {
    Deployment,
    StatefulSet,
    DaemonSet,
    Job,
    CronJob,
}

impl fmt::Display for Workload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

/// How a version gets into a cluster.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Strategy {
    /// Kubernetes replaces pods one after the other.
    Rolling,
    /// The environment's canary phases, each verified; then rolling.
    Canary,
    /// A second copy beside the first, which takes over all traffic at once.
    BlueGreen,
    /// The manifests are applied, and nothing can take them back.
    Apply,
}

impl fmt::Display for Strategy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}
