//! What is rendered beside what was imported.

use std::collections::{BTreeMap, BTreeSet};

use harness_cd_model::naming::{Folder, policy_path};
use harness_cd_model::{Entity, EntityKind, ProjectRef};
use harness_cd_yaml::parse_text;
use serde_json::Value as Json;

use super::platform::Described;
use super::report::{ImportChange, ImportDifference, ImportReport, LeftAlone, kind_name};
use super::services::{Imported, is_of};
use super::sources::{self, Key, Known, Project};
use super::{Notes, bytes_of};
use crate::{LeftOut, Rendered, compare, read_config_repo, render};

/// Renders the files, and compares every entity that was imported with its own.
pub(super) fn compared(
    project: &Project,
    files: &BTreeMap<String, String>,
    members: &[Imported<'_>],
    described: &Described<'_>,
    notes: &Notes,
    mut left: Vec<LeftAlone>,
) -> ImportReport {
    let repo = read_config_repo(&bytes_of(files));
    let mut rendered = render(&repo, &[]);
    rendered.add(repo.diagnostics);
    let mut fields: BTreeMap<(&'static str, String), Vec<ImportChange>> = BTreeMap::new();
    let mut reproduced = 0;
    let by_key: BTreeMap<Key, (&String, &Entity)> = rendered
        .entities
        .iter()
        .map(|(path, entity)| (Key::of(entity), (path, entity)))
        .collect();
    let mut seen = BTreeSet::new();
    for known in &project.entities {
        let entity = by_key.get(&known.key);
        let text = entity.and_then(|(path, entity)| parse_text(path, &entity.yaml).ok());
        let Some(document) = text else {
            left.push(LeftAlone::of(&known.key, &reason(known, members, notes, &rendered)));
            continue;
        };
        seen.insert(&known.key);
        let changes = compare(&known.root, &document.root);
        reproduced += usize::from(changes.is_empty());
        let words = members.iter().find(|member| is_of(known, member));
        let words = words.map(|member| member.words(described));
        let common = |text: &str| {
            words
                .as_ref()
                .map_or_else(|| text.to_owned(), |words| words.common_name(text))
        };
        let told = |value: &Option<Json>| value.as_ref().map(|value| each_text(value, &common));
        for change in changes {
            let field = common(&change.pointer);
            let masked = |value: Option<Json>| value.map(|value| mask(value, &project.secrets));
            let (imported, rendered) = (masked(change.before), masked(change.after));
            let change = ImportChange {
                told: (told(&imported), told(&rendered)),
                pointer: change.pointer,
                imported,
                rendered,
                entities: vec![known.key.told()],
            };
            add(fields.entry((kind_name(known.key.kind), field)).or_default(), change);
        }
    }
    for policy in &project.policies {
        let path = policy_path(&policy.name);
        let mut others = rendered.others.iter();
        let reason = match others.find(|(known, _)| Folder::split(known).1 == path) {
            Some((_, text)) if *text == policy.text => continue,
            Some(_) => format!("what is rendered as `{path}` is another text"),
            None => "it is the policy of no change window that is described".to_owned(),
        };
        left.push(LeftAlone::new("file", &format!("{}.rego", policy.name), &reason));
    }
    let mut would_create: BTreeMap<&'static str, Vec<String>> = BTreeMap::new();
    for key in by_key.keys().filter(|key| !seen.contains(key)) {
        would_create.entry(kind_name(key.kind)).or_default().push(key.told());
    }
    ImportReport {
        project: project
            .scope
            .as_ref()
            .map(|ProjectRef { org, project }| format!("{org}/{project}"))
            .unwrap_or_default(),
        imported: sources::counts(project),
        reproduced,
        differences: fields
            .into_iter()
            .map(|((kind, field), changes)| ImportDifference { kind, field, changes })
            .collect(),
        left_alone: LeftAlone::grouped(left),
        would_create,
        findings: rendered.diagnostics,
        ..ImportReport::default()
    }
}

fn add(changes: &mut Vec<ImportChange>, change: ImportChange) {
    let is_same = |known: &&mut ImportChange| {
        (&known.pointer, &known.imported, &known.rendered) == (&change.pointer, &change.imported, &change.rendered)
    };
    match changes.iter_mut().find(is_same) {
        Some(known) => known.entities.extend(change.entities),
        None => changes.push(change),
    }
}

/// Why an entity is not rendered.
fn reason(known: &Known, members: &[Imported<'_>], notes: &Notes, rendered: &Rendered) -> String {
    if let Some(reason) = notes.left.get(&known.key) {
        return reason.clone();
    }
    let is_rendered = |pipeline: &str| {
        let mut entities = rendered.entities.values();
        entities.any(|entity| entity.kind == EntityKind::Pipeline && entity.identifier == pipeline)
    };
    let parent = known.key.parent.as_deref().unwrap_or_default();
    let usual = match known.key.kind {
        EntityKind::Pipeline | EntityKind::Service => {
            let member = members.iter().find(|member| is_of(known, member));
            let of_it = |left: &&LeftOut| member.is_some_and(|member| left.is_of_service(&member.name));
            match (rendered.left_out.iter().find(of_it), member) {
                (Some(left), _) => return format!("{}: {}", left.reason.place(), left.reason.message),
                (None, Some(_)) => "it is not rendered; see the findings",
                (None, None) => "no pipeline that is described deploys it",
            }
        }
        EntityKind::Trigger | EntityKind::InputSet if !is_rendered(parent) => "its pipeline is left alone",
        EntityKind::Trigger => {
            "a config repository describes one trigger for each pipeline, that of an image that was built"
        }
        EntityKind::InputSet => "a config repository describes one input set for each service and environment",
        EntityKind::Environment => "it is not rendered; see the findings",
        EntityKind::Infrastructure => "it is not rendered; see the findings",
        EntityKind::Connector => {
            "a config repository describes the connectors of clusters, of the manifests and of registries, each for one of them"
        }
    };
    usual.to_owned()
}

/// A value without what nobody may read.
fn mask(value: Json, secrets: &BTreeSet<String>) -> Json {
    if secrets.is_empty() {
        return value;
    }
    each_text(
        &value,
        &|text| match secrets.iter().any(|secret| text.contains(secret.as_str())) {
            true => "(a secret in plain text, not repeated)".to_owned(),
            false => text.to_owned(),
        },
    )
}

/// A value with each of its texts as something else.
fn each_text(value: &Json, change: &impl Fn(&str) -> String) -> Json {
    match value {
        Json::String(text) => Json::String(change(text)),
        Json::Array(items) => items.iter().map(|item| each_text(item, change)).collect(),
        Json::Object(entries) => {
            let entries = entries
                .iter()
                .map(|(key, value)| (key.clone(), each_text(value, change)));
            Json::Object(entries.collect())
        }
        other => other.clone(),
    }
}
