//! What somebody else does to a repository.

use serde::Deserialize;

use super::done;
use crate::simulator::Simulator;
use crate::wire::body::read_json;
use crate::wire::message::Request;
use crate::wire::respond::Outcome;

/// A file on a branch, the default branch where none is named.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Push {
    repo: String,
    #[serde(default)]
    branch: Option<String>,
    path: String,
    text: String,
}

/// What Harness has cached of the repository stays as it was (run-inputs §7 [CORE]).
pub(super) fn put(simulator: &mut Simulator, request: &Request, _: i64) -> Outcome {
    let push: Push = read_json(&request.body)?;
    simulator
        .world
        .git
        .put_file(&push.repo, push.branch.as_deref(), &push.path, &push.text);
    done()
}
