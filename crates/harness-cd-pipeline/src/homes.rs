use std::collections::BTreeSet;

use harness_cd_model::{EntityScope, Level, ManifestRepository, Platform, ProjectRef, Registry, Service};

/// In which projects what the platform describes is needed: in each with a service that needs it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Homes {
    needs: BTreeSet<Needed>,
    /// Whether that is known of every service.
    is_whole: bool,
}

/// What some service needs of the platform.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Needed {
    project: ProjectRef,
    pub(crate) environments: Vec<String>,
    registry: String,
    /// The repository of its manifests; `None` where its archetype is broken.
    repository: Option<String>,
}

impl Homes {
    /// What services need in which nothing is wrong; `is_whole` where there are no others.
    pub(crate) fn of<'s>(
        services: impl Iterator<Item = &'s Service>,
        repository_of: impl Fn(&Service) -> Option<String>,
        is_whole: bool,
    ) -> Self {
        let needed = |service: &Service| {
            Some(Needed {
                project: service.project.clone()?,
                environments: service.environments.clone(),
                registry: service.registry.clone(),
                repository: repository_of(service),
            })
        };
        Self {
            needs: services.filter_map(needed).collect(),
            is_whole,
        }
    }

    /// Whether what every service needs is known.
    pub(crate) fn is_whole(&self) -> bool {
        self.is_whole
    }

    /// The projects with a service that needs something. What nobody needs yet stands in the platform's own; whether
    /// nobody does is not known where a service could not be read.
    fn with(&self, platform: &Platform, is_meant: impl Fn(&Needed) -> bool) -> BTreeSet<ProjectRef> {
        let own = || BTreeSet::from([platform.own_project()]);
        if platform.projects.is_empty() {
            return own();
        }
        let meant = self.needs.iter().filter(|needed| is_meant(needed));
        let homes: BTreeSet<ProjectRef> = meant.map(|needed| needed.project.clone()).collect();
        match homes.is_empty() && self.is_whole {
            true => own(),
            false => homes,
        }
    }

    /// Where something of a level stands that some services need. What is of the account stands there whoever needs it.
    pub(crate) fn scopes(
        &self,
        platform: &Platform,
        level: Level,
        is_meant: impl Fn(&Needed) -> bool,
    ) -> BTreeSet<EntityScope> {
        if level == Level::Account {
            return BTreeSet::from([EntityScope::Account]);
        }
        let projects = self.with(platform, is_meant).into_iter();
        projects.map(|project| level.seen_from(project)).collect()
    }

    /// The same for the connector of a repository of manifests.
    pub(crate) fn of_repository(
        &self,
        platform: &Platform,
        level: Level,
        repository: &ManifestRepository,
    ) -> BTreeSet<EntityScope> {
        self.scopes(platform, level, |needed| {
            needed.repository.as_ref() == Some(&repository.name)
        })
    }

    /// The same for the connector of a registry.
    pub(crate) fn of_registry(&self, platform: &Platform, level: Level, registry: &Registry) -> BTreeSet<EntityScope> {
        self.of_registry_called(platform, level, &registry.name, registry.is_of_places())
    }

    /// The same, by its name and whether it is pulled from by services that name another.
    pub(crate) fn of_registry_called(
        &self,
        platform: &Platform,
        level: Level,
        name: &str,
        is_of_places: bool,
    ) -> BTreeSet<EntityScope> {
        self.scopes(platform, level, |needed| is_of_places || needed.registry == name)
    }

    /// The same for what belongs to an environment.
    pub(crate) fn of_environment(&self, platform: &Platform, level: Level, environment: &str) -> BTreeSet<EntityScope> {
        self.scopes(platform, level, |needed| {
            needed.environments.iter().any(|known| known == environment)
        })
    }
}
