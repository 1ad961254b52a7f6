//! Connectors.

use serde_json::{Value, json};

use super::entities::{self, Family, READ, WRITE};
use super::route::{Call, Route};
use crate::state::connectivity::{ConnectorStatus, Health};
use crate::state::entity::{Entity, Kind};
use crate::tables::invented;
use crate::tables::reading::texts;
use crate::tables::yaml::scalar_text;
use crate::wire::body::read_value;
use crate::wire::respond::{Failure, Outcome, Paging, Reply, without_nulls};
use crate::world::World;

pub(crate) const ROUTES: &[Route] = &[
    Route::new("POST", "ng/api/connectors/listV2", READ, list),
    Route::new("GET", "ng/api/connectors", READ, list_by_query),
    Route::new("POST", "ng/api/connectors", WRITE, entities::create::<Connectors>),
    Route::new("PUT", "ng/api/connectors", WRITE, entities::update::<Connectors>),
    Route::new("GET", "ng/api/connectors/{}", READ, entities::get::<Connectors>),
    Route::new("DELETE", "ng/api/connectors/{}", WRITE, delete),
    Route::new("POST", "ng/api/connectors/testConnection/{}", READ, test),
];

/// Source: harness-api §4.2 [MCP, SDK].
pub(crate) struct Connectors;

impl Family for Connectors {
    const KIND: Kind = Kind::Connector;
    const PAGING: Paging = Paging::CONNECTORS;
    const NEEDED: &'static [&'static str] = &["identifier", "name", "type"];
    const WIDENED_BY: &'static str = "includeAllConnectorsAvailableAtScope";

    /// Source: harness-api §4.2, §12.39 [SDK, MCP].
    fn view(world: &World, entity: &Entity) -> Value {
        let health = world.connectivity.of(entity);
        json!({
            "connector": *entity.body, "createdAt": entity.created_at, "lastModifiedAt": entity.updated_at,
            "status": status(&health), "activityDetails": { "lastActivityTime": entity.updated_at },
            "harnessManaged": false,
        })
    }

    /// Source: harness-api §4.2, §11.20 [SDK]: who inherits from a delegate names one; the sentence is restated.
    fn check(fields: &Value) -> Result<(), Failure> {
        if inherits(fields) && texts(fields, "/spec/delegateSelectors").is_empty() {
            return Err(Failure::invalid(
                "Delegate Selector cannot be null for inherit from delegate credential type",
            ));
        }
        Ok(())
    }
}

fn inherits(connector: &Value) -> bool {
    connector.pointer("/spec/credential/type").and_then(Value::as_str) == Some("InheritFromDelegate")
}

fn status(health: &Health) -> Value {
    without_nulls(json!({
        "status": health.status.wire(), "errorSummary": summary(health), "errors": errors(health),
        "testedAt": health.tested_at, "lastTestedAt": health.tested_at, "lastConnectedAt": health.connected_at,
    }))
}

fn summary(health: &Health) -> Option<&str> {
    Some(health.error.as_str()).filter(|error| !error.is_empty())
}

/// Source: harness-api §4.2 [SDK]; reason and code are invented.
fn errors(health: &Health) -> Option<Value> {
    let error = summary(health)?;
    let (reason, code) = invented::CONNECTOR_ERROR;
    Some(json!([{ "reason": reason, "message": error, "code": code }]))
}

/// Source: harness-api §12.39 [SDK, MCP]: the filters stand in the body. That a body names the kind of its filter is as
/// with executions (§12.33).
fn list(world: &mut World, call: &Call<'_>) -> Outcome {
    let filter = read_value(&call.request.body)?;
    if !filter.is_null() && filter.get("filterType").and_then(Value::as_str) != Some("Connector") {
        return Err(Failure::invalid("filterType: must be Connector"));
    }
    let mut found = entities::found::<Connectors>(world, call)?;
    found.retain(|connector| passes(connector, world.connectivity.of(connector).status, &filter));
    entities::page::<Connectors>(world, call, found)
}

fn passes(connector: &Entity, status: ConnectorStatus, filter: &Value) -> bool {
    let any = |pointer: &str, holds: &dyn Fn(&str) -> bool| {
        let wanted = texts(filter, pointer);
        wanted.is_empty() || wanted.iter().any(|wanted| holds(wanted))
    };
    let name = connector.name().to_lowercase();
    let kind = connector.text("type");
    let own_tags = connector.tags();
    let mut wanted_tags = filter.get("tags").and_then(Value::as_object).into_iter().flatten();
    let inheriting = filter.get("inheritingCredentialsFromDelegate").and_then(Value::as_bool);
    any("/types", &|wanted| kind == wanted)
        && any("/categories", &|wanted| category(&kind) == Some(wanted))
        // A part of the name is enough [CORE, weak].
        && any("/connectorNames", &|wanted| name.contains(&wanted.to_lowercase()))
        && any("/connectorIdentifiers", &|wanted| connector.identifier == wanted)
        && any("/connectivityStatuses", &|wanted| status.wire() == wanted)
        && inheriting.is_none_or(|wanted| inherits(&connector.body) == wanted)
        && wanted_tags.all(|(key, value)| own_tags.get(key).map(scalar_text) == Some(scalar_text(value)))
}

/// Source: harness-api §4.2 [SDK] (`categories`); which type is of which is [CORE ConnectorType, weak].
fn category(kind: &str) -> Option<&'static str> {
    Some(match kind {
        "K8sCluster" | "Aws" | "Gcp" | "Azure" | "Pdc" | "Tas" | "Rancher" | "Spot" => "CLOUD_PROVIDER",
        "Git" | "Github" | "Gitlab" | "Bitbucket" | "AzureRepo" | "Codecommit" => "CODE_REPO",
        "DockerRegistry" | "Artifactory" | "Nexus" | "HttpHelmRepo" | "OciHelmRepo" | "Jenkins" | "Bamboo"
        | "AzureArtifacts" => "ARTIFACTORY",
        "Vault"
        | "AwsKms"
        | "AwsSecretManager"
        | "AzureKeyVault"
        | "GcpKms"
        | "GcpSecretManager"
        | "Local"
        | "CustomSecretManager" => "SECRET_MANAGER",
        "AppDynamics" | "Prometheus" | "Datadog" | "NewRelic" | "Dynatrace" | "Splunk" | "SumoLogic"
        | "ElasticSearch" | "SignalFX" | "CustomHealth" | "PagerDuty" => "MONITORING",
        "Jira" | "ServiceNow" => "TICKETING",
        _ => return None,
    })
}

fn list_by_query(_: &mut World, _: &Call<'_>) -> Outcome {
    Err(Failure::not_simulated("the older list of connectors"))
}

fn delete(world: &mut World, call: &Call<'_>) -> Outcome {
    let reply = entities::delete::<Connectors>(world, call)?;
    world.connectivity.forget(&call.scope, call.capture(0));
    Ok(reply)
}

/// Source: harness-api §4.2 [SDK]; run-inputs §13: it is tried live, and what comes of it is stored.
fn test(world: &mut World, call: &Call<'_>) -> Outcome {
    let connector = world
        .store
        .get(Kind::Connector, &call.scope, "", call.capture(0), &world.modes)?;
    let known = world.connectivity.of(connector);
    world.connectivity.set(connector, known.status, &known.error, call.now);
    let health = world.connectivity.of(connector);
    Ok(Reply::Enveloped(without_nulls(json!({
        "status": health.status.wire(), "errorSummary": summary(&health), "errors": errors(&health),
        "testedAt": health.tested_at, "delegateId": invented::DELEGATE.0,
    }))))
}
