//! `manifests` and `registries`: where manifests and images come from.

use harness_cd_model::naming::patterns::{IN_MANIFEST_PATHS, placeholders_of};
use harness_cd_model::words::{did_you_mean, nearest};
use harness_cd_model::{
    EntityRef, GitCredentials, GitProvider, Level, Login, ManifestFormat, ManifestPaths, ManifestRepository, Registry,
    RegistryKind, codes,
};
use harness_cd_yaml::{At, Fields, Reader};

use super::credentials::{self, Cloud};
use super::declared::{Declarations, Declared};
use super::forms::{secret_reference, secure_url};
use super::keys;
use super::name_patterns::require_whole;
use super::names::{Names, chosen, level, optional_list, optional_text, reference, require_references_at, text};

const PROVIDERS: [(&str, GitProvider); 5] = [
    ("Github", GitProvider::Github),
    ("GitLab", GitProvider::GitLab),
    ("Bitbucket", GitProvider::Bitbucket),
    ("AzureRepo", GitProvider::AzureRepo),
    ("HarnessCode", GitProvider::HarnessCode),
];

/// What manifests may be.
pub(super) const FORMATS: [(&str, ManifestFormat); 3] = [
    ("K8sManifest", ManifestFormat::K8sManifest),
    ("Kustomize", ManifestFormat::Kustomize),
    ("HelmChart", ManifestFormat::HelmChart),
];

/// Reads `manifests` and `repositories`: the repository of whoever names none, and the others.
pub(super) fn manifests<'n>(
    reader: &mut Reader<'_>,
    fields: &Fields<'n>,
    connectors: &mut Names<'n>,
    delegates: &Declared<'_>,
) -> (Option<ManifestRepository>, Vec<ManifestRepository>) {
    let mut names = Names::new("repository");
    let first = reader.required(fields, "manifests");
    let first = first.and_then(|at| repository(reader, at, &mut names, connectors, delegates));
    let others = optional_list(reader, fields, "repositories").into_iter();
    let others = others.filter_map(|at| repository(reader, at, &mut names, connectors, delegates));
    (first, others.collect())
}

fn repository<'n>(
    reader: &mut Reader<'_>,
    at: At<'n>,
    names: &mut Names<'n>,
    connectors: &mut Names<'n>,
    delegates: &Declared<'_>,
) -> Option<ManifestRepository> {
    let fields = reader.object(at, keys::MANIFESTS.known)?;
    let before = reader.count();
    let stated = reader
        .optional(&fields, "type")
        .and_then(|at| reader.one_of(&at, &PROVIDERS));
    let format = reader
        .optional(&fields, "format")
        .and_then(|at| reader.one_of(&at, &FORMATS));
    let branch = text(reader, &fields, "branch").map(str::to_owned);
    let is_harness_code = stated == Some(GitProvider::HarnessCode);
    let connector = if is_harness_code {
        None
    } else {
        needed(reader, &fields, "connector", "the repository of the manifests")
            .and_then(|at| connector(reader, &at, connectors))
    };
    let is_there = is_harness_code || connector.as_ref().is_some_and(|connector| !connector.is_of_project());
    let has_url = !is_there && needed(reader, &fields, "url", CONNECTOR).is_some();
    let address = has_url.then(|| secure_url(reader, &fields)).flatten();
    let provider = stated.or_else(|| provider(reader, &fields, address, is_there));
    if is_harness_code {
        needed(reader, &fields, "repository", "the repository of the manifests");
    }
    let repository = optional_text(reader, &fields, "repository");
    let named = reader.optional(&fields, "name");
    let of_connector = fields.at().get("connector").filter(|_| connector.is_some());
    let name = match named.or(of_connector) {
        Some(at) if at.node.as_str().is_some_and(|name| EntityRef::split(name).0.is_empty()) => {
            names.take(reader, &at).map(|(name, _)| name)
        }
        Some(at) => reader.string(&at),
        // Of Harness Code, where nobody names it.
        None => Some(""),
    };
    let paths = paths(reader, &fields);
    let credentials = (!is_there)
        .then(|| git_credentials(reader, &fields, provider))
        .flatten();
    let delegate = reader
        .optional(&fields, "delegate")
        .and_then(|at| reference(reader, &at, codes::UNKNOWN_REFERENCE, "delegate", delegates))
        .filter(|_| !is_there);
    let made_at = made_at(reader, &fields, is_there);
    if reader.count() > before {
        return None;
    }
    Some(ManifestRepository {
        name: name?.to_owned(),
        provider: provider?,
        connector: connector.and_then(|connector| seen_from_projects(connector, made_at)),
        made_at,
        url: address.map(str::to_owned),
        repository: repository.map(str::to_owned),
        branch: branch?,
        credentials,
        delegate: delegate.map(str::to_owned),
        format: format.unwrap_or(ManifestFormat::K8sManifest),
        paths,
    })
}

/// Where manifests stand. What is no placeholder of the product may be a value that services have.
pub(super) fn paths(reader: &mut Reader<'_>, fields: &Fields<'_>) -> ManifestPaths {
    let at = reader.optional(fields, "paths");
    let Some(fields) = at.and_then(|at| reader.object(at, keys::PATHS.known)) else {
        return ManifestPaths::default();
    };
    let pattern = |reader: &mut Reader<'_>, at: &At<'_>| {
        let text = reader.string(at)?;
        if !require_whole(reader, at, text, &IN_MANIFEST_PATHS) {
            return None;
        }
        let known = IN_MANIFEST_PATHS.iter().copied();
        let is_meant = |name: &&str| !IN_MANIFEST_PATHS.contains(name) && nearest(name, known.clone()).is_some();
        for name in placeholders_of(text).into_iter().filter(is_meant) {
            let message = format!("`{{{{{name}}}}}` stands for nothing here");
            let hint = did_you_mean(name, known.clone()).unwrap_or_default();
            reader.error(codes::BAD_PLACEHOLDER, at, message, hint);
        }
        if leads_out(text) {
            let message = format!("`{text}` leads out of the repository of the manifests");
            reader.error(codes::WRONG_FORM, at, message, WITHIN);
        }
        Some(text.trim_end_matches('/').to_owned())
    };
    let [folder, chart] = ["folder", "chart"].map(|key| {
        let at = reader.optional(&fields, key)?;
        pattern(reader, &at)
    });
    let files = optional_list(reader, &fields, "files");
    let files = files.iter().filter_map(|at| pattern(reader, at)).collect();
    ManifestPaths { folder, files, chart }
}

/// How a path is mended that leads out of its repository.
pub(super) const WITHIN: &str = "write a path below the root of the repository, without `/` before it and without `..`";

/// Whether a path is none below the root of its repository.
pub(super) fn leads_out(path: &str) -> bool {
    path.starts_with('/') || path.split('/').any(|part| part == "..")
}

/// What a connector that is to be made is called in a sentence.
const CONNECTOR: &str = "a connector that is to be made";

/// The value of a key that has to be there for what stands beside it.
fn needed<'n>(reader: &mut Reader<'_>, fields: &Fields<'n>, key: &str, what: &str) -> Option<At<'n>> {
    let found = reader.optional(fields, key);
    if found.is_none() {
        let message = format!("{what} needs `{key}`");
        reader.error(
            codes::WRONG_FORM,
            fields.at(),
            message,
            format!("add `{key}:` with a value"),
        );
    }
    found
}

/// The provider that an address tells. That of a connector which is there already is told by nothing else than `type`.
fn provider(
    reader: &mut Reader<'_>,
    fields: &Fields<'_>,
    address: Option<&str>,
    is_there: bool,
) -> Option<GitProvider> {
    let told = address.and_then(GitProvider::of_url);
    if told.is_none() && (address.is_some() || is_there) {
        let at = fields.at().get("url").or_else(|| fields.at().get("connector"))?;
        let message = "nothing tells who hosts the repository of the manifests";
        let hint = "add `type`: Github, GitLab, Bitbucket or AzureRepo";
        reader.error(codes::WRONG_FORM, &at, message, hint);
    }
    told
}

fn git_credentials(
    reader: &mut Reader<'_>,
    fields: &Fields<'_>,
    provider: Option<GitProvider>,
) -> Option<GitCredentials> {
    if provider == Some(GitProvider::Github)
        && let Some(at) = reader.optional(fields, "githubApp")
    {
        return github_app(reader, at);
    }
    let [username, token_ref] = ["username", "tokenRef"].map(|key| needed(reader, fields, key, CONNECTOR));
    let username = username.and_then(|at| reader.string(&at));
    let token_ref = token_ref.and_then(|_| secret_reference(reader, fields, "tokenRef"));
    Some(GitCredentials::Token {
        username: username?.to_owned(),
        token_ref: token_ref?.to_owned(),
    })
}

fn github_app(reader: &mut Reader<'_>, at: At<'_>) -> Option<GitCredentials> {
    let fields = reader.object(at, keys::GITHUB_APP.known)?;
    let mut number = |key: &str| {
        let at = reader.required(&fields, key)?;
        let written = at.node.text().filter(|text| !text.trim().is_empty());
        written.or_else(|| reader.string(&at)).map(str::to_owned)
    };
    let (application, installation) = (number("application"), number("installation"));
    let private_key_ref = secret_reference(reader, &fields, "privateKeyRef");
    Some(GitCredentials::GithubApp {
        application: application?,
        installation: installation?,
        private_key_ref: private_key_ref?.to_owned(),
    })
}

/// A connector: one of the project has an identifier of its own, any other is there already.
fn connector<'n>(reader: &mut Reader<'_>, at: &At<'n>, connectors: &mut Names<'n>) -> Option<EntityRef> {
    let written = reader.string(at)?;
    let reference = match EntityRef::split(written).0 {
        "" => EntityRef::parse(connectors.take(reader, at)?.1.as_str()),
        _ => EntityRef::parse(written),
    };
    if let Err(error) = &reference {
        reader.error(
            codes::BAD_NAME,
            at,
            error.to_string(),
            "copy the identifier from Harness",
        );
    }
    reference.ok()
}

/// Where a connector is made; `None` for one that is there already, which says so in its name.
fn made_at(reader: &mut Reader<'_>, fields: &Fields<'_>, is_there: bool) -> Option<Level> {
    let stated = level(reader, fields);
    if !is_there {
        let level = stated.unwrap_or_default();
        require_references_at(reader, fields.at(), level);
        return Some(level);
    }
    if let Some(at) = fields.at().get("level").filter(|_| stated.is_some()) {
        let message = "the connector is there already, as its name has `org.` or `account.` before it";
        let hint = "remove `level`, or the prefix of a connector that is to be made";
        reader.error(codes::CONTRADICTION, &at, message, hint);
    }
    None
}

/// A connector as services refer to it.
fn seen_from_projects(connector: EntityRef, made_at: Option<Level>) -> Option<EntityRef> {
    match made_at {
        Some(level) => EntityRef::parse(&level.reference(connector.as_str())).ok(),
        None => Some(connector),
    }
}

/// Reads `registry` and `registries`: the only one under the first, or the first of several.
pub(super) fn registries<'n>(
    reader: &mut Reader<'_>,
    fields: &Fields<'n>,
    connectors: &mut Names<'n>,
    declared: &Declarations<'_>,
) -> Vec<Registry> {
    let first = reader.optional(fields, "registry");
    let items: Vec<At<'_>> = (first.into_iter())
        .chain(optional_list(reader, fields, "registries"))
        .collect();
    if items.is_empty() {
        needed(reader, fields, "registry", "the platform");
    }
    let mut names = Names::new("registry");
    let mut registries: Vec<Registry> = Vec::new();
    for item in items {
        if let Some(registry) = registry(reader, item.clone(), &mut names, connectors, declared) {
            require_own_places(reader, &item, &registry, &registries);
            registries.push(registry);
        }
    }
    registries
}

/// An image is pulled from one registry, wherever it runs.
fn require_own_places(reader: &mut Reader<'_>, item: &At<'_>, own: &Registry, others: &[Registry]) {
    let places = own
        .environments
        .iter()
        .flat_map(|environment| own.regions.iter().map(move |region| (environment, region)));
    let shared = |other: &Registry| {
        places
            .clone()
            .find(|(environment, region)| other.is_of(environment, region))
    };
    let Some((other, (environment, region))) = others.iter().find_map(|other| Some((other, shared(other)?))) else {
        return;
    };
    let message = format!(
        "images in `{environment}` in `{region}` would come from `{}` and from `{}`",
        other.name, own.name
    );
    let hint = "let one registry alone have each environment in each region, by `environments` and `regions`";
    reader.error(codes::CONTRADICTION, item, message, hint);
}

/// The registry of places is that of all services there, and nobody's to name. Answers whether it may be named.
pub(super) fn require_to_choose(reader: &mut Reader<'_>, at: &At<'_>, name: &str, registries: &[Registry]) -> bool {
    let of_places = registries
        .iter()
        .find(|known| known.name == name && known.is_of_places());
    if let Some(registry) = of_places {
        let message = format!(
            "`{name}` is the registry of every service in {}, and of none elsewhere",
            registry.environments.join(", ")
        );
        let hint = "remove the key, or name a registry without `environments` and `regions`";
        reader.error(codes::CONTRADICTION, at, message, hint);
    }
    of_places.is_none()
}

/// Where the registry of whoever names none is that of places alone, every other place has one as well.
pub(super) fn require_registries<'p>(
    reader: &mut Reader<'_>,
    fields: &Fields<'_>,
    registries: &[Registry],
    places: impl Iterator<Item = (&'p String, &'p String)>,
) {
    let usual = fields.at().get("registry");
    let usual = usual.or_else(|| fields.at().get("registries")?.items().next());
    let written = ["registry", "registries"].map(|key| fields.at().get(key));
    let [one, several] = written.map(|at| at.map_or(0, |at| at.node.items().count().max(1)));
    let (Some(at), Some(first)) = (usual, registries.first()) else {
        return;
    };
    // What could not be read may be the one that is missing here.
    if !first.is_of_places() || registries.len() != one + several {
        return;
    }
    let is_lacking =
        |(environment, region): &(&String, &String)| !registries.iter().any(|known| known.is_of(environment, region));
    if let Some((environment, region)) = places.filter(is_lacking).min() {
        let name = &first.name;
        let message = format!("no registry says that images in `{environment}` in `{region}` come from it");
        let hint = format!(
            "add a registry for it, or remove `environments` and `regions` of `{name}`, which is then that of every place without its own"
        );
        reader.error(codes::CONTRADICTION, &at, message, hint);
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Docker,
    Ecr,
    GoogleArtifactRegistry,
    Acr,
    Artifactory,
    Nexus,
    GithubPackages,
}

const KINDS: [(&str, Kind); 7] = [
    ("Docker", Kind::Docker),
    ("Ecr", Kind::Ecr),
    ("GoogleArtifactRegistry", Kind::GoogleArtifactRegistry),
    ("Acr", Kind::Acr),
    ("Artifactory", Kind::Artifactory),
    ("Nexus", Kind::Nexus),
    ("GithubPackages", Kind::GithubPackages),
];

impl Kind {
    /// The kind of an address. Who logs in by a user and a password does so as Docker does, wherever that is.
    fn of(host: &str, has_login: bool) -> Self {
        match host {
            _ if has_login => Self::Docker,
            _ if host.contains(".dkr.ecr.") => Self::Ecr,
            _ if host.ends_with("-docker.pkg.dev") => Self::GoogleArtifactRegistry,
            _ if host.ends_with(".azurecr.io") => Self::Acr,
            _ => Self::Docker,
        }
    }

    fn word(self) -> &'static str {
        KINDS
            .iter()
            .find(|(_, kind)| *kind == self)
            .map_or("", |(word, _)| word)
    }
}

/// Where the address tells the kind, keys of another kind would say nothing.
fn require_keys_of(reader: &mut Reader<'_>, fields: &Fields<'_>, kind: Kind) {
    let word = kind.word();
    for entry in fields.at().node.entries() {
        let mut known = keys::REGISTRY.known.iter().filter(|key| key.name == entry.name());
        let fits = known.all(|key| key.beside.is_none_or(|beside| beside.words.contains(&word)));
        if let Some(at) = fields.at().get(entry.name()).filter(|_| !fits) {
            let message = format!("`{}` says nothing of a registry of the type {word}", entry.name());
            reader.error(
                codes::WRONG_FORM,
                &at,
                message,
                "remove it, or add the `type` that is meant",
            );
        }
    }
}

fn registry<'n>(
    reader: &mut Reader<'_>,
    item: At<'n>,
    names: &mut Names<'n>,
    connectors: &mut Names<'n>,
    declared: &Declarations<'_>,
) -> Option<Registry> {
    let stated = item.get("type").and_then(|at| at.node.as_str());
    let host = item.get("url").and_then(|at| at.node.as_str()).map(host_of);
    let has_login = item.node.get("username").is_some() || item.node.get("passwordRef").is_some();
    let named = KINDS
        .iter()
        .find(|(word, _)| stated == Some(*word))
        .map(|(_, kind)| *kind);
    let kind = named.unwrap_or_else(|| Kind::of(host.unwrap_or_default(), has_login));
    let fields = reader.object(item, keys::REGISTRY.known)?;
    let before = reader.count();
    match reader.optional(&fields, "type") {
        Some(at) => _ = reader.one_of(&at, &KINDS),
        None => require_keys_of(reader, &fields, kind),
    }
    let connector_at = reader.required(&fields, "connector");
    let connector = connector_at.as_ref().and_then(|at| connector(reader, at, connectors));
    let named = reader.optional(&fields, "name").or(connector_at);
    let name = named.and_then(|at| match EntityRef::split(at.node.as_str().unwrap_or_default()).0 {
        "" => names.take(reader, &at).map(|(name, _)| name),
        _ => reader.string(&at),
    });
    let is_there = connector.as_ref().is_some_and(|connector| !connector.is_of_project());
    let address = secure_url(reader, &fields);
    let delegate = if is_there {
        None
    } else {
        needed(reader, &fields, "delegate", CONNECTOR)
            .and_then(|at| reference(reader, &at, codes::UNKNOWN_REFERENCE, "delegate", &declared.delegates))
    };
    let (environments, regions) = places_of(reader, &fields, declared);
    let kind = address.and_then(|address| described(reader, &fields, kind, address, is_there));
    let made_at = made_at(reader, &fields, is_there);
    if reader.count() > before {
        return None;
    }
    Some(Registry {
        name: name?.to_owned(),
        connector: seen_from_projects(connector?, made_at)?,
        made_at,
        kind: kind?,
        delegate: delegate.map(str::to_owned),
        environments,
        regions,
    })
}

/// The environments and regions that a registry says it is of; none of both where it says nothing.
fn places_of(reader: &mut Reader<'_>, fields: &Fields<'_>, declared: &Declarations<'_>) -> (Vec<String>, Vec<String>) {
    let (of_environments, of_regions) = (("environments", "environment"), ("regions", "region"));
    if [of_environments, of_regions]
        .iter()
        .all(|(key, _)| fields.at().get(key).is_none())
    {
        return (Vec::new(), Vec::new());
    }
    let environments = chosen(reader, fields, of_environments, &declared.environments);
    (environments, chosen(reader, fields, of_regions, &declared.regions))
}

fn host_of(address: &str) -> &str {
    let rest = address.split_once("://").map_or(address, |(_, rest)| rest);
    rest.split('/').next().unwrap_or_default()
}

/// What a kind of registry needs, from its keys and its address.
fn described(
    reader: &mut Reader<'_>,
    fields: &Fields<'_>,
    kind: Kind,
    address: &str,
    is_there: bool,
) -> Option<RegistryKind> {
    let host = host_of(address);
    let url = address.to_owned();
    let path: Vec<&str> = address
        .trim_end_matches('/')
        .split_once("://")
        .map_or("", |(_, rest)| rest)
        .split('/')
        .skip(1)
        .collect();
    let mut shaped = |wanted: &str| {
        let at = fields.at().get("url")?;
        let message = format!("`{address}` is not the address of such a registry");
        reader.error(codes::WRONG_FORM, &at, message, format!("write it as in {wanted}"));
        None::<RegistryKind>
    };
    Some(match kind {
        Kind::Docker => RegistryKind::Docker {
            url,
            login: login(reader, fields, is_there)?,
        },
        Kind::Ecr => {
            let parts: Vec<&str> = host.split('.').collect();
            let [account, "dkr", "ecr", region, "amazonaws", ..] = parts.as_slice() else {
                return shaped("https://123456789012.dkr.ecr.eu-west-1.amazonaws.com");
            };
            RegistryKind::Ecr {
                account: (*account).to_owned(),
                region: (*region).to_owned(),
                credentials: credentials::of_cloud(reader, fields, Cloud::Amazon)?,
            }
        }
        Kind::GoogleArtifactRegistry => {
            let (Some(region), [project, repository]) = (host.strip_suffix("-docker.pkg.dev"), path.as_slice()) else {
                return shaped("https://europe-west1-docker.pkg.dev/project/repository");
            };
            RegistryKind::GoogleArtifactRegistry {
                project: (*project).to_owned(),
                region: region.to_owned(),
                repository: (*repository).to_owned(),
                credentials: credentials::of_cloud(reader, fields, Cloud::Google)?,
            }
        }
        Kind::Acr => {
            let Some(registry) = host.strip_suffix(".azurecr.io") else {
                return shaped("https://company.azurecr.io");
            };
            let subscription = needed(reader, fields, "subscription", "a registry of the type Acr");
            let subscription = subscription.and_then(|at| reader.string(&at));
            RegistryKind::Acr {
                registry: registry.to_owned(),
                credentials: credentials::of_cloud(reader, fields, Cloud::Azure)?,
                subscription: subscription?.to_owned(),
            }
        }
        Kind::Artifactory => {
            let repository = text(reader, fields, "repository");
            RegistryKind::Artifactory {
                url,
                login: login(reader, fields, is_there)?,
                repository: repository?.to_owned(),
            }
        }
        Kind::Nexus => {
            let repository = text(reader, fields, "repository");
            let repository_url = text(reader, fields, "repositoryUrl");
            RegistryKind::Nexus {
                url,
                login: login(reader, fields, is_there)?,
                repository: repository?.to_owned(),
                repository_url: repository_url?.to_owned(),
            }
        }
        Kind::GithubPackages => {
            let [owner] = path.as_slice() else {
                return shaped("https://github.com/company");
            };
            RegistryKind::GithubPackages {
                owner: (*owner).to_owned(),
                login: login(reader, fields, is_there)?,
                url,
            }
        }
    })
}

/// Who logs in; a connector that is there already knows. The outer `None` is a finding.
#[allow(clippy::option_option, reason = "a finding is not the same as nobody")]
fn login(reader: &mut Reader<'_>, fields: &Fields<'_>, is_there: bool) -> Option<Option<Login>> {
    if is_there {
        return Some(None);
    }
    let [username, password_ref] = ["username", "passwordRef"].map(|key| needed(reader, fields, key, CONNECTOR));
    let username = username.and_then(|at| reader.string(&at));
    let password_ref = password_ref.and_then(|_| secret_reference(reader, fields, "passwordRef"));
    Some(Some(Login {
        username: username?.to_owned(),
        password_ref: password_ref?.to_owned(),
    }))
}
