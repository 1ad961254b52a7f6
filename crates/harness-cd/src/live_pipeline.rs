use std::collections::BTreeMap;

use harness_cd_client::{FailureCode, HarnessFailure, Transport};
use harness_cd_deploy::SERVICE_TAG;
use harness_cd_links::{executions_page, studio_page};
use harness_cd_model::{HarnessScope, Patterns as _, PipelineRef, PipelineStage, RuntimeInput};
use harness_cd_pipeline::{choosable_stages, is_pipeline_of_harness3, runtime_inputs};
use harness_cd_yaml::parse_text;
use serde::Serialize;

use crate::{HarnessCd, LinearPatterns};

/// A pipeline as it is in Harness now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct LivePipeline {
    /// Its identifier.
    pub identifier: String,
    /// Its text.
    pub yaml: String,
    /// Its tags.
    pub tags: BTreeMap<String, String>,
    /// What it asks for, in its order.
    pub inputs: Vec<RuntimeInput>,
    /// The stages that a run may choose from, in order; none where it does not allow that.
    pub stages: Vec<PipelineStage>,
    /// Its page in Harness's own user interface.
    pub url: String,
}

/// A pipeline that may be the one of an entity.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct FoundPipeline {
    /// Its identifier.
    pub pipeline: String,
    /// Its name.
    pub name: String,
    /// Its page in Harness's own user interface: what an annotation would name.
    pub url: String,
}

impl<T: Transport> HarnessCd<T> {
    /// The pipelines of a project that name a service in their tag `service`, the one that changed last first, at most
    /// 20.
    ///
    /// # Errors
    /// Those of the read.
    pub async fn pipelines_tagged(
        &self,
        scope: &HarnessScope,
        service: &str,
    ) -> Result<Vec<FoundPipeline>, HarnessFailure> {
        let listed = self.client.list_tagged_pipelines(scope, (SERVICE_TAG, service)).await?;
        let found = listed.into_iter().map(|pipeline| FoundPipeline {
            url: studio_page(&self.client.pipeline_page(&scope.pipeline(&*pipeline.identifier))),
            pipeline: pipeline.identifier,
            name: pipeline.name,
        });
        Ok(found.collect())
    }

    /// Reads a pipeline, and what it asks for.
    ///
    /// # Errors
    /// Those of the read; [`FailureCode::MalformedResponse`] for a pipeline that cannot be read here.
    pub async fn pipeline(&self, pipeline: &PipelineRef<'_>) -> Result<LivePipeline, HarnessFailure> {
        let yaml = self.client.get_pipeline(pipeline).await?.yaml;
        let identifier = &*pipeline.pipeline;
        let reading = runtime_inputs(identifier, yaml.as_bytes());
        if let Some(finding) = reading.diagnostics.first() {
            let message = format!(
                "the pipeline `{identifier}` cannot be read here: {} (line {}); start it in Harness",
                finding.message, finding.range.line
            );
            return Err(HarnessFailure::new(FailureCode::MalformedResponse, message));
        }
        // Harness 3.0 keeps the tags beside the text. Source: harness-api §1.3.
        let tags = match is_pipeline_of_harness3(&yaml) {
            true => self.listed_tags(pipeline).await?.unwrap_or_default(),
            false => tags_of(&yaml),
        };
        Ok(LivePipeline {
            identifier: identifier.to_owned(),
            tags,
            stages: choosable_stages(&yaml, &reading.inputs),
            yaml,
            inputs: with_reach_of_patterns(reading.inputs),
            url: studio_page(&self.client.pipeline_page(pipeline)),
        })
    }

    /// The tags of a pipeline as Harness lists them, also where its text cannot be read, as on a branch that is gone;
    /// `None` where Harness lists no such pipeline.
    ///
    /// # Errors
    /// Those of the read.
    pub async fn listed_tags(
        &self,
        pipeline: &PipelineRef<'_>,
    ) -> Result<Option<BTreeMap<String, String>>, HarnessFailure> {
        let listed = self.client.find_listed_pipeline(pipeline).await?;
        Ok(listed.map(|listed| listed.text_tags()))
    }

    /// The tags of pipelines of a project, by their identifiers, as Harness lists them; of at most 100. Those that it does
    /// not list are left out.
    ///
    /// # Errors
    /// Those of the read.
    pub async fn tags_of_pipelines(
        &self,
        scope: &HarnessScope,
        pipelines: &[String],
    ) -> Result<BTreeMap<String, BTreeMap<String, String>>, HarnessFailure> {
        let listed = self.client.list_pipelines_called(scope, pipelines).await?;
        let tags = listed.into_iter().map(|listed| {
            let tags = listed.text_tags();
            (listed.identifier, tags)
        });
        Ok(tags.collect())
    }

    /// The page of a pipeline's executions in Harness's own user interface. Asks nothing.
    pub fn executions_page(&self, pipeline: &PipelineRef<'_>) -> String {
        executions_page(&self.client.pipeline_page(pipeline))
    }
}

/// The tags that a pipeline's text gives it.
pub(crate) fn tags_of(yaml: &str) -> BTreeMap<String, String> {
    let Ok(document) = parse_text("pipeline.yaml", yaml) else {
        return BTreeMap::new();
    };
    let tags = document.root.at(&["pipeline", "tags"]);
    let entries = tags.into_iter().flat_map(|tags| tags.entries());
    entries
        .filter_map(|entry| Some((entry.name().to_owned(), entry.value.text()?.to_owned())))
        .collect()
}

/// The inputs, each with whether its pattern can be compared before Harness does.
pub fn with_reach_of_patterns(mut inputs: Vec<RuntimeInput>) -> Vec<RuntimeInput> {
    for input in &mut inputs {
        let regex = input.regex.as_deref();
        input.regex_in_harness = regex.is_some_and(|pattern| LinearPatterns.read(pattern).is_none());
    }
    inputs
}
