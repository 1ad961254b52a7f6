//! What a service renders to: itself, its pipeline, and what starts that.

use harness_cd_model::naming::{IMAGE_TRIGGER, Placeholder, entity_path, input_set_name, template_path, underscored};
use harness_cd_model::words::MOVING_TAGS;
use harness_cd_model::{EntityKind, EnvironmentType, Platform, Service};
use harness_cd_template::{Template, Values};

use super::writer::{Called, Writer};
use crate::ConfigRepo;
use crate::left_out::{LeftOut, first_error, reason_of};

/// Renders a service with the template of its archetype.
pub(super) fn write<'p>(writer: &mut Writer<'p>, service: &'p Service, template: &Template) {
    service_entity(writer, service);
    match template.render(&values_of(service)) {
        Ok(yaml) => {
            let pipeline = Called {
                kind: EntityKind::Pipeline,
                name: &service.pipeline_name(),
                parent: None,
                identifier: &service.pipeline_identifier(),
            };
            writer.add(&pipeline, yaml);
            trigger(writer, service);
            for environment in &service.environments {
                input_set(writer, service, environment);
            }
        }
        Err(findings) => {
            let reason = findings.first().map(reason_of).unwrap_or_default();
            writer.rendered.left_out.push(LeftOut {
                service: service.name.clone(),
                files: pipeline_files(service),
                reason,
            });
            for finding in findings {
                writer.lacks(&service.name, finding);
            }
        }
    }
}

/// Renders what needs no template. What is wrong with an archetype's template was reported once, for the template.
pub(super) fn write_without_template(writer: &mut Writer<'_>, service: &Service, repo: &ConfigRepo) {
    service_entity(writer, service);
    let findings = repo.diagnostics.iter().chain(&writer.rendered.diagnostics);
    let reason = first_error(findings, &template_path(&service.archetype));
    let reason = reason.map(reason_of).unwrap_or_default();
    writer.rendered.left_out.push(LeftOut {
        service: service.name.clone(),
        files: pipeline_files(service),
        reason,
    });
}

/// A service of which nothing is rendered.
pub(super) fn left_out(service: &Service, reason: &str) -> LeftOut {
    let mut files = pipeline_files(service);
    files.push(entity_path(EntityKind::Service, &service.name));
    files.sort();
    LeftOut {
        service: service.name.clone(),
        files,
        reason: reason.to_owned(),
    }
}

/// A pipeline and what is nothing without it, in order.
fn pipeline_files(service: &Service) -> Vec<String> {
    let pipeline = service.pipeline_name();
    let own = [EntityKind::Pipeline, EntityKind::Trigger].map(|kind| entity_path(kind, &pipeline));
    let input_sets = service
        .environments
        .iter()
        .map(|environment| entity_path(EntityKind::InputSet, &input_set_name(&service.name, environment)));
    let mut files: Vec<String> = input_sets.chain(own).collect();
    files.sort();
    files
}

fn service_entity(writer: &mut Writer<'_>, service: &Service) {
    let platform = writer.platform;
    writer.entity(
        &Called {
            kind: EntityKind::Service,
            name: &service.name,
            parent: None,
            identifier: service.identifier.as_str(),
        },
        include_str!("entities/service.yaml"),
        &[
            ("SERVICE_NAME", service.name.as_str()),
            ("ARCHETYPE", &service.archetype),
            ("TEAM", &service.team),
            ("IMAGE", &service.image),
            ("REGISTRY_CONNECTOR", platform.registry.connector.as_str()),
            ("MANIFEST_CONNECTOR", platform.manifests.connector.as_str()),
            ("BRANCH", &platform.manifests.branch),
        ],
    );
}

fn trigger(writer: &mut Writer<'_>, service: &Service) {
    let pipeline = service.pipeline_identifier();
    let condition = trigger_condition(writer.platform);
    writer.entity(
        &Called {
            kind: EntityKind::Trigger,
            name: &service.pipeline_name(),
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
fn trigger_condition(platform: &Platform) -> String {
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
    if elsewhere.is_empty() {
        stays
    } else {
        format!("{} || {stays}", elsewhere.join(" && "))
    }
}

fn input_set(writer: &mut Writer<'_>, service: &Service, environment: &str) {
    let pipeline = service.pipeline_identifier();
    let name = input_set_name(&service.name, environment);
    writer.entity(
        &Called {
            kind: EntityKind::InputSet,
            name: &name,
            parent: Some(&pipeline),
            identifier: &underscored(&name),
        },
        include_str!("entities/input-set.yaml"),
        &[("NAME", &name), ("PIPELINE", &pipeline), ("ENVIRONMENT", environment)],
    );
}

fn values_of(service: &Service) -> Values {
    let built_in = Placeholder::ALL.iter();
    let built_in = built_in.map(|known| (known.name().to_owned(), known.value(service)));
    let mut values = service.values.clone();
    values.extend(built_in);
    values
}
