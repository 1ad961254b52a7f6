//! What a route is, and how a request finds its own.

use percent_encoding::percent_decode_str;

use super::not_simulated;
use crate::state::modes::{HiddenEndpoints, MissingParameter, Modes};
use crate::state::people::{Permission, Principal};
use crate::state::scope::Scope;
use crate::state::store;
use crate::wire::message::Request;
use crate::wire::respond::{Failure, Outcome, Style};
use crate::world::World;

/// Answers a call.
pub(crate) type Handler = fn(&mut World, &Call<'_>) -> Outcome;

/// A method and a path, who may call it, and what answers.
#[derive(Clone, Copy)]
pub(crate) struct Route {
    method: &'static str,
    /// Segments without a leading slash; `{}` takes any one segment.
    path: &'static str,
    access: Access,
    /// Whether only Harness's own page is known to call it.
    hidden: bool,
    handler: Handler,
}

/// Who may call, and where the scope stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    /// Anybody, without a key.
    Open,
    /// Account, organization and project in the query, all needed.
    Project(Permission),
    /// The account in the query; organization and project may be left out.
    Account(Permission),
    /// Organization and project are the first two captures, the account is in a header or in the key.
    V1(Permission),
    /// The scope stands in the body, or nowhere; only a key is needed.
    Key(Permission),
}

impl Route {
    pub(crate) const fn new(method: &'static str, path: &'static str, access: Access, handler: Handler) -> Self {
        Self {
            method,
            path,
            access,
            hidden: false,
            handler,
        }
    }

    /// Marks what only Harness's own page is known to call (run-inputs §14.2).
    pub(crate) const fn hidden(self) -> Self {
        Self { hidden: true, ..self }
    }

    /// The segments that stand for `{}`; `None` where the path is another.
    fn captures<'a>(&self, segments: &[&'a str]) -> Option<Vec<&'a str>> {
        let mut pattern = self.path.split('/');
        let mut captures = Vec::new();
        for segment in segments {
            match pattern.next()? {
                "{}" => captures.push(*segment),
                fixed if fixed == *segment => {}
                _ => return None,
            }
        }
        pattern.next().is_none().then_some(captures)
    }
}

/// A request that has found its route, with who calls and where.
pub(crate) struct Call<'a> {
    pub(crate) request: &'a Request,
    /// Simulated time, epoch ms.
    pub(crate) now: i64,
    /// Who calls; nobody known where no key is needed.
    pub(crate) principal: Principal,
    /// Where; as far as the request says.
    pub(crate) scope: Scope,
    captures: Vec<&'a str>,
}

impl<'a> Call<'a> {
    /// The segment that stood for the `index`-th `{}`.
    pub(crate) fn capture(&self, index: usize) -> &'a str {
        self.captures.get(index).copied().unwrap_or_default()
    }

    pub(crate) fn parameter(&self, name: &str) -> Option<&'a str> {
        self.request.parameter(name)
    }

    /// A parameter that must be there.
    pub(crate) fn required(&self, name: &'static str, modes: &Modes) -> Result<&'a str, Failure> {
        self.parameter(name)
            .ok_or_else(|| missing_parameters(vec![name], modes))
    }

    /// The same call somewhere else: where its body says.
    pub(crate) fn at(&self, scope: Scope) -> Self {
        Self {
            request: self.request,
            now: self.now,
            principal: self.principal.clone(),
            scope,
            captures: self.captures.clone(),
        }
    }

    /// Whether the caller has a permission here.
    pub(crate) fn may(&self, permission: Permission) -> bool {
        self.principal.role.allows(permission)
    }
}

/// Source: harness-api §10.2, §12.20 [CORE]; the text is open.
pub(crate) fn missing_parameters(fields: Vec<&'static str>, modes: &Modes) -> Failure {
    match modes.missing_parameter {
        MissingParameter::ByField => Failure::missing_parameters(fields),
        MissingParameter::Sentence => Failure::must_not_be_null(fields.first().copied().unwrap_or_default()),
    }
}

/// Source: harness-api §12.20 [CORE].
fn unknown_path() -> Failure {
    Failure::new(400, "RESOURCE_NOT_FOUND_EXCEPTION", "HTTP 404 Not Found")
}

/// Source: harness-api §12.20 [CORE]: a known path with another method is a 405 with the code of an unknown path.
fn wrong_method() -> Failure {
    Failure::new(405, "RESOURCE_NOT_FOUND_EXCEPTION", "HTTP 405 Method Not Allowed")
}

/// The path without what may or may not stand before it.
/// Source: harness-api §0.1 [MCP, BSP]: the same APIs answer with and without `/gateway`; §3.10 [MCP]: v1 with
/// `/pipeline/api` in front.
fn normal_segments(path: &str) -> Vec<&str> {
    let path = path.strip_prefix("/gateway").unwrap_or(path);
    let segments: Vec<&str> = path.split('/').filter(|segment| !segment.is_empty()).collect();
    match segments.as_slice() {
        ["pipeline", "api", "v1", ..] => segments.into_iter().skip(2).collect(),
        ["pipeline", "v1", ..] => segments.into_iter().skip(1).collect(),
        _ => segments,
    }
}

/// Which envelope a failure on this path has.
pub(crate) fn style(path: &str) -> Style {
    match normal_segments(path).first() {
        Some(&"v1") => Style::V1,
        _ => Style::Classic,
    }
}

/// Finds the route of a request and answers it.
pub(crate) fn dispatch(world: &mut World, request: &Request, now: i64) -> Outcome {
    let path = percent_decode_str(&request.path).decode_utf8_lossy();
    let segments = normal_segments(&path);
    let routes = super::ROUTES.iter().flat_map(|routes| routes.iter());
    let matching: Vec<(&Route, Vec<&str>)> = routes
        .filter_map(|route| Some((route, route.captures(&segments)?)))
        .collect();
    let Some((route, captures)) = best(&matching, &request.method) else {
        authenticate(world, request)?;
        return Err(match (not_simulated::is_one(&segments), matching.is_empty()) {
            (true, _) => Failure::not_simulated(&segments.join("/")),
            (false, true) => unknown_path(),
            (false, false) => wrong_method(),
        });
    };
    let call = admit(world, request, route, captures.clone(), now)?;
    (route.handler)(world, &call)
}

/// Of the routes with the method, the one with the fewest captures.
fn best<'r, 'a>(matching: &'r [(&'r Route, Vec<&'a str>)], method: &str) -> Option<&'r (&'r Route, Vec<&'a str>)> {
    let named = matching.iter().filter(|(route, _)| route.method == method);
    let best = named.min_by_key(|(_, captures)| captures.len())?;
    // A fixed path of another method hides a capture: `PUT …/v2` is no pipeline called `v2`.
    let hidden = matching.iter().any(|(_, captures)| captures.len() < best.1.len());
    (!hidden).then_some(best)
}

/// Source: harness-api §0.1 [OAS]: the key is the header `x-api-key`.
fn authenticate(world: &World, request: &Request) -> Result<(String, Principal), Failure> {
    let key = request.header("x-api-key").unwrap_or_default();
    let (account, principal) = world.accounts.authenticate(key).ok_or_else(Failure::unauthorized)?;
    Ok((account.to_owned(), principal.clone()))
}

fn admit<'a>(
    world: &World,
    request: &'a Request,
    route: &Route,
    captures: Vec<&'a str>,
    now: i64,
) -> Result<Call<'a>, Failure> {
    let mut call = Call {
        request,
        now,
        principal: Principal::user("", ""),
        scope: Scope::default(),
        captures,
    };
    let permission = match route.access {
        Access::Open => return Ok(call),
        Access::Project(permission)
        | Access::Account(permission)
        | Access::V1(permission)
        | Access::Key(permission) => permission,
    };
    let (account, principal) = authenticate(world, request)?;
    call.principal = principal;
    call.scope = match route.access {
        Access::V1(_) => v1_scope(request, &call, &account)?,
        Access::Key(_) | Access::Open => Scope {
            account: account.clone(),
            ..Scope::default()
        },
        Access::Project(_) => query_scope(
            request,
            &["accountIdentifier", "orgIdentifier", "projectIdentifier"],
            world,
        )?,
        Access::Account(_) => query_scope(request, &["accountIdentifier"], world)?,
    };
    check_scope(world, &call, &account)?;
    if route.hidden {
        match world.modes.hidden_endpoints {
            HiddenEndpoints::Open => {}
            HiddenEndpoints::Forbidden => return Err(Failure::forbidden("This API is not for API keys")),
            HiddenEndpoints::NotFound => {
                return Err(Failure::new(404, "RESOURCE_NOT_FOUND_EXCEPTION", "HTTP 404 Not Found"));
            }
        }
    }
    if call.may(permission) {
        return Ok(call);
    }
    let message = format!("Missing permission {} on pipeline", permission.name());
    Err(Failure::forbidden(message))
}

/// Source: harness-api §0.2 [OAS]: v1 takes the account from the header `Harness-Account`; §12.4 [CORE]: without it 400.
fn v1_scope(request: &Request, call: &Call<'_>, account: &str) -> Result<Scope, Failure> {
    match request.header("harness-account") {
        None => Err(Failure::invalid("Harness-Account header is required")),
        Some(named) if named != account => Err(foreign_account()),
        Some(named) => Ok(Scope::project(named, call.capture(0), call.capture(1))),
    }
}

pub(crate) fn query_scope(request: &Request, needed: &[&'static str], world: &World) -> Result<Scope, Failure> {
    let missing: Vec<&'static str> = needed
        .iter()
        .copied()
        .filter(|name| request.parameter(name).is_none())
        .collect();
    if !missing.is_empty() {
        return Err(missing_parameters(missing, &world.modes));
    }
    let text = |name: &str| request.parameter(name).map(str::to_owned);
    Ok(Scope {
        account: text("accountIdentifier").unwrap_or_default(),
        org: text("orgIdentifier"),
        project: text("projectIdentifier"),
    })
}

fn foreign_account() -> Failure {
    Failure::forbidden("Missing permission core_account_view on account")
}

/// Source: harness-api §0.5 [OAS]: a wrong triplet is a 404 (or 400); another account, or a project that the key's
/// owner may not enter, a 403.
pub(crate) fn check_scope(world: &World, call: &Call<'_>, account: &str) -> Result<(), Failure> {
    let scope = &call.scope;
    if scope.account != account {
        return Err(foreign_account());
    }
    let absent = |message: String| Err(store::not_found(message, &world.modes));
    match (&scope.org, &scope.project) {
        (None, None) => Ok(()),
        (None, Some(_)) => Err(missing_parameters(vec!["orgIdentifier"], &world.modes)),
        (Some(org), None) if world.accounts.has_org(account, org) => Ok(()),
        (Some(org), None) => absent(format!("Organization with identifier [{org}] not found")),
        (Some(org), Some(project)) if !world.accounts.has_project(account, org, project) => absent(format!(
            "Project with orgIdentifier [{org}] and identifier [{project}] not found"
        )),
        (Some(org), Some(project)) if !call.principal.may_enter(org, project) => {
            Err(Failure::forbidden("Missing permission core_project_view on project"))
        }
        _ => Ok(()),
    }
}
