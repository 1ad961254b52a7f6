//! The kinds of registries whose builds Harness lists.

use serde::Serialize;

/// What an artifact source is a source of, as its `type` says it. Source: run-inputs §4.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum ArtifactRegistry {
    /// Docker Hub and whatever speaks as it does.
    Docker,
    /// Google Container Registry.
    Gcr,
    /// Amazon's.
    Ecr,
    /// Azure's.
    Acr,
    /// Google Artifact Registry.
    GoogleArtifactRegistry,
    /// JFrog's.
    Artifactory,
    /// Sonatype's.
    Nexus,
    /// GitHub's packages.
    GithubPackages,
}

impl ArtifactRegistry {
    /// The registry of an artifact source's `type`; `None` for one whose builds are listed in another way, or not at all.
    #[must_use]
    pub fn of_type(name: &str) -> Option<Self> {
        Some(match name {
            "DockerRegistry" => Self::Docker,
            "Gcr" => Self::Gcr,
            "Ecr" => Self::Ecr,
            "Acr" => Self::Acr,
            "GoogleArtifactRegistry" => Self::GoogleArtifactRegistry,
            "ArtifactoryRegistry" => Self::Artifactory,
            "Nexus2Registry" | "Nexus3Registry" => Self::Nexus,
            "GithubPackageRegistry" => Self::GithubPackages,
            _ => return None,
        })
    }

    /// The `type` of a source of this kind; of Nexus the one of version 3.
    #[must_use]
    pub const fn source_type(self) -> &'static str {
        match self {
            Self::Docker => "DockerRegistry",
            Self::Gcr => "Gcr",
            Self::Ecr => "Ecr",
            Self::Acr => "Acr",
            Self::GoogleArtifactRegistry => "GoogleArtifactRegistry",
            Self::Artifactory => "ArtifactoryRegistry",
            Self::Nexus => "Nexus3Registry",
            Self::GithubPackages => "GithubPackageRegistry",
        }
    }

    /// The key under which a source keeps which build it is.
    #[must_use]
    pub const fn build_key(self) -> &'static str {
        match self {
            Self::GoogleArtifactRegistry | Self::GithubPackages => "version",
            _ => "tag",
        }
    }
}
