//! The reads: how they are asked, and how they are repeated after a passing failure.

use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBuilder};
use harness_cd_model::ExecutionStatus;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Serialize;
use serde_json::Value;

use crate::budget::Urgency;
use crate::error::{Subject, failure};
use crate::transport::{API_KEY_HEADER, Body, Method, Request, Transport};
use crate::{ExecutionQuery, FailureCode, HarnessClient, HarnessError, PipelineYaml};

/// A read with its repetitions may take this many times one request's time.
const ATTEMPTS_TIME: i64 = 3;
/// Repetitions after the first attempt.
const REPETITIONS: usize = 3;
const FIRST_DELAY: Duration = Duration::from_millis(500);

/// Executions in a page. Source: the checks of Harness's server.
const PAGE_SIZES: std::ops::RangeInclusive<u32> = 1..=1000;

/// What may stand in a path segment or a query as it is.
const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

impl<T: Transport> HarnessClient<T> {
    /// Lists executions: the body of Harness's answer, a page of execution summaries.
    ///
    /// # Errors
    /// [`HarnessError`], also where the query cannot be asked; never [`FailureCode::OutcomeUnknown`].
    pub async fn list_executions(&self, query: &ExecutionQuery) -> Result<Vec<u8>, HarnessError> {
        self.list_executions_until(query, Urgency::Following, self.read_deadline())
            .await
    }

    pub(crate) async fn list_executions_until(
        &self,
        query: &ExecutionQuery,
        urgency: Urgency,
        deadline: i64,
    ) -> Result<Vec<u8>, HarnessError> {
        if !PAGE_SIZES.contains(&query.size) {
            let message = format!(
                "a page has {} to {} executions, not {}",
                PAGE_SIZES.start(),
                PAGE_SIZES.end(),
                query.size
            );
            return Err(HarnessError::new(FailureCode::InvalidRequest, message));
        }
        let (page, size) = (query.page.to_string(), query.size.to_string());
        let body = Body::json("application/json", &ExecutionFilter::of(query))?;
        let path = ["pipeline", "api", "pipelines", "execution", "summary"];
        let request = self.request(Method::Post, &path, &[("page", &page), ("size", &size)], Some(body));
        self.read(request, Subject::Executions, urgency, deadline).await
    }

    /// Reads one execution with its stages and steps: the body of Harness's answer. With `stage_node`, a key of the
    /// execution's layout, the steps are those of that stage alone.
    ///
    /// # Errors
    /// [`HarnessError`]; never [`FailureCode::OutcomeUnknown`].
    pub async fn get_execution(&self, id: &str, stage_node: Option<&str>) -> Result<Vec<u8>, HarnessError> {
        let path = [
            "pipeline",
            "api",
            "pipelines",
            "execution",
            "v2",
            identifier("an execution's id", id)?,
        ];
        let query = match stage_node {
            Some(node) => ("stageNodeId", node),
            None => ("renderFullBottomGraph", "true"),
        };
        let request = self.request(Method::Get, &path, &[query], None);
        self.read(
            request,
            Subject::Execution(id),
            Urgency::Following,
            self.read_deadline(),
        )
        .await
    }

    /// Reads a pipeline.
    ///
    /// # Errors
    /// [`HarnessError`]; never [`FailureCode::OutcomeUnknown`].
    pub async fn get_pipeline(&self, pipeline: &str) -> Result<PipelineYaml, HarnessError> {
        let path = [
            "pipeline",
            "api",
            "pipelines",
            identifier("a pipeline's identifier", pipeline)?,
        ];
        let request = self.request(Method::Get, &path, &[], None);
        let body = self
            .read(
                request,
                Subject::Pipeline(pipeline),
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
                let message = format!("Harness's answer about the pipeline `{pipeline}` holds no YAML");
                HarnessError::new(FailureCode::MalformedResponse, message)
            })?;
        let version = data.and_then(|data| data.get("version")).and_then(Value::as_i64);
        Ok(PipelineYaml {
            yaml: yaml.to_owned(),
            version,
        })
    }

    /// The execution's notes: the body of Harness's answer.
    pub(crate) async fn get_notes(&self, execution: &str, deadline: i64) -> Result<Vec<u8>, HarnessError> {
        let id = identifier("an execution's id", execution)?;
        let path = ["pipeline", "api", "pipelines", "execution", id, "notes"];
        let request = self.request(Method::Get, &path, &[], None);
        self.read(request, Subject::Execution(execution), Urgency::Interactive, deadline)
            .await
    }

    pub(crate) fn read_deadline(&self) -> i64 {
        self.transport
            .now_ms()
            .saturating_add(i64::from(self.options.timeout_ms) * ATTEMPTS_TIME)
    }

    /// A request of the client's scope.
    pub(crate) fn request(&self, method: Method, path: &[&str], query: &[(&str, &str)], body: Option<Body>) -> Request {
        let scope = &self.options.scope;
        let scope = [
            ("accountIdentifier", scope.account.as_str()),
            ("orgIdentifier", &scope.org),
            ("projectIdentifier", &scope.project),
        ];
        let mut url = self.options.base_url.trim_end_matches('/').to_owned();
        for segment in path {
            url.push('/');
            url.extend(utf8_percent_encode(segment, UNRESERVED));
        }
        for (place, (name, value)) in scope.iter().chain(query).enumerate() {
            url.push(if place == 0 { '?' } else { '&' });
            url.push_str(name);
            url.push('=');
            url.extend(utf8_percent_encode(value, UNRESERVED));
        }
        let headers = [
            (API_KEY_HEADER, self.options.api_key.as_str()),
            ("accept", "application/json"),
        ];
        let headers = headers
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .to_vec();
        Request {
            method,
            url,
            headers,
            body,
            timeout_ms: self.options.timeout_ms,
        }
    }

    /// Sends a request that changes nothing, again after a passing failure, until `deadline` (epoch ms).
    pub(crate) async fn read(
        &self,
        mut request: Request,
        subject: Subject<'_>,
        urgency: Urgency,
        deadline: i64,
    ) -> Result<Vec<u8>, HarnessError> {
        let mut delays = self.delays(FIRST_DELAY, REPETITIONS);
        loop {
            let left = u32::try_from(deadline.saturating_sub(self.transport.now_ms()).max(1)).unwrap_or(u32::MAX);
            request.timeout_ms = self.options.timeout_ms.min(left);
            self.admit(urgency, deadline).await?;
            let error = match self.send(&request).await {
                Ok(response) => match failure(&response, subject, &self.options.api_key) {
                    None => return Ok(response.body),
                    Some(error) => error,
                },
                Err(error) => self.redacted(error.into()),
            };
            let delay = delays.next().filter(|_| is_passing(&error));
            match delay {
                Some(ms) if self.transport.now_ms().saturating_add(i64::from(ms)) < deadline => {
                    self.transport.sleep(ms).await;
                }
                _ => return Err(error),
            }
        }
    }

    /// Growing delays in ms, with jitter. Harness says nothing of how long to wait, not even with status 429.
    pub(crate) fn delays(&self, first: Duration, count: usize) -> impl Iterator<Item = u32> + use<T> {
        ExponentialBuilder::default()
            .with_min_delay(first)
            .with_max_times(count)
            .with_jitter()
            .with_jitter_seed(self.transport.now_ms().unsigned_abs())
            .build()
            .map(|delay| u32::try_from(delay.as_millis()).unwrap_or(u32::MAX))
    }

    /// The key must not leave by way of somebody else's words.
    pub(crate) fn redacted(&self, error: HarnessError) -> HarnessError {
        HarnessError {
            message: crate::error::harmless(&error.message, &self.options.api_key),
            ..error
        }
    }
}

/// Whether the same request may succeed a moment later.
fn is_passing(error: &HarnessError) -> bool {
    match error.status {
        Some(status) => matches!(status, 429 | 500 | 502 | 503 | 504),
        None => matches!(error.code, FailureCode::Timeout | FailureCode::Unavailable),
    }
}

/// What may stand in a path: `..` and the like would name another.
pub(crate) fn identifier<'a>(what: &str, id: &'a str) -> Result<&'a str, HarnessError> {
    const LONGEST: usize = 128;
    let known = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'$');
    if !id.is_empty() && id.len() <= LONGEST && id.bytes().all(known) {
        return Ok(id);
    }
    let message = format!("{what} has letters, digits, `_`, `-` and `$`, at most {LONGEST} of them");
    Err(HarnessError::new(FailureCode::InvalidRequest, message))
}

/// Which executions to list, in Harness's words.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ExecutionFilter<'q> {
    filter_type: &'static str,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pipeline_identifiers: &'q [String],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    status: Vec<&'q str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    time_range: Option<TimeRange>,
    #[serde(skip_serializing_if = "Option::is_none")]
    module_properties: Option<ModuleProperties<'q>>,
}

/// Harness wants both ends.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct TimeRange {
    start_time: i64,
    end_time: i64,
}

#[derive(Serialize)]
struct ModuleProperties<'q> {
    cd: CdProperties<'q>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct CdProperties<'q> {
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    service_identifiers: &'q [String],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    env_identifiers: &'q [String],
}

impl<'q> ExecutionFilter<'q> {
    fn of(query: &'q ExecutionQuery) -> Self {
        let is_timed = query.from_ms.is_some() || query.to_ms.is_some();
        let is_of_cd = !query.services.is_empty() || !query.environments.is_empty();
        Self {
            filter_type: "PipelineExecution",
            pipeline_identifiers: &query.pipelines,
            status: query.statuses.iter().map(in_a_filter).collect(),
            time_range: is_timed.then(|| TimeRange {
                start_time: query.from_ms.unwrap_or(0),
                end_time: query.to_ms.unwrap_or(FAR_FUTURE_MS),
            }),
            module_properties: is_of_cd.then_some(ModuleProperties {
                cd: CdProperties {
                    service_identifiers: &query.services,
                    env_identifiers: &query.environments,
                },
            }),
        }
    }
}

/// Harness refuses a filter with a status that it does not know, and spells this one unlike the others.
fn in_a_filter(status: &ExecutionStatus) -> &str {
    match status {
        ExecutionStatus::QueuedPlanCreation => "QUEUED_PLAN_CREATION",
        other => other.as_str(),
    }
}

/// The year 2100.
const FAR_FUTURE_MS: i64 = 4_102_444_800_000;
