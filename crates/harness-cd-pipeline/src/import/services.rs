//! The services of the config repository: which of them it can say, and what is known of each.

use std::collections::BTreeMap;

use harness_cd_model::naming::{Placeholder, pipeline_identifier, underscored};
use harness_cd_model::{EntityKind, Identifier};

use super::Notes;
use super::pipelines::{Deploys, deploys};
use super::platform::{Called, Described, called};
use super::registries;
use super::sources::{Known, Project};
use super::words::Words;

/// A pipeline that a template may stand for.
pub(super) struct Chosen<'p> {
    pub(super) pipeline: &'p Known,
    pub(super) service: &'p Known,
    pub(super) deploys: Deploys,
}

/// A pipeline for each service: the one of the usual name, or else the one that deploys to most environments.
pub(super) fn choose<'p>(project: &'p Project, notes: &mut Notes) -> Vec<Chosen<'p>> {
    let mut by_service: BTreeMap<&str, Vec<Chosen<'p>>> = BTreeMap::new();
    for pipeline in project.of_kind(EntityKind::Pipeline) {
        let found = deploys(pipeline).and_then(|deploys| {
            let service = project.find(EntityKind::Service, &deploys.service);
            let service =
                service.ok_or_else(|| format!("its service `{}` is not among what was read", deploys.service))?;
            Ok((service, deploys))
        });
        match found {
            Ok((service, deploys)) => {
                let of_it = by_service.entry(service.key.identifier.as_str()).or_default();
                of_it.push(Chosen {
                    pipeline,
                    service,
                    deploys,
                });
            }
            Err(reason) => notes.leave(pipeline, &reason),
        }
    }
    let mut chosen = Vec::new();
    for (service, mut all) in by_service {
        let usual = pipeline_identifier(service);
        all.sort_by_key(|one| {
            let identifier = &one.pipeline.key.identifier;
            (
                *identifier != usual,
                std::cmp::Reverse(one.deploys.stages.len()),
                identifier.clone(),
            )
        });
        let mut all = all.into_iter();
        let Some(first) = all.next() else { continue };
        for other in all {
            let reason = format!(
                "a service has one pipeline, and that of `{service}` is `{}`",
                first.pipeline.key.identifier
            );
            notes.leave(other.pipeline, &reason);
        }
        chosen.push(first);
    }
    chosen
}

/// A service of the config repository.
pub(super) struct Imported<'p> {
    pub(super) pipeline: &'p Known,
    pub(super) service: &'p Known,
    pub(super) deploys: Deploys,
    pub(super) name: String,
    /// The identifier, where it does not follow from the name.
    pub(super) identifier: Option<String>,
    pub(super) team: String,
    pub(super) image: String,
}

impl Imported<'_> {
    pub(super) fn words(&self, described: &Described<'_>) -> Words {
        let (environments, regions) = (self.environments(described), described.regions.clone());
        let first = |names: &[String]| names.first().cloned().unwrap_or_default();
        let team = Some(&self.team).filter(|team| *team != NO_TEAM);
        let team = team.cloned().unwrap_or_default();
        Words::new([
            (Placeholder::ServiceName, self.name.clone()),
            (Placeholder::ServiceIdentifier, self.service.key.identifier.clone()),
            (Placeholder::Image, self.image.clone()),
            (Placeholder::TeamIdentifier, underscored(&team)),
            (Placeholder::Team, team),
            (Placeholder::FirstEnvironment, first(&environments)),
            (Placeholder::FirstRegion, first(&regions)),
            (Placeholder::Environments, environments.join(",")),
            (Placeholder::Regions, regions.join(",")),
            (
                Placeholder::ArtifactType,
                described.artifact(self.service).source_type().to_owned(),
            ),
        ])
    }
}

impl Imported<'_> {
    /// The names of the environments that it deploys to, in platform order.
    pub(super) fn environments(&self, described: &Described<'_>) -> Vec<String> {
        let is_own = |identifier: &str| self.deploys.stages.iter().any(|(own, _)| own == identifier);
        let own = described
            .environments
            .iter()
            .filter(|(identifier, _)| is_own(identifier));
        own.map(|(_, name)| name.clone()).collect()
    }
}

/// Stands for the team of a service that no tag names.
const NO_TEAM: &str = "unassigned";

/// The services that the config repository can say, each with what is known of it.
pub(super) fn members<'p>(
    project: &Project,
    chosen: Vec<Chosen<'p>>,
    described: &Described<'_>,
    notes: &mut Notes,
) -> Vec<Imported<'p>> {
    let mut members: Vec<Imported<'p>> = Vec::new();
    for Chosen {
        pipeline,
        service,
        deploys,
    } in chosen
    {
        let unknown = deploys
            .stages
            .iter()
            .find(|(environment, _)| described.name(environment).is_none());
        if let Some((environment, _)) = unknown {
            let reason = match project.find(EntityKind::Environment, environment) {
                None => format!("its environment `{environment}` is not among what was read"),
                Some(_) => format!("platform.yaml has no environment with the identifier `{environment}`"),
            };
            notes.leave(pipeline, &reason);
            continue;
        }
        let is_new = |called: &Called| members.iter().all(|member| member.name != called.name);
        let Some(Called { name, identifier }) = called(service).filter(is_new) else {
            let reason = "its service has no name of its own of lower-case letters, digits and dashes";
            notes.leave(pipeline, reason);
            notes.leave(
                service,
                "it has no name of its own of lower-case letters, digits and dashes",
            );
            continue;
        };
        let tagged = |names: &[&str]| pipeline.tag(names).or_else(|| service.tag(names)).map(str::to_owned);
        let team = tagged(&["team", "owner", "squad"]).filter(|team| Identifier::from_name(team).is_ok());
        let team = team.map(|team| {
            let same = members
                .iter()
                .find(|member| underscored(&member.team) == underscored(&team));
            same.map_or(team, |member| member.team.clone())
        });
        let team = team.unwrap_or_else(|| {
            notes.ask_for("the team of a service in services.yaml", Some(&name));
            NO_TEAM.to_owned()
        });
        let image = image_of(service).unwrap_or_else(|| {
            notes.ask_for("the image of a service in services.yaml", Some(&name));
            name.clone()
        });
        members.push(Imported {
            pipeline,
            service,
            deploys,
            name,
            identifier,
            team,
            image,
        });
    }
    members
}

/// The path of a service's image, where it may stand in the description.
fn image_of(service: &Known) -> Option<String> {
    let is_part = |part: &str| {
        part.starts_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit())
            && part
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"._-".contains(&b))
    };
    let found = registries::image_of(service)?;
    found.split('/').all(is_part).then(|| found.to_owned())
}

/// Whether an entity is of a service.
pub(super) fn is_of(known: &Known, member: &Imported<'_>) -> bool {
    let pipeline = &member.pipeline.key.identifier;
    match known.key.kind {
        EntityKind::Pipeline => known.key.identifier == *pipeline,
        EntityKind::Service => known.key.identifier == member.service.key.identifier,
        EntityKind::Trigger | EntityKind::InputSet => known.key.parent.as_ref() == Some(pipeline),
        EntityKind::Environment | EntityKind::Infrastructure | EntityKind::Connector => false,
    }
}
