//! Requests of a project: the address, and who asks.

use harness_cd_model::{EntityRef, HarnessScope, Level};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::transport::{API_KEY_HEADER, Body, Method, Request};
use crate::{FailureCode, HarnessClient, HarnessFailure};

/// What may stand in a path segment or a query as it is.
const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// The level of what a reference leads to, and the identifier in it. Source: run-inputs §2.
pub(crate) fn split(reference: &str) -> (Level, &str) {
    (Level::of(reference), EntityRef::split(reference).1)
}

/// How many of account, organization and project a request names.
const fn depth(level: Level) -> usize {
    match level {
        Level::Project => 3,
        Level::Organization => 2,
        Level::Account => 1,
    }
}

impl<T> HarnessClient<T> {
    /// A request about something in a project.
    ///
    /// # Errors
    /// [`FailureCode::WrongScope`] for a project of another account: the key would be refused there, or would reach
    /// its namesake here.
    pub(crate) fn request(
        &self,
        method: Method,
        scope: &HarnessScope,
        path: &[&str],
        query: &[(&str, &str)],
        body: Option<Body>,
    ) -> Result<Request, HarnessFailure> {
        self.request_at(Level::Project, method, scope, path, query, body)
    }

    /// A request about something at the level of a project, of its organization or of its account.
    ///
    /// # Errors
    /// As for [`HarnessClient::request`].
    pub(crate) fn request_at(
        &self,
        level: Level,
        method: Method,
        scope: &HarnessScope,
        path: &[&str],
        query: &[(&str, &str)],
        body: Option<Body>,
    ) -> Result<Request, HarnessFailure> {
        self.check_scope(scope)?;
        let scope = [
            ("accountIdentifier", scope.account.as_str()),
            ("orgIdentifier", &scope.org),
            ("projectIdentifier", &scope.project),
        ];
        let query = scope.iter().take(depth(level)).chain(query);
        Ok(self.written(method, path, query, body))
    }

    /// A request of the newer generation: its path names organization and project, and a header the account.
    /// Source: harness-api §0.2.
    ///
    /// # Errors
    /// As for [`HarnessClient::request`].
    pub(crate) fn request_v1(
        &self,
        method: Method,
        scope: &HarnessScope,
        path: &[&str],
        query: &[(&str, &str)],
        body: Option<Body>,
    ) -> Result<Request, HarnessFailure> {
        self.check_scope(scope)?;
        let mut request = self.written(method, path, query.iter(), body);
        let account = ("harness-account".to_owned(), scope.account.clone());
        request.headers.push(account);
        Ok(request)
    }

    fn written<'q>(
        &self,
        method: Method,
        path: &[&str],
        query: impl Iterator<Item = &'q (&'q str, &'q str)>,
        body: Option<Body>,
    ) -> Request {
        let mut url = self.options.base_url.trim_end_matches('/').to_owned();
        for segment in path {
            url.push('/');
            url.extend(utf8_percent_encode(segment, UNRESERVED));
        }
        for (place, (name, value)) in query.enumerate() {
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

    fn check_scope(&self, scope: &HarnessScope) -> Result<(), HarnessFailure> {
        let HarnessScope { account, org, project } = scope;
        let own = self.account();
        let message = if account != own {
            format!("the API key is of the account `{own}`, and this is in the account `{account}`")
        } else if [org, project]
            .iter()
            .any(|part| part.is_empty() || part.chars().any(char::is_control))
        {
            "org and project of Harness must both be named, without control characters".to_owned()
        } else {
            return Ok(());
        };
        Err(HarnessFailure::new(FailureCode::WrongScope, message))
    }
}

/// What may stand in a path: `..` and the like would name another.
pub(crate) fn identifier<'a>(what: &str, id: &'a str) -> Result<&'a str, HarnessFailure> {
    const LONGEST: usize = 128;
    let known = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'$');
    if !id.is_empty() && id.len() <= LONGEST && id.bytes().all(known) {
        return Ok(id);
    }
    let message = format!("{what} has letters, digits, `_`, `-` and `$`, at most {LONGEST} of them");
    Err(HarnessFailure::new(FailureCode::InvalidRequest, message))
}

/// A reference as a pipeline has it: an identifier, with the level before it where it is none of the project.
pub(crate) fn reference<'a>(what: &str, reference: Option<&'a str>) -> Result<&'a str, HarnessFailure> {
    let reference = reference.unwrap_or_default();
    identifier(&format!("the identifier of {what}"), split(reference).1).map(|_| reference)
}
