//! The repositories of manifests of `platform.yaml`: where the services' first manifests are fetched from.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use harness_cd_model::naming::chart_folder;
use harness_cd_model::naming::patterns::of_service;
use harness_cd_model::{EntityKind, EntityRef, GitProvider, Level, ManifestFormat};
use harness_cd_yaml::Node;

use super::Notes;
use super::connectors::{Entries, Field, all_said, delegate_of, is_url, is_word, said, text, type_of};
use super::names::of_place;
use super::platform::{called, is_label, most};
use super::sources::{Known, Project};
use crate::draft::Draft;

const PROVIDERS: [GitProvider; 5] = [
    GitProvider::Github,
    GitProvider::GitLab,
    GitProvider::Bitbucket,
    GitProvider::AzureRepo,
    GitProvider::HarnessCode,
];

const FORMATS: [ManifestFormat; 3] = [
    ManifestFormat::K8sManifest,
    ManifestFormat::Kustomize,
    ManifestFormat::HelmChart,
];

/// What tells one repository from another: who hosts it, the connector, and its name where that is not the connector's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Place<'p> {
    provider: &'static str,
    connector: Option<&'p str>,
    repository: Option<&'p str>,
}

/// The first manifests of a service.
struct Source<'p> {
    place: Place<'p>,
    branch: Option<&'p str>,
    format: ManifestFormat,
    /// The pattern of a chart's folder.
    chart: Option<String>,
}

/// A repository, and what most of its services say of it.
pub(super) struct Repository<'p> {
    /// As archetypes name it.
    pub(super) name: String,
    place: Place<'p>,
    provider: GitProvider,
    /// Its connector, where that is one of the project.
    pub(super) connector: Option<&'p Known>,
    branch: Option<&'p str>,
    pub(super) format: ManifestFormat,
    chart: Option<String>,
}

/// Where a service's manifests are; `None` where it has none, or elsewhere than a description can say.
fn source_of(service: &Known) -> Option<Source<'_>> {
    let first = service
        .body()
        .at(&["serviceDefinition", "spec", "manifests"])?
        .items()
        .next()?;
    let manifest = first.get("manifest")?;
    let format = text(manifest, &["type"])?;
    let format = FORMATS.into_iter().find(|known| known.as_str() == format)?;
    let provider = provider_of(text(manifest, &["spec", "store", "type"])?)?;
    let store = manifest.at(&["spec", "store", "spec"])?;
    let connector = said(store, &["connectorRef"], |text| EntityRef::parse(text).is_ok());
    if (provider == GitProvider::HarnessCode) != connector.is_none() {
        return None;
    }
    let chart = said(store, &["folderPath"], is_chart).filter(|_| format == ManifestFormat::HelmChart);
    Some(Source {
        place: Place {
            provider: provider.store_type(),
            connector,
            repository: said(store, &["repoName"], is_word),
        },
        branch: said(store, &["branch"], is_word),
        format,
        chart: chart.and_then(|folder| chart_of(service, folder)),
    })
}

fn provider_of(store: &str) -> Option<GitProvider> {
    PROVIDERS.into_iter().find(|known| known.store_type() == store)
}

fn is_chart(path: &str) -> bool {
    !path.is_empty() && !path.starts_with('/') && path != "<+input>" && path.split('/').all(|part| part != "..")
}

/// The folder of a chart with what follows from the service as placeholders.
fn chart_of(service: &Known, folder: &str) -> Option<String> {
    let name = called(service)?.name;
    let own = of_service(&name, &service.key.identifier);
    let kind = service.tag(&["archetype"]).filter(|tag| is_label(tag));
    let words: Vec<(&'static str, &str)> = own.into_iter().chain(kind.map(|kind| ("ARCHETYPE", kind))).collect();
    of_place(folder, &words)
}

/// The repositories of the services, that of most services first, and where each service's is among them.
pub(super) fn repositories<'p>(project: &'p Project, notes: &mut Notes) -> Vec<Repository<'p>> {
    let mut used: BTreeMap<Place<'p>, Vec<Source<'p>>> = BTreeMap::new();
    for service in project.of_kind(EntityKind::Service) {
        match source_of(service) {
            Some(source) => used.entry(source.place).or_default().push(source),
            None if is_elsewhere(service) => notes.ask_for(
                "services whose manifests are in a store that a description has no word for",
                Some(&service.key.told()),
            ),
            None => {}
        }
    }
    let mut used: Vec<_> = used.into_iter().collect();
    used.sort_by_key(|(place, sources)| (Reverse(sources.len()), *place));
    let mut found: Vec<Repository<'p>> = Vec::new();
    for (place, sources) in used {
        let Some(provider) = provider_of(place.provider) else {
            continue;
        };
        let connector = place
            .connector
            .filter(|name| Level::of(name) == Level::Project)
            .and_then(|name| project.find(EntityKind::Connector, name));
        let name = match (connector, place.repository, place.connector) {
            (None, Some(repository), _) => repository,
            (_, _, Some(connector)) => connector,
            (_, _, None) => "",
        };
        let is_new = found
            .iter()
            .all(|known| known.name != name && (known.place.connector != place.connector || place.connector.is_none()));
        // A connector of the project is that of one repository.
        if !is_new || connector.is_some_and(|known| known.holds_secret) {
            notes.ask_for(
                "repositories of manifests beside another of the same connector",
                Some(name),
            );
            continue;
        }
        let format = most(sources.iter().map(|source| source.format.as_str()));
        found.push(Repository {
            name: name.to_owned(),
            place,
            provider,
            connector,
            branch: most(sources.iter().filter_map(|source| source.branch)),
            format: FORMATS
                .into_iter()
                .find(|known| Some(known.as_str()) == format)
                .unwrap_or(ManifestFormat::K8sManifest),
            chart: most(sources.iter().filter_map(|source| source.chart.as_deref())).map(str::to_owned),
        });
    }
    if found.is_empty() {
        found.extend(without_services(project));
    }
    found
}

/// Whether a service has manifests of which nothing is described.
fn is_elsewhere(service: &Known) -> bool {
    let manifests = service.body().at(&["serviceDefinition", "spec", "manifests"]);
    manifests.is_some_and(|manifests| manifests.items().next().is_some())
}

/// The repository of the first connector to one, where no service has manifests.
fn without_services(project: &Project) -> Option<Repository<'_>> {
    let mut connectors = project.of_kind(EntityKind::Connector);
    let connector = connectors.find(|known| type_of(known) == "Github" && !known.holds_secret)?;
    let name = connector.key.identifier.as_str();
    Some(Repository {
        name: name.to_owned(),
        place: Place {
            provider: GitProvider::Github.store_type(),
            connector: Some(name),
            repository: None,
        },
        provider: GitProvider::Github,
        connector: Some(connector),
        branch: None,
        format: ManifestFormat::K8sManifest,
        chart: None,
    })
}

/// Where a service's manifests are among the repositories, and what they are.
pub(super) fn of_service_in(service: &Known, all: &[Repository<'_>]) -> Option<(usize, ManifestFormat)> {
    let source = source_of(service)?;
    let place = all.iter().position(|known| known.place == source.place)?;
    Some((place, source.format))
}

impl Repository<'_> {
    pub(super) fn delegate(&self) -> Option<String> {
        self.connector.and_then(delegate_of)
    }

    /// The repository as `platform.yaml` describes it.
    pub(super) fn draft(&self, notes: &mut Notes) -> Draft {
        let mut all = Entries::new();
        if Some(self.name.as_str()) != self.place.connector && !self.name.is_empty() {
            all.push(("name", Draft::text(&self.name)));
        }
        all.extend(self.access(notes));
        if let Some(repository) = self.place.repository {
            all.push(("repository", Draft::text(repository)));
        }
        all.push(("branch", Draft::text(self.branch.unwrap_or("main"))));
        all.extend(self.delegate().map(|delegate| ("delegate", Draft::text(delegate))));
        if self.format != ManifestFormat::K8sManifest {
            all.push(("format", Draft::text(self.format.as_str())));
        }
        let usual = chart_folder("{{ARCHETYPE}}");
        if let Some(chart) = self.chart.as_ref().filter(|chart| **chart != usual) {
            all.push(("paths", Draft::map([("chart", Draft::text(chart))])));
        }
        Draft::map(all)
    }

    /// Who hosts it, and who logs in where the connector is one of the project.
    fn access(&self, notes: &mut Notes) -> Entries {
        let word = || ("type", Draft::text(self.provider.store_type()));
        let Some(reference) = self.place.connector else {
            return vec![word()];
        };
        let connector = ("connector", Draft::text(reference));
        if reference.contains('.') {
            return vec![word(), connector];
        }
        let body = self.connector.map(Known::body);
        let url = body.and_then(|body| said(body, &["spec", "url"], is_url));
        let login = body.and_then(login_of);
        if url.is_none() || login.is_none() {
            notes.ask_for("the repository of the manifests in platform.yaml", None);
        }
        let told = url.and_then(GitProvider::of_url) == Some(self.provider);
        let stand_in = || {
            vec![
                ("username", Draft::text("your-user")),
                ("tokenRef", Draft::text("your_token")),
            ]
        };
        let mut all = Entries::new();
        all.extend((!told).then(word));
        all.push(connector);
        all.push((
            "url",
            Draft::text(url.unwrap_or("https://github.com/your-organization/your-repository")),
        ));
        all.extend(login.unwrap_or_else(stand_in));
        all
    }
}

/// Who logs in by a connector, as a description says it.
fn login_of(connector: &Node) -> Option<Entries> {
    let login = connector.at(&["spec", "authentication", "spec"])?;
    if text(login, &["type"]) == Some("GithubApp") {
        let key = Field::secret("privateKeyRef", &["spec", "privateKeyRef"]);
        let application = Field::word("application", &["spec", "applicationId"]);
        let installation = Field::word("installation", &["spec", "installationId"]);
        let app = all_said(login, &[application, installation, key])?;
        return Some(vec![("githubApp", Draft::map(app))]);
    }
    let user = Field::word("username", &["spec", "username"]);
    let token = |path| Field::secret("tokenRef", path);
    let by_token = all_said(login, &[user, token(&["spec", "tokenRef"])]);
    let user = Field::word("username", &["spec", "username"]);
    by_token.or_else(|| all_said(login, &[user, token(&["spec", "passwordRef"])]))
}

/// Stands for a repository where nothing names one.
pub(super) fn stand_in(notes: &mut Notes) -> Draft {
    notes.ask_for("the repository of the manifests in platform.yaml", None);
    Draft::map([
        ("connector", Draft::text("manifest_repository")),
        (
            "url",
            Draft::text("https://github.com/your-organization/your-repository"),
        ),
        ("branch", Draft::text("main")),
        ("username", Draft::text("your-user")),
        ("tokenRef", Draft::text("your_token")),
    ])
}
