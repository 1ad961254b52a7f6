//! The config repository, annotations, and history in bulk: what the backend has beyond the browser.

use std::collections::BTreeMap;

use harness_cd_model::words::nearest;
use harness_cd_model::{DeployRules, PipelineRef, StoppedService};
use js_sys::Error;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::codec::{decode, decode_files, encode};
use crate::error::{harness_failure, invalid_request};

/// The files that describe a config repository, by the text of its `harness-cd.yaml`, if it has one.
#[wasm_bindgen(js_name = describedFiles, unchecked_return_type = "DescribedFiles")]
pub fn described_files(layout: Option<String>) -> Result<JsValue, Error> {
    encode(&harness_cd::pipeline::described_files(
        layout.as_ref().map(String::as_bytes),
    ))
}

/// Reads a config repository, path relative to its root to content, and answers with the rules of its services.
#[wasm_bindgen(js_name = readConfigRepo, unchecked_return_type = "ConfigReading")]
pub fn read_config_repo(
    #[wasm_bindgen(unchecked_param_type = "Record<string, string>")] files: JsValue,
) -> Result<JsValue, Error> {
    encode(&harness_cd::read_rules(&decode_files(&files)?))
}

/// The rules of the service that a pipeline deploys, by its identifier or its name, among those of a config repository.
/// `INVALID_CONFIG` where it is, or may be, the pipeline of one of its stopped services.
#[wasm_bindgen(js_name = rulesOf, unchecked_return_type = "DeployRules | undefined")]
pub fn rules_of(
    #[wasm_bindgen(unchecked_param_type = "DeployRules[]")] rules: JsValue,
    #[wasm_bindgen(unchecked_param_type = "StoppedService[]")] stopped: JsValue,
    #[wasm_bindgen(unchecked_param_type = "PipelineRef")] pipeline: JsValue,
) -> Result<JsValue, Error> {
    let (rules, stopped): (Vec<DeployRules>, Vec<StoppedService>) =
        (decode("rules", &rules)?, decode("stopped", &stopped)?);
    let pipeline: PipelineRef<'static> = decode("pipeline", &pipeline)?;
    let rules = harness_cd::rules_of(&rules, &stopped, &pipeline).map_err(harness_failure)?;
    rules.map_or(Ok(JsValue::UNDEFINED), encode)
}

/// Of each of several pipelines the place of its rules among them: the rules that [`rules_of`] answers with. -1 for one that
/// is in no config repo, -2 for one that is, or may be, of a service that is stopped.
#[wasm_bindgen(js_name = placesOfRules, unchecked_return_type = "number[]")]
pub fn places_of_rules(
    #[wasm_bindgen(unchecked_param_type = "DeployRules[]")] rules: JsValue,
    #[wasm_bindgen(unchecked_param_type = "StoppedService[]")] stopped: JsValue,
    #[wasm_bindgen(unchecked_param_type = "PipelineRef[]")] pipelines: JsValue,
) -> Result<JsValue, Error> {
    let (rules, stopped): (Vec<DeployRules>, Vec<StoppedService>) =
        (decode("rules", &rules)?, decode("stopped", &stopped)?);
    let pipelines: Vec<PipelineRef<'static>> = decode("pipelines", &pipelines)?;
    encode(&harness_cd::places_of_rules(&rules, &stopped, &pipelines))
}

/// The name among some that may have been meant by another one; undefined where none is near.
#[wasm_bindgen(js_name = nearestName)]
pub fn nearest_name(name: &str, names: Vec<String>) -> Option<String> {
    nearest(name, names.iter().map(String::as_str)).map(str::to_owned)
}

/// Reads the Harness annotations of a catalog entity.
#[wasm_bindgen(js_name = readAnnotations, unchecked_return_type = "HarnessAnnotations")]
pub fn read_annotations(
    #[wasm_bindgen(unchecked_param_type = "Record<string, string>")] annotations: JsValue,
) -> Result<JsValue, Error> {
    let annotations: BTreeMap<String, String> = decode("annotations", &annotations)?;
    encode(&harness_cd::links::read_annotations(&annotations))
}

/// The page that shows the commit of a version, or what lies between it and the version before, at the host that an
/// entity's annotation `backstage.io/source-location` names; undefined where there is none.
#[wasm_bindgen(js_name = sourceLink, unchecked_return_type = "SourceLink | undefined")]
pub fn source_link(source: &str, version: &str, before: Option<String>) -> Result<JsValue, Error> {
    let link = harness_cd::links::source_link(source, version, before.as_deref());
    link.as_ref().map_or(Ok(JsValue::UNDEFINED), encode)
}

/// Takes a URL of Harness's user interface apart. Throws `INVALID_REQUEST` for any other URL.
#[wasm_bindgen(js_name = parseHarnessUrl, unchecked_return_type = "HarnessUrl")]
pub fn parse_harness_url(url: &str) -> Result<JsValue, Error> {
    let target = harness_cd::links::parse_url(url).map_err(|error| invalid_request(&error.to_string()))?;
    encode(&target)
}

/// Judges whether something of Harness that the catalog names is in an account and a project that the portal is
/// configured for.
#[wasm_bindgen(js_name = judgeReach, unchecked_return_type = "Reach")]
pub fn judge_reach(
    #[wasm_bindgen(unchecked_param_type = "ReachQuestion")] question: JsValue,
) -> Result<JsValue, Error> {
    encode(&harness_cd::links::judge_reach(&decode("question", &question)?))
}

/// Judges whether an entity may see or run a pipeline.
#[wasm_bindgen(js_name = judgeOwnership, unchecked_return_type = "Ownership")]
pub fn judge_ownership(
    #[wasm_bindgen(unchecked_param_type = "OwnershipQuestion")] question: JsValue,
) -> Result<JsValue, Error> {
    encode(&harness_cd::deploy::judge_ownership(&decode("question", &question)?))
}

/// Shapes the body of Harness's answer about executions: the JSON text of a `HistoryPage`. Throws `MALFORMED_RESPONSE`
/// for any other body.
#[wasm_bindgen(js_name = shapeHistory)]
pub fn shape_history(
    body: &[u8],
    #[wasm_bindgen(unchecked_param_type = "HistoryOptions")] options: JsValue,
) -> Result<String, Error> {
    let options = decode("options", &options)?;
    harness_cd::history::shape_history_text(body, &options)
        .map_err(|error| harness_failure(harness_cd::malformed(error)))
}
