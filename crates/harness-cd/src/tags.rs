//! The tags that an input may take: builds of the artifact whose tag it is.

use harness_cd_client::{FailureCode, HarnessFailure, ListedArtifact, Transport};
use harness_cd_model::{AskedKind, AskedQuestion, InputValues, PipelineRef, RuntimeInput, TagQuestion};
use harness_cd_pipeline::{FillError, fill_inputs, tagged_artifact, with_asked};

use crate::{HarnessCd, LivePipeline};

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
        let TagQuestion { input, service } = question;
        let yaml = self.with_service(pipeline, input, service).await?;
        let artifact =
            tagged_artifact(&yaml, input, service).map_err(|found| unreadable(FillError::Unreadable(found)))?;
        let artifact = artifact.ok_or_else(|| {
            let message = format!("Harness lists no builds for what is asked at {input}");
            HarnessFailure::new(FailureCode::InvalidRequest, message)
        })?;
        let listed = ListedArtifact {
            registry: artifact.registry,
            service,
            fqn: &artifact.fqn,
            run: fill_inputs(&yaml, &InputValues::new()).map_err(unreadable)?,
        };
        self.client.list_tags(pipeline, &listed).await
    }

    /// The text of a live pipeline, where an input is below what a service asks for with that in it.
    async fn with_service(
        &self,
        pipeline: &PipelineRef<'_>,
        input: &str,
        service: &str,
    ) -> Result<String, HarnessFailure> {
        let LivePipeline { yaml, inputs, .. } = self.pipeline(pipeline).await?;
        let Some(object) = inputs.iter().find(|object| is_asked_of_service(object, input)) else {
            return Ok(yaml);
        };
        let question = AskedQuestion {
            of: AskedKind::Service,
            service: Some(service.to_owned()),
            ..AskedQuestion::default()
        };
        let template = self.client.get_asked(&pipeline.scope(), &question).await?;
        with_asked(&yaml, &[(object.pointer.clone(), template)])
            .map_err(|found| unreadable(FillError::Unreadable(found)))
    }
}

/// Whether an object stands for what a service asks for, with an input among it.
fn is_asked_of_service(object: &RuntimeInput, input: &str) -> bool {
    let is_of_service = object.asked_by.as_ref().is_some_and(|by| by.of == AskedKind::Service);
    let below = input.strip_prefix(&object.pointer);
    is_of_service && below.is_some_and(|rest| rest.starts_with('/'))
}

fn unreadable(error: FillError) -> HarnessFailure {
    HarnessFailure::new(FailureCode::MalformedResponse, error.to_string())
}
