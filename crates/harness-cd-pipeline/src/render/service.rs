//! What a service renders to: itself, its pipeline, and what starts that.

use harness_cd_model::naming::patterns::filled;
use harness_cd_model::naming::{
    Folder, IMAGE_SOURCE, IMAGE_TRIGGER, Placeholder, entity_path, input_set_name, pipeline_name, underscored,
};
use harness_cd_model::words::{MOVING_TAGS, nearest};
use harness_cd_model::{
    Archetype, Diagnostic, EntityKind, EntityRef, EntityScope, EnvironmentType, ManifestFormat, Platform, Registry,
    RegistryKind, Service,
};
use harness_cd_template::{Template, Values};

use super::monitored_service;
use super::writer::{Called, Part, Writer};
use crate::ConfigRepo;
use crate::fragments::fill;
use crate::left_out::{LeftOut, first_error};

/// Renders a service with the template of its archetype.
pub(super) fn write<'p>(writer: &mut Writer<'p>, service: &'p Service, template: &Template, all: &[Service]) {
    let scope = scope_of(writer.platform, service);
    service_entity(writer, &scope, service);
    let values = values_of(service);
    // A name that others give a value to, or that looks like no other, is one that this service lacks.
    let advice = |name: &str| {
        let is_given = all.iter().any(|other| other.values.contains_key(name));
        let is_own = is_given || nearest(name, values.keys().map(String::as_str)).is_none();
        is_own.then(|| format!("add `{name}` to the `values` of the service `{}`", service.name))
    };
    match template.render_with(&values, advice) {
        Ok(yaml) => {
            let pipeline = Called {
                scope: &scope,
                kind: EntityKind::Pipeline,
                name: &file_name(service),
                parent: None,
                identifier: &service.pipeline_identifier(),
            };
            writer.add(&pipeline, yaml);
            trigger(writer, &scope, service);
            for environment in &service.environments {
                input_set(writer, &scope, service, environment);
            }
        }
        Err(findings) => {
            let folder = writer.platform.folder_of(&scope);
            let without = findings.first();
            let without = without.map(|reason| without_pipeline(&folder, service, reason));
            writer.rendered.left_out.extend(without);
            for finding in findings {
                writer.lacks(&service.name, finding);
            }
        }
    }
}

/// Renders what needs no template. What is wrong with an archetype's template was reported once, for the template.
pub(super) fn write_without_template(writer: &mut Writer<'_>, service: &Service, repo: &ConfigRepo) {
    let scope = scope_of(writer.platform, service);
    service_entity(writer, &scope, service);
    let findings = repo.diagnostics.iter().chain(&writer.rendered.diagnostics);
    let reason = first_error(findings, &repo.layout.template_path(&service.archetype));
    let reason = reason.or_else(|| repo.reason_against_template(&service.archetype));
    let folder = writer.platform.folder_of(&scope);
    let without = reason.map(|reason| without_pipeline(&folder, service, reason));
    writer.rendered.left_out.extend(without);
}

/// A service stands in its project, and so does all that is its.
fn scope_of(platform: &Platform, service: &Service) -> EntityScope {
    EntityScope::Project(platform.project_of(service))
}

/// A service of which nothing is rendered, as nothing says where it goes.
pub(super) fn left_out(service: &Service, reason: &Diagnostic) -> LeftOut {
    let mut left_out = without_pipeline(&Folder::default(), service, reason);
    left_out.files.push(entity_path(EntityKind::Service, &service.name));
    left_out.files.sort();
    left_out
}

/// A service of which its pipeline is not rendered, and what is nothing without that.
fn without_pipeline(folder: &Folder, service: &Service, reason: &Diagnostic) -> LeftOut {
    LeftOut {
        files: pipeline_files(folder, service),
        ..LeftOut::service(None, &service.name, reason)
    }
}

/// What the files of a pipeline and its trigger are called: by the service, whatever Harness calls the pipeline.
fn file_name(service: &Service) -> String {
    pipeline_name(&service.name)
}

/// A pipeline and what is nothing without it, in order.
fn pipeline_files(folder: &Folder, service: &Service) -> Vec<String> {
    let pipeline = file_name(service);
    let own = [EntityKind::Pipeline, EntityKind::Trigger].map(|kind| entity_path(kind, &pipeline));
    let input_sets = service
        .environments
        .iter()
        .map(|environment| entity_path(EntityKind::InputSet, &input_set_name(&service.name, environment)));
    let mut files: Vec<String> = input_sets.chain(own).map(|file| folder.path(&file)).collect();
    files.sort();
    files
}

fn service_entity(writer: &mut Writer<'_>, scope: &EntityScope, service: &Service) {
    monitored_service::write(writer, scope, service);
    let platform = writer.platform;
    let archetype = platform.archetype(&service.archetype);
    let deployment_type = platform.deployment_type(&service.archetype);
    let is_kubernetes = archetype.is_none_or(|archetype| archetype.workload.is_kubernetes());
    let sources: Vec<Source> = platform.registries_of(service).enumerate().map(Source::of).collect();
    let texts: Vec<String> = sources.iter().map(|source| source.text.clone()).collect();
    // Each stage says from which one it pulls.
    let chosen = match platform.has_registries_of_places() {
        true => "<+input>",
        false => IMAGE_SOURCE,
    };
    let frame = fill(include_str!("entities/service.yaml"), "sources", &texts);
    let manifests = is_kubernetes.then(|| manifests(platform, archetype));
    let frame = fill(&frame, "manifests", manifests.as_slice());
    let own = writer.name_variables(service);
    let variable = |(name, placeholder, _): &(&str, &str, String)| {
        format!("- name: {name}\n  type: String\n  value: {{{{{placeholder}}}}}\n")
    };
    let frame = fill(&frame, "variables", &own.iter().map(variable).collect::<Vec<_>>());
    let chart = match platform.manifest_format(archetype) {
        ManifestFormat::HelmChart => chart(writer, archetype, service),
        ManifestFormat::K8sManifest | ManifestFormat::Kustomize => String::new(),
    };
    let repository = platform.repository_of(archetype);
    let mut values: Vec<(&str, &str)> = Vec::new();
    for source in &sources {
        values.extend(
            source
                .values
                .iter()
                .map(|(name, value)| (name.as_str(), value.as_str())),
        );
    }
    values.extend(own.iter().map(|(_, placeholder, value)| (*placeholder, value.as_str())));
    values.extend([
        ("DISPLAY_NAME", service.display_name.as_str()),
        ("ARCHETYPE", &service.archetype),
        ("TEAM", &service.team),
        ("DEPLOYMENT_TYPE", deployment_type),
        ("IMAGE", &service.image),
        ("CHOSEN_SOURCE", chosen),
        (
            "MANIFEST_CONNECTOR",
            repository.connector.as_ref().map_or("", EntityRef::as_str),
        ),
        ("REPOSITORY", repository.repository.as_deref().unwrap_or_default()),
        ("STORE_TYPE", repository.provider.store_type()),
        ("BRANCH", &repository.branch),
        ("CHART", &chart),
    ]);
    let called = Called {
        scope,
        kind: EntityKind::Service,
        name: &service.name,
        parent: None,
        identifier: service.identifier.as_str(),
    };
    writer.entity(&called, &frame, &values);
}

/// An artifact source, with what its placeholders stand for: their names have its number, as each source has them.
struct Source {
    text: String,
    values: Vec<(String, String)>,
}

impl Source {
    fn of((number, registry): (usize, &Registry)) -> Self {
        let part = artifact(registry)
            .within(include_str!("entities/artifact-source.yaml"), "artifact")
            .with("SOURCE", &registry.source_identifier())
            .with("ARTIFACT_TYPE", registry.kind.registry().source_type())
            .with("REGISTRY_CONNECTOR", registry.connector.as_str());
        let in_braces = |name: &str| format!("{{{{{name}}}}}");
        let numbered = |name: &str| format!("{name}_{number}");
        let values = part.values();
        let text = values.iter().fold(part.text.clone(), |text, (name, _)| {
            text.replace(&in_braces(name), &in_braces(&numbered(name)))
        });
        let values = values.iter().map(|(name, value)| (numbered(name), (*value).to_owned()));
        Self {
            text,
            values: values.collect(),
        }
    }
}

/// Where an image is, in the words of its kind of registry.
fn artifact(registry: &Registry) -> Part {
    match &registry.kind {
        RegistryKind::Docker { .. } => Part::new(include_str!("artifacts/docker.yaml")),
        RegistryKind::Ecr { account, region, .. } => Part::new(include_str!("artifacts/ecr.yaml"))
            .with("REGISTRY_ACCOUNT", account)
            .with("REGISTRY_REGION", region),
        RegistryKind::GoogleArtifactRegistry {
            project,
            region,
            repository,
            ..
        } => Part::new(include_str!("artifacts/google.yaml"))
            .with("REGISTRY_ACCOUNT", project)
            .with("REGISTRY_REGION", region)
            .with("REGISTRY_REPOSITORY", repository),
        RegistryKind::Acr {
            registry, subscription, ..
        } => Part::new(include_str!("artifacts/acr.yaml"))
            .with("REGISTRY_ACCOUNT", subscription)
            .with("REGISTRY_REPOSITORY", registry),
        RegistryKind::Artifactory { repository, .. } => {
            Part::new(include_str!("artifacts/artifactory.yaml")).with("REGISTRY_REPOSITORY", repository)
        }
        RegistryKind::Nexus {
            repository,
            repository_url,
            ..
        } => Part::new(include_str!("artifacts/nexus.yaml"))
            .with("REGISTRY_REPOSITORY", repository)
            .with("REGISTRY_URL", repository_url),
        RegistryKind::GithubPackages { owner, .. } => {
            Part::new(include_str!("artifacts/github-packages.yaml")).with("REGISTRY_ACCOUNT", owner)
        }
    }
}

/// The folder of the chart, in whatever place it is asked for.
fn chart(writer: &Writer<'_>, archetype: Option<&Archetype>, service: &Service) -> String {
    let of_service = values_of(service);
    let of_service = of_service.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let values: Vec<(&str, &str)> = of_service.chain(writer.of_run()).collect();
    filled(&writer.platform.manifest_paths(archetype).chart(), &values)
}

fn manifests(platform: &Platform, archetype: Option<&Archetype>) -> String {
    let repository = platform.repository_of(archetype);
    let frame = match platform.manifest_format(archetype) {
        ManifestFormat::K8sManifest => include_str!("manifests/k8s.yaml"),
        ManifestFormat::Kustomize => include_str!("manifests/kustomize.yaml"),
        ManifestFormat::HelmChart => include_str!("manifests/helm.yaml"),
    };
    let connector = repository
        .connector
        .iter()
        .map(|_| "connectorRef: {{MANIFEST_CONNECTOR}}");
    let name = repository.repository.iter().map(|_| "repoName: {{REPOSITORY}}");
    let lines: Vec<String> = connector.chain(name).map(str::to_owned).collect();
    fill(frame, "repository", &lines)
}

fn trigger(writer: &mut Writer<'_>, scope: &EntityScope, service: &Service) {
    let pipeline = service.pipeline_identifier();
    let condition = trigger_condition(writer.platform, service);
    writer.entity(
        &Called {
            scope,
            kind: EntityKind::Trigger,
            name: &file_name(service),
            parent: Some(&pipeline),
            identifier: IMAGE_TRIGGER,
        },
        include_str!("entities/trigger.yaml"),
        &[
            ("SERVICE_NAME", &service.name),
            ("ENVIRONMENT_LIST", &service.environments.join(", ")),
            ("REGION_LIST", &service.regions.join(", ")),
            ("PIPELINE", &pipeline),
            ("CONDITION", &condition),
        ],
    );
}

/// Nothing moves into production under a tag that moves.
fn trigger_condition(platform: &Platform, service: &Service) -> String {
    let production = platform
        .environments
        .iter()
        .filter(|known| known.environment_type == EnvironmentType::Production);
    let elsewhere: Vec<String> = production
        .map(|known| format!("<+trigger.payload.target_env> != \"{}\"", known.name))
        .collect();
    // A condition compares letter by letter, and `Main` moves as `main` does: Harness calls methods of Java's strings on
    // an expression (docs/platform/variables-and-expressions/expressions-java-methods).
    let stays = MOVING_TAGS.map(|tag| format!("<+<+trigger.payload.image_tag>.toLowerCase()> != \"{tag}\""));
    let stays = stays.join(" && ");
    let tag = if elsewhere.is_empty() {
        stays
    } else {
        format!("{} || {stays}", elsewhere.join(" && "))
    };
    let places = place_conditions(platform, service);
    if places.is_empty() {
        return tag;
    }
    format!("({tag}) && {}", places.join(" && "))
}

/// An environment that is not in every region of a service is not asked for in the others.
fn place_conditions(platform: &Platform, service: &Service) -> Vec<String> {
    let condition = |environment: &String| {
        let (there, elsewhere): (Vec<&String>, Vec<&String>) =
            (service.regions.iter()).partition(|region| platform.has_place(&service.archetype, environment, region));
        let is_there = |region: &&String| format!("<+trigger.payload.target_region> == \"{region}\"");
        let regions: Vec<String> = there.iter().map(is_there).collect();
        (!elsewhere.is_empty()).then(|| {
            format!(
                "(<+trigger.payload.target_env> != \"{environment}\" || {})",
                regions.join(" || ")
            )
        })
    };
    service.environments.iter().filter_map(condition).collect()
}

fn input_set(writer: &mut Writer<'_>, scope: &EntityScope, service: &Service, environment: &str) {
    let pipeline = service.pipeline_identifier();
    let platform = writer.platform;
    let mut regions = service
        .regions
        .iter()
        .filter(|region| platform.has_place(&service.archetype, environment, region));
    // Nobody is asked where there is nothing to choose.
    let region = match (regions.next(), regions.next()) {
        (Some(only), None) => only.as_str(),
        _ => "<+input>",
    };
    let name = input_set_name(&service.name, environment);
    writer.entity(
        &Called {
            scope,
            kind: EntityKind::InputSet,
            name: &name,
            parent: Some(&pipeline),
            identifier: &underscored(&name),
        },
        include_str!("entities/input-set.yaml"),
        &[
            ("NAME", name.as_str()),
            ("PIPELINE", &pipeline),
            ("ENVIRONMENT", environment),
            ("REGION", region),
        ],
    );
}

fn values_of(service: &Service) -> Values {
    let built_in = Placeholder::ALL.iter();
    let built_in = built_in.map(|known| (known.name().to_owned(), known.value(service)));
    let mut values = service.values.clone();
    values.extend(built_in);
    values
}
