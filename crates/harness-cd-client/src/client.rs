use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt;

use harness_cd_links::{is_private, pipeline_page};
use harness_cd_model::PipelineRef;
use serde::Deserialize;

use crate::budget::{Admission, Budget, Urgency, used_up};
use crate::transport::{Request, Response, Transport, TransportError};
use crate::{FailureCode, HarnessFailure};

/// Where Harness is, and who asks. Its `Debug` shows no key.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(rename = "HarnessClientOptions"))]
pub struct ClientOptions {
    /// For example `https://app.harness.io`; a path before Harness's own, such as `/gateway`, is kept.
    pub base_url: String,
    /// A personal access token or a service account's token.
    pub api_key: String,
    /// The account that the key is of.
    pub account: String,
    /// How long one request may take, in ms. A read with its repetitions may take three times that.
    pub timeout_ms: u32,
}

impl fmt::Debug for ClientOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientOptions")
            .field("base_url", &self.base_url)
            .field("api_key", &"(redacted)")
            .field("account", &self.account)
            .field("timeout_ms", &self.timeout_ms)
            .finish()
    }
}

/// Harness as one key reaches it: the projects of one account.
pub struct HarnessClient<T> {
    pub(crate) options: ClientOptions,
    pub(crate) transport: T,
    budget: RefCell<Budget>,
    /// The notes of executions, as they were when a lost run was looked for.
    pub(crate) notes: RefCell<BTreeMap<String, Vec<u8>>>,
}

impl<T> HarnessClient<T> {
    /// A client; nothing is sent yet.
    ///
    /// # Errors
    /// [`FailureCode::InvalidConfig`]: the address is not https, or http to this machine itself; the key or the account is empty or holds a
    /// character that neither can have.
    pub fn new(options: ClientOptions, transport: T) -> Result<Self, HarnessFailure> {
        let invalid = |message: &str| Err(HarnessFailure::new(FailureCode::InvalidConfig, message));
        if !is_web_address(&options.base_url) {
            return invalid(
                "the base URL of Harness is not an http or https address; write for example https://app.harness.io",
            );
        }
        if !is_private(&options.base_url) {
            return invalid(
                "the base URL of Harness begins with http://, which would send the API key in the clear; write https://",
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
        if options.account.is_empty() || options.account.chars().any(char::is_control) {
            return invalid("the account of Harness must be set, without control characters");
        }
        Ok(Self {
            options,
            transport,
            budget: RefCell::new(Budget::full()),
            notes: RefCell::default(),
        })
    }

    /// The account that the key is of.
    #[must_use]
    pub fn account(&self) -> &str {
        &self.options.account
    }

    /// The origin of Harness's user interface: the API's, without the path that may stand before it.
    #[must_use]
    pub fn ui_base(&self) -> String {
        let base = &self.options.base_url;
        let host = base.find("://").map_or(0, |scheme| scheme + "://".len());
        let end = base.get(host..).and_then(|rest| rest.find('/'));
        end.and_then(|end| base.get(..host + end)).unwrap_or(base).to_owned()
    }

    /// The address below which a pipeline's pages are.
    #[must_use]
    pub fn pipeline_page(&self, pipeline: &PipelineRef<'_>) -> String {
        pipeline_page(&self.ui_base(), pipeline)
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
    pub(crate) async fn admit(&self, urgency: Urgency, deadline: i64) -> Result<(), HarnessFailure> {
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
        self.learn(&outcome);
        outcome
    }

    /// The same, for one that waits for a delegate: that it takes too long is not learnt.
    pub(crate) async fn send_to_delegate(&self, request: &Request) -> Result<Response, TransportError> {
        let outcome = self.transport.send(request).await;
        let is_late = match &outcome {
            Ok(response) => response.status == 504,
            Err(error) => *error == TransportError::Timeout,
        };
        if !is_late {
            self.learn(&outcome);
        }
        outcome
    }

    fn learn(&self, outcome: &Result<Response, TransportError>) {
        let now = self.now_ms();
        self.at_budget(|budget| budget.learn(outcome, now));
    }

    fn at_budget<R>(&self, act: impl FnOnce(&mut Budget) -> R) -> R {
        act(&mut self.budget.borrow_mut())
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
