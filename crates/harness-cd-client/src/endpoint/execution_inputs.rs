//! What a run asks for while it goes on. Source: run-inputs §8.

use harness_cd_model::HarnessScope;
use serde_json::Value;

use super::runs::is_clean_refusal;
use crate::budget::Urgency;
use crate::failure::{Subject, failure};
use crate::request::identifier;
use crate::transport::{Body, Method, Transport};
use crate::{FailureCode, HarnessClient, HarnessFailure};

const PATH: [&str; 4] = ["pipeline", "api", "pipeline", "execution-input"];

impl<T: Transport> HarnessClient<T> {
    /// Reads what a node of an execution asks for: YAML with `step` or `stage` at its root.
    ///
    /// # Errors
    /// [`HarnessFailure`]; never [`FailureCode::OutcomeUnknown`].
    pub async fn get_execution_input(&self, scope: &HarnessScope, node: &str) -> Result<String, HarnessFailure> {
        let id = identifier("a node of an execution", node)?;
        let request = self.request(Method::Get, scope, &[&PATH[..], &[id]].concat(), &[], None)?;
        let subject = Subject::ExecutionInput(id);
        let body = self
            .read(request, subject, Urgency::Interactive, self.read_deadline())
            .await?;
        let answer: Option<Value> = serde_json::from_slice(&body).ok();
        let template = answer
            .as_ref()
            .and_then(|answer| answer.pointer("/data/inputTemplate")?.as_str());
        template.map(str::to_owned).ok_or_else(|| {
            let message = "Harness's answer about what the run asks for holds no YAML";
            HarnessFailure::new(FailureCode::MalformedResponse, message)
        })
    }

    /// Answers a node of an execution: sent once, whatever happens. Whether Harness took it: it does not where the node
    /// no longer waits.
    ///
    /// # Errors
    /// [`FailureCode::OutcomeUnknown`] where the answer does not tell whether it was taken; with every other code it was
    /// not.
    pub async fn answer_execution_input(
        &self,
        scope: &HarnessScope,
        node: &str,
        yaml: String,
    ) -> Result<bool, HarnessFailure> {
        let id = identifier("a node of an execution", node)?;
        let body = Body {
            content_type: "application/yaml",
            bytes: yaml.into_bytes(),
        };
        let request = self.request(Method::Post, scope, &[&PATH[..], &[id]].concat(), &[], Some(body))?;
        self.admit(Urgency::Interactive, self.read_deadline()).await?;
        let response = match self.send(&request).await {
            Ok(response) => response,
            Err(error) => return Err(not_known(self.redacted(error.into()))),
        };
        match failure(&response, Subject::ExecutionInput(id), &self.options.api_key) {
            Some(error) if is_clean_refusal(&response) => return Err(error),
            Some(error) => return Err(not_known(error)),
            None => {}
        }
        let answer: Option<Value> = serde_json::from_slice(&response.body).ok();
        match answer
            .as_ref()
            .and_then(|answer| answer.pointer("/data/status")?.as_str())
        {
            Some("Success") => Ok(true),
            Some("Failed") => Ok(false),
            _ => {
                let message = "Harness's answer cannot be read";
                Err(not_known(HarnessFailure::new(FailureCode::MalformedResponse, message)))
            }
        }
    }
}

fn not_known(cause: HarnessFailure) -> HarnessFailure {
    HarnessFailure {
        code: FailureCode::OutcomeUnknown,
        message: format!(
            "it is not known whether the run got its input: {}. Look at the run before you answer again",
            cause.message
        ),
        ..cause
    }
}
