//! The tags that an input may take: builds of the artifact whose tag it is.

use harness_cd_client::{FailureCode, HarnessFailure, ListedArtifact, Transport};
use harness_cd_model::{AskedQuestion, InputValues, PipelineRef, TagQuestion};
use harness_cd_pipeline::{FillError, fill_inputs, tagged_artifact};

use crate::HarnessCd;
use crate::asked::unreadable_pipeline;

impl<T: Transport> HarnessCd<T> {
    /// The tags or versions of the artifact that an input belongs to, in the registry's order, at most 10,000. A delegate
    /// of Harness asks the registry: that may take longer than a minute.
    ///
    /// # Errors
    /// Those of the reads; [`FailureCode::InvalidRequest`] where the input is no tag of a registry that Harness lists.
    pub async fn tags(
        &self,
        pipeline: &PipelineRef<'_>,
        question: &TagQuestion,
    ) -> Result<Vec<String>, HarnessFailure> {
        let TagQuestion { input, service, source } = question;
        let chosen = AskedQuestion {
            service: Some(service.clone()),
            source: source.clone(),
            ..AskedQuestion::default()
        };
        let yaml = self.opened_to(pipeline, input, &chosen).await?.yaml;
        let artifact = tagged_artifact(&yaml, input, service, source.as_deref())
            .map_err(|found| unreadable_pipeline(&FillError::Unreadable(found)))?;
        let artifact = artifact.ok_or_else(|| {
            let message = format!("Harness lists no builds for what is asked at {input}");
            HarnessFailure::new(FailureCode::InvalidRequest, message)
        })?;
        let listed = ListedArtifact {
            registry: artifact.registry,
            service,
            fqn: &artifact.fqn,
            run: fill_inputs(&yaml, &InputValues::new()).map_err(|error| unreadable_pipeline(&error))?,
        };
        self.client.list_tags(pipeline, &listed).await
    }
}
