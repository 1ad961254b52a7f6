//! Links into Harness's user interface: read in every form it has used, written in one.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, PercentEncode, percent_decode_str, utf8_percent_encode};
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
    /// A user name or password before the host.
    #[error("the address holds a user name or a password before the host; take it out")]
    Credentials,
    /// No `/account/…` in the path.
    #[error("the address has no /account/… in its path; copy it from a page of Harness, not from its documentation")]
    NoAccount,
    /// `<+…>` or `${…}` where an identifier is expected.
    #[error("the address holds the placeholder {0}; write the identifier itself")]
    Placeholder(String),
    /// A segment that cannot be an identifier.
    #[error("{0} in the address is not an identifier of Harness")]
    Identifier(String),
}

/// Reads a link into Harness's user interface, in any form it has used: plain and hash routes, with and without
/// module, `/all/`, settings pages, vanity hosts, ports, trailing slashes and query strings.
///
/// # Errors
/// [`UrlError`] for a text that is no such link.
pub fn parse_url(url: &str) -> Result<HarnessUrl, UrlError> {
    let (host, path) = split(url.trim())?;
    let segments = path.split('/').filter(|segment| !segment.is_empty());
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
        host: host.to_owned(),
        module: after("orgs").and_then(|(orgs, _)| module(segments.get(..orgs)?)),
        org: id("orgs"),
        project: id("projects"),
        account,
        kind,
        pipeline,
        service,
        execution,
    })
}

/// The host, and the path without query; the part behind `#` where the route stands there.
fn split(url: &str) -> Result<(&str, &str), UrlError> {
    let (scheme, rest) = url.split_once("://").ok_or(UrlError::NotWeb)?;
    if !scheme.eq_ignore_ascii_case("https") && !scheme.eq_ignore_ascii_case("http") {
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
    let route = path.split_once('#').map_or(
        path,
        |(plain, hash)| if hash.contains("account/") { hash } else { plain },
    );
    Ok((host, route.split_once('?').map_or(route, |(route, _)| route)))
}

/// A segment of the path, decoded. Harness's identifiers have letters, digits, `_`, `$`, and `.` behind a scope; its
/// execution ids `-` as well.
fn identifier(segment: &str) -> Result<String, UrlError> {
    let decoded = percent_decode_str(segment)
        .decode_utf8()
        .map_err(|_| UrlError::Identifier(quoted(segment)))?;
    if decoded.contains("<+") || decoded.contains("${") || decoded.contains("{{") {
        return Err(UrlError::Placeholder(quoted(&decoded)));
    }
    let known = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '$' | '.' | '-');
    if decoded.chars().all(known) && !matches!(decoded.as_ref(), "." | "..") {
        Ok(decoded.into_owned())
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

fn encoded(segment: &str) -> PercentEncode<'_> {
    utf8_percent_encode(segment, SEGMENT)
}

/// The address below which a project's pages are. Source: the addresses that Harness's server writes.
fn project_page(ui_base: &str, account: &str, org: &str, project: &str) -> String {
    format!(
        "{}/ng/account/{}/module/cd/orgs/{}/projects/{}",
        ui_base.trim_end_matches('/'),
        encoded(account),
        encoded(org),
        encoded(project),
    )
}

/// The address below which a pipeline's pages are. `ui_base` is the origin of Harness's user interface.
#[must_use]
pub fn pipeline_page(ui_base: &str, at: &PipelineRef<'_>) -> String {
    let project = project_page(ui_base, &at.account, &at.org, &at.project);
    format!("{project}/pipelines/{}", encoded(&at.pipeline))
}

/// The page of a service.
pub(crate) fn service_page(ui_base: &str, scope: &HarnessScope, service: &str) -> String {
    let project = project_page(ui_base, &scope.account, &scope.org, &scope.project);
    format!("{project}/services/{}", encoded(service))
}

/// The page of one execution, below its pipeline's.
#[must_use]
pub fn execution_page(pipeline_page: &str, execution: &str) -> String {
    format!("{pipeline_page}/executions/{}/pipeline", encoded(execution))
}

/// The pipeline's studio, below the pipeline's page.
#[must_use]
pub fn studio_page(pipeline_page: &str) -> String {
    format!("{pipeline_page}/pipeline-studio")
}
