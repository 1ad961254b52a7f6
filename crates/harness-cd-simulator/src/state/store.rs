//! Entities by kind, scope, parent and identifier.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::entity::{Entity, Kind};
use super::ids;
use super::modes::{DuplicateCreate, MissingEntity, Modes, StaleIfMatch};
use super::random::Random;
use super::scope::Scope;
use crate::wire::respond::Failure;

type Key = (Scope, String, String);

/// Every entity of every account.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(from = "Vec<Entity>", into = "Vec<Entity>")]
pub(crate) struct Store {
    tables: BTreeMap<Kind, BTreeMap<Key, Entity>>,
}

impl From<Vec<Entity>> for Store {
    fn from(entities: Vec<Entity>) -> Self {
        let mut store = Self::default();
        for entity in entities {
            store.insert(entity);
        }
        store
    }
}

impl From<Store> for Vec<Entity> {
    fn from(store: Store) -> Self {
        store.tables.into_values().flat_map(BTreeMap::into_values).collect()
    }
}

fn key(entity: &Entity) -> Key {
    (entity.scope.clone(), entity.parent.clone(), entity.identifier.clone())
}

impl Store {
    fn insert(&mut self, entity: Entity) {
        self.tables.entry(entity.kind).or_default().insert(key(&entity), entity);
    }

    /// Adds an entity as new. A trigger gets the token of its webhook.
    pub(crate) fn add(&mut self, entity: Entity, now: i64, random: &mut Random) {
        let token = if entity.kind == Kind::Trigger {
            random.id()
        } else {
            String::new()
        };
        self.insert(Entity {
            version: 1,
            created_at: now,
            updated_at: now,
            token,
            ..entity
        });
    }

    /// Every entity of a kind in exactly this scope: neither those above nor those below.
    /// Source: harness-api §12.37 [CORE: reads compare organization and project, null included].
    pub(crate) fn all<'a>(&'a self, kind: Kind, scope: &'a Scope) -> impl Iterator<Item = &'a Entity> {
        let first = (scope.clone(), String::new(), String::new());
        let table = self.tables.get(&kind).into_iter();
        table
            .flat_map(move |table| table.range(first.clone()..))
            .take_while(move |((own, _, _), _)| own == scope)
            .map(|(_, entity)| entity)
    }

    /// Every entity of a kind, wherever it lives.
    pub(crate) fn everywhere(&self, kind: Kind) -> impl Iterator<Item = &Entity> {
        self.tables.get(&kind).into_iter().flat_map(BTreeMap::values)
    }

    pub(crate) fn find(&self, kind: Kind, scope: &Scope, parent: &str, identifier: &str) -> Option<&Entity> {
        self.tables
            .get(&kind)?
            .get(&(scope.clone(), parent.to_owned(), identifier.to_owned()))
    }

    /// What a reference in a scope leads to: `x`, `org.x`, `account.x`.
    pub(crate) fn follow(&self, kind: Kind, scope: &Scope, parent: &str, reference: &str) -> Option<&Entity> {
        let (scope, identifier) = scope.follow(reference);
        self.find(kind, &scope, parent, identifier)
    }

    /// The entity, or Harness's words for its absence.
    pub(crate) fn get(
        &self,
        kind: Kind,
        scope: &Scope,
        parent: &str,
        identifier: &str,
        modes: &Modes,
    ) -> Result<&Entity, Failure> {
        self.find(kind, scope, parent, identifier)
            .ok_or_else(|| missing(kind, scope, identifier, modes))
    }

    /// Source: harness-api §0.7 [OAS], §12.12 [CORE: 400 `DUPLICATE_FIELD`; OAS prose: 409].
    pub(crate) fn create(
        &mut self,
        entity: Entity,
        now: i64,
        random: &mut Random,
        modes: &Modes,
    ) -> Result<&Entity, Failure> {
        let kind = entity.kind;
        let (scope, parent, identifier) = key(&entity);
        if self.find(kind, &scope, &parent, &identifier).is_some() {
            let status = match modes.duplicate_create {
                DuplicateCreate::BadRequest => 400,
                DuplicateCreate::Conflict => 409,
            };
            let message = format!("{} already exists", described(kind, &scope, &identifier));
            return Err(Failure::new(status, "DUPLICATE_FIELD", message));
        }
        self.add(entity, now, random);
        self.get(kind, &scope, &parent, &identifier, modes)
    }

    /// Replaces an entity.
    pub(crate) fn update(
        &mut self,
        entity: Entity,
        if_match: Option<&str>,
        now: i64,
        modes: &Modes,
    ) -> Result<&Entity, Failure> {
        let kind = entity.kind;
        let (scope, parent, identifier) = key(&entity);
        check_version(self.get(kind, &scope, &parent, &identifier, modes)?, if_match, modes)?;
        if let Some(old) = self.tables.entry(kind).or_default().get_mut(&key(&entity)) {
            *old = Entity {
                version: old.version + 1,
                created_at: old.created_at,
                updated_at: now,
                token: std::mem::take(&mut old.token),
                git: entity.git.clone().or_else(|| old.git.take()),
                ..entity
            };
        }
        self.get(kind, &scope, &parent, &identifier, modes)
    }

    pub(crate) fn delete(
        &mut self,
        kind: Kind,
        scope: &Scope,
        parent: &str,
        identifier: &str,
        if_match: Option<&str>,
        modes: &Modes,
    ) -> Result<(), Failure> {
        check_version(self.get(kind, scope, parent, identifier, modes)?, if_match, modes)?;
        if let Some(table) = self.tables.get_mut(&kind) {
            table.remove(&(scope.clone(), parent.to_owned(), identifier.to_owned()));
        }
        Ok(())
    }

    /// A number that changes with everything written into a remote entity's place; see [`ids::hash`].
    pub(crate) fn object_id(text: &str) -> String {
        format!("{:016x}", ids::hash(0, text))
    }
}

/// Source: harness-api §12.20 [CORE]: "Pipeline [X] under Project[P], Organization [O]".
fn described(kind: Kind, scope: &Scope, identifier: &str) -> String {
    let label = kind.label();
    match (&scope.project, &scope.org) {
        (Some(project), Some(org)) => {
            format!("{label} [{identifier}] under Project[{project}], Organization [{org}]")
        }
        (_, Some(org)) => format!("{label} [{identifier}] under Organization [{org}]"),
        _ => format!("{label} [{identifier}] in Account [{}]", scope.account),
    }
}

/// Source: harness-api §12.20 [CORE]: what is missing is named with its scope; how the sentence ends is restated.
pub(crate) fn missing(kind: Kind, scope: &Scope, identifier: &str, modes: &Modes) -> Failure {
    not_found(format!("{} not found", described(kind, scope, identifier)), modes)
}

/// The answer for what is not there, in the mode's way.
/// Source: harness-api §0.5 [OAS: 404; CORE practice: 400 on classic paths, weak].
pub(crate) fn not_found(message: String, modes: &Modes) -> Failure {
    match modes.missing_entity {
        MissingEntity::NotFound => Failure::new(404, "ENTITY_NOT_FOUND", message),
        MissingEntity::BadRequest => Failure::invalid(message),
    }
}

/// Source: harness-api §12.13 [CORE: pipelines do not look at it, services answer 400; OAS prose: 412].
fn check_version(entity: &Entity, if_match: Option<&str>, modes: &Modes) -> Result<(), Failure> {
    let Some(wanted) = if_match.filter(|wanted| *wanted != entity.version.to_string()) else {
        return Ok(());
    };
    let status = match (modes.stale_if_match, entity.kind) {
        (StaleIfMatch::AsServerSource, Kind::Pipeline) => return Ok(()),
        (StaleIfMatch::AsServerSource | StaleIfMatch::BadRequest, _) => 400,
        (StaleIfMatch::PreconditionFailed, _) => 412,
    };
    let (identifier, version) = (&entity.identifier, entity.version);
    let message = format!("[{identifier}] was changed in the meantime: version {version}, not {wanted}");
    Err(Failure::new(status, "OPTIMISTIC_LOCKING_EXCEPTION", message))
}
