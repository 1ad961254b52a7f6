//! What is known of how connectors reach what they lead to.

use serde::{Deserialize, Serialize};

use super::entity::Entity;
use super::scope::Scope;

/// The outcome of a connector's last test. Source: harness-api §4.2 [SDK].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum ConnectorStatus {
    #[default]
    Success,
    Failure,
    Partial,
    Unknown,
}

impl ConnectorStatus {
    pub(crate) fn wire(self) -> &'static str {
        match self {
            Self::Success => "SUCCESS",
            Self::Failure => "FAILURE",
            Self::Partial => "PARTIAL",
            Self::Unknown => "UNKNOWN",
        }
    }
}

/// A connector's last test.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Health {
    pub(crate) status: ConnectorStatus,
    /// Why it does not connect; empty where it does.
    pub(crate) error: String,
    /// Epoch ms.
    pub(crate) tested_at: i64,
    /// When it last connected, epoch ms; 0 where it never did.
    pub(crate) connected_at: i64,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Entry {
    scope: Scope,
    identifier: String,
    health: Health,
}

/// The tests of all connectors that were ever tested or told of.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Connectivity(Vec<Entry>);

impl Connectivity {
    /// What is stored of a connector, which is all that a pre-flight check looks at (run-inputs §13 [CORE]). One that
    /// nobody has tested connected when it was saved: that is invented.
    pub(crate) fn of(&self, connector: &Entity) -> Health {
        let known = self
            .0
            .iter()
            .find(|entry| entry.is(&connector.scope, &connector.identifier));
        known.map(|entry| entry.health.clone()).unwrap_or_else(|| Health {
            status: ConnectorStatus::Success,
            error: String::new(),
            tested_at: connector.updated_at,
            connected_at: connector.updated_at,
        })
    }

    /// Says how a connector does from now on; a reason goes with everything but a success.
    pub(crate) fn set(&mut self, connector: &Entity, status: ConnectorStatus, error: &str, now: i64) {
        let before = self.of(connector);
        self.forget(&connector.scope, &connector.identifier);
        let connects = status == ConnectorStatus::Success;
        self.0.push(Entry {
            scope: connector.scope.clone(),
            identifier: connector.identifier.clone(),
            health: Health {
                status,
                error: if connects { String::new() } else { error.to_owned() },
                tested_at: now,
                connected_at: if connects { now } else { before.connected_at },
            },
        });
    }

    /// Forgets a connector that is no more.
    pub(crate) fn forget(&mut self, scope: &Scope, identifier: &str) {
        self.0.retain(|entry| !entry.is(scope, identifier));
    }
}

impl Entry {
    fn is(&self, scope: &Scope, identifier: &str) -> bool {
        self.scope == *scope && self.identifier == identifier
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::state::entity::Kind;

    #[test]
    fn a_connector_keeps_when_it_last_connected() {
        let document = json!({ "connector": { "identifier": "registry" } });
        let mut connector = Entity::new(Kind::Connector, Scope::default(), "", &document).unwrap();
        connector.updated_at = 5;
        let mut connectivity = Connectivity::default();
        assert_eq!(connectivity.of(&connector).connected_at, 5);
        connectivity.set(&connector, ConnectorStatus::Failure, "refused", 9);
        let failed = connectivity.of(&connector);
        assert_eq!(
            (failed.status, failed.tested_at, failed.connected_at),
            (ConnectorStatus::Failure, 9, 5)
        );
        connectivity.forget(&connector.scope, "registry");
        assert_eq!(connectivity.of(&connector).status, ConnectorStatus::Success);
    }
}
