//! Input sets of a pipeline: answers that somebody saved. Source: run-inputs §6.

use harness_cd_model::{InputSetSummary, PipelineRef};
use serde::Deserialize;
use serde_json::Value;

use super::pipelines::branch_query;
use crate::budget::Urgency;
use crate::failure::{Subject, harmless};
use crate::request::identifier;
use crate::transport::{Method, Transport};
use crate::{FailureCode, HarnessClient, HarnessFailure};

/// An input set as Harness stores it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SavedInputSet {
    /// The YAML.
    pub yaml: String,
    /// Why Harness itself finds that it does not fit the pipeline as it is now, if it does.
    pub unfit: Option<String>,
}

/// An overlay as Harness stores it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SavedOverlay {
    /// The input sets that it stands for, in order.
    pub references: Vec<String>,
}

/// Harness's own default; a page beyond the last is empty.
const PAGE_SIZE: usize = 100;
/// More input sets than anybody could choose from.
const MOST_PAGES: usize = 10;

impl<T: Transport> HarnessClient<T> {
    /// Lists the input sets and overlays of a pipeline, the last changed first; of more than a thousand those.
    ///
    /// # Errors
    /// [`HarnessFailure`]; never [`FailureCode::OutcomeUnknown`].
    pub async fn list_input_sets(&self, pipeline: &PipelineRef<'_>) -> Result<Vec<InputSetSummary>, HarnessFailure> {
        let mut sets = Vec::new();
        for page in 0..MOST_PAGES {
            let listed = self.input_sets_of_page(pipeline, page).await?;
            let is_last = listed.len() < PAGE_SIZE;
            sets.extend(listed.into_iter().map(Listed::summary));
            if is_last {
                break;
            }
        }
        Ok(sets)
    }

    async fn input_sets_of_page(&self, pipeline: &PipelineRef<'_>, page: usize) -> Result<Vec<Listed>, HarnessFailure> {
        let (page, size) = (page.to_string(), PAGE_SIZE.to_string());
        let paging = [
            ("inputSetType", "ALL"),
            ("pageIndex", page.as_str()),
            ("pageSize", &size),
        ];
        let data = self.ask_for_input_sets(pipeline, &[], &paging).await?;
        let content = data.get("content").cloned().unwrap_or_default();
        serde_json::from_value(content).map_err(|error| malformed(pipeline, &error.to_string()))
    }

    /// Reads an input set of a pipeline, from the pipeline's branch where they are kept in Git.
    ///
    /// # Errors
    /// [`HarnessFailure`]; never [`FailureCode::OutcomeUnknown`].
    pub async fn get_input_set(
        &self,
        pipeline: &PipelineRef<'_>,
        input_set: &str,
    ) -> Result<SavedInputSet, HarnessFailure> {
        let path = [identifier("an input set's identifier", input_set)?];
        let branch = pipeline_branch(pipeline);
        let data = self.ask_for_input_sets(pipeline, &path, &branch).await?;
        let yaml = data.get("inputSetYaml").and_then(Value::as_str);
        let yaml = yaml.ok_or_else(|| malformed(pipeline, "an input set without YAML"))?;
        Ok(SavedInputSet {
            yaml: yaml.to_owned(),
            unfit: unfit(&data).map(|reason| harmless(&reason, &self.options.api_key)),
        })
    }

    /// Reads an overlay of a pipeline, as [`HarnessClient::get_input_set`] does.
    ///
    /// # Errors
    /// [`HarnessFailure`]; never [`FailureCode::OutcomeUnknown`].
    pub async fn get_overlay(&self, pipeline: &PipelineRef<'_>, overlay: &str) -> Result<SavedOverlay, HarnessFailure> {
        let path = ["overlay", identifier("an overlay's identifier", overlay)?];
        let branch = pipeline_branch(pipeline);
        let data = self.ask_for_input_sets(pipeline, &path, &branch).await?;
        let references = data.get("inputSetReferences").cloned().unwrap_or_default();
        let references = serde_json::from_value(references);
        Ok(SavedOverlay {
            references: references.map_err(|error| malformed(pipeline, &error.to_string()))?,
        })
    }

    /// The `data` of Harness's answer.
    async fn ask_for_input_sets(
        &self,
        pipeline: &PipelineRef<'_>,
        below: &[&str],
        query: &[(&str, &str)],
    ) -> Result<Value, HarnessFailure> {
        let id = identifier("a pipeline's identifier", &pipeline.pipeline)?;
        let path = [&["pipeline", "api", "inputSets"], below].concat();
        let query = [&[("pipelineIdentifier", id)], query, &branch_query(pipeline)].concat();
        let request = self.request(Method::Get, &pipeline.scope(), &path, &query, None)?;
        let deadline = self.read_deadline();
        let body = self
            .read(request, Subject::InputSets(id), Urgency::Interactive, deadline)
            .await?;
        let answer: Option<Value> = serde_json::from_slice(&body).ok();
        let data = answer.and_then(|mut answer| Some(answer.get_mut("data")?.take()));
        data.ok_or_else(|| malformed(pipeline, "no data"))
    }
}

/// A set that is kept beside its pipeline is read from the pipeline's branch. Source: run-inputs §6.
fn pipeline_branch<'p>(pipeline: &'p PipelineRef<'_>) -> Vec<(&'static str, &'p str)> {
    pipeline
        .branch
        .iter()
        .map(|branch| ("pipelineBranch", &**branch))
        .collect()
}

/// Harness's own words on what does not fit; it need not have any. The list says nothing of it. Source: run-inputs §6.
fn unfit(data: &Value) -> Option<String> {
    let is = |flag: &str| data.get(flag) == Some(&Value::Bool(true));
    if !(is("errorResponse") || is("outdated")) {
        return None;
    }
    let places = data.pointer("/inputSetErrorWrapper/uuidToErrorResponseMap");
    let places = places.and_then(Value::as_object).into_iter().flatten();
    let errors = places
        .filter_map(|(_, place)| place.get("errors")?.as_array())
        .flatten();
    let messages: Vec<&str> = errors.filter_map(|error| error.get("message")?.as_str()).collect();
    Some(match messages.is_empty() {
        true => "Harness does not say why".to_owned(),
        false => messages.join("; "),
    })
}

fn malformed(pipeline: &PipelineRef<'_>, reason: &str) -> HarnessFailure {
    let message = format!(
        "Harness's answer about the input sets of the pipeline `{}` cannot be read: {reason}",
        pipeline.pipeline
    );
    HarnessFailure::new(FailureCode::MalformedResponse, message)
}

/// An input set as the list has it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Listed {
    identifier: String,
    name: Option<String>,
    description: Option<String>,
    input_set_type: Option<String>,
}

impl Listed {
    fn summary(self) -> InputSetSummary {
        InputSetSummary {
            name: self.name.unwrap_or_else(|| self.identifier.clone()),
            identifier: self.identifier,
            description: self.description.filter(|text| !text.trim().is_empty()),
            is_overlay: self.input_set_type.as_deref() == Some("OVERLAY_INPUT_SET"),
        }
    }
}
