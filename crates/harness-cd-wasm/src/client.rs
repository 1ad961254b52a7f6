//! Harness as one key reaches it: the one handle that crosses the door.
//!
//! Calls own their arguments and share the client, so that no borrow is held while Harness is waited for and the
//! handle may be freed in mid-call.

use std::future::Future;
use std::rc::Rc;

use harness_cd::client::{ExecutionQuery, HarnessFailure, LostRun};
use harness_cd::{AllowedDeployment, DeployQuestion, HarnessCd, InputAnswer, Ports, SyncQuestion};
use harness_cd_model::{AskedQuestion, ChoiceQuestion, HarnessScope, PipelineRef, TagQuestion};
use js_sys::{Error, Promise};
use serde::Serialize;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen_futures::future_to_promise;

use crate::codec::{decode, encode};
use crate::error::harness_failure;
use crate::patterns::EnginePatterns;
use crate::transport::FetchTransport;
use crate::zones::IntlZones;

const PORTS: Ports<'static> = Ports {
    zones: &IntlZones,
    patterns: &EnginePatterns,
};

/// Harness as one key reaches it: the projects of one account. Every method throws a `HarnessCdError`. `free()` it when it is no longer needed.
#[wasm_bindgen]
pub struct HarnessClient {
    harness: Rc<HarnessCd<FetchTransport>>,
}

#[wasm_bindgen]
impl HarnessClient {
    /// Checks the options; sends nothing.
    #[wasm_bindgen(constructor)]
    pub fn new(
        #[wasm_bindgen(unchecked_param_type = "HarnessClientOptions")] options: JsValue,
    ) -> Result<HarnessClient, Error> {
        let options = decode("options", &options)?;
        let client = harness_cd::client::HarnessClient::new(options, FetchTransport).map_err(harness_failure)?;
        Ok(Self {
            harness: Rc::new(HarnessCd::new(client)),
        })
    }

    /// Checks a deploy request: against the rules of its service, without calling Harness, and where none is broken
    /// against the live pipeline.
    #[wasm_bindgen(js_name = checkDeploy, unchecked_return_type = "Promise<DeployCheck>")]
    pub fn check_deploy(&self, #[wasm_bindgen(unchecked_param_type = "DeployQuestion")] question: JsValue) -> Promise {
        let harness = Rc::clone(&self.harness);
        future_to_promise(async move {
            let question: DeployQuestion = decode("question", &question)?;
            answer(harness.check(&question, PORTS)).await
        })
    }

    /// Starts a checked deployment; sent once. `startedBy` is for example `Backstage by user:default/ana`; `nonce` is a
    /// text that no other run has, 8 to 64 letters, digits, `-` and `_`. Throws `OUTCOME_UNKNOWN` where the answer was
    /// lost: `findStarted` looks for the run.
    #[wasm_bindgen(js_name = startDeployment, unchecked_return_type = "Promise<RunOutcome>")]
    pub fn start_deployment(
        &self,
        #[wasm_bindgen(unchecked_param_type = "AllowedDeployment")] deployment: JsValue,
        #[wasm_bindgen(js_name = startedBy)] started_by: String,
        nonce: String,
    ) -> Promise {
        let harness = Rc::clone(&self.harness);
        future_to_promise(async move {
            let deployment: AllowedDeployment = decode("deployment", &deployment)?;
            answer(harness.send(&deployment, &started_by, &nonce)).await
        })
    }

    /// Looks for a run whose answer was lost, by its nonce, for about 20 s. Starts nothing. `others` are executions that are
    /// known to be other runs. `null` where it is not found: it may have been started all the same.
    #[wasm_bindgen(js_name = findStarted, unchecked_return_type = "Promise<RunOutcome | null>")]
    pub fn find_started(
        &self,
        #[wasm_bindgen(unchecked_param_type = "PipelineRef")] pipeline: JsValue,
        #[wasm_bindgen(unchecked_param_type = "LostRun")] lost: JsValue,
        others: Vec<String>,
    ) -> Promise {
        let harness = Rc::clone(&self.harness);
        future_to_promise(async move {
            let pipeline: PipelineRef<'_> = decode("pipeline", &pipeline)?;
            let lost: LostRun = decode("lost", &lost)?;
            answer(async { Ok(harness.find_started(&pipeline, &lost, &others).await) }).await
        })
    }

    /// Looks once for runs of a pipeline whose answers were lost, all of them at a time. Starts nothing. `others` are
    /// executions that are known to be other runs.
    #[wasm_bindgen(js_name = lookForStarted, unchecked_return_type = "Promise<Sighting>")]
    pub fn look_for_started(
        &self,
        #[wasm_bindgen(unchecked_param_type = "PipelineRef")] pipeline: JsValue,
        #[wasm_bindgen(unchecked_param_type = "LostRun[]")] lost: JsValue,
        others: Vec<String>,
    ) -> Promise {
        let harness = Rc::clone(&self.harness);
        future_to_promise(async move {
            let pipeline: PipelineRef<'_> = decode("pipeline", &pipeline)?;
            let lost: Vec<LostRun> = decode("lost", &lost)?;
            answer(async { Ok(harness.look_for_started(&pipeline, &lost, &others).await) }).await
        })
    }

    /// Reads a pipeline as it is in Harness now, and what it asks for.
    #[wasm_bindgen(js_name = getPipeline, unchecked_return_type = "Promise<LivePipeline>")]
    pub fn get_pipeline(&self, #[wasm_bindgen(unchecked_param_type = "PipelineRef")] pipeline: JsValue) -> Promise {
        let harness = Rc::clone(&self.harness);
        future_to_promise(async move {
            let pipeline: PipelineRef<'_> = decode("pipeline", &pipeline)?;
            answer(harness.pipeline(&pipeline)).await
        })
    }

    /// The pipelines of a project whose tag `service` is this, the one that changed last first, at most 20.
    #[wasm_bindgen(js_name = pipelinesTagged, unchecked_return_type = "Promise<FoundPipeline[]>")]
    pub fn pipelines_tagged(
        &self,
        #[wasm_bindgen(unchecked_param_type = "HarnessScope")] scope: JsValue,
        service: String,
    ) -> Promise {
        let harness = Rc::clone(&self.harness);
        future_to_promise(async move {
            let scope: HarnessScope = decode("scope", &scope)?;
            answer(harness.pipelines_tagged(&scope, &service)).await
        })
    }

    /// The tags of a pipeline as Harness lists them, also where its text cannot be read; `null` where it lists no such
    /// pipeline.
    #[wasm_bindgen(js_name = listedTags, unchecked_return_type = "Promise<Record<string, string> | null>")]
    pub fn listed_tags(&self, #[wasm_bindgen(unchecked_param_type = "PipelineRef")] pipeline: JsValue) -> Promise {
        let harness = Rc::clone(&self.harness);
        future_to_promise(async move {
            let pipeline: PipelineRef<'_> = decode("pipeline", &pipeline)?;
            answer(harness.listed_tags(&pipeline)).await
        })
    }

    /// The tags of pipelines of a project, by their identifiers, as Harness lists them; of at most 100. Those that it does
    /// not list are left out.
    #[wasm_bindgen(js_name = tagsOfPipelines, unchecked_return_type = "Promise<Record<string, Record<string, string>>>")]
    pub fn tags_of_pipelines(
        &self,
        #[wasm_bindgen(unchecked_param_type = "HarnessScope")] scope: JsValue,
        pipelines: Vec<String>,
    ) -> Promise {
        let harness = Rc::clone(&self.harness);
        future_to_promise(async move {
            let scope: HarnessScope = decode("scope", &scope)?;
            answer(harness.tags_of_pipelines(&scope, &pipelines)).await
        })
    }

    /// Lists the saved input sets and overlays of a pipeline, the last changed first.
    #[wasm_bindgen(js_name = listInputSets, unchecked_return_type = "Promise<InputSetSummary[]>")]
    pub fn list_input_sets(&self, #[wasm_bindgen(unchecked_param_type = "PipelineRef")] pipeline: JsValue) -> Promise {
        let harness = Rc::clone(&self.harness);
        future_to_promise(async move {
            let pipeline: PipelineRef<'_> = decode("pipeline", &pipeline)?;
            answer(harness.input_sets(&pipeline)).await
        })
    }

    /// Reads what input sets of a pipeline answer together, in their order, and what is wrong with them.
    #[wasm_bindgen(js_name = savedInputs, unchecked_return_type = "Promise<SavedInputs>")]
    pub fn saved_inputs(
        &self,
        #[wasm_bindgen(unchecked_param_type = "PipelineRef")] pipeline: JsValue,
        #[wasm_bindgen(js_name = inputSets, unchecked_param_type = "string[]")] input_sets: JsValue,
    ) -> Promise {
        let harness = Rc::clone(&self.harness);
        future_to_promise(async move {
            let pipeline: PipelineRef<'_> = decode("pipeline", &pipeline)?;
            let named: Vec<String> = decode("inputSets", &input_sets)?;
            answer(harness.saved_inputs(&pipeline, &named)).await
        })
    }

    /// Reads what a node of a pipeline's execution asks for; `null` where it does not wait for anything now.
    #[wasm_bindgen(js_name = inputQuestion, unchecked_return_type = "Promise<InputQuestion | null>")]
    pub fn input_question(
        &self,
        #[wasm_bindgen(unchecked_param_type = "PipelineRef")] pipeline: JsValue,
        execution: String,
        node: String,
    ) -> Promise {
        let harness = Rc::clone(&self.harness);
        future_to_promise(async move {
            let pipeline: PipelineRef<'_> = decode("pipeline", &pipeline)?;
            answer(harness.input_question(&pipeline, &execution, &node)).await
        })
    }

    /// Checks an answer to what a run asks for, and sends one that is right; sent once. Throws `OUTCOME_UNKNOWN` where it
    /// is not known whether Harness took it.
    #[wasm_bindgen(js_name = answerInput, unchecked_return_type = "Promise<AnswerOutcome>")]
    pub fn answer_input(&self, #[wasm_bindgen(unchecked_param_type = "InputAnswer")] given: JsValue) -> Promise {
        let harness = Rc::clone(&self.harness);
        future_to_promise(async move {
            let given: InputAnswer = decode("answer", &given)?;
            answer(harness.answer_input(&given, PORTS)).await
        })
    }

    /// Reads what may be chosen in a project: what the key may use in a run, or where Harness does not say that to a key,
    /// what it may see.
    #[wasm_bindgen(js_name = listChoices, unchecked_return_type = "Promise<ChoiceList>")]
    pub fn list_choices(
        &self,
        #[wasm_bindgen(unchecked_param_type = "HarnessScope")] scope: JsValue,
        #[wasm_bindgen(unchecked_param_type = "ChoiceQuestion")] question: JsValue,
    ) -> Promise {
        let harness = Rc::clone(&self.harness);
        future_to_promise(async move {
            let scope: HarnessScope = decode("scope", &scope)?;
            let question: ChoiceQuestion = decode("question", &question)?;
            answer(harness.choices(&scope, &question)).await
        })
    }

    /// Lists the tags or versions of the artifact that an input belongs to, in the registry's order, at most
    /// 10,000. A delegate of Harness asks the registry while the call waits, for up to 95 s.
    #[wasm_bindgen(js_name = listTags, unchecked_return_type = "Promise<string[]>")]
    pub fn list_tags(
        &self,
        #[wasm_bindgen(unchecked_param_type = "PipelineRef")] pipeline: JsValue,
        #[wasm_bindgen(unchecked_param_type = "TagQuestion")] question: JsValue,
    ) -> Promise {
        let harness = Rc::clone(&self.harness);
        future_to_promise(async move {
            let pipeline: PipelineRef<'_> = decode("pipeline", &pipeline)?;
            let question: TagQuestion = decode("question", &question)?;
            answer(harness.tags(&pipeline, &question)).await
        })
    }

    /// Reads what the object at a pointer of a pipeline's inputs asks for, once it is known who asks.
    #[wasm_bindgen(js_name = listAsked, unchecked_return_type = "Promise<RuntimeInput[]>")]
    pub fn list_asked(
        &self,
        #[wasm_bindgen(unchecked_param_type = "PipelineRef")] pipeline: JsValue,
        pointer: String,
        #[wasm_bindgen(unchecked_param_type = "AskedQuestion")] question: JsValue,
    ) -> Promise {
        let harness = Rc::clone(&self.harness);
        future_to_promise(async move {
            let pipeline: PipelineRef<'_> = decode("pipeline", &pipeline)?;
            let question: AskedQuestion = decode("question", &question)?;
            answer(harness.asked(&pipeline, &pointer, &question)).await
        })
    }

    /// The page of a pipeline's executions in Harness's own user interface. Asks nothing.
    #[wasm_bindgen(js_name = executionsPage, unchecked_return_type = "Promise<string>")]
    pub fn executions_page(&self, #[wasm_bindgen(unchecked_param_type = "PipelineRef")] pipeline: JsValue) -> Promise {
        let harness = Rc::clone(&self.harness);
        future_to_promise(async move {
            let pipeline: PipelineRef<'_> = decode("pipeline", &pipeline)?;
            Ok(harness.executions_page(&pipeline).into())
        })
    }

    /// Lists executions of a project as deployments: the JSON text of a `HistoryPage`. The account and the user interface
    /// of the options are this client's own.
    #[wasm_bindgen(js_name = listDeployments, unchecked_return_type = "Promise<string>")]
    pub fn list_deployments(
        &self,
        #[wasm_bindgen(unchecked_param_type = "HarnessScope")] scope: JsValue,
        #[wasm_bindgen(unchecked_param_type = "ExecutionQuery")] query: JsValue,
        #[wasm_bindgen(unchecked_param_type = "HistoryOptions")] options: JsValue,
    ) -> Promise {
        let harness = Rc::clone(&self.harness);
        future_to_promise(async move {
            let scope: HarnessScope = decode("scope", &scope)?;
            let query: ExecutionQuery = decode("query", &query)?;
            let options = decode("options", &options)?;
            let executions = harness
                .executions(&scope, &query, options)
                .await
                .map_err(harness_failure)?;
            Ok(executions.text().map_err(harness_failure)?.into())
        })
    }

    /// Asks what a record of all that ran needs next, if anything: the JSON text of a `SyncTurn`, whose state and changes
    /// are to be stored together. Account and user interface of the options are this client's own.
    #[wasm_bindgen(js_name = syncDeployments, unchecked_return_type = "Promise<string>")]
    pub fn sync_deployments(
        &self,
        #[wasm_bindgen(unchecked_param_type = "SyncQuestion")] question: JsValue,
        #[wasm_bindgen(unchecked_param_type = "HistoryOptions")] options: JsValue,
    ) -> Promise {
        let harness = Rc::clone(&self.harness);
        future_to_promise(async move {
            let question: SyncQuestion = decode("question", &question)?;
            let turn = harness.sync(&question, decode("options", &options)?).await;
            Ok(turn.map_err(harness_failure)?.into())
        })
    }

    /// Reads how far one execution of a project is.
    #[wasm_bindgen(js_name = getExecution, unchecked_return_type = "Promise<ExecutionProgress>")]
    pub fn get_execution(
        &self,
        #[wasm_bindgen(unchecked_param_type = "HarnessScope")] scope: JsValue,
        id: String,
    ) -> Promise {
        let harness = Rc::clone(&self.harness);
        future_to_promise(async move {
            let scope: HarnessScope = decode("scope", &scope)?;
            answer(harness.execution(&scope, &id)).await
        })
    }
}

async fn answer<T: Serialize>(call: impl Future<Output = Result<T, HarnessFailure>>) -> Result<JsValue, JsValue> {
    let value = call.await.map_err(harness_failure)?;
    Ok(encode(&value)?)
}
