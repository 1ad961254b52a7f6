use serde::Serialize;

use crate::naming::{IMAGE_SOURCE, underscored};
use crate::{ArtifactRegistry, CloudCredentials, EntityRef, Level};

/// A registry of images.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Registry {
    /// How archetypes and services name it; its connector's identifier where nothing else is said.
    pub name: String,
    /// The connector, as a service refers to it: `gcr_connector`, `account.gcr_connector`.
    pub connector: EntityRef,
    /// Where the connector is made; `None` for one that is there already.
    pub made_at: Option<Level>,
    /// What kind of registry it is, and how it is reached.
    pub kind: RegistryKind,
    /// The delegate that can reach it; `None` for a connector that is there already.
    pub delegate: Option<String>,
    /// The environments in which every image is pulled from it, whatever registry its service names; empty where it is
    /// that of whoever names it.
    pub environments: Vec<String>,
    /// The regions in which that is so; empty where there is no such environment.
    pub regions: Vec<String>,
}

impl Registry {
    /// Whether it is the registry of places, and not of whoever names it.
    #[must_use]
    pub fn is_of_places(&self) -> bool {
        !self.environments.is_empty()
    }

    /// Whether every image is pulled from it in an environment and a region, by their names.
    #[must_use]
    pub fn is_of(&self, environment: &str, region: &str) -> bool {
        let holds = |list: &[String], name: &str| list.iter().any(|known| known == name);
        holds(&self.environments, environment) && holds(&self.regions, region)
    }

    /// The identifier of the artifact source of a service that pulls from it.
    #[must_use]
    pub fn source_identifier(&self) -> String {
        match self.is_of_places() {
            true => format!("{IMAGE_SOURCE}_{}", underscored(&self.name)),
            false => IMAGE_SOURCE.to_owned(),
        }
    }
}

/// A kind of registry with what Harness has to know of one. A connector that is there already has its own credentials.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "type", rename_all_fields = "camelCase")]
pub enum RegistryKind {
    /// Whatever speaks as Docker Hub does.
    Docker {
        /// For example `https://gcr.io`.
        url: String,
        /// Who logs in.
        login: Option<Login>,
    },
    /// Amazon's.
    Ecr {
        /// The number of the account, from the address.
        account: String,
        /// The region in Amazon's words, from the address.
        region: String,
        /// How the connector logs in.
        credentials: CloudCredentials,
    },
    /// Google's.
    GoogleArtifactRegistry {
        /// The project, from the address.
        project: String,
        /// The location, from the address.
        region: String,
        /// The repository, from the address.
        repository: String,
        /// How the connector logs in.
        credentials: CloudCredentials,
    },
    /// Azure's.
    Acr {
        /// For example `company` of `https://company.azurecr.io`.
        registry: String,
        /// The subscription's identifier.
        subscription: String,
        /// How the connector logs in.
        credentials: CloudCredentials,
    },
    /// JFrog's.
    Artifactory {
        /// The server, for example `https://company.jfrog.io/artifactory`.
        url: String,
        /// The repository, for example `docker-local`.
        repository: String,
        /// Who logs in.
        login: Option<Login>,
    },
    /// Sonatype's, version 3.
    Nexus {
        /// The server.
        url: String,
        /// The repository.
        repository: String,
        /// The address from which Docker pulls, for example `docker.company.example`.
        repository_url: String,
        /// Who logs in.
        login: Option<Login>,
    },
    /// GitHub's packages.
    GithubPackages {
        /// The address of the organization, for example `https://github.com/company`.
        url: String,
        /// The organization, from the address.
        owner: String,
        /// Who logs in; the password is a token.
        login: Option<Login>,
    },
}

/// A user and the identifier of the Harness secret that holds the password; never the password.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Login {
    /// The user.
    pub username: String,
    /// The secret.
    pub password_ref: String,
}

impl RegistryKind {
    /// The kind alone.
    #[must_use]
    pub const fn registry(&self) -> ArtifactRegistry {
        match self {
            Self::Docker { .. } => ArtifactRegistry::Docker,
            Self::Ecr { .. } => ArtifactRegistry::Ecr,
            Self::GoogleArtifactRegistry { .. } => ArtifactRegistry::GoogleArtifactRegistry,
            Self::Acr { .. } => ArtifactRegistry::Acr,
            Self::Artifactory { .. } => ArtifactRegistry::Artifactory,
            Self::Nexus { .. } => ArtifactRegistry::Nexus,
            Self::GithubPackages { .. } => ArtifactRegistry::GithubPackages,
        }
    }
}
