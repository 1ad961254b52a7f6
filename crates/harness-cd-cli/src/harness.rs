//! The two ports that the core asks for, and the account from the environment.

use std::env;
use std::thread;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use harness_cd::client::{
    ClientOptions, HarnessClient, MAX_RESPONSE_BYTES, Request, Response, Transport, TransportError,
};
use harness_cd::{HarnessCd, LinearPatterns, Ports};
use harness_cd_model::{HarnessScope, ProjectRef, TimeZones};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::error::CliError;

const DEFAULT_BASE_URL: &str = "https://app.harness.io";
const TIMEOUT_MS: u32 = 30_000;
const API_KEY: &str = "HARNESS_API_KEY";

/// What a check asks besides Harness.
pub(crate) const PORTS: Ports<'static> = Ports {
    zones: &BundledZones,
    patterns: &LinearPatterns,
};

/// A project of Harness.
#[derive(Clone, Debug)]
pub(crate) struct Project {
    /// The account that an address names; otherwise that of the environment or of the key.
    pub(crate) account: Option<String>,
    pub(crate) org: String,
    pub(crate) project: String,
}

impl Project {
    /// A project that a platform description names.
    pub(crate) fn of(reference: &ProjectRef) -> Self {
        Self {
            account: None,
            org: reference.org.to_string(),
            project: reference.project.to_string(),
        }
    }
}

/// Whether Harness can be asked.
pub(crate) fn has_key() -> bool {
    env::var_os(API_KEY).is_some_and(|key| !key.is_empty())
}

/// Harness and one of its projects.
pub(crate) struct Connection {
    pub(crate) harness: HarnessCd<UreqTransport>,
    pub(crate) scope: HarnessScope,
}

impl Connection {
    /// Another project of the account: a client is of one key, and so is its budget.
    pub(crate) fn scope_of(&self, project: &Project) -> HarnessScope {
        HarnessScope {
            account: self.scope.account.clone(),
            org: project.org.clone(),
            project: project.project.clone(),
        }
    }
}

/// A project of Harness, with the key and the account from the environment.
pub(crate) fn connect(project: &Project) -> Result<Connection, CliError> {
    let api_key = variable(API_KEY, "an API key of Harness: a personal or a service account token")?;
    let account = match env::var("HARNESS_ACCOUNT") {
        Ok(account) => account,
        Err(_) => account_of_token(&api_key)?,
    };
    if let Some(named) = project.account.as_ref().filter(|named| **named != account) {
        return Err(CliError::Input(format!(
            "the pipeline is in the account {named}, and the API key in HARNESS_API_KEY is of {account}"
        )));
    }
    let options = ClientOptions {
        base_url: env::var("HARNESS_BASE_URL").unwrap_or_else(|_| DEFAULT_BASE_URL.to_owned()),
        api_key,
        account: account.clone(),
        timeout_ms: TIMEOUT_MS,
    };
    Ok(Connection {
        harness: HarnessCd::new(HarnessClient::new(options, UreqTransport::new())?),
        scope: HarnessScope {
            account,
            org: project.org.clone(),
            project: project.project.clone(),
        },
    })
}

fn variable(name: &str, what: &str) -> Result<String, CliError> {
    env::var(name)
        .ok()
        .filter(|value| !value.is_empty())
        .ok_or_else(|| CliError::Input(format!("{name} is not set; it holds {what}")))
}

/// A token reads `pat.<account>.<id>.<secret>` or `sat.<account>…`. Source: Harness's API conventions.
fn account_of_token(token: &str) -> Result<String, CliError> {
    let mut parts = token.split('.');
    match (parts.next(), parts.next(), parts.next()) {
        (Some("pat" | "sat"), Some(account), Some(_)) if !account.is_empty() => Ok(account.to_owned()),
        _ => Err(CliError::Input(
            "HARNESS_ACCOUNT is not set, and the API key does not name the account".to_owned(),
        )),
    }
}

/// Now, in epoch ms.
pub(crate) fn now_ms() -> i64 {
    let elapsed = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
    i64::try_from(elapsed.as_millis()).unwrap_or(i64::MAX)
}

/// HTTP for the command line: blocking, without redirects, so that the key goes nowhere else.
pub(crate) struct UreqTransport(ureq::Agent);

impl UreqTransport {
    fn new() -> Self {
        Self(
            ureq::Agent::config_builder()
                .max_redirects(0)
                .http_status_as_error(false)
                .build()
                .into(),
        )
    }

    fn exchange(&self, request: &Request) -> Result<Response, ureq::Error> {
        let mut builder = ureq::http::Request::builder()
            .method(request.method.as_str())
            .uri(&request.url);
        for (name, value) in &request.headers {
            builder = builder.header(name, value);
        }
        if let Some(body) = &request.body {
            builder = builder.header("content-type", body.content_type);
        }
        let body = request
            .body
            .as_ref()
            .map(|body| body.bytes.as_slice())
            .unwrap_or_default();
        let request_timeout = Duration::from_millis(u64::from(request.timeout_ms));
        let sent = self
            .0
            .configure_request(builder.body(body)?)
            .timeout_global(Some(request_timeout))
            .build();
        let answer = self.0.run(sent)?;
        let status = answer.status().as_u16();
        let content_type = answer
            .headers()
            .get("content-type")
            .and_then(|value| value.to_str().ok())
            .map(str::to_owned);
        let limit = u64::try_from(MAX_RESPONSE_BYTES).unwrap_or(u64::MAX);
        let bytes = answer.into_body().into_with_config().limit(limit).read_to_vec()?;
        Ok(Response {
            status,
            content_type,
            body: bytes,
        })
    }
}

impl Transport for UreqTransport {
    async fn send(&self, request: &Request) -> Result<Response, TransportError> {
        self.exchange(request).map_err(|error| match error {
            ureq::Error::Timeout(_) => TransportError::Timeout,
            ureq::Error::BodyExceedsLimit(_) => TransportError::TooLarge,
            other => TransportError::Network(other.to_string()),
        })
    }

    async fn sleep(&self, ms: u32) {
        thread::sleep(Duration::from_millis(u64::from(ms)));
    }

    fn now_ms(&self) -> i64 {
        now_ms()
    }
}

/// Time zones from the bundled database.
pub(crate) struct BundledZones;

impl TimeZones for BundledZones {
    fn offset_seconds(&self, zone: &str, epoch_ms: i64) -> Option<i32> {
        let zone = TimeZone::get(zone).ok()?;
        let instant = Timestamp::from_millisecond(epoch_ms).ok()?;
        Some(zone.to_offset(instant).seconds())
    }
}
