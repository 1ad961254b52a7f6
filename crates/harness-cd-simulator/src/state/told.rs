//! How far each run has been told in outbound notifications.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Times until which everything was told, by the number of the run; epoch ms.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Told(BTreeMap<u32, i64>);

impl Told {
    pub(crate) fn until(&self, run: u32) -> Option<i64> {
        self.0.get(&run).copied()
    }

    pub(crate) fn tell(&mut self, run: u32, now: i64) {
        self.0.insert(run, now);
    }
}
