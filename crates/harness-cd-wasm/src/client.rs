//! The Harness client: the one handle that crosses the door.
//!
//! Calls own their arguments and share the client, so that no borrow is held while Harness is waited for and the
//! handle may be freed in mid-call.

use std::rc::Rc;

use harness_cd_client::{ExecutionQuery, RunInputs, RunRequest};
use harness_cd_history::{HistoryOptions, shape_history_text, shape_progress};
use harness_cd_model::DeployRequest;
use harness_cd_pipeline::fill_inputs;
use js_sys::{Error, Promise};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen_futures::future_to_promise;

use crate::codec::{decode, encode};
use crate::error::{harness_failure, invalid_request, malformed_response};
use crate::transport::FetchTransport;

/// The run of a checked deploy request, its inputs written into the live pipeline's structure.
#[wasm_bindgen(js_name = deploymentRun, unchecked_return_type = "RunRequest")]
pub fn deployment_run(
    pipeline: &str,
    #[wasm_bindgen(js_name = pipelineYaml)] pipeline_yaml: &str,
    #[wasm_bindgen(unchecked_param_type = "DeployRequest")] request: JsValue,
    #[wasm_bindgen(js_name = startedBy)] started_by: &str,
    nonce: &str,
) -> Result<JsValue, Error> {
    let request: DeployRequest = decode("request", &request)?;
    let inputs = fill_inputs(pipeline_yaml, &request.input_values());
    let inputs = inputs.map_err(|error| invalid_request(&error.to_string()))?;
    let run = RunRequest::for_deployment(pipeline, &request, started_by, nonce);
    let inputs = RunInputs::Yaml(inputs);
    encode(&RunRequest { inputs, ..run })
}

/// A client of one project of Harness. `free()` it when it is no longer needed.
#[wasm_bindgen]
pub struct HarnessClient {
    client: Rc<harness_cd_client::HarnessClient<FetchTransport>>,
}

#[wasm_bindgen]
impl HarnessClient {
    /// Checks the options; sends nothing.
    #[wasm_bindgen(constructor)]
    pub fn new(
        #[wasm_bindgen(unchecked_param_type = "HarnessClientOptions")] options: JsValue,
    ) -> Result<HarnessClient, Error> {
        let options = decode("options", &options)?;
        let client = harness_cd_client::HarnessClient::new(options, FetchTransport).map_err(harness_failure)?;
        Ok(Self {
            client: Rc::new(client),
        })
    }

    /// Starts a pipeline; sent once.
    #[wasm_bindgen(js_name = runPipeline, unchecked_return_type = "Promise<RunOutcome>")]
    pub fn run_pipeline(&self, #[wasm_bindgen(unchecked_param_type = "RunRequest")] run: JsValue) -> Promise {
        let client = Rc::clone(&self.client);
        future_to_promise(async move {
            let run: RunRequest = decode("run", &run)?;
            let outcome = client.run_pipeline(&run).await.map_err(harness_failure)?;
            Ok(encode(&outcome)?)
        })
    }

    /// Reads a pipeline as Harness stores it.
    #[wasm_bindgen(js_name = getPipeline, unchecked_return_type = "Promise<PipelineYaml>")]
    pub fn get_pipeline(&self, pipeline: String) -> Promise {
        let client = Rc::clone(&self.client);
        future_to_promise(async move {
            let pipeline = client.get_pipeline(&pipeline).await.map_err(harness_failure)?;
            Ok(encode(&pipeline)?)
        })
    }

    /// Lists executions as deployments: the JSON text of a `HistoryPage`.
    #[wasm_bindgen(js_name = listDeployments, unchecked_return_type = "Promise<string>")]
    pub fn list_deployments(
        &self,
        #[wasm_bindgen(unchecked_param_type = "ExecutionQuery")] query: JsValue,
        #[wasm_bindgen(unchecked_param_type = "HistoryOptions")] options: JsValue,
    ) -> Promise {
        let client = Rc::clone(&self.client);
        future_to_promise(async move {
            let query: ExecutionQuery = decode("query", &query)?;
            let options: HistoryOptions = decode("options", &options)?;
            let body = client.list_executions(&query).await.map_err(harness_failure)?;
            Ok(shape_history_text(&body, &options).map_err(malformed_response)?.into())
        })
    }

    /// Reads how far one execution is.
    #[wasm_bindgen(js_name = getExecution, unchecked_return_type = "Promise<ExecutionProgress>")]
    pub fn get_execution(
        &self,
        id: String,
        #[wasm_bindgen(unchecked_param_type = "HistoryOptions")] options: JsValue,
    ) -> Promise {
        let client = Rc::clone(&self.client);
        future_to_promise(async move {
            let options: HistoryOptions = decode("options", &options)?;
            let body = client.get_execution(&id, None).await.map_err(harness_failure)?;
            let progress = shape_progress(&body, &options).map_err(malformed_response)?;
            Ok(encode(&progress)?)
        })
    }
}
