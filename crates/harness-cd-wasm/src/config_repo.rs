//! The config repository, pipelines and bulk: what the backend has beyond the browser.

use std::collections::BTreeMap;

use harness_cd_model::ConfigReading;
use harness_cd_pipeline::{ConfigRepo, Files};
use js_sys::Error;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::codec::{decode, encode, encode_text};
use crate::error::malformed_response;

/// Reads a config repository and answers with the rules of its services.
#[wasm_bindgen(js_name = readConfigRepo, unchecked_return_type = "ConfigReading")]
pub fn read_config_repo(
    #[wasm_bindgen(unchecked_param_type = "Record<string, string>")] files: JsValue,
) -> Result<JsValue, Error> {
    encode(&reading(harness_cd_pipeline::read_config_repo(&decode_files(&files)?)))
}

/// Renders the entities of every service of a config repository.
#[wasm_bindgen(js_name = renderConfigRepo, unchecked_return_type = "Rendered")]
pub fn render_config_repo(
    #[wasm_bindgen(unchecked_param_type = "Record<string, string>")] files: JsValue,
) -> Result<JsValue, Error> {
    let repo = harness_cd_pipeline::read_config_repo(&decode_files(&files)?);
    encode(&harness_cd_pipeline::render(&repo, &[]))
}

/// Reads the runtime inputs of any Harness YAML.
#[wasm_bindgen(js_name = runtimeInputs, unchecked_return_type = "InputsReading")]
pub fn runtime_inputs(file: &str, text: &[u8]) -> Result<JsValue, Error> {
    encode(&harness_cd_pipeline::runtime_inputs(file, text))
}

/// Checks any Harness YAML.
#[wasm_bindgen(unchecked_return_type = "Diagnostic[]")]
pub fn lint(file: &str, text: &[u8]) -> Result<JsValue, Error> {
    encode(&harness_cd_pipeline::lint(file, text))
}

/// Shapes the body of Harness's answer: the JSON text of a `HistoryPage`.
#[wasm_bindgen(js_name = shapeHistory)]
pub fn shape_history(
    body: &[u8],
    #[wasm_bindgen(unchecked_param_type = "HistoryOptions")] options: JsValue,
) -> Result<String, Error> {
    let options = decode("options", &options)?;
    let page = harness_cd_deploy::shape_history(body, &options).map_err(malformed_response)?;
    encode_text(&page)
}

fn decode_files(files: &JsValue) -> Result<Files, Error> {
    let files: BTreeMap<String, String> = decode("files", files)?;
    Ok(files
        .into_iter()
        .map(|(path, text)| (path, text.into_bytes()))
        .collect())
}

fn reading(repo: ConfigRepo) -> ConfigReading {
    let ConfigRepo {
        platform,
        catalog,
        diagnostics,
        ..
    } = repo;
    let Some(platform) = platform else {
        return ConfigReading::Rejected { diagnostics };
    };
    let rules = catalog
        .services
        .iter()
        .map(|service| harness_cd_pipeline::deploy_rules(&platform, service));
    ConfigReading::Read {
        rules: rules.collect(),
        regions: platform.regions,
        diagnostics,
    }
}
