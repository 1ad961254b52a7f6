//! Clusters of the platform description that are one cluster of a cloud.

use harness_cd_model::words::expression_opener;
use harness_cd_model::{CloudCredentials, Cluster, ClusterAccess, Platform, Service};

use crate::read::in_place;

/// How sure it is that two clusters are one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sameness {
    /// They are.
    Certain,
    /// They are called alike, and whether in one account of the cloud, the description does not say: whoever logs in does.
    Possible,
}

/// Two clusters of a platform that are one, the earlier first.
#[derive(Clone, Copy, Debug)]
pub struct Pair<'p> {
    /// The earlier one.
    pub first: &'p Cluster,
    /// The later one.
    pub second: &'p Cluster,
    /// How sure that is.
    pub sameness: Sameness,
}

impl<'p> Pair<'p> {
    /// All of a platform.
    #[must_use]
    pub fn all(platform: &'p Platform) -> Vec<Self> {
        let clusters = platform.clusters.iter().enumerate();
        let pairs = clusters.flat_map(|(index, second)| {
            let earlier = platform.clusters.iter().take(index);
            earlier.filter_map(move |first| {
                let sameness = sameness(first, second)?;
                Some(Self {
                    first,
                    second,
                    sameness,
                })
            })
        });
        pairs.collect()
    }

    /// The namespace in which both hold a service; `None` where it is in one of them alone, or in two namespaces. What
    /// Harness fills in is not compared.
    #[must_use]
    pub fn namespace_of(&self, platform: &Platform, service: &Service) -> Option<String> {
        let pattern = service.namespace.as_ref().unwrap_or(&platform.names.namespace);
        let in_cluster = |cluster: &Cluster| {
            let environment = platform.environment(&cluster.environment)?;
            let mut there = platform.clusters_for(&service.archetype, &cluster.environment);
            let is_deployed = service.environments.contains(&cluster.environment)
                && service.regions.contains(&cluster.region)
                && there.any(|known| known.name == cluster.name);
            let called = (service.name.as_str(), service.identifier.as_str());
            is_deployed.then(|| in_place(pattern, called, (environment, &cluster.region)))
        };
        let both = in_cluster(self.first).zip(in_cluster(self.second));
        let (one, other) = both.filter(|_| expression_opener(pattern).is_none())?;
        (one == other).then_some(one)
    }

    /// What both are called in their cloud.
    #[must_use]
    pub fn told(&self) -> String {
        match &self.second.access {
            ClusterAccess::Eks { cluster, .. } => format!("the EKS cluster `{cluster}`"),
            ClusterAccess::Gke { cluster, .. } => format!("the GKE cluster `{cluster}`"),
            ClusterAccess::Aks { cluster, .. } => format!("the AKS cluster `{cluster}`"),
            ClusterAccess::ServiceAccount { url, .. } => format!("the cluster at `{url}`"),
            ClusterAccess::Delegate => format!("the cluster of `{}`", self.second.delegate),
        }
    }
}

/// Whether two clusters are one. Where a delegate inherits the credentials, [`crate::read_config_repo`] says so at once.
fn sameness(one: &Cluster, other: &Cluster) -> Option<Sameness> {
    let certain_if = |is_certain: bool| match is_certain {
        true => Sameness::Certain,
        false => Sameness::Possible,
    };
    let is_one_network = one.network == other.network;
    match (&one.access, &other.access) {
        (
            ClusterAccess::Eks {
                cluster: first,
                credentials: own,
            },
            ClusterAccess::Eks {
                cluster: second,
                credentials: others,
            },
        )
        | (
            ClusterAccess::Gke {
                cluster: first,
                credentials: own,
            },
            ClusterAccess::Gke {
                cluster: second,
                credentials: others,
            },
        ) => {
            // A delegate logs in to the account in which it runs, and a network is of one.
            let is_by_delegate = matches!(own, CloudCredentials::Delegate | CloudCredentials::Irsa);
            let is_one_login = own == others && (!is_by_delegate || is_one_network);
            is_same_text(first, second).then(|| certain_if(is_one_login))
        }
        (
            ClusterAccess::Aks {
                cluster: first,
                resource_group: own_group,
                subscription: own,
                ..
            },
            ClusterAccess::Aks {
                cluster: second,
                resource_group: other_group,
                subscription: others,
                ..
            },
        ) => {
            let parts = [(first, second), (own_group, other_group), (own, others)];
            let is_same = parts.iter().all(|(first, second)| is_same_text(first, second));
            is_same.then_some(Sameness::Certain)
        }
        (ClusterAccess::ServiceAccount { url: first, .. }, ClusterAccess::ServiceAccount { url: second, .. }) => {
            let (first, second) = (address(first), address(second));
            is_same_text(&first, &second).then(|| certain_if(is_one_network || is_public(&first)))
        }
        _ => None,
    }
}

/// Whether two names are one, whatever Harness fills in. Clouds take no two that differ by case alone.
fn is_same_text(one: &str, other: &str) -> bool {
    expression_opener(one).is_none() && one.eq_ignore_ascii_case(other)
}

/// An address without what may be left out.
fn address(url: &str) -> String {
    let url = url.trim_end_matches('/');
    url.strip_suffix(":443").unwrap_or(url).to_ascii_lowercase()
}

/// Whether an address is the same one from everywhere, as far as it tells: it has a name, and none of an inner network.
fn is_public(url: &str) -> bool {
    let host = url.split("://").nth(1).unwrap_or(url);
    let host = host.split([':', '/']).next().unwrap_or(host);
    let last = host.rsplit('.').next().unwrap_or(host);
    let is_name = host.contains('.') && last.bytes().all(|b| b.is_ascii_alphabetic());
    is_name && !["svc", "local", "internal", "lan", "cluster"].contains(&last)
}
