//! Where something lives: an account, one of its organizations, one of their projects.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// A scope. An account-level scope has neither organization nor project, an organization-level one no project.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Scope {
    /// The account's identifier.
    pub account: String,
    /// The organization's identifier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub org: Option<String>,
    /// The project's identifier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub project: Option<String>,
}

impl Scope {
    /// A project.
    #[must_use]
    pub fn project(account: &str, org: &str, project: &str) -> Self {
        Self {
            account: account.to_owned(),
            org: Some(org.to_owned()),
            project: Some(project.to_owned()),
        }
    }

    pub(crate) fn org_text(&self) -> &str {
        self.org.as_deref().unwrap_or_default()
    }

    pub(crate) fn project_text(&self) -> &str {
        self.project.as_deref().unwrap_or_default()
    }

    /// Where a reference leads, and the identifier there: `account.x`, `org.x`, or `x` in this scope.
    /// Source: harness-api §0.2 [MCP scope-utils, TF].
    pub(crate) fn follow<'a>(&self, reference: &'a str) -> (Self, &'a str) {
        let account = || Self {
            account: self.account.clone(),
            ..Self::default()
        };
        if let Some(identifier) = reference.strip_prefix("account.") {
            return (account(), identifier);
        }
        if let Some(identifier) = reference.strip_prefix("org.") {
            return (
                Self {
                    org: self.org.clone(),
                    ..account()
                },
                identifier,
            );
        }
        (self.clone(), reference)
    }

    /// This scope and those that it stands in.
    pub(crate) fn and_above(&self) -> Vec<Self> {
        let mut scopes = vec![self.clone()];
        if self.project.is_some() {
            scopes.push(Self {
                project: None,
                ..self.clone()
            });
        }
        if self.org.is_some() {
            scopes.push(Self {
                account: self.account.clone(),
                ..Self::default()
            });
        }
        scopes
    }

    /// The scope's identifiers as fields of a classic answer; null ones are left out (harness-api §0.4: NON_NULL).
    pub(crate) fn fields(&self, account_key: &str) -> Map<String, Value> {
        let mut fields = Map::from_iter([(account_key.to_owned(), json!(self.account))]);
        for (key, value) in [("orgIdentifier", &self.org), ("projectIdentifier", &self.project)] {
            if let Some(value) = value {
                fields.insert(key.to_owned(), json!(value));
            }
        }
        fields
    }
}
