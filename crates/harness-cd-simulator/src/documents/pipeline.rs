//! A pipeline's YAML, wherever it lies: in Harness, or on a branch of a repository.

use std::sync::Arc;

use serde_json::Value;

use crate::state::entity::{Entity, GitPlace, Kind};
use crate::state::modes::GitCache;
use crate::state::scope::Scope;
use crate::state::store::Store;
use crate::tables::yaml;
use crate::wire::respond::Failure;
use crate::world::World;

/// How a remote pipeline is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reading {
    /// From the repository: every run does (run-inputs §7 [CORE]).
    Fresh,
    /// As Harness has it: `Load-From-Cache: true`.
    Cached,
}

/// Whether what the cache gave is what lies in the repository.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CacheState {
    Valid,
    Stale,
}

/// A pipeline's YAML, and where it was read.
#[derive(Clone, Debug)]
pub(crate) struct Document {
    pub(crate) yaml: Arc<str>,
    /// What stands under `pipeline`; null where there is a problem.
    pub(crate) body: Arc<Value>,
    /// The branch of a remote pipeline.
    pub(crate) branch: Option<String>,
    pub(crate) object_id: String,
    pub(crate) version: i64,
    /// Why the YAML is no pipeline.
    pub(crate) problem: Option<String>,
    /// What the cache had to say, where it was asked.
    pub(crate) cache: Option<CacheState>,
}

/// Reads a pipeline: a remote one from the branch, from the default branch where none is named.
///
/// # Errors
/// No such pipeline, or no such file on that branch.
pub(crate) fn document(
    world: &mut World,
    scope: &Scope,
    id: &str,
    branch: Option<&str>,
    reading: Reading,
) -> Result<Document, Failure> {
    let entity = world.store.get(Kind::Pipeline, scope, "", id, &world.modes)?;
    match entity.git.clone() {
        None => Ok(inline(entity)),
        Some(place) => {
            let version = entity.version;
            remote(world, version, &place, branch, reading)
        }
    }
}

/// What stands under `pipeline`, or why the text is no pipeline.
pub(crate) fn body_of(text: &str) -> Result<Value, String> {
    let document = yaml::read(text)?;
    let body = document.get("pipeline").filter(|body| body.is_object());
    body.cloned().ok_or_else(|| "the document has no `pipeline`".to_owned())
}

fn inline(entity: &Entity) -> Document {
    Document {
        yaml: Arc::clone(&entity.yaml),
        body: entity.body.shared(),
        branch: None,
        object_id: Store::object_id(&entity.yaml),
        version: entity.version,
        problem: None,
        cache: None,
    }
}

fn remote(
    world: &mut World,
    version: i64,
    place: &GitPlace,
    branch: Option<&str>,
    reading: Reading,
) -> Result<Document, Failure> {
    let found = world.git.file(&place.repo, branch, &place.path);
    let (branch, fresh) = found.ok_or_else(|| file_not_found(place))?;
    let (branch, fresh) = (branch.to_owned(), fresh.to_owned());
    let known = world
        .git_cache
        .file(&place.repo, Some(&branch), &place.path)
        .map(|(_, text)| text.to_owned());
    if known.is_none() {
        world
            .git_cache
            .put_file(&place.repo, Some(&branch), &place.path, &fresh);
    }
    let (text, cache) = match (reading, world.modes.git_cache) {
        (Reading::Fresh, _) => (fresh, None),
        (Reading::Cached, GitCache::Stale) if known.as_ref().is_some_and(|known| *known != fresh) => {
            (known.unwrap_or_default(), Some(CacheState::Stale))
        }
        (Reading::Cached, _) => (fresh, Some(CacheState::Valid)),
    };
    let (body, problem) = match body_of(&text) {
        Ok(body) => (body, None),
        Err(problem) => (Value::Null, Some(problem)),
    };
    Ok(Document {
        object_id: Store::object_id(&text),
        yaml: text.into(),
        body: Arc::new(body),
        branch: Some(branch),
        version,
        problem,
        cache,
    })
}

/// The code by which `loadFromFallbackBranch` knows that it is to try.
pub(crate) const SCM_BAD_REQUEST: &str = "SCM_BAD_REQUEST";

/// Source: run-inputs §7 [CORE, HUB]: a branch or a file that is missing is a 400 with HINT, EXPLANATION and
/// SCM_BAD_REQUEST, and neither is told from the other. The sentences of the first two are restated.
pub(crate) fn file_not_found(place: &GitPlace) -> Failure {
    let GitPlace { repo, path, .. } = place;
    Failure::new(400, SCM_BAD_REQUEST, "File not found").with_causes(vec![
        (
            "HINT",
            format!("Please check the file path [{path}], the branch and the repository [{repo}]"),
        ),
        (
            "EXPLANATION",
            format!("The file [{path}] was not found in the repository [{repo}]"),
        ),
    ])
}
