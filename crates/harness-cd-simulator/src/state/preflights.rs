//! Pre-flight checks that were asked for.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::scope::Scope;
use crate::tables::invented::{DAY_MS, PREFLIGHT_MS};

/// How long a good result is kept, and a bad one. Source: run-inputs §13 [CORE].
const KEPT_MS: (i64, i64) = (5 * 60 * 1_000, 14 * DAY_MS);

/// A check: what it looked at, and what it found.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Preflight {
    pub(crate) scope: Scope,
    /// Epoch ms.
    pub(crate) at: i64,
    /// Inputs that are wrong, as they are told.
    pub(crate) inputs: Vec<Value>,
    /// Every connector, as it is told, with its fault where it has one.
    pub(crate) connectors: Vec<Value>,
}

impl Preflight {
    pub(crate) fn is_done(&self, now: i64) -> bool {
        self.at.saturating_add(PREFLIGHT_MS) <= now
    }

    pub(crate) fn faults(&self) -> usize {
        self.inputs.len()
            + self
                .connectors
                .iter()
                .filter(|check| check.get("errorInfo").is_some())
                .count()
    }

    fn is_kept(&self, now: i64) -> bool {
        let kept = if self.faults() == 0 { KEPT_MS.0 } else { KEPT_MS.1 };
        now < self.at.saturating_add(PREFLIGHT_MS).saturating_add(kept)
    }
}

/// Every check by its id.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Preflights(BTreeMap<String, Preflight>);

impl Preflights {
    pub(crate) fn add(&mut self, id: String, check: Preflight) {
        self.0.insert(id, check);
    }

    pub(crate) fn find(&self, scope: &Scope, id: &str, now: i64) -> Option<&Preflight> {
        self.0
            .get(id)
            .filter(|check| check.scope == *scope && check.is_kept(now))
    }
}
