//! What the browser may have: no secret, no network, no clock.

use harness_cd::deploy::validate;
use harness_cd_model::DeployTarget;
use js_sys::Error;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::codec::{decode, encode, epoch_ms};
use crate::patterns::EnginePatterns;
use crate::zones::IntlZones;

/// Checks a deploy request, given as the JSON text that a person or a program sent, against the rules of its service,
/// where it has some, and against what the live pipeline asks for. `nowMs` is the present, epoch ms.
#[wasm_bindgen(js_name = validateDeploy, unchecked_return_type = "DeployVerdict")]
pub fn validate_deploy(
    #[wasm_bindgen(js_name = requestText)] request_text: &str,
    #[wasm_bindgen(unchecked_param_type = "DeployTarget")] target: JsValue,
    #[wasm_bindgen(js_name = nowMs)] now_ms: f64,
) -> Result<JsValue, Error> {
    let target: DeployTarget = decode("target", &target)?;
    let (_, verdict) = validate(request_text, &target, epoch_ms(now_ms), &IntlZones, &EnginePatterns);
    encode(&verdict)
}
