//! Repositories that remote entities lie in: texts by repository, branch and path.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::tables::invented::DEFAULT_BRANCH;

/// A repository.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Repository {
    pub(crate) default_branch: String,
    /// Texts by branch and path.
    pub(crate) branches: BTreeMap<String, BTreeMap<String, String>>,
}

/// Every repository by its name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Git(pub(crate) BTreeMap<String, Repository>);

impl Git {
    /// A file on a branch; on the default branch where none is named.
    /// Source: run-inputs §7 [CORE GitAwareEntityHelper: no branch is the repository's default branch].
    pub(crate) fn file(&self, repo: &str, branch: Option<&str>, path: &str) -> Option<(&str, &str)> {
        let repository = self.0.get(repo)?;
        let (branch, files) = repository.branches.get_key_value(repository.named(branch))?;
        Some((branch.as_str(), files.get(path)?.as_str()))
    }

    /// The branch that is meant; of a repository that nobody knows, the one that its default branch would be.
    pub(crate) fn branch(&self, repo: &str, branch: Option<&str>) -> String {
        let repository = self.0.get(repo);
        repository
            .map_or(branch.unwrap_or(DEFAULT_BRANCH), |repository| repository.named(branch))
            .to_owned()
    }

    /// Whether a branch may be written to: one that is there, or any of a repository that is not.
    pub(crate) fn has_branch(&self, repo: &str, branch: &str) -> bool {
        self.0
            .get(repo)
            .is_none_or(|repository| repository.branches.contains_key(branch))
    }

    /// Puts a file on a branch; the repository, with its default branch, and the branch come into being.
    pub(crate) fn put_file(&mut self, repo: &str, branch: Option<&str>, path: &str, text: &str) {
        let repository = self.0.entry(repo.to_owned()).or_default();
        if repository.default_branch.is_empty() {
            DEFAULT_BRANCH.clone_into(&mut repository.default_branch);
        }
        repository
            .branches
            .entry(repository.default_branch.clone())
            .or_default();
        let named = repository.named(branch).to_owned();
        repository
            .branches
            .entry(named)
            .or_default()
            .insert(path.to_owned(), text.to_owned());
    }

    /// Starts a branch from another, from the default branch where none is named.
    pub(crate) fn branch_off(&mut self, repo: &str, base: Option<&str>, branch: &str) {
        let Some(repository) = self.0.get_mut(repo) else {
            return;
        };
        let files = repository
            .branches
            .get(repository.named(base))
            .cloned()
            .unwrap_or_default();
        repository.branches.entry(branch.to_owned()).or_insert(files);
    }
}

impl Repository {
    fn named<'a>(&'a self, branch: Option<&'a str>) -> &'a str {
        branch
            .filter(|branch| *branch != "__default__")
            .unwrap_or(&self.default_branch)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// run-inputs §7
    #[test]
    fn no_branch_is_the_default_branch() {
        let mut git = Git::default();
        git.put_file("infra", Some("feature"), "a.yaml", "on feature");
        assert_eq!(git.file("infra", None, "a.yaml"), None);
        git.put_file("infra", None, "a.yaml", "on main");
        assert_eq!(git.file("infra", None, "a.yaml"), Some(("main", "on main")));
        assert_eq!(
            git.file("infra", Some("__default__"), "a.yaml"),
            Some(("main", "on main"))
        );
        assert_eq!(
            git.file("infra", Some("feature"), "a.yaml"),
            Some(("feature", "on feature"))
        );
        git.branch_off("infra", None, "fix");
        assert_eq!(git.file("infra", Some("fix"), "a.yaml"), Some(("fix", "on main")));
        assert!(git.has_branch("infra", "fix") && !git.has_branch("infra", "gone"));
    }
}
