//! What an import says: what is described now, what differs, and what was left alone.

use std::collections::BTreeMap;

use harness_cd_model::{Diagnostic, EntityKind};
use serde::Serialize;
use serde_json::Value as Json;

use super::sources::Key;

/// What was imported, and how what the config repository renders differs from it.
///
/// Whatever was read is in one of three places: it is reproduced, field by field; its differences are in
/// `differences`; or it is in `left_alone`, with the reason.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ImportReport {
    /// The project: `org/project`.
    pub project: String,
    /// How many entities were read, by kind.
    pub imported: BTreeMap<&'static str, usize>,
    /// How many of them are rendered without a difference.
    pub reproduced: usize,
    /// The templates, and whose pipelines they stand for.
    pub templates: Vec<DraftedTemplate>,
    /// What was not to be found in Harness and has to be written by hand, and for whom.
    pub to_complete: Vec<ToComplete>,
    /// Fields that rendering would change, by kind and field.
    pub differences: Vec<ImportDifference>,
    /// Entities that the config repository does not describe, by reason.
    pub left_alone: Vec<LeftAlone>,
    /// Entities that rendering adds to what is there, by kind.
    pub would_create: BTreeMap<&'static str, Vec<String>>,
    /// What reading, rendering and lint find in the config repository.
    pub findings: Vec<Diagnostic>,
}

/// A template and the services whose pipelines it stands for.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DraftedTemplate {
    /// The archetype.
    pub archetype: String,
    /// Its file.
    pub file: String,
    /// Where its stages deploy to and how, in their order.
    pub stages: Vec<String>,
    /// The services, in order.
    pub services: Vec<String>,
    /// Placeholders whose value does not follow from the service.
    pub placeholders: Vec<VaryingValue>,
}

/// A placeholder, and what it is where.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct VaryingValue {
    /// The placeholder's name.
    pub name: String,
    /// The fields in which it stands.
    pub pointers: Vec<String>,
    /// Services by value.
    pub values: BTreeMap<String, Vec<String>>,
}

/// What a person has to write, and for whom.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ToComplete {
    /// What.
    pub what: String,
    /// Of which services, clusters or delegates; empty where it is of the platform.
    pub of: Vec<String>,
}

/// Stands for the name or the identifier of a service, where what is said of several is said once.
pub const SERVICE: &str = "{{SERVICE}}";

/// A field that rendering changes in one entity or more.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ImportDifference {
    /// The kind of the entities.
    pub kind: &'static str,
    /// The field, with [`SERVICE`] for what follows from the service.
    pub field: String,
    /// What it is and what it becomes, and where.
    pub changes: Vec<ImportChange>,
}

/// What a field is and what it becomes.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ImportChange {
    /// The field, as [`crate::FieldChange`] points to it.
    pub pointer: String,
    /// In Harness; absent where there is no such field.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub imported: Option<Json>,
    /// As it is rendered; absent where there is no such field then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rendered: Option<Json>,
    /// The entities, in order.
    pub entities: Vec<String>,
    /// What it is and becomes, with [`SERVICE`] for what follows from the service.
    #[serde(skip)]
    pub(super) told: Told,
}

/// What a field is and becomes.
pub(super) type Told = (Option<Json>, Option<Json>);

/// Entities that were left alone for one reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LeftAlone {
    /// Their kind, or `file` for what could not be read as one.
    pub kind: &'static str,
    /// Why.
    pub reason: String,
    /// Which, in order.
    pub entities: Vec<String>,
}

impl LeftAlone {
    /// One thing that is left alone.
    #[must_use]
    pub fn new(kind: &'static str, what: &str, reason: &str) -> Self {
        Self {
            kind,
            reason: reason.to_owned(),
            entities: vec![what.to_owned()],
        }
    }

    pub(super) fn of(key: &Key, reason: &str) -> Self {
        Self::new(kind_name(key.kind), &key.told(), reason)
    }

    /// Those of one kind and reason together, in order.
    pub(super) fn grouped(all: Vec<Self>) -> Vec<Self> {
        let mut groups: BTreeMap<(&'static str, String), Vec<String>> = BTreeMap::new();
        for Self { kind, reason, entities } in all {
            groups.entry((kind, reason)).or_default().extend(entities);
        }
        let groups = groups.into_iter().map(|((kind, reason), mut entities)| {
            entities.sort();
            Self { kind, reason, entities }
        });
        groups.collect()
    }
}

/// A kind in the words of a report.
#[must_use]
pub const fn kind_name(kind: EntityKind) -> &'static str {
    match kind {
        EntityKind::Pipeline => "pipeline",
        EntityKind::InputSet => "input set",
        EntityKind::Trigger => "trigger",
        EntityKind::Service => "service",
        EntityKind::Environment => "environment",
        EntityKind::Infrastructure => "infrastructure definition",
        EntityKind::Connector => "connector",
    }
}
