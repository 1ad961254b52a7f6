//! The entities of one project, by kind and identifier.

use std::collections::BTreeMap;

use harness_cd_model::HarnessScope;
use serde_json::{Map, Value, json};

use crate::inputs::scalar_text;
use crate::modes::{DuplicateCreate, MissingEntity, Modes, StaleIfMatch};
use crate::random::Random;
use crate::respond::Failure;
use crate::yaml;

/// What an entity is. `Infrastructure` belongs to an environment, `Trigger` to a pipeline: its parent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    Pipeline,
    Service,
    Environment,
    Infrastructure,
    Connector,
    Trigger,
}

impl Kind {
    const ALL: [Self; 6] = [
        Self::Pipeline,
        Self::Service,
        Self::Environment,
        Self::Infrastructure,
        Self::Connector,
        Self::Trigger,
    ];

    /// The root key of the entity's YAML.
    pub(crate) fn root(self) -> &'static str {
        match self {
            Self::Pipeline => "pipeline",
            Self::Service => "service",
            Self::Environment => "environment",
            Self::Infrastructure => "infrastructureDefinition",
            Self::Connector => "connector",
            Self::Trigger => "trigger",
        }
    }

    /// The key under which answers of `/ng/api` wrap the entity.
    pub(crate) fn wrapper(self) -> &'static str {
        match self {
            Self::Infrastructure => "infrastructure",
            other => other.root(),
        }
    }

    fn label(self) -> &'static str {
        match self {
            Self::Pipeline => "Pipeline",
            Self::Service => "Service",
            Self::Environment => "Environment",
            Self::Infrastructure => "Infrastructure",
            Self::Connector => "Connector",
            Self::Trigger => "Trigger",
        }
    }

    /// The field of the body that names the parent.
    fn parent_field(self) -> Option<&'static str> {
        match self {
            Self::Infrastructure => Some("environmentRef"),
            Self::Trigger => Some("pipelineIdentifier"),
            _ => None,
        }
    }
}

/// One entity: what was written, and what it reads as.
#[derive(Clone, Debug)]
pub(crate) struct Entity {
    pub(crate) identifier: String,
    pub(crate) parent: String,
    pub(crate) yaml: String,
    /// What stands under the root key.
    pub(crate) body: Value,
    pub(crate) version: i64,
    pub(crate) created_at: i64,
    pub(crate) updated_at: i64,
    /// For a trigger: the secret part of its webhook URL, minted at creation.
    pub(crate) token: String,
}

impl Entity {
    /// Takes the entity out of a document whose root key is its kind.
    pub(crate) fn new(kind: Kind, yaml: String, document: &Value) -> Result<Self, String> {
        let root = kind.root();
        let body = document
            .get(root)
            .ok_or_else(|| format!("the document has no `{root}`"))?;
        let identifier = body
            .get("identifier")
            .and_then(Value::as_str)
            .filter(|text| !text.is_empty());
        let identifier = identifier
            .ok_or_else(|| format!("`{root}.identifier` is missing"))?
            .to_owned();
        let parent = kind
            .parent_field()
            .and_then(|field| body.get(field))
            .map(scalar_text)
            .unwrap_or_default();
        Ok(Self {
            identifier,
            parent,
            yaml,
            body: body.clone(),
            version: 0,
            created_at: 0,
            updated_at: 0,
            token: String::new(),
        })
    }

    pub(crate) fn text(&self, key: &str) -> String {
        self.body.get(key).map(scalar_text).unwrap_or_default()
    }

    pub(crate) fn name(&self) -> String {
        let name = self.text("name");
        if name.is_empty() { self.identifier.clone() } else { name }
    }

    pub(crate) fn tags(&self) -> Value {
        self.body
            .get("tags")
            .filter(|tags| tags.is_object())
            .cloned()
            .unwrap_or_else(|| json!({}))
    }
}

type Table = BTreeMap<(String, String), Entity>;

/// The project.
#[derive(Clone, Debug)]
pub(crate) struct Store {
    pub(crate) scope: HarnessScope,
    tables: BTreeMap<Kind, Table>,
}

impl Store {
    pub(crate) fn new(scope: HarnessScope) -> Self {
        Self {
            scope,
            tables: Kind::ALL.into_iter().map(|kind| (kind, Table::new())).collect(),
        }
    }

    /// Reads entity files; a file whose root key is none of the kinds (a policy, an input set) is left aside.
    ///
    /// # Errors
    /// One sentence per file that cannot be read.
    pub(crate) fn load(
        account: &str,
        files: &[(String, String)],
        now: i64,
        random: &mut Random,
    ) -> Result<Self, Vec<String>> {
        let mut entities = Vec::new();
        let mut problems = Vec::new();
        for (file, text) in files {
            match read_entity(file, text) {
                Ok(found) => entities.extend(found),
                Err(problem) => problems.push(problem),
            }
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        let named = |key: &str, default: &str| {
            let mut names = entities.iter().map(|(_, entity)| entity.text(key));
            names
                .find(|name| !name.is_empty())
                .unwrap_or_else(|| default.to_owned())
        };
        let scope = HarnessScope {
            account: account.to_owned(),
            org: named("orgIdentifier", "default"),
            project: named("projectIdentifier", "platform"),
        };
        let mut store = Self::new(scope);
        for (kind, entity) in entities {
            if store.find(kind, &entity.parent, &entity.identifier).is_some() {
                problems.push(format!(
                    "two files describe the {} `{}`",
                    kind.root(),
                    entity.identifier
                ));
            }
            store.put(kind, entity, now, random);
        }
        if problems.is_empty() { Ok(store) } else { Err(problems) }
    }

    pub(crate) fn all(&self, kind: Kind) -> impl Iterator<Item = &Entity> {
        self.tables.get(&kind).into_iter().flat_map(BTreeMap::values)
    }

    fn find(&self, kind: Kind, parent: &str, identifier: &str) -> Option<&Entity> {
        self.tables.get(&kind)?.get(&(parent.to_owned(), identifier.to_owned()))
    }

    pub(crate) fn service(&self, identifier: &str) -> Option<&Entity> {
        self.find(Kind::Service, "", identifier)
    }

    pub(crate) fn environment(&self, identifier: &str) -> Option<&Entity> {
        self.find(Kind::Environment, "", identifier)
    }

    pub(crate) fn infrastructure(&self, environment: &str, identifier: &str) -> Option<&Entity> {
        self.find(Kind::Infrastructure, environment, identifier)
    }

    /// The entity, or Harness's words for its absence.
    pub(crate) fn get(&self, kind: Kind, parent: &str, identifier: &str, modes: &Modes) -> Result<&Entity, Failure> {
        self.find(kind, parent, identifier)
            .ok_or_else(|| missing(kind, identifier, modes))
    }

    /// Source: Harness API facts, rate limits and retry: creating twice fails on the duplicate identifier.
    pub(crate) fn create(
        &mut self,
        kind: Kind,
        entity: Entity,
        now: i64,
        random: &mut Random,
        modes: &Modes,
    ) -> Result<&Entity, Failure> {
        if self.find(kind, &entity.parent, &entity.identifier).is_some() {
            let status = match modes.duplicate_create {
                DuplicateCreate::Conflict => 409,
                DuplicateCreate::BadRequest => 400,
            };
            let HarnessScope { org, project, .. } = &self.scope;
            let (label, identifier) = (kind.label(), &entity.identifier);
            let message =
                format!("{label} [{identifier}] under Project[{project}], Organization [{org}] already exists");
            return Err(Failure::new(status, "DUPLICATE_FIELD", message));
        }
        let (parent, identifier) = (entity.parent.clone(), entity.identifier.clone());
        self.put(kind, entity, now, random);
        self.get(kind, &parent, &identifier, modes)
    }

    /// Replaces an entity. Source: Harness API facts, rate limits and retry: `If-Match: <version>` is an optimistic lock.
    pub(crate) fn update(
        &mut self,
        kind: Kind,
        entity: Entity,
        if_match: Option<&str>,
        now: i64,
        modes: &Modes,
    ) -> Result<&Entity, Failure> {
        let (parent, identifier) = (entity.parent.clone(), entity.identifier.clone());
        check_version(self.get(kind, &parent, &identifier, modes)?, if_match, modes)?;
        let table = self.tables.entry(kind).or_default();
        if let Some(old) = table.get_mut(&(parent.clone(), identifier.clone())) {
            *old = Entity {
                version: old.version + 1,
                created_at: old.created_at,
                updated_at: now,
                token: std::mem::take(&mut old.token),
                ..entity
            };
        }
        self.get(kind, &parent, &identifier, modes)
    }

    pub(crate) fn delete(
        &mut self,
        kind: Kind,
        parent: &str,
        identifier: &str,
        if_match: Option<&str>,
        modes: &Modes,
    ) -> Result<(), Failure> {
        check_version(self.get(kind, parent, identifier, modes)?, if_match, modes)?;
        if let Some(table) = self.tables.get_mut(&kind) {
            table.remove(&(parent.to_owned(), identifier.to_owned()));
        }
        Ok(())
    }

    fn put(&mut self, kind: Kind, entity: Entity, now: i64, random: &mut Random) {
        let token = if kind == Kind::Trigger {
            random.id()
        } else {
            String::new()
        };
        let entity = Entity {
            version: 1,
            created_at: now,
            updated_at: now,
            token,
            ..entity
        };
        let key = (entity.parent.clone(), entity.identifier.clone());
        self.tables.entry(kind).or_default().insert(key, entity);
    }

    /// Adds the scope's identifiers to an answer.
    pub(crate) fn scoped(&self, mut fields: Map<String, Value>) -> Value {
        fields.insert("accountId".to_owned(), json!(self.scope.account));
        fields.insert("orgIdentifier".to_owned(), json!(self.scope.org));
        fields.insert("projectIdentifier".to_owned(), json!(self.scope.project));
        Value::Object(fields)
    }
}

fn read_entity(file: &str, text: &str) -> Result<Option<(Kind, Entity)>, String> {
    let document = yaml::read(file, text).map_err(|problem| format!("{file}: {problem}"))?;
    let Some(kind) = Kind::ALL
        .into_iter()
        .find(|kind| document.get(kind.root()).is_some_and(Value::is_object))
    else {
        return Ok(None);
    };
    let entity = Entity::new(kind, text.to_owned(), &document).map_err(|problem| format!("{file}: {problem}"))?;
    Ok(Some((kind, entity)))
}

/// Source: Harness API facts, pipeline responses: the text for a pipeline that does not exist.
fn missing(kind: Kind, identifier: &str, modes: &Modes) -> Failure {
    let message = match kind {
        Kind::Pipeline => format!("Pipeline with the given ID: {identifier} does not exist or has been deleted"),
        other => format!("{} with identifier [{identifier}] not found", other.label()),
    };
    not_found(message, modes)
}

/// The answer for what is not there, in the mode's way.
pub(crate) fn not_found(message: String, modes: &Modes) -> Failure {
    match modes.missing_entity {
        MissingEntity::NotFound => Failure::new(404, "ENTITY_NOT_FOUND", message),
        MissingEntity::BadRequest => Failure::invalid(message),
    }
}

fn check_version(entity: &Entity, if_match: Option<&str>, modes: &Modes) -> Result<(), Failure> {
    let Some(wanted) = if_match.filter(|wanted| *wanted != entity.version.to_string()) else {
        return Ok(());
    };
    let status = match modes.stale_if_match {
        StaleIfMatch::PreconditionFailed => 412,
        StaleIfMatch::BadRequest => 400,
    };
    let (identifier, version) = (&entity.identifier, entity.version);
    let message = format!("[{identifier}] was changed in the meantime: version {version}, not {wanted}");
    Err(Failure::new(status, "OPTIMISTIC_LOCKING_EXCEPTION", message))
}
