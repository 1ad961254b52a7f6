//! Accounts, who belongs to them, and their keys.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

/// A person or a service account. Source: harness-api §12.1 [CORE, SCH], §12.35 [OAS] (`executorInfo{uuid, type
/// USER|SERVICE_ACCOUNT}`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Principal {
    /// As the page shows it.
    pub name: String,
    /// Its mail address, which also names it in the account.
    pub email: String,
    /// Whether somebody or something.
    #[serde(default)]
    pub kind: PrincipalKind,
    /// The user groups it belongs to; `*` means all of them.
    #[serde(default)]
    pub groups: Vec<String>,
    /// What it may do.
    #[serde(default)]
    pub role: Role,
    /// Where it may do it: `org/project` or `org/*`; everywhere in the account without any.
    #[serde(default)]
    pub projects: Vec<String>,
}

/// See [`Principal`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum PrincipalKind {
    /// A person.
    #[default]
    User,
    /// A service account.
    ServiceAccount,
}

impl PrincipalKind {
    /// Source: harness-api §12.35 [OAS].
    pub(crate) fn wire(self) -> &'static str {
        match self {
            Self::User => "USER",
            Self::ServiceAccount => "SERVICE_ACCOUNT",
        }
    }
}

/// What a principal may do. The names are invented, that rights differ is not (harness-api §0.5: 403 `NG_ACCESS_DENIED`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Role {
    /// Reads.
    Viewer,
    /// Reads and runs.
    Executor,
    /// Reads, runs and writes.
    #[default]
    Editor,
    /// Everything, and no freeze holds it up (harness-api §5.2, §12.7).
    Admin,
}

/// What a call needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Permission {
    View,
    Execute,
    Edit,
    OverrideFreeze,
}

impl Permission {
    /// The permission's name in a refusal. Source: harness-api §0.5 (403 names the permission); the names are [weak].
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::View => "core_pipeline_view",
            Self::Execute => "core_pipeline_execute",
            Self::Edit => "core_pipeline_edit",
            Self::OverrideFreeze => "core_deploymentfreeze_override",
        }
    }
}

impl Role {
    pub(crate) fn allows(self, permission: Permission) -> bool {
        self >= match permission {
            Permission::View => Self::Viewer,
            Permission::Execute => Self::Executor,
            Permission::Edit => Self::Editor,
            Permission::OverrideFreeze => Self::Admin,
        }
    }
}

impl Principal {
    /// A person who may do everything but override a freeze.
    #[must_use]
    pub fn user(name: &str, email: &str) -> Self {
        Self {
            name: name.to_owned(),
            email: email.to_owned(),
            kind: PrincipalKind::User,
            groups: vec!["*".to_owned()],
            role: Role::Editor,
            projects: Vec::new(),
        }
    }

    /// A service account that may do everything but override a freeze.
    #[must_use]
    pub fn service_account(name: &str, email: &str) -> Self {
        Self {
            kind: PrincipalKind::ServiceAccount,
            groups: Vec::new(),
            ..Self::user(name, email)
        }
    }

    /// An id as answers show it. That it differs from the mail address is the point; its form is invented.
    pub(crate) fn uuid(&self) -> String {
        super::ids::id(0, 0, super::ids::Role::Instance, &self.email)
    }

    pub(crate) fn is_in(&self, group: &str) -> bool {
        self.groups.iter().any(|own| own == "*" || own == group)
    }

    pub(crate) fn may_enter(&self, org: &str, project: &str) -> bool {
        let covers = |bound: &String| {
            bound
                .split_once('/')
                .is_some_and(|(o, p)| o == org && (p == "*" || p == project))
        };
        self.projects.is_empty() || self.projects.iter().any(covers)
    }
}

/// An account with its organizations and their projects.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Account {
    /// Projects by organization.
    #[serde(default)]
    pub orgs: BTreeMap<String, BTreeSet<String>>,
    /// Everybody in it.
    #[serde(default)]
    pub principals: Vec<Principal>,
    /// The owner's mail address by API key.
    #[serde(default)]
    pub keys: BTreeMap<String, String>,
}

/// Every account by its identifier.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Accounts(pub BTreeMap<String, Account>);

impl Accounts {
    /// Whose key it is: the account's identifier and the principal.
    pub(crate) fn authenticate(&self, key: &str) -> Option<(&str, &Principal)> {
        self.0.iter().find_map(|(id, account)| {
            let email = account.keys.get(key)?;
            let principal = account.principals.iter().find(|principal| principal.email == *email)?;
            Some((id.as_str(), principal))
        })
    }

    pub(crate) fn has_project(&self, account: &str, org: &str, project: &str) -> bool {
        let projects = self.0.get(account).and_then(|account| account.orgs.get(org));
        projects.is_some_and(|projects| projects.contains(project))
    }

    pub(crate) fn has_org(&self, account: &str, org: &str) -> bool {
        self.0
            .get(account)
            .is_some_and(|account| account.orgs.contains_key(org))
    }

    /// Adds a project, and what it stands in.
    pub(crate) fn add_project(&mut self, account: &str, org: &str, project: &str) {
        let account = self.0.entry(account.to_owned()).or_default();
        account
            .orgs
            .entry(org.to_owned())
            .or_default()
            .insert(project.to_owned());
    }

    /// The people of an account who are no service accounts.
    pub(crate) fn users(&self, account: &str) -> impl Iterator<Item = &Principal> {
        let principals = self
            .0
            .get(account)
            .map(|account| account.principals.as_slice())
            .unwrap_or_default();
        principals
            .iter()
            .filter(|principal| principal.kind == PrincipalKind::User)
    }
}
