//! Which branch of a remote pipeline a call is about, and whether a cache will do.

use crate::api::route::{Call, style};
use crate::documents::pipeline::Reading;
use crate::state::entity::Kind;
use crate::state::modes::PipelineBranchName;
use crate::wire::respond::Style;
use crate::world::World;

impl Reading {
    /// Source: run-inputs §7 [CORE]: the header of get, template, merge and the list of stages; false without it.
    pub(crate) fn of(call: &Call<'_>) -> Self {
        match call.request.header("load-from-cache") {
            Some(text) if text.eq_ignore_ascii_case("true") => Self::Cached,
            _ => Self::Fresh,
        }
    }
}

/// The branch that a call asks for. Source: run-inputs §7, §10 [CORE openapi v1] for the name of the newer generation.
/// Source: run-inputs §7 [CORE GitAwareEntityHelper]: a `parentEntityRepoName` that differs from the entity's repository
/// makes `branch` be ignored.
pub(crate) fn branch_of<'a>(world: &World, call: &Call<'a>, id: &str) -> Option<&'a str> {
    let entity = world.store.find(Kind::Pipeline, &call.scope, "", id)?;
    let place = entity.git.as_ref()?;
    let parent = call.parameter("parentEntityRepoName");
    let name = match style(&call.request.path) {
        Style::Classic => "branch",
        Style::V1 => "branch_name",
    };
    call.parameter(name)
        .filter(|_| parent.is_none_or(|parent| parent == place.repo))
}

/// The branch that the start of a run asks for.
/// Source: run-inputs §7, §14.7 [MCP sends `pipelineBranchName`; the server of 2023 does not read it; open].
pub(crate) fn branch_of_run<'a>(world: &World, call: &Call<'a>, id: &str) -> Option<&'a str> {
    let other = match world.modes.pipeline_branch_name {
        PipelineBranchName::Ignored => None,
        PipelineBranchName::Honoured => call.parameter("pipelineBranchName"),
    };
    branch_of(world, call, id).or(other)
}
