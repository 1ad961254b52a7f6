//! Who refers to a service. Only Harness's own page is known to call this.

use serde_json::{Map, Value, json};

use super::entities::READ;
use super::route::{Call, Route};
use crate::state::modes;
use crate::state::scope::Scope;
pub(crate) use crate::state::usages::fixed_service_refs;
use crate::state::usages::{Usage, Usages};
use crate::wire::respond::{Failure, Outcome, Page, Paging, Reply, page_response};
use crate::world::World;

pub(crate) const ROUTES: &[Route] = &[
    Route::new("GET", "ng/api/entitySetupUsage", READ, by_identifier).hidden(),
    Route::new("GET", "ng/api/entitySetupUsage/v2", READ, by_qualified_name).hidden(),
];

/// Source: run-inputs §12 [CORE EntitySetupUsageResource].
fn by_identifier(world: &mut World, call: &Call<'_>) -> Outcome {
    let service = call.required("identifier", &world.modes)?;
    let (scope, service) = call.scope.follow(service);
    usages(world, call, &scope, service)
}

/// Source: run-inputs §12: `<account>/<org>/<project>/<service>`, shorter for a service above a project [weak].
fn by_qualified_name(world: &mut World, call: &Call<'_>) -> Outcome {
    let name = call.required("referredEntityFQN", &world.modes)?;
    let mut parts: Vec<&str> = name.split('/').collect();
    let service = parts.pop().unwrap_or_default();
    let mut scopes = parts.into_iter();
    let scope = Scope {
        account: scopes.next().unwrap_or_default().to_owned(),
        org: scopes.next().map(str::to_owned),
        project: scopes.next().map(str::to_owned),
    };
    if scope.account != call.scope.account {
        return Err(Failure::forbidden("Missing permission core_account_view on account"));
    }
    usages(world, call, &scope, service)
}

/// Source: run-inputs §12, §14.12 [CORE]: paged, and perhaps stale, forbidden or not there.
fn usages(world: &World, call: &Call<'_>, scope: &Scope, service: &str) -> Outcome {
    match call.required("referredEntityType", &world.modes)? {
        "Service" => {}
        other => {
            return Err(Failure::not_simulated(&format!(
                "who refers to entities of the type {other}"
            )));
        }
    }
    let page = Page::read(call.request, Paging::index(100))?;
    let known = match world.modes.setup_usage {
        modes::SetupUsage::Fresh => Usages::of(&world.store),
        modes::SetupUsage::Stale => world.first_usages.clone(),
        modes::SetupUsage::Forbidden => {
            return Err(Failure::forbidden("Missing permission core_service_view on service"));
        }
        modes::SetupUsage::NotFound => {
            return Err(Failure::new(404, "RESOURCE_NOT_FOUND_EXCEPTION", "HTTP 404 Not Found"));
        }
    };
    let found: Vec<Value> = known.of_service(scope, service).map(item).collect();
    let total = found.len();
    Ok(Reply::Enveloped(page_response(page.cut(found), page, total)))
}

fn item(usage: &Usage) -> Value {
    json!({
        "referredEntity": {
            "type": "Service", "name": usage.service_name, "entityRef": reference(&usage.service_scope, &usage.service),
        },
        "referredByEntity": {
            "type": "Pipelines", "name": usage.pipeline_name,
            "entityRef": reference(&usage.pipeline_scope, &usage.pipeline),
        },
        "createdAt": usage.since,
    })
}

fn reference(scope: &Scope, identifier: &str) -> Map<String, Value> {
    let level = match (&scope.org, &scope.project) {
        (_, Some(_)) => "project",
        (Some(_), None) => "org",
        (None, None) => "account",
    };
    let mut fields = scope.fields("accountIdentifier");
    fields.insert("identifier".to_owned(), json!(identifier));
    fields.insert("scope".to_owned(), json!(level));
    fields
}
