//! The file that says who and what is there before the first request.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::git::Git;
use super::people::{Account, Accounts};

/// Accounts, with their organizations, projects, principals and keys, and repositories. No `Debug`: it holds keys.
#[derive(Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct WorldFile {
    /// Every account by its identifier.
    pub accounts: Accounts,
    /// Repositories by their names.
    #[serde(default)]
    pub(crate) git: Git,
}

impl WorldFile {
    /// A world of accounts alone.
    #[must_use]
    pub fn of(accounts: Accounts) -> Self {
        Self {
            accounts,
            git: Git::default(),
        }
    }

    /// What is wrong with it, one sentence each; none repeats a key.
    pub(crate) fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        if self.accounts.0.is_empty() {
            problems.push("there is no account".to_owned());
        }
        for (id, account) in &self.accounts.0 {
            problems.extend(
                account_problems(account)
                    .into_iter()
                    .map(|problem| format!("account `{id}`: {problem}")),
            );
        }
        problems.extend(self.shared_keys());
        for (name, repository) in &self.git.0 {
            let branch = &repository.default_branch;
            if !repository.branches.contains_key(branch) {
                problems.push(format!(
                    "repository `{name}`: its default branch `{branch}` is none of its branches"
                ));
            }
        }
        problems
    }

    /// A key says whose it is, so it belongs to one account.
    fn shared_keys(&self) -> Vec<String> {
        let mut owners: BTreeMap<&str, &str> = BTreeMap::new();
        let mut problems = Vec::new();
        for (id, account) in &self.accounts.0 {
            for key in account.keys.keys() {
                if let Some(other) = owners.insert(key, id) {
                    problems.push(format!("accounts `{other}` and `{id}` have a key in common"));
                }
            }
        }
        problems
    }
}

fn account_problems(account: &Account) -> Vec<String> {
    let mut problems = Vec::new();
    for (position, principal) in account.principals.iter().enumerate() {
        let email = &principal.email;
        if account
            .principals
            .iter()
            .take(position)
            .any(|other| other.email == *email)
        {
            problems.push(format!("two principals have the mail address `{email}`"));
        }
        for bound in &principal.projects {
            if !is_bound(account, bound) {
                problems.push(format!(
                    "`{email}` is bound to `{bound}`, which is no `org/project` or `org/*` of it"
                ));
            }
        }
    }
    for (key, owner) in &account.keys {
        if key.is_empty() {
            problems.push(format!("a key of `{owner}` is empty"));
        }
        if !account.principals.iter().any(|principal| principal.email == *owner) {
            problems.push(format!("a key belongs to `{owner}`, who is none of the principals"));
        }
    }
    problems
}

fn is_bound(account: &Account, bound: &str) -> bool {
    let Some((org, project)) = bound.split_once('/') else {
        return false;
    };
    account
        .orgs
        .get(org)
        .is_some_and(|projects| project == "*" || projects.contains(project))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn problems(file: Value) -> Vec<String> {
        serde_json::from_value::<WorldFile>(file).unwrap().problems()
    }

    fn account(change: &Value) -> Value {
        let mut account = json!({
            "orgs": { "default": ["platform"] },
            "principals": [{ "name": "Grace", "email": "grace@example.com", "projects": ["default/*"] }],
            "keys": { "key-1": "grace@example.com" },
        });
        account
            .as_object_mut()
            .unwrap()
            .extend(change.as_object().unwrap().clone());
        account
    }

    #[test]
    fn a_whole_world_has_no_problems() {
        let git = json!({ "shop": { "defaultBranch": "main", "branches": { "main": { "a.yaml": "a: 1" } } } });
        let other = account(&json!({ "keys": { "key-2": "grace@example.com" } }));
        let accounts = json!({ "acme": account(&json!({})), "other": other });
        assert_eq!(
            problems(json!({ "accounts": accounts, "git": git })),
            Vec::<String>::new()
        );
    }

    #[test]
    fn problems_are_told_without_keys() {
        let grace = json!({ "name": "Grace", "email": "grace@example.com" });
        let elsewhere = json!({ "name": "Grace", "email": "grace@example.com", "projects": ["retail/shop"] });
        for (change, part) in [
            (
                json!({ "principals": [grace, grace] }),
                "two principals have the mail address `grace@example.com`",
            ),
            (json!({ "principals": [elsewhere] }), "bound to `retail/shop`"),
            (
                json!({ "keys": { "": "grace@example.com" } }),
                "a key of `grace@example.com` is empty",
            ),
            (
                json!({ "keys": { "key-1": "nobody@example.com" } }),
                "belongs to `nobody@example.com`",
            ),
        ] {
            let found = problems(json!({ "accounts": { "acme": account(&change) } }));
            assert!(
                found.len() == 1 && found[0].contains(part) && !found[0].contains("key-1"),
                "{found:?}"
            );
        }
        let both = json!({ "accounts": { "acme": account(&json!({})), "other": account(&json!({})) } });
        assert_eq!(problems(both), ["accounts `acme` and `other` have a key in common"]);
        assert_eq!(problems(json!({ "accounts": {} })), ["there is no account"]);
        let git = json!({ "shop": { "defaultBranch": "main", "branches": {} } });
        let found = problems(json!({ "accounts": { "acme": account(&json!({})) }, "git": git }));
        assert!(found[0].contains("its default branch `main`"), "{found:?}");
    }
}
