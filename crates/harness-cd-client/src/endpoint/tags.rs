//! Builds of artifacts, by the lists that only Harness's own page is known to ask for. Source: run-inputs §4.

use harness_cd_model::{ArtifactRegistry, PipelineRef};
use serde_json::Value;

use super::pipelines::branch_query;
use crate::failure::Subject;
use crate::request::reference;
use crate::transport::{Body, Method, Transport};
use crate::{FailureCode, HarnessClient, HarnessFailure};

/// As many as Harness lists. Source: run-inputs §4.
const MOST: usize = 10_000;
/// What is added to a delegate's time, so that Harness tells itself that it ran out.
const ON_THE_WAY_MS: u32 = 5_000;

/// The artifact whose builds are listed.
#[derive(Clone, Debug)]
pub struct ListedArtifact<'a> {
    /// What it lies in.
    pub registry: ArtifactRegistry,
    /// The service that has it, as a pipeline refers to it.
    pub service: &'a str,
    /// The way to its tag in the pipeline, as Harness writes it.
    pub fqn: &'a str,
    /// The run's YAML so far: Harness reads expressions of the service by it.
    pub run: String,
}

impl<T: Transport> HarnessClient<T> {
    /// Lists the tags or versions of an artifact, in the order of the registry. A delegate asks the registry while the
    /// call waits, for up to 95 s; it is sent once.
    ///
    /// # Errors
    /// [`HarnessFailure`]: [`FailureCode::Unavailable`] where there is no delegate; never
    /// [`FailureCode::OutcomeUnknown`].
    pub async fn list_tags(
        &self,
        pipeline: &PipelineRef<'_>,
        artifact: &ListedArtifact<'_>,
    ) -> Result<Vec<String>, HarnessFailure> {
        let service = reference("a service", Some(artifact.service))?;
        let own = [
            ("pipelineIdentifier", &*pipeline.pipeline),
            ("serviceId", service),
            ("fqnPath", artifact.fqn),
        ];
        let query = [own.as_slice(), &branch_query(pipeline)].concat();
        let (path, wait_ms) = endpoint(artifact.registry);
        let path = [&["ng", "api", "artifacts"], path].concat();
        let body = Body {
            content_type: "application/yaml",
            bytes: artifact.run.clone().into_bytes(),
        };
        let mut request = self.request(Method::Post, &pipeline.scope(), &path, &query, Some(body))?;
        request.timeout_ms = wait_ms + ON_THE_WAY_MS;
        let body = self.ask_delegate(&request, Subject::Choices).await?;
        tags(&body).ok_or_else(|| {
            let message = "Harness's answer about an artifact's builds is no list".to_owned();
            HarnessFailure::new(FailureCode::MalformedResponse, message)
        })
    }
}

/// What lists a registry's builds by the service, and how long a delegate may take for it, in ms.
const fn endpoint(registry: ArtifactRegistry) -> (&'static [&'static str], u32) {
    match registry {
        ArtifactRegistry::Docker => (&["docker", "getBuildDetailsV2"], 30_000),
        ArtifactRegistry::Gcr => (&["gcr", "getBuildDetailsV2"], 30_000),
        ArtifactRegistry::Ecr => (&["ecr", "getBuildDetailsV2"], 30_000),
        ArtifactRegistry::Acr => (&["acr", "getBuildDetailsV2"], 30_000),
        ArtifactRegistry::GoogleArtifactRegistry => (&["gar", "v2", "getBuildDetails"], 30_000),
        ArtifactRegistry::Artifactory => (&["artifactory", "getBuildDetailsV2"], 60_000),
        ArtifactRegistry::Nexus => (&["nexus", "getBuildDetailsV2"], 30_000),
        ArtifactRegistry::GithubPackages => (&["githubpackages", "v2", "versions"], 90_000),
    }
}

/// Each tag once, whatever shape its registry's answer has.
fn tags(body: &[u8]) -> Option<Vec<String>> {
    let answer: Value = serde_json::from_slice(body).ok()?;
    let data = answer.get("data")?;
    let items = data.get("buildDetailsList").unwrap_or(data).as_array()?;
    let mut known = std::collections::BTreeSet::new();
    let tags = items.iter().filter_map(tag).filter(|tag| known.insert(*tag));
    Some(tags.take(MOST).map(str::to_owned).collect())
}

/// A tag; a version of Google's; or the number of one of GitHub's.
fn tag(item: &Value) -> Option<&str> {
    let named = ["tag", "version", "number"].into_iter().find_map(|key| item.get(key));
    named?.as_str().filter(|tag| !tag.is_empty())
}
