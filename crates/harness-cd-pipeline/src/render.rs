//! Platform, services and templates to Harness entities.
//!
//! Every entity is written by a template, the pipelines by those of the config repository and all others by those in
//! `entities/`: one way to write a scalar, and output that is the same for the same input.

mod policy;

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use harness_cd_model::naming::{
    IMAGE_TRIGGER, PLATFORM_FILE, Placeholder, SERVICES_FILE, delegate_install_path, delegate_values_path, entity_path,
    infrastructure_identifier, infrastructure_name, input_set_name, namespace, policy_path, template_path, underscored,
};
use harness_cd_model::words::nearest;
use harness_cd_model::{Diagnostic, EntityKind, Environment, EnvironmentType, Platform, Service, codes};
use harness_cd_template::{Template, Values};
use serde::Serialize;

use crate::left_out::{LeftOut, first_error, reason_of};
use crate::{ConfigRepo, agree};

/// Rendered files by path, and why some are not there.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Rendered {
    /// Path to content.
    pub files: BTreeMap<String, String>,
    /// Every finding, sorted.
    pub diagnostics: Vec<Diagnostic>,
    /// What is not there, service by service in file order; those that could not be read come first.
    pub left_out: Vec<LeftOut>,
}

impl Rendered {
    /// Adds findings from elsewhere, such as those of reading.
    pub fn add(&mut self, diagnostics: Vec<Diagnostic>) {
        self.diagnostics.extend(diagnostics);
        Diagnostic::sort(&mut self.diagnostics);
    }
}

/// Renders one template once for each set of values, without a config repository, and hands on each text as it is made.
///
/// Answers with every finding, sorted, each once; where there is one, the texts are not all there.
pub fn render_template(file: &str, text: &str, values: &[Values], mut take: impl FnMut(String)) -> Vec<Diagnostic> {
    let template = match Template::parse(file, text) {
        Ok(template) => template,
        Err(diagnostics) => return diagnostics,
    };
    let mut diagnostics = Vec::new();
    for values in values {
        match template.render(values) {
            Ok(text) => take(text),
            Err(findings) => diagnostics.extend(findings),
        }
    }
    Diagnostic::sort(&mut diagnostics);
    diagnostics.dedup();
    diagnostics
}

/// Renders the entities of some services, or of all where `only` is empty, and those of the platform.
///
/// Nothing is rendered without a platform, and no pipeline from a template that does not agree with it. The findings
/// are those of rendering alone; what reading found stands in [`ConfigRepo::diagnostics`]. `HCD0114`: there is no
/// service of a name in `only`.
#[must_use]
pub fn render(repo: &ConfigRepo, only: &[String]) -> Rendered {
    let is_meant = |name: &String| only.is_empty() || only.contains(name);
    let services = repo.catalog.services.iter().filter(|service| is_meant(&service.name));
    let services: Vec<&Service> = services.collect();
    let unread = repo.left_out.iter().filter(|left_out| is_meant(&left_out.service));
    let left_out: Vec<LeftOut> = unread.cloned().collect();
    let Some(platform) = &repo.platform else {
        return nothing(repo, &services, left_out);
    };
    let mut writer = Writer {
        rendered: Rendered {
            left_out,
            ..Rendered::default()
        },
        platform,
        entities: BTreeMap::new(),
        unbound: Vec::new(),
    };
    writer.platform();
    for name in only.iter().filter(|name| !repo.knows(name)) {
        writer.rendered.diagnostics.push(unknown_service(repo, name));
    }
    let templates: BTreeMap<&str, &Template> = repo
        .templates
        .iter()
        .filter(|(archetype, template)| writer.agrees(archetype, template, &services))
        .map(|(archetype, template)| (archetype.as_str(), template))
        .collect();
    for service in services {
        match templates.get(service.archetype.as_str()) {
            Some(template) => writer.service(service, template),
            None => writer.service_without_template(service, repo),
        }
    }
    writer.finish()
}

/// Without a platform there is nothing to render, not even for sound services.
fn nothing(repo: &ConfigRepo, services: &[&Service], mut left_out: Vec<LeftOut>) -> Rendered {
    let reason = first_error(&repo.diagnostics, PLATFORM_FILE).map(reason_of);
    let reason = reason.unwrap_or_default();
    left_out.extend(services.iter().map(|service| everything_of(service, &reason)));
    Rendered {
        left_out,
        ..Rendered::default()
    }
}

fn unknown_service(repo: &ConfigRepo, name: &str) -> Diagnostic {
    let names = repo.catalog.services.iter().map(|service| service.name.as_str());
    let hint = match nearest(name, names) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "name a service of services.yaml that has no findings".to_owned(),
    };
    crate::finding(
        codes::UNKNOWN_SERVICE,
        SERVICES_FILE,
        format!("there is no service `{name}`"),
        hint,
    )
}

struct Writer<'p> {
    rendered: Rendered,
    platform: &'p Platform,
    /// The product's own templates, read once.
    entities: BTreeMap<&'static str, Template>,
    /// What a template lacks for some of its services, and for which.
    unbound: Vec<(Diagnostic, Vec<&'p str>)>,
}

impl<'p> Writer<'p> {
    fn agrees(&mut self, archetype: &str, template: &Template, services: &[&Service]) -> bool {
        let own = services.iter().filter(|service| service.archetype == *archetype);
        let findings = agree::check(template, self.platform, own.copied());
        let agrees = findings.is_empty();
        self.rendered.diagnostics.extend(findings);
        agrees
    }

    fn platform(&mut self) {
        let platform = self.platform;
        for environment in &platform.environments {
            self.environment(environment);
        }
        let manifests = &platform.manifests;
        self.entity(
            entity_path(EntityKind::Connector, manifests.connector.as_str()),
            include_str!("render/entities/git-connector.yaml"),
            &[
                ("IDENTIFIER", manifests.connector.as_str()),
                ("REPOSITORY", &repository_of(&manifests.url)),
                ("URL", &manifests.url),
                ("USERNAME", &manifests.username),
                ("TOKEN_REF", &manifests.token_ref),
            ],
        );
        let registry = &platform.registry;
        self.entity(
            entity_path(EntityKind::Connector, registry.connector.as_str()),
            include_str!("render/entities/registry-connector.yaml"),
            &[
                ("IDENTIFIER", registry.connector.as_str()),
                ("URL", &registry.url),
                ("USERNAME", &registry.username),
                ("PASSWORD_REF", &registry.password_ref),
                ("DELEGATE", &registry.delegate),
            ],
        );
        for delegate in &platform.delegates {
            self.delegate(&delegate.name, &delegate.network);
        }
        for window in &platform.change_windows {
            let path = policy_path(&window.name);
            self.rendered.files.insert(path, policy::rego(window, platform));
        }
    }

    fn environment(&mut self, environment: &Environment) {
        self.entity(
            entity_path(EntityKind::Environment, &environment.name),
            include_str!("render/entities/environment.yaml"),
            &[
                ("NAME", &environment.name),
                ("IDENTIFIER", environment.identifier.as_str()),
                ("TYPE", &format!("{:?}", environment.environment_type)),
            ],
        );
        for cluster in self.platform.clusters_of(&environment.name) {
            let connector = underscored(&cluster.name);
            let region = &cluster.region;
            let name = infrastructure_name(&environment.name, region);
            let identifier = infrastructure_identifier(environment.identifier.as_str(), region);
            self.entity(
                entity_path(EntityKind::Infrastructure, &name),
                include_str!("render/entities/infrastructure.yaml"),
                &[
                    ("NAME", &name),
                    ("IDENTIFIER", &identifier),
                    ("REGION", region),
                    ("NAMESPACE", &namespace(&environment.name, "<+service.name>", region)),
                    ("ENVIRONMENT_IDENTIFIER", environment.identifier.as_str()),
                    ("CONNECTOR", &connector),
                ],
            );
            self.entity(
                entity_path(EntityKind::Connector, &connector),
                include_str!("render/entities/cluster-connector.yaml"),
                &[
                    ("NAME", &cluster.name),
                    ("IDENTIFIER", &connector),
                    ("REGION", region),
                    ("DELEGATE", &cluster.delegate),
                ],
            );
        }
    }

    fn delegate(&mut self, name: &str, network: &str) {
        let clusters = self.platform.clusters.iter().filter(|cluster| cluster.delegate == name);
        let mut tags: Vec<&str> = Vec::new();
        let places = clusters
            .clone()
            .flat_map(|cluster| [cluster.environment.as_str(), cluster.region.as_str()]);
        for tag in places.chain([network]) {
            if !tags.contains(&tag) {
                tags.push(tag);
            }
        }
        self.entity(
            delegate_values_path(name),
            include_str!("render/entities/delegate-values.yaml"),
            &[("NAME", name), ("TAGS", &tags.join(","))],
        );
        let clusters: Vec<&str> = clusters.map(|cluster| cluster.name.as_str()).collect();
        let path = delegate_install_path(name);
        self.rendered.files.insert(path, delegate_install(name, &clusters));
    }

    fn service(&mut self, service: &'p Service, template: &Template) {
        self.service_entity(service);
        match template.render(&values_of(service)) {
            Ok(text) => {
                let path = pipeline_path(service);
                self.rendered.files.insert(path, text);
                self.around_the_pipeline(service);
            }
            Err(findings) => {
                let reason = findings.first().map(reason_of).unwrap_or_default();
                self.rendered.left_out.push(LeftOut {
                    service: service.name.clone(),
                    files: pipeline_files(service),
                    reason,
                });
                for finding in findings {
                    self.lacks(&service.name, finding);
                }
            }
        }
    }

    /// What is wrong with an archetype's template was reported once, for the template.
    fn service_without_template(&mut self, service: &Service, repo: &ConfigRepo) {
        self.service_entity(service);
        let findings = repo.diagnostics.iter().chain(&self.rendered.diagnostics);
        let reason = first_error(findings, &template_path(&service.archetype));
        self.rendered.left_out.push(LeftOut {
            service: service.name.clone(),
            files: pipeline_files(service),
            reason: reason.map(reason_of).unwrap_or_default(),
        });
    }

    fn service_entity(&mut self, service: &Service) {
        let platform = self.platform;
        self.entity(
            service_path(service),
            include_str!("render/entities/service.yaml"),
            &[
                ("SERVICE_NAME", service.name.as_str()),
                ("SERVICE_IDENTIFIER", service.identifier.as_str()),
                ("ARCHETYPE", &service.archetype),
                ("TEAM", &service.team),
                ("IMAGE", &service.image),
                ("REGISTRY_CONNECTOR", platform.registry.connector.as_str()),
                ("MANIFEST_CONNECTOR", platform.manifests.connector.as_str()),
                ("BRANCH", &platform.manifests.branch),
            ],
        );
    }

    /// What starts a pipeline: its trigger, and an input set per environment.
    fn around_the_pipeline(&mut self, service: &Service) {
        let pipeline = service.pipeline_identifier();
        self.entity(
            trigger_path(service),
            include_str!("render/entities/trigger.yaml"),
            &[
                ("SERVICE_NAME", &service.name),
                ("ENVIRONMENT_LIST", &service.environments.join(", ")),
                ("REGION_LIST", &service.regions.join(", ")),
                ("IDENTIFIER", IMAGE_TRIGGER),
                ("PIPELINE", &pipeline),
                ("CONDITION", &trigger_condition(self.platform)),
            ],
        );
        for environment in &service.environments {
            let name = input_set_name(&service.name, environment);
            self.entity(
                input_set_path(&name),
                include_str!("render/entities/input-set.yaml"),
                &[
                    ("NAME", &name),
                    ("IDENTIFIER", &underscored(&name)),
                    ("PIPELINE", &pipeline),
                    ("ENVIRONMENT", environment),
                ],
            );
        }
    }

    fn lacks(&mut self, service: &'p str, finding: Diagnostic) {
        let same = |known: &&mut (Diagnostic, _)| {
            (&known.0.file, known.0.range, &known.0.message) == (&finding.file, finding.range, &finding.message)
        };
        match self.unbound.iter_mut().find(same) {
            Some((_, services)) => services.push(service),
            None => self.unbound.push((finding, vec![service])),
        }
    }

    /// Writes one of the product's own entities.
    fn entity(&mut self, path: String, template: &'static str, values: &[(&str, &str)]) {
        let platform = self.platform;
        let common = [
            ("ORG", platform.org.as_str()),
            ("PROJECT", platform.project.as_str()),
            ("MANAGED_BY", platform.managed_by.as_str()),
        ];
        let values: Values = common
            .iter()
            .chain(values)
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        let rendered = match self.entities.entry(template) {
            Entry::Occupied(known) => known.get().render(&values),
            Entry::Vacant(place) => {
                Template::parse(&path, template).and_then(|template| place.insert(template).render(&values))
            }
        };
        match rendered {
            Ok(text) => _ = self.rendered.files.insert(path, text),
            Err(findings) => self.rendered.diagnostics.extend(findings),
        }
    }

    fn finish(mut self) -> Rendered {
        let unbound = self.unbound.into_iter().map(|(finding, services)| Diagnostic {
            message: format!("{} ({})", finding.message, for_services(&services)),
            ..finding
        });
        self.rendered.diagnostics.extend(unbound);
        Diagnostic::sort(&mut self.rendered.diagnostics);
        self.rendered
    }
}

/// The commands that install a delegate. Its own cluster is the default where it is plain which one that is.
fn delegate_install(name: &str, clusters: &[&str]) -> String {
    let default = match clusters {
        [cluster] => format!(":={cluster}"),
        _ => ":?".to_owned(),
    };
    include_str!("render/delegate-install.sh")
        .replace("DELEGATE_NAME", name)
        .replace("CLUSTERS", &clusters.join(", "))
        .replace(":=DEFAULT_CONTEXT", &default)
}

/// Nothing moves into production under a tag that moves.
fn trigger_condition(platform: &Platform) -> String {
    let production = platform
        .environments
        .iter()
        .filter(|known| known.environment_type == EnvironmentType::Production);
    let elsewhere: Vec<String> = production
        .map(|known| format!("<+trigger.payload.target_env> != \"{}\"", known.name))
        .collect();
    let pinned = "<+trigger.payload.image_tag> != \"latest\"".to_owned();
    match elsewhere.is_empty() {
        true => pinned,
        false => format!("{} || {pinned}", elsewhere.join(" && ")),
    }
}

fn everything_of(service: &Service, reason: &str) -> LeftOut {
    let mut files = pipeline_files(service);
    files.push(service_path(service));
    files.sort();
    LeftOut {
        service: service.name.clone(),
        files,
        reason: reason.to_owned(),
    }
}

/// A pipeline and what is nothing without it, in order.
fn pipeline_files(service: &Service) -> Vec<String> {
    let input_sets = service
        .environments
        .iter()
        .map(|environment| input_set_path(&input_set_name(&service.name, environment)));
    let mut files: Vec<String> = input_sets
        .chain([pipeline_path(service), trigger_path(service)])
        .collect();
    files.sort();
    files
}

fn pipeline_path(service: &Service) -> String {
    entity_path(EntityKind::Pipeline, &service.pipeline_name())
}

fn service_path(service: &Service) -> String {
    entity_path(EntityKind::Service, &service.name)
}

fn trigger_path(service: &Service) -> String {
    entity_path(EntityKind::Trigger, &service.pipeline_name())
}

fn input_set_path(name: &str) -> String {
    entity_path(EntityKind::InputSet, name)
}

/// `for the service `a` and 6 more`
fn for_services(services: &[&str]) -> String {
    let first = services.first().copied().unwrap_or_default();
    match services.len() {
        0 | 1 => format!("for the service `{first}`"),
        several => format!("for the service `{first}` and {} more", several - 1),
    }
}

fn values_of(service: &Service) -> Values {
    let built_in = Placeholder::ALL.iter();
    let built_in = built_in.map(|known| (known.name().to_owned(), known.value(service)));
    let mut values = service.values.clone();
    values.extend(built_in);
    values
}

/// `company/platform-next` of `https://github.com/company/platform-next.git`
fn repository_of(url: &str) -> String {
    let path = url.trim_end_matches('/').trim_end_matches(".git");
    let mut parts: Vec<&str> = path.rsplit('/').take(2).collect();
    parts.reverse();
    parts.join("/")
}
