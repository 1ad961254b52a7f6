//! What the record of a project's deployments tells. Rows come in as the bytes of a JSON list of deployments, each once
//! and in any order; answers go out as JSON text.

use harness_cd::TimelineQuestion;
use harness_cd::record::{MatrixOptions, MetricsOptions};
use js_sys::Error;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::codec::{decode, epoch_ms};
use crate::error::harness_failure;

/// What deployments are sought by where they are stored: the JSON text of a list of `DeploymentKeys`, in their order.
#[wasm_bindgen(js_name = keysOfDeployments)]
pub fn keys_of_deployments(rows: &[u8]) -> Result<String, Error> {
    harness_cd::keys_text(rows).map_err(harness_failure)
}

/// The deployments of runs with what these were asked to do. Comes in as the bytes of a JSON list of `{deployments,
/// inputs}`: the JSON text of a list of `{deployments, keys}`, in its order.
#[wasm_bindgen(js_name = withRunInputs)]
pub fn with_run_inputs(runs: &[u8]) -> Result<String, Error> {
    harness_cd::with_inputs_text(runs).map_err(harness_failure)
}

/// What runs where: the JSON text of a `DeploymentMatrix`.
#[wasm_bindgen(js_name = tellMatrix)]
pub fn tell_matrix(
    rows: &[u8],
    #[wasm_bindgen(unchecked_param_type = "MatrixOptions")] options: JsValue,
) -> Result<String, Error> {
    let options: MatrixOptions = decode("options", &options)?;
    harness_cd::matrix_text(rows, &options).map_err(harness_failure)
}

/// How well delivery goes: the JSON text of `DeliveryMetrics`.
#[wasm_bindgen(js_name = tellMetrics)]
pub fn tell_metrics(
    rows: &[u8],
    #[wasm_bindgen(unchecked_param_type = "MetricsOptions")] options: JsValue,
) -> Result<String, Error> {
    let options: MetricsOptions = decode("options", &options)?;
    harness_cd::metrics_text(rows, &options).map_err(harness_failure)
}

/// How well delivery goes in several projects together: the JSON text of `DeliveryMetrics`. The projects come in as the
/// bytes of a JSON list of `{teams, rows}`, the teams by the services' identifiers.
#[wasm_bindgen(js_name = tellMetricsOfProjects)]
pub fn tell_metrics_of_projects(
    projects: &[u8],
    #[wasm_bindgen(unchecked_param_type = "MetricsOptions")] options: JsValue,
) -> Result<String, Error> {
    let options: MetricsOptions = decode("options", &options)?;
    harness_cd::metrics_of_projects_text(projects, &options).map_err(harness_failure)
}

/// What happened: the JSON text of a `Timeline`. Throws `INVALID_REQUEST` for a filter that cannot be, with all that is
/// wrong.
#[wasm_bindgen(js_name = tellTimeline)]
pub fn tell_timeline(
    rows: &[u8],
    #[wasm_bindgen(unchecked_param_type = "TimelineQuestion")] question: JsValue,
) -> Result<String, Error> {
    let question: TimelineQuestion = decode("question", &question)?;
    harness_cd::timeline_text(rows, &question).map_err(harness_failure)
}

/// Where a version has been: the JSON text of a list of `VersionStop`.
#[wasm_bindgen(js_name = tellVersionStops)]
pub fn tell_version_stops(rows: &[u8], version: &str) -> Result<String, Error> {
    harness_cd::version_stops_text(rows, version).map_err(harness_failure)
}

/// What is new in production since an instant, epoch ms: the JSON text of a list of `PlaceNews`.
#[wasm_bindgen(js_name = tellNewInProduction)]
pub fn tell_new_in_production(rows: &[u8], since: f64) -> Result<String, Error> {
    harness_cd::new_in_production_text(rows, epoch_ms(since)).map_err(harness_failure)
}

/// What ran where at an instant, epoch ms: the JSON text of a list of `StoodAt`.
#[wasm_bindgen(js_name = tellRunningAt)]
pub fn tell_running_at(rows: &[u8], instant: f64) -> Result<String, Error> {
    harness_cd::running_at_text(rows, epoch_ms(instant)).map_err(harness_failure)
}
