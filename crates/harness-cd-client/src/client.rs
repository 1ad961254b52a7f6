use std::cell::Cell;
use std::fmt;

use harness_cd_links::pipeline_page;
use harness_cd_model::{ExecutionStatus, HarnessScope, PipelineRef};
use serde::{Deserialize, Serialize};

use crate::budget::{Admission, Budget, Urgency, used_up};
use crate::transport::{Request, Response, Transport, TransportError};
use crate::{FailureCode, HarnessError};

/// Where Harness is, and who asks. Its `Debug` shows no key.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(rename = "HarnessClientOptions"))]
pub struct ClientOptions {
    /// For example `https://app.harness.io`; a path before Harness's own, such as `/gateway`, is kept.
    pub base_url: String,
    /// A personal access token or a service account's token.
    pub api_key: String,
    /// The account, organization and project of every call.
    pub scope: HarnessScope,
    /// How long one request may take, in ms. A read with its repetitions may take three times that.
    pub timeout_ms: u32,
}

impl fmt::Debug for ClientOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientOptions")
            .field("base_url", &self.base_url)
            .field("api_key", &"(redacted)")
            .field("scope", &self.scope)
            .field("timeout_ms", &self.timeout_ms)
            .finish()
    }
}

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
}

impl Default for ExecutionQuery {
    fn default() -> Self {
        Self {
            pipelines: Vec::new(),
            services: Vec::new(),
            environments: Vec::new(),
            statuses: Vec::new(),
            from_ms: None,
            to_ms: None,
            page: 0,
            size: 25,
        }
    }
}

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

/// A client of one project of Harness.
pub struct HarnessClient<T> {
    pub(crate) options: ClientOptions,
    pub(crate) transport: T,
    budget: Cell<Budget>,
}

impl<T> HarnessClient<T> {
    /// A client; nothing is sent yet.
    ///
    /// # Errors
    /// [`FailureCode::InvalidConfig`]: the address is not http(s), the key or the scope is empty or holds a
    /// character that no header can carry.
    pub fn new(options: ClientOptions, transport: T) -> Result<Self, HarnessError> {
        let invalid = |message: &str| Err(HarnessError::new(FailureCode::InvalidConfig, message));
        if !is_web_address(&options.base_url) {
            return invalid(
                "the base URL of Harness is not an http or https address; write for example https://app.harness.io",
            );
        }
        if options.api_key.is_empty() {
            return invalid("the API key of Harness is empty; set it in the configuration");
        }
        if !options.api_key.bytes().all(|b| b.is_ascii_graphic()) {
            return invalid(
                "the API key of Harness holds a space, a line break or another character that no key has; copy it again",
            );
        }
        let HarnessScope { account, org, project } = &options.scope;
        if [account, org, project]
            .iter()
            .any(|part| part.is_empty() || part.chars().any(char::is_control))
        {
            return invalid("account, org and project of Harness must all be set, without control characters");
        }
        Ok(Self {
            options,
            transport,
            budget: Cell::new(Budget::full()),
        })
    }

    /// The scope of every call.
    #[must_use]
    pub fn scope(&self) -> &HarnessScope {
        &self.options.scope
    }

    /// The origin of Harness's user interface: the API's, without the path that may stand before it.
    #[must_use]
    pub fn ui_base(&self) -> String {
        let base = &self.options.base_url;
        let host = base.find("://").map_or(0, |scheme| scheme + "://".len());
        let end = base.get(host..).and_then(|rest| rest.find('/'));
        end.and_then(|end| base.get(..host + end)).unwrap_or(base).to_owned()
    }

    /// A pipeline of the scope, with the scope.
    #[must_use]
    pub fn pipeline_ref<'a>(&'a self, pipeline: &'a str) -> PipelineRef<'a> {
        let HarnessScope { account, org, project } = &self.options.scope;
        PipelineRef {
            account: account.into(),
            org: org.into(),
            project: project.into(),
            pipeline: pipeline.into(),
        }
    }

    /// The address below which a pipeline's pages are.
    #[must_use]
    pub fn pipeline_page(&self, pipeline: &str) -> String {
        pipeline_page(&self.ui_base(), &self.pipeline_ref(pipeline))
    }
}

impl<T: Transport> HarnessClient<T> {
    /// Now, by the transport's clock, epoch ms.
    pub fn now_ms(&self) -> i64 {
        self.transport.now_ms()
    }

    /// Waits until a call may go out.
    ///
    /// # Errors
    /// Where that is not before the deadline, epoch ms: nothing was sent.
    pub(crate) async fn admit(&self, urgency: Urgency, deadline: i64) -> Result<(), HarnessError> {
        loop {
            let now = self.now_ms();
            match self.at_budget(|budget| budget.admit(urgency, now)) {
                Admission::Now => return Ok(()),
                Admission::Later(ms) if now.saturating_add(i64::from(ms)) < deadline => self.sleep(ms).await,
                Admission::Later(_) => return Err(used_up()),
                Admission::Refused(error) => return Err(error),
            }
        }
    }

    /// Sends a request that was admitted.
    pub(crate) async fn send(&self, request: &Request) -> Result<Response, TransportError> {
        let outcome = self.transport.send(request).await;
        let now = self.now_ms();
        self.at_budget(|budget| budget.learn(&outcome, now));
        outcome
    }

    fn at_budget<R>(&self, act: impl FnOnce(&mut Budget) -> R) -> R {
        let mut budget = self.budget.get();
        let result = act(&mut budget);
        self.budget.set(budget);
        result
    }

    /// Waits, as the transport does.
    pub async fn sleep(&self, ms: u32) {
        self.transport.sleep(ms).await;
    }
}

fn is_web_address(url: &str) -> bool {
    let lower = url.to_ascii_lowercase();
    let host = lower.strip_prefix("https://").or_else(|| lower.strip_prefix("http://"));
    let clean = |c: char| !c.is_control() && !c.is_whitespace() && !matches!(c, '?' | '#' | '@' | '\\');
    host.is_some_and(|host| !host.is_empty() && !host.starts_with('/') && host.chars().all(clean))
}
