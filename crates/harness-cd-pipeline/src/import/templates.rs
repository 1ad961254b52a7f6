//! A template for each group of pipelines, and what its services say of themselves.

use std::collections::BTreeMap;

use harness_cd_model::naming::{entity_ref, template_path};

use super::connectors::Entries;
use super::names::Names;
use super::platform::{self, Described};
use super::report::{DraftedTemplate, VaryingValue};
use super::services::Imported;
use super::unify::{Hole, Member, unify};
use crate::draft::{Draft, Kind};

/// Pipelines of one kind of services that deploy the same kind of builds to the same environments in the same way, by the
/// name of their archetype; large groups first.
pub(super) fn grouped<'m, 'p>(
    members: &'m [Imported<'p>],
    described: &Described<'_>,
) -> Vec<(String, Vec<&'m Imported<'p>>)> {
    let mut groups: BTreeMap<_, Vec<&Imported<'p>>> = BTreeMap::new();
    for member in members {
        // The type of a source may be a placeholder of the product's, where it is that of the service's registry.
        let usual = described.artifact(member.service).source_type();
        let other = member.deploys.artifact.as_deref().filter(|kind| *kind != usual);
        let stages = &member.deploys.stages;
        let base = archetype_name(stages, member.service.tag(&["archetype"]));
        let infrastructures = &member.deploys.infrastructures;
        groups
            .entry((stages, base, other, infrastructures))
            .or_default()
            .push(member);
    }
    let mut groups: Vec<_> = groups.into_iter().collect();
    groups.sort_by_cached_key(|(key, group)| (std::cmp::Reverse(group.len()), key.clone()));
    let mut named: Vec<(String, Vec<&Imported<'p>>)> = Vec::new();
    for ((_, base, ..), group) in groups {
        let is_free = |name: &String| named.iter().all(|(known, _)| known != name);
        let numbered = (2..).map(|number| format!("{base}-{number}"));
        let name = std::iter::once(base.clone()).chain(numbered).find(is_free);
        named.push((name.unwrap_or(base), group));
    }
    named
}

/// What the services' tag says, or else how the last stage deploys.
fn archetype_name(stages: &[(String, String)], tag: Option<&str>) -> String {
    if let Some(tag) = tag.filter(|tag| platform::is_label(tag)) {
        return tag.to_owned();
    }
    let how = stages.last().map(|(_, how)| how.as_str()).unwrap_or("other");
    let mut name = String::new();
    for letter in how.chars() {
        if letter.is_ascii_uppercase() && !name.is_empty() {
            name.push('-');
        }
        name.push(letter.to_ascii_lowercase());
    }
    name
}

/// A template's text, what is told of it, and its services by name.
pub(super) type Templated = (String, DraftedTemplate, Vec<(String, Draft)>);

pub(super) fn template(
    archetype: &str,
    group: &[&Imported<'_>],
    described: &Described<'_>,
    names: &Names,
) -> Templated {
    let members: Vec<Member<'_>> = group
        .iter()
        .map(|member| Member {
            words: member.words(described),
            root: &member.pipeline.root,
        })
        .collect();
    let unified = unify(&members);
    let services: Vec<String> = group.iter().map(|member| member.name.clone()).collect();
    let stages = group
        .first()
        .map(|member| member.deploys.stages.as_slice())
        .unwrap_or_default();
    let stages: Vec<String> = stages
        .iter()
        .map(|(environment, how)| format!("{}: {how}", described.name(environment).unwrap_or(environment)))
        .collect();
    let heading = format!(
        "# {}.\n# Drafted by `harness-cd import` from pipelines that were there.\n",
        stages.join(", ")
    );
    let drafted = DraftedTemplate {
        archetype: archetype.to_owned(),
        file: template_path(archetype),
        stages,
        placeholders: unified.holes.iter().map(|hole| varying(hole, &services)).collect(),
        services,
    };
    let entries = group.iter().enumerate().map(|(place, member)| {
        let values = unified
            .holes
            .iter()
            .filter_map(|hole| Some((hole.name.as_str(), hole.values.get(place)?)));
        let mut entry = service_entry(member, archetype, described);
        entry.extend(names.draft_of(&member.name).map(|names| ("names", names)));
        let values: Vec<(&str, Draft)> = values.map(|(name, value)| (name, Draft::text(value))).collect();
        if !values.is_empty() {
            entry.push(("values", Draft::map(values)));
        }
        (member.name.clone(), Draft::map(entry))
    });
    let entries = entries.collect();
    (heading + &unified.draft.write(Kind::Template), drafted, entries)
}

fn varying(hole: &Hole, services: &[String]) -> VaryingValue {
    let mut values: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (service, value) in services.iter().zip(&hole.values) {
        values.entry(value.clone()).or_default().push(service.clone());
    }
    VaryingValue {
        name: hole.name.clone(),
        pointers: hole.pointers.clone(),
        values,
    }
}

fn service_entry(member: &Imported<'_>, archetype: &str, described: &Described<'_>) -> Entries {
    let mut entries = vec![("name", Draft::text(&member.name))];
    let own = member.identifier.iter();
    entries.extend(own.map(|identifier| ("identifier", Draft::text(identifier))));
    entries.extend([
        ("archetype", Draft::text(archetype)),
        ("team", Draft::text(&member.team)),
        ("image", Draft::text(&member.image)),
    ]);
    let registry = described.registry(member.service);
    entries.extend(registry.map(|registry| ("registry", Draft::text(registry))));
    let entity = member
        .pipeline
        .tag(&["backstage-entity"])
        .filter(|tag| entity_ref(tag).is_some());
    entries.extend(entity.map(|entity| ("entity", Draft::text(entity))));
    let own = member.environments(described);
    if own.len() < described.environments.len() {
        entries.push(("environments", Draft::texts(own)));
    }
    entries
}
