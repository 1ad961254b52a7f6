//! The registries of `platform.yaml`: what the services' first artifact sources are of.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use harness_cd_model::{ArtifactRegistry, EntityKind, EntityRef};
use harness_cd_yaml::Node;

use super::Notes;
use super::connectors::{Entries, Field, all_said, delegate_of, is_url, is_word, of_cloud, said, text};
use super::repositories::Repository;
use super::sources::{Known, Project};
use crate::draft::Draft;

/// A registry, and by which connector it is asked.
pub(super) struct Registry<'p> {
    /// As the services refer to it, and as they name the registry.
    pub(super) connector: &'p str,
    pub(super) kind: ArtifactRegistry,
    /// What a source of it says.
    source: &'p Node,
}

/// A service's first artifact source.
fn source_of(service: &Known) -> Option<&Node> {
    let path = ["serviceDefinition", "spec", "artifacts", "primary"];
    let primary = service.body().at(&path)?;
    let first = primary.get("sources").and_then(|sources| sources.items().next());
    Some(first.unwrap_or(primary))
}

fn registry_of(service: &Known) -> Option<Registry<'_>> {
    let source = source_of(service)?;
    let kind = ArtifactRegistry::of_type(text(source, &["type"])?)?;
    // What a description has no word for.
    let is_sayable = kind != ArtifactRegistry::Gcr;
    let source = source.get("spec").filter(|_| is_sayable)?;
    let connector = said(source, &["connectorRef"], |text| EntityRef::parse(text).is_ok())?;
    Some(Registry {
        connector,
        kind,
        source,
    })
}

/// The connector of a service's registry.
pub(super) fn connector_of(service: &Known) -> Option<&str> {
    Some(registry_of(service)?.connector)
}

/// The path of a service's image, below its registry.
pub(super) fn image_of(service: &Known) -> Option<&str> {
    let source = source_of(service)?;
    let path: &[&str] = match ArtifactRegistry::of_type(text(source, &["type"])?)? {
        ArtifactRegistry::Docker | ArtifactRegistry::Gcr | ArtifactRegistry::Ecr => &["imagePath"],
        ArtifactRegistry::Acr => &["repository"],
        ArtifactRegistry::GoogleArtifactRegistry => &["package"],
        ArtifactRegistry::Artifactory => &["artifactPath"],
        ArtifactRegistry::Nexus => &["spec", "artifactPath"],
        ArtifactRegistry::GithubPackages => &["packageName"],
    };
    text(source.get("spec")?, path)
}

/// The registries of the services, each by its connector, that of most services first. A connector of the project stands
/// for one thing, so that what is another's already is left out.
pub(super) fn registries<'p>(project: &'p Project, taken: &[Repository<'_>]) -> Vec<Registry<'p>> {
    let mut used: BTreeMap<&str, (usize, Registry<'p>)> = BTreeMap::new();
    for registry in project.of_kind(EntityKind::Service).filter_map(registry_of) {
        let mut repositories = taken.iter().filter_map(|repository| repository.connector);
        let is_taken = repositories.any(|known| known.key.identifier == registry.connector);
        if !is_taken {
            let (count, _) = used.entry(registry.connector).or_insert((0, registry));
            *count += 1;
        }
    }
    let mut used: Vec<_> = used.into_values().collect();
    used.sort_by_key(|(count, _)| Reverse(*count));
    used.into_iter().map(|(_, registry)| registry).collect()
}

impl<'p> Registry<'p> {
    /// The connector itself; that of the organization or the account is none of the project.
    fn own<'a>(&self, project: &'a Project) -> Option<&'a Known> {
        let found = project.find(EntityKind::Connector, self.connector);
        found.filter(|known| !known.holds_secret)
    }

    pub(super) fn delegate(&self, project: &Project) -> Option<String> {
        self.own(project).and_then(delegate_of)
    }

    /// The registry as `platform.yaml` describes it, asked by `delegate` where its connector names none.
    pub(super) fn draft(&self, project: &Project, delegate: &str, notes: &mut Notes) -> Draft {
        let connector = self.own(project);
        let is_there = self.connector.contains('.');
        let mut all: Entries = self
            .word()
            .map(|word| ("type", Draft::text(word)))
            .into_iter()
            .collect();
        all.push(("connector", Draft::text(self.connector)));
        let url = self.url(connector).unwrap_or_else(|| {
            notes.ask_for("the addresses of registries in platform.yaml", Some(self.connector));
            self.stand_in()
        });
        all.push(("url", Draft::text(url)));
        all.extend(self.place(notes));
        if !is_there {
            all.extend(self.credentials(connector).unwrap_or_else(|| {
                notes.ask_for("who logs in to registries in platform.yaml", Some(self.connector));
                self.stand_in_credentials()
            }));
            let delegate = connector.and_then(delegate_of).unwrap_or_else(|| delegate.to_owned());
            all.push(("delegate", Draft::text(delegate)));
        }
        Draft::map(all)
    }

    /// The type that `platform.yaml` calls it by; none for the usual one.
    const fn word(&self) -> Option<&'static str> {
        match self.kind {
            ArtifactRegistry::Docker | ArtifactRegistry::Gcr => None,
            ArtifactRegistry::Ecr => Some("Ecr"),
            ArtifactRegistry::Acr => Some("Acr"),
            ArtifactRegistry::GoogleArtifactRegistry => Some("GoogleArtifactRegistry"),
            ArtifactRegistry::Artifactory => Some("Artifactory"),
            ArtifactRegistry::Nexus => Some("Nexus"),
            ArtifactRegistry::GithubPackages => Some("GithubPackages"),
        }
    }

    /// The address: of a cloud's registry what its sources say, of another what its connector says.
    fn url(&self, connector: Option<&Known>) -> Option<String> {
        let word = |key: &str| said(self.source, &[key], is_word);
        let in_connector = |key: &str| said(connector?.body(), &["spec", key], is_url).map(str::to_owned);
        match self.kind {
            ArtifactRegistry::Docker | ArtifactRegistry::Gcr => in_connector("dockerRegistryUrl"),
            ArtifactRegistry::Artifactory => in_connector("artifactoryServerUrl"),
            ArtifactRegistry::Nexus => in_connector("nexusServerUrl"),
            ArtifactRegistry::GithubPackages => Some(format!("https://github.com/{}", word("org")?)),
            ArtifactRegistry::Ecr => {
                let (account, region) = (word("registryId")?, word("region")?);
                Some(format!("https://{account}.dkr.ecr.{region}.amazonaws.com"))
            }
            ArtifactRegistry::GoogleArtifactRegistry => {
                let (region, project) = (word("region")?, word("project")?);
                let repository = word("repositoryName")?;
                Some(format!("https://{region}-docker.pkg.dev/{project}/{repository}"))
            }
            ArtifactRegistry::Acr => {
                let registry = word("registry")?.trim_end_matches(".azurecr.io");
                Some(format!("https://{registry}.azurecr.io"))
            }
        }
    }

    fn stand_in(&self) -> String {
        match self.kind {
            ArtifactRegistry::Ecr => {
                let region = said(self.source, &["region"], is_word).unwrap_or("your-region");
                format!("https://000000000000.dkr.ecr.{region}.amazonaws.com")
            }
            ArtifactRegistry::GoogleArtifactRegistry => {
                "https://your-region-docker.pkg.dev/your-project/your-repository".to_owned()
            }
            ArtifactRegistry::Acr => "https://your-registry.azurecr.io".to_owned(),
            ArtifactRegistry::GithubPackages => "https://github.com/your-organization".to_owned(),
            _ => "https://registry.example.com".to_owned(),
        }
    }

    /// What a registry of its kind says besides, of where its images are.
    fn place(&self, notes: &mut Notes) -> Entries {
        let keys: &[(&'static str, &[&str])] = match self.kind {
            ArtifactRegistry::Acr => &[("subscription", &["subscriptionId"])],
            ArtifactRegistry::Artifactory => &[("repository", &["repository"])],
            ArtifactRegistry::Nexus => &[
                ("repository", &["repository"]),
                ("repositoryUrl", &["spec", "repositoryUrl"]),
            ],
            _ => &[],
        };
        let entry = |(key, path): &(&'static str, &[&str])| {
            let found = said(self.source, path, is_word).unwrap_or_else(|| {
                notes.ask_for("where images are in registries in platform.yaml", Some(self.connector));
                "unknown"
            });
            (*key, Draft::text(found))
        };
        keys.iter().map(entry).collect()
    }

    /// How it is asked; `None` where a description cannot say it.
    fn credentials(&self, connector: Option<&Known>) -> Option<Entries> {
        let body = connector?.body();
        let login = |user, password| {
            all_said(
                body,
                &[Field::word("username", user), Field::secret("passwordRef", password)],
            )
        };
        match self.kind {
            ArtifactRegistry::Ecr | ArtifactRegistry::GoogleArtifactRegistry | ArtifactRegistry::Acr => {
                let own = of_cloud(connector?)?;
                let own = (!own.is_empty()).then(|| ("credentials", Draft::map(own)));
                Some(own.into_iter().collect())
            }
            ArtifactRegistry::GithubPackages => login(
                &["spec", "authentication", "spec", "spec", "username"],
                &["spec", "authentication", "spec", "spec", "tokenRef"],
            ),
            _ => login(
                &["spec", "auth", "spec", "username"],
                &["spec", "auth", "spec", "passwordRef"],
            ),
        }
    }

    fn stand_in_credentials(&self) -> Entries {
        match self.kind {
            ArtifactRegistry::Ecr | ArtifactRegistry::GoogleArtifactRegistry | ArtifactRegistry::Acr => Vec::new(),
            _ => login_of_nobody(),
        }
    }
}

fn login_of_nobody() -> Entries {
    vec![
        ("username", Draft::text("your-user")),
        ("passwordRef", Draft::text("your_password")),
    ]
}

/// Stands for a registry where no service names one.
pub(super) fn stand_in(delegate: &str, notes: &mut Notes) -> Draft {
    notes.ask_for("the registry of the images in platform.yaml", None);
    let mut all = vec![
        ("connector", Draft::text("image_registry")),
        ("url", Draft::text("https://registry.example.com")),
    ];
    all.extend(login_of_nobody());
    all.push(("delegate", Draft::text(delegate)));
    Draft::map(all)
}
