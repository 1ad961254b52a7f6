use serde::Serialize;

use crate::naming::patterns::{ENVIRONMENT, REGION};
use crate::naming::{Placeholder, chart_folder, manifest_folder};
use crate::{EntityRef, Level};

/// The repository of the generated manifests.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ManifestRepository {
    /// How archetypes name it; its connector's identifier where nothing else is said.
    pub name: String,
    /// Who hosts it.
    pub provider: GitProvider,
    /// The connector, for example `github_platform_next_cross_org`; `None` for a repository of Harness Code, which
    /// needs none. As a service refers to it.
    pub connector: Option<EntityRef>,
    /// Where the connector is made; `None` for one that is there already.
    pub made_at: Option<Level>,
    /// The repository's address, for example `https://github.com/company/platform-next`; `None` where the connector is
    /// there already.
    pub url: Option<String>,
    /// The repository's name, for a connector of a whole account and for Harness Code.
    pub repository: Option<String>,
    /// For example `main`.
    pub branch: String,
    /// How the connector logs in; `None` where it is there already.
    pub credentials: Option<GitCredentials>,
    /// The delegate that reaches it; `None` where Harness itself does, and where the connector is there already.
    pub delegate: Option<String>,
    /// What the manifests are where an archetype says nothing else.
    pub format: ManifestFormat,
    /// Where they stand in it where an archetype says nothing else.
    pub paths: ManifestPaths,
}

/// Where manifests stand in their repository: patterns with the placeholders of a template, of a place and of a service's
/// own values.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ManifestPaths {
    /// The folder of a service in a place; `None` for the usual one.
    pub folder: Option<String>,
    /// Files of objects, of values for a chart, or of patches for a kustomization; none for the usual one in the folder.
    pub files: Vec<String>,
    /// The folder of a chart; `None` for that of the archetype.
    pub chart: Option<String>,
}

impl ManifestPaths {
    /// These, and what they do not say as it usually is.
    #[must_use]
    pub fn or(&self, usual: &Self) -> Self {
        let own = self.clone();
        Self {
            // Files in a folder of their own are not those of the usual one.
            files: match own.files.is_empty() && own.folder.is_none() {
                true => usual.files.clone(),
                false => own.files,
            },
            folder: own.folder.or_else(|| usual.folder.clone()),
            chart: own.chart.or_else(|| usual.chart.clone()),
        }
    }

    /// The pattern of the folder.
    #[must_use]
    pub fn folder(&self) -> String {
        let [environment, region] = [ENVIRONMENT, REGION].map(|name| format!("{{{{{name}}}}}"));
        let usual = || manifest_folder(&Placeholder::ServiceName.in_braces(), &environment, &region);
        self.folder.clone().unwrap_or_else(usual)
    }

    /// The patterns of the files.
    #[must_use]
    pub fn files(&self, format: ManifestFormat) -> Vec<String> {
        let usual = || vec![format!("{}/{}", self.folder(), format.file())];
        match self.files.is_empty() {
            true => usual(),
            false => self.files.clone(),
        }
    }

    /// The pattern of the chart's folder.
    #[must_use]
    pub fn chart(&self) -> String {
        let usual = || chart_folder(&Placeholder::Archetype.in_braces());
        self.chart.clone().unwrap_or_else(usual)
    }

    /// All patterns that are given.
    pub fn given(&self) -> impl Iterator<Item = &str> {
        let all = self.folder.iter().chain(&self.files).chain(&self.chart);
        all.map(String::as_str)
    }
}

/// Who hosts a Git repository.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum GitProvider {
    /// GitHub, in the cloud or a company's own.
    Github,
    /// GitLab.
    GitLab,
    /// Bitbucket.
    Bitbucket,
    /// Azure Repos.
    AzureRepo,
    /// Harness Code.
    HarnessCode,
}

impl GitProvider {
    /// The `type` of a manifest's store.
    #[must_use]
    pub const fn store_type(self) -> &'static str {
        match self {
            Self::Github => "Github",
            Self::GitLab => "GitLab",
            Self::Bitbucket => "Bitbucket",
            Self::AzureRepo => "AzureRepo",
            Self::HarnessCode => "HarnessCode",
        }
    }

    /// The provider of an address, where its host tells.
    #[must_use]
    pub fn of_url(url: &str) -> Option<Self> {
        let (_, rest) = url.split_once("://")?;
        let host = rest.split(['/', ':']).next()?.to_ascii_lowercase();
        let knows = |word: &str| host.split(['.', '-']).any(|part| part == word);
        [
            ("github", Self::Github),
            ("gitlab", Self::GitLab),
            ("bitbucket", Self::Bitbucket),
            ("azure", Self::AzureRepo),
            ("visualstudio", Self::AzureRepo),
        ]
        .into_iter()
        .find(|(word, _)| knows(word))
        .map(|(_, provider)| provider)
    }
}

/// How a connector of a Git repository logs in. Secrets are identifiers of Harness secrets, never the secrets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "type", rename_all_fields = "camelCase")]
pub enum GitCredentials {
    /// By a user and a token.
    Token {
        /// The user.
        username: String,
        /// The secret with the token.
        token_ref: String,
    },
    /// As a GitHub App.
    GithubApp {
        /// The app's identifier.
        application: String,
        /// The identifier of its installation.
        installation: String,
        /// The secret with the private key.
        private_key_ref: String,
    },
}

/// What the manifests of a service are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum ManifestFormat {
    /// A file of Kubernetes objects for each environment and region.
    K8sManifest,
    /// A folder with a kustomization for each environment and region.
    Kustomize,
    /// A chart for each archetype, and values for each environment and region.
    HelmChart,
}

impl ManifestFormat {
    /// Harness's word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::K8sManifest => "K8sManifest",
            Self::Kustomize => "Kustomize",
            Self::HelmChart => "HelmChart",
        }
    }

    /// What the file in a folder is usually called that is fetched besides: objects, a patch, or values.
    #[must_use]
    pub const fn file(self) -> &'static str {
        match self {
            Self::K8sManifest => "manifests.yaml",
            Self::Kustomize => "image.yaml",
            Self::HelmChart => "values.yaml",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_tells_its_provider() {
        for (url, provider) in [
            ("https://github.com/company/x", Some(GitProvider::Github)),
            ("https://github.company.example/x", Some(GitProvider::Github)),
            ("https://gitlab.com/company/x", Some(GitProvider::GitLab)),
            ("https://bitbucket.org/company/x", Some(GitProvider::Bitbucket)),
            ("https://dev.azure.com/company/p/_git/x", Some(GitProvider::AzureRepo)),
            ("https://company.visualstudio.com/x", Some(GitProvider::AzureRepo)),
            ("https://git.company.example/github/x", None),
            ("github.com/company", None),
        ] {
            assert_eq!(GitProvider::of_url(url), provider, "{url}");
        }
    }
}
