//! Executions of a project.

use harness_cd_model::{ExecutionStatus, HarnessScope};
use serde::{Deserialize, Serialize};

use crate::budget::Urgency;
use crate::failure::Subject;
use crate::request::identifier;
use crate::transport::{Body, Method, Transport};
use crate::{FailureCode, HarnessClient, HarnessFailure};

/// Which executions, newest first. An empty list means any.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
pub struct ExecutionQuery {
    /// Identifiers of pipelines.
    #[cfg_attr(feature = "ts", ts(optional, as = "Option<Vec<String>>"))]
    pub pipelines: Vec<String>,
    /// Identifiers of services.
    #[cfg_attr(feature = "ts", ts(optional, as = "Option<Vec<String>>"))]
    pub services: Vec<String>,
    /// Identifiers of environments.
    #[cfg_attr(feature = "ts", ts(optional, as = "Option<Vec<String>>"))]
    pub environments: Vec<String>,
    /// Ids of executions.
    #[cfg_attr(feature = "ts", ts(optional, as = "Option<Vec<String>>"))]
    pub executions: Vec<String>,
    /// Statuses of executions.
    #[cfg_attr(feature = "ts", ts(optional, as = "Option<Vec<ExecutionStatus>>"))]
    pub statuses: Vec<ExecutionStatus>,
    /// Started at or after, epoch ms.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from_ms: Option<i64>,
    /// Started at or before, epoch ms.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to_ms: Option<i64>,
    /// The page, from 0.
    #[cfg_attr(feature = "ts", ts(optional, as = "Option<u32>"))]
    pub page: u32,
    /// Executions in a page, 1 to 1000.
    #[cfg_attr(feature = "ts", ts(optional, as = "Option<u32>"))]
    pub size: u32,
    /// Whether all attempts of an execution that was retried are listed; otherwise the latest stands for them.
    #[cfg_attr(feature = "ts", ts(optional, as = "Option<bool>"))]
    pub all_attempts: bool,
}

impl Default for ExecutionQuery {
    fn default() -> Self {
        Self {
            pipelines: Vec::new(),
            services: Vec::new(),
            environments: Vec::new(),
            executions: Vec::new(),
            statuses: Vec::new(),
            from_ms: None,
            to_ms: None,
            page: 0,
            size: 25,
            all_attempts: false,
        }
    }
}

/// Executions in a page. Source: the checks of Harness's server.
const PAGE_SIZES: std::ops::RangeInclusive<u32> = 1..=1000;

impl<T: Transport> HarnessClient<T> {
    /// Lists executions of a project: the body of Harness's answer, a page of execution summaries.
    ///
    /// # Errors
    /// [`HarnessFailure`], also where the query cannot be asked; never [`FailureCode::OutcomeUnknown`].
    pub async fn list_executions(
        &self,
        scope: &HarnessScope,
        query: &ExecutionQuery,
    ) -> Result<Vec<u8>, HarnessFailure> {
        self.list_executions_until(scope, query, Urgency::Following, self.read_deadline())
            .await
    }

    /// Lists like [`HarnessClient::list_executions`] for a record that is kept, for which nobody waits: pages and people
    /// go first.
    ///
    /// # Errors
    /// As [`HarnessClient::list_executions`].
    pub async fn list_executions_for_record(
        &self,
        scope: &HarnessScope,
        query: &ExecutionQuery,
    ) -> Result<Vec<u8>, HarnessFailure> {
        self.list_executions_until(scope, query, Urgency::Recording, self.read_deadline())
            .await
    }

    pub(crate) async fn list_executions_until(
        &self,
        scope: &HarnessScope,
        query: &ExecutionQuery,
        urgency: Urgency,
        deadline: i64,
    ) -> Result<Vec<u8>, HarnessFailure> {
        if !PAGE_SIZES.contains(&query.size) {
            let message = format!(
                "a page has {} to {} executions, not {}",
                PAGE_SIZES.start(),
                PAGE_SIZES.end(),
                query.size
            );
            return Err(HarnessFailure::new(FailureCode::InvalidRequest, message));
        }
        let (page, size) = (query.page.to_string(), query.size.to_string());
        let body = Body::json("application/json", &ExecutionFilter::of(query))?;
        let path = ["pipeline", "api", "pipelines", "execution", "summary"];
        let mut parameters = vec![("page", page.as_str()), ("size", &size)];
        if query.all_attempts {
            parameters.push(("showAllExecutions", "true"));
        }
        let request = self.request(Method::Post, scope, &path, &parameters, Some(body))?;
        self.read(request, Subject::Executions, urgency, deadline).await
    }

    /// Reads what a run was started with, for a record that is kept.
    ///
    /// # Errors
    /// [`HarnessFailure`]; never [`FailureCode::OutcomeUnknown`].
    pub async fn get_given_inputs(&self, scope: &HarnessScope, id: &str) -> Result<GivenInputs, HarnessFailure> {
        let id = identifier("an execution's id", id)?;
        let path = ["pipeline", "api", "pipelines", "execution", id, "inputsetV2"];
        let query = [("resolveExpressions", "true")];
        let request = self.request(Method::Get, scope, &path, &query, None)?;
        let subject = Subject::Execution(id);
        let body = self
            .read(request, subject, Urgency::Recording, self.read_deadline())
            .await?;
        let answer: Result<Enveloped, _> = serde_json::from_slice(&body);
        answer.map(|answer| answer.data).map_err(|error| {
            let message = format!("Harness's answer about the inputs of the execution `{id}` cannot be read: {error}");
            HarnessFailure::new(FailureCode::MalformedResponse, message)
        })
    }

    /// Reads one execution with its stages and steps: the body of Harness's answer. With `stage_node`, a key of the
    /// execution's layout, the steps are those of that stage alone.
    ///
    /// # Errors
    /// [`HarnessFailure`]; never [`FailureCode::OutcomeUnknown`].
    pub async fn get_execution(
        &self,
        scope: &HarnessScope,
        id: &str,
        stage_node: Option<&str>,
    ) -> Result<Vec<u8>, HarnessFailure> {
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
        let request = self.request(Method::Get, scope, &path, &[query], None)?;
        self.read(
            request,
            Subject::Execution(id),
            Urgency::Following,
            self.read_deadline(),
        )
        .await
    }
}

/// What a run was started with, as Harness keeps it: YAML. Source: harness-api §3.6.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct GivenInputs {
    /// The inputs as they were given, `pipeline` or, in Harness 3.0, `inputs` at the root.
    pub input_set_yaml: Option<String>,
    /// The same with the values of the expressions in it.
    pub resolved_yaml: Option<String>,
    /// What the pipeline asked for then.
    pub input_set_template_yaml: Option<String>,
}

/// Which executions to list, in Harness's words.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ExecutionFilter<'q> {
    filter_type: &'static str,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pipeline_identifiers: &'q [String],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    plan_execution_ids: &'q [String],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    status: Vec<&'q str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    time_range: Option<TimeRange>,
    #[serde(skip_serializing_if = "Option::is_none")]
    module_properties: Option<ModuleProperties<'q>>,
}

#[derive(Deserialize)]
struct Enveloped {
    data: GivenInputs,
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
            plan_execution_ids: &query.executions,
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
