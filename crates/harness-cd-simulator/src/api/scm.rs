//! Branches of repositories, for the form of a run that clones. Only Harness's own page is known to call this.

use serde_json::{Value, json};

use super::entities::READ;
use super::route::{Call, Route};
use crate::state::entity::Kind;
use crate::state::git::Repository;
use crate::state::store;
use crate::tables::invented;
use crate::wire::respond::{Failure, Outcome, Reply};
use crate::world::World;

pub(crate) const ROUTES: &[Route] = &[
    Route::new("GET", "ng/api/scm/list-branches", READ, list_branches).hidden(),
    Route::new("GET", "ng/api/scm/v2/list-branches", READ, list_branches).hidden(),
];

/// Source: run-inputs §5 [UI]: the default branch is `defaultBranch.name`, however few branches are asked for.
fn list_branches(world: &mut World, call: &Call<'_>) -> Outcome {
    let connector = call.required("connectorRef", &world.modes)?;
    if world
        .store
        .follow(Kind::Connector, &call.scope, "", connector)
        .is_none()
    {
        return Err(store::missing(Kind::Connector, &call.scope, connector, &world.modes));
    }
    let name = call.required("repoName", &world.modes)?;
    let repository = world.git.0.get(name);
    let repository = repository.ok_or_else(|| Failure::not_simulated("the branches of an unknown repository"))?;
    let size = call
        .parameter("size")
        .and_then(|size| size.parse().ok())
        .unwrap_or(invented::BRANCHES);
    Ok(Reply::Enveloped(branches(repository, size)))
}

fn branches(repository: &Repository, size: usize) -> Value {
    let names = repository.branches.keys().take(size);
    let branches: Vec<Value> = names.map(|name| json!({ "name": name })).collect();
    json!({ "branches": branches, "defaultBranch": { "name": repository.default_branch } })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// run-inputs §5
    #[test]
    fn the_default_branch_is_told_besides_the_first_branches() {
        let repository = Repository {
            default_branch: "main".to_owned(),
            branches: ["develop", "main"]
                .map(|name| (name.to_owned(), std::collections::BTreeMap::new()))
                .into(),
        };
        let answer = branches(&repository, 1);
        assert_eq!(answer["branches"], json!([{ "name": "develop" }]));
        assert_eq!(answer["defaultBranch"]["name"], "main");
    }
}
