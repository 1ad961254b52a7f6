//! Pipelines of a project.

use std::collections::BTreeMap;

use harness_cd_model::{HarnessScope, PipelineRef};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::budget::Urgency;
use crate::failure::{Subject, harmless};
use crate::request::identifier;
use crate::transport::{Body, Method, Transport};
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

/// A pipeline in a list of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListedPipeline {
    /// Its identifier.
    pub identifier: String,
    /// Its name.
    #[serde(default)]
    pub name: String,
    /// Its tags.
    #[serde(default)]
    tags: BTreeMap<String, Value>,
}

impl ListedPipeline {
    /// Its tags whose value is a text.
    #[must_use]
    pub fn text_tags(&self) -> BTreeMap<String, String> {
        let texts = self.tags.iter();
        texts
            .filter_map(|(key, value)| Some((key.clone(), value.as_str()?.to_owned())))
            .collect()
    }
}

/// So many pipelines of one tag are more than a person wants to choose from.
const MOST_TAGGED: &str = "20";

impl<T: Transport> HarnessClient<T> {
    /// Lists the pipelines of a project that have a tag with this value, the one that changed last first, at most 20.
    ///
    /// # Errors
    /// [`HarnessFailure`]; never [`FailureCode::OutcomeUnknown`].
    pub async fn list_tagged_pipelines(
        &self,
        scope: &HarnessScope,
        (key, value): (&str, &str),
    ) -> Result<Vec<ListedPipeline>, HarnessFailure> {
        let filter = json!({ "filterType": "PipelineSetup", "pipelineTags": [{ "key": key, "value": value }] });
        let listed = self.list_pipelines(scope, &filter, MOST_TAGGED).await?;
        // Which of several words of a filter count is Harness's to say; what has no such tag is none of these.
        Ok(listed
            .filter(|pipeline| pipeline.tags.get(key).and_then(Value::as_str) == Some(value))
            .collect())
    }

    /// A pipeline as Harness lists it, whether or not its YAML can be read; `None` where it lists none of this identifier.
    ///
    /// # Errors
    /// [`HarnessFailure`]; never [`FailureCode::OutcomeUnknown`].
    pub async fn find_listed_pipeline(
        &self,
        pipeline: &PipelineRef<'_>,
    ) -> Result<Option<ListedPipeline>, HarnessFailure> {
        let identifiers = [pipeline.pipeline.clone().into_owned()];
        Ok(self.list_pipelines_called(&pipeline.scope(), &identifiers).await?.pop())
    }

    /// Pipelines of a project as Harness lists them, of at most 100 identifiers; those that it does not list are left out.
    ///
    /// # Errors
    /// [`HarnessFailure`]; never [`FailureCode::OutcomeUnknown`].
    pub async fn list_pipelines_called(
        &self,
        scope: &HarnessScope,
        identifiers: &[String],
    ) -> Result<Vec<ListedPipeline>, HarnessFailure> {
        let filter = json!({ "filterType": "PipelineSetup", "pipelineIdentifiers": identifiers });
        let size = identifiers.len().to_string();
        let listed = self.list_pipelines(scope, &filter, &size).await?;
        Ok(listed
            .filter(|listed| identifiers.contains(&listed.identifier))
            .collect())
    }

    /// Source: harness-api §1.2.
    async fn list_pipelines(
        &self,
        scope: &HarnessScope,
        filter: &Value,
        most: &str,
    ) -> Result<impl Iterator<Item = ListedPipeline> + use<T>, HarnessFailure> {
        let body = Body::json("application/json", filter)?;
        let path = ["pipeline", "api", "pipelines", "list"];
        let sizes = [("page", "0"), ("size", most)];
        let request = self.request(Method::Post, scope, &path, &sizes, Some(body))?;
        let answer = self
            .read(request, Subject::Pipelines, Urgency::Interactive, self.read_deadline())
            .await?;
        let mut answer: Option<Value> = serde_json::from_slice(&answer).ok();
        let content = answer.as_mut().and_then(|answer| answer.pointer_mut("/data/content"));
        let Some(Value::Array(items)) = content.map(Value::take) else {
            return Err(HarnessFailure::new(
                FailureCode::MalformedResponse,
                "Harness's answer about pipelines holds no list of them",
            ));
        };
        Ok(items
            .into_iter()
            .filter_map(|item| ListedPipeline::deserialize(item).ok()))
    }

    /// Reads a pipeline, from its branch where it is kept in Git.
    ///
    /// # Errors
    /// [`HarnessFailure`]; never [`FailureCode::OutcomeUnknown`]. [`FailureCode::InvalidRequest`] for a pipeline in Git
    /// whose YAML Harness finds invalid: it answers with status 200 then (harness-api §3.1).
    pub async fn get_pipeline(&self, pipeline: &PipelineRef<'_>) -> Result<PipelineYaml, HarnessFailure> {
        let id = identifier("a pipeline's identifier", &pipeline.pipeline)?;
        let path = ["pipeline", "api", "pipelines", id];
        let request = self.request(Method::Get, &pipeline.scope(), &path, &branch_query(pipeline), None)?;
        let body = self
            .read(
                request,
                Subject::Pipeline(id),
                Urgency::Interactive,
                self.read_deadline(),
            )
            .await
            .map_err(|failure| on_branch(failure, pipeline))?;
        let answer: Option<Value> = serde_json::from_slice(&body).ok();
        let data = answer.as_ref().and_then(|answer| answer.get("data"));
        if let Some(data) = data.filter(|data| is_invalid(data)) {
            let said = harmless(&said_of_schema(data), &self.options.api_key);
            let message = format!("Harness finds the YAML of the pipeline `{id}` in Git invalid: {said}");
            return Err(HarnessFailure::new(FailureCode::InvalidRequest, message));
        }
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

/// The branch of a pipeline in Git, as reads and runs name it. Source: run-inputs §7.
pub(crate) fn branch_query<'p>(pipeline: &'p PipelineRef<'_>) -> Vec<(&'static str, &'p str)> {
    pipeline.branch.iter().map(|branch| ("branch", &**branch)).collect()
}

/// A failure that names the branch where there is no such pipeline. Harness does not tell a branch that is gone from a
/// file that is. Source: run-inputs §7.
pub(crate) fn on_branch(failure: HarnessFailure, pipeline: &PipelineRef<'_>) -> HarnessFailure {
    let PipelineRef {
        pipeline: id, branch, ..
    } = pipeline;
    match branch {
        Some(branch) if failure.harness_code.as_deref() == Some("SCM_BAD_REQUEST") => HarnessFailure {
            message: format!(
                "Git holds no pipeline `{id}` on the branch `{branch}`; the branch may have been deleted: {}",
                failure.message
            ),
            ..failure
        },
        _ => failure,
    }
}

fn is_invalid(data: &Value) -> bool {
    let validity = data.get("entityValidityDetails");
    validity.and_then(|validity| validity.get("valid")) == Some(&Value::Bool(false))
}

/// Harness's own words on what is wrong with a pipeline; it need not have any.
fn said_of_schema(data: &Value) -> String {
    let wrapper = data.get("yamlSchemaErrorWrapper");
    let errors = wrapper
        .and_then(|wrapper| wrapper.get("schemaErrors"))
        .and_then(Value::as_array);
    let messages: Vec<&str> = errors
        .into_iter()
        .flatten()
        .filter_map(|error| error.get("message").and_then(Value::as_str))
        .collect();
    match messages.is_empty() {
        true => "it does not say why; open the pipeline in Harness".to_owned(),
        false => messages.join("; "),
    }
}
