use serde::Serialize;

use crate::{EntityRef, Identifier};

/// A project of Harness, in the account of whoever asks.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ProjectRef {
    /// The identifier of its organization.
    pub org: Identifier,
    /// Its identifier, of its own in the organization.
    pub project: Identifier,
}

/// A further project of a platform, into which some of its services go.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Project {
    /// What services call it; also the folder of what is rendered for it alone.
    pub name: String,
    /// Where it is in Harness.
    pub reference: ProjectRef,
    /// The teams whose services go there where they name no project.
    pub teams: Vec<String>,
}

/// How far what is described once is shared: it stands in each project that needs it, or above them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Level {
    /// In a project, for itself.
    #[default]
    Project,
    /// In an organization, for all of its projects.
    Organization,
    /// In the account, for everybody.
    Account,
}

impl Level {
    /// All of them, by the words of a description.
    pub const WORDS: [(&'static str, Self); 3] = [
        ("project", Self::Project),
        ("org", Self::Organization),
        ("account", Self::Account),
    ];

    /// How one of a project refers to what stands there: `account.prod` for `prod`. Source: Harness's entity reference.
    #[must_use]
    pub fn reference(self, identifier: &str) -> String {
        match self {
            Self::Project => identifier.to_owned(),
            Self::Organization => format!("org.{identifier}"),
            Self::Account => format!("account.{identifier}"),
        }
    }

    /// The level of what a reference leads to.
    #[must_use]
    pub fn of(reference: &str) -> Self {
        match EntityRef::split(reference).0 {
            "org." => Self::Organization,
            "account." => Self::Account,
            _ => Self::Project,
        }
    }

    /// Where that is, seen from a project.
    #[must_use]
    pub fn seen_from(self, project: ProjectRef) -> EntityScope {
        match self {
            Self::Project => EntityScope::Project(project),
            Self::Organization => EntityScope::Organization(project.org),
            Self::Account => EntityScope::Account,
        }
    }

    /// In a sentence: `the account`.
    #[must_use]
    pub const fn told(self) -> &'static str {
        match self {
            Self::Project => "a project",
            Self::Organization => "an organization",
            Self::Account => "the account",
        }
    }
}

/// Where an entity stands, in the account of whoever asks.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EntityScope {
    /// In the account, for every organization.
    Account,
    /// In an organization, for every project of it.
    Organization(Identifier),
    /// In a project.
    Project(ProjectRef),
}

impl EntityScope {
    /// The level of what stands there.
    #[must_use]
    pub const fn level(&self) -> Level {
        match self {
            Self::Account => Level::Account,
            Self::Organization(_) => Level::Organization,
            Self::Project(_) => Level::Project,
        }
    }

    /// The smallest scope that both are in.
    #[must_use]
    pub fn around(&self, other: &Self) -> Self {
        match (self.org(), other.org()) {
            _ if self == other => self.clone(),
            (Some(own), Some(theirs)) if own == theirs => Self::Organization(own.clone()),
            _ => Self::Account,
        }
    }

    /// The organization that it is in.
    #[must_use]
    pub const fn org(&self) -> Option<&Identifier> {
        match self {
            Self::Account => None,
            Self::Organization(org) | Self::Project(ProjectRef { org, .. }) => Some(org),
        }
    }

    /// The project that it is in.
    #[must_use]
    pub const fn project(&self) -> Option<&Identifier> {
        match self {
            Self::Account | Self::Organization(_) => None,
            Self::Project(ProjectRef { project, .. }) => Some(project),
        }
    }
}
