//! What ran: lists, details, notes.

pub(crate) mod detail;
pub(crate) mod filter;
pub(crate) mod list;
mod targets;
mod texts;

use super::route::{Access, Call, Route};
use crate::engine::run::Run;
use crate::state::modes::LateDetail;
use crate::state::people::Permission::{Execute, View};
use crate::state::store;
use crate::wire::respond::Failure;
use crate::world::World;

const READ: Access = Access::Project(View);

pub(crate) const ROUTES: &[Route] = &[
    Route::new("POST", "pipeline/api/pipelines/execution/summary", READ, list::list),
    Route::new(
        "POST",
        "pipeline/api/pipelines/execution/summary/outline",
        READ,
        list::outline,
    ),
    Route::new(
        "POST",
        "pipeline/api/pipelines/execution/executionSummary",
        READ,
        list::identifiers,
    ),
    Route::new("GET", "pipeline/api/pipelines/execution/v2/{}", READ, detail::detail),
    Route::new(
        "GET",
        "pipeline/api/pipelines/execution/{}/inputset",
        READ,
        detail::inputs_yaml,
    ),
    Route::new(
        "GET",
        "pipeline/api/pipelines/execution/{}/inputsetV2",
        READ,
        detail::inputs,
    ),
    Route::new("GET", "pipeline/api/pipelines/execution/{}/notes", READ, detail::notes),
    Route::new(
        "PUT",
        "pipeline/api/pipelines/execution/{}/notes",
        Access::Project(Execute),
        detail::write_notes,
    ),
    Route::new("GET", "pipeline/api/pipelines/getExecutionNode", READ, detail::node),
    Route::new("POST", "pipeline/api/pipelines/execution/url", READ, detail::url),
    Route::new(
        "GET",
        "pipeline/api/pipelines/execution/canRetry/{}",
        READ,
        detail::can_retry,
    ),
];

/// The execution with this id in the scope of a call, once it can be read.
///
/// Source: harness-api §3.6 [MCP poll-execution]: right after a run, reading may fail for seconds.
pub(crate) fn find<'w>(world: &'w World, call: &Call<'_>, id: &str) -> Result<&'w Run, Failure> {
    let message = || format!("Plan Execution Summary does not exist or has been deleted for planExecutionId: {id}");
    let run = world.runs.by_execution(id).filter(|run| run.scope == call.scope);
    let run = run.ok_or_else(|| store::not_found(message(), &world.modes))?;
    if run.readable_from <= call.now {
        return Ok(run);
    }
    Err(match world.modes.late_detail {
        LateDetail::BadRequest => Failure::invalid(message()),
        LateDetail::NotFound => Failure::new(404, "ENTITY_NOT_FOUND", message()),
        LateDetail::ServerError => Failure::new(500, "UNKNOWN_ERROR", message()),
    })
}
