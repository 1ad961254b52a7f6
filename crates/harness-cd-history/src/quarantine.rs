//! Rows of an answer that cannot be shaped.

use harness_cd_model::{HistoryPage, Quarantined};

/// The first of them, and how many there are.
#[derive(Default)]
pub(crate) struct Quarantine {
    pub(crate) rows: Vec<Quarantined>,
    pub(crate) total: u64,
}

impl Quarantine {
    pub(crate) fn add(&mut self, reason: &str, pointer: &dyn Fn() -> String) {
        self.total = self.total.saturating_add(1);
        if self.rows.len() < HistoryPage::MAX_QUARANTINED {
            self.rows.push(Quarantined {
                pointer: pointer(),
                execution_id: None,
                reason: reason.to_owned(),
            });
        }
    }
}
