//! Where what is rendered comes from. A rendered file is in no repository that people edit: what is wrong with one is told
//! where it is mended, in a template or in a description.

use std::collections::BTreeMap;

use harness_cd_model::naming::{
    Folder, delegate_install_path, delegate_values_path, entity_path, input_set_name, monitored_service_path,
    pipeline_name, underscored,
};
use harness_cd_model::{Diagnostic, EntityKind, EntityRef, Infrastructure, Platform, Range, Service};
use harness_cd_pipeline::{ConfigRepo, Files};
use harness_cd_yaml::{At, Document, Node, parse};

/// What a rendered file is made from.
#[derive(Clone, Copy)]
enum Origin<'r> {
    Service(&'r Service),
    /// An entry of the platform description, by its list and its name.
    Entry(&'static str, &'r str),
    /// What is deployed to outside Kubernetes, which is written down as it is rendered.
    Outside(&'r Infrastructure),
}

/// The origins of all that a config repository renders to.
pub(crate) struct Origins<'r> {
    repo: &'r ConfigRepo,
    /// The descriptions, each with its file.
    descriptions: Vec<Document>,
    /// By the path in the folder of a project: in each of them a file is made from the same.
    by_path: BTreeMap<String, Origin<'r>>,
}

/// Where a finding is told.
struct Source {
    file: String,
    pointer: String,
    range: Range,
}

impl Source {
    fn new(file: &str, at: &At<'_>) -> Self {
        Self {
            file: file.to_owned(),
            pointer: at.pointer.clone(),
            range: at.node.range,
        }
    }
}

impl<'r> Origins<'r> {
    pub(crate) fn of(files: &Files, repo: &'r ConfigRepo) -> Self {
        let described = [repo.layout.platform()]
            .into_iter()
            .chain(repo.layout.service_files(files));
        let read = described.filter_map(|file| parse(file, files.get(file)?).ok());
        let services = repo.catalog.services.iter().flat_map(of_service);
        let entries = repo.platform.iter().flat_map(|platform| of_platform(platform, repo));
        Self {
            repo,
            descriptions: read.collect(),
            by_path: entries.chain(services).collect(),
        }
    }

    /// The findings of rendered files, each once and where it is mended; the others as they are.
    pub(crate) fn told(&self, findings: Vec<(Diagnostic, Option<String>)>) -> Vec<Diagnostic> {
        let mut told: Vec<(Diagnostic, Vec<String>)> = Vec::new();
        let mut known: BTreeMap<(String, String, String, String), usize> = BTreeMap::new();
        for (finding, text) in findings {
            let Some(source) = self.source(&finding, text.as_deref()) else {
                told.push((finding, Vec::new()));
                continue;
            };
            let (code, message) = (finding.code.clone(), finding.message.clone());
            let place = (source.file.clone(), source.pointer.clone(), code, message);
            let index = *known.entry(place).or_insert(told.len());
            match told.get_mut(index) {
                Some((_, rendered)) => rendered.push(finding.file),
                None => told.push((
                    Diagnostic {
                        file: source.file,
                        pointer: source.pointer,
                        range: source.range,
                        ..finding.clone()
                    },
                    vec![finding.file],
                )),
            }
        }
        told.into_iter()
            .map(|(finding, rendered)| named(finding, &rendered))
            .collect()
    }

    fn source(&self, finding: &Diagnostic, text: Option<&str>) -> Option<Source> {
        let (_, path) = Folder::split(&finding.file);
        match *self.by_path.get(path)? {
            Origin::Entry(list, name) => self.entry(list, name, text),
            Origin::Outside(known) => self.outside(known, &finding.pointer),
            Origin::Service(service) => {
                let is_pipeline = path == entity_path(EntityKind::Pipeline, &pipeline_name(&service.name));
                let of_template = is_pipeline.then(|| self.in_template(service, &finding.pointer));
                of_template.flatten().or_else(|| self.in_service(service, text))
            }
        }
    }

    /// In a template, or in the value that a service gives to it.
    fn in_template(&self, service: &Service, pointer: &str) -> Option<Source> {
        let template = self.repo.templates.get(&service.archetype)?;
        let document = template.sample(|_| None);
        let at = At {
            node: document.root.at_pointer(pointer)?,
            pointer: pointer.to_owned(),
        };
        let written = at.node.text().unwrap_or_default();
        let is_used = |name: &&String| written.contains(&format!("{{{{{name}}}}}"));
        let value = service.values.keys().find(is_used).and_then(|name| {
            let (file, item) = self.item_of(service)?;
            Some(Source::new(file, &item.get("values")?.get(name)?))
        });
        value.or_else(|| Some(Source::new(template.file(), &at)))
    }

    fn in_service(&self, service: &Service, text: Option<&str>) -> Option<Source> {
        let (file, item) = self.item_of(service)?;
        Some(Source::new(file, &value_of(&item, text)))
    }

    fn item_of(&self, service: &Service) -> Option<(&str, At<'_>)> {
        let platform = self.repo.layout.platform();
        let files = self.descriptions.iter().filter(|document| document.file != platform);
        let mut items = files.flat_map(|document| {
            let root = At::root(&document.root);
            let listed = root.get("services").map(|list| list.items().collect());
            let items: Vec<At<'_>> = listed.unwrap_or_else(|| vec![root]);
            items.into_iter().map(|item| (document.file.as_str(), item))
        });
        items.find(|(_, item)| is_called(item, &service.name))
    }

    fn entry(&self, list: &str, name: &str, text: Option<&str>) -> Option<Source> {
        let file = self.repo.layout.platform();
        let document = self.descriptions.iter().find(|document| document.file == file)?;
        let root = At::root(&document.root);
        let under = |key: &str| {
            let list = root.get(key);
            let items = list.iter().flat_map(At::items).collect::<Vec<_>>();
            list.into_iter().chain(items)
        };
        let keys = match list {
            REGISTRIES => vec!["registry", list],
            REPOSITORIES => vec!["manifests", list],
            _ => vec![list],
        };
        let mut entries = keys.into_iter().flat_map(under);
        let entry = entries.find(|entry| is_called(entry, name))?;
        Some(Source::new(file, &value_of(&entry, text)))
    }

    /// What a pointer into an infrastructure definition is in the description, or the entry.
    fn outside(&self, infrastructure: &Infrastructure, pointer: &str) -> Option<Source> {
        let file = self.repo.layout.platform();
        let document = self.descriptions.iter().find(|document| document.file == file)?;
        let at = |pointer: String| {
            let node = document.root.at_pointer(&pointer)?;
            Some(Source::new(file, &At { node, pointer }))
        };
        let own = pointer.strip_prefix("/infrastructureDefinition");
        let exact = own.and_then(|own| at(format!("{}{own}", infrastructure.pointer)));
        exact.or_else(|| at(infrastructure.pointer.clone()))
    }
}

const REGISTRIES: &str = "registries";
const REPOSITORIES: &str = "repositories";

fn of_service(service: &Service) -> Vec<(String, Origin<'_>)> {
    let pipeline = pipeline_name(&service.name);
    let of_environments = service.environments.iter().flat_map(|environment| {
        let name = input_set_name(&service.name, environment);
        [
            entity_path(EntityKind::InputSet, &name),
            monitored_service_path(&service.name, environment),
        ]
    });
    let own = [
        entity_path(EntityKind::Pipeline, &pipeline),
        entity_path(EntityKind::Trigger, &pipeline),
        entity_path(EntityKind::Service, &service.name),
    ];
    let paths = own.into_iter().chain(of_environments);
    paths.map(|path| (path, Origin::Service(service))).collect()
}

fn of_platform<'r>(platform: &'r Platform, repo: &ConfigRepo) -> Vec<(String, Origin<'r>)> {
    let connector = |identifier: &str| entity_path(EntityKind::Connector, identifier);
    let mut paths = Vec::new();
    for environment in &platform.environments {
        let path = entity_path(EntityKind::Environment, &environment.name);
        paths.push((path, Origin::Entry("environments", &environment.name)));
    }
    for cluster in &platform.clusters {
        let origin = Origin::Entry("clusters", &cluster.name);
        let names = repo.deployers().into_iter();
        let names = names.map(|deployer| cluster.infrastructure_file(deployer));
        paths.extend(names.map(|name| (entity_path(EntityKind::Infrastructure, &name), origin)));
        paths.push((connector(&underscored(&cluster.name)), origin));
    }
    for known in &platform.infrastructures {
        let environments = known.environments.iter();
        let files = environments.flat_map(|environment| {
            let regions = known.regions.iter();
            regions.map(|region| known.file_in(environment, region))
        });
        paths.extend(files.map(|name| (entity_path(EntityKind::Infrastructure, &name), Origin::Outside(known))));
    }
    for registry in &platform.registries {
        let origin = Origin::Entry(REGISTRIES, &registry.name);
        paths.push((connector(EntityRef::split(registry.connector.as_str()).1), origin));
    }
    for repository in platform.all_repositories() {
        if let Some(name) = &repository.connector {
            paths.push((
                connector(EntityRef::split(name.as_str()).1),
                Origin::Entry(REPOSITORIES, &repository.name),
            ));
        }
    }
    for delegate in &platform.delegates {
        let origin = Origin::Entry("delegates", &delegate.name);
        paths.push((delegate_values_path(&delegate.name), origin));
        paths.push((delegate_install_path(&delegate.name), origin));
    }
    paths
}

/// Whether an entry is called so: by its name, or else by its connector.
fn is_called(entry: &At<'_>, name: &str) -> bool {
    let called = entry.node.get("name").or_else(|| entry.node.get("connector"));
    called.and_then(Node::as_str) == Some(name)
}

/// The value of an entry that is rendered to a text, or else what the entry is called by.
fn value_of<'n>(entry: &At<'n>, text: Option<&str>) -> At<'n> {
    let mut found = None;
    entry.node.walk(&mut |pointer, node| {
        if found.is_none() && text.is_some() && node.text() == text {
            found = Some(At {
                node,
                pointer: format!("{}{pointer}", entry.pointer),
            });
        }
    });
    let called = || entry.get("name").or_else(|| entry.get("connector"));
    found.or_else(called).unwrap_or_else(|| entry.clone())
}

fn named(finding: Diagnostic, rendered: &[String]) -> Diagnostic {
    let of = match rendered {
        [] => return finding,
        [only] => only.clone(),
        [first, more @ ..] => format!("{first} and {} more", more.len()),
    };
    Diagnostic {
        message: format!("{} (in {of})", finding.message),
        ..finding
    }
}
