//! The config repository, annotations, and history in bulk: what the backend has beyond the browser.

use std::collections::BTreeMap;

use js_sys::Error;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::codec::{decode, decode_files, encode};
use crate::error::{harness_failure, invalid_request};

/// Reads a config repository, path relative to its root to content, and answers with the rules of its services.
#[wasm_bindgen(js_name = readConfigRepo, unchecked_return_type = "ConfigReading")]
pub fn read_config_repo(
    #[wasm_bindgen(unchecked_param_type = "Record<string, string>")] files: JsValue,
) -> Result<JsValue, Error> {
    encode(&harness_cd::read_rules(&decode_files(&files)?))
}

/// Reads the Harness annotations of a catalog entity.
#[wasm_bindgen(js_name = readAnnotations, unchecked_return_type = "HarnessAnnotations")]
pub fn read_annotations(
    #[wasm_bindgen(unchecked_param_type = "Record<string, string>")] annotations: JsValue,
) -> Result<JsValue, Error> {
    let annotations: BTreeMap<String, String> = decode("annotations", &annotations)?;
    encode(&harness_cd::links::read_annotations(&annotations))
}

/// Takes a URL of Harness's user interface apart. Throws `INVALID_REQUEST` for any other URL.
#[wasm_bindgen(js_name = parseHarnessUrl, unchecked_return_type = "HarnessUrl")]
pub fn parse_harness_url(url: &str) -> Result<JsValue, Error> {
    let target = harness_cd::links::parse_url(url).map_err(|error| invalid_request(&error.to_string()))?;
    encode(&target)
}

/// Whether an address that stands in the catalog is of the Harness at `baseUrl`. One on this very machine stands for one
/// elsewhere, and has pages on any host.
#[wasm_bindgen(js_name = isPageOf)]
pub fn is_page_of(address: &str, #[wasm_bindgen(js_name = baseUrl)] base_url: &str) -> bool {
    harness_cd::links::is_page_of(address, base_url)
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
