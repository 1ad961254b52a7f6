//! A config repository of what a project has already.

use harness_cd_client::{HarnessFailure, Transport};
use harness_cd_lint::{LintSettings, PLAIN_SECRET, lint_config_repo};
use harness_cd_model::{Diagnostic, EntityKind, HarnessScope, ProjectRef};
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
    /// definitions, and its connectors. It reads alone, and as fast as the budget of the key allows.
    ///
    /// # Errors
    /// Those of the lists. A pipeline that cannot be read by itself is told in [`ProjectEntities::unread`].
    pub async fn project_entities(&self, scope: &HarnessScope) -> Result<ProjectEntities, HarnessFailure> {
        let mut found = ProjectEntities::default();
        let pipelines = self.client.list_stored(scope, EntityKind::Pipeline, "").await?;
        for pipeline in pipelines {
            let id = pipeline.identifier;
            match self.client.get_pipeline(&scope.pipeline(id.as_str())).await {
                Ok(read) => found.add(EntityKind::Pipeline, &id, Some(read.yaml)),
                Err(failure) if failure.status.is_some() || is_of_one(&failure) => {
                    let reason = format!("it cannot be read: {}", failure.message);
                    found
                        .unread
                        .push(LeftAlone::new(kind_name(EntityKind::Pipeline), &id, &reason));
                }
                Err(failure) => return Err(failure),
            }
            self.read_kind(scope, EntityKind::Trigger, &id, &mut found).await?;
        }
        self.read_kind(scope, EntityKind::Service, "", &mut found).await?;
        let environments = self.client.list_stored(scope, EntityKind::Environment, "").await?;
        for environment in environments {
            self.read_kind(scope, EntityKind::Infrastructure, &environment.identifier, &mut found)
                .await?;
            found.add(EntityKind::Environment, &environment.identifier, environment.yaml);
        }
        self.read_kind(scope, EntityKind::Connector, "", &mut found).await?;
        Ok(found)
    }

    async fn read_kind(
        &self,
        scope: &HarnessScope,
        kind: EntityKind,
        parent: &str,
        found: &mut ProjectEntities,
    ) -> Result<(), HarnessFailure> {
        for entity in self.client.list_stored(scope, kind, parent).await? {
            found.add(kind, &entity.identifier, entity.yaml);
        }
        Ok(())
    }
}

/// Whether a failure is of what was asked for alone.
fn is_of_one(failure: &HarnessFailure) -> bool {
    use harness_cd_client::FailureCode::{InvalidRequest, MalformedResponse};
    matches!(failure.code, InvalidRequest | MalformedResponse)
}

impl ProjectEntities {
    fn add(&mut self, kind: EntityKind, identifier: &str, yaml: Option<String>) {
        match yaml {
            Some(text) => self.sources.push(ImportSource {
                name: format!("{} {identifier}", kind_name(kind)),
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
