//! The git parameters of a call.

use crate::api::route;
use crate::state::entity::GitPlace;
use crate::wire::respond::Failure;
use crate::world::World;

/// What a call asks of Git.
#[derive(Clone, Debug, Default)]
pub(crate) struct GitAsk {
    store_type: Option<String>,
    connector: Option<String>,
    repo: Option<String>,
    pub(super) branch: Option<String>,
    path: Option<String>,
    pub(super) base_branch: Option<String>,
    pub(super) last_object_id: Option<String>,
    is_new_branch: Option<String>,
    is_harness_code: Option<String>,
}

impl GitAsk {
    /// Reads the parameters by their classic names.
    /// Source: harness-api §1 [MCP, SDK, CORE PipelineResourceImpl].
    pub(crate) fn read(parameter: impl Fn(&str) -> Option<String>) -> Self {
        Self {
            store_type: parameter("storeType"),
            connector: parameter("connectorRef"),
            repo: parameter("repoName"),
            branch: parameter("branch"),
            path: parameter("filePath"),
            base_branch: parameter("baseBranch"),
            last_object_id: parameter("lastObjectId"),
            is_new_branch: parameter("isNewBranch"),
            is_harness_code: parameter("isHarnessCodeRepo"),
        }
    }

    /// Whether the branch is to begin with this save.
    pub(super) fn starts_branch(&self) -> bool {
        Self::is(self.is_new_branch.as_ref())
    }

    fn is(flag: Option<&String>) -> bool {
        flag.is_some_and(|text| text == "true")
    }

    /// Where a new remote pipeline is to lie; `None` for one that lies in Harness.
    pub(super) fn place(&self, world: &World) -> Result<Option<GitPlace>, Failure> {
        match self.store_type.as_deref() {
            None | Some("INLINE") => Ok(None),
            Some("REMOTE") => self.remote_place(world).map(Some),
            Some(other) => Err(Failure::invalid(format!(
                "storeType [{other}] is neither INLINE nor REMOTE"
            ))),
        }
    }

    pub(super) fn remote_place(&self, world: &World) -> Result<GitPlace, Failure> {
        let own = Self::is(self.is_harness_code.as_ref());
        let needed = [
            ("repoName", &self.repo),
            ("filePath", &self.path),
            ("connectorRef", &self.connector),
        ];
        let missing = needed
            .iter()
            .filter(|(name, value)| value.is_none() && !(own && *name == "connectorRef"));
        let missing: Vec<&'static str> = missing.map(|(name, _)| *name).collect();
        if !missing.is_empty() {
            return Err(route::missing_parameters(missing, &world.modes));
        }
        let repo = self.repo.clone().unwrap_or_default();
        Ok(GitPlace {
            connector: self.connector.clone().unwrap_or_default(),
            path: self.path.clone().unwrap_or_default(),
            branch: world.git.branch(&repo, self.branch.as_deref()),
            repo,
        })
    }
}
