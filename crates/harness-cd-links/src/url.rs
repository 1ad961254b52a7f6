//! Links into Harness's user interface: read in every form it has used, written in one.

use std::borrow::Cow;
use std::net::IpAddr;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use harness_cd_model::words::quoted;
use harness_cd_model::{HarnessScope, PipelineRef};

/// What a page of Harness's user interface is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
pub struct HarnessUrl {
    /// The host, with its port where one is written, for example `app.harness.io`.
    pub host: String,
    /// The account's identifier.
    pub account: String,
    /// The organization's identifier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub org: Option<String>,
    /// The project's identifier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub project: Option<String>,
    /// Harness's module, for example `cd`; absent in links that name none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub module: Option<String>,
    /// What the page shows.
    pub kind: HarnessUrlKind,
    /// The pipeline's identifier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pipeline: Option<String>,
    /// The service's identifier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service: Option<String>,
    /// The execution's id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub execution: Option<String>,
    /// Where Harness keeps the pipeline, `INLINE` or `REMOTE`, as the address's query says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub store_type: Option<String>,
    /// The connector to the repository of a remote pipeline, for example `account.github`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connector_ref: Option<String>,
    /// The repository of a remote pipeline.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repo_name: Option<String>,
    /// The branch of a remote pipeline, for example `release/2.4`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub branch: Option<String>,
}

impl HarnessUrl {
    /// Whether another page is about the same pipeline, or the same service, from the same branch.
    pub(crate) fn is_about_same(&self, other: &Self) -> bool {
        let about = |page: &Self| {
            let Self {
                account,
                org,
                project,
                pipeline,
                service,
                branch,
                ..
            } = page.clone();
            (account, org, project, pipeline, service, branch)
        };
        self.host.eq_ignore_ascii_case(&other.host) && about(self) == about(other)
    }
}

/// What a page of Harness's user interface shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum HarnessUrlKind {
    /// A page of the account or an organization.
    Account,
    /// A page of a project that is about none of the following, for example a list.
    Project,
    /// A pipeline: its studio, its executions, its triggers.
    Pipeline,
    /// One execution of a pipeline.
    Execution,
    /// A service.
    Service,
}

/// Why a text is not a link into Harness's user interface.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum UrlError {
    /// Not `http://` or `https://` with a host.
    #[error("this is not a web address; copy the page's address from the browser, it starts with https://")]
    NotWeb,
    /// Plain `http://` to a host that is not this machine.
    #[error("the address is plain http, which anybody on the way can read and change; write https://")]
    PlainHttp,
    /// A user name or password before the host.
    #[error("the address holds a user name or a password before the host; take it out")]
    Credentials,
    /// No `/account/…` in the path.
    #[error("the address has no /account/… in its path; copy it from a page of Harness, not from its documentation")]
    NoAccount,
    /// `<+…>` or `${…}` where an identifier or the value of a parameter is expected.
    #[error("the address holds the placeholder {0}; write what it stands for")]
    Placeholder(String),
    /// A segment that cannot be an identifier.
    #[error("{0} in the address is not an identifier of Harness")]
    Identifier(String),
    /// A parameter of the query, and its value that cannot be one.
    #[error("`{0}` of the address cannot be {1}; copy the address from the browser again")]
    Parameter(String, String),
}

/// Reads a link into Harness's user interface, in any form it has used: plain and hash routes, with and without
/// module, `/all/`, settings pages, vanity hosts, ports, trailing slashes and query strings. Plain `http://` is read for
/// a loopback host alone.
///
/// # Errors
/// [`UrlError`] for a text that is no such link.
pub fn parse_url(url: &str) -> Result<HarnessUrl, UrlError> {
    let address = Address::split(url.trim())?;
    if !address.is_private() {
        return Err(UrlError::PlainHttp);
    }
    let segments = address.path.split('/').filter(|segment| !segment.is_empty());
    let segments = segments.map(identifier).collect::<Result<Vec<_>, _>>()?;
    let after = |name: &str| {
        let place = segments.iter().position(|segment| segment == name)?;
        Some((place, segments.get(place + 1)?.clone()))
    };
    let id = |name: &str| after(name).map(|(_, id)| id);
    let account = id("account").ok_or(UrlError::NoAccount)?;
    let pipeline = id("pipelines");
    let execution = id("executions")
        .or_else(|| id("deployments"))
        .filter(|_| pipeline.is_some());
    let service = id("services").filter(|_| pipeline.is_none());
    let kind = match (&execution, &pipeline, &service, id("projects")) {
        (Some(_), ..) => HarnessUrlKind::Execution,
        (_, Some(_), ..) => HarnessUrlKind::Pipeline,
        (_, _, Some(_), _) => HarnessUrlKind::Service,
        (.., Some(_)) => HarnessUrlKind::Project,
        _ => HarnessUrlKind::Account,
    };
    Ok(HarnessUrl {
        host: address.host.to_owned(),
        module: after("orgs").and_then(|(orgs, _)| module(segments.get(..orgs)?)),
        org: id("orgs"),
        project: id("projects"),
        account,
        kind,
        pipeline,
        service,
        execution,
        store_type: address.parameter("storeType")?,
        connector_ref: address.parameter("connectorRef")?,
        repo_name: address.parameter("repoName")?,
        branch: address.parameter("branch")?,
    })
}

/// Whether an address that somebody wrote into the catalog is of the Harness at `base`: of the same host and port, in any
/// case, with the scheme's own port written or not. No other may be asked or linked to. A Harness on this very machine, a
/// simulator or a tunnel, stands for one elsewhere: its pages are on any host.
#[must_use]
pub fn is_page_of(address: &str, base: &str) -> bool {
    let (Ok(address), Ok(base)) = (Address::split(address.trim()), Address::split(base.trim())) else {
        return false;
    };
    is_loopback(base.host) || address.host_and_port() == base.host_and_port()
}

/// The parts of a web address.
struct Address<'a> {
    is_secure: bool,
    /// With its port where one is written.
    host: &'a str,
    /// The path; the part behind `#` where the route stands there.
    path: &'a str,
    query: &'a str,
}

impl<'a> Address<'a> {
    fn split(url: &'a str) -> Result<Self, UrlError> {
        let (scheme, rest) = url.split_once("://").ok_or(UrlError::NotWeb)?;
        let is_secure = scheme.eq_ignore_ascii_case("https");
        if !is_secure && !scheme.eq_ignore_ascii_case("http") {
            return Err(UrlError::NotWeb);
        }
        let (host, path) = rest
            .find(['/', '?', '#'])
            .and_then(|end| rest.split_at_checked(end))
            .unwrap_or((rest, ""));
        if host.contains('@') {
            return Err(UrlError::Credentials);
        }
        let host_character = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | ':' | '[' | ']' | '_');
        if host.is_empty() || !host.chars().all(host_character) {
            return Err(UrlError::NotWeb);
        }
        let (plain, hash) = path.split_once('#').unwrap_or((path, ""));
        let route = if hash.contains("account/") { hash } else { plain };
        let (path, query) = route.split_once('?').unwrap_or((route, ""));
        Ok(Self {
            is_secure,
            host,
            path,
            query,
        })
    }

    fn is_private(&self) -> bool {
        self.is_secure || is_loopback(self.host)
    }

    /// A parameter of the query, decoded; `None` where it is empty.
    fn parameter(&self, name: &str) -> Result<Option<String>, UrlError> {
        let pairs = self.query.split('&').filter_map(|pair| pair.split_once('='));
        let Some((_, value)) = pairs.into_iter().find(|(key, value)| *key == name && !value.is_empty()) else {
            return Ok(None);
        };
        let bad = || UrlError::Parameter(name.to_owned(), quoted(value));
        let decoded = no_placeholder(decoded(value).ok_or_else(bad)?)?;
        let is_text = !decoded.chars().any(|c| c.is_control() || c.is_whitespace());
        if is_text { Ok(Some(decoded)) } else { Err(bad()) }
    }

    /// The host in lower case, and the port.
    fn host_and_port(&self) -> (String, String) {
        let (host, port) = port_of(self.host);
        let own = if self.is_secure { "443" } else { "80" };
        let port = port.filter(|port| !port.is_empty()).unwrap_or(own);
        (host.trim_end_matches('.').to_lowercase(), port.to_owned())
    }
}

/// A host apart from its port. An IPv6 address stands in brackets, and has colons of its own.
fn port_of(host: &str) -> (&str, Option<&str>) {
    match host.rsplit_once(':') {
        Some((name, port)) if !port.contains(']') => (name, Some(port)),
        _ => (host, None),
    }
}

/// Whether what goes to an address stays between the two ends: by TLS, or because it does not leave this machine.
#[must_use]
pub fn is_private(address: &str) -> bool {
    Address::split(address).is_ok_and(|address| address.is_private())
}

/// Whether a host is this machine.
fn is_loopback(host: &str) -> bool {
    let name = port_of(host).0.to_ascii_lowercase();
    let address = name.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    address.map_or_else(
        |_| name == "localhost" || name.ends_with(".localhost"),
        |address| address.is_loopback(),
    )
}

/// A part of an address, decoded; `None` where its bytes are no text.
fn decoded(part: &str) -> Option<String> {
    percent_decode_str(part).decode_utf8().ok().map(Cow::into_owned)
}

fn no_placeholder(part: String) -> Result<String, UrlError> {
    if part.contains("<+") || part.contains("${") || part.contains("{{") {
        return Err(UrlError::Placeholder(quoted(&part)));
    }
    Ok(part)
}

/// A segment of the path, decoded. Harness's identifiers have letters, digits, `_`, `$`, and `.` behind a scope; its
/// execution ids `-` as well.
fn identifier(segment: &str) -> Result<String, UrlError> {
    let decoded = no_placeholder(decoded(segment).ok_or_else(|| UrlError::Identifier(quoted(segment)))?)?;
    let known = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '$' | '.' | '-');
    if decoded.chars().all(known) && !matches!(decoded.as_str(), "." | "..") {
        Ok(decoded)
    } else {
        Err(UrlError::Identifier(quoted(&decoded)))
    }
}

/// The module, in `account/<id>/cd/orgs`, `account/<id>/module/cd/orgs` and `account/<id>/all/cd/orgs`.
fn module(before_orgs: &[String]) -> Option<String> {
    match before_orgs {
        [.., account, _, last] if account == "account" => Some(last),
        [.., account, _, _, last] if account == "account" => Some(last),
        _ => None,
    }
    .filter(|last| *last != "all")
    .cloned()
}

/// What may stand in a path segment as it is.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~')
    .remove(b'$');

fn encoded(segment: &str) -> Cow<'_, str> {
    utf8_percent_encode(segment, SEGMENT).into()
}

/// The address below which a project's pages are. Source: the addresses that Harness's server writes.
fn project_page(ui_base: &str, account: &str, org: &str, project: &str) -> String {
    // Not by `format!`, which takes three times as long: every row of a history has such addresses.
    [
        ui_base.trim_end_matches('/'),
        "/ng/account/",
        &encoded(account),
        "/module/cd/orgs/",
        &encoded(org),
        "/projects/",
        &encoded(project),
    ]
    .concat()
}

/// The address below which a pipeline's pages are. `ui_base` is the origin of Harness's user interface.
#[must_use]
pub fn pipeline_page(ui_base: &str, at: &PipelineRef<'_>) -> String {
    let project = project_page(ui_base, &at.account, &at.org, &at.project);
    [&project, "/pipelines/", &encoded(&at.pipeline)].concat()
}

/// The page of a service.
pub(crate) fn service_page(ui_base: &str, scope: &HarnessScope, service: &str) -> String {
    let project = project_page(ui_base, &scope.account, &scope.org, &scope.project);
    format!("{project}/services/{}", encoded(service))
}

/// The page of one execution, below its pipeline's.
#[must_use]
pub fn execution_page(pipeline_page: &str, execution: &str) -> String {
    [pipeline_page, "/executions/", &encoded(execution), "/pipeline"].concat()
}

/// The pipeline's executions, below the pipeline's page.
#[must_use]
pub fn executions_page(pipeline_page: &str) -> String {
    format!("{pipeline_page}/executions")
}

/// The pipeline's studio, below the pipeline's page.
#[must_use]
pub fn studio_page(pipeline_page: &str) -> String {
    [pipeline_page, "/pipeline-studio"].concat()
}
