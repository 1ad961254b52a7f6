//! Pipelines of a project.

use harness_cd_model::PipelineRef;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::budget::Urgency;
use crate::failure::Subject;
use crate::request::identifier;
use crate::transport::{Method, Transport};
use crate::{FailureCode, HarnessClient, HarnessFailure};

/// A pipeline as Harness stores it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
pub struct PipelineYaml {
    /// The YAML.
    pub yaml: String,
    /// The version that an update would have to name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<i64>,
}

impl<T: Transport> HarnessClient<T> {
    /// Reads a pipeline.
    ///
    /// # Errors
    /// [`HarnessFailure`]; never [`FailureCode::OutcomeUnknown`].
    pub async fn get_pipeline(&self, pipeline: &PipelineRef<'_>) -> Result<PipelineYaml, HarnessFailure> {
        let id = identifier("a pipeline's identifier", &pipeline.pipeline)?;
        let path = ["pipeline", "api", "pipelines", id];
        let request = self.request(Method::Get, &pipeline.scope(), &path, &[], None)?;
        let body = self
            .read(
                request,
                Subject::Pipeline(id),
                Urgency::Interactive,
                self.read_deadline(),
            )
            .await?;
        let answer: Option<Value> = serde_json::from_slice(&body).ok();
        let data = answer.as_ref().and_then(|answer| answer.get("data"));
        let yaml = data
            .and_then(|data| data.get("yamlPipeline"))
            .and_then(Value::as_str)
            .ok_or_else(|| {
                let message = format!("Harness's answer about the pipeline `{id}` holds no YAML");
                HarnessFailure::new(FailureCode::MalformedResponse, message)
            })?;
        let version = data.and_then(|data| data.get("version")).and_then(Value::as_i64);
        Ok(PipelineYaml {
            yaml: yaml.to_owned(),
            version,
        })
    }
}
