//! A config repository of what a project has already.

use std::collections::BTreeSet;

use harness_cd_client::{FailureCode, HarnessFailure, StoredEntity, Transport};
use harness_cd_lint::{LintSettings, PLAIN_SECRET, lint_config_repo};
use harness_cd_model::naming::Folder;
use harness_cd_model::{Diagnostic, EntityKind, HarnessScope, Level, ProjectRef};
use harness_cd_pipeline::{Files, Import, ImportSource, LeftAlone, kind_name};

use crate::HarnessCd;

/// What was read of a project, and what could not be.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProjectEntities {
    /// The entities' YAML.
    pub sources: Vec<ImportSource>,
    /// What Harness names and does not give.
    pub unread: Vec<LeftAlone>,
}

impl<T: Transport> HarnessCd<T> {
    /// Reads the pipelines of a project with their triggers, its services, its environments with their infrastructure
    /// definitions, and its connectors; and of its organization and its account the environments and connectors that these
    /// name. It reads alone, and as fast as the budget of the key allows.
    ///
    /// # Errors
    /// Those of the lists. What cannot be read by itself, and what stands above the project and may not be read, is told in
    /// [`ProjectEntities::unread`].
    pub async fn project_entities(&self, scope: &HarnessScope) -> Result<ProjectEntities, HarnessFailure> {
        let mut found = ProjectEntities::default();
        let own = Place::of(scope, Level::Project);
        for pipeline in self.list(&own, EntityKind::Pipeline, "").await? {
            let id = pipeline.identifier;
            match self.client.get_pipeline(&scope.pipeline(id.as_str())).await {
                Ok(read) => found.add(&own, EntityKind::Pipeline, &id, Some(read.yaml)),
                Err(failure) if failure.status.is_some() || is_of_one(&failure) => {
                    found.cannot_read(EntityKind::Pipeline, &id, &failure);
                }
                Err(failure) => return Err(failure),
            }
            self.read_kind(&own, EntityKind::Trigger, &id, &mut found).await?;
        }
        self.read_kind(&own, EntityKind::Service, "", &mut found).await?;
        self.read_environments(&own, &mut found, |_| true).await?;
        self.read_kind(&own, EntityKind::Connector, "", &mut found).await?;
        for level in [Level::Organization, Level::Account] {
            let place = Place::of(scope, level);
            let kind = EntityKind::Environment;
            if let Some(named) = found.named(EntityKind::Pipeline, level) {
                let read = self
                    .read_environments(&place, &mut found, |id| named.contains(id))
                    .await;
                found.require_read(&place, kind, read)?;
            }
        }
        for level in [Level::Organization, Level::Account] {
            let place = Place::of(scope, level);
            let kind = EntityKind::Connector;
            if let Some(named) = found.named(EntityKind::Infrastructure, level) {
                match self.list(&place, kind, "").await {
                    Ok(all) => {
                        let all = all.into_iter().filter(|one| named.contains(&one.identifier));
                        all.for_each(|one| found.add(&place, kind, &one.identifier, one.yaml));
                    }
                    Err(failure) => found.require_read(&place, kind, Err(failure))?,
                }
            }
        }
        Ok(found)
    }

    /// Reads the environments of a place that are meant, with their infrastructure definitions.
    async fn read_environments(
        &self,
        place: &Place<'_>,
        found: &mut ProjectEntities,
        is_meant: impl Fn(&str) -> bool,
    ) -> Result<(), HarnessFailure> {
        let environments = self.list(place, EntityKind::Environment, "").await?;
        for environment in environments.into_iter().filter(|one| is_meant(&one.identifier)) {
            self.read_kind(place, EntityKind::Infrastructure, &environment.identifier, found)
                .await?;
            found.add(
                place,
                EntityKind::Environment,
                &environment.identifier,
                environment.yaml,
            );
        }
        Ok(())
    }

    async fn read_kind(
        &self,
        place: &Place<'_>,
        kind: EntityKind,
        parent: &str,
        found: &mut ProjectEntities,
    ) -> Result<(), HarnessFailure> {
        for entity in self.list(place, kind, parent).await? {
            found.add(place, kind, &entity.identifier, entity.yaml);
        }
        Ok(())
    }

    async fn list(
        &self,
        place: &Place<'_>,
        kind: EntityKind,
        parent: &str,
    ) -> Result<Vec<StoredEntity>, HarnessFailure> {
        self.client.list_stored(place.scope, place.level, kind, parent).await
    }
}

/// A project, or what is above it.
struct Place<'s> {
    scope: &'s HarnessScope,
    level: Level,
    /// Where its files would be in a config repository.
    folder: Folder,
}

impl<'s> Place<'s> {
    fn of(scope: &'s HarnessScope, level: Level) -> Self {
        let folder = match level {
            Level::Project => Folder::default(),
            Level::Organization => Folder::of_org(&scope.org),
            Level::Account => Folder::of_account(),
        };
        Self { scope, level, folder }
    }
}

/// Whether a failure is of what was asked for alone.
fn is_of_one(failure: &HarnessFailure) -> bool {
    use harness_cd_client::FailureCode::{InvalidRequest, MalformedResponse};
    matches!(failure.code, InvalidRequest | MalformedResponse)
}

impl ProjectEntities {
    fn add(&mut self, place: &Place<'_>, kind: EntityKind, identifier: &str, yaml: Option<String>) {
        match yaml {
            Some(text) => self.sources.push(ImportSource {
                name: place.folder.path(&format!("{} {identifier}", kind_name(kind))),
                text,
                secrets: Vec::new(),
            }),
            None => {
                let reason = "Harness keeps no YAML of it, or keeps it in Git";
                self.unread.push(LeftAlone::new(kind_name(kind), identifier, reason));
            }
        }
    }
}

impl ProjectEntities {
    fn cannot_read(&mut self, kind: EntityKind, what: &str, failure: &HarnessFailure) {
        let reason = format!("it cannot be read: {}", failure.message);
        self.unread.push(LeftAlone::new(kind_name(kind), what, &reason));
    }

    /// Goes on where what stands above a project may not be read.
    fn require_read(
        &mut self,
        place: &Place<'_>,
        kind: EntityKind,
        read: Result<(), HarnessFailure>,
    ) -> Result<(), HarnessFailure> {
        let Err(failure) = read else { return Ok(()) };
        if failure.code != FailureCode::Forbidden {
            return Err(failure);
        }
        self.cannot_read(kind, &format!("all of {}", place.level.told()), &failure);
        Ok(())
    }

    /// What entities of a kind name of a level, in whatever field; `None` where that is nothing.
    fn named(&self, kind: EntityKind, level: Level) -> Option<BTreeSet<String>> {
        let prefix = level.reference("");
        let is_part = |letter: char| letter.is_ascii_alphanumeric() || letter == '_' || letter == '$';
        let of_kind = self.sources.iter().filter(|source| {
            let (_, name) = Folder::split(&source.name);
            name.starts_with(kind_name(kind))
        });
        let behind = of_kind.flat_map(|source| source.text.split(prefix.as_str()).skip(1));
        let named = behind.map(|text| {
            text.split(|letter| !is_part(letter))
                .next()
                .unwrap_or_default()
                .to_owned()
        });
        let named: BTreeSet<String> = named.filter(|name| !name.is_empty()).collect();
        (!named.is_empty()).then_some(named)
    }
}

/// Describes what was read by a config repository, and lints that.
///
/// The project is that of `scope`, or else the one that most of the entities name.
#[must_use]
pub fn import_entities(entities: ProjectEntities, scope: Option<&ProjectRef>) -> Import {
    let ProjectEntities { mut sources, unread } = entities;
    let settings = LintSettings::default();
    for source in &mut sources {
        let findings = settings.lint(&source.name, source.text.as_bytes());
        let secrets = findings.into_iter().filter(|finding| finding.code == PLAIN_SECRET);
        source.secrets = secrets.map(|finding| finding.pointer).collect();
    }
    let mut import = harness_cd_pipeline::import(&sources, scope, unread);
    let files: Files = import
        .files
        .iter()
        .map(|(path, text)| (path.clone(), text.clone().into_bytes()))
        .collect();
    // What reading and rendering find is among it.
    import.report.findings = lint_config_repo(&files);
    Diagnostic::sort(&mut import.report.findings);
    import
}
