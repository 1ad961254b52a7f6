//! Pipelines as text, for the backend.

use harness_cd::template::Values;
use js_sys::{Error, Function};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::codec::{decode, decode_files, encode};

/// Renders every entity of a config repository: path relative to its root to content, in and out. What is broken is left
/// out, and said in the diagnostics.
#[wasm_bindgen(js_name = renderConfigRepo, unchecked_return_type = "Rendered")]
pub fn render_config_repo(
    #[wasm_bindgen(unchecked_param_type = "Record<string, string>")] files: JsValue,
) -> Result<JsValue, Error> {
    let repo = harness_cd::pipeline::read_config_repo(&decode_files(&files)?);
    let mut rendered = harness_cd::pipeline::render(&repo, &[]);
    rendered.add(repo.diagnostics);
    encode(&rendered.into_files())
}

/// Renders one template once for each set of values, and hands on each text as it is made: a thousand pipelines are
/// never held together. Where there are diagnostics, not every set had its text. `file` names the template in findings.
#[wasm_bindgen(js_name = renderTemplate, unchecked_return_type = "Diagnostic[]")]
pub fn render_template(
    file: &str,
    text: &str,
    #[wasm_bindgen(unchecked_param_type = "Record<string, string>[]")] values: JsValue,
    #[wasm_bindgen(unchecked_param_type = "(text: string) => void")] take: Function,
) -> Result<JsValue, Error> {
    let values: Vec<Values> = decode("values", &values)?;
    let mut thrown = None;
    let diagnostics = harness_cd::pipeline::render_template(file, text, &values, |text| {
        thrown = thrown.take().or(take.call1(&JsValue::NULL, &text.into()).err());
    });
    match thrown {
        Some(error) => Err(error.into()),
        None => encode(&diagnostics),
    }
}

/// Reads the runtime inputs of a pipeline, template, input set or any other Harness YAML.
#[wasm_bindgen(js_name = runtimeInputs, unchecked_return_type = "InputsReading")]
pub fn runtime_inputs(file: &str, text: &str) -> Result<JsValue, Error> {
    encode(&harness_cd::pipeline::runtime_inputs(file, text.as_bytes()))
}
